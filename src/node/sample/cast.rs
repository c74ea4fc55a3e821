//! Who appears in the sample, and their public keys.

use super::{Sources, scribe::Scribe};
use crate::{
    log::{Cosigner, LogError, LogSigner},
    node::NodeError,
    provenance::{ChainsFile, ProjectsFile, RetailersFile},
    state::Policy,
    statement::{Accreditation, Body, DidKey, Registration, Role, SigningKey},
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// The sample's origin.
pub const ORIGIN: &str = "ecosphere.example/sample";
/// Name of the log's key.
pub const LOG: &str = "log";
pub(super) const REGISTRAR: &str = "registrar";
pub(super) const FOOD_STEWARD: &str = "steward-openfoodfacts";
pub(super) const BEAUTY_STEWARD: &str = "steward-openbeautyfacts";
pub(super) const WIKIRATE_STEWARD: &str = "steward-wikirate";
/// Issues the examples of every status.
pub(super) const ORCHARD: &str = "orchard-and-loom";
/// Issued a passport, then lost its standing.
pub(super) const WITHDRAWN: &str = "withdrawn-mill";
/// Registered, but nobody ever vouched for it.
pub(super) const NEVER_ACCREDITED: &str = "never-accredited";
/// Not on the ledger at all.
pub(super) const STRANGER: &str = "stranger";

/// Actors that no source file names: key name, name for people, role.
const ACTORS: &[(&str, &str, Role)] = &[
    (REGISTRAR, "EcoSphere sample registrar", Role::Registrar),
    (FOOD_STEWARD, "Open Food Facts contributors (sample steward)", Role::DataSteward),
    (BEAUTY_STEWARD, "Open Beauty Facts contributors (sample steward)", Role::DataSteward),
    (WIKIRATE_STEWARD, "WikiRate contributors (sample steward)", Role::DataSteward),
    (ORCHARD, "Orchard & Loom", Role::Supplier),
    (WITHDRAWN, "Millrace Textiles", Role::Supplier),
    (NEVER_ACCREDITED, "Quickpass Labels", Role::Supplier),
];

/// The seed of a public sample key: SHA-256 of `ecosphere public sample key: <name>`.
#[must_use]
pub fn seed(name: &str) -> [u8; 32] {
    Sha256::digest(format!("ecosphere public sample key: {name}")).into()
}

/// A public sample key.
#[must_use]
pub fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(&seed(name))
}

/// The public sample key behind a `did:key`, if it is one of the sample's actors'.
#[must_use]
pub fn key_of(did: &DidKey) -> Option<SigningKey> {
    let retailers = RetailersFile::read(include_str!("../../../assets/sample/source/retailers.json")).ok()?;
    let projects = ProjectsFile::read(include_str!("../../../assets/sample/source/projects.json")).ok()?;
    let chains = ChainsFile::read(include_str!("../../../assets/sample/source/chains.json")).ok()?;
    let names = ACTORS.iter().map(|(id, ..)| (*id).to_owned()).chain(retailers.retailers.into_iter().map(|r| r.id));
    let names = names.chain(projects.projects.into_iter().map(|p| format!("ngo:{}", p.ngo))).chain(chains.actors.into_iter().map(|a| a.id));
    names.map(|name| key(&name)).find(|key| key.did() == *did)
}

/// Who may accredit on the sample ledger without being accredited.
#[must_use]
pub fn registrars() -> Vec<DidKey> {
    vec![key(REGISTRAR).did()]
}

/// The sample's two witnesses, whose keys are public too.
///
/// # Errors
/// None: the names are valid.
pub fn witnesses() -> Result<[Cosigner; 2], LogError> {
    let witness = |name| Cosigner::from_seed(&format!("ecosphere.example/{name}"), &seed(name));
    Ok([witness("witness-1")?, witness("witness-2")?])
}

/// The sample's trust policy (C2SP tlog-policy): its log, cosigned by both of its witnesses.
///
/// # Errors
/// None: the names are valid.
pub fn trust_policy() -> Result<String, LogError> {
    let log = LogSigner::from_seed(ORIGIN, &seed(LOG))?;
    let [first, second] = witnesses()?;
    Ok(format!(
        "# EcoSphere's sample ledger. The keys of its log and of its witnesses are public: this shows how a policy works and proves nothing.\n\
         log {}\nwitness witness-1 {}\nwitness witness-2 {}\ngroup both all witness-1 witness-2\nquorum both\n",
        log.key(),
        first.key(),
        second.key()
    ))
}

/// What the sample asks to be taken on trust.
pub(super) fn policy() -> Policy {
    Policy { origin: ORIGIN.to_owned(), log: key(LOG).did(), registrars: registrars() }
}

/// Registers everyone, and accredits those who are to be in standing.
pub(super) fn introduce(scribe: &mut Scribe, sources: &Sources) -> Result<(), NodeError> {
    let mut everyone: Vec<(String, String, Role)> = ACTORS.iter().map(|(id, name, role)| ((*id).to_owned(), (*name).to_owned(), *role)).collect();
    everyone.extend(sources.retailers.retailers.iter().map(|r| (r.id.clone(), r.name.clone(), Role::Retailer)));
    everyone.extend(sources.chains.actors.iter().map(|a| (a.id.clone(), a.name.clone(), a.role)));
    let ngos: BTreeSet<&String> = sources.projects.projects.iter().map(|p| &p.ngo).collect();
    everyone.extend(ngos.into_iter().map(|name| (format!("ngo:{name}"), name.clone(), Role::Ngo)));
    // A retailer at the end of a chain stands in both files.
    let mut known = BTreeSet::new();
    everyone.retain(|(id, ..)| known.insert(id.clone()));
    for (id, name, role) in &everyone {
        scribe.introduce(id, name);
        let registration = Registration { name: name.clone(), role: *role, fictional: true };
        scribe.state(Body::RegisterActor(registration), id, None)?;
    }
    for (id, _, role) in &everyone {
        if id != REGISTRAR && id != NEVER_ACCREDITED {
            scribe.state(Body::Accredit(Accreditation { subject: key(id).did(), role: *role }), REGISTRAR, None)?;
        }
    }
    Ok(())
}
