// Building the page. Whatever came over the wire becomes text here, never markup.

/** An element: attributes by name, `on…` members as listeners, `null` and `false` left out; children are nodes or text. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "selected") element[key] = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  put(element, ...children);
  return element;
}

/** Append nodes and texts; lists are flattened, nothing is left out silently but null and false. */
function put(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/** Make these the only children. */
export function fill(element, ...children) {
  element.replaceChildren();
  return put(element, ...children);
}

let numbers = 0;

/** A labelled control: `field("Seed", h("input"), "A whole number.")`. */
export function field(label, control, hint = null, attributes = {}) {
  const id = control.id || `f${++numbers}`;
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  const words = h("label", { for: id }, label);
  const said = hint && h("small", { id: `${id}-hint`, class: "hint" }, hint);
  const box = ["checkbox", "radio"].includes(control.type);
  return h("div", { class: box ? "field tick" : "field", ...attributes }, ...(box ? [control, words] : [words, control]), said);
}

/** A choice: options are texts or [value, label]. */
export function select(options, chosen, attributes = {}) {
  const made = options.map((option) => {
    const [value, label] = Array.isArray(option) ? option : [option, option];
    return h("option", { value, selected: value === chosen }, label);
  });
  return h("select", attributes, made);
}

/** So many of what has this name: `1 call`, `2 calls`. */
export function counted(number, name) {
  return `${number} ${name}${number === 1 ? "" : "s"}`;
}

export function button(label, onclick, attributes = {}) {
  return h("button", { type: "button", onclick, ...attributes }, label);
}

/** Say something to everyone, screen readers too, for a while. */
export function tell(sentence) {
  const place = document.getElementById("status");
  fill(place, sentence);
  place.classList.add("shown");
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => place.classList.remove("shown"), 4000);
}

/** A box that says what went wrong; empty until told. */
export function problemBox() {
  const box = h("div", { class: "problem", role: "alert", hidden: true });
  const show = (error) => {
    box.hidden = !error;
    if (!error) return fill(box);
    const choices = error.choices?.length ? h("p", {}, "Choices: ", error.choices.join(", ")) : null;
    return fill(box, h("p", {}, error.message ?? String(error)), choices);
  };
  return { box, show };
}

/** Run `work` with a button out of action meanwhile; what goes wrong is shown. */
export async function busy(control, problem, work) {
  control?.setAttribute("aria-disabled", "true");
  problem?.show(null);
  try {
    return await work();
  } catch (error) {
    if (error.name !== "AbortError") problem ? problem.show(error) : tell(error.message);
    return undefined;
  } finally {
    control?.removeAttribute("aria-disabled");
  }
}

/** Call `work` once, when nobody has called for so many milliseconds. */
export function later(milliseconds, work) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), milliseconds);
  };
}
