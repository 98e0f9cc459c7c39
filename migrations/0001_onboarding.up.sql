-- Accounts, the nine steps, vendor credentials, events and sessions.

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;

CREATE TABLE users (
    id                    uuid        PRIMARY KEY,
    email                 text        NOT NULL,
    hashed_password       text        NOT NULL,
    is_active             boolean     NOT NULL DEFAULT true,
    -- Sessions made in an earlier epoch are void; a new password begins a new one.
    session_epoch         integer     NOT NULL DEFAULT 0,

    full_name             text,
    organization_name     text,
    industry              text,
    timezone              text,
    locale                text        CONSTRAINT users_locale_known CHECK (locale IN ('en', 'fr', 'he')),
    marketing_opt_in      boolean     NOT NULL DEFAULT false,
    accept_terms          boolean     NOT NULL DEFAULT false,
    accept_terms_at       timestamptz,
    accept_terms_version  text,

    persona               text,
    job_to_be_done        text,
    languages             jsonb       NOT NULL DEFAULT '[]',
    tone                  text,
    guidelines            text,

    strategy              text        NOT NULL DEFAULT 'attach',
    number                text,
    business_hours        text,
    fallback_email        text,

    calendar              text,
    workspace_apps        jsonb       NOT NULL DEFAULT '[]',
    crm                   text,

    plan                  text        NOT NULL DEFAULT 'free',
    seats                 integer     NOT NULL DEFAULT 1,

    onboarding_completed    boolean     NOT NULL DEFAULT false,
    onboarding_completed_at timestamptz,
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT users_terms_have_time_and_version CHECK (
        NOT accept_terms OR (accept_terms_at IS NOT NULL AND accept_terms_version IS NOT NULL)
    ),
    CONSTRAINT users_seats_in_range CHECK (seats BETWEEN 1 AND 50)
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE user_onboarding (
    user_id                         uuid        PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    onboarding_profile_skipped      boolean     NOT NULL DEFAULT false,
    onboarding_vapi_skipped         boolean     NOT NULL DEFAULT false,
    onboarding_ava_skipped          boolean     NOT NULL DEFAULT false,
    onboarding_twilio_skipped       boolean     NOT NULL DEFAULT false,
    onboarding_telephony_skipped    boolean     NOT NULL DEFAULT false,
    onboarding_integrations_skipped boolean     NOT NULL DEFAULT false,
    onboarding_assistant_skipped    boolean     NOT NULL DEFAULT false,
    onboarding_plan_skipped         boolean     NOT NULL DEFAULT false,
    onboarding_assistant_created    boolean     NOT NULL DEFAULT false,
    created_at                      timestamptz NOT NULL DEFAULT now(),
    updated_at                      timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER user_onboarding_touch BEFORE UPDATE ON user_onboarding FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- What was typed and is not, or not yet, the value of a column; and who wrote it last.
CREATE TABLE drafts (
    user_id      uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    step         text        NOT NULL,
    fields       jsonb       NOT NULL DEFAULT '{}',
    version      bigint      NOT NULL DEFAULT 1,
    editor       uuid        NOT NULL,
    sequence     bigint      NOT NULL DEFAULT 0,
    submitted_at timestamptz,
    completed_at timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, step)
);
CREATE TRIGGER drafts_touch BEFORE UPDATE ON drafts FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE vapi_credentials (
    user_id                uuid        PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    vapi_api_key_encrypted bytea       NOT NULL,
    vapi_api_key_preview   text        NOT NULL,
    checked_at             timestamptz,
    created_at             timestamptz NOT NULL DEFAULT now(),
    updated_at             timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER vapi_credentials_touch BEFORE UPDATE ON vapi_credentials FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE twilio_credentials (
    user_id              uuid        PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    account_sid          text        NOT NULL,
    auth_token_encrypted bytea       NOT NULL,
    auth_token_preview   text        NOT NULL,
    phone_number         text,
    checked_at           timestamptz,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER twilio_credentials_touch BEFORE UPDATE ON twilio_credentials FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE assistants (
    id            uuid        PRIMARY KEY,
    user_id       uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    vapi_id       text,
    name          text        NOT NULL,
    voice         text        NOT NULL,
    first_message text        NOT NULL,
    instructions  text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT assistants_one_per_user UNIQUE (user_id)
);
CREATE TRIGGER assistants_touch BEFORE UPDATE ON assistants FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE analytics_events (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id      uuid        REFERENCES users ON DELETE CASCADE,
    event        text        NOT NULL,
    properties   jsonb       NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL DEFAULT now(),
    forwarded_at timestamptz
);
CREATE INDEX analytics_events_user_id ON analytics_events (user_id);
CREATE INDEX analytics_events_waiting ON analytics_events (id) WHERE forwarded_at IS NULL;

-- The layout that tower-sessions-sqlx-store expects; `id` is a hash of the cookie's token.
CREATE TABLE sessions (
    id          text        PRIMARY KEY,
    data        bytea       NOT NULL,
    expiry_date timestamptz NOT NULL
);
CREATE INDEX sessions_expiry_date ON sessions (expiry_date);

-- Attempts that are limited: log-ins, sign-ups, resets. `subject` is a keyed hash, never an address.
CREATE TABLE attempts (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text        NOT NULL,
    subject    bytea       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attempts_subject ON attempts (kind, subject, created_at);
CREATE INDEX attempts_created_at ON attempts (created_at);

CREATE TABLE password_resets (
    token_hash bytea       PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT password_resets_one_per_user UNIQUE (user_id)
);
