//! `ecosphere-node import --format epcis|untp|table|answers`: reads a supplier's file, says what was understood and what not, and checks it twice.

use super::{
    import::open,
    record::{read_evidence, record},
    told::Told,
};
use crate::{
    measure::Millis,
    node::{
        NodeError,
        cli::{Format, ImportArgs, Outcome},
        corroboration::{claims_of, corroborate},
        passports::Passports,
        progress::Progress,
        tables::{self, Utf8},
    },
    provenance::{
        ClaimState, Collected, ColumnMap, Evidence, Field, Found,
        check::{Others, Verified, verify},
        epcis, questionnaire, untp,
    },
};
use serde_json::{Value, json};
use std::{
    io::{BufReader, Read as _},
    path::Path,
};

/// Reads one file of events.
///
/// # Errors
/// The file cannot be read, is no document of its format, or the column map does not fit.
pub fn import_events(args: &ImportArgs, now: Millis) -> Result<Outcome, NodeError> {
    let path = &args.file;
    let progress = Progress::bytes(std::fs::metadata(path).map_err(NodeError::file(path))?.len(), args.progress);
    let mut told = Told::new(args.notes.as_deref())?;
    let mut all = Collected::default();
    let mut counted = Counted::default();
    let mut take = |found: Found| {
        counted.take(&found);
        told.take(&found);
        // Notes are told; what is checked is kept.
        if !args.no_check && !matches!(found, Found::Dropped(_) | Found::Noted(_)) {
            all.take(found);
        }
    };
    let (mut map, mut reported, mut signed) = (None, None, Vec::new());
    match args.format {
        Format::Untp | Format::Answers => {
            let mut text = Vec::new();
            open(path, &progress)?.take(untp::MAX_CREDENTIAL as u64 + 1).read_to_end(&mut text).map_err(NodeError::file(path))?;
            if matches!(args.format, Format::Untp) {
                untp::import(&text, take);
                signed = signed_in(&text);
            } else {
                questionnaire::import(&text, take);
                // What was measured is recorded as one step; why it cannot be was said when the answers were read.
                reported = questionnaire::report(&text).ok().map(|(_, event)| event);
            }
        }
        Format::Table => {
            let given = args.map.as_deref().map(read_map).transpose()?;
            map = Some(tables::import_watched(path, given, &progress, take)?);
        }
        _ => {
            let utf8 = Utf8::new(open(path, &progress)?).map_err(NodeError::file(path))?;
            epcis::import(BufReader::with_capacity(1 << 16, utf8), &mut take).map_err(NodeError::file(path))?;
        }
    }
    progress.finish();
    told.close()?;
    if let (Some(to), Some(map)) = (&args.save_map, &map) {
        let text = serde_json::to_string_pretty(map).map_err(|e| NodeError::Data(e.to_string()))?;
        std::fs::write(to, text + "\n").map_err(NodeError::file(to))?;
    }
    let evidence = args.evidence.iter().map(|file| read_evidence(file)).collect::<Result<Vec<_>, _>>()?.concat();
    let others = others(args, &all, &evidence, signed, now)?;
    let (said, verified) = answer(args, &counted, &told, &all, map.as_ref(), &others);
    match args.data.as_deref() {
        Some(_) if args.no_check => Err(NodeError::Unfit("what was not checked is not recorded; leave --no-check out")),
        Some(data) => {
            all.events.extend(reported);
            record((args, data), &all, &evidence, told.dropped.count, &verified, said)
        }
        None => Ok(said),
    }
}

/// The conformity credentials of a file that their issuers signed.
fn signed_in(text: &[u8]) -> Vec<Evidence> {
    let Ok(value) = serde_json::from_slice::<Value>(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)) else { return Vec::new() };
    let all = if let Value::Array(all) = value { all } else { vec![value] };
    all.into_iter().filter(|one| untp::schema_fault(one).is_none()).filter_map(|one| Evidence::read(one).ok()).collect()
}

/// What others say, as far as it is known: a file alone carries nobody else's word, so certificates in it count as known, and none as proven.
fn others(args: &ImportArgs, all: &Collected, given: &[Evidence], signed: Vec<Evidence>, now: Millis) -> Result<Others, NodeError> {
    let attestations = all.attestations.iter().chain(given.iter().flat_map(|e| &e.attestations)).cloned().collect();
    let mut others = Others { now, attestations, anchors: all.anchors.clone(), ..Others::default() };
    if let Some(place) = &args.ledger {
        let evidence = [given.to_vec(), signed].concat();
        corroborate(&Passports::at(place)?, &evidence, &claims_of(&all.events, &all.claims), &mut others)?;
    }
    Ok(others)
}

fn read_map(path: &Path) -> Result<ColumnMap, NodeError> {
    let map = ColumnMap::read(&std::fs::read_to_string(path).map_err(NodeError::file(path))?)?;
    if !map.confirmed {
        return Err(NodeError::Unfit("nobody has confirmed this map yet; look at what each column is taken for, then set \"confirmed\": true in it"));
    }
    Ok(map)
}

/// How much of each was found.
#[derive(Default)]
struct Counted {
    events: u64,
    claims: u64,
    attestations: u64,
    anchors: u64,
    records: u64,
}

impl Counted {
    const fn take(&mut self, found: &Found) {
        match found {
            Found::Event(_) => self.events += 1,
            Found::Claim(_) => self.claims += 1,
            Found::Attestation(_) => self.attestations += 1,
            Found::Anchor(_) => self.anchors += 1,
            Found::Record(_) => self.records += 1,
            Found::Retraction(_) | Found::Dropped(_) | Found::Noted(_) => {}
        }
    }
}

fn answer(args: &ImportArgs, counted: &Counted, told: &Told, all: &Collected, map: Option<&ColumnMap>, others: &Others) -> (Outcome, Verified) {
    let verified = verify(&all.events, &all.claims, others);
    let Counted { events, claims, attestations, anchors, records } = counted;
    let mut lines = vec![
        format!("{events} events, {claims} claims, {attestations} attestations, {anchors} identity anchors, {records} passports read."),
        format!("{} dropped, {} noted.", told.dropped.count, told.noted.count),
    ];
    lines.extend(told.lines(args.rows));
    if let Some(map) = map {
        let ignored: Vec<&str> = map.columns.iter().filter(|(_, c)| c.is == Field::Ignore).map(|(name, _)| name.as_str()).collect();
        let how = if map.confirmed { "confirmed" } else { "guessed: look at it (--save-map), correct it, set \"confirmed\", and give it with --map" };
        lines.push(format!("The map of columns is {how}. Left out: {}.", if ignored.is_empty() { "nothing".to_owned() } else { ignored.join(", ") }));
    }
    let source = |id| all.events.iter().find(|e| e.id == id).map(|e| e.source_id.as_str()).unwrap_or_default();
    if !args.no_check {
        lines.push(format!("{} faults found within the events.", verified.findings.len()));
        lines.extend(verified.findings.iter().map(|f| format!("  {}: {}", source(f.event), f.fault)));
    }
    let count = |state: ClaimState| verified.judged.iter().filter(|j| j.verdict.state == state).count();
    let states = [ClaimState::Attested, ClaimState::Confirmed, ClaimState::SelfDeclared, ClaimState::Inferred, ClaimState::Contradicted];
    let states: serde_json::Map<String, Value> =
        states.into_iter().filter_map(|state| Some((serde_json::to_value(state).ok()?.as_str()?.to_owned(), count(state).into()))).collect();
    if !args.no_check {
        lines.push(states.iter().map(|(state, n)| format!("{n} {state}")).collect::<Vec<_>>().join(", ") + ".");
    }
    let findings: Vec<Value> = verified
        .findings
        .iter()
        .map(|f| json!({ "event": f.event, "source_id": source(f.event), "fault": f.fault, "text": f.fault.to_string() }))
        .collect();
    let mut json = json!({
        "events": events, "claims": claims, "attestations": attestations, "anchors": anchors, "records": records,
        "map": map, "checked": !args.no_check, "findings": findings, "states": states, "judged": verified.judged,
    });
    if let (Some(members), Value::Object(told)) = (json.as_object_mut(), told.json()) {
        members.extend(told);
    }
    let yes = told.dropped.count == 0 && verified.findings.is_empty();
    (Outcome { text: lines.join("\n"), json, yes }, verified)
}
