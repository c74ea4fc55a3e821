//! What all of it comes to in the person's own currency, and account by account.

use super::{
    Device, Till,
    proven::Proven,
    view::told,
    wire::{AccountRow, Total},
};
use crate::{
    exchange::Price,
    statement::{DidKey, Digest},
};
use std::collections::BTreeMap;

impl<D: Device> Till<D> {
    /// What there is in the token that the person chose, at last clearing prices, rounded down for each token; none where they chose none.
    pub(super) fn total(&self, proven: &Proven) -> Option<Total> {
        let own = self.book.currency.filter(|own| proven.tokens.contains_key(own))?;
        let (mut all, mut uncounted) = (0_u64, Vec::new());
        let mut communities: BTreeMap<DidKey, u64> = BTreeMap::new();
        for (id, token) in &proven.tokens {
            let Some(held) = self.held(proven, id).filter(|units| *units > 0) else { continue };
            let Some(worth) = worth(proven, id, held, &own) else {
                uncounted.push(told(proven, id, held));
                continue;
            };
            all = all.saturating_add(worth);
            if token.community {
                let of = communities.entry(token.issuer).or_default();
                *of = of.saturating_add(worth);
            }
        }
        let named = |who: &DidKey| self.name(who).unwrap_or_else(|| who.to_string());
        Some(Total {
            currency: hex::encode(own),
            amount: told(proven, &own, all),
            communities: communities.iter().map(|(who, units)| (named(who), told(proven, &own, *units))).collect(),
            uncounted,
        })
    }

    /// What this person has of a token over all accounts; none where nothing of it ever was.
    pub(super) fn held(&self, proven: &Proven, id: &Digest) -> Option<u64> {
        let mine = self.mine();
        let held = mine.iter().filter(|account| proven.balances.contains_key(&(*id, **account)));
        held.map(|account| proven.balance(id, account, self.now())).reduce(u64::saturating_add)
    }

    /// The accounts in use, each with what it has.
    pub(super) fn accounts(&self, proven: &Proven) -> Vec<AccountRow> {
        let row = |(index, key): (u32, DidKey)| {
            let there = |id: &&Digest| proven.balances.contains_key(&(**id, key));
            AccountRow {
                index,
                name: self.book.names.get(&index).cloned().unwrap_or_default(),
                chosen: index == self.book.chosen,
                balances: proven.tokens.keys().filter(there).map(|id| told(proven, id, proven.balance(id, &key, self.now()))).collect(),
                key: key.to_string(),
            }
        };
        (0..).zip(self.mine()).map(row).collect()
    }
}

/// What so much of a token is worth in another at the last clearing price of their pair; none without such a price.
fn worth(proven: &Proven, token: &Digest, units: u64, own: &Digest) -> Option<u64> {
    if token == own {
        return Some(units);
    }
    let (pair, side) = proven.way(token, own)?;
    let price = Price::from_nanos(proven.pairs.get(&pair)?.price?).ok()?;
    proven.grid(&pair)?.worth(side, units, price)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        exchange::Pool,
        measure::Millis,
        purse::{Pair, Token},
    };

    fn token(symbol: &str, decimals: u8) -> Token {
        let issuer = DidKey::from_public([1; 32]);
        Token {
            symbol: symbol.into(),
            name: symbol.into(),
            decimals,
            financial: true,
            community: true,
            tradable: true,
            issuer,
            demurrage: 0,
            demurrage_to: None,
        }
    }

    #[test]
    fn a_token_is_worth_what_its_pair_was_cleared_at_either_way_rounded_down_and_nothing_is_made_up() {
        let (deed, coin, lone) = ([1; 32], [2; 32], [3; 32]);
        let mut proven = Proven::default();
        proven.tokens.extend([(deed, token("DEED", 0)), (coin, token("COIN", 2)), (lone, token("LONE", 2))]);
        let pair = Pair { pool: Pool::default(), cleared: Some(Millis(1)), price: Some(2_333_333_333), volume: Some(1) };
        proven.pairs.insert((deed, coin), pair);
        assert_eq!((worth(&proven, &deed, 3, &coin), worth(&proven, &coin, 699, &deed)), (Some(699), Some(2)), "6.999999999, and 2.9957");
        assert_eq!((worth(&proven, &coin, 5, &coin), worth(&proven, &lone, 5, &coin)), (Some(5), None));
        proven.pairs.insert((deed, coin), Pair { price: None, ..pair });
        assert_eq!(worth(&proven, &deed, 3, &coin), None, "never cleared");
        let dear = Pair { price: Some(u64::MAX), ..pair };
        proven.pairs.insert((deed, coin), dear);
        assert_eq!(worth(&proven, &deed, u64::MAX, &coin), None, "more than there can be");
    }
}
