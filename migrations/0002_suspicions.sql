-- What was refused as suspicious (403 `suspicious_activity`), for whoever looks into it.
--
-- One row for each user, minute and reason, however many attempts there were and on however many nodes: somebody who
-- hammers makes a number grow, not the table. Rows are not needed by Scorecast itself; delete old ones as you like.

CREATE TABLE suspicions (
    minute     timestamptz NOT NULL,
    user_id    text NOT NULL,
    reason     text NOT NULL,
    attempts   bigint NOT NULL CHECK (attempts > 0),
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    board      text,
    action_id  text,
    points     bigint,
    nonce      text,
    signature  text,
    presented  text,
    node       text NOT NULL,
    PRIMARY KEY (minute, user_id, reason)
);
CREATE INDEX suspicions_by_user ON suspicions (user_id, minute);
COMMENT ON COLUMN suspicions.reason IS 'As in the metric scorecast_suspicious_total.';
COMMENT ON COLUMN suspicions.points IS 'The most that one of the attempts would have brought, where that was known.';
COMMENT ON COLUMN suspicions.action_id IS
    'The action of the catalogue, in the first attempt; nonce and signature name its action id. NULL where the id was not genuine.';
COMMENT ON COLUMN suspicions.presented IS
    'What came as action id in the first attempt, where it was not genuine; cut, and other than printable ASCII as ?.';
COMMENT ON COLUMN suspicions.node IS 'The node that wrote the first of the attempts.';
