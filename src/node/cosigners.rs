//! Asking witnesses for their cosignatures before a checkpoint is published (C2SP tlog-witness, from the log's side).
//!
//! *In:* a checkpoint that the log signed, and proofs from where each witness stopped. *Out:* the note with cosignatures, if the policy's quorum
//! is met; else the checkpoint waits, and is asked for again later. What was taken stays durable meanwhile.
//!
//! The policy is `<data>/policy`; its witnesses are asked at their addresses, all at once. The sample's witnesses, whose keys are public, are
//! asked within the program, by the same rules.

use super::{
    NodeError,
    background::wait,
    folder::{DataFolder, replace},
    ledger::LogKeys,
    sample,
    witness::{Witness, WitnessStore},
};
use crate::log::{CosignerKey, Hash, LogError, Policy, witness::Refusal};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::{StreamExt as _, future::join_all};
use reqwest::{Client, Url};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a witness may take to answer.
const ANSWER: Duration = Duration::from_secs(5);
/// How often a witness is asked about one checkpoint: it may say where it stopped, and others may move it on in between.
const ROUNDS: usize = 3;
/// The longest answer, in bytes: a few signature lines.
const MAX_ANSWER: usize = 16 * 1024;
/// The longest time between two tries, in seconds.
const MAX_PAUSE: u64 = 60;

/// The witnesses of a ledger's policy.
pub struct Cosigners {
    text: String,
    policy: Policy,
    peers: Vec<Peer>,
    client: Client,
    patience: Mutex<Patience>,
    shown: AtomicBool,
}

struct Peer {
    name: String,
    way: Way,
    /// The size it cosigned last, as far as this node knows.
    at: AtomicU64,
}

#[derive(Clone)]
enum Way {
    Http(Url),
    Here(Arc<Witness>),
}

/// What a witness said.
enum Said {
    Lines(String),
    StoppedAt(u64),
    No(String),
}

#[derive(Default)]
struct Patience {
    failures: u32,
    again: Option<Instant>,
}

impl Cosigners {
    /// The witnesses of the policy in a node's data folder; `None` if there is no such file, or it asks for none.
    ///
    /// # Errors
    /// The policy cannot be read, or no address is known for so many witnesses that its quorum can never be met.
    pub fn open(root: &Path) -> Result<Option<Arc<Self>>, NodeError> {
        let file = root.join("policy");
        if !file.exists() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&file).map_err(NodeError::file(&file))?;
        let policy = Policy::parse(&text).map_err(|e| NodeError::Usage(format!("{}: {e}", file.display())))?;
        let mut peers = Vec::new();
        for witness in policy.witnesses() {
            let way = match (&witness.url, public_witness(&witness.key, &policy, root)?) {
                (Some(url), _) => Some(Way::Http(address(url)?)),
                (None, here) => here.map(|witness| Way::Here(Arc::new(witness))),
            };
            peers.extend(way.map(|way| Peer { name: witness.name.clone(), way, at: AtomicU64::new(0) }));
        }
        if !policy.met_by(peers.iter().map(|p| p.name.as_str())) {
            return Err(NodeError::Usage(format!(
                "{} asks for witnesses whose addresses it does not say; write them behind their keys: witness <name> <vkey> https://…",
                file.display()
            )));
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().connect_timeout(ANSWER).timeout(ANSWER).user_agent("EcoSphere node").build();
        let client = client.map_err(|e| NodeError::Usage(format!("no HTTP client could be made: {e}")))?;
        Ok(Some(Arc::new(Self { text, policy, peers, client, patience: Mutex::default(), shown: AtomicBool::new(false) })))
    }

    /// The policy as it was written, once: to be published beside the checkpoint.
    #[must_use]
    pub fn show_once(&self) -> Option<&str> {
        (!self.shown.swap(true, Ordering::AcqRel)).then_some(&self.text)
    }

    /// Whether it makes sense to ask again now.
    #[must_use]
    pub fn ready(&self) -> bool {
        self.patience.lock().unwrap_or_else(PoisonError::into_inner).again.is_none_or(|again| again <= Instant::now())
    }

    /// The note with the cosignatures that could be had. `prove` gives the consistency proof from an older size to the note's, which is `size`.
    ///
    /// # Errors
    /// [`NodeError::Unwitnessed`]: too few witnesses cosigned. [`NodeError::Log`]: the note is not of a log of the policy.
    pub fn gather(&self, note: &str, size: u64, prove: &dyn Fn(u64) -> Result<Vec<Hash>, LogError>) -> Result<String, NodeError> {
        self.policy.open_without_quorum(note)?;
        let (mut lines, mut reasons) = (BTreeMap::new(), BTreeMap::new());
        let mut open: Vec<usize> = (0..self.peers.len()).collect();
        for _ in 0..ROUNDS {
            let mut asked = Vec::new();
            for (n, peer) in open.drain(..).filter_map(|n| Some((n, self.peers.get(n)?))) {
                let at = peer.at.load(Ordering::Acquire);
                if at > size {
                    reasons.insert(n, format!("it cosigned {at} entries already: this node is behind its own log"));
                    continue;
                }
                let proof: String = prove(at)?.iter().map(|hash| STANDARD.encode(hash) + "\n").collect();
                asked.push((n, ask(self.client.clone(), peer.way.clone(), format!("old {at}\n{proof}\n{note}"))));
            }
            let (who, questions): (Vec<usize>, Vec<_>) = asked.into_iter().unzip();
            for (n, said) in who.into_iter().zip(wait(join_all(questions))) {
                let Some(peer) = self.peers.get(n) else { continue };
                match said {
                    Said::StoppedAt(at) => {
                        reasons.insert(n, format!("it goes on from {at} entries"));
                        peer.at.store(at, Ordering::Release);
                        open.push(n);
                    }
                    Said::No(why) => drop(reasons.insert(n, why)),
                    Said::Lines(answer) => match answer.split_inclusive('\n').find(|line| self.is_by(&peer.name, note, line)) {
                        Some(line) => {
                            peer.at.store(size, Ordering::Release);
                            lines.insert(n, line.to_owned());
                        }
                        None => drop(reasons.insert(n, "its answer holds no cosignature of this checkpoint by the key in the policy".to_owned())),
                    },
                }
            }
        }
        let cosigned = lines.values().fold(note.to_owned(), |note, line| note + line);
        let mut patience = self.patience.lock().unwrap_or_else(PoisonError::into_inner);
        if self.policy.open(&cosigned).is_ok() {
            *patience = Patience::default();
            return Ok(cosigned);
        }
        let pause = 1u64.checked_shl(patience.failures).unwrap_or(MAX_PAUSE).min(MAX_PAUSE);
        *patience = Patience { failures: patience.failures.saturating_add(1), again: Some(Instant::now() + Duration::from_secs(pause)) };
        let missing = reasons.iter().filter(|(n, _)| !lines.contains_key(n));
        let why: Vec<String> = missing.filter_map(|(n, why)| Some(format!("{}: {why}", self.peers.get(*n)?.name))).collect();
        Err(NodeError::Unwitnessed(why.join("; ")))
    }

    /// Whether this line is a cosignature of the note by that witness of the policy.
    fn is_by(&self, name: &str, note: &str, line: &str) -> bool {
        let opened = self.policy.open_without_quorum(&format!("{note}{line}"));
        opened.is_ok_and(|trusted| trusted.witnessed.iter().any(|(by, _)| by == name))
    }
}

impl std::fmt::Debug for Cosigners {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cosigners({})", self.policy)
    }
}

/// Whether a policy says where enough of its witnesses are for a node to gather their cosignatures.
#[must_use]
pub fn addressed(policy: &Policy) -> bool {
    policy.met_by(policy.witnesses().iter().filter(|w| w.url.is_some()).map(|w| w.name.as_str()))
}

/// Writes the policy that asks for all of these witnesses into a ledger's folder. Each is `<url>=<vkey>`.
///
/// # Errors
/// One of them cannot be read, or there is another policy already.
pub fn adopt(root: &Path, witnesses: &[String]) -> Result<(), NodeError> {
    let (folder, config, seed) = DataFolder::open(root)?;
    let log = LogKeys::from_seed(&config.origin, &seed)?;
    drop(folder);
    let mut text = format!("log {}\n", log.key());
    let mut names = String::new();
    for (n, witness) in (1..).zip(witnesses) {
        let parts =
            witness.split_once('=').ok_or_else(|| NodeError::Usage(format!("\"{witness}\" should look like https://witness.example/=<its key>")))?;
        let (url, key) = (address(parts.0)?, CosignerKey::parse(parts.1)?);
        text.push_str(&format!("witness w{n} {key} {url}\n"));
        names.push_str(&format!(" w{n}"));
    }
    text.push_str(&format!("group witnesses all{names}\nquorum witnesses\n"));
    Policy::parse(&text)?;
    let file = root.join("policy");
    match std::fs::read_to_string(&file) {
        Ok(there) if there == text => Ok(()),
        Ok(_) => Err(NodeError::Usage(format!("{} says otherwise; edit it, and leave out --witness", file.display()))),
        Err(_) => replace(&file, text.as_bytes()),
    }
}

fn address(url: &str) -> Result<Url, NodeError> {
    let url = Url::parse(url).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
    url.ok_or_else(|| NodeError::Usage("a witness's address should look like https://witness.example/".to_owned()))
}

/// One of the sample's witnesses, if the key is its.
fn public_witness(key: &CosignerKey, policy: &Policy, root: &Path) -> Result<Option<Witness>, NodeError> {
    let Some(cosigner) = sample::witnesses()?.into_iter().find(|known| known.key() == key) else { return Ok(None) };
    let name: PathBuf = format!("{}.db", key.name().replace('/', "-")).into();
    Ok(Some(Witness { cosigner, logs: policy.logs().cloned().collect(), store: WitnessStore::open(&root.join(name))? }))
}

async fn ask(client: Client, way: Way, body: String) -> Said {
    match way {
        Way::Here(witness) => {
            let decided = tokio::task::spawn_blocking(move || witness.decide(&body)).await;
            match decided {
                Ok(Ok(Ok(line))) => Said::Lines(line),
                Ok(Ok(Err(Refusal::Conflict(size)))) => Said::StoppedAt(size),
                Ok(Ok(Err(refusal))) => Said::No(refusal.to_string()),
                Ok(Err(failed)) => Said::No(failed.to_string()),
                Err(failed) => Said::No(failed.to_string()),
            }
        }
        Way::Http(base) => post(client, base, body).await.unwrap_or_else(|e| Said::No(e.without_url().to_string())),
    }
}

async fn post(client: Client, base: Url, body: String) -> Result<Said, reqwest::Error> {
    let url = format!("{}/add-checkpoint", base.as_str().trim_end_matches('/'));
    let answer = client.post(url).body(body).send().await?;
    let status = answer.status().as_u16();
    let mut text = Vec::new();
    let mut pieces = answer.bytes_stream();
    while let Some(piece) = pieces.next().await {
        text.extend_from_slice(&piece?);
        if text.len() > MAX_ANSWER {
            return Ok(Said::No("its answer is too long".to_owned()));
        }
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    Ok(match (status, text.trim_end().parse()) {
        (200, _) => Said::Lines(text),
        (409, Ok(size)) => Said::StoppedAt(size),
        _ => Said::No(format!("it answered {status}: {}", text.chars().filter(|c| !c.is_control()).take(200).collect::<String>())),
    })
}

#[cfg(test)]
mod tests;
