-- The game services of the role `play`: awards, followers of the ledger, tasks, challenges, gamification, analytics and
-- notifications. docs/adr/0034 to 0039 have the reasons.

-- Points that a module gave. The row comes in the transaction of what earned it; a worker sends it to the hub until it
-- is settled.
CREATE TABLE awards (
    award_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    kind          text NOT NULL CHECK (kind ~ '^[a-z]{1,32}$'),
    reference     text NOT NULL CHECK (octet_length(reference) BETWEEN 1 AND 256),
    board         text NOT NULL,
    points        bigint NOT NULL,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'applied', 'refused')),
    attempt       integer NOT NULL DEFAULT 1,
    nonce         text NOT NULL,
    issued_at     timestamptz NOT NULL,
    score         bigint,
    rank          bigint,
    refusal       text,
    tries         integer NOT NULL DEFAULT 0,
    available_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at    timestamptz,
    UNIQUE (user_id, kind, reference)
);
COMMENT ON COLUMN awards.kind IS 'What earned it, such as task. The action of the update is sys-<kind>.';
COMMENT ON COLUMN awards.attempt IS
    'The number of the action id. The next one is made only after it is known that this one did not count.';
COMMENT ON COLUMN awards.nonce IS 'The nonce of the action id. Its signature follows from it; see AwardID.';
COMMENT ON COLUMN awards.available_at IS 'Until then the node that took it works on it. Others go on from then.';
CREATE INDEX awards_open ON awards (available_at) WHERE state = 'open';

-- How far each follower has come in each partition of the ledger. The row changes in the transaction of the effect.
CREATE TABLE follower_positions (
    follower      text NOT NULL CHECK (follower ~ '^[a-z]{1,32}$'),
    partition     smallint NOT NULL,
    seq           bigint NOT NULL,
    failures      integer NOT NULL DEFAULT 0,
    failure       text,
    available_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (follower, partition)
);
COMMENT ON COLUMN follower_positions.failure IS 'Why the event after seq could not be taken; NULL while all is well.';
-- Followers read the ledger of a partition in the order of its events.
CREATE INDEX score_events_by_seq ON score_events (partition, seq);

-- Tasks, and what they earn.
CREATE TABLE tasks (
    task_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    title         text NOT NULL,
    description   text NOT NULL DEFAULT '',
    type          text,
    status        text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'in_progress', 'done', 'archived')),
    due_at        timestamptz,
    priority      integer NOT NULL DEFAULT 0,
    tags          text[] NOT NULL DEFAULT '{}',
    metadata      json NOT NULL DEFAULT '{}',
    source        text NOT NULL DEFAULT 'user',
    external_id   text,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    completed_at  timestamptz,
    deleted_at    timestamptz,
    -- The outcome of the completion; all who ask again get it.
    coins_earned   bigint,
    points_earned  bigint,
    coins_after    bigint,
    capped         boolean,
    award_id       bigint,
    outcome        json,
    CHECK ((status = 'done') <= (completed_at IS NOT NULL))
);
COMMENT ON COLUMN tasks.source IS 'user: made by the user. template: published for everybody. Others are of integrations.';
COMMENT ON COLUMN tasks.external_id IS 'The id at the source; for templates "<template>:<period>".';
COMMENT ON COLUMN tasks.deleted_at IS
    'A completed task that its user deleted. It is empty, nobody sees it, and it counts for the cap of its day.';
COMMENT ON COLUMN tasks.outcome IS 'The answer of the completion, once it is final. As it was sent: jsonb rewrites numbers.';
CREATE INDEX tasks_of_user ON tasks (user_id, task_id);
CREATE INDEX tasks_open ON tasks (user_id) WHERE status IN ('open', 'in_progress');
CREATE UNIQUE INDEX tasks_external ON tasks (user_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX tasks_completed ON tasks (user_id, completed_at) WHERE completed_at IS NOT NULL;

CREATE TABLE task_templates (
    template_id  text PRIMARY KEY CHECK (template_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    title        text NOT NULL,
    description  text NOT NULL DEFAULT '',
    type         text,
    priority     integer NOT NULL DEFAULT 0,
    tags         text[] NOT NULL DEFAULT '{}',
    metadata     json NOT NULL DEFAULT '{}',
    repeat       text NOT NULL DEFAULT 'once' CHECK (repeat IN ('once', 'daily', 'weekly')),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE taskpoints (
    type                  text PRIMARY KEY CHECK (type ~ '^[A-Za-z0-9_-]{1,64}$'),
    points                bigint NOT NULL DEFAULT 0 CHECK (points BETWEEN 0 AND 1000000000),
    coins                 bigint NOT NULL DEFAULT 0 CHECK (coins BETWEEN 0 AND 1000000000),
    max_per_user_per_day  integer CHECK (max_per_user_per_day BETWEEN 1 AND 100000),
    updated_at            timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE jobpoints (
    job                   text PRIMARY KEY CHECK (octet_length(job) BETWEEN 1 AND 1024),
    points                bigint NOT NULL DEFAULT 0 CHECK (points BETWEEN 0 AND 1000000000),
    coins                 bigint NOT NULL DEFAULT 0 CHECK (coins BETWEEN 0 AND 1000000000),
    max_per_user_per_day  integer CHECK (max_per_user_per_day BETWEEN 1 AND 100000),
    updated_at            timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Challenges.
CREATE TABLE challenges (
    challenge_id  text PRIMARY KEY CHECK (challenge_id ~ '^[A-Za-z0-9_-]{22}$'),
    user_id       text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    task_id       bigint,
    difficulty    text NOT NULL CHECK (difficulty IN ('easy', 'medium', 'hard')),
    status        text NOT NULL DEFAULT 'generating' CHECK (status IN ('generating', 'ready', 'completed')),
    title         text,
    description   text,
    steps         jsonb NOT NULL DEFAULT '[]',
    hints         jsonb NOT NULL DEFAULT '[]',
    generated_by  text CHECK (generated_by IN ('ai', 'builtin')),
    tries         integer NOT NULL DEFAULT 0,
    available_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    ready_at      timestamptz,
    completed_at  timestamptz,
    type           text,
    coins_earned   bigint,
    points_earned  bigint,
    coins_after    bigint,
    capped         boolean,
    award_id       bigint,
    outcome        json
);
COMMENT ON COLUMN challenges.type IS
    'The type that the task had at the completion, for the cap of that day. The task may get another one.';
COMMENT ON COLUMN challenges.hints IS 'Objects with text and cost, in coins.';
COMMENT ON COLUMN challenges.available_at IS 'While it is generated: until then a node works on it.';
CREATE INDEX challenges_of_user ON challenges (user_id, created_at, challenge_id);
CREATE INDEX challenges_uncompleted ON challenges (user_id) WHERE status <> 'completed';
CREATE INDEX challenges_completed ON challenges (user_id, completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX challenges_generating ON challenges (available_at) WHERE status = 'generating';

CREATE TABLE challenge_members (
    challenge_id  text NOT NULL REFERENCES challenges ON DELETE CASCADE,
    user_id       text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    progress      integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    state         json,
    stamp         bigint NOT NULL DEFAULT 0,
    hints_taken   integer NOT NULL DEFAULT 0,
    joined_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (challenge_id, user_id)
);
COMMENT ON COLUMN challenge_members.state IS 'A JSON value of the client, as it was sent: jsonb takes not all of them.';
COMMENT ON COLUMN challenge_members.stamp IS 'When the progress was sent, in us since 1970. An older one changes nothing.';
CREATE INDEX challenge_members_of_user ON challenge_members (user_id, joined_at);

-- Gamification: what followers of the ledger keep for each user.
CREATE TABLE player_counts (
    user_id      text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    action_id    text NOT NULL,
    board        text NOT NULL,
    events       bigint NOT NULL,
    points       bigint NOT NULL,
    best_points  bigint NOT NULL,
    best_rank    bigint,
    PRIMARY KEY (user_id, action_id, board)
);
COMMENT ON COLUMN player_counts.best_points IS 'The most that points ever was: nobody loses a badge.';
CREATE INDEX player_counts_users ON player_counts (user_id) WHERE action_id = '' AND board = '';
COMMENT ON TABLE player_counts IS
    'Updates of the ledger that counted. An empty action or board is the sum over all of them; an event on several '
    'boards counts once there.';

CREATE TABLE player_days (
    user_id  text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    day      date NOT NULL,
    points   bigint NOT NULL,
    earned   boolean NOT NULL,
    PRIMARY KEY (user_id, day)
);
COMMENT ON TABLE player_days IS 'The days with updates, in the time zone that the user had when they were followed.';
COMMENT ON COLUMN player_days.earned IS 'Whether an update of the day brought a point. Streaks are made of these days.';

CREATE TABLE streaks (
    user_id    text PRIMARY KEY CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    days       integer NOT NULL,
    longest    integer NOT NULL,
    freezes    integer NOT NULL,
    last_day   date NOT NULL,
    warned_day date
);
CREATE INDEX streaks_by_last_day ON streaks (last_day);
COMMENT ON COLUMN streaks.last_day IS 'The last day with points, in the time zone that the user had then.';
COMMENT ON COLUMN streaks.warned_day IS 'The day for which the user was told that the streak is at risk.';

-- So that the number of badges and the greatest revision change with each change of a badge.
CREATE SEQUENCE badge_revisions;
CREATE TABLE badges (
    badge_id     text PRIMARY KEY CHECK (badge_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    name         text NOT NULL,
    description  text NOT NULL DEFAULT '',
    icon         text NOT NULL DEFAULT '',
    rule         jsonb NOT NULL,
    revision     bigint NOT NULL DEFAULT nextval('badge_revisions'),
    swept        bigint NOT NULL DEFAULT 0,
    sweep_after  text,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN badges.swept IS
    'The revision of the rule that was applied to everybody, for what happened before it was made.';
COMMENT ON COLUMN badges.sweep_after IS 'How far that has come: the last user; NULL at the beginning.';

CREATE TABLE user_badges (
    user_id      text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    badge_id     text NOT NULL,
    earned_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    retroactive  boolean NOT NULL,
    partition    smallint,
    seq          bigint,
    PRIMARY KEY (user_id, badge_id)
);
COMMENT ON COLUMN user_badges.seq IS 'The event of the ledger that earned it; NULL if it is retroactive.';
CREATE INDEX user_badges_by_badge ON user_badges (badge_id);

-- Analytics: rollups of the ledger, by the days of UTC.
CREATE TABLE analytics_days (
    user_id  text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    day      date NOT NULL,
    events   bigint NOT NULL,
    points   bigint NOT NULL,
    tasks    bigint NOT NULL,
    rank     bigint,
    PRIMARY KEY (user_id, day)
);
CREATE INDEX analytics_days_by_day ON analytics_days (day, user_id);
COMMENT ON COLUMN analytics_days.rank IS 'The rank on the board of play after the last event of the day.';
CREATE TABLE analytics_actions (
    action_id  text NOT NULL,
    day        date NOT NULL,
    events     bigint NOT NULL,
    points     bigint NOT NULL,
    PRIMARY KEY (day, action_id)
);
CREATE TABLE analytics_users (
    user_id    text PRIMARY KEY CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    first_day  date NOT NULL
);
CREATE INDEX analytics_users_by_day ON analytics_users (first_day);

-- Notifications.
CREATE TABLE notifications (
    notification_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id          text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    kind             text NOT NULL CHECK (kind ~ '^[a-z_]{1,32}$'),
    reference        text NOT NULL,
    title            text NOT NULL,
    data             jsonb NOT NULL DEFAULT '{}',
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    read_at          timestamptz,
    push_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    pushed_at        timestamptz,
    UNIQUE (user_id, kind, reference)
);
COMMENT ON COLUMN notifications.push_at IS 'Until then a node is sending it to sockets. Others go on from then.';
COMMENT ON COLUMN notifications.reference IS 'What it tells of: the same is told once.';
CREATE INDEX notifications_of_user ON notifications (user_id, notification_id);
CREATE INDEX notifications_unread ON notifications (user_id, notification_id) WHERE read_at IS NULL;
CREATE INDEX notifications_to_push ON notifications (push_at) WHERE pushed_at IS NULL;
CREATE INDEX notifications_by_age ON notifications (created_at);

CREATE TABLE notification_preferences (
    user_id  text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    kind     text NOT NULL CHECK (kind ~ '^[a-z_]{1,32}$'),
    wanted   boolean NOT NULL,
    PRIMARY KEY (user_id, kind)
);
