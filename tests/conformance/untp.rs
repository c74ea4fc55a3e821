//! A product's own passport against UNTP 0.7's JSON Schema (UN/CEFACT, CC BY 4.0); `dppvalidator` says the same of it elsewhere.

use ecosphere::{
    measure::Millis,
    provenance::{ChainsFile, Party, Schema},
    statement::{DidKey, SigningKey, add_proof},
};
use serde_json::{Value, json};

fn schema() -> Schema {
    Schema::read(include_str!("../../assets/untp/DigitalProductPassport.json")).unwrap()
}

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
    let schema = schema();
    for passport in passports() {
        assert_eq!(schema.faults(&passport), []);
    }
}

#[test]
fn the_check_passes_what_untp_publishes_and_sees_what_is_wrong() {
    let schema = schema();
    let published = crate::json("untp/DigitalProductPassport_battery_instance.json");
    assert_eq!(schema.faults(&published), []);
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
        assert_eq!(schema.faults(&passport).len(), 1, "{pointer}");
    }
}
