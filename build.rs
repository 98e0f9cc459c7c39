//! Turns the texts into code, and stops the build when the three languages do not have the same texts with the same variables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

const LOCALES: [&str; 3] = ["en", "fr", "he"];
const PLURAL_FORMS: [&str; 6] = ["_zero", "_one", "_two", "_few", "_many", "_other"];

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=.sqlx");
    let [english, french, hebrew] = LOCALES.map(texts);
    let mut problems = Vec::new();
    for (locale, texts) in [("fr", french), ("he", hebrew)] {
        for (key, variables) in &english {
            match texts.get(key) {
                None => problems.push(format!("{locale} lacks {key}")),
                Some(own) if own != variables => {
                    problems.push(format!(
                        "{locale} {key} has {own:?} where English has {variables:?}"
                    ));
                }
                Some(_) => {}
            }
        }
        problems.extend(
            texts
                .keys()
                .filter(|key| !english.contains_key(*key))
                .map(|key| format!("{locale} has {key}, which English lacks")),
        );
    }
    assert!(
        problems.is_empty(),
        "the texts differ:\n{}",
        problems.join("\n")
    );

    // The browser gets no texts but those that an island is handed.
    #[cfg(feature = "ssr")]
    generate().unwrap_or_else(|error| panic!("{error}"));
}

#[cfg(feature = "ssr")]
fn generate() -> Result<(), Box<dyn std::error::Error>> {
    use leptos_i18n_build::options::CodegenOptions;
    use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};

    let options = ParseOptions::new().interpolate_display(true);
    let config = Config::new("en")?
        .add_locales(["fr", "he"])?
        .add_namespaces([
            "common",
            "account",
            "api",
            "onboarding",
            "settings",
            "studio",
        ])?
        .locales_path("locales")
        .parse_options(options);
    let target = std::path::PathBuf::from(std::env::var("OUT_DIR")?).join("i18n");
    let quiet = "#![allow(clippy::all, clippy::pedantic)]".parse()?;
    let code = CodegenOptions::new()
        .top_level_attributes(Some(quiet))
        .gen_docs(false);
    TranslationsInfos::parse(config)?.generate_i18n_module_with_options(target, code)?;
    Ok(())
}

/// Every key of a language with the variables its text uses. Plural forms count as one key.
fn texts(locale: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut texts = BTreeMap::new();
    let folder = Path::new("locales").join(locale);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder entry").path();
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let json: Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let namespace = path
            .file_stem()
            .expect("a file name")
            .to_string_lossy()
            .into_owned();
        collect(&json, &namespace, &mut texts);
    }
    texts
}

fn collect(json: &Value, key: &str, texts: &mut BTreeMap<String, BTreeSet<String>>) {
    match json {
        Value::Object(entries) => {
            for (name, value) in entries {
                let name = PLURAL_FORMS
                    .iter()
                    .find_map(|form| name.strip_suffix(form))
                    .unwrap_or(name);
                collect(value, &format!("{key}.{name}"), texts);
            }
        }
        Value::String(text) if !text.trim().is_empty() => {
            let variables = text
                .split("{{")
                .skip(1)
                .filter_map(|rest| rest.split_once("}}"))
                .map(|(name, _)| name.trim().to_owned());
            texts.entry(key.to_owned()).or_default().extend(variables);
        }
        _ => panic!("{key} is empty or no text"),
    }
}
