ALTER TABLE sessions DROP COLUMN user_id, DROP COLUMN session_epoch, DROP COLUMN logged_in_at;
