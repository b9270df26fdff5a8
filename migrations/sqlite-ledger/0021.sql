-- Events that say something still, the oldest first: retention looks whether their time is over.
CREATE INDEX events_by_age ON events (received_at) WHERE erased_at IS NULL;
