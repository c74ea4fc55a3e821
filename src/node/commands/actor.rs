//! `ecosphere-node actor`: who one is on a ledger, who vouches for whom, and with which key one signs.

use super::signer;
use crate::{
    measure::Millis,
    node::{
        NodeError,
        background::wait,
        cli::{Outcome, SignerArgs},
        folder::secret,
        sequencer::{Sequencer, now},
    },
    statement::{self, Accreditation, Body, DidKey, Draft, Recovery, Registration, Retirement, Role, Rotation, SigningKey, Withdrawal, json},
};
use serde_json::Value;
use std::path::{Path, PathBuf};

const ROTATE_EXAMPLE: &str = "Example:
  ecosphere-node actor rotate --key old.key --new-key new.key --to https://example.org

From its leaf on, the old key signs nothing; what it signed before stays good, and so do the seals on printed codes.";

/// What can be stated about actors.
#[derive(Debug, clap::Subcommand)]
pub enum ActorCommand {
    /// Introduces the signer to a ledger.
    Register {
        /// Name for people, 1 to 120 characters.
        #[arg(long)]
        name: String,
        /// What it wants to be accredited for.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Says that it is made up.
        #[arg(long)]
        fictional: bool,
        /// Who signs, and where the statement goes.
        #[command(flatten)]
        sent: Sent,
    },
    /// Vouches for another actor; the signer needs standing as a registrar or in the same role.
    Accredit {
        /// did:key of the other, any it ever had.
        #[arg(long, value_name = "DID", value_parser = did)]
        subject: DidKey,
        /// What for.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Who signs, and where the statement goes.
        #[command(flatten)]
        sent: Sent,
    },
    /// Takes an accreditation back; whoever stands on it loses standing too, from that leaf on.
    Withdraw {
        /// did:key of the other, any it ever had.
        #[arg(long, value_name = "DID", value_parser = did)]
        subject: DidKey,
        /// What it was for.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Who signs, and where the statement goes.
        #[command(flatten)]
        sent: Sent,
    },
    /// Changes the signer's key; the new key signs too.
    #[command(after_help = ROTATE_EXAMPLE)]
    Rotate {
        /// File with the new key's seed, 64 hex digits; made if there is none.
        #[arg(long, value_name = "FILE")]
        new_key: PathBuf,
        /// Who signs, and where the statement goes.
        #[command(flatten)]
        sent: Sent,
    },
    /// Gives an actor that lost its key a new one; the signer is the registrar in the chain of its oldest accreditation.
    Recover {
        /// did:key of the actor, any it ever had.
        #[arg(long, value_name = "DID", value_parser = did)]
        subject: DidKey,
        /// File with the new key's seed, 64 hex digits; made if there is none.
        #[arg(long, value_name = "FILE")]
        new_key: PathBuf,
        /// Who signs, and where the statement goes.
        #[command(flatten)]
        sent: Sent,
    },
    /// Gives the signer's key up, for instance because it may be in other hands; only its registrar can bring the actor back.
    Retire {
        /// Why, in a sentence for people, 1 to 200 characters.
        #[arg(long)]
        reason: String,
        /// Who signs, and where the statement goes.
        #[command(flatten)]
        sent: Sent,
    },
}

/// Who signs a statement, and where it goes.
#[derive(Debug, clap::Args)]
pub struct Sent {
    /// Who signs.
    #[command(flatten)]
    signer: SignerArgs,
    /// Folder of a ledger to write to; no node may be using it.
    #[arg(long, value_name = "DIR", required_unless_present = "to", conflicts_with = "to")]
    data: Option<PathBuf>,
    /// Address of a node to send it to, e.g. https://example.org.
    #[arg(long, value_name = "URL")]
    to: Option<String>,
}

fn role(text: &str) -> Result<Role, String> {
    let all = || Role::ALL.map(Role::id).join(", ");
    Role::ALL.into_iter().find(|r| r.id() == text).ok_or_else(|| format!("roles are {}", all()))
}

/// Reads a did:key of the command line.
///
/// # Errors
/// It is none; the text says why.
pub fn did(text: &str) -> Result<DidKey, String> {
    DidKey::try_from(text.to_owned()).map_err(|e| e.to_string())
}

/// Makes the statement, signs it, and writes or sends it.
///
/// # Errors
/// It is refused, or the folder, file or node cannot be used.
pub fn actor(command: &ActorCommand) -> Result<Outcome, NodeError> {
    match command {
        ActorCommand::Register { name, role, fictional, sent } => {
            sent.state(Body::RegisterActor(Registration { name: name.clone(), role: *role, fictional: *fictional }), None)
        }
        ActorCommand::Accredit { subject, role, sent } => sent.state(Body::Accredit(Accreditation { subject: *subject, role: *role }), None),
        ActorCommand::Withdraw { subject, role, sent } => sent.state(Body::Withdraw(Withdrawal { subject: *subject, role: *role }), None),
        ActorCommand::Rotate { new_key, sent } => {
            let new = new_or_made(new_key)?;
            sent.state(Body::RotateKey(Rotation { new: new.did() }), Some(&new))
        }
        ActorCommand::Recover { subject, new_key, sent } => {
            let new = new_or_made(new_key)?;
            sent.state(Body::RecoverKey(Recovery { subject: *subject, new: new.did() }), Some(&new))
        }
        ActorCommand::Retire { reason, sent } => sent.state(Body::RetireKey(Retirement { reason: reason.clone() }), None),
    }
}

fn new_or_made(path: &Path) -> Result<SigningKey, NodeError> {
    if !path.exists() {
        secret(path, hex::encode(super::init::random_seed()?).as_bytes())?;
    }
    signer::key(&SignerArgs { key: Some(path.to_owned()), sample_key: None }, false)
}

impl Sent {
    /// Signs what is stated, and `other` with it, and gives it to the ledger.
    pub(super) fn state(&self, body: Body, other: Option<&SigningKey>) -> Result<Outcome, NodeError> {
        self.give(&[], |origin, key| {
            let time = now();
            let expires = Millis(time.0 + signer::LIFETIME);
            let draft = Draft { ledger: origin.to_owned(), nonce: signer::nonce()?, expires, body: body.clone() };
            Ok(statement::sign(&draft, time, key, other.as_slice())?)
        })
    }

    pub(super) fn new(signer: &SignerArgs, data: Option<&Path>, to: Option<&str>) -> Self {
        Self { signer: signer.clone(), data: data.map(Path::to_owned), to: to.map(str::to_owned) }
    }

    /// Where the ledger is published.
    pub(super) fn place(&self) -> String {
        match (&self.data, &self.to) {
            (Some(data), _) => data.display().to_string(),
            (None, to) => format!("{}/ledger/", to.as_deref().unwrap_or_default()),
        }
    }

    /// Gives the ledger the entry that `make` makes with the ledger's origin and the signer's key, and the bodies it names.
    pub(super) fn give(&self, bodies: &[Value], make: impl Fn(&str, &SigningKey) -> Result<Vec<u8>, NodeError>) -> Result<Outcome, NodeError> {
        match (&self.data, &self.to) {
            (Some(data), _) => {
                let mut ledger = Sequencer::open(data, 0)?;
                let key = signer::key(&self.signer, ledger.config().sample)?;
                let entry = make(&ledger.config().origin, &key)?;
                let key = key.did();
                let bodies = bodies.iter().map(json::canonical).collect::<Result<_, _>>().map_err(statement::StatementError::from)?;
                match ledger.take(entry, bodies) {
                    Ok(receipt) => {
                        ledger.close()?;
                        let at = ledger.ledger().state().actor_of(&key).map(|a| a.to_string());
                        let json =
                            serde_json::json!({ "status": "logged", "leaf": receipt.leaf, "id": hex::encode(receipt.id), "key": key, "actor": at });
                        Ok(Outcome { text: format!("Logged at leaf {}, signed with {key}.", receipt.leaf), json, yes: true })
                    }
                    Err(NodeError::Rejected(why)) => {
                        let json = serde_json::json!({ "status": "rejected", "rejection": why.name(), "reason": why.to_string() });
                        Ok(Outcome { text: format!("Refused: {why}."), json, yes: false })
                    }
                    Err(other) => Err(other),
                }
            }
            (None, Some(to)) => {
                let health = get(&format!("{to}/health"))?;
                let origin = health["origin"].as_str().ok_or_else(|| NodeError::Usage(format!("{to} is not an EcoSphere node")))?;
                let key = signer::key(&self.signer, health["sample"] == true)?;
                let entry = make(origin, &key)?;
                let key = key.did();
                let statement = json::parse(&entry).map_err(statement::StatementError::from)?;
                let (taken, answer) = post(&format!("{to}/statements"), serde_json::json!({ "statement": statement, "bodies": bodies }).to_string())?;
                let text = if taken { format!("Taken by {to}, signed with {key}: {answer}") } else { format!("Refused by {to}: {answer}") };
                Ok(Outcome { text, json: answer, yes: taken })
            }
            (None, None) => Err(NodeError::Usage("say where it goes: --data <folder> or --to <address>".to_owned())),
        }
    }
}

fn get(url: &str) -> Result<Value, NodeError> {
    ask(url, None).map(|(_, answer)| answer)
}

fn post(url: &str, body: String) -> Result<(bool, Value), NodeError> {
    ask(url, Some(body))
}

/// Whether the node said yes, and what it said. Only a refusal (4xx) is an answer too; anything else could not be tried.
fn ask(url: &str, body: Option<String>) -> Result<(bool, Value), NodeError> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let failed = |url: &str, why: String| NodeError::Usage(format!("{url} cannot be used: {why}"));
    let (url, name) = (url.to_owned(), url.to_owned());
    let (status, text) = wait(async move {
        let client = reqwest::Client::new();
        let request = match body {
            Some(body) => client.post(&url).header("content-type", "application/json").body(body),
            None => client.get(&url),
        };
        let answer = request.send().await.map_err(|e| e.without_url().to_string())?;
        Ok((answer.status(), answer.text().await.map_err(|e| e.without_url().to_string())?))
    })
    .map_err(|why: String| failed(&name, why))?;
    let answer = serde_json::from_str(&text).map_err(|_| failed(&name, format!("it answered {status}")))?;
    if status.is_success() || status.is_client_error() {
        Ok((status.is_success(), answer))
    } else {
        Err(failed(&name, format!("it answered {status}")))
    }
}
