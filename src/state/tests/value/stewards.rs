//! Steward pools: rate, caps, persons, what an issuer forbids; and that nothing is created or lost.

use super::*;
use crate::statement::{PersonCap, StewardClosing, StewardFunding, StewardOpening, StewardSwap, Voucher};

/// Who opens the pools; the community is actor 3.
const STEWARD: u8 = 62;
const COMMUNITY: u8 = 3;

impl Book {
    /// Two tokens (DEED, COIN with two decimals more); Ana and Ben have deeds, the steward has coins.
    fn thin(&mut self) -> (Digest, Digest) {
        let melting = TokenDefinition { demurrage: Some(Demurrage { bps: 100, to: None }), ..definition("COIN", 2) };
        let (deed, coin) = (self.token(1, definition("DEED", 0)).unwrap(), self.token(2, melting).unwrap());
        self.award(1, deed, ANA, 1_000).unwrap();
        self.award(1, deed, BEN, 1_000).unwrap();
        self.award(2, coin, STEWARD, 10_000).unwrap();
        (deed, coin)
    }

    fn open(&mut self, (takes, gives): (Digest, Digest), rate: &str, amount: u64, total_cap: u64, person: Option<u64>) -> Result<Digest, Rejection> {
        let person = person.map(|cap| PersonCap { community: did(COMMUNITY), cap: Units(cap) });
        let rate = Decimal::parse(rate).unwrap();
        let opening = StewardOpening { takes, gives, rate, amount: Units(amount), total_cap: Units(total_cap), person };
        let statement = self.statement(STEWARD, Body::Exchange(ExchangeAct::OpenSteward(opening)));
        self.state.apply(self.state.next_leaf(), &statement, self.now).map(|()| statement.id)
    }

    fn swap(
        &mut self,
        who: u8,
        pool: Digest,
        (gives, takes): (Digest, Digest),
        amount: u64,
        least: u64,
        member: Option<(u8, &str)>,
    ) -> Result<(), Rejection> {
        // Its signature is checked where statements are read.
        let voucher = member.map(|(community, name)| {
            let mut pseudonym = [0; 32];
            pseudonym[..name.len()].copy_from_slice(name.as_bytes());
            Voucher { by: did(community), pseudonym, signature: [0; 64] }
        });
        self.act(who, ExchangeAct::SwapSteward(StewardSwap { pool, gives, takes, amount: Units(amount), least: Units(least), voucher }))
    }

    fn left(&self, pool: Digest) -> u64 {
        self.state.steward(&pool).map_or(0, |pool| pool.offer.left())
    }
}

#[test]
fn a_steward_sells_at_its_rate_until_its_cap_or_its_reserve_is_reached_and_takes_the_rest_back() {
    let mut book = Book::peopled();
    let (deed, coin) = book.thin();
    let pool = book.open((deed, coin), "0.25", 5_000, 4_000, None).unwrap();
    assert_eq!((book.has(coin, STEWARD), book.left(pool)), (5_000, 4_000));
    // 7 deeds at 0.25 coins are 1.75 coins: 175 units.
    book.swap(ANA, pool, (deed, coin), 7, 175, None).unwrap();
    assert_eq!((book.has(coin, ANA), book.has(deed, ANA), book.has(deed, STEWARD)), (175, 993, 7));
    assert_eq!(
        book.swap(ANA, pool, (deed, coin), 7, 176, None),
        Err(refused(ValueRejection::Exchange(ExchangeError::LessThanAsked { got: 175, least: 176 })))
    );
    assert_eq!(book.swap(BEN, pool, (deed, coin), 154, 1, None), Err(refused(ValueRejection::Exchange(ExchangeError::CapReached { left: 3_825 }))));
    // What lies in the pool pays no demurrage; what its steward holds does.
    book.close();
    book.now = Millis(book.now.0 + DEMURRAGE_PERIOD + 1);
    assert_eq!((book.has(coin, STEWARD), book.left(pool)), (4_950, 3_825));
    let fund = |amount, cap: Option<u64>| ExchangeAct::FundSteward(StewardFunding { pool, amount: Units(amount), total_cap: cap.map(Units) });
    book.act(STEWARD, fund(950, Some(9_000))).unwrap();
    assert_eq!(book.left(pool), 5_775);
    assert_eq!(book.act(STEWARD, fund(0, Some(174))), Err(refused(ValueRejection::BadSteward)), "less than it gave");
    assert_eq!(book.act(STEWARD, fund(0, None)), Err(refused(ValueRejection::Zero)));
    assert_eq!(book.act(STEWARD, fund(4_001, None)), Err(refused(ValueRejection::NotEnough { has: 4_000 })));
    assert_eq!(book.act(ANA, fund(1, None)), Err(refused(ValueRejection::NotYourSteward(did(STEWARD)))));
    let close = ExchangeAct::CloseSteward(StewardClosing { pool });
    assert_eq!(book.act(ANA, close.clone()), Err(refused(ValueRejection::NotYourSteward(did(STEWARD)))));
    book.act(STEWARD, close.clone()).unwrap();
    assert_eq!(book.has(coin, STEWARD), 4_000 + 5_775);
    assert_eq!(book.act(STEWARD, close), Err(refused(ValueRejection::UnknownSteward(pool))));
    assert_eq!(book.swap(ANA, pool, (deed, coin), 1, 1, None), Err(refused(ValueRejection::UnknownSteward(pool))));
    assert_eq!(book.state.root(), walk::root_anew(&book.state));
}

#[test]
fn the_other_way_it_sells_base_tokens_rounded_to_itself() {
    let mut book = Book::peopled();
    let (deed, coin) = book.thin();
    book.award(1, deed, STEWARD, 50).unwrap();
    book.award(2, coin, ANA, 1_000).unwrap();
    let pool = book.open((coin, deed), "0.3", 50, 50, None).unwrap();
    // One whole coin, 100 units, at 0.3 coins a deed: three and a third.
    book.swap(ANA, pool, (coin, deed), 100, 3, None).unwrap();
    assert_eq!((book.has(deed, ANA), book.has(coin, STEWARD)), (1_003, 10_100));
    assert_eq!(book.swap(ANA, pool, (coin, deed), 29, 1, None), Err(refused(ValueRejection::Exchange(ExchangeError::TooSmall))));
    assert_eq!(book.swap(ANA, pool, (deed, coin), 29, 1, None), Err(refused(ValueRejection::OtherSteward)));
}

#[test]
fn a_cap_per_person_counts_by_the_pseudonym_a_community_vouches_for_whatever_the_account() {
    let mut book = Book::peopled();
    let (deed, coin) = book.thin();
    let pool = book.open((deed, coin), "1", 5_000, 5_000, Some(300)).unwrap();
    let way = (deed, coin);
    assert_eq!(book.swap(ANA, pool, way, 1, 1, None), Err(refused(ValueRejection::NeedsVoucher(did(COMMUNITY)))));
    assert_eq!(book.swap(ANA, pool, way, 1, 1, Some((1, "Ana"))), Err(refused(ValueRejection::NeedsVoucher(did(COMMUNITY)))), "another community's");
    book.swap(ANA, pool, way, 2, 1, Some((COMMUNITY, "Ana"))).unwrap();
    // Ana with Ben's account is still Ana.
    let over = Err(refused(ValueRejection::Exchange(ExchangeError::PersonCapReached { left: 100 })));
    assert_eq!(book.swap(BEN, pool, way, 2, 1, Some((COMMUNITY, "Ana"))), over);
    book.swap(BEN, pool, way, 1, 1, Some((COMMUNITY, "Ana"))).unwrap();
    book.swap(BEN, pool, way, 3, 1, Some((COMMUNITY, "Ben"))).unwrap();
    let had: Vec<Entry> = book.state.value_entries().filter(|e| matches!(e, ValueEntry::Had(..))).map(Entry::Value).collect();
    assert_eq!(had.len(), 2);
    book.close();
    for entry in had {
        let proof = book.state.prove(entry.kind(), &entry.id()).unwrap();
        assert_eq!(proof.verify(&book.state.closed_root().unwrap(), &entry).unwrap().unwrap(), br#"{"got":"300"}"#);
    }
    let everybody = book.open(way, "1", 100, 100, None).unwrap();
    assert_eq!(book.swap(ANA, everybody, way, 1, 1, Some((COMMUNITY, "Ana"))), Err(refused(ValueRejection::NeedsNoVoucher)));
    book.act(STEWARD, ExchangeAct::CloseSteward(StewardClosing { pool })).unwrap();
    assert!(!book.state.value_entries().any(|e| matches!(e, ValueEntry::Had(..))));
    assert_eq!(book.state.root(), walk::root_anew(&book.state));
}

#[test]
fn what_cannot_be_a_steward_pool_and_what_an_issuer_forbids_is_refused() {
    let mut book = Book::peopled();
    let (deed, coin) = book.thin();
    let fixed = book.token(1, TokenDefinition { tradable: false, ..definition("FIX", 0) }).unwrap();
    for (way, total, person) in [((coin, coin), 1, None), ((fixed, coin), 1, None), ((deed, coin), 0, None), ((deed, coin), 1, Some(0))] {
        assert_eq!(book.open(way, "1", 1, total, person), Err(refused(ValueRejection::BadSteward)));
    }
    for rate in ["0", "-1"] {
        assert_eq!(book.open((deed, coin), rate, 1, 1, None), Err(refused(ValueRejection::Exchange(ExchangeError::BadPrice))));
    }
    assert_eq!(book.open((deed, coin), "1", 10_001, 1, None), Err(refused(ValueRejection::NotEnough { has: 10_000 })));
    assert_eq!(book.open((deed, [9; 32]), "1", 1, 1, None), Err(refused(ValueRejection::UnknownToken([9; 32]))));
    let pool = book.open((deed, coin), "1", 500, 500, None).unwrap();
    assert_eq!(book.swap(STEWARD, pool, (deed, coin), 1, 1, None), Err(refused(ValueRejection::ToItself)));
    assert_eq!(book.swap(ANA, pool, (deed, coin), 1_001, 1, None), Err(refused(ValueRejection::NotEnough { has: 1_000 })));
    // No pair was ever opened; its issuer forbids it all the same.
    book.act(1, ExchangeAct::ForbidPair(PairForbidding { base: deed, quote: coin })).unwrap();
    let forbidden = Err(refused(ValueRejection::ForbiddenPair(did(1))));
    assert_eq!(book.swap(ANA, pool, (deed, coin), 1, 1, None), forbidden);
    assert_eq!(book.act(STEWARD, ExchangeAct::FundSteward(StewardFunding { pool, amount: Units(1), total_cap: None })), forbidden);
    assert_eq!(book.open((deed, coin), "1", 1, 1, None), Err(refused(ValueRejection::ForbiddenPair(did(1)))));
    book.act(STEWARD, ExchangeAct::CloseSteward(StewardClosing { pool })).unwrap();
    assert_eq!(book.has(coin, STEWARD), 10_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_asked_of_steward_pools_caps_hold_nothing_is_created_or_lost_and_a_replay_makes_the_same(
        tries in proptest::collection::vec((0_u8..8, 60_u8..63, 1_u64..400, 0_usize..3, any::<bool>()), 1..80),
    ) {
        let mut book = Book::peopled();
        let (deed, coin) = book.thin();
        let before = [book.total(deed), book.total(coin)];
        let mut pools = [book.open((deed, coin), "0.37", 3_000, 2_000, None).unwrap(), book.open((deed, coin), "2.5", 4_000, 9_000, Some(500)).unwrap()];
        for (what, who, amount, member, first) in tries {
            let pool = pools[usize::from(!first) % pools.len()];
            let name = ["Ana", "Ben", "Cleo"][member];
            let way = book.state.steward(&pool).map_or((deed, coin), |p| (*p.takes(), *p.gives()));
            let voucher = book.state.steward(&pool).and_then(|p| p.community).map(|_| (COMMUNITY, name));
            let _ = match what {
                0..4 => book.swap(who, pool, way, amount, 1, voucher),
                4 => book.act(who, ExchangeAct::FundSteward(StewardFunding { pool, amount: Units(amount), total_cap: first.then_some(Units(4 * amount)) })),
                5 if amount > 300 => book.act(who, ExchangeAct::CloseSteward(StewardClosing { pool })),
                6 => {
                    let (takes, gives) = if first { (deed, coin) } else { (coin, deed) };
                    book.open((takes, gives), "0.9", amount, 2 * amount, None).map(|id| { let at = usize::from(!first); pools[at] = id; })
                }
                _ => { book.close(); book.now = Millis(book.now.0 + i64::try_from(amount).unwrap() * 10_000_000); Ok(()) }
            };
            prop_assert_eq!([book.total(deed), book.total(coin)], before);
            for entry in book.state.value_entries().collect::<Vec<_>>() {
                match entry {
                    ValueEntry::Steward(id) => {
                        let offer = book.state.steward(&id).unwrap().offer;
                        prop_assert!(offer.given <= offer.total_cap, "{:?}", offer);
                    }
                    ValueEntry::Had(pool, _) => {
                        let value: serde_json::Value = serde_json::from_slice(&book.state.value(&Entry::Value(entry)).unwrap()).unwrap();
                        let got: u64 = value["got"].as_str().unwrap().parse().unwrap();
                        prop_assert!(got <= book.state.steward(&pool).unwrap().offer.person_cap.unwrap());
                    }
                    _ => {}
                }
            }
        }
        prop_assert_eq!(book.state.root(), walk::root_anew(&book.state));
    }
}
