// The console: which view is shown, for which world; what stands around it.
import { ClockView, Ticking } from "./clock.js";
import { call, describeApis } from "./control.js";
import { devicesView } from "./devices.js";
import { showHelp } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { FaultsView } from "./faults.js";
import { JournalView } from "./journal.js";
import { go, here, link } from "./route.js";
import { Shortcuts } from "./shortcuts.js";
import { WorldsView } from "./worlds.js";

const SECTIONS = {
  journal: ["Journal", (context) => new JournalView(context)],
  devices: ["Devices", devicesView],
  faults: ["Faults", (context) => new FaultsView(context)],
  clock: ["Clock", (context) => new ClockView(context)],
  worlds: ["Worlds", (context) => new WorldsView(context)],
};
const LOOK = 5000;

const page = Object.fromEntries(["main", "sections", "world", "now", "version", "help"].map((id) => [id, document.getElementById(id)]));

/** What the views share: the world that is open, the APIs, and asking for a look at the world. */
const context = { world: "default", apis: [], look, worldsAre };

const clock = new Ticking(page.now);
let shown = null;
let place = "";

async function show() {
  const route = here();
  if (!(route.section in SECTIONS)) return go(link(route.world, ["journal"]), { replace: true });
  const next = identity(route);
  if (shown && next === place) return shown.update?.(route);
  const first = place === "";
  shown?.close();
  place = next;
  shown = null;
  if (context.world !== route.world || first) {
    context.world = route.world;
    look();
  }
  const [name, make] = SECTIONS[route.section];
  drawSections(route.section);
  try {
    const view = make(context, route);
    const element = await view.render(route);
    if (place !== next) return view.close();
    shown = view;
    document.body.classList.toggle("wide", Boolean(view.wide));
    document.title = `${view.title ?? name} · ${route.world} · devicedouble`;
    fill(page.main, element);
    if (!first) arrive(element);
  } catch (error) {
    if (place === next) fill(page.main, trouble(error, route.world));
  }
  return undefined;
}

/** What is the same view, only updated, as long as this is the same. */
function identity({ world, section, steps, query }) {
  const inside = section === "journal" || (section === "devices" && steps.length < 3 && !query.new) ? "" : steps.join("/");
  return [world, section, inside, query.new].join("/");
}

/** Begin at the heading, unless the person is busy with something that stayed. */
function arrive(element) {
  if (document.activeElement === document.body || document.activeElement.matches("a")) element.querySelector("h1")?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function trouble(error, world) {
  return h("div", { class: "problem", role: "alert" }, h("p", {}, error.message),
    h("p", {}, world !== "default" && h("a", { href: link("default", ["worlds"]) }, "To the worlds that there are"), " ", h("a", { href: "" }, "Try again")));
}

function drawSections(section, faults = drawSections.faults) {
  drawSections.faults = faults;
  const links = Object.entries(SECTIONS).map(([id, [name]]) => {
    const count = id === "faults" && faults ? h("span", { class: "number" }, faults, h("span", { class: "hidden" }, " in force")) : null;
    return h("a", { href: link(context.world, [id]), "aria-current": id === section ? "page" : null }, name, count && " ", count);
  });
  const focused = [...page.sections.children].indexOf(document.activeElement);
  fill(page.sections, links);
  if (focused >= 0) page.sections.children[focused]?.focus();
}

/** Look how the world is: its clock, its faults, its journal. */
async function look() {
  const { world } = context;
  const known = shown?.last;
  try {
    const seen = await call("GET", ["worlds", world]);
    if (world !== context.world) return;
    clock.set(seen.clock);
    if (seen.faults !== drawSections.faults) drawSections(here().section, seen.faults);
    shown?.seen?.(seen, known);
    if (![...page.world.options].some((option) => option.value === world) || page.world.selectedOptions[0]?.disabled) await lookForWorlds();
    page.world.value = world;
  } catch (error) {
    if (world !== context.world) return;
    clock.set(null);
    fill(page.now, error.status === 404 ? "no such world" : "no answer");
    if (error.status === 404) await lookForWorlds().catch(() => {});
  }
}

async function lookForWorlds() {
  const { worlds } = await call("GET", ["worlds"]);
  worldsAre(worlds);
}

/** The choice of the world. One that is open and not among them is told there: no other may seem to be open. */
function worldsAre(worlds) {
  const { world } = context;
  const options = worlds.map(({ name }) => h("option", { value: name, selected: name === world }, name));
  if (!worlds.some(({ name }) => name === world)) options.unshift(h("option", { value: world, selected: true, disabled: true }, `${world} does not exist`));
  const drawn = [...page.world.options];
  if (drawn.length === options.length && drawn.every((option, at) => option.text === options[at].text)) return;
  fill(page.world, options);
}

const shortcuts = new Shortcuts({
  "/": () => page.main.querySelector("#search")?.focus(),
  "?": () => showHelp(shortcuts),
  w: () => page.world.focus(),
  ...Object.fromEntries(Object.keys(SECTIONS).map((id, at) => [String(at + 1), () => go(link(context.world, [id]))])),
}, (key) => shown?.shortcut?.(key) ?? false);

page.world.addEventListener("change", () => go(link(page.world.value, [here().section])));
page.world.addEventListener("focus", () => lookForWorlds().catch(() => {}));
page.help.addEventListener("click", () => showHelp(shortcuts));
addEventListener("hashchange", show);
setInterval(() => document.visibilityState === "visible" && look(), LOOK);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());

async function start() {
  try {
    const [apis, health] = await Promise.all([describeApis(), call("GET", ["health"])]);
    context.apis = apis;
    fill(page.version, `devicedouble ${health.version}, state: ${health.state}`);
    context.world = here().world;
    await lookForWorlds();
    await show();
  } catch (error) {
    fill(page.main, h("h1", {}, "Console"), trouble(error, "default"));
  }
}

start();
