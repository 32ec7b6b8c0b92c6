-- The deployment's id. Nodes compare it with the one in Redis, so that two deployments never write into each other's
-- keys. A database that was copied to begin another deployment needs another one:
--   UPDATE deployment SET id = replace(gen_random_uuid()::text, '-', '');

CREATE TABLE deployment (
    one_row     boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    id          text NOT NULL CHECK (id ~ '^[a-z0-9]{16,64}$'),
    created_at  timestamptz NOT NULL DEFAULT now()
);
INSERT INTO deployment (id) VALUES (replace(gen_random_uuid()::text, '-', ''));
