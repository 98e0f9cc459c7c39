ALTER TABLE assistants DROP COLUMN metadata;
DROP TABLE idempotency_keys;
DROP TABLE api_tokens;
