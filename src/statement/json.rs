//! JSON from outside, read strictly, and its canonical form (RFC 8785, JCS).
//!
//! `serde_json` keeps the last of two equal keys, rounds what does not fit a double and may miss a double's last
//! digit; a signature over such a document would mean two things. So text from outside is read here and nowhere
//! else. What [`parse`] returns is a function of the canonical form alone: `1`, `1.0` and `1e0` are the same value.
//!
//! Refused beyond RFC 8259: duplicate keys (RFC 7493, section 2.3), numbers whose decimal value a double does not
//! give back, anything beyond ±(2⁵³ − 1) (RFC 7493, section 2.2), negative zero (JCS drops its sign), lone
//! surrogates, more than [`MAX_DEPTH`] levels.

use serde_json::{Map, Number, Value};

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 64;

/// The largest integer that a double and its neighbours hold exactly: 2⁵³ − 1 (RFC 7493, section 2.2).
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Why a JSON text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON.
    #[error("this is not JSON ({0})")]
    Syntax(String),
    /// An object has the same key twice.
    #[error("the key \"{0}\" appears twice in one object; keep one of them")]
    DuplicateKey(String),
    /// A number that a double cannot hold exactly.
    #[error("the number {0} cannot be carried exactly; write it as a string")]
    Number(String),
    /// Nested too deep.
    #[error("the document is nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
}

/// Reads a JSON text: no duplicate keys, no numbers that JCS cannot carry exactly, at most [`MAX_DEPTH`] levels.
///
/// # Errors
/// The first fault found.
///
/// # Examples
/// ```
/// use ecosphere::statement::json::{canonical, parse};
/// let value = parse(br#"{"b": 1.50, "a": [true]}"#).unwrap();
/// assert_eq!(canonical(&value).unwrap(), br#"{"a":[true],"b":1.5}"#);
/// assert!(parse(br#"{"a": 1, "a": 2}"#).is_err());
/// ```
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    let text = std::str::from_utf8(text).map_err(|e| JsonError::Syntax(format!("byte {}: not UTF-8", e.valid_up_to())))?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.blank();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.fault("something follows the end of the document")),
    }
}

/// The canonical form of a value (RFC 8785).
///
/// # Errors
/// An integer beyond ±[`MAX_INTEGER`], or more than [`MAX_DEPTH`] levels: a value made by a program rather than by [`parse`] may hold them.
pub fn canonical(value: &Value) -> Result<Vec<u8>, JsonError> {
    let mut out = Vec::new();
    write(value, 0, &mut out)?;
    Ok(out)
}

/// The canonical form of an object without one of its members.
pub(super) fn canonical_without(members: &Map<String, Value>, left_out: &str) -> Result<Vec<u8>, JsonError> {
    let mut out = Vec::new();
    write_object(members.iter().filter(|(key, _)| *key != left_out), 0, &mut out)?;
    Ok(out)
}

// Written here because a passport is verified while a person waits: the crate `serde_json_canonicalizer` takes ten times as long, which is half
// of a signature check. It writes the doubles, where the rules are hard, and is what the tests below compare with.
fn write(value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), JsonError> {
    match value {
        Value::Null => out.extend(b"null"),
        Value::Bool(true) => out.extend(b"true"),
        Value::Bool(false) => out.extend(b"false"),
        Value::String(text) => write_text(text, out)?,
        Value::Number(number) => write_number(number, out)?,
        Value::Array(_) | Value::Object(_) if depth >= MAX_DEPTH => return Err(JsonError::TooDeep),
        Value::Object(members) => write_object(members.iter(), depth, out)?,
        Value::Array(items) => {
            out.push(b'[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write(item, depth + 1, out)?;
            }
            out.push(b']');
        }
    }
    Ok(())
}

/// Members in the order of their keys' UTF-16 (RFC 8785, section 3.2.3).
fn write_object<'a>(members: impl Iterator<Item = (&'a String, &'a Value)>, depth: usize, out: &mut Vec<u8>) -> Result<(), JsonError> {
    let mut members: Vec<_> = members.collect();
    members.sort_by(|(a, _), (b, _)| if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) });
    out.push(b'{');
    for (n, (key, value)) in members.into_iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        write_text(key, out)?;
        out.push(b':');
        write(value, depth + 1, out)?;
    }
    out.push(b'}');
    Ok(())
}

/// `serde_json` escapes exactly what RFC 8785, section 3.2.2.2, escapes, in the same form.
fn write_text(text: &str, out: &mut Vec<u8>) -> Result<(), JsonError> {
    serde_json::to_writer(out, text).map_err(|e| JsonError::Syntax(e.to_string()))
}

fn write_number(number: &Number, out: &mut Vec<u8>) -> Result<(), JsonError> {
    let refused = || JsonError::Number(number.to_string());
    let text = match number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs)) {
        Some(size) if size > MAX_INTEGER => return Err(refused()),
        Some(_) => number.to_string(),
        None => serde_json_canonicalizer::to_string(number).map_err(|_| refused())?,
    };
    out.extend(text.as_bytes());
    Ok(())
}

/// A recursive-descent reader; the recursion is bounded by [`MAX_DEPTH`].
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, what: &str) -> JsonError {
        JsonError::Syntax(format!("byte {}: {what}", self.at))
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// The text from `start` to here. Both ends were left on an ASCII byte, so they are character boundaries.
    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.blank();
        match self.peek() {
            Some(b'{' | b'[') if depth >= MAX_DEPTH => Err(JsonError::TooDeep),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => Err(self.fault("no value starts like this")),
            None => Err(self.fault("the text ends where a value should be")),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        if self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.fault("no value starts like this"))
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        self.blank();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.blank();
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            if !self.take(b',') {
                return Err(self.fault("an array goes on with \",\" or ends with \"]\""));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut members = Map::new();
        self.blank();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.blank();
            if self.peek() != Some(b'"') {
                return Err(self.fault("a key in quotes should stand here"));
            }
            let key = self.string()?;
            if members.contains_key(&key) {
                return Err(JsonError::DuplicateKey(short(&key)));
            }
            self.blank();
            if !self.take(b':') {
                return Err(self.fault("\":\" should follow the key"));
            }
            let value = self.value(depth + 1)?;
            members.insert(key, value);
            self.blank();
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return Err(self.fault("an object goes on with \",\" or ends with \"}\""));
            }
        }
    }

    /// Finds the end of the string; its escapes are then read by `serde_json`, which refuses lone surrogates and control characters.
    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(self.fault("a string does not end")),
            }
        }
        self.at += 1;
        serde_json::from_str(self.since(start))
            .map_err(|_| JsonError::Syntax(format!("byte {start}: a string with a wrong escape or a control character")))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.fault("a digit should stand here"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?` (RFC 8259, section 6).
    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        self.take(b'-');
        if self.take(b'0') {
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.fault("a number does not start with 0"));
            }
        } else {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = self.since(start);
        exact(text).map(Value::Number).ok_or_else(|| JsonError::Number(short(text)))
    }
}

/// The number, if a double carries its decimal value: the shortest decimal of the nearest double (what JCS writes) must be the same decimal.
fn exact(text: &str) -> Option<Number> {
    if let Ok(n) = text.parse::<i64>() {
        return (n.unsigned_abs() <= MAX_INTEGER && text != "-0").then(|| n.into());
    }
    let double: f64 = text.parse().ok()?;
    let written = decimal(text)?;
    let carried = decimal(&serde_json_canonicalizer::to_string(&double).ok()?)?;
    if written != carried || (written.digits.is_empty() && written.negative) || double.abs() > MAX_INTEGER as f64 {
        return None;
    }
    if double.fract() == 0.0 {
        // Within ±(2⁵³ − 1), so the conversion is exact.
        return Some((double as i64).into());
    }
    Number::from_f64(double)
}

/// A decimal as its significant digits (none for zero) and the power of ten of the last of them.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

fn decimal(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |m| (true, m));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_end_matches('0');
    let dropped = i64::try_from(all.len() - digits.len()).ok()?;
    let exponent: i64 = exponent.parse().ok()?;
    let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(dropped)?;
    let digits = digits.trim_start_matches('0').to_owned();
    let exponent = if digits.is_empty() { 0 } else { exponent };
    Some(Decimal { negative, digits, exponent })
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Result<String, JsonError> {
        parse(text.as_bytes()).map(|v| String::from_utf8(canonical(&v).unwrap()).unwrap())
    }

    #[test]
    fn numbers_that_a_double_gives_back_are_carried() {
        for (text, jcs) in [
            ("0", "0"),
            ("-1", "-1"),
            ("4.50", "4.5"),
            ("2e-3", "0.002"),
            ("1.0", "1"),
            ("10e-1", "1"),
            ("0.1", "0.1"),
            ("9007199254740991", "9007199254740991"),
            ("-9007199254740991", "-9007199254740991"),
            ("9007199254740991.0", "9007199254740991"),
            ("1e-27", "1e-27"),
            ("0.0000001", "1e-7"),
            ("0e999", "0"),
            // Exactly half way between ….2 and ….3: ECMAScript, and so JCS, writes the even digit.
            ("-811576304257200.2", "-811576304257200.2"),
        ] {
            assert_eq!(number(text).unwrap(), jcs, "{text}");
        }
    }

    #[test]
    fn numbers_that_would_be_rounded_are_refused() {
        for text in [
            "9007199254740992",
            "-9007199254740993",
            "18446744073709551616",
            "1e30",
            "333333333.33333329",
            "0.1000000000000000055511151231257827",
            "1e-400",
            "1e400",
            "-0",
            "-0.0",
            "-0e5",
            "1e99999999999999999999",
        ] {
            assert!(matches!(number(text), Err(JsonError::Number(_))), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "[",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\" 1}",
            "01",
            "1.",
            ".5",
            "+1",
            "-",
            "1e",
            "tru",
            "nulls",
            "\"\\x\"",
            "\"",
            "\"\\",
            "\"\n\"",
            "\"\\ud800\"",
            "[1 2]",
            "NaN",
            "1 1",
            "\u{feff}1",
            "'a'",
            "\"\\é\"",
        ] {
            assert!(matches!(parse(text.as_bytes()), Err(JsonError::Syntax(_))), "{text}");
        }
        assert!(matches!(parse(b"\"\xff\""), Err(JsonError::Syntax(_))));
    }

    #[test]
    fn a_key_given_twice_is_refused_however_it_is_spelled() {
        assert_eq!(parse(br#"{"a":{"b":1,"\u0062":2}}"#), Err(JsonError::DuplicateKey("b".into())));
        assert!(parse(br#"{"a":{"a":1}}"#).is_ok());
    }

    #[test]
    fn sixty_four_levels_are_read_and_the_next_is_refused() {
        let nested = |n: usize| [b"[".repeat(n), b"]".repeat(n)].concat();
        let value = parse(&nested(MAX_DEPTH)).unwrap();
        assert_eq!(canonical(&value).unwrap(), nested(MAX_DEPTH));
        for n in [MAX_DEPTH + 1, 10_000, 1_000_000] {
            assert_eq!(parse(&nested(n)), Err(JsonError::TooDeep));
        }
        assert_eq!(canonical(&Value::Array(vec![value])), Err(JsonError::TooDeep));
    }

    #[test]
    fn an_integer_that_a_program_put_in_is_checked_too() {
        assert!(canonical(&serde_json::json!({ "n": MAX_INTEGER })).is_ok());
        assert!(canonical(&serde_json::json!({ "n": MAX_INTEGER + 1 })).is_err());
        assert!(canonical(&serde_json::json!({ "n": i64::MIN })).is_err());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-(MAX_INTEGER as i64)..=MAX_INTEGER as i64).prop_map(Value::from),
            (-1e15f64..1e15).prop_map(|f| if f.fract() == 0.0 { Value::from(f as i64) } else { Value::from(f) }),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_canonical_form_reads_back_as_the_same_value(value in any_json()) {
            let jcs = canonical(&value).unwrap();
            let again = parse(&jcs).unwrap();
            prop_assert_eq!(&again, &value);
            prop_assert_eq!(canonical(&again).unwrap(), jcs);
        }

        #[test]
        fn the_canonical_form_is_that_of_another_implementation(value in any_json()) {
            prop_assert_eq!(canonical(&value).unwrap(), serde_json_canonicalizer::to_vec(&value).unwrap());
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in any::<Vec<u8>>(), jsonish in "[\\[\\]{}:,\"0-9eE.+\\\\utrfalsn -]{0,60}") {
            let _ = parse(&text);
            let strict = parse(jsonish.as_bytes());
            if strict.is_ok() {
                prop_assert!(serde_json::from_str::<Value>(&jsonish).is_ok());
            }
        }
    }
}
