//! A source that misbehaves on purpose, and counts what it is asked.

use ecosphere::engine::source::{Body, Source, SourceError};
use futures_util::StreamExt as _;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

/// What is done to one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// One bit is another.
    Flip,
    /// The end is missing, and the source says so in its length.
    Cut,
    /// The connection breaks off after this many bytes.
    Break(usize),
    /// Bytes without end, of no stated length. Panics when it is not left.
    Endless,
    /// Not there.
    Missing,
}

/// A ledger's files, and how they are spoiled.
#[derive(Default)]
pub struct Fake {
    pub files: BTreeMap<String, Vec<u8>>,
    pub tricks: RefCell<BTreeMap<String, Trick>>,
    /// What was asked, in order: path and offset.
    pub asked: RefCell<Vec<(String, u64)>>,
    /// The source ignores offsets, as a simple server would.
    pub no_ranges: Cell<bool>,
}

impl Fake {
    pub fn new(files: &BTreeMap<String, Vec<u8>>) -> Self {
        Self { files: files.clone(), ..Self::default() }
    }
    pub fn with(self, path: &str, trick: Trick) -> Self {
        self.tricks.borrow_mut().insert(path.into(), trick);
        self
    }
}

impl Source for Fake {
    async fn get(&self, path: &str, from: u64) -> Result<Body<'_>, SourceError> {
        self.asked.borrow_mut().push((path.into(), from));
        let trick = self.tricks.borrow().get(path).copied();
        let mut bytes = self.files.get(path).cloned().ok_or_else(|| SourceError::Missing(path.into()))?;
        let from = if self.no_ranges.get() { 0 } else { from };
        let broken = || Err(SourceError::Offline("the connection broke off".into()));
        let mut length = true;
        let mut more = Vec::new();
        match trick {
            Some(Trick::Missing) => return Err(SourceError::Missing(path.into())),
            Some(Trick::Flip) => *bytes.last_mut().unwrap() ^= 1,
            Some(Trick::Cut) => bytes.truncate(bytes.len() / 2),
            Some(Trick::Break(after)) => {
                length = false;
                bytes.truncate(from as usize + after);
                more.push(broken());
            }
            Some(Trick::Endless) => {
                // Whoever has not left by 64 MiB would not leave at all.
                let name = path.to_owned();
                let endless = futures_util::stream::iter(0..).map(move |n| {
                    assert!(n < 1024, "{name} is read on and on");
                    Ok(vec![0; 1 << 16])
                });
                return Ok(Body { from, length: None, pieces: endless.boxed_local() });
            }
            None => {}
        }
        let rest = bytes.get(from as usize..).unwrap_or_default();
        let length = length.then_some(rest.len() as u64);
        let mut pieces: Vec<_> = rest.chunks(1000).map(|c| Ok(c.to_vec())).collect();
        pieces.extend(more);
        Ok(Body { from, length, pieces: futures_util::stream::iter(pieces).boxed_local() })
    }
}
