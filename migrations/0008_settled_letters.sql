-- Dead letters that an operator has settled, and corrections in the ledger.
--
-- `scorecast dead-letters retry` and `drop` move a letter here in the transaction in which they write its row, so that
-- there is a record of each decision.

CREATE TABLE settled_letters (
    id          bigint PRIMARY KEY,
    at          timestamptz NOT NULL,
    partition   smallint NOT NULL,
    seq         bigint NOT NULL,
    epoch       text NOT NULL,
    refused_by  text NOT NULL,
    sqlstate    text NOT NULL,
    reason      text NOT NULL,
    event       json NOT NULL,
    settled_at  timestamptz NOT NULL DEFAULT now(),
    settled_by  text NOT NULL DEFAULT session_user,
    command     text NOT NULL CHECK (command IN ('retry', 'drop')),
    result      text NOT NULL CHECK (result IN ('written', 'corrected', 'needless', 'given_up'))
);
COMMENT ON TABLE settled_letters IS 'Rows of dead_letters after scorecast dead-letters retry or drop.';
COMMENT ON COLUMN settled_letters.result IS
    'written: the table took the row. corrected: the ledger has a correcting row. needless: the table has the row, or a '
    'later event replaced it. given_up: the period was archived without the score.';

COMMENT ON COLUMN score_events.kind IS
    'update; correction is an update that the ledger refused, such as one whose action id it has already; reset, delete '
    'and seal are acts of administrators and of the calendar, without an action id.';
COMMENT ON COLUMN score_events.issued_at IS
    'When the action id was issued, in whole milliseconds. A correcting row adds microseconds if the ledger has its '
    'action id already.';
