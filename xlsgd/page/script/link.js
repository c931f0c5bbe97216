// The page's state as the hash of a link: the sheet in front, and what was done to each sheet since it was reset, in the
// words of `xlsgd press`: #adam;lr=0.5;epochs=20 or #race&basic;epochs=5&adam;epochs=5

const LONGEST_LINK = 8000;

const packed = (text) => encodeURIComponent(text).replace(/%20/g, "+");
const unpacked = (text) => decodeURIComponent(text.replace(/\+/g, " "));

const said = ({ put, value, epochs }) => (put ? `${packed(put)}=${value}` : epochs ? `epochs=${epochs}` : "reset");

function hashOf(front, sheets, cursor) {
  const parts = sheets.filter((sheet) => sheet.actions.length || sheet.ownPoints || sheet.exercise.on).map((sheet) => [
    packed(sheet.name),
    ...(sheet.ownPoints ? [`points=${sheet.basePoints.map((column) => [...column].join(",")).join("|")}`] : []),
    ...sheet.actions.map(said),
    ...sheet.exercise.said(),
  ].join(";"));
  return [packed(front), ...(cursor === null ? [] : [`row=${cursor + 1}`]), ...parts].join("&");
}

// What a hash says: the sheet in front, the row that is lit, and what is to be done, by sheet. A part that makes no
// sense is left out and told.
function readHash(hash) {
  const [front, ...parts] = hash.replace(/^#/, "").split("&");
  const [name, ...own] = front.split(";");
  const found = { front: unpacked(name), cursor: null, done: new Map() };
  if (own.length) parts.unshift(front);
  for (const part of parts) {
    const row = part.match(/^row=(\d+)$/);
    if (row) { found.cursor = Number(row[1]) - 1; continue; }
    const [sheet, ...actions] = part.split(";");
    found.done.set(unpacked(sheet), actions.map((action) => action.split("=").map(unpacked)));
  }
  return found;
}

// Does to a sheet what a link says of it; yields while it does, and returns what could not be done.
function* replay(sheet, actions) {
  const refused = [];
  for (const [name, text = ""] of actions) {
    const value = Number(text);
    if (name === "points" && sheet.points) {
      const columns = text.split("|").map((column) => column.split(",").map(Number));
      const whole = columns.length === sheet.data.point.length && columns.every((column) => column.length === columns[0].length && column.every(Number.isFinite));
      if (whole) yield* sheet.takePoints(columns);
      else refused.push("points");
    } else if (name === "epochs" && sheet.step && Number.isInteger(value) && value >= 0 && value <= MOST_EPOCHS) {
      for (let epoch = 0; epoch < value; epoch++) yield* sheet.step();
    } else if (sheet.indexOf(name) >= 0 && text !== "" && !sheet.refusal(name, value)) {
      yield* sheet.put(name, value);
    } else if (name === "reset" && sheet.reset) {
      yield* sheet.reset();
    } else if (name === "exercise" || /^[=?]/.test(text)) {
      if (!sheet.exercise.follow(name, text)) refused.push(`${name}=${text}`);
    } else if (sheet.pointAt(name) && text !== "" && Number.isFinite(value)) {
      yield* sheet.setPoint(...sheet.pointAt(name), value);
    } else {
      refused.push(`${name}=${text}`);
    }
  }
  return refused;
}

// ---- files ---------------------------------------------------------------------------------------------------------

const quoted = (text) => (/[",\n;]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

// A training's rows as they stand, or a table's cells, every number with all its digits.
function csvOf(sheet) {
  if (!sheet.n) {
    const cells = sheet.data.cells.map((cell, i) => [addressOf(cell.column, cell.row), quoted(cell.name), sheet.exercise.hides(cell.column, cell.row) ? "" : String(sheet.cells[i])]);
    return [["cell", "name", "value"], ...cells].map((row) => row.join(",")).join("\n") + "\n";
  }
  const head = ["epoch", "row", ...sheet.data.columns.map((column) => quoted(column.heading))];
  const blank = sheet.data.columns.map(({ column }) => sheet.exercise.hides(column, sheet.data.firstRow));
  const rows = sheet.rows(0, sheet.n).map((row, i) => [sheet.epoch, sheet.data.firstRow + i, ...row.map((value, c) => (blank[c] ? "" : value))].join(","));
  return [head.join(","), ...rows].join("\n") + "\n";
}

function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
