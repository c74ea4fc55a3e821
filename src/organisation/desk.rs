//! Answers the page: reads a file as a stream, tells what was understood and what not, and holds its events against each other.

use super::{
    Utf8,
    issue::Issuer,
    keyring, moods, publish, readers, record,
    rounds::{self, Device},
    serials::{self, Serials},
    steps,
    tables::{self, TableError},
    wire::{Answer, ColumnRow, Concealed, Counts, EventRow, FaultRow, FileKind, Issued, OddRow, Request, SHOWN, Signer, Understanding},
};
#[cfg(feature = "parquet")]
use super::{parquet_rows, tables::TakeRow};
use crate::{
    measure::Millis,
    provenance::{
        ClaimState, Collected, ColumnMap, Event, Found, Lot, Note, Record,
        check::{Others, verify},
        epcis, questionnaire, untp,
    },
};
use std::io::{self, BufRead as _, BufReader, Read, Seek};

/// So many bytes of a document are looked at to see what it is.
const HEAD: u64 = 64 * 1024;
/// The most events and claims that are held against each other: what a phone's memory takes.
const MAX_CHECKED: u64 = 100_000;
/// The longest address that codes can lead to, in bytes: a code has room for little more.
const MAX_BASE: usize = 200;
/// The size of the buffer a file is read through.
const BUFFER: usize = 1 << 18;

/// Answers a request about a file; `second` is the file beside it, where one is asked for: serial numbers, or certifiers' words.
pub async fn answer(
    request: Request,
    file: impl Read + Seek + Send + 'static,
    second: Option<impl Read + Seek + Send + 'static>,
    device: &mut impl Device,
) -> Answer {
    match request {
        Request::Read { name, map, now } => {
            understand(&name, file, map, now).map_or_else(|error| Answer::Refused(error.to_string()), |told| Answer::Understood(Box::new(told)))
        }
        Request::Issue { name, signer, base, private, now } => {
            let order = Order { name: &name, signer: &signer, base: &base, private: private.as_deref(), now };
            order.issue(file, second, device).await.map_or_else(Answer::Refused, |issued| Answer::Issued(Box::new(issued)))
        }
        Request::Record { name, map, actor, signer, passport, first, receiver, now } => {
            let order = record::Order { actor: actor.as_deref(), signer: &signer, passport: &passport, first, receiver, now };
            let done = match read(&name, file, map) {
                Ok(Heard { mut told, reported, .. }) => {
                    told.all.events.extend(reported);
                    record::record(&order, &told.all, told.counts, second, device).await
                }
                Err(why) => Err(why.to_string()),
            };
            done.map_or_else(Answer::Refused, |recorded| Answer::Recorded(Box::new(recorded)))
        }
        Request::Feel => moods::felt(file).map_or_else(|error| Answer::Refused(error.to_string()), |felt| Answer::Felt(Box::new(felt))),
        other => keyring::answer(&other).or_else(|| readers::answer(&other)).unwrap_or_else(|| Answer::Refused("nothing was asked".to_owned())),
    }
}

struct Order<'a> {
    name: &'a str,
    signer: &'a Signer,
    base: &'a str,
    private: Option<&'a Concealed>,
    now: Millis,
}

impl Order<'_> {
    /// Issues the passports in a file, or one for each serial number.
    async fn issue(
        &self,
        file: impl Read + Seek + Send + 'static,
        serials: Option<impl Read + Seek + Send + 'static>,
        device: &mut impl Device,
    ) -> Result<Issued, String> {
        let key = publish::key(&self.signer.seed).ok_or("the key is not 64 hex digits; bring its file again")?;
        let base = self.base.trim();
        if !(base.starts_with("https://") || base.starts_with("http://")) || base.len() > MAX_BASE || base.contains(char::is_whitespace) {
            return Err("where the codes lead must be an address that begins with https://".to_owned());
        }
        let records = records(self.name, file).map_err(|e| e.to_string())?;
        let issuer = Issuer { origin: &self.signer.origin, key: &key, name: &self.signer.name, time: self.now, valid_until: None };
        if self.private.is_some() && (serials.is_some() || records.len() != 1) {
            return Err("private attributes go into one passport; bring a file with one, and no serial numbers".to_owned());
        }
        match (serials, records.as_slice()) {
            (None, []) => Err("there is no passport in this file".to_owned()),
            (None, some) => {
                device.progress(0, some.len() as u64);
                rounds::issue(&issuer, base, some.len() as u64, self.private, some.iter().cloned().map(Ok), device).await
            }
            (Some(table), [one]) => {
                let (rows, number) = Serials::new(table, one).map_err(|why| format!("the table of serial numbers: {why}"))?;
                device.progress(0, number);
                rounds::issue(&issuer, base, number, None, rows.map(|(line, row)| row.map_err(|why| format!("line {line}: {why}"))), device).await
            }
            (Some(_), _) => Err("for serial numbers, the file must hold the passport of one product type and no other".to_owned()),
        }
    }
}

/// The passports in a file.
fn records(name: &str, mut file: impl Read + Seek + Send + 'static) -> Result<Vec<Record>, TableError> {
    let mut records = Vec::new();
    let kind = kind_of(name, &mut file)?;
    if matches!(kind, FileKind::Untp | FileKind::Answers) {
        file.rewind()?;
        let mut text = Vec::new();
        Utf8::new(BufReader::new(file))?.take(untp::MAX_CREDENTIAL as u64 + 1).read_to_end(&mut text)?;
        if kind == FileKind::Answers {
            records.extend(questionnaire::passport(&text).ok().flatten());
            return Ok(records);
        }
        untp::import(&text, |found| {
            if let Found::Record(record) = found {
                records.push(*record);
            }
        });
    }
    Ok(records)
}

/// Reads a file.
///
/// # Errors
/// It cannot be read, or is no document of any kind that is known, or the map does not fit its table. A bad row is never an error.
pub fn understand(name: &str, file: impl Read + Seek + Send + 'static, map: Option<ColumnMap>, now: Millis) -> Result<Understanding, TableError> {
    let heard = read(name, file, map)?;
    Ok(heard.finish(now))
}

/// What a file says.
struct Heard {
    kind: FileKind,
    map: Option<ColumnMap>,
    columns: Vec<ColumnRow>,
    told: Told,
    /// Of answers: what they come to as a step.
    reported: Option<Event>,
}

fn read(name: &str, mut file: impl Read + Seek + Send + 'static, map: Option<ColumnMap>) -> Result<Heard, TableError> {
    let kind = kind_of(name, &mut file)?;
    file.rewind()?;
    let mut told = Told::default();
    let mut columns = Vec::new();
    let (mut used, mut reported) = (None, None);
    match kind {
        FileKind::Epcis => {
            let utf8 = Utf8::new(BufReader::with_capacity(BUFFER, file))?;
            epcis::import(BufReader::with_capacity(BUFFER, utf8), |found| told.take(found))?;
        }
        FileKind::Untp | FileKind::Answers => {
            let mut text = Vec::new();
            Utf8::new(BufReader::new(file))?.take(untp::MAX_CREDENTIAL as u64 + 1).read_to_end(&mut text)?;
            if kind == FileKind::Untp {
                untp::import(&text, |found| told.take(found))
            } else {
                questionnaire::import(&text, |found| told.take(found));
                match questionnaire::passport(&text) {
                    Ok(Some(record)) => told.take(Found::Record(Box::new(record))),
                    // Why not is told where nothing else of them was in the way.
                    Err(reason) if told.counts.dropped == 0 => {
                        told.take(Found::Noted(Note { line: 1, id: "passport".to_owned(), reason }));
                    }
                    _ => {}
                }
                // What was measured comes to one step; why it cannot is among what was left out.
                reported = questionnaire::report(&text).ok().map(|(_, event)| event).filter(says_something);
            }
        }
        FileKind::Table => {
            let mut take = |found| told.take(found);
            #[cfg(feature = "parquet")]
            if tables::is_parquet(name) {
                let file = parquet_rows::Shared::new(file)?;
                let mut read = |row: TakeRow<'_>| parquet_rows::read(file.clone(), |_, _| (), row);
                columns = tables::columns(&mut read)?;
                used = Some(tables::import(&mut read, map, &mut take)?);
                return Ok(Heard { kind, map: used, columns, told, reported });
            }
            let mut table = tables::Table::new(name, file);
            columns = table.columns()?;
            used = Some(table.import(map, &mut take)?);
        }
    }
    Ok(Heard { kind, map: used, columns, told, reported })
}

/// Answers without a number and without money come to no step.
const fn says_something(event: &Event) -> bool {
    !event.measurements.is_empty() || event.paid.is_some() || event.received.is_some()
}

/// What a file is: a table by its name's ending, a document by how it begins.
fn kind_of(name: &str, file: &mut impl Read) -> Result<FileKind, TableError> {
    let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let mut head = Vec::new();
    let mut reader = BufReader::new(Utf8::new(BufReader::new(file.by_ref().take(HEAD)))?);
    if reader.fill_buf()?.is_empty() {
        return Err(TableError::Empty);
    }
    reader.read_to_end(&mut head)?;
    let text = String::from_utf8_lossy(&head);
    if ["csv", "tsv", "txt", "xlsx", "xlsm"].contains(&ending.as_str()) || (cfg!(feature = "parquet") && tables::is_parquet(name)) {
        return Ok(FileKind::Table);
    }
    if !text.trim_start().starts_with(['{', '[']) {
        return Err(TableError::Unknown);
    }
    let has = |word: &str| text.contains(word);
    Ok(match () {
        () if has("VerifiableCredential") => FileKind::Untp,
        () if has("\"answers\"") => FileKind::Answers,
        () => FileKind::Epcis,
    })
}

/// What has been found so far.
#[derive(Default)]
struct Told {
    all: Collected,
    counts: Counts,
    noted: Vec<OddRow>,
}

impl Told {
    fn take(&mut self, found: Found) {
        let counts = &mut self.counts;
        let keep = counts.events + counts.claims <= MAX_CHECKED;
        match found {
            Found::Event(_) => counts.events += 1,
            Found::Claim(_) => counts.claims += 1,
            Found::Attestation(_) => counts.attestations += 1,
            Found::Anchor(_) => counts.anchors += 1,
            Found::Record(_) => counts.passports += 1,
            Found::Retraction(_) => {}
            Found::Dropped(ref note) | Found::Noted(ref note) => {
                let dropped = matches!(found, Found::Dropped(_));
                *(if dropped { &mut counts.dropped } else { &mut counts.noted }) += 1;
                self.odd(note, dropped);
                return;
            }
        }
        if keep {
            self.all.take(found);
        }
    }

    /// Keeps the first of each, so that a few notes do not hide what was dropped.
    fn odd(&mut self, note: &Note, dropped: bool) {
        if self.noted.iter().filter(|row| row.dropped == dropped).count() < SHOWN {
            self.noted.push(OddRow { line: note.line, id: note.id.clone(), reason: note.reason.to_string(), dropped });
        }
    }
}

impl Heard {
    fn finish(self, now: Millis) -> Understanding {
        let Self { kind, map, columns, told, reported } = self;
        let Told { all, mut counts, noted: mut odd } = told;
        odd.sort_by_key(|row| !row.dropped);
        // A file alone carries nobody else's word: certificates in it count as known, and none as proven.
        let others = Others { now, attestations: all.attestations, anchors: all.anchors, ..Others::default() };
        let verified = verify(&all.events, &all.claims, &others);
        counts.faults = verified.findings.len() as u64;
        let own = |id| all.events.iter().find(|e| e.id == id).map(|e| e.source_id.clone()).unwrap_or_default();
        let states = [ClaimState::Attested, ClaimState::Confirmed, ClaimState::SelfDeclared, ClaimState::Inferred, ClaimState::Contradicted];
        let count = |state| verified.judged.iter().filter(|j| j.verdict.state == state).count() as u64;
        Understanding {
            kind,
            map,
            columns,
            events: all.events.iter().take(SHOWN).map(event).collect(),
            serial: matches!(&all.records[..], [one] if serials::fits(one)) && counts.passports == 1,
            steps: counts.events + u64::from(reported.is_some()),
            actors: steps::actors(&all.events).into_iter().take(SHOWN).map(|a| (a.id.clone(), a.name.clone())).collect(),
            passports: all.records.iter().take(SHOWN).map(|r| r.name.clone()).collect(),
            odd,
            faults: verified.findings.iter().take(SHOWN).map(|f| FaultRow { id: own(f.event), text: f.fault.to_string() }).collect(),
            states: states.into_iter().map(|state| (state, count(state))).collect(),
            all_checked: counts.events + counts.claims <= MAX_CHECKED,
            counts,
        }
    }
}

fn event(event: &Event) -> EventRow {
    let actor = event.actor.as_ref().map(|a| if a.name.is_empty() { a.id.clone() } else { a.name.clone() });
    let lots = |lots: &[Lot]| lots.iter().map(lot).collect();
    EventRow {
        time: event.time,
        step: event.step.clone(),
        actor: actor.unwrap_or_default(),
        // What only sees goods has the same on both sides.
        inputs: if event.inputs == event.outputs { Vec::new() } else { lots(&event.inputs) },
        outputs: lots(&event.outputs),
        measured: event.measurements.len(),
        id: event.source_id.clone(),
    }
}

fn lot(lot: &Lot) -> String {
    lot.quantity.as_ref().map_or_else(|| lot.item.clone(), |(quantity, unit)| format!("{quantity} {unit} {}", lot.item))
}

/// Tells how much of a file has been read, from one place or from many, since it was begun anew.
pub struct Watched<R, P> {
    inner: R,
    size: u64,
    at: u64,
    told: u64,
    /// Told again after so many bytes.
    step: u64,
    progress: P,
}

impl<R, P: FnMut(u64)> Watched<R, P> {
    /// Watches a file of `size` bytes.
    pub const fn new(inner: R, size: u64, progress: P) -> Self {
        Self { inner, size, at: 0, told: 0, step: size / 100, progress }
    }
}

impl<R: Read, P: FnMut(u64)> Read for Watched<R, P> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.at = self.at.saturating_add(read as u64).min(self.size);
        if self.at.saturating_sub(self.told) > self.step {
            self.told = self.at;
            (self.progress)(self.at);
        }
        Ok(read)
    }
}

impl<R: Seek, P: FnMut(u64)> Seek for Watched<R, P> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        if to == io::SeekFrom::Start(0) {
            (self.at, self.told) = (0, 0);
        }
        self.inner.seek(to)
    }
}
