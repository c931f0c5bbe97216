// What a cell of the grid reads, what reads it, and what is told of it.

Object.assign(Grid.prototype, {
  pointed(node) {
    if (node) this.trace(node.dataset.at);
    else if (this.selected) this.trace(this.selected);
    else this.untrace();
  },

  focused(node) {
    if (!node) return;
    const before = this.table.querySelector('td[tabindex="0"]');
    if (before) before.tabIndex = -1;
    node.tabIndex = 0;
    this.selected = node.dataset.at;
    this.trace(this.selected);
  },

  untrace() {
    for (const node of this.shownCells.values()) node.classList.remove("traced", "read", "reader");
    this.told(null);
  },

  trace(address) {
    for (const [at, node] of this.shownCells) {
      node.classList.toggle("traced", at === address);
      node.classList.remove("read", "reader");
    }
    for (const at of this.readBy(address)) this.shownCells.get(at)?.classList.add("read");
    for (const at of this.readersOf(address)) this.shownCells.get(at)?.classList.add("reader");
    this.told(this.describe(address));
  },

  rangesOf(address) {
    const [column, row] = this.split(address);
    const content = this.contentAt(column, row);
    return content && content.formula && !this.isBlank(address) ? this.rangesOfFormula(content, row) : [];
  },

  rangesOfFormula(content, row) {
    return content.formula.reads.map(([c, r, toC, toR]) => [c, this.sheet.rowOf(r, row), toC, this.sheet.rowOf(toR, row)]);
  },

  readBy(address) {
    const found = [];
    for (const [c, r, toC, toR] of this.rangesOf(address))
      for (const at of this.shownCells.keys()) {
        const [column, row] = this.split(at);
        if (column >= c && column <= toC && row >= r && row <= toR) found.push(at);
      }
    return found;
  },

  readersOf(address) {
    const [column, row] = this.split(address);
    const reads = ([c, r, toC, toR]) => column >= c && column <= toC && row >= r && row <= toR;
    return [...this.shownCells.keys()].filter((at) => this.rangesOf(at).some(reads));
  },

  // The formula of a cell, without its sign =.
  spelledAt(column, row) {
    const content = this.contentAt(column, row);
    return content?.formula && content.formula.text.map((part) => (typeof part === "string" ? part : this.sheet.rowOf(part, row))).join("");
  },

  describe(address) {
    const [column, row] = this.split(address);
    const content = this.contentAt(column, row);
    if (!content) return null;
    if (this.isBlank(address)) return this.describeBlank(address);
    const formula = this.spelledAt(column, row);
    const typed = content.input !== undefined || content.point !== undefined;
    return { address, formula: formula === undefined ? "" : `=${formula}`, words: content.words || "", name: content.name || "",
      text: content.text, value: this.valueAt(address), typed };
  },
});
