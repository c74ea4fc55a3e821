//! `wallet`, `pay`, `swap` as far as no node is needed: keys in a vault, requests for payment, payments signed for somebody else to send.

use crate::{
    ANSWERED,
    args::Cli,
    money_args::{PayCommand, Signing, SwapCommand, WalletCommand, WalletFile, WordCount},
    print::{self, say},
    stewards, till,
};
use anyhow::{Context as _, bail};
use ecosphere::{
    exchange::{Grid, Order, Pool, Price, estimate},
    measure::{Decimal, Millis},
    statement::{self, Body, Digest, Draft, HexDigest, Pay, Reference, TokenAct, Units},
    wallet::{Asked, Branch, Effort, Keys, Opened, PaymentRequest, Vault, Words, memo, read_amount, write_amount},
};
use serde_json::{Value, json};
use std::{
    io::{Read as _, Write as _},
    path::Path,
};

/// `wallet`.
pub fn wallet(as_json: bool, command: &WalletCommand) -> anyhow::Result<u8> {
    match command {
        WalletCommand::New { file, words } => {
            let entropy = match words {
                WordCount::Twelve => random::<16>()?.to_vec(),
                WordCount::TwentyFour => random::<32>()?.to_vec(),
            };
            let words = Words::from_entropy(&entropy)?;
            keep(file, &words)?;
            let list: Vec<&str> = words.iter().collect();
            if as_json {
                print::json(&json!({ "wallet": file.path, "words": list, "keys": keys(&words, 1)? }))?;
            } else {
                say!("Write these words down, in order, and keep them where nobody else looks. They are not shown again.\n");
                for (n, word) in (1..).zip(&list) {
                    say!("{n:>4}. {word}");
                }
            }
        }
        WalletCommand::Restore { file, from } => {
            let mut text = String::new();
            match from.as_str() {
                "-" => drop(std::io::stdin().read_to_string(&mut text)?),
                path => text = std::fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?,
            }
            let words = Words::read(&text)?;
            keep(file, &words)?;
            show(as_json, &keys(&words, 1)?)?;
        }
        WalletCommand::Show { file, accounts } => show(as_json, &keys(&open(file)?.1, *accounts)?)?,
        WalletCommand::Balance { using } => return till::balance(as_json, using),
        WalletCommand::History { using } => return till::history(as_json, using),
        WalletCommand::Name { file, who, name } => return till::name(as_json, file, *who, name.as_deref()),
        WalletCommand::Rule { file, lines, label, least } => return till::rule(as_json, file, *lines, *label, *least),
        WalletCommand::Currency { file, token, none } => return stewards::currency(as_json, file, *token, *none),
        WalletCommand::Account { file, account, name } => return stewards::account(as_json, file, *account, name.as_deref()),
        WalletCommand::Passphrase { file, new } => {
            let (opened, _) = open(file)?;
            let sealed = Vault { effort: Effort::USUAL, salt: random()?, nonce: random()? }.seal(&first_line(new)?, &opened)?;
            // The old file stays whole until the new one is.
            let beside = file.path.with_extension("new");
            write_secret(&beside, &sealed)?;
            std::fs::rename(&beside, &file.path)?;
            if as_json {
                print::json(&json!({ "wallet": file.path }))?;
            } else {
                say!("{} opens with the new passphrase from now on.", file.path.display());
            }
        }
    }
    Ok(ANSWERED)
}

/// `pay`.
pub fn pay(cli: &Cli, command: &PayCommand) -> anyhow::Result<u8> {
    let as_json = cli.json;
    match command {
        PayCommand::Ask { to, ledger, token, decimals, amount, label, message } => {
            let amount = amount.as_deref().map(|text| read_amount(text, *decimals)).transpose()?;
            let reference = random::<16>()?;
            let request = PaymentRequest {
                to: *to,
                ledger: ledger.clone(),
                token: *token,
                amount,
                reference: Some(reference),
                label: label.clone(),
                message: message.clone(),
            };
            let uri = request.to_uri(*decimals);
            // What the payer's wallet would refuse is refused here.
            PaymentRequest::read(&uri, &Known { ledger, token, decimals: *decimals })?;
            if as_json {
                print::json(&json!({ "request": uri, "reference": hex::encode(reference) }))?;
            } else {
                say!("{uri}");
            }
        }
        PayCommand::Send { using, request, amount } => return till::pay(cli, using, request, amount.as_deref()),
        PayCommand::Request { using, token, amount, label, message } => {
            return till::request(cli, using, *token, amount.as_deref(), label.as_deref(), message.as_deref());
        }
        PayCommand::Sign { signing, request, token, decimals, amount } => {
            let asked = PaymentRequest::read(request, &Known { ledger: &signing.ledger, token, decimals: *decimals })?;
            let units = match (asked.amount, amount) {
                (Some(units), None) => units,
                (None, Some(text)) => read_amount(text, *decimals)?,
                (Some(_), Some(_)) => bail!("the request names its amount; leave --amount out"),
                (None, None) => bail!("the request leaves the amount open; say how much with --amount"),
            };
            let salt = random::<16>()?;
            let hidden = asked.message.as_deref().map(|text| HexDigest(memo(&salt, text)));
            let pay = Pay { token: *token, to: asked.to, amount: Units(units), reference: asked.reference.map(Reference), memo: hidden };
            let signed = sign(signing, Body::Token(TokenAct::Pay(pay)))?;
            let said = format!("Pays {} of the token {} to {}.", write_amount(units, *decimals), hex::encode(token), asked.to);
            let more = json!({ "amount": write_amount(units, *decimals), "to": asked.to, "memo_salt": hidden.map(|_| hex::encode(salt)) });
            give(as_json, &signed, &said, more)?;
        }
    }
    Ok(ANSWERED)
}

/// `swap`.
pub fn swap(cli: &Cli, command: &SwapCommand) -> anyhow::Result<u8> {
    let as_json = cli.json;
    match command {
        SwapCommand::Quote { decimals, pool, fee, side, amount, limit } => {
            let places = |n: u64| u8::try_from(n).unwrap_or(u8::MAX);
            let (base, quote) = (places(decimals.0), places(decimals.1));
            let grid = Grid::new(base, quote)?;
            let side = (*side).into();
            let (given, taken) = if side == ecosphere::exchange::Side::Buy { (quote, base) } else { (base, quote) };
            let pool = Pool { base: pool.0, quote: pool.1, shares: 1, ..Pool::new(*fee)? };
            let limit = limit.as_deref().map(price).transpose()?;
            let told = estimate(grid, &[], &Order { id: [0; 32], side, limit, gives: read_amount(amount, given)? }, &pool)?;
            let worst = told.worst.map(|units| write_amount(units, taken));
            let (gave, got) = (write_amount(told.fill.gave, given), write_amount(told.fill.got, taken));
            let fee = write_amount(told.fee, given);
            let price = told.price.map(|p| p.to_string());
            if as_json {
                let impact = told.impact_bps;
                print::json(&json!({ "gives": gave, "gets": got, "price": price, "worst": worst, "fee": fee, "impact_bps": impact }))?;
            } else {
                say!("Gives {gave}, gets {got}; price {}; fee {fee}; price impact {} bps.", price.as_deref().unwrap_or("none"), told.impact_bps);
                say!("At worst, if it is filled: {}.", worst.as_deref().unwrap_or("no limit was set, so anything"));
            }
        }
        SwapCommand::Ask { using, swap } => return till::ask(as_json, using, swap),
        SwapCommand::Place { using, swap } => return till::place(cli, using, swap),
        SwapCommand::Steward { using, pool, amount, voucher } => {
            return stewards::swap(cli, using, pool.zip(amount.as_deref()), voucher.as_deref());
        }
        SwapCommand::Orders { using } => return till::orders(as_json, using),
        SwapCommand::Cancel { using, order } => return till::cancel(as_json, using, *order),
    }
    Ok(ANSWERED)
}

/// What a person says they know of a ledger and a token.
struct Known<'a> {
    ledger: &'a str,
    token: &'a Digest,
    decimals: u8,
}

impl Asked for Known<'_> {
    fn ledger(&self) -> &str {
        self.ledger
    }
    fn decimals(&self, token: &Digest) -> Option<u8> {
        (token == self.token).then_some(self.decimals)
    }
}

pub fn price(text: &str) -> anyhow::Result<Price> {
    let nanos = u64::try_from(Decimal::parse(text)?.nanos()).unwrap_or(0);
    Ok(Price::from_nanos(nanos)?)
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom04::fill(&mut bytes).map_err(|e| anyhow::anyhow!("this system gives no random numbers: {e}"))?;
    Ok(bytes)
}

fn now() -> anyhow::Result<Millis> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).context("the clock stands before 1970; set it")?;
    Ok(Millis(i64::try_from(since.as_millis())?))
}

fn expiry(signing: &Signing) -> anyhow::Result<i64> {
    // Whole seconds, which are read more easily.
    Ok(now()?.0 / 1_000 * 1_000 + i64::from(signing.hours) * Millis::DAY / 24)
}

/// A signed statement: its id and its entry.
fn sign(signing: &Signing, body: Body) -> anyhow::Result<(Digest, Value)> {
    let key = Keys::new(&open(&signing.file)?.1).key(Branch::Account, signing.account)?;
    let draft = Draft { ledger: signing.ledger.clone(), nonce: random()?, expires: Millis(expiry(signing)?), body };
    let entry = statement::sign(&draft, now()?, &key, &[])?;
    Ok((statement::verify(&entry)?.id, serde_json::from_slice(&entry)?))
}

fn give(as_json: bool, (id, statement): &(Digest, Value), said: &str, more: Value) -> anyhow::Result<()> {
    if as_json {
        // Just what the ledger takes; the rest is for the person, on the other stream.
        eprintln!("{}", json!({ "id": hex::encode(id), "said": said, "more": more }));
        print::json(&json!({ "statement": statement }))
    } else {
        say!("{said}\nIts id: {}\nSend this to the ledger (POST /statements):\n{}", hex::encode(id), json!({ "statement": statement }));
        Ok(())
    }
}

fn keys(words: &Words, accounts: u32) -> anyhow::Result<Value> {
    let keys = Keys::new(words);
    let did = |branch, index| keys.key(branch, index).map(|key| key.did().to_string());
    let accounts: Vec<String> = (0..accounts).map(|n| did(Branch::Account, n)).collect::<Result<_, _>>()?;
    Ok(json!({ "accounts": accounts, "passport": did(Branch::Passport, 0)? }))
}

fn show(as_json: bool, keys: &Value) -> anyhow::Result<()> {
    if as_json {
        return print::json(keys);
    }
    for (n, key) in keys["accounts"].as_array().into_iter().flatten().enumerate() {
        say!("account {n}  {}", key.as_str().unwrap_or_default());
    }
    say!("passport   {}", keys["passport"].as_str().unwrap_or_default());
    Ok(())
}

/// Writes a new wallet file; one that is there is never written over.
fn keep(file: &WalletFile, words: &Words) -> anyhow::Result<()> {
    let vault = Vault { effort: Effort::USUAL, salt: random()?, nonce: random()? };
    let sealed = vault.seal(&passphrase(file)?, &Opened::new(random()?, &words.entropy()))?;
    write_secret(&file.path, &sealed)
}

fn open(file: &WalletFile) -> anyhow::Result<(Opened, Words)> {
    let bytes = std::fs::read(&file.path).with_context(|| format!("{} cannot be read", file.path.display()))?;
    let opened = Vault::open(&passphrase(file)?, &bytes)?;
    let words = Words::from_entropy(&opened.content)?;
    Ok((opened, words))
}

pub fn passphrase(file: &WalletFile) -> anyhow::Result<String> {
    match &file.passphrase_file {
        Some(path) => first_line(path),
        None => std::env::var("ECOSPHERE_PASSPHRASE")
            .context("a wallet has a passphrase; give it in a file with --passphrase-file, or in the variable ECOSPHERE_PASSPHRASE"),
    }
}

pub fn first_line(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

pub fn write_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let there = || format!("{} cannot be made; is there a file of that name already?", path.display());
    let mut file = options.open(path).with_context(there)?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}
