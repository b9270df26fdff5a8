PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migrations (version INTEGER PRIMARY KEY, checksum TEXT NOT NULL) STRICT;
INSERT INTO migrations VALUES(1,'9654c6b00b1d1c297467ca8b061d5f10f07b6eae088bb035b90cd84a0f9b0ffc');
CREATE TABLE envelopes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    routes TEXT NOT NULL,
    request_id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    journaled INTEGER NOT NULL
) STRICT;
INSERT INTO envelopes VALUES(1,'shop','evt_1','payment.failed','{"specversion":"1.0","id":"evt_1","source":"shop","type":"payment.failed","time":"2026-11-22T21:43:10.891101357Z","datacontenttype":"application/json","data":{"orderId":"SO-1","customerExternalId":"user_42","errorCode":"card_declined","amount":1299.90,"customer":{"email":"jean@acme.com","name":"Jean"}}}','[{"desk":"support","rule":"payment-failed","priority":"URGENT"},{"desk":"crm","rule":"payment-failed","priority":"URGENT"}]','01a20536-8d7b-7559-8003-e7da23eb9693',1767649390972952449,427,1);
INSERT INTO envelopes VALUES(2,'shop','evt_2','payment.failed','{"specversion":"1.0","id":"evt_2","source":"shop","type":"payment.failed","time":"2026-11-22T21:43:11.593419749Z","datacontenttype":"application/json","data":{"orderId":"SO-1","customerExternalId":"user_42","errorCode":"card_declined","amount":1299.90,"customer":{"email":"jean@acme.com","name":"Jean"}}}','[{"desk":"support","rule":"payment-failed","priority":"URGENT"},{"desk":"crm","rule":"payment-failed","priority":"URGENT"}]','01a20536-9018-7457-ad38-23227317fc5f',1767649391641668344,427,1);
INSERT INTO envelopes VALUES(3,'shop','evt_3','payment.failed','{"specversion":"1.0","id":"evt_3","source":"shop","type":"payment.failed","time":"2026-11-22T21:43:11.929265067Z","datacontenttype":"application/json","data":{"orderId":"SO-1","customerExternalId":"user_42","errorCode":"card_declined","amount":1299.90,"customer":{"email":"jean@acme.com","name":"Jean"}}}','[{"desk":"support","rule":"payment-failed","priority":"URGENT"},{"desk":"crm","rule":"payment-failed","priority":"URGENT"}]','01a20536-91ed-75ec-b2e5-8f6024dfa915',1767649392110489053,427,1);
CREATE TABLE journal_size (
    bytes INTEGER NOT NULL
) STRICT;
INSERT INTO journal_size VALUES(1281);
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    envelope INTEGER NOT NULL REFERENCES envelopes (number),
    desk TEXT NOT NULL,
    lane TEXT NOT NULL,
    rule TEXT NOT NULL,
    postponed INTEGER NOT NULL,
    due INTEGER NOT NULL
) STRICT;
INSERT INTO jobs VALUES(3,2,'support','urgent','payment-failed',1,1767649394750492798);
INSERT INTO jobs VALUES(4,2,'crm','urgent','payment-failed',1,1767649395181095712);
INSERT INTO jobs VALUES(6,3,'crm','urgent','payment-failed',1,1767649398910826618);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('envelopes',3);
INSERT INTO sqlite_sequence VALUES('jobs',6);
CREATE INDEX journal ON envelopes (number) WHERE journaled = 1;
CREATE INDEX lanes ON jobs (desk, lane, postponed, due);
CREATE INDEX jobs_of_envelopes ON jobs (envelope);
PRAGMA application_id=1147290226;
PRAGMA user_version=1;
COMMIT;
