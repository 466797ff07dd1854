// An exchange as a command line that sends it again, into the world that it was sent to.

const OWN = new Set(["host", "content-length", "connection", "accept-encoding", "user-agent", "authorization", "mock-world", "transfer-encoding"]);
const BROWSER = /^(sec-|origin$|referer$|accept-language$|cookie$|upgrade-insecure-requests$|dnt$|priority$|pragma$|cache-control$)/;

/** Quoted for a POSIX shell. */
function quoted(text) {
  return /^[A-Za-z0-9_\-.,:/@%+=]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The URL of an exchange: its path, in its world. */
function url(origin, world, exchange) {
  const prefix = world === "default" ? "" : `/w/${encodeURIComponent(world)}`;
  return origin + prefix + exchange.path;
}

/** The command. `credentials` are those that the index names for the API; the journal keeps none. */
export function curl(origin, world, exchange, credentials = []) {
  const { headers, body, encoding } = exchange.request;
  const words = ["curl"];
  const target = url(origin, world, exchange);
  if (/[[\]{}]/.test(target)) words.push("-g");
  if (/\/\.\.?(\/|\?|$)/.test(target)) words.push("--path-as-is");
  const implied = body ? "POST" : "GET";
  if (exchange.method === "HEAD") words.push("-I");
  else if (exchange.method !== implied) words.push("-X", quoted(exchange.method));
  words.push(quoted(target));
  words.push(...authorization(exchange, credentials));
  for (const [name, value] of Object.entries(headers)) {
    if (!OWN.has(name) && !BROWSER.test(name) && !(name === "accept" && value === "*/*")) words.push("-H", quoted(`${name}: ${value}`));
  }
  if (!body) return words.join(" ");
  if (!("content-type" in headers)) words.push("-H", "Content-Type:");
  if (encoding === "base64") return `printf %s ${body} | base64 -d | ${words.join(" ")} --data-binary @-`;
  return `${words.join(" ")} --data-raw ${quoted(body)}`;
}

function authorization(exchange, credentials) {
  const sent = exchange.request.headers.authorization;
  if (sent === undefined) return [];
  const known = exchange.role && credentials.find((credential) => credential.role === exchange.role);
  if (!known) return ["-H", quoted(`authorization: ${sent}`)];
  return known.scheme === "Basic" ? ["-u", quoted(known.value)] : ["-H", quoted(`Authorization: Bearer ${known.value}`)];
}
