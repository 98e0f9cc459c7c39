-- What is known of the vendors: refused credentials, the assistant and the number there, calls.

-- Why the vendor refused the stored credentials when they were last checked.
ALTER TABLE vapi_credentials ADD COLUMN problem text;
ALTER TABLE twilio_credentials ADD COLUMN problem text;

-- A secret that could not be checked because the vendor did not answer; kept for a short while, so
-- that it need not be typed again. Sealed for the column it would go to.
CREATE TABLE pending_credentials (
    user_id          uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    step             text        NOT NULL,
    secret_encrypted bytea       NOT NULL,
    secret_preview   text        NOT NULL,
    account_sid      text,
    phone_number     text,
    created_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, step)
);
CREATE INDEX pending_credentials_created_at ON pending_credentials (created_at);

ALTER TABLE assistants
    -- Proves that an event comes from Vapi.
    ADD COLUMN webhook_secret_encrypted bytea,
    -- A hash of what Vapi was last told of the assistant.
    ADD COLUMN sent_hash bytea,
    -- Why Vapi could not be told the last time.
    ADD COLUMN problem text,
    -- The instructions are the ones made of the persona, not the customer's own.
    ADD COLUMN follows_persona boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX assistants_vapi_id_key ON assistants (user_id, vapi_id);

-- The number that Ava answers, and where its calls went before.
CREATE TABLE phone_numbers (
    user_id        uuid        PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    number         text        NOT NULL,
    twilio_sid     text        NOT NULL,
    former_routing jsonb       NOT NULL,
    vapi_id        text,
    linked_at      timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER phone_numbers_touch BEFORE UPDATE ON phone_numbers FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- What Twilio said of the number that was typed in step 5.
CREATE TABLE number_checks (
    user_id    uuid        PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    number     text        NOT NULL,
    problem    text,
    -- The host that takes its calls now.
    used_by    text,
    checked_at timestamptz NOT NULL DEFAULT now()
);

-- What the vendors said when they were last asked whether Ava can answer.
CREATE TABLE readiness (
    user_id    uuid        PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    blockers   text[]      NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT now()
);

-- Only its holder talks to the vendors about one customer. It runs out by itself when its holder dies.
CREATE TABLE vendor_leases (
    user_id    uuid        PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    holder     uuid        NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE calls (
    id              uuid        PRIMARY KEY,
    user_id         uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    -- Absent until Vapi has answered that it places the call.
    vapi_id         text,
    is_test         boolean     NOT NULL DEFAULT false,
    customer_number text,
    status          text        NOT NULL,
    ended_reason    text,
    summary         text,
    started_at      timestamptz,
    ended_at        timestamptz,
    -- When Vapi was last asked what became of it.
    asked_at        timestamptz NOT NULL DEFAULT now(),
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT calls_vapi_id_key UNIQUE (user_id, vapi_id)
);
CREATE INDEX calls_user_id ON calls (user_id, created_at DESC);
CREATE INDEX calls_open ON calls (asked_at) WHERE status <> 'ended' AND vapi_id IS NOT NULL;
CREATE TRIGGER calls_touch BEFORE UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Vapi's events carry no id: the same call, type and status is the same event.
CREATE TABLE call_events (
    user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    vapi_id    text        NOT NULL,
    type       text        NOT NULL,
    status     text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, vapi_id, type, status)
);
