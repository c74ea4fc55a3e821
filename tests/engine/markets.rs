//! Markets: a pack for each country in which retailers limit their prices, bound to the log, made again from it, and held by a device that asks.

use crate::{
    NOW, ask,
    book::{Book, ORIGIN},
    fake::Fake,
    now, options, scan, status,
};
use ecosphere::{
    engine::{
        Engine,
        wire::{EngineError, RankKind, Request},
    },
    node::{
        audit::{self, Finding, Terms},
        files::Files,
        mirror::Mirror,
        serve::{App, LedgerFiles, listen, router, serve},
    },
    pack::{Index, Manifest, PackError, decode_dossiers},
    passport::Outcome,
};
use std::{collections::BTreeSet, net::SocketAddr, path::Path, process::Command, sync::Arc};

const UNLISTED: &str = "03017620422003";
const DUTCH: &str = "04006381333931";
const BOTH: &str = "09520000000011";
const GERMAN: &str = "09506000134352";

/// A Dutch and a German retailer, something that only one sells, something that both do, something that nobody lists.
fn book() -> Book {
    let mut book = Book::new(ORIGIN, "log");
    book.retailer("groen");
    book.retailer("gruen");
    for (gtin, name) in [(DUTCH, "Vla"), (BOTH, "Cheese"), (GERMAN, "Quark")] {
        book.product(gtin, name);
    }
    book.sheet("groen", &["NL"], &[DUTCH, BOTH]);
    book.sheet("gruen", &["AT", "DE"], &[GERMAN, BOTH]);
    book.close();
    book
}

fn index(book: &Book, manifest: &Manifest) -> Index {
    manifest.open_index(&|path| book.files.get(path).cloned()).unwrap()
}

fn ids(index: &Index) -> Vec<&str> {
    index.subjects.iter().map(|row| row.id.as_str()).collect()
}

/// Writes the ledger as a node keeps it.
fn keep(book: &Book, folder: &Path) {
    let files = book.files.iter().map(|(path, bytes)| (format!("ledger/{path}"), bytes));
    for (path, bytes) in files.chain(book.bodies.iter().map(|(digest, bytes)| (format!("body/{}", hex::encode(digest)), bytes))) {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
}

fn choose(engine: &Engine, market: &str) {
    ask(engine, Request::SetMarket(market.into())).unwrap();
}

fn sync(engine: &Engine, book: &Book) -> Result<bool, EngineError> {
    now(engine.sync_from(&Fake::new(&book.files), &book.policy(), NOW))
}

fn outcomes(engine: &Engine) -> [Outcome; 4] {
    [UNLISTED, DUTCH, BOTH, GERMAN].map(|gtin| scan(engine, gtin).outcome)
}

#[test]
fn a_market_has_what_is_sold_there_and_what_nobody_limits_under_the_same_numbers() {
    let book = book();
    let world = book.manifest();
    let named: Vec<&str> = world.markets.iter().map(|m| m.market.as_str()).collect();
    assert_eq!(named, ["at", "de", "nl"]);
    let all = index(&book, &world);
    let (unlisted, dutch, both, german) = ("(01)03017620422003", "(01)04006381333931", "(01)09520000000011", "(01)09506000134352");
    assert_eq!(ids(&all), [unlisted, "retailer:groen", "retailer:gruen", dutch, both, german]);
    for (market, has, sells) in [("nl", [dutch, both, ""], 1), ("de", ["", both, german], 2), ("at", ["", both, german], 2)] {
        let manifest = book.market(market);
        let its = index(&book, &manifest);
        assert_eq!(its.head.market, market);
        assert_eq!(ids(&its), [unlisted, "retailer:groen", "retailer:gruen", has[0], has[1], has[2]], "{market}");
        assert!(its.subjects.iter().zip(&all.subjects).all(|(row, world)| row.is_elsewhere() || row == world));
        let retailers: Vec<u32> = its.head.retailers.iter().map(|r| r.subject).collect();
        assert_eq!((retailers, its.listings.len()), (vec![sells], 2), "{market}");
        let bucket = manifest.dossiers().next().unwrap();
        let dossiers: BTreeSet<u32> = decode_dossiers(&bucket.open(&book.files[&bucket.path()]).unwrap()).unwrap().iter().map(|d| d.number).collect();
        assert_eq!(dossiers, (0..6).filter(|n| !its.subjects[*n as usize].is_elsewhere()).collect(), "{market}");
    }
}

#[test]
fn a_ledger_whose_retailers_limit_nothing_has_one_market_and_says_nothing_of_others() {
    let mut book = Book::new(ORIGIN, "log");
    book.retailer("groen");
    book.sheet("groen", &[], &[UNLISTED]);
    book.close();
    let manifest = book.manifest();
    assert!(manifest.markets.is_empty());
    assert!(!String::from_utf8(manifest.encode().unwrap()).unwrap().contains("markets"));
}

#[test]
fn a_markets_manifest_is_opened_only_as_the_worlds_names_it() {
    let book = book();
    let world = book.manifest();
    let bytes = |id: &str| &book.files[&world.market(id).unwrap().path()];
    assert_eq!(world.open_market("nl", bytes("nl")).unwrap().market, "nl");
    assert_eq!(world.open_market("nl", bytes("de")), Err(PackError::NotTheLogged));
    assert_eq!(world.open_market("be", bytes("nl")), Err(PackError::OtherMarket));
    let mut swapped = world.clone();
    swapped.markets[2].manifest = swapped.markets[1].manifest;
    assert_eq!(swapped.open_market("nl", bytes("de")), Err(PackError::OtherMarket));
    let mut later = world.clone();
    later.batch += 1;
    assert_eq!(later.open_market("nl", bytes("nl")), Err(PackError::OtherMarket));
}

#[test]
fn every_markets_pack_follows_from_the_log_alone_and_a_wrong_one_is_proven() {
    let mut book = book();
    book.product("09526001000081", "Jam");
    book.sheet("groen", &["BE"], &[DUTCH, "09526001000081"]);
    book.close();
    let folder = tempfile::tempdir().unwrap();
    keep(&book, folder.path());
    let terms = Terms { trust: book.policy(), registrars: vec![Book::registrar()], sample: false };
    let place = |folder: &tempfile::TempDir| audit::Place::open(folder.path().to_str().unwrap()).unwrap();
    let found = audit::replay(&place(&folder), &terms).unwrap();
    assert_eq!((found.evidence, found.batches, found.packs), (None, 3, 3));
    for id in ["at", "be", "de"] {
        let manifest = book.market(id);
        for path in manifest.files.iter().map(|f| f.path()).chain([book.manifest().market(id).unwrap().path()]) {
            assert!(found.files[&path] == book.files[&path], "{id} {path}");
        }
    }
    // An operator that gives the Belgians what belongs to the Germans.
    book.files = book.forged(|world, _| world.markets[1].manifest = world.markets[2].manifest, |_| ());
    let lying = tempfile::tempdir().unwrap();
    keep(&book, lying.path());
    let found = audit::replay(&place(&lying), &terms).unwrap();
    assert_eq!(found.evidence.unwrap().finding, Finding::WrongPack);
}

#[test]
fn a_mirror_has_every_markets_pack_and_log_verify_passes_on_it() {
    let book = book();
    let (node, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    keep(&book, node.path());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let app = App::new(LedgerFiles::Store(Files::folder(node.path()).unwrap()), ORIGIN.to_owned(), false);
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let url = format!("http://{}/ledger/", listener.local_addr().unwrap());
    runtime.spawn(serve(listener, None, router(Arc::new(app)), axum_server::Handle::new()));
    Mirror::open(&url, book.policy(), copy.path()).unwrap().pull().unwrap();
    for id in ["at", "de", "nl"] {
        for path in book.market(id).files.iter().map(|f| f.path()).chain([book.manifest().market(id).unwrap().path()]) {
            assert!(std::fs::read(copy.path().join("ledger").join(&path)).unwrap() == book.files[&path], "{id} {path}");
        }
    }
    let verify = || {
        let mut node = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
        node.args(["--json", "log", "verify", "--key", &book.key().to_string(), "--registrar", &Book::registrar().to_string()]);
        node.arg(copy.path().join("ledger")).output().unwrap()
    };
    let done = verify();
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && text.contains("\"nl\""), "{text} {}", String::from_utf8_lossy(&done.stderr));
    let rows = book.market("nl").file("index/rows/0").unwrap().path();
    std::fs::write(copy.path().join("ledger").join(rows), b"something else").unwrap();
    assert!(!verify().status.success());
}

#[test]
fn a_device_holds_the_market_that_the_person_chose_and_changes_it() {
    let (unsealed, unknown) = (Outcome::Unsealed, Outcome::NotInSnapshot);
    let folder = tempfile::tempdir().unwrap();
    let book = book();
    let engine = Engine::open_folder(folder.path()).unwrap();
    assert!(matches!(ask(&engine, Request::SetMarket("Netherlands".into())), Err(EngineError::BadInput(_))));
    choose(&engine, "NL");
    assert!(sync(&engine, &book).unwrap());
    let held = status(&engine).snapshot.unwrap();
    assert_eq!((held.market.as_str(), held.products, held.organisations, held.retailers), ("nl", 3, 2, 1));
    assert_eq!(held.markets, ["at", "de", "nl"]);
    assert_eq!(outcomes(&engine), [unsealed, unsealed, unsealed, unknown]);
    let ranked = || options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 10 });
    let names: BTreeSet<String> = ranked().into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["Cheese", "Hazelnut spread", "Vla"].map(str::to_owned).into());
    assert!(!sync(&engine, &book).unwrap(), "it is as fresh as the ledger");
    choose(&engine, "de");
    assert!(sync(&engine, &book).unwrap(), "the same batch of another market is something new");
    assert_eq!(outcomes(&engine), [unsealed, unknown, unsealed, unsealed]);
    // A ledger that has no such market gives everything, and is not asked for it again.
    choose(&engine, "fr");
    assert!(sync(&engine, &book).unwrap());
    assert_eq!(outcomes(&engine), [unsealed; 4]);
    assert!(!sync(&engine, &book).unwrap());
    choose(&engine, "nl");
    drop(engine);
    let engine = Engine::open_folder(folder.path()).unwrap();
    assert_eq!((status(&engine).market.as_str(), status(&engine).snapshot.unwrap().market.as_str()), ("nl", "world"));
    assert!(sync(&engine, &book).unwrap());
    assert_eq!(status(&engine).snapshot.unwrap().market, "nl");
}

#[test]
fn the_terminal_holds_the_market_it_is_told_and_finds_only_what_is_sold_there() {
    let (book, ledger, store) = (book(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    keep(&book, ledger.path());
    let folder = ledger.path().join("ledger");
    let run = |args: &[&str]| {
        let mut cli = Command::new(env!("CARGO_BIN_EXE_ecosphere-cli"));
        let done = cli.arg("--json").arg("--data").arg(store.path()).args(args).output().unwrap();
        (String::from_utf8_lossy(&done.stdout).into_owned(), String::from_utf8_lossy(&done.stderr).into_owned(), done.status.code())
    };
    let key = book.key().to_string();
    let (said, why, code) = run(&["sync", folder.to_str().unwrap(), "--key", &key, "--market", "nl"]);
    assert_eq!(code, Some(0), "{said} {why}");
    let info: serde_json::Value = serde_json::from_str(&run(&["store", "info"]).0).unwrap();
    assert_eq!((&info["market"], &info["snapshot"]["market"], &info["snapshot"]["products"]), (&"nl".into(), &"nl".into(), &3.into()));
    let outcome = |gtin: &str| serde_json::from_str::<serde_json::Value>(&run(&["scan", gtin]).0).unwrap()["outcome"].clone();
    assert_eq!((outcome(DUTCH), outcome(GERMAN)), ("unsealed".into(), "not-in-snapshot".into()));
    let (_, why, code) = run(&["sync", "--market", "Netherlands"]);
    assert!(code == Some(2) && why.contains("nl"), "{code:?} {why}");
}

#[test]
fn a_markets_pack_grows_by_its_own_deltas_and_loses_what_is_only_sold_elsewhere_by_then() {
    let mut book = book();
    for n in 0..400 {
        book.product(&gtin(n), &format!("Item {n}"));
    }
    let german: Vec<String> = (0..400).filter(|n| n % 2 == 1).map(gtin).collect();
    let german: Vec<&str> = german.iter().map(String::as_str).chain([BOTH, GERMAN]).collect::<BTreeSet<_>>().into_iter().collect();
    book.sheet("gruen", &["DE"], &german);
    book.close();
    let engine = Engine::open_memory().unwrap();
    choose(&engine, "nl");
    assert!(sync(&engine, &book).unwrap());
    assert_eq!(status(&engine).snapshot.unwrap().products, 203);
    let before = book.manifest().market("nl").unwrap().manifest;
    // A product that nobody lists, one that only Germans do, and one that leaves the Netherlands.
    book.product(&gtin(400), "New item");
    book.product(&gtin(401), "New German item");
    let more: Vec<String> = german.iter().map(|g| (*g).to_owned()).chain([gtin(401), DUTCH.to_owned()]).collect();
    let more: BTreeSet<&str> = more.iter().map(String::as_str).collect();
    book.sheet("gruen", &["DE"], &more.into_iter().collect::<Vec<_>>());
    book.sheet("groen", &["NL"], &[BOTH]);
    book.close();
    let manifest = book.market("nl");
    let steps = manifest.steps_from(&before).expect("a delta begins at the pack that is held");
    let source = Fake::new(&book.files);
    assert!(now(engine.sync_from(&source, &book.policy(), NOW)).unwrap());
    let asked: BTreeSet<String> = source.asked.take().into_iter().map(|(path, _)| path).collect();
    let delta = steps[0].files.iter().find(|f| f.name == "delta/index").unwrap();
    assert!(asked.contains(&delta.path()) && !asked.contains(&manifest.file("index/rows/0").unwrap().path()));
    assert_eq!(status(&engine).notices, Vec::<String>::new());
    assert_eq!(status(&engine).snapshot.unwrap().products, 203, "one came, one went");
    let here = [gtin(0), gtin(400), BOTH.to_owned(), UNLISTED.to_owned()].map(|g| scan(&engine, &g).outcome);
    let gone = [gtin(1), gtin(401), GERMAN.to_owned(), DUTCH.to_owned()].map(|g| scan(&engine, &g).outcome);
    assert_eq!((here, gone), ([Outcome::Unsealed; 4], [Outcome::NotInSnapshot; 4]));
    // What the device pieced together is what a device that begins now gets.
    let fresh = Engine::open_memory().unwrap();
    choose(&fresh, "nl");
    assert!(sync(&fresh, &book).unwrap());
    assert_eq!(status(&fresh).snapshot, status(&engine).snapshot);
    assert_eq!(outcomes(&fresh), outcomes(&engine));
}

#[test]
fn what_a_device_asks_for_varies_with_its_market_and_with_nothing_else() {
    let book = book();
    let asked = |market: &str, codes: &[&str]| {
        let engine = Engine::open_memory().unwrap();
        choose(&engine, market);
        for code in codes {
            scan(&engine, code);
        }
        let source = Fake::new(&book.files);
        now(engine.sync_from(&source, &book.policy(), NOW)).unwrap();
        source.asked.take()
    };
    assert_eq!(asked("nl", &[]), asked("nl", &[GERMAN, DUTCH]));
    assert_ne!(asked("nl", &[]), asked("de", &[]));
}

/// 14 digits with the check digit (GS1 General Specifications, section 7.9.1).
fn gtin(n: u32) -> String {
    let digits = format!("0952600{n:06}");
    let sum: u32 = digits.bytes().rev().zip([3, 1].into_iter().cycle()).map(|(d, weight)| u32::from(d - b'0') * weight).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}
