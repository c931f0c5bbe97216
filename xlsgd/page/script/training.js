// A live training sheet: its inputs, its points, and what a pass over the points leaves. What a row, a button or a cell
// comes to is in `code`, the functions that are spelled from the record of the sheet; here it is only asked for.

const CHUNK = 2048; // rows between two marks, and between two looks at the clock
const MOST_EPOCHS = 100000; // where a run ends by itself; no link can go on from further

const sameList = (a, b) => a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
const allNumbers = (values) => values.every((value) => typeof value === "number");

// Does all of a generator's work at once.
function driven(work) {
  let next = work.next();
  while (!next.done) next = work.next();
  return next.value;
}

class Training {
  constructor(name, data, code, points) {
    Object.assign(this, { name, data, code });
    this.restart(points);
  }

  get n() { return this.points[0].length; }

  // Where the sheet's rows end, and what a row that is said from elsewhere is.
  get lastRow() { return this.data.firstRow + this.n - 1; }
  rowOf(row, here) {
    if (typeof row === "number") return row;
    return row[1] + (row[0] === "last" ? this.lastRow : here);
  }

  // As it is when the page opens, perhaps on other points.
  restart(points = this.points) {
    Object.assign(this, { points, basePoints: points, ownPoints: false, inputs: [...this.data.fresh], actions: [] });
    driven(this.reset());
  }

  // ---- passes over the points ----------------------------------------------------------------------------------

  *pass(states, knobs) {
    const memo = this.memo;
    if (memo && sameList(memo.states, states) && sameList(memo.knobs, knobs)) return memo.end;
    const floats = allNumbers(states) && allNumbers(knobs);
    const end = (floats && (yield* this.onFloats(states, knobs))) || (yield* this.onCells(states, knobs, floats));
    this.memo = { states, knobs, end };
    return end;
  }

  *onFloats(states, knobs) {
    const v = Float64Array.from(states);
    const last = new Float64Array(this.data.parameters.length);
    const sums = new Float64Array(1 + 2 * this.data.summed);
    const marks = [];
    for (let from = 0; from < this.n; from += CHUNK) {
      marks.push({ states: [...v], floats: true });
      this.code.fold(this.points, from, Math.min(this.n, from + CHUNK), v, knobs, sums, last);
      yield;
    }
    if (!sums.every(Number.isFinite)) return null;
    const own = [...sums].slice(1);
    return {
      after: [...v], last: [...last], marks,
      sums: own.filter((_, i) => i % 2 === 0), squares: own.filter((_, i) => i % 2 === 1),
    };
  }

  // Row by row: on floats as long as they do, then on a spreadsheet's numbers, which show where training left them.
  *onCells(states, knobs, floats) {
    const sums = new Array(this.data.summed).fill(0);
    const squares = [...sums];
    const marks = [];
    let row = { after: states, last: [] };
    for (let r = 0; r < this.n; r++) {
      if (r % CHUNK === 0) { marks.push({ states: row.after, floats }); yield; }
      const done = this.row(r, row.after, knobs, floats);
      floats = done.floats;
      row = done.row;
      row.summed.forEach((value, i) => {
        sums[i] = isError(sums[i]) ? sums[i] : isError(value) ? value : sums[i] + value;
        squares[i] = isError(squares[i]) ? squares[i] : isError(value) ? value : squares[i] + value * value;
      });
    }
    return { after: row.after, last: row.last, sums: sums.map(asCell), squares: squares.map(asCell), marks };
  }

  row(r, states, knobs, floats) {
    const point = this.points.map((column) => column[r]);
    if (floats) {
      const row = this.code.row(point, states, knobs);
      if (row.checks.every(Number.isFinite)) return { row, floats };
    }
    return { row: this.code.rowOfCells(point, states, knobs), floats: false };
  }

  // Goes over rows as they stand now, from the last mark on: `see` is told of each its place, its states before it,
  // and what it gives.
  walk(from, to, see) {
    const first = Math.floor(from / CHUNK);
    let { states, floats } = this.end.marks[first];
    for (let r = first * CHUNK; r < to; r++) {
      const done = this.row(r, states, this.knobs, floats);
      if (r >= from) see(r, states, done.row);
      ({ after: states } = done.row);
      ({ floats } = done);
    }
  }

  // The values of some rows: inputs, targets, and what follows.
  rows(from, to) {
    const found = [];
    this.walk(from, to, (r, _, row) => found.push([...this.points.map((column) => column[r]), ...row.values]));
    return found;
  }

  statesBefore(place) {
    let found = this.states;
    this.walk(place, place + 1, (_, states) => { found = states; });
    return found;
  }

  // The parameters after a row, while an epoch is gone through row by row.
  parametersAfter(place) {
    let found = null;
    this.walk(place, place + 1, (_, __, row) => { found = row.after.slice(0, this.data.parameters.length); });
    return found;
  }

  // ---- buttons and typed values --------------------------------------------------------------------------------

  *recalculate() {
    const { states, knobs } = this.code.start(this.inputs, this.n);
    this.states = states;
    this.knobs = knobs;
    this.end = yield* this.pass(states, knobs);
    const shown = this.code.shown(this.inputs, this.n, this.end);
    this.cells = shown.cells;
    this.loss = shown.loss;
    this.history[this.epoch] = { loss: this.loss, parameters: states.slice(0, this.data.parameters.length) };
  }

  *press(button) {
    const done = yield* button.call(this.code, this.inputs, this.n, (states, knobs) => this.pass(states, knobs));
    this.inputs = done.inputs;
    for (const name of done.cleared) this.lists[name] = [];
    for (const [name, values] of Object.entries(done.appended)) this.lists[name].push(...values);
  }

  *reset() {
    this.memo = null;
    this.lists = Object.fromEntries(Object.keys(this.data.lists).map((name) => [name, []]));
    const changed = this.data.inputs.flatMap(({ name }, i) =>
      Object.is(this.inputs[i], this.data.fresh[i]) ? [] : [{ put: name, value: this.inputs[i] }]);
    yield* this.press(this.code.reset);
    this.epoch = 0;
    this.history = [];
    yield* this.recalculate();
    // Only what a reset leaves as it was typed is worth a place in a link.
    const kept = changed.filter(({ put, value }) => Object.is(this.inputs[this.indexOf(put)], value));
    this.actions = kept.length ? [...kept, { reset: true }] : [];
    this.ownPoints ||= this.basePoints !== this.points;
    this.basePoints = this.points;
  }

  *step() {
    yield* this.press(this.code.step);
    this.epoch += 1;
    yield* this.recalculate();
    const last = this.actions.at(-1);
    if (last && last.epochs) last.epochs += 1;
    else this.actions.push({ epochs: 1 });
  }

  indexOf(name) { return this.data.inputs.findIndex((input) => input.name === name); }

  *put(name, value) {
    this.inputs = replacedAt(this.inputs, this.indexOf(name), value);
    yield* this.recalculate();
    const last = this.actions.at(-1);
    if (last && last.put === name) last.value = value;
    else this.actions.push({ put: name, value });
  }

  // Why a value cannot be typed into an input, or nothing.
  refusal(name, value) {
    const input = this.data.inputs[this.indexOf(name)];
    if (!Number.isFinite(value)) return `${input.label}: give a finite number`;
    if (input.whole && (value % 1 !== 0 || value < 1 || value > this.n))
      return `${input.label}: give a whole number of rows, 1 to ${this.n}`;
    return "";
  }

  *takePoints(columns, own = true) {
    this.data.inputs.forEach((input, i) => {
      if (input.whole && (this.inputs[i] === this.n || this.inputs[i] > columns[0].length))
        this.inputs = replacedAt(this.inputs, i, columns[0].length);
    });
    this.points = this.basePoints = columns.map((column) => Float64Array.from(column));
    this.ownPoints = own;
    yield* this.reset();
  }

  // Types a number over a point's; the cell is one of the rows'.
  *setPoint(row, column, value) {
    this.points = this.points.map((each) => Float64Array.from(each));
    this.points[column][row] = value;
    this.memo = null;
    yield* this.recalculate();
    this.actions.push({ put: addressOf(column + 1, this.data.firstRow + row), value });
  }

  // The place of a point's cell by its address: row and column, or nothing.
  pointAt(address) {
    const [, name, row] = address.match(/^([A-Z])(\d+)$/) || [];
    const column = name ? name.charCodeAt(0) - 65 : Infinity;
    const place = Number(row) - this.data.firstRow;
    return column < this.points.length && place >= 0 && place < this.n ? [place, column] : null;
  }

  // The loss of all points, or of some of many, with the states fixed.
  lossAt(states, sample) {
    const n = sample[0].length;
    const total = this.code.losses(sample, 0, n, states, this.knobs);
    return this.code.lossOf(asCell(total * (this.n / n)), this.n);
  }
}

const replacedAt = (list, index, value) => list.map((each, i) => (i === index ? value : each));
