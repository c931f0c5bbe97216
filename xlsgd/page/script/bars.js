// Columns of inputs as bars that can be dragged or moved by keys, beside what follows from them.

class Bars {
  constructor(table, dragged, moved) {
    Object.assign(this, { table, dragged, moved });
    this.handles = dragged.from.map((cell, i) => this.bar(i));
    this.results = dragged.to.map(() => element("div", { class: "result" }, element("div", { class: "fill" }), element("span", { class: "amount" })));
    const pairs = this.handles.map((handle, i) => element("div", { class: "pair" },
      element("div", { class: "bars" }, handle, this.results[i]), element("span", { class: "name" }, dragged.labels[i])));
    this.root = element("figure", { class: "dragged" },
      element("p", { class: "note" }, "Drag a bar on the left of a pair, or move it with the arrow keys; the right one follows."),
      element("div", { class: "pairs" }, ...pairs));
  }

  bar(i) {
    const { dragged } = this;
    const node = element("div", { class: "handle", role: "slider", tabindex: "0", "aria-orientation": "vertical",
      "aria-label": `${dragged.inputs}, ${dragged.labels[i]}`, "aria-valuemin": dragged.least, "aria-valuemax": dragged.greatest },
    element("div", { class: "fill" }), element("span", { class: "amount" }));
    node.addEventListener("pointerdown", (event) => { node.setPointerCapture(event.pointerId); node.focus(); this.drag(node, i, event); });
    node.addEventListener("pointermove", (event) => { if (node.hasPointerCapture(event.pointerId)) this.drag(node, i, event); });
    node.addEventListener("keydown", (event) => this.key(i, event));
    return node;
  }

  drag(node, i, event) {
    const box = node.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (box.bottom - event.clientY) / box.height));
    this.set(i, this.dragged.least + share * (this.dragged.greatest - this.dragged.least));
  }

  key(i, event) {
    const { least, greatest } = this.dragged;
    const step = (greatest - least) / 100;
    const moves = { ArrowUp: step, ArrowRight: step, ArrowDown: -step, ArrowLeft: -step, PageUp: 10 * step, PageDown: -10 * step };
    const ends = { Home: least, End: greatest };
    if (event.key in moves) this.set(i, this.value(i) + moves[event.key]);
    else if (event.key in ends) this.set(i, ends[event.key]);
    else return;
    event.preventDefault();
  }

  value(i) { return this.table.cells[this.dragged.from[i]]; }

  set(i, value) {
    const rounded = Number(Math.min(this.dragged.greatest, Math.max(this.dragged.least, value)).toFixed(3));
    this.moved(this.table.data.cells[this.dragged.from[i]].input, rounded);
  }

  draw() {
    const { least, greatest } = this.dragged;
    const results = this.dragged.to.map((cell) => this.table.cells[cell]);
    const most = Math.max(1, ...results.filter(Number.isFinite));
    this.handles.forEach((node, i) => {
      const value = this.value(i);
      node.setAttribute("aria-valuenow", value);
      this.fill(node, (value - least) / (greatest - least), -least / (greatest - least), formatted(value, "0.00"));
      const { column, row } = this.table.data.cells[this.dragged.to[i]];
      const blank = this.table.exercise.hides(column, row);
      this.fill(this.results[i], blank ? 0 : results[i] / most, 0, blank ? BLANK : formatted(results[i], "0.00"));
    });
  }

  // Fills a bar from where 0 stands to a share of its height.
  fill(node, share, zero, text) {
    const [from, to] = [Math.min(share, Math.max(0, zero)), Math.max(share, Math.max(0, zero))].map((each) => Math.min(1, Math.max(0, each || 0)));
    Object.assign(node.firstChild.style, { bottom: `${100 * from}%`, height: `${100 * (to - from)}%` });
    setText(node.lastChild, text);
  }
}
