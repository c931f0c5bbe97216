// Numbers as a spreadsheet shows them.

const MINUS = "\u2212";

const letters = (column) => (column > 26 ? letters(Math.floor((column - 1) / 26)) : "") +
  String.fromCharCode(65 + ((column - 1) % 26));

const addressOf = (column, row) => `${letters(column)}${row}`;

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

function scientific(value, places) {
  const [mantissa, exponent] = value.toExponential(places).split("e");
  const power = Number(exponent);
  return `${mantissa}E${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

// The format General: up to ten digits, without zeros at the end.
function general(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e11 || size < 1e-9)) return scientific(Number(value.toPrecision(6)), 5).replace(/\.?0*E/, "E");
  const places = Math.max(0, 9 - Math.max(0, Math.floor(Math.log10(size || 1))));
  const text = String(Number(value.toFixed(Math.min(places, 9))));
  return text.includes("e") ? scientific(value, 5).replace(/\.?0*E/, "E") : text;
}

function fixed(value, places, withGroups) {
  if (Math.abs(value) >= 1e15) return scientific(value, places);
  const [whole, part] = Math.abs(value).toFixed(places).split(".");
  return (value < 0 ? "-" : "") + (withGroups ? grouped(whole) : whole) + (part ? `.${part}` : "");
}

function formatted(value, format) {
  if (typeof value !== "number") return String(value);
  if (format === ";;;") return "";
  if (format.startsWith('"right"')) return value > 0 ? "right" : "wrong";
  if (!format) return general(value).replace("-", MINUS);
  const places = (format.split(".")[1] || "").match(/^0*/)[0].length;
  const text = format.includes("E") ? scientific(value, places) : fixed(value, places, format.includes(","));
  return text.replace(/^-/, MINUS);
}

// A number in running text and on axes.
function brief(value, digits = 4) {
  if (typeof value !== "number") return String(value);
  const size = Math.abs(value);
  const rounded = Number(value.toPrecision(digits));
  const text = size >= 1e7 || (size < 1e-5 && size > 0) ? rounded.toExponential().replace("e", "E") : String(rounded);
  return text.replaceAll("-", MINUS);
}
