// The page of a table: the sheet, what is told of a cell, bars to drag.

class TableView {
  constructor(sheet, page) {
    Object.assign(this, { sheet, page, cursor: null });
    this.formula = new FormulaBar();
    this.message = element("p", { class: "message wrong", role: "alert" });
    this.grid = new Grid(sheet, { told: (cell) => this.formula.tell(cell), typed: (content, text) => this.typed(content.input, Number(text)) });
    this.exercise = new ExercisePanel(this.grid, () => { this.draw(); page.changed(); });
    this.bars = sheet.data.dragged.map((dragged) => new Bars(sheet, dragged, (input, value) => this.typed(input, value)));
    const back = element("button", { type: "button", onclick: () => { sheet.restart(); this.draw(); page.changed(); } },
      element("span", { "aria-hidden": "true" }, "↺"), element("span", { class: "says" }, "Reset"));
    this.root = element("div", { class: sheet.data.dragged.length ? "view" : "view alone" },
      element("div", { class: "stage" }, intro(sheet), element("div", { class: "buttons" }, back), this.message, this.exercise.root, this.formula.root, this.grid.root),
      this.bars.length ? element("div", { class: "side" }, ...this.bars.map((bars) => panel(`${bars.dragged.inputs} → ${bars.dragged.shown}`, bars.root))) : null);
  }

  halt() {}

  typed(input, value) {
    const { name } = this.sheet.data.inputs[input];
    const refusal = this.sheet.refusal(name, value);
    setText(this.message, refusal);
    if (!refusal) driven(this.sheet.put(name, value));
    this.draw();
    this.page.changed();
  }

  draw() {
    if (!this.page.isFront(this)) return;
    this.exercise.draw();
    this.grid.draw(null);
    this.bars.forEach((bars) => bars.draw());
  }
}
