#!/usr/bin/env node
// Reads events from a queue of your own. Needs amqplib: npm ci
//
//   AMQP_URL=amqp://user:password@rabbit/ ./read.mjs billing.payments 'payment.*'
import { setTimeout as sleep } from 'node:timers/promises';
import amqp from 'amqplib';

const [queue, key] = process.argv.slice(2);

// Your own work. An event may come twice: let its source and id decide whether it is new.
async function handle(event) {
  console.log(event.type, event.id, event.data.orderId, JSON.stringify(event.data));
}

// Handles events for as long as the connection lasts.
async function read() {
  const connection = await amqp.connect(process.env.AMQP_URL);
  const closed = new Promise((resolve, reject) => {
    connection.on('error', reject);
    connection.on('close', resolve);
  });
  const channel = await connection.createChannel();
  channel.on('error', () => connection.close());
  // Durable and replicated: what is accepted while you are away waits for you.
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue(queue, 'deskbell.events', key);
  await channel.prefetch(20);
  await channel.consume(queue, async (message) => {
    if (message === null) return connection.close();
    // JSON.parse rounds ids past 2^53: where you have such, take a parser that keeps their digits.
    await handle(JSON.parse(message.content));
    // After the work: what a crash interrupts comes again.
    channel.ack(message);
  });
  await closed;
}

while (true) {
  try {
    await read();
  } catch (error) {
    console.error(`connecting again: ${error.message}`);
  }
  await sleep(1000);
}
