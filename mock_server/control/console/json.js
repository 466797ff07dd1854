// JSON as text: laid out and coloured without being read into numbers, so that what was sent is what is seen.
import { button, fill, h } from "./dom.js";

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const LARGE = 100_000;
const COLOURED = 30_000;

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The same JSON or XML, indented; other text as it is. */
export function indented(text) {
  if (/^\s*<[?a-z]/i.test(text)) return indentedXml(text);
  if (!isJson(text)) return text;
  const parts = [];
  let depth = 0;
  let before = "";
  for (const [token] of text.matchAll(TOKEN)) {
    const closes = token === "}" || token === "]";
    if (closes) depth -= 1;
    const opened = before === "{" || before === "[";
    if (closes ? !opened : opened || before === ",") parts.push("\n", "  ".repeat(depth));
    parts.push(token === ":" ? ": " : token);
    if (token === "{" || token === "[") depth += 1;
    before = token;
  }
  return parts.join("");
}

/** Elements that hold elements each on a line; what holds text stays as it is. */
function indentedXml(text) {
  let depth = 0;
  return text.trim().replace(/>\s*</g, ">\n<").split("\n").map((line) => {
    if (line.startsWith("</")) depth -= 1;
    const shown = "  ".repeat(Math.max(0, depth)) + line;
    if (/^<[^?!/]/.test(line) && !/\/>$|<\//.test(line)) depth += 1;
    return shown;
  }).join("\n");
}

/** Where JSON is wrong, as a sentence; null when it is not. */
export function wrong(text) {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const place = /position (\d+)/.exec(error.message);
    const before = place ? text.slice(0, Number(place[1])).split("\n") : null;
    const where = before ? ` Line ${before.length}, column ${before.at(-1).length + 1}.` : "";
    return `This is no JSON: ${error.message.replace(/ \(line.*|, "[^]*$/, "").replace(/\.?$/, ".")}${where}`;
  }
}

/** A body to look at; of a very large one only the beginning until asked for. */
export function body(text) {
  const block = h("pre", { class: "code" });
  const show = (all) => {
    const shown = all ? text : text.slice(0, LARGE);
    const laid = text.length > LARGE ? shown : indented(shown);
    if (laid.length > COLOURED) fill(block, laid);
    else fill(block, coloured(laid));
  };
  show(false);
  if (text.length <= LARGE) return block;
  const more = button(`Show all ${text.length.toLocaleString("en")} characters`, () => {
    show(true);
    more.remove();
  });
  return h("div", {}, block, more);
}

const PARTS = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

function coloured(text) {
  if (!/^\s*[{["]/.test(text)) return [text];
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(PARTS)) {
    parts.push(text.slice(end, found.index));
    const [whole, string, colon, number] = found;
    if (string) parts.push(h("span", { class: colon ? "name" : "string" }, string), colon ?? "");
    else parts.push(h("span", { class: number ? "number" : "word" }, whole));
    end = found.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts;
}
