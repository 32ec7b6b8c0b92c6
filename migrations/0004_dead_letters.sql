-- Rows that a table refused for what they hold: an action id that the ledger has already, a character that the database
-- cannot store, a value that a constraint does not allow. The persister keeps them here and goes on, in the transaction
-- that moves its position. Scorecast never reads or deletes them: an operator looks at them, and deletes what is settled.

CREATE TABLE dead_letters (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    partition   smallint NOT NULL,
    seq         bigint NOT NULL,
    epoch       text NOT NULL,
    refused_by  text NOT NULL CHECK (refused_by IN ('score_events', 'scores')),
    sqlstate    text NOT NULL,
    reason      text NOT NULL,
    event       json NOT NULL
);
CREATE INDEX dead_letters_by_event ON dead_letters (partition, seq);
COMMENT ON COLUMN dead_letters.refused_by IS
    'The table that refused the row. The other one has it: a score is that of Redis even if the ledger lacks the event.';
COMMENT ON COLUMN dead_letters.event IS
    'The whole event, in ASCII: json and not jsonb, since the database may be unable to store its characters themselves.';
