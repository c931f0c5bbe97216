// The exercise beside a sheet: its switch, its levels, and a line for each blank formula.

class BlankLine {
  constructor(panel, blank) {
    Object.assign(this, { panel, blank, hinted: 0 });
    const { exercise } = panel;
    const id = freshId("blank");
    const address = exercise.addressOf(blank);
    this.field = element("input", { id, type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", placeholder: "=", "data-blank": address,
      onchange: () => this.check(), onfocus: () => panel.grid.reveal(address), onkeydown: (event) => { if (event.key === "Enter") this.check(); } });
    const button = (text, does) => element("button", { type: "button", "aria-label": `${text}: ${blank.name}, ${address}`, onclick: does }, text);
    this.acts = element("span", { class: "acts" }, button("Check", () => this.check()), button("Hint", () => this.hint()), button("Answer", () => this.show()));
    this.message = element("p", { id: freshId("verdict"), class: "message", role: "status" });
    this.field.setAttribute("aria-describedby", this.message.id);
    this.clue = element("p", { class: "note", role: "status" });
    this.root = element("li", {}, element("label", { for: id }, element("b", {}, address), ` ${blank.name}`), this.field, this.acts, this.message, this.clue);
  }

  check() {
    const text = this.field.value.trim();
    const { exercise } = this.panel;
    if (text.replace("=", "") && !exercise.solved.has(this.blank)) this.panel.take(this.blank, text);
  }

  hint() {
    this.hinted = Math.min(2, this.hinted + 1);
    this.draw();
  }

  show() {
    this.panel.exercise.show(this.blank);
    this.panel.changed();
    this.field.focus();
  }

  draw() {
    const { exercise } = this.panel;
    const tried = exercise.tried.get(this.blank);
    const found = exercise.solved.has(this.blank);
    if (tried && (found || document.activeElement !== this.field)) this.field.value = tried.text;
    if (found && this.acts.contains(document.activeElement)) this.field.focus();
    this.field.readOnly = found;
    this.acts.hidden = found;
    this.root.classList.toggle("found", found);
    const kind = !tried || exercise.solved.get(this.blank)?.shown ? "" : tried.right ? "right" : "wrong";
    setText(this.message, tried ? `${{ right: "✓ ", wrong: "✗ " }[kind] || ""}${tried.says}` : "");
    this.message.className = `message ${kind}`;
    this.field.setAttribute("aria-invalid", String(kind === "wrong"));
    setText(this.clue, found || !this.hinted ? "" : exercise.hints(this.blank).slice(0, this.hinted).join("; "));
  }
}

class ExercisePanel {
  constructor(grid, changed) {
    this.exercise = new Exercise(grid);
    Object.assign(this, { grid, changed, lines: [], shown: null });
    Object.assign(grid, { exercise: this.exercise, asked: (blank, text) => this.take(blank, text) });
    grid.sheet.exercise = this.exercise;
    const { levels } = this.exercise;
    this.toggle = element("button", { type: "button", "aria-pressed": "false", onclick: () => this.begin(this.exercise.on ? null : levels[0]) }, "Exercise");
    const id = freshId("level");
    this.select = element("select", { id, onchange: () => this.begin(levels[this.select.value]) }, ...levels.map(({ name }, i) => element("option", { value: i }, name)));
    this.more = element("span", { hidden: true }, element("label", { for: id }, "Level"), this.select,
      element("button", { type: "button", onclick: () => this.begin(this.exercise.level) }, "Start over"));
    this.why = element("p", { class: "note" });
    this.list = element("ol", { class: "blanks" });
    this.outcome = element("p", { class: "outcome", role: "status", "aria-live": "polite" });
    this.body = element("div", { class: "stage", hidden: true }, this.why, this.list, this.outcome);
    this.root = element("section", { class: "panel exercise off", "aria-label": "Exercise", hidden: levels.length === 0 },
      element("div", { class: "row" }, this.toggle, this.more), this.body);
  }

  begin(level) {
    this.exercise.begin(level);
    this.changed();
    if (level) this.grid.reveal(this.exercise.addressOf(level.blanks[0]));
  }

  take(blank, text) {
    this.exercise.take(blank, text);
    this.changed();
  }

  draw() {
    const { exercise } = this;
    if (this.shown !== exercise.solved) this.build();
    this.lines.forEach((line) => line.draw());
    const { length } = exercise.blanks;
    const shown = exercise.shown ? ` ${exercise.shown} of ${length} answers ${exercise.shown === 1 ? "was" : "were"} shown.` : "";
    setText(this.outcome, exercise.on && !exercise.left ? (shown ? `All formulas are in.${shown}` : "All right: every formula of this level is found.") : "");
  }

  build() {
    const { exercise } = this;
    this.shown = exercise.solved;
    this.toggle.setAttribute("aria-pressed", String(exercise.on));
    this.more.hidden = this.body.hidden = !exercise.on;
    this.root.classList.toggle("off", !exercise.on);
    this.lines = exercise.blanks.map((blank) => new BlankLine(this, blank));
    this.list.replaceChildren(...this.lines.map(({ root }) => root));
    if (!exercise.on) return;
    this.select.value = String(exercise.levels.indexOf(exercise.level));
    setText(this.why, `${exercise.level.why} Type each formula as in a spreadsheet, here or into its cell; Enter judges it, on changed numbers too.`);
  }
}
