// The page of a training sheet: buttons, the sheet, what is told of a cell, knobs, charts.

const MOST_LINES = 12; // of parameters in one chart: more could not be told apart

class TrainingView {
  constructor(sheet, page) {
    Object.assign(this, { sheet, page, cursor: null });
    this.runner = new Runner(() => this.draw());
    this.buttons = new Buttons({ Reset: () => this.reset(), Step: () => this.stepRow(), Epoch: () => this.epoch(), Run: () => this.run() }, true);
    this.status = element("p", { class: "status", role: "status" });
    this.formula = new FormulaBar();
    this.grid = new Grid(sheet, { told: (cell) => this.formula.tell(cell), typed: (content, text) => this.typedInCell(content, text) });
    this.exercise = new ExercisePanel(this.grid, () => { this.draw(); page.changed(); });
    this.inputs = new InputsPanel(sheet, (name, text) => this.typed(name, text));
    this.loss = new LineChart("Loss by epoch", { log: true });
    const { length } = sheet.data.parameters;
    this.weights = new LineChart(`Parameters by epoch${length > MOST_LINES ? `: the first ${MOST_LINES} of ${length}` : ""}`);
    this.points = new PointsPanel(sheet, (columns) => this.takePoints(columns));
    this.surface = sheet.data.parameters.length > 1 ? new Surface() : null;
    this.network = sheet.data.network ? new NetworkDrawing(sheet) : null;
    this.root = element("div", { class: "view" },
      element("div", { class: "stage" }, intro(sheet), this.buttons.root, this.status, this.exercise.root, this.formula.root, this.grid.root,
        this.network && panel("The network", this.network.root), this.points.root),
      element("div", { class: "side" }, this.inputs.root, panel(`Loss by epoch: ${sheet.data.lossName}`, this.loss.root),
        this.surfacePanel(), panel(this.weights.title, this.weights.root)));
  }

  surfacePanel() {
    if (!this.surface) return null;
    const names = this.sheet.data.parameters;
    if (names.length === 2) return panel("The way on the loss surface", this.surface.root);
    const choose = (axis, label) => {
      const id = freshId("axis");
      const select = element("select", { id, onchange: () => {
        const chosen = Number(select.value);
        if (chosen !== this.surface.shown[1 - axis]) this.surface.shown = axis ? [this.surface.shown[0], chosen] : [chosen, this.surface.shown[1]];
        else select.value = this.surface.shown[axis];
        this.draw();
      } }, ...names.map((name, i) => element("option", { value: i, selected: i === axis }, name)));
      return element("span", {}, element("label", { for: id }, label), select);
    };
    return panel("The way on the loss surface", element("div", { class: "row" }, choose(0, "across"), choose(1, "upwards")), this.surface.root);
  }

  // ---- what a user does ------------------------------------------------------------------------------------------

  async reset() {
    this.halt();
    this.cursor = null;
    await this.runner.do(this.sheet.reset());
    this.page.changed();
  }

  async epoch() {
    this.halt();
    this.cursor = null;
    await this.runner.do(this.sheet.step());
    this.page.changed();
  }

  async stepRow() {
    this.halt();
    await this.runner.do(this.nextRow());
    this.page.changed();
  }

  *nextRow() {
    const next = this.cursor === null ? 0 : this.cursor + 1;
    if (next === this.sheet.n) yield* this.sheet.step();
    this.cursor = next % this.sheet.n;
  }

  run() {
    if (this.runner.running) { this.halt(); return; }
    const next = () => {
      if (!this.page.isFront(this) || this.sheet.epoch >= MOST_EPOCHS) return null;
      if (this.buttons.byRow) return this.nextRow();
      this.cursor = null;
      return this.sheet.step();
    };
    this.runner.start(next, () => this.buttons.rate, () => this.page.changed());
  }

  halt() { this.runner.stop(); }

  async typed(name, text) {
    const value = text.trim() === "" ? NaN : Number(text.trim().replace(MINUS, "-"));
    const refusal = this.sheet.refusal(name, value);
    this.inputs.say(refusal && `${refusal}; it stays ${this.sheet.inputs[this.sheet.indexOf(name)]}.`);
    if (refusal) this.inputs.controls.forEach((control) => control.draw(true));
    else await this.runner.do(this.sheet.put(name, value));
    this.page.changed();
  }

  async typedInCell(content, text) {
    if (content.point === undefined) { await this.typed(this.sheet.data.inputs[content.input].name, text); return; }
    const { data } = this.sheet;
    const place = content.row - data.firstRow;
    try {
      const value = numberIn(text, ";", content.name);
      const column = [...this.sheet.points[content.point]];
      column[place] = value;
      const allowed = content.name in data.allowed ? { [content.name]: data.allowed[content.name] } : {};
      checkAllowed([column], [content.name], allowed);
      this.inputs.say("");
      await this.runner.do(this.sheet.setPoint(place, content.point, value));
    } catch (error) {
      if (!(error instanceof PointsError)) throw error;
      this.inputs.say(`The point stays as it is: ${error.message}.`);
    }
    this.page.changed();
  }

  takePoints(columns) {
    this.halt();
    this.cursor = null;
    this.runner.do(this.sheet.takePoints(columns || this.page.pointsOf(this.sheet), columns !== null)).then(() => this.page.changed());
  }

  // ---- drawing ---------------------------------------------------------------------------------------------------

  draw() {
    if (!this.page.isFront(this) || !this.sheet.end) return;
    const { sheet } = this;
    if (this.cursor !== null && this.cursor >= sheet.n) this.cursor = null;
    const row = this.cursor === null ? "" : `, row ${sheet.data.firstRow + this.cursor} of ${sheet.lastRow}`;
    const working = this.runner.busy ? " …" : "";
    setText(this.status, `Epoch ${sheet.epoch}${row}. Loss ${formatted(sheet.loss, "")}${isError(sheet.loss) ? ": training left the numbers; reset, and take a smaller rate" : ""}${working}`);
    this.status.setAttribute("aria-live", this.runner.running ? "off" : "polite");
    if (this.runner.busy) return;
    this.buttons.show(this.runner.running !== null);
    this.exercise.draw();
    this.grid.draw(this.cursor);
    this.inputs.draw();
    const { history, data } = sheet;
    this.loss.draw([{ name: "loss", values: history.map(({ loss }) => loss) }]);
    this.weights.draw(data.parameters.slice(0, MOST_LINES).map((name, i) => ({ name, values: history.map(({ parameters }) => parameters[i]) })));
    if (this.network) this.network.draw(this.cursor ?? this.rowInFocus() ?? 0);
    if (this.surface) this.drawSurface();
  }

  rowInFocus() {
    if (!this.grid.selected) return null;
    const [, row] = this.grid.split(this.grid.selected);
    return this.grid.isPoint(row) ? row - this.sheet.data.firstRow : null;
  }

  drawSurface() {
    const { sheet, surface } = this;
    const after = this.cursor === null ? null : sheet.parametersAfter(this.cursor);
    const now = after && surface.shown.map((axis) => after[axis]);
    const answer = sheet.data.line && surface.shown[0] === 0 ? answerOf(sheet) : null;
    surface.draw(sheet, [{ name: sheet.name, history: sheet.history, now: now && now.every(Number.isFinite) ? now : null }], answer);
  }
}
