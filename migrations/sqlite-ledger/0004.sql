-- Deliveries whose message a worker found to be nowhere, since when, and since when their lane has one
-- again. `taken`: a worker took it up after that.
CREATE TABLE missing (
    event INTEGER NOT NULL REFERENCES events (number),
    desk TEXT NOT NULL,
    found_at INTEGER NOT NULL,
    put_back_at INTEGER,
    taken INTEGER NOT NULL,
    PRIMARY KEY (event, desk)
) STRICT, WITHOUT ROWID;

CREATE INDEX missing_by_time ON missing (taken, found_at);

-- Entries of the journal that nobody can read any more, behind the entry that was recorded last.
-- `entries` is null where nobody knows how many.
CREATE TABLE journal_gaps (
    number INTEGER NOT NULL,
    entry TEXT NOT NULL,
    found_at INTEGER NOT NULL,
    entries INTEGER,
    PRIMARY KEY (number, entry)
) STRICT, WITHOUT ROWID;

-- Counted by source.
DROP INDEX unmatched_events;
CREATE INDEX unmatched_events ON events (source) WHERE routes = 0;
