ALTER TABLE password_resets DROP COLUMN requested_at;
DROP TABLE outbox;
