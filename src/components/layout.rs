//! The layout of every page: head, header, footer.

use std::sync::{Arc, OnceLock};

use leptos::config::LeptosOptions;
use leptos::either::Either;
use leptos::hydration::{AutoReload, HydrationScripts};
use leptos::nonce::Nonce;
use leptos::prelude::*;
use leptos::tachys::html::InertElement;
use url::Url;
use uuid::Uuid;

use super::form::CsrfField;
use crate::domain::{Locale, Step};
use crate::functions::address;
use crate::texts::t;

/// What every page needs to know of the request it answers.
#[derive(Clone)]
pub struct Frame {
    pub locale: Locale,
    /// The page's own part of the title; the product's name follows it.
    pub title: String,
    /// Path and query after the language, to show the same page in another one; without what it does not understand.
    pub path: String,
    pub public_url: Url,
    pub csrf_token: String,
    /// Who is logged in.
    pub account: Option<Uuid>,
    /// The vendors are a sandbox, and the page says so.
    pub is_sandbox: bool,
    /// Whether search engines may keep it; then it names its other languages.
    pub is_public: bool,
    pub nonce: Nonce,
    pub leptos: Arc<LeptosOptions>,
}

impl Frame {
    /// The address of a page in this page's language.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        format!("/{}{path}", self.locale.code())
    }

    /// The address of a step.
    #[must_use]
    pub fn step_href(&self, step: Step) -> String {
        self.href(&address::step(step))
    }

    fn address(&self, locale: Locale) -> String {
        format!("/{}{}", locale.code(), self.path)
    }

    /// The page's address for search engines, which need no query.
    fn canonical(&self, locale: Locale) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let path = format!("/{}{path}", locale.code());
        self.public_url.join(&path).map_or(path, String::from)
    }
}

/// A whole page around the content of `main`.
#[component]
pub fn Layout<C: IntoView + 'static>(
    frame: Arc<Frame>,
    children: TypedChildren<C>,
) -> impl IntoView {
    let children = children.into_inner();
    let l = frame.locale;
    let title = format!("{} - {}", frame.title, t!(l, common.product));
    view! {
        <!DOCTYPE html>
        <html lang=l.code() dir=l.dir()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{title}</title>
                <link rel="stylesheet" href=stylesheet(&frame.leptos)/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <LanguageLinks frame=&frame/>
                <Scripts frame=&frame/>
            </head>
            <body>
                <a class="skip-link" href="#main">{t!(l, common.skip_link)}</a>
                <Header frame=&frame/>
                <main id="main" tabindex="-1">{children()}</main>
                <Footer frame=&frame/>
            </body>
        </html>
    }
}

#[component]
fn Header<'a>(frame: &'a Frame) -> impl IntoView + use<> {
    let l = frame.locale;
    let sandbox = frame
        .is_sandbox
        .then(|| view! { <p class="sandbox">{t!(l, common.sandbox)}</p> });
    let account = if frame.account.is_some() {
        Either::Left(view! {
            <a href=frame.href(address::SETTINGS)>{t!(l, common.settings)}</a>
            <form method="post" action=frame.href(address::LOG_OUT)>
                <CsrfField frame=&frame/>
                <button class="link">{t!(l, common.log_out)}</button>
            </form>
        })
    } else {
        Either::Right(view! {
            <a href=frame.href(address::LOG_IN)>{t!(l, common.log_in)}</a>
            <a href=frame.href(address::SIGN_UP)>{t!(l, common.sign_up)}</a>
        })
    };
    view! {
        <header class="site-header">
            {sandbox}
            <div class="bar">
                <a class="logo" href=frame.href("")>
                    <svg class="logo-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                        <circle cx="16" cy="16" r="16"/>
                        <path d="M7 16h2m4-5v10m5-13v16m5-11v6"/>
                    </svg>
                    {t!(l, common.product)}
                </a>
                <nav class="account-nav" aria-label=t!(l, common.main_nav)>{account}</nav>
            </div>
        </header>
    }
}

#[component]
fn Footer<'a>(frame: &'a Frame) -> impl IntoView + use<> {
    let l = frame.locale;
    let languages = Locale::ALL.map(|locale| {
        let current = (locale == l).then_some("true");
        view! {
            <li>
                <a href=frame.address(locale) hreflang=locale.code() lang=locale.code() aria-current=current>
                    {locale.own_name()}
                </a>
            </li>
        }
    });
    view! {
        <footer class="site-footer">
            <div class="bar">
                <p>{t!(l, common.footer)}</p>
                <ul class="links">
                    <li><a href=frame.href("/help")>{t!(l, common.help)}</a></li>
                    <li><a href=frame.href("/terms")>{t!(l, common.terms)}</a></li>
                </ul>
                <ul class="links languages" aria-label=t!(l, common.language_nav)>{languages}</ul>
            </div>
        </footer>
    }
}

/// What search engines are told: the same page in each language, or to keep nothing.
#[component]
fn LanguageLinks<'a>(frame: &'a Frame) -> impl IntoView + use<> {
    if !frame.is_public {
        return Either::Left(view! { <meta name="robots" content="noindex"/> });
    }
    let alternates = Locale::ALL.map(|locale| {
        view! { <link rel="alternate" hreflang=locale.code() href=frame.canonical(locale)/> }
    });
    Either::Right(view! {
        <link rel="canonical" href=frame.canonical(frame.locale)/>
        {alternates}
        <link rel="alternate" hreflang="x-default" href=frame.public_url.to_string()/>
    })
}

/// The tags that start the browser's code. They differ between two pages in nothing but the nonce, and the
/// framework would read the names of its files from disk for each.
#[component]
fn Scripts<'a>(frame: &'a Frame) -> impl IntoView + use<> {
    static TAGS: OnceLock<(String, String)> = OnceLock::new();
    let (nonce, tags) = TAGS.get_or_init(|| {
        let options = || frame.leptos.as_ref().clone();
        let tags = view! {
            <AutoReload options=options()/>
            <HydrationScripts options=options() islands=true/>
        };
        (frame.nonce.to_string(), tags.to_html())
    });
    InertElement::new(tags.replace(nonce, &frame.nonce))
}

/// The address of the style sheet: its name carries the hash of its content.
fn stylesheet(options: &LeptosOptions) -> &'static str {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    ADDRESS.get_or_init(|| {
        let name = &options.output_name;
        let hash = options.hash_files.then(|| {
            let program = std::env::current_exe().ok()?;
            let hashes =
                std::fs::read_to_string(program.with_file_name(options.hash_file.as_ref())).ok()?;
            let line = hashes.lines().find_map(|line| line.strip_prefix("css:"))?;
            Some(format!(".{}", line.trim()))
        });
        let hash = hash.flatten().unwrap_or_default();
        format!("/{}/{name}{hash}.css", options.site_pkg_dir)
    })
}

/// Shows a key, a number or an address left to right, whatever is around it.
#[component]
pub fn Ltr(text: String) -> impl IntoView {
    view! { <bdi dir="ltr">{text}</bdi> }
}

/// A number or a name inside a sentence: kept left to right by invisible marks.
#[must_use]
pub fn isolated(text: &str) -> String {
    format!("\u{2066}{text}\u{2069}")
}
