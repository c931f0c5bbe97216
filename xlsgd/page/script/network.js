// A model's values as a network: what follows from what in one row, and the errors passed back.

const COLUMN_WIDTH = 118;
const NODE_HEIGHT = 46;

class NetworkDrawing {
  constructor(training) {
    this.training = training;
    this.network = training.data.network;
    const layers = Math.max(...this.network.nodes.map(({ layer }) => layer)) + 1;
    const inLayer = Array.from({ length: layers }, (_, layer) => this.network.nodes.filter((node) => node.layer === layer));
    this.height = 20 + NODE_HEIGHT * Math.max(...inLayer.map((nodes) => nodes.length));
    this.width = COLUMN_WIDTH * layers + 20;
    this.places = new Map();
    inLayer.forEach((nodes, layer) => nodes.forEach((node, i) =>
      this.places.set(node, [COLUMN_WIDTH * (layer + 0.5) + 10, 10 + ((i + 0.5) * (this.height - 20)) / nodes.length])));
    this.svg = drawn("svg", { class: "network", role: "img", viewBox: `0 0 ${this.width} ${this.height}`, width: 1.2 * this.width });
    this.svg.style.minWidth = `${0.9 * this.width}px`; // narrower, its texts would be too small to read
    this.caption = element("figcaption", {});
    this.root = element("figure", {}, this.caption, element("div", { class: "wide" }, this.svg),
      element("p", { class: "note" }, "In each node its value, below it the error passed back to it. A line's width is its weight's size, its colour the sign."));
    this.build();
  }

  build() {
    const { nodes, edges } = this.network;
    this.lines = edges.map((edge) => {
      const [x1, y1] = this.places.get(nodes[edge.from]);
      const [x2, y2] = this.places.get(nodes[edge.to]);
      return drawn("line", { class: "edge", x1: x1 + 38, y1, x2: x2 - 38, y2 });
    });
    this.boxes = nodes.map((node) => {
      const [x, y] = this.places.get(node);
      const name = drawn("text", { class: "name", x, y: y - 8, "text-anchor": "middle" }, node.name);
      const value = drawn("text", { class: "value", x, y: y + 4, "text-anchor": "middle" });
      const error = drawn("text", { class: "passed", x, y: y + 15, "text-anchor": "middle" });
      const box = drawn("rect", { class: "node", x: x - 40, y: y - 20, width: 80, height: 40, rx: 6 });
      return { box, name, value, error };
    });
    this.title = drawn("title");
    this.svg.replaceChildren(this.title, ...this.lines, ...this.boxes.flatMap(({ box, name, value, error }) => [box, name, value, error]));
  }

  draw(place) {
    const { training, network } = this;
    const row = training.rows(place, place + 1)[0];
    const points = training.data.point.length;
    const states = training.statesBefore(place);
    setText(this.caption, `Row ${training.data.firstRow + place}: the row that is lit, or the one in focus`);
    const told = network.nodes.map((node, i) => {
      const at = (index) => (training.exercise.hides(training.data.columns[index].column, training.data.firstRow) ? BLANK : row[index]);
      const value = at(node.point === undefined ? points + node.value : node.point);
      const error = node.error === undefined ? undefined : at(points + node.error);
      const { box, value: text, error: passed } = this.boxes[i];
      setText(text, brief(value));
      setText(passed, error === undefined ? "" : `← ${brief(error)}`);
      box.style.setProperty("--share", String(Math.min(1, Math.abs(Number(value)) || 0)));
      box.classList.toggle("negative", value < 0);
      return `${node.name} ${brief(value)}${error === undefined ? "" : `, error ${brief(error)}`}`;
    });
    network.edges.forEach((edge, i) => {
      if (edge.parameter === undefined) return;
      const weight = states[edge.parameter];
      this.lines[i].setAttribute("stroke-width", String(Math.min(6, 0.6 + 2.2 * Math.abs(Number(weight) || 0))));
      this.lines[i].setAttribute("class", `edge ${weight < 0 ? "negative" : "positive"}`);
      this.lines[i].replaceChildren(drawn("title", {}, `${training.data.parameters[edge.parameter]} = ${brief(weight)}`));
    });
    setText(this.title, told.join("; "));
  }
}
