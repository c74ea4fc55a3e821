//! The sample ledger, as bytes within the program: `assets/sample/ledger/`, which `ecosphere-node sample` writes.

/// The sample log's verifier key.
pub const SAMPLE_VKEY: &str = include_str!("../../assets/sample/ledger.vkey");

/// The sample's trust policy (C2SP tlog-policy): its log and its two witnesses.
pub const SAMPLE_POLICY: &str = include_str!("../../assets/sample/ledger.policy");

static FILES: &[(&str, &[u8])] = include!("../../assets/sample/ledger/files.rs");
static OLDER_ENTRIES: &[(&str, &[u8])] = include!("../../assets/sample/ledger/older_entries.rs");

/// What a device needs of the sample ledger, path to bytes by rising path: checkpoint, hash tiles, the bundle with the last leaf, manifest, pack
/// files and `shelf.json`.
#[must_use]
pub fn sample_files() -> &'static [(&'static str, &'static [u8])] {
    FILES
}

/// The other entry bundles of the sample ledger: what an auditor or a node needs besides.
#[must_use]
pub fn sample_older_entries() -> &'static [(&'static str, &'static [u8])] {
    OLDER_ENTRIES
}
