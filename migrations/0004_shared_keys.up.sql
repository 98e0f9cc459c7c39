-- Customers may use the operator's keys. Those are never copied: a row without a secret stands for them.

ALTER TABLE vapi_credentials ALTER COLUMN vapi_api_key_encrypted DROP NOT NULL;
ALTER TABLE twilio_credentials
    ALTER COLUMN account_sid DROP NOT NULL,
    ALTER COLUMN auth_token_encrypted DROP NOT NULL,
    ADD CONSTRAINT twilio_credentials_whole_or_shared
        CHECK ((account_sid IS NULL) = (auth_token_encrypted IS NULL));

-- Many customers choose from the numbers of the shared account; each number answers for one of them.
ALTER TABLE phone_numbers ADD COLUMN is_shared boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX phone_numbers_shared_number_key ON phone_numbers (number) WHERE is_shared;
