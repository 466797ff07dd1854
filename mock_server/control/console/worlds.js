// Worlds: make, fork, go to, reset, delete; one as a file; two side by side.
import { call, read } from "./control.js";
import { copy, download } from "./copy.js";
import { confirm } from "./dialogs.js";
import { busy, button, counted, field, fill, h, problemBox, tell } from "./dom.js";
import { spoken } from "./clock.js";
import { go, link } from "./route.js";

const SHOWN = 300;

export class WorldsView {
  title = "Worlds";

  constructor(context) {
    this.context = context;
    this.problem = problemBox();
    this.refused = problemBox();
    this.list = h("div", {});
    this.urls = h("div", {});
    this.difference = h("div", {});
  }

  async render() {
    this.from = h("select", {});
    this.against = h("select", {});
    this.element = h("div", { class: "worlds" },
      h("h1", { tabindex: "-1" }, "Worlds"),
      h("p", { class: "quiet" }, "A world is state, clock, seed, faults and journal. A fork begins as a copy, and from then on the two know nothing of each other."),
      this.problem.box,
      this.list,
      h("div", { class: "columns" }, this.creation(), h("section", { class: "panel", "aria-labelledby": "urls-title" }, h("h2", { id: "urls-title" }, `Base URLs of ${this.context.world}`), this.urls)),
      h("div", { class: "columns" }, this.snapshots(), this.differences()));
    await this.load();
    return this.element;
  }

  close() {}

  async load() {
    await busy(null, this.problem, async () => {
      const { worlds } = await call("GET", ["worlds"]);
      this.context.worldsAre(worlds);
      fill(this.list, this.table(worlds));
      const names = worlds.map((world) => world.name);
      const options = (chosen) => names.map((name) => h("option", { value: name, selected: name === chosen }, name));
      fill(this.from, options(this.context.world));
      const others = names.filter((name) => name !== this.context.world);
      fill(this.against, others.map((name) => h("option", { value: name }, name)));
      this.compare.disabled = !others.length;
      const here = worlds.find((world) => world.name === this.context.world);
      fill(this.urls, h("dl", { class: "urls" }, Object.entries(here?.base_urls ?? {}).map(([api, url]) =>
        h("div", {}, h("dt", {}, api), h("dd", {}, h("code", {}, url), button("Copy", () => copy(url, `Base URL of ${api}`), { "aria-label": `Copy the base URL of ${api}` }))))));
    });
  }

  table(worlds) {
    return h("table", { class: "cards" },
      h("caption", { class: "hidden" }, "Worlds"),
      h("thead", {}, h("tr", {}, ["World", "From", "Time", "Faults", "Exchanges", "Actions"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, worlds.map((world) => this.row(world))));
  }

  row({ name, from, clock, faults, journal }) {
    const here = name === this.context.world;
    const act = (label, work, attributes = {}) => button(label, work, { "aria-label": `${label} ${name}`, ...attributes });
    return h("tr", { class: here ? "here" : null },
      h("th", { scope: "row" }, h("a", { href: link(name, ["journal"]) }, name), here && h("span", { class: "quiet" }, " (open)")),
      h("td", { "data-name": "from" }, from ?? "–"),
      h("td", { "data-name": "time" }, spoken(clock.now), clock.running ? "" : ", frozen"),
      h("td", { "data-name": "faults" }, faults),
      h("td", { "data-name": "exchanges" }, journal.entries),
      h("td", {}, h("div", { class: "actions" },
        act("Fork", () => this.fork(name)),
        act("Reset", () => this.reset(name)),
        name !== "default" && act("Delete", () => this.remove(name), { class: "danger" }))));
  }

  creation() {
    this.name = h("input", { autocomplete: "off", pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}", title: "Letters, digits, dots, hyphens and underscores, a letter or digit first" });
    this.seed = h("input", { inputmode: "numeric", pattern: "[0-9]{1,19}", title: "A whole number", autocomplete: "off" });
    this.at = h("input", { type: "datetime-local", step: "1" });
    return h("form", { class: "panel", "aria-labelledby": "create-title", onsubmit: (event) => this.create(event) },
      h("h2", { id: "create-title" }, "A new world"),
      h("div", { class: "fields" },
        field("Name", this.name, "Left empty, it is given one"), field("Fork of", this.from),
        field("Seed", this.seed, "Another seed begins anew, with other devices"), field("Its time", this.at, "In UTC; left empty, the other's")),
      this.refused.box,
      h("div", { class: "actions" }, this.make = h("button", { class: "main" }, "Create and open")));
  }

  create(event) {
    event.preventDefault();
    const moment = this.at.value && `${this.at.value}${this.at.value.length === 16 ? ":00" : ""}Z`;
    const parts = { name: this.name.value.trim(), from: this.from.value, at: moment };
    const body = Object.fromEntries(Object.entries(parts).filter(([, value]) => value));
    const text = JSON.stringify(body);
    const seed = this.seed.value.trim();
    // The seed goes out as it was written: it may be larger than what JavaScript counts exactly.
    return busy(this.make, this.refused, async () => {
      const world = await call("POST", ["worlds"], { text: seed ? `${text.slice(0, -1)},"seed":${seed.replace(/^0+(?=\d)/, "")}}` : text });
      tell(`The world ${world.name} is there.`);
      go(link(world.name, ["journal"]));
    });
  }

  fork(name) {
    return busy(null, this.problem, async () => {
      const world = await call("POST", ["worlds"], { body: { from: name } });
      tell(`${world.name} is a fork of ${name}.`);
      await this.load();
    });
  }

  async reset(name) {
    if (!(await confirm(`Reset ${name}?`, "State and clock are those of its beginning; faults and journal are empty.", "Reset"))) return;
    await busy(null, this.problem, async () => {
      await call("POST", ["worlds", name, "reset"]);
      tell(`${name} is as new.`);
      await this.load();
      this.context.look();
    });
  }

  async remove(name) {
    if (!(await confirm(`Delete ${name}?`, "Its state, faults and journal are gone for good.", "Delete"))) return;
    await busy(null, this.problem, async () => {
      await call("DELETE", ["worlds", name]);
      tell(`${name} is gone.`);
      if (name === this.context.world) go(link("default", ["worlds"]));
      else await this.load();
    });
  }

  snapshots() {
    const problem = problemBox();
    const { world } = this.context;
    const file = h("input", { type: "file", accept: "application/json,.json", required: true });
    const get = button(`Download ${world}`, () => busy(get, problem, async () => download(`${world}.snapshot.json`, await read(["worlds", world, "snapshot"]))));
    const upload = h("form", { class: "inline", onsubmit: async (event) => {
      event.preventDefault();
      if (!(await confirm(`Replace what is in ${world}?`, `State, clock and seed become those of ${file.files[0].name}; faults and journal stay.`, "Replace"))) return;
      await busy(put, problem, async () => {
        await call("PUT", ["worlds", world, "snapshot"], { text: await file.files[0].text() });
        tell(`${world} is what the snapshot says.`);
        await this.load();
        this.context.look();
      });
    } }, field("Snapshot file", file));
    const put = h("button", {}, `Upload into ${world}`);
    upload.append(put);
    return h("section", { class: "panel", "aria-labelledby": "snapshot-title" }, h("h2", { id: "snapshot-title" }, "Snapshot"), h("div", { class: "actions" }, get), upload, problem.box);
  }

  differences() {
    const problem = problemBox();
    const compare = this.compare = h("button", {}, "Compare");
    const { world } = this.context;
    return h("section", { class: "panel", "aria-labelledby": "diff-title" },
      h("h2", { id: "diff-title" }, `What makes ${world} different`),
      h("form", { class: "inline", onsubmit: (event) => {
        event.preventDefault();
        busy(compare, problem, async () => this.showDifference(await read(["worlds", world, "diff"], { query: { against: this.against.value } })));
      } }, field("From", this.against), compare),
      problem.box, this.difference);
  }

  showDifference(text) {
    const patch = JSON.parse(text);
    const other = this.against.value;
    tell(patch.length ? `${counted(patch.length, "difference")}.` : "No difference.");
    if (!patch.length) return fill(this.difference, h("p", {}, `There is no difference to ${other}, clocks aside.`));
    const rows = patch.slice(0, SHOWN).map(({ op, path, value }) => h("tr", {},
      h("td", {}, h("span", { class: `badge ${op}` }, op)),
      h("th", { scope: "row" }, h("code", {}, path.replace(/^\/state\//, ""))),
      h("td", {}, value === undefined ? "" : h("code", {}, short(value)))));
    return fill(this.difference,
      h("p", {}, `${patch.length} ${patch.length === 1 ? "operation turns" : "operations turn"} ${other} into ${this.context.world}${patch.length > SHOWN ? `; the first ${SHOWN}` : ""}. `,
        button("Download the JSON Patch", () => download(`${other}-to-${this.context.world}.json-patch.json`, text))),
      h("table", { class: "patch" }, h("caption", { class: "hidden" }, "Differences"),
        h("thead", {}, h("tr", {}, ["Operation", "Where", "Value"].map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows)));
  }
}

function short(value) {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
