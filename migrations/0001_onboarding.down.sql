DROP TABLE password_resets, attempts, sessions, analytics_events, assistants, twilio_credentials,
    vapi_credentials, drafts, user_onboarding, users;
DROP FUNCTION touch_updated_at();
