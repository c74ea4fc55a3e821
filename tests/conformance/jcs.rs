//! RFC 8785, the reference project's input and output.

use super::{json, text};
use ecosphere::statement::json::{JsonError, canonical, parse};

#[test]
fn every_input_has_the_published_canonical_form() {
    for name in ["arrays", "french", "structures", "unicode", "values", "weird"] {
        let form = canonical(&json(&format!("jcs/input/{name}.json"))).unwrap();
        assert_eq!(String::from_utf8(form).unwrap(), text(&format!("jcs/output/{name}.json")), "{name}");
    }
}

#[test]
fn the_strict_reader_reads_the_same_and_keeps_canonical_forms_as_they_are() {
    for name in ["arrays", "french", "structures", "unicode", "weird"] {
        let published = text(&format!("jcs/output/{name}.json"));
        for side in ["input", "output"] {
            let value = parse(text(&format!("jcs/{side}/{name}.json")).as_bytes()).unwrap();
            assert_eq!(String::from_utf8(canonical(&value).unwrap()).unwrap(), published, "{side} {name}");
        }
    }
}

/// RFC 8785 would round 333333333.33333329 and carry 1E30 inexactly. What is signed here must mean one thing, so both are refused.
#[test]
fn the_strict_reader_refuses_the_vector_whose_numbers_would_be_rounded() {
    assert_eq!(parse(text("jcs/input/values.json").as_bytes()), Err(JsonError::Number("333333333.33333329".into())));
    assert_eq!(parse(text("jcs/output/values.json").as_bytes()), Err(JsonError::Number("1e+30".into())));
}
