//! Swapping: a quote, an order, what became of orders.

use super::{chart::Chart, hold::short, pay::Thoughts, setup::Wrong, shared::wallet};
use crate::{
    measure::Millis,
    purse::wire::{Answer, OrderRow, PairRow, Quote, Request, StewardQuote, StewardRow, Swap},
    ui::{
        components::{Glyph, Heading, Icon},
        words,
    },
    wallet::Regard,
};
use dioxus::prelude::*;

/// Which way a pair is gone: token given and token wanted, each by id and symbol.
type Way = ((String, String), (String, String));

/// What can be swapped: on the market either way, and for whatever a steward sells.
fn ways(pairs: &[PairRow], stewards: &[StewardRow]) -> Vec<Way> {
    let mut ways: Vec<Way> = pairs.iter().flat_map(|p| [(p.quote.clone(), p.base.clone()), (p.base.clone(), p.quote.clone())]).collect();
    for pool in stewards {
        let way = (pool.takes.clone(), pool.gives.clone());
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways
}

/// The exchange.
#[component]
pub fn Swaps() -> Element {
    let shared = wallet();
    let (pairs, orders) = (shared.view.read().pairs.clone(), shared.view.read().orders.clone());
    let ways = ways(&pairs, &shared.view.read().stewards);
    let mut way = use_signal(|| 0_usize);
    let mut amount = use_signal(String::new);
    let mut quote = use_signal(|| None::<Quote>);
    let mut wrong = use_signal(String::new);
    let mut placed = use_signal(|| None::<&str>);
    let mut regard = use_signal(|| None::<Regard>);
    let Some((gives, takes)) = ways.get(way()).cloned() else {
        return rsx! {
            div { class: "head", Heading { title: "Swap", "Swap" } p { class: "quiet", "Nobody opened a pair or a steward pool on this ledger yet: an issuer of either token can." } }
        };
    };
    let pair = pairs.into_iter().find(|p| [&p.base.0, &p.quote.0].iter().all(|id| **id == gives.0 || **id == takes.0));
    let (given, wanted) = (gives.0.clone(), takes.0);
    let ask = move |e: FormEvent| {
        e.prevent_default();
        let swap = Swap { gives: given.clone(), takes: wanted.clone(), amount: amount.cloned(), limit: String::new() };
        spawn(async move {
            wrong.set(String::new());
            placed.set(None);
            regard.set(shared.issuer(&swap.takes).await);
            match shared.send(Request::Quote { swap, regard: regard.cloned() }).await {
                Answer::Quote(told) => quote.set(Some(told)),
                Answer::Refused(why) => wrong.set(why),
                _ => {}
            }
        });
    };
    let place = move |swap: Swap| {
        spawn(async move {
            match shared.send(Request::Place { swap, regard: regard.cloned() }).await {
                Answer::Refused(why) => wrong.set(why),
                _ => {
                    quote.set(None);
                    placed.set(Some("Signed and kept. It is filled when its batch closes."));
                }
            }
        });
    };
    let steward = move |(pool, swap, voucher): (String, Swap, String)| {
        spawn(async move {
            wrong.set(String::new());
            match shared.send(Request::Steward { pool, swap, voucher, regard: regard.cloned() }).await {
                Answer::Refused(why) => wrong.set(why),
                _ => {
                    quote.set(None);
                    placed.set(Some("Signed and kept. The steward\u{2019}s pool swaps it as soon as the ledger has it, at its rate or not at all."));
                }
            }
        });
    };
    rsx! {
        div { class: "head", Heading { title: "Swap", "Swap" }
            p { class: "quiet", "Orders wait for each other and are filled together, once a minute, all at one price. Nobody gains by being first within a batch." }
        }
        form { class: "stack", onsubmit: ask,
            div { class: "field",
                label { r#for: "way", "Which for which" }
                select { id: "way", onchange: move |e| { way.set(e.value().parse().unwrap_or(0)); quote.set(None); },
                    for (n , (gives , takes)) in ways.iter().enumerate() {
                        option { key: "{n}", value: "{n}", "Give {gives.1} for {takes.1}" }
                    }
                }
            }
            div { class: "field",
                label { r#for: "amount", "How much {gives.1} you give" }
                input { id: "amount", inputmode: "decimal", autocomplete: "off", oninput: move |e| amount.set(e.value()) }
            }
            Wrong { why: wrong.cloned() }
            button { class: "button strong wide", r#type: "submit", "What would it come to?" }
        }
        div { role: "status",
            if let Some(told) = quote.cloned() {
                Told { quote: told, busy: *shared.busy.read(), onplace: place, onsteward: steward }
            }
            if let Some(said) = placed() {
                p { class: "signed", Icon { glyph: Glyph::Check, class: "small" } {said} }
            }
        }
        if !orders.is_empty() {
            section { class: "block", h2 { "Your orders" }
                ul { class: "readings rows",
                    for order in orders {
                        One { key: "{order.id}", order }
                    }
                }
            }
        }
        if let Some(pair) = pair {
            section { class: "block", h2 { "Price of {pair.base.1} in {pair.quote.1}" }
                Chart { prices: pair.prices.clone(), label: format!("Price of {} in {}", pair.base.1, pair.quote.1) }
                if !pair.pool.is_empty() {
                    p { class: "fine", "In its pool: {pair.pool}." }
                }
                p { class: "fine", "Whoever sequences the ledger sees orders before a batch closes, and can hold one back or put one in. Your worst price is what holds." }
            }
        }
    }
}

/// A quote.
#[component]
pub fn Told(
    /// What it says.
    quote: Quote,
    /// Something is being signed.
    busy: bool,
    /// It is to be placed.
    onplace: EventHandler<Swap>,
    /// It is to be swapped with a steward: the pool, what, and a voucher.
    onsteward: EventHandler<(String, Swap, String)>,
) -> Element {
    let swap = quote.swap.clone();
    let refused = !quote.refusals.is_empty();
    let when = if quote.after == 0 {
        "with the next batch".to_owned()
    } else {
        format!("with the first batch after {} UTC", words::day_and_time(Millis(quote.after)))
    };
    rsx! {
        Thoughts { warnings: quote.warnings.clone(), refusals: quote.refusals.clone() }
        if quote.market {
            section { class: "slip", "aria-label": "Quote",
                p { class: "much", "about " b { class: "num", {quote.gets.clone()} } }
                dl { class: "facts",
                    div { dt { "You give" } dd { class: "num", {quote.gives.clone()} } }
                    div { dt { "Price" } dd { class: "num", {quote.price.clone().unwrap_or_else(|| "none: nothing would be filled now".to_owned())} } }
                    div { dt { "At worst, for all of it" } dd { class: "num", "{quote.worst} (at {quote.swap.limit}, or it is not filled)" } }
                    div { dt { "Fee, at most" } dd { class: "num", {quote.fee.clone()} } }
                    div { dt { "It moves the price by" } dd { class: "num", {quote.impact.clone()} } }
                    div { dt { "Filled" } dd { {when} } }
                }
                if quote.partial {
                    p { class: "fine", "Other people\u{2019}s orders are partly hidden from this wallet, because it asks for a part of all accounts only." }
                }
                button { class: "button main wide", r#type: "button", disabled: busy || refused, onclick: move |_| onplace.call(swap.clone()), Icon { glyph: Glyph::Signed } if busy { "Signing\u{2026}" } else { "Place the order" } }
            }
        }
        for offer in quote.stewards.clone() {
            Steward { key: "{offer.row.id}", offer, swap: quote.swap.clone(), busy: busy || refused, onsteward }
        }
    }
}

/// What a steward gives for the same, at a fixed rate.
#[component]
fn Steward(offer: StewardQuote, swap: Swap, busy: bool, onsteward: EventHandler<(String, Swap, String)>) -> Element {
    let mut voucher = use_signal(String::new);
    let StewardQuote { row, gets, why } = offer;
    let whose = row.owner_name.clone().unwrap_or_else(|| short(&row.owner));
    let (pool, members) = (row.id.clone(), row.community.is_some());
    let field = format!("voucher-{}", short(&row.id));
    rsx! {
        section { class: "slip", "aria-label": "Steward pool",
            p { "A steward offers this at a fixed rate." }
            if let Some(gets) = gets.clone() {
                p { class: "much", "exactly " b { class: "num", {gets} } }
            }
            dl { class: "facts",
                div { dt { "Steward" } dd { {whose} } }
                div { dt { "Rate" } dd { class: "num", {row.rate.clone()} } }
                div { dt { "Left in all" } dd { class: "num", {row.left.clone()} } }
                if let Some(person) = row.person.clone() {
                    div { dt { "Left for you" } dd { class: "num", {person} } }
                }
                if let Some(community) = row.community.clone() {
                    div { dt { "For members of" } dd { class: "code", {community} } }
                }
            }
            if let Some(why) = why {
                p { class: "note tone-mixed", Icon { glyph: Glyph::Alert } span { "{why}." } }
            } else {
                if members {
                    div { class: "field",
                        label { r#for: "{field}", "The community\u{2019}s voucher for this account" }
                        textarea { id: "{field}", rows: "3", autocapitalize: "off", autocomplete: "off", spellcheck: "false", oninput: move |e| voucher.set(e.value()) }
                        p { class: "fine", "The ledger learns a pseudonym that the community gave you for this pool, not your name." }
                    }
                }
                button { class: "button main wide", r#type: "button", disabled: busy, onclick: move |_| onsteward.call((pool.clone(), swap.clone(), voucher.cloned())), Icon { glyph: Glyph::Signed } if busy { "Signing\u{2026}" } else { "Swap with the steward" } }
            }
        }
    }
}

#[component]
fn One(order: OrderRow) -> Element {
    let shared = wallet();
    let id = order.id.clone();
    let (tone, glyph, word) = match (order.open, order.price.is_some()) {
        (true, _) => ("tone-mixed", Glyph::Clock, format!("Open until {} UTC", words::day_and_time(Millis(order.until)))),
        (false, true) => ("tone-fits", Glyph::ShieldCheck, "Filled, proven".to_owned()),
        (false, false) => ("tone-unknown", Glyph::Dash, "Over, nothing filled".to_owned()),
    };
    let at = order.price.as_ref().map(|price| format!(" at {price}")).unwrap_or_default();
    rsx! {
        li { class: tone,
            b { {order.what.clone()} }
            p { class: "fine num", "{order.filled}{at}" }
            p { class: "how", Icon { glyph, class: "small" } {word} }
            if order.open {
                button { class: "button plain", r#type: "button", onclick: move |_| shared.go_ask(Request::Cancel { order: id.clone() }), "Take it back" }
            }
        }
    }
}
