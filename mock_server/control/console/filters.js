// What the journal is filtered by: which filters there are, and whether an exchange passes them.
export const FILTERS = ["api", "operation", "status", "search", "key", "fault"];

/** The filters of an address, empty where it has none. */
export function pick(query) {
  return Object.fromEntries(FILTERS.map((name) => [name, query[name] ?? ""]));
}

/** A status such as 404, a class such as 4XX, or the word dropped. */
export function isStatus(text) {
  return /^([1-5](XX|\d\d)|dropped)$/.test(text);
}

/** Whether an exchange that came by the stream is one that the list would give. */
export function fits(entry, query) {
  if (["api", "operation", "key", "fault"].some((name) => query[name] && entry[name] !== query[name])) return false;
  const { status, search } = query;
  if (status === "dropped" ? entry.status !== null : status && !meets(String(entry.status ?? ""), status)) return false;
  if (!search) return true;
  const places = [entry.path, entry.key ?? "", entry.request?.body ?? "", entry.response?.body ?? ""];
  return places.some((place) => place.toLowerCase().includes(search.toLowerCase()));
}

function meets(status, wanted) {
  return wanted.endsWith("XX") ? status[0] === wanted[0] && status !== "" : status === wanted;
}
