CREATE UNIQUE INDEX users_email_key ON users (lower(email));
DROP INDEX users_email_without_canonical;
ALTER TABLE users DROP COLUMN email_canonical;
