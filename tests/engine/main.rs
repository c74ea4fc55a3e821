//! The device engine, whole: what a person asks and gets, hostile ledgers, damaged and full stores.
#![cfg(feature = "node")]

mod ask;
mod book;
mod fake;
mod http;
mod learn;
mod ledgers;
mod lists;
mod markets;
mod personal_search;
mod service;
mod store;
mod story;
mod sync;
mod values;
mod weigh;

use ecosphere::{
    engine::{
        Engine, SAMPLE_SOURCE,
        wire::{Answer, EngineError, HistoryRow, OptionRow, Request, ScanResult, Status},
    },
    measure::Millis,
};

/// 2026-11-22T00:00:00Z: three weeks after the sample's batch.
pub const NOW: Millis = Millis(1_795_305_600_000);

/// Runs a future that never waits for anything outside this process.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    futures_util::FutureExt::now_or_never(future).expect("nothing here waits")
}

/// Asks a request that is not a frame.
pub fn ask(engine: &Engine, request: Request) -> Result<Answer, EngineError> {
    now(engine.handle(request, None, NOW, &|_| ()))
}

/// An engine in memory that holds the sample.
pub fn sample() -> Engine {
    let engine = Engine::open_memory().unwrap();
    load_sample(&engine);
    engine
}

/// Puts the sample into an engine.
pub fn load_sample(engine: &Engine) -> Status {
    match ask(engine, Request::Sync { url: SAMPLE_SOURCE.into(), key: None }).unwrap() {
        Answer::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

/// The one answer to a code.
pub fn scan(engine: &Engine, code: &str) -> ScanResult {
    match ask(engine, Request::ScanText(code.into())).unwrap() {
        Answer::Scan(mut results) if results.len() == 1 => results.remove(0),
        other => panic!("{other:?}"),
    }
}

/// What the device holds.
pub fn status(engine: &Engine) -> Status {
    match ask(engine, Request::Status).unwrap() {
        Answer::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

/// What was scanned.
pub fn history(engine: &Engine) -> Vec<HistoryRow> {
    match ask(engine, Request::History).unwrap() {
        Answer::History(rows) => rows,
        other => panic!("{other:?}"),
    }
}

/// The answer to a request for a list.
pub fn options(engine: &Engine, request: Request) -> Vec<OptionRow> {
    match ask(engine, request).unwrap() {
        Answer::Options(rows) => rows,
        other => panic!("{other:?}"),
    }
}
