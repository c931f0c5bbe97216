// The page: its sheets as tabs, light and dark, links, and files.

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function report(error) {
  const place = document.getElementById("trouble");
  place.hidden = false;
  setText(place, `Something went wrong on this page: ${error.message || error}. Load it again; if it comes back, please report it.`);
  console.error(error);
}

class Page {
  constructor(data, functions) {
    this.points = data.points;
    this.sheets = data.sheets.map((own) => own.kind === "table"
      ? new Table(own.name, own, functions[own.name])
      : new Training(own.name, own, functions[own.name], this.columnsOf(own)));
    this.views = new Map(this.sheets.map((sheet) => [sheet.name, sheet.data.kind === "table" ? new TableView(sheet, this) : new TrainingView(sheet, this)]));
    const racing = contestants(this.sheets);
    if (racing.length && !this.views.has("race")) this.views.set("race", new RaceView(racing, this));
    this.main = document.getElementById("page");
    this.message = element("p", { class: "toast", role: "status" });
    this.tabs = this.tabList();
    document.getElementById("top").append(this.tabs, this.tools());
    document.body.append(this.message);
    addEventListener("hashchange", () => { if (location.hash !== this.written) this.follow(location.hash); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    this.follow(location.hash);
  }

  columnsOf(own) { return own.point.map((name) => Float64Array.from(this.points[own.points][name])); }
  pointsOf(sheet) { return this.columnsOf(sheet.data); }
  isFront(view) { return this.front === view; }

  // ---- tabs and tools --------------------------------------------------------------------------------------------

  tabList() {
    const names = [...this.views.keys()];
    const list = element("div", { class: "tabs", role: "tablist", "aria-label": "Sheets" });
    this.tabOf = new Map(names.map((name) => {
      const tab = element("button", { type: "button", role: "tab", id: freshId("tab"), "aria-controls": "page", tabindex: "-1", onclick: () => this.show(name) }, name);
      list.append(tab);
      return [name, tab];
    }));
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = names[(names.indexOf(this.frontName) + step + names.length) % names.length];
      this.show(next);
      this.tabOf.get(next).focus();
      event.preventDefault();
    });
    return list;
  }

  tools() {
    return element("div", { class: "tools" },
      element("button", { type: "button", onclick: () => this.copyLink() }, "Copy link"),
      element("button", { type: "button", onclick: () => this.save() }, "Download .csv"),
      element("button", { type: "button", onclick: () => this.turn() }, "Light or dark"));
  }

  show(name) {
    if (this.front) this.front.halt();
    this.front = this.views.get(name);
    this.frontName = name;
    for (const [each, tab] of this.tabOf) {
      tab.setAttribute("aria-selected", String(each === name));
      tab.tabIndex = each === name ? 0 : -1;
    }
    this.tabOf.get(name).scrollIntoView({ block: "nearest", inline: "nearest" });
    this.main.setAttribute("aria-labelledby", this.tabOf.get(name).id);
    this.main.replaceChildren(this.front.root);
    document.title = `${name} – ${document.documentElement.dataset.title}`;
    this.front.draw();
    this.changed();
  }

  turn() {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    this.redraw();
  }

  redraw() {
    for (const view of this.views.values()) if (view.surface) view.surface.drawnFor = null;
    this.front.draw();
  }

  say(text) {
    setText(this.message, text);
    clearTimeout(this.saying);
    this.saying = setTimeout(() => setText(this.message, ""), 6000);
  }

  // ---- links and files -------------------------------------------------------------------------------------------

  hash() { return `#${hashOf(this.frontName, this.sheets, this.front.cursor)}`; }

  // Writes the state into the address, at once or, while it changes from moment to moment, a moment later: browsers take
  // but so many a second.
  changed() {
    if (this.writing) return;
    this.write();
    this.writing = setTimeout(() => { this.writing = null; this.write(); }, 200);
  }

  write() {
    const hash = this.hash();
    if (hash.length > LONGEST_LINK) return;
    this.written = hash;
    try { history.replaceState(null, "", hash); } catch { /* a page within another may not */ }
  }

  async copyLink() {
    if (this.hash().length > LONGEST_LINK) { this.say("The points are too many to go into a link; send the file with them instead."); return; }
    const link = location.href.split("#")[0] + this.hash();
    try {
      await navigator.clipboard.writeText(link);
      this.say("The link is copied: whoever opens it sees the page as it is now.");
    } catch {
      this.say("Copy the address of the page: it holds all that was changed.");
    }
  }

  async follow(hash) {
    this.written = hash;
    let said;
    try { said = readHash(hash); } catch { said = { front: "", cursor: null, done: new Map() }; this.say("The link is damaged; the page starts anew."); }
    const unknown = [...said.done.keys()].filter((name) => !this.sheets.some((sheet) => sheet.name === name));
    const refused = unknown.slice();
    for (const sheet of this.sheets) {
      sheet.restart(sheet.points && this.pointsOf(sheet));
      sheet.exercise.stop();
    }
    const name = this.views.has(said.front) ? said.front : this.sheets[0].name;
    this.show(name);
    const runner = new Runner(() => {});
    for (const sheet of this.sheets.filter((each) => said.done.has(each.name))) {
      const work = replay(sheet, said.done.get(sheet.name));
      await runner.do((function* () { refused.push(...(yield* work)); })());
    }
    if (said.cursor !== null && this.front.sheet && said.cursor < this.front.sheet.n) this.front.cursor = said.cursor;
    if (refused.length) this.say(`The link says what this page does not know: ${refused.join(", ")}.`);
    this.front.draw();
    this.changed();
    document.documentElement.dataset.ready = "true";
  }

  save() {
    const sheet = this.front.sheet || this.front.racing[0];
    download(`${sheet.name}${sheet.n ? `-epoch-${sheet.epoch}` : ""}.csv`, csvOf(sheet));
  }
}

const missing = [
  ["replaceChildren", "replaceChildren" in Element.prototype], ["Array.at", "at" in Array.prototype],
  ["ResizeObserver", "ResizeObserver" in window], ["canvas", !!document.createElement("canvas").getContext],
].filter(([, there]) => !there).map(([name]) => name);

if (missing.length) {
  setText(document.getElementById("old"), `This browser is too old for this page (it has no ${missing.join(", ")}). Open it in a browser from 2022 or later.`);
} else {
  document.getElementById("old").remove();
  addEventListener("error", (event) => report(event.error || event.message));
  addEventListener("unhandledrejection", (event) => report(event.reason));
  globalThis.lesson = new Page(JSON.parse(document.getElementById("data").textContent), FUNCTIONS);
}
