-- Bulk replays by name. `search` is what was chosen by, as JSON, and `began_at` when: what died after that
-- is not part of it. `next_at`: where it has a rate, when the next dead letter may be put back.
CREATE TABLE replays (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    search TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    rate INTEGER,
    state TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    who TEXT NOT NULL,
    via TEXT NOT NULL,
    why TEXT,
    next_at INTEGER NOT NULL
) STRICT;

CREATE INDEX running_replays ON replays (number) WHERE state = 'running';

-- How far a replay has come at a desk: all dead letters up to this place were looked at, and `put_back` of
-- them put back. `through`: there were no more.
CREATE TABLE replay_places (
    replay INTEGER NOT NULL REFERENCES replays (number),
    desk TEXT NOT NULL,
    at INTEGER NOT NULL,
    event INTEGER NOT NULL,
    put_back INTEGER NOT NULL,
    through INTEGER NOT NULL,
    PRIMARY KEY (replay, desk)
) STRICT, WITHOUT ROWID;

-- The replay that put the delivery back last.
ALTER TABLE deliveries ADD COLUMN replay INTEGER;

-- The lane of the desk that has the delivery: that of its priority, or the lowest where a replay put it back.
ALTER TABLE deliveries ADD COLUMN lane TEXT;

UPDATE deliveries SET lane = priority;

DROP INDEX due_deliveries;
CREATE INDEX due_deliveries ON deliveries (desk, lane, event, due) WHERE due IS NOT NULL;
CREATE INDEX replayed_deliveries ON deliveries (replay, desk, state) WHERE replay IS NOT NULL;
CREATE INDEX dead_by_desk ON deliveries
    (desk, updated_at, event, reason, source, event_type, priority, incident, replay)
    WHERE state = 'dead';
