// The control plane, called: JSON in and out, the token when asked for, the journal's stream.
import { askToken } from "./dialogs.js";

const ROOT = new URL("../", import.meta.url);
const STORED = "devicedouble.token";
const SENDABLE = /^[\x20-\x7e\xa0-\xff]+$/;

/** The control plane said no: one sentence, and what could have been given. */
class Refusal extends Error {
  constructor(status, sentence, choices) {
    super(sentence);
    this.status = status;
    this.choices = choices;
  }
}

let asking = null;

function token(refused) {
  asking ??= askToken(refused).then((given) => {
    asking = null;
    if (given && SENDABLE.test(given)) sessionStorage.setItem(STORED, given);
    return given;
  });
  return asking;
}

async function send(method, url, options) {
  const headers = { accept: "application/json, application/json-patch+json;q=0.9, */*;q=0.1", ...options.headers };
  const bearer = sessionStorage.getItem(STORED);
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  let response;
  try {
    response = await fetch(url, { method, headers, body: options.body, signal: options.signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, "The double does not answer; is it still running?");
  }
  if (response.status !== 401) return response;
  if (sessionStorage.getItem(STORED) === bearer && !(await token(bearer !== null))) {
    throw new Refusal(401, "Without its token the control plane says nothing.");
  }
  return send(method, url, options);
}

async function refusal(response) {
  const text = await response.text();
  try {
    const said = JSON.parse(text);
    return new Refusal(response.status, said.error ?? said.detail ?? text, said.choices);
  } catch {
    return new Refusal(response.status, text || `The control plane answered ${response.status}.`);
  }
}

/** The address of a call: steps of the path are escaped, empty members of the query left out. */
function address(steps, query = {}) {
  const url = new URL(steps.map(encodeURIComponent).join("/"), ROOT);
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

/** Call the control plane; gives the answer's JSON, or null when there is none. Throws Refusal. */
export async function call(method, steps, { query, body, text, signal } = {}) {
  const options = { signal, headers: {} };
  if (body !== undefined || text !== undefined) {
    options.body = text ?? JSON.stringify(body);
    options.headers["content-type"] = "application/json";
  }
  const response = await send(method, address(steps, query), options);
  if (!response.ok) throw await refusal(response);
  const said = await response.text();
  return said ? JSON.parse(said) : null;
}

/** The same, as the text that was sent (numbers stay as they are written). */
export async function read(steps, { query, signal } = {}) {
  const response = await send("GET", address(steps, query), { signal });
  if (!response.ok) throw await refusal(response);
  return response.text();
}

/** What the index says of the APIs: base URLs, credentials, operations. */
export async function describeApis() {
  const response = await fetch(new URL("../", ROOT), { headers: { accept: "application/json" } });
  return (await response.json()).apis;
}

/** The contract of an API. */
export async function contract(api) {
  const response = await fetch(new URL(`../${encodeURIComponent(api)}/openapi.json`, ROOT));
  return response.json();
}

/** A signal that fires with the other one, or as soon as nobody looks: browsers allow few connections to one host. */
function whileSeen(signal) {
  const inner = new AbortController();
  const hidden = () => document.hidden && inner.abort();
  document.addEventListener("visibilitychange", hidden, { signal: inner.signal });
  signal.addEventListener("abort", () => inner.abort(), { signal: inner.signal });
  return inner.signal;
}

function seen() {
  if (!document.hidden) return null;
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

/**
 * Follow a world's journal until `signal` says stop; connects again by itself, and rests while the page is hidden.
 * `onentries` is given the exchanges that came together, oldest first; `onstate` "live", "lost" or "gone".
 */
export async function follow(world, { after, bodies = false, signal, onentries, onstate }) {
  let last = after;
  while (!signal.aborted) {
    await seen();
    const open = whileSeen(signal);
    try {
      const url = address(["worlds", world, "journal", "stream"], { after: last, bodies });
      const response = await send("GET", url, { signal: open, headers: { accept: "text/event-stream" } });
      if (response.status === 404) return onstate("gone");
      if (!response.ok) throw await refusal(response);
      onstate("live");
      for await (const entries of events(response.body)) {
        last = entries.at(-1).id;
        onentries(entries);
      }
    } catch (error) {
      if (open.aborted) continue;
      if (error.status === 401) return onstate("lost");
    }
    if (!signal.aborted) onstate("lost");
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return undefined;
}

async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    const entries = blocks.map(data).filter(Boolean).map((text) => JSON.parse(text));
    if (entries.length) yield entries;
  }
}

function data(block) {
  return block.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart()).join("\n");
}
