//! Tokens, demurrage and the exchange on the ledger: what each statement does, and each guard.

mod stewards;

use super::*;
use crate::{
    exchange::ExchangeError,
    measure::Decimal,
    statement::{
        Adding, Award, Cancelling, Demurrage, ExchangeAct, PairForbidding, PairOpening, Pay, Placing, Removing, TokenAct, TokenDefinition,
        TokenValue, Units,
    },
};
use proptest::prelude::*;

/// Keys of people who are no actors.
const ANA: u8 = 60;
const BEN: u8 = 61;

fn definition(symbol: &str, decimals: u8) -> TokenDefinition {
    TokenDefinition {
        symbol: symbol.into(),
        name: "A token".into(),
        value: TokenValue::NonFinancial,
        decimals,
        cap: None,
        community: true,
        demurrage: None,
        tradable: true,
    }
}

impl Book {
    /// Defines a token and gives its id.
    fn token(&mut self, issuer: u8, definition: TokenDefinition) -> Result<Digest, Rejection> {
        let statement = self.statement(issuer, Body::Token(TokenAct::Define(definition)));
        self.state.apply(self.state.next_leaf(), &statement, self.now).map(|()| statement.id)
    }
    fn award(&mut self, issuer: u8, token: Digest, to: u8, amount: u64) -> Result<(), Rejection> {
        self.say(issuer, Body::Token(TokenAct::Award(Award { token, to: did(to), amount: Units(amount), memo: None })))
    }
    fn pay(&mut self, from: u8, token: Digest, to: u8, amount: u64) -> Result<(), Rejection> {
        self.say(from, Body::Token(TokenAct::Pay(Pay { token, to: did(to), amount: Units(amount), reference: None, memo: None })))
    }
    fn act(&mut self, who: u8, act: ExchangeAct) -> Result<(), Rejection> {
        self.say(who, Body::Exchange(act))
    }
    fn place(&mut self, who: u8, gives: Digest, takes: Digest, amount: u64, limit: Option<&str>) -> Result<Digest, Rejection> {
        let limit = limit.map(|l| Decimal::parse(l).unwrap());
        let until = Millis(self.now.0 + Millis::DAY);
        let placing = Placing { gives, takes, amount: Units(amount), limit, until };
        let statement = self.statement(who, Body::Exchange(ExchangeAct::Place(placing)));
        self.state.apply(self.state.next_leaf(), &statement, self.now).map(|()| statement.id)
    }
    fn has(&self, token: Digest, who: u8) -> u64 {
        self.state.balance(&token, &did(who), self.now)
    }
    /// Two tokens with an open pair, base first; Ana and Ben have 10 000 of each.
    fn market(&mut self) -> (Digest, Digest) {
        let (a, b) = (self.token(1, definition("AAA", 2)).unwrap(), self.token(2, definition("BBB", 2)).unwrap());
        let (base, quote) = (a.min(b), a.max(b));
        for (issuer, token) in [(1, a), (2, b)] {
            self.award(issuer, token, ANA, 10_000).unwrap();
            self.award(issuer, token, BEN, 10_000).unwrap();
        }
        self.act(1, ExchangeAct::OpenPair(PairOpening { base, quote, fee_bps: 30 })).unwrap();
        (base, quote)
    }
    fn total(&self, token: Digest) -> u64 {
        let state = &self.state;
        let held: u64 = state
            .value_entries()
            .filter_map(|e| if let ValueEntry::Balance(t, who) = e { (t == token).then_some(who) } else { None })
            .map(|who| amount(state, token, who))
            .sum();
        let in_pools: u64 = state
            .value_entries()
            .filter_map(|e| if let ValueEntry::Pair(b, q) = e { Some((b, q)) } else { None })
            .map(|(b, q)| {
                let market = state.market(&b, &q).unwrap();
                let resting: u64 = market.book.iter().filter(|(id, _)| *state.order(id).unwrap().gives_token() == token).map(|(_, o)| o.left).sum();
                resting
                    + if b == token {
                        market.pool.base
                    } else if q == token {
                        market.pool.quote
                    } else {
                        0
                    }
            })
            .sum();
        let with_stewards: u64 = state
            .value_entries()
            .filter_map(|e| if let ValueEntry::Steward(id) = e { state.steward(&id) } else { None })
            .filter(|pool| *pool.gives() == token)
            .map(|pool| pool.offer.reserve)
            .sum();
        held + in_pools + with_stewards + state.token(&token).unwrap().destroyed
    }
}

/// What the entry of a balance says.
fn amount(state: &State, token: Digest, who: DidKey) -> u64 {
    let value: serde_json::Value = serde_json::from_slice(&state.value(&Entry::Value(ValueEntry::Balance(token, who))).unwrap()).unwrap();
    value["amount"].as_str().unwrap().parse().unwrap()
}

fn refused(why: ValueRejection) -> Rejection {
    Rejection::Value(why)
}

#[test]
fn a_token_is_awarded_by_its_issuer_up_to_its_cap_and_paid_on_by_whoever_has_it() {
    let mut book = Book::peopled();
    let token = book.token(1, TokenDefinition { cap: Some(Units(100)), ..definition("DEED", 0) }).unwrap();
    book.award(1, token, ANA, 70).unwrap();
    assert_eq!(book.award(2, token, ANA, 1), Err(refused(ValueRejection::NotItsIssuer(did(1)))));
    assert_eq!(book.award(1, token, BEN, 31), Err(refused(ValueRejection::SupplyCap { left: 30 })));
    assert_eq!(book.award(1, token, BEN, 0), Err(refused(ValueRejection::Zero)));
    assert_eq!(book.award(1, [9; 32], BEN, 1), Err(refused(ValueRejection::UnknownToken([9; 32]))));
    book.pay(ANA, token, BEN, 50).unwrap();
    assert_eq!(book.pay(ANA, token, BEN, 21), Err(refused(ValueRejection::NotEnough { has: 20 })));
    assert_eq!(book.pay(ANA, token, BEN, 0), Err(refused(ValueRejection::Zero)));
    assert_eq!(book.pay(ANA, token, ANA, 1), Err(refused(ValueRejection::ToItself)));
    assert_eq!(book.pay(ANA, [9; 32], BEN, 1), Err(refused(ValueRejection::UnknownToken([9; 32]))));
    assert_eq!((book.has(token, ANA), book.has(token, BEN), book.total(token)), (20, 50, 70));
}

#[test]
fn only_an_actor_in_standing_defines_a_token_and_only_a_proper_one() {
    let mut book = Book::peopled();
    book.register(9, Role::Supplier);
    assert!(matches!(book.token(9, definition("OK", 0)), Err(Rejection::NoStanding { .. })));
    assert_eq!(book.token(ANA, definition("OK", 0)), Err(Rejection::UnknownActor(did(ANA))));
    let right = definition("OK", 9);
    for wrong in [
        TokenDefinition { symbol: "x".into(), ..right.clone() },
        TokenDefinition { symbol: "lower".into(), ..right.clone() },
        TokenDefinition { symbol: "\u{415}UR".into(), ..right.clone() },
        TokenDefinition { name: " spaced".into(), ..right.clone() },
        TokenDefinition { name: String::new(), ..right.clone() },
        TokenDefinition { decimals: 10, ..right.clone() },
        TokenDefinition { cap: Some(Units(0)), ..right.clone() },
        TokenDefinition { demurrage: Some(Demurrage { bps: 0, to: None }), ..right.clone() },
        TokenDefinition { demurrage: Some(Demurrage { bps: 10_001, to: None }), ..right.clone() },
    ] {
        assert_eq!(book.token(1, wrong), Err(refused(ValueRejection::BadToken)));
    }
    book.token(1, right).unwrap();
}

#[test]
fn the_same_payment_is_taken_once_and_an_expired_one_never() {
    let mut book = Book::peopled();
    let token = book.token(1, definition("DEED", 0)).unwrap();
    book.award(1, token, ANA, 100).unwrap();
    let payment = book.statement(ANA, Body::Token(TokenAct::Pay(Pay { token, to: did(BEN), amount: Units(10), reference: None, memo: None })));
    book.state.apply(book.state.next_leaf(), &payment, book.now).unwrap();
    assert_eq!(book.state.apply(book.state.next_leaf(), &payment, book.now), Err(Rejection::Replayed));
    book.close();
    assert_eq!(book.state.apply(book.state.next_leaf(), &payment, book.now), Err(Rejection::Replayed));
    book.now = Millis(book.now.0 + 2 * Millis::DAY);
    assert!(matches!(book.state.apply(book.state.next_leaf(), &payment, book.now), Err(Rejection::Expired(_))));
    assert_eq!((book.has(token, ANA), book.has(token, BEN)), (90, 10));
}

#[test]
fn demurrage_is_taken_per_full_thirty_days_however_often_it_is_looked_at() {
    let mut book = Book::peopled();
    let token = book.token(1, TokenDefinition { demurrage: Some(Demurrage { bps: 100, to: Some(did(5)) }), ..definition("MELT", 2) }).unwrap();
    let start = book.now;
    book.award(1, token, ANA, 10_000).unwrap();
    book.award(1, token, BEN, 10_000).unwrap();
    book.now = Millis(start.0 + DEMURRAGE_PERIOD - 1);
    assert_eq!(book.has(token, ANA), 10_000);
    // Touching does not move the anchor: only time does.
    book.pay(ANA, token, BEN, 1).unwrap();
    book.pay(BEN, token, ANA, 1).unwrap();
    book.now = Millis(start.0 + DEMURRAGE_PERIOD);
    assert_eq!((book.has(token, ANA), book.has(token, 5)), (9_900, 0));
    // Moving all of it to a fresh account right before saves nothing either.
    book.now = Millis(start.0 + 2 * DEMURRAGE_PERIOD - 1);
    book.pay(ANA, token, 62, 9_900).unwrap();
    assert_eq!(book.has(token, 5), 100);
    book.now = Millis(start.0 + 2 * DEMURRAGE_PERIOD);
    assert_eq!((book.has(token, 62), book.has(token, BEN)), (9_801, 9_801));
    book.pay(62, token, BEN, 9_801).unwrap();
    assert_eq!(book.pay(62, token, BEN, 1), Err(refused(ValueRejection::NotEnough { has: 0 })));
    // Who gets it pays none.
    assert_eq!((book.has(token, 5), book.total(token)), (100 + 99 + 199, 20_000));
    book.now = Millis(start.0 + 200 * DEMURRAGE_PERIOD);
    assert_eq!(book.has(token, 5), 398);
    assert!(book.has(token, BEN) < 5_000);
}

#[test]
fn demurrage_that_nobody_gets_is_gone_for_good_and_said_in_the_token() {
    let mut book = Book::peopled();
    let token = book.token(1, TokenDefinition { demurrage: Some(Demurrage { bps: 10_000, to: None }), ..definition("ICE", 0) }).unwrap();
    book.award(1, token, ANA, 50).unwrap();
    book.now = Millis(book.now.0 + DEMURRAGE_PERIOD);
    book.award(1, token, ANA, 7).unwrap();
    assert_eq!((book.has(token, ANA), book.state.token(&token).unwrap().destroyed, book.total(token)), (7, 50, 57));
}

#[test]
fn an_actors_tokens_follow_it_to_its_new_key_and_a_key_that_holds_tokens_becomes_nobody_elses() {
    let mut book = Book::peopled();
    let token = book.token(1, definition("DEED", 0)).unwrap();
    book.award(1, token, 2, 10).unwrap();
    book.award(1, token, ANA, 10).unwrap();
    assert_eq!(book.rotate(2, ANA), Err(Rejection::KeyHoldsTokens(did(ANA))));
    book.rotate(2, 12).unwrap();
    assert!(matches!(book.pay(2, token, ANA, 1), Err(Rejection::KeyOutOfForce { .. })));
    book.pay(12, token, ANA, 4).unwrap();
    assert_eq!((book.has(token, 2), book.has(token, 12), book.has(token, ANA)), (6, 6, 14));
    // One who registers later keeps what they have.
    book.register(ANA, Role::Ngo);
    book.pay(ANA, token, 12, 14).unwrap();
    assert_eq!(book.has(token, 12), 20);
}

#[test]
fn orders_are_cleared_when_the_batch_closes_at_one_price_and_fills_are_proven() {
    let mut book = Book::peopled();
    let (base, quote) = book.market();
    let sell = book.place(ANA, base, quote, 1_000, Some("1.5")).unwrap();
    let buy = book.place(BEN, quote, base, 1_800, Some("1.8")).unwrap();
    let far = book.place(BEN, quote, base, 500, Some("0.1")).unwrap();
    assert_eq!((book.has(base, ANA), book.has(quote, BEN)), (9_000, 7_700), "what is offered is set aside");
    book.close();
    let market = book.state.market(&base, &quote).unwrap();
    assert_eq!(market.last.map(|(price, volume)| (price.to_string(), volume)), Some(("1.798201799".into(), 1_000)));
    assert_eq!((book.has(base, ANA), book.has(quote, ANA)), (9_000, 11_798));
    assert_eq!((book.has(base, BEN), book.has(quote, BEN)), (11_000, 7_701));
    assert_eq!((book.state.order(&sell).unwrap().open, book.state.order(&far).unwrap().open), (false, true));
    assert_eq!((book.total(base), book.total(quote)), (20_000, 20_000));
    // The fill is in the root of the next batch.
    book.close();
    let proof = book.state.prove("order", &hex::encode(buy)).unwrap();
    let entry = Entry::Value(ValueEntry::Order(buy));
    let value: serde_json::Value = serde_json::from_slice(proof.verify(&book.state.closed_root().unwrap(), &entry).unwrap().unwrap()).unwrap();
    assert_eq!((value["gave"].as_str(), value["got"].as_str(), value["open"].as_bool()), (Some("1799"), Some("1000"), Some(false)));
    let proof = book.state.prove("balance", &format!("{},{}", hex::encode(quote), did(ANA))).unwrap();
    let entry = Entry::Value(ValueEntry::Balance(quote, did(ANA)));
    assert!(String::from_utf8_lossy(proof.verify(&book.state.closed_root().unwrap(), &entry).unwrap().unwrap()).contains("\"amount\":\"11798\""));
}

#[test]
fn a_pair_clears_once_a_minute_and_a_cancelled_order_is_never_filled() {
    let mut book = Book::peopled();
    let (base, quote) = book.market();
    book.now = Millis(book.now.0.div_euclid(60_000) * 60_000);
    book.place(ANA, base, quote, 10, Some("1")).unwrap();
    book.close();
    let cleared = book.state.market(&base, &quote).unwrap().cleared;
    // Within the same minute nothing is cleared again, though two orders now meet.
    book.now = Millis(cleared.unwrap().0 + 1_000);
    let buy = book.place(BEN, quote, base, 10, Some("1")).unwrap();
    book.close();
    assert_eq!((book.state.market(&base, &quote).unwrap().cleared, book.state.order(&buy).unwrap().filled.gave), (cleared, 0));
    assert_eq!(book.act(ANA, ExchangeAct::Cancel(Cancelling { order: buy })), Err(refused(ValueRejection::NotYourOrder(buy))));
    book.act(BEN, ExchangeAct::Cancel(Cancelling { order: buy })).unwrap();
    assert_eq!(book.act(BEN, ExchangeAct::Cancel(Cancelling { order: buy })), Err(refused(ValueRejection::NotYourOrder(buy))));
    assert_eq!(book.has(quote, BEN), 10_000);
    book.now = Millis(cleared.unwrap().0 + 60_000);
    book.close();
    assert_eq!(book.state.market(&base, &quote).unwrap().last, None);
    // When its time is over an order goes back to its owner, and is forgotten after that.
    book.now = Millis(book.now.0 + 2 * Millis::DAY);
    book.close();
    assert_eq!(book.has(base, ANA), 10_000);
    book.close();
    assert!(!book.state.value_entries().any(|e| matches!(e, ValueEntry::Order(_))));
}

#[test]
fn each_guard_of_the_exchange_says_what_is_wrong_and_changes_nothing() {
    let mut book = Book::peopled();
    let (base, quote) = book.market();
    let other = book.token(5, TokenDefinition { tradable: false, ..definition("NOT", 0) }).unwrap();
    let root = book.state.root();
    let open = |base, quote, fee_bps| ExchangeAct::OpenPair(PairOpening { base, quote, fee_bps });
    for (who, act) in
        [(1, open(base, quote, 30)), (5, open(other, quote, 30)), (1, open(base, base, 30)), (1, open(quote, base, 30)), (3, open(base, quote, 1))]
    {
        assert_eq!(book.act(who, act), Err(refused(ValueRejection::BadPair)));
    }
    let placed = |book: &mut Book, limit: Option<&str>, amount| book.place(ANA, base, quote, amount, limit);
    assert_eq!(placed(&mut book, None, 10_001), Err(refused(ValueRejection::NotEnough { has: 10_000 })));
    assert_eq!(placed(&mut book, None, 0), Err(refused(ValueRejection::Zero)));
    for bad in ["0", "-1", "18446744073.71"] {
        assert_eq!(placed(&mut book, Some(bad), 5), Err(refused(ValueRejection::Exchange(ExchangeError::BadPrice))), "{bad}");
    }
    assert_eq!(placed(&mut book, Some("0.1"), 5), Err(refused(ValueRejection::Exchange(ExchangeError::TooSmall))));
    assert_eq!(book.place(ANA, base, other, 5, None), Err(refused(ValueRejection::UnknownPair)));
    for (until, why) in
        [(book.now.0 + MAX_LIFETIME + 1, ValueRejection::TooLong), (book.now.0 - 1, ValueRejection::Exchange(ExchangeError::ExpiresTooSoon))]
    {
        let placing = Placing { gives: base, takes: quote, amount: Units(5), limit: None, until: Millis(until) };
        assert_eq!(book.act(ANA, ExchangeAct::Place(placing)), Err(refused(why)));
    }
    let add = |base_amount, quote_amount, least| {
        ExchangeAct::AddLiquidity(Adding {
            base,
            quote,
            base_amount: Units(base_amount),
            quote_amount: Units(quote_amount),
            least_shares: Units(least),
        })
    };
    assert_eq!(book.act(ANA, add(900, 900, 0)), Err(refused(ValueRejection::Exchange(ExchangeError::TooLittleLiquidity))));
    assert_eq!(book.act(ANA, add(20_000, 9_000, 0)), Err(refused(ValueRejection::NotEnough { has: 10_000 })));
    assert_eq!(
        book.act(ANA, add(5_000, 5_000, 4_001)),
        Err(refused(ValueRejection::Exchange(ExchangeError::LessThanAsked { got: 4_000, least: 4_001 })))
    );
    let remove = ExchangeAct::RemoveLiquidity(Removing { base, quote, shares: Units(1), least_base: Units(0), least_quote: Units(0) });
    assert_eq!(book.act(ANA, remove), Err(refused(ValueRejection::NotYourShares { has: 0 })));
    assert_eq!(book.state.root(), root);
}

#[test]
fn a_pool_trades_with_the_batch_and_its_shares_are_taken_out_again() {
    let mut book = Book::peopled();
    let (base, quote) = book.market();
    let all = Adding { base, quote, base_amount: Units(8_000), quote_amount: Units(8_000), least_shares: Units(7_000) };
    book.act(ANA, ExchangeAct::AddLiquidity(all)).unwrap();
    book.place(BEN, base, quote, 1_000, None).unwrap();
    book.close();
    // floor(x·k·rOut / (rIn + 2·x·k)) with x = 1000 and k = 0.997 is 798.
    let got = book.has(quote, BEN) - 10_000;
    assert!((796..=798).contains(&got), "{got}");
    let take = |shares| ExchangeAct::RemoveLiquidity(Removing { base, quote, shares: Units(shares), least_base: Units(1), least_quote: Units(1) });
    assert_eq!(book.act(BEN, take(1)), Err(refused(ValueRejection::NotYourShares { has: 0 })));
    book.act(ANA, take(7_000)).unwrap();
    assert_eq!((book.total(base), book.total(quote)), (20_000, 20_000));
    let pool = book.state.market(&base, &quote).unwrap().pool;
    assert_eq!((pool.shares, book.has(base, ANA)), (1_000, 2_000 + 9_000 * 7 / 8));
    assert!(!book.state.value_entries().any(|e| matches!(e, ValueEntry::Shares(..))));
}

#[test]
fn what_an_issuer_forbids_is_given_back_and_not_swapped_until_they_open_it_again() {
    let mut book = Book::peopled();
    let (base, quote) = book.market();
    let forbid = ExchangeAct::ForbidPair(PairForbidding { base, quote });
    let open = ExchangeAct::OpenPair(PairOpening { base, quote, fee_bps: 50 });
    let put =
        |amount| ExchangeAct::AddLiquidity(Adding { base, quote, base_amount: Units(amount), quote_amount: Units(amount), least_shares: Units(0) });
    book.act(ANA, put(8_000)).unwrap();
    let order = book.place(BEN, base, quote, 4_000, Some("9")).unwrap();
    assert_eq!(book.has(base, BEN), 6_000);
    assert_eq!(book.act(3, forbid.clone()), Err(ValueRejection::NotToForbid.into()), "who issues neither forbids nothing");
    for issuer in [1, 2] {
        book.act(issuer, forbid.clone()).unwrap();
        assert_eq!(book.act(issuer, forbid.clone()), Err(ValueRejection::NotToForbid.into()), "once");
    }
    assert_eq!((book.has(base, BEN), book.state.order(&order).unwrap().open), (10_000, false), "all of it came back");
    let forbidden = |refused| matches!(refused, Err(Rejection::Value(ValueRejection::ForbiddenPair(_))));
    assert!(forbidden(book.place(BEN, base, quote, 1, None).map(drop)) && forbidden(book.place(BEN, quote, base, 1, None).map(drop)));
    assert!(forbidden(book.act(ANA, put(10))));
    let out = Removing { base, quote, shares: Units(1_000), least_base: Units(0), least_quote: Units(0) };
    book.act(ANA, ExchangeAct::RemoveLiquidity(out)).unwrap();
    book.close();
    // Each lifts their own, and no other's.
    book.act(1, open.clone()).unwrap();
    assert!(forbidden(book.place(BEN, base, quote, 1, None).map(drop)));
    assert_eq!(book.act(1, open.clone()), Err(ValueRejection::BadPair.into()));
    book.act(2, open).unwrap();
    let market = book.state.market(&base, &quote).unwrap();
    assert_eq!((market.pool.fee_bps, market.pool.shares > 0), (30, true), "whose tokens lie in the pool keep their fee");
    book.place(BEN, base, quote, 1, None).unwrap();
    assert_eq!((book.total(base), book.total(quote)), (20_000, 20_000));
    assert_eq!(book.state.root(), walk::root_anew(&book.state));
    // A pair that nobody opened can be forbidden too.
    let third = book.token(3, definition("CCC", 3)).unwrap();
    book.act(3, ExchangeAct::ForbidPair(PairForbidding { base, quote: third })).unwrap();
    assert_eq!(book.act(1, ExchangeAct::OpenPair(PairOpening { base, quote: third, fee_bps: 30 })), Err(ValueRejection::BadPair.into()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_stated_nothing_is_created_or_lost_and_the_root_is_that_of_all_entries(
        tries in proptest::collection::vec((0_u8..8, 60_u8..64, 60_u8..64, 1_u64..3_000, any::<bool>(), 0_usize..4), 1..120),
    ) {
        let mut book = Book::peopled();
        let melting = TokenDefinition { demurrage: Some(Demurrage { bps: 700, to: Some(did(63)) }), ..definition("MELT", 2) };
        let (a, b) = (book.token(1, melting).unwrap(), book.token(2, definition("BBB", 2)).unwrap());
        let (base, quote) = (a.min(b), a.max(b));
        book.act(1, ExchangeAct::OpenPair(PairOpening { base, quote, fee_bps: 30 })).unwrap();
        let mut awarded = [0_u64; 2];
        let mut orders = Vec::new();
        for (what, who, other, amount, first, detail) in tries {
            let (token, taken) = if first { (a, b) } else { (b, a) };
            let _ = match what {
                0 => {
                    awarded[usize::from(!first)] += amount;
                    book.award(if first { 1 } else { 2 }, token, who, amount)
                }
                1 => book.pay(who, token, other, amount),
                2 | 3 => book.place(who, token, taken, amount, [None, Some("0.5"), Some("1"), Some("2.25")][detail]).map(|id| orders.push((who, id))),
                4 => match orders.get(amount as usize % orders.len().max(1)).copied() {
                    Some((who, order)) => book.act(who, ExchangeAct::Cancel(Cancelling { order })),
                    None => Ok(()),
                },
                5 => book.act(who, ExchangeAct::AddLiquidity(Adding { base, quote, base_amount: Units(amount), quote_amount: Units(2 * amount), least_shares: Units(0) })),
                6 => book.act(who, ExchangeAct::RemoveLiquidity(Removing { base, quote, shares: Units(amount), least_base: Units(0), least_quote: Units(0) })),
                _ => {
                    book.close();
                    book.now = Millis(book.now.0 + i64::try_from(amount).unwrap() * 1_000_000);
                    Ok(())
                }
            };
            prop_assert_eq!([book.total(a), book.total(b)], awarded);
        }
        prop_assert_eq!(book.state.root(), walk::root_anew(&book.state));
        book.close();
        for (entry, _) in book.state.entries() {
            let proof = book.state.prove(entry.kind(), &entry.id()).unwrap();
            prop_assert!(proof.verify(&book.state.closed_root().unwrap(), &entry).is_ok(), "{:?}", entry);
        }
    }
}
