//! Reading the log on: all of it, in its bundles, as everybody does. The roots must agree, so nothing can be left out, put in or changed; and what of it
//! is this person's is found without asking for it.

use super::{
    Device, PurseError,
    book::{Event, What},
};
use crate::{
    log::{Frontier, Handover, bundle_path, read_bundle},
    statement::{self, Body, DidKey, Digest, ExchangeAct, TokenAct},
};

/// What was read.
pub(super) struct Read {
    /// Where the log was read to.
    pub to: Frontier,
    /// What of it is this person's.
    pub events: Vec<Event>,
}

/// Reads from `from` to a tree of `size` entries with this root, by way of what was handed over.
pub(super) async fn follow<D: Device>(
    device: &D,
    mut from: Frontier,
    (size, root): (u64, Digest),
    handovers: &[Handover],
    mine: &[DidKey],
) -> Result<Read, PurseError> {
    let untrusted = |why: &str| PurseError::Untrusted(why.to_owned());
    if size < from.size() {
        return Err(untrusted("its log is shorter than it was"));
    }
    let names: Vec<String> = mine.iter().map(DidKey::to_string).collect();
    let mut events: Vec<Event> = Vec::new();
    let mut open = 0;
    if handovers.iter().any(|handover| handover.size < from.size() || handover.size > size) {
        return Err(untrusted("its log was handed over at another place than where this wallet read to"));
    }
    let other = |from: &Frontier| handovers.iter().any(|handover| handover.size == from.size() && handover.root != from.root());
    if other(&from) {
        return Err(untrusted("its new operator goes on from another log than the one that was handed over"));
    }
    while from.size() < size {
        let path = bundle_path(size, from.size());
        let bundle = read_bundle(&device.get(&format!("/ledger/{path}")).await?)?;
        let skip = usize::try_from(from.size() % 256).unwrap_or(0);
        let before = from.size();
        for entry in bundle.iter().skip(skip).take(usize::try_from(size - before).unwrap_or(usize::MAX)) {
            let leaf = from.size();
            from.append(entry);
            if other(&from) {
                return Err(untrusted("its new operator goes on from another log than the one that was handed over"));
            }
            let text = String::from_utf8_lossy(entry);
            let close = text.contains("\"kind\":\"BatchClose\"");
            if !close && !names.iter().any(|name| text.contains(name.as_str())) {
                continue;
            }
            // The log cannot hold one that does not verify, unless its operator put it there.
            let Ok(statement) = statement::verify(entry) else { continue };
            if let Body::BatchClose(close) = &statement.body {
                events.iter_mut().skip(open).for_each(|event| event.time = close.time_ms);
                open = events.len();
            } else {
                let time = statement.expires;
                events.extend(read(&statement.body, statement.actor, mine).into_iter().map(|what| Event { leaf, time, id: statement.id, what }));
            }
        }
        if from.size() == before {
            return Err(untrusted("its log ends before its checkpoint does"));
        }
    }
    if from.root() == root {
        Ok(Read { to: from, events })
    } else {
        Err(untrusted("its log is not the one that this wallet read before, or not the one under its checkpoint"))
    }
}

/// What a statement does to this person's tokens. Paying from one account of theirs to another is two things.
fn read(body: &Body, by: DidKey, mine: &[DidKey]) -> Vec<What> {
    let me = mine.contains(&by);
    let mut all = Vec::new();
    match body {
        Body::Token(TokenAct::Pay(pay)) => {
            let amount = pay.amount.0;
            if me {
                all.push(What::Paid { token: pay.token, to: pay.to, amount });
            }
            if mine.contains(&pay.to) {
                all.push(What::Received { token: pay.token, from: by, amount, reference: pay.reference.map(|r| r.0) });
            }
        }
        Body::Token(TokenAct::Award(award)) => {
            let amount = award.amount.0;
            if me {
                all.push(What::Gave { token: award.token, to: award.to, amount });
            }
            if mine.contains(&award.to) {
                all.push(What::Awarded { token: award.token, by, amount });
            }
        }
        Body::RegisterActor(actor) if me => all.push(What::Introduced { name: actor.name.clone() }),
        Body::Token(TokenAct::Define(token)) if me => all.push(What::Defined { symbol: token.symbol.clone() }),
        Body::Exchange(act) if me => all.push(match act {
            ExchangeAct::OpenPair(pair) => What::Opened { base: pair.base, quote: pair.quote },
            ExchangeAct::ForbidPair(pair) => What::Forbade { base: pair.base, quote: pair.quote },
            ExchangeAct::Place(order) => {
                let limit = order.limit.and_then(|limit| u64::try_from(limit.nanos()).ok());
                What::Ordered { gives: order.gives, takes: order.takes, amount: order.amount.0, limit }
            }
            ExchangeAct::Cancel(cancel) => What::Cancelled { order: cancel.order },
            ExchangeAct::AddLiquidity(adding) => What::PutIn { base: adding.base, quote: adding.quote },
            ExchangeAct::RemoveLiquidity(removing) => What::TookOut { base: removing.base, quote: removing.quote },
            ExchangeAct::OpenSteward(opening) => What::Stewards { takes: opening.takes, gives: opening.gives, amount: opening.amount.0 },
            ExchangeAct::FundSteward(funding) => What::Funded { pool: funding.pool, amount: funding.amount.0 },
            ExchangeAct::CloseSteward(closing) => What::Closed { pool: closing.pool },
            ExchangeAct::SwapSteward(swap) => {
                What::Swapped { pool: swap.pool, gives: swap.gives, takes: swap.takes, amount: swap.amount.0, least: swap.least.0 }
            }
        }),
        // Whoever names this person in something else moves nothing of theirs.
        _ => {}
    }
    all
}
