//! `token steward`, `swap steward`, `wallet currency` and `wallet account`.

use crate::{
    ANSWERED,
    args::Cli,
    money_args::{StewardCommand, Using, WalletFile},
    print::{self, say},
    till::{Session, decimals, ordered, thought_of_issuer},
};
use anyhow::Context as _;
use ecosphere::{
    measure::Decimal,
    purse::{Note, Till, What, native::Native},
    statement::{Body, Digest, ExchangeAct, PersonCap, StewardClosing, StewardFunding, StewardOpening, Units},
    wallet::read_amount,
};
use std::path::Path;

/// `token steward`.
pub fn own(cli: &Cli, command: &StewardCommand) -> anyhow::Result<u8> {
    use StewardCommand as S;
    let (S::Open { using, .. } | S::Fund { using, .. } | S::Close { using, .. } | S::Vouch { using, .. }) = command;
    let mut session = Session::with(using)?;
    let Session { desk, runtime } = &mut session;
    let till = desk.till()?;
    let (act, what, spends) = match command {
        S::Open { takes, gives, rate, amount, cap, person_cap, community, .. } => {
            // Both are known to this wallet, or the rate would mean nothing.
            ordered(till, &[*takes, *gives])?;
            let units = |text: &str| anyhow::Ok(Units(read_amount(text, decimals(till, gives)?)?));
            let amount = units(amount)?;
            let person =
                person_cap.as_deref().zip(*community).map(|(cap, community)| anyhow::Ok(PersonCap { community, cap: units(cap)? })).transpose()?;
            let total_cap = cap.as_deref().map_or(Ok(amount), units)?;
            let opening = StewardOpening { takes: *takes, gives: *gives, rate: Decimal::parse(rate)?, amount, total_cap, person };
            (ExchangeAct::OpenSteward(opening), What::Stewards { takes: *takes, gives: *gives, amount: amount.0 }, Some((*gives, amount.0)))
        }
        S::Fund { pool, amount, cap, .. } => {
            let gives = gives(till, pool)?;
            let units = |text: &str| anyhow::Ok(Units(read_amount(text, decimals(till, &gives)?)?));
            let amount = amount.as_deref().map_or(Ok(Units(0)), units)?;
            let funding = StewardFunding { pool: *pool, amount, total_cap: cap.as_deref().map(units).transpose()? };
            (
                ExchangeAct::FundSteward(funding),
                What::Funded { pool: *pool, amount: amount.0 },
                Some((gives, amount.0)).filter(|(_, units)| *units > 0),
            )
        }
        S::Close { pool, .. } => (ExchangeAct::CloseSteward(StewardClosing { pool: *pool }), What::Closed { pool: *pool }, None),
        S::Vouch { pool, member_key, member, .. } => {
            let voucher = till.vouch(using.account, pool, member_key, member)?;
            if cli.json {
                print::json(&voucher)?;
            } else {
                say!("{}", serde_json::to_string(&voucher)?);
            }
            return Ok(ANSWERED);
        }
    };
    let id = runtime.block_on(till.sign(using.account, Body::Exchange(act), spends, Note { what: Some(what), ..Note::default() }))?;
    session.send(cli.json, &using.reach, id)
}

fn gives(till: &Till<Native>, pool: &Digest) -> anyhow::Result<Digest> {
    let pool = till.book.stewards.get(pool).context("this wallet knows no such steward pool; fetch what is new with --to https://…")?;
    Ok(pool.ways().1)
}

/// `swap steward`.
pub fn swap(cli: &Cli, using: &Using, wanted: Option<([u8; 32], &str)>, voucher: Option<&Path>) -> anyhow::Result<u8> {
    let mut session = Session::with(using)?;
    let Some((pool, amount)) = wanted else {
        let pools = session.view()?.stewards;
        if cli.json {
            print::json(&pools)?;
        } else {
            for pool in &pools {
                let person = pool.person.as_ref().map(|left| format!(", {left} for you")).unwrap_or_default();
                let members = pool.community.as_ref().map(|who| format!("; for members of {who}")).unwrap_or_default();
                say!("{}  {} for {}, at {}; {} left{person}{members}", pool.id, pool.gives.1, pool.takes.1, pool.rate, pool.left);
            }
        }
        return Ok(ANSWERED);
    };
    let voucher = voucher.map(|file| std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))).transpose()?;
    let Session { desk, runtime } = &mut session;
    let till = desk.till()?;
    thought_of_issuer(cli, till, &gives(till, &pool)?)?;
    let id = runtime.block_on(till.swap_steward(using.account, pool, amount, voucher.as_deref().unwrap_or_default()))?;
    session.send(cli.json, &using.reach, id)
}

/// `wallet currency`.
pub fn currency(as_json: bool, file: &WalletFile, token: Option<Digest>, none: bool) -> anyhow::Result<u8> {
    let mut session = Session::open(file, None)?;
    let Session { desk, runtime } = &mut session;
    let till = desk.till()?;
    if let Some(token) = &token {
        decimals(till, token)?;
    }
    if token.is_some() || none {
        till.book.currency = token;
        runtime.block_on(till.keep())?;
    }
    let total = session.view()?.total;
    if as_json {
        print::json(&total)?;
    } else {
        match total {
            Some(total) => say!("{} in all", total.amount),
            None => say!("No token is chosen; choose one with --token."),
        }
    }
    Ok(ANSWERED)
}

/// `wallet account`.
pub fn account(as_json: bool, file: &WalletFile, account: Option<u32>, name: Option<&str>) -> anyhow::Result<u8> {
    let mut session = Session::open(file, None)?;
    let Session { desk, runtime } = &mut session;
    let till = desk.till()?;
    if let Some(index) = account {
        till.book.accounts = till.book.accounts.max(index.saturating_add(1));
        if let Some(name) = name {
            till.name_account(index, name);
        }
        runtime.block_on(till.keep())?;
    }
    let accounts = session.view()?.accounts;
    if as_json {
        print::json(&accounts)?;
    } else {
        accounts.iter().for_each(|account| say!("account {}  {}  {}", account.index, account.key, account.name));
    }
    Ok(ANSWERED)
}
