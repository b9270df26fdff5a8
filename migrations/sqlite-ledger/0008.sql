-- Ends of deliveries that a source is called back about, by the contract's name of the state.
CREATE TABLE callback_wishes (
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (source, state)
) STRICT, WITHOUT ROWID;

-- Call-backs that their receiver has not taken yet. `attempts` counts the turns that senders took, and
-- names the last of them. `due`: when the next may begin; null where it was given up, at `given_up_at`.
CREATE TABLE callbacks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL REFERENCES deliveries (key),
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    desk TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due INTEGER,
    given_up_at INTEGER,
    error TEXT,
    body TEXT NOT NULL
) STRICT;

CREATE INDEX due_callbacks ON callbacks (source, due) WHERE due IS NOT NULL;
CREATE INDEX given_up_callbacks ON callbacks (given_up_at) WHERE given_up_at IS NOT NULL;
