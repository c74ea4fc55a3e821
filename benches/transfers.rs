//! Transfers from signed to durable, as the node runs: signatures checked on all cores, balances folded, the state's root kept, batches closed meanwhile.

use super::{REGISTRAR, RUN, STEWARD, goal, made, open, send, signed};
use ecosphere::{
    node::intake::Intake,
    statement::{
        self, Accreditation, Award, Body, DidKey, Digest, Pay, Registration, Role, SigningKey, TokenAct, TokenDefinition, TokenValue, Units,
    },
};
use std::{sync::Arc, time::Instant};

/// Accounts that pay each other.
const ACCOUNTS: u64 = 2_000;

fn seed(account: u64) -> [u8; 32] {
    let mut seed = [8; 32];
    seed[..8].copy_from_slice(&account.to_be_bytes());
    seed
}

fn account(number: u64) -> DidKey {
    SigningKey::from_seed(&seed(number)).did()
}

/// An issuer in standing with a token; its id, and the statements that make it.
fn token() -> (Digest, Vec<Vec<u8>>) {
    let who = |name: &str, role| Body::RegisterActor(Registration { name: name.to_owned(), role, fictional: true });
    let issuer = SigningKey::from_seed(&STEWARD).did();
    let definition = TokenDefinition {
        symbol: "COIN".into(),
        name: "A coin".into(),
        value: TokenValue::Financial,
        decimals: 2,
        cap: None,
        community: true,
        demurrage: None,
        tradable: true,
    };
    let all = [
        (who("Registrar", Role::Registrar), REGISTRAR),
        (who("Issuer", Role::Retailer), STEWARD),
        (Body::Accredit(Accreditation { subject: issuer, role: Role::Retailer }), REGISTRAR),
        (Body::Token(TokenAct::Define(definition)), STEWARD),
    ];
    let entries: Vec<Vec<u8>> = (u64::MAX - 4..).zip(all).map(|(number, (body, seed))| signed(number, body, &seed)).collect();
    let defined = entries.last().expect("there are four");
    (statement::verify(defined).expect("it is of our own making").id, entries)
}

/// How many a second.
pub async fn transfers() {
    let folder = tempfile::tempdir().expect("a folder");
    let intake = Arc::new(Intake::start(open(folder.path(), 10_000), Arc::default()).expect("threads"));
    let (token, first) = token();
    for one in first {
        assert_eq!(send(&intake, vec![one]).await, 1, "it is taken");
    }
    let award = |n| signed(n, Body::Token(TokenAct::Award(Award { token, to: account(n), amount: Units(1_000_000), memo: None })), &STEWARD);
    assert_eq!(send(&intake, made(0, ACCOUNTS, award)).await as u64, ACCOUNTS, "every one is taken");
    let pay = |n| {
        let pay = Pay { token, to: account((n * 7 + 1) % ACCOUNTS), amount: Units(1 + n % 50), reference: None, memo: None };
        signed(n, Body::Token(TokenAct::Pay(pay)), &seed(n % ACCOUNTS))
    };
    let payments = made(ACCOUNTS, RUN, pay);
    let started = Instant::now();
    assert_eq!(send(&intake, payments).await as u64, RUN, "every one is taken");
    goal("transfers from signed to durable, full fold (SQLite, in process)", RUN, started.elapsed(), 5_000.0);
    tokio::task::spawn_blocking(move || intake.stop()).await.expect("it stops");
}
