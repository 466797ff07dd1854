// The journal as it is written: filters, the list, one exchange beside it.
import { call, follow } from "./control.js";
import { confirm } from "./dialogs.js";
import { busy, button, counted, field, fill, h, later, problemBox, select, tell } from "./dom.js";
import { CELLS, command, exchangePane, row } from "./exchange.js";
import { FILTERS, fits, isStatus, pick } from "./filters.js";
import { copy } from "./copy.js";
import { go, link } from "./route.js";
import { WindowedList } from "./windowed.js";

const PAGE = 500;
const LIMIT = 10_000;
const DRAW = 100;

export class JournalView {
  title = "Journal";
  wide = true;

  constructor(context) {
    this.context = context;
    this.problem = problemBox();
    this.bases = new Map(context.apis.map((api) => [api.id, new URL(api.base_url).pathname]));
    this.held = [];
    this.holding = false;
    this.list = new WindowedList("Exchanges, newest first", {
      row: (item) => row(item, this.bases.get(item.api) ?? ""),
      chosen: (item, pointed) => this.choose(item, pointed),
      opened: () => this.pane.querySelector("h2")?.focus(),
      end: () => this.older(),
      rest: () => this.rest(),
    });
    this.pane = h("div", { class: "pane" });
    this.count = h("p", { class: "count quiet" });
    this.chips = h("div", { class: "chips" });
    this.hold = button("Hold", () => this.toggle(), { "aria-pressed": "false", id: "hold" });
    this.state = h("span", { class: "state quiet" });
    this.fetchSoon = later(90, (id) => this.openExchange(id));
  }

  render(route) {
    this.query = pick(route.query);
    const empty = button("Clear", () => this.clear());
    this.element = h("div", { class: "journal" },
      h("div", { class: "head" }, h("h1", { tabindex: "-1" }, "Journal"), this.count, this.state, h("div", { class: "actions" }, this.hold, empty)),
      this.filters(),
      this.chips,
      this.problem.box,
      h("div", { class: "split" },
        h("div", { class: "list" },
          h("div", { class: "row heading", "aria-hidden": "true" }, ["Time", "API", "Method", "Path", "Status", "ms"].map((name, place) => h("span", { class: CELLS[place] }, name))),
          this.list.box),
        this.pane));
    this.load();
    this.update(route);
    return this.element;
  }

  update(route) {
    const query = pick(route.query);
    if (FILTERS.some((name) => query[name] !== this.query[name])) {
      this.query = query;
      this.showFilters();
      this.load();
    }
    const id = Number(route.steps[0]) || null;
    this.element.classList.toggle("open", id !== null);
    this.list.select(id, id !== this.list.selected);
    if (id === null) fill(this.pane, h("p", { class: "quiet empty" }, "Choose an exchange to see what was asked and answered."));
    else if (id !== this.opened) this.fetchSoon(id);
    if (id === null) this.opened = null;
  }

  close() {
    this.following?.abort();
    this.list.close();
    this.closed = true;
  }

  /** The address of this view with the exchange that is open. */
  steps() {
    return this.opened ? ["journal", String(this.opened)] : ["journal"];
  }

  filters() {
    const { apis } = this.context;
    const change = (changed) => {
      const query = { ...this.query, search: this.search.value, ...changed };
      if (!this.closed) go(link(this.context.world, this.steps(), query), { replace: true });
    };
    this.api = select([["", "All"], ...apis.map((api) => api.id)], this.query.api, { onchange: () => change({ api: this.api.value, operation: "" }) });
    this.operation = h("select", { onchange: () => {
      const group = this.operation.selectedOptions[0].closest("optgroup");
      change({ operation: this.operation.value, api: group?.label ?? this.api.value });
    } });
    const choices = ["2XX", "4XX", "5XX", "dropped"];
    this.status = h("input", { list: "statuses", size: 8, autocomplete: "off", pattern: "[1-5](XX|[0-9][0-9])|dropped", placeholder: "any", onchange: () => {
      const status = this.status.value.trim().replace(/xx$/, "XX");
      if (status === "" || isStatus(status)) {
        this.problem.show(null);
        this.status.value = status;
        change({ status });
      } else this.problem.show(new Error("A status is a number such as 404, a class such as 4XX, or the word dropped."));
    } });
    this.search = h("input", { type: "search", id: "search", autocomplete: "off", oninput: later(250, () => change({})) });
    const form = h("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
      field("API", this.api), field("Operation", this.operation), field("Status", this.status),
      field("Text in path, key or body", this.search, null, { class: "field grow" }),
      h("datalist", { id: "statuses" }, choices.map((value) => h("option", { value }))));
    this.showFilters();
    return form;
  }

  showFilters() {
    const { api, operation, status, search, key, fault } = this.query;
    const known = this.context.apis.filter((item) => !api || item.id === api);
    const group = (item) => h("optgroup", { label: item.id }, item.operations.map(({ id }) => h("option", { value: id, selected: id === operation }, id)));
    fill(this.operation, h("option", { value: "" }, "All"), known.map(group));
    this.api.value = api;
    this.status.value = status;
    if (this.search.value !== search) this.search.value = search;
    const without = (name) => link(this.context.world, ["journal"], { ...this.query, [name]: "" });
    fill(this.chips,
      key && h("a", { class: "chip", href: without("key") }, `About ${key} `, h("span", { "aria-hidden": "true" }, "×"), h("span", { class: "hidden" }, ", remove")),
      fault && h("a", { class: "chip", href: without("fault") }, `Befallen by ${fault} `, h("span", { "aria-hidden": "true" }, "×"), h("span", { class: "hidden" }, ", remove")));
  }

  /** From the beginning: the newest page, and from there on what happens. */
  async load() {
    this.following?.abort();
    this.following = new AbortController();
    const { signal } = this.following;
    this.complete = true;
    this.held = [];
    await busy(null, this.problem, async () => {
      const page = await this.page({}, signal);
      if (signal.aborted) return;
      this.list.show(page.exchanges);
      this.complete = page.exchanges.length < PAGE;
      this.total = page.total;
      this.last = page.last;
      this.list.select(this.list.selected);
      this.tellCount();
      follow(this.context.world, {
        after: page.last,
        bodies: Boolean(this.query.search),
        signal,
        onentries: (entries) => this.come(entries),
        onstate: (state) => fill(this.state, { live: "", lost: "Connection lost; trying again …", gone: "This world is gone." }[state]),
      });
    });
  }

  page(more, signal) {
    return call("GET", ["worlds", this.context.world, "journal"], { query: { ...this.query, limit: PAGE, bodies: false, ...more }, signal });
  }

  /** The next ones behind those that are here; who asks while some are on their way waits for these. */
  older(limit = PAGE) {
    this.loading ??= this.fetchOlder(limit).finally(() => { this.loading = null; });
    return this.loading;
  }

  /** All of them; once more where a single page was on its way. */
  async rest() {
    for (let round = 0; round < 3 && !this.complete; round += 1) await this.older(LIMIT);
  }

  async fetchOlder(limit) {
    if (this.complete || !this.list.items.length) return;
    const { signal } = this.following;
    await busy(null, this.problem, async () => {
      const page = await this.page({ before: this.list.items.at(-1).id, limit }, signal);
      if (signal.aborted) return;
      this.complete = page.exchanges.length < limit;
      this.list.append(page.exchanges);
      this.tellCount();
    });
  }

  come(entries) {
    this.total = Math.min(LIMIT, this.total + entries.length);
    this.last = entries.at(-1).id;
    const fitting = entries.filter((entry) => fits(entry, this.query));
    this.held.push(...fitting);
    if (this.holding) {
      if (this.held.length > LIMIT) this.held.splice(0, this.held.length - LIMIT);
      this.hold.textContent = `Go on (${this.held.length})`;
      return;
    }
    this.drawing ||= setTimeout(() => this.release(), DRAW);
  }

  release() {
    this.drawing = 0;
    if (this.closed) return;
    this.list.prepend(this.held.reverse(), LIMIT);
    this.held = [];
    this.tellCount();
  }

  toggle() {
    this.holding = !this.holding;
    this.hold.setAttribute("aria-pressed", this.holding);
    this.hold.textContent = this.holding ? "Go on" : "Hold";
    if (!this.holding) this.release();
  }

  tellCount() {
    const shown = this.list.items.length;
    const filtered = FILTERS.some((name) => this.query[name]);
    const known = this.complete ? shown : `${shown} and more`;
    fill(this.count, filtered ? `${known} of ${counted(this.total, "exchange")}` : counted(this.total, "exchange"));
    this.list.box.classList.toggle("none", shown === 0);
    this.list.box.dataset.none = filtered ? "Nothing fits these filters." : "Nothing was asked yet. Calls appear here as they come.";
  }

  choose(item, pointed) {
    go(link(this.context.world, ["journal", String(item.id)], this.query), { replace: !pointed || this.element.classList.contains("open") });
  }

  async openExchange(id) {
    this.opened = id;
    try {
      const exchange = await call("GET", ["worlds", this.context.world, "journal", String(id)]);
      if (this.opened !== id) return;
      this.exchange = exchange;
      fill(this.pane, exchangePane(this.context, exchange, link(this.context.world, ["journal"], this.query)));
      this.pane.scrollTop = 0;
    } catch (error) {
      const back = h("p", { class: "back" }, h("a", { href: link(this.context.world, ["journal"], this.query) }, "Back to the list"));
      fill(this.pane, back, h("p", { class: "problem", role: "alert" }, error.message));
    }
  }

  async clear() {
    const sure = await confirm("Clear the journal?", `All exchanges of the world ${this.context.world} are forgotten. Nothing else changes.`, "Clear");
    if (!sure) return;
    await busy(null, this.problem, async () => {
      await call("DELETE", ["worlds", this.context.world, "journal"]);
      go(link(this.context.world, ["journal"]), { replace: true });
      await this.load();
      tell("The journal is empty.");
    });
  }

  /** The world was looked at, when `known` was the last exchange here: is its journal another one, begin again. */
  seen(world, known) {
    const { entries, last } = world.journal;
    const emptied = entries === 0 && this.list.items.length > 0 && last === this.last;
    if (last < known || emptied) this.load();
  }

  shortcut(key) {
    if (key === "p") this.toggle();
    else if (key === "c" && this.opened && this.exchange) copy(command(this.context, this.exchange), "Command");
    else if (key === "Escape" && this.opened) this.leave();
    else return false;
    return true;
  }

  leave() {
    const beside = this.list.box.offsetParent !== null;
    if (!beside || !this.pane.contains(document.activeElement)) go(link(this.context.world, ["journal"], this.query));
    this.list.box.focus();
  }
}
