"""What `scripts/api` has schemathesis check besides, and what an OpenAPI document cannot say."""

import os

import schemathesis

SOURCE = os.environ["DESKBELL_API_SOURCE"]

# What every HTTP answer may have.
HTTP = {"connection", "content-length", "content-type", "date", "transfer-encoding"}

# What every answer of the private port has besides, whatever was asked.
GUARDED = {
    "cache-control",
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
    "x-request-id",
}


@schemathesis.hook
def before_call(context, case, kwargs):
    """An event in the plain form has its id in the body, where no signed header gives it."""
    is_post = case.path.startswith("/hooks/") and case.media_type == "application/json"
    if is_post and isinstance(case.body, dict):
        if case.body.get("id") is None:
            case.body["id"] = "evt_1"


@schemathesis.check
def no_undocumented_header(context, response, case):
    responses = case.operation.definition.raw["responses"]
    told = responses.get(str(response.status_code), {}).get("headers", {})
    known = HTTP | {name.lower() for name in told} | (GUARDED if SOURCE == "private" else set())
    unknown = {name.lower() for name in response.headers} - known
    # What no document tells of, as a wrong method, is answered in the same way for all.
    if str(response.status_code) in responses:
        assert not unknown, f"undocumented headers: {sorted(unknown)}"


@schemathesis.check
def nothing_unsigned_is_taken(context, response, case):
    if SOURCE == "signed" and case.method == "POST":
        assert response.status_code >= 400, "an unsigned post was taken"
