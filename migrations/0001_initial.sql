-- The catalogue: what administrators set and every API node follows.

CREATE TABLE boards (
    board       text PRIMARY KEY CHECK (board ~ '^[A-Za-z0-9_-]{1,64}$'),
    group_name  text NOT NULL,
    operator    text NOT NULL DEFAULT 'increment' CHECK (operator IN ('increment', 'best', 'set', 'decrement')),
    sort_order  text NOT NULL DEFAULT 'desc' CHECK (sort_order IN ('desc', 'asc')),
    ties        text NOT NULL DEFAULT 'first' CHECK (ties IN ('first', 'last', 'shared', 'dense')),
    windows     text[] NOT NULL DEFAULT '{all}',
    top         integer NOT NULL DEFAULT 10 CHECK (top BETWEEN 1 AND 100),
    visibility  text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'private')),
    updated_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN boards.group_name IS 'Boards of one group live in one partition.';

INSERT INTO boards (board, group_name) VALUES ('global', 'global');

CREATE TABLE actions (
    action_id             text PRIMARY KEY CHECK (action_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    points                bigint NOT NULL,
    boards                text[] NOT NULL CHECK (cardinality(boards) >= 1),
    submits_score         boolean NOT NULL DEFAULT false,
    min_score             bigint,
    max_score             bigint,
    max_per_user_per_day  integer CHECK (max_per_user_per_day > 0),
    cooldown_seconds      integer CHECK (cooldown_seconds > 0),
    updated_at            timestamptz NOT NULL DEFAULT now()
);

-- One number that tells API nodes whether the catalogue has changed, whoever changed it.
CREATE TABLE catalogue_revision (
    one_row   boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    revision  bigint NOT NULL
);
INSERT INTO catalogue_revision (revision) VALUES (1);

CREATE FUNCTION bump_catalogue_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalogue_revision SET revision = revision + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER actions_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON actions
    FOR EACH STATEMENT EXECUTE FUNCTION bump_catalogue_revision();
CREATE TRIGGER boards_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON boards
    FOR EACH STATEMENT EXECUTE FUNCTION bump_catalogue_revision();

-- The scores as the ledger adds up to.

CREATE TABLE scores (
    board        text NOT NULL,
    window_name  text NOT NULL,
    period       text NOT NULL,
    user_id      text NOT NULL,
    score        bigint NOT NULL,
    reached_seq  bigint NOT NULL,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (board, window_name, period, user_id)
);
COMMENT ON COLUMN scores.reached_seq IS 'The sequence number at which the score was reached: it decides ties.';

-- The ledger: one row for each effective update of a board, in monthly partitions that the persister makes, never changed.

CREATE TABLE score_events (
    partition        smallint NOT NULL,
    seq              bigint NOT NULL,
    board            text NOT NULL,
    user_id          text NOT NULL,
    action_id        text NOT NULL,
    nonce            text NOT NULL,
    signature        text NOT NULL,
    points           bigint NOT NULL,
    submitted_score  bigint,
    score            bigint NOT NULL,
    rank             bigint NOT NULL,
    issued_at        timestamptz NOT NULL,
    applied_at       timestamptz NOT NULL,
    -- The backstop: an action id counts on a board once, even if its receipt was lost.
    UNIQUE (signature, board, issued_at)
) PARTITION BY RANGE (issued_at);
CREATE INDEX score_events_by_user ON score_events (board, user_id, applied_at);
COMMENT ON COLUMN score_events.action_id IS 'The action of the catalogue; nonce and signature name the one action id.';
COMMENT ON COLUMN score_events.score IS 'The score after the update; points is what the update brought.';

CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'score_events is a ledger: its rows are never changed';
END
$$;
CREATE TRIGGER score_events_never_change BEFORE UPDATE OR DELETE ON score_events
    FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();

-- How far the ledger has come in each partition's outbox.

CREATE TABLE partition_positions (
    partition       smallint PRIMARY KEY,
    epoch           text NOT NULL,
    last_id         text NOT NULL,
    seq             bigint NOT NULL,
    last_signature  text NOT NULL,
    updated_at      timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN partition_positions.last_signature IS
    'The signature of the last event. Redis keeps that event: another one in its place is another history.';
