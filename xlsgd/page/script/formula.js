// A formula in a spreadsheet's spelling, read into a tree: numbers, references, operators with Excel's precedence,
// functions. What it cannot read it says in a line, with the place.

class FormulaError extends Error {}

const FORMULA_PARTS = new RegExp([
  /(?<number>(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)/, /(?<reference>\$?[a-z]{1,3}\$?\d+(?![\w.(]))/,
  /(?<name>[a-z_][\w.]*)/, /(?<sign><=|>=|<>|[-+*/^%(),:<>=])/,
].map((part) => part.source).join("|"), "iy");

const HIGHEST_ROW = 1048576;
const HIGHEST_COLUMN = 16384;
const DEEPEST = 64; // as in Excel

const columnOf = (name) => [...name.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);

// The parts of a text, each with its kind and its place, which counts from 1 and from the sign = if there is one.
function tokens(text) {
  const plain = text.replaceAll(MINUS, "-");
  const found = [];
  let place = plain.match(/^\s*=?\s*/)[0].length;
  while (place < plain.length) {
    FORMULA_PARTS.lastIndex = place;
    const match = FORMULA_PARTS.exec(plain);
    if (!match) throw new FormulaError(`“${String.fromCodePoint(plain.codePointAt(place))}” at place ${place + 1} has no meaning in a formula${plain[place] === ";" ? "; write a comma" : ""}.`);
    const [kind] = Object.entries(match.groups).find(([, part]) => part !== undefined);
    found.push({ kind, text: match[0], place: place + 1 });
    place = FORMULA_PARTS.lastIndex;
    place += plain.slice(place).match(/^\s*/)[0].length;
  }
  return [...found, { kind: "end", text: "", place: plain.length + 1 }];
}

function referenceOf(token) {
  const [, fixedColumn, name, fixedRow, digits] = token.text.match(/^(\$?)([a-z]+)(\$?)(\d+)$/i);
  const [column, row] = [columnOf(name), Number(digits)];
  if (column > HIGHEST_COLUMN || row < 1 || row > HIGHEST_ROW) throw new FormulaError(`“${token.text}” at place ${token.place}: no sheet has such a cell.`);
  return { kind: "reference", column, row, fixedColumn: fixedColumn !== "", fixedRow: fixedRow !== "", place: token.place };
}

// From what binds least to what binds most; signs in front and the percent sign bind more than all of these.
const BINDING = [["=", "<>", "<", ">", "<=", ">="], ["+", "-"], ["*", "/"], ["^"]];

class FormulaReader {
  constructor(text) { Object.assign(this, { tokens: tokens(text), at: 0, depth: 0 }); }

  get token() { return this.tokens[this.at]; }

  // Goes on behind the next part if it is one of some signs, and returns it.
  taken(...signs) {
    const { token } = this;
    if (token.kind !== "sign" || !signs.includes(token.text)) return null;
    this.at++;
    return token;
  }

  whole() {
    const tree = this.operation(0);
    if (this.token.kind !== "end") this.unexpected(this.token.text === ")" ? "no bracket is open" : "an operator or the end is expected");
    return single(tree);
  }

  unexpected(why) {
    const { token } = this;
    const where = token.kind === "end" ? "The formula ends too soon" : `“${token.text}” at place ${token.place}`;
    throw new FormulaError(`${where}: ${why}.`);
  }

  inner() {
    if (++this.depth > DEEPEST) throw new FormulaError(`At place ${this.token.place} brackets stand more than ${DEEPEST} deep.`);
    const tree = this.operation(0);
    this.depth--;
    return tree;
  }

  operation(level) {
    if (level === BINDING.length) return this.signed();
    let left = this.operation(level + 1);
    for (let sign = this.taken(...BINDING[level]); sign; sign = this.taken(...BINDING[level]))
      left = { kind: "operation", sign: sign.text, args: [single(left), single(this.operation(level + 1))] };
    return left;
  }

  signed() {
    const sign = this.taken("-", "+");
    if (!sign) return this.percent();
    return { kind: "sign", sign: sign.text, args: [single(this.signed())] };
  }

  percent() {
    let value = this.value();
    while (this.taken("%")) value = { kind: "percent", args: [single(value)] };
    return value;
  }

  value() {
    const { token } = this;
    if (this.taken("(")) {
      const inside = this.inner();
      this.close(token);
      return inside;
    }
    if (["sign", "end"].includes(token.kind)) this.unexpected("a number, a cell or a function is missing here");
    this.at++;
    if (token.kind === "number") return this.number(token);
    if (token.kind === "reference") return this.range(referenceOf(token));
    return this.name(token);
  }

  close(opened) {
    if (!this.taken(")")) this.unexpected(this.token.kind === "end" ? `the bracket at place ${opened.place} is not closed` : "an operator or a closing bracket is expected");
  }

  number(token) {
    const value = Number(token.text);
    if (!Number.isFinite(value)) throw new FormulaError(`“${token.text}” at place ${token.place} is too large a number.`);
    return { kind: "number", value };
  }

  range(from) {
    if (!this.taken(":")) return from;
    if (this.token.kind !== "reference") this.unexpected("a cell is missing behind the colon");
    const to = referenceOf(this.token);
    this.at++;
    return { kind: "range", from, to, place: from.place };
  }

  name(token) {
    const name = token.text.toUpperCase();
    const opened = this.taken("(");
    if (!opened && ["TRUE", "FALSE"].includes(name)) return { kind: "truth", value: name === "TRUE" };
    if (!opened) throw new FormulaError(`“${token.text}” at place ${token.place} is neither a cell nor a function; write a cell, such as B2.`);
    const own = Object.hasOwn(FUNCTIONS_OF_SHEETS, name) ? FUNCTIONS_OF_SHEETS[name] : null;
    if (!own) throw new FormulaError(`“${token.text}” at place ${token.place}: this page does not know such a function.`);
    const args = this.token.text === ")" ? [] : [this.inner()];
    while (args.length && this.taken(",")) args.push(this.inner());
    this.close(opened);
    if (args.length < own.least || args.length > own.most) throw new FormulaError(`${name} at place ${token.place} takes ${howMany(own)}, not ${args.length}.`);
    return { kind: "call", name, args: own.ofRanges ? args : args.map(single) };
  }
}

function howMany({ least, most }) {
  if (most === Infinity) return `${least} value${least === 1 ? "" : "s"} or more`;
  return least === most ? `${least} value${least === 1 ? "" : "s"}` : `${least} to ${most} values`;
}

// A tree where one value is needed; a range stands only where a function takes all its cells.
function single(tree) {
  if (tree.kind === "range") throw new FormulaError(`The range at place ${tree.place} can stand only within a function of many cells, such as SUM.`);
  return tree;
}

// The tree of a formula; throws a FormulaError that says what cannot be read, and where.
const readFormula = (text) => new FormulaReader(text).whole();

// The cells that a tree reads, with relative rows some rows further down: visits column and row of each.
function readsOf(tree, down, visit) {
  const rowOf = ({ row, fixedRow }) => row + (fixedRow ? 0 : down);
  if (tree.kind === "reference") visit(tree.column, rowOf(tree));
  else if (tree.kind === "range") {
    const { left, right, top, bottom } = cornersOf(tree, down);
    for (let row = top; row <= bottom; row++) for (let column = left; column <= right; column++) visit(column, row);
  } else for (const part of tree.args || []) readsOf(part, down, visit);
}

function cornersOf({ from, to }, down) {
  const [columns, rows] = [[from.column, to.column], [from, to].map(({ row, fixedRow }) => row + (fixedRow ? 0 : down))];
  return { left: Math.min(...columns), right: Math.max(...columns), top: Math.min(...rows), bottom: Math.max(...rows) };
}
