//! `ecosphere-node attest`: signs a conformity credential as its certifier.

use super::signer;
use crate::{
    node::{
        NodeError,
        cli::{Outcome, SignerArgs},
        folder::replace,
        sequencer::now,
    },
    organisation::certify::certify,
    statement::{StatementError, json},
};
use serde_json::json;
use std::path::PathBuf;

/// Example under the help of `attest`.
pub const ATTEST_EXAMPLE: &str = "Example:
  ecosphere-node attest certificate.json --key certifier.key --out signed.json
  ecosphere-node import --format epcis farm.jsonld --data DIR --key farm.key --passport 09520000000011 --evidence signed.json

The file is a DigitalConformityCredential of the UN Transparency Protocol 0.7. It covers a measured value where it names the goods, the actor or
the site (assessedProduct, assessedOrganisation, assessedFacility), the metric's conformity topic, and a period in which the event lies. Where it
gives the value itself (assessedPerformance), it covers that value and no other. It weighs in a label as long as the signer is a certifier in standing.";

/// Options of `attest`.
#[derive(Debug, clap::Args)]
pub struct AttestArgs {
    /// The credential, JSON; its issuer becomes the signer, and a proof in it is replaced.
    pub credential: PathBuf,
    /// The certifier.
    #[command(flatten)]
    pub signer: SignerArgs,
    /// File for the signed credential [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Signs a conformity credential.
///
/// # Errors
/// It is none (the error has the path of the fault), or a file cannot be used.
pub fn attest(args: &AttestArgs) -> Result<Outcome, NodeError> {
    let text = std::fs::read(&args.credential).map_err(NodeError::file(&args.credential))?;
    // A public sample key can do no harm here: only the sample knows it as a certifier's.
    let key = signer::key(&args.signer, true)?;
    let evidence = certify(&text, &key, now()).map_err(|why| NodeError::Usage(format!("{}: {why}", args.credential.display())))?;
    let text = json::canonical(&evidence.credential).map_err(StatementError::from)?;
    let shown = String::from_utf8_lossy(&text).into_owned();
    let Some(out) = &args.out else { return Ok(Outcome { text: shown, json: evidence.credential, yes: true }) };
    replace(out, &text)?;
    let json = json!({ "certifier": key.did(), "assessments": evidence.attestations.len(), "out": out.display().to_string() });
    Ok(Outcome { text: format!("{} assessments signed with {}: {}", evidence.attestations.len(), key.did(), out.display()), json, yes: true })
}
