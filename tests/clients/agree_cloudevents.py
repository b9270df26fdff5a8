"""CloudEvents' own SDK for Python posts to a receiver, in both of its modes.

Usage: agree_cloudevents.py BASE   (the receiver's base URL)
"""

import datetime
import sys

import requests
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks import Webhook

base = sys.argv[1]
hook = f"{base}/hooks/open"
webhook = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


def event(id, data):
    attributes = {
        "id": id,
        "source": "/erp",
        "type": "integration.recovered",
        "specversion": "1.0",
        "subject": 'Euro € "100%"',
        "datacontenttype": "application/json",
    }
    return CloudEvent(attributes, data)


for mode, write in [("binary", to_binary_event), ("structured", to_structured_event)]:
    message = write(event(f"python {mode}", {"integration": "erp"}))
    answer = requests.post(hook, data=message.body, headers=message.headers, timeout=15)
    assert answer.status_code == 202, (mode, answer.status_code, answer.text)
    assert answer.json()["id"] == f"python {mode}", answer.text
    message = write(event(f"python bad {mode}", {"integration": 7}))
    answer = requests.post(hook, data=message.body, headers=message.headers, timeout=15)
    assert answer.status_code == 422, (mode, answer.status_code, answer.text)

    id = f"python-signed-{mode}"
    message = write(event(id, {"integration": "erp"}))
    body = message.body if isinstance(message.body, str) else message.body.decode()
    now = datetime.datetime.now(tz=datetime.timezone.utc)
    headers = {
        **message.headers,
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign(id, now, body),
    }
    for sent, status in [(body, 202), (body.replace("erp", "erq"), 401)]:
        answer = requests.post(f"{base}/hooks/standard", data=sent.encode(), headers=headers, timeout=15)
        assert answer.status_code == status, (mode, answer.status_code, answer.text)

print("CloudEvents' SDK for Python: binary and structured mode agree; signed, with one byte changed a 401")
