-- A proposed greeting follows the name of the business, as proposed instructions follow the persona.
ALTER TABLE assistants ADD COLUMN follows_organization boolean NOT NULL DEFAULT false;
