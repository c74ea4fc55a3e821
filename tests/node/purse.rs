//! Wallets against a node that runs: paid, swapped, restored, and killed at any moment.

use super::process::{ORIGIN, Process, create, key, registrar};
use ecosphere::{
    log::{bundle_path, read_bundle},
    measure::Millis,
    node::sequencer::now,
    purse::{
        Desk, Note,
        native::Native,
        wire::{Answer, Request, Stage, Swap, View},
    },
    statement::{
        self, Accreditation, Adding, Award, Body, DidKey, Digest, Draft, ExchangeAct, PairOpening, Registration, Role, SigningKey, TokenAct,
        TokenDefinition, TokenValue, Units,
    },
    wallet::{Firmness, Regard, Rule},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const PHRASE: &str = "correct horse battery staple";

/// Sends a statement of somebody who has no wallet.
pub async fn say(node: &Process, who: &SigningKey, nonce: u8, body: Body) -> Digest {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let draft = Draft { ledger: ORIGIN.to_owned(), nonce: [nonce; 16], expires: Millis(now().0 + Millis::DAY), body };
    let entry = statement::sign(&draft, now(), who, &[]).unwrap();
    let text = format!("{{\"statement\":{}}}", String::from_utf8(entry.clone()).unwrap());
    let answer = reqwest::Client::new().post(format!("{}/statements", node.base)).body(text).send().await.unwrap();
    let (status, said) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{said}");
    statement::verify(&entry).unwrap().id
}

/// A ledger with an issuer in standing, and two tokens of theirs that can be swapped for each other.
pub async fn issuer(node: &Process) -> (SigningKey, [Digest; 2]) {
    let (top, issuer) = (registrar(), SigningKey::from_seed(&[9; 32]));
    let introduced = |name: &str, role| Body::RegisterActor(Registration { name: name.into(), role, fictional: true });
    say(node, &top, 1, introduced("Registrar", Role::Registrar)).await;
    say(node, &issuer, 2, introduced("Issuer", Role::Retailer)).await;
    say(node, &top, 3, Body::Accredit(Accreditation { subject: issuer.did(), role: Role::Retailer })).await;
    let token = |symbol: &str, decimals| TokenDefinition {
        symbol: symbol.into(),
        name: format!("The {symbol}"),
        value: TokenValue::NonFinancial,
        decimals,
        cap: None,
        community: true,
        demurrage: None,
        tradable: true,
    };
    let deed = say(node, &issuer, 4, Body::Token(TokenAct::Define(token("DEED", 0)))).await;
    let coin = say(node, &issuer, 5, Body::Token(TokenAct::Define(token("COIN", 2)))).await;
    say(node, &issuer, 6, Body::Exchange(ExchangeAct::OpenPair(PairOpening { base: deed, quote: coin, fee_bps: 30 }))).await;
    (issuer, [deed, coin])
}

pub async fn award(node: &Process, issuer: &SigningKey, nonce: u8, token: Digest, to: DidKey, amount: u64) {
    say(node, issuer, nonce, Body::Token(TokenAct::Award(Award { token, to, amount: Units(amount), memo: None }))).await;
}

pub fn desk(folder: &Path, name: &str, node: &Process) -> Desk<Native> {
    Desk::new(Native::new(&folder.join(name), Some(&node.base)).unwrap())
}

pub fn shown(answer: Answer) -> View {
    match answer {
        Answer::View { view, trouble: None } => *view,
        other => panic!("{other:?}"),
    }
}

/// A new wallet; its words, and its view.
pub async fn wallet(desk: &mut Desk<Native>) -> (String, View) {
    let Answer::Words { words, .. } = desk.answer(Request::New { count: 12 }).await else { panic!() };
    let view = shown(desk.answer(Request::Keep { passphrase: PHRASE.into() }).await);
    (words.join(" "), view)
}

pub fn account(view: &View) -> DidKey {
    DidKey::try_from(view.account.clone()).unwrap()
}

pub fn balance(view: &View, symbol: &str) -> String {
    view.tokens.iter().find(|t| t.symbol == symbol).and_then(|t| t.balance.clone()).unwrap_or_default()
}

/// Updates until it is as it should be.
pub async fn until(desk: &mut Desk<Native>, what: &str, is: impl Fn(&View) -> bool) -> View {
    let started = Instant::now();
    loop {
        let answer = desk.answer(Request::Update).await;
        if let Answer::View { view, trouble: None } = &answer
            && is(view)
        {
            return (**view).clone();
        }
        assert!(started.elapsed() < Duration::from_secs(100), "{what}: {answer:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

pub fn settled(view: &View) -> bool {
    view.history.iter().all(|row| row.stage == Stage::Logged)
}

#[tokio::test]
async fn two_wallets_are_awarded_pay_and_order() {
    let folder = tempfile::tempdir().unwrap();
    create(&folder.path().join("data"));
    let node = Process::start(&folder.path().join("data"));
    let (issuer, [deed, coin]) = issuer(&node).await;
    let (mut ana, mut ben) = (desk(folder.path(), "ana", &node), desk(folder.path(), "ben", &node));
    let (_, view) = wallet(&mut ana).await;
    assert!(!view.backed_up && view.fingerprint.len() == 64 && view.ledger == ORIGIN);
    let (anas, bens) = (account(&view), account(&wallet(&mut ben).await.1));
    award(&node, &issuer, 10, coin, anas, 5_000).await;
    award(&node, &issuer, 11, coin, bens, 100).await;
    let view = until(&mut ana, "the award", |v| balance(v, "COIN") == "50").await;
    assert_eq!((view.history.len(), view.history[0].title.as_str()), (1, "Awarded to you"));

    // Ben asks, Ana pays; what it was for is known to both, and stands nowhere else.
    until(&mut ben, "the token", |v| balance(v, "COIN") == "1").await;
    let asked = Request::Ask {
        token: hex::encode(coin),
        amount: "12.50".into(),
        label: "Ben's bakery".into(),
        message: "sourdough bread".into(),
        regard: None,
    };
    let Answer::Asked { uri, code, .. } = ben.answer(asked).await else { panic!() };
    assert!(code.starts_with("<svg") && uri.starts_with("ecosphere:did:key:"));
    let Answer::Asking(asking) = ana.answer(Request::Read { text: uri.clone(), regard: None }).await else { panic!() };
    assert_eq!((asking.amount.as_deref(), asking.label.as_deref(), asking.warnings.len()), (Some("12.5"), Some("Ben's bakery"), 0));

    // Her own rule is asked before anything is signed: she is warned first, and then she would rather not.
    let crossing = Some(Regard { name: "Ovens".into(), crosses: vec!["No palm oil: crossed.".into()], grade: None });
    let read = Request::Read { text: uri.clone(), regard: crossing.clone() };
    let Answer::Asking(asking) = ana.answer(read.clone()).await else { panic!() };
    assert_eq!(
        (asking.warnings.as_slice(), asking.refusals.len()),
        (["Ovens crosses a line of yours: No palm oil: crossed".to_owned()].as_slice(), 0)
    );
    let firm = Rule { lines: Firmness::Refuse, ..Rule::default() };
    assert_eq!(shown(ana.answer(Request::Rule(firm)).await).rule, firm);
    let Answer::Asking(asking) = ana.answer(read).await else { panic!() };
    assert_eq!((asking.warnings.len(), asking.refusals.len()), (0, 1));
    let refused = ana.answer(Request::Pay { text: uri.clone(), amount: String::new(), regard: crossing }).await;
    assert!(matches!(&refused, Answer::Refused(why) if why.contains("by your own rule")), "{refused:?}");
    let view = shown(ana.answer(Request::Open).await);
    assert_eq!((view.history.len(), view.tokens.iter().find(|t| t.symbol == "COIN").unwrap().leaving.as_deref()), (1, None), "nothing was signed");

    let view = shown(ana.answer(Request::Pay { text: uri.clone(), amount: String::new(), regard: None }).await);
    let coins = view.tokens.iter().find(|t| t.symbol == "COIN").unwrap();
    assert_eq!((view.history[0].stage, coins.leaving.as_deref()), (Stage::Pending, Some("12.5")));
    let again = ana.answer(Request::Pay { text: uri, amount: "1".into(), regard: None }).await;
    assert!(matches!(&again, Answer::Refused(why) if why.contains("names its amount")), "{again:?}");
    let view = until(&mut ana, "the payment", |v| settled(v) && balance(v, "COIN") == "37.5").await;
    assert_eq!((view.history[0].message.as_deref(), view.history[0].other_name.as_deref()), (Some("sourdough bread"), Some("Ben's bakery")));
    let view = until(&mut ben, "what was paid", |v| balance(v, "COIN") == "13.5").await;
    assert_eq!((view.history[0].title.as_str(), view.history[0].message.as_deref()), ("Received", Some("sourdough bread")));
    let log: Vec<u8> = entries(&folder.path().join("data")).into_iter().flatten().collect();
    assert!(!String::from_utf8_lossy(&log).contains("sourdough"));

    // A pool, and four orders in a batch: all at one price.
    award(&node, &issuer, 20, deed, issuer.did(), 11_000).await;
    award(&node, &issuer, 21, coin, issuer.did(), 100_000_000).await;
    let adding = Adding { base: deed, quote: coin, base_amount: Units(1_000), quote_amount: Units(250_000), least_shares: Units(1) };
    say(&node, &issuer, 22, Body::Exchange(ExchangeAct::AddLiquidity(adding))).await;
    until(&mut ana, "the pool", |v| v.pairs.first().is_some_and(|p| !p.pool.is_empty())).await;
    let swap = Swap { gives: hex::encode(coin), takes: hex::encode(deed), amount: "25".into(), limit: String::new() };
    let Answer::Quote(quote) = ana.answer(Request::Quote { swap, regard: None }).await else { panic!() };
    assert_eq!((quote.gets.as_str(), quote.partial), ("9\u{a0}DEED", false), "{quote:?}");
    let placed = shown(ana.answer(Request::Place { swap: quote.swap, regard: None }).await);
    assert_eq!(placed.history[0].stage, Stage::Pending);
    for (nonce, amount) in [(30, 3_000), (31, 2_000), (32, 2_500)] {
        let placing = statement::Placing { gives: coin, takes: deed, amount: Units(amount), limit: None, until: Millis(now().0 + Millis::DAY) };
        say(&node, &issuer, nonce, Body::Exchange(ExchangeAct::Place(placing))).await;
    }
    let view = until(&mut ana, "the order", settled).await;
    assert_eq!((view.orders.len(), view.pairs.len()), (1, 1));
    node.stop();
}

/// Folded again from the log alone, every root and every pack is the same.
#[cfg(feature = "cli")]
pub fn replays(data: &Path) {
    let mut replay = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
    let found = replay.args(["--json", "replay"]).arg(data).args(["--key", &key().to_string()]).output().unwrap();
    let told: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(told["holds"], true, "{told}");
}

#[tokio::test]
async fn at_rest_a_wallet_shows_nothing_without_its_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    create(&folder.path().join("data"));
    let node = Process::start(&folder.path().join("data"));
    let (issuer, [_, coin]) = issuer(&node).await;
    let mut desk = desk(folder.path(), "mine", &node);
    let (words, view) = wallet(&mut desk).await;
    award(&node, &issuer, 10, coin, account(&view), 5_000).await;
    until(&mut desk, "the award", |v| balance(v, "COIN") == "50").await;
    shown(desk.answer(Request::Name { who: issuer.did(), name: "Aunt Isabella".into() }).await);
    let ask = Request::Ask { token: hex::encode(coin), amount: "1".into(), label: String::new(), message: "secret message".into(), regard: None };
    assert!(matches!(desk.answer(ask).await, Answer::Asked { .. }));
    let till = desk.till().unwrap();
    let other = SigningKey::from_seed(&[77; 32]).did();
    let pay = Body::Token(TokenAct::Pay(statement::Pay { token: coin, to: other, amount: Units(1), reference: None, memo: None }));
    till.sign(0, pay, Some((coin, 1)), Note::default()).await.unwrap();
    assert_eq!(desk.answer(Request::Lock).await, Answer::Locked);

    let kept: Vec<Vec<u8>> = ["mine", "mine.book"].iter().map(|name| std::fs::read(folder.path().join(name)).unwrap()).collect();
    let pairs: Vec<String> = words.split(' ').collect::<Vec<_>>().windows(2).map(|two| two.join(" ")).collect();
    let secrets = ["Isabella", "secret message", &view.account, &other.to_string(), ORIGIN, "COIN", "did:key", &hex::encode(coin)];
    for secret in secrets.into_iter().map(str::to_owned).chain(pairs) {
        assert!(!kept.iter().any(|file| file.windows(secret.len()).any(|w| w == secret.as_bytes())), "{secret}");
    }
    for secret in [coin, *other.public(), *account(&view).public()] {
        assert!(!kept.iter().any(|file| file.windows(32).any(|w| w == secret)));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "the ledger, these two files, and an empty one that is locked");
    assert_eq!(std::fs::metadata(folder.path().join("mine.lock")).unwrap().len(), 0);
    let wrong = desk.answer(Request::Unlock { passphrase: "wrong horse".into() }).await;
    assert!(matches!(&wrong, Answer::Refused(why) if why.contains("passphrase")), "{wrong:?}");
    let open = shown(desk.answer(Request::Unlock { passphrase: PHRASE.into() }).await);
    let mut second = Desk::new(Native::new(&folder.path().join("mine"), None).unwrap());
    let elsewhere = second.answer(Request::Unlock { passphrase: PHRASE.into() }).await;
    assert!(matches!(&elsewhere, Answer::Refused(why) if why.contains("another program")), "{elsewhere:?}");
    assert_eq!((open.contacts.len(), open.history.len()), (1, 1));
}

/// All entries of a ledger that does not run.
fn entries(data: &Path) -> Vec<Vec<u8>> {
    let note = std::fs::read_to_string(data.join("ledger/checkpoint")).unwrap();
    let size: u64 = note.lines().nth(1).unwrap().parse().unwrap();
    let bundle = |n: u64| read_bundle(&std::fs::read(data.join("ledger").join(bundle_path(size, n * 256))).unwrap()).unwrap();
    (0..size.div_ceil(256)).flat_map(bundle).collect()
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    getrandom04::fill(&mut bytes).unwrap();
    u64::from_be_bytes(bytes)
}

/// 5 rounds; 100, or as many as it says, where `ECOSPHERE_SOAK` is set.
#[cfg(feature = "cli")]
#[test]
fn what_was_signed_is_paid_once_however_often_the_power_goes() {
    let rounds: u64 = std::env::var("ECOSPHERE_SOAK").map_or(5, |rounds| rounds.parse().unwrap_or(100));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    create(&data);
    let mut node = Process::start(&data);
    let (coin, bens) = runtime.block_on(async {
        let (issuer, [_, coin]) = issuer(&node).await;
        let mut ana = desk(folder.path(), "ana", &node);
        let view = wallet(&mut ana).await.1;
        award(&node, &issuer, 10, coin, account(&view), 1_000_000).await;
        until(&mut ana, "the award", |v| balance(v, "COIN") == "10000").await;
        (coin, SigningKey::from_seed(&[77; 32]).did())
    });
    let request = ecosphere::wallet::PaymentRequest {
        to: bens,
        ledger: ORIGIN.into(),
        token: coin,
        amount: Some(100),
        reference: None,
        label: None,
        message: None,
    };
    let pay = |node: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecosphere-cli"));
        command.args(["--json", "pay", "send"]).arg(folder.path().join("ana")).args(["--to", node, "--request", &request.to_uri(2)]);
        command.env("ECOSPHERE_PASSPHRASE", PHRASE).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    };
    let mut told = Vec::new();
    for round in 0..rounds {
        let mut payer = pay(&node.base).spawn().unwrap();
        // Somewhere before or after signing, keeping, sending, and being told.
        std::thread::sleep(Duration::from_millis(random() % 1_500));
        if round % 2 == 0 {
            payer.kill().unwrap();
        } else {
            node.kill();
            node = Process::start(&data);
        }
        let said = payer.wait_with_output().unwrap();
        if let Ok(row) = serde_json::from_slice::<Value>(&said.stdout) {
            told.push(row["id"].as_str().unwrap().to_owned());
        }
    }
    let view = runtime.block_on(async {
        let mut ana = desk(folder.path(), "ana", &node);
        shown(ana.answer(Request::Unlock { passphrase: PHRASE.into() }).await);
        until(&mut ana, "all that was signed", settled).await
    });
    node.stop();
    replays(&data);
    let mut logged = BTreeMap::new();
    for entry in entries(&data) {
        let statement = statement::verify(&entry).unwrap();
        if matches!(statement.body, Body::Token(TokenAct::Pay(_))) {
            *logged.entry(hex::encode(statement.id)).or_insert(0) += 1;
        }
    }
    let paid: Vec<String> = view.history.iter().filter(|row| row.title == "Paid").map(|row| row.id.clone()).collect();
    assert!(logged.values().all(|times| *times == 1), "nothing is paid twice");
    assert!(paid.iter().all(|id| logged.contains_key(id)) && paid.len() == logged.len(), "what the wallet knows and what the ledger has is the same");
    assert!(told.iter().all(|id| logged.contains_key(id)), "what the person was told of is not lost");
    assert_eq!(balance(&view, "COIN"), (10_000 - logged.len()).to_string());
}
