//! What there is, how it is known, and what happened.

use super::{
    accounts::{Accounts, Sum},
    backup::BackUp,
    lock::Quicken,
    people::{Naming, People},
    setup::{Words, Wrong},
    shared::{Place, wallet},
};
use crate::{
    measure::Millis,
    purse::wire::{Answer, Batch, Request, Row, Stage, Token},
    ui::{
        components::{Glyph, Heading, Icon},
        words,
    },
};
use dioxus::prelude::*;

/// So many of the newest are shown beside the balances.
const FEW: usize = 3;

/// Balances.
#[component]
pub fn Hold() -> Element {
    let shared = wallet();
    let view = shared.view.read();
    let held: Vec<Token> = view.tokens.iter().filter(|t| t.balance.is_some() || t.leaving.is_some()).cloned().collect();
    let (communities, others): (Vec<Token>, Vec<Token>) = held.into_iter().partition(|token| token.community);
    let recent: Vec<Row> = view.history.iter().take(FEW).cloned().collect();
    rsx! {
        div { class: "head", Heading { title: "Wallet", "Your wallet" } }
        if !view.backed_up {
            Nag {}
        }
        if communities.is_empty() && others.is_empty() {
            p { class: "quiet", "There is nothing in it yet. Show \u{201c}Receive\u{201d} to whoever wants to give you something." }
        }
        Sum { total: view.total.clone(), tokens: view.tokens.clone() }
        Tokens { title: "Of communities", tokens: communities }
        Tokens { title: "Others", tokens: others }
        Known { batch: view.batch.clone(), ledger: view.ledger.clone(), fingerprint: view.fingerprint.clone() }
        if !recent.is_empty() {
            section { class: "block",
                h2 { "Newest" }
                Rows { rows: recent }
                button { class: "button plain", r#type: "button", onclick: move |_| shared.go(Place::Past), "All of it" }
            }
        }
        Accounts { accounts: view.accounts.clone() }
        BackUp {}
        Quicken {}
    }
}

/// Some tokens.
#[component]
fn Tokens(title: &'static str, tokens: Vec<Token>) -> Element {
    if tokens.is_empty() {
        return rsx! {};
    }
    rsx! {
        section { class: "block",
            h2 { {title} }
            ul { class: "tokens",
                for token in tokens {
                    li { key: "{token.id}",
                        div { b { class: "num much", {token.balance.clone().unwrap_or_else(|| "0".to_owned())} } " " b { {token.symbol.clone()} } }
                        p { {token.name.clone()} }
                        Issuer { token: token.clone() }
                        if let Some(leaving) = token.leaving.clone() {
                            p { class: "fine", "{leaving} {token.symbol} on the way out" }
                        }
                        if let Some(costs) = token.demurrage.clone() {
                            p { class: "fine", "Holding it costs {costs} in 30 days; that is taken off already." }
                        }
                    }
                }
            }
        }
    }
}

/// Who issues a token, and its flag: what tells it from another with the same short name.
#[component]
pub fn Issuer(token: Token) -> Element {
    let whose = token.issuer_name.clone().unwrap_or_else(|| short(&token.issuer));
    rsx! {
        p { class: "fine flags",
            if token.community {
                span { Icon { glyph: Glyph::House, class: "small" } "Community" }
            } else {
                span { Icon { glyph: Glyph::Dash, class: "small" } "No community" }
            }
            span { if token.financial { "Money\u{2019}s worth" } else { "Not money" } }
            span { "Issued by {whose}" }
            span { class: "code", "id {short(&token.id)}" }
        }
        if token.look_alike {
            p { class: "fine tone-mixed warn", Icon { glyph: Glyph::Alert, class: "small" } "Another token here is called {token.symbol} too. Look at the issuer and the id." }
        }
    }
}

/// The two ends of something long.
pub fn short(long: &str) -> String {
    let plain = long.strip_prefix("did:key:").unwrap_or(long);
    match (plain.get(..8), plain.get(plain.len().saturating_sub(6)..)) {
        (Some(head), Some(tail)) if plain.len() > 16 => format!("{head}\u{2026}{tail}"),
        _ => plain.to_owned(),
    }
}

/// How all that is known.
#[component]
fn Known(batch: Option<Batch>, ledger: String, fingerprint: String) -> Element {
    let Some(batch) = batch else {
        return rsx! { p { class: "quiet", role: "status", "This wallet has not seen its ledger yet." } };
    };
    rsx! {
        details { class: "block",
            summary { Icon { glyph: Glyph::ShieldCheck, class: "small" } "Proven {words::day_and_time(Millis(batch.time))} UTC" }
            dl { class: "facts",
                div { dt { "Ledger" } dd { {ledger} } }
                div { dt { "Batch" } dd { class: "num", "{words::count(batch.number)}: every balance, order and price above leads by a proof to its state root, and that one to the signed checkpoint." } }
                div { dt { "Hidden among" } dd { class: "num", "{words::count(batch.among)} of {words::count(batch.accounts)} accounts, so that nobody learns which is yours" } }
                div { dt { "Fingerprint of the policy that is believed" } dd { class: "code", {fingerprint} } }
            }
        }
    }
}

/// The words are nowhere but here.
#[component]
fn Nag() -> Element {
    let shared = wallet();
    let mut asked = use_signal(|| None::<(Vec<String>, [usize; 3])>);
    let mut shown = use_signal(|| false);
    let mut answers = use_signal(|| [const { String::new() }; 3]);
    let mut wrong = use_signal(String::new);
    let begin = move |_| {
        spawn(async move {
            if let Answer::Words { words, places } = shared.send(Request::Words).await {
                asked.set(Some((words, places)));
                shown.set(false);
            }
        });
    };
    let check = move |e: FormEvent| {
        e.prevent_default();
        spawn(async move {
            if let Answer::Refused(why) = shared.send(Request::Check { answers: answers.cloned() }).await {
                wrong.set(why);
            }
        });
    };
    rsx! {
        section { class: "note tone-mixed", "aria-label": "Your words",
            Icon { glyph: Glyph::Bookmark }
            div {
                p { b { "Are your words on paper? " } "Should this device get lost, they alone bring the wallet back." }
                match asked.cloned() {
                    None => rsx! { button { class: "button", r#type: "button", onclick: begin, Icon { glyph: Glyph::Check } "Check them now" } },
                    Some((words, places)) => rsx! {
                        form { class: "stack", onsubmit: check,
                            for (n , place) in places.into_iter().enumerate() {
                                div { class: "field", key: "{n}",
                                    label { r#for: "word-{n}", "Word {place + 1}" }
                                    input { id: "word-{n}", autocapitalize: "off", autocomplete: "off", spellcheck: "false", oninput: move |e| if let Some(answer) = answers.write().get_mut(n) { *answer = e.value() } }
                                }
                            }
                            Wrong { why: wrong.cloned() }
                            div { class: "row-buttons",
                                button { class: "button", r#type: "submit", "These they are" }
                                button { class: "button", r#type: "button", onclick: move |_| shown.toggle(), if shown() { "Hide the words" } else { "Show the words again" } }
                            }
                            if shown() {
                                Words { words }
                            }
                        }
                    },
                }
            }
        }
    }
}

/// What happened.
#[component]
pub fn Past() -> Element {
    let rows = wallet().view.read().history.clone();
    rsx! {
        div { class: "head", Heading { title: "History", "What happened" }
            p { class: "quiet", "What a payment was for is known on this device only." }
        }
        if rows.is_empty() {
            p { class: "quiet", "Nothing yet." }
        }
        Rows { rows, naming: true }
        People {}
    }
}

/// Some of what happened.
#[component]
pub fn Rows(
    /// The newest first.
    rows: Vec<Row>,
    /// Whether who has no name can be given one there.
    #[props(default)]
    naming: bool,
) -> Element {
    rsx! {
        ul { class: "readings rows",
            for row in rows {
                One { key: "{row.id}{row.title}", row, naming }
            }
        }
    }
}

#[component]
fn One(row: Row, naming: bool) -> Element {
    let (tone, glyph, word) = match row.stage {
        Stage::Pending => ("tone-mixed", Glyph::Clock, "Pending: signed, not on the ledger yet".to_owned()),
        Stage::Logged => (
            "tone-fits",
            Glyph::Check,
            row.leaf.map_or_else(|| "On the ledger".to_owned(), |leaf| format!("On the ledger, entry {}", words::count(leaf))),
        ),
        Stage::Rejected => ("tone-against", Glyph::Close, format!("Refused: {}", row.why.unwrap_or_default())),
        Stage::Expired => ("tone-unknown", Glyph::Dash, "Its time was over before it was on the ledger".to_owned()),
    };
    let nameless = row.other.clone().filter(|_| naming && row.other_name.is_none());
    let other = row.other_name.or_else(|| row.other.as_deref().map(short));
    rsx! {
        li { class: tone,
            b { {row.title} if let Some(other) = other { " \u{b7} {other}" } }
            if let Some(amount) = row.amount {
                b { class: "num", {amount} }
            }
            if let Some(message) = row.message {
                p { class: "fine", "\u{201c}{message}\u{201d}" }
            }
            p { class: "how", Icon { glyph, class: "small" } {word} }
            if row.time > 0 {
                p { class: "fine", "{words::day_and_time(Millis(row.time))} UTC" }
            }
            if let Some(who) = nameless {
                Naming { id: "{row.id}", who, name: None, onnamed: |()| () }
            }
        }
    }
}
