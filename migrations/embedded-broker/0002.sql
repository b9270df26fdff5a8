-- W3C Trace Context of what published the event; none where it is made from the request id.
ALTER TABLE envelopes ADD COLUMN traceparent TEXT;
