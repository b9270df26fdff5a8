#!/usr/bin/env node
// Posts one event, signed as Standard Webhooks says. Needs nothing but Node.js 18.
//
//   SHOP_SECRET=whsec_… ./send.mjs evt_1 payment.failed '{"orderId": "SO-1", …}'
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const url = process.env.DESKBELL_URL ?? 'http://127.0.0.1:8080/hooks/shop';
const key = Buffer.from(process.env.SHOP_SECRET.replace(/^whsec_/, ''), 'base64');

// What is signed are the very bytes that are sent.
function headers(id, body) {
  const now = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', key).update(`${id}.${now}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(now),
    'webhook-signature': `v1,${signature}`,
  };
}

// Posts until there is an answer that stands. The same id is the same event, however often.
async function post(id, type, data, tries = 6) {
  const body = JSON.stringify({ type, data });
  for (let left = tries - 1; ; left -= 1) {
    let wait = 1;
    let failure;
    try {
      const signal = AbortSignal.timeout(10_000);
      const answer = await fetch(url, { method: 'POST', headers: headers(id, body), body, signal });
      const text = await answer.text();
      if (answer.ok) return text;
      failure = new Error(`${answer.status}: ${text}`);
      if (answer.status < 500 && ![408, 429].includes(answer.status)) left = 0;
      wait = Number(answer.headers.get('retry-after') ?? 1);
    } catch (error) {
      failure = error;
    }
    if (left <= 0) throw failure;
    await sleep(wait * 1000);
  }
}

const [id, type, data] = process.argv.slice(2);
try {
  console.log(await post(id, type, JSON.parse(data)));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
