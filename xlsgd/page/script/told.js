// What is told of a sheet and of its cells.

// The line that training looks for, computed once for each set of points; nothing where none is the best.
function answerOf(sheet) {
  if (sheet.answerFor !== sheet.points) {
    sheet.answerFor = sheet.points;
    const found = ANSWER([...sheet.points[0]], [...sheet.points[1]]);
    sheet.answer = found.every(Number.isFinite) ? found : null;
  }
  return sheet.answer;
}

// What is told of the cell in focus or under the pointer.
class FormulaBar {
  constructor() {
    this.address = element("b", { class: "address" });
    this.formula = element("code", {});
    this.words = element("span", { class: "words" });
    this.root = element("div", { class: "formula", role: "status", "aria-label": "The cell" }, this.address, this.formula, this.words,
      element("span", { class: "traces" }, element("i", { class: "read" }), " it reads ", element("i", { class: "reader" }), " read it"));
    this.tell(null);
  }

  tell(cell) {
    setText(this.address, cell ? cell.address : "");
    setText(this.formula, cell ? cell.formula || (cell.text ?? String(cell.value ?? "")) : "Point at a cell, or move to one by keys: its formula, what it reads, and what reads it.");
    setText(this.words, cell ? cell.words || (cell.typed ? `${cell.name}: type a number over it` : cell.formula ? cell.name : "") : "");
  }
}

const intro = (sheet) => {
  const { title, text, rule, model } = sheet.data;
  const paragraphs = text.map((words) => element("p", {}, words));
  const about = rule ? `${model}, trained by ${rule}` : "";
  return element("header", { class: "intro" }, element("h1", {}, title), about && title === sheet.name ? element("p", { class: "note" }, about) : null,
    paragraphs.length ? element("details", {}, element("summary", {}, "What to see here"), ...paragraphs) : null);
};
