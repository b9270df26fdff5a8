#!/usr/bin/env php
<?php
// Posts one event, signed as Standard Webhooks says. Needs nothing but PHP 8.
//
//   SHOP_SECRET=whsec_… ./send.php evt_1 payment.failed '{"orderId": "SO-1", …}'
declare(strict_types=1);

/** What is signed are the very bytes that are sent. */
function headers(string $id, string $body): array
{
    $key = base64_decode(preg_replace('/^whsec_/', '', getenv('SHOP_SECRET')), true);
    $now = time();
    $signature = base64_encode(hash_hmac('sha256', "$id.$now.$body", $key, true));
    return [
        'content-type: application/json',
        "webhook-id: $id",
        "webhook-timestamp: $now",
        "webhook-signature: v1,$signature",
    ];
}

/** Posts until there is an answer that stands. The same id is the same event, however often. */
function post(string $id, string $type, array $data, int $tries = 6): string
{
    $url = getenv('DESKBELL_URL') ?: 'http://127.0.0.1:8080/hooks/shop';
    $body = json_encode(['type' => $type, 'data' => $data], JSON_THROW_ON_ERROR);
    while (true) {
        $http_response_header = [];
        $text = @file_get_contents($url, false, stream_context_create(['http' => [
            'method' => 'POST',
            'header' => headers($id, $body),
            'content' => $body,
            'timeout' => 10,
            'ignore_errors' => true,
        ]]));
        $status = (int) (explode(' ', $http_response_header[0] ?? '')[1] ?? 0);
        if ($status >= 200 && $status < 300) {
            return $text;
        }
        $stands = $status >= 400 && $status < 500 && !in_array($status, [408, 429], true);
        if ($stands || --$tries === 0) {
            throw new RuntimeException($status ? "$status: $text" : 'no answer');
        }
        $wait = preg_grep('/^retry-after:/i', $http_response_header);
        sleep($wait ? (int) explode(':', reset($wait))[1] : 1);
    }
}

try {
    echo post($argv[1], $argv[2], json_decode($argv[3], true, flags: JSON_THROW_ON_ERROR)), "\n";
} catch (RuntimeException $failure) {
    fwrite(STDERR, $failure->getMessage() . "\n");
    exit(1);
}
