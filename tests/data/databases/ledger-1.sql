PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migrations (version INTEGER PRIMARY KEY, checksum TEXT NOT NULL) STRICT;
INSERT INTO migrations VALUES(1,'9df4995cbb0b40f75cac8c2ec9913308685997ed47ffd00dd7280fb67c9e81e7');
CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    hash BLOB NOT NULL,
    request_id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    routes INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    UNIQUE (id, source)
) STRICT;
INSERT INTO events VALUES(1,'shop','evt_1','payment.failed','{"specversion":"1.0","id":"evt_1","source":"shop","type":"payment.failed","time":"2026-11-22T21:43:10.891101357Z","datacontenttype":"application/json","data":{"orderId":"SO-1","customerExternalId":"user_42","errorCode":"card_declined","amount":1299.90,"customer":{"email":"jean@acme.com","name":"Jean"}}}',X'c6e8f919b376c390885c6c2f446337bacf73f8be9e6b36a2b4ba8512fe04bad7','01a20536-8d7b-7559-8003-e7da23eb9693',1767649390972952449,2,0);
INSERT INTO events VALUES(2,'shop','evt_2','payment.failed','{"specversion":"1.0","id":"evt_2","source":"shop","type":"payment.failed","time":"2026-11-22T21:43:11.593419749Z","datacontenttype":"application/json","data":{"orderId":"SO-1","customerExternalId":"user_42","errorCode":"card_declined","amount":1299.90,"customer":{"email":"jean@acme.com","name":"Jean"}}}',X'c6e8f919b376c390885c6c2f446337bacf73f8be9e6b36a2b4ba8512fe04bad7','01a20536-9018-7457-ad38-23227317fc5f',1767649391641668344,2,0);
INSERT INTO events VALUES(3,'shop','evt_3','payment.failed','{"specversion":"1.0","id":"evt_3","source":"shop","type":"payment.failed","time":"2026-11-22T21:43:11.929265067Z","datacontenttype":"application/json","data":{"orderId":"SO-1","customerExternalId":"user_42","errorCode":"card_declined","amount":1299.90,"customer":{"email":"jean@acme.com","name":"Jean"}}}',X'c6e8f919b376c390885c6c2f446337bacf73f8be9e6b36a2b4ba8512fe04bad7','01a20536-91ed-75ec-b2e5-8f6024dfa915',1767649392110489053,2,0);
CREATE TABLE conflicts (
    event INTEGER NOT NULL REFERENCES events (number),
    request_id TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (event, request_id, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE routes (
    event INTEGER NOT NULL REFERENCES events (number),
    desk TEXT NOT NULL,
    place INTEGER NOT NULL,
    rule TEXT NOT NULL,
    priority TEXT NOT NULL,
    source TEXT NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (event, desk)
) STRICT, WITHOUT ROWID;
INSERT INTO routes VALUES(1,'crm',1,'payment-failed','URGENT','shop',1);
INSERT INTO routes VALUES(1,'support',0,'payment-failed','URGENT','shop',1);
INSERT INTO routes VALUES(2,'crm',1,'payment-failed','URGENT','shop',1);
INSERT INTO routes VALUES(2,'support',0,'payment-failed','URGENT','shop',1);
INSERT INTO routes VALUES(3,'crm',1,'payment-failed','URGENT','shop',1);
INSERT INTO routes VALUES(3,'support',0,'payment-failed','URGENT','shop',1);
CREATE TABLE deliveries (
    key TEXT PRIMARY KEY,
    event INTEGER NOT NULL REFERENCES events (number),
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    desk TEXT NOT NULL,
    priority TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    words TEXT,
    updated_at INTEGER NOT NULL,
    doc TEXT NOT NULL
) STRICT;
INSERT INTO deliveries VALUES('0ed19b5c98d98d7f31dba87f15fd2ba4',1,'shop','evt_1','payment.failed','support','URGENT','dead','unknown-customer','Client introuvable',1767649391143823851,'{"key":"0ed19b5c98d98d7f31dba87f15fd2ba4","event":{"source":"shop","id":"evt_1","event_type":"payment.failed"},"desk":"support","rule":"payment-failed","priority":"URGENT","request_id":"01a20536-8d7b-7559-8003-e7da23eb9693","since":"2026-01-05T21:43:10.972952449Z","updated_at":"2026-01-05T21:43:11.143823851Z","claims":1,"attempts":1,"state":{"dead":{"at":"2026-01-05T21:42:18Z","failure":{"reason":"unknown-customer","words":"Client introuvable","status":404,"code":"CUSTOMER_NOT_FOUND"},"limit":null}},"steps":[]}');
INSERT INTO deliveries VALUES('e915b8136583ba4477fd052f9a169a9f',1,'shop','evt_1','payment.failed','crm','URGENT','ticketed',NULL,NULL,1767649391150206776,'{"key":"e915b8136583ba4477fd052f9a169a9f","event":{"source":"shop","id":"evt_1","event_type":"payment.failed"},"desk":"crm","rule":"payment-failed","priority":"URGENT","request_id":"01a20536-8d7b-7559-8003-e7da23eb9693","since":"2026-01-05T21:43:10.972952449Z","updated_at":"2026-01-05T21:43:11.150206776Z","claims":1,"attempts":0,"state":{"ticketed":{"at":"2026-01-05T21:42:18Z","ticket":{"id":"42","url":"https://crm.example/42"}}},"steps":[{"step":"record:0","progress":{"done":{"at":"2026-01-05T21:42:18Z","outcome":{"record":"7"}}}},{"step":"ticket","progress":{"done":{"at":"2026-01-05T21:42:18Z","outcome":{"ticket":{"id":"42","url":"https://crm.example/42"}}}}}]}');
INSERT INTO deliveries VALUES('e2c00f48c5bc2b40080504c3a59250bf',2,'shop','evt_2','payment.failed','support','URGENT','retrying','unreachable','the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)',1767649392230746712,'{"key":"e2c00f48c5bc2b40080504c3a59250bf","event":{"source":"shop","id":"evt_2","event_type":"payment.failed"},"desk":"support","rule":"payment-failed","priority":"URGENT","request_id":"01a20536-9018-7457-ad38-23227317fc5f","since":"2026-01-05T21:43:11.641668344Z","updated_at":"2026-01-05T21:43:12.230746712Z","claims":1,"attempts":0,"state":{"retrying":{"not_before":"2026-01-05T21:43:14.750492798Z","last":{"reason":"unreachable","words":"the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)"}}},"steps":[]}');
INSERT INTO deliveries VALUES('d891190bdaacf18cdc8a274304702ef4',2,'shop','evt_2','payment.failed','crm','URGENT','retrying','unreachable','the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)',1767649392236814169,'{"key":"d891190bdaacf18cdc8a274304702ef4","event":{"source":"shop","id":"evt_2","event_type":"payment.failed"},"desk":"crm","rule":"payment-failed","priority":"URGENT","request_id":"01a20536-9018-7457-ad38-23227317fc5f","since":"2026-01-05T21:43:11.641668344Z","updated_at":"2026-01-05T21:43:12.236814169Z","claims":1,"attempts":0,"state":{"retrying":{"not_before":"2026-01-05T21:43:15.181095712Z","last":{"reason":"unreachable","words":"the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)"}}},"steps":[{"step":"record:0","progress":{"intended":{"at":"2026-01-05T21:42:18Z"}}}]}');
INSERT INTO deliveries VALUES('451d51d4deffd74c32deaca7db782458',3,'shop','evt_3','payment.failed','support','URGENT','uncertain','no-answer','the desk did not answer',1767649394238843901,'{"key":"451d51d4deffd74c32deaca7db782458","event":{"source":"shop","id":"evt_3","event_type":"payment.failed"},"desk":"support","rule":"payment-failed","priority":"URGENT","request_id":"01a20536-91ed-75ec-b2e5-8f6024dfa915","since":"2026-01-05T21:43:12.110489053Z","updated_at":"2026-01-05T21:43:14.238843901Z","claims":1,"attempts":0,"state":{"uncertain":{"since":"2026-01-05T21:42:18Z","look_again":null,"last":{"reason":"no-answer","words":"the desk did not answer"}}},"steps":[{"step":"ticket","progress":{"intended":{"at":"2026-01-05T21:42:18Z"}}}]}');
INSERT INTO deliveries VALUES('a2b9ee19839e6aca0b8b3bdfe6c7cde8',3,'shop','evt_3','payment.failed','crm','URGENT','retrying','unreachable','the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)',1767649394248718590,'{"key":"a2b9ee19839e6aca0b8b3bdfe6c7cde8","event":{"source":"shop","id":"evt_3","event_type":"payment.failed"},"desk":"crm","rule":"payment-failed","priority":"URGENT","request_id":"01a20536-91ed-75ec-b2e5-8f6024dfa915","since":"2026-01-05T21:43:12.110489053Z","updated_at":"2026-01-05T21:43:14.24871859Z","claims":1,"attempts":0,"state":{"retrying":{"not_before":"2026-01-05T21:43:18.910826618Z","last":{"reason":"unreachable","words":"the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)"}}},"steps":[]}');
CREATE TABLE attempts (
    key TEXT NOT NULL REFERENCES deliveries (key),
    number INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (key, number)
) STRICT, WITHOUT ROWID;
INSERT INTO attempts VALUES('0ed19b5c98d98d7f31dba87f15fd2ba4',1,'{"number":1,"began":"2026-01-05T21:43:10.990218523Z","ended":"2026-01-05T21:43:11.143823851Z","outcome":"retrying","failure":{"reason":"unreachable","words":"the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)"},"counts":false}');
INSERT INTO attempts VALUES('451d51d4deffd74c32deaca7db782458',1,'{"number":1,"began":"2026-01-05T21:43:14.233452335Z","ended":"2026-01-05T21:43:14.238843901Z","outcome":"retrying","failure":{"reason":"unreachable","words":"the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)"},"counts":false}');
INSERT INTO attempts VALUES('a2b9ee19839e6aca0b8b3bdfe6c7cde8',1,'{"number":1,"began":"2026-01-05T21:43:14.241423804Z","ended":"2026-01-05T21:43:14.24871859Z","outcome":"retrying","failure":{"reason":"unreachable","words":"the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)"},"counts":false}');
INSERT INTO attempts VALUES('d891190bdaacf18cdc8a274304702ef4',1,'{"number":1,"began":"2026-01-05T21:43:12.195469672Z","ended":"2026-01-05T21:43:12.236814169Z","outcome":"retrying","failure":{"reason":"unreachable","words":"the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)"},"counts":false}');
INSERT INTO attempts VALUES('e2c00f48c5bc2b40080504c3a59250bf',1,'{"number":1,"began":"2026-01-05T21:43:12.19557032Z","ended":"2026-01-05T21:43:12.230746712Z","outcome":"retrying","failure":{"reason":"unreachable","words":"the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)"},"counts":false}');
INSERT INTO attempts VALUES('e915b8136583ba4477fd052f9a169a9f',1,'{"number":1,"began":"2026-01-05T21:43:11.140424921Z","ended":"2026-01-05T21:43:11.150206776Z","outcome":"retrying","failure":{"reason":"unreachable","words":"the desk could not be reached: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)"},"counts":false}');
CREATE TABLE requeues (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE REFERENCES deliveries (key)
) STRICT;
CREATE TABLE desk_leases (
    desk TEXT PRIMARY KEY,
    holder TEXT,
    epoch INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
INSERT INTO desk_leases VALUES('crm',NULL,1,1767649411208909177);
INSERT INTO desk_leases VALUES('support',NULL,1,1767649411208825751);
CREATE TABLE journal_cursor (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO journal_cursor VALUES(1,3);
DELETE FROM sqlite_sequence;
CREATE INDEX latest_events ON events (received_at);
CREATE INDEX unmatched_events ON events (number) WHERE routes = 0;
CREATE INDEX conflicting_events ON events (conflicts) WHERE conflicts > 0;
CREATE INDEX accounts_accepted ON routes (source, desk, taken);
CREATE INDEX deliveries_of_events ON deliveries (event);
CREATE INDEX latest_deliveries ON deliveries (updated_at);
CREATE INDEX deliveries_by_state ON deliveries (state, updated_at);
CREATE INDEX deliveries_by_desk ON deliveries (desk, updated_at);
CREATE INDEX deliveries_by_reason ON deliveries (reason, updated_at) WHERE reason IS NOT NULL;
CREATE INDEX accounts_delivered ON deliveries (source, desk, state);
PRAGMA application_id=1147292775;
PRAGMA user_version=1;
COMMIT;
