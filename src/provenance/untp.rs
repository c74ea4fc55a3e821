//! UN Transparency Protocol 0.7: product passports, conformity credentials, traceability events and identity anchors.
//!
//! ```text
//! { "type": ["DigitalTraceabilityEvent", "VerifiableCredential"], "@context": [VC 2.0, UNTP 0.7], "id": …, "issuer": { "id", "name" },
//!   "validFrom": …, "name": …, "credentialSubject": … }
//! DigitalProductPassport      a Record, and a Claim for each performance claim
//! DigitalConformityCredential an Attestation for each assessment
//! DigitalTraceabilityEvent    an Event for each MakeEvent, MoveEvent, ModifyEvent
//! DigitalIdentityAnchor       an Anchor
//! ```
//! An imported credential must keep the whole of its schema ([`schema_fault`]); a fault is told with its path. Proofs are not looked at here: who signed is for [`super::check`] to be told.

pub use super::untp_schema::schema_fault;
use super::{
    Action, Agent, Anchor, Attestation, Claim, Event, EventKind, Found, Lot, Making, Note, Reason, Record, Site, Source, claim_def, country,
    credential::CLAIMS,
    epcis::{Fault, Read, fault, is_uri},
    epcis_id, extension,
};
use crate::{
    measure::{Decimal, Millis, Unit},
    passport::SubjectForm,
    statement::SubjectKind,
    values::UNTP_TOPIC_BASE,
};
use serde_json::Value;

/// The largest credential that is read, in bytes.
pub const MAX_CREDENTIAL: usize = 16 << 20;

const VC_CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";

/// Reads one credential, or an array of them; a faulty one is a [`Found::Dropped`] with the path of its fault.
pub fn import(text: &[u8], mut sink: impl FnMut(Found)) {
    let mut dropped = |id: &str, reason| sink(Found::Dropped(Note { line: 1, id: id.to_owned(), reason }));
    if text.len() > MAX_CREDENTIAL {
        return dropped("document", Reason::TooLarge(text.len() as u64));
    }
    match serde_json::from_slice::<Value>(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)) {
        Err(e) => dropped("document", Reason::NotJson(e.to_string())),
        Ok(Value::Array(many)) => (1..).zip(&many).for_each(|(line, one)| credential(line, one, &mut sink)),
        Ok(one) => credential(1, &one, &mut sink),
    }
}

fn credential(line: u64, value: &Value, sink: &mut impl FnMut(Found)) {
    let id: String = value.get("id").and_then(Value::as_str).unwrap_or("document").chars().take(200).collect();
    let note = |reason| Note { line, id: id.clone(), reason };
    let mut found = Vec::new();
    match read(value, &mut found) {
        Err(Fault { path, why }) => sink(Found::Dropped(note(Reason::Invalid { path, why }))),
        // What is read says its faults itself; the schema also has rules for what is not.
        Ok(odd) => {
            if let Some(reason) = schema_fault(value) {
                return sink(Found::Dropped(note(reason)));
            }
            found.into_iter().for_each(&mut *sink);
            odd.into_iter().for_each(|reason| sink(Found::Noted(note(reason))));
        }
    }
}

/// What a conformity credential attests. Who signed it is not looked at.
///
/// # Errors
/// [`Reason::Invalid`] with the path of the fault.
pub fn conformity(value: &Value) -> Result<Vec<Attestation>, Reason> {
    let read = || {
        let (head, kind) = head(value)?;
        if kind != "DigitalConformityCredential" {
            return fault("type", "it must be a DigitalConformityCredential");
        }
        attestations(&head, member(value, "", "credentialSubject")?)
    };
    read().map_err(|Fault { path, why }| Reason::Invalid { path, why })
}

/// What a credential says of itself.
struct Head {
    id: String,
    issuer: Agent,
    from: Millis,
    until: Option<Millis>,
}

fn read(value: &Value, found: &mut Vec<Found>) -> Read<Vec<Reason>> {
    let (head, kind) = head(value)?;
    let subject = member(value, "", "credentialSubject")?;
    let mut odd = Vec::new();
    match kind {
        "DigitalProductPassport" => passport(&head, value, subject, found, &mut odd)?,
        "DigitalConformityCredential" => found.extend(attestations(&head, subject)?.into_iter().map(Found::Attestation)),
        "DigitalTraceabilityEvent" => {
            let one = std::slice::from_ref(subject);
            for (n, event) in subject.as_array().map_or(one, Vec::as_slice).iter().enumerate() {
                found.push(Found::Event(lifecycle(event, &format!("credentialSubject[{n}]"), &head)?.seal()));
            }
        }
        "DigitalIdentityAnchor" => {
            let at = "credentialSubject";
            let registrar = subject.get("registrar").map(|r| agent(r, "credentialSubject.registrar")).transpose()?;
            found.push(Found::Anchor(Anchor {
                did: uri(subject, at, "id")?,
                name: text(subject, at, "registeredName")?,
                number: text(subject, at, "registeredId")?,
                registrar: registrar.unwrap_or_else(|| head.issuer.clone()),
                from: head.from,
                until: head.until,
            }));
        }
        other => return fault("type", format!("\"{other}\" is no credential of UNTP 0.7")),
    }
    Ok(odd)
}

/// What every credential has, and the type that says which it is.
fn head(value: &Value) -> Read<(Head, &str)> {
    let Some(contexts) = value.get("@context").and_then(Value::as_array) else { return fault("@context", "it must be an array") };
    if contexts.first().and_then(Value::as_str) != Some(VC_CONTEXT) {
        return fault("@context[0]", format!("it must be {VC_CONTEXT}"));
    }
    let head = Head {
        id: uri(value, "", "id")?,
        issuer: agent(member(value, "", "issuer")?, "issuer")?,
        from: time(value, "", "validFrom")?,
        until: value.get("validUntil").map(|_| time(value, "", "validUntil")).transpose()?,
    };
    if head.until.is_some_and(|until| until < head.from) {
        return fault("validUntil", "it is before validFrom");
    }
    text(value, "", "name")?;
    let mut types = value.get("type").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    Ok((head, types.find(|t| *t != "VerifiableCredential").unwrap_or_default()))
}

fn passport(head: &Head, whole: &Value, subject: &Value, found: &mut Vec<Found>, odd: &mut Vec<Reason>) -> Read<()> {
    let at = "credentialSubject";
    let item = epcis_id::item(&uri(subject, at, "id")?);
    let name = text(subject, at, "name")?;
    let facility = subject.get("producedAtFacility");
    let record = Record::from_credential(whole).unwrap_or_else(|_| Record {
        kind: SubjectKind::Product,
        id: item.clone(),
        name,
        brand: String::new(),
        owner: None,
        categories: Vec::new(),
        quantity: String::new(),
        about: said(subject, "description").chars().take(super::MAX_ABOUT).collect(),
        place: facility.map(|f| said(f, "name")).unwrap_or_default(),
        languages: Vec::new(),
        claims: Vec::new(),
        certifier: None,
        source: Source {
            name: head.issuer.name.clone(),
            url: head.id.clone(),
            licence: "as its issuer grants".to_owned(),
            attribution: head.issuer.name.clone(),
        },
        form: SubjectForm::Own,
        making: facility.map(|f| Making {
            facility: said(f, "id"),
            facility_name: said(f, "name"),
            country: subject.get("countryOfProduction").map(|c| said(c, "countryCode")).unwrap_or_default(),
            date: said(subject, "productionDate"),
        }),
        fictional: false,
    });
    match record.check() {
        Ok(()) => found.push(Found::Record(Box::new(record))),
        Err(e) => return fault(at, e.to_string()),
    }
    let place = facility.map(|f| said(f, "id")).unwrap_or_default();
    for (n, claim) in array(subject, "performanceClaim").enumerate() {
        let at = format!("{at}.performanceClaim[{n}]");
        let day = claim.get("claimDate").map(|_| day(claim, &at, "claimDate")).transpose()?.unwrap_or(head.from);
        let criteria: Vec<String> = array(claim, "referenceCriteria").map(|c| said(c, "id")).collect();
        let id = uri(claim, &at, "id")?;
        let mut names = std::iter::once(&id).chain(&criteria).filter_map(|name| name.strip_prefix(CLAIMS));
        let code = names.find(|code| claim_def(code).is_some()).map(str::to_owned);
        let base = Claim {
            id,
            subject: item.clone(),
            code,
            measured: None,
            topics: topics(claim),
            criteria,
            event: None,
            by: Some(head.issuer.clone()),
            place: place.clone(),
            at: day,
            evidence: array(claim, "evidence").map(|link| said(link, "linkURL")).collect(),
            inferred: false,
        };
        let performances: Vec<&Value> = array(claim, "claimedPerformance").collect();
        if performances.is_empty() {
            found.push(Found::Claim(base.clone()));
        }
        for (m, performance) in performances.into_iter().enumerate() {
            let at = format!("{at}.claimedPerformance[{m}]");
            let measured = match performance.get("measure") {
                None => None,
                Some(measure) => {
                    let (quantity, unit) = amount(measure, &format!("{at}.measure"))?;
                    let metric = performance.get("metric").map(|m| said(m, "id")).unwrap_or_default();
                    match extension::in_metric(&metric, quantity, unit, base.evidence.first().cloned().unwrap_or_default()) {
                        Ok(measured) => Some(measured),
                        Err(why) => {
                            odd.push(Reason::Invalid { path: format!("{at}.metric"), why });
                            None
                        }
                    }
                }
            };
            found.push(Found::Claim(Claim { measured, ..base.clone() }));
        }
    }
    Ok(())
}

fn attestations(head: &Head, subject: &Value) -> Read<Vec<Attestation>> {
    let (at, mut found) = ("credentialSubject", Vec::new());
    for required in ["name", "assessorLevel", "assessmentLevel", "attestationType"] {
        text(subject, at, required)?;
    }
    let holder = agent(member(subject, at, "issuedToParty")?, "credentialSubject.issuedToParty")?;
    member(subject, at, "referenceScheme")?;
    let certificate = subject.get("conformityCertificate").map(|c| said(c, "linkURL"));
    let ids = [Some(head.id.clone()), Some(uri(subject, at, "id")?), certificate].into_iter().flatten().filter(|id| !id.is_empty());
    let ids: Vec<String> = ids.collect();
    for (n, assessment) in array(subject, "conformityAssessment").enumerate() {
        let at = format!("{at}.conformityAssessment[{n}]");
        text(assessment, &at, "name")?;
        let assessed = day(assessment, &at, "assessmentDate")?;
        let criteria: Vec<String> = array(assessment, "assessmentCriteria").map(|c| said(c, "id")).collect();
        if criteria.is_empty() {
            return fault(format!("{at}.assessmentCriteria"), "it names no criterion");
        }
        let codes: Vec<String> =
            criteria.iter().filter_map(|c| c.strip_prefix(CLAIMS)).filter(|c| claim_def(c).is_some()).map(str::to_owned).collect();
        let verified = |list: &'static str, inner: &'static str| {
            array(assessment, list).filter_map(move |v| v.get(inner)).map(|v| epcis_id::item(&said(v, "id")))
        };
        let mut scope: Vec<String> = verified("assessedFacility", "facility").chain(verified("assessedProduct", "product")).collect();
        scope.extend(assessment.get("assessedOrganisation").map(|o| said(o, "id")));
        if scope.is_empty() {
            scope.push(holder.id.clone());
        }
        // A performance whose metric is none of the registry's is covered by its topic only.
        let mut measured = Vec::new();
        for (m, performance) in array(assessment, "assessedPerformance").enumerate() {
            let Some(measure) = performance.get("measure") else { continue };
            let (quantity, unit) = amount(measure, &format!("{at}.assessedPerformance[{m}].measure"))?;
            let metric = performance.get("metric").map(|m| said(m, "id")).unwrap_or_default();
            measured.extend(extension::in_metric(&metric, quantity, unit, String::new()).ok().map(|m| (m.metric, m.quantity)));
        }
        let own = std::iter::once(uri(assessment, &at, "id")?);
        found.push(Attestation {
            ids: ids.iter().cloned().chain(own).collect(),
            issuer: head.issuer.clone(),
            scope,
            topics: topics(assessment),
            criteria,
            codes,
            from: head.from.max(assessed),
            until: head.until,
            conforms: assessment.get("conformance").and_then(Value::as_bool).unwrap_or(false),
            measured,
        });
    }
    Ok(found)
}

fn lifecycle(event: &Value, at: &str, head: &Head) -> Read<Event> {
    let kinds: Vec<&str> = array(event, "type").filter_map(Value::as_str).collect();
    let instant = time(event, at, "eventDate")?;
    text(event, at, "name")?;
    let step = text(member(event, at, "activityType")?, &format!("{at}.activityType"), "code")?;
    let party = |roles: &[&str]| {
        array(event, "relatedParty")
            .find(|p| roles.contains(&said(p, "role").as_str()))
            .and_then(|p| p.get("party"))
            .map(|p| Agent { id: said(p, "id"), name: said(p, "name") })
    };
    let mut read = if kinds.contains(&"MakeEvent") {
        let mut made = Event::at(EventKind::Transformation, None, instant);
        made.inputs = products(event, at, "inputProduct")?;
        made.outputs = products(event, at, "outputProduct")?;
        made.place = Some(site(event, at, "madeAtFacility")?);
        made
    } else if kinds.contains(&"ModifyEvent") {
        let mut modified = Event::at(EventKind::Object, Some(Action::Observe), instant);
        modified.outputs = products(event, at, "modifiedProduct")?;
        modified.inputs.clone_from(&modified.outputs);
        modified.place = Some(site(event, at, "modifiedAtFacility")?);
        modified
    } else if kinds.contains(&"MoveEvent") {
        let mut moved = Event::at(EventKind::Object, Some(Action::Observe), instant);
        moved.outputs = products(event, at, "movedProduct")?;
        moved.inputs.clone_from(&moved.outputs);
        moved.place = Some(site(event, at, "fromFacility")?);
        site(event, at, "toFacility")?;
        moved.source = party(&["consignor", "seller", "exporter", "manufacturer", "producer"]).or_else(|| Some(head.issuer.clone()));
        moved.destination = party(&["consignee", "buyer", "importer", "receiver"]);
        moved
    } else {
        return fault(format!("{at}.type"), "it is none of MakeEvent, MoveEvent and ModifyEvent");
    };
    read.step = step;
    read.source_id = event.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    read.actor = party(&["manufacturer", "producer", "processor", "operator"]).or_else(|| read.source.clone()).or_else(|| Some(head.issuer.clone()));
    let is_certificate = |link: &&Value| said(link, "linkType").ends_with("/dcc");
    read.certificates = array(event, "relatedDocument").filter(is_certificate).map(|link| said(link, "linkURL")).collect();
    for (n, sensor) in array(event, "sensorData").enumerate() {
        let at = format!("{at}.sensorData[{n}]");
        let metric = sensor.get("metric").map(|m| said(m, "id")).unwrap_or_default();
        let Some(measures) = member(sensor, &at, "measure")?.as_array() else { return fault(format!("{at}.measure"), "it must be an array") };
        for (m, measure) in measures.iter().enumerate() {
            let (quantity, unit) = amount(measure, &format!("{at}.measure[{m}]"))?;
            let evidence = read.certificates.first().cloned().unwrap_or_default();
            let measured = extension::in_metric(&metric, quantity, unit, evidence);
            read.measurements.push(measured.or_else(|why| fault(format!("{at}.metric"), why))?);
        }
    }
    Ok(read)
}

fn products(event: &Value, at: &str, list: &str) -> Read<Vec<Lot>> {
    let mut lots = Vec::new();
    for (n, entry) in array(event, list).enumerate() {
        let at = format!("{at}.{list}[{n}]");
        let product = member(entry, &at, "product")?;
        let item = epcis_id::item(&uri(product, &format!("{at}.product"), "id")?);
        let quantity = entry.get("quantity").map(|q| amount(q, &format!("{at}.quantity"))).transpose()?;
        if quantity.is_some_and(|(q, _)| q.signum() < 0) {
            return fault(format!("{at}.quantity.value"), "it is negative; nothing weighs or counts less than nothing");
        }
        lots.push(Lot { item, quantity });
    }
    if lots.is_empty() { fault(format!("{at}.{list}"), "it names no product") } else { Ok(lots) }
}

fn site(event: &Value, at: &str, facility: &str) -> Read<Site> {
    let value = member(event, at, facility)?;
    let at = format!("{at}.{facility}");
    let land = value.pointer("/address/addressCountry/countryCode").or_else(|| value.pointer("/countryOfOperation/countryCode"));
    let land = land.and_then(Value::as_str).and_then(country::code).unwrap_or_default();
    Ok(Site { id: uri(value, &at, "id")?, name: text(value, &at, "name")?, country: land.to_owned() })
}

fn amount(measure: &Value, at: &str) -> Read<(Decimal, Unit)> {
    let Some(Value::Number(number)) = measure.get("value") else { return fault(format!("{at}.value"), "it must be a number") };
    let quantity = Decimal::parse(&number.to_string()).or_else(|e| fault(format!("{at}.value"), e.to_string()))?;
    let unit = text(measure, at, "unit")?;
    Ok((quantity, Unit::from_code(&unit).or_else(|e| fault(format!("{at}.unit"), e.to_string()))?))
}

fn topics(value: &Value) -> Vec<String> {
    let criteria = array(value, "assessmentCriteria").chain(array(value, "referenceCriteria"));
    let all = array(value, "conformityTopic").chain(criteria.flat_map(|c| array(c, "conformityTopic")));
    let codes: std::collections::BTreeSet<String> =
        all.map(|t| said(t, "id")).map(|id| id.strip_prefix(UNTP_TOPIC_BASE).unwrap_or(&id).to_owned()).collect();
    codes.into_iter().collect()
}

fn agent(value: &Value, at: &str) -> Read<Agent> {
    Ok(Agent { id: uri(value, at, "id")?, name: text(value, at, "name")? })
}

fn member<'a>(value: &'a Value, at: &str, name: &str) -> Read<&'a Value> {
    match value.get(name) {
        Some(found) if !found.is_null() => Ok(found),
        _ => fault(below(at, name), "it is missing"),
    }
}

fn text(value: &Value, at: &str, name: &str) -> Read<String> {
    match member(value, at, name)?.as_str() {
        Some(text) if !text.is_empty() && text.len() <= 10_000 => Ok(text.to_owned()),
        _ => fault(below(at, name), "it must be a text of 1 to 10 000 bytes"),
    }
}

fn uri(value: &Value, at: &str, name: &str) -> Read<String> {
    let text = text(value, at, name)?;
    if is_uri(&text) { Ok(text) } else { fault(below(at, name), "it must be a URI") }
}

fn time(value: &Value, at: &str, name: &str) -> Read<Millis> {
    Millis::parse_rfc3339(&text(value, at, name)?).or_else(|e| fault(below(at, name), e.to_string()))
}

/// A day, as midnight UTC.
fn day(value: &Value, at: &str, name: &str) -> Read<Millis> {
    Millis::parse_rfc3339(&format!("{}T00:00:00Z", text(value, at, name)?)).or_else(|_| fault(below(at, name), "it must be a day such as 2026-08-20"))
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn array<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn said(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
