-- How the desk stands with its last worker, as JSON; null until one has written it.
ALTER TABLE desk_leases ADD COLUMN standing TEXT;
