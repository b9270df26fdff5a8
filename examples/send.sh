#!/bin/sh
# Posts one event with curl, signed as Standard Webhooks says.
#
#   SHOP_SECRET=whsec_… ./send.sh evt_1 payment.failed '{"orderId": "SO-1", …}'
set -eu
: "${DESKBELL_URL:=http://127.0.0.1:8080/hooks/shop}"
id=$1 type=$2 data=$3

body="{\"type\": \"$type\", \"data\": $data}"
now=$(date +%s)
# The key is the secret's bytes, not its text. On a machine that others use as well, take a language
# that keeps it off the command line.
key=$(printf %s "${SHOP_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
signature=$(printf %s "$id.$now.$body" |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)

# curl posts again what was not made durable (503) or got no answer: the same id is the same event.
curl --silent --show-error --fail-with-body --max-time 10 --retry 5 --retry-connrefused \
    --header 'content-type: application/json' \
    --header "webhook-id: $id" \
    --header "webhook-timestamp: $now" \
    --header "webhook-signature: v1,$signature" \
    --data-binary "$body" "$DESKBELL_URL"
