// Single keys as shortcuts: never while typing, and only as long as the person wants them (WCAG 2.1.4).

const STORED = "devicedouble.shortcuts";

export class Shortcuts {
  /** `table` has a function for each key; `others(key)` says whether it took one that is not there. */
  constructor(table, others) {
    this.table = table;
    this.others = others;
    addEventListener("keydown", (event) => this.key(event));
  }

  get on() {
    return localStorage.getItem(STORED) !== "off";
  }

  set on(wanted) {
    localStorage.setItem(STORED, wanted ? "on" : "off");
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest("dialog, textarea, select, input:not([type=checkbox])")) return;
    if (!this.on && event.key !== "Escape") return;
    const work = this.table[event.key];
    if (work) work();
    else if (!this.others(event.key)) return;
    event.preventDefault();
  }
}
