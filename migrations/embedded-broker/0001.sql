-- Accepted events. One that has left the journal stays until its last job is done.
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

CREATE INDEX journal ON envelopes (number) WHERE journaled = 1;

-- One row: the sum of `bytes` over the journal.
CREATE TABLE journal_size (
    bytes INTEGER NOT NULL
) STRICT;

INSERT INTO journal_size (bytes) VALUES (0);

-- One event for one desk. `due` is when it was accepted, or, where `postponed`, when it may come.
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    envelope INTEGER NOT NULL REFERENCES envelopes (number),
    desk TEXT NOT NULL,
    lane TEXT NOT NULL,
    rule TEXT NOT NULL,
    postponed INTEGER NOT NULL,
    due INTEGER NOT NULL
) STRICT;

CREATE INDEX lanes ON jobs (desk, lane, postponed, due);
CREATE INDEX jobs_of_envelopes ON jobs (envelope);
