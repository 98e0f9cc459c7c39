-- Mail to customers that waits to be sent: written in the transaction of its cause, deleted once it is handed over.
CREATE TABLE outbox (
    -- Also the mail's Message-ID, so that it stays the same however often it is tried.
    id              uuid        PRIMARY KEY,
    -- Whose address it goes to.
    user_id         uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    kind            text        NOT NULL CONSTRAINT outbox_kind_known CHECK (kind IN ('password_reset', 'password_changed')),
    -- The account's where absent.
    locale          text        CONSTRAINT outbox_locale_known CHECK (locale IN ('en', 'fr', 'he')),
    -- The secret part of its link; gone when the mail cannot be sent.
    token_encrypted bytea,
    attempts        integer     NOT NULL DEFAULT 0,
    -- Lies ahead also while somebody sends it.
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    -- Then it is of no use any more.
    expires_at      timestamptz NOT NULL,
    failed_at       timestamptz,
    -- The mail server's answer to the last attempt.
    smtp_code       smallint,
    created_at      timestamptz NOT NULL DEFAULT now()
);
-- A new link voids the one before, and takes its place.
CREATE UNIQUE INDEX outbox_one_link_per_user ON outbox (user_id) WHERE token_encrypted IS NOT NULL;
CREATE INDEX outbox_user_id ON outbox (user_id);
CREATE INDEX outbox_waiting ON outbox (next_attempt_at) WHERE failed_at IS NULL;
CREATE INDEX outbox_failed_at ON outbox (failed_at) WHERE failed_at IS NOT NULL;

-- When the last links were asked for, the newest first: mail for one account is limited, whoever asks.
ALTER TABLE password_resets ADD COLUMN requested_at timestamptz[] NOT NULL DEFAULT '{}';
