-- Accepted events: the first body under a source and an id. `routes` is how many rows of `routes`
-- the event has, `conflicts` how many of `conflicts`.
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

CREATE INDEX latest_events ON events (received_at);
CREATE INDEX unmatched_events ON events (number) WHERE routes = 0;
CREATE INDEX conflicting_events ON events (conflicts) WHERE conflicts > 0;

-- Other bodies under an event's id, one row for each time that one was posted.
CREATE TABLE conflicts (
    event INTEGER NOT NULL REFERENCES events (number),
    request_id TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (event, request_id, hash)
) STRICT, WITHOUT ROWID;

-- Accepted deliveries. `taken`: a worker has claimed it once, so that it has a row in `deliveries`.
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

CREATE INDEX accounts_accepted ON routes (source, desk, taken);

-- `doc` is the delivery; the other columns repeat parts of it for searching and counting.
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

CREATE INDEX deliveries_of_events ON deliveries (event);
CREATE INDEX latest_deliveries ON deliveries (updated_at);
CREATE INDEX deliveries_by_state ON deliveries (state, updated_at);
CREATE INDEX deliveries_by_desk ON deliveries (desk, updated_at);
CREATE INDEX deliveries_by_reason ON deliveries (reason, updated_at) WHERE reason IS NOT NULL;
CREATE INDEX accounts_delivered ON deliveries (source, desk, state);

CREATE TABLE attempts (
    key TEXT NOT NULL REFERENCES deliveries (key),
    number INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (key, number)
) STRICT, WITHOUT ROWID;

-- Deliveries on their way from an operator back to their lane.
CREATE TABLE requeues (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE REFERENCES deliveries (key)
) STRICT;

-- Who speaks to a desk. A lease that was given back has no holder and keeps its epoch.
CREATE TABLE desk_leases (
    desk TEXT PRIMARY KEY,
    holder TEXT,
    epoch INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;

-- One row at most: the number of the last journal entry that was recorded.
CREATE TABLE journal_cursor (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL
) STRICT;
