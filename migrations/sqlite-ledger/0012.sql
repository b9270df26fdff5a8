-- Operators' sessions in browsers: `hash` is the SHA-256 of what the browser shows, which is nowhere. A
-- session admits as long as its token does.
CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,
    token INTEGER NOT NULL REFERENCES tokens (id),
    opened_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_tokens ON sessions (token);
