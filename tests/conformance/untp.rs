//! A product's own passport against UNTP 0.7's JSON Schema (UN/CEFACT, CC BY 4.0), checked by the part of JSON Schema 2020-12 that it uses.

use ecosphere::{
    measure::Millis,
    provenance::{ChainsFile, Party},
    statement::{DidKey, SigningKey, add_proof},
};
use serde_json::{Value, json};

const SCHEMA: &str = "untp/untp-dpp-schema-0.7.0.json";

fn passports() -> Vec<Value> {
    let chains = ChainsFile::read(include_str!("../../assets/sample/source/chains.json")).unwrap();
    let key = SigningKey::from_seed(&[7; 32]);
    let certifier = Party { key: DidKey::from_public([9; 32]), name: "Certifier".into() };
    let now = Millis::parse_rfc3339("2026-11-01T00:00:00Z").unwrap();
    let signed = |chain: &ecosphere::provenance::ChainEntry| {
        let credential = chain.record(certifier.clone()).to_credential(&key.did(), "Issuer", now, Some(Millis(now.0 + 365 * Millis::DAY)));
        add_proof(&credential, &key, now).unwrap()
    };
    chains.chains.iter().map(signed).collect()
}

#[test]
fn the_samples_own_passports_are_valid_untp_digital_product_passports() {
    let schema = crate::json(SCHEMA);
    for passport in passports() {
        assert_eq!(faults(&schema, &schema, &passport, "$"), Vec::<String>::new());
    }
}

#[test]
fn the_check_passes_what_untp_publishes_and_sees_what_is_wrong() {
    let schema = crate::json(SCHEMA);
    let published = crate::json("untp/DigitalProductPassport_battery_instance.json");
    assert_eq!(faults(&schema, &schema, &published, "$"), Vec::<String>::new());
    let spoils: [(&str, Value); 6] = [
        ("/credentialSubject/idGranularity", json!("crate")),
        ("/credentialSubject/producedAtFacility", json!({"name": "Somewhere"})),
        ("/credentialSubject/countryOfProduction/countryCode", json!(7)),
        ("/credentialSubject/productionDate", json!("last summer")),
        ("/@context/1", json!("https://example.com")),
        ("/type", json!(["VerifiableCredential"])),
    ];
    for (pointer, value) in spoils {
        let mut passport = passports().swap_remove(0);
        *passport.pointer_mut(pointer).expect(pointer) = value;
        assert_eq!(faults(&schema, &schema, &passport, "$").len(), 1, "{pointer}");
    }
}

/// What is wrong with `value` under `schema`. Panics on a keyword it does not know, so that nothing goes unchecked.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        let fits = match keyword.as_str() {
            // Notes for people, and definitions that are reached by reference.
            "$schema" | "$defs" | "description" | "example" | "default" | "readOnly" | "x-external-enumeration" => true,
            // UNTP writes "minContains" inside "contains", where it has no meaning.
            "minContains" => true,
            "$ref" => {
                let target = root.pointer(rule.as_str().unwrap().trim_start_matches('#')).expect("the reference leads somewhere");
                found.extend(faults(root, target, value, at));
                true
            }
            "type" => match rule.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "number" => value.is_number(),
                "integer" => value.is_i64() || value.is_u64(),
                "boolean" => value.is_boolean(),
                other => panic!("unknown type {other}"),
            },
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "format" => value.as_str().is_none_or(|text| has_format(rule.as_str().unwrap(), text)),
            "minimum" => value.as_f64().is_none_or(|n| n >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|n| n <= rule.as_f64().unwrap()),
            "minItems" => value.as_array().is_none_or(|a| a.len() as u64 >= rule.as_u64().unwrap()),
            "uniqueItems" => value.as_array().is_none_or(|a| a.iter().enumerate().all(|(i, x)| !a[..i].contains(x))),
            "contains" => value.as_array().is_none_or(|a| a.iter().any(|x| faults(root, rule, x, at).is_empty())),
            "required" => value.as_object().is_none_or(|o| rule.as_array().unwrap().iter().all(|m| o.contains_key(m.as_str().unwrap()))),
            "dependentRequired" => value.as_object().is_none_or(|o| {
                let needed = rule.as_object().unwrap().iter().filter(|(m, _)| o.contains_key(*m));
                needed.flat_map(|(_, names)| names.as_array().unwrap()).all(|name| o.contains_key(name.as_str().unwrap()))
            }),
            "additionalProperties" => {
                let known = schema["properties"].as_object();
                *rule == json!(true) || value.as_object().is_none_or(|o| o.keys().all(|k| known.is_some_and(|p| p.contains_key(k))))
            }
            "properties" => {
                let members = rule.as_object().unwrap().iter().filter_map(|(name, schema)| Some((name, schema, value.get(name)?)));
                found.extend(members.flat_map(|(name, schema, member)| faults(root, schema, member, &format!("{at}.{name}"))));
                true
            }
            "items" => {
                let first = schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
                let rest = value.as_array().into_iter().flatten().enumerate().skip(first);
                found.extend(rest.flat_map(|(i, item)| faults(root, rule, item, &format!("{at}[{i}]"))));
                true
            }
            "prefixItems" => {
                let pairs = rule.as_array().unwrap().iter().zip(value.as_array().into_iter().flatten());
                found.extend(pairs.enumerate().flat_map(|(i, (schema, item))| faults(root, schema, item, &format!("{at}[{i}]"))));
                true
            }
            "allOf" => {
                found.extend(rule.as_array().unwrap().iter().flat_map(|schema| faults(root, schema, value, at)));
                true
            }
            other => panic!("unknown keyword {other}"),
        };
        if !fits {
            found.push(format!("{at}: {keyword} {rule}"));
        }
    }
    found
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "uri" => text.split_once(':').is_some_and(|(scheme, rest)| {
            let plain = |b: u8| b.is_ascii_graphic() && !br#"<>"{}|\^`"#.contains(&b);
            scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) && !rest.is_empty() && rest.bytes().all(plain)
        }),
        "date" => text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10,
        "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
        "byte" => true,
        other => panic!("unknown format {other}"),
    }
}
