DROP INDEX phone_numbers_shared_number_key;
ALTER TABLE phone_numbers DROP COLUMN is_shared;

-- What stands for a shared key means nothing without it.
DELETE FROM twilio_credentials WHERE auth_token_encrypted IS NULL;
DELETE FROM vapi_credentials WHERE vapi_api_key_encrypted IS NULL;
ALTER TABLE twilio_credentials
    DROP CONSTRAINT twilio_credentials_whole_or_shared,
    ALTER COLUMN auth_token_encrypted SET NOT NULL,
    ALTER COLUMN account_sid SET NOT NULL;
ALTER TABLE vapi_credentials ALTER COLUMN vapi_api_key_encrypted SET NOT NULL;
