// One stored document: its JSON to read and change, and the calls that were about it.
import { call, follow, read } from "./control.js";
import { confirm } from "./dialogs.js";
import { busy, button, field, fill, h, problemBox, tell } from "./dom.js";
import { badge, milliseconds } from "./exchange.js";
import { indented, wrong } from "./json.js";
import { go, link } from "./route.js";

const HISTORY = 20;
const REGARDLESS = " Plant it regardless with validate=false.";

export class DocumentView {
  title = "Device";

  constructor(context) {
    this.context = context;
    this.problem = problemBox();
    this.stop = new AbortController();
    this.history = h("div", {});
    this.exchanges = [];
  }

  async render(route) {
    const [api, collection, ...key] = route.steps;
    Object.assign(this, { api, collection, key: key.join("/") });
    const fresh = this.key === "";
    this.name = fresh ? h("input", { autocomplete: "off", required: true, class: "code" }) : null;
    this.title = fresh ? `New in ${collection}` : `${this.key} · ${collection}`;
    this.editor = h("textarea", { class: "code editor", spellcheck: "false", autocapitalize: "off", rows: 24, oninput: () => this.note(), onkeydown: (event) => this.key_(event) });
    this.unchecked = h("input", { type: "checkbox" });
    this.said = h("p", { class: "quiet", id: "editor-state" });
    this.store = h("button", { class: "main" }, fresh ? "Plant" : "Store");
    const list = link(this.context.world, ["devices", api, collection]);
    this.element = h("div", { class: "document" },
      h("p", {}, h("a", { href: list }, `${api}: ${collection}`)),
      h("div", { class: "head" }, h("h1", { tabindex: "-1" }, fresh ? "A new document" : this.key), this.said),
      h("div", { class: "columns" },
        h("form", { class: "panel", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.save(); } },
          this.name && field("Key", this.name),
          field("Document", this.editor, "Members that begin with an underscore are the double's own; the API does not show them."),
          this.problem.box,
          field("Store it even if the API could not show it as its contract says", this.unchecked),
          h("div", { class: "actions" }, this.store, button(fresh ? "Begin again" : "Undo", () => busy(null, this.problem, () => this.load())), !fresh && button("Remove", () => this.remove(), { class: "danger" }))),
        !fresh && h("section", { class: "panel", "aria-labelledby": "history-title" },
          h("div", { class: "head" }, h("h2", { id: "history-title" }, "History"), h("a", { href: link(this.context.world, ["journal"], { api, key: this.key }) }, "In the journal")),
          this.history)));
    try {
      await this.load();
    } catch (error) {
      return this.missing(error);
    }
    if (!fresh) await this.loadHistory();
    return this.element;
  }

  close() {
    this.stop.abort();
  }

  steps(key = this.key) {
    return ["worlds", this.context.world, "state", this.api, this.collection, ...key.split("/")];
  }

  async load() {
    if (this.key === "") return this.loadExample();
    this.stored = indented(await read(this.steps(), { signal: this.stop.signal }));
    this.editor.value = this.stored;
    this.note();
    return undefined;
  }

  /** The key of a call need not be one of a document: it may be its owner's, or of nothing that there is. */
  missing(error) {
    const search = link(this.context.world, ["devices", this.api, this.collection], { search: this.key });
    return h("div", {}, h("h1", { tabindex: "-1" }, this.key), h("div", { class: "problem", role: "alert" }, h("p", {}, error.message)),
      h("p", {}, h("a", { href: search }, `Look for ${this.key} in ${this.collection} of ${this.api}`)));
  }

  /** A new document begins as another one of its collection: they are large, and most of it fits. */
  async loadExample() {
    await busy(null, this.problem, async () => {
      const query = { limit: 1 };
      const { items } = await call("GET", ["worlds", this.context.world, "state", this.api, this.collection], { query, signal: this.stop.signal });
      this.editor.value = this.stored = indented(JSON.stringify(items[0]?.document ?? {}));
      if (items.length) fill(this.said, `Begins as a copy of ${items[0].key}`);
    });
  }

  note() {
    fill(this.said, this.editor.value === this.stored ? "" : "Changed, not stored");
  }

  key_(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.save();
    }
  }

  save() {
    return busy(this.store, this.problem, async () => {
      const key = this.name ? this.name.value.trim() : this.key;
      const fault = key ? wrong(this.editor.value) : "A document needs a key.";
      if (fault) throw new Error(fault);
      await call("PUT", this.steps(key), { text: this.editor.value, query: { validate: this.unchecked.checked ? "false" : "" } }).catch(explained);
      tell(`${key} is stored.`);
      if (this.name) return go(link(this.context.world, ["devices", this.api, this.collection, key]));
      return this.load();
    });
  }

  async remove() {
    if (!(await confirm("Remove it?", `${this.key} is taken out of ${this.collection} of the world ${this.context.world}.`, "Remove"))) return;
    await busy(null, this.problem, async () => {
      await call("DELETE", this.steps());
      tell(`${this.key} is removed.`);
      go(link(this.context.world, ["devices", this.api, this.collection]));
    });
  }

  async loadHistory() {
    await busy(null, this.problem, async () => {
      const query = { api: this.api, key: this.key, limit: HISTORY, bodies: false };
      const page = await call("GET", ["worlds", this.context.world, "journal"], { query, signal: this.stop.signal });
      this.exchanges = page.exchanges;
      this.showHistory();
      follow(this.context.world, { after: page.last, signal: this.stop.signal, onentries: (entries) => this.come(entries), onstate: () => {} });
    });
  }

  come(entries) {
    const mine = entries.filter((entry) => entry.api === this.api && entry.key === this.key);
    if (!mine.length) return;
    this.exchanges = [...mine.reverse(), ...this.exchanges].slice(0, HISTORY);
    this.showHistory();
    if (this.editor.value === this.stored) this.load().catch(() => fill(this.said, "It is not there any more"));
    else fill(this.said, "Changed, not stored; calls came in meanwhile");
  }

  showHistory() {
    if (!this.exchanges.length) {
      fill(this.history, h("p", { class: "quiet" }, "No call was about it yet."));
      return;
    }
    const items = this.exchanges.map((entry) => h("li", {},
      h("a", { href: link(this.context.world, ["journal", String(entry.id)], { api: this.api, key: this.key }) },
        badge(entry.status), " ", entry.method, " ", entry.operation ?? entry.path),
      h("span", { class: "quiet" }, ` ${entry.time.slice(0, 19).replace("T", " ")} · ${milliseconds(entry.duration_ms)} ms`)));
    fill(this.history, h("ol", { class: "history" }, items), this.exchanges.length === HISTORY && h("p", { class: "quiet" }, `The last ${HISTORY}; the journal has all.`));
  }
}

/** What the control plane advises its callers is a box to tick here. */
function explained(error) {
  error.message = error.message.replace(REGARDLESS, " Tick the box below to store it regardless.");
  throw error;
}
