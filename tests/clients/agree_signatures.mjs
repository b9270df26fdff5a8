// Stripe's, GitHub's and Standard Webhooks' own libraries for JavaScript sign events for a receiver.
// `scripts/clients` runs it; the argument is the receiver's base URL.

import assert from "node:assert";
import { sign } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";

const [base] = process.argv.slice(2);

const body = (id) =>
  JSON.stringify({ type: "integration.recovered", data: { integration: "erp" }, id });

async function post(source, text, headers) {
  const answer = await fetch(`${base}/hooks/${source}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: text,
  });
  return answer.status;
}

async function agree(source, text, headers) {
  assert.equal(await post(source, text, headers), 202, source);
  assert.equal(await post(source, text.replace("erp", "erq"), headers), 401, source);
  console.log(`${source} (JavaScript): taken, and with one byte changed a 401`);
}

const stripe = new Stripe("sk_test_of_nobody");
const paid = body("evt_stripe");
const header = stripe.webhooks.generateTestHeaderString({
  payload: paid,
  secret: "whsec_of_a_test",
});
await agree("stripe", paid, { "Stripe-Signature": header });

const run = body("evt_github");
const signature = await sign("It's a Secret to Everybody", run);
await agree("github", run, { "X-Hub-Signature-256": signature });

const event = JSON.stringify({ type: "integration.recovered", data: { integration: "erp" } });
const now = new Date();
await agree("standard", event, {
  "webhook-id": "msg_js",
  "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
  "webhook-signature": new Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").sign("msg_js", now, event),
});
