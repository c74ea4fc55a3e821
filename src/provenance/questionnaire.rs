//! Questionnaires for suppliers without a system of their own: a short form per kind of subject, stored as data, and answers that become claims.
//!
//! ```text
//! form     { "version": 1, "kind": "product", "title": …, "questions": [ { "id": "traceable", "text": …, "yes": "own:traceable", "no"?: code },
//!                                                                         { "id": "water", "text": …, "metric": "water-use", "unit": "MTQ" } ] }
//! answers  { "version": 1, "kind": "product", "subject": "(01)09520000000011(10)T1", "by": { "id": …, "name": … }, "at": "2026-08-20T00:00:00Z",
//!            "evidence": [], "paid": { "minor": 60000, "currency": "EUR" }, "received": …, "answers": { "traceable": true, "water": "12.5" },
//!            "name"?: "Tomatoes", "made"?: { "facility": "https://…", "facility_name": …, "country": "IT", "date": "2026-08-20" } }
//! ```
//! With `name`, and of a product with `made`, the answers come to a passport of the subject's own ([`passport`]).
//!
//! Yes gives the claim of `yes`, no that of `no` where the form has one. Whatever is answered is self-declared until others say so too. A person's
//! form asks for no numbers: a person is never measured.

use super::{
    Action, Agent, Claim, ClaimRef, ClaimState, Event, EventKind, Found, Lot, Making, Note, Reason, Record, Source, claim_def, country_name,
    epcis_id, extension, mark_contradictions,
};
use crate::{
    measure::{Decimal, Millis, Money, Unit},
    passport::SubjectForm,
    statement::SubjectKind,
    values::Topic,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// 1
    pub version: u8,
    /// Whom it asks about.
    pub kind: SubjectKind,
    /// For a person.
    pub title: String,
    /// In the order they are asked.
    pub questions: Vec<Question>,
}

/// A question: either yes and no, or a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable within its form.
    pub id: String,
    /// For a person.
    pub text: String,
    /// The claim that a yes makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yes: Option<String>,
    /// The claim that a no makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no: Option<String>,
    /// The metric that a number is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// The unit it is given in, a code of UN/ECE Recommendation 20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    version: u8,
    kind: SubjectKind,
    subject: String,
    by: Agent,
    at: String,
    #[serde(default)]
    evidence: Vec<String>,
    #[serde(default)]
    paid: Option<Money>,
    #[serde(default)]
    received: Option<Money>,
    answers: BTreeMap<String, Value>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    made: Option<Making>,
}

const FORMS: [&str; 5] = [
    include_str!("../../assets/questionnaires/product.json"),
    include_str!("../../assets/questionnaires/organisation.json"),
    include_str!("../../assets/questionnaires/project.json"),
    include_str!("../../assets/questionnaires/process.json"),
    include_str!("../../assets/questionnaires/person.json"),
];

/// The form for a kind of subject.
#[must_use]
pub fn form(kind: SubjectKind) -> Option<Form> {
    FORMS.iter().filter_map(|text| serde_json::from_str::<Form>(text).ok()).find(|form| form.kind == kind)
}

/// Reads answers; each that cannot be understood is a [`Found::Dropped`] with its question.
pub fn import(text: &[u8], mut sink: impl FnMut(Found)) {
    let document = |reason| Found::Dropped(Note { line: 1, id: "document".to_owned(), reason });
    let invalid = |path: &str, why: String| Reason::Invalid { path: path.to_owned(), why };
    let answers: Answers = match serde_json::from_slice(text) {
        Ok(answers) => answers,
        Err(e) => return sink(document(Reason::NotJson(e.to_string()))),
    };
    let Some(form) = form(answers.kind).filter(|form| form.version == answers.version) else {
        return sink(document(invalid("version", "there is no such form".to_owned())));
    };
    let at = match Millis::parse_rfc3339(&answers.at) {
        Ok(at) => at,
        Err(e) => return sink(document(invalid("at", e.to_string()))),
    };
    if answers.subject.is_empty() || answers.by.id.is_empty() {
        return sink(document(invalid("subject", "answers say of what they are, and by whom".to_owned())));
    }
    for (line, (id, answer)) in (1..).zip(&answers.answers) {
        let read = match form.questions.iter().find(|q| q.id == *id) {
            None => Err("the form has no such question".to_owned()),
            Some(question) => said(question, answer, answers.evidence.first()),
        };
        match read {
            Err(why) => sink(Found::Dropped(Note { line, id: id.clone(), reason: invalid(&format!("answers.{id}"), why) })),
            Ok(None) => {}
            Ok(Some((code, measured))) => {
                let of_code = code.as_ref().and_then(|c| claim_def(c)).into_iter().flat_map(|def| &def.topics);
                let topics = of_code.flat_map(|(topic, ..): &(Topic, _, _)| topic.info().untp).map(|t| (*t).to_owned());
                let topics = topics.chain(measured.as_ref().map(|m| m.metric.info().untp.to_owned())).collect();
                sink(Found::Claim(Claim {
                    id: String::new(),
                    subject: epcis_id::item(&answers.subject),
                    code,
                    measured,
                    topics,
                    criteria: Vec::new(),
                    event: None,
                    by: Some(answers.by.clone()),
                    place: String::new(),
                    at,
                    evidence: answers.evidence.clone(),
                    inferred: false,
                }));
            }
        }
    }
}

/// What the answers come to as one event, for a label: everything measured, and the money that was paid and received (all of a year's, for an
/// organisation). Also says what kind of subject it is.
///
/// # Errors
/// The first answer that cannot be understood.
pub fn report(text: &[u8]) -> Result<(SubjectKind, Event), Reason> {
    let (mut measured, mut fault) = (Vec::new(), None);
    import(text, |found| match found {
        Found::Claim(Claim { measured: Some(m), .. }) => measured.push(m),
        Found::Dropped(note) => fault = fault.take().or(Some(note.reason)),
        _ => {}
    });
    if let Some(fault) = fault {
        return Err(fault);
    }
    let answers: Answers = serde_json::from_slice(text).map_err(|e| Reason::NotJson(e.to_string()))?;
    let invalid = |path: &str, why: &str| Reason::Invalid { path: path.to_owned(), why: why.to_owned() };
    for (path, money) in [("paid", answers.paid), ("received", answers.received)] {
        if money.is_some_and(|m| m.minor < 0) {
            return Err(invalid(path, "it is negative; money paid and money received are both counted from 0"));
        }
    }
    let at = Millis::parse_rfc3339(&answers.at).map_err(|e| invalid("at", &e.to_string()))?;
    let lot = Lot { item: epcis_id::item(&answers.subject), quantity: None };
    let event = Event {
        step: "reporting".to_owned(),
        actor: Some(answers.by),
        inputs: vec![lot.clone()],
        outputs: vec![lot],
        certificates: answers.evidence,
        measurements: measured,
        paid: answers.paid,
        received: answers.received,
        ..Event::at(EventKind::Object, Some(Action::Observe), at)
    };
    Ok((answers.kind, event.seal()))
}

/// The passport that answers come to, where they name their subject: what was answered by yes or no as its claims, each self-declared. What was
/// measured is no part of it; that is a step of its own ([`report`]). `None` where the answers name nothing.
///
/// # Errors
/// The first answer that cannot be understood; of a product, that they do not say who made it, where and when.
pub fn passport(text: &[u8]) -> Result<Option<Record>, Reason> {
    let (mut codes, mut fault) = (BTreeSet::new(), None);
    import(text, |found| match found {
        Found::Claim(Claim { code: Some(code), .. }) => drop(codes.insert(code)),
        Found::Dropped(note) => fault = fault.take().or(Some(note.reason)),
        _ => {}
    });
    if let Some(fault) = fault {
        return Err(fault);
    }
    let answers: Answers = serde_json::from_slice(text).map_err(|e| Reason::NotJson(e.to_string()))?;
    if answers.name.trim().is_empty() {
        return Ok(None);
    }
    let made = answers.made.filter(|_| answers.kind == SubjectKind::Product);
    match &made {
        None if answers.kind != SubjectKind::Product => {}
        Some(Making { facility, facility_name, country, date })
            if facility.contains(':')
                && !facility_name.trim().is_empty()
                && country_name(country).is_some()
                && Millis::parse_rfc3339(&format!("{date}T00:00:00Z")).is_ok() => {}
        _ => {
            let why = "a product\u{2019}s own passport says where it was made (the facility\u{2019}s address that begins with https:, and its name), in which \
                       country (a code such as IT) and on which day";
            return Err(Reason::Invalid { path: "made".to_owned(), why: why.to_owned() });
        }
    }
    let mut claims: Vec<ClaimRef> = codes.into_iter().map(|code| ClaimRef { code, state: ClaimState::SelfDeclared }).collect();
    mark_contradictions(&mut claims);
    let by = if answers.by.name.is_empty() { answers.by.id } else { answers.by.name };
    let record = Record {
        kind: answers.kind,
        id: epcis_id::item(&answers.subject),
        name: answers.name.trim().to_owned(),
        brand: String::new(),
        owner: None,
        categories: Vec::new(),
        quantity: String::new(),
        about: String::new(),
        place: made.as_ref().map(|made| made.facility_name.clone()).unwrap_or_default(),
        languages: Vec::new(),
        claims,
        certifier: None,
        source: Source { name: format!("Answers of {by}"), url: answers.subject, licence: "as its issuer grants".to_owned(), attribution: by },
        form: SubjectForm::Own,
        making: made,
        fictional: false,
    };
    record.check().map_err(|e| Reason::Invalid { path: "name".to_owned(), why: e.to_string() })?;
    Ok(Some(record))
}

type Said = Option<(Option<String>, Option<super::Measured>)>;

/// What an answer claims; nothing for a no that means nothing, and for a question left open.
fn said(question: &Question, answer: &Value, evidence: Option<&String>) -> Result<Said, String> {
    let number = match (&question.metric, answer) {
        (_, Value::Null) => return Ok(None),
        (None, Value::Bool(yes)) => return Ok(if *yes { &question.yes } else { &question.no }.clone().map(|code| (Some(code), None))),
        (None, _) => return Err("it is answered by true or false".to_owned()),
        (Some(_), Value::String(text)) => text.clone(),
        (Some(_), Value::Number(number)) => number.to_string(),
        (Some(_), _) => return Err("it is answered by a number".to_owned()),
    };
    let metric = question.metric.as_deref().unwrap_or_default();
    let quantity = Decimal::parse(&number).map_err(|e| e.to_string())?;
    let unit = Unit::from_code(question.unit.as_deref().unwrap_or_default()).map_err(|e| e.to_string())?;
    let measured = extension::in_metric(metric, quantity, unit, evidence.cloned().unwrap_or_default())?;
    if measured.metric.is_plausible(measured.quantity) {
        Ok(Some((None, Some(measured))))
    } else {
        Err(format!("{number} is not plausible for {metric}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::{Collected, MetricId};
    use serde_json::json;

    const KINDS: [SubjectKind; 5] =
        [SubjectKind::Product, SubjectKind::Organisation, SubjectKind::Project, SubjectKind::Process, SubjectKind::Person];

    #[test]
    fn there_is_a_form_for_every_kind_whose_questions_all_lead_to_claims_or_metrics() {
        for kind in KINDS {
            let form = form(kind).unwrap();
            assert!((3..=12).contains(&form.questions.len()), "{kind:?}");
            for q in &form.questions {
                let codes: Vec<&String> = [&q.yes, &q.no].into_iter().flatten().collect();
                assert!(codes.iter().all(|code| claim_def(code).is_some()), "{}", q.id);
                assert!(codes.is_empty() != q.metric.is_none() && q.text.ends_with('?'), "{}", q.id);
                if let Some(metric) = &q.metric {
                    let unit = Unit::from_code(q.unit.as_ref().unwrap()).unwrap();
                    assert!(MetricId::from_id(metric).unwrap().convert(Decimal::ONE, unit).is_ok(), "{}", q.id);
                    assert_ne!(kind, SubjectKind::Person, "a person is never measured");
                }
            }
        }
    }

    #[test]
    fn answers_become_claims_and_what_is_no_answer_is_told() {
        let answers = json!({ "version": 1, "kind": SubjectKind::Product, "subject": "(01)09520000000011", "by": { "id": "farm" }, "at": "2026-08-20T00:00:00Z",
            "answers": { "traceable": true, "package": false, "repair": false, "carbon": "12.5", "water": -1, "hours": true, "colour": "red", "forest": null } });
        let mut all = Collected::default();
        import(answers.to_string().as_bytes(), |f| all.take(f));
        let said: Vec<_> = all.claims.iter().map(|c| (c.code.as_deref(), c.measured.as_ref().map(|m| m.quantity.to_string()))).collect();
        assert_eq!(said, [(None, Some("12.5".to_owned())), (Some("own:throwaway-pack"), None), (Some("own:traceable"), None)]);
        assert_eq!(all.dropped.iter().map(|n| n.id.as_str()).collect::<Vec<_>>(), ["colour", "hours", "water"]);
        for bad in [&b"{"[..], b"{}"] {
            let mut all = Collected::default();
            import(bad, |f| all.take(f));
            assert_eq!(all.dropped.len(), 1);
        }
    }

    #[test]
    fn answers_that_name_their_subject_come_to_its_own_passport_with_what_they_declare() {
        let answers = |kind: SubjectKind, more: &[(&str, Value)]| {
            let mut all = json!({ "version": 1, "kind": kind, "subject": "(01)09520000000011(10)T1", "by": { "id": "farm", "name": "Podere" },
                "at": "2026-08-20T00:00:00Z", "answers": { "traceable": true, "package": false, "carbon": "12.5" } });
            if kind != SubjectKind::Product {
                all["subject"] = json!("org:podere");
                all["answers"] = json!({ "tracking": false });
            }
            for (name, value) in more {
                all[*name] = value.clone();
            }
            passport(all.to_string().as_bytes())
        };
        let made = json!({ "facility": "https://podere.example/barn", "facility_name": "Barn", "country": "IT", "date": "2026-08-20" });
        let name = ("name", json!("Tomatoes"));
        let record = answers(SubjectKind::Product, &[name.clone(), ("made", made.clone())]).unwrap().unwrap();
        let claims: Vec<_> = record.claims.iter().map(|c| (c.code.as_str(), c.state)).collect();
        assert_eq!(claims, [("own:throwaway-pack", ClaimState::SelfDeclared), ("own:traceable", ClaimState::SelfDeclared)]);
        assert_eq!((record.form, record.id.as_str(), record.name.as_str()), (SubjectForm::Own, "(01)09520000000011(10)T1", "Tomatoes"));
        // It is written and read as any passport is: a product's as UNTP has it.
        let key = crate::statement::DidKey::from_public([7; 32]);
        let credential = record.to_credential(&key, "Podere", Millis(0), None);
        assert_eq!(Record::from_credential(&credential).map(|r| (r.claims, r.making)), Ok((record.claims, record.making)));
        assert!(credential["type"].to_string().contains("DigitalProductPassport"));
        let shop = answers(SubjectKind::Organisation, &[("name", json!("Podere"))]).unwrap().unwrap();
        assert_eq!((shop.claims[0].code.as_str(), shop.making), ("own:loyalty-tracking", None));
        // Nothing is invented: no name, no passport; of a product, not without where, in which country and when.
        assert_eq!(answers(SubjectKind::Product, &[]), Ok(None));
        let less = |member: &str, value: Value| {
            let mut less = made.clone();
            less[member] = value;
            answers(SubjectKind::Product, &[name.clone(), ("made", less)])
        };
        let bad = [("facility", json!("barn")), ("facility_name", json!(" ")), ("country", json!("Italy")), ("date", json!("20.08.2026"))];
        for refused in bad.into_iter().map(|(member, value)| less(member, value)).chain([answers(SubjectKind::Product, std::slice::from_ref(&name))])
        {
            assert!(refused.unwrap_err().to_string().contains("in which country"));
        }
        assert!(answers(SubjectKind::Product, &[name, ("made", made), ("answers", json!({ "colour": "red" }))]).is_err());
    }
}
