// The fault rules of a world: what there is, switched off and on, and new ones.
import { call } from "./control.js";
import { confirm } from "./dialogs.js";
import { busy, button, fill, h, problemBox, tell } from "./dom.js";
import { FaultForm } from "./faultform.js";
import { link } from "./route.js";

/** A rule as a sentence: which calls, when, and what happens to them. */
function inWords(rule) {
  return `${which(rule)}${when(rule)}: ${what(rule)}`;
}

function which(rule) {
  const calls = rule.operation ?? (rule.method ? "calls" : "Calls");
  return [rule.method, calls, rule.api && `of ${rule.api}`, rule.key && `about ${rule.key}`].filter(Boolean).join(" ");
}

function when(rule) {
  const parts = [
    rule.after && `behind the first ${rule.after}`,
    rule.nth !== undefined && `number ${[rule.nth].flat().join(", ")} only`,
    rule.every && `every ${rule.every}.`,
    rule.probability !== undefined && `with probability ${rule.probability}`,
    rule.times && `at most ${rule.times} times`,
  ].filter(Boolean);
  return parts.length ? `, ${parts.join(", ")}` : "";
}

function what(rule) {
  return [
    rule.error && `answer error ${rule.error}`,
    rule.status && `answer status ${rule.status}`,
    rule.drop && "close the connection, no answer",
    rule.truncate !== undefined && `close the connection behind ${rule.truncate} bytes of the body`,
    rule.malformed && "spoil the body",
    rule.delay !== undefined && `wait ${delay(rule.delay)}`,
  ].filter(Boolean).join(", ");
}

function delay(value) {
  if (typeof value === "number") return `${value} ms`;
  if (value.uniform) return `${value.uniform[0]} to ${value.uniform[1]} ms`;
  const { median, sigma, max } = value.lognormal;
  return `about ${median} ms (log-normal, sigma ${sigma}${max === undefined ? "" : `, at most ${max}`})`;
}

export class FaultsView {
  title = "Faults";

  constructor(context) {
    this.context = context;
    this.problem = problemBox();
    this.rules = h("div", {});
    this.form = new FaultForm(context, (rule) => this.add(rule));
  }

  async render(route) {
    this.element = h("div", { class: "faults" },
      h("div", { class: "head" }, h("h1", { tabindex: "-1" }, "Faults"), h("div", { class: "actions" }, button("Remove all", () => this.removeAll()))),
      h("p", { class: "quiet" }, "Rules are looked at in this order; the first that is due decides. All chance follows from the world's seed."),
      this.problem.box,
      this.rules,
      this.form.render(route.query));
    await this.load();
    return this.element;
  }

  close() {}

  steps(...more) {
    return ["worlds", this.context.world, "faults", ...more];
  }

  /** Rules switched off are not in the double any more: this tab remembers them. */
  get off() {
    return JSON.parse(sessionStorage.getItem(`devicedouble.off.${this.context.world}`) ?? "[]");
  }

  set off(rules) {
    sessionStorage.setItem(`devicedouble.off.${this.context.world}`, JSON.stringify(rules));
  }

  async load() {
    await busy(null, this.problem, async () => {
      const { faults } = await call("GET", this.steps());
      if (sameRules(faults, this.shown)) this.count(faults);
      else this.show(faults);
    });
  }

  /** The same rules as before: only their numbers are new, and the focus stays where it is. */
  count(faults) {
    this.shown = faults;
    for (const fault of faults) {
      const [seen, fired] = this.numbers.get(fault.id);
      fill(seen, fault.seen);
      if (fired.textContent !== String(fault.fired)) fill(fired, this.fired(fault));
    }
  }

  fired({ id, fired }) {
    return fired ? h("a", { href: link(this.context.world, ["journal"], { fault: id }) }, fired) : fired ?? "–";
  }

  show(faults) {
    this.shown = faults;
    this.numbers = new Map();
    const off = this.off.map((rule) => ({ rule }));
    if (!faults.length && !off.length) {
      fill(this.rules, h("p", { class: "quiet empty" }, "Nothing goes wrong in this world."));
      return;
    }
    const rows = [...faults, ...off].map((fault) => this.row(fault));
    fill(this.rules, h("table", { class: "cards" },
      h("caption", { class: "hidden" }, "Fault rules"),
      h("thead", {}, h("tr", {}, ["On", "Rule", "Calls", "Went wrong", "Remove"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows)));
  }

  row(fault) {
    const on = fault.id !== undefined;
    const words = inWords(fault.rule);
    const toggle = h("button", { type: "button", role: "switch", "aria-checked": String(on), "aria-label": words, class: "switch", onclick: () => this.toggle(fault, on) }, on ? "on" : "off");
    const numbers = [h("td", { "data-name": "calls" }, fault.seen ?? "–"), h("td", { "data-name": "went wrong" }, this.fired(fault))];
    this.numbers.set(fault.id, numbers);
    return h("tr", { class: on ? null : "off" },
      h("td", {}, toggle),
      h("th", { scope: "row" }, words, h("details", {}, h("summary", {}, on ? `Rule ${fault.id}` : "Rule"), h("pre", { class: "code" }, JSON.stringify(fault.rule, null, 2)))),
      numbers,
      h("td", {}, button("Remove", () => this.remove(fault, on), { "aria-label": `Remove: ${words}` })));
  }

  add(rule) {
    return call("POST", this.steps(), { body: rule }).then(async (added) => {
      tell(`Rule ${added.id} is in force.`);
      await this.anew();
    });
  }

  async toggle(fault, on) {
    await busy(null, this.problem, async () => {
      if (on) {
        await call("DELETE", this.steps(fault.id));
        this.off = [...this.off, fault.rule];
      } else {
        await call("POST", this.steps(), { body: fault.rule });
        this.forget(fault.rule);
      }
      tell(on ? "The rule is off." : "The rule is on, counting anew.");
      await this.anew();
      this.rules.querySelector(`[aria-label="${CSS.escape(inWords(fault.rule))}"]`)?.focus();
    });
  }

  forget(rule) {
    const text = JSON.stringify(rule);
    const place = this.off.findIndex((item) => JSON.stringify(item) === text);
    this.off = this.off.toSpliced(place, 1);
  }

  async remove(fault, on) {
    await busy(null, this.problem, async () => {
      if (on) await call("DELETE", this.steps(fault.id));
      else this.forget(fault.rule);
      tell("The rule is removed.");
      await this.anew();
      this.element.querySelector("h1").focus();
    });
  }

  async removeAll() {
    if (!(await confirm("Remove all rules?", `Nothing goes wrong in the world ${this.context.world} any more.`, "Remove all"))) return;
    await busy(null, this.problem, async () => {
      await call("DELETE", this.steps());
      this.off = [];
      await this.anew();
    });
  }

  /** Rules were added or taken away: the number in the bar on top changes too. */
  async anew() {
    this.shown = null;
    await this.load();
    this.context.look();
  }

  seen(world) {
    if (world.journal.last === this.last && world.faults === this.shown?.length) return;
    this.last = world.journal.last;
    if (this.shown) this.load();
  }
}

function sameRules(faults, shown) {
  return Boolean(shown?.length) && faults.map((fault) => fault.id).join() === shown.map((fault) => fault.id).join();
}
