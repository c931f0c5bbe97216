// What a spreadsheet computes from a column, on a spreadsheet's numbers. Sums run from the first row to the last.

// The sum of what a function gives of each row; what is an error or no finite number ends it there.
function summed(rows, term) {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const value = term(i);
    if (isError(value)) return value;
    sum += value;
    if (!Number.isFinite(sum)) return NUM;
  }
  return sum;
}

const deviation = (value, mean) => (typeof value === "number" ? value - mean : value);
const product = (x, y) => (typeof x === "number" && typeof y === "number" ? x * y : cells.multiply(x, y));

Object.assign(cells, {
  total: (column) => summed(column.length, (i) => column[i]),

  sumOfSquares: (column) => summed(column.length, (i) => product(column[i], column[i])),

  sumOfProducts: (x, meanX, y, meanY) =>
    firstError([meanX, meanY], 2) || summed(x.length, (i) => product(deviation(x[i], meanX), deviation(y[i], meanY))),

  products: (x, y) => summed(x.length, (i) => product(x[i], y[i])),

  totalUnless: (column, excluded, summed) => cells.total(summed.filter((_, i) => column[i] !== excluded)),

  count: (column) => column.length,

  countEqual: (column, wanted) => column.filter((value) => value === wanted).length,

  greatest: (column) => column.find(isError) || column.reduce((most, x) => (x > most ? x : most)),

  least: (column) => column.find(isError) || column.reduce((least, x) => (x < least ? x : least)),

  // MATCH without its third argument: it halves the range as if it were sorted and stops where it meets the value.
  match(wanted, column) {
    let low = 0;
    let high = column.length - 1;
    while (low <= high) {
      const middle = Math.floor((low + high) / 2);
      if (column[middle] === wanted) return middle + 1;
      if (column[middle] < wanted) low = middle + 1;
      else high = middle - 1;
    }
    return high < 0 ? NA : high + 1;
  },

  matchExactly(wanted, column) {
    const place = column.indexOf(wanted);
    return place < 0 ? NA : place + 1;
  },

  index: (column, position) => (isError(position) ? position : column[position - 1]),

  pick: (row, places) => row[places],
});
