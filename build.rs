//! Turns the texts into code, and stops the build when the three languages do not have the same texts with the same variables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

/// In the order of the domain's languages.
const LOCALES: [&str; 3] = ["en", "fr", "he"];
const PLURAL_FORMS: [&str; 6] = ["_zero", "_one", "_two", "_few", "_many", "_other"];

/// The texts of a language by their path: the file's name, then the keys.
type Texts = BTreeMap<Vec<String>, Text>;

#[derive(Default)]
struct Text {
    /// Of plural forms, the last.
    words: String,
    variables: BTreeSet<String>,
    is_plural: bool,
}

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=.sqlx");
    let languages = LOCALES.map(texts);
    let english = &languages[0];
    let mut problems = Vec::new();
    for (locale, texts) in LOCALES.iter().zip(&languages).skip(1) {
        for (path, text) in english {
            let (key, variables) = (path.join("."), &text.variables);
            match texts.get(path) {
                None => problems.push(format!("{locale} lacks {key}")),
                Some(own) if own.variables != *variables => {
                    problems.push(format!(
                        "{locale} {key} has {:?} where English has {variables:?}",
                        own.variables
                    ));
                }
                Some(_) => {}
            }
        }
        problems.extend(
            texts
                .keys()
                .filter(|path| !english.contains_key(*path))
                .map(|path| format!("{locale} has {}, which English lacks", path.join("."))),
        );
    }
    assert!(
        problems.is_empty(),
        "the texts differ:\n{}",
        problems.join("\n")
    );

    // The browser gets no texts but those that an island is handed.
    #[cfg(feature = "ssr")]
    {
        generate().unwrap_or_else(|error| panic!("{error}"));
        let target = Path::new(&std::env::var("OUT_DIR").expect("a folder")).join("words.rs");
        fs::write(target, table(&languages)).expect("the table can be written");
    }
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
            "mail",
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

/// The table of every text that is the same whatever it is about, sorted by path. A field is known by its name
/// alone, so the path of its words begins at `fields`, whichever block they stand in.
#[cfg(feature = "ssr")]
fn table(languages: &[Texts; 3]) -> String {
    let mut table = BTreeMap::new();
    for (path, text) in &languages[0] {
        if text.is_plural || !text.variables.is_empty() {
            continue;
        }
        let start = path.iter().position(|key| key == "fields").unwrap_or(0);
        let words = languages.each_ref().map(|texts| &texts[path].words);
        let earlier = table.insert(&path[start..], words);
        assert!(
            earlier.is_none(),
            "two fields have the name of {}",
            path.join(".")
        );
    }
    let rows: Vec<String> = table
        .iter()
        .map(|(path, words)| format!("(&{path:?}, {words:?})"))
        .collect();
    let rows = rows.join(",\n");
    format!("static WORDS: &[(&[&str], [&str; 3])] = &[\n{rows}\n];\n")
}

/// Every text of a language. Plural forms count as one.
fn texts(locale: &str) -> Texts {
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
        let file = path.file_stem().expect("a file name").to_string_lossy();
        collect(&json, &[file.into_owned()], false, &mut texts);
    }
    texts
}

fn collect(json: &Value, path: &[String], is_plural: bool, texts: &mut Texts) {
    match json {
        Value::Object(entries) => {
            for (name, value) in entries {
                let form = PLURAL_FORMS.iter().find_map(|form| name.strip_suffix(form));
                let path = [path, &[form.unwrap_or(name).to_owned()]].concat();
                collect(value, &path, form.is_some(), texts);
            }
        }
        Value::String(words) if !words.trim().is_empty() => {
            let variables = words
                .split("{{")
                .skip(1)
                .filter_map(|rest| rest.split_once("}}"))
                .map(|(name, _)| name.trim().to_owned());
            let text = texts.entry(path.to_vec()).or_default();
            text.variables.extend(variables);
            text.words.clone_from(words);
            text.is_plural |= is_plural;
        }
        _ => panic!("{} is empty or no text", path.join(".")),
    }
}
