-- The JSON API: its tokens, and the answers that are given again to a repeated request.

CREATE TABLE api_tokens (
    id            uuid        PRIMARY KEY,
    user_id       uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    name          text        NOT NULL,
    token_hash    bytea       NOT NULL,
    token_preview text        NOT NULL,
    -- A token of a log-in ends with its epoch, as sessions do; one that was made in the settings does not.
    session_epoch integer,
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_used_at  timestamptz,
    expires_at    timestamptz NOT NULL
);
CREATE UNIQUE INDEX api_tokens_token_hash ON api_tokens (token_hash);
CREATE INDEX api_tokens_user_id ON api_tokens (user_id, created_at);
CREATE INDEX api_tokens_expires_at ON api_tokens (expires_at);

-- The first outcome of a request that named an Idempotency-Key. Absent while it is under way.
CREATE TABLE idempotency_keys (
    user_id      uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    key          text        NOT NULL,
    request_hash bytea       NOT NULL,
    status       smallint,
    location     text,
    body         jsonb,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

-- What an integrator keeps with the assistant; Vapi has it too.
ALTER TABLE assistants ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}';
