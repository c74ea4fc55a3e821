//! What the wallet's page asks of its worker, and what it is answered. Amounts are text in whole tokens, as people read and write them.

use crate::{
    statement::DidKey,
    wallet::{Regard, Rule},
};
use serde::{Deserialize, Serialize};

/// What is asked.
#[allow(missing_docs, reason = "each variant says what its members are")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// How things are: nothing here yet, locked, or open.
    Open,
    /// New words (12 or 24). Nothing is kept yet.
    New { count: u8 },
    /// Keeps the new words under a passphrase.
    Keep { passphrase: String },
    /// Makes the wallet of words again, and reads the log from its beginning.
    Restore { words: String, passphrase: String },
    /// Opens it.
    Unlock { passphrase: String },
    /// Whether this device's own lock opens it too.
    Quick,
    /// Lets this device's own lock open it too: a credential of the device, and, in hex, what it makes a secret from, and the secret. Without: no longer.
    Quicken(Option<Quickened>),
    /// Opens it with the secret (hex) that the device gave.
    UnlockQuick { secret: String },
    /// Forgets all secrets until it is unlocked.
    Lock,
    /// The words again, with three places to ask for.
    Words,
    /// The words at the three places.
    Check { answers: [String; 3] },
    /// A backup of this wallet and of what the engine exports, under a passphrase of its own.
    BackUp { passphrase: String, personal: Option<String> },
    /// Opens a backup (base64) and looks whether it can be put back here. Nothing is kept yet.
    Unpack { passphrase: String, file: String },
    /// Keeps the wallet of the backup that was opened, under a passphrase for this device.
    Adopt { passphrase: String },
    /// Brings everything up to date and sends what is on its way.
    Update,
    /// A request for payment to this person, and what the device thinks of who issues the token, if it knows.
    Ask { token: String, amount: String, label: String, message: String, regard: Option<Regard> },
    /// What a request for payment asks, and what the device thinks of who is paid, if it knows.
    Read { text: String, regard: Option<Regard> },
    /// Pays it. The amount counts where the request leaves it open.
    Pay { text: String, amount: String, regard: Option<Regard> },
    /// What is thought of before signing.
    Rule(Rule),
    /// What a swap would come to, and what the device thinks of who issues the token wanted, if it knows.
    Quote { swap: Swap, regard: Option<Regard> },
    /// Places it.
    Place { swap: Swap, regard: Option<Regard> },
    /// Swaps with a steward pool, by its id; with a community's voucher where the pool asks for one.
    Steward { pool: String, swap: Swap, voucher: String, regard: Option<Regard> },
    /// The account that asks, pays and swaps from now on, by number. One more than there are makes a new one.
    Account { index: u32 },
    /// What an account is called here; nothing forgets it.
    NameAccount { index: u32, name: String },
    /// The token in which all is counted, by id; empty: none.
    Currency { token: String },
    /// Takes an order back.
    Cancel { order: String },
    /// What somebody is called here; nothing forgets it.
    Name { who: DidKey, name: String },
}

/// A credential of the device (WebAuthn, with the extension `prf`), all in hex.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Quickened {
    /// Its id.
    pub credential: String,
    /// 32 bytes that it makes a secret from.
    pub salt: String,
    /// The secret, 32 bytes; empty in an answer.
    pub secret: String,
}

/// A swap that a person thinks of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Swap {
    /// The token given, by id.
    pub gives: String,
    /// The token wanted.
    pub takes: String,
    /// How much is given.
    pub amount: String,
    /// The worst price accepted; empty in a quote, which then proposes one.
    pub limit: String,
}

/// What is answered.
#[allow(missing_docs, reason = "each variant says what its members are")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// There is no wallet here yet.
    Nothing,
    /// It is locked.
    Locked,
    /// The words, and three places (from 0) whose words will be asked for.
    Words { words: Vec<String>, places: [usize; 3] },
    /// What to ask the device for; none where only the passphrase opens it.
    Quick(Option<Quickened>),
    /// A backup, in base64.
    BackedUp { file: String },
    /// What is in a backup: what the engine takes over, whether there is a wallet in it, and when it was made.
    Unpacked { personal: Option<String>, wallet: bool, made: i64 },
    /// Everything to show. With what went wrong on the way, if something did.
    View { view: Box<View>, trouble: Option<String> },
    /// A request for payment: the link, and its code as SVG.
    Asked { uri: String, code: String, warnings: Vec<String> },
    /// What somebody asks for.
    Asking(Asking),
    /// What a swap would come to.
    Quote(Quote),
    /// Not done, and why: a sentence without its full stop.
    Refused(String),
}

/// A wallet to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct View {
    /// The account that is paid.
    pub account: String,
    /// All accounts in use.
    pub accounts: Vec<AccountRow>,
    /// What it comes to in the person's own currency, where they chose one.
    pub total: Option<Total>,
    /// Steward pools.
    pub stewards: Vec<StewardRow>,
    /// The words were written down and asked for.
    pub backed_up: bool,
    /// The ledger's origin and the fingerprint of the policy under which it is believed; empty before the first contact.
    pub ledger: String,
    /// See `ledger`.
    pub fingerprint: String,
    /// Its keys are public: nothing here is worth anything.
    pub sample: bool,
    /// What is shown was proven under this batch.
    pub batch: Option<Batch>,
    /// All tokens of the ledger; those of which there are some first.
    pub tokens: Vec<Token>,
    /// What happened, the newest first.
    pub history: Vec<Row>,
    /// Orders of this person's.
    pub orders: Vec<OrderRow>,
    /// What can be swapped.
    pub pairs: Vec<PairRow>,
    /// What people are called here.
    pub contacts: Vec<(String, String)>,
    /// What is thought of before signing.
    pub rule: Rule,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccountRow {
    /// Its number, from 0.
    pub index: u32,
    /// Its key.
    pub key: String,
    /// What it is called here, or empty.
    pub name: String,
    /// It asks, pays and swaps.
    pub chosen: bool,
    /// What it has, each with its token.
    pub balances: Vec<String>,
}

/// What it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Total {
    /// In which token, by id.
    pub currency: String,
    /// How much.
    pub amount: String,
    /// How much of that is of communities' tokens, by community.
    pub communities: Vec<(String, String)>,
    /// What has no price in that token, and is not counted.
    pub uncounted: Vec<String>,
}

/// A steward pool.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StewardRow {
    /// Its id.
    pub id: String,
    /// The token it takes: id and symbol.
    pub takes: (String, String),
    /// The token it gives.
    pub gives: (String, String),
    /// Its rate, in words.
    pub rate: String,
    /// What it still gives in all.
    pub left: String,
    /// What it still gives this person, where there is a cap per person.
    pub person: Option<String>,
    /// Whose members alone may swap with it.
    pub community: Option<String>,
    /// Whose it is.
    pub owner: String,
    /// What they are called here.
    pub owner_name: Option<String>,
}

/// What a steward pool would give.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StewardQuote {
    /// Which.
    pub row: StewardRow,
    /// How much.
    pub gets: Option<String>,
    /// Or why nothing.
    pub why: Option<String>,
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Batch {
    /// Its number.
    pub number: u64,
    /// Its time, in milliseconds since 1970.
    pub time: i64,
    /// Among how many accounts this one was asked for.
    pub among: u64,
    /// How many accounts the ledger says it has.
    pub accounts: u64,
}

/// A token and what this person has of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// Short name. Any token can bear any: the issuer and the id tell them apart.
    pub symbol: String,
    /// Name.
    pub name: String,
    /// Who issues it.
    pub issuer: String,
    /// What the issuer is called here, if anything.
    pub issuer_name: Option<String>,
    /// The association flag.
    pub community: bool,
    /// Money's worth, or a good deed.
    pub financial: bool,
    /// Whether it can be swapped.
    pub tradable: bool,
    /// Another token here bears the same short name.
    pub look_alike: bool,
    /// What there is, proven; none where nothing of it ever was.
    pub balance: Option<String>,
    /// What of it is on its way out.
    pub leaving: Option<String>,
    /// What holding it costs in 30 days, in percent.
    pub demurrage: Option<String>,
}

/// How far something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Signed and kept, or sent: the ledger may have it.
    Pending,
    /// On the ledger.
    Logged,
    /// The ledger refused it.
    Rejected,
    /// Its time is over.
    Expired,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// How far it is.
    pub stage: Stage,
    /// Why the ledger refused it.
    pub why: Option<String>,
    /// Where it is logged.
    pub leaf: Option<u64>,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// What it is, in words.
    pub title: String,
    /// How much, with its sign and token, where something moves.
    pub amount: Option<String>,
    /// Who is on the other side.
    pub other: Option<String>,
    /// What they are called here.
    pub other_name: Option<String>,
    /// What for; only this device knows.
    pub message: Option<String>,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    /// Its id.
    pub id: String,
    /// What it gives and takes, in words.
    pub what: String,
    /// What it gave and got so far, proven.
    pub filled: String,
    /// The price of that, if anything was filled.
    pub price: Option<String>,
    /// The worst price that it accepts.
    pub limit: Option<String>,
    /// Whether it can still be filled.
    pub open: bool,
    /// When its time is over.
    pub until: i64,
}

/// A pair that can be swapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairRow {
    /// Base token: id and symbol.
    pub base: (String, String),
    /// Quote token: id and symbol.
    pub quote: (String, String),
    /// What lies in its pool, in words.
    pub pool: String,
    /// Prices that this wallet saw proven, the oldest first: when, and the price.
    pub prices: Vec<(i64, String)>,
}

/// What somebody asks to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// The request itself.
    pub text: String,
    /// Who is paid: their key.
    pub to: String,
    /// What they are called here.
    pub to_name: Option<String>,
    /// The token, with its issuer and flag.
    pub token: Token,
    /// How much; none where the payer chooses.
    pub amount: Option<String>,
    /// Who asks, as they say.
    pub label: Option<String>,
    /// What for, as they say.
    pub message: Option<String>,
    /// What to think of first.
    pub warnings: Vec<String>,
    /// Why this wallet's own rule lets it not be paid; empty where it may be.
    pub refusals: Vec<String>,
}

/// What a swap would come to, if nothing else came into the batch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Quote {
    /// The swap, with a limit filled in.
    pub swap: Swap,
    /// What it would give and get.
    pub gives: String,
    /// See `gives`.
    pub gets: String,
    /// At which price; none if nothing would be swapped.
    pub price: Option<String>,
    /// What it gets at least, if it is filled whole.
    pub worst: String,
    /// What the pool keeps, at most.
    pub fee: String,
    /// How far it moves the price, in percent.
    pub impact: String,
    /// The batch is cleared with the first that closes after this time; 0: with the next.
    pub after: i64,
    /// Some orders in this pair may be hidden from this wallet, because it asks for a part of all accounts only.
    pub partial: bool,
    /// There is a market. Without one, only `swap` and `stewards` say something.
    pub market: bool,
    /// What stewards give for the same.
    pub stewards: Vec<StewardQuote>,
    /// What to think of first.
    pub warnings: Vec<String>,
    /// Why this wallet's own rule lets it not be placed; empty where it may be.
    pub refusals: Vec<String>,
}
