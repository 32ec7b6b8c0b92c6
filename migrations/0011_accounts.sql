-- Accounts, sessions and API keys, and the tables that all game services share.

-- An account. Players of other identity providers have none.
CREATE TABLE users (
    user_id            text PRIMARY KEY CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    username           text NOT NULL CHECK (username ~ '^[A-Za-z0-9_.-]{3,32}$'),
    password_hash      text NOT NULL,
    role               text NOT NULL DEFAULT 'player' CHECK (role IN ('player', 'service', 'admin')),
    email              text,
    email_key          text,
    email_verified_at  timestamptz,
    new_email          text,
    new_email_key      text,
    banned_at          timestamptz,
    ban_reason         text,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN users.password_hash IS 'scrypt, as a PHC string: $scrypt$ln=17,r=8,p=1$<salt>$<hash>.';
COMMENT ON COLUMN users.email_key IS 'The address in the form in which addresses are compared.';
COMMENT ON COLUMN users.new_email IS 'Takes the place of the verified address as soon as it is verified itself.';
-- In "C", since some locales have other small letters for ASCII.
CREATE UNIQUE INDEX users_username ON users (lower(username COLLATE "C"));
-- Before it is verified, an address is only a claim: it may occur several times.
CREATE UNIQUE INDEX users_email ON users (email_key) WHERE email_verified_at IS NOT NULL;

-- A session: one login on one device. Its refresh tokens follow each other.
CREATE TABLE sessions (
    session_id    text PRIMARY KEY CHECK (length(session_id) = 22),
    user_id       text NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    refreshed_at  timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    end_reason    text
);
CREATE INDEX sessions_user ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX sessions_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- Used refresh tokens stay for 30 days, or as long as their session, so that a second use is recognized.
CREATE TABLE refresh_tokens (
    token_hash  bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    session_id  text NOT NULL REFERENCES sessions ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    used_at     timestamptz
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_use ON refresh_tokens (used_at) WHERE used_at IS NOT NULL;

-- Sessions whose access tokens are refused. A row is needed for as long as such a token could still be valid.
CREATE TABLE ended_sessions (
    session_id  text PRIMARY KEY CHECK (length(session_id) = 22),
    ended_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ended_sessions_time ON ended_sessions (ended_at);

-- Tokens that come by mail.
CREATE TABLE one_time_tokens (
    token_hash  bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    user_id     text NOT NULL REFERENCES users ON DELETE CASCADE,
    purpose     text NOT NULL CHECK (purpose IN ('verify', 'reset')),
    email_key   text NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
COMMENT ON COLUMN one_time_tokens.email_key IS 'The address to which the token was sent, and the only one that it counts for.';
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);

CREATE TABLE api_keys (
    key_id      text PRIMARY KEY,
    name        text NOT NULL,
    key_hash    bytea NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
    role        text NOT NULL CHECK (role IN ('service', 'admin')),
    scopes      text[] NOT NULL,
    created_by  text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,
    revoked_at  timestamptz
);
-- One number that tells nodes whether the keys have changed, whoever changed them.
CREATE TABLE api_keys_revision (
    one_row   boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    revision  bigint NOT NULL
);
INSERT INTO api_keys_revision (revision) VALUES (1);
CREATE FUNCTION bump_api_keys_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE api_keys_revision SET revision = revision + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER api_keys_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON api_keys
    FOR EACH STATEMENT EXECUTE FUNCTION bump_api_keys_revision();

-- Profiles and wallets belong to user ids, with an account or without.
CREATE TABLE profiles (
    user_id      text PRIMARY KEY CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    name         text,
    avatar_url   text,
    country      text CHECK (country ~ '^[A-Z]{2}$'),
    job          text,
    time_zone    text,
    preferences  jsonb NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE wallets (
    user_id   text NOT NULL CHECK (octet_length(user_id) BETWEEN 1 AND 128),
    currency  text NOT NULL CHECK (currency IN ('coins', 'tokens')),
    balance   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, currency)
);
-- The ledger of the wallets. Rows never change.
CREATE TABLE wallet_entries (
    entry_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     text NOT NULL,
    currency    text NOT NULL CHECK (currency IN ('coins', 'tokens')),
    amount      bigint NOT NULL,
    balance     bigint NOT NULL,
    reason      text NOT NULL CHECK (octet_length(reason) BETWEEN 1 AND 128),
    reference   text NOT NULL CHECK (octet_length(reference) BETWEEN 1 AND 256),
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, currency, reason, reference)
);

-- What administrators did, and what was refused to whom.
CREATE TABLE audit_log (
    entry_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT now(),
    actor     text NOT NULL,
    act       text NOT NULL,
    subject   text,
    outcome   text NOT NULL,
    detail    jsonb NOT NULL DEFAULT '{}',
    address   text
);
CREATE INDEX audit_log_time ON audit_log (at);
CREATE INDEX audit_log_subject ON audit_log (subject, at);

-- Answers to requests with an Idempotency-Key.
CREATE TABLE idempotency_keys (
    user_id       text NOT NULL,
    key           text NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 64),
    request_hash  bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    created_at    timestamptz NOT NULL DEFAULT now(),
    locked_until  timestamptz NOT NULL,
    status        smallint,
    body          bytea,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_time ON idempotency_keys (created_at);
