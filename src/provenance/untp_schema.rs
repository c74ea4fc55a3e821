//! The JSON Schemas of the UN Transparency Protocol 0.7.0, as UN/CEFACT publishes them (`assets/untp`), one for each credential.

use super::{Reason, Schema};
use serde_json::Value;
use std::sync::LazyLock;

static SCHEMAS: LazyLock<[(&str, Option<Schema>); 4]> = LazyLock::new(|| {
    [
        ("DigitalProductPassport", include_str!("../../assets/untp/DigitalProductPassport.json")),
        ("DigitalConformityCredential", include_str!("../../assets/untp/ConformityCredential.json")),
        ("DigitalTraceabilityEvent", include_str!("../../assets/untp/DigitalTraceabilityEvent.json")),
        ("DigitalIdentityAnchor", include_str!("../../assets/untp/DigitalIdentityAnchor.json")),
    ]
    // A test reads all four.
    .map(|(kind, text)| (kind, Schema::read(text).ok()))
});

/// The first thing in a credential that its schema does not allow; `None` too for what is no credential of UNTP.
///
/// It is a [`Reason::Invalid`] with the path of the fault, which names how many more there are.
#[must_use]
pub fn schema_fault(credential: &Value) -> Option<Reason> {
    let types = credential.get("type").and_then(Value::as_array)?;
    let (_, schema) = SCHEMAS.iter().find(|(kind, _)| types.iter().any(|t| t.as_str() == Some(kind)))?;
    let mut faults = schema.as_ref()?.faults(credential).into_iter();
    let first = faults.next()?;
    let more = faults.len();
    let why = if more == 0 { first.why } else { format!("{} (and {more} more against the schema)", first.why) };
    Some(Reason::Invalid { path: first.path, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_the_four_schemas_is_checked() {
        assert!(SCHEMAS.iter().all(|(_, schema)| schema.is_some()));
    }
}
