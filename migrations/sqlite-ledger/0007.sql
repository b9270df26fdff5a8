-- Brakes of rules at desks: `doc` is the brake, `open` whether something is still to be done about one
-- of its floods.
CREATE TABLE brakes (
    desk TEXT NOT NULL,
    rule TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    open INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (desk, rule)
) STRICT, WITHOUT ROWID;

CREATE INDEX open_brakes ON brakes (open) WHERE open = 1;
