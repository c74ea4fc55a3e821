//! Brand names and the organisations behind them.

use std::collections::BTreeMap;

/// Which organisation a brand name means. Names are compared without case, accents, punctuation, brackets and legal forms; a name that would
/// mean two organisations means none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BrandIndex {
    /// `None` marks a name that means several.
    names: BTreeMap<String, Option<String>>,
}

impl BrandIndex {
    /// Says that `name` means the organisation with this id.
    pub fn add(&mut self, name: &str, id: &str) {
        let name = normalised(name);
        if name.is_empty() {
            return;
        }
        self.names
            .entry(name)
            .and_modify(|known| {
                if known.as_deref() != Some(id) {
                    *known = None;
                }
            })
            .or_insert_with(|| Some(id.to_owned()));
    }

    /// The organisation this name means.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.names.get(&normalised(name))?.as_deref()
    }

    /// How many names mean exactly one organisation.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.values().flatten().count()
    }

    /// Whether no name means anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Words at the end of a company's name that tell its legal form, not its brand.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "as",
    "asa",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "group",
    "holding",
    "holdings",
    "inc",
    "kg",
    "limited",
    "llc",
    "ltd",
    "nv",
    "oy",
    "oyj",
    "plc",
    "sa",
    "sas",
    "se",
    "spa",
    "srl",
];

fn normalised(name: &str) -> String {
    let outside_brackets = name.split('(').next().unwrap_or_default();
    let mut letters = String::new();
    for c in outside_brackets.chars().flat_map(char::to_lowercase) {
        match c {
            // Dots and apostrophes stand inside words: S.p.A., Levi's.
            '.' | '\'' | '\u{2019}' => {}
            '&' => letters.push_str(" and "),
            c if c.is_alphanumeric() => letters.push_str(plain(c).unwrap_or(c.encode_utf8(&mut [0; 4]))),
            _ => letters.push(' '),
        }
    }
    let mut words: Vec<&str> = letters.split_whitespace().collect();
    while words.len() > 1 && words.last().is_some_and(|last| LEGAL_FORMS.contains(last) || *last == "and") {
        words.pop();
    }
    words.join(" ")
}

/// Letters of western and central European alphabets without their marks.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ä' => "a",
        'æ' => "ae",
        'ç' | 'č' | 'ć' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ě' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ł' => "l",
        'ñ' | 'ń' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
        'œ' => "oe",
        'ř' => "r",
        'š' | 'ś' => "s",
        'ß' => "ss",
        'ù' | 'ú' | 'û' | 'ü' | 'ů' => "u",
        'ý' | 'ÿ' => "y",
        'ž' | 'ź' | 'ż' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_equal_when_only_writing_and_legal_form_differ() {
        for (a, b) in [
            ("Chloé", "CHLOE"),
            ("Marks & Spencer", "Marks and Spencer Group plc"),
            ("Levi's", "LEVIS"),
            ("Zalando SE", "zalando"),
            ("George (brand)", "George"),
            ("Gianni Versace S.r.l.", "gianni versace"),
            ("Levi Strauss & Co.", "Levi Strauss"),
        ] {
            assert_eq!(normalised(a), normalised(b));
        }
        assert_ne!(normalised("Target"), normalised("Target Australia"));
        assert_eq!(normalised("Company"), "company", "a name of legal words only keeps its first");
    }

    #[test]
    fn a_name_that_means_two_organisations_means_none() {
        let mut brands = BrandIndex::default();
        brands.add("Lidl Limited", "wikirate:1");
        brands.add("LIDL", "wikirate:1");
        assert_eq!((brands.find("lidl"), brands.len()), (Some("wikirate:1"), 1));
        brands.add("Lidl", "wikirate:2");
        assert_eq!((brands.find("lidl"), brands.is_empty()), (None, true));
        brands.add(" - ", "wikirate:3");
        assert_eq!(brands.find("-"), None);
    }
}
