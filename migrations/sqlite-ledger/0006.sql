-- What the last inspection of a desk's account found: `doc` is the inspection, as JSON.
CREATE TABLE inspections (
    desk TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;
