-- The incident that a delivery is part of, to be searched by.
ALTER TABLE deliveries ADD COLUMN incident TEXT;

UPDATE deliveries SET incident = doc ->> '$.incident.incident';

-- A page of a list is read from one index: its order, and what most filters ask.
DROP INDEX latest_deliveries;
DROP INDEX deliveries_by_state;
DROP INDEX deliveries_by_desk;
CREATE INDEX latest_deliveries ON deliveries
    (updated_at, event, desk, state, reason, source, event_type, priority, incident);
CREATE INDEX deliveries_by_state ON deliveries
    (state, updated_at, event, desk, reason, source, event_type, priority, incident);
CREATE INDEX deliveries_by_desk ON deliveries
    (desk, updated_at, event, state, reason, source, event_type, priority, incident);
CREATE INDEX latest_incidents ON incidents (updated_at, desk, key);
