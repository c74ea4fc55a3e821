//! Several ledgers on one device: each confirmed by its fingerprint, none able to harm another.

use crate::{
    NOW, ask,
    book::{Book, ORIGIN, seed},
    fake::Fake,
    history, load_sample, now, options, scan, status,
};
use ecosphere::{
    bot::Verdict,
    engine::{
        Engine,
        store::{File, Slot},
        wire::{Answer, EngineError, LedgerOffer, RankKind, Request, Status},
    },
    passport::{Outcome, Seal},
    statement::{self, Body, SigningKey},
};
use std::path::Path;

const OTHER: &str = "ecosphere.example/other";
const FIRST: &str = "03017620422003";
const SECOND: &str = "04006381333931";

/// A ledger's files in a folder, with the policy it publishes.
fn publish(book: &Book) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(book, folder.path());
    folder
}

fn write(book: &Book, folder: &Path) {
    for (path, bytes) in &book.files {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
    std::fs::write(folder.join("policy"), book.policy().to_string()).unwrap();
}

fn url(folder: &tempfile::TempDir) -> String {
    folder.path().to_str().unwrap().to_owned()
}

fn look(engine: &Engine, url: &str) -> LedgerOffer {
    match ask(engine, Request::LookAtLedger { url: url.into(), policy: None }).unwrap() {
        Answer::Offer(offer) => offer,
        other => panic!("{other:?}"),
    }
}

fn add(engine: &Engine, offer: LedgerOffer) -> Result<Status, EngineError> {
    let LedgerOffer { url, policy, fingerprint, .. } = offer;
    ask(engine, Request::AddLedger { url, policy, fingerprint }).map(|answer| match answer {
        Answer::Status(status) => status,
        other => panic!("{other:?}"),
    })
}

fn all(engine: &Engine) -> Status {
    match ask(engine, Request::SyncAll { home: None }).unwrap() {
        Answer::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

fn names(status: &Status) -> Vec<&str> {
    status.ledgers.iter().map(|l| l.origin.as_str()).collect()
}

/// The second ledger, which knows a product more.
fn other() -> Book {
    let mut book = Book::new(OTHER, "other log");
    book.product(SECOND, "Another spread");
    book.close();
    book
}

/// A device in a folder that holds both ledgers, and where they come from.
struct Both {
    store: tempfile::TempDir,
    first: tempfile::TempDir,
    second: tempfile::TempDir,
}

impl Both {
    fn new() -> (Self, Engine) {
        let (store, first, second) = (tempfile::tempdir().unwrap(), publish(&Book::new(ORIGIN, "log")), publish(&other()));
        let engine = Engine::open_folder(store.path()).unwrap();
        let key = Some(Book::new(ORIGIN, "log").policy().to_string());
        ask(&engine, Request::Sync { url: url(&first), key }).unwrap();
        add(&engine, look(&engine, &url(&second))).unwrap();
        (Self { store, first, second }, engine)
    }

    fn open(&self) -> Engine {
        Engine::open_folder(self.store.path()).unwrap()
    }
}

/// A code with a seal over the first passport of a ledger.
fn sealed(origin: &str, book: &Book) -> String {
    let issue = book.entries().iter().find_map(|entry| match statement::verify(entry).unwrap().body {
        Body::IssuePassport(issue) => Some(issue),
        _ => None,
    });
    let steward = SigningKey::from_seed(&seed("steward"));
    let issue = issue.unwrap();
    let seal = Seal::make(origin, 0, &issue.subject, issue.digest, &steward);
    format!("https://id.example/01/{FIRST}?seal={}", seal.encode())
}

#[test]
fn a_ledger_is_added_only_under_the_fingerprint_that_was_confirmed() {
    let folder = publish(&other());
    let engine = Engine::open_memory().unwrap();
    let offer = look(&engine, &url(&folder));
    assert_eq!(
        (offer.origin.as_str(), offer.published, offer.fingerprint.as_str()),
        (OTHER, true, hex::encode(other().policy().fingerprint()).as_str())
    );
    assert!(status(&engine).ledgers.is_empty(), "looking adds nothing");
    let wrong = LedgerOffer { fingerprint: "00".repeat(32), ..offer.clone() };
    assert!(matches!(add(&engine, wrong), Err(EngineError::BadInput(why)) if why.contains("fingerprint")));
    assert!(status(&engine).ledgers.is_empty());
    // As a person writes it down.
    let spoken = offer.fingerprint.to_uppercase().as_bytes().chunks(4).map(|g| String::from_utf8_lossy(g).into_owned()).collect::<Vec<_>>().join(" ");
    let added = add(&engine, LedgerOffer { fingerprint: spoken, ..offer.clone() }).unwrap();
    assert_eq!((names(&added), added.ledgers[0].fingerprint.as_str(), added.ledgers[0].synced), (vec![OTHER], offer.fingerprint.as_str(), Some(NOW)));
}

#[test]
fn a_ledger_that_moved_is_found_at_its_new_address_under_the_policy_it_has() {
    let (both, engine) = Both::new();
    let moved = publish(&other());
    let added = add(&engine, look(&engine, &url(&moved))).unwrap();
    assert_eq!((names(&added), &added.ledgers[1].url), (vec![ORIGIN, OTHER], &url(&moved)));
    // Another policy is not believed for it, and what offers one is not asked again.
    let witness = ecosphere::log::Cosigner::from_seed("witness.example/w", &[9; 32]).unwrap();
    let log = other().policy().logs().next().unwrap().to_string();
    std::fs::write(both.second.path().join("policy"), format!("log {log}\nwitness w {}\nquorum none\n", witness.key())).unwrap();
    let refused = add(&engine, look(&engine, &url(&both.second)));
    assert!(matches!(refused, Err(EngineError::BadInput(ref why)) if why.contains("already")), "{refused:?}");
    assert_eq!(status(&engine).ledgers, added.ledgers);
}

#[test]
fn a_ledger_that_does_not_hold_under_its_policy_leaves_nothing_behind() {
    let (mut files, store) = (other().files, tempfile::tempdir().unwrap());
    let folder = publish(&other());
    let engine = Engine::open_folder(store.path()).unwrap();
    let offer = look(&engine, &url(&folder));
    let mut note = files.remove("checkpoint").unwrap();
    let last = note.len() - 10;
    note[last] ^= 1;
    std::fs::write(folder.path().join("checkpoint"), note).unwrap();
    assert!(matches!(add(&engine, offer), Err(EngineError::Untrusted(_))));
    assert!(status(&engine).ledgers.is_empty() && !store.path().join("ledger-1.db").exists());
}

#[test]
fn what_only_one_ledger_knows_is_found_and_said_to_be_its_word() {
    let (_both, engine) = Both::new();
    let (first, second) = (scan(&engine, FIRST), scan(&engine, SECOND));
    assert_eq!((first.outcome, first.ledger.as_deref()), (Outcome::Unsealed, Some(ORIGIN)), "the first of two equal answers");
    assert_eq!((second.outcome, second.ledger.as_deref()), (Outcome::Unsealed, Some(OTHER)));
    assert!(second.message.contains(OTHER), "{}", second.message);
    let unknown = scan(&engine, "05000112637922");
    assert_eq!((unknown.outcome, unknown.ledger), (Outcome::NotInSnapshot, None));
    // What was opened by its number is the same subject again.
    let subject = second.subject.unwrap();
    let Answer::Scan(again) = ask(&engine, Request::Subject(subject.number)).unwrap() else { panic!() };
    assert_eq!(again[0].subject.as_ref().unwrap(), &subject);
    assert_eq!(again[0].verdict, second.verdict);
    assert_eq!(history(&engine).iter().find(|h| h.code == SECOND).unwrap().number, Some(subject.number));
}

#[test]
fn a_seal_is_checked_against_the_ledger_it_was_made_for() {
    let (both, engine) = Both::new();
    // One issuer, one passport number, one text on both ledgers: only the name that the seal is bound to tells them apart.
    for (origin, book) in [(ORIGIN, Book::new(ORIGIN, "log")), (OTHER, other())] {
        let result = scan(&engine, &sealed(origin, &book));
        assert_eq!((result.outcome, result.ledger.as_deref()), (Outcome::Verified, Some(origin)));
    }
    let code = sealed("ecosphere.example/third", &other());
    assert_eq!(scan(&engine, &code).outcome, Outcome::Altered);
    let code = sealed(OTHER, &other());
    ask(&engine, Request::RemoveLedger(OTHER.into())).unwrap();
    assert_eq!(scan(&engine, &code).outcome, Outcome::Altered, "the other ledger cannot speak for it");
    drop(both);
}

#[test]
fn lists_hold_what_any_ledger_knows_once() {
    let (_both, engine) = Both::new();
    let rank = |engine| options(engine, Request::Rank { kind: RankKind::Product, category: Some("en:spreads".into()), limit: 10 });
    let rows = rank(&engine);
    let found: Vec<_> = rows.iter().map(|r| (r.id.as_str(), r.ledger.as_str())).collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&("(01)03017620422003", ORIGIN)) && found.contains(&("(01)04006381333931", OTHER)));
    for row in &rows {
        let gtin = row.id.strip_prefix("(01)").unwrap();
        assert_eq!(scan(&engine, gtin).subject.unwrap().number, row.number, "a list and a scan speak of the same passport");
    }
    let search = options(&engine, Request::Search { text: "spread".into(), limit: 10 });
    assert_eq!(search.len(), 2);
    let Answer::Categories(categories) = ask(&engine, Request::Categories).unwrap() else { panic!() };
    assert_eq!(categories.iter().filter(|c| c.id == "en:spreads").count(), 1);
}

#[test]
fn a_real_ledger_is_believed_before_a_sample() {
    let engine = Engine::open_memory().unwrap();
    load_sample(&engine);
    let sample = scan(&engine, FIRST);
    assert!(sample.ledger.is_none_or(|l| l.contains("sample")));
    let known = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1 }).remove(0);
    let gtin = known.id.strip_prefix("(01)").unwrap().get(..14).unwrap().to_owned();
    let mut book = Book::new(OTHER, "other log");
    book.product(&gtin, "As the other ledger has it");
    book.close();
    let folder = publish(&book);
    add(&engine, look(&engine, &url(&folder))).unwrap();
    let result = scan(&engine, &gtin);
    assert_eq!((result.ledger.as_deref(), result.subject.unwrap().name.as_str()), (Some(OTHER), "As the other ledger has it"));
    assert_eq!(status(&engine).ledgers.len(), 2);
}

#[test]
fn everything_of_both_is_there_after_reopening_and_gone_after_removing() {
    let (both, engine) = Both::new();
    scan(&engine, SECOND);
    drop(engine);
    let engine = both.open();
    assert_eq!(names(&status(&engine)), [ORIGIN, OTHER]);
    assert_eq!(scan(&engine, SECOND).outcome, Outcome::Unsealed);
    let Answer::Status(left) = ask(&engine, Request::RemoveLedger(OTHER.into())).unwrap() else { panic!() };
    assert_eq!(names(&left), [ORIGIN]);
    assert!(!both.store.path().join("ledger-1.db").exists());
    assert_eq!(scan(&engine, SECOND).outcome, Outcome::NotInSnapshot);
    assert_eq!(history(&engine).len(), 1, "what is the person's own stays");
    assert!(matches!(ask(&engine, Request::RemoveLedger(OTHER.into())), Err(EngineError::BadInput(_))));
    // The app's own can go too, and does not come back by itself while there is another.
    add(&engine, look(&engine, &url(&both.second))).unwrap();
    ask(&engine, Request::RemoveLedger(ORIGIN.into())).unwrap();
    drop(engine);
    let engine = both.open();
    let Answer::Status(synced) = ask(&engine, Request::SyncAll { home: Some(url(&both.first)) }).unwrap() else { panic!() };
    assert_eq!(names(&synced), [OTHER]);
    assert_eq!(scan(&engine, SECOND).outcome, Outcome::Unsealed);
}

#[test]
fn a_ledger_that_was_removed_cannot_come_back_with_less_than_was_trusted() {
    let (both, engine) = Both::new();
    ask(&engine, Request::RemoveLedger(OTHER.into())).unwrap();
    write(&Book::new(OTHER, "other log"), both.second.path());
    let back = add(&engine, look(&engine, &url(&both.second)));
    assert!(matches!(back, Err(EngineError::Untrusted(ref why)) if why.contains("went back")), "{back:?}");
}

#[test]
fn an_unreachable_or_lying_ledger_does_not_keep_another_from_its_sync() {
    for lying in [false, true] {
        for broken in [0, 1] {
            let (both, engine) = Both::new();
            let (mut first, mut second) = (Book::new(ORIGIN, "log"), other());
            for book in [&mut first, &mut second] {
                book.product("05000112637922", "Newest spread");
                book.close();
            }
            write(&first, both.first.path());
            write(&second, both.second.path());
            let gone = [&both.first, &both.second][broken].path().join("checkpoint");
            if lying {
                std::fs::write(gone, "no checkpoint at all").unwrap();
            } else {
                std::fs::remove_file(gone).unwrap();
            }
            let synced = all(&engine);
            assert!(synced.ledgers[broken].trouble.is_some() && synced.ledgers[1 - broken].trouble.is_none(), "{synced:?}");
            let batches = [1, 2].map(|held| held + 1);
            for (at, ledger) in synced.ledgers.iter().enumerate() {
                let held = ledger.snapshot.as_ref().unwrap().batch;
                assert_eq!(held, if at == broken { batches[at] - 1 } else { batches[at] }, "{at}");
            }
            assert_eq!(scan(&engine, SECOND).outcome, Outcome::Unsealed, "the last good snapshot stays in use");
            // It is said until it is mended.
            write(if broken == 0 { &first } else { &second }, [&both.first, &both.second][broken].path());
            assert!(all(&engine).ledgers.iter().all(|l| l.trouble.is_none()));
        }
    }
}

#[test]
fn a_damaged_file_of_one_ledger_is_moved_aside_and_the_other_is_unharmed() {
    for (name, stays, lost) in [("ledger.db", SECOND, None), ("ledger-1.db", FIRST, Some(SECOND))] {
        let (both, engine) = Both::new();
        drop(engine);
        std::fs::write(both.store.path().join(name), "scribble").unwrap();
        let engine = both.open();
        let opened = status(&engine);
        assert!(opened.notices[0].contains(&format!("{name}.damaged-")), "{:?}", opened.notices);
        assert_eq!(names(&opened), [ORIGIN, OTHER], "which ledgers there are is not lost with a snapshot");
        assert_eq!(scan(&engine, stays).outcome, Outcome::Unsealed);
        if let Some(lost) = lost {
            assert_eq!(scan(&engine, lost).outcome, Outcome::NotInSnapshot);
        }
        assert!(all(&engine).ledgers.iter().all(|l| l.trouble.is_none()));
        assert_eq!((scan(&engine, FIRST).outcome, scan(&engine, SECOND).outcome), (Outcome::Unsealed, Outcome::Unsealed));
    }
}

#[test]
fn ledgers_whose_list_was_lost_are_known_by_their_snapshots() {
    let (both, engine) = Both::new();
    drop(engine);
    std::fs::write(both.store.path().join("mine.db"), "scribble").unwrap();
    let engine = both.open();
    assert_eq!(names(&status(&engine)), [ORIGIN, OTHER]);
    assert_eq!(scan(&engine, SECOND).outcome, Outcome::Unsealed);
    assert!(all(&engine).ledgers.iter().all(|l| l.trouble.is_some()), "where they come from is asked for, not guessed");
}

#[test]
fn a_full_disk_at_one_ledger_leaves_the_others_as_they_were() {
    let (both, engine) = Both::new();
    let mut second = other();
    second.product("05000112637922", "Newest spread");
    second.close();
    write(&second, both.second.path());
    engine.store_for_tests().limit_pages(File::Ledger(Slot::all().nth(1).unwrap()), 1).unwrap();
    let synced = all(&engine);
    assert_eq!((&synced.ledgers[0].trouble, &synced.ledgers[1].trouble), (&None, &Some(EngineError::DiskFull)));
    assert_eq!((scan(&engine, FIRST).outcome, scan(&engine, SECOND).outcome), (Outcome::Unsealed, Outcome::Unsealed));
}

#[test]
fn a_device_of_before_there_were_several_keeps_all_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let first = publish(&Book::new(ORIGIN, "log"));
    let engine = Engine::open_folder(folder.path()).unwrap();
    let policy = Book::new(ORIGIN, "log").policy().to_string();
    ask(&engine, Request::Sync { url: url(&first), key: Some(policy.clone()) }).unwrap();
    scan(&engine, FIRST);
    let before = status(&engine);
    drop(engine);
    // As the last version left it: two steps taken, and where the one ledger comes from among the settings.
    let mine = rusqlite::Connection::open(folder.path().join("mine.db")).unwrap();
    mine.execute_batch(
        "DROP TABLE ledger; DROP TABLE handover; DROP TABLE deed; DROP TABLE mark; DROP TABLE followed; DROP TABLE ours; PRAGMA user_version = 2;",
    )
    .unwrap();
    for (name, value) in [("source", url(&first)), ("key", policy)] {
        mine.execute("INSERT INTO setting (name, value) VALUES (?1, ?2)", [name, &value]).unwrap();
    }
    drop(mine);
    let engine = Engine::open_folder(folder.path()).unwrap();
    let after = status(&engine);
    assert_eq!((&after.snapshot, after.history), (&before.snapshot, 1));
    assert_eq!((names(&after), &after.ledgers[0].url, &after.ledgers[0].fingerprint), (vec![ORIGIN], &url(&first), &before.ledgers[0].fingerprint));
    assert_eq!(scan(&engine, FIRST).outcome, Outcome::Unsealed);
    assert_eq!(all(&engine).ledgers[0].synced, Some(NOW));
    // And what it trusted still binds the ledger.
    let mut forked = Book::new(ORIGIN, "log");
    forked.product(SECOND, "Another spread");
    forked.close();
    assert!(now(engine.sync_from(&Fake::new(&forked.files), &forked.policy(), NOW)).unwrap());
    assert!(now(engine.sync_from(&Fake::new(&Book::new(ORIGIN, "log").files), &forked.policy(), NOW)).is_err());
}

#[test]
fn no_more_ledgers_are_held_than_there_are_places() {
    let engine = Engine::open_memory().unwrap();
    let mut full = None;
    for n in 0..9 {
        let folder = publish(&Book::new(&format!("ecosphere.example/{n}"), "log"));
        if let Err(e) = add(&engine, look(&engine, &url(&folder))) {
            full = Some((n, e));
            break;
        }
    }
    assert!(matches!(full, Some((7, EngineError::BadInput(ref why))) if why.contains("remove one")), "{full:?}");
    assert_eq!(scan(&engine, FIRST).outcome, Outcome::Unsealed);
}

#[test]
fn what_was_said_years_ago_counts_less_and_says_so() {
    let mut book = Book::started("ecosphere.example/old", "old log", 4 * 365);
    book.claiming(SECOND, "Old claims", &["nutriscore:e", "label:organic"]);
    book.close();
    book.wait(4 * 365 - 3);
    book.claiming("05000112637922", "New claims", &["nutriscore:e", "label:organic"]);
    book.close();
    let (store, folder) = (tempfile::tempdir().unwrap(), publish(&book));
    let check = |engine: &Engine| {
        let of = |code: &str| scan(engine, code).verdict.unwrap();
        let (old, new) = (of(SECOND), of("05000112637922"));
        assert!(old.alignment.coverage < new.alignment.coverage && old.alignment.low < new.alignment.low, "{old:?} {new:?}");
        let texts = |verdict: &Verdict| verdict.reasons.iter().map(|r| r.text.clone()).collect::<Vec<_>>();
        assert!(!texts(&old).is_empty() && texts(&old).iter().all(|t| t.ends_with(", said 3 years ago")), "{:?}", texts(&old));
        assert!(texts(&new).iter().all(|t| !t.contains("years ago")), "{:?}", texts(&new));
        let listed = options(engine, Request::Rank { kind: RankKind::Product, category: None, limit: 10 });
        assert!(listed.iter().any(|row| row.alignment == old.alignment) && listed.iter().any(|row| row.alignment == new.alignment));
    };
    let engine = Engine::open_folder(store.path()).unwrap();
    let offer = look(&engine, &url(&folder));
    add(&engine, offer).unwrap();
    check(&engine);
    drop(engine);
    // What was kept says the same.
    check(&Engine::open_folder(store.path()).unwrap());
}
