#!/usr/bin/env python3
"""Reads events from a queue of your own. Needs pika: pip install -r requirements.txt

AMQP_URL=amqp://user:password@rabbit/ ./read.py billing.payments 'payment.*'
"""

import decimal
import json
import os
import sys
import time

import pika
import pika.exceptions


def handle(event: dict) -> None:
    """Your own work. An event may come twice: let its source and id decide whether it is new."""
    print(event["type"], event["id"], event["data"]["orderId"], event["data"], flush=True)


def read(queue: str, key: str) -> None:
    """Handles events for as long as the connection lasts."""
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
    channel = connection.channel()
    # Durable and replicated: what is accepted while you are away waits for you.
    channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(queue, "deskbell.events", key)
    channel.basic_qos(prefetch_count=20)
    for method, _properties, body in channel.consume(queue):
        # Money is a decimal number, as the sender wrote it.
        handle(json.loads(body, parse_float=decimal.Decimal))
        # After the work: what a crash interrupts comes again.
        channel.basic_ack(method.delivery_tag)


if __name__ == "__main__":
    while True:
        try:
            read(*sys.argv[1:3])
        except pika.exceptions.AMQPConnectionError as error:
            print(f"connecting again: {error!r}", file=sys.stderr)
            time.sleep(1)
