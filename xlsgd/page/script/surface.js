// The loss over two parameters, the others as they stand, and the way that training took upon it.

const FINE = 48; // how many losses are computed along an axis
const SAMPLED = 500; // of how many points at most
const LEVELS = 14;

class Surface {
  constructor() {
    this.canvas = element("canvas", { width: 760, height: 520, role: "img" });
    this.note = element("p", { class: "note" });
    this.root = element("figure", { class: "surface" }, this.canvas, this.note);
    this.shown = [0, 1];
  }

  // Draws the surface of a training and the paths of several: { name, history, cursor }.
  draw(training, paths, answer) {
    const names = training.data.parameters;
    const [first, second] = this.shown;
    const places = paths.map(({ history }) => thinned(history).map(([, { parameters }]) => [parameters[first], parameters[second]])
      .filter((place) => place.every(Number.isFinite)));
    const centre = answer || places[0].at(-1) || [0, 0];
    this.limit(places, centre);
    this.landscape(training);
    this.paint(paths, places, answer);
    this.canvas.setAttribute("aria-label", `The loss over ${names[first]} and ${names[second]}, darker where it is less; ` +
      paths.map(({ name }, i) => places[i].length ? `${name} went from ${places[i][0].map((each) => brief(each)).join(", ")} to ${places[i].at(-1).map((each) => brief(each)).join(", ")}` : `${name} left the numbers`).join("; "));
    setText(this.note, `${names[first]} across, ${names[second]} upwards; ○ start, ● now${answer ? `, ★ the answer: ${answer.map((each) => brief(each)).join(", ")}` : ""}`);
  }

  // What the axes show: start, answer, and what lies near them of the paths. It only ever grows while training goes on.
  limit(places, centre) {
    const start = places[0][0] || centre;
    const key = JSON.stringify([start, this.shown]);
    const spans = [0, 1].map((axis) => {
      const far = 3 * (Math.abs(start[axis] - centre[axis]) || 1);
      const near = [start[axis], centre[axis], ...places.flat().map((place) => place[axis]).filter((v) => Math.abs(v - centre[axis]) <= far)];
      const margin = 0.1 * (Math.max(...near) - Math.min(...near)) || 0.5;
      return [Math.min(...near) - margin, Math.max(...near) + margin];
    });
    const grown = this.key === key && this.limits.every(([a, b], axis) => a <= spans[axis][0] + 1e-12 && b >= spans[axis][1] - 1e-12);
    if (!grown) {
      this.limits = this.key === key ? spans.map(([a, b], axis) => [Math.min(a, this.limits[axis][0]), Math.max(b, this.limits[axis][1])]) : spans;
      this.key = key;
    }
  }

  landscape(training) {
    const others = training.states.filter((_, i) => !this.shown.includes(i) && i < training.data.parameters.length);
    const key = JSON.stringify([this.limits, others, training.knobs]);
    if (this.drawnFor === key && this.points === training.points) return;
    this.drawnFor = key;
    this.points = training.points;
    const sample = this.sampled(training);
    const states = training.states.map((value) => (typeof value === "number" ? value : 0));
    this.losses = [];
    for (let j = 0; j < FINE; j++)
      for (let i = 0; i < FINE; i++) {
        states[this.shown[0]] = this.value(0, i / (FINE - 1));
        states[this.shown[1]] = this.value(1, j / (FINE - 1));
        this.losses.push(training.lossAt(states, sample));
      }
    this.image = this.coloured();
  }

  value(axis, share) { return this.limits[axis][0] + share * (this.limits[axis][1] - this.limits[axis][0]); }

  sampled(training) {
    const { n } = training;
    if (n <= SAMPLED) return training.points;
    return training.points.map((column) => Float64Array.from({ length: SAMPLED }, (_, i) => column[Math.floor((i * n) / SAMPLED)]));
  }

  // An image with a band for each stretch of losses, at equal ratios where all are positive, and a line between bands.
  coloured() {
    const { width, height } = this.canvas;
    const finite = this.losses.filter(Number.isFinite);
    const most = Math.max(...finite);
    const log = Math.min(...finite) > 0 || most > 0;
    const least = log ? Math.max(Math.min(...finite), most / 1000) : Math.min(...finite);
    const height_ = (loss) => (!Number.isFinite(loss) ? LEVELS : log ? (LEVELS * Math.log(Math.max(loss, least) / least)) / Math.log(most / least || 2) : (LEVELS * (loss - least)) / (most - least || 1));
    const levels = this.losses.map(height_);
    const at = (px, py) => {
      const x = (px / (width - 1)) * (FINE - 1), y = (1 - py / (height - 1)) * (FINE - 1);
      const i = Math.min(FINE - 2, Math.floor(x)), j = Math.min(FINE - 2, Math.floor(y));
      const [u, v] = [x - i, y - j];
      const low = levels[j * FINE + i] * (1 - u) + levels[j * FINE + i + 1] * u;
      const high = levels[(j + 1) * FINE + i] * (1 - u) + levels[(j + 1) * FINE + i + 1] * u;
      return low * (1 - v) + high * v;
    };
    const bands = new Uint8Array(width * height);
    for (let py = 0; py < height; py++) for (let px = 0; px < width; px++) bands[py * width + px] = Math.min(LEVELS - 1, Math.floor(at(px, py)));
    const dark = isDark();
    const image = new ImageData(width, height);
    for (let py = 0; py < height; py++)
      for (let px = 0; px < width; px++) {
        const place = py * width + px;
        const band = bands[place];
        const edge = (px + 1 < width && bands[place + 1] !== band) || (py + 1 < height && bands[place + width] !== band);
        const share = band / (LEVELS - 1);
        const grey = dark ? 62 - 34 * share : 196 + 56 * share;
        const tone = edge ? grey + (dark ? 26 : -34) : grey;
        image.data.set([tone, tone + (dark ? 3 : 1), tone + (dark ? 9 : 4), 255], place * 4);
      }
    return image;
  }

  paint(paths, places, answer) {
    const context = this.canvas.getContext("2d");
    const { width, height } = this.canvas;
    const style = getComputedStyle(document.documentElement);
    context.putImageData(this.image, 0, 0);
    const x = (value) => ((value - this.limits[0][0]) / (this.limits[0][1] - this.limits[0][0])) * width;
    const y = (value) => height - ((value - this.limits[1][0]) / (this.limits[1][1] - this.limits[1][0])) * height;
    this.axes(context, style, x, y);
    paths.forEach(({ now }, k) => {
      const colour = style.getPropertyValue(`--line-${k % 8}`);
      Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 3, lineJoin: "round" });
      context.beginPath();
      const way = now ? [...places[k], now] : places[k];
      way.forEach((place, i) => (i ? context.lineTo : context.moveTo).call(context, x(place[0]), y(place[1])));
      context.stroke();
      places[k].slice(-200).forEach((place) => this.disc(context, x(place[0]), y(place[1]), 3.5));
      if (way.length) this.disc(context, x(way.at(-1)[0]), y(way.at(-1)[1]), 8);
    });
    Object.assign(context, { strokeStyle: style.getPropertyValue("--ink"), fillStyle: style.getPropertyValue("--ink"), lineWidth: 3 });
    if (places[0].length) { context.beginPath(); context.arc(x(places[0][0][0]), y(places[0][0][1]), 8, 0, 7); context.stroke(); }
    if (answer) {
      context.font = "34px sans-serif";
      Object.assign(context, { textAlign: "center", textBaseline: "middle" });
      context.fillText("★", x(answer[0]), y(answer[1]));
    }
  }

  axes(context, style, x, y) {
    Object.assign(context, { fillStyle: style.getPropertyValue("--quiet"), font: "22px system-ui, sans-serif" });
    Object.assign(context, { textAlign: "center", textBaseline: "bottom" });
    const told = (limits, write) => {
      const ticks = niceTicks(...limits, 5).slice(1, -1);
      tickLabels(ticks).forEach((label, i) => write(label, ticks[i]));
    };
    told(this.limits[0], (label, tick) => context.fillText(label, x(tick), this.canvas.height - 6));
    Object.assign(context, { textAlign: "left", textBaseline: "middle" });
    told(this.limits[1], (label, tick) => context.fillText(label, 8, y(tick)));
  }

  disc(context, x, y, radius) { context.beginPath(); context.arc(x, y, radius, 0, 7); context.fill(); }
}
