//! The command line of `wallet`, `pay` and `swap`.

use clap::{Args, Subcommand, ValueEnum};
use ecosphere::{exchange::Side, statement::DidKey};
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
    /// Signs an order, and prints what is to be sent to the ledger (POST /statements). Nothing is sent.
    Place {
        /// Who gives.
        #[command(flatten)]
        signing: Signing,
        /// The token given, by its id.
        #[arg(long, value_name = "ID", value_parser = digest)]
        gives: [u8; 32],
        /// The token wanted, by its id.
        #[arg(long, value_name = "ID", value_parser = digest)]
        takes: [u8; 32],
        /// Decimals of the token given.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=9))]
        decimals: u8,
        /// What is given, in whole tokens.
        #[arg(long)]
        amount: String,
        /// The worst price accepted: whole quote tokens for one whole base token. Without it, any price, for one batch.
        #[arg(long, value_name = "PRICE")]
        limit: Option<String>,
    },
    /// Signs that an order is taken back.
    Cancel {
        /// Who placed it.
        #[command(flatten)]
        signing: Signing,
        /// The order, by its id.
        #[arg(long, value_name = "ID", value_parser = digest)]
        order: [u8; 32],
    },
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
  ecosphere-cli --json pay sign mine.wallet --ledger example.org/ledger --token 1f0c… --decimals 2 --request 'ecosphere:did:key:…' \\
    | curl --json @- https://ledger.example.org/statements

With --json: {\"statement\": …}, as POST /statements takes it. The same statement is taken once, so sending it again pays nothing twice.";

const SWAP_HELP: &str = "Example:
  ecosphere-cli swap quote --decimals 0,2 --pool 1000,250000 --side sell --amount 10 --limit 2.4

What the ledger gives depends on the other orders of the batch; the limit is what holds.";
