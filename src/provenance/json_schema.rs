//! JSON Schema 2020-12, as far as the schemas of the UN Transparency Protocol use it.
//!
//! ```text
//! type const enum format minimum maximum                       one value
//! properties required additionalProperties dependentRequired   objects
//! items prefixItems contains minItems uniqueItems              arrays
//! $ref (within the schema)  allOf  oneOf                       other schemas
//! ```
//! JSON Schema Core and Validation, draft 2020-12. `format` is asserted (Validation, 7.2.2) for `uri`, `date` and `date-time`. UNTP writes
//! `minContains` inside `contains`, where it means nothing. A schema with any other keyword is refused, so that no rule goes unchecked.

use super::{epcis::is_uri, stage::is_date};
use crate::measure::{Decimal, Millis};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What a value must look like.
#[derive(Debug, Clone)]
pub struct Schema(Value);

/// What is wrong with a value, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaFault {
    /// Members and 0-based positions from the top, e.g. `credentialSubject[0].eventDate`; empty for the whole.
    pub path: String,
    /// For a person.
    pub why: String,
}

/// Why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Not JSON.
    #[error("the schema is not JSON ({0})")]
    NotJson(String),
    /// Uses what this reader does not know, or not as it knows it.
    #[error("the schema's {0} is not understood here; what it asks for would go unchecked")]
    NotUnderstood(String),
}

/// Notes for people, definitions reached by reference, and members that mean nothing where UNTP has them.
const SILENT: [&str; 8] = ["$schema", "$defs", "description", "example", "default", "readOnly", "x-external-enumeration", "minContains"];
/// How many of the values that are allowed are named in a fault.
const NAMED: usize = 8;

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    /// It is not JSON, or asks for something that would not be checked.
    pub fn read(text: &str) -> Result<Self, SchemaError> {
        let root: Value = serde_json::from_str(text).map_err(|e| SchemaError::NotJson(e.to_string()))?;
        understood(&root, &root)?;
        Ok(Self(root))
    }

    /// Everything that is wrong with a value, in the schema's order.
    #[must_use]
    pub fn faults(&self, value: &Value) -> Vec<SchemaFault> {
        let mut found = Vec::new();
        Check { root: &self.0 }.value(&self.0, value, "", &mut found);
        found
    }
}

/// Whether every rule of a schema is one that is checked.
fn understood(root: &Value, schema: &Value) -> Result<(), SchemaError> {
    let unknown = |what: &str| Err(SchemaError::NotUnderstood(what.to_owned()));
    let Some(rules) = schema.as_object() else { return unknown("rule that is no object") };
    if let Some(Value::Object(definitions)) = rules.get("$defs") {
        definitions.values().try_for_each(|schema| understood(root, schema))?;
    }
    for (keyword, rule) in rules {
        let shape = match keyword.as_str() {
            silent if SILENT.contains(&silent) => true,
            "$ref" => rule.as_str().is_some_and(|at| target(root, at).is_some()),
            "type" => rule.as_str().is_some_and(|name| ["object", "array", "string", "number", "integer", "boolean"].contains(&name)),
            "const" => true,
            "enum" | "required" => rule.is_array(),
            "format" => rule.as_str().is_some_and(|name| ["uri", "date", "date-time", "byte"].contains(&name)),
            "minimum" | "maximum" => decimal(rule).is_some(),
            "minItems" => rule.is_u64(),
            "uniqueItems" | "additionalProperties" => rule.is_boolean(),
            "dependentRequired" => rule.as_object().is_some_and(|o| o.values().all(Value::is_array)),
            "properties" => {
                let Some(members) = rule.as_object() else { return unknown(keyword) };
                members.values().try_for_each(|schema| understood(root, schema))?;
                true
            }
            "items" | "contains" => {
                understood(root, rule)?;
                true
            }
            "allOf" | "oneOf" | "prefixItems" => {
                let Some(all) = rule.as_array() else { return unknown(keyword) };
                all.iter().try_for_each(|schema| understood(root, schema))?;
                true
            }
            _ => false,
        };
        if !shape {
            return unknown(keyword);
        }
    }
    Ok(())
}

fn target<'s>(root: &'s Value, reference: &str) -> Option<&'s Value> {
    root.pointer(reference.strip_prefix('#')?)
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_number().and_then(|n| Decimal::parse(&n.to_string()).ok())
}

struct Check<'s> {
    root: &'s Value,
}

impl Check<'_> {
    fn value(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<SchemaFault>) {
        for (keyword, rule) in schema.as_object().into_iter().flatten() {
            let why = match keyword.as_str() {
                "$ref" => {
                    rule.as_str().and_then(|to| target(self.root, to)).into_iter().for_each(|schema| self.value(schema, value, at, found));
                    None
                }
                "allOf" => {
                    rule.as_array().into_iter().flatten().for_each(|schema| self.value(schema, value, at, found));
                    None
                }
                "oneOf" => self.one_of(rule, value, at, found),
                "properties" | "required" | "additionalProperties" | "dependentRequired" => {
                    if let Some(object) = value.as_object() {
                        self.object((keyword, rule), schema, object, at, found);
                    }
                    None
                }
                "items" | "prefixItems" => {
                    let first = schema.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                        let schema = match first.get(n) {
                            Some(own) => Some(own).filter(|_| keyword == "prefixItems"),
                            None => Some(rule).filter(|_| keyword == "items"),
                        };
                        schema.into_iter().for_each(|schema| self.value(schema, item, &format!("{at}[{n}]"), found));
                    }
                    None
                }
                "contains" => value.as_array().filter(|all| !all.iter().any(|item| self.fits(rule, item))).map(|_| match rule.get("const") {
                    Some(wanted) => format!("it must contain {wanted}"),
                    None => "none of what it holds is what it must contain".to_owned(),
                }),
                _ => alone(keyword, rule, value),
            };
            found.extend(why.map(|why| SchemaFault { path: at.to_owned(), why }));
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut found = Vec::new();
        self.value(schema, value, "", &mut found);
        found.is_empty()
    }

    /// Exactly one must fit. Where none does, what is told is what keeps it from being the one whose `type` it bears, else the one that is nearest.
    fn one_of(&self, rule: &Value, value: &Value, at: &str, found: &mut Vec<SchemaFault>) -> Option<String> {
        let each = rule.as_array().into_iter().flatten().map(|schema| {
            let mut faults = Vec::new();
            self.value(schema, value, at, &mut faults);
            faults
        });
        let (fitting, others): (Vec<_>, Vec<_>) = each.partition(Vec::is_empty);
        if fitting.is_empty() {
            let kind = below(at, "type");
            found.extend(others.into_iter().min_by_key(|faults| (faults.iter().any(|f| f.path == kind), faults.len())).unwrap_or_default());
        }
        (fitting.len() > 1).then(|| "it is more than one of the things of which it can be only one".to_owned())
    }

    fn object(&self, (keyword, rule): (&str, &Value), schema: &Value, object: &Map<String, Value>, at: &str, found: &mut Vec<SchemaFault>) {
        let missing = |names: &Value, found: &mut Vec<SchemaFault>| {
            let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
            let missing = names.filter(|name| !object.contains_key(*name));
            found.extend(missing.map(|name| SchemaFault { path: below(at, name), why: "it is missing".to_owned() }));
        };
        match keyword {
            "required" => missing(rule, found),
            "dependentRequired" => {
                let asked = rule.as_object().into_iter().flatten().filter(|(name, _)| object.contains_key(*name));
                asked.for_each(|(_, names)| missing(names, found));
            }
            "properties" => {
                for (name, schema) in rule.as_object().into_iter().flatten() {
                    if let Some(member) = object.get(name) {
                        self.value(schema, member, &below(at, name), found);
                    }
                }
            }
            _ if *rule == Value::Bool(false) => {
                let known = schema.get("properties").and_then(Value::as_object);
                let strange = object.keys().filter(|name| !known.is_some_and(|known| known.contains_key(*name)));
                found.extend(strange.map(|name| SchemaFault { path: below(at, name), why: "there is no such member".to_owned() }));
            }
            _ => {}
        }
    }
}

/// What is wrong with a value by a rule that looks at it alone.
fn alone(keyword: &str, rule: &Value, value: &Value) -> Option<String> {
    let fits = match keyword {
        "type" => match rule.as_str().unwrap_or_default() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_number() && decimal(value).is_none_or(|n| n.nanos() % Decimal::NANOS == 0),
            _ => value.is_number(),
        },
        "const" => value == rule,
        "enum" => rule.as_array().is_some_and(|all| all.contains(value)),
        "format" => value.as_str().is_none_or(|text| match rule.as_str().unwrap_or_default() {
            "uri" => is_uri(text),
            "date" => is_date(text),
            "date-time" => Millis::parse_rfc3339(text).is_ok(),
            _ => true,
        }),
        "minimum" | "maximum" if value.is_number() => match (decimal(value), decimal(rule)) {
            (Some(n), Some(bound)) if keyword == "minimum" => n >= bound,
            (Some(n), Some(bound)) => n <= bound,
            _ => false,
        },
        "minItems" => value.as_array().is_none_or(|all| all.len() as u64 >= rule.as_u64().unwrap_or_default()),
        "uniqueItems" => value.as_array().is_none_or(|all| all.iter().map(Value::to_string).collect::<BTreeSet<_>>().len() == all.len()),
        _ => true,
    };
    let said = |rule: &Value| rule.as_str().map_or_else(|| rule.to_string(), str::to_owned);
    (!fits).then(|| match keyword {
        "type" => format!("it must be {}", article(rule.as_str().unwrap_or_default())),
        "const" => format!("it must be {}", said(rule)),
        "enum" => {
            let all = rule.as_array().map_or(&[][..], Vec::as_slice);
            let named = all.iter().take(NAMED).map(said).collect::<Vec<_>>().join(", ");
            format!("it must be one of {named}{}", if all.len() > NAMED { ", …" } else { "" })
        }
        "format" => match rule.as_str().unwrap_or_default() {
            "uri" => "it must be a URI".to_owned(),
            "date" => "it must be a day such as 2026-08-20".to_owned(),
            _ => "it must be an instant such as 2026-08-20T00:00:00Z".to_owned(),
        },
        "minimum" => format!("it must be at least {rule}"),
        "maximum" => format!("it must be at most {rule}"),
        "minItems" => format!("it must hold at least {rule}"),
        _ => "it holds the same twice".to_owned(),
    })
}

fn article(kind: &str) -> &str {
    match kind {
        "object" => "an object",
        "array" => "an array",
        "string" => "a text",
        "boolean" => "true or false",
        "integer" => "a whole number",
        _ => "a number",
    }
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(schema: &Value, value: &Value) -> Vec<(String, String)> {
        Schema::read(&schema.to_string()).unwrap().faults(value).into_iter().map(|f| (f.path, f.why)).collect()
    }

    #[test]
    fn each_rule_says_where_it_is_broken_and_is_silent_where_it_is_kept() {
        for (schema, good, bad, path, why) in [
            (json!({"type": "integer"}), json!(3.0), json!(3.5), "", "it must be a whole number"),
            (json!({"type": "object"}), json!({}), json!([]), "", "it must be an object"),
            (json!({"const": "a"}), json!("a"), json!("b"), "", "it must be a"),
            (json!({"enum": ["a", "b"]}), json!("b"), json!("c"), "", "it must be one of a, b"),
            (json!({"format": "date"}), json!("2026-08-20"), json!("2026-02-30"), "", "it must be a day such as 2026-08-20"),
            (json!({"format": "uri"}), json!("did:web:x"), json!("nowhere"), "", "it must be a URI"),
            (json!({"minimum": -90}), json!(-90), json!(-90.5), "", "it must be at least -90"),
            (json!({"maximum": 1}), json!("2"), json!(2), "", "it must be at most 1"),
            (json!({"minItems": 2}), json!([1, 1]), json!([1]), "", "it must hold at least 2"),
            (json!({"uniqueItems": true}), json!([1, "1"]), json!([1, 1]), "", "it holds the same twice"),
            (json!({"contains": {"const": 1}}), json!([2, 1]), json!([2]), "", "it must contain 1"),
            (json!({"required": ["a"]}), json!({"a": null}), json!({}), "a", "it is missing"),
            (json!({"dependentRequired": {"a": ["b"]}}), json!({}), json!({"a": 1}), "b", "it is missing"),
            (json!({"additionalProperties": false, "properties": {"a": {}}}), json!({"a": 1}), json!({"b": 1}), "b", "there is no such member"),
            (json!({"properties": {"a": {"items": {"type": "string"}}}}), json!({"a": ["x"]}), json!({"a": ["x", 1]}), "a[1]", "it must be a text"),
            (json!({"prefixItems": [{"const": 1}], "items": {"const": 2}}), json!([1, 2]), json!([1, 1]), "[1]", "it must be 2"),
            (json!({"allOf": [{"$ref": "#/$defs/n"}], "$defs": {"n": {"type": "number"}}}), json!(1), json!(""), "", "it must be a number"),
        ] {
            assert_eq!(told(&schema, &good), [], "{schema}");
            assert_eq!(told(&schema, &bad), [(path.to_owned(), why.to_owned())], "{schema}");
        }
    }

    #[test]
    fn of_several_things_the_one_whose_type_it_bears_is_told_of() {
        let of = |kind: &str, member: &str| json!({"properties": {"type": {"const": kind}}, "required": ["type", member, "name"]});
        let schema = json!({"oneOf": [of("A", "a"), of("B", "b")]});
        assert_eq!(told(&schema, &json!({"type": "B", "b": 1, "name": 1})), []);
        let paths: Vec<String> = told(&schema, &json!({"type": "B", "a": 1})).into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["b", "name"], "A is nearer, but it says it is B");
        assert_eq!(told(&json!({"oneOf": [{}, {}]}), &json!(1)).len(), 1);
    }

    #[test]
    fn a_schema_that_would_go_unchecked_is_refused() {
        for schema in [json!({"pattern": "a"}), json!({"items": {"if": {}}}), json!({"$ref": "#/$defs/none"}), json!({"type": "null"}), json!([])] {
            assert!(matches!(Schema::read(&schema.to_string()), Err(SchemaError::NotUnderstood(_))), "{schema}");
        }
        assert!(matches!(Schema::read("{"), Err(SchemaError::NotJson(_))));
    }
}
