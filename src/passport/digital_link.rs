//! GS1 Digital Link: a web address that names a product (GS1 Digital Link Standard: URI Syntax 1.4).
//!
//! ```text
//! https://any.domain/any/stem/01/09506000134352/10/L1/21/7?seal=…&17=291231#…
//! scheme  authority  stem     key + value      qualifiers  query (kept)     fragment (dropped)
//! ```
//! The path is percent-encoded: inside a value everything but letters, digits, `-`, `.` and `_` is written as `%XX`; when reading, other
//! characters that a path may hold are accepted as they are. Alphabetic names (`/gtin/…`) were withdrawn in version 1.2 and are refused
//! with the number to use.
//!
//! The **element string** is the same identification as GS1 prints it for people: `(01)09506000134352(10)L1(21)7`. A `(` inside a value is
//! written `\(`, so that two different identifications never have the same element string (seals are signed over it).

use super::{
    Gtin,
    application_identifier::{check_value, primary, qualifier, withdrawn_name},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The longest link that is read: as many characters as the largest QR code holds in alphanumeric mode.
pub const MAX_LINK_CHARS: usize = 4296;

/// What a value's characters are encoded as: all but RFC 3986's unreserved ones that GS1's character set 82 has.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// A GS1 Digital Link, checked: identifiers known and in order, values of the right form with the right check digits.
///
/// # Examples
/// ```
/// use ecosphere::passport::DigitalLink;
/// let link = DigitalLink::parse("HTTPS://shop.example/p/01/9506000134352/10/L1?lang=en").unwrap();
/// assert_eq!(link.element_string(), "(01)09506000134352(10)L1");
/// assert_eq!(link.to_uri("https://id.example"), "https://id.example/01/09506000134352/10/L1?lang=en");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigitalLink {
    primary: Element,
    qualifiers: Vec<Element>,
    seal: Option<String>,
    other: Vec<String>,
}

/// An Application Identifier with its value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Element {
    ai: &'static str,
    value: String,
}

impl Element {
    /// The Application Identifier, e.g. `01`.
    #[must_use]
    pub const fn ai(&self) -> &'static str {
        self.ai
    }
    /// The value, decoded; a GTIN has 14 digits.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// Why a text is not a GS1 Digital Link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// No `http://` or `https://` address.
    #[error("this is not a web address; a product link begins with https://")]
    NotALink,
    /// Longer than [`MAX_LINK_CHARS`].
    #[error("this link is longer than {MAX_LINK_CHARS} characters, more than a product link can have")]
    TooLong,
    /// Spaces, control characters or bad percent-encoding.
    #[error("this link is damaged: it has a character or a % that may not stand in a web address. Scan the code again")]
    Damaged,
    /// A web address with no GS1 key in its path.
    #[error("this web address names no product: it has no GS1 key such as /01/ and a number in it")]
    NoKey,
    /// `/gtin/…` and the like.
    #[error("this link uses the name \"{name}\", which GS1 has withdrawn; it should say /{ai}/ instead")]
    WithdrawnName {
        /// The name.
        name: String,
        /// The number to use.
        ai: &'static str,
    },
    /// An identifier without its value.
    #[error("({0}) in this link has no value")]
    Empty(String),
    /// An identifier twice.
    #[error("{0} stands twice in this link, so it is not clear what it names")]
    Duplicate(String),
    /// A qualifier that does not go with the key, or stands in the wrong place.
    #[error("({ai}) may not follow ({after}) in a product link; the order is fixed by GS1")]
    Order {
        /// The one out of place.
        ai: String,
        /// What stands before it.
        after: String,
    },
    /// A payment key (415) without its reference (8020).
    #[error("({0}) needs ({1}) after it")]
    Missing(&'static str, &'static str),
    /// A value that does not fit its identifier.
    #[error("the value of ({ai}) {why}")]
    Value {
        /// Which.
        ai: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Not an element string.
    #[error("this is not a GS1 element string; it should look like (01)09506000134352(10)L1")]
    NotAnElementString,
}

impl DigitalLink {
    /// Reads a link. The key is the first segment of the path that is a primary key's number and has a value that fits.
    ///
    /// # Errors
    /// Says which rule does not hold.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        if text.chars().take(MAX_LINK_CHARS + 1).count() > MAX_LINK_CHARS {
            return Err(LinkError::TooLong);
        }
        let after_scheme = after_scheme(text).ok_or(LinkError::NotALink)?;
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(LinkError::Damaged);
        }
        let address = after_scheme.split('#').next().unwrap_or_default();
        let (address, query) = address.split_once('?').unwrap_or((address, ""));
        let (authority, path) = address.split_once('/').ok_or(LinkError::NoKey)?;
        if authority.is_empty() {
            return Err(LinkError::NotALink);
        }
        let segments: Vec<&str> = path.strip_suffix('/').unwrap_or(path).split('/').collect();
        let (seal, other) = read_query(query)?;
        let (primary, qualifiers) = read_path(&segments)?;
        Ok(Self { primary, qualifiers, seal, other })
    }

    /// Reads an element string such as `(01)09506000134352(10)L1`.
    ///
    /// # Errors
    /// Says which rule does not hold.
    pub fn parse_element_string(text: &str) -> Result<Self, LinkError> {
        if text.chars().take(MAX_LINK_CHARS + 1).count() > MAX_LINK_CHARS {
            return Err(LinkError::TooLong);
        }
        let mut elements = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (ai, tail) = rest.strip_prefix('(').and_then(|r| r.split_once(')')).ok_or(LinkError::NotAnElementString)?;
            let end = tail.match_indices('(').map(|(at, _)| at).find(|at| !tail.get(..*at).is_some_and(|t| t.ends_with('\\')));
            let (value, tail) = tail.split_at(end.unwrap_or(tail.len()));
            elements.push((ai, value.replace("\\(", "(")));
            rest = tail;
        }
        let mut elements = elements.into_iter();
        let (ai, value) = elements.next().ok_or(LinkError::NotAnElementString)?;
        let key = primary(ai).ok_or(LinkError::NoKey)?;
        let (primary, qualifiers) = assemble(key.ai, value, elements.collect())?;
        Ok(Self { primary, qualifiers, seal: None, other: Vec::new() })
    }

    /// The link of a product type.
    #[must_use]
    pub fn of_gtin(gtin: Gtin) -> Self {
        Self { primary: Element { ai: "01", value: gtin.digits14() }, qualifiers: Vec::new(), seal: None, other: Vec::new() }
    }

    /// The same link for one lot.
    ///
    /// # Errors
    /// The lot has no characters, over 20, or some outside GS1's character set 82; or the key takes no lot.
    pub fn with_lot(self, lot: &str) -> Result<Self, LinkError> {
        self.with("10", lot)
    }

    /// The same link for one serial number.
    ///
    /// # Errors
    /// As [`Self::with_lot`].
    pub fn with_serial(self, serial: &str) -> Result<Self, LinkError> {
        self.with("21", serial)
    }

    fn with(mut self, ai: &'static str, value: &str) -> Result<Self, LinkError> {
        let mut all: Vec<(&str, String)> = self.qualifiers.iter().filter(|q| q.ai != ai).map(|q| (q.ai, q.value.clone())).collect();
        let order = |q: &str| ["22", "10", "21"].iter().position(|o| *o == q).unwrap_or(usize::MAX);
        all.push((ai, value.to_owned()));
        all.sort_by_key(|(q, _)| order(q));
        (self.primary, self.qualifiers) = assemble(self.primary.ai, self.primary.value.clone(), all)?;
        Ok(self)
    }

    /// The same link with a seal (see [`super::Seal::encode`]).
    #[must_use]
    pub fn with_seal(mut self, seal: &super::Seal) -> Self {
        self.seal = Some(seal.encode());
        self
    }

    /// The primary key.
    #[must_use]
    pub const fn primary(&self) -> &Element {
        &self.primary
    }
    /// The qualifiers, in the standard's order.
    #[must_use]
    pub fn qualifiers(&self) -> &[Element] {
        &self.qualifiers
    }
    /// The product's number, when the key is one (01) or begins with one (8006).
    #[must_use]
    pub fn gtin(&self) -> Option<Gtin> {
        matches!(self.primary.ai, "01" | "8006").then(|| self.primary.value.get(..14)).flatten().and_then(|digits| Gtin::parse(digits).ok())
    }
    /// Consumer product variant (22).
    #[must_use]
    pub fn cpv(&self) -> Option<&str> {
        self.qualifier("22")
    }
    /// Lot or batch (10).
    #[must_use]
    pub fn lot(&self) -> Option<&str> {
        self.qualifier("10")
    }
    /// Serial number (21).
    #[must_use]
    pub fn serial(&self) -> Option<&str> {
        self.qualifier("21")
    }
    fn qualifier(&self, ai: &str) -> Option<&str> {
        self.qualifiers.iter().find(|q| q.ai == ai).map(|q| q.value.as_str())
    }
    /// What the query parameter `seal` holds, as written.
    #[must_use]
    pub fn seal(&self) -> Option<&str> {
        self.seal.as_deref()
    }
    /// The other query parameters, as written (`key=value`), in their order.
    #[must_use]
    pub fn other(&self) -> &[String] {
        &self.other
    }

    /// Key and qualifiers as GS1 prints them: `(01)09506000134352(10)L1(21)7`.
    #[must_use]
    pub fn element_string(&self) -> String {
        std::iter::once(&self.primary)
            .chain(&self.qualifiers)
            .fold(String::new(), |text, e| format!("{text}({}){}", e.ai, e.value.replace('(', "\\(")))
    }

    /// True when everything `self` says about the subject, `item` says too: a product type covers each of its lots and items.
    #[must_use]
    pub fn covers(&self, item: &Self) -> bool {
        self.primary == item.primary && self.qualifiers.iter().all(|q| item.qualifiers.contains(q))
    }

    /// This link and the wider ones that cover it, the most exact first: item, lot, product type. At most eight.
    #[must_use]
    pub fn wider(&self) -> Vec<Self> {
        let count = self.qualifiers.len().min(3);
        let mut all: Vec<Self> = (0..1_usize << count)
            .map(|keep| Self {
                qualifiers: self.qualifiers.iter().enumerate().filter(|(i, _)| keep >> i & 1 == 1).map(|(_, q)| q.clone()).collect(),
                ..self.clone()
            })
            .collect();
        all.sort_by_key(|link| std::cmp::Reverse(link.qualifiers.len()));
        all
    }

    /// Writes the link below a base such as `https://id.example` or `https://shop.example/p/`.
    #[must_use]
    pub fn to_uri(&self, base: &str) -> String {
        let mut uri = base.trim_end_matches('/').to_owned();
        for element in std::iter::once(&self.primary).chain(&self.qualifiers) {
            uri.push('/');
            uri.push_str(element.ai);
            uri.push('/');
            uri.extend(utf8_percent_encode(&element.value, ENCODED));
        }
        let seal = self.seal.iter().map(|seal| format!("seal={seal}"));
        for (i, parameter) in seal.chain(self.other.iter().cloned()).enumerate() {
            uri.push(if i == 0 { '?' } else { '&' });
            uri.push_str(&parameter);
        }
        uri
    }
}

impl std::fmt::Display for DigitalLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.element_string())
    }
}

/// What follows `http://` or `https://`, in any case.
fn after_scheme(text: &str) -> Option<&str> {
    ["https://", "http://"].iter().find_map(|scheme| {
        let (head, rest) = text.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

fn read_query(query: &str) -> Result<(Option<String>, Vec<String>), LinkError> {
    let mut seal = None;
    let mut other = Vec::new();
    for parameter in query.split(['&', ';']).filter(|p| !p.is_empty()) {
        match parameter.split_once('=').unwrap_or((parameter, "")) {
            ("seal", value) => {
                if seal.replace(value.to_owned()).is_some() {
                    return Err(LinkError::Duplicate("seal".to_owned()));
                }
            }
            _ => other.push(parameter.to_owned()),
        }
    }
    Ok((seal, other))
}

/// The first place in the path that reads as a key and its qualifiers; if there is none, the error of the place that came closest.
fn read_path(segments: &[&str]) -> Result<(Element, Vec<Element>), LinkError> {
    let mut closest = None;
    for (at, segment) in segments.iter().enumerate() {
        let Some(key) = primary(segment) else { continue };
        let rest = segments.get(at + 1..).unwrap_or_default();
        let error = match read_from(key.ai, rest) {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        // A key whose own value fits is meant as the key: what is wrong after it is not cured by looking further right.
        let meant = rest.first().is_some_and(|value| decode(value).is_ok_and(|v| normal(key.ai, v).is_ok()));
        if meant {
            return Err(error);
        }
        closest.get_or_insert(error);
    }
    let name = segments.iter().find_map(|s| withdrawn_name(s).map(|ai| (*s, ai)));
    Err(match (closest, name) {
        (Some(error), _) => error,
        (None, Some((name, ai))) => LinkError::WithdrawnName { name: name.to_owned(), ai },
        (None, None) => LinkError::NoKey,
    })
}

fn read_from(ai: &'static str, rest: &[&str]) -> Result<(Element, Vec<Element>), LinkError> {
    let (value, rest) = rest.split_first().ok_or_else(|| LinkError::Empty(ai.to_owned()))?;
    let value = decode(value)?;
    let mut pairs = Vec::new();
    for pair in rest.chunks(2) {
        match pair {
            [ai, value] => pairs.push((*ai, decode(value)?)),
            [ai] => pairs.push((*ai, String::new())),
            _ => {}
        }
    }
    assemble(ai, value, pairs)
}

/// Checks a key and what follows it.
fn assemble(ai: &'static str, value: String, pairs: Vec<(&str, String)>) -> Result<(Element, Vec<Element>), LinkError> {
    let primary_value = normal(ai, value)?;
    let mut qualifiers: Vec<Element> = Vec::new();
    for (name, value) in pairs {
        let after = qualifiers.last().map_or(ai, |q| q.ai);
        let Some(number) = qualifier(name) else {
            return Err(match withdrawn_name(name) {
                Some(ai) => LinkError::WithdrawnName { name: name.to_owned(), ai },
                None if primary(name).is_some() => LinkError::Duplicate("a primary key".to_owned()),
                None => LinkError::Order { ai: name.chars().take(20).collect(), after: after.to_owned() },
            });
        };
        if qualifiers.iter().any(|q| q.ai == number) {
            return Err(LinkError::Duplicate(format!("({number})")));
        }
        qualifiers.push(Element { ai: number, value: normal(number, value)? });
        let lists = primary(ai).map_or(&[][..], |key| key.qualifiers);
        if !lists.iter().any(|list| in_order(&qualifiers, list)) {
            return Err(LinkError::Order { ai: number.to_owned(), after: after.to_owned() });
        }
    }
    if ai == "415" && qualifiers.is_empty() {
        return Err(LinkError::Missing("415", "8020"));
    }
    Ok((Element { ai, value: primary_value }, qualifiers))
}

/// True when the qualifiers are some of the list, in its order.
fn in_order(qualifiers: &[Element], list: &[&str]) -> bool {
    let mut list = list.iter();
    qualifiers.iter().all(|q| list.any(|ai| *ai == q.ai))
}

/// The value in its one form: a GTIN gets its 14 digits, everything else is checked as it is.
fn normal(ai: &'static str, value: String) -> Result<String, LinkError> {
    if value.is_empty() {
        return Err(LinkError::Empty(ai.to_owned()));
    }
    let value = if ai == "01" && matches!(value.len(), 8 | 12 | 13) { format!("{value:0>14}") } else { value };
    check_value(ai, &value).map_err(|why| LinkError::Value { ai, why })?;
    if ai == "01" {
        Gtin::parse(&value).map_err(|why| LinkError::Value { ai, why: format!("names no product: {why}") })?;
    }
    Ok(value)
}

/// Percent-decodes a segment. A `%` that starts no pair of hexadecimal digits, and bytes that are not UTF-8, are damage.
fn decode(segment: &str) -> Result<String, LinkError> {
    let bytes = segment.as_bytes();
    let broken =
        bytes.iter().enumerate().any(|(at, b)| *b == b'%' && !bytes.get(at + 1..at + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)));
    if broken {
        return Err(LinkError::Damaged);
    }
    percent_decode_str(segment).decode_utf8().map(|text| text.into_owned()).map_err(|_| LinkError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passport::Seal;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<String, LinkError> {
        DigitalLink::parse(text).map(|l| l.element_string())
    }

    #[test]
    fn any_domain_stem_scheme_and_case_of_scheme_is_read() {
        for text in [
            "https://id.gs1.org/01/09506000134352/10/L1/21/7",
            "http://id.gs1.org/01/09506000134352/10/L1/21/7",
            "HTTPS://ID.GS1.ORG/01/09506000134352/10/L1/21/7",
            "https://user@example.com:8443/a/b/c/01/9506000134352/10/L1/21/7/",
            "https://example.com/01/02/01/09506000134352/10/L1/21/7?17=291231#top",
        ] {
            assert_eq!(parse(text).as_deref(), Ok("(01)09506000134352(10)L1(21)7"), "{text}");
        }
    }

    #[test]
    fn every_primary_key_of_the_standard_is_read_with_its_qualifiers() {
        for (path, string) in [
            ("00/106141412345678908", "(00)106141412345678908"),
            ("01/09506000134352/22/2A", "(01)09506000134352(22)2A"),
            ("01/09506000134352/235/TPX1", "(01)09506000134352(235)TPX1"),
            ("253/9506000134369A1", "(253)9506000134369A1"),
            ("255/950600013436912", "(255)950600013436912"),
            ("401/9506000ABC", "(401)9506000ABC"),
            ("402/95060001343523421", "(402)95060001343523421"),
            ("414/9506000134376/254/32a%2Fb", "(414)9506000134376(254)32a/b"),
            ("415/9506000134376/8020/REF", "(415)9506000134376(8020)REF"),
            ("417/9506000134376", "(417)9506000134376"),
            ("8003/09506000134352A1", "(8003)09506000134352A1"),
            ("8004/9506000ABC", "(8004)9506000ABC"),
            ("8006/095060001343520102/10/L", "(8006)095060001343520102(10)L"),
            ("8010/9506000A%23/8011/12", "(8010)9506000A#(8011)12"),
            ("8013/1987654Ad4X4bL5ttr2310c2K", "(8013)1987654Ad4X4bL5ttr2310c2K"),
            ("8017/950600013436512346", "(8017)950600013436512346"),
            ("8018/950600013436512346/8019/1", "(8018)950600013436512346(8019)1"),
        ] {
            assert_eq!(parse(&format!("https://example.com/{path}")).as_deref(), Ok(string), "{path}");
        }
    }

    #[test]
    fn each_mistake_has_its_own_error() {
        let g = "09506000134352";
        for (text, error) in [
            ("", LinkError::NotALink),
            ("hello", LinkError::NotALink),
            ("ftp://example.com/01/09506000134352", LinkError::NotALink),
            ("https:///01/09506000134352", LinkError::NotALink),
            ("https://example.com", LinkError::NoKey),
            ("https://example.com/about/us", LinkError::NoKey),
            ("https://example.com/01", LinkError::Empty("01".into())),
            ("https://example.com/01/", LinkError::Empty("01".into())),
            ("https://example.com/01/09506000134352/10", LinkError::Empty("10".into())),
            ("https://example.com/01/09506000134352/10//21/7", LinkError::Empty("10".into())),
            ("https://example.com/01/09506000134352/21/7/10/L", LinkError::Order { ai: "10".into(), after: "21".into() }),
            ("https://example.com/01/09506000134352/235/A/10/L", LinkError::Order { ai: "10".into(), after: "235".into() }),
            ("https://example.com/00/106141412345678908/10/L", LinkError::Order { ai: "10".into(), after: "00".into() }),
            ("https://example.com/01/09506000134352/99/L", LinkError::Order { ai: "99".into(), after: "01".into() }),
            ("https://example.com/01/09506000134352/10/A/10/B", LinkError::Duplicate("(10)".into())),
            ("https://example.com/01/09506000134352/01/09506000134352", LinkError::Duplicate("a primary key".into())),
            ("https://example.com/01/09506000134352?seal=a&seal=b", LinkError::Duplicate("seal".into())),
            ("https://example.com/gtin/09506000134352", LinkError::WithdrawnName { name: "gtin".into(), ai: "01" }),
            ("https://example.com/01/09506000134352/lot/A", LinkError::WithdrawnName { name: "lot".into(), ai: "10" }),
            ("https://example.com/01/09506000134352/10/%", LinkError::Damaged),
            ("https://example.com/01/09506000134352/10/%G0", LinkError::Damaged),
            ("https://example.com/01/09506000134352/10/%FF", LinkError::Damaged),
            ("https://example.com/01/09506000134352/10/a b", LinkError::Damaged),
            ("https://example.com/415/9506000134376", LinkError::Missing("415", "8020")),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
        for bad in ["09506000134353", "0950600013435", "00000000000000", "0950600013435X"] {
            assert!(matches!(parse(&format!("https://example.com/01/{bad}")), Err(LinkError::Value { ai: "01", .. })), "{bad}");
        }
        for lot in ["%20", "%C3%A9", "ABCDEFGHIJKLMNOPQRSTU", "%00"] {
            assert!(matches!(parse(&format!("https://example.com/01/{g}/10/{lot}")), Err(LinkError::Value { ai: "10", .. })), "{lot}");
        }
        let long = format!("https://example.com/01/{g}?q={}", "x".repeat(MAX_LINK_CHARS));
        assert_eq!(parse(&long), Err(LinkError::TooLong));
    }

    #[test]
    fn two_identifications_never_share_an_element_string() {
        let sly = DigitalLink::of_gtin(Gtin::parse("09506000134352").unwrap()).with_lot("L(21)7").unwrap();
        let plain = DigitalLink::of_gtin(Gtin::parse("09506000134352").unwrap()).with_lot("L").unwrap().with_serial("7").unwrap();
        assert_ne!(sly.element_string(), plain.element_string());
        assert_eq!(DigitalLink::parse_element_string(&sly.element_string()), Ok(sly));
    }

    #[test]
    fn query_parameters_are_kept_in_order() {
        let link = DigitalLink::parse("https://e.com/01/09506000134352?b=2&seal=S&a=%20").unwrap();
        assert_eq!((link.seal(), link.other()), (Some("S"), &["b=2".to_owned(), "a=%20".to_owned()][..]));
        assert_eq!(link.to_uri("https://e.com/"), "https://e.com/01/09506000134352?seal=S&b=2&a=%20");
    }

    #[test]
    fn a_product_type_covers_its_lots_and_not_the_other_way_round() {
        let class = DigitalLink::of_gtin(Gtin::parse("09506000134352").unwrap());
        let item = class.clone().with_serial("7").unwrap().with_lot("L").unwrap();
        assert!(class.covers(&item) && !item.covers(&class));
        let wider: Vec<String> = item.wider().iter().map(DigitalLink::element_string).collect();
        assert_eq!(wider.first().map(String::as_str), Some("(01)09506000134352(10)L(21)7"));
        assert_eq!(wider.last().map(String::as_str), Some("(01)09506000134352"));
        assert_eq!(wider.len(), 4);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            n in 1u64..1_000_000_000_000,
            lot in proptest::option::of("[!-\"%-/0-?A-Z_a-z]{1,20}"),
            serial in proptest::option::of("[!-\"%-/0-?A-Z_a-z]{1,20}"),
            query in proptest::collection::vec("[a-r]{1,5}=[a-z0-9%]{0,5}", 0..3),
            seal in any::<bool>(),
        ) {
            let gtin = (0..10).find_map(|c| Gtin::parse(&format!("{n:012}{c}")).ok()).unwrap();
            let mut link = DigitalLink::of_gtin(gtin);
            if let Some(lot) = &lot { link = link.with_lot(lot).unwrap(); }
            if let Some(serial) = &serial { link = link.with_serial(serial).unwrap(); }
            if seal { link = link.with_seal(&Seal { number: n, digest: [1; 32], hint: [2; 4], signature: [3; 64] }); }
            link.other = query;
            let uri = link.to_uri("https://id.example/stem");
            prop_assert_eq!(DigitalLink::parse(&uri), Ok(link.clone()));
            let bare = DigitalLink { seal: None, other: Vec::new(), ..link };
            prop_assert_eq!(DigitalLink::parse_element_string(&bare.element_string()), Ok(bare));
        }

        #[test]
        fn any_text_is_answered(text in ".{0,60}", path in "(/(01|10|21|00|8003|8006|8013|[0-9]{14}|.{0,5})){0,8}") {
            let _ = DigitalLink::parse(&text);
            let _ = DigitalLink::parse(&format!("https://e.com{path}"));
            let _ = DigitalLink::parse_element_string(&text);
            let _ = DigitalLink::parse_element_string(&format!("(01){text}"));
        }
    }
}
