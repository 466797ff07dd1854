// What is stored: the collections of each API, page by page.
import { call } from "./control.js";
import { busy, button, field, fill, h, later, problemBox } from "./dom.js";
import { DocumentView } from "./document.js";
import { go, link } from "./route.js";

const PAGE = 50;
const COLUMNS = 4;
const TELLING = [/^(name|deviceDisplayName)$/i, /status/i, /model/i, /serial/i, /type|category/i, /plan/i, /customer|os$/i, /.*/];

/** One document when the address names it, else the list. */
export function devicesView(context, route) {
  return route.steps.length > 2 || route.query.new ? new DocumentView(context) : new DevicesView(context);
}

class DevicesView {
  title = "Devices";

  constructor(context) {
    this.context = context;
    this.problem = problemBox();
    this.collections = h("div", { class: "field" });
    this.results = h("div", { class: "results" });
  }

  async render(route) {
    this.state = await call("GET", ["worlds", this.context.world, "state"]);
    this.arrive(route);
    const places = Object.entries(this.state).map(([name, sizes]) =>
      h("optgroup", { label: name }, Object.entries(sizes).map(([kind, size]) =>
        h("option", { value: `${name}/${kind}`, selected: name === this.api && kind === this.collection }, `${name}: ${kind} (${size})`))));
    this.plant = h("a", { class: "button" }, "Plant a new one");
    this.place = h("select", { onchange: () => go(link(this.context.world, ["devices", ...this.place.value.split("/")])) }, places);
    this.search = h("input", { type: "search", id: "search", autocomplete: "off", value: route.query.search ?? "", oninput: later(250, () => this.change()) });
    this.changed = h("input", { type: "checkbox", checked: route.query.changed === "true", onchange: () => this.change() });
    this.element = h("div", { class: "devices" },
      h("div", { class: "head" }, h("h1", { tabindex: "-1" }, "Devices"),
        h("div", { class: "actions" }, this.plant)),
      h("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
        field("Collection", this.place), field("Text in key or document", this.search, null, { class: "field grow" }), field("Written to only", this.changed)),
      this.problem.box, this.results);
    await this.load();
    return this.element;
  }

  /** Take from the address which collection is meant, and which part of it. */
  arrive({ steps: [api = Object.keys(this.state)[0], collection], query }) {
    const names = Object.keys(this.state[api] ?? {});
    Object.assign(this, { api, collection: collection ?? (names.includes("devices") ? "devices" : names[0]), query });
  }

  async update(route) {
    this.arrive(route);
    this.place.value = `${this.api}/${this.collection}`;
    if (this.search.value !== (this.query.search ?? "")) this.search.value = this.query.search ?? "";
    this.changed.checked = this.query.changed === "true";
    await this.load();
  }

  /** To what the form says now, all of it: what was typed a moment ago is not in the address yet. */
  change(offset = "") {
    if (this.closed) return;
    const query = { search: this.search.value, changed: this.changed.checked, offset };
    go(link(this.context.world, ["devices", this.api, this.collection], query), { replace: true });
  }

  async load() {
    this.loading?.abort();
    this.loading = new AbortController();
    this.plant.href = link(this.context.world, ["devices", this.api, this.collection], { new: "true" });
    await busy(null, this.problem, async () => {
      const { search, changed } = this.query;
      const offset = Number(this.query.offset) || 0;
      const page = await call("GET", ["worlds", this.context.world, "state", this.api, this.collection],
        { query: { search, changed, offset, limit: PAGE }, signal: this.loading.signal });
      fill(this.results, this.table(page), this.paging(page, offset));
    });
  }

  table(page) {
    if (!page.items.length) return h("p", { class: "quiet empty" }, "Nothing fits.");
    const columns = telling(page.items.map((item) => item.document));
    const address = (key) => link(this.context.world, ["devices", this.api, this.collection, key]);
    const rows = page.items.map(({ key, document: shown }) => h("tr", {},
      h("th", { scope: "row" }, h("a", { href: address(key) }, key)),
      columns.map((name) => h("td", { "data-name": name }, cell(shown[name])))));
    return h("table", { class: "cards" },
      h("caption", { class: "hidden" }, `${this.collection} of ${this.api}`),
      h("thead", {}, h("tr", {}, ["key", ...columns].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows));
  }

  paging({ total, items }, offset) {
    const to = (place) => button(place < offset ? "Previous" : "Next", () => this.turn(place), { disabled: place < 0 || place >= total });
    const range = items.length ? `${offset + 1} to ${offset + items.length} of ${total}` : `0 of ${total}`;
    return h("nav", { class: "paging", "aria-label": "Pages of the list" }, to(offset - PAGE), h("span", {}, range), to(offset + PAGE));
  }

  turn(offset) {
    this.change(offset > 0 ? offset : "");
    this.element.querySelector("h1").focus();
    scrollTo(0, 0);
  }

  close() {
    this.closed = true;
    this.loading?.abort();
  }
}

/** The members that tell most about documents like these: short, and not the same in all. */
function telling(documents) {
  const names = [...new Set(documents.flatMap(Object.keys))].filter((name) => !name.startsWith("_") && name !== "id");
  const worth = (name) => {
    const values = documents.map((item) => item[name]);
    const plain = values.filter((value) => value !== null && value !== undefined && value !== "" && typeof value !== "object");
    if (plain.length < values.length / 2) return null;
    const place = TELLING.findIndex((pattern) => pattern.test(name));
    return documents.length > 3 && place === TELLING.length - 1 && new Set(plain).size === 1 ? null : place;
  };
  return names.map((name) => [name, worth(name)]).filter(([, place]) => place !== null)
    .sort((one, other) => one[1] - other[1]).slice(0, COLUMNS).map(([name]) => name);
}

function cell(value) {
  if (value === null || value === undefined) return h("span", { class: "quiet" }, "–");
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
