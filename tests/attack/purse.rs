//! A node that lies to a wallet. The wallet must refuse, say so, and go on showing what was proven before.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ecosphere::{
    log::{LogWriter, Policy as LogPolicy, needed_tiles_inclusion, prove_inclusion, read_bundle, write_bundle},
    measure::Millis,
    node::ledger::{Ledger, LogKeys},
    purse::{
        Desk, Device, PurseError,
        wire::{Answer, Request, Stage, Swap, View},
    },
    state::Policy,
    statement::{
        self, Adding, Award, Body, DidKey, Digest, Draft, ExchangeAct, PairOpening, Registration, Role, SigningKey, TokenAct, TokenDefinition,
        TokenValue, Units,
    },
};
use serde_json::{Value, json};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

const ORIGIN: &str = "example.org/lying";
const MINUTE: i64 = 60_000;

type Trick = Box<dyn Fn(&str, &mut Vec<u8>)>;

/// A node, honest but for its trick, and the files of one wallet.
#[derive(Clone)]
struct Node {
    shared: Rc<Shared>,
    files: Rc<RefCell<BTreeMap<String, Vec<u8>>>>,
    asked: Rc<RefCell<Vec<String>>>,
    /// How far this device's clock is off.
    off: i64,
}

struct Shared {
    ledger: RefCell<Ledger>,
    keys: LogKeys,
    published: RefCell<BTreeMap<String, Vec<u8>>>,
    time: Cell<Millis>,
    nonces: Cell<u64>,
    trick: RefCell<Option<Trick>>,
}

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

impl Shared {
    fn new() -> Self {
        let keys = LogKeys::from_seed(ORIGIN, &[5; 32]).unwrap();
        let policy = Policy { origin: ORIGIN.into(), log: SigningKey::from_seed(&[5; 32]).did(), registrars: vec![key(1).did()] };
        let (time, nonces) = (Cell::new(super::NOW), Cell::new(0));
        let published = RefCell::default();
        Self { ledger: RefCell::new(Ledger::new(policy, false)), keys, published, time, nonces, trick: RefCell::default() }
    }

    fn say(&self, who: u8, body: Body) -> Digest {
        let entry = self.entry(who, body);
        self.ledger.borrow_mut().append(entry.clone(), self.time.get()).unwrap();
        statement::verify(&entry).unwrap().id
    }

    fn entry(&self, who: u8, body: Body) -> Vec<u8> {
        self.nonces.set(self.nonces.get() + 1);
        let nonce = u128::from(self.nonces.get()).to_be_bytes();
        let draft = Draft { ledger: ORIGIN.into(), nonce, expires: Millis(self.time.get().0 + Millis::DAY), body };
        statement::sign(&draft, self.time.get(), &key(who), &[]).unwrap()
    }

    /// Closes the batch and begins one a minute later.
    fn close(&self) {
        let publication = self.ledger.borrow_mut().close(self.time.get(), &self.keys, false).unwrap();
        let size = publication.size;
        let mut files = self.published.borrow_mut();
        files.extend(publication.files);
        files.insert("checkpoint".into(), publication.checkpoint.into_bytes());
        drop(files);
        self.ledger.borrow_mut().mark_published(size);
        self.time.set(Millis(self.time.get().0 + MINUTE));
    }

    fn accounts(&self, bucket: &str) -> Result<Value, PurseError> {
        let ledger = self.ledger.borrow();
        let held = ledger.state().holdings(bucket.parse().unwrap()).map_err(|why| PurseError::Refused(why.to_string()))?;
        let batch = ledger.state().batch().unwrap();
        let files = self.published.borrow();
        let note = String::from_utf8(files["checkpoint"].clone()).unwrap();
        let size: u64 = note.lines().nth(1).unwrap().parse().unwrap();
        assert!(needed_tiles_inclusion(size, batch.leaf).iter().all(|path| files.contains_key(path)));
        let path = prove_inclusion(&|path| files.get(path).cloned(), size, batch.leaf).unwrap();
        let close: Value = serde_json::from_slice(self.bundle(&files).last().unwrap()).unwrap();
        let path: Vec<String> = path.iter().map(|hash| STANDARD.encode(hash)).collect();
        Ok(json!({
            "accounts": held.accounts, "here": held.here, "proofs": held.proofs, "state_root": "",
            "batch": { "number": batch.number, "leaf": batch.leaf, "close": close, "checkpoint": note, "proof": path },
        }))
    }

    /// All entries of a log of at most 256.
    fn bundle(&self, files: &BTreeMap<String, Vec<u8>>) -> Vec<Vec<u8>> {
        files.iter().filter(|(path, _)| path.starts_with("tile/entries/")).map(|(_, b)| read_bundle(b).unwrap()).max_by_key(Vec::len).unwrap()
    }
}

impl Node {
    fn new(shared: &Rc<Shared>) -> Self {
        Self { shared: Rc::clone(shared), files: Rc::default(), asked: Rc::default(), off: 0 }
    }
}

impl Device for Node {
    async fn hold(&self) -> Result<(), PurseError> {
        Ok(())
    }
    fn let_go(&self) {}
    async fn load(&self, name: &str) -> Result<Option<Vec<u8>>, PurseError> {
        Ok(self.files.borrow().get(name).cloned())
    }
    async fn save(&self, name: &str, bytes: &[u8]) -> Result<(), PurseError> {
        self.files.borrow_mut().insert(name.into(), bytes.to_vec());
        Ok(())
    }
    async fn get(&self, path: &str) -> Result<Vec<u8>, PurseError> {
        self.asked.borrow_mut().push(path.to_owned());
        let mut bytes = match path {
            "/ledger/policy" => LogPolicy::of_log(self.shared.keys.key().clone()).to_string().into_bytes(),
            "/health" => b"{}".to_vec(),
            _ => match (path.strip_prefix("/state/accounts/"), path.strip_prefix("/ledger/")) {
                (Some(bucket), _) => serde_json::to_vec(&self.shared.accounts(bucket)?).unwrap(),
                (_, Some(file)) => self.shared.published.borrow().get(file).cloned().ok_or_else(|| PurseError::Refused(format!("no {file}")))?,
                _ => panic!("{path} is not what a wallet asks for"),
            },
        };
        if let Some(trick) = &*self.shared.trick.borrow() {
            trick(path, &mut bytes);
        }
        Ok(bytes)
    }
    async fn post(&self, path: &str, json: String) -> Result<String, PurseError> {
        assert_eq!(path, "/statements");
        let sent: Value = serde_json::from_str(&json).unwrap();
        let entry = statement::json::canonical(&sent["statement"]).unwrap();
        let taken = self.shared.ledger.borrow_mut().append(entry, self.shared.time.get());
        let mut answer = match taken {
            Ok(leaf) => json!({ "status": "pending", "leaf": leaf }),
            // A real node answers a statement that it has with where it stands.
            Err(why) if why.to_string().contains("taken before") || why.to_string().contains("already") => json!({ "status": "pending" }),
            Err(why) => json!({ "status": "rejected", "error": why.to_string() }),
        }
        .to_string()
        .into_bytes();
        if let Some(trick) = &*self.shared.trick.borrow() {
            trick(path, &mut answer);
        }
        Ok(String::from_utf8(answer).unwrap())
    }
    async fn pause(&self, _: u32) {}
    fn now(&self) -> Millis {
        Millis(self.shared.time.get().0 + self.off)
    }
}

/// A ledger with two tokens and a pool, and a wallet that was awarded some of both and has an order that was filled.
struct Scene {
    shared: Rc<Shared>,
    node: Node,
    desk: Desk<Node>,
    deed: Digest,
    coin: Digest,
    /// What was proven before anybody lied.
    honest: View,
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn shown(answer: Answer) -> View {
    match answer {
        Answer::View { view, trouble: None } => *view,
        other => panic!("{other:?}"),
    }
}

fn open(node: &Node) -> (Desk<Node>, View) {
    let mut desk = Desk::new(node.clone());
    assert!(matches!(wait(desk.answer(Request::New { count: 12 })), Answer::Words { .. }));
    let view = shown(wait(desk.answer(Request::Keep { passphrase: "pass".into() })));
    (desk, view)
}

fn definition(symbol: &str, decimals: u8) -> Body {
    let (symbol, name, value) = (symbol.to_owned(), "A token".to_owned(), TokenValue::NonFinancial);
    Body::Token(TokenAct::Define(TokenDefinition { symbol, name, value, decimals, cap: None, community: true, demurrage: None, tradable: true }))
}

fn award(shared: &Shared, token: Digest, to: DidKey, amount: u64) {
    shared.say(1, Body::Token(TokenAct::Award(Award { token, to, amount: Units(amount), memo: None })));
}

fn scene() -> Scene {
    let shared = Rc::new(Shared::new());
    shared.say(1, Body::RegisterActor(Registration { name: "Registrar".into(), role: Role::Registrar, fictional: true }));
    let (deed, coin) = (shared.say(1, definition("DEED", 0)), shared.say(1, definition("COIN", 2)));
    shared.say(1, Body::Exchange(ExchangeAct::OpenPair(PairOpening { base: deed, quote: coin, fee_bps: 30 })));
    award(&shared, deed, key(1).did(), 10_000);
    award(&shared, coin, key(1).did(), 10_000_000);
    let adding = Adding { base: deed, quote: coin, base_amount: Units(1_000), quote_amount: Units(250_000), least_shares: Units(1) };
    shared.say(1, Body::Exchange(ExchangeAct::AddLiquidity(adding)));
    shared.close();
    let node = Node::new(&shared);
    let (mut desk, view) = open(&node);
    let account = DidKey::try_from(view.account).unwrap();
    award(&shared, coin, account, 5_000);
    shared.close();
    shown(wait(desk.answer(Request::Update)));
    let swap = Swap { gives: hex::encode(coin), takes: hex::encode(deed), amount: "25".into(), limit: String::new() };
    let Answer::Quote(quote) = wait(desk.answer(Request::Quote { swap, regard: None })) else { panic!() };
    shown(wait(desk.answer(Request::Place { swap: quote.swap, regard: None })));
    shared.close();
    shared.close();
    let honest = shown(wait(desk.answer(Request::Update)));
    assert!(honest.orders[0].filled.contains("got"), "{honest:?}");
    Scene { shared, node, desk, deed, coin, honest }
}

impl Scene {
    /// Lies from now on.
    fn lie(&self, trick: impl Fn(&str, &mut Vec<u8>) + 'static) {
        *self.shared.trick.borrow_mut() = Some(Box::new(trick));
    }

    /// Lies in its answers about accounts.
    fn lie_about_accounts(&self, trick: impl Fn(&mut Value) + 'static) {
        self.lie(move |path, bytes| {
            if path.starts_with("/state/accounts/") {
                let mut answer = serde_json::from_slice(bytes).unwrap();
                trick(&mut answer);
                *bytes = serde_json::to_vec(&answer).unwrap();
            }
        });
    }

    /// The wallet says that the node cannot prove it, and why; and shows what it showed before.
    fn refuses(&mut self, why: &str) {
        match wait(self.desk.answer(Request::Update)) {
            Answer::View { view, trouble: Some(trouble) } => {
                assert!(trouble.contains("cannot prove") && trouble.contains(why), "{trouble}");
                assert_eq!(
                    (&view.tokens, &view.orders, &view.pairs, view.batch),
                    (&self.honest.tokens, &self.honest.orders, &self.honest.pairs, self.honest.batch.clone())
                );
            }
            other => panic!("{other:?}"),
        }
        *self.shared.trick.borrow_mut() = None;
        shown(wait(self.desk.answer(Request::Update)));
    }
}

/// Another value for every entry of a kind, in place of `from`.
fn changed(kind: &'static str, member: &'static str, to: &'static str) -> impl Fn(&mut Value) {
    move |answer| {
        for proof in answer["proofs"].as_array_mut().unwrap().iter_mut().filter(|p| p["kind"] == kind) {
            let mut value: Value = serde_json::from_slice(&STANDARD.decode(proof["value"].as_str().unwrap()).unwrap()).unwrap();
            value[member] = to.into();
            proof["value"] = STANDARD.encode(statement::json::canonical(&value).unwrap()).into();
        }
    }
}

#[test]
fn lying_about_a_balance_a_price_a_fill_or_a_token_does_not_lead_to_the_root() {
    let mut scene = scene();
    for (kind, member, to) in [
        ("balance", "amount", "999999999"),
        ("pair", "price", "9"),
        ("pair", "base", "1"),
        ("order", "got", "1"),
        ("order", "open", "1"),
        ("token", "decimals", "9"),
    ] {
        scene.lie_about_accounts(changed(kind, member, to));
        scene.refuses("does not lead to the state root");
    }
}

#[test]
fn leaving_out_a_balance_that_was_there_or_that_the_log_paid_is_noticed() {
    let mut scene = scene();
    let without = |kind: &'static str, id: String| {
        move |answer: &mut Value| answer["proofs"].as_array_mut().unwrap().retain(|p| p["kind"] != kind || !p["id"].as_str().unwrap().ends_with(&id))
    };
    let account = scene.honest.account.clone();
    scene.lie_about_accounts(without("balance", account.clone()));
    scene.refuses("leaves out a balance");
    let (node, to) = (scene.node.clone(), DidKey::try_from(account.clone()).unwrap());
    let third = node.shared.say(1, definition("THIRD", 0));
    award(&node.shared, third, to, 7);
    node.shared.close();
    let hidden = format!("{},{account}", hex::encode(third));
    scene.lie_about_accounts(without("balance", hidden));
    scene.refuses("shows no balance of that token");
}

#[test]
fn an_older_state_or_another_history_under_the_logs_own_signature_is_refused() {
    let mut scene = scene();
    let older = (scene.shared.accounts("all").unwrap(), scene.shared.published.borrow().clone());
    award(&scene.shared, scene.coin, key(40).did(), 1);
    scene.shared.close();
    scene.honest = shown(wait(scene.desk.answer(Request::Update)));
    scene.lie_about_accounts(move |answer| answer.clone_from(&older.0));
    scene.refuses("shorter than it was");

    // The same keys, longer, complete in itself; but its first leaves are others.
    let other = Shared::new();
    other.say(1, Body::RegisterActor(Registration { name: "Another history".into(), role: Role::Registrar, fictional: true }));
    for n in 0..20 {
        other.say(1, definition(&format!("T{n}"), 0));
    }
    let to = DidKey::try_from(scene.honest.account.clone()).unwrap();
    let coin = other.say(1, definition("COIN", 2));
    award(&other, coin, to, 999_999);
    other.close();
    let (answer, files) = (other.accounts("all").unwrap(), other.published.take());
    scene.lie(move |path, bytes| {
        if path.starts_with("/state/accounts/") {
            *bytes = serde_json::to_vec(&answer).unwrap();
        } else if let Some(file) = path.strip_prefix("/ledger/").and_then(|path| files.get(path)) {
            bytes.clone_from(file);
        }
    });
    // Its bundle may be of another length than the honest one, so that it is not even found; either way nothing of it is taken over.
    let said = wait(scene.desk.answer(Request::Update));
    assert!(matches!(&said, Answer::View { view, trouble: Some(_) } if view.tokens == scene.honest.tokens), "{said:?}");
}

#[test]
fn a_payment_put_into_the_log_or_taken_out_of_it_gives_another_root() {
    let mut scene = scene();
    let to = DidKey::try_from(scene.honest.account.clone()).unwrap();
    award(&scene.shared, scene.coin, to, 250);
    scene.shared.close();
    let forged = scene.shared.entry(1, Body::Token(TokenAct::Award(Award { token: scene.coin, to, amount: Units(777), memo: None })));
    scene.lie(move |path, bytes| {
        if path.starts_with("/ledger/tile/entries/") {
            let mut entries = read_bundle(bytes).unwrap();
            let at = entries.len() - 2;
            entries[at].clone_from(&forged);
            *bytes = write_bundle(&entries).unwrap();
        }
    });
    scene.refuses("its log is not the one");
    scene.lie(move |path, bytes| {
        if path.starts_with("/ledger/tile/entries/") {
            let mut entries = read_bundle(bytes).unwrap();
            entries.pop();
            *bytes = write_bundle(&entries).unwrap();
        }
    });
    // The honest node was heard in between, so there has to be something to read again.
    award(&scene.shared, scene.coin, to, 1);
    scene.shared.close();
    scene.honest = match wait(scene.desk.answer(Request::Open)) {
        Answer::View { view, .. } => *view,
        other => panic!("{other:?}"),
    };
    scene.refuses("ends before its checkpoint");
}

#[test]
fn a_batch_that_somebody_else_closed_and_a_checkpoint_that_somebody_else_signed_are_refused() {
    let mut scene = scene();
    // All of it anew under another key: complete, consistent, and nobody's.
    let keys = LogKeys::from_seed(ORIGIN, &[6; 32]).unwrap();
    let mut log = LogWriter::new();
    for entry in scene.shared.bundle(&scene.shared.published.borrow()) {
        log.append(entry).unwrap();
    }
    let note = ecosphere::log::Checkpoint { origin: ORIGIN.into(), size: log.size(), root: log.root() }
        .sign(&ecosphere::log::LogSigner::from_seed(ORIGIN, &[6; 32]).unwrap());
    assert_ne!(keys.key(), scene.shared.keys.key());
    scene.lie_about_accounts(move |answer| answer["batch"]["checkpoint"] = note.clone().into());
    scene.refuses("checkpoint");
    let close = scene.shared.entry(1, definition("CLOSE", 0));
    scene.lie_about_accounts(move |answer| answer["batch"]["close"] = serde_json::from_slice(&close).unwrap());
    scene.refuses("inclusion proof");
}

#[test]
fn a_node_that_says_it_has_more_accounts_than_it_has_learns_eight_bits_and_no_more() {
    let mut scene = scene();
    scene.lie_about_accounts(|answer| answer["accounts"] = 100_000_000.into());
    shown(wait(scene.desk.answer(Request::Update)));
    scene.node.asked.borrow_mut().clear();
    let told = wait(scene.desk.answer(Request::Update));
    assert!(matches!(&told, Answer::View { .. }), "{told:?}");
    let bucket = |asked: &[String]| asked.iter().filter_map(|path| path.strip_prefix("/state/accounts/").map(str::to_owned)).collect::<Vec<_>>();
    let asked = bucket(&scene.node.asked.borrow());
    assert_eq!((asked[0].len(), asked.last().map(String::as_str)), (8, Some("all")), "{asked:?}");
    // Once it is honest again, nothing of a key is asked with any more.
    *scene.shared.trick.borrow_mut() = None;
    shown(wait(scene.desk.answer(Request::Update)));
    scene.node.asked.borrow_mut().clear();
    shown(wait(scene.desk.answer(Request::Update)));
    assert_eq!(bucket(&scene.node.asked.borrow()), ["all"]);
}

#[test]
fn what_is_fetched_is_the_same_whoever_asks_and_whatever_they_have() {
    let scene = scene();
    let (rich, poor) = (Node::new(&scene.shared), Node::new(&scene.shared));
    let ((mut first, view), (mut second, _)) = (open(&rich), open(&poor));
    for n in 0..3 {
        award(&scene.shared, scene.deed, DidKey::try_from(view.account.clone()).unwrap(), 10 + n);
        scene.shared.close();
        shown(wait(first.answer(Request::Update)));
        shown(wait(second.answer(Request::Update)));
    }
    assert_eq!(*rich.asked.borrow(), *poor.asked.borrow());
    assert!(!rich.asked.borrow().is_empty());
}

#[test]
fn a_node_that_refuses_a_payment_and_logs_it_all_the_same_is_seen_through() {
    let mut scene = scene();
    scene.lie(|path, bytes| {
        if path == "/statements" {
            *bytes = br#"{"status":"rejected","error":"not today"}"#.to_vec();
        }
    });
    let request = ecosphere::wallet::PaymentRequest {
        to: key(40).did(),
        ledger: ORIGIN.into(),
        token: scene.coin,
        amount: Some(100),
        reference: None,
        label: None,
        message: None,
    };
    let view = shown(wait(scene.desk.answer(Request::Pay { text: request.to_uri(2), amount: String::new(), regard: None })));
    assert_eq!((view.history[0].stage, view.history[0].why.as_deref()), (Stage::Rejected, Some("not today")));
    scene.shared.close();
    let view = shown(wait(scene.desk.answer(Request::Update)));
    assert_eq!((view.history[0].stage, view.history[0].title.as_str()), (Stage::Logged, "Paid"));
}

#[test]
fn a_clock_that_is_a_day_off_stops_no_payment_and_two_ledgers_are_not_mixed_up() {
    for off in [-Millis::DAY, Millis::DAY] {
        let scene = scene();
        let node = Node { off, ..Node::new(&scene.shared) };
        let (mut desk, view) = open(&node);
        award(&scene.shared, scene.coin, DidKey::try_from(view.account).unwrap(), 500);
        scene.shared.close();
        shown(wait(desk.answer(Request::Update)));
        let request = |ledger: &str| ecosphere::wallet::PaymentRequest {
            to: key(40).did(),
            ledger: ledger.into(),
            token: scene.coin,
            amount: Some(100),
            reference: None,
            label: None,
            message: None,
        };
        let other = wait(desk.answer(Request::Pay { text: request("example.org/other").to_uri(2), amount: String::new(), regard: None }));
        assert!(matches!(&other, Answer::Refused(why) if why.contains("another one")), "{other:?}");
        shown(wait(desk.answer(Request::Pay { text: request(ORIGIN).to_uri(2), amount: String::new(), regard: None })));
        scene.shared.close();
        let view = shown(wait(desk.answer(Request::Update)));
        assert_eq!(view.history[0].stage, Stage::Logged, "{view:?}");
    }
}
