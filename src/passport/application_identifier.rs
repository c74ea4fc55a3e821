//! The GS1 Application Identifiers that a Digital Link's path may hold: primary keys, their qualifiers, and what their values look like.
//! Source: GS1 Digital Link Standard: URI Syntax 1.4, section 4, and the `dlpkey` entries of the GS1 Barcode Syntax Dictionary.

use super::gtin::{digits, wrong_check_digit};

/// A primary key and the qualifiers that may follow it, in that order. Where there are two lists, a link uses one of them.
pub(super) struct PrimaryAi {
    pub(super) ai: &'static str,
    value: &'static [Part],
    pub(super) qualifiers: &'static [&'static [&'static str]],
}

/// One component of a value.
struct Part {
    set: Set,
    /// Characters, inclusive.
    min: usize,
    max: usize,
    rule: Rule,
}

/// Which characters.
#[derive(Clone, Copy)]
enum Set {
    Digits,
    /// GS1 General Specifications, figure 7.11-1: 82 characters of ASCII.
    Cset82,
    /// GS1 General Specifications, figure 7.11-2: digits, capital letters, `#`, `-` and `/`.
    Cset39,
}

/// What else must hold.
#[derive(Clone, Copy, PartialEq)]
enum Rule {
    None,
    /// The last digit is GS1's mod-10 check digit.
    CheckDigit,
    /// The last two characters are GS1's check pair (mod 1021).
    CheckPair,
    /// A single zero in front.
    Zero,
    /// No leading zero, unless it is all there is.
    NoLeadingZero,
    /// Two digits piece, two digits total: 01..=total.
    PieceOfTotal,
}

const fn part(set: Set, min: usize, max: usize, rule: Rule) -> Part {
    Part { set, min, max, rule }
}
const fn text(max: usize) -> Part {
    part(Set::Cset82, 1, max, Rule::None)
}
const fn checked(len: usize) -> Part {
    part(Set::Digits, len, len, Rule::CheckDigit)
}
const fn key(ai: &'static str, value: &'static [Part], qualifiers: &'static [&'static [&'static str]]) -> PrimaryAi {
    PrimaryAi { ai, value, qualifiers }
}

/// Every primary key of the standard.
static PRIMARY: &[PrimaryAi] = &[
    key("00", &[checked(18)], &[]),
    key("01", &[checked(14)], &[&["22", "10", "21"], &["235"]]),
    key("253", &[checked(13), part(Set::Cset82, 0, 17, Rule::None)], &[]),
    key("255", &[checked(13), part(Set::Digits, 0, 12, Rule::None)], &[]),
    key("401", &[text(30)], &[]),
    key("402", &[checked(17)], &[]),
    key("414", &[checked(13)], &[&["254"], &["7040"]]),
    key("415", &[checked(13)], &[&["8020"]]),
    key("417", &[checked(13)], &[&["7040"]]),
    key("8003", &[part(Set::Digits, 1, 1, Rule::Zero), checked(13), part(Set::Cset82, 0, 16, Rule::None)], &[]),
    key("8004", &[text(30)], &[&["7040"]]),
    key("8006", &[checked(14), part(Set::Digits, 4, 4, Rule::PieceOfTotal)], &[&["22", "10", "21"]]),
    key("8010", &[part(Set::Cset39, 1, 30, Rule::None)], &[&["8011"]]),
    key("8013", &[part(Set::Cset82, 3, 25, Rule::CheckPair)], &[]),
    key("8017", &[checked(18)], &[&["8019"]]),
    key("8018", &[checked(18)], &[&["8019"]]),
];

/// Every qualifier.
static QUALIFIERS: &[(&str, &[Part])] = &[
    ("10", &[text(20)]),
    ("21", &[text(20)]),
    ("22", &[text(20)]),
    ("235", &[text(28)]),
    ("254", &[text(20)]),
    ("7040", &[part(Set::Digits, 1, 1, Rule::None), part(Set::Cset82, 3, 3, Rule::None)]),
    ("8011", &[part(Set::Digits, 1, 12, Rule::NoLeadingZero)]),
    ("8019", &[part(Set::Digits, 1, 10, Rule::None)]),
    ("8020", &[text(25)]),
];

/// Alphabetic names that early versions of the standard allowed in place of a number, and the number.
static WITHDRAWN_NAMES: &[(&str, &str)] = &[
    ("sscc", "00"),
    ("gtin", "01"),
    ("gdti", "253"),
    ("gcn", "255"),
    ("ginc", "401"),
    ("gsin", "402"),
    ("gln", "414"),
    ("payTo", "415"),
    ("party", "417"),
    ("grai", "8003"),
    ("giai", "8004"),
    ("itip", "8006"),
    ("cpid", "8010"),
    ("gmn", "8013"),
    ("gsrnp", "8017"),
    ("gsrn", "8018"),
    ("lot", "10"),
    ("ser", "21"),
    ("cpv", "22"),
];

/// The primary key with this number.
pub(super) fn primary(ai: &str) -> Option<&'static PrimaryAi> {
    PRIMARY.iter().find(|key| key.ai == ai)
}

/// The qualifier with this number, as a text that lives for ever.
pub(super) fn qualifier(ai: &str) -> Option<&'static str> {
    QUALIFIERS.iter().find(|(number, _)| *number == ai).map(|(number, _)| *number)
}

/// The number that an alphabetic name stood for.
pub(super) fn withdrawn_name(name: &str) -> Option<&'static str> {
    WITHDRAWN_NAMES.iter().find(|(old, _)| *old == name).map(|(_, ai)| *ai)
}

/// Whether the value fits its identifier. `Err` says in words what is wrong, to be read after "the value of (01) …".
pub(super) fn check_value(ai: &str, value: &str) -> Result<(), String> {
    let parts = primary(ai).map(|key| key.value).or_else(|| QUALIFIERS.iter().find(|(number, _)| *number == ai).map(|(_, parts)| *parts));
    let mut rest = value;
    for part in parts.unwrap_or_default() {
        let length = rest.chars().count().min(part.max);
        if length < part.min {
            return Err(format!("is too short; it needs at least {} characters", parts.unwrap_or_default().iter().map(|p| p.min).sum::<usize>()));
        }
        let end = rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at);
        let (head, tail) = rest.split_at(end);
        part.check(head)?;
        rest = tail;
    }
    if rest.is_empty() {
        Ok(())
    } else {
        Err(format!("is too long; it may have {} characters", parts.unwrap_or_default().iter().map(|p| p.max).sum::<usize>()))
    }
}

impl Part {
    fn check(&self, text: &str) -> Result<(), String> {
        if let Some(stranger) = text.chars().find(|c| !self.set.has(*c)) {
            let allowed = match self.set {
                Set::Digits => "only digits",
                Set::Cset82 => "only letters A to Z, digits and the punctuation of GS1's character set 82",
                Set::Cset39 => "only digits, capital letters, #, - and /",
            };
            return Err(format!("has {stranger:?} in it, where {allowed} may stand"));
        }
        match self.rule {
            Rule::None => Ok(()),
            Rule::CheckDigit => match wrong_check_digit(&digits(text).unwrap_or_default()) {
                None => Ok(()),
                Some(right) => Err(format!("has a wrong check digit; the last digit of {text} should be {right}")),
            },
            Rule::CheckPair => match check_pair(text) {
                Some(right) if text.ends_with(&right) => Ok(()),
                _ => Err("has wrong check characters; the last two do not fit the rest".to_owned()),
            },
            Rule::Zero => {
                if text == "0" {
                    Ok(())
                } else {
                    Err("should begin with 0".to_owned())
                }
            }
            Rule::NoLeadingZero => {
                if text.starts_with('0') && text.len() > 1 {
                    Err("may not begin with 0".to_owned())
                } else {
                    Ok(())
                }
            }
            Rule::PieceOfTotal => {
                let (piece, total) = text.split_at_checked(2).unwrap_or_default();
                if piece != "00" && piece <= total { Ok(()) } else { Err("should end with piece and total, such as 0102".to_owned()) }
            }
        }
    }
}

impl Set {
    fn has(self, c: char) -> bool {
        match self {
            Self::Digits => c.is_ascii_digit(),
            Self::Cset82 => CSET_82.contains(c),
            Self::Cset39 => c.is_ascii_digit() || c.is_ascii_uppercase() || "#-/".contains(c),
        }
    }
}

/// GS1's character set 82; a character's position is its value in the check pair.
const CSET_82: &str = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/// GS1's check character pair (General Specifications, section 7.9.5): the values of the characters before the pair, each times a prime
/// (2 for the last, 3 for the one before, …), summed mod 1021, written as two characters of a 32-letter alphabet.
fn check_pair(text: &str) -> Option<String> {
    const PRIMES: [usize; 23] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83];
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let (stem, _) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let values: Option<Vec<usize>> = stem.chars().rev().map(|c| CSET_82.find(c)).collect();
    let values = values.filter(|v| v.len() <= PRIMES.len())?;
    let sum = values.iter().zip(PRIMES).map(|(value, prime)| value * prime).sum::<usize>() % 1021;
    Some([sum / 32, sum % 32].into_iter().filter_map(|i| LETTERS.get(i)).map(|b| char::from(*b)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_check_pair_is_found() {
        // GS1 General Specifications, section 7.9.5, example.
        assert_eq!(check_pair("1987654Ad4X4bL5ttr2310c2K").as_deref(), Some("2K"));
        assert!(check_value("8013", "1987654Ad4X4bL5ttr2310c2K").is_ok());
        assert!(check_value("8013", "1987654Ad4X4bL5ttr2310d2K").is_err());
        assert!(check_value("8013", "2K").is_err());
    }

    #[test]
    fn the_character_set_has_82_characters() {
        assert_eq!(CSET_82.chars().count(), 82);
    }

    #[test]
    fn every_qualifier_of_a_key_has_a_format() {
        for key in PRIMARY {
            for ai in key.qualifiers.iter().copied().flatten() {
                assert!(qualifier(ai).is_some(), "{ai}");
            }
        }
    }

    #[test]
    fn values_are_held_to_their_identifiers_format() {
        for (ai, good) in [
            ("00", "106141412345678908"),
            ("253", "9506000134369A/1"),
            ("8003", "00614141123452A"),
            ("8006", "095060001343520102"),
            ("8010", "987654#A/-"),
            ("8011", "0"),
            ("414", "9506000134376"),
            ("7040", "1ABC"),
        ] {
            assert_eq!(check_value(ai, good), Ok(()), "({ai}){good}");
        }
        for (ai, bad) in [
            ("00", "106141412345678907"),
            ("01", "9506000134352"),
            ("8003", "10614141123452A"),
            ("8006", "095060001343520302"),
            ("8006", "095060001343520000"),
            ("8010", "abc"),
            ("8011", "01"),
            ("10", ""),
            ("10", "ABCDEFGHIJKLMNOPQRSTU"),
            ("21", "é"),
            ("21", "A B"),
        ] {
            assert!(check_value(ai, bad).is_err(), "({ai}){bad}");
        }
    }
}
