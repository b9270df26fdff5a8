-- What operators have said of the dead letters of one reason at one desk.
CREATE TABLE issues (
    reason TEXT NOT NULL,
    desk TEXT NOT NULL,
    status TEXT NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    why TEXT,
    PRIMARY KEY (reason, desk)
) STRICT, WITHOUT ROWID;
