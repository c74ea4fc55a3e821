//! Damaged, newer and full stores.

use crate::{ask, history, load_sample, scan, status};
use ecosphere::{
    engine::{
        Engine, SAMPLE_SOURCE,
        store::{File, Slot},
        wire::{Answer, EngineError, Request},
    },
    values::{HardLine, Profile},
};
use std::path::Path;

const CODE: &str = "https://id.ecosphere.example/01/09526001000012";

/// A folder with the sample, a profile and one scan in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open_folder(folder.path()).unwrap();
    load_sample(&engine);
    let profile = Profile { hard_lines: [HardLine::Vegan].into(), ..Profile::default() };
    ask(&engine, Request::SetProfile(profile)).unwrap();
    scan(&engine, CODE);
    folder
}

fn vegan(engine: &Engine) -> bool {
    match ask(engine, Request::Profile).unwrap() {
        Answer::Profile(profile) => profile.is_some_and(|p| p.hard_lines.contains(&HardLine::Vegan)),
        other => panic!("{other:?}"),
    }
}

fn kept(folder: &Path, name: &str) -> Vec<u8> {
    let mut found = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let path = found.find(|p| p.file_name().unwrap().to_str().unwrap().starts_with(&format!("{name}.damaged-"))).unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn everything_is_there_after_reopening() {
    let folder = folder();
    let engine = Engine::open_folder(folder.path()).unwrap();
    assert!(vegan(&engine));
    assert_eq!(history(&engine)[0].code, CODE);
    let status = status(&engine);
    assert!(status.durable && status.notices.is_empty());
    assert!(status.snapshot.is_some_and(|s| s.sample && !s.stale && s.products > 0));
}

#[test]
fn a_damaged_snapshot_is_moved_aside_said_and_rebuilt_while_the_profile_stays() {
    for damage in [b"this is no database at all".to_vec(), Vec::from([0x5a; 20_000])] {
        let folder = folder();
        std::fs::write(folder.path().join("ledger.db"), &damage).unwrap();
        let engine = Engine::open_folder(folder.path()).unwrap();
        assert!(status(&engine).notices[0].contains("ledger.db.damaged-"));
        assert_eq!(kept(folder.path(), "ledger.db"), damage);
        // The sample is inside the app, so opening a session brings it back at once.
        let Answer::Status(opened) = ask(&engine, Request::Open).unwrap() else { panic!() };
        assert!(opened.snapshot.is_some());
        assert!(vegan(&engine));
        assert!(history(&engine)[0].number.is_some());
    }
}

#[test]
fn damage_in_the_middle_of_a_snapshot_is_found_and_never_shown_as_a_fact() {
    let folder = folder();
    let path = folder.path().join("ledger.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    for page in bytes[4096..half].chunks_mut(4096) {
        page[..64].fill(0xff);
    }
    std::fs::write(&path, &bytes).unwrap();
    let engine = Engine::open_folder(folder.path()).unwrap();
    assert!(!status(&engine).notices.is_empty());
    ask(&engine, Request::Open).unwrap();
    assert!(scan(&engine, CODE).subject.is_some());
}

#[test]
fn a_damaged_personal_file_is_moved_aside_named_and_a_new_one_started() {
    let folder = folder();
    std::fs::write(folder.path().join("mine.db"), "scribble").unwrap();
    let engine = Engine::open_folder(folder.path()).unwrap();
    let status = status(&engine);
    assert!(status.notices[0].contains("mine.db.damaged-") && status.snapshot.is_some());
    assert_eq!(kept(folder.path(), "mine.db"), b"scribble");
    assert!(!vegan(&engine) && history(&engine).is_empty());
    ask(&engine, Request::SetProfile(Profile::default())).unwrap();
}

#[test]
fn what_is_erased_does_not_live_on_in_copies() {
    let folder = folder();
    std::fs::write(folder.path().join("mine.db"), "scribble").unwrap();
    let engine = Engine::open_folder(folder.path()).unwrap();
    scan(&engine, "https://id.example/01/09526001000012?zqxjv");
    ask(&engine, Request::EraseMine).unwrap();
    assert!(history(&engine).is_empty());
    drop(engine);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.starts_with(b"scribble") && !bytes.windows(6).any(|w| w == b"?zqxjv"));
    }
}

#[test]
fn a_personal_file_of_a_newer_app_is_left_alone() {
    let folder = folder();
    let path = folder.path().join("mine.db");
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(Engine::open_folder(folder.path()), Err(EngineError::Store(why)) if why.contains("newer")));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn on_a_full_disk_a_sync_fails_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open_folder(folder.path()).unwrap();
    engine.store_for_tests().limit_pages(File::Ledger(Slot::HOME), 30).unwrap();
    let result = ask(&engine, Request::Sync { url: SAMPLE_SOURCE.into(), key: None });
    assert_eq!(result, Err(EngineError::DiskFull));
    assert!(status(&engine).snapshot.is_none());
    // Room again: the same engine takes the snapshot.
    engine.store_for_tests().limit_pages(File::Ledger(Slot::HOME), 1_000_000).unwrap();
    assert!(load_sample(&engine).snapshot.is_some());
}

#[test]
fn on_a_full_disk_the_old_snapshot_and_the_history_stay() {
    let folder = folder();
    let engine = Engine::open_folder(folder.path()).unwrap();
    engine.store_for_tests().limit_pages(File::Mine, 1).unwrap();
    let full = (0..50)
        .map(|n| ask(&engine, Request::ScanText(format!("https://id.example/01/09526001000012/21/{n}?x={}", "x".repeat(1_500)))))
        .find(Result::is_err);
    assert_eq!(full, Some(Err(EngineError::DiskFull)));
    drop(engine);
    let engine = Engine::open_folder(folder.path()).unwrap();
    assert!(vegan(&engine) && status(&engine).notices.is_empty());
    assert!(history(&engine).iter().any(|row| row.code == CODE));
}

#[test]
fn a_process_that_dies_while_a_pack_is_applied_leaves_the_old_snapshot() {
    let folder = folder();
    let path = folder.path().join("ledger.db");
    // What the transaction of a process that died leaves: pages written, a journal that was not removed.
    {
        let c = rusqlite::Connection::open(&path).unwrap();
        c.execute_batch("PRAGMA cache_size = 2; PRAGMA synchronous = OFF; BEGIN; DELETE FROM subject; DELETE FROM snapshot; CREATE TABLE filler (x BLOB); INSERT INTO filler SELECT randomblob(200000);").unwrap();
        assert!(folder.path().join("ledger.db-journal").exists());
        let (db, journal) = (std::fs::read(&path).unwrap(), std::fs::read(folder.path().join("ledger.db-journal")).unwrap());
        drop(c);
        std::fs::write(&path, db).unwrap();
        std::fs::write(folder.path().join("ledger.db-journal"), journal).unwrap();
    }
    let engine = Engine::open_folder(folder.path()).unwrap();
    let status = status(&engine);
    assert!(status.notices.is_empty() && status.snapshot.is_some_and(|s| s.products > 0));
    assert!(scan(&engine, CODE).subject.is_some());
}

#[test]
fn a_memory_store_says_that_it_does_not_last() {
    let engine = Engine::open_memory().unwrap();
    assert!(!status(&engine).durable);
}
