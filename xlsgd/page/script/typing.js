// Moving through the grid by keys, and typing into its cells.

Object.assign(Grid.prototype, {
  key(event) {
    const node = event.target.closest("td[data-at]");
    if (!node || node.classList.contains("editing")) return;
    const [column, row] = this.split(node.dataset.at);
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (moves[event.key]) { this.move(column, row, ...moves[event.key]); event.preventDefault(); }
    else if (event.key === "Enter" || event.key === "F2") { this.edit(node); event.preventDefault(); }
    else if (!event.ctrlKey && !event.metaKey && (node.classList.contains("ask") ? /^[-+=(\w.]$/ : node.classList.contains("input") ? /^[-0-9.]$/ : /^$/).test(event.key)) {
      this.edit(node, event.key);
      event.preventDefault();
    }
  },

  move(column, row, right, down) {
    for (let c = column + right, r = row + down; c >= 1 && c <= this.columns && r >= 1 && r <= this.last; c += right, r += down) {
      if (this.sheet.n > WHOLE && this.isPoint(r) && !this.shownCells.has(addressOf(1, r))) { this.show(r - this.sheet.data.firstRow); this.draw(this.cursor); }
      const next = this.shownCells.get(addressOf(c, r));
      if (next) { next.focus(); next.scrollIntoView({ block: "nearest", inline: "nearest" }); return; }
    }
  },

  edit(node, typed) {
    if (!node || node.classList.contains("editing")) return;
    if (node.classList.contains("ask")) { this.editBlank(node, typed); return; }
    if (!node.classList.contains("input")) return;
    const address = node.dataset.at;
    const content = this.contentAt(...this.split(address));
    const field = element("input", { type: "text", inputmode: "decimal", "aria-label": `${content.name}, ${address}` });
    field.value = typed ?? String(this.valueAt(address));
    this.open(node, field, (text) => this.typed(content, text));
    if (typed === undefined) field.select();
  },

  // Puts a field into a cell until it is left; `take` is told of what was typed, unless Escape ended it.
  open(node, field, take) {
    node.classList.add("editing");
    node.replaceChildren(field);
    let ended = false;
    const end = (taken, stay = true) => {
      if (ended) return;
      ended = true;
      const text = field.value;
      node.classList.remove("editing");
      node.replaceChildren();
      if (taken) take(text);
      this.draw(this.cursor);
      if (stay) node.focus();
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") end(true);
      if (event.key === "Escape") end(false);
    });
    field.addEventListener("blur", () => end(true, false));
    field.focus();
  },
});
