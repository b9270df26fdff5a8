"""CloudEvents' own SDK for Python posts to a receiver, in both of its modes.

Usage: agree_cloudevents.py HOOK   (the address of a source that asks for no signature)
"""

import sys

import requests
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

hook = sys.argv[1]


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

print("CloudEvents' SDK for Python: binary and structured mode agree")
