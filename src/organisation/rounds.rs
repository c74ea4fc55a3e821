//! Issuing many passports: signed in rounds, given to a node, each sealed once the ledger has given it a number.
//!
//! ```text
//! records --a round, signed--> POST /statements --number of each--> seal, link --> a line of the table, a code on the sheet
//! ```
//! A round waits for the one before, and what is drawn is handed on at once, so that a device keeps one round, however many passports there are.
//! What is signed depends on key, time and record alone: the same asked again gives the same statements, which a node answers as it did before. So
//! an order that was broken off is simply given again, and nothing is issued twice.

use super::{
    issue::{self, Issuer, Made},
    publish::{self, Said},
    sheet_pdf::{Label, Sheet},
    wire::{Concealed, Fate, Issued, SHOWN, Submission},
};
use crate::provenance::{Disclosure, Record, conceal};
use std::future::Future;

/// How many passports are signed, sent and drawn at a time.
pub const ROUND: usize = 100;
/// How often a round is sent before the order is broken off, and for how long it waits between, in milliseconds: a quarter of an hour in all.
const TRIES: u32 = 60;
const PAUSE: u32 = 15_000;
/// How often a node is asked for a number that it did not say at once, and how long it waits between, in milliseconds.
const ASKS: u32 = 20;
const ASK_PAUSE: u32 = 500;

/// Why a request was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Come back in so many seconds.
    Busy(u32),
    /// It did not arrive, or its answer did not.
    Offline,
    /// A sentence: it never will be.
    Refused(String),
}

impl Trouble {
    /// As a sentence for the person, without its full stop.
    pub(super) fn sentence(self) -> String {
        match self {
            Self::Busy(_) => "the node is busy; try again in a minute".to_owned(),
            Self::Offline => "the node cannot be reached; go online and try again".to_owned(),
            Self::Refused(why) => why,
        }
    }
}

/// What is made for a person to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// A table (CSV): number, subject, link.
    Links,
    /// The codes to print (PDF).
    Sheet,
    /// What the receiver of goods is asked to confirm (JSON).
    Offer,
}

impl Product {
    /// Its name between worker and page.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Links => "links",
            Self::Sheet => "sheet",
            Self::Offer => "offer",
        }
    }
    /// Its media type.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Links => "text/csv",
            Self::Sheet => "application/pdf",
            Self::Offer => "application/json",
        }
    }
}

/// What a device lends.
pub trait Device {
    /// `POST /statements`; the answer's text.
    fn send(&mut self, request: String) -> impl Future<Output = Result<String, Trouble>>;
    /// `GET /statements/{id}`; the answer's text.
    fn ask(&mut self, id: &str) -> impl Future<Output = Result<String, Trouble>>;
    /// Waits, in milliseconds.
    fn pause(&mut self, milliseconds: u32) -> impl Future<Output = ()>;
    /// So many are done, of how many.
    fn progress(&mut self, done: u64, of: u64);
    /// The next bytes of what a person keeps.
    fn part(&mut self, of: Product, bytes: Vec<u8>);
}

/// Issues a passport for each of `of` records; `base` is where their links lead other phones, `private` what each says to named readers only.
///
/// # Errors
/// A sentence: a record could not be had, or the node's answer is none. What was issued before stays so.
pub async fn issue(
    issuer: &Issuer<'_>,
    base: &str,
    of: u64,
    private: Option<&Concealed>,
    records: impl Iterator<Item = Result<Record, String>>,
    device: &mut impl Device,
) -> Result<Issued, String> {
    let (mut all, mut sheet) = (Issued::default(), Sheet::default());
    let mut records = records.fuse();
    let mut asks = ASKS;
    loop {
        let round: Vec<Record> = records.by_ref().take(ROUND).collect::<Result<_, _>>()?;
        if round.is_empty() {
            break;
        }
        let mut made = Vec::with_capacity(round.len());
        for record in &round {
            match signed(issuer, record, private) {
                Ok(one) => made.push((record, one)),
                Err(why) => all.add(fate(record, Err(why))),
            }
        }
        let submissions: Vec<&Submission> = made.iter().map(|(_, (_, submission))| submission).collect();
        let answers = match sent(&submissions, device).await? {
            Ok(answers) => answers,
            Err(why) => {
                all.stopped = Some(why);
                break;
            }
        };
        let mut links = Vec::new();
        for ((record, (made, _)), mut said) in made.iter().zip(answers) {
            if let Ok(Said { id, passport: None, .. }) = &said
                && asks > 0
            {
                said = asked(&id.clone(), asks, device).await.unwrap_or(said);
                // A node that does not know one number knows none: it is not the one that writes.
                asks = if matches!(said, Ok(Said { passport: None, .. })) { 0 } else { ASKS };
            }
            let number = said.as_ref().ok().and_then(|said| said.passport);
            let link = number.and_then(|number| Some((number, issuer.link(number, &record.id, made.digest, base)?)));
            if let Some((number, link)) = link {
                sheet.add(Label { code: link.clone(), lines: [record.name.clone(), record.id.clone()] }).map_err(|e| e.to_string())?;
                links.push((number, record.id.clone(), link));
            }
            all.add(fate(record, said));
        }
        device.part(Product::Links, table(all.linked == 0, &links)?);
        device.part(Product::Sheet, sheet.take());
        all.linked += links.len() as u64;
        device.progress(all.taken + all.refused, of);
    }
    if all.linked > 0 {
        device.part(Product::Sheet, sheet.finish().map_err(|e| e.to_string())?);
    }
    Ok(all)
}

/// A record as a statement that is always the same for the same key, time and record.
fn signed(issuer: &Issuer<'_>, record: &Record, private: Option<&Concealed>) -> Result<(Made, Submission), String> {
    let nonce = issue::nonce(issuer.key, issuer.origin, issuer.time, &record.id);
    let made = match private {
        None => issuer.make(record, nonce, &|_| ()),
        Some(Concealed { disclosures, sealed }) => {
            let disclosures = disclosures.iter().map(|text| Disclosure::parse(text)).collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
            // Tried out first: what is signed has room for all of them, under names of their own.
            let mut draft = record.to_credential(&issuer.key.did(), issuer.name, issuer.time, issuer.valid_until);
            conceal(&mut draft, &disclosures, Some(sealed.clone())).map_err(|e| e.to_string())?;
            issuer.make(record, nonce, &|credential| drop(conceal(credential, &disclosures, Some(sealed.clone()))))
        }
    }
    .map_err(|e| e.to_string())?;
    let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).map_err(|e| e.to_string());
    let submission = Submission { name: record.name.clone(), statement: text(&made.entry)?, bodies: vec![text(&made.body)?] };
    Ok((made, submission))
}

/// What the node says of each, or why the order is broken off.
pub(super) async fn sent(submissions: &[&Submission], device: &mut impl Device) -> Result<Result<Vec<Result<Said, String>>, String>, String> {
    let request = publish::request(submissions.iter().copied()).map_err(|e| e.to_string())?;
    for _ in 0..TRIES {
        match device.send(request.clone()).await {
            Ok(text) => {
                let answers = publish::results(&text).map_err(|e| e.to_string())?;
                let whole = answers.len() == submissions.len();
                return if whole { Ok(Ok(answers)) } else { Err("the node did not answer each statement".to_owned()) };
            }
            Err(Trouble::Busy(seconds)) => device.pause(seconds.clamp(1, 60) * 1_000).await,
            Err(Trouble::Offline) => device.pause(PAUSE).await,
            Err(Trouble::Refused(why)) => return Ok(Err(why)),
        }
    }
    Ok(Err("the node cannot be reached".to_owned()))
}

/// What a node says later of a statement that it only took in.
async fn asked(id: &str, asks: u32, device: &mut impl Device) -> Option<Result<Said, String>> {
    for n in 0..asks {
        if n > 0 {
            device.pause(ASK_PAUSE).await;
        }
        let said = device.ask(id).await.ok().and_then(|text| publish::result(&text).ok());
        if said.as_ref().is_some_and(|said| !matches!(said, Ok(Said { passport: None, .. }))) {
            return said;
        }
    }
    None
}

fn fate(record: &Record, said: Result<Said, String>) -> Fate {
    let (said, refused) = match said {
        Ok(said) => (Some(said), None),
        Err(why) => (None, Some(why)),
    };
    let (leaf, passport) = said.map_or((None, None), |said| (said.leaf, said.passport));
    Fate { name: record.name.clone(), subject: record.id.clone(), leaf, passport, refused }
}

impl Issued {
    fn add(&mut self, fate: Fate) {
        *(if fate.refused.is_some() { &mut self.refused } else { &mut self.taken }) += 1;
        self.first = self.first.into_iter().chain(fate.passport).min();
        self.last = self.last.max(fate.passport);
        // What was refused is always told, as far as there is room.
        let told = self.fates.iter().filter(|f| f.refused.is_some() == fate.refused.is_some()).count();
        if told < SHOWN {
            self.fates.push(fate);
        }
    }
}

/// Lines of the table of links, the first with its head.
///
/// # Errors
/// A sentence; none is known.
pub fn table(head: bool, links: &[(u32, String, String)]) -> Result<Vec<u8>, String> {
    let mut out = csv::Writer::from_writer(Vec::new());
    if head && !links.is_empty() {
        out.write_record(["number", "subject", "link"]).map_err(|e| e.to_string())?;
    }
    for (number, subject, link) in links {
        out.write_record([&number.to_string(), subject, link]).map_err(|e| e.to_string())?;
    }
    out.into_inner().map_err(|e| e.to_string())
}
