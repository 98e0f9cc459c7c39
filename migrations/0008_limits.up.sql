-- How much somebody has used of what is limited. `subject` is a keyed hash or an account's id, never an address.
-- The table `attempts` is what the version before counts with.
CREATE TABLE limits (
    kind    text             NOT NULL,
    subject bytea            NOT NULL,
    -- As of `last_at`; it falls with time.
    level   double precision NOT NULL,
    last_at timestamptz      NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX limits_last_at ON limits (last_at);

-- The session's row says all there is to say of it. `data` is what the version before reads: an empty map.
ALTER TABLE sessions
    ALTER COLUMN data SET DEFAULT '\x80',
    ADD COLUMN user_agent text,
    ADD COLUMN ip text,
    ADD COLUMN last_used_at timestamptz;
