//! Wallets against a node that runs: steward pools and a community's vouchers, several accounts, a sum in one's own currency, the check of orders.

use super::{
    process::{Process, create},
    purse::{account, award, balance, desk, issuer, replays, say, settled, shown, until, wallet},
};
use ecosphere::{
    measure::{Decimal, Millis},
    node::sequencer::now,
    purse::wire::{Answer, Request, Stage, Swap},
    statement::{Body, ExchangeAct, PersonCap, Placing, StewardFunding, StewardOpening, Units, Voucher},
    wallet::{Firmness, Regard, Rule},
};

#[tokio::test]
async fn a_steward_sells_at_a_fixed_rate_to_members_whatever_their_account() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    create(&data);
    let node = Process::start(&data);
    // The issuer is the community and the steward too.
    let (community, [deed, coin]) = issuer(&node).await;
    let mut ana = desk(folder.path(), "ana", &node);
    let anas = account(&wallet(&mut ana).await.1);
    award(&node, &community, 10, deed, anas, 20).await;
    award(&node, &community, 11, coin, community.did(), 100_000).await;
    let person = Some(PersonCap { community: community.did(), cap: Units(1_000) });
    let rate = Decimal::parse("2.5").unwrap();
    let opening = StewardOpening { takes: deed, gives: coin, rate, amount: Units(5_000), total_cap: Units(2_000), person };
    let pool = say(&node, &community, 12, Body::Exchange(ExchangeAct::OpenSteward(opening))).await;
    let view = until(&mut ana, "the pool", |v| !v.stewards.is_empty() && balance(v, "DEED") == "20").await;
    let row = &view.stewards[0];
    assert_eq!(
        (row.left.as_str(), row.person.as_deref(), row.rate.as_str()),
        ("20\u{a0}COIN", Some("10\u{a0}COIN"), "2.5\u{a0}COIN for 1\u{a0}DEED")
    );

    let swap = |amount: &str| Swap { gives: hex::encode(deed), takes: hex::encode(coin), amount: amount.into(), limit: String::new() };
    let Answer::Quote(quote) = ana.answer(Request::Quote { swap: swap("3"), regard: None }).await else { panic!() };
    assert_eq!((quote.market, quote.stewards[0].gets.as_deref()), (true, Some("7.5\u{a0}COIN")));
    let Answer::Quote(over) = ana.answer(Request::Quote { swap: swap("5"), regard: None }).await else { panic!() };
    assert!(over.stewards[0].gets.is_none() && over.stewards[0].why.as_ref().unwrap().contains("you can have 1000"), "{over:?}");
    let ask = |amount: &str, voucher: &str| Request::Steward { pool: hex::encode(pool), swap: swap(amount), voucher: voucher.into(), regard: None };
    for (voucher, why) in [("", "ask it for a voucher"), ("{}", "not a voucher")] {
        let refused = ana.answer(ask("3", voucher)).await;
        assert!(matches!(&refused, Answer::Refused(said) if said.contains(why)), "{refused:?}");
    }
    let vouch =
        |for_| serde_json::to_string(&Voucher::new(&community, &view.ledger, &pool, &for_, Voucher::pseudonym(&community, &pool, "Ana"))).unwrap();
    shown(ana.answer(ask("3", &vouch(anas))).await);
    let view = until(&mut ana, "the swap", |v| settled(v) && balance(v, "COIN") == "7.5").await;
    assert_eq!(
        (view.history[0].title.as_str(), view.stewards[0].person.as_deref()),
        ("Swapped with a steward: DEED for COIN", Some("2.5\u{a0}COIN"))
    );

    // With another account of hers she is still Ana to the pool.
    let view = shown(ana.answer(Request::Account { index: 1 }).await);
    let second = account(&view);
    assert!(second != anas && view.accounts.len() == 2 && view.accounts[1].chosen);
    let refused = ana.answer(Request::Account { index: 7 }).await;
    assert!(matches!(&refused, Answer::Refused(why) if why.contains("no such account")), "{refused:?}");
    award(&node, &community, 13, deed, second, 20).await;
    let view = until(&mut ana, "the second account", |v| balance(v, "DEED") == "37").await;
    let has = |n: usize| {
        let mut all = view.accounts[n].balances.clone();
        all.sort();
        all
    };
    assert_eq!((has(0), has(1)), (vec!["17\u{a0}DEED".to_owned(), "7.5\u{a0}COIN".to_owned()], vec!["20\u{a0}DEED".to_owned()]));
    shown(ana.answer(ask("1", &vouch(second))).await);
    let view = until(&mut ana, "the second swap", |v| settled(v) && balance(v, "COIN") == "10").await;
    assert_eq!(view.stewards[0].person.as_deref(), Some("0\u{a0}COIN"));
    let named = shown(ana.answer(Request::NameAccount { index: 1, name: " For the market ".into() }).await);
    assert_eq!(named.accounts[1].name, "For the market");

    // What leaves one account takes nothing from another.
    let pays = Request::Ask { token: hex::encode(deed), amount: String::new(), label: String::new(), message: String::new(), regard: None };
    let mut ben = desk(folder.path(), "ben", &node);
    wallet(&mut ben).await;
    until(&mut ben, "the tokens", |v| !v.tokens.is_empty()).await;
    let Answer::Asked { uri, .. } = ben.answer(pays).await else { panic!() };
    for (index, amount) in [(0, "17"), (1, "19")] {
        shown(ana.answer(Request::Account { index }).await);
        shown(ana.answer(Request::Pay { text: uri.clone(), amount: amount.into(), regard: None }).await);
    }
    until(&mut ben, "both", |v| balance(v, "DEED") == "36").await;

    // Funding raises the cap; what the log says is folded again to the same roots.
    let more = StewardFunding { pool, amount: Units(0), total_cap: Some(Units(4_000)) };
    say(&node, &community, 14, Body::Exchange(ExchangeAct::FundSteward(more))).await;
    until(&mut ana, "the cap", |v| v.stewards[0].left == "30\u{a0}COIN").await;
    node.stop();
    replays(&data);
}

#[tokio::test]
async fn all_of_it_is_counted_at_the_last_prices_and_an_order_is_held_against_the_rule() {
    let folder = tempfile::tempdir().unwrap();
    create(&folder.path().join("data"));
    let node = Process::start(&folder.path().join("data"));
    let (issuer, [deed, coin]) = issuer(&node).await;
    let mut ana = desk(folder.path(), "ana", &node);
    let anas = account(&wallet(&mut ana).await.1);
    award(&node, &issuer, 10, deed, anas, 7).await;
    award(&node, &issuer, 11, coin, anas, 1_000).await;
    award(&node, &issuer, 12, deed, issuer.did(), 100).await;
    until(&mut ana, "the awards", |v| balance(v, "DEED") == "7" && balance(v, "COIN") == "10").await;
    let view = shown(ana.answer(Request::Currency { token: hex::encode(coin) }).await);
    let total = view.total.unwrap();
    assert_eq!((total.amount.as_str(), total.uncounted.as_slice()), ("10\u{a0}COIN", ["7\u{a0}DEED".to_owned()].as_slice()), "no price yet");

    let swap = Swap { gives: hex::encode(coin), takes: hex::encode(deed), amount: "3".into(), limit: "1.5".into() };
    let crossing = Some(Regard { name: "Mills".into(), crosses: vec!["No palm oil: crossed.".into()], grade: None });
    let Answer::Quote(quote) = ana.answer(Request::Quote { swap: swap.clone(), regard: crossing.clone() }).await else { panic!() };
    assert_eq!((quote.warnings.len(), quote.refusals.len()), (1, 0));
    shown(ana.answer(Request::Rule(Rule { lines: Firmness::Refuse, ..Rule::default() })).await);
    let ask = Request::Ask { token: hex::encode(deed), amount: "1".into(), label: String::new(), message: String::new(), regard: crossing.clone() };
    for request in [Request::Place { swap: swap.clone(), regard: crossing.clone() }, ask] {
        let refused = ana.answer(request).await;
        assert!(matches!(&refused, Answer::Refused(why) if why.contains("by your own rule")), "{refused:?}");
    }
    assert!(shown(ana.answer(Request::Open).await).history.iter().all(|row| row.stage == Stage::Logged), "nothing was signed");
    shown(ana.answer(Request::Place { swap, regard: None }).await);
    let limit = Decimal::parse("1.5").ok();
    let placing = Placing { gives: deed, takes: coin, amount: Units(2), limit, until: Millis(now().0 + Millis::DAY) };
    say(&node, &issuer, 13, Body::Exchange(ExchangeAct::Place(placing))).await;
    let view = until(&mut ana, "the fill", |v| balance(v, "DEED") == "9").await;
    let total = view.total.unwrap();
    assert_eq!((total.amount.as_str(), total.uncounted.len()), ("20.5\u{a0}COIN", 0), "7 coins left, and 9 deeds at 1.5");
    assert_eq!((total.communities.len(), total.communities[0].1.as_str()), (1, "20.5\u{a0}COIN"));
    node.stop();
}
