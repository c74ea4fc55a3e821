//! `ecosphere-node log verify`: a whole log, from its checkpoint down to every entry, and up to its pack.

use super::init::dids;
use crate::{
    log::{LogKey, LogWriter, MAX_HANDOVERS, Policy as Trust},
    node::{
        NodeError,
        cli::{Outcome, TrustArgs, VerifyArgs},
        ledger::former_keys,
        published::Place,
        sample,
    },
    pack::{Index, Manifest, SAMPLE_POLICY, SubjectRow, decode_dossiers, root_before_last, verify_dossier_entry, verify_row},
    state::{Policy, State},
    statement::{self, Body, DidKey, Statement},
};

/// Verifies every tile, entry, root, batch and pack of a published ledger.
///
/// # Errors
/// The first thing that does not hold, or a file that is missing.
pub fn verify(args: &VerifyArgs) -> Result<Outcome, NodeError> {
    let place = Place::open(&args.log)?;
    let registrars = if args.registrar.is_empty() { sample::registrars() } else { dids(&args.registrar)? };
    let (trusted, _) = place.checkpoint(&trust(&args.trust)?)?;
    let checkpoint = &trusted.checkpoint;
    let log = place.audit(&trusted)?;
    let former = former_keys(&|path| place.need(path, MAX_HANDOVERS as u64).ok(), &trusted.log);
    let state = replay(&log, Policy { origin: checkpoint.origin.clone(), log: DidKey::from_public(*trusted.log.public()), registrars }, former)?;

    let last = checkpoint.size.saturating_sub(1);
    let newest = statement::verify(log.entry(last).unwrap_or_default())?;
    let Body::BatchClose(close) = newest.body else {
        return Err(NodeError::Replay { leaf: last, why: "the last leaf is not a BatchClose".to_owned() });
    };
    let (mut dossiers, mut markets) = (0, Vec::new());
    if let Some(digest) = &close.manifest {
        let manifest = Manifest::open(&place.pack_file(&format!("pack/{digest}"))?, &checkpoint.origin, &close, last)?;
        if root_before_last(&log.prove_inclusion(last)?) != Some(manifest.log_root) {
            return Err(NodeError::Unfit("the manifest names another log root than the checkpoint leads to"));
        }
        let (index, found) = pack(&place, &manifest)?;
        dossiers = found;
        if index.subjects.len() != state.passports().len() || dossiers != index.subjects.len() {
            return Err(NodeError::Unfit("the pack does not have every passport of the log"));
        }
        for named in &manifest.markets {
            let (its, found) = pack(&place, &manifest.open_market(&named.market, &place.pack_file(&named.path())?)?)?;
            let held = its.subjects.iter().filter(|row| !row.is_elsewhere()).count();
            let as_the_world = |(row, world): (&SubjectRow, &SubjectRow)| row.is_elsewhere() || row == world;
            if its.head.market != named.market || found != held || its.subjects.len() != index.subjects.len() {
                return Err(NodeError::Unfit("a market's pack does not have a place for every passport of the log"));
            }
            if !its.subjects.iter().zip(&index.subjects).all(as_the_world) {
                return Err(NodeError::Unfit("a market's pack says other things than the world's"));
            }
            markets.push(named.market.as_str().to_owned());
        }
    }
    let witnesses: Vec<&str> = trusted.witnessed.iter().map(|(name, _)| name.as_str()).collect();
    let text = format!(
        "{} holds: {} leaves, {} batches, {} passports, {dossiers} dossiers{}. Cosigned by {}. Root {}",
        checkpoint.origin,
        checkpoint.size,
        close.number,
        state.passports().len(),
        if markets.is_empty() { String::new() } else { format!(", markets {}", markets.join(" ")) },
        if witnesses.is_empty() { "no witness of the policy".to_owned() } else { witnesses.join(", ") },
        hex::encode(checkpoint.root)
    );
    let json = serde_json::json!({
        "origin": checkpoint.origin, "size": checkpoint.size, "root": hex::encode(checkpoint.root), "batches": close.number,
        "passports": state.passports().len(), "dossiers": dossiers, "markets": markets, "witnesses": witnesses, "holds": true,
    });
    Ok(Outcome { text, json, yes: true })
}

/// A pack's index, and how many of its dossiers there are; each agrees with its row.
fn pack(place: &Place, manifest: &Manifest) -> Result<(Index, usize), NodeError> {
    let index = manifest.open_index(&|path| place.pack_file(path).ok())?;
    let tree = manifest.open_tree(&|path| place.pack_file(path).ok())?;
    let mut dossiers = 0;
    for bucket in manifest.dossiers() {
        for dossier in decode_dossiers(&bucket.open(&place.pack_file(&bucket.path())?)?)? {
            verify_row(&index, dossier.number, &verify_dossier_entry(&dossier, &manifest.ledger, &tree)?)?;
            dossiers += 1;
        }
    }
    Ok((index, dossiers))
}

/// The policy that was asked for; the sample's if none was.
pub(super) fn trust(args: &TrustArgs) -> Result<Trust, NodeError> {
    Ok(match (&args.policy, &args.key) {
        (Some(file), _) => Trust::parse(&std::fs::read_to_string(file).map_err(NodeError::file(file))?)?,
        (None, Some(vkey)) => Trust::of_log(LogKey::parse(vkey)?),
        (None, None) => Trust::parse(SAMPLE_POLICY)?,
    })
}

fn replay(log: &LogWriter, policy: Policy, former: Vec<(u64, DidKey)>) -> Result<State, NodeError> {
    let mut state = State::handed_over(policy, former);
    let mut batch: Vec<Statement> = Vec::new();
    for leaf in 0..log.size() {
        let statement = statement::verify(log.entry(leaf).unwrap_or_default()).map_err(|e| NodeError::Replay { leaf, why: e.to_string() })?;
        let closes = matches!(statement.body, Body::BatchClose(_));
        batch.push(statement);
        if closes {
            let first = leaf + 1 - batch.len() as u64;
            state.fold_batch(first, &batch).map_err(|(leaf, why)| NodeError::Replay { leaf, why: why.to_string() })?;
            batch.clear();
        }
    }
    Ok(state)
}
