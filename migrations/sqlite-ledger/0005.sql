-- Open problems at desks, and what became of them: `doc` is the incident.
CREATE TABLE incidents (
    desk TEXT NOT NULL,
    key TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (desk, key)
) STRICT, WITHOUT ROWID;
