// Whether a typed formula is right: it is computed beside the sheet's own one on changed numbers, so that another right
// spelling passes and a pasted number does not.

const LONGEST_FORMULA = 1000;
const MOST_CELLS = 1500; // that a formula, and all that it follows from, may read to be judged
const TRIES = 200;
const ENOUGH = 40; // on how many changed inputs both must agree
const LEAST = 8; // and on how few, where the sheet's own formula is an error on most
const NEAR = 1e-9; // relative: another spelling rounds otherwise, by far less than this
const FEW = 10; // up to how many whole numbers in a column of targets are classes

// Numbers from 0 to 1, the same ones on every day (mulberry32).
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// Another value in place of one: of its size and sign; of the size of 1, so that small numbers count, and below 1 if it
// was; or of any sign. Whole numbers are whole in half of the cases, switches 0 or 1: formulas may ask whether they are.
function another(value, kind, random) {
  const base = typeof value === "number" ? value : 1.5;
  const size = Math.abs(base);
  const sign = (kind === 2 && random() < 0.5) || base < 0 ? -1 : 1;
  if (Number.isInteger(base) && random() < 0.5) return sign * Math.floor(random() * (1 + Math.min(20, Math.max(1, size))));
  if (kind === 0) return sign * (size || 0.5) * (0.5 + random());
  return sign * (size < 1 && size > 0 ? 0.05 + 0.9 * random() : 0.2 + 2.8 * random());
}

const near = (x, y) => typeof x === "number" && Math.abs(x - y) <= NEAR * Math.max(Math.abs(x), Math.abs(y)) + 1e-12;

function sizeOf(tree) {
  if (tree.kind !== "range") return (tree.args || []).reduce((sum, part) => sum + sizeOf(part), tree.kind === "reference" ? 1 : 0);
  const { left, right, top, bottom } = cornersOf(tree, 0);
  return (right - left + 1) * (bottom - top + 1);
}

class Judge {
  constructor(exercise) {
    Object.assign(this, { exercise, sheet: exercise.sheet, grid: exercise.grid, trees: new Map(), behind: new Map() });
    this.grid.refresh();
    const { point = [], targets = 0 } = this.sheet.data;
    this.classes = (this.sheet.points || []).map((column, i) => {
      const values = i < point.length - targets ? [] : [...new Set(column)];
      return values.length <= FEW && values.every(Number.isInteger) ? values : [];
    });
  }

  verdict(blank, text) {
    try {
      return this.judged(blank, this.read(text));
    } catch (error) {
      if (error instanceof FormulaError) return { right: false, says: error.message };
      throw error;
    }
  }

  read(text) {
    if (text.length > LONGEST_FORMULA) throw new FormulaError(`The formula is longer than ${LONGEST_FORMULA} characters.`);
    const tree = readFormula(text);
    if (sizeOf(tree) > MOST_CELLS) throw new FormulaError(`It reads more than ${MOST_CELLS} cells; cells of its own row are enough.`);
    return tree;
  }

  judged(blank, typed) {
    const [column, row] = this.exercise.placeOf(blank);
    const [own, reads] = [this.treeAt(column, row), this.reads(typed)];
    if (!own) throw new FormulaError("The sheet's own formula goes beyond what this page can judge: show the answer.");
    this.refuse(blank, reads);
    if (!this.agree(own, typed)) return { right: false, says: this.off(own, typed, reads) };
    if (this.exercise.filledDown(blank) && !this.agree(this.treeAt(column, row + 1), typed, 1))
      return { right: false, says: `Not yet: it is right in row ${row}, but filled down to row ${row + 1} it would read ${[...this.reads(typed, 1).keys()].join(", ")}: put $ before a row that stays, such as $D$2.` };
    const likewise = (blank.columns || []).length - 1;
    return { right: true, says: likewise > 0 ? `Right. The other ${likewise} column${likewise > 1 ? "s are" : " is"} filled likewise.` : "Right." };
  }

  // Throws where a formula would go in a circle, or needs what is blank.
  refuse(blank, reads) {
    const own = this.exercise.addressOf(blank);
    if (reads.has(own)) throw new FormulaError(`${own} is the cell itself: a formula cannot read its own cell.`);
    for (const [address, [column, row]] of reads) {
      const other = this.exercise.blankAt(column, row);
      if (other === blank) throw new FormulaError(`${address} is blank with ${own}: read other cells.`);
      if (other && this.exercise.hides(column, row)) throw new FormulaError(`${address} (${other.name}) is blank, too: find its formula first, or read other cells.`);
      if ((this.before(column, row) || new Set()).has(own)) throw new FormulaError(`${address} follows from ${own} itself: read other cells.`);
    }
  }

  // By how much a formula is off on the sheet's own numbers.
  off(own, typed, reads) {
    const at = (column, row) => { const value = this.grid.valueAt(addressOf(column, row)); return value === "" ? null : value; };
    const [found, wanted] = [valueOfFormula(typed, at), valueOfFormula(own, at)];
    if (typeof found !== "number") return `Wrong: it comes to ${String(found).toUpperCase()}.`;
    if (typeof wanted !== "number") return `Wrong: the sheet's own formula comes to ${wanted} here, this one does not follow it elsewhere.`;
    if (near(found, wanted)) return reads.size ? "Wrong: on the sheet's numbers it agrees by chance; on other numbers it does not." : "Wrong: the number is right, but a formula must follow the cells as they change.";
    return `Wrong: on the sheet's numbers it comes to ${brief(found)}, too ${found > wanted ? "high" : "low"} by ${brief(Math.abs(found - wanted))}.`;
  }

  // ---- on changed numbers -----------------------------------------------------------------------------------------

  // Whether both agree where all cells that they read change by themselves. Where the typed formula goes another way to
  // the same value, a cell that follows from others that are read goes on doing so; and where it reads what the sheet's
  // own one does not, so does each that follows from what another one follows from.
  agree(own, typed, down = 0) {
    const ownReads = this.reads(own);
    const all = new Map([...ownReads, ...this.reads(typed, down)]);
    const behind = new Map([...all].map(([address, place]) => [address, this.before(...place) || new Set()]));
    const apart = (bound) => new Set([...all.keys()].filter((address) => ![...behind.get(address)].some((each) => bound(each, address))));
    const others = (each, address) => [...behind].some(([other, cells]) => other !== address && cells.has(each));
    const ways = [new Set(all.keys()), apart((each) => all.has(each))];
    if (all.size > ownReads.size) ways.push(apart((each, address) => all.has(each) || others(each, address)));
    return ways.some((free) => this.agreeOn(free, own, typed, down));
  }

  agreeOn(free, own, typed, down) {
    const random = seeded(1);
    let seen = 0;
    for (let i = 0; i < TRIES && seen < ENOUGH; i++) {
      const at = this.changed(free, i % 3, random);
      const wanted = valueOfFormula(own, at);
      if (typeof wanted !== "number") continue;
      seen++;
      if (!near(valueOfFormula(typed, at, down), wanted)) return false;
    }
    return seen >= LEAST;
  }

  changed(free, kind, random) {
    const known = new Map();
    const at = (column, row) => {
      const address = addressOf(column, row);
      if (!known.has(address)) known.set(address, this.changedAt(column, row, free.has(address), kind, random, at));
      return known.get(address);
    };
    return at;
  }

  changedAt(column, row, isFree, kind, random, at) {
    const content = this.grid.contentAt(column, row) || {};
    if (content.text !== undefined) return content.text;
    const tree = isFree || !this.before(column, row) ? null : this.treeAt(column, row);
    if (tree) return valueOfFormula(tree, at);
    const classes = this.classes[content.point] || [];
    if (classes.length) return classes[Math.floor(random() * classes.length)];
    return another(this.grid.valueAt(addressOf(column, row)), kind, random);
  }

  // ---- what reads what --------------------------------------------------------------------------------------------

  // The tree of a cell's formula; nothing where none stands, or one that goes beyond what this page computes.
  treeAt(column, row) {
    const text = this.grid.spelledAt(column, row);
    if (text === undefined) return null;
    if (!this.trees.has(text)) this.trees.set(text, this.treeOf(text));
    return this.trees.get(text);
  }

  treeOf(text) {
    try { return readFormula(text); } catch (error) { if (error instanceof FormulaError) return null; throw error; }
  }

  reads(tree, down = 0) {
    const found = new Map();
    readsOf(tree, down, (column, row) => found.set(addressOf(column, row), [column, row]));
    return found;
  }

  // All cells that a cell follows from; nothing where they are too many to be followed.
  before(column, row) {
    const address = addressOf(column, row);
    if (!this.behind.has(address)) this.behind.set(address, this.followed(column, row));
    return this.behind.get(address);
  }

  followed(column, row) {
    const found = new Set();
    const waiting = [[column, row]];
    while (waiting.length) {
      const tree = this.treeAt(...waiting.pop());
      if (tree && sizeOf(tree) > MOST_CELLS) return null;
      for (const [address, place] of tree ? this.reads(tree) : []) {
        if (found.has(address)) continue;
        found.add(address);
        waiting.push(place);
      }
      if (found.size > MOST_CELLS) return null;
    }
    return found;
  }
}
