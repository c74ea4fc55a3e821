//! Keys and book, open: bringing them up to date, signing, sending.

use super::{
    Device, PurseError,
    book::{Book, Note, What},
    follow::follow,
    proven::{Checked, Proven, check},
};
use crate::{
    exchange::Price,
    log::{Frontier, Handover, Policy},
    measure::{Decimal, Millis},
    state::Bucket,
    statement::{self, Body, Cancelling, DidKey, Digest, Draft, ExchangeAct, HexDigest, Pay, Placing, Reference, SigningKey, TokenAct, Units},
    wallet::{Asked, Branch, Keys, Opened, PaymentRequest, Progress, Words, memo},
};
use serde::Deserialize;

/// The file that holds the book.
pub(super) const BOOK: &str = "book";
/// How long what is signed here may still be logged.
const LIFETIME: i64 = Millis::DAY;
/// How often a node that closes a batch while it answers is asked again.
const TRIES: u8 = 4;
/// And how long after, in milliseconds.
const PAUSE: u32 = 400;
/// So many prices of a pair are kept.
const MOST_PRICES: usize = 500;

/// A purse that is open.
pub struct Till<D> {
    pub(super) device: D,
    opened: Opened,
    words: Words,
    keys: Keys,
    /// What it keeps.
    pub book: Book,
}

/// A swap, as it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The token given.
    pub gives: Digest,
    /// The token wanted.
    pub takes: Digest,
    /// Minor units of the token given.
    pub amount: u64,
    /// The worst price accepted.
    pub limit: Option<Price>,
    /// How long it stays open, in milliseconds.
    pub lasts: i64,
}

/// What a node says of one statement.
#[derive(Deserialize)]
struct Said {
    status: Option<String>,
    error: Option<String>,
}

impl<D: Device> Till<D> {
    /// With keys that were just made, and an empty book.
    pub(super) fn new(device: D, opened: Opened, words: Words, book: Book) -> Self {
        let keys = Keys::new(&words);
        Self { device, opened, words, keys, book }
    }

    /// The words.
    #[must_use]
    pub const fn words(&self) -> &Words {
        &self.words
    }

    /// What the vault holds.
    pub(super) const fn opened(&self) -> &Opened {
        &self.opened
    }

    /// An account's key.
    ///
    /// # Errors
    /// There is no such account.
    pub fn account(&self, index: u32) -> Result<DidKey, PurseError> {
        Ok(self.key(index)?.did())
    }

    /// The key that signs for an account.
    pub(super) fn key(&self, index: u32) -> Result<SigningKey, PurseError> {
        Ok(self.keys.key(Branch::Account, index)?)
    }

    /// The accounts in use.
    #[must_use]
    pub fn mine(&self) -> Vec<DidKey> {
        (0..self.book.accounts.max(1)).filter_map(|n| self.account(n).ok()).collect()
    }

    /// Keeps the book.
    ///
    /// # Errors
    /// It cannot be written; what was kept before still is.
    pub async fn keep(&self) -> Result<(), PurseError> {
        let sealed = self.opened.seal_file(BOOK, self.device.random()?, &self.book.encode()?)?;
        self.device.save(BOOK, &sealed).await
    }

    /// Brings everything up to date: what is proven, what the log says, what is on its way.
    ///
    /// # Errors
    /// The node cannot be reached or cannot prove what it says. What was known before still is.
    pub async fn update(&mut self) -> Result<(), PurseError> {
        self.choose(None, false).await?;
        let looked = self.look().await;
        // What is on its way is sent even where nothing could be learned.
        let sent = self.send().await;
        looked?;
        sent
    }

    async fn look(&mut self) -> Result<(), PurseError> {
        let Some(mut ledger) = self.book.ledger.clone() else { return Ok(()) };
        let mut policy = Policy::parse(&ledger.policy)?;
        let mine = self.mine();
        let mut handovers = Vec::new();
        if let Some(after) = self.handed_over(&policy).await? {
            // A wallet that has read nothing yet reads all of it, and so also what was handed over.
            ledger.read.get_or_insert_default();
            (handovers, policy) = after;
            ledger.policy = policy.to_string();
        }
        let believed = (&policy, handovers.as_slice());
        let mut news: Option<(Proven, Frontier, u64, Vec<super::Event>)> = None;
        for account in &mine {
            let Checked { proven, origin, before, root } = self.ask(believed, account, &mine).await?;
            if origin != ledger.origin {
                return Err(PurseError::Untrusted(format!("it is the ledger {origin}, not {}", ledger.origin)));
            }
            let news_is_first = news.is_none();
            let (others, from, since, mut events) = match (news.take(), &ledger.read) {
                (Some((others, read, since, events)), _) => (Some(others), read, since, events),
                (None, Some(read)) => (None, read.clone(), ledger.since, Vec::new()),
                // A new wallet has nothing on the log before its first look.
                (None, None) => (None, before.clone(), before.size(), Vec::new()),
            };
            let read = follow(&self.device, from, (proven.size, root), if news_is_first { &handovers } else { &[] }, &mine).await?;
            events.extend(read.events);
            news = Some((merged(proven, others.as_ref(), account), read.to, since, events));
        }
        let Some((proven, read, since, events)) = news else { return Ok(()) };
        self.check_complete(&proven, &events, &mine)?;
        self.take_over(proven, read, since, events);
        if let Some(known) = &mut self.book.ledger {
            known.policy = ledger.policy;
        }
        self.keep().await
    }

    /// An answer about the bucket in which an account is. Where the node has not as many accounts as it said, about all.
    async fn ask(&self, believed: (&Policy, &[Handover]), account: &DidKey, mine: &[DidKey]) -> Result<Checked, PurseError> {
        let known = self.book.proven.as_ref().map_or(0, |p| usize::try_from(p.accounts).unwrap_or(usize::MAX));
        let mut bucket = Bucket::of(account, Bucket::bits_for(known));
        for _ in 0..TRIES {
            let answer = self.device.get(&format!("/state/accounts/{bucket}")).await;
            let checked = answer.and_then(|text| check(&text, believed, bucket, mine));
            match checked {
                Ok(Some(checked)) => return Ok(checked),
                // The node is just publishing.
                Ok(None) | Err(PurseError::Offline(_)) => self.device.pause(PAUSE).await,
                Err(_) if bucket != Bucket::default() => bucket = Bucket::default(),
                Err(why) => return Err(why),
            }
        }
        Err(PurseError::Offline("the node cannot be reached, or is busy publishing; try again in a moment".to_owned()))
    }

    /// A node can show only what is there, but it can keep something back. An account keeps its entry for ever, so what was there, and what the log
    /// has put there, has to be.
    fn check_complete(&self, proven: &Proven, events: &[super::Event], mine: &[DidKey]) -> Result<(), PurseError> {
        let untrusted = |why: &str| Err(PurseError::Untrusted(why.to_owned()));
        if let Some(old) = &self.book.proven {
            if old.size > proven.size || old.time > proven.time {
                return untrusted("it shows an older state than before");
            }
            if old.balances.keys().any(|held| mine.contains(&held.1) && !proven.balances.contains_key(held)) {
                return untrusted("it leaves out a balance that it proved before");
            }
        }
        let put = |what: &What| match what {
            What::Received { token, .. } | What::Awarded { token, .. } => Some(*token),
            _ => None,
        };
        let there = |token: &Digest| mine.iter().any(|account| proven.balances.contains_key(&(*token, *account)));
        if events.iter().filter_map(|event| put(&event.what)).any(|token| !there(&token)) {
            return untrusted("its log has a payment to this wallet, but it shows no balance of that token");
        }
        Ok(())
    }

    fn take_over(&mut self, mut proven: Proven, read: Frontier, since: u64, events: Vec<super::Event>) {
        let book = &mut self.book;
        for event in &events {
            // Ours or one made by the same words elsewhere; what the log has counts, whatever a node said before.
            let _ = book.outbox.answered(&event.id, Progress::Logged(event.leaf));
        }
        book.events.extend(events);
        book.outbox.expire(proven.time);
        for (pair, at) in &proven.pairs {
            if let (Some(time), Some(price)) = (at.cleared, at.price) {
                let prices = book.prices.entry(*pair).or_default();
                if prices.last().is_none_or(|(last, _)| *last < time) {
                    prices.push((time, price));
                    let over = prices.len().saturating_sub(MOST_PRICES);
                    prices.drain(..over);
                }
            }
        }
        book.stewards = std::mem::take(&mut proven.stewards);
        book.proven = Some(proven);
        if let Some(ledger) = &mut book.ledger {
            (ledger.read, ledger.since) = (Some(read), since);
        }
    }

    /// Sends what is on its way, again and again the same bytes, until the ledger has it or says no.
    ///
    /// # Errors
    /// The node cannot be reached; what is on its way stays so.
    pub async fn send(&mut self) -> Result<(), PurseError> {
        let open: Vec<(Digest, Vec<u8>)> = self.book.outbox.to_send().map(|(id, entry)| (*id, entry.to_vec())).collect();
        for (id, entry) in open {
            self.book.outbox.sending(&id)?;
            // Before it leaves: after a power cut it is sent again, and never signed again.
            self.keep().await?;
            let statement = String::from_utf8(entry).map_err(|_| PurseError::Store("something on its way is damaged".to_owned()))?;
            let answer = self.device.post("/statements", format!("{{\"statement\":{statement}}}")).await?;
            let said: Said = serde_json::from_str(&answer).map_err(|_| PurseError::Untrusted("its answer is none".to_owned()))?;
            match said.status.as_deref() {
                Some("rejected") => {
                    let why = said.error.unwrap_or_else(|| "it does not say why".to_owned());
                    self.book.outbox.answered(&id, Progress::Rejected(why))?;
                    self.keep().await?;
                }
                Some("pending" | "logged") => {}
                _ => return Err(PurseError::Refused(said.error.unwrap_or_else(|| "it takes no statements".to_owned()))),
            }
        }
        Ok(())
    }

    /// Signs what the person says and keeps it; [`Till::send`] sends it. `spends` counts as gone from now on.
    ///
    /// # Errors
    /// There is not enough, the ledger is not known, or nothing can be kept.
    pub async fn sign(&mut self, account: u32, body: Body, spends: Option<(Digest, u64)>, note: Note) -> Result<Digest, PurseError> {
        let ledger = self.book.ledger.as_ref().ok_or_else(|| PurseError::Usage("this wallet knows no ledger yet; update it first".to_owned()))?;
        let key = self.key(account)?;
        let now = self.now();
        let draft = Draft { ledger: ledger.origin.clone(), nonce: self.device.random()?, expires: Millis(now.0.saturating_add(LIFETIME)), body };
        let entry = statement::sign(&draft, now, &key, &[])?;
        let id = statement::verify(&entry)?.id;
        // The outbox counts what is on its way from all accounts; what leaves the others takes nothing from this one.
        let balance = spends.map_or(0, |(token, _)| self.balance(&token, &key.did()).saturating_add(self.leaving_others(&token, account)));
        self.book.outbox.keep(id, entry, draft.expires, spends.unwrap_or(([0; 32], 0)), balance)?;
        self.book.notes.insert(id, Note { account, made: self.device.now(), ..note });
        self.book.accounts = self.book.accounts.max(account.saturating_add(1));
        self.keep().await?;
        Ok(id)
    }

    /// Pays what a request asks for.
    ///
    /// # Errors
    /// As [`Till::sign`].
    pub async fn pay(&mut self, account: u32, asked: &PaymentRequest, amount: u64) -> Result<Digest, PurseError> {
        let salt = self.device.random::<16>()?;
        let hidden = asked.message.as_deref().map(|text| HexDigest(memo(&salt, text)));
        let pay = Pay { token: asked.token, to: asked.to, amount: Units(amount), reference: asked.reference.map(Reference), memo: hidden };
        let what = Some(What::Paid { token: asked.token, to: asked.to, amount });
        let note = Note { label: asked.label.clone(), message: asked.message.clone(), salt, what, ..Note::default() };
        self.sign(account, Body::Token(TokenAct::Pay(pay)), Some((asked.token, amount)), note).await
    }

    /// Places an order.
    ///
    /// # Errors
    /// As [`Till::sign`].
    pub async fn place(&mut self, account: u32, order: Order) -> Result<Digest, PurseError> {
        let Order { gives, takes, amount, limit, lasts } = order;
        let until = Millis(self.now().0.saturating_add(lasts));
        let placing = Placing { gives, takes, amount: Units(amount), limit: limit.map(Price::decimal), until };
        let what = Some(What::Ordered { gives, takes, amount, limit: limit.map(Price::nanos) });
        self.sign(account, Body::Exchange(ExchangeAct::Place(placing)), Some((gives, amount)), Note { what, ..Note::default() }).await
    }

    /// Takes an order back.
    ///
    /// # Errors
    /// As [`Till::sign`].
    pub async fn cancel(&mut self, account: u32, order: Digest) -> Result<Digest, PurseError> {
        let note = Note { what: Some(What::Cancelled { order }), ..Note::default() };
        self.sign(account, Body::Exchange(ExchangeAct::Cancel(Cancelling { order })), None, note).await
    }

    /// What is on its way out of a token from other accounts than this one.
    fn leaving_others(&self, token: &Digest, account: u32) -> u64 {
        let open = self.book.outbox.iter().filter(|(_, payment)| payment.token == *token && payment.progress.is_open());
        let others = open.filter(|(id, _)| self.book.notes.get(*id).is_some_and(|note| note.account != account));
        others.fold(0, |sum, (_, payment)| sum.saturating_add(payment.amount))
    }

    /// What of a token an account can give now: what is proven, less what is on its way out of it.
    #[must_use]
    pub fn left(&self, token: &Digest, account: u32) -> u64 {
        let leaving = self.book.outbox.on_its_way(token).saturating_sub(self.leaving_others(token, account));
        self.account(account).map_or(0, |key| self.balance(token, &key).saturating_sub(leaving))
    }

    /// The account of this person's that placed an order; else the one that is chosen.
    #[must_use]
    pub fn placed_by(&self, order: &Digest) -> u32 {
        let owner = self.book.proven.as_ref().and_then(|proven| proven.orders.get(order)).map(|order| order.owner);
        let at = owner.and_then(|owner| self.mine().iter().position(|key| *key == owner)).and_then(|at| u32::try_from(at).ok());
        at.unwrap_or(self.book.chosen)
    }

    /// What an account has of a token now, as far as is proven.
    #[must_use]
    pub fn balance(&self, token: &Digest, account: &DidKey) -> u64 {
        self.book.proven.as_ref().map_or(0, |proven| proven.balance(token, account, self.now()))
    }

    /// The ledger's time where the device's is behind it. A clock that is a day behind makes no statement that is over when it is sent.
    #[must_use]
    pub fn now(&self) -> Millis {
        let batch = self.book.proven.as_ref().map_or(Millis(0), |proven| proven.time);
        batch.max(self.device.now())
    }
}

/// What is proven of one account, with what is proven of the others.
fn merged(mut new: Proven, others: Option<&Proven>, account: &DidKey) -> Proven {
    if let Some(others) = others {
        new.balances.extend(others.balances.iter().filter(|((_, who), _)| who != account).map(|(key, held)| (*key, *held)));
        new.shares.extend(others.shares.iter().filter(|((_, _, who), _)| who != account).map(|(key, held)| (*key, *held)));
        new.orders.extend(others.orders.iter().filter(|(_, order)| order.owner != *account).map(|(id, order)| (*id, *order)));
        new.among = new.among.min(others.among);
    }
    new
}

/// A wallet reads requests with what it knows of its ledger.
impl<D> Asked for Till<D> {
    fn ledger(&self) -> &str {
        self.book.ledger.as_ref().map_or("", |ledger| &ledger.origin)
    }
    fn decimals(&self, token: &Digest) -> Option<u8> {
        Some(self.book.proven.as_ref()?.tokens.get(token)?.decimals)
    }
}

/// A decimal price above 0.
///
/// # Errors
/// It is none.
pub(super) fn price(text: &str) -> Result<Price, PurseError> {
    let nanos = Decimal::parse(text).ok().and_then(|d| u64::try_from(d.nanos()).ok()).unwrap_or(0);
    Ok(Price::from_nanos(nanos)?)
}
