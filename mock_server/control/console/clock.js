// The time of a world: stop it, let it run, set it, move it.
import { call } from "./control.js";
import { busy, button, field, fill, h, problemBox, tell } from "./dom.js";

const STEPS = [["PT1M", "1 minute"], ["PT1H", "1 hour"], ["P1D", "1 day"], ["P7D", "7 days"], ["P30D", "30 days"], ["P91D", "91 days"], ["P1Y", "1 year"]];

/** A moment as a person reads it. */
export function spoken(moment) {
  return `${moment.slice(0, 19).replace("T", " ")} UTC`;
}

/** A clock that goes on by itself between two looks at the double's. */
export class Ticking {
  constructor(place) {
    this.place = place;
    this.timer = setInterval(() => this.draw(), 1000);
  }

  set(clock) {
    this.clock = clock;
    this.seen = performance.now();
    this.draw();
  }

  draw() {
    if (!this.clock) return;
    const passed = this.clock.running ? performance.now() - this.seen : 0;
    const moment = new Date(Date.parse(this.clock.now) + passed).toISOString();
    const text = spoken(moment) + (this.clock.running ? "" : ", frozen");
    if (this.place.textContent !== text) fill(this.place, text);
  }

  close() {
    clearInterval(this.timer);
  }
}

export class ClockView {
  title = "Clock";

  constructor(context) {
    this.context = context;
    this.problem = problemBox();
    this.face = h("p", { class: "face" });
    this.ticking = new Ticking(this.face);
  }

  async render() {
    this.run = button("", () => this.change({ running: !this.clock.running }));
    this.moment = h("input", { type: "datetime-local", step: "1", required: true });
    this.duration = h("input", { autocomplete: "off", required: true, size: 12, class: "code" });
    const steps = STEPS.map(([advance, label]) => button(label, () => this.change({ advance }), { title: advance, class: "step" }));
    this.element = h("div", { class: "clock" },
      h("h1", { tabindex: "-1" }, "Clock"),
      h("p", { class: "quiet" }, "Everything in this world that knows time follows its clock: expiry, scheduled changes, timestamps, the journal."),
      this.face,
      h("div", { class: "actions" }, this.run, button("This machine's time", () => this.change({ now: new Date().toISOString() }))),
      this.problem.box,
      h("div", { class: "columns" },
        h("section", { class: "panel", "aria-labelledby": "advance-title" },
          h("h2", { id: "advance-title" }, "Advance"),
          h("div", { class: "steps" }, steps),
          h("form", { class: "inline", onsubmit: (event) => { event.preventDefault(); this.change({ advance: this.duration.value.trim() }); } },
            field("Or by", this.duration, "An ISO 8601 duration: P1Y2M, P91D, PT30M, -P1D"), h("button", {}, "Advance"))),
        h("section", { class: "panel", "aria-labelledby": "set-title" },
          h("h2", { id: "set-title" }, "Set"),
          h("form", { class: "inline", onsubmit: (event) => { event.preventDefault(); this.set(); } },
            field("Date and time", this.moment, "In UTC"), h("button", {}, "Set")))));
    this.show(await call("GET", ["worlds", this.context.world, "clock"]));
    this.moment.value = this.clock.now.slice(0, 19);
    return this.element;
  }

  set() {
    this.change({ now: `${this.moment.value}${this.moment.value.length === 16 ? ":00" : ""}Z` });
  }

  change(body) {
    return busy(null, this.problem, async () => {
      this.show(await call("PATCH", ["worlds", this.context.world, "clock"], { body }));
      tell(`It is ${spoken(this.clock.now)}${this.clock.running ? "" : ", and stays so"}.`);
      this.context.look();
    });
  }

  show(clock) {
    this.clock = clock;
    this.ticking.set(clock);
    this.run.textContent = clock.running ? "Freeze" : "Let it run";
  }

  seen(world) {
    this.show(world.clock);
  }

  close() {
    this.ticking.close();
  }
}
