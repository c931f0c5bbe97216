// An exercise on a sheet: which cells are blank, what was typed into them, and what is found. Which columns belong to a
// level comes with the sheet.

class Exercise {
  constructor(grid) {
    Object.assign(this, { grid, sheet: grid.sheet, levels: grid.sheet.data.exercises });
    this.stop();
  }

  get on() { return this.level !== null; }
  get blanks() { return this.on ? this.level.blanks : []; }
  get left() { return this.blanks.filter((blank) => !this.solved.has(blank)).length; }
  get shown() { return [...this.solved.values()].filter(({ shown }) => shown).length; }

  stop() { this.begin(null); }

  // Begins a level anew: all of its formulas are blank.
  begin(level) {
    Object.assign(this, { level, solved: new Map(), tried: new Map(), covered: new Map() });
    const { columns, cells, texts } = this.sheet.data;
    for (const blank of this.blanks) {
      for (const i of blank.columns || []) this.covered.set(columns[i].column, blank);
      for (const i of blank.cells || []) this.covered.set(addressOf(cells[i].column, cells[i].row), blank);
      for (const i of blank.texts || []) this.covered.set(addressOf(texts[i].column, this.sheet.rowOf(texts[i].row)), blank);
    }
  }

  levelNamed(name) { return this.levels.find((level) => level.name === name) || null; }

  // ---- which cells ------------------------------------------------------------------------------------------------

  // The blank that a cell belongs to, found or not.
  blankAt(column, row) {
    if (!this.on) return null;
    return (this.grid.isPoint(row) ? this.covered.get(column) : this.covered.get(addressOf(column, row))) || null;
  }

  hides(column, row) {
    const blank = this.blankAt(column, row);
    return blank !== null && !this.solved.has(blank);
  }

  // Where a blank's formula is typed: in the first of its cells.
  placeOf({ columns, cells }) {
    const { data } = this.sheet;
    return columns ? [data.columns[columns[0]].column, data.firstRow] : [data.cells[cells[0]].column, data.cells[cells[0]].row];
  }

  addressOf(blank) { return addressOf(...this.placeOf(blank)); }
  askedBy(address) { return this.blanks.find((blank) => this.addressOf(blank) === address) || null; }
  asks(address) { return this.on && this.left > 0 && this.blanks.some((blank) => !this.solved.has(blank) && this.addressOf(blank) === address); }

  // How far a formula is filled down from where it is typed: whether a row below it has the same formula, moved.
  filledDown({ columns, cells }) {
    const { data, n } = this.sheet;
    if (columns) return n > 1 && !data.columns[columns[0]].first;
    return cells.length > 1 && data.cells[cells[1]].row === data.cells[cells[0]].row + 1;
  }

  // ---- what is done -----------------------------------------------------------------------------------------------

  // Judges a formula; returns what is said of it, and whether it is right.
  take(blank, text) {
    if (this.solved.has(blank)) return this.tried.get(blank);
    const verdict = new Judge(this).verdict(blank, text);
    this.tried.set(blank, { text, ...verdict });
    if (verdict.right) this.solve(blank, text, false);
    return verdict;
  }

  // What was typed into other blanks may be right now: it may have been waiting for this one.
  solve(blank, text, shown) {
    this.solved.set(blank, { text, shown });
    for (const [other, tried] of this.tried) this.take(other, tried.text);
  }

  show(blank) {
    const text = `=${this.grid.spelledAt(...this.placeOf(blank))}`;
    this.tried.set(blank, { text, right: true, says: "The answer was shown." });
    this.solve(blank, text, true);
  }

  // The equation in words first, then the cells that the formula reads.
  hints(blank) {
    const [column, row] = this.placeOf(blank);
    const content = this.grid.contentAt(column, row);
    const reads = this.grid.rangesOfFormula(content, row).map(([c, r, toC, toR]) =>
      (c === toC && r === toR ? addressOf(c, r) : `${addressOf(c, r)}:${addressOf(toC, toR)}`));
    return [`In words: ${content.words}`, `it reads ${[...new Set(reads)].join(", ")}`];
  }

  // ---- in a link --------------------------------------------------------------------------------------------------

  said() {
    if (!this.on) return [];
    const found = [...this.solved].map(([blank, { text, shown }]) => `${this.addressOf(blank)}=${packed(shown ? "?" : text)}`);
    return [`exercise=${packed(this.level.name)}`, ...found];
  }

  // Does what a link says, and returns whether it could.
  follow(name, text) {
    const level = name === "exercise" && this.levelNamed(text);
    if (level) { this.begin(level); return true; }
    const blank = this.askedBy(name);
    if (!blank) return false;
    if (text === "?") this.show(blank);
    else this.take(blank, text);
    return this.solved.has(blank);
  }
}
