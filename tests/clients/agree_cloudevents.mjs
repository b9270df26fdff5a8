// CloudEvents' own SDK for JavaScript posts to a receiver, in both of its modes and as a batch.
//
// Usage: node agree_cloudevents.mjs BASE   (the receiver's base URL)

import assert from "node:assert";
import { CloudEvent, HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";

const [base] = process.argv.slice(2);
const hook = `${base}/hooks/open`;

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

const webhook = new Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
for (const mode of ["binary", "structured"]) {
  const id = `javascript-signed-${mode}`;
  const message = HTTP[mode](event(id, "erp"));
  const now = new Date();
  const headers = {
    ...message.headers,
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": webhook.sign(id, now, message.body),
  };
  const signed = async (body) =>
    (await fetch(`${base}/hooks/standard`, { method: "POST", headers, body })).status;
  assert.strictEqual(await signed(message.body), 202);
  assert.strictEqual(await signed(message.body.replace("erp", "erq")), 401);
}

console.log("CloudEvents' SDK for JavaScript: binary, structured and batched mode agree; signed, with one byte changed a 401");
