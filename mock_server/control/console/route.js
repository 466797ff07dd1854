// Where the person is: `#/WORLD/SECTION/…?…`, so that every view has an address.

/** The hash of a view. */
export function link(world, steps, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined && value !== false);
  const text = new URLSearchParams(kept).toString();
  return `#/${[world, ...steps].map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

/** What the hash says: the world, the section, the steps behind it, the query. */
export function here() {
  const [path, text = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [world, section, ...steps] = path.split("/").map(decoded);
  return { world: world || "default", section: section || "journal", steps: steps.filter(Boolean), query: Object.fromEntries(new URLSearchParams(text)) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Go there; with `replace` the browser's Back does not come by here again. */
export function go(hash, { replace = false } = {}) {
  if (hash === location.hash) return;
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, "", hash);
  dispatchEvent(new HashChangeEvent("hashchange"));
}
