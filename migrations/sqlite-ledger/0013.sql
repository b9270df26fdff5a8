-- Dead letters are counted by what they died of, without sorting all of them.
CREATE INDEX dead_letters ON deliveries (reason, desk, updated_at, state) WHERE state = 'dead';
