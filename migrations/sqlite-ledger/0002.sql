-- A place in the journal is known by what stands there. A place that was noted without that is
-- forgotten: reading the journal again does no harm.
DROP TABLE journal_cursor;

-- One row at most: the last journal entry that was recorded.
CREATE TABLE journal_cursor (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL,
    entry TEXT NOT NULL
) STRICT;

-- When the ledger first heard of the desk. What was accepted before that it cannot know to be
-- untaken: another ledger may have seen it through.
ALTER TABLE desk_leases ADD COLUMN since INTEGER NOT NULL DEFAULT 0;

-- When a worker should have the delivery; null where none should.
ALTER TABLE deliveries ADD COLUMN due INTEGER;

UPDATE deliveries SET due = CASE state
    WHEN 'queued' THEN updated_at
    WHEN 'attempting'
        THEN 1000000000 * CAST(strftime('%s', doc ->> '$.state.attempting.until') AS INTEGER)
    WHEN 'retrying'
        THEN 1000000000 * CAST(strftime('%s', doc ->> '$.state.retrying.not_before') AS INTEGER)
    WHEN 'uncertain'
        THEN 1000000000 * CAST(strftime('%s', doc ->> '$.state.uncertain.look_again') AS INTEGER)
END;

CREATE INDEX due_deliveries ON deliveries (desk, priority, event, due) WHERE due IS NOT NULL;
CREATE INDEX untaken_routes ON routes (desk, priority, event) WHERE taken = 0;
