// Points that a user pastes or drops as CSV, read and checked; what is wrong is said with its line.

const MOST_POINTS = 200000;

class PointsError extends Error {}

function separatorOf(line) {
  const counts = [",", ";", "\t"].map((each) => [each, line.split(each).length]);
  const [best, parts] = counts.reduce((a, b) => (b[1] > a[1] ? b : a));
  return parts > 1 ? best : /\S\s+\S/.test(line.trim()) ? " " : ",";
}

function numberIn(text, separator, where) {
  const plain = text.trim().replace(/^"(.*)"$/, "$1").replace(MINUS, "-").trim();
  const number = separator !== "," && /^[-+]?\d*,\d+$/.test(plain) ? plain.replace(",", ".") : plain;
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(number)) throw new PointsError(`${where}: ${plain ? `“${plain}” is no number` : "is blank; give a number"}`);
  if (!Number.isFinite(Number(number))) throw new PointsError(`${where}: “${plain}” is too large; give a finite number`);
  return Number(number);
}

const parted = (line, separator) => (separator === " " ? line.trim().split(/\s+/) : line.split(separator));

// Where the wanted columns stand: by their names if the first line has words, else in their order.
function placesOf(header, wanted) {
  const names = header.map((name) => name.trim().replace(/^"(.*)"$/, "$1").toLowerCase());
  const places = wanted.map((name) => names.indexOf(name.toLowerCase()));
  const missing = wanted.filter((_, i) => places[i] < 0);
  if (missing.length) throw new PointsError(`line 1: no column “${missing[0]}”; the columns are ${header.map((name) => name.trim()).join(", ")}; give ${wanted.join(", ")}`);
  return places;
}

// Returns the wanted columns of a text. Raises a PointsError that says what is wrong and where.
function readPoints(text, wanted, allowed) {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/).map((line, i) => [i + 1, line]).filter(([, line]) => line.trim());
  if (!lines.length) throw new PointsError(`there are no points; give lines of ${wanted.join(", ")}`);
  const separator = separatorOf(lines[0][1]);
  const first = parted(lines[0][1], separator);
  const named = first.some((cell) => /[a-z_]/i.test(cell.replace(/\de[-+]?\d/i, "")));
  const places = named ? placesOf(first, wanted) : wanted.map((_, i) => i);
  const rows = named ? lines.slice(1) : lines;
  if (!rows.length) throw new PointsError("there are no points below the header; give at least one");
  if (rows.length > MOST_POINTS) throw new PointsError(`${rows.length} points are more than the page takes; give at most ${MOST_POINTS}`);
  const columns = wanted.map(() => []);
  for (const [number, line] of rows) {
    const cells = parted(line, separator);
    if (cells.length > first.length) throw new PointsError(`line ${number}: ${cells.length} cells where the first line has ${first.length}; write numbers with a point, or part them by semicolons`);
    places.forEach((place, i) => columns[i].push(numberIn(cells[place] ?? "", separator, `line ${number}, ${wanted[i]}`)));
  }
  checkAllowed(columns, wanted, allowed);
  return columns;
}

function checkAllowed(columns, wanted, allowed) {
  for (const [name, values] of Object.entries(allowed)) {
    const column = columns[wanted.indexOf(name)];
    const wrong = column.findIndex((value) => !values.includes(value));
    if (wrong >= 0) throw new PointsError(`point ${wrong + 1}, ${name}: ${column[wrong]} is none of ${values.join(", ")}`);
  }
}

// The field for own points: pasted, typed, dropped, or chosen as a file.
class PointsPanel {
  constructor(training, given) {
    const wanted = training.data.point;
    const id = freshId("points");
    this.field = element("textarea", { id, rows: 5, spellcheck: "false", placeholder: `${wanted.join(",")}\n…` });
    this.message = element("p", { class: "message", role: "alert" });
    const file = element("input", { type: "file", accept: ".csv,.txt,.tsv,text/csv,text/plain", "aria-label": "A CSV file with points",
      onchange: () => this.read(file.files[0]) });
    const use = element("button", { type: "button", onclick: () => this.take() }, "Use these points");
    const back = element("button", { type: "button", onclick: () => { this.say(""); given(null); } }, "The first points again");
    this.root = element("details", { class: "panel points" }, element("summary", {}, "Your own points"),
      element("label", { for: id }, `Paste lines of ${wanted.join(", ")}, or drop a CSV file here`), this.field,
      element("div", { class: "row" }, use, file, back), this.message);
    this.root.addEventListener("dragover", (event) => event.preventDefault());
    this.root.addEventListener("drop", (event) => { event.preventDefault(); this.dropped(event.dataTransfer); });
    Object.assign(this, { training, given, wanted });
  }

  dropped(data) {
    if (data.files.length) this.read(data.files[0]);
    else { this.field.value = data.getData("text/plain"); this.take(); }
  }

  async read(file) {
    if (!file) return;
    try {
      this.field.value = await file.text();
      this.take();
    } catch (error) {
      this.say(`${file.name}: cannot be read: ${error.message}`, true);
    }
  }

  take() {
    try {
      const columns = readPoints(this.field.value, this.wanted, this.training.data.allowed);
      this.given(columns);
      this.say(`${columns[0].length} points`);
    } catch (error) {
      if (!(error instanceof PointsError)) throw error;
      this.say(`The points stay as they are: ${error.message}.`, true);
    }
  }

  say(text, wrong = false) {
    this.message.classList.toggle("wrong", wrong);
    setText(this.message, text);
  }
}
