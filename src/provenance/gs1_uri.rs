//! The subject's URI in a credential: a GS1 Digital Link at GS1's own resolver, as the standard gives for the canonical form
//! (GS1 Digital Link URI Syntax 1.6, "canonical GS1 Digital Link URI").

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

pub(super) const RESOLVER: &str = "https://id.gs1.org/";

/// Key qualifiers of a GTIN, in the order the standard fixes: consumer product variant, lot, serial.
const QUALIFIERS: [&str; 3] = ["22", "10", "21"];

/// RFC 3986 "unreserved" characters stay as they are.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `(01)09520000000011(10)T1` as `https://id.gs1.org/01/09520000000011/10/T1`; `None` when it is not the element string of a product.
pub(super) fn uri(element_string: &str) -> Option<String> {
    let (gtin, mut rest) = element_string.strip_prefix("(01)")?.split_at_checked(14)?;
    if !gtin.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut link = format!("{RESOLVER}01/{gtin}");
    for (at, ai) in QUALIFIERS.iter().enumerate() {
        let Some(after) = rest.strip_prefix(&format!("({ai})")) else { continue };
        // A value may hold brackets itself; only a qualifier that may still follow ends it.
        let end = QUALIFIERS.iter().skip(at + 1).filter_map(|next| after.find(&format!("({next})"))).min().unwrap_or(after.len());
        let (value, following) = after.split_at_checked(end)?;
        if value.is_empty() {
            return None;
        }
        link.push_str(&format!("/{ai}/{}", utf8_percent_encode(value, ESCAPED)));
        rest = following;
    }
    rest.is_empty().then_some(link)
}

/// The inverse of [`uri`].
pub(super) fn element_string(link: &str) -> Option<String> {
    let mut parts = link.strip_prefix(RESOLVER)?.split('/');
    let mut text = String::new();
    while let Some(ai) = parts.next() {
        let value = percent_decode_str(parts.next()?).decode_utf8().ok()?;
        text.push_str(&format!("({ai}){value}"));
    }
    (uri(&text)? == link).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn element_strings_and_links_are_each_others_inverse() {
        for (element, link) in [
            ("(01)09520000000011", "https://id.gs1.org/01/09520000000011"),
            ("(01)09520000000011(10)T1(21)7", "https://id.gs1.org/01/09520000000011/10/T1/21/7"),
            ("(01)09520000000011(10)a/b(c)", "https://id.gs1.org/01/09520000000011/10/a%2Fb%28c%29"),
            ("(01)09520000000011(22)2A(21)7", "https://id.gs1.org/01/09520000000011/22/2A/21/7"),
        ] {
            assert_eq!(uri(element).as_deref(), Some(link));
            assert_eq!(element_string(link).as_deref(), Some(element));
        }
        for bad in ["", "wikirate:7", "(01)123", "(01)09520000000011(10)", "(01)09520000000011(99)x", "(01)0952000000001é"] {
            assert_eq!(uri(bad), None, "{bad}");
        }
        for bad in ["https://id.gs1.org/01", "https://id.gs1.org/01/09520000000011/21/7/10/T1", "https://example.com/01/09520000000011"] {
            assert_eq!(element_string(bad), None, "{bad}");
        }
    }
}
