-- When each secret of a source last verified, and what was refused. Written about once a minute by
-- every process that receives; nothing depends on it but what an operator is told.

CREATE TABLE verified (
    source      TEXT NOT NULL,
    -- Sixteen bits of a digest in hexadecimal: a secret keeps its row when the secrets change places.
    fingerprint TEXT NOT NULL,
    last_at     INTEGER NOT NULL, -- nanoseconds since 1970
    PRIMARY KEY (source, fingerprint)
) STRICT;

CREATE TABLE refused (
    source  TEXT NOT NULL,
    reason  TEXT NOT NULL,
    times   INTEGER NOT NULL,
    last_at INTEGER NOT NULL, -- nanoseconds since 1970
    PRIMARY KEY (source, reason)
) STRICT;
