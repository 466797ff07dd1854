// One exchange, whole: what was asked beside what was answered.
import { copy } from "./copy.js";
import { curl } from "./curl.js";
import { button, counted, h } from "./dom.js";
import { body } from "./json.js";
import { link } from "./route.js";

/** How a status is told apart: by its text first, by colour too. */
export function badge(status) {
  const kind = status === null ? "dropped" : `s${String(status)[0]}`;
  return h("span", { class: `badge ${kind}` }, status ?? "dropped");
}

/** The time of day of a moment, to the millisecond. */
export function timeOfDay(moment) {
  return `${moment.slice(11, 19)}${(/\.\d{1,3}/.exec(moment)?.[0] ?? ".0").padEnd(4, "0")}`;
}

export function milliseconds(value) {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}

/** The command line that sends it again. */
export function command(context, exchange) {
  return curl(location.origin, context.world, exchange, context.apis.find((api) => api.id === exchange.api)?.credentials);
}

/** The pane of one exchange. */
export function exchangePane(context, exchange, back) {
  const title = h("h2", { tabindex: "-1", id: "exchange-title" }, badge(exchange.status), " ", exchange.method, " ", h("span", { class: "path" }, exchange.path));
  return h("article", { class: "exchange", "aria-labelledby": "exchange-title" },
    h("p", { class: "back" }, h("a", { href: back }, "Back to the list")),
    title,
    h("div", { class: "actions" },
      button("Copy as curl", () => copy(command(context, exchange), "Command"), { id: "curl" }),
      exchange.operation && h("a", { href: link(context.world, ["journal"], { api: exchange.api, operation: exchange.operation }) }, "Only this operation"),
      exchange.operation && h("a", { href: link(context.world, ["faults"], { api: exchange.api, operation: exchange.operation, key: exchange.key }) }, "Let it go wrong")),
    facts(context, exchange),
    violations(exchange),
    h("div", { class: "sides" },
      message("Request", exchange.request),
      message(exchange.status === null ? "Answer, made but not sent" : "Answer", exchange.response)));
}

function facts(context, exchange) {
  const key = exchange.key && h("a", { href: link(context.world, ["devices", exchange.api, "devices", exchange.key]) }, exchange.key);
  const fault = exchange.fault && h("a", { href: link(context.world, ["journal"], { fault: exchange.fault }) }, exchange.fault);
  const rows = [
    ["Number", exchange.id],
    ["World time", exchange.time.replace("T", " ").replace("Z", " UTC")],
    ["API", exchange.api],
    ["Operation", exchange.operation ?? "none"],
    ["Key", key],
    ["Role", exchange.role ?? "unknown"],
    ["Basis", exchange.basis],
    ["Took", `${milliseconds(exchange.duration_ms)} ms`],
    ["Fault", fault],
  ];
  return h("dl", { class: "facts" }, rows.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function violations(exchange) {
  if (!exchange.violations.length) return null;
  const items = exchange.violations.map(({ where, keyword, message: said }) =>
    h("li", {}, where && h("code", {}, where), where && " ", said, h("span", { class: "quiet" }, ` (${keyword})`)));
  return h("section", { "aria-label": "Violations", class: "violations" }, h("h3", {}, "What was wrong with the request"), h("ul", {}, items));
}

function message(name, { headers, body: text, encoding }) {
  const rows = Object.entries(headers).map(([header, value]) => h("div", {}, h("dt", {}, header), h("dd", {}, value)));
  return h("section", { class: "side", "aria-label": name },
    h("h3", {}, name),
    h("details", {}, h("summary", {}, counted(rows.length, "header")), h("dl", { class: "headers" }, rows)),
    encoding && h("p", { class: "quiet" }, "No text; here in base64."),
    text ? body(text) : h("p", { class: "quiet" }, "No body"));
}

/** What the columns of the list are called in its style. */
export const CELLS = ["time", "api", "method", "path", "status", "took"];

/** One exchange in the list. The path is told behind the base URL: the API is named beside it. */
export function row(item, base) {
  const marks = [item.fault && "fault", item.violations.length && "invalid"].filter(Boolean);
  return [
    h("span", { class: "time" }, timeOfDay(item.time), " "),
    h("span", { class: "api" }, item.api, " "),
    h("span", { class: "method" }, item.method, " "),
    h("span", { class: "path" }, h("span", { class: "text" }, item.path.startsWith(`${base}/`) ? item.path.slice(base.length) : item.path, " "), marks.map((mark) => h("span", { class: "mark" }, mark, " "))),
    h("span", { class: "status" }, badge(item.status), " "),
    h("span", { class: "took" }, milliseconds(item.duration_ms), h("span", { class: "hidden" }, " ms")),
  ];
}
