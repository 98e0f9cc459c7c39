-- Whose a session is: a page reads it and its customer in one statement.
ALTER TABLE sessions
    ADD COLUMN user_id uuid REFERENCES users ON DELETE CASCADE,
    ADD COLUMN session_epoch integer,
    ADD COLUMN logged_in_at timestamptz;
CREATE INDEX sessions_user_id ON sessions (user_id);
