-- The rebuild of Redis from this database.

-- Events that only Redis had when a partition was rebuilt: it had another history than the ledger. Scorecast never
-- reads or deletes them: an operator looks at them, and deletes what is settled.
CREATE TABLE orphaned_events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    found_at   timestamptz NOT NULL DEFAULT now(),
    partition  smallint NOT NULL,
    epoch      text NOT NULL,
    seq        bigint NOT NULL,
    signature  text NOT NULL,
    reason     text NOT NULL,
    event      json NOT NULL,
    UNIQUE (partition, seq, signature)
);
COMMENT ON COLUMN orphaned_events.epoch IS 'The epoch in which Redis took the event; empty if it is not known.';
COMMENT ON COLUMN orphaned_events.reason IS
    'beyond: after all events of the ledger. other: the ledger has another event in its place.';
COMMENT ON COLUMN orphaned_events.event IS 'As in dead_letters.';

-- The receipts of the last minutes are read by issue time. Rows come almost in this order, so a BRIN index is enough.
CREATE INDEX score_events_by_issue ON score_events USING brin (issued_at) WITH (pages_per_range = 32, autosummarize = on);
