//! How people speak of an organisation: reviews or answers to a survey, one a line, read as a stream and scored where they are.

use super::{
    Utf8,
    wire::{Felt, Heard},
};
use crate::{
    label::{Mood, Moods},
    measure::Decimal,
    provenance::text_of,
};
use std::io::{self, BufRead as _, BufReader, Read};

/// The longest text, in bytes.
const LONGEST: u64 = 64 * 1024;
/// So many of the first texts are shown with how they were felt.
const SHOWN: usize = 20;
/// The margin of error for which a small sample is corrected: five per cent.
const MARGIN: Decimal = Decimal::from_nanos(50_000_000);

/// Why texts could not be scored.
#[derive(Debug, thiserror::Error)]
pub enum MoodsError {
    /// The device or disk.
    #[error("the file could not be read: {0}")]
    Io(#[from] io::Error),
    /// Not one text a line.
    #[error("line {0} has more than 64 KiB; write one text a line")]
    Long(u64),
    /// No text.
    #[error("there is no text in it; write one text a line")]
    Empty,
}

/// Scores each line that is not empty; `hear` is given each with its mood.
///
/// # Errors
/// The file cannot be read, a line is too long, or there is no text at all.
pub fn count(file: impl Read, mut hear: impl FnMut(&str, Mood)) -> Result<Moods, MoodsError> {
    let mut lines = BufReader::new(Utf8::new(BufReader::new(file))?);
    let (mut moods, mut line, mut number) = (Moods::default(), Vec::new(), 0);
    loop {
        line.clear();
        number += 1;
        let read = lines.by_ref().take(LONGEST + 1).read_until(b'\n', &mut line)?;
        if read as u64 > LONGEST {
            return Err(MoodsError::Long(number));
        }
        if read == 0 {
            break;
        }
        let text = text_of(&line);
        let text = text.trim();
        if !text.is_empty() {
            let mood = Mood::of(text);
            moods.add(mood);
            hear(text, mood);
        }
    }
    if moods == Moods::default() { Err(MoodsError::Empty) } else { Ok(moods) }
}

/// The same for the desk: counts, what is left after the published correction for small samples, and the first texts as they were felt.
///
/// # Errors
/// As [`count`].
pub fn felt(file: impl Read) -> Result<Felt, MoodsError> {
    let mut first = Vec::new();
    let moods = count(file, |text, mood| {
        if first.len() < SHOWN {
            first.push(Heard { text: text.to_owned(), mood });
        }
    })?;
    let counted = moods.sentiment();
    // There is a text, and the margin lies between 0 and 1: it only fails where numbers are out of range, and then nothing is taken off.
    let corrected = counted.corrected(MARGIN, None).unwrap_or(counted);
    let share = corrected
        .positive
        .over(Decimal::from(corrected.mentions))
        .and_then(|share| share.scaled(100, 1))
        .map_or_else(|_| String::new(), |s| s.to_fixed(1));
    Ok(Felt { moods, share, corrected: corrected != counted, first })
}
