// Lines over epochs. Colours come from the style sheet, so that they change with light and dark.

const MOST_DRAWN = 600; // points of a line: more would fall on the same pixels
const FLAT = 1e-4; // a span of this share of the numbers' size is drawn as a line that keeps its height

function niceTicks(least, most, count) {
  const span = Math.min(most - least, Number.MAX_VALUE) || 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((each) => each * power >= raw) * power;
  const [first, last] = [Math.ceil(least / step), Math.floor(most / step + 1e-6)];
  if (!(last - first <= 2 * count)) return []; // the numbers are so large that a step is lost on them
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

// The ticks as texts, with as many digits as tell one from the next.
function tickLabels(ticks) {
  const size = Math.max(...ticks.map(Math.abs));
  const step = Math.abs(ticks[1] - ticks[0]);
  const digits = Math.floor(Math.log10(size)) - Math.floor(Math.log10(step) + 1e-9) + 1;
  return ticks.map((tick) => brief(tick, Math.min(Math.max(4, digits || 0), 15)));
}

function logTicks(least, most) {
  const from = Math.ceil(Math.log10(least) - 1e-9);
  const to = Math.floor(Math.log10(most) + 1e-9);
  const every = Math.max(1, Math.ceil((to - from) / 5));
  const ticks = [];
  for (let power = from; power <= to; power += every) ticks.push(10 ** power);
  return ticks.length > 1 ? ticks : niceTicks(least, most, 4).filter((tick) => tick > 0);
}

const thinned = (values) => {
  if (values.length <= MOST_DRAWN) return values.map((value, i) => [i, value]);
  const every = (values.length - 1) / (MOST_DRAWN - 1);
  return Array.from({ length: MOST_DRAWN }, (_, i) => [Math.round(i * every), values[Math.round(i * every)]]);
};

class LineChart {
  constructor(title, { log = false, width = 380, height = 190 } = {}) {
    Object.assign(this, { title, log, width, height });
    this.svg = drawn("svg", { class: "chart", role: "img", viewBox: `0 0 ${this.width} ${height}` });
    this.legend = element("ul", { class: "legend" });
    this.root = element("figure", {}, this.svg, this.legend);
  }

  // Draws lines: { name, values }, each value by its epoch; what is no number ends a line.
  draw(lines) {
    const { width, height } = this;
    const all = lines.flatMap(({ values }) => thinned(values).map(([, value]) => value)).filter(Number.isFinite);
    const log = this.log && all.length > 0 && Math.min(...all) > 0 && Math.max(...all) / Math.min(...all) > 3;
    const scale = log ? Math.log10 : (value) => value;
    let [least, most] = all.length ? [Math.min(...all), Math.max(...all)] : [0, 1];
    const size = Math.max(Math.abs(least), Math.abs(most));
    const margin = size / 20 || 1;
    if (most - least <= size * FLAT) [least, most] = [Math.max(least - margin, -Number.MAX_VALUE), Math.min(most + margin, Number.MAX_VALUE)];
    const epochs = Math.max(1, ...lines.map(({ values }) => values.length - 1));
    const left = 58;
    const x = (epoch) => left + (epoch / epochs) * (width - left - 12);
    const half = (value) => scale(value) / 2; // the span of two halves is a number, whatever they are
    const y = (value) => height - 28 - ((half(value) - half(least)) / (half(most) - half(least))) * (height - 44);
    const parts = [];
    const ticks = log ? logTicks(least, most) : niceTicks(least, most, 4);
    const labels = tickLabels(ticks);
    ticks.forEach((tick, i) => {
      parts.push(drawn("line", { class: "rule", x1: left, x2: width - 12, y1: y(tick), y2: y(tick) }));
      parts.push(drawn("text", { class: "tick", x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, labels[i]));
    });
    for (const tick of niceTicks(0, epochs, 5).filter((each) => each % 1 === 0))
      parts.push(drawn("text", { class: "tick", x: x(tick), y: height - 10, "text-anchor": "middle" }, brief(tick)));
    lines.forEach(({ values }, i) => {
      const places = thinned(values).filter(([, value]) => Number.isFinite(value) && (!log || value > 0));
      const path = places.map(([epoch, value], k) => `${k ? "L" : "M"}${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`).join("");
      if (!places.length) return;
      parts.push(drawn("path", { class: `line colour-${i % 8} dash-${Math.floor(i / 8) % 3}`, d: path }));
      const [epoch, value] = places.at(-1);
      parts.push(drawn("circle", { class: `dot colour-${i % 8}`, cx: x(epoch), cy: y(value), r: 3.5 }));
    });
    this.svg.replaceChildren(drawn("title", {}, this.told(lines)), ...parts);
    this.legend.replaceChildren(...lines.map(({ name, values }, i) => element("li", {},
      element("span", { class: `key colour-${i % 8} dash-${Math.floor(i / 8) % 3}`, "aria-hidden": "true" }),
      `${name} `, element("b", {}, values.length ? brief(values.at(-1)) : ""))));
  }

  told(lines) {
    const of = ({ name, values }) => `${name} from ${brief(values[0])} at epoch 0 to ${brief(values.at(-1))} at epoch ${values.length - 1}`;
    return `${this.title}: ${lines.filter(({ values }) => values.length).slice(0, 8).map(of).join("; ")}`;
  }
}
