import { afterEach, beforeEach, expect, test } from "vitest";
import { freshWorld } from "./double.js";

const ICCID = "8988216716970004975";
const headers = { Authorization: `Basic ${btoa("account:account-key")}`, "Content-Type": "application/json" };
let world;
beforeEach(async () => { world = await freshWorld(); });
afterEach(() => world.remove());

const device = () => fetch(`${world.url("jasper")}/v1/devices/${ICCID}`, { headers }).then((answer) => answer.json());
const edit = (change) =>
  fetch(`${world.url("jasper")}/v1/devices/${ICCID}`, { method: "PUT", headers, body: JSON.stringify(change) });

test("a scheduled change waits for its day", async () => {
  const day = new Date(Date.now() + 10 * 86400e3).toISOString().slice(0, 10);
  expect((await edit({ ratePlan: "IoT 10MB", effectiveDate: `${day}Z` })).status).toBe(202);
  expect((await device()).ratePlan).toBe("Default Rate Plan");
  await world.advance("P11D");
  expect((await device()).ratePlan).toBe("IoT 10MB");
});

test("the vendor's own error reaches the page", async () => {
  await world.fault({ api: "jasper", operation: "editDevice", error: "10000012" });
  const answer = await edit({ ratePlan: "IoT 10MB" });
  expect([answer.status, (await answer.json()).errorCode]).toEqual([400, "10000012"]);
});
