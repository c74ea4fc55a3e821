//! `ecosphere-node replay` and `ecosphere-node evidence check`: the auditor.

use super::init::dids;
use crate::{
    log::{LogKey, Policy},
    node::{
        NodeError,
        audit::{Evidence, Place, Terms, replay as walk},
        cli::Outcome,
        folder::replace,
        sample,
        sequencer::now,
        witness::read_key,
    },
    pack::SAMPLE_VKEY,
    statement::DidKey,
};
use std::path::{Path, PathBuf};

/// Example and explanation under the help of `replay`.
pub const REPLAY_EXAMPLE: &str = "Example:
  ecosphere-node witness --new-key auditor.example/a1 --key a1.key
  ecosphere-node replay https://example.org/ledger/ --policy example.policy --registrar did:key:z6Mk… --sign a1.key --out audit

The cosignature is one line of C2SP tlog-cosignature; a policy requires auditors as it requires witnesses. It is made only if every
statement could be applied, and every state root and pack follows from the log. Where one does not, the proof of it is written to
OUT/evidence-LEAF.json (exit status 1), for anyone to check with: ecosphere-node evidence check";

/// Options of `replay`.
#[derive(Debug, clap::Args)]
pub struct ReplayArgs {
    /// The log: an address such as https://example.org/ledger/, a node's data folder, or a folder that holds `checkpoint`.
    pub place: String,
    /// File with a C2SP tlog-policy that names the log's key; its quorum is not asked for.
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    pub policy: Option<PathBuf>,
    /// The log's verifier key [default: the sample's].
    #[arg(long, value_name = "VKEY")]
    pub key: Option<String>,
    /// did:key of a registrar of this ledger; may be given several times [default: those in the data folder, else the sample's].
    #[arg(long, value_name = "DID")]
    pub registrar: Vec<String>,
    /// Folder for the rebuilt pack, the cosigned checkpoint and the evidence; without it, evidence goes to the current folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Cosigns the checkpoint with the key in this file, if everything agrees.
    #[arg(long, value_name = "FILE")]
    pub sign: Option<PathBuf>,
}

/// What can be done with evidence.
#[derive(Debug, clap::Subcommand)]
pub enum EvidenceCommand {
    /// Checks that a file proves that a log's operator said what does not follow.
    Check(EvidenceArgs),
}

/// Options of `evidence check`.
#[derive(Debug, clap::Args)]
pub struct EvidenceArgs {
    /// The file.
    pub file: PathBuf,
    /// A copy of the log (an address or a folder) to replay; without it, what the operator claimed is proven, not that it is false.
    #[arg(long, value_name = "LOG")]
    pub log: Option<String>,
    /// The log's verifier key that you rely on; evidence about another log is refused.
    #[arg(long, value_name = "VKEY")]
    pub key: Option<String>,
}

/// Replays a log, and signs what was found or writes the evidence.
///
/// # Errors
/// Something is missing or damaged, so that nothing can be said about the operator.
pub fn replay(args: &ReplayArgs) -> Result<Outcome, NodeError> {
    let place = Place::open(&args.place)?;
    let signer = args.sign.as_deref().map(read_key).transpose()?;
    let found = walk(&place, &terms(args, &place)?)?;
    let mut json = serde_json::json!({
        "origin": found.checkpoint.origin, "size": found.checkpoint.size, "root": hex::encode(found.checkpoint.root), "batches": found.batches,
        "packs": found.packs, "passports": found.passports, "state_root": hex::encode(found.state_root), "holds": found.evidence.is_none(),
    });
    if let Some(evidence) = &found.evidence {
        let folder = args.out.as_deref().unwrap_or(Path::new("."));
        let path = folder.join(format!("evidence-{}.json", evidence.leaf.index));
        let text = serde_json::to_string_pretty(evidence).map_err(|e| NodeError::Data(e.to_string()))?;
        replace(&path, text.as_bytes())?;
        let text = format!("{} does not hold. {}\nThe proof: {}", found.checkpoint.origin, evidence.sentence, path.display());
        json["finding"] = serde_json::to_value(evidence.finding).unwrap_or_default();
        json["sentence"] = evidence.sentence.clone().into();
        json["evidence"] = path.display().to_string().into();
        return Ok(Outcome { text, json, yes: false });
    }
    let mut text = format!(
        "{} holds: {} leaves, {} batches and {} packs were made again and are the same. State root {}",
        found.checkpoint.origin,
        found.checkpoint.size,
        found.batches,
        found.packs,
        hex::encode(found.state_root)
    );
    let mut note = found.note.clone();
    if let Some(signer) = &signer {
        let line = signer.cosign(&found.note, u64::try_from(now().0 / 1000).unwrap_or_default())?;
        note += &line;
        text += &format!("\nSigned by {}:\n{}", signer.key().name(), line.trim_end());
        json["cosignature"] = line.into();
    }
    if let Some(out) = &args.out {
        for (path, bytes) in &found.files {
            replace(&out.join(path), bytes)?;
        }
        replace(&out.join("checkpoint"), note.as_bytes())?;
        json["out"] = out.display().to_string().into();
    }
    Ok(Outcome { text, json, yes: true })
}

fn terms(args: &ReplayArgs, place: &Place) -> Result<Terms, NodeError> {
    let trust = match &args.policy {
        Some(path) => Policy::parse(&std::fs::read_to_string(path).map_err(NodeError::file(path))?)?,
        None => Policy::of_log(LogKey::parse(args.key.as_deref().unwrap_or(SAMPLE_VKEY))?),
    };
    let sample = trust.logs().any(|key| key.to_string() == SAMPLE_VKEY);
    let known = place.config().map(|c| c.registrars);
    let registrars: Vec<DidKey> = match known {
        _ if !args.registrar.is_empty() => dids(&args.registrar)?,
        Some(known) => known,
        None if sample => sample::registrars(),
        None => return Err(NodeError::Usage("name the ledger's registrars with --registrar; who may vouch is not in the log".to_owned())),
    };
    Ok(Terms { trust, registrars, sample })
}

/// Checks evidence.
///
/// # Errors
/// It does not prove what it says, or cannot be read.
pub fn evidence(command: &EvidenceCommand) -> Result<Outcome, NodeError> {
    let EvidenceCommand::Check(args) = command;
    let text = std::fs::read(&args.file).map_err(NodeError::file(&args.file))?;
    let evidence: Evidence = serde_json::from_slice(&text).map_err(|e| NodeError::Usage(format!("{}: {e}", args.file.display())))?;
    if args.key.as_ref().is_some_and(|key| *key != evidence.log) {
        return Err(NodeError::Unfit("the evidence is about another log than the key you gave"));
    }
    let copy = args.log.as_deref().map(Place::open).transpose()?;
    let checked = evidence.check(copy.as_ref())?;
    let how = if checked.recomputed {
        "That this does not follow was found again."
    } else {
        "What the operator claimed is proven. That it does not follow is not: replay a copy of the log with --log."
    };
    let text = format!("{}\nThe operator of {} signed this. {how}\nThe log's key: {}", evidence.sentence, checked.log.origin(), evidence.log);
    let json = serde_json::json!({
        "holds": true, "recomputed": checked.recomputed, "origin": checked.log.origin(), "log": evidence.log, "finding": evidence.finding,
        "sentence": evidence.sentence, "leaf": evidence.leaf.index, "claimed": evidence.claimed, "computed": evidence.computed,
    });
    Ok(Outcome { text, json, yes: true })
}
