//! The two forms a record travels in, both W3C Verifiable Credentials 2.0, unsigned here.
//!
//! **Records and passports of our own kind** (`ProductRecord`, `OrganisationRecord`, `ProjectRecord` … for a steward's word,
//! `OrganisationPassport`, `ProjectPassport` … for a subject's own):
//! ```text
//! { "@context": ["https://www.w3.org/ns/credentials/v2", {"@vocab": "https://ecosphere.example/terms#"}],
//!   "type": ["VerifiableCredential", "ProductRecord"], "issuer": {"id": "did:key:…", "name": "…"}, "name": "…",
//!   "validFrom": "2026-11-01T00:00:00Z", "validUntil": …,
//!   "credentialSubject": { "id": "https://id.gs1.org/01/…", "subject": "(01)…", "name": …, "brand": …, "owner": …, "categories": [{"id", "name"}],
//!     "quantity": …, "about": …, "place": …, "languages": […], "claims": [{"code", "state"}], "certifier": {"key", "name"},
//!     "source": {"name", "url", "licence", "attribution"}, "fictional": true } }
//! ```
//! **A product's own passport**: UNTP 0.7 `DigitalProductPassport`. Claims are `performanceClaim`s whose `id` names the row of the claim table
//! and whose one performance score is the state; brand and certifier are `relatedParty`s; what UNTP has no member for is in `characteristics`.
//! The issuer must sign; so must the certifier where claims are attested (a proof set).
//!
//! Numbers never occur, so JCS carries every body exactly.

use super::{
    CategoryName, ClaimRef, ClaimState, Making, Party, Record, RecordError, Sealed, Source, claim_def,
    gs1_uri::{element_string, uri},
};
use crate::{
    measure::Millis,
    passport::SubjectForm,
    statement::{DidKey, SubjectKind},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const VC_CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
const UNTP_CONTEXT: &str = "https://vocabulary.uncefact.org/untp/0.7.0/context/";
const TERMS: &str = "https://ecosphere.example/terms#";
pub(super) const CLAIMS: &str = "https://ecosphere.example/claims/";
const UNTP_TOPICS: &str = "https://vocabulary.uncefact.org/conformity-topic/";

/// `credentialSubject` of our own kind.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    id: String,
    subject: String,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    brand: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    categories: Vec<CategoryName>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    quantity: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    about: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    place: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    languages: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    claims: Vec<ClaimRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certifier: Option<Party>,
    source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    making: Option<Making>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    fictional: bool,
    /// Private attributes (`private.rs`), written when the record is a credential already.
    #[serde(default, rename = "_sd", skip_serializing_if = "Vec::is_empty")]
    sd: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sealed: Vec<Sealed>,
}

/// `characteristics` of a UNTP passport: what UNTP leaves to the issuer.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Characteristics {
    r#type: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    net_content: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    languages: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    place: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    source: Source,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    fictional: bool,
    /// Private attributes (`private.rs`), written when the record is a credential already.
    #[serde(default, rename = "_sd", skip_serializing_if = "Vec::is_empty")]
    sd: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sealed: Vec<Sealed>,
}

pub(super) fn write(record: &Record, issuer: &DidKey, issuer_name: &str, issued: Millis, valid_until: Option<Millis>) -> Value {
    let mut credential = match (&record.making, record.kind, record.form) {
        (Some(making), SubjectKind::Product, SubjectForm::Own) => write_untp(record, making, issuer),
        _ => write_own_kind(record),
    };
    if let Some(members) = credential.as_object_mut() {
        let mut issuer = json!({"id": issuer.to_string(), "name": issuer_name});
        if members.get("type").is_some_and(|t| has_type(t, "DigitalProductPassport")) {
            issuer["type"] = json!(["CredentialIssuer"]);
        }
        members.insert("issuer".into(), issuer);
        members.insert("validFrom".into(), issued.to_rfc3339().into());
        if let Some(end) = valid_until {
            members.insert("validUntil".into(), end.to_rfc3339().into());
        }
    }
    credential
}

pub(super) fn read(credential: &Value) -> Result<Record, RecordError> {
    let types = credential.get("type").unwrap_or(&Value::Null);
    if has_type(types, "DigitalProductPassport") {
        return read_untp(credential);
    }
    KINDS
        .into_iter()
        .flat_map(|(kind, name)| [(kind, SubjectForm::Record, format!("{name}Record")), (kind, SubjectForm::Own, format!("{name}Passport"))])
        .find(|(.., name)| has_type(types, name))
        .ok_or_else(|| RecordError::Type(types.to_string().chars().take(120).collect()))
        .and_then(|(kind, form, _)| read_own_kind(credential, kind, form))
}

const KINDS: [(SubjectKind, &str); 5] = [
    (SubjectKind::Product, "Product"),
    (SubjectKind::Organisation, "Organisation"),
    (SubjectKind::Project, "Project"),
    (SubjectKind::Process, "Process"),
    (SubjectKind::Person, "Person"),
];

pub(super) fn has_type(types: &Value, name: &str) -> bool {
    types.as_array().is_some_and(|list| list.iter().any(|t| t == name))
}

fn write_own_kind(record: &Record) -> Value {
    let kind = KINDS.iter().find(|(kind, _)| *kind == record.kind).map_or("Product", |(_, name)| name);
    let form = match record.form {
        SubjectForm::Own => "Passport",
        SubjectForm::Record => "Record",
    };
    let subject = Subject {
        id: uri(&record.id).unwrap_or_else(|| record.id.clone()),
        subject: record.id.clone(),
        name: record.name.clone(),
        brand: record.brand.clone(),
        owner: record.owner.clone(),
        categories: record.categories.clone(),
        quantity: record.quantity.clone(),
        about: record.about.clone(),
        place: record.place.clone(),
        languages: record.languages.clone(),
        claims: record.claims.clone(),
        certifier: record.certifier.clone(),
        source: record.source.clone(),
        making: record.making.clone(),
        fictional: record.fictional,
        sd: Vec::new(),
        sealed: Vec::new(),
    };
    json!({
        "@context": [VC_CONTEXT, {"@vocab": TERMS}],
        "type": ["VerifiableCredential", format!("{kind}{form}")],
        "name": record.name,
        "credentialSubject": to_value(&subject),
    })
}

fn read_own_kind(credential: &Value, kind: SubjectKind, form: SubjectForm) -> Result<Record, RecordError> {
    let Subject {
        id, subject, name, brand, owner, categories, quantity, about, place, languages, claims, certifier, source, making, fictional, ..
    } = member(credential, "credentialSubject")?;
    if id != uri(&subject).unwrap_or_else(|| subject.clone()) {
        return Err(wrong("credentialSubject.id", "it names another subject than \"subject\" does"));
    }
    let record = Record {
        kind,
        id: subject,
        name,
        brand,
        owner,
        categories,
        quantity,
        about,
        place,
        languages,
        claims,
        certifier,
        source,
        form,
        making,
        fictional,
    };
    record.check()?;
    Ok(record)
}

fn write_untp(record: &Record, making: &Making, issuer: &DidKey) -> Value {
    let id = uri(&record.id).unwrap_or_else(|| record.id.clone());
    let path = id.trim_start_matches(super::gs1_uri::RESOLVER);
    let (lot, serial) = (qualifier(&id, "10"), qualifier(&id, "21"));
    let characteristics = Characteristics {
        r#type: vec!["Characteristics".into()],
        net_content: record.quantity.clone(),
        languages: record.languages.clone(),
        place: record.place.clone(),
        owner: record.owner.clone(),
        source: record.source.clone(),
        fictional: record.fictional,
        sd: Vec::new(),
        sealed: Vec::new(),
    };
    let mut parties = Vec::new();
    if !record.brand.is_empty() {
        parties.push(party("brandOwner", issuer, &record.brand));
    }
    if let Some(certifier) = &record.certifier {
        parties.push(party("certifier", &certifier.key, &certifier.name));
    }
    let mut subject = json!({
        "type": ["Product"],
        "id": id,
        "name": record.name,
        "idScheme": {"type": ["IdentifierScheme"], "id": "https://id.gs1.org", "name": "GS1 Digital Link"},
        "idGranularity": match (&lot, &serial) { (_, Some(_)) => "item", (Some(_), None) => "batch", (None, None) => "model" },
        "productCategory": record.categories.iter().map(|c| json!({
            "code": c.id, "name": c.name, "schemeId": "https://ecosphere.example/categories", "schemeName": "EcoSphere categories",
        })).collect::<Vec<_>>(),
        "producedAtFacility": {"type": ["Facility"], "id": making.facility, "name": making.facility_name},
        "productionDate": making.date,
        "countryOfProduction": {"countryCode": making.country},
        "relatedParty": parties,
        "characteristics": to_value(&characteristics),
        "performanceClaim": record.claims.iter().map(|claim| performance_claim(claim, &making.date)).collect::<Vec<_>>(),
    });
    if let Some(members) = subject.as_object_mut() {
        let optional = [("description", Some(record.about.clone()).filter(|a| !a.is_empty())), ("batchNumber", lot), ("itemNumber", serial)];
        members.extend(optional.into_iter().filter_map(|(key, text)| Some((key.to_owned(), Value::String(text?)))));
    }
    json!({
        "@context": [VC_CONTEXT, UNTP_CONTEXT],
        "type": ["DigitalProductPassport", "VerifiableCredential"],
        "id": format!("https://ecosphere.example/passports/{path}"),
        "name": format!("Digital Product Passport: {}", record.name),
        "credentialSubject": subject,
    })
}

fn party(role: &str, key: &DidKey, name: &str) -> Value {
    json!({"role": role, "party": {"type": ["Party"], "id": key.to_string(), "name": name}})
}

fn performance_claim(claim: &ClaimRef, date: &str) -> Value {
    let def = claim_def(&claim.code);
    let text = def.map_or(claim.code.as_str(), |d| d.text.as_str());
    // The first code of a topic is the one nearest to it; naming all of them would claim more than the row says.
    let topics = def.into_iter().flat_map(|d| &d.topics);
    let codes: Vec<_> = topics.filter_map(|(topic, ..)| topic.info().untp.first()).collect();
    json!({
        "type": ["Claim"],
        "id": format!("{CLAIMS}{}", claim.code),
        "name": text,
        "referenceCriteria": [{"type": ["Criterion"], "id": format!("{CLAIMS}{}", claim.code), "name": text}],
        "claimDate": date,
        "claimedPerformance": [{
            "metric": {"type": ["PerformanceMetric"], "id": "https://ecosphere.example/terms#claimState", "name": "How the claim was verified"},
            "score": {"code": to_value(&claim.state)},
        }],
        "conformityTopic": codes.into_iter().map(|code| json!({
            "type": ["ConformityTopic"], "id": format!("{UNTP_TOPICS}{code}"), "name": code.replace('-', " "),
        })).collect::<Vec<_>>(),
    })
}

fn read_untp(credential: &Value) -> Result<Record, RecordError> {
    let subject = credential.get("credentialSubject").ok_or_else(|| wrong("credentialSubject", "it is missing"))?;
    let id = text(subject, "id")?;
    let issuer: DidKey = member(credential.get("issuer").unwrap_or(&Value::Null), "id")?;
    let Characteristics { net_content, languages, place, owner, source, fictional, .. } = member(subject, "characteristics")?;
    let (mut brand, mut certifier) = (String::new(), None);
    for related in list(subject, "relatedParty") {
        let party = related.get("party").unwrap_or(&Value::Null);
        match related.get("role").and_then(Value::as_str) {
            Some("brandOwner") if member::<DidKey>(party, "id")? == issuer => brand = text(party, "name")?,
            Some("certifier") => certifier = Some(Party { key: member(party, "id")?, name: text(party, "name")? }),
            _ => {}
        }
    }
    let categories = list(subject, "productCategory").iter().map(|c| Ok(CategoryName { id: text(c, "code")?, name: text(c, "name")? }));
    let claims = list(subject, "performanceClaim").iter().map(read_claim);
    let facility = subject.get("producedAtFacility").unwrap_or(&Value::Null);
    let record = Record {
        kind: SubjectKind::Product,
        id: element_string(&id).ok_or_else(|| wrong("credentialSubject.id", "it is not a GS1 Digital Link of a product"))?,
        name: text(subject, "name")?,
        brand,
        owner,
        categories: categories.collect::<Result<_, RecordError>>()?,
        quantity: net_content,
        about: subject.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        place,
        languages,
        claims: claims.collect::<Result<_, RecordError>>()?,
        certifier,
        source,
        form: SubjectForm::Own,
        making: Some(Making {
            facility: text(facility, "id")?,
            facility_name: text(facility, "name")?,
            country: text(subject.get("countryOfProduction").unwrap_or(&Value::Null), "countryCode")?,
            date: text(subject, "productionDate")?,
        }),
        fictional,
    };
    record.check()?;
    Ok(record)
}

fn read_claim(claim: &Value) -> Result<ClaimRef, RecordError> {
    let id = text(claim, "id")?;
    let code = id.strip_prefix(CLAIMS).ok_or_else(|| wrong("performanceClaim.id", "it names no row of the claim table"))?;
    let score = list(claim, "claimedPerformance").first().and_then(|p| p.get("score")).unwrap_or(&Value::Null);
    let state: ClaimState = member(score, "code")?;
    Ok(ClaimRef { code: code.to_owned(), state })
}

/// The value after `/<ai>/` of a Digital Link that [`uri`] made.
fn qualifier(link: &str, ai: &str) -> Option<String> {
    let (_, rest) = link.strip_prefix(super::gs1_uri::RESOLVER)?.split_once(&format!("/{ai}/"))?;
    let value = rest.split('/').next()?;
    Some(percent_encoding::percent_decode_str(value).decode_utf8().ok()?.into_owned())
}

fn to_value<T: Serialize>(value: &T) -> Value {
    // These types hold only strings, lists and booleans under string keys, which serde_json always takes.
    serde_json::to_value(value).unwrap_or(Value::Object(Map::new()))
}

fn member<T: serde::de::DeserializeOwned>(of: &Value, name: &'static str) -> Result<T, RecordError> {
    let value = of.get(name).ok_or_else(|| wrong(name, "it is missing"))?;
    T::deserialize(value).map_err(|e| wrong(name, e))
}

fn text(of: &Value, name: &'static str) -> Result<String, RecordError> {
    member(of, name)
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn wrong(member: &'static str, why: impl ToString) -> RecordError {
    RecordError::Shape { member, why: why.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::json::canonical;

    fn issuer() -> DidKey {
        DidKey::from_public([7; 32])
    }

    fn own() -> Record {
        Record {
            kind: SubjectKind::Product,
            id: "(01)09520000000011(10)T1(21)7".into(),
            name: "Passata".into(),
            brand: "Podere".into(),
            owner: None,
            categories: vec![CategoryName { id: "en:tomato-purees".into(), name: "Tomato purees".into() }],
            quantity: "500 g".into(),
            about: "Made up.".into(),
            place: "Parma, Italy".into(),
            languages: vec!["en".into(), "it".into()],
            claims: vec![
                ClaimRef { code: "label:organic".into(), state: ClaimState::Attested },
                ClaimRef { code: "own:traceable".into(), state: ClaimState::Confirmed },
            ],
            certifier: Some(Party { key: DidKey::from_public([9; 32]), name: "Certifier".into() }),
            source: Source {
                name: "Sample".into(),
                url: "https://ecosphere.example/".into(),
                licence: "CC0 1.0".into(),
                attribution: "EcoSphere".into(),
            },
            form: SubjectForm::Own,
            making: Some(Making {
                facility: "https://ecosphere.example/facilities/cannery".into(),
                facility_name: "Cannery, Parma".into(),
                country: "IT".into(),
                date: "2026-08-25".into(),
            }),
            fictional: true,
        }
    }

    fn written(record: &Record) -> Value {
        record.to_credential(&issuer(), "Podere", Millis(1_793_491_200_000), Some(Millis(1_793_491_200_000 + 365 * Millis::DAY)))
    }

    #[test]
    fn every_form_of_every_kind_reads_back_as_it_was_written() {
        for kind in KINDS.map(|(kind, _)| kind) {
            for form in [SubjectForm::Own, SubjectForm::Record] {
                for making in [own().making, None] {
                    for id in ["(01)09520000000011(10)T1(21)7", "(01)09520000000011", "wikirate:57356"] {
                        if making.is_some() && !id.starts_with('(') {
                            continue;
                        }
                        let record = Record { kind, form, making: making.clone(), id: id.into(), ..own() };
                        let credential = written(&record);
                        assert_eq!(Record::from_credential(&credential), Ok(record));
                        canonical(&credential).expect("JCS carries it");
                    }
                }
            }
        }
    }

    #[test]
    fn a_stewards_record_never_reads_as_the_brands_own_word() {
        let record = Record { form: SubjectForm::Record, making: None, certifier: None, ..own() };
        let credential = written(&record);
        assert_eq!(credential["type"], json!(["VerifiableCredential", "ProductRecord"]));
        assert_eq!(credential["@context"][0], VC_CONTEXT);
        assert_eq!(credential["issuer"]["id"], issuer().to_string());
        assert_eq!(credential["credentialSubject"]["source"]["licence"], "CC0 1.0");
    }

    #[test]
    fn an_own_passport_has_all_that_untp_requires() {
        let credential = written(&own());
        assert_eq!(credential["@context"], json!([VC_CONTEXT, UNTP_CONTEXT]));
        for member in ["id", "issuer", "validFrom", "name", "credentialSubject"] {
            assert!(credential.get(member).is_some(), "{member}");
        }
        let subject = &credential["credentialSubject"];
        for member in ["id", "name", "idScheme", "idGranularity", "productCategory", "producedAtFacility", "countryOfProduction"] {
            assert!(subject.get(member).is_some(), "{member}");
        }
        assert_eq!((&subject["batchNumber"], &subject["itemNumber"], &subject["idGranularity"]), (&json!("T1"), &json!("7"), &json!("item")));
    }

    #[test]
    fn attested_claims_fall_back_when_the_certifier_did_not_sign() {
        let mut record = own();
        record.demote_unsigned(&[issuer(), DidKey::from_public([9; 32])]);
        assert_eq!(record, own());
        record.demote_unsigned(&[issuer()]);
        assert_eq!(record.claims[0].state, ClaimState::SelfDeclared);
        assert_eq!(record.claims[1].state, ClaimState::Confirmed);
    }

    #[test]
    fn a_credential_with_anything_wrong_is_refused() {
        let cases: [(&str, Value); 8] = [
            ("/type", json!(["VerifiableCredential"])),
            ("/type", json!("DigitalProductPassport")),
            ("/credentialSubject/id", json!("https://example.com/01/09520000000011")),
            ("/credentialSubject/name", json!("")),
            ("/credentialSubject/name", json!("x".repeat(301))),
            ("/credentialSubject/performanceClaim/0/id", json!("https://example.com/claims/label:organic")),
            ("/credentialSubject/performanceClaim/0/claimedPerformance/0/score/code", json!("certain")),
            ("/credentialSubject/characteristics/source", json!(null)),
        ];
        for (pointer, value) in cases {
            let mut credential = written(&own());
            *credential.pointer_mut(pointer).expect(pointer) = value;
            assert!(Record::from_credential(&credential).is_err(), "{pointer}");
        }
        let mut other = written(&Record { form: SubjectForm::Record, making: None, ..own() });
        other["credentialSubject"]["subject"] = json!("(01)03017620422003");
        assert!(Record::from_credential(&other).is_err(), "id and subject must name the same product");
        for nonsense in [json!(null), json!([]), json!({"type": ["ProductRecord"]}), json!(7)] {
            assert!(Record::from_credential(&nonsense).is_err());
        }
    }
}
