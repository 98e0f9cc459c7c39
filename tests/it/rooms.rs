//! The law of the rooms: who may know whom. `docs/ARCHITECTURE.md` gives the reasons.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src")
        .join(folder);
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                fs::read_dir(&path)
                    .expect("a folder")
                    .map(|entry| entry.expect("an entry").path()),
            );
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let code: String = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            found.push((path, code));
        }
    }
    assert!(!found.is_empty(), "{} holds no source", root.display());
    found
}

/// Fails for every source of the folder that names one of these.
fn knows_nothing_of(folder: &str, strangers: &[&str]) {
    for (path, code) in sources(folder) {
        for stranger in strangers {
            assert!(
                !code.contains(stranger),
                "{} knows {stranger}",
                path.display()
            );
        }
    }
}

#[test]
fn the_domain_is_pure() {
    let strangers = [
        "leptos",
        "axum",
        "sqlx",
        "tokio",
        "web_sys",
        "js_sys",
        "std::env",
        "std::fs",
        "std::time",
        "crate::server",
        "crate::pages",
        "crate::components",
        "crate::islands",
        "crate::texts",
        "OffsetDateTime",
    ];
    knows_nothing_of("domain", &strangers);
}

#[test]
fn islands_know_only_the_domain() {
    knows_nothing_of(
        "islands",
        &[
            "axum",
            "sqlx",
            "tokio",
            "crate::server",
            "crate::pages",
            "crate::components",
            "crate::texts",
            "leptos_i18n",
            "local_storage",
            "session_storage",
        ],
    );
}

#[test]
fn only_the_bodies_of_functions_know_the_server() {
    let strangers = [
        "axum",
        "sqlx",
        "tokio",
        "crate::pages",
        "crate::components",
        "crate::texts",
        "crate::islands",
        "crate::server::store",
    ];
    knows_nothing_of("functions", &strangers);
    for (path, code) in sources("functions") {
        let heads = code.lines().filter(|line| !line.starts_with(' '));
        let knows = heads.filter(|line| line.contains("crate::server")).count();
        assert_eq!(knows, 0, "{} knows the server", path.display());
    }
}

/// A form is sent where the function of its page is mounted, so both have the address from one place.
#[test]
fn no_page_writes_an_address_of_its_own() {
    let roots = [
        "/signup",
        "/login",
        "/logout",
        "/forgot-password",
        "/reset-password",
        "/settings",
        "/ava-studio",
        "/onboarding",
    ];
    for folder in ["pages", "components", "islands", "server/web"] {
        for (path, code) in sources(folder) {
            for root in roots {
                let is_written = code.contains(&format!("\"{root}"));
                assert!(!is_written, "{} writes {root}", path.display());
            }
        }
    }
}

#[test]
fn pages_and_their_parts_know_neither_http_nor_the_database() {
    let strangers = ["axum", "sqlx", "tokio", "crate::server", "leptos_router"];
    knows_nothing_of("pages", &strangers);
    knows_nothing_of("components", &strangers);
    knows_nothing_of("components", &["crate::pages"]);
}

#[test]
fn texts_know_only_the_domain() {
    let strangers = [
        "leptos::",
        "axum",
        "sqlx",
        "crate::server",
        "crate::pages",
        "crate::components",
        "crate::islands",
    ];
    knows_nothing_of("texts", &strangers);
}

#[test]
fn services_know_neither_http_nor_html() {
    knows_nothing_of(
        "server/services",
        &[
            "leptos",
            "axum",
            "crate::pages",
            "crate::components",
            "query!",
            "query_scalar!",
            "query_as!",
        ],
    );
}

#[test]
fn sql_is_only_in_the_store() {
    for (path, code) in sources("server") {
        let in_store = path.to_string_lossy().contains("/store/");
        let speaks_sql = [
            "query!",
            "query_scalar!",
            "query_as!",
            "sqlx::query",
            "QueryBuilder",
        ]
        .iter()
        .any(|word| code.contains(word));
        // The cluster creates its database before there is a store.
        let is_cluster = path.to_string_lossy().contains("/postgres/");
        assert!(
            in_store || is_cluster || !speaks_sql,
            "{} speaks SQL",
            path.display()
        );
    }
    knows_nothing_of(
        "server/store",
        &[
            "crate::server::services",
            "crate::server::web",
            "crate::pages",
            "crate::components",
            "axum",
        ],
    );
}

#[test]
fn only_the_configuration_reads_the_environment() {
    for (path, code) in sources("") {
        let may = path.ends_with("config.rs") || path.to_string_lossy().contains("/postgres/");
        assert!(
            may || !code.contains("env::var"),
            "{} reads the environment",
            path.display()
        );
    }
}

#[test]
fn the_two_builds_part_in_few_places() {
    let count: usize = sources("")
        .iter()
        .map(|(_, code)| code.matches("cfg(feature").count())
        .sum();
    // The rooms, and the tables of Unicode for e-mail addresses.
    assert!(count <= 7, "cfg(feature) stands {count} times");
}

#[test]
fn styles_know_start_and_end_but_neither_left_nor_right() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("style/main.css");
    let style = fs::read_to_string(path).expect("the style sheet");
    let physical = [
        "margin-left",
        "margin-right",
        "padding-left",
        "padding-right",
        "border-left",
        "border-right",
        "text-align: left",
        "text-align: right",
        "float: left",
        "float: right",
        " left:",
        " right:",
    ];
    for word in physical {
        assert!(!style.contains(word), "{word}");
    }
}
