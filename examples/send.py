#!/usr/bin/env python3
"""Posts one event, signed as Standard Webhooks says. Needs nothing but Python.

SHOP_SECRET=whsec_… ./send.py evt_1 payment.failed '{"orderId": "SO-1", …}'
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request

URL = os.environ.get("DESKBELL_URL", "http://127.0.0.1:8080/hooks/shop")
KEY = base64.b64decode(os.environ["SHOP_SECRET"].removeprefix("whsec_"))


def signed(event_id: str, body: bytes) -> urllib.request.Request:
    """The request. What is signed are the very bytes that are sent."""
    now = str(int(time.time()))
    message = f"{event_id}.{now}.".encode() + body
    signature = base64.b64encode(hmac.digest(KEY, message, hashlib.sha256)).decode()
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": now,
        "webhook-signature": f"v1,{signature}",
    }
    return urllib.request.Request(URL, body, headers)


def post(event_id: str, event_type: str, data: dict, tries: int = 6) -> str:
    """Posts until there is an answer that stands. The same id is the same event, however often."""
    body = json.dumps({"type": event_type, "data": data}).encode()
    for left in reversed(range(tries)):
        try:
            with urllib.request.urlopen(signed(event_id, body), timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code not in (408, 429) or not left:
                sys.exit(f"{error.code}: {error.read().decode()}")
            wait = error.headers.get("retry-after") or 1
        except (OSError, http.client.HTTPException) as error:
            if not left:
                sys.exit(f"no answer: {error}")
            wait = 1
        time.sleep(float(wait))
    raise AssertionError("the last try ends the program")


if __name__ == "__main__":
    print(post(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
