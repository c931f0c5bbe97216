// Blank cells of an exercise in the grid: what stands there, what is told of them, and typing a formula into one.

const BLANK = "?";

Object.assign(Grid.prototype, {
  isBlank(address) { return this.exercise !== null && this.exercise.on && this.exercise.hides(...this.split(address)); },

  // Shows a blank cell as such, and returns whether it is one.
  drawBlank(address, node) {
    const blank = this.isBlank(address);
    const asks = blank && this.exercise.asks(address);
    const text = this.at.get(address)?.text;
    if (!blank && text !== undefined) setText(node, text);
    node.classList.toggle("blank", blank);
    node.classList.toggle("ask", asks);
    if (!blank) { node.removeAttribute("aria-label"); return false; }
    node.setAttribute("aria-label", asks ? "blank: type its formula" : "blank");
    node.classList.remove("error");
    setText(node, asks ? "=?" : BLANK);
    return true;
  },

  // Brings a cell into the part of the sheet that is seen, without moving the page.
  reveal(address) {
    const node = this.shownCells.get(address);
    if (node && this.root.clientWidth) this.root.scrollLeft = node.offsetLeft + node.offsetWidth / 2 - this.root.clientWidth / 2;
  },

  describeBlank(address) {
    const blank = this.exercise.blankAt(...this.split(address));
    const place = this.exercise.addressOf(blank);
    const tried = place === address ? this.exercise.tried.get(blank) : null;
    const words = place === address ? "is blank: type its formula." : `is blank until the formula of ${place} is found.`;
    return { address, formula: tried ? tried.text : "=?", words: tried ? tried.says : `${blank.name} ${words}` };
  },

  editBlank(node, typed) {
    const address = node.dataset.at;
    const blank = this.exercise.askedBy(address);
    const field = element("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-label": `Formula of ${blank.name}, ${address}` });
    const tried = this.exercise.tried.get(blank);
    field.value = typed === undefined ? (tried ? tried.text : "=") : typed === "=" ? "=" : `=${typed}`;
    this.reveal(address);
    this.open(node, field, (text) => { if (text.trim().replace("=", "")) this.asked(blank, text.trim()); });
  },
});
