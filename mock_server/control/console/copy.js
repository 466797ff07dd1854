// To the clipboard, where the browser allows it; otherwise shown to be copied by hand.
import { showText } from "./dialogs.js";
import { tell } from "./dom.js";

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    tell(`${what} copied.`);
  } catch {
    await showText(what, text);
  }
}

/** Hand the person a file. */
export function download(name, text, type = "application/json") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
