//! The table of results.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use super::load::{CONNECTIONS, ROUND, ROUNDS, Side};
use super::program::Alone;
use super::vendor::Events;

pub struct Measured {
    pub alone: Alone,
    /// The program's, the bare handler's, and the other build's.
    pub pages: Vec<Side>,
    /// The program's and the other build's; none without another build.
    pub autosaves: Vec<Side>,
    /// Pages/s beside a silent vendor, of the usual ones.
    pub silence: f64,
    pub events: Events,
    /// As `pages`.
    pub changes: Vec<Side>,
    /// wasm with js, and css.
    pub assets: (u64, u64),
    pub html: usize,
    pub their_html: Option<usize>,
}

/// The rows so far.
struct Rows(String);

impl Rows {
    fn add(&mut self, what: &str, measured: &str, bound: &str, holds: bool) {
        let holds = if holds { "yes" } else { "**no**" };
        let _ = writeln!(self.0, "| {what} | {measured} | {bound} | {holds} |");
    }

    /// The requests/s of one side beside another's.
    fn compare(&mut self, what: &str, one: &Side, other: &Side, bound: f64) {
        let ratio = one.beside(other);
        let measured = format!(
            "{:.2}, mostly {:.2} to {:.2} ({:.0} / {:.0})",
            ratio.median,
            ratio.low,
            ratio.high,
            one.all().rate(),
            other.all().rate()
        );
        self.add(
            what,
            &measured,
            &format!("≥ {bound:.2}"),
            ratio.median >= bound,
        );
    }
}

fn kb(bytes: f64) -> String {
    format!("{:.1} KB", bytes / 1_000.0)
}

impl Measured {
    pub fn table(&self) -> String {
        let mut rows = Rows(String::new());
        self.add_pages(&mut rows);
        self.add_changes(&mut rows);
        self.add_sizes(&mut rows);
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu
            .lines()
            .find_map(|line| line.strip_prefix("model name"))
            .map_or("unknown processor", |rest| {
                rest.trim_start_matches([' ', '\t', ':'])
            });
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let other = if self.their_html.is_some() {
            "The other build is the one that `AGAINST` named."
        } else {
            "`AGAINST` named no other build to compare with."
        };
        format!(
            "# Benchmarks\n\n\
             Taken by `make bench` on {model}, {cores} cores. The program, the bare handlers and the other build were\n\
             loaded over HTTP in turns, on one PostgreSQL with a database for each: {CONNECTIONS} connections,\n\
             {ROUNDS} rounds of {} s. A ratio of requests/s is the median of the rounds' ratios; the middle half of them lies\n\
             in the range beside it. The bare handlers ask the database what the program asks and send as much; their\n\
             pools are as sqlx makes them. {other}\n\n\
             | What | Measured | Bound | Holds |\n|---|---|---|---|\n{}",
            ROUND.as_secs_f64(),
            rows.0
        )
    }

    fn add_pages(&self, rows: &mut Rows) {
        let (page, bare) = (&self.pages[0], &self.pages[1]);
        if let Some(theirs) = self.pages.get(2) {
            rows.compare(
                "step page, requests/s beside the other build",
                page,
                theirs,
                1.4,
            );
        }
        rows.compare(
            "step page, requests/s beside the bare handler",
            page,
            bare,
            0.5,
        );
        let all = page.all();
        let (p50, p99) = (all.percentile(50), all.percentile(99));
        rows.add(
            &format!("step page, p99 / p50 at {CONNECTIONS} connections"),
            &format!("{:.1} ({p99:.1} / {p50:.1} ms)", p99 / p50),
            "< 5",
            p99 / p50 < 5.0,
        );
        rows.add(
            &format!("step page beside {CONNECTIONS} requests to a silent vendor, of its usual requests/s"),
            &format!("{:.2}", self.silence),
            "≥ 0.80",
            self.silence >= 0.8,
        );
    }

    fn add_changes(&self, rows: &mut Rows) {
        if let [ours, theirs] = &self.autosaves[..] {
            rows.compare(
                "autosave of step 3, requests/s beside the other build",
                ours,
                theirs,
                2.0,
            );
        }
        let what = "`PATCH /api/v1/user/profile` with its event";
        let (change, bare) = (&self.changes[0], &self.changes[1]);
        if let Some(theirs) = self.changes.get(2) {
            rows.compare(
                &format!("{what}, requests/s beside the other build"),
                change,
                theirs,
                1.5,
            );
        }
        rows.compare(
            &format!("{what}, requests/s beside a handler of the same two statements"),
            change,
            bare,
            0.6,
        );
        rows.add(
            "… p99, and that of the bare handler",
            &format!(
                "{:.1} / {:.1} ms",
                change.all().percentile(99),
                bare.all().percentile(99)
            ),
            "–",
            true,
        );
        let events = &self.events;
        rows.add(
            "events of Vapi taken per second, with doubles and wrong secrets",
            &format!(
                "{:.0}, {} of {} stored",
                events.rate, events.stored, events.expected
            ),
            "≥ 200, all once",
            events.rate >= 200.0 && events.stored == events.expected,
        );
    }

    fn add_sizes(&self, rows: &mut Rows) {
        let alone = &self.alone;
        rows.add(
            "errors and panics in the log",
            &format!("{} over {} requests", alone.complaints, alone.requests),
            "0 over 100,000",
            alone.complaints == 0 && alone.requests >= 100_000,
        );
        let resident = alone.resident as f64 / 1_024.0;
        rows.add(
            "resident memory after that",
            &format!("{resident:.0} MB"),
            "≤ 40 MB",
            resident <= 40.0,
        );
        rows.add(
            "start to first answer, existing database",
            &format!("{:.2} s", alone.start.as_secs_f64()),
            "≤ 0.5 s",
            alone.start <= Duration::from_millis(500),
        );
        let (code, css) = self.assets;
        rows.add(
            "wasm + js, brotli",
            &kb(code as f64),
            "≤ 84 KB",
            code <= 84_000,
        );
        rows.add("css, brotli", &kb(css as f64), "≤ 12 KB", css <= 12_000);
        let html = kb(self.html as f64);
        rows.add(
            "html of a step, brotli",
            &html,
            "≤ 12 KB",
            self.html <= 12_000,
        );
        if let Some(theirs) = self.their_html {
            let theirs_shown = kb(theirs as f64);
            // Ids and tokens make some bytes of difference.
            let holds = self.html <= theirs || html == theirs_shown;
            rows.add("… and the other build's", &theirs_shown, "no less", holds);
        }
    }
}
