//! What the page and the engine say to each other: typed requests, typed answers, postcard on the wire.
//!
//! This is all of `engine` that the page's wasm holds besides `client`.

mod ask;
mod learn;
mod lists;
mod months;
mod ours;
mod story;
mod weigh;

pub use crate::pack::{ShelfCard, WORLD};
use crate::{
    bot::{Alignment, Verdict, VerdictBand},
    label::Label,
    measure::{Millis, Money},
    pack::SubjectForm,
    passport::Outcome,
    statement::{DidKey, SubjectKind},
    values::{Ours, Profile},
    wallet::Regard,
};
pub use ask::{Asked, Told};
pub use learn::{Act, DeedRow, Item, Learn, Learning, OpenFact, Progress, Side, Turn, Why};
pub use lists::{Call, FollowedList, ListName, ListRow, Listable, MyLists, WholeList};
pub use months::{Effect, Month};
pub use ours::AskOurs;
use serde::{Deserialize, Serialize};
pub use story::{ClaimRow, LedgerTree, ReadingRow, Signed, StageStory, Story};
pub use weigh::{Basket, BasketPlace, Choices, Compared, Criterion, ShopRow, Spot, Weighed};

/// Which build's requests and answers these are, told from the sources that define them. A page that is fetched afresh may meet an engine that is an
/// update older: on the wire both are numbered by their places, so one may take the other's question for another.
pub const BUILD: u32 =
    told_from(&[include_bytes!("wire.rs"), include_bytes!("wire/learn.rs"), include_bytes!("wire/lists.rs"), include_bytes!("wire/ours.rs")]);

/// FNV-1a over all of them.
const fn told_from(mut sources: &[&[u8]]) -> u32 {
    let mut told = 0x811c_9dc5_u32;
    while let [source, others @ ..] = sources {
        let mut rest: &[u8] = source;
        while let [byte, more @ ..] = rest {
            told = (told ^ *byte as u32).wrapping_mul(0x0100_0193);
            rest = more;
        }
        sources = others;
    }
    told
}

/// What the page asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Opens the store (first request of a session). Answer: [`Answer::Status`].
    Open,
    /// What the device holds. Answer: [`Answer::Status`].
    Status,
    /// Brings the app's own ledger, the first one, up to date from a base address. Progress comes as [`Event`]s. Answer: [`Answer::Status`].
    Sync {
        /// Base address, e.g. `http://localhost:8080/ledger/`. Natively also a folder, or `sample` for the ledger inside the app.
        url: String,
        /// Whom to believe: a policy (C2SP tlog-policy) or a log's vkey; `None` = what the device trusts already, at first the sample's.
        key: Option<String>,
    },
    /// Brings every ledger up to date; what is wrong with one is in its row and keeps no other from it. Answer: [`Answer::Status`].
    SyncAll {
        /// The app's own ledger's base address, where it is begun with if there is no ledger yet; `None` = where it came from before.
        home: Option<String>,
    },
    /// Brings the ledger of this name up to date. Answer: [`Answer::Status`].
    SyncLedger(String),
    /// Looks at a ledger before it is added: nothing is kept yet. Answer: [`Answer::Offer`].
    LookAtLedger {
        /// Its base address.
        url: String,
        /// A policy (C2SP tlog-policy) or a log's vkey the person was given; `None` = the policy that is published there.
        policy: Option<String>,
    },
    /// Adds a ledger that the person confirmed by its fingerprint, and fetches its snapshot. Answer: [`Answer::Status`].
    AddLedger {
        /// Its base address.
        url: String,
        /// The policy, as the offer has it.
        policy: String,
        /// The fingerprint that the person confirmed.
        fingerprint: String,
    },
    /// Which market's packs to hold from the next sync on: `world`, or a country's ISO 3166-1 alpha-2 code. A ledger that has no such market gives
    /// the world's. Answer: [`Answer::Status`].
    SetMarket(String),
    /// Removes the ledger of this name and all that came from it. Answer: [`Answer::Status`].
    RemoveLedger(String),
    /// Text that was read, pasted or typed: a link, a code's content, a barcode. Answer: [`Answer::Scan`].
    ScanText(String),
    /// A camera frame; its pixels travel beside the request (`payload`). Answer: [`Answer::Scan`] or [`Answer::NoCode`].
    ScanFrame(FrameShape),
    /// A picture file; its bytes travel beside the request. Natively decoded here; on the web the page has turned it into a frame. Answer: as `ScanFrame`.
    ScanPicture,
    /// The same subject again, from history or a list, by its number on this device. Answer: [`Answer::Scan`] with one result.
    Subject(u32),
    /// Everything behind a subject, by its number on this device: its way, its label, and what each rests on. Answer: [`Answer::Story`].
    Story(u32),
    /// Better options for a subject, on this person's terms. Answer: [`Answer::Options`].
    Options {
        /// Number of the subject; `None` for a whole category.
        subject: Option<u32>,
        /// Category id, for a product not in the snapshot.
        category: Option<String>,
    },
    /// Options for a subject or in a category, weighed on fit, price, way and how well they are known. Answer: [`Answer::Choices`].
    Choices {
        /// Number of the subject; `None` for a whole category.
        subject: Option<u32>,
        /// Category id, where there is no subject.
        category: Option<String>,
        /// Where the person is, if they say so.
        near: Option<Spot>,
        /// What each list is put in order by.
        by: Criterion,
    },
    /// A few subjects side by side, at most five. Answer: [`Answer::Compared`].
    Compare {
        /// Their numbers.
        numbers: Vec<u32>,
        /// Where the person is, if they say so.
        near: Option<Spot>,
        /// What they are put in order by.
        by: Criterion,
    },
    /// The best basket that some money buys, for these things or what may stand for them. Answer: [`Answer::Basket`].
    Basket {
        /// What there is to spend.
        money: Money,
        /// Numbers of what is wanted.
        items: Vec<u32>,
    },
    /// Ranks subjects of a kind. Answer: [`Answer::Options`].
    Rank {
        /// What to rank.
        kind: RankKind,
        /// Category id, for products.
        category: Option<String>,
        /// At most this many.
        limit: u32,
    },
    /// Finds subjects by name. Answer: [`Answer::Options`].
    Search {
        /// What was typed.
        text: String,
        /// At most this many.
        limit: u32,
    },
    /// A question typed in plain words. Answer: [`Answer::Told`].
    Ask {
        /// What was typed.
        text: String,
        /// Number of the subject on the screen; `None` = what was scanned last.
        about: Option<u32>,
        /// At most this many rows.
        limit: u32,
    },
    /// All categories that have products. Answer: [`Answer::Categories`].
    Categories,
    /// The person's values. Answer: [`Answer::Profile`]; `None` before the first run.
    Profile,
    /// Sets the person's values. Answer: [`Answer::Profile`].
    SetProfile(Profile),
    /// What the person says of their values, or does. Answer: [`Answer::Learning`].
    Learn(Learn),
    /// The profile of an organisation beside the person's own. Answer: [`Answer::Ours`], or [`Answer::Text`] to its export.
    Ours(AskOurs),
    /// What would turn the verdict on a subject, by its number on this device. Answer: [`Answer::Turns`].
    Turns(u32),
    /// What is to be thought of the organisation whose key this is, before it is paid. Answer: [`Answer::Regard`].
    Regard(DidKey),
    /// What was scanned, newest first. Answer: [`Answer::History`].
    History,
    /// What the person's purchases did, month by month. Answer: [`Answer::Months`].
    Months,
    /// Forgets one entry, or all. Answer: [`Answer::History`].
    Forget(Option<u64>),
    /// A price the person saw on the shelf. Answer: [`Answer::Done`].
    SetPrice {
        /// Number of the product.
        subject: u32,
        /// `None` takes it back.
        price: Option<Money>,
    },
    /// The person's own lists. Answer: [`Answer::Lists`].
    Lists,
    /// Puts something on one of the person's lists, or takes it off. Answer: [`Answer::Lists`].
    Mark {
        /// Its subject id.
        id: String,
        /// Which list.
        list: ListName,
        /// On it, or off.
        on: bool,
    },
    /// Follows a list that somebody published: its text, a signed credential. Answer: [`Answer::Lists`].
    Follow(String),
    /// Follows a list no longer. Answer: [`Answer::Lists`].
    Unfollow {
        /// Its publisher's key.
        issuer: String,
        /// What it is called.
        name: String,
    },
    /// The printable sample passports. Answer: [`Answer::Shelf`].
    Shelf,
    /// Draws a QR code. Answer: [`Answer::Svg`].
    Qr(String),
    /// Everything personal as one JSON text. Answer: [`Answer::Text`].
    Export,
    /// Takes back what `Export` wrote. Answer: [`Answer::Done`].
    Import(String),
    /// Erases everything personal. Answer: [`Answer::Done`].
    EraseMine,
    /// Everything that ledgers signed and that contradicts itself, as one JSON text. Answer: [`Answer::Text`].
    Evidence,
    /// For tests of the restart: panics. Answer: none.
    Panic,
    /// A camera frame, as `ScanFrame`, of which only the text of the code in it is wanted: no store is opened, nothing is looked up or written down.
    /// Answer: [`Answer::Text`], or [`Answer::Done`] where there is no code.
    ReadFrame(FrameShape),
}

/// How the pixels of a frame lie in its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameShape {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bytes per row.
    pub stride: u32,
    /// Bytes before the first row.
    pub offset: u32,
    /// What a pixel is.
    pub format: PixelFormat,
    /// Try harder: slower second decoder, filters. The page asks for it on every few frames and always for a chosen picture.
    pub thorough: bool,
}

/// What a pixel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PixelFormat {
    /// One byte of luma.
    Luma,
    /// Four bytes, alpha ignored.
    Rgba,
}

/// What can be ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RankKind {
    /// Products.
    Product,
    /// Retailers, by their own evidence or else the mean of their assortment at half the confidence.
    Retailer,
    /// Projects.
    Project,
    /// Organisations (brands and their owners).
    Organisation,
}

/// What the engine answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// What the device holds.
    Status(Status),
    /// A ledger that could be added.
    Offer(LedgerOffer),
    /// One result per code found, in reading order; more than one: the person chooses.
    Scan(Vec<ScanResult>),
    /// The picture holds no code.
    NoCode,
    /// Everything behind a subject.
    Story(Box<Story>),
    /// Ranked subjects.
    Options(Vec<OptionRow>),
    /// Options weighed.
    Choices(Choices),
    /// A few side by side.
    Compared(Vec<Compared>),
    /// A basket.
    Basket(Basket),
    /// What the bot says to a question.
    Told(Told),
    /// Categories.
    Categories(Vec<CategoryRow>),
    /// The person's values.
    Profile(Option<Profile>),
    /// What was learned of the person's values.
    Learning(Box<Learning>),
    /// The profile of an organisation; `None`: there is none.
    Ours(Option<Ours>),
    /// What would turn a verdict, the weightiest first.
    Turns(Vec<Turn>),
    /// An organisation, on the person's terms; `None`: the snapshot knows none of that key.
    Regard(Option<Regard>),
    /// What was scanned.
    History(Vec<HistoryRow>),
    /// What the person's purchases did, the newest month first.
    Months(Vec<Month>),
    /// The person's own lists.
    Lists(Box<MyLists>),
    /// Sample passports.
    Shelf(Vec<ShelfCard>),
    /// A drawing.
    Svg(String),
    /// A text.
    Text(String),
    /// It is done.
    Done,
}

/// Why a request was not answered. Each sentence tells a person what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum EngineError {
    /// The engine's worker died while answering and was restarted.
    #[error("something went wrong inside the app ({0}); nothing was lost, try again")]
    Crashed(String),
    /// Another tab holds the store.
    #[error("EcoSphere is open in another tab; close that one, or use it")]
    OpenElsewhere,
    /// The ledger could not be reached.
    #[error("the ledger could not be reached ({0}); the last snapshot stays in use, try again when online")]
    Offline(String),
    /// What the ledger sent does not verify.
    #[error("the ledger at this address sent something that does not verify ({0}); nothing of it was used")]
    Untrusted(String),
    /// The store failed.
    #[error("the device's store failed ({0})")]
    Store(String),
    /// No room left.
    #[error("the device is full; free some space and try again. Nothing was lost")]
    DiskFull,
    /// What the person gave cannot be used.
    #[error("{0}")]
    BadInput(String),
}

/// What the device holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The snapshot of the first ledger that has one.
    pub snapshot: Option<Snapshot>,
    /// All ledgers, the app's own first.
    pub ledgers: Vec<LedgerRow>,
    /// The market that the person wants; a snapshot that is not of it yet, or whose ledger has none of that name, says its own.
    pub market: String,
    /// True once the person has said what matters.
    pub has_profile: bool,
    /// The organisation by whose values verdicts are; `None`: they are by the person's own.
    pub speaks: Option<String>,
    /// How many codes were scanned.
    pub history: u32,
    /// False when the store lives in memory only (no OPFS).
    pub durable: bool,
    /// Said once after a corrupt file was moved aside and rebuilt, and the like.
    pub notices: Vec<String>,
    /// How many pieces of evidence against ledgers are kept.
    pub evidence: u32,
}

/// A ledger on the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRow {
    /// Its name.
    pub origin: String,
    /// Where it is fetched from; empty when that was lost.
    pub url: String,
    /// Fingerprint of the policy it is believed under (SHA-256, hex).
    pub fingerprint: String,
    /// When it was last reached and found to be up to date.
    pub synced: Option<Millis>,
    /// Its snapshot, if there is one.
    pub snapshot: Option<Snapshot>,
    /// What was wrong when it was last asked, since the app was opened.
    pub trouble: Option<EngineError>,
}

/// A ledger that could be added, once the person has compared the fingerprint with one they were given on another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerOffer {
    /// Its base address.
    pub url: String,
    /// Its name.
    pub origin: String,
    /// The policy, in its one spelling.
    pub policy: String,
    /// SHA-256 of that (hex).
    pub fingerprint: String,
    /// How many witnesses it names.
    pub witnesses: u32,
    /// The policy was sent by the server itself, which vouches for nothing until it is compared.
    pub published: bool,
}

/// The snapshot on the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The ledger.
    pub origin: String,
    /// The market whose pack it is, `world` or a country, e.g. `nl`.
    pub market: String,
    /// The other markets that the ledger has; empty: it has one.
    pub markets: Vec<String>,
    /// Its log size.
    pub log_size: u64,
    /// Its batch.
    pub batch: u64,
    /// Time of the batch.
    pub time: Millis,
    /// A ledger whose keys are public.
    pub sample: bool,
    /// Older than it should be (never for a sample).
    pub stale: bool,
    /// How many days old its batch is; 0 for a sample.
    pub days: u32,
    /// Fingerprint of the policy it is believed under (SHA-256, hex): what two people compare to know that they believe the same.
    pub policy: String,
    /// Subjects of each kind.
    pub products: u32,
    /// Subjects of each kind.
    pub organisations: u32,
    /// Subjects of each kind.
    pub projects: u32,
    /// Retailers.
    pub retailers: u32,
}

/// What came of one code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanResult {
    /// The exact text read; `None` when there was none.
    pub code: Option<String>,
    /// The GTIN in it, 14 digits.
    pub gtin: Option<String>,
    /// Is the passport good?
    pub outcome: Outcome,
    /// The ledger that says so; `None` when none knows it.
    pub ledger: Option<String>,
    /// The snapshot is old.
    pub stale: bool,
    /// The outcome in a plain sentence, with details of this passport.
    pub message: String,
    /// What to do next.
    pub next_step: String,
    /// The subject, when it is in the snapshot.
    pub subject: Option<SubjectView>,
    /// How it fits; `None` when the subject is not known or the code is not to be believed.
    pub verdict: Option<Verdict>,
    /// The organisation by whose values that is; `None`: by the person's own.
    pub by: Option<String>,
    /// Better options in the same category, best first, at most three.
    pub options: Vec<OptionRow>,
}

/// A subject as shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubjectView {
    /// Its number on this device: the passport number, with the ledger's place in the highest three bits.
    pub number: u32,
    /// What kind.
    pub kind: SubjectKind,
    /// Which: GS1 element string or `<registry>:<id>`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Brand, or empty.
    pub brand: String,
    /// Who owns it, up to the top parent.
    pub owners: Vec<String>,
    /// Category name, or empty.
    pub category: String,
    /// Category id, or empty.
    pub category_id: String,
    /// Net quantity, or empty.
    pub quantity: String,
    /// Who signed the passport.
    pub issuer: String,
    /// Own passport or a steward's record.
    pub form: SubjectForm,
    /// Made up, for the sample.
    pub fictional: bool,
    /// Where it can be bought, cheapest first.
    pub prices: Vec<PriceRow>,
    /// What the person typed.
    pub my_price: Option<Money>,
    /// How many steps of its way are signed on the ledger.
    pub stages: Vec<StageRow>,
    /// What this device itself has verified of it.
    pub proof: Proof,
    /// Its S/E label, computed on this device from the verified stages; `None` where there is no dossier, or no money is known.
    pub label: Option<Label>,
    /// Number of the passport that replaced this one.
    pub successor: Option<u32>,
    /// Who owns the passport, by name, as this device verified it; empty where it did not.
    pub holder: String,
    /// How many attributes of it only readers whom its issuer chose can open.
    pub private: u32,
    /// What of it can be put on a list: itself first, then who owns it, nearest first.
    pub listable: Vec<Listable>,
    /// What lists that the person follows call for, of it or of who owns it.
    pub calls: Vec<Call>,
}

/// What this device itself has verified of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The signed statement, its place in the log, the body and every step were verified here.
    Checked,
    /// The device has no dossier of it: what is shown is as the ledger published it.
    AsPublished,
    /// The dossier does not agree with what the ledger published. Not to be relied on.
    Failed,
}

/// A price at a retailer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRow {
    /// Who sells it.
    pub retailer: String,
    /// For how much.
    pub price: Money,
    /// Items in stock.
    pub stock: u32,
}

/// A signed step of a product's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRow {
    /// 1 = first.
    pub step: u16,
    /// What happened, e.g. "Grown".
    pub title: String,
    /// Who did it.
    pub actor: String,
    /// Where.
    pub place: String,
    /// When, RFC 3339 date.
    pub date: String,
    /// Who else signed.
    pub confirmed_by: Option<String>,
}

/// A ranked subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptionRow {
    /// Its number on this device.
    pub number: u32,
    /// What kind.
    pub kind: SubjectKind,
    /// Which.
    pub id: String,
    /// Name.
    pub name: String,
    /// Brand, or empty.
    pub brand: String,
    /// Category name, or empty.
    pub category: String,
    /// At one glance.
    pub band: VerdictBand,
    /// The number behind it.
    pub alignment: Alignment,
    /// The strongest reason, in plain words.
    pub why: String,
    /// Cheapest known price.
    pub price: Option<Money>,
    /// Where, for that price.
    pub at: Option<String>,
    /// Made up, for the sample.
    pub fictional: bool,
    /// The ledger that says so.
    pub ledger: String,
}

/// A category with how many products it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryRow {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Products in it or below it.
    pub products: u32,
}

/// A past scan. Its verdict is computed anew each time, so that it never disagrees with the other screens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// Row id.
    pub id: u64,
    /// When.
    pub time: Millis,
    /// The text read.
    pub code: String,
    /// Outcome now, with today's snapshot.
    pub outcome: Outcome,
    /// Number on this device, when known.
    pub number: Option<u32>,
    /// Name, or the code for an unknown product.
    pub name: String,
    /// Verdict now.
    pub band: Option<VerdictBand>,
    /// The number behind it.
    pub alignment: Option<Alignment>,
    /// Waiting for a snapshot that knows it.
    pub saved_for_later: bool,
}

/// What the engine says unasked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// How far a sync is.
    SyncProgress {
        /// Bytes verified so far.
        done: u64,
        /// Bytes in all, once the manifest is known.
        total: u64,
    },
}
