//! Hostile and broken ledgers: nothing of them is used, and the old snapshot stays.

use crate::{
    NOW,
    book::{Book, ORIGIN},
    fake::{Fake, Trick},
    now, scan, status,
};
use ecosphere::{
    engine::{Engine, wire::EngineError},
    log::Policy,
    measure::Millis,
    passport::Outcome,
};

const FIRST: &str = "03017620422003";
const SECOND: &str = "04006381333931";

fn sync(engine: &Engine, source: &Fake, policy: &Policy) -> Result<bool, EngineError> {
    now(engine.sync_from(source, policy, NOW))
}

/// A device that holds the first batch, and a ledger that has a second.
fn device() -> (Engine, Book) {
    let engine = Engine::open_memory().unwrap();
    let mut book = Book::new(ORIGIN, "log");
    assert!(sync(&engine, &Fake::new(&book.files), &book.policy()).unwrap());
    book.product(SECOND, "Another spread");
    book.close();
    (engine, book)
}

/// After a failed sync the device answers as before it.
fn unharmed(engine: &Engine) {
    let held = status(engine).snapshot.unwrap();
    assert_eq!((held.batch, held.products), (1, 1));
    assert_eq!(scan(engine, FIRST).outcome, Outcome::Unsealed);
    assert_eq!(scan(engine, SECOND).outcome, Outcome::NotInSnapshot);
}

#[track_caller]
fn refused(result: Result<bool, EngineError>, part: &str) {
    match result {
        Err(EngineError::Untrusted(why)) => assert!(why.contains(part), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_newer_batch_replaces_the_snapshot_and_the_same_one_changes_nothing() {
    let (engine, book) = device();
    let source = Fake::new(&book.files);
    assert!(sync(&engine, &source, &book.policy()).unwrap());
    assert_eq!(scan(&engine, SECOND).outcome, Outcome::Unsealed);
    source.asked.borrow_mut().clear();
    assert!(!sync(&engine, &source, &book.policy()).unwrap());
    assert_eq!(*source.asked.borrow(), [("checkpoint".to_owned(), 0)], "one question when nothing is new");
}

#[test]
fn no_request_depends_on_what_was_scanned() {
    let asked = |codes: &[&str]| {
        let (engine, book) = device();
        for code in codes {
            scan(&engine, code);
        }
        let source = Fake::new(&book.files);
        sync(&engine, &source, &book.policy()).unwrap();
        source.asked.take()
    };
    assert_eq!(asked(&[]), asked(&[FIRST, SECOND, "https://id.example.org/01/09506000134352"]));
}

#[test]
fn a_pack_file_cut_short_or_changed_in_a_bit_or_without_end_is_refused() {
    for trick in [Trick::Cut, Trick::Flip, Trick::Endless] {
        for at in 0..2 {
            let (engine, book) = device();
            let path = book.pack_files()[at].clone();
            let result = sync(&engine, &Fake::new(&book.files).with(&path, trick), &book.policy());
            assert!(matches!(result, Err(EngineError::Untrusted(_))), "{trick:?} {at}: {result:?}");
            unharmed(&engine);
            // Nothing bad is left over: the honest ledger is taken afterwards.
            assert!(sync(&engine, &Fake::new(&book.files), &book.policy()).unwrap());
        }
    }
}

#[test]
fn every_file_that_is_spoiled_or_missing_stops_the_sync_without_harm() {
    let (_, book) = device();
    let source = Fake::new(&book.files);
    sync(&Engine::open_memory().unwrap(), &source, &book.policy()).unwrap();
    for (path, _) in source.asked.take() {
        for trick in [Trick::Cut, Trick::Flip, Trick::Endless, Trick::Missing] {
            let (engine, book) = device();
            let result = sync(&engine, &Fake::new(&book.files).with(&path, trick), &book.policy());
            assert!(matches!(result, Err(EngineError::Untrusted(_) | EngineError::Offline(_))), "{path} {trick:?}: {result:?}");
            unharmed(&engine);
        }
    }
}

#[test]
fn a_ledger_of_another_name_or_key_is_refused() {
    let (engine, book) = device();
    let other = Book::new("ecosphere.example/other", "log");
    refused(sync(&engine, &Fake::new(&other.files), &book.policy()), "checkpoint");
    // The right name, signed by another log.
    let forged = Book::new(ORIGIN, "another log");
    refused(sync(&engine, &Fake::new(&forged.files), &book.policy()), "checkpoint");
    unharmed(&engine);
}

#[test]
fn a_pack_of_another_ledger_behind_a_good_checkpoint_is_refused() {
    let (engine, book) = device();
    let other = Book::new("ecosphere.example/other", "log");
    let mut files = book.files.clone();
    for (good, bad) in book.pack_files().iter().zip(other.pack_files()) {
        files.insert(good.clone(), other.files[&bad].clone());
    }
    assert!(matches!(sync(&engine, &Fake::new(&files), &book.policy()), Err(EngineError::Untrusted(_))));
    unharmed(&engine);
}

#[test]
fn a_ledger_that_goes_back_is_refused() {
    let engine = Engine::open_memory().unwrap();
    let mut book = Book::new(ORIGIN, "log");
    let old = Fake::new(&book.files);
    book.product(SECOND, "Another spread");
    book.close();
    assert!(sync(&engine, &Fake::new(&book.files), &book.policy()).unwrap());
    refused(sync(&engine, &old, &book.policy()), "went back");
    assert_eq!(scan(&engine, SECOND).outcome, Outcome::Unsealed);
}

#[test]
fn a_ledger_that_rewrote_its_history_is_refused() {
    let (engine, book) = device();
    assert!(sync(&engine, &Fake::new(&book.files), &book.policy()).unwrap());
    // The same log key and first batch, but another second one.
    let mut other = Book::new(ORIGIN, "log");
    other.product("05000112637922", "Something else");
    other.close();
    refused(sync(&engine, &Fake::new(&other.files), &book.policy()), "different history");
    other.product(SECOND, "Another spread");
    other.close();
    refused(sync(&engine, &Fake::new(&other.files), &book.policy()), "rewrote");
    assert_eq!(status(&engine).snapshot.unwrap().batch, 2);
}

#[test]
fn a_batch_from_the_future_is_refused() {
    let book = Book::new(ORIGIN, "log");
    let engine = Engine::open_memory().unwrap();
    let early = Millis(NOW.0 - 30 * Millis::DAY);
    refused(now(engine.sync_from(&Fake::new(&book.files), &book.policy(), early)), "clock");
    assert!(status(&engine).snapshot.is_none());
}

#[test]
fn an_interruption_at_any_file_is_resumed_where_it_broke_off() {
    let (_, book) = device();
    for path in book.pack_files().into_iter().filter(|path| book.files[path].len() > 100) {
        for ranges in [true, false] {
            let (engine, book) = device();
            let source = Fake::new(&book.files).with(&path, Trick::Break(100));
            assert!(matches!(sync(&engine, &source, &book.policy()), Err(EngineError::Offline(_))));
            unharmed(&engine);
            source.tricks.borrow_mut().clear();
            source.no_ranges.set(!ranges);
            source.asked.borrow_mut().clear();
            assert!(sync(&engine, &source, &book.policy()).unwrap());
            let asked = source.asked.borrow();
            assert_eq!(asked.iter().find(|(p, _)| *p == path).unwrap().1, 100, "what came is not fetched again");
            assert_eq!(scan(&engine, SECOND).outcome, Outcome::Unsealed);
        }
    }
}

#[test]
fn a_download_that_breaks_off_again_and_again_gets_there() {
    let (engine, book) = device();
    let mut source = Fake::new(&book.files);
    for path in book.pack_files() {
        source = source.with(&path, Trick::Break(200));
    }
    let tries = (1..500).find(|_| sync(&engine, &source, &book.policy()).is_ok());
    assert!(tries.is_some_and(|n| n > 3), "{tries:?}");
    assert_eq!(scan(&engine, SECOND).outcome, Outcome::Unsealed);
}
