//! A mail to a customer.

use leptos::prelude::*;

use crate::texts::mail::Letter;

/// In the mail itself: nothing is fetched when it is read. Readers that drop it leave plain paragraphs.
const STYLE: &str = "
:root { color-scheme: light dark; }
body { margin: 0; background: #fbf7f0; color: #11343a; }
.letter { max-width: 34em; margin: 0 auto; padding: 24px 16px; font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; overflow-wrap: break-word; word-break: break-word; }
h1 { margin: 0 0 16px; font-size: 20px; line-height: 1.3; }
p { margin: 0 0 16px; }
a { color: #0b5a62; }
.button { display: inline-block; padding: 12px 20px; border-radius: 8px; background: #0b5a62; color: #fff; font-weight: bold; text-decoration: none; }
.address { font-size: 14px; }
@media (prefers-color-scheme: dark) {
body { background: #0f1c1f; color: #eef2ee; }
a { color: #86d6d3; }
.button { background: #86d6d3; color: #05262a; }
}
";

/// A letter as HTML. Language and direction stand on its own element too: many readers drop `html` and `body`.
#[component]
pub fn MailPage<'a>(letter: &'a Letter) -> impl IntoView + use<> {
    let l = letter.locale;
    let [text, before_link] = letter.before_link.clone();
    let (subject, href) = (letter.subject.clone(), letter.href.clone());
    view! {
        <!DOCTYPE html>
        <html lang=l.code() dir=l.dir()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{subject.clone()}</title>
                <style inner_html=STYLE></style>
            </head>
            <body>
                <div class="letter" lang=l.code() dir=l.dir()>
                    <h1>{subject}</h1>
                    <p>{text}</p>
                    <p>{before_link}</p>
                    <p><a class="button" href=href.clone()>{letter.link.clone()}</a></p>
                    <p class="address"><a href=href><bdi dir="ltr">{letter.href.clone()}</bdi></a></p>
                    <p>{letter.after_link.clone()}</p>
                </div>
            </body>
        </html>
    }
}
