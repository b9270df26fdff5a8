-- Operators' silences: `choice` is which deliveries they are about, as JSON. `ended_at`: an operator
-- ended it before its time.
CREATE TABLE silences (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    choice TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    who TEXT NOT NULL,
    via TEXT NOT NULL,
    why TEXT NOT NULL,
    ended_at INTEGER,
    ended_by TEXT
) STRICT;

CREATE INDEX silences_by_end ON silences (ends_at) WHERE ended_at IS NULL;

-- Silences that an operator releases what they suppressed of, as long as there is some left: what
-- was suppressed up to `at`. `known` is the last silence that there was.
CREATE TABLE silence_releases (
    silence INTEGER PRIMARY KEY REFERENCES silences (number),
    at INTEGER NOT NULL,
    known INTEGER NOT NULL
) STRICT;

-- The silence that suppresses a delivery, or that did before it was released.
ALTER TABLE deliveries ADD COLUMN silence INTEGER;

CREATE INDEX deliveries_by_silence ON deliveries
    (silence, updated_at, event, desk, state, reason, source, event_type, priority, incident)
    WHERE silence IS NOT NULL;
