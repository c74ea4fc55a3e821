use super::*;
use crate::{
    log::read_bundle,
    node::audit::{Place, Terms, replay},
    provenance::made_up,
    state::Rejection,
    statement::{self, Accreditation, Body, Draft, PassportIssue, Registration, Role, SigningKey, SubjectKind, json},
};
use std::{fs, time::Instant};

const ORIGIN: &str = "example.org/test";

fn signer(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn create(root: &Path) -> Sequencer {
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![signer(1).did()], sample: false };
    Sequencer::create(root, config, &[9; 32]).unwrap()
}

fn entry(n: u8, nonce: u8, body: Body) -> Vec<u8> {
    let draft = Draft { ledger: ORIGIN.to_owned(), nonce: [nonce; 16], expires: Millis(now().0 + Millis::DAY), body };
    statement::sign(&draft, now(), &signer(n), &[]).unwrap()
}

fn introduce(n: u8, role: Role) -> Vec<u8> {
    entry(n, n, Body::RegisterActor(Registration { name: format!("Actor {n}"), role, fictional: true }))
}

fn passport() -> (Vec<u8>, Vec<u8>) {
    let record = made_up(SubjectKind::Product, "(01)09526001000081", "Jam");
    let credential = record.to_credential(&signer(2).did(), "Actor 2", now(), None);
    let body = json::canonical(&statement::add_proof(&credential, &signer(2), now()).unwrap()).unwrap();
    let issue = PassportIssue { kind: SubjectKind::Product, subject: record.id, digest: Sha256::digest(&body).into(), valid_until: None };
    (entry(2, 77, Body::IssuePassport(issue)), body)
}

/// A registrar, and a supplier in standing.
fn peopled(root: &Path) -> Sequencer {
    let mut ledger = create(root);
    ledger.take(introduce(1, Role::Registrar), Vec::new()).unwrap();
    ledger.take(introduce(2, Role::Supplier), Vec::new()).unwrap();
    ledger.take(entry(1, 3, Body::Accredit(Accreditation { subject: signer(2).did(), role: Role::Supplier })), Vec::new()).unwrap();
    ledger
}

#[test]
fn what_is_taken_is_published_in_one_batch_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = peopled(folder.path());
    let (entry, body) = passport();
    let receipt = ledger.take(entry, vec![body.clone()]).unwrap();
    assert_eq!(ledger.leaf_of(&receipt.id).unwrap(), Some(receipt.leaf));
    ledger.close().unwrap();
    assert_eq!(ledger.ledger().published(), receipt.leaf + 2);
    drop(ledger);
    let again = Sequencer::open(folder.path(), 0).unwrap();
    assert_eq!(again.ledger().state().passports().len(), 1);
    assert_eq!(again.ledger().body(&Sha256::digest(&body).into()), Some(body));
}

/// Takes so many actors who introduce themselves, in groups.
fn crowd(ledger: &mut Sequencer, numbers: std::ops::Range<u16>) {
    let introduce = |n: u16| {
        let mut seed = [201; 32];
        seed[..2].copy_from_slice(&n.to_be_bytes());
        let body = Body::RegisterActor(Registration { name: format!("Actor {n}"), role: Role::Supplier, fictional: true });
        let draft = Draft { ledger: ORIGIN.to_owned(), nonce: [5; 16], expires: Millis(now().0 + Millis::DAY), body };
        statement::sign(&draft, now(), &SigningKey::from_seed(&seed), &[]).unwrap()
    };
    let numbers: Vec<u16> = numbers.collect();
    for group in numbers.chunks(100) {
        let checked = group.iter().map(|n| check(Submission { statement: introduce(*n), bodies: Vec::new() }, &ledger.bodies()).unwrap());
        let checked = checked.collect();
        assert!(ledger.take_all(checked).unwrap().iter().all(Result::is_ok));
    }
}

/// Firsts of the bundles that memory let go and that are not published.
fn let_go(ledger: &Sequencer) -> Vec<u64> {
    ledger.ledger.publication(&ledger.keys).let_go.iter().map(|(first, _)| *first).collect()
}

#[test]
fn what_memory_lets_go_before_it_is_published_is_read_from_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = peopled(folder.path());
    crowd(&mut ledger, 0..296);
    ledger.close().unwrap();
    // The second bundle holds published entries, the passport's, and others.
    assert_eq!((ledger.ledger().published(), let_go(&ledger)), (301, vec![]));
    let (entry, body) = passport();
    let receipt = ledger.take(entry, vec![body]).unwrap();
    crowd(&mut ledger, 296..1_000);
    assert_eq!((receipt.leaf, let_go(&ledger)), (301, vec![256, 512]));
    ledger.close().unwrap();
    assert!(let_go(&ledger).is_empty());
    let place = Place::open(&folder.path().display().to_string()).unwrap();
    let size = ledger.ledger().published();
    drop(ledger);
    let entries = read_bundle(&place.read(&crate::log::bundle_path(size, 301)).unwrap().unwrap()).unwrap();
    assert_eq!(statement::verify(&entries[301 - 256]).unwrap().id, receipt.id);
    // Everything is read, verified and folded again.
    assert_eq!(Sequencer::open(folder.path(), 0).unwrap().ledger().state().passports().len(), 1);
}

#[test]
fn a_store_that_gives_back_other_entries_than_were_taken_gets_nothing_published() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = create(folder.path());
    crowd(&mut ledger, 0..300);
    let before = fs::read(folder.path().join("ledger/checkpoint")).unwrap();
    let database = rusqlite::Connection::open(folder.path().join("node.db")).unwrap();
    assert_eq!(database.execute("UPDATE statement SET entry = (SELECT entry FROM statement WHERE leaf = 8) WHERE leaf = 7", []).unwrap(), 1);
    drop(database);
    let refused = ledger.close().unwrap_err().to_string();
    assert!(refused.contains("are not those that were taken"), "{refused}");
    assert_eq!(fs::read(folder.path().join("ledger/checkpoint")).unwrap(), before);
}

#[test]
fn what_comes_while_a_pack_is_made_is_let_go_too_and_read_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = peopled(folder.path());
    ledger.seal().unwrap();
    let first = ledger.ledger().size();
    crowd(&mut ledger, 0..700);
    assert_eq!((ledger.ledger().size() - first, ledger.ledger.waiting()), (700, 100), "let go by hundreds, from 256 on");
    ledger.close().unwrap();
    let published = ledger.ledger().published();
    assert_eq!((published, let_go(&ledger)), (first + 701, vec![]));
    drop(ledger);
    // Everything is read, verified and folded again.
    assert_eq!(Sequencer::open(folder.path(), 0).unwrap().ledger().size(), published);
}

#[test]
fn a_store_that_gives_back_other_entries_than_came_while_a_pack_was_made_gets_nothing_published() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = peopled(folder.path());
    ledger.seal().unwrap();
    let first = ledger.ledger().size();
    crowd(&mut ledger, 0..300);
    let before = fs::read(folder.path().join("ledger/checkpoint")).unwrap();
    let database = rusqlite::Connection::open(folder.path().join("node.db")).unwrap();
    let alter = format!("UPDATE statement SET entry = (SELECT entry FROM statement WHERE leaf = {}) WHERE leaf = {first}", first + 1);
    assert_eq!(database.execute(&alter, []).unwrap(), 1);
    drop(database);
    let refused = ledger.close().unwrap_err().to_string();
    assert!(refused.contains("are not those that were taken"), "{refused}");
    assert_eq!(fs::read(folder.path().join("ledger/checkpoint")).unwrap(), before);
}

#[test]
fn what_was_acknowledged_survives_the_end_of_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = peopled(folder.path());
    let size = ledger.ledger().size();
    drop(ledger);
    let again = Sequencer::open(folder.path(), 0).unwrap();
    assert_eq!((again.ledger().size(), again.ledger().published()), (size + 1, size + 1));
    assert!(again.ledger().state().in_standing(&signer(2).did(), Role::Supplier));
}

#[test]
fn a_batch_that_was_interrupted_before_its_checkpoint_is_closed_with_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    drop(peopled(folder.path()));
    let (database, checkpoint) = (folder.path().join("node.db"), folder.path().join("ledger/checkpoint"));
    let before = (fs::read(&database).unwrap(), fs::read(&checkpoint).unwrap());
    drop(Sequencer::open(folder.path(), 0).unwrap());
    let closed = fs::read(&checkpoint).unwrap();
    // As if the power had gone just before the checkpoint moved: tiles and packs are there, it is not.
    fs::write(&database, before.0).unwrap();
    fs::write(&checkpoint, before.1).unwrap();
    drop(Sequencer::open(folder.path(), 0).unwrap());
    assert_eq!(fs::read(&checkpoint).unwrap(), closed);
}

#[test]
fn a_folder_behind_what_was_published_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = create(folder.path());
    let checkpoint = folder.path().join("ledger/checkpoint");
    let old = fs::read(&checkpoint).unwrap();
    ledger.take(introduce(1, Role::Registrar), Vec::new()).unwrap();
    ledger.close().unwrap();
    let bundle = folder.path().join("ledger").join(crate::log::bundle_path(ledger.ledger().published(), 0));
    drop(ledger);
    // As from a backup of yesterday: neither the checkpoint nor what it covers is there.
    fs::write(&checkpoint, old).unwrap();
    fs::remove_file(bundle).unwrap();
    let refused = Sequencer::open(folder.path(), 0).err().unwrap().to_string();
    assert!(refused.contains("taking statements back"), "{refused}");
}

#[test]
fn a_checkpoint_that_was_decided_but_not_moved_is_moved_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = create(folder.path());
    let checkpoint = folder.path().join("ledger/checkpoint");
    let old = fs::read(&checkpoint).unwrap();
    ledger.take(introduce(1, Role::Registrar), Vec::new()).unwrap();
    ledger.close().unwrap();
    drop(ledger);
    let moved = fs::read(&checkpoint).unwrap();
    fs::write(&checkpoint, old).unwrap();
    assert_eq!(Sequencer::open(folder.path(), 0).unwrap().ledger().published(), 3);
    assert_eq!(fs::read(&checkpoint).unwrap(), moved);
}

#[test]
fn a_damaged_log_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = peopled(folder.path());
    ledger.close().unwrap();
    let size = ledger.ledger().published();
    drop(ledger);
    let bundle = folder.path().join("ledger").join(crate::log::bundle_path(size, 0));
    let mut bytes = fs::read(&bundle).unwrap();
    bytes[50] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    assert!(Sequencer::open(folder.path(), 0).is_err());
}

#[test]
fn a_ledger_has_one_writer_and_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = create(folder.path());
    let refused = Sequencer::open(folder.path(), 0).err().unwrap().to_string();
    assert!(refused.contains("one writer"), "{refused}");
    drop(ledger);
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: Vec::new(), sample: false };
    assert!(Sequencer::create(folder.path(), config, &[9; 32]).is_err());
}

#[test]
fn a_refused_statement_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = peopled(folder.path());
    let (entry, body) = passport();
    let size = ledger.ledger().size();
    assert!(matches!(ledger.take(entry.clone(), Vec::new()), Err(NodeError::MissingBody(_))));
    let mut altered = body.clone();
    altered[100] ^= 1;
    assert!(ledger.take(entry.clone(), vec![altered]).is_err());
    let mut forged = entry.clone();
    let at = forged.len() - 10;
    forged[at] ^= 1;
    assert!(matches!(ledger.take(forged, vec![body.clone()]), Err(NodeError::Statement(_))));
    assert_eq!(ledger.ledger().size(), size);
    let bodies = || fs::read_dir(folder.path().join("body")).map_or(0, Iterator::count);
    assert_eq!(bodies(), 0);
    ledger.take(entry, vec![body]).unwrap();
    assert_eq!(bodies(), 1);
}

#[test]
fn the_same_statement_again_gets_the_same_answer_before_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = peopled(folder.path());
    let (entry, body) = passport();
    let first = ledger.take(entry.clone(), vec![body.clone()]).unwrap();
    let again = Receipt { again: true, ..first };
    assert_eq!(ledger.take(entry.clone(), vec![body.clone()]).unwrap(), again);
    ledger.close().unwrap();
    drop(ledger);
    let mut reopened = Sequencer::open(folder.path(), 0).unwrap();
    assert_eq!(reopened.take(entry, vec![body]).unwrap(), again);
    assert_eq!(reopened.ledger().size(), reopened.ledger().published(), "nothing was added");
}

#[test]
fn a_refused_statement_disturbs_nobody_else_in_its_group() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = create(folder.path());
    let checked = |entry| check(Submission { statement: entry, bodies: Vec::new() }, &ledger.bodies()).unwrap();
    let accredit = |by, nonce| checked(entry(by, nonce, Body::Accredit(Accreditation { subject: signer(2).did(), role: Role::Supplier })));
    let supplier = checked(introduce(2, Role::Supplier));
    let group = vec![checked(introduce(1, Role::Registrar)), accredit(1, 8), supplier.clone(), supplier, accredit(2, 9), accredit(1, 10)];
    let refused = [group[1].statement.id, group[4].statement.id];
    let answers = ledger.take_all(group).unwrap();
    let leaves: Vec<Option<u64>> = answers.iter().map(|a| a.as_ref().ok().map(|r| r.leaf)).collect();
    assert_eq!(leaves, [Some(1), None, Some(2), Some(2), None, Some(3)], "who comes after a refused one gets the next leaf");
    assert!(answers[3].as_ref().unwrap().again);
    assert!(matches!(answers[1], Err(NodeError::Rejected(Rejection::UnknownActor(_)))));
    for (id, code) in refused.iter().zip(["unknown-actor", "no-standing"]) {
        assert!(matches!(ledger.store().standing(id).unwrap(), Some(Standing::Refused { code: c, .. }) if c == code));
    }
}

#[test]
fn a_batch_is_closed_when_its_time_has_come_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    let mut ledger = Sequencer::open(folder.path(), 300).unwrap();
    let receipt = ledger.take(introduce(1, Role::Registrar), Vec::new()).unwrap();
    let second = ledger.take(introduce(2, Role::Supplier), Vec::new()).unwrap();
    assert_eq!(receipt.batch_time, second.batch_time);
    while now() < receipt.batch_time {
        assert!(ledger.close_if_due().unwrap().is_none() || now() >= receipt.batch_time);
        std::thread::sleep(Duration::from_millis(20));
    }
    while ledger.close_if_due().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(ledger.ledger().state().batch().unwrap().time, receipt.batch_time);
    assert_eq!(ledger.ledger().size(), ledger.ledger().published());
}

#[test]
fn a_batch_dated_far_ahead_waits_for_its_time_even_across_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    let mut ledger = Sequencer::open(folder.path(), 3_600_000).unwrap();
    let receipt = ledger.take(introduce(1, Role::Registrar), Vec::new()).unwrap();
    ledger.close_early().unwrap();
    drop(ledger);
    let mut again = Sequencer::open(folder.path(), 3_600_000).unwrap();
    assert_eq!((again.ledger().published(), again.ledger().size()), (1, 2), "taken, durable, not yet published");
    let second = again.take(introduce(2, Role::Supplier), Vec::new()).unwrap();
    assert_eq!(second.batch_time, receipt.batch_time);
    let mut soon = Sequencer { batch_ms: 60_000, closing_ms: 30_000, ..again };
    soon.open_batch = None;
    assert_eq!(soon.open_for(), 60_000);
    soon.closing_ms = 90_000;
    assert_eq!(soon.open_for(), 180_000, "closing takes long, so the next batch stays open longer");
}

#[test]
fn a_copy_of_the_sample_can_be_written_to() {
    let folder = tempfile::tempdir().unwrap();
    Sequencer::create_sample(folder.path()).unwrap();
    let ledger = Sequencer::open(folder.path(), 0).unwrap();
    assert!(ledger.config().sample);
    assert_eq!(ledger.vkey(), crate::pack::SAMPLE_VKEY);
    assert!(ledger.ledger().size() > 1_000);
}

#[test]
fn statements_are_taken_while_a_pack_is_made_and_a_crash_in_between_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = peopled(folder.path());
    let (entry, body) = passport();
    let sealed = ledger.ledger().size();
    ledger.seal().unwrap();
    // It needs the standing that the sealed batch gave.
    let receipt = ledger.take(entry.clone(), vec![body.clone()]).unwrap();
    assert_eq!(receipt.leaf, sealed + 1, "the BatchClose has its leaf already");
    assert_eq!(ledger.take(entry, vec![body]).unwrap(), Receipt { again: true, ..receipt });
    assert!(receipt.batch_time > ledger.ledger().state().batch().unwrap().time);
    drop(ledger);
    let again = Sequencer::open(folder.path(), 0).unwrap();
    assert_eq!((again.leaf_of(&receipt.id).unwrap(), again.ledger().published()), (Some(receipt.leaf), sealed + 3));
    let log = again.keys.key().clone();
    drop(again);
    let terms = Terms { trust: crate::log::Policy::of_log(log), registrars: vec![signer(1).did()], sample: false };
    let replayed = replay(&Place::open(&folder.path().display().to_string()).unwrap(), &terms).unwrap();
    assert_eq!((replayed.evidence, replayed.batches, replayed.packs), (None, 3, 3));
}

#[test]
fn a_witness_that_does_not_answer_keeps_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let key = crate::log::Cosigner::from_seed("witness.example/w1", &[7; 32]).unwrap().key().clone();
    crate::node::cosigners::adopt(folder.path(), &[format!("http://{}/={key}", silent.local_addr().unwrap())]).unwrap();
    let mut ledger = Sequencer::open(folder.path(), 0).unwrap();
    ledger.take(introduce(1, Role::Registrar), Vec::new()).unwrap();
    let asked = std::thread::spawn(move || silent.accept().unwrap());
    while !asked.is_finished() {
        assert!(ledger.close_if_due().unwrap().is_none());
    }
    let started = Instant::now();
    ledger.take(introduce(2, Role::Supplier), Vec::new()).unwrap();
    assert!(ledger.is_closing() && started.elapsed() < Duration::from_secs(3), "taken while the witness is waited for");
    let refused = loop {
        if let Err(refused) = ledger.close_if_due() {
            break refused;
        }
    };
    assert!(matches!(refused, NodeError::Unwitnessed(_)));
    assert_eq!(ledger.ledger().published(), 1);
}
