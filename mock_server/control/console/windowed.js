// A list box of any length: only the rows in sight are in the page.
import { h } from "./dom.js";

const SPARE = 8;

/**
 * `row(item)` gives the children of a row, `chosen(item)` hears of choices, `opened()` of Enter, `end()` that the end is
 * near; `rest()` brings what is still to come, for who goes there at once.
 */
export class WindowedList {
  constructor(label, { row, chosen, opened, end, rest }) {
    this.row = row;
    this.chosen = chosen;
    this.opened = opened;
    this.end = end;
    this.rest = rest;
    this.items = [];
    this.rows = new Map();
    this.selected = null;
    this.height = 0;
    this.inner = h("div", { class: "rows", role: "presentation" });
    this.box = h("div", { class: "windowed", role: "listbox", "aria-label": label, tabindex: "0", onkeydown: (event) => this.key(event) }, this.inner);
    this.box.addEventListener("scroll", () => this.draw(), { passive: true });
    this.box.addEventListener("click", (event) => this.click(event));
    this.watcher = new ResizeObserver(() => this.measure());
    this.watcher.observe(this.box);
  }

  /** Show these, newest first. */
  show(items) {
    this.rows.forEach((element) => element.remove());
    this.rows.clear();
    this.items = items;
    this.box.scrollTop = 0;
    this.measure();
  }

  /** Newer ones came on top: what is being looked at stays where it is. */
  prepend(items, limit) {
    const top = this.box.scrollTop;
    const held = top > 0;
    this.items = [...items, ...this.items].slice(0, limit);
    this.stretch();
    if (held) this.box.scrollTop = top + items.length * this.height;
    this.draw();
  }

  append(items) {
    this.items = [...this.items, ...items];
    this.stretch();
    this.draw();
  }

  /** Mark the item with this id as chosen, and bring it into sight if it is there. */
  select(id, scroll = true) {
    this.selected = id;
    const place = this.items.findIndex((item) => item.id === id);
    if (place >= 0 && scroll) this.reveal(place);
    this.draw();
  }

  measure() {
    const probe = h("div", { class: "row", role: "presentation" }, "\u00a0");
    this.inner.append(probe);
    this.height = probe.offsetHeight || 32;
    probe.remove();
    this.stretch();
    this.draw();
  }

  stretch() {
    this.inner.style.height = `${this.items.length * this.height}px`;
  }

  draw() {
    if (!this.height) return;
    const first = Math.max(0, Math.floor(this.box.scrollTop / this.height) - SPARE);
    const last = Math.min(this.items.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / this.height) + SPARE);
    const wanted = new Set();
    for (let place = first; place < last; place += 1) wanted.add(this.place(place));
    for (const [id, element] of this.rows) {
      if (wanted.has(id)) continue;
      element.remove();
      this.rows.delete(id);
    }
    const active = this.rows.get(this.selected);
    if (active) this.box.setAttribute("aria-activedescendant", active.id);
    else this.box.removeAttribute("aria-activedescendant");
    if (last >= this.items.length - SPARE) this.end();
  }

  place(place) {
    const item = this.items[place];
    let element = this.rows.get(item.id);
    if (!element) {
      element = h("div", { class: "row", role: "option", id: `row-${item.id}`, "data-id": item.id }, this.row(item));
      this.rows.set(item.id, element);
      this.inner.append(element);
    }
    element.style.transform = `translateY(${place * this.height}px)`;
    element.setAttribute("aria-posinset", place + 1);
    element.setAttribute("aria-setsize", this.items.length);
    element.setAttribute("aria-selected", item.id === this.selected);
    return item.id;
  }

  reveal(place) {
    const top = place * this.height;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + this.height > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + this.height - this.box.clientHeight;
  }

  click(event) {
    const element = event.target.closest("[data-id]");
    if (element) this.choose(this.items.findIndex((item) => item.id === Number(element.dataset.id)), true);
  }

  choose(place, pointed = false) {
    const item = this.items[Math.min(Math.max(place, 0), this.items.length - 1)];
    if (!item) return;
    this.select(item.id);
    this.chosen(item, pointed);
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.items.length) return;
    const here = this.items.findIndex((item) => item.id === this.selected);
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.height) - 1);
    const steps = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + page, PageUp: here - page, Home: 0 };
    if (event.key in steps) this.choose(here < 0 ? 0 : steps[event.key]);
    else if (event.key === "End") this.toEnd();
    else if (event.key === "Enter" && here >= 0) this.opened();
    else return;
    event.preventDefault();
  }

  async toEnd() {
    await this.rest();
    if (document.activeElement === this.box) this.choose(this.items.length - 1);
  }

  close() {
    this.watcher.disconnect();
  }
}
