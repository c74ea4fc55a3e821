//! Search as you type: which subjects are meant by a few words, typed with slips and without accents, perhaps half of the last one.
//!
//! *In:* folded names (`fold.rs`) by row, the names of categories, what a person typed. *Out:* rows, the likeliest first.
//!
//! ```text
//! words     sorted, end to end: "nutella\nnutmeg\n…"   letters: a bit per letter a word has
//! postings  of each word: the rows that have it, rising, as differences in 7-bit groups
//!
//! typed word ──> words that are it, begin with it, hold it, or (where little is found) are a slip or two away
//!            ──> categories so named ──> and all below them
//! each row is marked with how many of the typed words it has and how far off they are: 4 bits each, a byte a row while a search runs
//! ```
//!
//! # Why not FTS5
//! SQLite's FTS5 finds words and beginnings of words, no inside of a word (*schokolade* in *Vollmilchschokolade*) and no slips: those are a trigram
//! table and a distance function more, which SQLite for the web does not have. And it would be a second copy of every name in the device's file,
//! filled within each sync. This index lives in memory, is made in one walk when it is first asked (and again after a sync), is the same on every platform, and
//! adds nothing to the file.

mod near;

use near::Slips;
use std::collections::HashMap;

/// The longest word that is compared; the rest of a longer one is not looked at.
const LONGEST: usize = 24;
/// How many typed words are looked at: each takes a mark of its own.
const MOST_WORDS: usize = 8;
/// With fewer rows than this, slips are looked for.
const FEW: usize = 3;

/// How far up a category's name counts.
const DEEPEST: usize = 16;

/// How far off a word is, by how it was found.
const BEGINS: u8 = 1;
const WITHIN: u8 = 3;
const SLIP: u8 = 4;

/// Words of names, and which rows have them.
#[derive(Debug, Default)]
pub struct Index {
    words: String,
    word_ends: Vec<u32>,
    letters: Vec<u32>,
    postings: Vec<u8>,
    posting_ends: Vec<u32>,
    /// How long each row's name is, at most 255.
    lengths: Vec<u8>,
    areas: Vec<Area>,
}

/// A category as a search knows it.
#[derive(Debug, Clone, Default)]
pub struct Area {
    /// Its folded name.
    pub folded: String,
    /// Position of the category above. A circle does no harm.
    pub parent: Option<u16>,
}

/// Takes names in and makes an [`Index`].
#[derive(Debug, Default)]
pub struct Builder {
    ids: HashMap<Box<str>, u32>,
    /// Per word: the last row, and what was written of it.
    rows: Vec<(u32, Vec<u8>)>,
    lengths: Vec<u8>,
}

impl Builder {
    /// Adds a row's folded name; rows come in rising order, and one without a name may be left out.
    pub fn add(&mut self, row: u32, folded: &str) {
        self.lengths.resize(row as usize, u8::MAX);
        self.lengths.push(u8::try_from(folded.len()).unwrap_or(u8::MAX));
        for word in folded.split_ascii_whitespace().map(cut) {
            let id = match self.ids.get(word) {
                Some(id) => *id,
                None => {
                    let id = self.rows.len() as u32;
                    self.ids.insert(word.into(), id);
                    self.rows.push((0, Vec::new()));
                    id
                }
            };
            if let Some((last, bytes)) = self.rows.get_mut(id as usize)
                && (bytes.is_empty() || *last != row)
            {
                write(bytes, row.wrapping_sub(*last));
                *last = row;
            }
        }
    }

    /// The index, with the categories by position.
    #[must_use]
    pub fn finish(self, areas: Vec<Area>) -> Index {
        let mut words: Vec<(Box<str>, u32)> = self.ids.into_iter().collect();
        words.sort_unstable();
        let mut index = Index { lengths: self.lengths, areas, ..Index::default() };
        for (word, id) in words {
            index.words.push_str(&word);
            index.word_ends.push(index.words.len() as u32);
            index.letters.push(letters(&word));
            index.postings.extend_from_slice(self.rows.get(id as usize).map(|(_, bytes)| bytes.as_slice()).unwrap_or_default());
            index.posting_ends.push(index.postings.len() as u32);
        }
        index
    }
}

/// What a search found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    marks: Vec<u8>,
    words: u8,
}

impl Found {
    /// How far off a row is, 0 to 15; `None` when it does not have all words.
    #[must_use]
    pub fn off(&self, row: usize) -> Option<u8> {
        self.marks.get(row).filter(|_| self.words > 0).filter(|m| **m >> 4 == self.words).map(|m| *m & 15)
    }

    /// How many rows have all words.
    #[must_use]
    pub fn count(&self) -> usize {
        if self.words == 0 { 0 } else { self.marks.iter().filter(|m| **m >> 4 == self.words).count() }
    }

    /// Marks a row as having word `word` (from 0) this far off, unless it has it already.
    fn mark(&mut self, row: u32, word: u8, off: u8) {
        if let Some(mark) = self.marks.get_mut(row as usize)
            && *mark >> 4 == word
        {
            *mark = marked(*mark, word, off);
        }
    }
}

/// A mark with one word more.
fn marked(mark: u8, word: u8, off: u8) -> u8 {
    ((word + 1) << 4) | ((mark & 15) + off).min(15)
}

impl Index {
    /// Bytes that the index takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.words.len() + self.postings.len() + self.lengths.len() + 4 * (self.word_ends.len() + self.letters.len() + self.posting_ends.len())
    }

    /// The rows that have every one of these folded words in their name or in that of their category, or where hardly any has, those that have
    /// them with a slip. `category` holds the category of each row.
    #[must_use]
    pub fn find(&self, folded: &str, category: &[Option<u16>]) -> Found {
        let words: Vec<&str> = folded.split_ascii_whitespace().map(cut).take(MOST_WORDS).collect();
        let exact = self.look(&words, category, false);
        if words.is_empty() || exact.count() >= FEW { exact } else { self.look(&words, category, true) }
    }

    /// The first so many of them: the nearest to what was typed, then the shortest names, then by row.
    #[must_use]
    pub fn first(&self, found: &Found, limit: usize, wanted: &dyn Fn(usize) -> bool) -> Vec<u32> {
        let mut best: Vec<(u8, u8, u32)> = Vec::new();
        if limit == 0 || found.words == 0 {
            return Vec::new();
        }
        for (row, mark) in (0..).zip(&found.marks) {
            if mark >> 4 != found.words || best.len() >= limit && best.last().is_some_and(|last| last.0 < mark & 15) {
                continue;
            }
            let key = (mark & 15, self.lengths.get(row as usize).copied().unwrap_or(u8::MAX), row);
            if best.len() >= limit && best.last().is_some_and(|last| *last <= key) || !wanted(row as usize) {
                continue;
            }
            best.truncate(limit - 1);
            best.insert(best.partition_point(|other| *other <= key), key);
        }
        best.into_iter().map(|(.., row)| row).collect()
    }

    fn look(&self, words: &[&str], category: &[Option<u16>], slips: bool) -> Found {
        let mut found = Found { marks: vec![0; self.lengths.len()], words: words.len() as u8 };
        for (at, word) in (0..).zip(words) {
            let typed = Typed::new(word, usize::from(at) + 1 == words.len(), slips);
            // The nearest first: a row keeps the first mark it gets of a word.
            let mut ways: Vec<(u8, usize)> = Vec::new();
            for (id, letters) in self.letters.iter().enumerate() {
                // Nearly all words go here, by their letters alone.
                if typed.may_be(*letters) {
                    ways.extend(typed.off(self.word(id)).map(|off| (off, id)));
                }
            }
            ways.sort_unstable();
            for (off, id) in ways {
                self.each_row(id, |row| found.mark(row, at, off));
            }
            let areas = self.areas_of(&typed);
            if !areas.is_empty() {
                for (mark, category) in found.marks.iter_mut().zip(category).filter(|(mark, _)| **mark >> 4 == at) {
                    if let Some(off) = category.and_then(|c| *areas.get(usize::from(c))?) {
                        *mark = marked(*mark, at, off);
                    }
                }
            }
        }
        found
    }

    /// How far off each category is, by its name or that of one above it; empty when none is meant.
    fn areas_of(&self, typed: &Typed<'_>) -> Vec<Option<u8>> {
        let named = |area: &Area| area.folded.split_ascii_whitespace().filter_map(|word| typed.off(word)).filter(|off| *off != WITHIN).min();
        let own: Vec<Option<u8>> = self.areas.iter().map(|area| named(area).map(|off| off + BEGINS)).collect();
        if own.iter().all(Option::is_none) {
            return Vec::new();
        }
        let above = |at: &usize| self.areas.get(*at).and_then(|a| a.parent).map(usize::from);
        let whole = |at| std::iter::successors(Some(at), above).take(DEEPEST).filter_map(|a| *own.get(a)?).min();
        (0..own.len()).map(whole).collect()
    }

    fn word(&self, id: usize) -> &str {
        let end = |id: usize| self.word_ends.get(id).map_or(0, |e| *e as usize);
        self.words.get(id.checked_sub(1).map_or(0, end)..end(id)).unwrap_or_default()
    }

    fn each_row(&self, id: usize, mut take: impl FnMut(u32)) {
        let end = |id: usize| self.posting_ends.get(id).map_or(0, |e| *e as usize);
        let bytes = self.postings.get(id.checked_sub(1).map_or(0, end)..end(id)).unwrap_or_default();
        let (mut row, mut value, mut shift) = (0_u32, 0_u32, 0_u32);
        for byte in bytes {
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 != 0 {
                shift += 7;
                continue;
            }
            row = row.wrapping_add(value);
            take(row);
            (value, shift) = (0, 0);
        }
    }
}

/// A typed word.
struct Typed<'a> {
    text: &'a str,
    letters: u32,
    /// How many slips are forgiven, and how they are counted.
    forgiven: usize,
    slips: Slips,
    /// It may go on: it is the last one.
    goes_on: bool,
}

impl<'a> Typed<'a> {
    fn new(text: &'a str, last: bool, slips: bool) -> Self {
        let forgiven = match text.len() {
            _ if !slips => 0,
            0..=3 => 0,
            4..=7 => 1,
            _ => 2,
        };
        Self { text, letters: letters(text), forgiven, slips: Slips::of(text.as_bytes()), goes_on: last }
    }

    /// Whether a word of these letters may be meant.
    const fn may_be(&self, letters: u32) -> bool {
        (self.letters & !letters).count_ones() as usize <= self.forgiven
    }

    /// How far off this word is, if it may be meant at all.
    fn off(&self, word: &str) -> Option<u8> {
        if let Some(rest) = word.strip_prefix(self.text) {
            return Some(if rest.is_empty() { 0 } else { BEGINS });
        }
        if self.text.len() > 2 && word.contains(self.text) {
            return Some(WITHIN);
        }
        if self.forgiven == 0 {
            return None;
        }
        self.slips.until(word.as_bytes(), self.forgiven, self.goes_on).map(|slips| SLIP + slips as u8)
    }
}

/// A bit per letter of a word. Letters beyond a to z share the bits that are left.
fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |set, byte| set | 1 << (byte & 31))
}

/// The beginning of a word that is compared.
fn cut(word: &str) -> &str {
    word.get(..word.floor_char_boundary(LONGEST)).unwrap_or(word)
}

/// Writes a number in groups of seven bits, the lowest first.
fn write(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[cfg(test)]
mod tests;
