//! The layering rule of `src/lib.rs`, read from the sources:
//!
//! * a room imports only from rooms above it; `log` and `measure` import nothing of ours;
//! * `engine` and `purse` know neither each other, nor `organisation` nor `node`, and those not them; `node` knows `organisation`; `ui` knows only `wire`
//!   and `client` of `engine`, `organisation` and `purse`, and the plain types these carry;
//! * the domain rooms do no I/O, read no clock, draw no randomness, start nothing, and use no floats and no `unsafe`.
//!
//! Tests inside the sources may look anywhere, so `#[cfg(test)]` modules files and folders named `tests` are left out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// All rooms in the order data flows, the domain first.
const DOMAIN: [&str; 14] = [
    "log",
    "measure",
    "statement",
    "values",
    "passport",
    "provenance",
    "label",
    "bot",
    "wallet",
    "exchange",
    "community",
    "foundation",
    "state",
    "pack",
];

/// What must not be named in the domain, and why.
const FORBIDDEN: [(&str, &str); 22] = [
    ("std::time", "time is an argument"),
    ("SystemTime", "time is an argument"),
    ("Instant", "time is an argument"),
    ("Timestamp::now", "time is an argument"),
    ("Zoned::now", "time is an argument"),
    ("std::fs", "the domain does no I/O"),
    ("std::net", "the domain does no I/O"),
    ("std::env", "the domain does no I/O"),
    ("std::process", "the domain does no I/O"),
    ("println", "the domain does no I/O"),
    ("eprintln", "the domain does no I/O"),
    ("std::thread", "the domain starts nothing"),
    ("tokio", "the domain starts nothing"),
    ("async", "the domain waits for nothing"),
    ("await", "the domain waits for nothing"),
    ("getrandom", "randomness is an argument"),
    ("OsRng", "randomness is an argument"),
    ("HashMap", "its order differs from run to run; use BTreeMap"),
    ("HashSet", "its order differs from run to run; use BTreeSet"),
    ("unsafe", "the domain is safe code"),
    ("f32", "two devices must agree to the last digit"),
    ("f64", "two devices must agree to the last digit"),
];

/// Where a float or a forbidden name is right after all: a file, or a folder and all in it.
const ALLOWED: [(&str, &[&str], &str); 5] = [
    (
        "bot/learn/",
        &["f64"],
        "what is learned of a person stays on their device, so no two need agree on it; alignment takes whole weights from it, rounded once",
    ),
    ("passport/qr/bars.rs", &["HashSet"], "the decoder takes its formats as a HashSet; nothing iterates it here"),
    ("passport/qr/zxing.rs", &["f32"], "the decoder gives positions in a picture as floats; what is agreed on is the text read"),
    ("statement/json.rs", &["f64"], "RFC 8785 defines a number's form by the double it is; what a double does not give back is refused"),
    (
        "bot/similar.rs",
        &["f64"],
        "linfa measures distances in doubles; the order it gives is a device's own suggestion, never part of a verdict or of the ledger",
    ),
];

/// A source file and what the compiler reads of it: no comments, no text in quotes, no tests.
struct Source {
    /// Below `src/`, with `/`.
    name: String,
    code: String,
}

impl Source {
    fn room(&self) -> &str {
        self.name.split(['/', '.']).next().unwrap_or_default()
    }

    /// How many modules down from the crate this file's code is: `a/mod.rs` and `a.rs` 1, `a/b.rs` 2.
    fn depth(&self) -> usize {
        let parts = self.name.split('/').count();
        if self.name.ends_with("mod.rs") { parts - 1 } else { parts }
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_stem().is_some_and(|stem| stem == "tests") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap().components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        Source { name, code: without_tests(&bare(&std::fs::read_to_string(path).unwrap())) }
    };
    files.into_iter().map(read).collect()
}

/// Blanks out comments and what stands in quotes.
fn bare(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut code = String::new();
    let mut i = 0;
    while i < chars.len() {
        let start = i;
        if at(i) == '/' && at(i + 1) == '/' {
            while i < chars.len() && at(i) != '\n' {
                i += 1;
            }
        } else if at(i) == '/' && at(i + 1) == '*' {
            let mut open = 0;
            while i < chars.len() {
                open += i32::from(at(i) == '/' && at(i + 1) == '*') - i32::from(at(i) == '*' && at(i + 1) == '/');
                i += 1;
                if open == 0 {
                    break;
                }
            }
            i += 1;
        } else if at(i) == 'r'
            && (i == 0 || !word(at(i - 1)) || at(i - 1) == 'b')
            && matches!(at(i + 1), '"' | '#')
            && (i + 1..).map(at).find(|c| *c != '#') == Some('"')
        {
            let hashes = (i + 1..).take_while(|j| at(*j) == '#').count();
            i += hashes + 2;
            while i < chars.len() && !(at(i) == '"' && (1..=hashes).all(|k| at(i + k) == '#')) {
                i += 1;
            }
            i += hashes + 1;
        } else if at(i) == '"' {
            i += 1;
            while i < chars.len() && at(i) != '"' {
                i += if at(i) == '\\' { 2 } else { 1 };
            }
            i += 1;
        } else if at(i) == '\'' && (at(i + 1) == '\\' || at(i + 2) == '\'') {
            i += if at(i + 1) == '\\' { 3 } else { 2 };
            while i < chars.len() && at(i) != '\'' {
                i += 1;
            }
            i += 1;
        } else {
            code.push(at(i));
            i += 1;
            continue;
        }
        code.push(' ');
        code.extend(chars[start..i.min(chars.len())].iter().filter(|c| **c == '\n'));
    }
    code
}

/// Takes out every item under `#[cfg(test)]` that has a body in braces.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some((before, after)) = rest.split_once("#[cfg(test)]") {
        kept.push_str(before);
        let mut open = 0;
        let end = after.char_indices().find(|(_, c)| {
            open += i32::from(*c == '{') - i32::from(*c == '}');
            open == 0 && matches!(c, '}' | ';')
        });
        rest = end.map_or("", |(i, _)| &after[i + 1..]);
    }
    kept + rest
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Every place where `name` stands as a whole word.
fn named<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(name).map(|(i, _)| i).filter(move |i| {
        let (before, after) = (code[..*i].chars().next_back(), code[i + name.len()..].chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Every path that starts at the crate, `use` groups taken apart: `crate::a::{b, c::D}` gives `a::b` and `a::c::D`.
fn crate_paths(code: &str, crate_name: &str) -> Vec<String> {
    let start = format!("{crate_name}::");
    let mut paths = Vec::new();
    for (i, _) in code.match_indices(&start) {
        let before = code[..i].chars().next_back();
        if !before.is_some_and(|c| is_word(c) || c == ':') {
            spread(&code[i + start.len()..], "", &mut paths);
        }
    }
    paths
}

/// Reads one path or group and returns what follows it.
fn spread<'a>(text: &'a str, prefix: &str, paths: &mut Vec<String>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start().trim_start_matches(',').trim_start();
            if rest.is_empty() || rest.starts_with('}') {
                return rest.strip_prefix('}').unwrap_or_default();
            }
            let after = spread(rest, prefix, paths);
            // `b as c`, or anything else up to the next member.
            rest = &after[after.find([',', '}']).unwrap_or(after.len())..];
        }
    }
    let end = text.find(|c: char| !is_word(c) && c != '*').unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    let path = if prefix.is_empty() { word.to_owned() } else { format!("{prefix}::{word}") };
    match after.trim_start().strip_prefix("::") {
        Some(next) if next.trim_start().starts_with(|c: char| is_word(c) || c == '{' || c == '*') => spread(next, &path, paths),
        _ => {
            paths.push(path);
            after
        }
    }
}

/// A type, a variant or a table: the last word starts with a capital.
fn is_plain(path: &str) -> bool {
    path.rsplit("::").next().is_some_and(|last| last.starts_with(|c: char| c.is_uppercase()))
}

/// Whether code of `room` may name `path` (written from the crate).
fn may(room: &str, path: &str) -> bool {
    let other = path.split("::").next().unwrap_or_default();
    let domain = |name: &str| DOMAIN.iter().position(|r| *r == name);
    match (domain(room), domain(other)) {
        _ if room == other => true,
        (Some(_), _) if matches!(room, "log" | "measure") => false,
        (Some(room), Some(other)) => other < room,
        (Some(_), None) => false,
        (None, Some(_)) if room == "ui" => is_plain(path) && !matches!(other, "log" | "state" | "pack"),
        (None, Some(_)) => true,
        (None, None) if room == "ui" => {
            matches!(other, "engine" | "organisation" | "purse") && matches!(path.split("::").nth(1), Some("wire" | "client"))
        }
        (None, None) if room == "node" => other == "organisation",
        (None, None) => false,
    }
}

#[test]
fn rooms_import_only_from_rooms_above() {
    let mut faults = BTreeSet::new();
    for source in sources().iter().filter(|s| !matches!(s.room(), "lib" | "main" | "bin")) {
        for path in crate_paths(&source.code, "crate") {
            if !may(source.room(), &path) {
                faults.insert(format!("src/{} names crate::{path}", source.name));
            }
        }
        for (i, _) in source.code.match_indices("super::super::") {
            let supers = source.code[i..].split("::").take_while(|part| part.trim() == "super").count();
            if supers >= source.depth() {
                faults.insert(format!("src/{} climbs out of its room by super::; write crate::", source.name));
            }
        }
        if source.depth() == 1
            && named(&source.code, "super").any(|i| !source.code[..i].trim_end().ends_with('(') && !source.code[..i].trim_end().ends_with("in"))
        {
            faults.insert(format!("src/{} climbs out of its room by super::; write crate::", source.name));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn programs_stay_on_their_side() {
    let mut faults = Vec::new();
    for source in sources() {
        let strange: &[&str] = match source.name.as_str() {
            "main.rs" => &["node", "state", "pack", "log"],
            "bin/ecosphere-engine.rs" | "bin/ecosphere-cli.rs" => &["node", "ui"],
            "bin/ecosphere-organisation.rs" => &["engine", "node", "state", "pack", "log"],
            "bin/ecosphere-purse.rs" => &["engine", "node", "organisation", "state", "pack", "log"],
            "bin/ecosphere-node.rs" => &["engine", "ui"],
            _ => continue,
        };
        for path in crate_paths(&source.code, "ecosphere") {
            if strange.contains(&path.split("::").next().unwrap_or_default()) {
                faults.push(format!("src/{} names ecosphere::{path}", source.name));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_domain_does_no_io_reads_no_clock_and_uses_no_floats() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|s| DOMAIN.contains(&s.room())) {
        let allowed: Vec<&str> = ALLOWED.iter().filter(|(name, ..)| is_in(&source.name, name)).flat_map(|(_, words, _)| *words).copied().collect();
        for (word, why) in FORBIDDEN {
            for i in named(&source.code, word).filter(|_| !allowed.contains(&word)) {
                faults.push(format!("src/{}:{}: {word}: {why}", source.name, 1 + source.code[..i].matches('\n').count()));
            }
        }
        if !allowed.contains(&"f64") {
            for i in float_literals(&source.code) {
                faults.push(format!("src/{}:{}: a float literal", source.name, 1 + source.code[..i].matches('\n').count()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Whether a source is the file, or lies in the folder, of this name.
fn is_in(source: &str, name: &str) -> bool {
    source == name || name.ends_with('/') && source.starts_with(name)
}

/// `0.5`, but not `pair.0.1`, `0..5` or `x1.0`.
fn float_literals(code: &str) -> Vec<usize> {
    let bytes = code.as_bytes();
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let starts = |mut i: usize| {
        while i > 0 && (digit(i - 1) || bytes[i - 1] == b'_') {
            i -= 1;
        }
        i == 0 || !(bytes[i - 1] == b'.' && !(i > 1 && bytes[i - 2] == b'.') || is_word(bytes[i - 1] as char))
    };
    (1..bytes.len()).filter(|i| bytes[*i] == b'.' && digit(i - 1) && digit(i + 1) && starts(*i)).collect()
}

#[test]
fn every_exception_is_still_needed() {
    let sources = sources();
    for (name, words, _) in ALLOWED {
        let mut there = sources.iter().filter(|s| is_in(&s.name, name)).peekable();
        assert!(there.peek().is_some(), "{name} is gone");
        let code: String = there.map(|s| s.code.as_str()).collect();
        for word in words {
            assert!(named(&code, word).next().is_some(), "{name} no longer names {word}");
        }
    }
}

#[test]
fn unsafe_code_is_forbidden_in_every_domain_room() {
    let lib = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for room in DOMAIN.iter().filter(|room| lib.contains(&format!("pub mod {room};"))) {
        assert!(lib.contains(&format!("#[forbid(unsafe_code)]\npub mod {room};")), "{room}");
    }
}

#[test]
fn the_checks_see_what_they_should() {
    let code = without_tests(&bare(
        r##"
use crate::engine::{wire::{Request, Answer}, client}; // use crate::ui::X;
fn f() { let _ = "crate::node::x"; let c = '"'; let r = r#"crate::ui"#; crate::bot::assess(1.5, a.0.1, 0..5); }
#[cfg(test)]
mod tests { use crate::node::Y; fn g() { let _ = 2.5; } }
fn after() -> f64 { crate::log::root(&[]) }
"##,
    ));
    assert_eq!(crate_paths(&code, "crate"), ["engine::wire::Request", "engine::wire::Answer", "engine::client", "bot::assess", "log::root"]);
    assert_eq!((float_literals(&code).len(), named(&code, "f64").count()), (1, 1));

    for (room, path) in [
        ("bot", "values::Profile"),
        ("pack", "state::State"),
        ("engine", "pack::Index"),
        ("node", "pack::build"),
        ("ui", "engine::wire::Request"),
        ("ui", "engine::client::call"),
        ("ui", "values::Topic"),
        ("log", "log::Hash"),
    ] {
        assert!(may(room, path), "{room} {path}");
    }
    for (room, path) in [
        ("values", "bot::Verdict"),
        ("measure", "log::Hash"),
        ("log", "measure::Millis"),
        ("statement", "engine::wire"),
        ("engine", "node::serve"),
        ("node", "engine::Engine"),
        ("ui", "engine::store::Store"),
        ("ui", "node::serve"),
        ("ui", "bot::assess"),
        ("ui", "pack::Index"),
    ] {
        assert!(!may(room, path), "{room} {path}");
    }
}
