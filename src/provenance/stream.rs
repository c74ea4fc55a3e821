//! Takes the elements of one array out of a JSON text of any size, one at a time, in constant memory.
//!
//! ```text
//! {"type": …, "epcisBody": {"eventList": [ {…}, {…}, … ]}}     the array at one of the paths asked for: each element as its own bytes
//! {"type": …, "epcisBody": {"eventList": []}}                  everything around it: the frame, at most MAX_FRAME bytes
//! ```
//! Elements are told apart by counting brackets outside of strings (RFC 8259); whether one is JSON at all is for its reader to say, so that a bad
//! one costs nothing but itself.

use std::io::{self, BufRead};

/// The largest element that is handed out, in bytes; of a larger one only the length is told.
pub(super) const MAX_ELEMENT: usize = 1 << 20;
/// The most that may stand around the array, in bytes.
pub(super) const MAX_FRAME: usize = 4 << 20;
/// How deep the frame may nest.
const MAX_DEPTH: usize = 64;

/// One element.
pub(super) struct Element<'a> {
    /// 1-based line in which it begins.
    pub line: u64,
    /// 0-based position in the array.
    pub index: u64,
    /// Its text, or its length where that is more than [`MAX_ELEMENT`].
    pub text: Result<&'a [u8], u64>,
}

/// Where in the text the reader stands.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Frame,
    Array,
    Element,
    End,
}

/// See the module.
pub(super) struct Elements<R> {
    reader: R,
    paths: &'static [&'static str],
    at: At,
    frame: Vec<u8>,
    /// Per open container of the frame: the key last read in an object, or `None` in an array.
    keys: Vec<Option<String>>,
    /// Where in `frame` the string that is being read began, if it is a key.
    key_from: Option<usize>,
    expects_key: bool,
    element: Vec<u8>,
    length: u64,
    open: u32,
    in_string: bool,
    escaped: bool,
    line: u64,
    element_line: u64,
    index: u64,
}

impl<R: BufRead> Elements<R> {
    /// Reads the array at one of `paths`, written like `epcisBody.eventList`.
    pub fn new(reader: R, paths: &'static [&'static str]) -> Self {
        Self {
            reader,
            paths,
            at: At::Frame,
            frame: Vec::new(),
            keys: Vec::new(),
            key_from: None,
            expects_key: false,
            element: Vec::new(),
            length: 0,
            open: 0,
            in_string: false,
            escaped: false,
            line: 1,
            element_line: 0,
            index: 0,
        }
    }

    /// The next element, or `None` at the end of the text. A text that ends inside an element gives it as it stands.
    ///
    /// # Errors
    /// What the reader reports, and [`io::ErrorKind::InvalidData`] where the frame is too large or too deep.
    pub fn next(&mut self) -> io::Result<Option<Element<'_>>> {
        self.element.clear();
        self.length = 0;
        while self.at != At::End {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                let cut = self.at == At::Element;
                self.at = At::End;
                return Ok(cut.then(|| self.hand_out()));
            }
            // The chunk is borrowed from the reader; what follows needs the rest of `self`.
            let (mut used, mut done) = (0_usize, false);
            let mut state = std::mem::replace(&mut self.at, At::End);
            for &byte in chunk {
                used += 1;
                self.line += u64::from(byte == b'\n');
                state = match state {
                    At::Frame => {
                        if self.frame.len() >= MAX_FRAME {
                            return Err(invalid("more than 4 MiB stand around the list of events"));
                        }
                        self.frame.push(byte);
                        frame_byte(
                            byte,
                            &mut self.keys,
                            &mut self.key_from,
                            &mut self.expects_key,
                            &self.frame,
                            &mut self.in_string,
                            &mut self.escaped,
                        )?;
                        if byte == b'[' && !self.in_string && is_wanted(&self.keys, self.paths) { At::Array } else { At::Frame }
                    }
                    At::Array => match byte {
                        b']' => {
                            self.frame.push(byte);
                            self.keys.pop();
                            At::Frame
                        }
                        b',' | b' ' | b'\t' | b'\r' | b'\n' => At::Array,
                        _ => {
                            self.element_line = self.line;
                            self.element.push(byte);
                            self.length = 1;
                            self.open = u32::from(matches!(byte, b'{' | b'['));
                            self.in_string = byte == b'"';
                            self.escaped = false;
                            At::Element
                        }
                    },
                    At::Element => {
                        let ends_scalar = self.open == 0 && !self.in_string && matches!(byte, b',' | b']');
                        if ends_scalar {
                            // Not of the element: it is looked at again. It is no line feed, so the line stands.
                            used = used.saturating_sub(1);
                            done = true;
                            At::Array
                        } else {
                            self.length += 1;
                            if self.element.len() < MAX_ELEMENT {
                                self.element.push(byte);
                            }
                            if self.in_string {
                                self.in_string = byte != b'"' || self.escaped;
                                self.escaped = byte == b'\\' && !self.escaped;
                            } else {
                                match byte {
                                    b'"' => self.in_string = true,
                                    b'{' | b'[' => self.open = self.open.saturating_add(1),
                                    b'}' | b']' => self.open = self.open.saturating_sub(1),
                                    _ => {}
                                }
                            }
                            done = self.open == 0 && matches!(byte, b'}' | b']') && !self.in_string;
                            if done { At::Array } else { At::Element }
                        }
                    }
                    At::End => At::End,
                };
                if done {
                    break;
                }
            }
            self.reader.consume(used);
            self.at = state;
            if done {
                return Ok(Some(self.hand_out()));
            }
        }
        Ok(None)
    }

    /// What stands around the array, once [`Elements::next`] has given `None`.
    pub fn frame(&self) -> &[u8] {
        &self.frame
    }

    fn hand_out(&mut self) -> Element<'_> {
        let index = self.index;
        self.index += 1;
        let whole = self.length as usize == self.element.len();
        Element { line: self.element_line, index, text: if whole { Ok(self.element.trim_ascii_end()) } else { Err(self.length) } }
    }
}

/// Follows keys and containers of the frame.
fn frame_byte(
    byte: u8,
    keys: &mut Vec<Option<String>>,
    key_from: &mut Option<usize>,
    expects_key: &mut bool,
    frame: &[u8],
    in_string: &mut bool,
    escaped: &mut bool,
) -> io::Result<()> {
    if *in_string {
        *in_string = byte != b'"' || *escaped;
        *escaped = byte == b'\\' && !*escaped;
        if !*in_string && let (Some(from), Some(Some(key))) = (key_from.take(), keys.last_mut()) {
            // Without the closing quote. A key with escapes is none of the paths' keys.
            *key = String::from_utf8_lossy(frame.get(from..frame.len().saturating_sub(1)).unwrap_or_default()).into_owned();
        }
        return Ok(());
    }
    match byte {
        b'"' => {
            (*in_string, *escaped) = (true, false);
            *key_from = (*expects_key && matches!(keys.last(), Some(Some(_)))).then_some(frame.len());
            *expects_key = false;
        }
        b'{' | b'[' => {
            if keys.len() >= MAX_DEPTH {
                return Err(invalid("the document nests deeper than 64 levels"));
            }
            keys.push((byte == b'{').then(String::new));
            *expects_key = byte == b'{';
        }
        b'}' | b']' => {
            keys.pop();
            *expects_key = false;
        }
        b',' => *expects_key = true,
        _ => {}
    }
    Ok(())
}

/// Whether the array just opened (the last of `keys`) stands at one of the paths.
fn is_wanted(keys: &[Option<String>], paths: &[&str]) -> bool {
    let Some((None, around)) = keys.split_last() else { return false };
    paths.iter().any(|path| path.split('.').map(Some).eq(around.iter().map(Option::as_deref)))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    type Got = (Vec<(u64, Result<String, u64>)>, String);

    fn read(text: &[u8], chunk: usize) -> io::Result<Got> {
        let mut elements = Elements::new(BufReader::with_capacity(chunk, text), &["body.list", "list"]);
        let mut got = Vec::new();
        while let Some(e) = elements.next()? {
            assert_eq!(e.index as usize, got.len());
            got.push((e.line, e.text.map(|t| String::from_utf8_lossy(t).into_owned())));
        }
        Ok((got, String::from_utf8_lossy(elements.frame()).into_owned()))
    }

    #[test]
    fn elements_come_out_one_by_one_with_their_lines_and_the_frame_remains() {
        let text = "{\"a\": [\"list\", {\"list\": [1]}],\n \"body\": {\"list\": [\n{\"x\": \"]}\\\"\"},\n7 , \"s,]\", [1,[2]]\n], \"z\": 1}}";
        for chunk in [1, 2, 7, 4096] {
            let (got, frame) = read(text.as_bytes(), chunk).unwrap();
            let texts: Vec<_> = got.iter().map(|(line, text)| (*line, text.as_deref().unwrap())).collect();
            assert_eq!(texts, [(3, "{\"x\": \"]}\\\"\"}"), (4, "7"), (4, "\"s,]\""), (4, "[1,[2]]")]);
            assert_eq!(frame, "{\"a\": [\"list\", {\"list\": [1]}],\n \"body\": {\"list\": [], \"z\": 1}}");
        }
    }

    #[test]
    fn what_is_too_large_or_too_deep_is_told_and_not_kept() {
        let large = format!("{{\"list\":[\"{}\", 2]}}", "x".repeat(MAX_ELEMENT));
        let (got, _) = read(large.as_bytes(), 4096).unwrap();
        assert_eq!((got[0].1.clone(), got[1].1.as_deref()), (Err(MAX_ELEMENT as u64 + 2), Ok("2")));
        assert!(read("[".repeat(100).as_bytes(), 64).is_err());
        assert!(read(&vec![b' '; MAX_FRAME + 1], 4096).is_err());
        assert_eq!(read(b"{\"list\":[{\"cut\": ", 64).unwrap().0[0].1.as_deref(), Ok("{\"cut\":"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_the_end_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), chunk in 1_usize..20) {
            let mut text = b"{\"list\":[".to_vec();
            text.extend(bytes);
            let _ = read(&text, chunk);
        }
    }
}
