//! Identifiers of GS1 as EPCIS documents write them, in the one form that is used here.
//!
//! ```text
//! urn:epc:id:sgtin:4012345.077889.25           (01)04012345778895(21)25      GS1 EPC Tag Data Standard 2.1, section 7.2.1
//! urn:epc:class:lgtin:4012345.012345.998877    (01)04012345123456(10)998877
//! urn:epc:idpat:sgtin:4012345.066666.*         (01)04012345666663
//! https://id.gs1.org/01/04012345778895/21/25   (01)04012345778895(21)25      GS1 Digital Link URI Syntax 1.6
//! anything else                                itself
//! ```
//! In an EPC URN the item reference begins with the indicator digit, the GTIN's first; the check digit is left out there.

use super::gs1_uri::element_string;
use percent_encoding::percent_decode_str;

/// The item that a URI names: a GS1 element string where it is a GTIN, else the URI itself.
pub(super) fn item(uri: &str) -> String {
    from_urn(uri).or_else(|| element_string(uri)).unwrap_or_else(|| uri.to_owned())
}

fn from_urn(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.strip_prefix("urn:epc:")?.rsplit_once(':')?;
    let mut parts = rest.splitn(3, '.');
    let (company, reference, last) = (parts.next()?, parts.next()?, parts.next()?);
    let gtin = gtin14(company, reference)?;
    let last = percent_decode_str(last).decode_utf8().ok()?;
    match scheme {
        "id:sgtin" => Some(format!("(01){gtin}(21){last}")),
        "class:lgtin" => Some(format!("(01){gtin}(10){last}")),
        "idpat:sgtin" if last == "*" => Some(format!("(01){gtin}")),
        _ => None,
    }
}

fn gtin14(company: &str, reference: &str) -> Option<String> {
    let (indicator, item) = reference.split_at_checked(1)?;
    let body = format!("{indicator}{company}{item}");
    if body.len() != 13 || !body.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // GS1 General Specifications, 7.9: weights 3 and 1 from the right.
    let sum: u32 = body.bytes().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    Some(format!("{body}{}", (10 - sum % 10) % 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urns_and_links_of_one_item_are_the_same_item() {
        for (uri, element) in [
            ("urn:epc:id:sgtin:0614141.107346.2017", "(01)10614141073464(21)2017"),
            ("https://id.gs1.org/01/10614141073464/21/2017", "(01)10614141073464(21)2017"),
            ("urn:epc:class:lgtin:4012345.012345.998877", "(01)04012345123456(10)998877"),
            ("urn:epc:idpat:sgtin:4012345.066666.*", "(01)04012345666663"),
            ("urn:epc:id:sgtin:0614141.107346.a%2Fb", "(01)10614141073464(21)a/b"),
        ] {
            assert_eq!(item(uri), element);
            if let Some(gtin) = element.get(4..18) {
                assert!(crate::passport::Gtin::parse(gtin).is_ok(), "{gtin}");
            }
        }
        for other in ["urn:epc:id:grai:4012345.55555.98765", "urn:epc:id:sgtin:1.2", "urn:epc:id:sgtin:é.1.2", "", "https://example.com/1"] {
            assert_eq!(item(other), other);
        }
    }
}
