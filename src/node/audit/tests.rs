use super::*;
use crate::{
    log::{self, Cosigner, LogWriter},
    measure::Millis,
    node::{
        NodeError,
        ledger::{Ledger, LogKeys},
        sample,
    },
    pack::{SAMPLE_VKEY, sample_files, sample_older_entries},
    provenance::made_up,
    state::{MAX_LIFETIME, Policy},
    statement::{self, Accreditation, BatchClose, Body, Draft, PassportIssue, Registration, Role, SigningKey, SubjectKind, json},
};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, path::Path};

const ORIGIN: &str = "example.org/audited";
const T0: Millis = Millis(1_790_812_800_000);

fn signer(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn keys() -> LogKeys {
    LogKeys::from_seed(ORIGIN, &[9; 32]).unwrap()
}

fn terms() -> Terms {
    Terms { trust: log::Policy::of_log(keys().key().clone()), registrars: vec![signer(1).did()], sample: false }
}

fn entry(n: u8, time: Millis, body: Body) -> Vec<u8> {
    let text = serde_json::to_vec(&body).unwrap();
    let draft =
        Draft { ledger: ORIGIN.to_owned(), nonce: *Sha256::digest(text).first_chunk().unwrap(), expires: Millis(time.0 + MAX_LIFETIME), body };
    statement::sign(&draft, time, &signer(n), &[]).unwrap()
}

/// Two batches with a pack each, kept in a folder as a node keeps them.
fn honest(root: &Path) -> Ledger {
    let policy = Policy { origin: ORIGIN.to_owned(), log: signer(9).did(), registrars: vec![signer(1).did()] };
    let mut ledger = Ledger::new(policy, false);
    let publish = |ledger: &mut Ledger, time| {
        let made = ledger.close(time, &keys(), true).unwrap();
        for (path, bytes) in made.files.into_iter().chain([("checkpoint".to_owned(), made.checkpoint.into_bytes())]) {
            write(&root.join("ledger").join(path), &bytes);
        }
    };
    for (n, role) in [(1, Role::Registrar), (2, Role::Supplier)] {
        let body = Body::RegisterActor(Registration { name: format!("Actor {n}"), role, fictional: true });
        ledger.append(entry(n, T0, body), T0).unwrap();
    }
    publish(&mut ledger, T0);
    let next = Millis(T0.0 + 60_000);
    ledger.append(entry(1, next, Body::Accredit(Accreditation { subject: signer(2).did(), role: Role::Supplier })), next).unwrap();
    let record = made_up(SubjectKind::Product, "(01)09526001000081", "Jam");
    let credential = record.to_credential(&signer(2).did(), "Actor 2", next, None);
    let body = json::canonical(&statement::add_proof(&credential, &signer(2), next).unwrap()).unwrap();
    let digest = ledger.add_body(body.clone());
    write(&root.join("body").join(hex::encode(digest)), &body);
    let issue = PassportIssue { kind: SubjectKind::Product, subject: record.id, digest, valid_until: None };
    ledger.append(entry(2, next, Body::IssuePassport(issue)), next).unwrap();
    publish(&mut ledger, next);
    ledger
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Entries of an honest log.
fn entries(root: &Path) -> Vec<Vec<u8>> {
    let note = std::fs::read_to_string(root.join("ledger/checkpoint")).unwrap();
    let checkpoint = log::Checkpoint::open(&note, keys().key()).unwrap();
    let log = LogWriter::load(&|path| std::fs::read(root.join("ledger").join(path)).ok(), checkpoint.size, &checkpoint.root).unwrap();
    (0..log.size()).map(|leaf| log.entry(leaf).unwrap().to_vec()).collect()
}

/// What a lying operator can do: any entries at all, under a checkpoint that is properly signed.
fn lie(root: &Path, entries: &[Vec<u8>]) {
    std::fs::remove_dir_all(root.join("ledger/tile")).unwrap();
    let mut log = LogWriter::new();
    for entry in entries {
        log.append(entry.clone()).unwrap();
    }
    for (path, bytes) in log.files(0) {
        write(&root.join("ledger").join(path), &bytes);
    }
    let signer = log::LogSigner::from_seed(ORIGIN, &[9; 32]).unwrap();
    let note = log::Checkpoint { origin: ORIGIN.to_owned(), size: log.size(), root: log.root() }.sign(&signer);
    write(&root.join("ledger/checkpoint"), note.as_bytes());
}

fn close_of(entry: &[u8]) -> BatchClose {
    let Body::BatchClose(close) = statement::verify(entry).unwrap().body else { panic!("not a BatchClose") };
    close
}

fn at(root: &Path) -> Place {
    Place::open(root.to_str().unwrap()).unwrap()
}

#[test]
fn replaying_the_sample_gives_its_root_its_manifest_and_its_files_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let published: BTreeMap<&str, &[u8]> = sample_files().iter().chain(sample_older_entries()).copied().collect();
    for (path, bytes) in &published {
        write(&folder.path().join(path), bytes);
    }
    let trust = log::Policy::of_log(log::LogKey::parse(SAMPLE_VKEY).unwrap());
    let found = replay(&at(folder.path()), &Terms { trust, registrars: sample::registrars(), sample: true }).unwrap();
    assert_eq!(found.evidence, None);
    assert_eq!((found.batches, found.packs), (2, 1));
    let packs: BTreeMap<_, _> = published.into_iter().filter(|(path, _)| path.starts_with("pack/")).collect();
    assert!(packs.len() >= 3 && found.files.len() == packs.len());
    for (path, bytes) in packs {
        assert!(found.files[path] == bytes, "{path}");
    }
}

#[test]
fn an_honest_log_holds_and_every_pack_that_is_kept_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = honest(folder.path());
    let found = replay(&at(folder.path()), &terms()).unwrap();
    assert_eq!((found.evidence, found.batches, found.packs, found.passports), (None, 2, 2, 1));
    assert_eq!(Some(found.state_root), ledger.state().closed_root());
    // The folder of published files alone has its bodies one above.
    assert_eq!(replay(&at(&folder.path().join("ledger")), &terms()).unwrap().evidence, None);
    // An old pack may be thrown away; the newest may not.
    let manifests: Vec<String> = [2, 5].map(|leaf: usize| close_of(&entries(folder.path())[leaf]).manifest.unwrap()).into();
    std::fs::remove_file(folder.path().join("ledger/pack").join(&manifests[0])).unwrap();
    assert_eq!(replay(&at(folder.path()), &terms()).unwrap().packs, 1);
    std::fs::remove_file(folder.path().join("ledger/pack").join(&manifests[1])).unwrap();
    assert!(matches!(replay(&at(folder.path()), &terms()), Err(NodeError::Data(_))));
}

#[test]
fn a_state_root_that_does_not_follow_is_caught_and_the_evidence_proves_it() {
    let folder = tempfile::tempdir().unwrap();
    honest(folder.path());
    let mut entries = entries(folder.path());
    let mut close = close_of(&entries[5]);
    let real = hex::encode(close.state_root);
    close.state_root[7] ^= 1;
    let claimed = hex::encode(close.state_root);
    entries[5] = entry(9, close.time_ms, Body::BatchClose(close));
    lie(folder.path(), &entries);
    let found = replay(&at(folder.path()), &terms()).unwrap();
    assert_eq!(found.batches, 1);
    let evidence = found.evidence.unwrap();
    assert_eq!((evidence.finding, &evidence.claimed, &evidence.computed), (Finding::WrongStateRoot, &claimed, &real));
    // It stands alone, as a file.
    let evidence: Evidence = serde_json::from_str(&serde_json::to_string(&evidence).unwrap()).unwrap();
    assert!(!evidence.check(None).unwrap().recomputed);
    let checked = evidence.check(Some(&at(folder.path()))).unwrap();
    assert!(checked.recomputed && checked.log == *keys().key());
}

#[test]
fn a_pack_that_does_not_follow_is_caught_and_the_evidence_proves_it() {
    let folder = tempfile::tempdir().unwrap();
    honest(folder.path());
    let honest_entries = entries(folder.path());
    let close = close_of(&honest_entries[5]);
    for claim in [Some("ab".repeat(32)), None] {
        let mut entries = honest_entries.clone();
        entries[5] = entry(9, close.time_ms, Body::BatchClose(BatchClose { manifest: claim.clone(), ..close.clone() }));
        lie(folder.path(), &entries);
        let evidence = replay(&at(folder.path()), &terms()).unwrap().evidence.unwrap();
        assert_eq!((evidence.finding, evidence.leaf.index), (Finding::WrongPack, 5));
        assert_eq!(evidence.claimed, claim.unwrap_or("none".to_owned()));
        assert!(evidence.check(Some(&at(folder.path()))).unwrap().recomputed);
    }
}

#[test]
fn a_pack_file_that_is_served_with_other_bytes_is_refused_but_proves_nothing_about_the_log() {
    let folder = tempfile::tempdir().unwrap();
    honest(folder.path());
    let newest = close_of(&entries(folder.path())[5]).manifest.unwrap();
    let found = replay(&at(folder.path()), &terms()).unwrap();
    for path in found.files.keys().filter(|path| !path.ends_with(&newest)) {
        let path = folder.path().join("ledger").join(path);
        let real = std::fs::read(&path).unwrap();
        let mut other = real.clone();
        *other.last_mut().unwrap() ^= 1;
        std::fs::write(&path, other).unwrap();
        assert!(matches!(replay(&at(folder.path()), &terms()), Err(NodeError::Pack(_))));
        std::fs::write(&path, real).unwrap();
    }
}

#[test]
fn a_statement_that_may_not_be_there_is_caught_and_the_evidence_proves_it() {
    let folder = tempfile::tempdir().unwrap();
    honest(folder.path());
    let honest_entries = entries(folder.path());
    // Said twice; said by somebody without standing; with a signature that does not hold.
    let rogue = Body::Accredit(Accreditation { subject: signer(3).did(), role: Role::Supplier });
    let mut spoilt = honest_entries[0].clone();
    let name = spoilt.windows(7).position(|w| w == b"Actor 1").unwrap();
    spoilt[name] = b'B';
    for (wrong, why, alone) in
        [(honest_entries[0].clone(), "on the ledger already", false), (entry(2, T0, rogue), "not registered", false), (spoilt, "altered", true)]
    {
        let mut entries = honest_entries.clone();
        entries.insert(1, wrong);
        lie(folder.path(), &entries);
        let evidence = replay(&at(folder.path()), &terms()).unwrap().evidence.unwrap();
        assert_eq!((evidence.finding, evidence.leaf.index), (Finding::StatementDoesNotFollow, 1));
        assert!(evidence.computed.contains(why), "{}", evidence.computed);
        assert_eq!(evidence.check(None).unwrap().recomputed, alone);
        assert!(evidence.check(Some(&at(folder.path()))).unwrap().recomputed);
    }
}

#[test]
fn made_up_or_altered_evidence_is_refused() {
    let (liar, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    honest(liar.path());
    honest(other.path());
    let mut entries = entries(liar.path());
    let mut close = close_of(&entries[5]);
    close.state_root = [1; 32];
    entries[5] = entry(9, close.time_ms, Body::BatchClose(close));
    lie(liar.path(), &entries);
    let evidence = replay(&at(liar.path()), &terms()).unwrap().evidence.unwrap();
    evidence.check(Some(&at(liar.path()))).unwrap();
    let changes: [fn(&mut Evidence); 11] = [
        |e| e.format.push('x'),
        |e| e.finding = Finding::WrongPack,
        |e| e.finding = Finding::StatementDoesNotFollow,
        |e| e.claimed = "00".repeat(32),
        |e| e.computed = e.claimed.clone(),
        |e| e.leaf.index -= 1,
        |e| e.leaf.entry.push(b' '),
        |e| e.leaf.proof[0][0] ^= 1,
        |e| e.leaf.proof.truncate(1),
        |e| e.checkpoint = e.checkpoint.replacen("\n6\n", "\n7\n", 1),
        |e| e.log = SAMPLE_VKEY.to_owned(),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let mut changed = evidence.clone();
        change(&mut changed);
        assert!(changed.check(Some(&at(liar.path()))).is_err(), "change {n}");
    }
    // What the operator claims is proven by the file alone; what follows is not, and a replay shows that it was made up.
    let slander = Evidence { computed: "cd".repeat(32), ..evidence.clone() };
    assert!(!slander.check(None).unwrap().recomputed);
    assert!(slander.check(Some(&at(liar.path()))).is_err());
    assert!(evidence.check(Some(&at(other.path()))).is_err(), "that copy of the log is honest");
    // A log that is another's is evidence against nobody.
    let (mallory, log) = (log::LogSigner::from_seed(ORIGIN, &[66; 32]).unwrap(), evidence.log.clone());
    let forged = Evidence { checkpoint: log::Checkpoint::open(&evidence.checkpoint, keys().key()).unwrap().sign(&mallory), log, ..evidence };
    assert!(forged.check(None).is_err());
}

#[test]
fn a_policy_that_requires_an_auditor_refuses_a_checkpoint_until_it_signed() {
    let folder = tempfile::tempdir().unwrap();
    honest(folder.path());
    let auditor = Cosigner::from_seed("auditor.example/a1", &[3; 32]).unwrap();
    let policy = format!("log {}\nwitness a1 {}\ngroup auditors 1 a1\nquorum auditors\n", keys().key(), auditor.key());
    let policy = log::Policy::parse(&policy).unwrap();
    let found = replay(&at(folder.path()), &Terms { trust: policy.clone(), ..terms() }).unwrap();
    assert!(found.evidence.is_none());
    assert!(policy.open(&found.note).is_err(), "nobody audited it yet");
    let signed = format!("{}{}", found.note, auditor.cosign(&found.note, 1_790_812_900).unwrap());
    assert_eq!(policy.open(&signed).unwrap().witnessed, [("a1".to_owned(), 1_790_812_900)]);
    let stranger = Cosigner::from_seed("auditor.example/a1", &[4; 32]).unwrap();
    let signed = format!("{}{}", found.note, stranger.cosign(&found.note, 1_790_812_900).unwrap());
    assert!(policy.open(&signed).is_err());
}

#[test]
fn a_log_is_replayed_over_http_too() {
    use axum::{Router, extract::Path as Wanted, http::StatusCode, routing::get};
    let folder = tempfile::tempdir().unwrap();
    honest(folder.path());
    let root = folder.path().to_owned();
    let serve = move |Wanted(path): Wanted<String>| async move { std::fs::read(root.join(path)).map_err(|_| StatusCode::NOT_FOUND) };
    let address = crate::node::background::wait(async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/x/{*path}", get(serve))).await });
        address
    });
    let place = Place::open(&format!("http://{address}/x/ledger")).unwrap();
    let found = replay(&place, &terms()).unwrap();
    assert_eq!((found.evidence, found.packs, found.passports), (None, 2, 1));
    assert!(Place::open(&format!("http://{address}/x/nothing")).unwrap().checkpoint().is_err());
}

#[test]
fn an_auditor_goes_on_from_where_it_ended_and_believes_no_other_history() {
    let folder = tempfile::tempdir().unwrap();
    honest(folder.path());
    let entries = entries(folder.path());
    let (place, mut auditor) = (at(folder.path()), Auditor::new(terms()));
    let whole = std::fs::read_to_string(folder.path().join("ledger/checkpoint")).unwrap();
    lie(folder.path(), &entries[..3]);
    assert_eq!(auditor.audit(&place, place.checkpoint().unwrap()).unwrap().batches, 1);
    lie(folder.path(), &entries);
    let found = auditor.audit(&place, whole.clone()).unwrap();
    assert_eq!((found.batches, found.packs, found.passports, found.evidence), (2, 2, 1, None));
    assert_eq!(auditor.audit(&place, whole.clone()).unwrap().batches, 2, "asked again, it says the same");
    // The same leaves in another order: an honest log by itself, but not the one that was audited.
    let mut other = entries.clone();
    other.swap(0, 1);
    lie(folder.path(), &other);
    assert!(auditor.audit(&place, place.checkpoint().unwrap()).is_err());
}

#[test]
fn a_witness_that_audits_cosigns_what_follows_and_refuses_a_lie_with_the_evidence_kept() {
    use crate::node::{
        background::wait,
        witness::{Witness, WitnessStore, router},
    };
    let (folder, desk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    honest(folder.path());
    let (all, logs) = (entries(folder.path()), vec![keys().key().clone()]);
    let cosigner = Cosigner::from_seed("auditor.example/a1", &[3; 32]).unwrap();
    let policy = format!("log {}\nwitness a1 {}\nquorum a1\n", keys().key(), cosigner.key());
    let policy = log::Policy::parse(&policy).unwrap();
    let store = WitnessStore::open(&desk.path().join("witness.db")).unwrap();
    let witness = router(std::sync::Arc::new(Witness { cosigner, logs: logs.clone(), store }));
    let app = auditing(witness, Auditor::new(terms()), at(folder.path()), logs, desk.path().to_owned());
    let address = wait(async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        address
    });
    let ask = |old: u64, proof: &[[u8; 32]]| {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let note = std::fs::read_to_string(folder.path().join("ledger/checkpoint")).unwrap();
        let proof: String = proof.iter().map(|h| STANDARD.encode(h) + "\n").collect();
        let body = format!("old {old}\n{proof}\n{note}");
        let answer = wait(async move {
            let answer = reqwest::Client::new().post(format!("http://{address}/add-checkpoint")).body(body).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        });
        (note, answer)
    };
    lie(folder.path(), &all[..3]);
    let (note, (status, line)) = ask(0, &[]);
    assert_eq!(status, 200, "{line}");
    assert_eq!(policy.open(&(note + &line)).unwrap().witnessed.len(), 1);
    let mut entries = all;
    let close = close_of(&entries[5]);
    entries[5] = entry(9, close.time_ms, Body::BatchClose(BatchClose { state_root: [1; 32], ..close }));
    lie(folder.path(), &entries);
    let mut log = LogWriter::new();
    for entry in entries {
        log.append(entry).unwrap();
    }
    // A plain witness would cosign this: it follows from what was cosigned before.
    let (_, (status, why)) = ask(3, &log.prove_consistency(3).unwrap());
    assert_eq!(status, 422, "{why}");
    assert!(why.contains("names the state root"), "{why}");
    let kept: Evidence = serde_json::from_slice(&std::fs::read(desk.path().join("evidence-5.json")).unwrap()).unwrap();
    assert!(kept.check(Some(&at(folder.path()))).unwrap().recomputed);
}
