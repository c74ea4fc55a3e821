//! The group `ledger`: verifying a passport against the least that any verifier must do, the bare signature check and one hash of the same
//! bytes; then what a sync does with the sample's pack, with packs of growing markets, and what the fold costs as it grows; then statements
//! submitted to a node on each store. Sizes go to 10^5 here, and to `ECOSPHERE_BENCH_MAX` where that is set: 1000000 shows the growth to 10^6,
//! and takes some minutes more.

#[path = "measure.rs"]
mod measure;
#[path = "packs.rs"]
mod packs;
#[path = "state.rs"]
mod state;
#[path = "submit.rs"]
mod submit;

use ecosphere::log::{Checkpoint, LogKey, leaf_hash, prove_inclusion, verify_inclusion};
use ecosphere::measure::Millis;
use ecosphere::pack::{Manifest, SAMPLE_VKEY, decode_dossiers, sample_files, verify_dossier_entry};
use ecosphere::passport::Seal;
use ecosphere::statement::json::{canonical, parse};
use ecosphere::statement::{SigningKey, add_proof, verify_proofs};
use ed25519_dalek::{Signature, VerifyingKey};
use measure::{median_us, print, report_ratio, report_value, side_by_side};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const ORIGIN: &str = "ecosphere.example/sample";
const ELEMENT: &str = "(01)09506000134352(10)L1(21)7";

/// A credential of about the size of the sample's.
fn credential(key: &SigningKey) -> Vec<u8> {
    let claims: Vec<Value> = (0..12)
        .map(|n| json!({ "topic": format!("topic-{n}"), "statement": "Organic farming, certified under (EU) 2018/848", "score": n * 8, "basis": "self-declared" }))
        .collect();
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "ProductRecord"],
        "issuer": { "id": key.did().to_string(), "name": "Example data steward" },
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": { "id": ELEMENT, "name": "Peeled tomatoes, 400 g", "brand": "Example", "categories": ["en:foods", "en:tomatoes"], "claims": claims }
    });
    let signed = add_proof(&document, key, Millis(1_793_491_200_000)).expect("a document of our own making can be signed");
    canonical(&signed).expect("a document of our own making has a canonical form")
}

fn main() {
    if packs::child() || submit::child() {
        return;
    }
    let most = std::env::var("ECOSPHERE_BENCH_MAX").ok().and_then(|m| m.parse().ok()).unwrap_or(100_000);
    match std::env::var("ECOSPHERE_BENCH_PART").as_deref() {
        Ok("packs") => return packs::all(most),
        Ok("state") => return state::measure(most),
        Ok("submit") => return submit::all(most.into(), false),
        _ => {}
    }
    let key = SigningKey::from_seed(&Sha256::digest("ecosphere bench key").into());
    let did = key.did();
    let credential = credential(&key);
    let digest: [u8; 32] = Sha256::digest(&credential).into();
    let seal = Seal::make(ORIGIN, 42, ELEMENT, digest, &key).encode();

    let bare_key = VerifyingKey::from_bytes(did.public()).expect("a key of our own making");
    // The peer checks signatures over as many bytes as are signed here: 64 under a proof, 126 and more under a seal.
    let (proof_bytes, seal_bytes) = ([7; 64], [7; 18 + 32 + 8 + 32 + 32]);
    let proof_signature = Signature::from_bytes(&key.sign(&proof_bytes));
    let seal_signature = Signature::from_bytes(&key.sign(&seal_bytes));
    let bare_proof = || (bare_key.verify_strict(&proof_bytes, &proof_signature).is_ok(), Sha256::digest(&credential));
    let bare_seal = || (bare_key.verify_strict(&seal_bytes, &seal_signature).is_ok(), Sha256::digest(&seal));

    let verify_seal = || Seal::decode(&seal).is_ok_and(|seal| seal.verify(ORIGIN, ELEMENT, &did));
    let verify_credential = || parse(&credential).is_ok_and(|document| verify_proofs(&document).is_ok_and(|signers| signers == [did]));
    assert!(verify_seal() && verify_credential() && bare_proof().0 && bare_seal().0, "all of them verify");

    let size = credential.len();
    let (ours, peer) = side_by_side(verify_seal, bare_seal);
    report_ratio("verify a seal", "us", ours, "verify_strict + SHA-256", peer, 2.0);
    let (ours, peer) = side_by_side(verify_credential, bare_proof);
    report_ratio(&format!("verify a credential of {size} B"), "us", ours, "verify_strict + SHA-256", peer, 2.0);
    let passport = || verify_seal() && verify_credential() && <[u8; 32]>::from(Sha256::digest(&credential)) == digest;
    let (ours, peer) = side_by_side(passport, || (bare_seal(), bare_proof()));
    report_ratio("verify a passport: seal and credential", "us", ours, "2 verify_strict + SHA-256", peer, 2.0);
    pack();
    packs::all(most);
    state::measure(most);
    submit::all(most.into(), false);
}

/// Opens the sample's pack as a sync does.
fn pack() {
    let file = |path: &str| sample_files().iter().find(|(name, _)| *name == path).map(|(_, bytes)| *bytes).expect("the sample is whole");
    let manifest: Manifest = sample_files().iter().find_map(|(_, bytes)| serde_json::from_slice(bytes).ok()).expect("the sample has a manifest");
    let opened = |path: &str| Some(file(path).to_vec());
    let open = || manifest.open_index(&opened).expect("the sample's index opens");
    let rows = open().subjects.len();
    let micros = median_us(open);
    let per_second = rows as f64 / micros * 1e6;
    print("open an index: check, decompress, decode", "rows/s", per_second, None, ">= 200000 rows/s", per_second >= 200_000.0);
    let size: u64 = manifest.index().map(|f| f.size).sum();
    print("an index, compressed", "B/subject", size as f64 / rows as f64, None, "<= 64 B/subject", size <= 64 * rows as u64);

    let bucket = manifest.dossiers().next().expect("a manifest has dossiers");
    let dossiers = decode_dossiers(&bucket.open(file(&bucket.path())).expect("the sample's dossiers open")).expect("the sample's dossiers decode");
    let dossier = &dossiers[dossiers.len() / 2];
    let leaf = &dossier.statement;
    let hash = leaf_hash(&leaf.entry);
    let tree = manifest.open_tree(&opened).expect("the sample's tree opens");
    let note = std::str::from_utf8(file("checkpoint")).expect("a checkpoint is text");
    let Checkpoint { size, root, .. } =
        Checkpoint::open(note, &LogKey::parse(SAMPLE_VKEY).expect("the sample's key")).expect("the sample's checkpoint");
    let proof = prove_inclusion(&|path| sample_files().iter().find(|(name, _)| *name == path).map(|(_, b)| b.to_vec()), size, leaf.leaf);
    let proof = proof.expect("the sample's tiles prove every leaf");
    let inclusion = || verify_inclusion(&hash, leaf.leaf, size, &root, &proof).is_ok();
    assert!(inclusion() && verify_dossier_entry(dossier, &manifest.ledger, &tree).is_ok(), "the sample verifies");
    // What a check does whoever makes it: one hash of 65 bytes (RFC 6962, section 2.1) for each step of the way.
    let hashing =
        || proof.iter().fold(hash, |below, beside| Sha256::new().chain_update([1]).chain_update(below).chain_update(beside).finalize().into());
    let (ours, hashes) = side_by_side(inclusion, hashing);
    let own = ours - hashes;
    let name = format!("check an inclusion proof in a log of {size}, beside its {} hashes", proof.len());
    print(&name, "us", own, Some(("the hashes alone", hashes)), "<= 5 us", own <= 5.0);
    let dossier = median_us(|| verify_dossier_entry(dossier, &manifest.ledger, &tree));
    report_value("verify a whole dossier: statement, proof, body", "us", dossier, 1_000.0);
}
