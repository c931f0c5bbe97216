// Several optimizers on the same points, beside each other.

class RaceView {
  constructor(sheets, page) {
    Object.assign(this, { sheets, page, cursor: null, off: new Set() });
    this.runner = new Runner(() => this.draw());
    this.buttons = new Buttons({ Reset: () => this.all((sheet) => sheet.reset()), Epoch: () => this.all((sheet) => sheet.step()), Run: () => this.run() }, false);
    this.loss = new LineChart("Loss by epoch", { log: true, width: 720, height: 300 });
    this.surface = sheets[0].data.parameters.length > 1 ? new Surface() : null;
    this.rows = new Map(sheets.map((sheet) => [sheet, this.row(sheet)]));
    const names = sheets[0].data.parameters.slice(0, 4);
    const head = ["", "sheet", "lr", "epoch", "loss", ...names].map((text) => element("th", { scope: "col" }, text));
    const table = element("table", { class: "race" }, element("caption", {}, "Where each stands; each keeps the knobs of its own sheet"),
      element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...[...this.rows.values()].map(({ line }) => line)));
    this.root = element("div", { class: "view race" },
      element("div", { class: "stage" }, element("header", { class: "intro" }, element("h1", {}, "Race")), this.buttons.root,
        element("div", { class: "scroll" }, table), panel(`Loss by epoch: ${sheets[0].data.lossName}`, this.loss.root)),
      element("div", { class: "side" }, this.surface ? panel("Where each goes on the loss surface", this.surface.root) : null));
  }

  row(sheet) {
    const box = element("input", { type: "checkbox", checked: true, "aria-label": `${sheet.name} takes part`,
      onchange: () => { if (box.checked) this.off.delete(sheet); else this.off.add(sheet); this.draw(); } });
    const key = element("span", { class: "key", "aria-hidden": "true" });
    const cells = Array.from({ length: 3 + Math.min(4, sheet.data.parameters.length) }, () => element("td", { class: "number" }));
    return { key, cells, line: element("tr", {}, element("td", {}, box), element("th", { scope: "row" }, key, ` ${sheet.name}`), ...cells) };
  }

  get racing() { return this.sheets.filter((sheet) => !this.off.has(sheet)); }

  *together(work) { for (const sheet of this.racing) yield* work(sheet); }

  async all(work) {
    this.halt();
    await this.runner.do(this.together(work));
    this.page.changed();
  }

  run() {
    if (this.runner.running) { this.halt(); return; }
    const next = () => (this.page.isFront(this) && this.racing.some(({ epoch }) => epoch < MOST_EPOCHS) ? this.together((sheet) => sheet.step()) : null);
    this.runner.start(next, () => this.buttons.rate, () => this.page.changed());
  }

  halt() { this.runner.stop(); }

  draw() {
    if (!this.page.isFront(this) || this.runner.busy) return;
    this.buttons.show(this.runner.running !== null);
    this.sheets.forEach((sheet, i) => {
      const { key, cells } = this.rows.get(sheet);
      key.className = `key colour-${this.racing.indexOf(sheet) % 8}`;
      key.hidden = this.off.has(sheet);
      const lr = sheet.inputs[sheet.indexOf("lr")];
      [lr, sheet.epoch, sheet.loss, ...sheet.states].forEach((value, k) => { if (cells[k]) setText(cells[k], typeof value === "number" && k !== 2 ? formatted(value, k < 2 ? "" : "0.0000") : brief(value)); });
    });
    const { racing } = this;
    this.loss.draw(racing.map((sheet) => ({ name: sheet.name, values: sheet.history.map(({ loss }) => loss) })));
    if (this.surface && racing.length)
      this.surface.draw(racing[0], racing.map(({ name, history }) => ({ name, history, now: null })), racing[0].data.line ? answerOf(racing[0]) : null);
  }
}

// The sheets that can race: of one model and the same points; the largest group of them, if there are two at least.
function contestants(sheets) {
  const groups = new Map();
  for (const sheet of sheets.filter(({ data }) => data.kind === "training")) {
    const key = `${sheet.data.model} ${sheet.data.points} ${sheet.data.parameters.join()} ${sheet.data.lossName}`;
    groups.set(key, [...(groups.get(key) || []), sheet]);
  }
  const [largest] = [...groups.values()].sort((a, b) => b.length - a.length);
  return largest && largest.length > 1 ? largest : [];
}
