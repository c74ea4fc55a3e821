//! The command line of `wallet`, `pay` and `swap`.

use clap::{Args, Subcommand, ValueEnum};
use ecosphere::{
    exchange::Side,
    label::Grade,
    statement::{DidKey, Role},
    wallet::Firmness,
};
use std::path::PathBuf;

/// What to do with a wallet.
#[derive(Debug, Subcommand)]
pub enum WalletCommand {
    /// Makes a new wallet file and prints its words, once. Whoever has them has everything: write them down, and show them to nobody.
    New {
        /// How it is opened.
        #[command(flatten)]
        file: WalletFile,
        /// How many words.
        #[arg(long, value_enum, default_value = "12")]
        words: WordCount,
    },
    /// Makes the wallet file of words that you have, read from a file or from standard input.
    Restore {
        /// How it is opened.
        #[command(flatten)]
        file: WalletFile,
        /// The file with the words; `-` reads standard input.
        #[arg(long, value_name = "FILE", default_value = "-")]
        from: String,
    },
    /// Shows the keys of its accounts, and the key of your passport.
    Show {
        /// How it is opened.
        #[command(flatten)]
        file: WalletFile,
        /// How many accounts.
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
        accounts: u32,
    },
    /// Shows balances, each proven under a checkpoint that is believed; with --to, brings everything up to date and sends what waits.
    Balance {
        /// Whose.
        #[command(flatten)]
        using: Using,
    },
    /// Shows payments, awards and orders, and how far each is: pending, logged, rejected or expired.
    History {
        /// Whose.
        #[command(flatten)]
        using: Using,
    },
    /// Calls a key by a name, in this wallet only. Without a name, it is forgotten.
    Name {
        /// The wallet.
        #[command(flatten)]
        file: WalletFile,
        /// The key.
        #[arg(long, value_parser = did)]
        who: DidKey,
        /// The name.
        #[arg(long)]
        name: Option<String>,
    },
    /// What this wallet thinks of before it pays or awards an organisation, as the device in `--data` knows it. Without options, it is shown.
    Rule {
        /// The wallet.
        #[command(flatten)]
        file: WalletFile,
        /// Where it crosses one of your hard lines.
        #[arg(long, value_enum)]
        lines: Option<Firm>,
        /// Where its S/E label is worse than the letter of --least. One that is not known only warns.
        #[arg(long, value_enum)]
        label: Option<Firm>,
        /// The worst letter that is good enough.
        #[arg(long, value_enum, ignore_case = true)]
        least: Option<Letter>,
    },
    /// The token in which `wallet balance` adds everything up, at the last clearing prices. Without options, it is shown.
    Currency {
        /// The wallet.
        #[command(flatten)]
        file: WalletFile,
        /// The token, by its id.
        #[arg(long, value_name = "ID", value_parser = digest, conflicts_with = "none")]
        token: Option<[u8; 32]>,
        /// Adds nothing up any more.
        #[arg(long)]
        none: bool,
    },
    /// Shows the accounts in use, or takes one into use and calls it by a name.
    Account {
        /// The wallet.
        #[command(flatten)]
        file: WalletFile,
        /// Which account.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=99))]
        account: Option<u32>,
        /// Its name, in this wallet only; empty, it is forgotten.
        #[arg(long, requires = "account")]
        name: Option<String>,
    },
    /// Gives it a new passphrase, read from a file. The words, the keys and files sealed by it stay the same.
    Passphrase {
        /// How it is opened now.
        #[command(flatten)]
        file: WalletFile,
        /// The file with the new passphrase, on its first line.
        #[arg(long, value_name = "FILE")]
        new: PathBuf,
    },
}

/// What to do with a backup.
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Writes what is yours in the store of --data, a wallet, or both, into one file that only its passphrase opens (age).
    Make {
        /// The backup.
        #[command(flatten)]
        backup: BackupFile,
        /// The wallet that goes into it, with its contacts and history.
        #[arg(long, value_name = "WALLET")]
        wallet: Option<PathBuf>,
        /// The file with the wallet's passphrase, on its first line. Without it, the variable ECOSPHERE_PASSPHRASE is taken.
        #[arg(long, value_name = "FILE", requires = "wallet")]
        wallet_passphrase_file: Option<PathBuf>,
    },
    /// Puts a backup back: into the store of --data, into a new wallet file, or both. Nothing is written unless all of it can be read.
    Restore {
        /// The backup.
        #[command(flatten)]
        backup: BackupFile,
        /// The wallet file to be made; one that is there is never written over.
        #[arg(long, value_name = "WALLET")]
        wallet: Option<PathBuf>,
        /// The file with the passphrase that opens the wallet from now on. Without it, that is the backup's.
        #[arg(long, value_name = "FILE", requires = "wallet")]
        wallet_passphrase_file: Option<PathBuf>,
    },
}

/// A backup and how it is opened.
#[derive(Debug, Args)]
pub struct BackupFile {
    /// The backup file.
    #[arg(value_name = "BACKUP")]
    pub path: PathBuf,
    /// The file with the backup's passphrase, on its first line.
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: PathBuf,
}

/// How much a rule means.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Firm {
    /// Nothing.
    Off,
    /// It is said before signing.
    Warn,
    /// Nothing is signed.
    Refuse,
}

impl From<Firm> for Firmness {
    fn from(firm: Firm) -> Self {
        match firm {
            Firm::Off => Self::Off,
            Firm::Warn => Self::Warn,
            Firm::Refuse => Self::Refuse,
        }
    }
}

/// A letter of the S/E label, the best first.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[allow(missing_docs, reason = "each is what it is called")]
pub enum Letter {
    A,
    B,
    C,
    D,
    E,
}

impl From<Letter> for Grade {
    fn from(letter: Letter) -> Self {
        match letter {
            Letter::A => Self::A,
            Letter::B => Self::B,
            Letter::C => Self::C,
            Letter::D => Self::D,
            Letter::E => Self::E,
        }
    }
}

/// Which node, and whom to believe.
#[derive(Debug, Args)]
pub struct Reach {
    /// The node's address, such as <https://ledger.example.org>. Without it nothing is fetched or sent: what is known is shown, what is signed waits.
    #[arg(long, value_name = "URL")]
    pub to: Option<String>,
    /// The file with the policy that says whom to believe (C2SP tlog-policy). Without it, at the first contact, the one that the node publishes; its
    /// fingerprint is told. It is never changed later.
    #[arg(long, value_name = "FILE", requires = "to")]
    pub policy: Option<PathBuf>,
    /// Waits until what was sent is on the ledger or refused, two minutes at most.
    #[arg(long, requires = "to")]
    pub wait: bool,
    /// At the first contact, reads the log from its beginning: for a wallet that was restored from its words.
    #[arg(long, requires = "to")]
    pub from_start: bool,
}

/// An open wallet and its node.
#[derive(Debug, Args)]
pub struct Using {
    /// The wallet.
    #[command(flatten)]
    pub file: WalletFile,
    /// The node.
    #[command(flatten)]
    pub reach: Reach,
    /// Which account.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=99))]
    pub account: u32,
}

/// Twelve or twenty-four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WordCount {
    /// 12 words, 128 random bits.
    #[value(name = "12")]
    Twelve,
    /// 24 words, 256 random bits.
    #[value(name = "24")]
    TwentyFour,
}

/// A wallet file and how it is opened.
#[derive(Debug, Args)]
pub struct WalletFile {
    /// The wallet file.
    #[arg(value_name = "WALLET")]
    pub path: PathBuf,
    /// The file with the passphrase, on its first line. Without it, the variable ECOSPHERE_PASSPHRASE is taken.
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// Who signs, and for which ledger.
#[derive(Debug, Args)]
pub struct Signing {
    /// The wallet.
    #[command(flatten)]
    pub file: WalletFile,
    /// Which account signs.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub account: u32,
    /// The ledger's origin, as `ledger list` prints it.
    #[arg(long, value_name = "LEDGER")]
    pub ledger: String,
    /// After so many hours it can no longer be logged.
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=720))]
    pub hours: u16,
}

/// What to do about a payment.
#[derive(Debug, Subcommand)]
pub enum PayCommand {
    /// Prints a request for payment: a link, as it stands in a QR code.
    Ask {
        /// Who is to be paid.
        #[arg(long, value_parser = did)]
        to: DidKey,
        /// The ledger's origin.
        #[arg(long, value_name = "LEDGER")]
        ledger: String,
        /// In which token, by its id; and its decimals, as `GET /state/token/<id>` says them.
        #[arg(long, value_name = "ID", value_parser = digest)]
        token: [u8; 32],
        /// The token's decimals.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=9))]
        decimals: u8,
        /// How much, in whole tokens. Without it the payer chooses.
        #[arg(long)]
        amount: Option<String>,
        /// Who asks.
        #[arg(long)]
        label: Option<String>,
        /// What for.
        #[arg(long)]
        message: Option<String>,
    },
    /// Signs the payment that a request asks for, and prints what is to be sent to the ledger (POST /statements). Nothing is sent.
    #[command(after_long_help = PAY_HELP)]
    Sign {
        /// Who pays.
        #[command(flatten)]
        signing: Signing,
        /// The request.
        #[arg(long, value_name = "LINK")]
        request: String,
        /// The token you mean to pay in, by its id: a request for another one is refused.
        #[arg(long, value_name = "ID", value_parser = digest)]
        token: [u8; 32],
        /// The token's decimals.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=9))]
        decimals: u8,
        /// How much, where the request leaves it open.
        #[arg(long)]
        amount: Option<String>,
    },
    /// Pays what a request asks for: signed, kept in the wallet, sent to the node, sent again with each update until the ledger has it.
    Send {
        /// Who pays.
        #[command(flatten)]
        using: Using,
        /// The request.
        #[arg(long, value_name = "LINK")]
        request: String,
        /// How much, where the request leaves it open.
        #[arg(long)]
        amount: Option<String>,
    },
    /// Prints a request for payment to this wallet, which remembers what it was for.
    Request {
        /// Who is to be paid.
        #[command(flatten)]
        using: Using,
        /// In which token, by its id.
        #[arg(long, value_name = "ID", value_parser = digest)]
        token: [u8; 32],
        /// How much, in whole tokens. Without it the payer chooses.
        #[arg(long)]
        amount: Option<String>,
        /// Who asks.
        #[arg(long)]
        label: Option<String>,
        /// What for.
        #[arg(long)]
        message: Option<String>,
    },
}

/// What an issuer does.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Introduces the account to the ledger as an actor. Whoever may vouch for that role does so then.
    Introduce {
        /// Which wallet.
        #[command(flatten)]
        using: Using,
        /// By which name.
        #[arg(long)]
        name: String,
        /// In which role: retailer, supplier, steward of a project, …
        #[arg(long, value_parser = role)]
        role: Role,
    },
    /// Defines a new token. Its id is that of the statement.
    Define {
        /// Which wallet.
        #[command(flatten)]
        using: Using,
        /// 2 to 12 capitals and digits.
        #[arg(long)]
        symbol: String,
        /// Its name.
        #[arg(long)]
        name: String,
        /// Decimals that people see.
        #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=9))]
        decimals: u8,
        /// Money's worth. Without it: a good deed, loyalty, a membership.
        #[arg(long)]
        financial: bool,
        /// The association flag: a token of a community.
        #[arg(long)]
        community: bool,
        /// It can never be swapped for other tokens.
        #[arg(long)]
        not_tradable: bool,
        /// At most so many whole tokens ever.
        #[arg(long)]
        cap: Option<String>,
        /// What holding it for 30 days costs, in basis points.
        #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(1..=10_000))]
        demurrage: Option<u16>,
        /// Who gets that. Without it, it is gone for good.
        #[arg(long, value_parser = did, requires = "demurrage")]
        demurrage_to: Option<DidKey>,
    },
    /// Awards tokens of yours to somebody.
    Award {
        /// Which wallet.
        #[command(flatten)]
        using: Using,
        /// Which token.
        #[arg(long, value_name = "ID", value_parser = digest)]
        token: [u8; 32],
        /// To whom.
        #[arg(long, value_parser = did)]
        recipient: DidKey,
        /// How much, in whole tokens.
        #[arg(long)]
        amount: String,
        /// What for. It stays here; on the ledger is a salted hash.
        #[arg(long)]
        message: Option<String>,
    },
    /// Opens a pair for swapping: an issuer of either token.
    Pair {
        /// Which wallet.
        #[command(flatten)]
        using: Using,
        /// The two tokens, in any order.
        #[arg(long, value_name = "ID", value_parser = digest, num_args = 2)]
        tokens: Vec<[u8; 32]>,
        /// What its pool keeps of its input, in basis points.
        #[arg(long, value_name = "BPS", default_value_t = 30)]
        fee: u16,
    },
    /// Forbids a pair: an issuer of either token. Open orders are over and given back; the pool can only be emptied. Opening it again lifts that.
    Forbid {
        /// Which wallet.
        #[command(flatten)]
        using: Using,
        /// The two tokens, in any order.
        #[arg(long, value_name = "ID", value_parser = digest, num_args = 2)]
        tokens: Vec<[u8; 32]>,
    },
    /// Puts tokens into a pair's pool.
    AddLiquidity {
        /// Which wallet.
        #[command(flatten)]
        using: Using,
        /// The two tokens, in any order.
        #[arg(long, value_name = "ID", value_parser = digest, num_args = 2)]
        tokens: Vec<[u8; 32]>,
        /// At most so much of each, in whole tokens, in the same order.
        #[arg(long, value_name = "AMOUNT", num_args = 2)]
        amounts: Vec<String>,
    },
    /// Opens, funds and closes a steward pool, and vouches for members of a community.
    Steward {
        /// What to do.
        #[command(subcommand)]
        command: StewardCommand,
    },
    /// Takes shares out of a pair's pool.
    RemoveLiquidity {
        /// Which wallet.
        #[command(flatten)]
        using: Using,
        /// The two tokens, in any order.
        #[arg(long, value_name = "ID", value_parser = digest, num_args = 2)]
        tokens: Vec<[u8; 32]>,
        /// How many shares.
        #[arg(long)]
        shares: u64,
    },
}

/// What a steward does.
#[derive(Debug, Subcommand)]
pub enum StewardCommand {
    /// Opens a pool that gives one token for another at a fixed rate, until its cap or what you put in is used up. Its id is that of the statement.
    Open {
        /// Which wallet.
        #[command(flatten)]
        using: Using,
        /// The token it takes, by its id.
        #[arg(long, value_name = "ID", value_parser = digest)]
        takes: [u8; 32],
        /// The token it gives.
        #[arg(long, value_name = "ID", value_parser = digest)]
        gives: [u8; 32],
        /// Whole quote tokens for one whole base token (base: the one with fewer decimals; of equal ones, the lower id).
        #[arg(long, value_name = "PRICE")]
        rate: String,
        /// What you put in, in whole tokens.
        #[arg(long)]
        amount: String,
        /// What it gives out at most, over all time, in whole tokens. Without it, what you put in.
        #[arg(long, value_name = "AMOUNT")]
        cap: Option<String>,
        /// What one person gets at most, in whole tokens; only members of the community do.
        #[arg(long, value_name = "AMOUNT", requires = "community")]
        person_cap: Option<String>,
        /// The community that says who is a person.
        #[arg(long, value_parser = did, requires = "person_cap")]
        community: Option<DidKey>,
    },
    /// Puts more in, or sets another cap.
    Fund {
        /// Which wallet.
        #[command(flatten)]
        using: Using,
        /// The pool, by its id.
        #[arg(long, value_name = "ID", value_parser = digest)]
        pool: [u8; 32],
        /// How much more, in whole tokens.
        #[arg(long)]
        amount: Option<String>,
        /// What it gives out at most from now on, over all time.
        #[arg(long, value_name = "AMOUNT")]
        cap: Option<String>,
    },
    /// Closes it; what is left comes back.
    Close {
        /// Which wallet.
        #[command(flatten)]
        using: Using,
        /// The pool, by its id.
        #[arg(long, value_name = "ID", value_parser = digest)]
        pool: [u8; 32],
    },
    /// As a community: vouches for a member's account, by a pseudonym that stays the same for the name you give. Nothing is sent; hand the voucher over.
    Vouch {
        /// The community's wallet.
        #[command(flatten)]
        using: Using,
        /// The pool, by its id.
        #[arg(long, value_name = "ID", value_parser = digest)]
        pool: [u8; 32],
        /// The account, by its key.
        #[arg(long, value_parser = did)]
        member_key: DidKey,
        /// What you call the member, always the same. It is not told: the pseudonym is made of it with your key.
        #[arg(long)]
        member: String,
    },
}

/// What to do on the exchange.
#[derive(Debug, Subcommand)]
pub enum SwapCommand {
    /// Says what an order would come to against a pool alone, if nothing else were in the batch.
    #[command(after_long_help = SWAP_HELP)]
    Quote {
        /// Decimals of the base token and of the quote token, e.g. 0,2.
        #[arg(long, value_name = "BASE,QUOTE", value_parser = pair)]
        decimals: (u64, u64),
        /// What lies in the pool, in minor units of the base token and of the quote token.
        #[arg(long, value_name = "BASE,QUOTE", value_parser = pair)]
        pool: (u64, u64),
        /// What the pool keeps of its input, in basis points.
        #[arg(long, value_name = "BPS", default_value_t = 30)]
        fee: u16,
        /// Which way.
        #[arg(long, value_enum)]
        side: Way,
        /// What is given, in whole tokens.
        #[arg(long)]
        amount: String,
        /// The worst price accepted: whole quote tokens for one whole base token.
        #[arg(long, value_name = "PRICE")]
        limit: Option<String>,
    },
    /// Says what an order would come to in the next batch, by what the wallet saw proven, and proposes a limit.
    Ask {
        /// Who gives.
        #[command(flatten)]
        using: Using,
        /// The swap.
        #[command(flatten)]
        swap: SwapArgs,
    },
    /// Places an order: signed, kept in the wallet, sent to the node.
    Place {
        /// Who gives.
        #[command(flatten)]
        using: Using,
        /// The swap.
        #[command(flatten)]
        swap: SwapArgs,
    },
    /// Swaps with a steward pool at its rate; without --pool, shows the pools there are.
    Steward {
        /// Who gives.
        #[command(flatten)]
        using: Using,
        /// The pool, by its id.
        #[arg(long, value_name = "ID", value_parser = digest, requires = "amount")]
        pool: Option<[u8; 32]>,
        /// What is given, in whole tokens.
        #[arg(long, requires = "pool")]
        amount: Option<String>,
        /// The file with the community's voucher, where the pool asks for one.
        #[arg(long, value_name = "FILE", requires = "pool")]
        voucher: Option<PathBuf>,
    },
    /// Shows the wallet's orders and what of each was filled, proven.
    Orders {
        /// Whose.
        #[command(flatten)]
        using: Using,
    },
    /// Takes an order back.
    Cancel {
        /// Who placed it.
        #[command(flatten)]
        using: Using,
        /// The order, by its id.
        #[arg(long, value_name = "ID", value_parser = digest)]
        order: [u8; 32],
    },
}

/// What is swapped.
#[derive(Debug, Args)]
pub struct SwapArgs {
    /// The token given, by its id.
    #[arg(long, value_name = "ID", value_parser = digest)]
    pub gives: [u8; 32],
    /// The token wanted, by its id.
    #[arg(long, value_name = "ID", value_parser = digest)]
    pub takes: [u8; 32],
    /// What is given, in whole tokens.
    #[arg(long)]
    pub amount: String,
    /// The worst price accepted: whole quote tokens for one whole base token. Without it, any price, for one batch.
    #[arg(long, value_name = "PRICE")]
    pub limit: Option<String>,
}

/// Which way an order goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// Gives quote tokens for base tokens.
    Buy,
    /// Gives base tokens for quote tokens.
    Sell,
}

impl From<Way> for Side {
    fn from(way: Way) -> Self {
        match way {
            Way::Buy => Self::Buy,
            Way::Sell => Self::Sell,
        }
    }
}

fn did(text: &str) -> Result<DidKey, String> {
    DidKey::try_from(text.to_owned()).map_err(|e| e.to_string())
}

fn role(text: &str) -> Result<Role, String> {
    let all = || Role::ALL.map(|role| role.id()).join(", ");
    Role::ALL.into_iter().find(|role| role.id() == text).ok_or_else(|| format!("roles are: {}", all()))
}

fn digest(text: &str) -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map(|()| bytes).map_err(|_| "an id is 64 digits in hex".to_owned())
}

fn pair(text: &str) -> Result<(u64, u64), String> {
    let (a, b) = text.split_once(',').ok_or("write two numbers with a comma between them")?;
    let number = |n: &str| n.parse().map_err(|_| format!("\"{n}\" is not a whole number"));
    Ok((number(a)?, number(b)?))
}

const PAY_HELP: &str = "Examples:
  export ECOSPHERE_PASSPHRASE='correct horse battery staple'
  ecosphere-cli wallet new mine.wallet
  ecosphere-cli pay ask --to did:key:z6Mk… --ledger example.org/ledger --token 1f0c… --decimals 2 --amount 12.50
  ecosphere-cli wallet balance mine.wallet --to https://ledger.example.org
  ecosphere-cli pay send mine.wallet --to https://ledger.example.org --request 'ecosphere:did:key:…' --wait
  ecosphere-cli --json pay sign mine.wallet --ledger example.org/ledger --token 1f0c… --decimals 2 --request 'ecosphere:did:key:…' \\
    | curl --json @- https://ledger.example.org/statements

With --json: {\"statement\": …}, as POST /statements takes it. The same statement is taken once, so sending it again pays nothing twice.";

const SWAP_HELP: &str = "Example:
  ecosphere-cli swap quote --decimals 0,2 --pool 1000,250000 --side sell --amount 10 --limit 2.4

What the ledger gives depends on the other orders of the batch; the limit is what holds.";
