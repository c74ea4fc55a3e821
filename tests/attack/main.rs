//! Hostile servers: each plays one attack, most of them from the list of The Update Framework (TUF, "Attacks and weaknesses"). The device must
//! refuse, go on answering from its last good snapshot, and say what happened. Each test fails when the guard it is about is removed.
#![cfg(feature = "node")]

#[path = "../engine/book.rs"]
mod book;
#[path = "../engine/fake.rs"]
#[allow(dead_code, reason = "the engine's own tests play other tricks")]
mod fake;
mod log;
mod pack;
mod transport;
mod witness;

use book::{Book, ORIGIN};
use ecosphere::{
    engine::{
        Engine,
        source::Source,
        wire::{Answer, EngineError, Request, ScanResult, Status},
    },
    log::Policy,
    measure::Millis,
    passport::Outcome,
};
use fake::Fake;
use std::collections::BTreeMap;

/// 2026-11-22T00:00:00Z.
pub const NOW: Millis = Millis(1_795_305_600_000);

const FIRST: &str = "03017620422003";
const SECOND: &str = "04006381333931";

fn now<T>(future: impl Future<Output = T>) -> T {
    futures_util::FutureExt::now_or_never(future).expect("nothing here waits")
}

fn ask(engine: &Engine, request: Request, at: Millis) -> Answer {
    now(engine.handle(request, None, at, &|_| ())).unwrap()
}

fn scan(engine: &Engine, code: &str, at: Millis) -> ScanResult {
    match ask(engine, Request::ScanText(code.into()), at) {
        Answer::Scan(mut results) if results.len() == 1 => results.remove(0),
        other => panic!("{other:?}"),
    }
}

fn status(engine: &Engine, at: Millis) -> Status {
    match ask(engine, Request::Status, at) {
        Answer::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

fn sync<S: Source>(engine: &Engine, source: &S, policy: &Policy) -> Result<bool, EngineError> {
    now(engine.sync_from(source, policy, NOW))
}

fn sync_files(engine: &Engine, files: &BTreeMap<String, Vec<u8>>, policy: &Policy) -> Result<bool, EngineError> {
    sync(engine, &Fake::new(files), policy)
}

/// A device that holds the first batch, and a ledger that has a second.
fn device() -> (Engine, Book) {
    let engine = Engine::open_memory().unwrap();
    let mut book = Book::new(ORIGIN, "log");
    assert!(sync_files(&engine, &book.files, &book.policy()).unwrap());
    book.product(SECOND, "Another spread");
    book.close();
    (engine, book)
}

/// Refused with a sentence that says why, and the device answers as before.
#[track_caller]
fn refused(engine: &Engine, result: Result<bool, EngineError>, why: &str) {
    match result {
        Err(e @ (EngineError::Untrusted(_) | EngineError::Offline(_))) => assert!(e.to_string().contains(why), "{e}"),
        other => panic!("{other:?}"),
    }
    let held = status(engine, NOW).snapshot.expect("the last good snapshot is held");
    assert_eq!((held.batch, held.products), (1, 1));
    assert_eq!(scan(engine, FIRST, NOW).outcome, Outcome::Unsealed);
    assert_eq!(scan(engine, SECOND, NOW).outcome, Outcome::NotInSnapshot);
}
