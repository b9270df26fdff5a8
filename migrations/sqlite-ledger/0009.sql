-- Operators' tokens: `hash` is the SHA-256 of the token itself, which is nowhere. One that was revoked
-- stays for those who look later, and its name is free.
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE UNIQUE INDEX names_of_tokens ON tokens (name) WHERE revoked_at IS NULL;

-- What operators did. Each entry is written with its act, in one transaction, and never changed.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    via TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    why TEXT
) STRICT;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- Desks that an operator keeps deliveries from.
CREATE TABLE desk_pauses (
    desk TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    who TEXT NOT NULL,
    via TEXT NOT NULL,
    why TEXT
) STRICT, WITHOUT ROWID;
