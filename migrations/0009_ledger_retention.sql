-- The retention of the ledger: what is left of the months of score_events that were dropped.

-- The last row of the ledger that set a user's score in a ranking, taken from months before they are dropped. Whoever
-- adds up the ledger begins here. The rows of an empty user are of whole rankings.
CREATE TABLE ledger_openings (
    board        text NOT NULL,
    partition    smallint NOT NULL,
    user_id      text NOT NULL,
    window_name  text NOT NULL,
    period       text NOT NULL,
    score        bigint,
    reached_seq  bigint NOT NULL,
    reached_at   timestamptz NOT NULL,
    month        date NOT NULL,
    PRIMARY KEY (board, partition, user_id, window_name, period)
);
CREATE INDEX ledger_openings_of_rankings ON ledger_openings (board, partition, reached_seq) WHERE user_id = '';
COMMENT ON COLUMN ledger_openings.score IS
    'The score after the event. NULL if the event removed it: a deletion, or, for an empty user, a reset or a seal.';
COMMENT ON COLUMN ledger_openings.reached_seq IS 'The event. It says all about the score up to there.';
COMMENT ON COLUMN ledger_openings.month IS 'The month of the ledger that the event was in.';

CREATE TABLE ledger_drops (
    month       date PRIMARY KEY,
    began_at    timestamptz NOT NULL DEFAULT now(),
    dropped_at  timestamptz,
    rows        bigint NOT NULL,
    bytes       bigint NOT NULL,
    newest_at   timestamptz
);
COMMENT ON TABLE ledger_drops IS 'A row comes before the month is detached. The month is gone when dropped_at is set.';

COMMENT ON COLUMN orphaned_events.reason IS
    'beyond: after all events of the ledger. other: the ledger has another event in its place. unknown: the ledger may '
    'have had it in a month that was dropped.';
