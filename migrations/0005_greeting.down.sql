ALTER TABLE assistants DROP COLUMN follows_organization;
