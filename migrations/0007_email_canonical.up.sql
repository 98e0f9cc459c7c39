-- The one form in which addresses are compared, byte for byte. The program makes it, which knows letters alike on
-- every locale; absent until it has seen a row, and where another account has the same.
ALTER TABLE users ADD COLUMN email_canonical text COLLATE "C";
CREATE UNIQUE INDEX users_email_canonical_key ON users (email_canonical);
CREATE INDEX users_email_without_canonical ON users (email COLLATE "C") WHERE email_canonical IS NULL;
DROP INDEX users_email_key;
