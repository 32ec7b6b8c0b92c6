-- Boards with all their rules, the ledger with the outcomes of all rankings, and the archive of sealed periods.
--
-- Nodes of the previous version still run while this is applied. They insert into `score_events` and read `boards` with
-- the columns that they know, so each new column has a default that is right for their rows.

CREATE SEQUENCE board_generations;

ALTER TABLE boards
    ADD COLUMN window_definitions jsonb NOT NULL DEFAULT '["all"]' CHECK (jsonb_typeof(window_definitions) = 'array'),
    ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC',
    ADD COLUMN grace_seconds integer NOT NULL DEFAULT 660 CHECK (grace_seconds BETWEEN 0 AND 604800),
    ADD COLUMN keep_periods integer NOT NULL DEFAULT 100 CHECK (keep_periods BETWEEN 0 AND 10000),
    ADD COLUMN min_score bigint,
    ADD COLUMN max_score bigint,
    -- The boards that exist now allowed it.
    ADD COLUMN allow_decrease boolean NOT NULL DEFAULT true,
    ADD COLUMN metadata json NOT NULL DEFAULT '{}' CHECK (json_typeof(metadata) = 'object'),
    ADD COLUMN generation bigint NOT NULL DEFAULT nextval('board_generations'),
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD CHECK (min_score <= max_score);
ALTER TABLE boards ALTER COLUMN allow_decrease SET DEFAULT false;
UPDATE boards SET window_definitions = to_jsonb(windows) WHERE windows <> '{all}';
COMMENT ON COLUMN boards.windows IS
    'The names of the windows, for nodes of the version before: they leave out a board with others than all.';
COMMENT ON COLUMN boards.window_definitions IS 'The windows as in the API: names, or objects with cron or with times.';
COMMENT ON COLUMN boards.generation IS 'The number of the form, which Redis keeps too. It grows when the form changes.';

-- The ledger now has a row for each event and board, also if no score changed.

ALTER TABLE score_events
    ADD COLUMN kind text NOT NULL DEFAULT 'update',
    ADD COLUMN changed boolean NOT NULL DEFAULT true,
    ADD COLUMN outcomes jsonb;
COMMENT ON COLUMN score_events.kind IS
    'update; reset, delete and seal are acts of administrators and of the calendar, without an action id.';
COMMENT ON COLUMN score_events.score IS
    'The score after the update in the first ranking of the board that took it; points is what the update brought.';
COMMENT ON COLUMN score_events.changed IS 'Whether a score of the board changed.';
COMMENT ON COLUMN score_events.outcomes IS
    'One object for each ranking of the board: window, period, and score, rank, changed or sealed. NULL if there is '
    'only the ranking of the window all, with the score and rank of this row.';

-- The final standings of sealed periods.

CREATE TABLE archived_periods (
    board        text NOT NULL,
    window_name  text NOT NULL,
    period       text NOT NULL,
    epoch        text NOT NULL,
    sealed_seq   bigint NOT NULL,
    version      bigint NOT NULL DEFAULT 0,
    sealed_at    timestamptz NOT NULL,
    sort_order   text CHECK (sort_order IN ('desc', 'asc')),
    ties         text CHECK (ties IN ('first', 'last', 'shared', 'dense')),
    starts_at    timestamptz,
    ends_at      timestamptz,
    entries      bigint,
    checksum     text,
    archived_at  timestamptz,
    revised_at   timestamptz,
    expired_at   timestamptz,
    PRIMARY KEY (board, window_name, period)
);
CREATE INDEX archived_periods_expired ON archived_periods (expired_at) WHERE expired_at IS NOT NULL;
COMMENT ON TABLE archived_periods IS
    'A row comes with the seal event in the ledger. The archive is complete when archived_at is set.';
COMMENT ON COLUMN archived_periods.checksum IS
    'SHA-256, in lowercase hexadecimal digits, over "rank,user_id,score" and a line feed of all entries in list order.';
COMMENT ON COLUMN archived_periods.sort_order IS 'The order of the board when the period was sealed. So is ties.';
COMMENT ON COLUMN archived_periods.expired_at IS
    'When it went beyond the periods that the board keeps. It is not read any more, and its entries are deleted.';

CREATE TABLE archived_entries (
    board        text NOT NULL,
    window_name  text NOT NULL,
    period       text NOT NULL,
    place        bigint NOT NULL,
    rank         bigint NOT NULL,
    better       bigint NOT NULL,
    user_id      text NOT NULL,
    score        bigint NOT NULL,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (board, window_name, period, place)
);
CREATE UNIQUE INDEX archived_entries_by_user ON archived_entries (board, window_name, period, user_id);
COMMENT ON COLUMN archived_entries.place IS 'The place in the list, from 1. It differs from rank if ranks are shared.';
COMMENT ON COLUMN archived_entries.better IS 'How many users have a better score.';
