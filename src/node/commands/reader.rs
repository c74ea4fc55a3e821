//! What a passport says to named readers only: opened with a reader's key, shown on one attribute at a time.

use super::passport::open as passports;
use crate::{
    node::{NodeError, cli::Outcome, folder::secret, private},
    passport::{compact_in, open_envelope, show_disclosures},
    provenance::{Disclosure, Private},
    statement::StatementError,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Example under the help of the commands here.
pub const EXAMPLE: &str = "Example:
  ecosphere-node passport reader-key --out reader.key
  ecosphere-node issue bag.json --data DIR --key mine.key --private costs.json --reader age1…
  ecosphere-node passport open 09526001000012 --data DIR                                 # that there are some, and for whom
  ecosphere-node passport open 09526001000012 --data DIR --identity reader.key           # what they say
  ecosphere-node passport disclose 09526001000012 --data DIR --identity reader.key --attribute price > shown.json
  ecosphere-cli --data STORE verify shown.json                                           # price holds; nothing is said of the others
  ecosphere-node passport export 09526001000012 --data DIR --form sd-jwt --key mine.key > bag.sd-jwt      # its issuer, once
  ecosphere-node passport disclose 09526001000012 --data DIR --identity reader.key --attribute price --sd-jwt bag.sd-jwt > shown.sd-jwt

Whoever has been shown an attribute can show it on.";

/// Options of `passport open`.
#[derive(Debug, clap::Args)]
pub struct OpenArgs {
    /// The digits under the barcode, or the subject as `passport list` prints it.
    #[arg(value_name = "GTIN|SUBJECT")]
    pub subject: String,
    /// The ledger: a node's data folder, a folder of published files, or an address [default: the sample].
    #[arg(long, value_name = "DIR|URL")]
    pub data: Option<String>,
    /// File with a reader's key (age).
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
}

/// Options of `passport disclose`.
#[derive(Debug, clap::Args)]
pub struct DiscloseArgs {
    /// The digits under the barcode, or the subject as `passport list` prints it.
    #[arg(value_name = "GTIN|SUBJECT")]
    pub subject: String,
    /// The ledger: a node's data folder, a folder of published files, or an address [default: the sample].
    #[arg(long, value_name = "DIR|URL")]
    pub data: Option<String>,
    /// File with a reader's key (age).
    #[arg(long, value_name = "FILE")]
    pub identity: PathBuf,
    /// Which attribute to show; may be given several times.
    #[arg(long, value_name = "NAME", required = true)]
    pub attribute: Vec<String>,
    /// Shows it in the form of RFC 9901: the passport as its issuer exported it with --form sd-jwt.
    #[arg(long, value_name = "FILE")]
    pub sd_jwt: Option<PathBuf>,
}

/// Options of `passport reader-key`.
#[derive(Debug, clap::Args)]
pub struct KeyArgs {
    /// File for the key; it must not exist yet.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

struct Opened {
    credential: Value,
    private: Private,
}

fn find(data: Option<&str>, subject: &str) -> Result<Opened, NodeError> {
    let passports = passports(data)?;
    let credential = passports.credential(passports.find(subject)?.0)?;
    crate::statement::verify_proofs(&credential)?;
    Ok(Opened { private: Private::of(&credential), credential })
}

impl Opened {
    /// The disclosures that this reader can open, each found in the credential; none when nothing was encrypted to it.
    fn read(&self, identity: &Path) -> Result<Option<Vec<Disclosure>>, NodeError> {
        let key = private::read_key(identity)?;
        let Some(texts) = self.private.sealed.iter().find_map(|sealed| private::open(sealed, &key)) else { return Ok(None) };
        self.private.open(&texts).map(Some).map_err(|e| NodeError::Usage(e.to_string()))
    }
}

/// Says which private attributes there are, and what they say to this reader.
///
/// # Errors
/// There is no such passport or key, or what was encrypted is not what was signed.
pub fn open(args: &OpenArgs) -> Result<Outcome, NodeError> {
    let opened = find(args.data.as_deref(), &args.subject)?;
    let count = opened.private.digests.len();
    let readers: Vec<&String> = opened.private.sealed.iter().flat_map(|s| &s.readers).collect();
    let read = args.identity.as_deref().map(|identity| opened.read(identity)).transpose()?;
    let mut text = format!("{count} private attributes.");
    for reader in &readers {
        text.push_str(&format!("\n  for {reader}"));
    }
    let said = read.flatten();
    for attribute in said.iter().flatten() {
        text.push_str(&format!("\n{}: {}", attribute.name, attribute.value));
    }
    let yes = said.is_some() || args.identity.is_none();
    if !yes {
        text.push_str("\nNone of them is for the reader with this key.");
    }
    let list = |all: Vec<Disclosure>| all.into_iter().map(|d| json!({ "name": d.name, "value": d.value })).collect::<Vec<_>>();
    let json = json!({ "private": count, "readers": readers, "attributes": said.map(list) });
    Ok(Outcome { text, json, yes })
}

/// Prints the credential with the disclosures of the named attributes.
///
/// # Errors
/// There is no such passport, key or attribute.
pub fn disclose(args: &DiscloseArgs) -> Result<Outcome, NodeError> {
    let opened = find(args.data.as_deref(), &args.subject)?;
    let all = opened.read(&args.identity)?;
    let all = all.ok_or_else(|| NodeError::Usage("nothing in this passport is for the reader with this key".to_owned()))?;
    let one = |name: &String| {
        let found = all.iter().find(|d| d.name == *name);
        found.map(|d| d.text().to_owned()).ok_or_else(|| NodeError::Usage(format!("the passport has no private attribute \"{name}\"")))
    };
    let disclosures = args.attribute.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    if let Some(file) = &args.sd_jwt {
        let text = std::fs::read_to_string(file).map_err(NodeError::file(file))?;
        let usage = |e: &dyn std::fmt::Display| NodeError::Usage(format!("{}: {e}", file.display()));
        let sd_jwt = compact_in(&text).ok_or_else(|| usage(&"this is no SD-JWT"))?;
        if open_envelope(&sd_jwt, &|_| None).map_err(|e| usage(&e))?.credential != opened.credential {
            return Err(usage(&"this is another passport"));
        }
        let shown = show_disclosures(&sd_jwt, &disclosures).map_err(|e| usage(&e))?;
        return Ok(Outcome { json: json!({ "sd_jwt": shown }), text: shown, yes: true });
    }
    let json = json!({ "credential": opened.credential, "disclosures": disclosures });
    let text = crate::statement::json::canonical(&json).map_err(StatementError::from)?;
    Ok(Outcome { text: String::from_utf8_lossy(&text).into_owned(), json, yes: true })
}

/// Makes a reader's key.
///
/// # Errors
/// The file exists, or cannot be written.
pub fn key(args: &KeyArgs) -> Result<Outcome, NodeError> {
    let (text, name) = private::fresh_key();
    secret(&args.out, text.as_bytes())?;
    Ok(Outcome { text: format!("{name}\nIts key, to keep secret: {}", args.out.display()), json: json!({ "reader": name }), yes: true })
}
