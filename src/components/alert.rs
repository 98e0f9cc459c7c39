//! What is said at the top of a page.

use leptos::prelude::*;

/// What has to be dealt with first. `id` is its heading's.
#[component]
pub fn Alert<C: IntoView + 'static>(
    id: &'static str,
    title: String,
    /// A submit has just brought the customer here.
    #[prop(default = true)]
    focus: bool,
    children: TypedChildren<C>,
) -> impl IntoView {
    view! {
        <div class="summary" role="alert" tabindex="-1" autofocus=focus aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {children.into_inner()()}
        </div>
    }
}

/// What was done.
#[component]
pub fn StatusLine(text: String) -> impl IntoView {
    view! { <p class="notice" role="status">{text}</p> }
}
