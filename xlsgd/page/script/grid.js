// A sheet drawn as a sheet: addresses, headings, numbers as formatted, and what reads what.

const WHOLE = 400; // up to how many rows are drawn at once
const WINDOW = 60; // how many rows of points are drawn of more
const LONG = 24; // from how many characters on a text runs over the cells beside it, as in a spreadsheet
const ROW_HEIGHT = 25; // pixels, as in the style sheet

class Grid {
  constructor(sheet, { told, typed }) {
    Object.assign(this, { sheet, told, typed, exercise: null, cursor: null, shownCells: new Map(), selected: null, from: 0 });
    this.table = element("table", { role: "grid", class: "grid" });
    this.root = element("div", { class: "scroll", tabindex: "-1", onscroll: () => this.scrolled() }, this.table);
    this.table.addEventListener("mouseover", (event) => this.pointed(event.target.closest("td[data-at]")));
    this.table.addEventListener("mouseleave", () => this.pointed(null));
    this.table.addEventListener("focusin", (event) => this.focused(event.target.closest("td[data-at]")));
    this.table.addEventListener("keydown", (event) => this.key(event));
    this.table.addEventListener("dblclick", (event) => this.edit(event.target.closest("td[data-at]")));
    this.build();
  }

  // ---- what stands where ----------------------------------------------------------------------------------------

  build() {
    const { sheet } = this;
    const { data } = sheet;
    this.at = new Map();
    this.n = sheet.n;
    const put = (place, content) => this.at.set(addressOf(place.column, sheet.rowOf(place.row)), content);
    data.texts.forEach((place) => put(place, { text: place.text, style: place.style }));
    data.cells.forEach((place, i) => put(place, { cell: i, ...place }));
    for (const [name, list] of Object.entries(data.lists || {}))
      for (let k = 0; k < list.room; k++) {
        const row = sheet.rowOf(list.row) + k;
        put({ column: list.column, row }, { list: name, index: k, format: "" });
      }
    const columns = [...data.texts, ...data.cells, ...(data.columns || [])].map((place) => place.column);
    const rows = [...data.texts, ...data.cells].map((place) => sheet.rowOf(place.row));
    this.columns = Math.max(...columns);
    this.firstRow = data.columns ? 1 : Math.min(...rows);
    const lists = Object.values(data.lists || {}).map((list) => sheet.rowOf(list.row) + list.room - 1);
    this.last = Math.max(sheet.lastRow, ...rows, ...lists);
    this.byColumn = new Map((data.columns || []).map((column, i) => [column.column, { ...column, index: i }]));
    this.filled = new Set([...this.at.keys()].map((address) => this.split(address)[1]));
    this.headings = data.headings || 0;
    this.renderRows();
  }

  isPoint(row) { return this.byColumn.size > 0 && row >= this.sheet.data.firstRow && row <= this.sheet.lastRow; }

  renderRows() {
    const { sheet } = this;
    this.shownCells.clear();
    const head = element("tr", {}, element("th", { class: "corner", scope: "col" }, element("span", { class: "hidden" }, "row")));
    for (let c = 1; c <= this.columns; c++) head.append(element("th", { scope: "col", abbr: letters(c) }, letters(c)));
    const body = element("tbody");
    this.to = Math.min(sheet.n, sheet.n > WHOLE ? this.from + WINDOW : sheet.n);
    const first = sheet.data.firstRow;
    for (let row = this.firstRow; row <= this.last; row++) {
      if (this.isPoint(row) && row - first < this.from) {
        body.append(this.spacer(this.from));
        row = first + this.from;
      }
      if (this.isPoint(row) && row - first >= this.to) {
        body.append(this.spacer(sheet.n - this.to));
        row = sheet.lastRow;
        continue;
      }
      const end = this.endOfGap(row);
      if (end > row + 2) body.append(element("tr", { class: "gap", "aria-hidden": "true" }, element("td", { colspan: this.columns + 1 })));
      if (end > row + 2) row = end;
      body.append(this.row(row));
    }
    this.table.replaceChildren(element("thead", {}, head), body);
    this.table.setAttribute("aria-rowcount", this.last + 1);
    this.table.setAttribute("aria-label", `${sheet.name}, a sheet; the arrow keys move from cell to cell`);
    const start = this.shownCells.get(this.selected) || this.shownCells.get(addressOf(1, first || this.firstRow));
    (start || this.shownCells.values().next().value).tabIndex = 0;
  }

  // The first row from one on that holds something: where nothing stands for long, as under a workbook's charts, the
  // rows are left out.
  endOfGap(row) {
    let end = row;
    while (end < this.last && !this.isPoint(end) && !this.filled.has(end)) end++;
    return end;
  }

  spacer(rows) {
    return element("tr", { class: "spacer", "aria-hidden": "true" },
      element("td", { colspan: this.columns + 1, style: { height: `${rows * ROW_HEIGHT}px` } }));
  }

  row(row) {
    const kind = row === this.headings ? "headings" : this.isPoint(row) ? "point" : "";
    const line = element("tr", { class: kind, "data-row": row }, element("th", { scope: "row" }, String(row)));
    for (let column = 1; column <= this.columns; column++) line.append(this.cell(column, row));
    return line;
  }

  cell(column, row) {
    const address = addressOf(column, row);
    const content = this.contentAt(column, row);
    const node = element("td", { role: "gridcell" });
    if (!content) { node.className = "empty"; return node; }
    node.dataset.at = address;
    node.tabIndex = -1;
    node.className = [content.style || "", content.text === undefined ? "number" : content.text.length > LONG ? "long" : "text", content.input !== undefined || content.point !== undefined ? "input" : ""].join(" ");
    if (content.text !== undefined) node.textContent = content.text;
    this.shownCells.set(address, node);
    return node;
  }

  contentAt(column, row) {
    if (this.isPoint(row) && this.byColumn.has(column)) {
      const own = this.byColumn.get(column);
      const points = this.sheet.data.point.length;
      const formula = row === this.sheet.data.firstRow && own.first ? own.first : own.formula;
      return { name: own.heading, format: own.format, words: own.words, formula, value: own.index, row,
        ...(own.index < points ? { point: own.index } : {}) };
    }
    return this.at.get(addressOf(column, row));
  }

  split(address) {
    const [, name, row] = address.match(/^([A-Z]+)(\d+)$/);
    return [[...name].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0), Number(row)];
  }

  // ---- drawing ---------------------------------------------------------------------------------------------------

  // Takes the sheet's numbers as they are now.
  refresh() {
    const { sheet } = this;
    if (sheet.n !== this.n) { this.from = 0; this.build(); }
    this.values = sheet.n ? sheet.rows(this.from, this.to) : [];
  }

  draw(cursor) {
    const { sheet } = this;
    this.refresh();
    this.cursor = cursor;
    if (sheet.n > WHOLE && cursor !== null && (cursor < this.from || cursor >= this.to)) { this.show(cursor); this.refresh(); }
    for (const [address, node] of this.shownCells) {
      if (node.classList.contains("editing")) continue;
      if (this.drawBlank(address, node)) continue;
      const value = this.valueAt(address);
      if (value !== undefined) {
        const content = this.contentAt(...this.split(address));
        setText(node, formatted(value, content.format || ""));
        node.classList.toggle("error", isError(value));
      }
    }
    this.light();
    if (this.selected) this.told(this.describe(this.selected));
  }

  valueAt(address) {
    const [column, row] = this.split(address);
    const content = this.contentAt(column, row);
    if (!content || content.text !== undefined) return undefined;
    if (content.list) return this.sheet.lists[content.list][content.index] ?? "";
    if (content.cell !== undefined) return this.sheet.cells[content.cell];
    const place = row - this.sheet.data.firstRow;
    if (place >= this.from && place < this.to && this.values) return this.values[place - this.from][content.value];
    return this.sheet.rows(place, place + 1)[0][content.value];
  }

  light() {
    for (const line of this.table.querySelectorAll("tr.point")) {
      const place = Number(line.dataset.row) - this.sheet.data.firstRow;
      line.classList.toggle("lit", place === this.cursor);
      line.classList.toggle("later", this.cursor !== null && place > this.cursor);
      if (place === this.cursor) line.setAttribute("aria-current", "step");
      else line.removeAttribute("aria-current");
    }
  }

  show(place) {
    this.from = Math.max(0, Math.min(this.sheet.n - WINDOW, place - 10));
    this.renderRows();
    this.root.scrollTop = (this.sheet.data.firstRow - 1 + Math.max(0, place - 5)) * ROW_HEIGHT;
  }

  scrolled() {
    if (this.sheet.n <= WHOLE) return;
    const top = Math.floor(this.root.scrollTop / ROW_HEIGHT) - this.sheet.data.firstRow - 15;
    const from = Math.max(0, Math.min(this.sheet.n - WINDOW, top));
    if (Math.abs(from - this.from) < 10) return;
    this.from = from;
    this.renderRows();
    this.draw(this.cursor);
  }
}
