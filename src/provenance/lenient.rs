//! Members of a row as anyone may have filled them in: borrowed from the line where they can be, and never a reason to lose the rest of it.

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{borrow::Cow, fmt};

/// A member that should be a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Text<'a> {
    /// It is missing or null.
    #[default]
    Nothing,
    /// It is one.
    Said(Cow<'a, str>),
    /// It is something else.
    Odd,
}

impl Text<'_> {
    pub fn get(&self) -> Option<&str> {
        match self {
            Self::Said(text) => Some(text),
            Self::Nothing | Self::Odd => None,
        }
    }
}

/// A member that should be a list of texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Texts<'a> {
    /// Those that are texts.
    pub said: Vec<Cow<'a, str>>,
    /// Whether anything else stands in it, or instead of it.
    pub odd: bool,
}

/// A member that should be an object, of which only the names count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names<'a> {
    /// The names.
    pub said: Vec<Cow<'a, str>>,
    /// Whether something else stands instead of it.
    pub odd: bool,
}

/// What visitors of all three say of a value of the wrong kind. Fractions are refused, and with them the row.
macro_rules! odd_scalars {
    ($odd:expr) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($odd)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($odd)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($odd)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Default::default())
        }
    };
}

struct OfText;
impl<'de> Visitor<'de> for OfText {
    type Value = Text<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text::Said(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text::Said(Cow::Owned(text.to_owned())))
    }
    odd_scalars!(Text::Odd);
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Text<'de>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text::Odd)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text::Odd)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfText)
    }
}

struct OfTexts;
impl<'de> Visitor<'de> for OfTexts {
    type Value = Texts<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of texts")
    }
    fn visit_str<E>(self, _: &str) -> Result<Texts<'de>, E> {
        Ok(Texts { odd: true, ..Texts::default() })
    }
    odd_scalars!(Texts { odd: true, ..Texts::default() });
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts<'de>, A::Error> {
        let mut texts = Texts::default();
        while let Some(text) = list.next_element::<Text<'de>>()? {
            match text {
                Text::Said(text) => texts.said.push(text),
                Text::Nothing | Text::Odd => texts.odd = true,
            }
        }
        Ok(texts)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Texts { odd: true, ..Texts::default() })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Texts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfTexts)
    }
}

struct OfNames;
impl<'de> Visitor<'de> for OfNames {
    type Value = Names<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_str<E>(self, _: &str) -> Result<Names<'de>, E> {
        Ok(Names { odd: true, ..Names::default() })
    }
    odd_scalars!(Names { odd: true, ..Names::default() });
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Names<'de>, A::Error> {
        // An empty object comes as an empty list out of some exports.
        let odd = list.next_element::<IgnoredAny>()?.is_some();
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Names { odd, ..Names::default() })
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names<'de>, A::Error> {
        let mut names = Names::default();
        while let Some((name, IgnoredAny)) = map.next_entry::<Text<'de>, IgnoredAny>()? {
            if let Text::Said(name) = name {
                names.said.push(name);
            }
        }
        Ok(names)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Names<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfNames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_any_kind_are_read_and_those_of_the_wrong_kind_are_odd() {
        let text = |json: &'static str| serde_json::from_str::<Text<'_>>(json).unwrap();
        assert_eq!(text("\"a\""), Text::Said(Cow::Borrowed("a")));
        assert!(matches!(text("\"a\""), Text::Said(Cow::Borrowed(_))), "not copied");
        assert_eq!(text("\"\\u00e9\"").get(), Some("é"));
        assert_eq!(text("null"), Text::Nothing);
        for odd in ["1", "-1", "true", "[1,[2]]", "{\"a\":{}}"] {
            assert_eq!(text(odd), Text::Odd, "{odd}");
        }
        let texts = |json: &'static str| serde_json::from_str::<Texts<'_>>(json).unwrap();
        assert_eq!(texts("[\"a\",\"b\"]"), Texts { said: vec!["a".into(), "b".into()], odd: false });
        assert_eq!(texts("[\"a\",7,null]"), Texts { said: vec!["a".into()], odd: true });
        assert_eq!(texts("null"), Texts::default());
        assert!(texts("\"a\"").odd && texts("{}").odd);
        let names = |json: &'static str| serde_json::from_str::<Names<'_>>(json).unwrap();
        assert_eq!(names("{\"fr\":4,\"en\":{}}").said, ["fr", "en"]);
        assert_eq!((names("[]"), names("[1]").odd, names("null")), (Names::default(), true, Names::default()));
    }
}
