//! What the device holds and how far it can be trusted.

use crate::{
    engine::wire::{EngineError, Request, Snapshot, Status, WORLD},
    ui::{
        ask::ask_for,
        browser,
        components::{Glyph, Heading, SyncProgress, Trouble, icon},
        route::Route,
        state::{self, SharedStoreExt, Sync, shared},
        words,
    },
};
use dioxus::prelude::*;
use std::collections::BTreeSet;

/// The ledger's state, and about the app.
#[component]
pub fn Ledger() -> Element {
    let status = shared().status();
    let sync = shared().sync();
    let running = matches!(*sync.read(), Sync::Running(..));
    let now = status.cloned();
    let durable = now.as_ref().is_none_or(|s| s.durable);
    let evidence = now.as_ref().map_or(0, |s| s.evidence);
    let markets: BTreeSet<String> = now.iter().flat_map(|s| &s.ledgers).filter_map(|l| l.snapshot.as_ref()).flat_map(|s| s.markets.clone()).collect();
    let snapshot = now.and_then(|s| s.snapshot);
    let stale = snapshot.as_ref().is_some_and(|s| s.stale);
    rsx! {
        div { class: "head",
            Heading { title: "Ledger", "Your ledger snapshot" }
            p { class: "quiet", "Verdicts are checked against this snapshot, on this phone. Nobody learns what you scan: every sync asks every ledger for the same files." }
        }
        match snapshot {
            Some(snapshot) => rsx! { Held { snapshot } },
            None => rsx! { div { class: "empty", {icon(Glyph::Layers)} p { "There is no snapshot on this phone yet." } } },
        }
        if !markets.is_empty() {
            Market { markets, running }
        }
        div { class: "block",
            match &*sync.read() {
                Sync::Failed(error) => rsx! { Trouble { error: error.clone() } },
                Sync::Done if stale => rsx! {
                    p { class: "note tone-mixed", role: "status", {icon(Glyph::Alert)} "The ledger was reached, but gives nothing newer. Your snapshot stays old; try another address, or ask who runs it." }
                },
                Sync::Done => rsx! { p { class: "note tone-fits", role: "status", {icon(Glyph::Check)} "As fresh as the ledger." } },
                _ => rsx! { SyncProgress {} },
            }
            button {
                class: "button main wide",
                style: "margin-top: .75rem",
                r#type: "button",
                disabled: running,
                onclick: move |_| state::sync(true),
                {icon(Glyph::Sync)}
                if running { "Syncing\u{2026}" } else { "Sync now" }
            }
        }
        if evidence > 0 {
            Contradicted { evidence }
        }
        if !durable {
            div { class: "block note tone-mixed", {icon(Glyph::Alert)} div { p { "This browser keeps nothing: your values and history are gone when the page is closed. A secure address (https) or another browser keeps them." } } }
        }
        super::ledgers::Ledgers {}
        section { class: "block",
            h2 { "Try it" }
            p { "A printable sheet of sample passports, with an example of every outcome. Print it or open it on another screen, then scan." }
            Link { class: "button wide", style: "margin-top: .75rem", to: Route::Shelf {}, {icon(Glyph::Print)} "Open the shelf sheet" }
        }
        // The desk is a page that a server gives; an app in a window has none.
        if cfg!(target_arch = "wasm32") {
            section { class: "block",
                h2 { "For organisations" }
                p { "Bring files of your own system, sign passports, print their codes. It is a page of its own, fetched only when you open it." }
                a { class: "button wide", style: "margin-top: .75rem", href: "/organisation/index.html", {icon(Glyph::Load)} "Open the desk" }
            }
        }
        section { class: "block",
            h2 { "Where the data comes from" }
            p { class: "quiet",
                "Products: Open Food Facts and Open Beauty Facts contributors, Open Database Licence. Brands and their owners: WikiRate, CC BY 4.0. Recorded as they say it, never as if a brand had signed. Shops, projects and chains marked \u{201c}made up\u{201d} are fictional."
            }
        }
    }
}

/// Where the person shops: which market's snapshot to hold.
#[component]
fn Market(markets: BTreeSet<String>, running: bool) -> Element {
    let chosen = shared().status().cloned().map(|s| s.market).unwrap_or_default();
    let mut failed = use_signal(|| None::<EngineError>);
    let choose = move |event: FormEvent| async move {
        match ask_for::<Status>(Request::SetMarket(event.value())).await {
            Ok(status) => {
                failed.set(None);
                shared().status().set(Some(status));
                state::sync(true).await;
            }
            Err(error) => failed.set(Some(error)),
        }
    };
    rsx! {
        div { class: "field block",
            label { r#for: "market", "Where you shop" }
            select { id: "market", disabled: running, onchange: choose,
                option { value: WORLD, selected: chosen == WORLD, {words::market(WORLD)} }
                for id in markets {
                    option { key: "{id}", value: "{id}", selected: id == chosen, {words::market(&id)} }
                }
            }
            p { class: "quiet", "A country's snapshot leaves out what is only sold elsewhere. The server learns the country, and nothing else." }
            if let Some(error) = failed() {
                Trouble { error }
            }
        }
    }
}

/// Says that a ledger signed two things that cannot both be true, and gives them as a file.
#[component]
fn Contradicted(evidence: u32) -> Element {
    let mut file = use_signal(|| None::<String>);
    let export = move |_| async move {
        if let Ok(text) = ask_for::<String>(Request::Evidence).await {
            file.set(Some(browser::text_file(&text)));
        }
    };
    rsx! {
        div { class: "block note tone-against", {icon(Glyph::Alert)}
            div {
                p { b { "A ledger contradicted itself. " } "It signed checkpoints that cannot both be true ({evidence} kept). Your snapshot is still the last good one. Give the evidence to those who watch the ledger." }
                if let Some(address) = file.cloned() {
                    a { class: "button wide", href: address, download: "evidence.json", {icon(Glyph::Save)} "Save evidence.json" }
                } else {
                    button { class: "button wide", r#type: "button", onclick: export, {icon(Glyph::Save)} "Export the evidence" }
                }
            }
        }
    }
}

#[component]
fn Held(snapshot: Snapshot) -> Element {
    let counts = [
        ("Products", snapshot.products),
        ("Brands and owners", snapshot.organisations),
        ("Projects", snapshot.projects),
        ("Shops", snapshot.retailers),
    ];
    rsx! {
        if snapshot.sample {
            div { class: "note tone-mixed", style: "margin-bottom: 1rem",
                {icon(Glyph::Alert)}
                div { p { b { "A sample. " } "Its keys are public, so anybody could have signed anything here: nothing in it is real proof, and it does not grow old." } }
            }
        }
        if snapshot.stale {
            div { class: "note tone-mixed", style: "margin-bottom: 1rem", {icon(Glyph::Alert)} div { p { "This snapshot is {snapshot.days} days old: prices may have moved, and a revocation may be missing. Sync when you are online." } } }
        }
        dl { class: "counts",
            for (what , number) in counts {
                div { key: "{what}", dt { {what} } dd { {words::count(u64::from(number))} } }
            }
        }
        dl { class: "facts", style: "margin-top: 1rem",
            div { dt { "Ledger" } dd { class: "code", {snapshot.origin} } }
            if snapshot.market != WORLD {
                div { dt { "Market" } dd { {words::market(&snapshot.market)} } }
            }
            div { dt { "As of" } dd { "{words::day_and_time(snapshot.time)} UTC, batch {snapshot.batch}, {words::count(snapshot.log_size)} entries" } }
        }
    }
}
