//! RFC 6962 proofs of transparency-dev: the right ones verify, every wrong one is refused.

use super::json_files;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ecosphere::log::{Hash, verify_consistency, verify_inclusion};
use serde_json::Value;

/// `None`: not a hash at all, so the proof is refused before it is checked.
fn hash(value: &Value) -> Option<Hash> {
    STANDARD.decode(value.as_str()?).ok()?.try_into().ok()
}

fn proof(vector: &Value) -> Option<Vec<Hash>> {
    vector["proof"].as_array().map_or(Some(Vec::new()), |steps| steps.iter().map(hash).collect())
}

fn inclusion(v: &Value) -> Option<bool> {
    let (index, size) = (v["leafIdx"].as_u64()?, v["treeSize"].as_u64()?);
    Some(verify_inclusion(&hash(&v["leafHash"])?, index, size, &hash(&v["root"])?, &proof(v)?).is_ok())
}

fn consistency(v: &Value) -> Option<bool> {
    let (old, new) = (v["size1"].as_u64()?, v["size2"].as_u64()?);
    Some(verify_consistency(old, new, &hash(&v["root1"])?, &hash(&v["root2"])?, &proof(v)?).is_ok())
}

fn run(folder: &str, check: fn(&Value) -> Option<bool>) -> usize {
    let files = json_files(folder);
    for path in &files {
        let vector: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let wanted = !vector["wantErr"].as_bool().unwrap();
        assert_eq!(check(&vector).unwrap_or(false), wanted, "{}", path.display());
    }
    files.len()
}

#[test]
fn every_inclusion_proof_is_judged_as_published() {
    assert_eq!(run("merkle/inclusion", inclusion), 37);
}

#[test]
fn every_consistency_proof_is_judged_as_published() {
    assert_eq!(run("merkle/consistency", consistency), 41);
}
