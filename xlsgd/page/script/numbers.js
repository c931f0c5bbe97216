// A spreadsheet's numbers: finite floats, and error values that are handed on. What each primitive is on floats comes
// from the table of primitives, spelled into this page; here it only learns to hand errors on.

class SheetError {
  constructor(text) { this.text = text; }
  toString() { return this.text; }
}

const NUM = new SheetError("#NUM!");
const DIV0 = new SheetError("#DIV/0!");
const NA = new SheetError("#N/A");
const ERRORS = { "#NUM!": NUM, "#DIV/0!": DIV0, "#N/A": NA };

const isError = (value) => value instanceof SheetError;

// A number that is no finite one shows as #NUM! in a spreadsheet; errors and texts stay as they are.
const asCell = (value) => (typeof value !== "number" || Number.isFinite(value) ? value : NUM);

function notAvailable() { return NA; }

function cosPi(x) { return Math.cos(Math.PI * x); }

// 1/(1+EXP(-x)), whose EXP overflows in a spreadsheet where x is far below 0.
function sigmoid(x) {
  const e = Math.exp(-x);
  return e === Infinity ? NaN : 1 / (1 + e);
}

// Decimal rounding, ties to the even digit; toFixed rounds the exact binary value, but ties upwards.
function roundTo(x, digits) {
  if (!Number.isFinite(x)) return NaN;
  if (digits < 0 || digits > 100 || Math.abs(x) >= 1e21) return x;
  const scaled = Math.abs(x) * 10 ** digits;
  const exact = Number.isInteger(Math.abs(x) * 2 ** (digits + 1));
  if (exact && scaled % 1 === 0.5) {
    const below = Math.floor(scaled);
    return (Math.sign(x) * (below % 2 ? below + 1 : below)) / 10 ** digits;
  }
  return Math.sign(x) * Number(Math.abs(x).toFixed(digits));
}

function firstError(values, count) {
  for (let i = 0; i < count; i++) if (isError(values[i])) return values[i];
  return null;
}

function handingOn({ number, checked, compared }) {
  const apply = checked || number;
  return (...operands) => firstError(operands, compared || operands.length) || asCell(apply(...operands));
}

const cells = Object.fromEntries(Object.entries(PRIMITIVES).map(([name, row]) => [name, handingOn(row)]));
