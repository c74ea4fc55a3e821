//! The walk: every entry is verified and folded, every root and pack is made again and compared with what the log names.

use super::{Evidence, Finding, LoggedLeaf, Place};
use crate::{
    log::{self, Checkpoint, LogKey, LogWriter},
    node::{
        NodeError,
        ledger::{Ledger, former_keys, named_bodies, pack_files},
    },
    pack::{Manifest, Pack, decode_dossiers},
    state::{Policy, Rejection},
    statement::{self, BatchClose, Body, DidKey, Digest, Statement},
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// What an auditor takes on trust; everything else is checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// Whose log it is. Its quorum is not asked for: an auditor signs before others rely on it.
    pub trust: log::Policy,
    /// Who may vouch without being vouched for.
    pub registrars: Vec<DidKey>,
    /// The ledger's keys are public; packs say so.
    pub sample: bool,
}

/// What a replay came to.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The checkpoint that was replayed.
    pub checkpoint: Checkpoint,
    /// The signed note it came in.
    pub note: String,
    /// Batches that hold.
    pub batches: u64,
    /// Packs that were made again and are the published ones, byte for byte.
    pub packs: u64,
    /// Passports in the state.
    pub passports: usize,
    /// The root in the newest `BatchClose` that holds.
    pub state_root: Digest,
    /// The files of the newest pack, path to bytes; the manifest is one of them.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The proof that the operator lied; without it, everything agrees.
    pub evidence: Option<Evidence>,
}

/// Replays a log. A lie ends the walk: what follows it builds on it.
///
/// # Errors
/// Something is missing or damaged, so that nothing can be said about the operator.
pub fn replay(place: &Place, terms: &Terms) -> Result<Replay, NodeError> {
    Auditor::new(terms.clone()).audit(place, place.checkpoint()?)
}

/// Replays a log and goes on from there when it has grown.
pub struct Auditor {
    terms: Terms,
    /// What was replayed so far, with the ledger it gave.
    held: Option<(Replay, Ledger)>,
}

impl Auditor {
    /// Nothing replayed yet.
    #[must_use]
    pub const fn new(terms: Terms) -> Self {
        Self { terms, held: None }
    }

    /// Replays the log up to a checkpoint, from where the last audit ended. Once a lie was found, that stays the answer.
    ///
    /// # Errors
    /// As [`replay`]; or the log does not continue what was replayed before. The next audit then begins anew.
    pub fn audit(&mut self, place: &Place, note: String) -> Result<Replay, NodeError> {
        let trusted = self.terms.trust.open_without_quorum(&note)?;
        let checkpoint = trusted.checkpoint;
        let log = LogWriter::load(&|path| place.read(path).ok().flatten(), checkpoint.size, &checkpoint.root)?;
        let (mut out, ledger) = self.held.take().unwrap_or_else(|| {
            let key = DidKey::from_public(*trusted.log.public());
            let policy = Policy { origin: checkpoint.origin.clone(), log: key, registrars: self.terms.registrars.clone() };
            let former = former_keys(&|path| place.read(path).ok().flatten(), &trusted.log);
            (Replay::nothing(&checkpoint), Ledger::handed_over(policy, former, self.terms.sample))
        });
        if out.evidence.is_some() {
            self.held = Some((out.clone(), ledger));
            return Ok(out);
        }
        if ledger.size() > 0 {
            let proof = log.prove_consistency(ledger.size())?;
            log::verify_consistency(ledger.size(), checkpoint.size, &ledger.root(), &checkpoint.root, &proof)?;
        }
        (out.checkpoint, out.note) = (checkpoint.clone(), note);
        let mut walk = Walk { place, log: &log, ledger, dossiers: None };
        while walk.ledger.size() < checkpoint.size && out.evidence.is_none() {
            let outcome = match walk.read_batch(walk.ledger.size(), checkpoint.size)? {
                Ok(batch) => walk.fold_batch(&batch, &mut out)?,
                Err(lie) => Err(lie),
            };
            match outcome {
                Ok(()) => out.batches += 1,
                Err(lie) => out.evidence = Some(walk.evidence(lie, &out, &self.terms, &trusted.log)?),
            }
        }
        out.passports = walk.ledger.state().passports().len();
        self.held = Some((out.clone(), walk.ledger));
        Ok(out)
    }
}

impl Replay {
    fn nothing(checkpoint: &Checkpoint) -> Self {
        Self {
            checkpoint: checkpoint.clone(),
            note: String::new(),
            batches: 0,
            packs: 0,
            passports: 0,
            state_root: [0; 32],
            files: BTreeMap::new(),
            evidence: None,
        }
    }
}

/// Something at a leaf that does not follow.
struct Lie {
    leaf: u64,
    finding: Finding,
    claimed: String,
    computed: String,
}

struct Walk<'a> {
    place: &'a Place,
    log: &'a LogWriter,
    ledger: Ledger,
    /// Bodies found in the newest pack, for a place that keeps none beside its log.
    dossiers: Option<BTreeMap<Digest, Vec<u8>>>,
}

/// A statement with its entry.
type Logged = (Statement, Vec<u8>);

impl Walk<'_> {
    /// Reads on to the next `BatchClose`, which tells the time that the leaves before it are judged at.
    fn read_batch(&self, first: u64, size: u64) -> Result<Result<Vec<Logged>, Lie>, NodeError> {
        let mut batch = Vec::new();
        for leaf in first..size {
            let entry = self.log.entry(leaf).unwrap_or_default();
            let statement = match statement::verify(entry) {
                Ok(statement) => statement,
                Err(why) => {
                    return Ok(Err(Lie { leaf, finding: Finding::StatementDoesNotFollow, claimed: LOGGED.into(), computed: why.to_string() }));
                }
            };
            let closes = matches!(statement.body, Body::BatchClose(_));
            batch.push((statement, entry.to_vec()));
            if closes {
                return Ok(Ok(batch));
            }
        }
        let why = "the last leaf is not a BatchClose".to_owned();
        Err(NodeError::Replay { leaf: size.saturating_sub(1), why })
    }

    fn fold_batch(&mut self, batch: &[Logged], out: &mut Replay) -> Result<Result<(), Lie>, NodeError> {
        let Some((Statement { body: Body::BatchClose(close), .. }, _)) = batch.last() else { return Ok(Ok(())) };
        for (statement, entry) in batch {
            let leaf = self.ledger.size();
            for digest in named_bodies(&statement.body) {
                let body = self.body(&digest)?.ok_or_else(|| NodeError::Data(format!("the body {} is missing", hex::encode(digest))))?;
                self.ledger.add_body(body);
            }
            if matches!(statement.body, Body::BatchClose(_))
                && let Err(lie) = self.compare(leaf, close, out)?
            {
                return Ok(Err(lie));
            }
            match self.ledger.append_verified(statement, entry.clone(), close.time_ms) {
                Ok(_) => {}
                Err(NodeError::Rejected(Rejection::WrongStateRoot { claimed, computed })) => {
                    let (claimed, computed) = (hex::encode(claimed), hex::encode(computed));
                    return Ok(Err(Lie { leaf, finding: Finding::WrongStateRoot, claimed, computed }));
                }
                Err(NodeError::Rejected(why)) => {
                    let lie = Lie { leaf, finding: Finding::StatementDoesNotFollow, claimed: LOGGED.into(), computed: why.to_string() };
                    return Ok(Err(lie));
                }
                Err(other) => return Err(other),
            }
        }
        out.state_root = close.state_root;
        Ok(Ok(()))
    }

    /// Compares the pack that a `BatchClose` names, where one was made for it, with the one that follows from the leaves before it.
    fn compare(&mut self, leaf: u64, close: &BatchClose, out: &mut Replay) -> Result<Result<(), Lie>, NodeError> {
        let state = self.ledger.state();
        // A root that is wrong makes the pack wrong too; it is the root that shows where.
        if close.state_root != state.root() || close.number != state.batch().map_or(1, |b| b.number + 1) {
            return Ok(Ok(()));
        }
        let before = state.batch().and_then(|b| b.manifest).map(hex::encode);
        if close.manifest == before {
            return Ok(Ok(()));
        }
        let lie = |computed: &str| Lie {
            leaf,
            finding: Finding::WrongPack,
            claimed: close.manifest.clone().unwrap_or_else(|| NO_PACK.to_owned()),
            computed: computed.to_owned(),
        };
        let Some(claimed) = &close.manifest else { return Ok(Err(lie(&before.unwrap_or_default()))) };
        let newest = leaf + 1 == self.log.size();
        let kept = self.place.read(&format!("pack/{claimed}"))?;
        // Packs of older batches need not be kept for ever, but the next one's delta begins there: each is made, kept or not.
        let pack = self.ledger.snapshot(close.time_ms).build()?;
        let computed = hex::encode(Sha256::digest(&pack.manifest_bytes));
        if computed != *claimed {
            if kept.as_ref().is_some_and(|kept| self.same_but_for_compression(kept, &pack)) {
                let why = "the pack holds what follows from the log, but another version of zstd compressed it; audit it with the version that its node has";
                return Err(NodeError::Unfit(why));
            }
            return Ok(Err(lie(&computed)));
        }
        for (path, bytes) in pack_files(&pack) {
            match self.place.read(&path)? {
                Some(there) if there == bytes => {}
                // The log names the right file; what a server sends instead proves nothing about the log.
                Some(_) => return Err(NodeError::Pack(crate::pack::PackError::WrongBytes(path))),
                None if newest => return Err(NodeError::Data(format!("{path} is missing"))),
                None => {}
            }
        }
        out.packs += u64::from(kept.is_some() || newest);
        // The next pack's delta begins here.
        let mut files = pack.files.clone();
        files.insert(Sha256::digest(&pack.manifest_bytes).into(), pack.manifest_bytes.clone());
        self.ledger.hold_pack(files);
        out.files = pack_files(&pack).collect();
        Ok(Ok(()))
    }

    fn body(&mut self, digest: &Digest) -> Result<Option<Vec<u8>>, NodeError> {
        if let Some(body) = self.place.body(digest)? {
            return Ok(Some(body));
        }
        if self.dossiers.is_none() {
            self.dossiers = Some(self.bodies_in_newest_pack()?);
        }
        Ok(self.dossiers.as_ref().and_then(|d| d.get(digest)).cloned())
    }

    /// A body is what its digest says, wherever it comes from: the sample keeps its bodies in its dossiers only.
    fn bodies_in_newest_pack(&self) -> Result<BTreeMap<Digest, Vec<u8>>, NodeError> {
        let mut bodies = Vec::new();
        let last = self.log.entry(self.log.size().saturating_sub(1)).unwrap_or_default();
        if let Body::BatchClose(BatchClose { manifest: Some(digest), .. }) = statement::verify(last)?.body
            && let Some(bytes) = self.place.read(&format!("pack/{digest}"))?
            && let Ok(manifest) = serde_json::from_slice::<Manifest>(&bytes)
        {
            for file in manifest.dossiers() {
                let Some(bytes) = self.place.read(&file.path())? else { continue };
                for dossier in decode_dossiers(&file.open(&bytes)?)? {
                    bodies.push(dossier.body);
                    bodies.extend(dossier.stages.into_iter().map(|s| s.document));
                    bodies.extend(dossier.listing.map(|l| l.document));
                }
            }
        }
        Ok(bodies.into_iter().map(|b| (Sha256::digest(&b).into(), b)).collect())
    }

    /// Whether all that was published holds what we made, but in other zstd frames.
    fn same_but_for_compression(&self, kept: &[u8], ours: &Pack) -> bool {
        let Ok(world) = serde_json::from_slice::<Manifest>(kept) else { return false };
        let markets = world.markets.iter().zip(&ours.manifest.markets).all(|(theirs, our)| {
            let kept = self.place.read(&theirs.path()).ok().flatten();
            let theirs = kept.and_then(|bytes| world.open_market(&our.market, &bytes).ok());
            let our = ours.files.get(&our.manifest).and_then(|bytes| serde_json::from_slice::<Manifest>(bytes).ok());
            theirs.zip(our).is_some_and(|(theirs, our)| plain(theirs) == plain(our))
        });
        markets && world.markets.len() == ours.manifest.markets.len() && plain(world) == plain(ours.manifest.clone())
    }

    fn evidence(&self, lie: Lie, out: &Replay, terms: &Terms, key: &LogKey) -> Result<Evidence, NodeError> {
        let proof = self.log.prove_inclusion(lie.leaf)?;
        let entry = self.log.entry(lie.leaf).unwrap_or_default().to_vec();
        Ok(Evidence::new(
            lie.finding,
            (lie.claimed, lie.computed),
            LoggedLeaf { index: lie.leaf, entry, proof },
            (out.note.clone(), key.to_string()),
            (terms.registrars.clone(), terms.sample),
        ))
    }
}

/// What the operator claims of a statement by logging it.
pub(super) const LOGGED: &str = "logged";
/// What a `BatchClose` claims that names no pack.
pub(super) const NO_PACK: &str = "none";

/// A manifest without what depends on the compressor.
fn plain(mut manifest: Manifest) -> Manifest {
    for file in manifest.files.iter_mut().chain(manifest.deltas.iter_mut().flat_map(|step| &mut step.files)) {
        (file.sha256, file.size) = ([0; 32], 0);
    }
    for market in &mut manifest.markets {
        market.manifest = [0; 32];
    }
    manifest
}
