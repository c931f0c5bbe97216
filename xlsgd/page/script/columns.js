// What a spreadsheet computes from a column, on a spreadsheet's numbers. Sums run from the first row to the last.

Object.assign(cells, {
  total: (column) => column.reduce((sum, x) => cells.add(sum, x), 0),

  sumOfSquares: (column) => column.reduce((sum, x) => cells.add(sum, cells.multiply(x, x)), 0),

  sumOfProducts: (x, meanX, y, meanY) =>
    cells.total(x.map((_, i) => cells.multiply(cells.subtract(x[i], meanX), cells.subtract(y[i], meanY)))),

  products: (x, y) => cells.total(x.map((_, i) => cells.multiply(x[i], y[i]))),

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
    return high + 1;
  },

  matchExactly(wanted, column) {
    const place = column.indexOf(wanted);
    return place < 0 ? NA : place + 1;
  },

  index: (column, position) => column[position - 1],

  pick: (row, places) => row[places],
});
