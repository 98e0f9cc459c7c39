//! The law of the rooms goes one way: who knows a file is not known by it, not even by way of others. Only
//! a `mod.rs` and its own children may know each other, and a name that a `mod.rs` gives out is its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Sources by module, such as `src/domain/step`; a `mod.rs` or `lib.rs` goes by its folder.
type Tree = BTreeMap<String, String>;

fn read(tree: &mut Tree, folder: &Path, module: &str) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let child = match path.file_stem().expect("a name").to_string_lossy().as_ref() {
            "mod" | "lib" => module.to_owned(),
            stem => format!("{module}/{stem}"),
        };
        if path.is_dir() {
            read(tree, &path, &child);
        } else {
            tree.insert(child, fs::read_to_string(&path).expect("a source"));
        }
    }
}

/// Every path in a source, without comments and tests; those of a `use` with braces one by one.
fn paths(source: &str) -> Vec<Vec<String>> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter_map(|line| line.split("//").next());
    let spaced: String = lines
        .flat_map(|line| line.chars().chain([' ']))
        .map(|sign| match sign {
            '{' | '}' | ',' | '*' => format!(" {sign} "),
            sign if sign.is_alphanumeric() || "_:".contains(sign) => sign.to_string(),
            _ => " ".to_owned(),
        })
        .collect();
    let spaced = spaced.replace("::", " :: ");
    let (mut all, mut path, mut outer, mut goes_on) = (Vec::new(), Vec::new(), Vec::new(), false);
    for token in spaced.split_whitespace() {
        match token {
            "::" => goes_on = true,
            "{" if goes_on => outer.push(path.clone()),
            "{" | "}" | "," => {
                all.push(std::mem::take(&mut path));
                if token == "}" {
                    outer.pop();
                } else if let Some(outer) = outer.last() {
                    path.clone_from(outer);
                }
                goes_on = !path.is_empty();
            }
            word => {
                if !goes_on {
                    all.push(std::mem::take(&mut path));
                }
                path.push(word.to_owned());
                goes_on = false;
            }
        }
    }
    all.push(path);
    all.retain(|path| path.len() > 1);
    all
}

fn parent(module: &str) -> Option<&str> {
    module.rsplit_once('/').map(|(parent, _)| parent)
}

/// Where one word of a path leads from a module, as long as it leads to a module.
fn step<'a>(tree: &'a Tree, from: &'a str, word: &str) -> Option<&'a str> {
    match word {
        "self" => Some(from),
        "super" => parent(from),
        "crate" => from.split('/').next(),
        child => {
            let child = tree.get_key_value(&format!("{from}/{child}"));
            child.map(|(module, _)| module.as_str())
        }
    }
}

/// The other modules that a module knows; a `mod.rs` may know its own children.
fn known<'a>(tree: &'a Tree, module: &'a str) -> BTreeSet<&'a str> {
    let mut knows = BTreeSet::new();
    // What `use` has brought here by its own name.
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for path in paths(&tree[module]) {
        let first = names.get(&path[0]).copied();
        let Some(mut at) = first.or_else(|| step(tree, module, &path[0])) else {
            continue;
        };
        let mut rest = path[1..].iter().peekable();
        while let Some(next) = rest.peek().and_then(|word| step(tree, at, word)) {
            at = next;
            rest.next();
        }
        if rest.peek().is_none() {
            names.insert(path[path.len() - 1].clone(), at);
        }
        if at != module && parent(at) != Some(module) {
            knows.insert(at);
        }
    }
    knows
}

type Graph<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn reached<'a>(graph: &Graph<'a>, from: &'a str) -> BTreeSet<&'a str> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(module) = open.pop() {
        open.extend(graph[module].iter().filter(|next| reached.insert(**next)));
    }
    reached
}

/// The lines of each circle that make it one, by its first module.
fn circles(tree: &Tree) -> BTreeMap<&str, Vec<String>> {
    let modules = tree.keys().map(String::as_str);
    let graph: Graph = modules
        .map(|module| (module, known(tree, module)))
        .collect();
    let mut circles: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (&one, others) in &graph {
        for &other in others {
            let mut way = reached(&graph, other);
            // What a child knows of its own `mod.rs` need not go.
            if way.contains(one) && parent(one) != Some(other) {
                way.retain(|module| reached(&graph, module).contains(one));
                let first = way.first().expect("the two at least");
                circles
                    .entry(first)
                    .or_default()
                    .push(format!("{one} -> {other}"));
            }
        }
    }
    circles
}

#[test]
fn no_file_is_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tree = Tree::new();
    for folder in ["src", "sandbox"] {
        read(&mut tree, &root.join(folder), folder);
    }
    assert!(tree.len() > 100, "the sources are read");
    let found = circles(&tree);
    let list: Vec<String> = found.values().map(|lines| lines.join("\n")).collect();
    assert!(
        list.is_empty(),
        "{} circles:\n{}",
        list.len(),
        list.join("\n\n")
    );
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let tree = |sources: &[(&str, &str)]| -> Tree {
        let owned =
            |(module, source): &(&str, &str)| (format!("src{module}"), (*source).to_owned());
        sources.iter().map(owned).collect()
    };
    let harmless = tree(&[
        ("", "mod room; pub use room::inner;"),
        ("/room", "mod a; mod b; pub use a::A; use self::b::B;"),
        ("/room/a", "use super::A; // crate::room::b::B"),
        ("/room/b", "use super::{A, a::A as Other};"),
    ]);
    assert_eq!(circles(&harmless), BTreeMap::new());
    for back in [
        "use crate::room::b;",
        "use super::{A, b::{self, B}};",
        "use super::b::*;",
        "fn f() -> super::b::B { g() }",
        "use crate::room; fn f() { room::b::g() }",
    ] {
        let mut tree = harmless.clone();
        tree.insert("src/room/a".to_owned(), back.to_owned());
        let found = circles(&tree);
        for line in ["src/room/a -> src/room/b", "src/room/b -> src/room/a"] {
            assert!(
                found["src/room/a"].contains(&line.to_owned()),
                "{back}: {found:?}"
            );
        }
    }
}
