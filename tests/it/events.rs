//! What is logged on a test's own thread while it listens.
//!
//! One subscriber serves all threads: tracing-core 0.1.36 may switch a place off for a thread that has a
//! subscriber of its own when a thread without one comes there first.

use std::cell::RefCell;
use std::fmt::{Debug, Write};
use std::sync::Once;

use tracing::field::Field;
use tracing::span::{Attributes, Id};
use tracing::subscriber::Interest;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

pub struct Event {
    pub target: &'static str,
    pub level: Level,
    /// The values of its fields, one after the other.
    pub text: String,
    /// The same of the request that it belongs to.
    pub request: String,
}

thread_local! {
    /// `None` while nobody listens.
    static HEARD: RefCell<Option<Vec<Event>>> = const { RefCell::new(None) };
}

struct ByThread;

/// The values of a span's fields.
struct Values(String);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for ByThread {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>, _: Context<'_, S>) -> bool {
        HEARD.with_borrow(Option::is_some)
    }

    fn on_new_span(&self, span: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut text = String::new();
        span.record(&mut |_: &Field, value: &dyn Debug| {
            write!(text, "{value:?} ").expect("a string takes everything");
        });
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Values(text));
        }
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let spans = context.event_scope(event).into_iter().flatten();
        let request: String = spans
            .filter_map(|span| Some(span.extensions().get::<Values>()?.0.clone()))
            .collect();
        let mut text = String::new();
        event.record(&mut |_: &Field, value: &dyn Debug| {
            write!(text, "{value:?} ").expect("a string takes everything");
        });
        HEARD.with_borrow_mut(|heard| {
            if let Some(heard) = heard {
                heard.push(Event {
                    target: event.metadata().target(),
                    level: *event.metadata().level(),
                    text,
                    request,
                });
            }
        });
    }
}

/// Before anything of the server runs.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(ByThread))
            .expect("the only subscriber for all threads");
        tracing::callsite::rebuild_interest_cache();
    });
}

/// What was logged since the last call; from the first one on, this thread listens.
pub fn take() -> Vec<Event> {
    HEARD.with_borrow_mut(|heard| heard.replace(Vec::new()).unwrap_or_default())
}
