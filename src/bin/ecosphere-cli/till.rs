//! A wallet with its node: what `wallet balance|history|name`, `pay send|request`, `swap ask|place|orders|cancel` and `token` do.

use crate::{
    ANSWERED,
    args::Cli,
    device::Device,
    money::{passphrase, price},
    money_args::{Firm, Letter, Reach, SwapArgs, TokenCommand, Using, WalletFile},
    print::{self, say},
    stewards,
};
use anyhow::{Context as _, bail};
use ecosphere::{
    engine::wire::{Answer, Request},
    label::Grade,
    measure::Millis,
    purse::{
        Desk, NewOrder, Note, PurseError, Till, What, allowed,
        native::Native,
        wire::{OrderRow, Row, Stage, Swap, View},
    },
    statement::{
        Adding, Award, Body, Demurrage, DidKey, Digest, ExchangeAct, HexDigest, PairForbidding, PairOpening, Registration, Removing, TokenAct,
        TokenDefinition, TokenValue, Units,
    },
    wallet::{Asked as _, Firmness, Regard, memo, read_amount},
};
use serde_json::json;
use std::time::Duration;

/// How often, and how long, it is looked whether something is on the ledger.
const LOOK: Duration = Duration::from_millis(500);
const LOOKS: u32 = 240;
/// The status of something that the ledger refused.
const REFUSED: u8 = 1;

/// An open wallet, and what it is told to do.
pub struct Session {
    pub desk: Desk<Native>,
    pub runtime: tokio::runtime::Runtime,
}

impl Session {
    pub fn open(file: &WalletFile, node: Option<&str>) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut desk = Desk::new(Native::new(&file.path, node)?);
        runtime.block_on(desk.unlock(&passphrase(file)?))?;
        Ok(Self { desk, runtime })
    }

    /// With everything brought up to date, where there is a node.
    pub fn with(using: &Using) -> anyhow::Result<Self> {
        let mut session = Self::open(&using.file, using.reach.to.as_deref())?;
        let Reach { to, policy, from_start, .. } = &using.reach;
        if to.is_none() {
            return Ok(session);
        }
        let policy = policy.as_ref().map(|f| std::fs::read_to_string(f).with_context(|| format!("{} cannot be read", f.display()))).transpose()?;
        let first = session.till()?.book.ledger.is_none();
        let Self { desk, runtime } = &mut session;
        let till = desk.till()?;
        runtime.block_on(till.choose(policy.as_deref(), *from_start))?;
        if first && let Some(ledger) = &till.book.ledger {
            eprintln!(
                "The ledger {} is believed from now on under the policy with the fingerprint {}",
                ledger.origin,
                till.fingerprint().unwrap_or_default()
            );
        }
        if till.book.accounts <= using.account {
            till.book.accounts = using.account.saturating_add(1);
        }
        // What is shown as the account's own is this one's.
        till.book.chosen = using.account;
        match runtime.block_on(till.update()) {
            // What is known is shown all the same, and said to be old.
            Err(PurseError::Offline(why)) => eprintln!("{why}"),
            other => other?,
        }
        Ok(session)
    }

    pub fn till(&mut self) -> anyhow::Result<&mut Till<Native>> {
        Ok(self.desk.till()?)
    }

    pub fn view(&mut self) -> anyhow::Result<View> {
        Ok(self.till()?.view()?)
    }

    /// Sends what was just signed, waits if that is wanted, and says how far it is.
    pub fn send(&mut self, as_json: bool, reach: &Reach, id: Digest) -> anyhow::Result<u8> {
        let id = hex::encode(id);
        let find = |view: View| view.history.into_iter().find(|row| row.id == id).context("the wallet has lost what it just signed");
        if reach.to.is_some() {
            let Self { desk, runtime } = self;
            if let Err(why) = runtime.block_on(desk.till()?.send()) {
                eprintln!("It is signed and kept, and is sent with the next update: {why}");
            }
        }
        let mut row = find(self.view()?)?;
        for _ in 0..if reach.wait { LOOKS } else { 0 } {
            if row.stage != Stage::Pending {
                break;
            }
            std::thread::sleep(LOOK);
            let Self { desk, runtime } = self;
            match runtime.block_on(desk.till()?.update()) {
                Err(PurseError::Offline(_)) => {}
                other => other?,
            }
            row = find(self.view()?)?;
        }
        if as_json {
            print::json(&row)?;
        } else {
            tell(&row);
        }
        Ok(if matches!(row.stage, Stage::Pending | Stage::Logged) { ANSWERED } else { REFUSED })
    }
}

fn tell(row: &Row) {
    let stage = match row.stage {
        Stage::Pending => "pending".to_owned(),
        Stage::Logged => row.leaf.map_or_else(|| "logged".to_owned(), |leaf| format!("logged at {leaf}")),
        Stage::Rejected => format!("rejected: {}", row.why.as_deref().unwrap_or_default()),
        Stage::Expired => "expired".to_owned(),
    };
    let other = row.other_name.as_deref().or(row.other.as_deref()).unwrap_or_default();
    let amount = row.amount.as_deref().unwrap_or_default();
    let message = row.message.as_ref().map(|m| format!("\u{201c}{m}\u{201d}")).unwrap_or_default();
    say!("{}  {} {amount} {other} {message}\n            {stage}  {}", Millis(row.time).to_rfc3339(), row.title, row.id);
}

/// `wallet balance`.
pub fn balance(as_json: bool, using: &Using) -> anyhow::Result<u8> {
    let view = Session::with(using)?.view()?;
    if as_json {
        print::json(&view)?;
        return Ok(ANSWERED);
    }
    say!("account  {}", view.account);
    match &view.batch {
        None => say!("Nothing is known yet; fetch it with --to https://…"),
        Some(b) => say!(
            "proven   under batch {} of {} on {}; asked for among {} of {} accounts",
            b.number,
            Millis(b.time).to_rfc3339(),
            view.ledger,
            b.among,
            b.accounts
        ),
    }
    if let Some(total) = &view.total {
        say!("{:>16} in all, at the last prices here, rounded down", total.amount);
        total.communities.iter().for_each(|(who, amount)| say!("{amount:>16} of that in tokens of {who}"));
        if !total.uncounted.is_empty() {
            say!("{:>16} not counted, for want of a price: {}", "", total.uncounted.join(", "));
        }
    }
    for account in view.accounts.iter().filter(|_| view.accounts.len() > 1) {
        say!("account {} {} {}: {}", account.index, account.name, account.key, account.balances.join(", "));
    }
    for t in view.tokens.iter().filter(|t| t.balance.is_some() || t.leaving.is_some()) {
        let leaving = t.leaving.as_ref().map(|l| format!(", {l} on its way out")).unwrap_or_default();
        let flag = if t.community { "community" } else { "no community" };
        say!(
            "{:>16} {:<12} {} ({flag}; issued by {}){leaving}",
            t.balance.as_deref().unwrap_or("0"),
            t.symbol,
            t.name,
            t.issuer_name.as_ref().unwrap_or(&t.issuer)
        );
    }
    Ok(ANSWERED)
}

/// `wallet history`.
pub fn history(as_json: bool, using: &Using) -> anyhow::Result<u8> {
    let view = Session::with(using)?.view()?;
    if as_json {
        print::json(&view.history)?;
    } else {
        view.history.iter().for_each(tell);
    }
    Ok(ANSWERED)
}

/// `wallet name`.
pub fn name(as_json: bool, file: &WalletFile, who: DidKey, name: Option<&str>) -> anyhow::Result<u8> {
    let mut session = Session::open(file, None)?;
    let Session { desk, runtime } = &mut session;
    let till = desk.till()?;
    match name {
        Some(name) => drop(till.book.contacts.insert(who, name.to_owned())),
        None => drop(till.book.contacts.remove(&who)),
    }
    runtime.block_on(till.keep())?;
    let contacts = session.view()?.contacts;
    if as_json {
        print::json(&contacts)?
    } else {
        contacts.iter().for_each(|(did, name)| say!("{name:<20} {did}"))
    }
    Ok(ANSWERED)
}

/// `pay send`.
pub fn pay(cli: &Cli, using: &Using, request: &str, amount: Option<&str>) -> anyhow::Result<u8> {
    let mut session = Session::with(using)?;
    let Session { desk, runtime } = &mut session;
    let till = desk.till()?;
    let regard = regard(cli, &till.asking(request, None)?.0.to)?;
    let (asked, asking) = till.asking(request, regard.as_ref())?;
    allowed(&asking.refusals)?;
    asking.warnings.iter().for_each(|warning| eprintln!("{warning}."));
    let units = till.units(&asked, amount.unwrap_or_default())?;
    let id = runtime.block_on(till.pay(using.account, &asked, units))?;
    session.send(cli.json, &using.reach, id)
}

/// What the device in the folder of `--data` thinks of who is paid or awarded, by the values that are kept there.
pub fn regard(cli: &Cli, who: &DidKey) -> anyhow::Result<Option<Regard>> {
    if cli.data.is_none() {
        return Ok(None);
    }
    match Device::with_snapshot(cli)?.ask(Request::Regard(*who))? {
        Answer::Regard(regard) => Ok(regard),
        other => bail!("the engine answered {other:?} when asked for an organisation"),
    }
}

/// Says what the wallet's own rule warns of somebody.
///
/// # Errors
/// The rule refuses them.
pub fn thought(cli: &Cli, till: &Till<Native>, who: &DidKey) -> anyhow::Result<()> {
    let judged = till.judged(regard(cli, who)?.as_ref());
    allowed(&judged.refuses)?;
    judged.warns.iter().for_each(|warning| eprintln!("{warning}."));
    Ok(())
}

/// Says what the wallet's own rule warns of who issues a token.
///
/// # Errors
/// The rule refuses them.
pub fn thought_of_issuer(cli: &Cli, till: &Till<Native>, token: &Digest) -> anyhow::Result<()> {
    let issuer = till.book.proven.as_ref().and_then(|proven| proven.tokens.get(token)).map(|token| token.issuer);
    issuer.map_or(Ok(()), |issuer| thought(cli, till, &issuer))
}

/// `wallet rule`.
pub fn rule(as_json: bool, file: &WalletFile, lines: Option<Firm>, label: Option<Firm>, least: Option<Letter>) -> anyhow::Result<u8> {
    let mut session = Session::open(file, None)?;
    let Session { desk, runtime } = &mut session;
    let till = desk.till()?;
    let rule = &mut till.book.rule;
    rule.lines = lines.map_or(rule.lines, Firmness::from);
    rule.label = label.map_or(rule.label, Firmness::from);
    rule.least = least.map_or(rule.least, Grade::from);
    let rule = *rule;
    runtime.block_on(till.keep())?;
    if as_json {
        print::json(&rule)?;
    } else {
        say!("A hard line that is crossed: {:?}. An S/E label worse than {:?}: {:?}.", rule.lines, rule.least, rule.label);
    }
    Ok(ANSWERED)
}

/// `pay request`.
pub fn request(cli: &Cli, using: &Using, token: Digest, amount: Option<&str>, label: Option<&str>, message: Option<&str>) -> anyhow::Result<u8> {
    let mut session = Session::with(using)?;
    let Session { desk, runtime } = &mut session;
    let till = desk.till()?;
    thought_of_issuer(cli, till, &token)?;
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let (uri, reference, note) = till.request(using.account, &hex::encode(token), amount.unwrap_or_default(), text(label), text(message))?;
    till.book.asked.insert(reference, note);
    runtime.block_on(till.keep())?;
    if cli.json {
        print::json(&json!({ "request": uri, "reference": hex::encode(reference) }))?;
    } else {
        say!("{uri}");
    }
    Ok(ANSWERED)
}

impl From<&SwapArgs> for Swap {
    fn from(args: &SwapArgs) -> Self {
        let limit = args.limit.clone().unwrap_or_default();
        Self { gives: hex::encode(args.gives), takes: hex::encode(args.takes), amount: args.amount.clone(), limit }
    }
}

/// `swap ask`.
pub fn ask(as_json: bool, using: &Using, swap: &SwapArgs) -> anyhow::Result<u8> {
    let quote = Session::with(using)?.till()?.quote(swap.into())?;
    if as_json {
        print::json(&quote)?;
        return Ok(ANSWERED);
    }
    for offer in &quote.stewards {
        let gets =
            offer.gets.as_ref().map_or_else(|| format!("nothing: {}", offer.why.as_deref().unwrap_or_default()), |gets| format!("exactly {gets}"));
        say!("Steward pool {}: {gets}, at {}; {} left.", offer.row.id, offer.row.rate, offer.row.left);
    }
    if !quote.market {
        return Ok(ANSWERED);
    }
    say!(
        "Gives {}, gets {}; price {}; fee {}; price impact {}.",
        quote.gives,
        quote.gets,
        quote.price.as_deref().unwrap_or("none"),
        quote.fee,
        quote.impact
    );
    say!("With --limit {}: at worst {}, if it is filled.", quote.swap.limit, quote.worst);
    match quote.after {
        0 => say!("It is cleared when the next batch closes."),
        after => say!("It is cleared with the first batch that closes after {}.", Millis(after).to_rfc3339()),
    }
    if quote.partial {
        say!("Other people's orders may be hidden from this wallet, because it asks for a part of all accounts only.");
    }
    Ok(ANSWERED)
}

/// `swap place`.
pub fn place(cli: &Cli, using: &Using, swap: &SwapArgs) -> anyhow::Result<u8> {
    let limit = swap.limit.as_deref().map(price).transpose()?;
    let mut session = Session::with(using)?;
    let Session { desk, runtime } = &mut session;
    let till = desk.till()?;
    thought_of_issuer(cli, till, &swap.takes)?;
    let order = NewOrder { limit, ..till.order(&swap.into())? };
    let id = runtime.block_on(till.place(using.account, order))?;
    session.send(cli.json, &using.reach, id)
}

/// `swap orders`.
pub fn orders(as_json: bool, using: &Using) -> anyhow::Result<u8> {
    let orders: Vec<OrderRow> = Session::with(using)?.view()?.orders;
    if as_json {
        print::json(&orders)?;
    } else {
        for o in &orders {
            let price = o.price.as_ref().map(|p| format!(" at {p}")).unwrap_or_default();
            say!("{}  {}: {}{price} ({})", o.id, o.what, o.filled, if o.open { "open" } else { "over" });
        }
    }
    Ok(ANSWERED)
}

/// `swap cancel`.
pub fn cancel(as_json: bool, using: &Using, order: Digest) -> anyhow::Result<u8> {
    let mut session = Session::with(using)?;
    let Session { desk, runtime } = &mut session;
    let id = runtime.block_on(desk.till()?.cancel(using.account, order))?;
    session.send(as_json, &using.reach, id)
}

/// `token`.
pub fn token(cli: &Cli, command: &TokenCommand) -> anyhow::Result<u8> {
    use TokenCommand as T;
    let (T::Introduce { using, .. }
    | T::Define { using, .. }
    | T::Award { using, .. }
    | T::Pair { using, .. }
    | T::Forbid { using, .. }
    | T::AddLiquidity { using, .. }
    | T::RemoveLiquidity { using, .. }) = command
    else {
        let T::Steward { command } = command else { bail!("there is no such command") };
        return stewards::own(cli, command);
    };
    let mut session = Session::with(using)?;
    let Session { desk, runtime } = &mut session;
    let till = desk.till()?;
    let mut message = None;
    let mut salt = [0; 16];
    let (body, what) = match command {
        T::Introduce { name, role, .. } => {
            let body = Body::RegisterActor(Registration { name: name.clone(), role: *role, fictional: false });
            (body, What::Introduced { name: name.clone() })
        }
        T::Define { symbol, name, decimals, financial, community, not_tradable, cap, demurrage, demurrage_to, .. } => {
            let definition = TokenDefinition {
                symbol: symbol.clone(),
                name: name.clone(),
                value: if *financial { TokenValue::Financial } else { TokenValue::NonFinancial },
                decimals: *decimals,
                cap: cap.as_deref().map(|cap| read_amount(cap, *decimals)).transpose()?.map(Units),
                community: *community,
                demurrage: demurrage.map(|bps| Demurrage { bps, to: *demurrage_to }),
                tradable: !not_tradable,
            };
            (Body::Token(TokenAct::Define(definition)), What::Defined { symbol: symbol.clone() })
        }
        T::Award { token, recipient, amount, message: text, .. } => {
            let amount = read_amount(amount, decimals(till, token)?)?;
            thought(cli, till, recipient)?;
            getrandom04::fill(&mut salt).map_err(|e| anyhow::anyhow!("this system gives no random numbers: {e}"))?;
            message.clone_from(text);
            let hidden = message.as_deref().map(|text| HexDigest(memo(&salt, text)));
            let award = Award { token: *token, to: *recipient, amount: Units(amount), memo: hidden };
            (Body::Token(TokenAct::Award(award)), What::Gave { token: *token, to: *recipient, amount })
        }
        T::Pair { tokens, fee, .. } => {
            let (base, quote) = ordered(till, tokens)?;
            (Body::Exchange(ExchangeAct::OpenPair(PairOpening { base, quote, fee_bps: *fee })), What::Opened { base, quote })
        }
        T::Forbid { tokens, .. } => {
            let (base, quote) = ordered(till, tokens)?;
            (Body::Exchange(ExchangeAct::ForbidPair(PairForbidding { base, quote })), What::Forbade { base, quote })
        }
        T::AddLiquidity { tokens, amounts, .. } => {
            let (base, quote) = ordered(till, tokens)?;
            let of = |token: &Digest| -> anyhow::Result<Units> {
                let at = tokens.iter().position(|t| t == token).and_then(|at| amounts.get(at)).context("there are two amounts")?;
                Ok(Units(read_amount(at, decimals(till, token)?)?))
            };
            let adding = Adding { base, quote, base_amount: of(&base)?, quote_amount: of(&quote)?, least_shares: Units(1) };
            (Body::Exchange(ExchangeAct::AddLiquidity(adding)), What::PutIn { base, quote })
        }
        T::Steward { .. } => bail!("there is no such command"),
        T::RemoveLiquidity { tokens, shares, .. } => {
            let (base, quote) = ordered(till, tokens)?;
            let removing = Removing { base, quote, shares: Units(*shares), least_base: Units(0), least_quote: Units(0) };
            (Body::Exchange(ExchangeAct::RemoveLiquidity(removing)), What::TookOut { base, quote })
        }
    };
    let note = Note { message, salt, what: Some(what), ..Note::default() };
    let id = runtime.block_on(till.sign(using.account, body, None, note))?;
    session.send(cli.json, &using.reach, id)
}

pub fn decimals(till: &Till<Native>, token: &Digest) -> anyhow::Result<u8> {
    till.decimals(token).context("this wallet knows no such token; fetch what is new with --to https://…")
}

/// Base and quote token: the one with fewer decimals first, of equal ones the lower id.
pub fn ordered(till: &Till<Native>, tokens: &[Digest]) -> anyhow::Result<(Digest, Digest)> {
    let [a, b] = tokens else { bail!("a pair has two tokens") };
    let (a, b) = ((decimals(till, a)?, *a), (decimals(till, b)?, *b));
    Ok((a.min(b).1, a.max(b).1))
}
