// Questions that stand before everything else. The browser's own <dialog> keeps the focus and gives it back.
import { button, field, fill, h } from "./dom.js";

function open(title, content, actions) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { "aria-labelledby": "dialog-title" });
    const close = (answer) => {
      dialog.answer = answer;
      dialog.close();
    };
    const form = h("form", { method: "dialog", onsubmit: (event) => { event.preventDefault(); actions(close).submit?.(); } },
      h("h2", { id: "dialog-title" }, title), content, h("div", { class: "actions" }, actions(close).buttons));
    dialog.append(form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Whether the person wants it. */
export function confirm(title, sentence, action) {
  return open(title, h("p", {}, sentence), (close) => ({
    submit: () => close(true),
    buttons: [button("Cancel", () => close(false)), h("button", { class: "danger" }, action)],
  })).then(Boolean);
}

/** The token that the control plane asks for, or undefined. */
export function askToken(refused) {
  const input = h("input", { type: "password", autocomplete: "off", required: true });
  const content = h("div", {},
    h("p", {}, refused ? "This token is not the right one." : "This double can be reached from other machines, so its control plane asks for the token that was given, or printed, at its start."),
    field("Control token", input, "Kept for this tab only."));
  return open("Control token", content, (close) => ({
    submit: () => close(input.value.trim()),
    buttons: [button("Cancel", () => close(undefined)), h("button", { class: "main" }, "Go on")],
  }));
}

/** Text to copy by hand, where the browser gives no clipboard. */
export function showText(title, text) {
  const area = h("textarea", { rows: 8, readonly: true, value: text, class: "code" });
  const done = open(title, field("Copy this", area), (close) => ({
    submit: () => close(true),
    buttons: [h("button", { class: "main" }, "Done")],
  }));
  area.select();
  return done;
}

const KEYS = [
  ["1 … 5", "Journal, Devices, Faults, Clock, Worlds"],
  ["/", "to the search field of this page"],
  ["w", "to the choice of the world"],
  ["p", "hold the live journal, and let it go on"],
  ["c", "copy the open exchange as curl"],
  ["?", "this list"],
  ["↑|↓|Home|End|Page Up|Page Down", "in the list of exchanges: choose"],
  ["Enter", "in the list of exchanges: go to the exchange"],
  ["Escape", "from the exchange back to the list"],
  ["Ctrl+Enter", "in the editor of a document: store it"],
];

/** The shortcuts, and whether single keys are any. */
export function showHelp(shortcuts) {
  const rows = KEYS.map(([keys, what]) => h("tr", {}, h("th", { scope: "row" }, keys.split("|").map((key) => [h("kbd", {}, key), " "])), h("td", {}, what)));
  const tick = h("input", { type: "checkbox", checked: shortcuts.on, onchange: () => { shortcuts.on = tick.checked; } });
  const table = fill(h("table", { class: "keys" }), h("tbody", {}, rows));
  return open("Keyboard shortcuts", h("div", {}, table, field("Single keys are shortcuts", tick)), (close) => ({
    submit: () => close(true),
    buttons: [h("button", { class: "main" }, "Close")],
  }));
}
