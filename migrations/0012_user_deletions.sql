-- The deletion of users everywhere: in the ledger, the archives and all else, a random pseudonym takes the place of the
-- user id. docs/adr/0032 has the steps.

CREATE TABLE user_deletions (
    pseudonym     text PRIMARY KEY CHECK (pseudonym ~ '^deleted_[A-Za-z0-9_-]{22}$'),
    user_id       text UNIQUE CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    state         text NOT NULL DEFAULT 'scores' CHECK (state IN ('scores', 'names', 'signatures', 'done')),
    request       bigint NOT NULL DEFAULT 1,
    requested_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    available_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    renamed_at    timestamptz,
    finished_at   timestamptz,
    CHECK ((user_id IS NULL) = (state = 'done'))
);
CREATE INDEX user_deletions_open ON user_deletions (requested_at) WHERE state <> 'done';
COMMENT ON COLUMN user_deletions.user_id IS 'Forgotten at the end.';
COMMENT ON COLUMN user_deletions.state IS
    'scores: they leave Redis, and the ledger follows. names: the pseudonym takes the place of the user id. signatures: '
    'action ids expire, then nonces and signatures go. done: nothing names the user.';
COMMENT ON COLUMN user_deletions.available_at IS
    'Until then the node that took the request works on it. Persisters go on from then.';
COMMENT ON COLUMN user_deletions.request IS 'It grows if the user is deleted again before the end.';

-- Where the life of a deleted user ends on each board: all events up to there are renamed, and later ones are those of
-- somebody who began again with the same id.
CREATE TABLE user_deletion_boards (
    pseudonym   text NOT NULL REFERENCES user_deletions ON DELETE CASCADE,
    board       text NOT NULL,
    request     bigint NOT NULL,
    partition   smallint NOT NULL,
    epoch       text NOT NULL,
    seq         bigint NOT NULL,
    at          timestamptz NOT NULL,
    signature   text,
    renamed_at  timestamptz,
    PRIMARY KEY (pseudonym, board)
);
COMMENT ON COLUMN user_deletion_boards.signature IS
    'Of the event that removed the scores. NULL if there was nothing to remove when Redis was at seq.';

ALTER TABLE archived_periods ADD COLUMN partition smallint;
COMMENT ON COLUMN archived_periods.partition IS
    'The partition that sealed_seq counts in. NULL if a version before this column wrote the row.';
COMMENT ON COLUMN archived_periods.revised_at IS
    'When a user was last deleted from the archive. The checksum is that of the revised entries.';

-- The one change that rows of the ledger may undergo.
CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - '{user_id,nonce,signature}'::text[]
            = to_jsonb(OLD) - '{user_id,nonce,signature}'::text[]
        AND EXISTS (
            SELECT FROM user_deletions
            WHERE pseudonym = NEW.user_id AND (OLD.user_id = pseudonym OR OLD.user_id = user_deletions.user_id))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'score_events is a ledger: its rows are never changed';
END
$$;
