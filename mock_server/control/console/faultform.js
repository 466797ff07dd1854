// The form for a new fault rule: each kind of going wrong, each way of choosing calls.
import { contract } from "./control.js";
import { busy, field, fill, h, problemBox, select } from "./dom.js";

const KINDS = [
  ["status", "Answer a status of the API"],
  ["error", "Answer an error of the API"],
  ["drop", "Close the connection instead of answering"],
  ["truncate", "Close the connection in the middle of the body"],
  ["malformed", "Spoil the body so that it cannot be read"],
  ["delay", "Nothing but a delay"],
];
const DELAYS = [["none", "No delay"], ["fixed", "Fixed"], ["uniform", "Between two bounds"], ["lognormal", "Log-normal"]];
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const number = (attributes = {}) => h("input", { type: "number", min: "0", inputmode: "numeric", ...attributes });
const text = () => h("input", { autocomplete: "off" });

export class FaultForm {
  /** `add(rule)` brings the rule into force, or throws. */
  constructor(context, add) {
    this.context = context;
    this.add = add;
    this.problem = problemBox();
    this.details = h("div", { class: "fields" });
    this.delays = h("div", { class: "fields" });
    this.preview = h("pre", { class: "code" });
  }

  render({ api = "", operation = "", key = "" }) {
    const ids = this.context.apis.map((item) => item.id);
    this.api = select([["", "All"], ...ids], api, { onchange: () => this.apiChosen() });
    this.operation = h("select", { onchange: () => this.operationChosen() });
    this.key = h("input", { autocomplete: "off", value: key });
    this.method = select([["", "All"], ...METHODS], "");
    this.numbers = { after: number(), every: number({ min: "1" }), times: number({ min: "1" }), probability: number({ max: "1", step: "any", inputmode: "decimal" }) };
    this.nth = text();
    this.kind = select(KINDS, "status", { onchange: () => this.kindChosen() });
    this.delay = select(DELAYS, "none", { onchange: () => this.delayChosen() });
    this.catalogue = h("datalist", { id: "catalogue" });
    this.statuses = h("datalist", { id: "declared" });
    const form = h("form", { class: "panel rule", "aria-labelledby": "rule-title", onsubmit: (event) => this.submit(event), oninput: () => this.draw(), onchange: () => this.draw() },
      h("h2", { id: "rule-title" }, "A new rule"),
      group("What goes wrong", field("Kind", this.kind, null, { class: "field broad" }), this.details, field("Delay", this.delay), this.delays),
      group("Which calls", field("API", this.api), field("Operation", this.operation, null, { class: "field broad" }), field("About the object with key", this.key), field("Method", this.method)),
      group("When",
        field("Leave the first … alone", this.numbers.after), field("Only number …", this.nth, "One or several: 1 or 1, 3"),
        field("Only every …", this.numbers.every), field("With probability …", this.numbers.probability, "0 to 1"),
        field("At most … times", this.numbers.times)),
      this.catalogue, this.statuses,
      this.problem.box,
      h("details", {}, h("summary", {}, "The rule as JSON"), this.preview),
      h("div", { class: "actions" }, this.button = h("button", { class: "main" }, "Add the rule")));
    this.kindChosen();
    this.apiChosen(operation);
    return form;
  }

  apiChosen(operation = "") {
    const apis = this.context.apis.filter((item) => !this.api.value || item.id === this.api.value);
    const group = (item) => h("optgroup", { label: item.id }, item.operations.map(({ id, summary }) => h("option", { value: id, selected: id === operation }, `${id}: ${summary}`)));
    fill(this.operation, h("option", { value: "" }, "All"), apis.map(group));
    this.loadCatalogue();
    this.draw();
  }

  /** An operation belongs to an API, which is chosen with it. */
  operationChosen() {
    const group = this.operation.selectedOptions[0].closest("optgroup");
    if (group && !this.api.value) {
      this.api.value = group.label;
      this.apiChosen(this.operation.value);
    } else this.loadCatalogue();
  }

  /** What the contract of the API declares is what can be answered. */
  async loadCatalogue() {
    const api = this.api.value;
    const document = api ? await contract(api) : {};
    if (api !== this.api.value) return;
    this.loadStatuses(document);
    const entries = Object.entries(document.components?.["x-errors"] ?? {});
    fill(this.catalogue, entries.map(([name, { code, status, message }]) => h("option", { value: code ?? name }, `${status} ${code ? `${name}: ` : ""}${message ?? ""}`)));
  }

  loadStatuses(document) {
    const operations = Object.values(document.paths ?? {}).flatMap(Object.values).filter((item) => item?.operationId);
    const meant = operations.filter((item) => !this.operation.value || item.operationId === this.operation.value);
    const codes = [...new Set(meant.flatMap((item) => Object.keys(item.responses)))].filter((code) => /^\d+$/.test(code)).sort();
    fill(this.statuses, codes.map((value) => h("option", { value })));
    if (this.kind.value !== "status" || !codes.length || codes.includes(this.value.value)) return;
    this.value.value = codes.find((code) => code >= "500") ?? codes.at(-1);
    this.draw();
  }

  kindChosen() {
    const kinds = {
      status: () => field("Status", this.value = number({ min: "100", max: "599", required: true, value: "503", list: "declared" }), "One that the contract declares"),
      error: () => field("Error", this.value = h("input", { list: "catalogue", autocomplete: "off", required: true }), "Name or code in the API's catalogue; choose an API first"),
      truncate: () => field("Behind so many bytes", this.value = number({ required: true, value: "20" })),
    };
    this.value = null;
    fill(this.details, kinds[this.kind.value]?.());
    if (this.kind.value === "delay" && this.delay.value === "none") this.delay.value = "fixed";
    this.delayChosen();
  }

  delayChosen() {
    const bound = (value, required = true) => number({ max: "600000", step: "any", required, value });
    const sets = {
      fixed: () => [["Milliseconds", bound("1000")]],
      uniform: () => [["Shortest, in milliseconds", bound("100")], ["Longest, in milliseconds", bound("2000")]],
      lognormal: () => [["Median, in milliseconds", bound("120")], ["Sigma", number({ max: "10", step: "any", required: true, value: "0.6" })], ["At most, in milliseconds", bound("", false)]],
    };
    const made = sets[this.delay.value]?.() ?? [];
    this.bounds = made.map(([, control]) => control);
    fill(this.delays, made.map(([label, control]) => field(label, control)));
    this.draw();
  }

  draw() {
    if (this.bounds) fill(this.preview, JSON.stringify(this.rule(), null, 2));
  }

  /** What the form says, as the control plane wants it. */
  rule() {
    const rule = {};
    for (const name of ["api", "operation", "key", "method"]) if (this[name].value.trim()) rule[name] = this[name].value.trim();
    for (const [name, control] of Object.entries(this.numbers)) if (control.value !== "") rule[name] = Number(control.value);
    const nth = this.nth.value.split(/[\s,]+/).filter(Boolean).map(Number);
    if (nth.length) rule.nth = nth.length === 1 ? nth[0] : nth;
    const kind = this.kind.value;
    if (kind === "error") rule.error = this.value.value.trim();
    else if (kind === "status" || kind === "truncate") rule[kind] = Number(this.value.value);
    else if (kind !== "delay") rule[kind] = true;
    const delay = this.delayOf();
    if (delay !== null) rule.delay = delay;
    return rule;
  }

  delayOf() {
    const values = this.bounds.map((control) => (control.value === "" ? undefined : Number(control.value)));
    if (this.delay.value === "fixed") return values[0];
    if (this.delay.value === "uniform") return { uniform: values };
    if (this.delay.value === "lognormal") return { lognormal: { median: values[0], sigma: values[1], max: values[2] } };
    return null;
  }

  submit(event) {
    event.preventDefault();
    return busy(this.button, this.problem, () => this.add(this.rule()));
  }
}

function group(title, ...fields) {
  return h("fieldset", {}, h("legend", {}, title), h("div", { class: "fields" }, fields));
}
