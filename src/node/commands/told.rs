//! What an importer had to tell of its rows: every one of them in a file, if one was named; how many and why in any case.
//!
//! ```text
//! {"line":7,"id":"3017620422003","what":"dropped","reason":"the row has no category"}      a line of that file
//! ```
//! What is kept in memory does not grow with the source: the first [`MAX_LISTED`] of each sort, and [`MAX_REASONS`] different reasons.

use crate::{
    node::NodeError,
    provenance::{Found, Note},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

/// How many notes of a sort are listed in an answer.
const MAX_LISTED: usize = 10_000;
/// How many different reasons of a sort are counted apart; in a source that has more, each row has its own.
const MAX_REASONS: usize = 1_000;

/// See the module.
#[derive(Default)]
pub(super) struct Told {
    pub dropped: Sort,
    pub noted: Sort,
    file: Option<(PathBuf, BufWriter<File>)>,
    failed: Option<io::Error>,
}

/// Notes of one sort.
#[derive(Default)]
pub(super) struct Sort {
    pub count: u64,
    listed: Vec<Note>,
    reasons: BTreeMap<String, u64>,
}

impl Told {
    /// Lists every note in `file` too, if there is one.
    pub fn new(file: Option<&Path>) -> Result<Self, NodeError> {
        let open = |path: &Path| Ok::<_, NodeError>((path.to_owned(), BufWriter::new(File::create(path).map_err(NodeError::file(path))?)));
        Ok(Self { file: file.map(open).transpose()?, ..Self::default() })
    }

    /// Takes what is a note.
    pub fn take(&mut self, found: &Found) {
        let (what, sort, note) = match found {
            Found::Dropped(note) => ("dropped", &mut self.dropped, note),
            Found::Noted(note) => ("noted", &mut self.noted, note),
            _ => return,
        };
        if let Some((_, file)) = &mut self.file
            && self.failed.is_none()
        {
            let line = json!({ "line": note.line, "id": note.id, "what": what, "reason": note.reason.to_string() });
            self.failed = writeln!(file, "{line}").err();
        }
        sort.count += 1;
        let reason = note.reason.to_string();
        if sort.reasons.len() < MAX_REASONS || sort.reasons.contains_key(&reason) {
            *sort.reasons.entry(reason).or_default() += 1;
        }
        if sort.listed.len() < MAX_LISTED {
            sort.listed.push(note.clone());
        }
    }

    /// Says whether the file was written.
    pub fn close(&mut self) -> Result<(), NodeError> {
        let Some((path, mut file)) = self.file.take() else { return Ok(()) };
        let written = self.failed.take().map_or(Ok(()), Err).and_then(|()| file.flush());
        written.map_err(NodeError::file(&path))
    }

    /// For people: why, how often, and with `rows` each row.
    pub fn lines(&self, rows: bool) -> Vec<String> {
        let mut lines = Vec::new();
        for (what, sort) in [("dropped", &self.dropped), ("noted", &self.noted)] {
            let mut reasons: Vec<_> = sort.reasons.iter().collect();
            reasons.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
            lines.extend(reasons.iter().map(|(why, n)| format!("  {n} {what}: {why}")));
            let others = sort.count - sort.reasons.values().sum::<u64>();
            if others > 0 {
                lines.push(format!("  {others} {what} for other reasons; --notes lists them all"));
            }
            if rows {
                lines.extend(sort.listed.iter().map(|n| format!("    line {} ({}): {}", n.line, n.id, n.reason)));
                let more = sort.count - sort.listed.len() as u64;
                if more > 0 {
                    lines.push(format!("    and {more} more; --notes lists them all"));
                }
            }
        }
        lines
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let rows = |sort: &Sort| {
            let row = |n: &Note| json!({ "line": n.line, "id": n.id, "reason": n.reason.to_string() });
            sort.listed.iter().map(row).collect::<Vec<_>>()
        };
        json!({
            "dropped": rows(&self.dropped), "dropped_count": self.dropped.count, "notes": rows(&self.noted), "notes_count": self.noted.count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::Reason;

    #[test]
    fn every_note_is_in_the_file_and_only_so_many_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.jsonl");
        let mut told = Told::new(Some(&path)).unwrap();
        for line in 1..=20_000 {
            told.take(&Found::Dropped(Note { line, id: String::new(), reason: Reason::UnknownValue(line.to_string()) }));
            told.take(&Found::Noted(Note { line, id: "a".to_owned(), reason: Reason::RestrictedNumber }));
        }
        told.close().unwrap();
        let listed = std::fs::read_to_string(&path).unwrap();
        assert_eq!((listed.lines().count(), listed.matches("\"what\":\"dropped\"").count()), (40_000, 20_000));
        let json = told.json();
        assert_eq!((json["dropped"].as_array().unwrap().len(), &json["dropped_count"]), (MAX_LISTED, &20_000.into()));
        let lines = told.lines(false);
        assert!(lines.iter().any(|l| l.starts_with("  19000 dropped for other reasons")), "{}", lines.last().unwrap());
        assert!(lines.iter().any(|l| l.starts_with("  20000 noted: the code is a restricted")), "{}", lines.last().unwrap());
        assert!(told.lines(true).iter().any(|l| l == "    and 10000 more; --notes lists them all"));
    }
}
