//! The book as people are shown it.

use super::{
    PurseError, Till,
    book::{Note, What},
    device::Device,
    proven::{self, Proven},
    wire::{Asking, Batch, OrderRow, PairRow, Row, Stage, Token, View},
};
use crate::{
    exchange::{Price, Side},
    measure::Millis,
    statement::{DidKey, Digest},
    wallet::{PaymentRequest, Progress, Regard, write_amount},
};
use std::collections::BTreeSet;

/// So much of the history is shown.
const MOST_ROWS: usize = 200;
/// A batch so long ago, and what it proved may have changed since.
const STALE: i64 = Millis::DAY;

/// An id from text.
///
/// # Errors
/// It is none.
pub(super) fn id(text: &str) -> Result<Digest, PurseError> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text.trim(), &mut digest).map(|()| digest).map_err(|_| PurseError::Usage("an id is 64 digits in hex".to_owned()))
}

impl<D: Device> Till<D> {
    /// Everything to show.
    ///
    /// # Errors
    /// The first account has no key, which cannot be.
    pub fn view(&self) -> Result<View, PurseError> {
        let nothing = Proven::default();
        let proven = self.book.proven.as_ref().unwrap_or(&nothing);
        let batch = self.book.proven.as_ref().map(|p| Batch { number: p.batch, time: p.time.0, among: p.among, accounts: p.accounts });
        let mut tokens: Vec<Token> = proven.tokens.keys().filter_map(|id| self.token(proven, id)).collect();
        tokens.sort_by(|a, b| (a.balance.is_none(), &a.symbol, &a.id).cmp(&(b.balance.is_none(), &b.symbol, &b.id)));
        Ok(View {
            account: self.account(self.book.chosen)?.to_string(),
            accounts: self.accounts(proven),
            total: self.total(proven),
            stewards: self.book.stewards.iter().filter_map(|(id, pool)| self.steward_row(id, pool)).collect(),
            backed_up: self.book.backed_up,
            ledger: self.book.ledger.as_ref().map(|l| l.origin.clone()).unwrap_or_default(),
            fingerprint: self.fingerprint().unwrap_or_default(),
            sample: self.book.ledger.as_ref().is_some_and(|l| l.sample),
            batch,
            tokens,
            history: self.history(proven),
            orders: self.orders(proven),
            pairs: self.pairs(proven),
            rule: self.book.rule,
            contacts: self.book.contacts.iter().map(|(did, name)| (did.to_string(), name.clone())).collect(),
        })
    }

    pub(super) fn name(&self, did: &DidKey) -> Option<String> {
        if self.mine().contains(did) { Some("this wallet".to_owned()) } else { self.book.contacts.get(did).cloned() }
    }

    /// A token and what this person has of it, over all accounts.
    pub(super) fn token(&self, proven: &Proven, id: &Digest) -> Option<Token> {
        let token = proven.tokens.get(id)?;
        let amount = |units| write_amount(units, token.decimals);
        let balance = self.held(proven, id);
        let leaving = self.book.outbox.on_its_way(id);
        Some(Token {
            id: hex::encode(id),
            symbol: token.symbol.clone(),
            name: token.name.clone(),
            issuer: token.issuer.to_string(),
            issuer_name: self.name(&token.issuer),
            community: token.community,
            financial: token.financial,
            tradable: token.tradable,
            look_alike: proven.tokens.iter().any(|(other, t)| other != id && t.symbol == token.symbol),
            balance: balance.map(amount),
            leaving: Some(leaving).filter(|units| *units > 0).map(amount),
            demurrage: Some(token.demurrage).filter(|bps| *bps > 0).map(percent),
        })
    }

    fn history(&self, proven: &Proven) -> Vec<Row> {
        let logged: BTreeSet<Digest> = self.book.events.iter().map(|event| event.id).collect();
        let mut rows = Vec::new();
        for (id, payment) in self.book.outbox.iter().filter(|(id, _)| !logged.contains(*id)) {
            let note = self.book.notes.get(id);
            let (stage, why) = match &payment.progress {
                Progress::Signed | Progress::Sent => (Stage::Pending, None),
                Progress::Logged(_) => (Stage::Logged, None),
                Progress::Rejected(why) => (Stage::Rejected, Some(why.clone())),
                Progress::Expired => (Stage::Expired, None),
            };
            let made = note.map_or(Millis(0), |note| note.made);
            if let Some(what) = note.and_then(|note| note.what.as_ref()) {
                rows.push(Row { stage, why, time: made.0, ..self.row(proven, *id, what, note) });
            }
        }
        for event in &self.book.events {
            let note = match &event.what {
                What::Received { reference: Some(reference), .. } => self.book.asked.get(reference),
                _ => self.book.notes.get(&event.id),
            };
            rows.push(Row { leaf: Some(event.leaf), time: event.time.0, ..self.row(proven, event.id, &event.what, note) });
        }
        rows.sort_by_key(|row| (row.leaf.is_some(), std::cmp::Reverse(row.leaf), std::cmp::Reverse(row.time)));
        rows.truncate(MOST_ROWS);
        rows
    }

    /// A row, as if it were logged.
    fn row(&self, proven: &Proven, id: Digest, what: &What, note: Option<&Note>) -> Row {
        let amount = |sign: &str, token: &Digest, units: u64| Some(format!("{sign}{}", told(proven, token, units)));
        let pair = |a: &Digest, b: &Digest| format!("{} and {}", symbol(proven, a), symbol(proven, b));
        let (title, amount, other) = match what {
            What::Paid { token, to, amount: units } => ("Paid".to_owned(), amount("\u{2212}", token, *units), Some(*to)),
            What::Received { token, from, amount: units, .. } => ("Received".to_owned(), amount("+", token, *units), Some(*from)),
            What::Awarded { token, by, amount: units } => ("Awarded to you".to_owned(), amount("+", token, *units), Some(*by)),
            What::Gave { token, to, amount: units } => ("Awarded".to_owned(), amount("", token, *units), Some(*to)),
            What::Introduced { name } => (format!("Introduced to the ledger as {name}"), None, None),
            What::Defined { symbol } => (format!("New token {symbol}"), None, None),
            What::Ordered { gives, takes, amount: units, .. } => {
                (format!("Order: {} for {}", symbol(proven, gives), symbol(proven, takes)), amount("\u{2212}", gives, *units), None)
            }
            What::Cancelled { .. } => ("Order taken back".to_owned(), None, None),
            What::Opened { base, quote } => (format!("Opened the pair of {}", pair(base, quote)), None, None),
            What::PutIn { base, quote } => (format!("Into the pool of {}", pair(base, quote)), None, None),
            What::Forbade { base, quote } => (format!("Forbade the pair of {}", pair(base, quote)), None, None),
            What::Stewards { takes, gives, amount: units } => {
                (format!("Steward pool opened: {} for {}", symbol(proven, gives), symbol(proven, takes)), amount("\u{2212}", gives, *units), None)
            }
            What::Funded { pool, amount: units } => {
                let gives = self.book.stewards.get(pool).map(|pool| pool.ways().1);
                ("Into a steward pool".to_owned(), gives.and_then(|gives| amount("\u{2212}", &gives, *units)), None)
            }
            What::Closed { .. } => ("Steward pool closed".to_owned(), None, None),
            What::Swapped { pool, gives, takes, amount: units, .. } => {
                let steward = self.book.stewards.get(pool).map(|pool| pool.owner);
                (
                    format!("Swapped with a steward: {} for {}", symbol(proven, gives), symbol(proven, takes)),
                    amount("\u{2212}", gives, *units),
                    steward,
                )
            }
            What::TookOut { base, quote } => (format!("Out of the pool of {}", pair(base, quote)), None, None),
        };
        Row {
            id: hex::encode(id),
            stage: Stage::Logged,
            why: None,
            leaf: None,
            time: 0,
            title,
            amount,
            other: other.map(|did| did.to_string()),
            other_name: other.and_then(|did| self.name(&did)).or_else(|| note.and_then(|note| note.label.clone())),
            message: note.and_then(|note| note.message.clone()),
        }
    }

    fn orders(&self, proven: &Proven) -> Vec<OrderRow> {
        let mine = self.mine();
        let mut rows: Vec<OrderRow> = proven.orders.iter().filter(|(_, o)| mine.contains(&o.owner)).map(|(id, o)| order_row(proven, id, o)).collect();
        rows.sort_by_key(|row| (!row.open, std::cmp::Reverse(row.until)));
        rows
    }

    fn pairs(&self, proven: &Proven) -> Vec<PairRow> {
        let row = |((base, quote), pair): (&(Digest, Digest), &proven::Pair)| PairRow {
            base: (hex::encode(base), symbol(proven, base)),
            quote: (hex::encode(quote), symbol(proven, quote)),
            pool: if pair.pool.trades() {
                format!("{} and {}", told(proven, base, pair.pool.base), told(proven, quote, pair.pool.quote))
            } else {
                String::new()
            },
            prices: self.book.prices.get(&(*base, *quote)).into_iter().flatten().map(|(time, nanos)| (time.0, decimal(*nanos))).collect(),
        };
        proven.pairs.iter().map(row).collect()
    }

    /// What a request asks for, with what to think of first. What the wallet's own rule says of who is paid is a part of that.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn asking(&self, text: &str, regard: Option<&Regard>) -> Result<(PaymentRequest, Asking), PurseError> {
        let text = text.trim();
        let proven = self.book.proven.as_ref().ok_or_else(|| PurseError::Usage("this wallet has seen no ledger yet; update it first".to_owned()))?;
        let asked = PaymentRequest::read(text, self)?;
        let token = self.token(proven, &asked.token).unwrap_or_default();
        let mut warnings = Vec::new();
        let mine = self.mine();
        if mine.contains(&asked.to) {
            warnings.push("This request is your own: you would pay yourself".to_owned());
        }
        if token.look_alike {
            warnings.push(format!("More than one token here is called {}: look at its issuer and its id", token.symbol));
        }
        let left = self.left(&asked.token, self.book.chosen);
        if asked.amount.is_some_and(|units| units > left) {
            warnings.push(format!("This account has {} left, which is less", told(proven, &asked.token, left)));
        }
        if self.device.now().0.saturating_sub(proven.time.0) > STALE {
            warnings.push("What this wallet knows of the ledger is more than a day old".to_owned());
        }
        let decimals = proven.tokens.get(&asked.token).map_or(0, |t| t.decimals);
        let judged = self.judged(regard);
        warnings.extend(judged.warns);
        let asking = Asking {
            refusals: judged.refuses,
            text: text.to_owned(),
            to: asked.to.to_string(),
            to_name: self.name(&asked.to),
            token,
            amount: asked.amount.map(|units| write_amount(units, decimals)),
            label: asked.label.clone(),
            message: asked.message.clone(),
            warnings,
        };
        Ok((asked, asking))
    }
}

fn order_row(proven: &Proven, id: &Digest, order: &proven::Order) -> OrderRow {
    let (gives, takes) = order.ways();
    let (gave, got) = (told(proven, &gives, order.gave), told(proven, &takes, order.got));
    // What was paid for what, in quote tokens for a base token.
    let (base, quote) = if order.side == Side::Sell { (order.gave, order.got) } else { (order.got, order.gave) };
    let price = proven.grid(&order.pair).and_then(|grid| grid.price_of(base, quote));
    OrderRow {
        id: hex::encode(id),
        what: format!("{} for {}", told(proven, &gives, order.gives), symbol(proven, &takes)),
        filled: if order.gave == 0 { "nothing yet".to_owned() } else { format!("gave {gave}, got {got}") },
        price: price.map(|price| price.to_string()),
        limit: order.limit.map(decimal),
        open: order.open,
        until: order.until.0,
    }
}

/// A price in units of 1e-9, as text.
fn decimal(nanos: u64) -> String {
    Price::from_nanos(nanos).map_or_else(|_| "0".to_owned(), |price| price.to_string())
}

pub(super) fn symbol(proven: &Proven, token: &Digest) -> String {
    proven.tokens.get(token).map_or_else(|| "?".to_owned(), |t| t.symbol.clone())
}

/// An amount with its token.
pub(super) fn told(proven: &Proven, token: &Digest, units: u64) -> String {
    let decimals = proven.tokens.get(token).map_or(0, |t| t.decimals);
    format!("{}\u{a0}{}", write_amount(units, decimals), symbol(proven, token))
}

/// Basis points as percent.
pub(super) fn percent(bps: impl Into<u64>) -> String {
    format!("{}\u{a0}%", write_amount(bps.into(), 2))
}
