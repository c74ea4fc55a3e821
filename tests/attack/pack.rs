//! Attacks by what is in the files: whoever holds the server, and where it says so also the log's key.

use super::*;
use ecosphere::{
    log::{Cosigner, LogSigner},
    node::NodeError,
    pack::{Manifest, PackFile, Patch, Tier, decode_delta, decode_head, encode_delta, encode_head},
    state::Rejection,
    statement::Body,
};
use sha2::{Digest as _, Sha256};

fn newest_manifest(files: &BTreeMap<String, Vec<u8>>) -> Manifest {
    files.values().filter_map(|b| serde_json::from_slice(b).ok()).max_by_key(|m: &Manifest| m.batch).unwrap()
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[test]
fn rollback_an_older_checkpoint_is_refused_even_when_the_snapshot_was_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Book::new(ORIGIN, "log");
    let old = book.files.clone();
    book.product(SECOND, "Another spread");
    book.close();
    let engine = Engine::open_folder(folder.path()).unwrap();
    assert!(sync_files(&engine, &book.files, &book.policy()).unwrap());
    let back = sync_files(&engine, &old, &book.policy());
    assert!(matches!(&back, Err(EngineError::Untrusted(why)) if why.contains("went back")), "{back:?}");
    assert_eq!(scan(&engine, SECOND, NOW).outcome, Outcome::Unsealed);
    drop(engine);
    std::fs::remove_file(folder.path().join("ledger.db")).unwrap();
    let engine = Engine::open_folder(folder.path()).unwrap();
    let back = sync_files(&engine, &old, &book.policy());
    assert!(matches!(&back, Err(EngineError::Untrusted(why)) if why.contains("went back")), "{back:?}");
    assert!(sync_files(&engine, &book.files, &book.policy()).unwrap(), "the honest ledger fills it again");
}

#[test]
fn fast_forward_a_checkpoint_far_ahead_does_not_lock_the_honest_ledger_out() {
    let (engine, book) = device();
    let signer = LogSigner::from_seed(ORIGIN, &book::seed("log")).unwrap();
    let far = ecosphere::log::Checkpoint { origin: ORIGIN.into(), size: 1 << 40, root: [7; 32] }.sign(&signer);
    let mut files = book.files.clone();
    files.insert("checkpoint".into(), far.into_bytes());
    refused(&engine, sync_files(&engine, &files, &book.policy()), "it has no tile");
    // A batch from the future, complete in every other respect: its head says the same.
    let future = Millis(NOW.0 + 400 * Millis::DAY);
    let files = book.forged(
        |m, files| {
            (m.time_ms, m.deltas) = (future, Vec::new());
            let file = m.files.iter_mut().find(|f| f.name == "index/head").unwrap();
            let mut head = decode_head(&file.open(&files[&file.path()]).unwrap()).unwrap();
            head.time = future;
            let raw = encode_head(&head).unwrap();
            let packed = zstd::bulk::compress(&raw, 1).unwrap();
            (file.sha256, file.size) = (digest(&packed), packed.len() as u64);
            (file.raw_sha256, file.raw_size) = (digest(&raw), raw.len() as u64);
            files.insert(file.path(), packed);
        },
        |draft| {
            let Body::BatchClose(close) = &mut draft.body else { panic!() };
            close.time_ms = future;
            draft.expires = Millis(future.0 + Millis::DAY);
        },
    );
    refused(&engine, sync_files(&engine, &files, &book.policy()), "ahead of this device's clock");
    assert!(sync_files(&engine, &book.files, &book.policy()).unwrap(), "neither is remembered");
}

#[test]
fn indefinite_freeze_the_same_checkpoint_for_ever_is_said_to_be_old() {
    let (engine, _) = device();
    let frozen = Book::new(ORIGIN, "log");
    let later = Millis(NOW.0 + 10 * Millis::DAY);
    assert!(!now(engine.sync_from(&Fake::new(&frozen.files), &frozen.policy(), later)).unwrap());
    let held = status(&engine, later).snapshot.unwrap();
    assert!(held.stale && held.days == 12, "{} days", held.days);
    assert!(scan(&engine, FIRST, later).stale);
    assert!(!scan(&engine, FIRST, NOW).stale);
}

#[test]
fn mix_and_match_files_of_two_snapshots_are_refused() {
    let (engine, book) = device();
    let old = Book::new(ORIGIN, "log");
    for (new, old_path) in book.pack_files().iter().zip(old.pack_files()) {
        let mut files = book.files.clone();
        files.insert(new.clone(), old.files[&old_path].clone());
        refused(&engine, sync_files(&engine, &files, &book.policy()), "pack file");
    }
    // The new checkpoint and leaves, but the operator's new batch names the old pack's index.
    let old_manifest = newest_manifest(&old.files);
    let files = book.forged(
        |m, files| {
            m.deltas.clear();
            m.files = old_manifest.files.clone();
            files.extend(old.files.iter().filter(|(path, _)| path.starts_with("pack/")).map(|(p, b)| (p.clone(), b.clone())));
        },
        |_| (),
    );
    refused(&engine, sync_files(&engine, &files, &book.policy()), "another ledger or batch");
}

#[test]
fn mix_and_match_files_of_two_markets_are_refused() {
    let (engine, mut book) = device();
    let third = "09506000134352";
    book.product(third, "A third spread");
    for (name, country, gtin) in [("groen", "NL", SECOND), ("gruen", "DE", third)] {
        book.retailer(name);
        book.sheet(name, &[country], &[gtin]);
    }
    book.close();
    ask(&engine, Request::SetMarket("nl".into()), NOW);
    let (world, dutch, german) = (book.manifest(), book.market("nl"), book.market("de"));
    for file in dutch.index().chain(dutch.dossiers()) {
        let mut files = book.files.clone();
        files.insert(file.path(), files[&german.file(&file.name).unwrap().path()].clone());
        refused(&engine, sync_files(&engine, &files, &book.policy()), "pack file");
    }
    // The whole pack of the other market where this one's should be.
    let [de, nl] = [world.market("de").unwrap().path(), world.market("nl").unwrap().path()];
    let mut files = book.files.clone();
    files.insert(nl, files[&de].clone());
    refused(&engine, sync_files(&engine, &files, &book.policy()), "not the one that the log's last leaf names");
    // The operator's own word for it.
    let files = book.forged(|world, _| world.markets[1].manifest = world.markets[0].manifest, |_| ());
    refused(&engine, sync_files(&engine, &files, &book.policy()), "another market");
    // A manifest of this market that names the other one's index.
    let files = book.forged(
        |world, files| {
            let bytes = Manifest { files: german.files.clone(), ..dutch.clone() }.encode().unwrap();
            world.markets[1].manifest = digest(&bytes);
            files.insert(world.markets[1].path(), bytes);
        },
        |_| (),
    );
    refused(&engine, sync_files(&engine, &files, &book.policy()), "another ledger or batch");
    assert!(sync_files(&engine, &book.files, &book.policy()).unwrap());
    assert_eq!(scan(&engine, SECOND, NOW).outcome, Outcome::Unsealed);
}

#[test]
fn wrong_ledger_another_name_another_key_or_another_ledgers_statement_is_refused() {
    let (engine, book) = device();
    let other = Book::new("ecosphere.example/other", "log");
    refused(&engine, sync_files(&engine, &other.files, &book.policy()), "names another log");
    refused(&engine, sync_files(&engine, &Book::new(ORIGIN, "another log").files, &book.policy()), "signature is missing");
    // The same key signs for two ledgers, and a batch of the one is shown as the other's.
    let files = book.forged(|_, _| (), |draft| draft.ledger = "ecosphere.example/other".into());
    refused(&engine, sync_files(&engine, &files, &book.policy()), "for the ledger ecosphere.example/other");
    let files = book.forged(|m, _| m.ledger = "ecosphere.example/other".into(), |_| ());
    refused(&engine, sync_files(&engine, &files, &book.policy()), "for the ledger ecosphere.example/other");
}

#[test]
fn key_compromise_a_rewritten_log_is_refused_and_kept_as_evidence_until_the_person_changes_the_policy() {
    let (engine, honest) = device();
    let mut thief = Book::new(ORIGIN, "log");
    thief.product("05000112637922", "Something else");
    thief.close();
    assert!(sync_files(&engine, &honest.files, &honest.policy()).unwrap());
    let rewritten = sync_files(&engine, &thief.files, &honest.policy());
    assert!(matches!(&rewritten, Err(EngineError::Untrusted(why)) if why.contains("different history") && why.contains("evidence")), "{rewritten:?}");
    thief.product("07622210449283", "More");
    thief.close();
    let rewritten = sync_files(&engine, &thief.files, &honest.policy());
    assert!(matches!(&rewritten, Err(EngineError::Untrusted(why)) if why.contains("rewrote")), "{rewritten:?}");
    assert_eq!(scan(&engine, SECOND, NOW).outcome, Outcome::Unsealed);
    // Both checkpoints, each signed by the log, and the proof that does not hold.
    assert_eq!(status(&engine, NOW).evidence, 2);
    let Answer::Text(text) = ask(&engine, Request::Evidence, NOW) else { panic!() };
    let evidence: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (n, (path, proof)) in [("offered", false), ("offered", true)].into_iter().enumerate() {
        let signed = |name: &str| honest.policy().open(evidence[n][name].as_str().unwrap()).unwrap().checkpoint;
        assert_ne!(signed("trusted"), signed(path));
        assert_eq!(evidence[n]["consistency_proof"].as_array().unwrap().is_empty(), !proof);
    }
    // A second showing of the same adds nothing.
    assert!(sync_files(&engine, &thief.files, &honest.policy()).is_err());
    assert_eq!(status(&engine, NOW).evidence, 2);
    // The operator begins anew with another key: nobody takes that silently, and once the person says so it is taken.
    let fresh = Book::new(ORIGIN, "new log key");
    assert!(sync_files(&engine, &fresh.files, &honest.policy()).is_err());
    assert!(sync_files(&engine, &fresh.files, &fresh.policy()).unwrap());
    assert!(sync_files(&engine, &thief.files, &fresh.policy()).is_err(), "the stolen key is worth nothing now");
}

#[test]
fn a_log_key_without_its_witnesses_or_with_a_clock_of_its_own_is_refused() {
    let (engine, book) = device();
    let witness = Cosigner::from_seed("witness.example/w1", &[2; 32]).unwrap();
    let policy = Policy::parse(&format!("log {}\nwitness w1 {}\nquorum w1\n", book.key(), witness.key())).unwrap();
    refused(&engine, sync_files(&engine, &book.files, &policy), "w1");
    let seen_at = |seconds: i64| {
        let mut files = book.files.clone();
        let note = String::from_utf8(files["checkpoint"].clone()).unwrap();
        let signed = witness.cosign(&note, seconds.unsigned_abs()).unwrap();
        files.insert("checkpoint".into(), format!("{note}{signed}").into_bytes());
        files
    };
    let time = ecosphere::statement::verify(book.entries().last().unwrap()).unwrap();
    let Body::BatchClose(close) = time.body else { panic!() };
    let closed = close.time_ms.0 / 1000;
    for off in [-301, 301] {
        refused(&engine, sync_files(&engine, &seen_at(closed + off), &policy), "its witnesses saw it at");
    }
    assert!(sync_files(&engine, &seen_at(closed + 299), &policy).unwrap());
}

/// A ledger large enough that a delta pays.
fn large() -> (Engine, Book) {
    let mut book = Book::new(ORIGIN, "log");
    for n in 0..120 {
        book.product(&format!("2{n:012}"), &format!("Spread number {n}, in a jar"));
    }
    book.close();
    let engine = Engine::open_memory().unwrap();
    assert!(sync_files(&engine, &book.files, &book.policy()).unwrap());
    book.product(SECOND, "Another spread");
    book.close();
    (engine, book)
}

#[test]
fn altered_delta_is_not_used_the_whole_pack_is_fetched_and_the_person_is_told() {
    let (engine, book) = large();
    let asked = Fake::new(&book.files);
    let reference = Engine::open_memory().unwrap();
    assert!(sync_files(&reference, &book.files, &book.policy()).unwrap());
    let delta = |m: &Manifest| m.deltas.last().unwrap().files.iter().find(|f| f.tier == Tier::Index).unwrap().clone();
    let newest = newest_manifest(&book.files);
    let base = &book.files[&format!("pack/{}", hex::encode(newest.deltas.last().unwrap().base))];
    let old_rows = serde_json::from_slice::<Manifest>(base).unwrap().file("index/rows/0").unwrap().clone();
    let file = delta(&newest);
    // On its way: a bit is another.
    let (altered, told) = (large().0, "short update");
    assert!(sync(&altered, &Fake::new(&book.files).with(&file.path(), fake::Trick::Flip), &book.policy()).unwrap());
    assert!(status(&altered, NOW).notices.iter().any(|n| n.contains(told)));
    assert_eq!(scan(&altered, SECOND, NOW).subject.unwrap().name, "Another spread");
    // At its source: it is what the manifest names, and makes something else than the manifest promises.
    let files = book.forged(
        |m, files| {
            let mut patches = decode_delta(&file.open(&files[&file.path()]).unwrap()).unwrap();
            let at = patches.iter().position(|p| p.name.starts_with("index/rows/")).unwrap();
            // The old rows, and new ones in which a name is another: all of it fits together, only it is not what the manifest promises.
            let old = old_rows.open(&files[&old_rows.path()]).unwrap();
            let mut new = patches[at].apply(&old).unwrap();
            let name = new.windows(7).position(|w| w == b"Another").unwrap();
            new[name + 2] = b'u';
            patches[at] = Patch::between("index/rows/0", &old, &new);
            let raw = encode_delta(&patches).unwrap();
            let packed = zstd::bulk::compress(&raw, 1).unwrap();
            let step = m.deltas.last_mut().unwrap();
            let slot = step.files.iter_mut().find(|f| f.tier == Tier::Index).unwrap();
            (slot.sha256, slot.size) = (digest(&packed), packed.len() as u64);
            (slot.raw_sha256, slot.raw_size) = (digest(&raw), raw.len() as u64);
            let path = slot.path();
            files.insert(path, packed);
        },
        |_| (),
    );
    let (altered, _) = large();
    assert!(sync_files(&altered, &files, &book.policy()).unwrap());
    assert!(status(&altered, NOW).notices.iter().any(|n| n.contains(told)));
    assert_eq!(scan(&altered, SECOND, NOW).subject.unwrap().name, "Another spread");
    // The honest delta is taken, is all that is fetched of the index, and gives what the whole pack gives.
    assert!(sync(&engine, &asked, &book.policy()).unwrap());
    assert!(status(&engine, NOW).notices.is_empty());
    let rows = newest.file("index/rows/0").unwrap().path();
    let asked: Vec<String> = asked.asked.take().into_iter().map(|(path, _)| path).collect();
    assert!(asked.contains(&file.path()) && !asked.contains(&rows), "{asked:?}");
    for code in [FIRST, SECOND] {
        assert_eq!(scan(&engine, code, NOW), scan(&reference, code, NOW));
    }
    // Neither delta nor whole: the old snapshot stays.
    let (altered, _) = large();
    let source = Fake::new(&book.files).with(&file.path(), fake::Trick::Flip).with(&rows, fake::Trick::Flip);
    assert!(matches!(sync(&altered, &source, &book.policy()), Err(EngineError::Untrusted(_))));
    assert_eq!(scan(&altered, FIRST, NOW).outcome, Outcome::Unsealed);
    assert_eq!(scan(&altered, SECOND, NOW).outcome, Outcome::NotInSnapshot);
}

#[test]
fn interruption_in_a_delta_of_many_steps_leaves_the_old_snapshot_and_the_next_try_goes_on() {
    let (_, mut book) = large();
    // Two more batches, so that a device of the first lacks three steps.
    for (gtin, name) in [("05000112637922", "Something else"), ("07622210449283", "More")] {
        book.product(gtin, name);
        book.close();
    }
    let reference = Engine::open_memory().unwrap();
    assert!(sync_files(&reference, &book.files, &book.policy()).unwrap());
    let source = Fake::new(&book.files);
    assert!(sync(&large().0, &source, &book.policy()).unwrap());
    let manifest = newest_manifest(&book.files);
    let steps: Vec<String> = manifest.deltas.iter().flat_map(|step| &step.files).map(PackFile::path).collect();
    let asked: Vec<String> = source.asked.take().into_iter().map(|(path, _)| path).filter(|path| steps.contains(path)).collect();
    assert!(asked.len() >= 3, "three steps: {asked:?}");
    for (at, path) in asked.iter().enumerate() {
        let (engine, _) = large();
        let broken = Fake::new(&book.files).with(path, fake::Trick::Break(20));
        let result = sync(&engine, &broken, &book.policy());
        assert!(matches!(&result, Err(EngineError::Offline(_))), "{result:?}");
        let held = status(&engine, NOW).snapshot.unwrap();
        assert_eq!((held.batch, held.products), (2, 121), "nothing of the steps that came is in use");
        assert_eq!(scan(&engine, FIRST, NOW).outcome, Outcome::Unsealed);
        assert_eq!(scan(&engine, SECOND, NOW).outcome, Outcome::NotInSnapshot);
        let source = Fake::new(&book.files);
        assert!(sync(&engine, &source, &book.policy()).unwrap());
        let again = source.asked.take();
        assert!(asked[..at].iter().all(|done| again.iter().all(|(path, _)| path != done)), "steps that came whole are not fetched again");
        assert!(again.contains(&(path.clone(), 20)), "the one that broke off goes on: {again:?}");
        assert!(status(&engine, NOW).notices.is_empty());
        for code in [FIRST, SECOND, "05000112637922", "07622210449283"] {
            assert_eq!(scan(&engine, code, NOW), scan(&reference, code, NOW));
        }
    }
}

#[test]
fn replayed_statement_is_not_taken_twice_by_the_same_ledger() {
    let mut book = Book::new(ORIGIN, "log");
    let entry = book.registration("newcomer", |_| ());
    book.send(entry.clone()).unwrap();
    assert!(matches!(book.send(entry.clone()), Err(NodeError::Rejected(Rejection::Replayed))));
    book.close();
    assert!(matches!(book.send(entry), Err(NodeError::Rejected(Rejection::Replayed))), "also in a later batch");
}

#[test]
fn replayed_statement_of_another_ledger_is_not_taken() {
    let mut book = Book::new(ORIGIN, "log");
    let mut other = Book::new("ecosphere.example/other", "log");
    let entry = other.registration("newcomer", |_| ());
    other.send(entry.clone()).unwrap();
    assert!(matches!(book.send(entry), Err(NodeError::Rejected(Rejection::WrongLedger(_)))));
}

#[test]
fn expired_statement_and_one_that_would_be_remembered_for_ever_are_not_taken() {
    let mut book = Book::new(ORIGIN, "log");
    let expired = book.registration("late", |draft| draft.expires = Millis(NOW.0 - 30 * Millis::DAY));
    assert!(matches!(book.send(expired), Err(NodeError::Rejected(Rejection::Expired(_)))));
    let eternal = book.registration("eternal", |draft| draft.expires = Millis(NOW.0 + 31 * Millis::DAY));
    assert!(matches!(book.send(eternal), Err(NodeError::Rejected(Rejection::ExpiresTooLate(_)))));
}

#[test]
fn oversized_entry_is_neither_taken_by_the_log_nor_read_by_the_device() {
    let (engine, mut book) = device();
    let large = book.send(vec![b' '; 65_536]).unwrap_err().to_string();
    assert!(large.contains("has 65536 bytes"), "{large}");
    let mut files = book.files.clone();
    let bundle = files.keys().filter(|path| path.starts_with("tile/entries/")).max_by_key(|path| book.files[*path].len()).unwrap().clone();
    files.insert(bundle, vec![0; 256 * (2 + 65_535) + 1]);
    refused(&engine, sync_files(&engine, &files, &book.policy()), "without end");
}

#[test]
fn decompression_bomb_is_not_inflated() {
    let (engine, book) = device();
    let zeros = zstd::bulk::compress(&vec![0; 64 << 20], 19).unwrap();
    assert!(zeros.len() < 10_000);
    let bomb = |packed: &[u8], raw_size: u64| {
        book.forged(
            |m, files| {
                m.deltas.clear();
                let file = m.files.iter_mut().find(|f| f.name == "index/rows/0").unwrap();
                (file.sha256, file.size, file.raw_size) = (digest(packed), packed.len() as u64, raw_size);
                file.raw_sha256 = digest(&vec![0; usize::try_from(raw_size.min(64 << 20)).unwrap()]);
                let path = file.path();
                files.insert(path, packed.to_vec());
            },
            |_| (),
        )
    };
    // It says that it is small, or it says what it is.
    for (size, why) in [(1_000, "not as long as"), (64 << 20, "do not fit")] {
        refused(&engine, sync_files(&engine, &bomb(&zeros, size), &book.policy()), why);
    }
    // It says that it is beyond all bounds: then nothing of the pack is even asked for.
    let source = Fake::new(&bomb(&zeros, 1 << 40));
    refused(&engine, sync(&engine, &source, &book.policy()), "larger than any device takes");
    let at = newest_manifest(&source.files).file("index/rows/0").unwrap().path();
    assert!(source.files.contains_key(&at) && source.asked.take().iter().all(|(path, _)| *path != at));
    // A frame of one byte that asks for a window of 64 MiB (RFC 8878, 3.1.1.1.2) before it says so.
    let window = [0x28, 0xb5, 0x2f, 0xfd, 0, 16 << 3, 0b1001, 0, 0, 7];
    refused(&engine, sync_files(&engine, &bomb(&window, 1), &book.policy()), "larger than any device takes");
    assert!(sync_files(&engine, &book.files, &book.policy()).unwrap());
}

#[test]
fn a_pack_of_which_a_later_file_is_none_changes_nothing_in_the_store_either() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Book::new(ORIGIN, "log");
    let engine = Engine::open_folder(folder.path()).unwrap();
    assert!(sync_files(&engine, &book.files, &book.policy()).unwrap());
    book.product(SECOND, "Another spread");
    book.retailer("groen");
    book.sheet("groen", &["NL"], &[SECOND]);
    book.close();
    // It is what the operator signed; only its prices, which come after its rows, are none.
    let files = book.forged(
        |m, files| {
            m.deltas.clear();
            let file = m.files.iter_mut().find(|f| f.name == "index/prices/0").unwrap();
            let raw = [0xff; 40];
            let packed = zstd::bulk::compress(&raw, 1).unwrap();
            (file.sha256, file.size) = (digest(&packed), packed.len() as u64);
            (file.raw_sha256, file.raw_size) = (digest(&raw), raw.len() as u64);
            files.insert(file.path(), packed);
        },
        |_| (),
    );
    refused(&engine, sync_files(&engine, &files, &book.policy()), "");
    drop(engine);
    let engine = Engine::open_folder(folder.path()).unwrap();
    as_before(&engine);
    assert!(sync_files(&engine, &book.files, &book.policy()).unwrap());
    assert_eq!(scan(&engine, SECOND, NOW).outcome, Outcome::Unsealed);
}

#[test]
fn path_tricks_in_a_manifest_are_refused() {
    let (engine, book) = device();
    for name in
        ["../mine.db", "/etc/passwd", "index/../../x", "dossier/0/../../x", "index/rows/00", "index/rows/7", "dossier/99/0", "index\\head", ""]
    {
        let files = book.forged(|m, _| m.files.iter_mut().find(|f| f.name == "index/rows/0").unwrap().name = name.into(), |_| ());
        refused(&engine, sync_files(&engine, &files, &book.policy()), "no place for a file");
    }
    // The same file twice.
    let files = book.forged(|m, _| m.files.extend(m.files.clone()), |_| ());
    refused(&engine, sync_files(&engine, &files, &book.policy()), "no place for a file");
    // The log names the manifest by something that is no digest.
    let files = book.forged(
        |_, _| (),
        |draft| {
            let Body::BatchClose(close) = &mut draft.body else { panic!() };
            close.manifest = Some(format!("../{}", "a".repeat(61)));
        },
    );
    refused(&engine, sync_files(&engine, &files, &book.policy()), "no digest");
}
