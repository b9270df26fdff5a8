-- When and by whom what an event said was erased; its body and its deliveries then say so, and the hash is
-- empty: it would tell whether a guess meets the payload.
ALTER TABLE events ADD COLUMN erased_at INTEGER;
ALTER TABLE events ADD COLUMN erased_by TEXT;
