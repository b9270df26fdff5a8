-- What operators made of the payload of a dead letter's event, a row for each time. Events are never
-- changed: `number` is what a delivery names as the edit that counts. `touched`: the places that were
-- written, as JSON pointers.
CREATE TABLE edits (
    key TEXT NOT NULL REFERENCES deliveries (key),
    number INTEGER NOT NULL,
    event INTEGER NOT NULL REFERENCES events (number),
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    via TEXT NOT NULL,
    why TEXT,
    touched TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (key, number)
) STRICT;

CREATE INDEX edits_of_events ON edits (event);
