// CloudEvents' own SDK for JavaScript posts to a receiver, in both of its modes and as a batch.
//
// Usage: node agree_cloudevents.mjs HOOK MODULES   (MODULES: the folder that holds node_modules)

import assert from "node:assert";
import { createRequire } from "node:module";

const [hook, modules] = process.argv.slice(2);
const { CloudEvent, HTTP } = createRequire(`${modules}/`)("cloudevents");

const event = (id, integration) =>
  new CloudEvent({ id, source: "/erp", type: "integration.recovered", data: { integration } });
const post = async ({ headers, body }) => {
  const answer = await fetch(hook, { method: "POST", headers, body });
  return [answer.status, await answer.json()];
};

for (const mode of ["binary", "structured"]) {
  const [status, receipt] = await post(HTTP[mode](event(`javascript ${mode}`, "erp")));
  assert.deepStrictEqual([status, receipt.id], [202, `javascript ${mode}`]);
  const [refused] = await post(HTTP[mode](event(`javascript bad ${mode}`, 7)));
  assert.strictEqual(refused, 422);
}

// The SDK reads batches and writes none: its events are put into a list.
const headers = { "content-type": "application/cloudevents-batch+json" };
const batch = (...events) => ({ headers, body: JSON.stringify(events) });
const [status, receipts] = await post(batch(event("javascript 1", "erp"), event("javascript 2", "erp")));
assert.strictEqual(status, 202);
assert.deepStrictEqual(receipts.events.map(({ id }) => id), ["javascript 1", "javascript 2"]);
const [refused, problem] = await post(batch(event("javascript 3", "erp"), event("javascript 4", 7)));
assert.deepStrictEqual([refused, problem.item], [422, 1]);

console.log("CloudEvents' SDK for JavaScript: binary, structured and batched mode agree");
