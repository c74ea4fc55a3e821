//! `ecosphere-node issue`.

use super::signer;
use crate::{
    measure::Millis,
    node::{
        NodeError,
        cli::{IssueArgs, Outcome},
        folder::replace,
        issuing::Issuer,
        private,
        sequencer::{Sequencer, now},
    },
    organisation::{
        rounds, serials,
        sheet_pdf::{Label, sheet},
    },
    passport::qr_out,
    provenance::{Disclosure, Record, Sealed, conceal, questionnaire},
    statement::{Digest, SigningKey, StatementError, json},
};
use std::{path::Path, time::Instant};

/// Example under the help of `issue`.
pub const ISSUE_EXAMPLE: &str = "Example:
  ecosphere-node passport export 09526001000012 > juice.json          # or write the content of a passport yourself
  ecosphere-node issue juice.json --data DIR --key mine.key
  ecosphere-node issue juice.json --data DIR --key mine.key --batch bottles.csv --sheet labels.pdf

A table of bottles:
  serial,lot,date
  0001,L26,2026-11-20
  0002,L26,2026-11-20";

/// Modules of the PNG code are this many pixels wide.
const PNG_SCALE: u32 = 8;
/// So many passports of a batch are taken in one durable transaction.
const ROUND: usize = 1_000;

/// Issues a passport from a credential file or from answers to a form, or one for each row of a table.
///
/// # Errors
/// The file cannot be read as a record, a row cannot be used, the statement is refused, or the disk.
pub fn issue(args: &IssueArgs) -> Result<Outcome, NodeError> {
    let text = std::fs::read(&args.record).map_err(NodeError::file(&args.record))?;
    let mut credential = json::parse(&text).map_err(StatementError::from)?;
    let valid_until = args.valid_until.as_deref().map(Millis::parse_rfc3339).transpose().map_err(|e| NodeError::Usage(e.to_string()))?;
    let mut ledger = Sequencer::open(&args.data, 0)?;
    let key = signer::key(&args.signer, ledger.config().sample)?;
    let answers = credential.get("answers").is_some().then(|| questionnaire::passport(&text)).transpose();
    let answers = answers.map_err(|e| NodeError::Usage(format!("{}: {e}", args.record.display())))?;
    // A draft has no issuer yet; who signs is the issuer.
    if let Some(members) = credential.as_object_mut() {
        members.remove("proof");
        members.insert("issuer".to_owned(), serde_json::json!({ "id": key.did().to_string() }));
    }
    let record = match answers {
        None => Record::from_credential(&credential)?,
        Some(named) => {
            named.ok_or_else(|| NodeError::Usage("these answers name nothing; say under \"name\" what their passport is of".to_owned()))?
        }
    };
    let asked = Asked { args, key: &key, valid_until };
    match &args.batch {
        Some(table) => asked.batch(&mut ledger, &record, table),
        None => asked.one(&mut ledger, &record),
    }
}

struct Asked<'a> {
    args: &'a IssueArgs,
    key: &'a SigningKey,
    valid_until: Option<Millis>,
}

impl Asked<'_> {
    fn one(&self, ledger: &mut Sequencer, record: &Record) -> Result<Outcome, NodeError> {
        let args = self.args;
        let (disclosures, sealed) = self.private()?;
        if !disclosures.is_empty() {
            // Tried out first: what is signed has room for all of them, under names of their own.
            let mut draft = record.to_credential(&self.key.did(), "", now(), self.valid_until);
            conceal(&mut draft, &disclosures, sealed.clone()).map_err(|e| NodeError::Usage(e.to_string()))?;
        }
        let finish = |credential: &mut serde_json::Value| {
            if !disclosures.is_empty() {
                let _ = conceal(credential, &disclosures, sealed.clone());
            }
        };
        let issued = signer::issue(ledger, record, self.key, self.valid_until, &finish)?;
        ledger.close()?;
        let mut json =
            serde_json::json!({ "number": issued.number, "leaf": issued.leaf, "digest": hex::encode(issued.digest), "subject": record.id });
        let mut text = format!("{} has passport number {} (leaf {}).", record.name, issued.number, issued.leaf);
        let issuer = Issuer { origin: &ledger.config().origin, key: self.key, name: "", time: now(), valid_until: self.valid_until };
        // Only what has a GS1 key can carry a link; other subjects are found by name.
        if let Some(link) = issuer.link(issued.number, &record.id, issued.digest, &args.base) {
            let (svg, png) = (args.out.join(format!("{}.svg", issued.number)), args.out.join(format!("{}.png", issued.number)));
            replace(&svg, qr_out::svg(&link).map_err(|e| undrawn(&e))?.as_bytes())?;
            replace(&png, &qr_out::png(&link, PNG_SCALE).map_err(|e| undrawn(&e))?)?;
            text.push_str(&format!("\n{link}\nIts code: {} and {}", svg.display(), png.display()));
            self.draw(&[(issued.number, record.id.clone(), link.clone())], &record.name)?;
            json["link"] = link.into();
            json["svg"] = svg.display().to_string().into();
            json["png"] = png.display().to_string().into();
        }
        Ok(Outcome { text, json, yes: true })
    }

    /// The private attributes that were asked for, salted, and encrypted to their readers.
    fn private(&self) -> Result<(Vec<Disclosure>, Option<Sealed>), NodeError> {
        let Some(path) = &self.args.private else { return Ok((Vec::new(), None)) };
        let bytes = std::fs::read(path).map_err(NodeError::file(path))?;
        let members = json::parse(&bytes).map_err(StatementError::from)?;
        let members = members.as_object().filter(|m| !m.is_empty());
        let members = members.ok_or_else(|| NodeError::Usage(format!("{} must hold one JSON object with at least one member", path.display())))?;
        let one = |(name, value): (&String, &serde_json::Value)| {
            Disclosure::new(signer::nonce()?, name, value.clone()).map_err(|e| NodeError::Usage(e.to_string()))
        };
        let disclosures = members.iter().map(one).collect::<Result<Vec<_>, NodeError>>()?;
        let sealed = private::seal(&disclosures, &self.args.reader)?;
        Ok((disclosures, Some(sealed)))
    }

    fn batch(&self, ledger: &mut Sequencer, record: &Record, table: &Path) -> Result<Outcome, NodeError> {
        let file = std::fs::File::open(table).map_err(NodeError::file(table))?;
        let rows = serials::all(file, record).map_err(|why| NodeError::Usage(format!("{}: {why}", table.display())))?;
        let begun = Instant::now();
        let name = signer::name_of(ledger, self.key)?;
        let origin = ledger.config().origin.clone();
        let issuer = Issuer { origin: &origin, key: self.key, name: &name, time: now(), valid_until: self.valid_until };
        let rows: Vec<(Record, [u8; 16])> = rows.into_iter().map(|row| Ok((row, signer::nonce()?))).collect::<Result<_, NodeError>>()?;
        let bar = indicatif::ProgressBar::new(rows.len() as u64);
        let mut issued: Vec<(u32, String, Digest)> = Vec::with_capacity(rows.len());
        for round in rows.chunks(ROUND) {
            let (checked, digests): (Vec<_>, Vec<_>) = issuer.make_all(round)?.into_iter().unzip();
            for ((answer, digest), (row, _)) in ledger.take_all(checked)?.into_iter().zip(digests).zip(round) {
                // What was taken before stays issued; why the next one was not is said, with how far it went.
                answer.map_err(|why| NodeError::Usage(format!("{} passports were issued, then {} was refused: {why}", issued.len(), row.id)))?;
                let number = ledger.ledger().state().passport_by_digest(&digest).map(|p| p.number);
                let number = number.ok_or_else(|| NodeError::Data("an issued passport has no number".to_owned()))?;
                issued.push((number, row.id.clone(), digest));
            }
            bar.inc(round.len() as u64);
        }
        bar.finish_and_clear();
        let links = issuer.links(&issued, &self.args.base)?;
        let took = begun.elapsed();
        ledger.close()?;
        let list = self.args.out.join("links.csv");
        let lines = rounds::table(true, &links);
        let lines = lines.map_err(|e| NodeError::Usage(format!("the passports are issued, but {} could not be written: {e}", list.display())))?;
        replace(&list, &lines)?;
        self.draw(&links, &record.name)?;
        let numbers = || issued.iter().map(|(number, ..)| *number);
        let mut text = format!("{} passports issued in {:.1} s. Their links: {}", issued.len(), took.as_secs_f64(), list.display());
        if let Some(sheet) = &self.args.sheet {
            text.push_str(&format!("\nTheir codes, to print: {}", sheet.display()));
        }
        let json = serde_json::json!({
            "issued": issued.len(), "first": numbers().min(), "last": numbers().max(), "links": list.display().to_string(),
            "sheet": self.args.sheet.as_ref().map(|sheet| sheet.display().to_string()), "milliseconds": took.as_millis() as u64,
        });
        Ok(Outcome { text, json, yes: true })
    }

    /// Draws the sheet, if one was asked for.
    fn draw(&self, links: &[(u32, String, String)], name: &str) -> Result<(), NodeError> {
        let Some(path) = &self.args.sheet else { return Ok(()) };
        let label = |(_, subject, link): &(u32, String, String)| Label { code: link.clone(), lines: [name.to_owned(), subject.clone()] };
        let labels: Vec<Label> = links.iter().map(label).collect();
        replace(path, &sheet(&labels).map_err(|e| undrawn(&e))?)
    }
}

fn undrawn(why: &dyn std::fmt::Display) -> NodeError {
    NodeError::Usage(format!("what was asked for is issued, but its code could not be drawn: {why}"))
}
