-- One row at most: what operators were told of the house's own troubles, and what is to be told next; `doc`
-- is the watch, as JSON.
CREATE TABLE watch (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    doc TEXT NOT NULL
) STRICT;

-- Operator events that a receiver has not taken yet: of each condition the newest. `attempts` counts the
-- turns that senders took, and names the last of them; `due` is when the next may begin.
CREATE TABLE operator_events (
    receiver TEXT NOT NULL,
    condition TEXT NOT NULL,
    id TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due INTEGER NOT NULL,
    error TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (receiver, condition)
) STRICT, WITHOUT ROWID;

CREATE INDEX due_operator_events ON operator_events (receiver, due);
