//! Text of other encodings as UTF-8: UTF-16 with or without a byte order mark (RFC 2781) is turned into it as it is read, a UTF-8 mark is left
//! out. Single fields that are no UTF-8 are [`crate::provenance::text_of`]'s matter.

use std::io::{self, BufRead, Read};

#[derive(Clone, Copy)]
enum Form {
    Bytes,
    Utf16 { little: bool },
}

/// Gives what it reads as UTF-8, or as it stands where it is not UTF-16.
pub struct Utf8<R> {
    inner: R,
    form: Form,
    ready: Vec<u8>,
    at: usize,
    /// A first half that waits for its second.
    half: Option<u16>,
}

impl<R: BufRead> Utf8<R> {
    /// Looks at the first bytes.
    ///
    /// # Errors
    /// What the reader reports.
    pub fn new(mut inner: R) -> io::Result<Self> {
        let start = inner.fill_buf()?;
        let (form, mark) = match start {
            [0xef, 0xbb, 0xbf, ..] => (Form::Bytes, 3),
            [0xff, 0xfe, ..] => (Form::Utf16 { little: true }, 2),
            [0xfe, 0xff, ..] => (Form::Utf16 { little: false }, 2),
            // Headings and JSON begin with a letter of ASCII, whose other byte is zero.
            [0, other, ..] if *other != 0 => (Form::Utf16 { little: false }, 0),
            [other, 0, ..] if *other != 0 => (Form::Utf16 { little: true }, 0),
            _ => (Form::Bytes, 0),
        };
        inner.consume(mark);
        Ok(Self { inner, form, ready: Vec::new(), at: 0, half: None })
    }

    fn fill(&mut self, little: bool) -> io::Result<()> {
        self.ready.clear();
        self.at = 0;
        let mut units: Vec<u16> = self.half.take().into_iter().collect();
        while units.len() < 4_096 {
            let mut pair = [0; 2];
            match self.inner.read(&mut pair[..1])? {
                0 => break,
                _ => match self.inner.read_exact(&mut pair[1..]) {
                    Ok(()) => units.push(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }),
                    Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => units.push(0xfffd),
                    Err(e) => return Err(e),
                },
            }
        }
        if units.len() >= 4_096 && units.last().is_some_and(|u| (0xd800..0xdc00).contains(u)) {
            self.half = units.pop();
        }
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.ready = text.into_bytes();
        Ok(())
    }
}

impl<R: BufRead> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Form::Utf16 { little } = self.form else { return self.inner.read(out) };
        if self.at >= self.ready.len() {
            self.fill(little)?;
        }
        let read = self.ready.get(self.at..).unwrap_or_default().read(out)?;
        self.at += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::text_of;

    fn read(bytes: &[u8]) -> String {
        let mut text = Vec::new();
        Utf8::new(bytes).unwrap().read_to_end(&mut text).unwrap();
        text_of(&text).into_owned()
    }

    #[test]
    fn the_same_text_is_read_in_every_encoding() {
        let text = "Größe;12,5 €;🍅;".repeat(2_000);
        let utf16 = |little: bool, mark: bool| -> Vec<u8> {
            let start = if mark { vec![0xfeff] } else { Vec::new() };
            start.into_iter().chain(text.encode_utf16()).flat_map(|u: u16| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
        };
        for bytes in [
            text.clone().into_bytes(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            utf16(true, true),
            utf16(false, true),
            utf16(true, false),
            utf16(false, false),
        ] {
            assert!(read(&bytes) == text);
        }
        assert_eq!(text_of(b"Gr\xf6\xdfe \x80"), "Größe €");
        assert_eq!(read(&[0xff, 0xfe, b'a']), "\u{fffd}");
    }
}
