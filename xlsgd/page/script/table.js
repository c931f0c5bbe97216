// A live table: constants that may be typed or dragged, and cells that follow from them.

class Table {
  constructor(name, data, code) {
    Object.assign(this, { name, data, code, lists: {}, n: 0, lastRow: 0 });
    this.restart();
  }

  pointAt() { return null; }

  rowOf(row) { return row; }

  restart() {
    this.inputs = [...this.data.fresh];
    this.actions = [];
    this.fill();
  }

  fill() { this.cells = this.code.fill(this.inputs).cells; }

  indexOf(name) { return this.data.inputs.findIndex((input) => input.name === name); }

  refusal(name, value) { return Number.isFinite(value) ? "" : `${name}: give a finite number`; }

  *put(name, value) {
    this.inputs = replacedAt(this.inputs, this.indexOf(name), value);
    this.fill();
    const same = this.actions.find((action) => action.put === name);
    if (same) same.value = value;
    else this.actions.push({ put: name, value });
  }
}
