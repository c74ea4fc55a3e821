//! Hostile servers: each plays one attack, most of them from the list of The Update Framework (TUF, "Attacks and weaknesses"). The device must
//! refuse, go on answering from its last good snapshot, and say what happened. Each test fails when the guard it is about is removed:
//!
//! | attack | test | guard |
//! |---|---|---|
//! | arbitrary data | `transport::arbitrary_data…` | `pack/manifest.rs` `PackFile::check`, `Manifest::open`; `log/policy.rs` `Policy::open` |
//! | endless data | `transport::endless_data…` | `engine/sync/download.rs` `whole` (its limit), `receive` (the promised size) |
//! | slow data | `transport::slow_data…` | `engine/source/http.rs` `Http::get`: time for one file, time for all |
//! | rollback | `pack::rollback…` | `engine/sync/trust.rs` `follows`; `engine/store/trust.rs` `newest_trusted` survives the snapshot |
//! | fast-forward | `pack::fast_forward…` | `engine/sync/mod.rs` `fetch` (`AHEAD`); `engine/service.rs` `applied` trusts only what it applied |
//! | indefinite freeze | `pack::indefinite_freeze…` | `engine/service.rs` `is_stale` |
//! | mix-and-match | `pack::mix_and_match…` | `engine/sync/mod.rs` `fetch`: head and manifest say the same |
//! | mix-and-match of markets | `pack::mix_and_match_files_of_two_markets…` | `pack/manifest.rs` `open_market`; `engine/sync/mod.rs` `fetch`: head and manifest say the same |
//! | wrong ledger | `pack::wrong_ledger…` | `log/policy.rs` `open_without_quorum`; `engine/sync/trust.rs` `batch_close`; `pack/manifest.rs` `Manifest::open` |
//! | key compromise | `pack::key_compromise…` | `engine/sync/trust.rs` `follows`; `engine/service.rs` `bring` keeps the evidence |
//! | missing witness quorum | `pack::a_log_key_without…` | `log/policy.rs` `Policy::open`; the clock: `engine/sync/trust.rs` `check_time` |
//! | duplicate witness | `witness::duplicate_witness…` | `log/policy.rs` `Policy::met_by` counts names, not lines |
//! | split view | `witness::split_view…` | `log/policy.rs` `Policy::open`; `log/cosignature.rs` `cosigned` covers the whole note |
//! | forged inclusion | `log::forged_inclusion…` | `engine/sync/trust.rs` `batch_close`: `verify_inclusion` |
//! | forged consistency | `log::forged_consistency…` | `engine/sync/trust.rs` `follows`: `verify_consistency` |
//! | altered tile | `log::altered_tile…` | both of these |
//! | altered delta | `pack::altered_delta…` | `engine/store/apply.rs` `raw_in`: `check_raw` |
//! | interruption in a delta of many steps | `pack::interruption…` | `engine/sync/download.rs` `receive` keeps what came |
//! | a pack that is wrong towards its end | `pack::a_pack_of_which_a_later_file…` | `engine/store/apply.rs` `apply` is one transaction |
//! | replay, same ledger | `pack::replayed_statement_is…` | `state/fold.rs` `admit`: ids until they expire |
//! | replay, other ledger | `pack::replayed_statement_of…` | `state/fold.rs` `admit`: the ledger's name |
//! | expired statement | `pack::expired_statement…` | `state/fold.rs` `admit`: expired, and expiring too late |
//! | malleable signature | `log::malleable_signature…` (two) | `log/note.rs` `Vkey::holds`: `verify_strict` |
//! | oversized entry | `pack::oversized_entry…` | `statement/envelope.rs` `verify`; `engine/sync/download.rs` `whole` |
//! | decompression bomb | `pack::decompression_bomb…` | `pack/files.rs` `decompress`: length, window; `pack/manifest.rs` `Manifest::open`: `MAX_RAW` |
//! | path tricks | `pack::path_tricks…` | `pack/manifest.rs` `check_names`; `engine/sync/mod.rs` `fetch`: a digest is 64 hex digits |
//! | false balance, price, fill or token | `purse::lying_about…` | `purse/proven.rs` `check`: each entry's proof, to the root of the `BatchClose` |
//! | balance kept back | `purse::leaving_out…` | `purse/till.rs` `check_complete` |
//! | older state, other history | `purse::an_older_state…`, `purse::a_payment_put…` | `purse/follow.rs` `follow`: the whole log gives the root |
//! | somebody else's batch or checkpoint | `purse::a_batch_that_somebody_else…` | `purse/proven.rs` `check`: policy, `verify_inclusion` |
//! | made-up accounts | `purse::a_node_that_says_it_has_more…` | `purse/till.rs` `ask`: back to all; `state/accounts.rs`: eight bits |
//! | telling wallets apart | `purse::what_is_fetched…` | `purse/till.rs` fetches the same for all |
//! | refused, but logged | `purse::a_node_that_refuses…` | `wallet/outbox.rs` `step`: the log counts |
#![cfg(feature = "node")]

#[path = "../engine/book.rs"]
mod book;
#[path = "../engine/fake.rs"]
#[allow(dead_code, reason = "the engine's own tests play other tricks")]
mod fake;
mod log;
mod pack;
mod purse;
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
    as_before(engine);
}

/// It holds the first batch, and nothing of the second.
#[track_caller]
fn as_before(engine: &Engine) {
    let held = status(engine, NOW).snapshot.expect("the last good snapshot is held");
    assert_eq!((held.batch, held.products), (1, 1));
    assert_eq!(scan(engine, FIRST, NOW).outcome, Outcome::Unsealed);
    assert_eq!(scan(engine, SECOND, NOW).outcome, Outcome::NotInSnapshot);
}
