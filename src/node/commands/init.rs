//! `ecosphere-node init`.

use crate::{
    node::{
        NodeError,
        cli::{InitArgs, Outcome},
        folder::LedgerConfig,
        sequencer::Sequencer,
    },
    pack::SAMPLE_VKEY,
    statement::DidKey,
};

/// Makes a new ledger in a folder, or a copy of the sample.
///
/// # Errors
/// There is a ledger already, or the folder cannot be written.
pub fn init(args: &InitArgs) -> Result<Outcome, NodeError> {
    let (origin, vkey) = match &args.origin {
        None => {
            Sequencer::create_sample(&args.data)?;
            (crate::node::sample::ORIGIN.to_owned(), SAMPLE_VKEY.to_owned())
        }
        Some(origin) => {
            let config = LedgerConfig { origin: origin.clone(), registrars: dids(&args.registrar)?, sample: false };
            let sequencer = Sequencer::create(&args.data, config, &random_seed()?)?;
            (origin.clone(), sequencer.vkey())
        }
    };
    let care = if args.sample { "Its keys are public: nothing on it proves anything." } else { "Keep log.key in that folder secret and backed up." };
    let text = format!(
        "{} holds the ledger {origin}. Its key, which devices must know:\n{vkey}\n{care} Serve it with: ecosphere-node serve --data {0}",
        args.data.display()
    );
    Ok(Outcome { text, json: serde_json::json!({ "data": args.data, "origin": origin, "vkey": vkey }), yes: true })
}

pub(super) fn dids(texts: &[String]) -> Result<Vec<DidKey>, NodeError> {
    texts.iter().map(|t| DidKey::try_from(t.clone()).map_err(|e| NodeError::Usage(e.to_string()))).collect()
}

pub(super) fn random_seed() -> Result<[u8; 32], NodeError> {
    let mut seed = [0; 32];
    getrandom04::fill(&mut seed).map_err(|e| NodeError::Usage(format!("this system gives no random numbers: {e}")))?;
    Ok(seed)
}
