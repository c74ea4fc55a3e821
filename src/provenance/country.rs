//! Countries as sources name them, as ISO 3166-1 alpha-2 codes.

use std::{collections::BTreeMap, sync::LazyLock};

const TABLE: &str = include_str!("../../assets/countries.csv");

static BY_NAME: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    rows.flat_map(|row| row.split(';').filter_map(|name| Some((name.to_lowercase(), row.get(..2)?)))).collect()
});

/// The code of a country given by its alpha-2 or alpha-3 code or its name in one of eight European languages, in any capitals.
///
/// `IT`, `ita`, `Italy`, `Italien` and `Italia` are all `IT`.
pub(super) fn code(name: &str) -> Option<&'static str> {
    BY_NAME.get(&name.trim().to_lowercase()).copied()
}

/// The English name of a country given by its alpha-2 code: `IT` is Italy.
#[must_use]
pub fn country_name(code: &str) -> Option<&'static str> {
    let row = TABLE.lines().find(|row| row.split_once(';').is_some_and(|(alpha2, _)| alpha2 == code))?;
    row.split(';').nth(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_known_by_its_codes_and_names() {
        for (name, code_) in
            [("IT", "IT"), ("ita", "IT"), (" Italien ", "IT"), ("Côte d’Ivoire", "CI"), ("UK", "GB"), ("Deutschland", "DE"), ("Nederland", "NL")]
        {
            assert_eq!(code(name), Some(code_), "{name}");
        }
        for unknown in ["", "X", "XX", "Atlantis", "#"] {
            assert_eq!(code(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_code_has_an_english_name() {
        assert_eq!(["IT", "NL", "ZZ", "", "#"].map(country_name), [Some("Italy"), Some("Netherlands"), None, None, None]);
    }

    #[test]
    fn no_name_means_two_countries() {
        let mut names = BTreeMap::new();
        for row in TABLE.lines().filter(|line| !line.starts_with('#')) {
            for name in row.split(';').map(str::to_lowercase) {
                assert!(names.insert(name.clone(), &row[..2]).is_none_or(|other| other == &row[..2]), "{name}");
            }
        }
        assert_eq!(names.values().collect::<std::collections::BTreeSet<_>>().len(), 250);
    }
}
