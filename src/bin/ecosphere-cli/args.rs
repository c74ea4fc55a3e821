//! The command line.

use crate::money_args::{BackupCommand, PayCommand, SwapCommand, TokenCommand, WalletCommand};
use crate::values::ValuesCommand;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ecosphere::{
    engine::wire::{Criterion, ListName, RankKind, Spot},
    values::Form,
};
use std::path::PathBuf;

/// Scan a product's passport, verify it offline, and see how it fits your values.
///
/// Without --data everything is answered from the sample ledger inside this program, in memory: nothing is read from or written to your disk,
/// and nothing is fetched. With --data DIR the snapshot, profile and history live in DIR, as they do in the app.
#[derive(Debug, Parser)]
#[command(name = "ecosphere-cli", version, max_term_width = 100, after_help = EXIT_STATUS, after_long_help = LONG_HELP)]
pub struct Cli {
    /// Answer in JSON: `scan` one object per input and line (JSON Lines), everything else one object.
    #[arg(long, global = true)]
    pub json: bool,
    /// The folder with the store. Without it: the sample ledger, in memory.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Judge by the values in this file (as `profile get --json` prints them) instead of the stored ones. Only without --data.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "data")]
    pub profile: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_STATUS: &str = "Exit status:
  0  answered (also when the code is no passport, unknown, superseded, expired or unsealed)
  1  not to be believed: altered, wrong product, unknown issuer, not accredited, revoked or suspended
  2  the input cannot be used: no such file, not a picture, not a credential, a wrong option
With several inputs the highest of their statuses.";

const LONG_HELP: &str = "Examples:
  ecosphere-cli scan shelf.jpg 3017620422003 'https://id.example.org/01/09506000134352?seal=…'
  ecosphere-cli --json scan *.png | jq -r '[.input, .outcome, .verdict] | @tsv'
  ecosphere-cli --data ~/.ecosphere sync http://localhost:8080/ledger/
  ecosphere-cli --data ~/.ecosphere profile set --topic climate=matters-most --line no-palm-oil
  ecosphere-cli --data ~/.ecosphere values ask
  ecosphere-cli --data ~/.ecosphere rank --kind product --category en:chocolates

Exit status:
  0  answered (also when the code is no passport, unknown, superseded, expired or unsealed)
  1  not to be believed: altered, wrong product, unknown issuer, not accredited, revoked or suspended
  2  the input cannot be used: no such file, not a picture, not a credential, a wrong option
With several inputs the highest of their statuses.";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Checks passports and says how the products fit your values.
    ///
    /// An input is a picture file (PNG, JPEG, WebP, GIF) with a QR code or barcode, a link as it stands in a QR code, a GS1 element string such as
    /// (01)09506000134352, or the digits under a barcode.
    #[command(after_long_help = SCAN_HELP)]
    Scan {
        /// Picture files, links or barcode numbers.
        #[arg(required = true, value_name = "IMAGE|LINK|GTIN")]
        inputs: Vec<String>,
    },
    /// Verifies a credential file: its proofs, its issuer's standing in the snapshot, and whether it is the text on the ledger.
    #[command(after_long_help = VERIFY_HELP)]
    Verify {
        /// The credential: JSON with a Data Integrity proof (eddsa-jcs-2022), or a vc+jwt envelope, compact or as JSON. `-` reads standard input.
        #[arg(value_name = "CREDENTIAL")]
        credential: String,
        /// If its issuer is a did:web, reads that issuer's keys from its web server now. The server learns that somebody looks at one of its
        /// credentials; without this option nothing is ever fetched.
        #[arg(long)]
        resolve: bool,
    },
    /// Ranks products, retailers, projects or organisations by how they fit you, best first.
    #[command(after_long_help = RANK_HELP)]
    Rank {
        /// What to rank.
        #[arg(long, value_enum)]
        kind: Kind,
        /// Only products of this category or below it (see `categories`).
        #[arg(long, value_name = "ID")]
        category: Option<String>,
        /// At most this many.
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Answers a question: what there is on your terms, why something is judged so, whom it belongs to, what is better, where it is sold.
    #[command(after_long_help = ASK_HELP)]
    Ask {
        /// The question, in plain words.
        text: String,
        /// What "this" in the question means: a link, an element string or the digits under a barcode. Without it, what was scanned last.
        #[arg(long, value_name = "CODE")]
        about: Option<String>,
        /// At most this many rows.
        #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Weighs options: what fits best, and what nothing beats at once in fit, price, way and in how well it is known.
    #[command(after_long_help = OPTIONS_HELP)]
    Options {
        /// What options are wanted for: a link, an element string or the digits under a barcode.
        #[arg(value_name = "CODE", required_unless_present = "category")]
        code: Option<String>,
        /// A category instead (see `categories`).
        #[arg(long, value_name = "ID", conflicts_with = "code")]
        category: Option<String>,
        #[command(flatten)]
        order: Order,
    },
    /// Puts up to five side by side, topic by topic.
    Compare {
        /// Links, element strings or barcode numbers.
        #[arg(required = true, value_name = "CODE")]
        codes: Vec<String>,
        #[command(flatten)]
        order: Order,
    },
    /// Fills a basket as well as some money can: each thing, or what may stand for it.
    #[command(after_long_help = BASKET_HELP)]
    Basket {
        /// What there is to spend, e.g. 30 or 29.50.
        #[arg(long, value_name = "AMOUNT")]
        money: String,
        /// What is wanted: links, element strings or barcode numbers.
        #[arg(required = true, value_name = "CODE")]
        codes: Vec<String>,
    },
    /// Your own lists: what to buy, with the fit of the whole; what you like; what is never offered, with all that belongs to it.
    #[command(after_long_help = LIST_HELP)]
    List {
        /// What to do with them; without it, shows them.
        #[command(subcommand)]
        command: Option<ListCommand>,
    },
    /// Finds subjects by words of their name, brand or category, also with slips and without accents.
    Search {
        /// The words.
        text: String,
        /// At most this many.
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Lists the categories that have products.
    Categories,
    /// Shows or sets what matters to you.
    Profile {
        /// What to do with it.
        #[command(subcommand)]
        command: ProfileCommand,
    },
    /// Says what you hold dear: by a questionnaire, by trade-offs, and what was learned from them.
    Values {
        /// What to do with them.
        #[command(subcommand)]
        command: ValuesCommand,
    },
    /// Brings the snapshots up to date; everything is verified before it is used.
    #[command(after_long_help = SYNC_HELP)]
    Sync {
        /// The base address of the store's first ledger, e.g. http://localhost:8080/ledger/, a folder with a ledger's files, or `sample`; or the
        /// name of a ledger that the store holds. Without it: every ledger.
        #[arg(value_name = "URL|LEDGER")]
        url: Option<String>,
        /// The log's public key (vkey: name+hash+base64). Without it, what this store trusts already, at first the sample's policy.
        #[arg(long, value_name = "VKEY", conflicts_with = "policy", requires = "url")]
        key: Option<String>,
        /// A policy file (C2SP tlog-policy) that says which log and which of its witnesses to believe. Compare its fingerprint, which `store info`
        /// prints, with one you were given on another way.
        #[arg(long, value_name = "FILE", requires = "url")]
        policy: Option<PathBuf>,
        /// Hold this market's snapshots from now on: `world`, or a country's two letters (ISO 3166-1), which leave out what is only sold elsewhere.
        /// A ledger that has no such market gives the world's.
        #[arg(long, value_name = "ID")]
        market: Option<String>,
    },
    /// Adds, lists and removes the ledgers of a store.
    Ledger {
        /// What to do with them.
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// Looks at the store.
    Store {
        /// What to do with it.
        #[command(subcommand)]
        command: StoreCommand,
    },
    /// Makes, restores and shows a wallet, with what it holds: a file with the words that your keys come from, which opens with a passphrase.
    Wallet {
        /// What to do with it.
        #[command(subcommand)]
        command: WalletCommand,
    },
    /// Asks for a payment, makes one, and sends it until the ledger has it.
    Pay {
        /// What to do.
        #[command(subcommand)]
        command: PayCommand,
    },
    /// Says what a swap would come to, places orders, shows and takes them back.
    Swap {
        /// What to do.
        #[command(subcommand)]
        command: SwapCommand,
    },
    /// What an issuer does: defines tokens, awards them, opens pairs and fills pools.
    Token {
        /// What to do.
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Makes and puts back a backup of everything that is yours: values, history, lists, prices, and the wallet.
    Backup {
        /// What to do.
        #[command(subcommand)]
        command: BackupCommand,
    },
    /// Prints the manual page (roff) to standard output: `ecosphere-cli man | man -l -`.
    Man {
        /// Write a page per command into this folder instead.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// What to do with the lists.
#[derive(Debug, Subcommand)]
pub enum ListCommand {
    /// Shows them.
    Show,
    /// Puts something on a list.
    Add(OnList),
    /// Takes something off a list.
    Remove(OnList),
    /// Follows a list that somebody published: a signed file.
    Follow {
        /// The file.
        file: PathBuf,
    },
    /// Follows a list no longer.
    Leave {
        /// What it is called.
        name: String,
    },
}

/// Something on a list.
#[derive(Debug, Args)]
pub struct OnList {
    /// Which list.
    #[arg(value_enum)]
    pub list: List,
    /// What: a link, an element string or the digits under a barcode.
    #[arg(value_name = "CODE")]
    pub code: String,
    /// Not it but who owns it, by name: its brand or a parent of that.
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
}

/// A list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "each is named after what is on it")]
pub enum List {
    Shopping,
    Favourite,
    Blocked,
}

impl From<List> for ListName {
    fn from(list: List) -> Self {
        match list {
            List::Shopping => Self::Shopping,
            List::Favourite => Self::Favourite,
            List::Blocked => Self::Blocked,
        }
    }
}

/// What options are put in order by, and from where a way is measured.
#[derive(Debug, Args)]
pub struct Order {
    /// What comes first: the best fit, the lowest price for 100 g or ml, the nearest shop, or what is known best.
    #[arg(long, value_enum, default_value_t = By::Fit)]
    pub by: By,
    /// Where you are, in degrees. It stays on this computer.
    #[arg(long, value_name = "LAT,LON", value_parser = spot, allow_hyphen_values = true)]
    pub near: Option<Spot>,
}

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "each is named after what it puts in order by")]
pub enum By {
    Fit,
    Price,
    Distance,
    Known,
}

impl From<By> for Criterion {
    fn from(by: By) -> Self {
        match by {
            By::Fit => Self::Fit,
            By::Price => Self::Price,
            By::Distance => Self::Distance,
            By::Known => Self::Known,
        }
    }
}

/// Reads two degrees.
fn spot(text: &str) -> Result<Spot, String> {
    let bad = || "write latitude and longitude in degrees, as 52.3731,4.8922".to_owned();
    let (lat, lon) = text.split_once(',').ok_or_else(bad)?;
    let micro = |degrees: &str, most: f64| {
        let degrees: f64 = degrees.trim().parse().map_err(|_| bad())?;
        if degrees.abs() <= most { Ok((degrees * 1e6).round() as i32) } else { Err(bad()) }
    };
    Ok(Spot { lat: micro(lat, 90.0)?, lon: micro(lon, 180.0)? })
}

/// What to do with the profile.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Shows it; with --json in the form that `profile set` and --profile read.
    Get,
    /// Changes it. What is not named stays as it is.
    #[command(after_long_help = PROFILE_HELP)]
    Set(ProfileChange),
}

/// Changes to the profile.
#[derive(Debug, Args)]
pub struct ProfileChange {
    /// A profile file to begin from instead of the stored one; `-` reads standard input.
    #[arg(value_name = "FILE")]
    pub file: Option<String>,
    /// How much a topic matters: ignore, matters, matters-most, or between them hundredths of a topic that simply matters (0 to 300), which outranks what
    /// was learned; or learned, to take that back. Repeatable.
    #[arg(long = "topic", value_name = "TOPIC=LEVEL")]
    pub topics: Vec<String>,
    /// The form in which the app lets you set topics.
    #[arg(long, value_parser = Form::ALL.map(Form::id))]
    pub form: Option<String>,
    /// A line you will not cross, e.g. no-palm-oil. Repeatable.
    #[arg(long = "line", value_name = "LINE")]
    pub lines: Vec<String>,
    /// Takes a line back. Repeatable.
    #[arg(long = "drop-line", value_name = "LINE")]
    pub drop_lines: Vec<String>,
    /// Begin from the default (every topic matters, no lines, nothing answered, chosen or learned) instead of the stored profile.
    #[arg(long, conflicts_with = "file")]
    pub reset: bool,
}

/// What to do with the ledgers.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Adds a ledger, once its fingerprint is confirmed, and fetches its snapshot.
    #[command(after_long_help = LEDGER_HELP)]
    Add {
        /// The ledger's base address, or a folder with a ledger's files.
        url: String,
        /// A policy file (C2SP tlog-policy) or a file with the log's vkey. Without it, the policy that is published at the address.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// The policy's fingerprint (SHA-256, hex; spaces do not matter), as you were given it on another way. Without it nothing is added, and
        /// what there is to confirm is printed.
        #[arg(long, value_name = "HEX")]
        fingerprint: Option<String>,
    },
    /// Lists the ledgers with their fingerprints, and when each was last synced.
    List,
    /// Removes a ledger and everything that came from it; profile and history stay.
    Remove {
        /// The ledger's name, as `ledger list` prints it.
        #[arg(value_name = "LEDGER")]
        origin: String,
    },
}

/// What to do with the store.
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Says which snapshot it holds, how old and how large it is, and whether anything was moved aside.
    Info,
    /// Prints what ledgers signed and that contradicts itself: both checkpoints, and the consistency proof that does not hold.
    #[command(after_long_help = EVIDENCE_HELP)]
    Evidence {
        /// Write it to this file instead of standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// What to rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Products.
    Product,
    /// Retailers: by their own evidence, else by what they sell at half the confidence.
    Retailer,
    /// Projects.
    Project,
    /// Brands and the companies that own them.
    Organisation,
}

impl From<Kind> for RankKind {
    fn from(k: Kind) -> Self {
        match k {
            Kind::Product => Self::Product,
            Kind::Retailer => Self::Retailer,
            Kind::Project => Self::Project,
            Kind::Organisation => Self::Organisation,
        }
    }
}

const SCAN_HELP: &str = "Examples:
  ecosphere-cli scan 3017620422003
  ecosphere-cli scan photo.jpg 'https://id.example.org/01/09506000134352?seal=…'
  ecosphere-cli --json scan *.png

With --json, one object per input and line, with at least these members:
  input      what was given
  code       the exact text read, or null when there was none
  codes      all texts read, when a picture holds several
  gtin       14 digits, or null
  outcome    not-a-passport altered wrong-product unknown-issuer not-accredited revoked suspended
             superseded expired not-in-snapshot unsealed verified; null for an unusable input
  ledger     the ledger that says so, or null when none knows it
  message    the outcome, or what is wrong with the input, in a plain sentence
  subject    the product, or null
  verdict    fits mixed against crosses-line not-enough-known, or null
  alignment  {value, low, high, coverage}, -100..100 (coverage 0..100), or null
  reasons    what moved the verdict, strongest first
  unknown    topics you care about of which nothing is known
  options    better ones, best first
A picture with several codes answers for the one that is a passport (else the first) and lists the answers for all under \"results\".
An unusable input has an \"error\" with a stable name, and the others are answered all the same.

Exit status: 0 answered; 1 altered, wrong product, unknown issuer, not accredited, revoked or suspended; 2 an input cannot be used.
With several inputs the highest.";

const VERIFY_HELP: &str = "Examples:
  ecosphere-cli verify passport.json
  curl -s https://example.org/passport.json | ecosphere-cli --json verify -
  ecosphere-cli verify --resolve issued-by-a-did-web.jwt

Exit status: 0 verified, superseded, expired or not in this snapshot; 1 altered, unknown issuer, not accredited, revoked or suspended;
2 not a credential. With --json an unusable file has an \"error\": not-json, duplicate-key, number, too-deep, not-a-credential, too-large.";

const RANK_HELP: &str = "Examples:
  ecosphere-cli rank --kind product --category en:chocolates
  ecosphere-cli --json --profile mine.json rank --kind retailer";

const ASK_HELP: &str = "Examples:
  ecosphere-cli ask 'vegan chocolate without palm oil under 3'
  ecosphere-cli --json ask 'why is this red?' --about 3017620422003
  ecosphere-cli --data ~/.ecosphere ask 'show better shampoo'

With --json: asked (find why owner better where unknown), understood, said (sentences), about, rows, examples. Exit status 0 also when
the question is not understood: then asked is unknown, and examples are questions that are.";

const OPTIONS_HELP: &str = "Examples:
  ecosphere-cli options 3017620422003
  ecosphere-cli options --category en:chocolates --by price --near 52.3731,4.8922

Aligned is what fits best. A compromise is what nothing else beats at once in fit, price for 100 g or ml, way to the shop and in how well it is
known; against your values it never is. How many have no known price or quantity is said.";

const LIST_HELP: &str = "Examples:
  ecosphere-cli --data ~/.ecosphere list add shopping 3017620422003
  ecosphere-cli --data ~/.ecosphere list add blocked 3017620422003 --owner 'Ferrero'
  ecosphere-cli --data ~/.ecosphere --json list | jq .shopping

With --json: rows (list, id, name, option or null while no snapshot knows it) and shopping (alignment, bands, total, unpriced), or null.";

const BASKET_HELP: &str = "Examples:
  ecosphere-cli basket --money 30 3017620422003 8000500310427

Of every way to fill it for the money, the one whose fits add up to the most, and of such the cheapest. Prices in other money are left out.
Exit status: 0 filled; 2 the money is not enough, or a price is not known.";

const SYNC_HELP: &str = "Examples:
  ecosphere-cli --data ~/.ecosphere sync http://localhost:8080/ledger/
  ecosphere-cli --data ~/.ecosphere sync https://ledger.example.org/ --key 'ledger.example.org+1a2b3c4d+AZ…'
  ecosphere-cli --data ~/.ecosphere sync --market nl

The whole pack of the market is fetched, always, so that no request says what you look at. An interrupted download goes on where it broke off.
Without --data the ledger is verified and nothing is kept.";

const LEDGER_HELP: &str = "Examples:
  ecosphere-cli --data ~/.ecosphere ledger add https://ledger.example.org/
  ecosphere-cli --data ~/.ecosphere ledger add https://ledger.example.org/ --fingerprint '0f1e 2d3c …'
  ecosphere-cli --data ~/.ecosphere --json ledger add https://ledger.example.org/ | jq -r .offer.fingerprint

A policy that a server sends says whom that server would like you to believe, so it counts only once you have compared its fingerprint.
A seal is checked against the ledger it was made for; a code without one is looked up in all. With --json a ledger that was not added has
an \"error\": not-confirmed or other-fingerprint, with the \"offer\".

Exit status: 0 added; 2 not added.";

const EVIDENCE_HELP: &str = "Examples:
  ecosphere-cli --data ~/.ecosphere store evidence
  ecosphere-cli --data ~/.ecosphere store evidence --out evidence.json

A JSON array, oldest first, of objects with the ledger, when it was seen, why it was refused, the note that was trusted, the note that was
offered, and the consistency proof between them (base64 hashes; empty for two checkpoints of one size). Empty when no ledger contradicted
itself.";

const PROFILE_HELP: &str = "Examples:
  ecosphere-cli --data ~/.ecosphere profile set --topic climate=matters-most --topic privacy=ignore --line no-palm-oil
  ecosphere-cli --data ~/.ecosphere profile set mine.json
  ecosphere-cli --data ~/.ecosphere --json profile get > mine.json

Topics: climate energy water waste nature pollution animal-welfare health safety freedom decent-work equality community fair-trade
        transparency ethics privacy
Lines:  no-forced-labour living-wage no-palm-oil vegan vegetarian no-animal-testing organic no-gmo fair-trade gluten-free lactose-free
        halal kosher alcohol-free";
