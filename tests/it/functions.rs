//! Every server function, once by the plain form of its page and once at its own address, as code in Rust
//! calls it: both leave the same rows behind. And what is no form of ours, at a function's own address.

use std::collections::BTreeSet;
use std::time::Duration;

use ava::functions::{
    account, assistant, ava as ava_step, credentials, done, integrations, plan, profile, settings,
    studio, telephony, twilio, vapi,
};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use leptos::server_fn::ServerFn;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::common::{Answer, Browser, PASSWORD, TestApp, form_of};
use crate::mail;

type Fields = &'static [(&'static str, &'static str)];

struct Case {
    function: &'static str,
    /// The page whose form asks for it, and what has to be sent to which page before.
    page: &'static str,
    before: &'static [(&'static str, Fields)],
    /// What both ways send, and what only one of them says: a button, or an argument that the page knows.
    fields: Fields,
    by_form: Fields,
    by_call: Fields,
}

const EMAIL: &str = "dana@example.com";
const KEY: (&str, Fields) = (
    "/en/onboarding/vapi",
    &[("vapi_api_key", "0123456789abcdef")],
);
const ACCOUNT: (&str, Fields) = (
    "/en/onboarding/twilio",
    &[
        ("account_sid", "AC0123456789abcdef0123456789abcdef"),
        ("auth_token", "0123456789abcdef0123456789abcdef"),
    ],
);
const ABOUT: (&str, Fields) = (
    "/en/onboarding/profile",
    &[
        ("full_name", "Dana Levi"),
        ("organization_name", "Levi Flowers"),
        ("timezone", "Asia/Jerusalem"),
        ("locale", "en"),
        ("accept_terms", "true"),
        ("marketing_opt_in", "true"),
    ],
);
const PERSONA: (&str, Fields) = (
    "/en/onboarding/ava",
    &[
        ("persona", "secretary"),
        ("job_to_be_done", "Take orders"),
        ("languages[]", "en"),
        ("languages[]", "he"),
        ("tone", "warm"),
        ("guidelines", "Be brief"),
    ],
);
const NUMBER: (&str, Fields) = (
    "/en/onboarding/telephony",
    &[
        ("number", "+14155550100"),
        ("business_hours", "Mon-Fri 9-17"),
        ("fallback_email", "desk@example.com"),
    ],
);
const WORDS: (&str, Fields) = (
    "/en/onboarding/assistant",
    &[
        ("name", "Ava"),
        ("voice", "en-US-JennyNeural"),
        ("first_message", "Hello"),
        ("instructions", "Be kind"),
    ],
);
const READY: &[(&str, Fields)] = &[ABOUT, KEY, PERSONA, ACCOUNT, NUMBER, WORDS];
const LIVE: &[(&str, Fields)] = &[
    ABOUT,
    KEY,
    PERSONA,
    ACCOUNT,
    NUMBER,
    WORDS,
    ("/en/onboarding/done", &[("intent", "launch")]),
];

/// A function whose form and call send the same.
const fn step<F: ServerFn>((page, fields): (&'static str, Fields)) -> Case {
    Case {
        function: F::PATH,
        page,
        before: &[],
        fields,
        by_form: &[("intent", "continue")],
        by_call: &[("form[intent]", "continue")],
    }
}

/// A function whose button says what a call says by its address.
const fn button<F: ServerFn>(
    page: &'static str,
    before: &'static [(&'static str, Fields)],
    by_form: Fields,
    by_call: Fields,
) -> Case {
    Case {
        function: F::PATH,
        page,
        before,
        fields: &[],
        by_form,
        by_call,
    }
}

const REVIEW: &str = "/en/onboarding/done";
const STUDIO: &str = "/en/ava-studio";
const SECURITY: &str = "/en/settings?section=security";
const API: &str = "/en/settings?section=api";
const VENDOR: Fields = &[("vendor", "vapi")];
const TERMS: Fields = &[("accept_terms", "true")];
const NEW: &str = "other plain words here";

fn cases() -> Vec<Case> {
    vec![
        step::<profile::SaveProfile>(ABOUT),
        step::<vapi::SaveVapiKey>(KEY),
        step::<ava_step::SaveAva>(PERSONA),
        step::<twilio::SaveTwilio>(ACCOUNT),
        step::<telephony::SaveTelephony>(NUMBER),
        step::<integrations::SaveIntegrations>((
            "/en/onboarding/integrations",
            &[
                ("calendar", "google"),
                ("workspace_apps[]", "slack"),
                ("crm", "none"),
            ],
        )),
        step::<assistant::SaveAssistant>(WORDS),
        step::<plan::SavePlan>((
            "/en/onboarding/plan",
            &[("plan", "business"), ("seats", "20")],
        )),
        button::<telephony::TakeNumber>(
            NUMBER.0,
            &[ACCOUNT],
            &[
                ("intent", "number:+14155550100"),
                ("number", "typed before"),
                ("business_hours", "24/7"),
            ],
            &[("number", "+14155550100"), ("business_hours", "24/7")],
        ),
        button::<credentials::RemoveCredentials>(KEY.0, &[KEY], &[("intent", "remove")], VENDOR),
        button::<credentials::Recheck>(KEY.0, &[KEY], &[("intent", "recheck")], VENDOR),
        Case {
            fields: TERMS,
            ..button::<done::Finish>(REVIEW, &[], &[("intent", "continue")], &[])
        },
        Case {
            fields: TERMS,
            ..button::<done::LeaveReview>(REVIEW, &[], &[("intent", "later")], &[])
        },
        button::<done::Launch>(REVIEW, READY, &[("intent", "launch")], &[]),
        button::<studio::Check>(STUDIO, LIVE, &[("intent", "check")], &[]),
        button::<studio::UnlinkNumber>(STUDIO, LIVE, &[("intent", "unlink")], &[]),
        Case {
            fields: &[("customer_number", "+97237654321")],
            ..button::<studio::PlaceTestCall>(STUDIO, LIVE, &[("intent", "call")], &[])
        },
        Case {
            fields: &[("current_password", PASSWORD), ("password", NEW)],
            ..button::<settings::ChangePassword>(SECURITY, &[], &[], &[])
        },
        Case {
            fields: &[("delete_password", PASSWORD), ("give_back", "true")],
            ..button::<settings::DeleteAccount>(SECURITY, &[], &[("intent", "delete")], &[])
        },
        Case {
            fields: &[("token_name", "CRM"), ("token_days", "90")],
            ..button::<settings::CreateToken>(API, &[], &[("intent", "create_token")], &[])
        },
        button::<settings::RevokeToken>(
            API,
            &[(API, &[("token_name", "CRM"), ("token_days", "90")])],
            &[("intent", "revoke:{token}")],
            &[("id", "{token}")],
        ),
        button::<settings::EndSession>(
            SECURITY,
            &[],
            &[("intent", "end:other")],
            &[("id", "other")],
        ),
        button::<settings::EndOtherSessions>(SECURITY, &[], &[("intent", "end_others")], &[]),
        Case {
            fields: &[("current_password", PASSWORD)],
            ..button::<account::ConfirmPassword>("/en/confirm", &[], &[], &[])
        },
        button::<account::LogOut>("/en/logout", &[], &[], &[]),
        Case {
            fields: &[("email", "new@example.com"), ("password", PASSWORD)],
            ..button::<account::SignUp>("/en/signup", &[OUT], &[], &[])
        },
        Case {
            fields: &[("email", EMAIL), ("password", PASSWORD)],
            ..button::<account::LogIn>("/en/login", &[OUT], &[], &[])
        },
        Case {
            fields: &[("email", EMAIL)],
            ..button::<account::RequestPasswordReset>("/en/forgot-password", &[OUT], &[], &[])
        },
        Case {
            fields: &[("token", "{reset}"), ("password", NEW)],
            ..button::<account::ResetPassword>(
                "/en/reset-password?token={reset}",
                &[OUT, ("/en/forgot-password", &[("email", EMAIL)])],
                &[],
                &[],
            )
        },
    ]
}

const OUT: (&str, Fields) = ("/en/logout", &[]);

/// A customer's browser at the point from which a case begins.
struct Stage {
    app: TestApp,
    browser: Browser,
    /// What stands for `{token}` and `{reset}`.
    token: String,
    reset: String,
}

impl Stage {
    async fn set(case: &Case) -> Self {
        let app = TestApp::start().await;
        let mut browser = app.browser();
        let answer = browser.sign_up("en", EMAIL).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        for (page, fields) in case.before {
            let opened = browser.get(from(page)).await;
            let answer = browser.submit_from(&opened, page, fields).await;
            assert!(
                answer.status.as_u16() < 400,
                "{}: {page}: {}",
                case.function,
                answer.body
            );
        }
        sqlx::query(
            "INSERT INTO sessions (id, user_id, session_epoch, logged_in_at, expiry_date)
             SELECT 'other', id, session_epoch, now(), now() + interval '1 day' FROM users",
        )
        .execute(&app.pool)
        .await
        .expect("another device");
        let token = sqlx::query_scalar("SELECT id::text FROM api_tokens LIMIT 1")
            .fetch_optional(&app.pool)
            .await
            .expect("a table")
            .unwrap_or_default();
        let reset = if case.page.contains("{reset}") {
            mailed_token(&app).await
        } else {
            String::new()
        };
        Self {
            app,
            browser,
            token,
            reset,
        }
    }

    fn fill(&self, fields: &[Fields]) -> Vec<(String, String)> {
        let fill = |value: &str| {
            value
                .replace("{token}", &self.token)
                .replace("{reset}", &self.reset)
        };
        fields
            .concat()
            .iter()
            .map(|(name, value)| ((*name).to_owned(), fill(value)))
            .collect()
    }

    async fn send(&mut self, page: &str, path: &str, fields: &[Fields], accept: &str) -> Answer {
        let fill = |address: &str| address.replace("{reset}", &self.reset);
        let (page, path) = (fill(page), fill(path));
        let mut opened = self.browser.get(from(&page)).await;
        if opened.status == StatusCode::SEE_OTHER {
            opened = self.browser.get(opened.location()).await;
        }
        let fields = self.fill(fields);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let body = form_of(&opened, &fields);
        self.browser
            .post_raw(&path, body, &[("accept", accept)])
            .await
    }

    /// All that is stored and does not differ between two runs.
    async fn rows(&self) -> Value {
        sqlx::query_scalar(
            "SELECT jsonb_build_object(
                'users', (SELECT jsonb_agg(to_jsonb(u) - '{id,hashed_password,created_at,updated_at,
                    accept_terms_at,onboarding_completed_at}'::text[] ORDER BY u.email) FROM users u),
                'skips', (SELECT jsonb_agg(to_jsonb(o) - '{user_id,created_at,updated_at}'::text[])
                    FROM user_onboarding o),
                'drafts', (SELECT jsonb_agg(to_jsonb(d) - '{user_id,editor,submitted_at,completed_at,created_at,
                    updated_at}'::text[] || jsonb_build_object('submitted', d.submitted_at IS NOT NULL)
                    ORDER BY d.step) FROM drafts d),
                'vapi', (SELECT jsonb_agg(jsonb_build_array(v.vapi_api_key_preview, v.problem,
                    v.checked_at IS NOT NULL)) FROM vapi_credentials v),
                'twilio', (SELECT jsonb_agg(jsonb_build_array(t.account_sid, t.auth_token_preview,
                    t.phone_number, t.checked_at IS NOT NULL)) FROM twilio_credentials t),
                'assistants', (SELECT jsonb_agg(jsonb_build_array(a.name, a.voice, a.first_message,
                    a.instructions, a.vapi_id IS NOT NULL)) FROM assistants a),
                'numbers', (SELECT jsonb_agg(jsonb_build_array(p.number, p.linked_at IS NOT NULL))
                    FROM phone_numbers p),
                'readiness', (SELECT jsonb_agg(r.blockers) FROM readiness r),
                'calls', (SELECT jsonb_agg(c.customer_number) FROM calls c),
                'tokens', (SELECT jsonb_agg(k.name) FROM api_tokens k),
                'resets', (SELECT count(*) FROM password_resets),
                'mail', (SELECT jsonb_agg(m.kind) FROM outbox m),
                'sessions', (SELECT count(*) FROM sessions),
                'events', (SELECT jsonb_agg(jsonb_build_array(e.event, e.properties - 'duration_seconds')
                    ORDER BY e.id) FROM analytics_events e))",
        )
        .fetch_one(&self.app.pool)
        .await
        .expect("rows")
    }
}

/// Where the form is found that is sent to this address.
fn from(address: &str) -> &str {
    match address {
        "/en/logout" => "/en/onboarding/profile",
        page => page,
    }
}

async fn mailed_token(app: &TestApp) -> String {
    let link = mail::sent(app).await.pop().expect("a mail").link(app);
    let (_, token) = link.split_once("token=").expect("a token");
    token.to_owned()
}

async fn leaves_the_same_rows(case: Case) {
    let name = case.function;
    let mut form = Stage::set(&case).await;
    let answer = form
        .send(
            case.page,
            case.page,
            &[case.fields, case.by_form],
            "text/html",
        )
        .await;
    assert!(answer.status.as_u16() < 400, "{name}: {}", answer.body);
    let mut call = Stage::set(&case).await;
    let answer = call
        .send(
            case.page,
            name,
            &[case.fields, case.by_call],
            "application/json",
        )
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body);
    assert!(
        serde_json::from_str::<Value>(&answer.body).is_ok(),
        "{name}: {}",
        answer.body
    );
    assert_eq!(form.rows().await, call.rows().await, "{name}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn form_and_call_are_one() {
    let mut open = cases().into_iter();
    let mut running = JoinSet::new();
    for case in open.by_ref().take(4) {
        running.spawn(leaves_the_same_rows(case));
    }
    while let Some(done) = running.join_next().await {
        if let Err(error) = done {
            std::panic::resume_unwind(error.into_panic());
        }
        if let Some(case) = open.next() {
            running.spawn(leaves_the_same_rows(case));
        }
    }
}

#[test]
fn no_function_is_without_its_case() {
    let tried: BTreeSet<&str> = cases().iter().map(|case| case.function).collect();
    let known: BTreeSet<&str> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, _)| path)
        .collect();
    assert_eq!(tried, known);
}

#[tokio::test]
async fn a_function_refuses_what_is_no_form_of_ours_in_the_language_of_the_page() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let page = browser.get("/fr/onboarding/ava").await;
    let function = <ava_step::SaveAva as ServerFn>::PATH;
    let token = format!("csrf_token={}", page.hidden("csrf_token"));
    let many = format!("{token}{}", "&tone=warm".repeat(1_000));
    let big = format!("{token}&guidelines={}", "x".repeat(64 * 1024));
    let html = ("accept", "text/html");
    let plain = ("content-type", "text/plain");
    for (body, headers, status, words) in [
        ("tone=warm".to_owned(), vec![html], 403, "trop longtemps"),
        (token.clone(), vec![html, plain], 422, "formulaire"),
        (many, vec![html], 422, "formulaire"),
        (big, vec![html], 413, "trop"),
        (format!("{token}&tone=%ZZ%FF"), vec![html], 303, ""),
        (format!("{token}&version=x"), vec![html], 422, "formulaire"),
    ] {
        let answer = browser.post_raw(function, body, &headers).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        let is_page = answer.body.contains("<html lang=\"fr\"") || status == 303;
        assert!(is_page && answer.body.contains(words), "{}", answer.body);
    }
    let answer = browser
        .post_raw(function, "tone=warm", &[("accept", "application/json")])
        .await;
    assert_eq!(answer.body, r#""form_expired""#);
}

#[tokio::test]
async fn a_function_is_no_page() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let function = <plan::SavePlan as ServerFn>::PATH;
    let answer = browser.get(function).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.body.contains("<html lang=\"en\""), "{}", answer.body);
    let request = Request::builder()
        .method("POST")
        .uri("/fn/no_such_function")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::empty())
        .expect("a request");
    assert_eq!(browser.send(request).await.status, StatusCode::NOT_FOUND);
}

/// A vendor may be slower than the customer is patient.
#[tokio::test]
async fn what_has_begun_runs_to_its_end_though_the_browser_goes_away() {
    let app = TestApp::start_with(&[("VENDOR_TIMEOUT_MS", "20000")]).await;
    let mut browser = app.customer().await;
    let page = browser.get("/en/onboarding/vapi").await;
    // The sandbox answers after ten seconds.
    let body = form_of(&page, &[("vapi_api_key", "slow-0123456789abcdef")]);
    let sent = browser.post_raw("/en/onboarding/vapi", body, &[]);
    let gone = tokio::time::timeout(Duration::from_secs(1), sent).await;
    assert!(gone.is_err(), "the vendor is slow");
    for _ in 0..200 {
        let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM vapi_credentials")
            .fetch_one(&app.pool)
            .await
            .expect("a count");
        if stored == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the key is lost");
}
