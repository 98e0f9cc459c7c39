ALTER TABLE sessions
    ALTER COLUMN data DROP DEFAULT,
    DROP COLUMN user_agent,
    DROP COLUMN ip,
    DROP COLUMN last_used_at;
DROP TABLE limits;
