// What a formula's tree comes to, by a spreadsheet's rules: empty cells are 0, truth values count as 1 and 0 where a
// number is needed, errors are handed on.

const VALUE = new SheetError("#VALUE!");

const numberOf = (value) => {
  if (isError(value)) throw value;
  if (typeof value === "string") throw VALUE;
  return Number(value ?? 0);
};

const finite = (value) => { if (!Number.isFinite(value)) throw NUM; return value; };

function power(base, exponent) {
  if (base === 0 && exponent === 0) throw NUM;
  if (base === 0 && exponent < 0) throw DIV0;
  return base ** exponent;
}

function quotient(x, y) {
  if (y === 0) throw DIV0;
  return x / y;
}

// Numbers stand before texts, texts before truth values; an empty cell is what it is compared with.
const rankOf = (value) => ["number", "string", "boolean"].indexOf(typeof value);
const emptyLike = (other) => (typeof other === "string" ? "" : typeof other === "boolean" ? false : 0);

function order(left, right) {
  const [x, y] = [left ?? emptyLike(right), right ?? emptyLike(left)].map((value) => (typeof value === "string" ? value.toLowerCase() : value));
  if (rankOf(x) !== rankOf(y)) return rankOf(x) - rankOf(y);
  return x < y ? -1 : x > y ? 1 : 0;
}

const ARITHMETIC = { "+": (x, y) => x + y, "-": (x, y) => x - y, "*": (x, y) => x * y, "/": quotient, "^": power };
const COMPARISONS = { "=": (o) => o === 0, "<>": (o) => o !== 0, "<": (o) => o < 0, ">": (o) => o > 0, "<=": (o) => o <= 0, ">=": (o) => o >= 0 };

// Half away from 0, on the 15 decimal digits that a spreadsheet keeps.
function rounded(x, digits) {
  const places = Math.trunc(digits);
  const [mantissa, exponent] = Math.abs(x).toExponential(14).split("e");
  const whole = Math.round(Number(`${mantissa}e${Number(exponent) + places}`));
  return Math.sign(x) * Number(`${whole}e${-places}`);
}

const ofNumbers = (apply, least = 1, most = least) => ({ least, most, apply: (args, valueOf) => apply(...args.map((arg) => numberOf(valueOf(arg)))) });

// A function of all numbers among its arguments. Of cells only numbers count; what is written in the formula counts.
const ofMany = (apply, wanted = (value) => typeof value === "number") => ({
  least: 1, most: Infinity, ofRanges: true,
  apply: (args, valueOf, cellsOf) => apply(args.flatMap((arg) => {
    const inCells = cellsOf(arg);
    if (!inCells) return [numberOf(valueOf(arg))];
    const found = inCells.values.filter((value) => isError(value) || wanted(value));
    return found.map(numberOf);
  })),
});

const total = (values) => values.reduce((sum, value) => sum + value, 0);

const ofTruths = (apply) => ofMany((values) => {
  if (!values.length) throw VALUE;
  return apply(values.map(Boolean));
}, (value) => ["number", "boolean"].includes(typeof value));

function sumOfProducts(args, valueOf, cellsOf) {
  const columns = args.map((arg) => cellsOf(arg) || { values: [valueOf(arg)], height: 1, width: 1 });
  const [first] = columns;
  if (columns.some(({ height, width }) => height !== first.height || width !== first.width)) throw VALUE;
  for (const { values } of columns) for (const value of values) if (isError(value)) throw value;
  return total(first.values.map((_, i) => columns.reduce((product, { values }) => product * (typeof values[i] === "number" ? values[i] : 0), 1)));
}

// Errors and texts are not counted; a truth value counts where it is written.
function counted(args, valueOf, cellsOf) {
  const written = (arg) => {
    try { return [numberOf(valueOf(arg))]; } catch (error) { if (isError(error)) return []; throw error; }
  };
  return args.flatMap((arg) => cellsOf(arg)?.values || written(arg)).filter((value) => typeof value === "number").length;
}

function chosen([condition, then, otherwise], valueOf) {
  const value = numberOf(valueOf(condition)) !== 0 ? then : otherwise;
  return value ? valueOf(value) ?? 0 : false;
}

const FUNCTIONS_OF_SHEETS = {
  SQRT: ofNumbers(Math.sqrt), EXP: ofNumbers(Math.exp), LN: ofNumbers((x) => Math.log(x)), LOG10: ofNumbers(Math.log10),
  LOG: ofNumbers((x, base = 10) => (base === 10 ? Math.log10(x) : quotient(finite(Math.log(x)), Math.log(base))), 1, 2),
  ABS: ofNumbers(Math.abs), SIGN: ofNumbers(Math.sign), INT: ofNumbers(Math.floor), PI: ofNumbers(() => Math.PI, 0),
  TANH: ofNumbers(Math.tanh), ATANH: ofNumbers(Math.atanh), COS: ofNumbers(Math.cos), SIN: ofNumbers(Math.sin), POWER: ofNumbers(power, 2), ROUND: ofNumbers(rounded, 2),
  SUM: ofMany(total), SUMSQ: ofMany((values) => total(values.map((x) => x * x))),
  MAX: ofMany((values) => values.reduce((most, x) => (most > x ? most : x), values[0] ?? 0)),
  MIN: ofMany((values) => values.reduce((least, x) => (least < x ? least : x), values[0] ?? 0)),
  AVERAGE: ofMany((values) => quotient(total(values), values.length)),
  COUNT: { least: 1, most: Infinity, ofRanges: true, apply: counted },
  SUMPRODUCT: { least: 1, most: Infinity, ofRanges: true, apply: sumOfProducts },
  AND: ofTruths((values) => values.every(Boolean)), OR: ofTruths((values) => values.some(Boolean)),
  IF: { least: 2, most: 3, apply: chosen },
};

// The value of a tree: a number, a truth value or an error. `at` gives the value of a cell by column and row; relative
// rows lie some rows further down, as they do when a formula is filled down.
function valueOfFormula(tree, at, down = 0) {
  const rowOf = ({ row, fixedRow }) => row + (fixedRow ? 0 : down);
  const cellsOf = (arg) => {
    if (arg.kind === "reference") return { values: [at(arg.column, rowOf(arg))], height: 1, width: 1 };
    if (arg.kind !== "range") return null;
    const { left, right, top, bottom } = cornersOf(arg, down);
    const values = [];
    readsOf(arg, down, (column, row) => values.push(at(column, row)));
    return { values, height: bottom - top + 1, width: right - left + 1 };
  };
  const operation = ({ sign, args }) => {
    const [x, y] = args.map(valueOf);
    if (sign in ARITHMETIC) return finite(ARITHMETIC[sign](numberOf(x), numberOf(y)));
    const wrong = [x, y].find(isError);
    if (wrong) throw wrong;
    return COMPARISONS[sign](order(x, y));
  };
  const called = ({ name, args }) => {
    const value = FUNCTIONS_OF_SHEETS[name].apply(args, valueOf, cellsOf);
    return typeof value === "number" ? finite(value) : value;
  };
  const kinds = {
    number: ({ value }) => value, truth: ({ value }) => value, operation, call: called,
    reference: (tree) => { const value = at(tree.column, rowOf(tree)); if (isError(value)) throw value; return value; },
    sign: ({ sign, args: [arg] }) => (sign === "-" ? -numberOf(valueOf(arg)) : valueOf(arg)),
    percent: ({ args: [arg] }) => numberOf(valueOf(arg)) / 100,
  };
  const valueOf = (tree) => kinds[tree.kind](tree);
  try {
    return valueOf(tree) ?? 0;
  } catch (error) {
    if (isError(error)) return error;
    throw error;
  }
}
