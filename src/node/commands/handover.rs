//! `ecosphere-node log handover …`: a log goes to a new operator.

use super::{
    init::{dids, random_seed},
    verify::trust,
};
use crate::{
    log::{Handover, LogKey, LogSigner, Policy},
    node::{
        NodeError,
        cli::{Outcome, TrustArgs},
        cosigners::addressed,
        folder::secret,
        published::Place,
        takeover::{TakeOver, take_over},
        witness::read_key,
    },
};
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// Hands a log over to a new operator.
#[derive(Debug, Subcommand)]
pub enum HandoverCommand {
    /// Makes the new operator's key.
    Key {
        /// The log's origin.
        #[arg(long)]
        origin: String,
        /// File to write the key to; it must not exist.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Prints a hand-over at a log's newest checkpoint, for its witnesses to sign.
    Make {
        /// The log: an address, or a folder that holds `checkpoint` (a mirror's `ledger`).
        log: String,
        /// The new operator's verifier key, as `key` printed it.
        #[arg(long, value_name = "VKEY")]
        to: String,
        /// File with a C2SP tlog-policy whose witnesses and quorum are to hold from then on [default: they stay as they are]. To change them under
        /// the same operator, let it hand over to a new key of its own.
        #[arg(long, value_name = "FILE")]
        witnesses: Option<PathBuf>,
        #[command(flatten)]
        trust: TrustArgs,
    },
    /// A witness signs: prints the hand-over with its signature. Whoever signs says that the new operator, and the new witnesses if it names
    /// any, are known to them, and that the checkpoint is the old one's last.
    Sign {
        /// The hand-over.
        handover: PathBuf,
        /// The witness's key file.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Puts copies that several witnesses signed together, and says whether they are enough.
    Assemble {
        /// The copies.
        #[arg(required = true)]
        handovers: Vec<PathBuf>,
        #[command(flatten)]
        trust: TrustArgs,
    },
    /// Goes on with the log: makes a node's data folder from a mirror's copy. With a policy that says where its witnesses are (an address behind
    /// each key), the node asks them; tell them the new key first, with `witness --log`.
    Continue {
        /// The mirror's data folder.
        #[arg(long, value_name = "DIR")]
        copy: PathBuf,
        /// The hand-over with its signatures.
        #[arg(long, value_name = "FILE")]
        handover: PathBuf,
        /// The new operator's key file.
        #[arg(long, value_name = "FILE")]
        new_key: PathBuf,
        /// Folder of the new node; it must hold no ledger.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// did:key of a registrar of the ledger; all of them, as they were.
        #[arg(long, value_name = "DID", required = true)]
        registrar: Vec<String>,
        #[command(flatten)]
        trust: TrustArgs,
    },
}

/// What `--help` ends with.
pub const HANDOVER_EXAMPLE: &str = "Example:
  ecosphere-node log handover key --origin example.org/ledger --out new.key
  ecosphere-node log handover make copy/ledger --policy policy.txt --to example.org/ledger+1a2b3c4d+AQ… > handover.txt
  ecosphere-node log handover sign handover.txt --key w1.key > by-w1.txt          # each witness, on its own machine
  ecosphere-node log handover assemble by-w1.txt by-w2.txt --policy policy.txt > signed.txt
  ecosphere-node log handover continue --copy copy --handover signed.txt --policy policy.txt --new-key new.key --registrar did:key:z6Mk… --data node
  ecosphere-node serve --data node

Devices that hold the old policy follow by themselves once they are given the new address: the hand-over is published beside the checkpoint.";

/// Does one step of a hand-over.
///
/// # Errors
/// A file cannot be read or written, or something does not hold.
pub fn handover(command: &HandoverCommand) -> Result<Outcome, NodeError> {
    match command {
        HandoverCommand::Key { origin, out } => key(origin, out),
        HandoverCommand::Make { log, to, witnesses, trust: whom } => {
            let (trusted, _) = Place::open(log)?.checkpoint(&trust(whom)?)?;
            let mut made = Handover::new(trusted.checkpoint.size, trusted.checkpoint.root, trusted.log, LogKey::parse(to)?).map_err(wrong)?;
            if let Some(file) = witnesses {
                made = made.watched_by(&Policy::parse(&read(file)?)?).map_err(wrong)?;
            }
            Ok(note(format!("{made}\n"), &made, &[]))
        }
        HandoverCommand::Sign { handover, key } => {
            let text = read(handover)?;
            let read = Handover::read(&text).map_err(wrong)?;
            let cosigner = read_key(key)?;
            Ok(note(text + &read.signed_by(&cosigner)?, &read, &[cosigner.key().name().to_owned()]))
        }
        HandoverCommand::Assemble { handovers, trust: whom } => assemble(handovers, &trust(whom)?),
        HandoverCommand::Continue { copy, handover, new_key, data, registrar, trust: whom } => {
            let seed = seed(new_key)?;
            let with = TakeOver { note: &read(handover)?, policy: &trust(whom)?, seed: &seed, registrars: dids(registrar)? };
            let after = take_over(copy, data, with)?;
            let fingerprint = hex::encode(after.fingerprint());
            let asks = addressed(&after);
            let witnesses = if asks {
                "Its node asks the witnesses of that policy before it publishes.".to_owned()
            } else {
                format!(
                    "That policy does not say where enough of its witnesses are. Before you serve, write it to {} with their addresses behind their keys; devices refuse what they did not cosign.",
                    data.join("policy").display()
                )
            };
            let text = format!(
                "{} goes on with the log. Serve it with: ecosphere-node serve --data {0}\n{witnesses}\nThe policy from now on (fingerprint {fingerprint}):\n{}",
                data.display(),
                after.to_string().trim_end()
            );
            Ok(Outcome {
                text,
                json: serde_json::json!({ "data": data, "policy": after.to_string(), "fingerprint": fingerprint, "asks_witnesses": asks }),
                yes: true,
            })
        }
    }
}

fn key(origin: &str, out: &Path) -> Result<Outcome, NodeError> {
    if out.exists() {
        return Err(NodeError::Usage(format!("{} exists already; a key is never overwritten", out.display())));
    }
    let seed = random_seed()?;
    let vkey = LogSigner::from_seed(origin, &seed)?.key().to_string();
    secret(out, hex::encode(seed).as_bytes())?;
    Ok(Outcome { json: serde_json::json!({ "vkey": vkey, "key": out }), text: vkey, yes: true })
}

fn assemble(files: &[PathBuf], policy: &Policy) -> Result<Outcome, NodeError> {
    let mut notes = files.iter().map(|file| read(file));
    let first = notes.next().ok_or_else(|| NodeError::Usage("name at least one signed hand-over".to_owned()))??;
    let (handover, mut whole) = (Handover::read(&first).map_err(wrong)?, first);
    for other in notes {
        let other = other?;
        if Handover::read(&other).map_err(wrong)? != handover {
            return Err(NodeError::Usage("the copies hand over different things; all witnesses must sign the same text".to_owned()));
        }
        let lines = other.split_once("\n\n").map_or("", |(_, lines)| lines);
        for line in lines.lines().filter(|line| !whole.lines().any(|known| known == *line)).collect::<Vec<_>>() {
            whole.push_str(line);
            whole.push('\n');
        }
    }
    let (handover, _) = Handover::open(&whole, policy).map_err(wrong)?;
    let signers = handover.signers(&whole, policy).map_err(wrong)?;
    Ok(note(whole, &handover, &signers))
}

/// A hand-over as text that can be written to a file as it is.
fn note(text: String, handover: &Handover, signers: &[String]) -> Outcome {
    let json = serde_json::json!({
        "origin": handover.origin(), "size": handover.size, "root": hex::encode(handover.root), "from": handover.from.to_string(),
        "to": handover.to.to_string(), "policy": handover.watched().map(Policy::to_string), "signed_by": signers, "note": text,
    });
    // The terminal ends the last line.
    Outcome { text: text.strip_suffix('\n').map(str::to_owned).unwrap_or(text), json, yes: true }
}

fn read(file: &Path) -> Result<String, NodeError> {
    std::fs::read_to_string(file).map_err(NodeError::file(file))
}

fn seed(file: &Path) -> Result<[u8; 32], NodeError> {
    let mut seed = [0; 32];
    hex::decode_to_slice(read(file)?.trim(), &mut seed)
        .map_err(|_| NodeError::Usage(format!("{} is not a key that `log handover key` made", file.display())))?;
    Ok(seed)
}

fn wrong(e: crate::log::HandoverError) -> NodeError {
    NodeError::Usage(e.to_string())
}
