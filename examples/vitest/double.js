// A world of its own for each test: all that a test needs is a base URL, and one POST gives it.
const origin = process.env.DEVICEDOUBLE ?? "http://127.0.0.1:8080";

async function control(method, path, body) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  const answer = await fetch(`${origin}/_mock${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.status === 204 ? null : answer.json();
}

export async function freshWorld() {
  const name = `vitest-${crypto.randomUUID()}`;
  const world = await control("POST", "/worlds", { name });
  return {
    url: (api) => world.base_urls[api],
    advance: (duration) => control("PATCH", `/worlds/${name}/clock`, { advance: duration }),
    fault: (rule) => control("POST", `/worlds/${name}/faults`, rule),
    remove: () => control("DELETE", `/worlds/${name}`),
  };
}
