//! Text that is not UTF-8: suppliers' tables and contributors' rows come in windows-1252 too, even mixed within a file.

use std::borrow::Cow;

/// What stands at 0x80 to 0x9F in windows-1252 (WHATWG Encoding Standard, index windows-1252); the rest is Latin-1.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜',
    '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Bytes as text: UTF-8 if they are that, else windows-1252 (then the text is owned).
///
/// ```
/// assert_eq!(ecosphere::provenance::text_of(b"Gr\xf6\xdfe \x80"), "Größe €");
/// ```
#[must_use]
pub fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => bytes.iter().map(|b| WINDOWS_1252.get(usize::from(*b).wrapping_sub(0x80)).copied().unwrap_or(char::from(*b))).collect(),
    }
}
