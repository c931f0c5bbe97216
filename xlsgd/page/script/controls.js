// Buttons and a speed, sliders and fields.

const SPEEDS = [
  ["2 rows a second", 2, "row"], ["10 rows a second", 10, "row"], ["1 epoch a second", 1, "epoch"],
  ["5 epochs a second", 5, "epoch"], ["30 epochs a second", 30, "epoch"], ["as fast as it goes", Infinity, "epoch"],
];

const SYMBOLS = { Reset: "↺", Step: "→", Epoch: "↠", Run: "▶", Stop: "■" };

class Buttons {
  constructor(actions, withRows) {
    const speeds = SPEEDS.filter(([, , kind]) => withRows || kind === "epoch");
    const id = freshId("speed");
    this.speed = element("select", { id }, ...speeds.map(([text], i) => element("option", { value: i, selected: text.startsWith("5 ") }, text)));
    this.speeds = speeds;
    this.buttons = {};
    for (const [name, does] of Object.entries(actions)) {
      this.buttons[name] = element("button", { type: "button", class: name === "Run" ? "main" : "", onclick: does },
        element("span", { "aria-hidden": "true" }, SYMBOLS[name] || ""), element("span", { class: "says" }, name));
    }
    this.root = element("div", { class: "buttons", role: "toolbar", "aria-label": "Training" }, ...Object.values(this.buttons),
      element("span", { class: "speed" }, element("label", { for: id }, "Speed"), this.speed));
  }

  get rate() { return this.speeds[this.speed.value][1]; }
  get byRow() { return this.speeds[this.speed.value][2] === "row"; }

  show(running) {
    const run = this.buttons.Run;
    setText(run.firstChild, running ? SYMBOLS.Stop : SYMBOLS.Run);
    setText(run.lastChild, running ? "Stop" : "Run");
    run.setAttribute("aria-pressed", String(running));
  }
}

// How a slider goes over an input's values: by ratios, from 0 to 1, or by differences; a whole number by ones.
function scaleOf(input, fresh, most) {
  if (input.whole) return { min: 1, max: most, step: 1, to: (v) => v, from: (v) => v };
  if (input.scale === "log" && fresh > 0) {
    const middle = Math.log10(fresh);
    return { min: middle - 3, max: middle + 3, step: 0.01, to: Math.log10, from: (v) => Number((10 ** v).toPrecision(3)) };
  }
  if (input.scale === "unit" || (input.scale === "log" && fresh === 0)) return { min: 0, max: 0.999, step: 0.001, to: (v) => v, from: (v) => Number(v.toFixed(3)) };
  const far = 5 * Math.max(1, Math.abs(fresh));
  const step = 10 ** Math.floor(Math.log10(far / 200));
  return { min: fresh - far, max: fresh + far, step, to: (v) => v, from: (v) => Number(v.toPrecision(6)) };
}

// One input: a slider and a field beside it.
class InputControl {
  constructor(sheet, index, typed) {
    const input = sheet.data.inputs[index];
    Object.assign(this, { sheet, index, input, typed });
    const id = freshId("input");
    this.scale = scaleOf(input, sheet.data.fresh[index], sheet.n);
    this.field = element("input", { id, type: "text", inputmode: "decimal", autocomplete: "off", "data-input": input.name,
      onfocus: () => { this.field.value = String(sheet.inputs[index]); }, onblur: () => this.draw(),
      onchange: () => typed(input.name, this.field.value), onkeydown: (event) => { if (event.key === "Escape") { this.field.blur(); this.draw(true); } } });
    this.slider = element("input", { type: "range", min: this.scale.min, max: this.scale.max, step: this.scale.step, "data-slider": input.name,
      "aria-label": `${input.label}, a slider`, oninput: () => typed(input.name, String(this.scale.from(Number(this.slider.value)))) });
    this.root = element("div", { class: "control" }, element("label", { for: id }, input.label), this.slider, this.field);
  }

  draw(always = false) {
    const value = this.sheet.inputs[this.index];
    if (this.input.whole) this.slider.max = this.sheet.n;
    if (always || document.activeElement !== this.field) this.field.value = typeof value === "number" ? String(Number(value.toPrecision(7))) : String(value);
    if (document.activeElement !== this.slider && Number.isFinite(value)) this.slider.value = this.scale.to(value);
    this.slider.setAttribute("aria-valuetext", brief(value));
  }
}

// The knobs of a sheet, and folded away what its first row starts from.
class InputsPanel {
  constructor(sheet, typed) {
    this.controls = sheet.data.inputs.map((input, i) => new InputControl(sheet, i, typed));
    this.message = element("p", { class: "message wrong", role: "alert" });
    const of = (kind) => this.controls.filter(({ input }) => input.kind === kind).map(({ root }) => root);
    const folded = (title, nodes) => nodes.length ? element("details", {}, element("summary", {}, title), ...nodes) : null;
    this.root = panel("Knobs", ...of("knob"), folded("Starting values", of("start")), folded("Starting states", of("state")), this.message);
  }

  draw() { this.controls.forEach((control) => control.draw()); }
  say(text) { setText(this.message, text); }
}
