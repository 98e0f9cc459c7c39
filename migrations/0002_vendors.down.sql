DROP TABLE call_events, calls, vendor_leases, readiness, number_checks, phone_numbers, pending_credentials;
DROP INDEX assistants_vapi_id_key;
ALTER TABLE assistants DROP COLUMN webhook_secret_encrypted, DROP COLUMN sent_hash, DROP COLUMN problem,
    DROP COLUMN follows_persona;
ALTER TABLE twilio_credentials DROP COLUMN problem;
ALTER TABLE vapi_credentials DROP COLUMN problem;
