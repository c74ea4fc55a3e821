//! Short texts, of which there are very many, in little memory.

use std::{fmt, ops::Deref};

/// So many bytes lie in the text itself.
const INLINE: usize = 22;

/// A text that does not change: 24 bytes, and more elsewhere only if it is longer than 22.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Short { len: u8, bytes: [u8; INLINE] },
    Long(Box<str>),
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let mut bytes = [0; INLINE];
        match (u8::try_from(text.len()), bytes.get_mut(..text.len())) {
            (Ok(len), Some(place)) => {
                place.copy_from_slice(text.as_bytes());
                Self(Kind::Short { len, bytes })
            }
            _ => Self(Kind::Long(text.into())),
        }
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        match &self.0 {
            // It was copied from a text.
            Kind::Short { len, bytes } => bytes.get(..usize::from(*len)).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default(),
            Kind::Long(text) => text,
        }
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<String> for Text {
    fn eq(&self, other: &String) -> bool {
        **self == **other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_length_reads_as_it_was_written() {
        assert_eq!(size_of::<Text>(), 24);
        for text in ["", "a", "(01)09506000134352", "exactly 22 bytes long!", "one more than 22 bytes.", "grüße grüße grüße", &"é".repeat(300)]
        {
            assert_eq!((&*Text::from(text), Text::from(text).to_string()), (text, text.to_owned()));
            assert_eq!(matches!(Text::from(text).0, Kind::Short { .. }), text.len() <= INLINE, "{text}");
        }
    }
}
