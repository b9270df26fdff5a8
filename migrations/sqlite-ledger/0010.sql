-- The turns that were taken before an operator last had the call-back sent again: its schedule begins anew
-- behind them.
ALTER TABLE callbacks ADD COLUMN resent_behind INTEGER NOT NULL DEFAULT 0;
