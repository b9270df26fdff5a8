"""Standard Webhooks' own library for Python signs events for a receiver.

`scripts/clients` runs it; the argument is the receiver's base URL.
"""

import datetime
import sys
import urllib.error
import urllib.request

from standardwebhooks import Webhook

BASE = sys.argv[1]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type":"integration.recovered","data":{"integration":"erp"}}'


def post(body, headers):
    request = urllib.request.Request(
        f"{BASE}/hooks/standard", body.encode(), {"content-type": "application/json", **headers}
    )
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as refusal:
        return refusal.code


now = datetime.datetime.now(tz=datetime.timezone.utc)
for names in ("webhook", "svix"):
    identifier = f"msg_{names}"
    headers = {
        f"{names}-id": identifier,
        f"{names}-timestamp": str(int(now.timestamp())),
        f"{names}-signature": Webhook(SECRET).sign(identifier, now, BODY),
    }
    assert post(BODY, headers) == 202
    assert post(BODY.replace("erp", "erq"), headers) == 401
print("standardwebhooks (Python): taken, and with one byte changed a 401")
