//! The wallet on its page: set up, open, hold, ask, pay, swap, look back.
//!
//! A page of its own, served only to whoever opens it, with the app's pieces, words and style. It knows only
//! [`purse::wire`](crate::purse::wire) and, in a browser, `purse::client`. A request for payment that the app's camera saw is handed over
//! in memory.

mod accounts;
mod backup;
mod camera;
mod chart;
mod hold;
mod lock;
mod pay;
mod people;
mod receive;
mod setup;
mod shared;
mod swap;
#[cfg(test)]
mod tests;

use super::{
    browser,
    components::{Glyph, Heading, Icon, Mark},
    paying,
};
use crate::purse::wire::Request;
use dioxus::prelude::*;
use hold::{Hold, Past};
use pay::Pay;
use receive::Receive;
use setup::{Begin, Unlock};
use shared::{Place, Stage, Wallet as Shared, wallet};
use swap::Swaps;

/// How often it is looked whether there is news: while something is on its way, and else. In milliseconds.
const SOON: i32 = 2_000;
const LATER: i32 = 20_000;
/// The wallet locks itself after so long without a touch, in milliseconds.
const LOCKS_AFTER: i64 = 5 * 60_000;

/// The wallet's page.
#[allow(non_snake_case, reason = "components are named like types")]
pub fn Wallet() -> Element {
    let shared = use_context_provider(Shared::new);
    use_future(move || async move {
        shared.send(Request::Open).await;
    });
    use_future(move || async move {
        if let Some(handed) = paying::handed_over().await {
            let mut asked = shared.asked;
            asked.set(handed);
            shared.go(Place::Pay);
        }
    });
    use_future(move || watch(shared));
    rsx! { Frame {} }
}

/// Brings news, and locks what nobody touches.
async fn watch(shared: Shared) {
    loop {
        browser::pause(if shared.waits() { SOON } else { LATER }).await;
        if cfg!(not(target_arch = "wasm32")) {
            return;
        }
        if *shared.stage.peek() != Stage::Open {
            continue;
        }
        if shared.idle() > LOCKS_AFTER {
            shared.send(Request::Lock).await;
        } else if !*shared.busy.peek() {
            shared.quietly(Request::Update).await;
        }
    }
}

/// Top line, what is to be said, the place, the bar.
#[component]
fn Frame() -> Element {
    let shared = wallet();
    let stage = *shared.stage.read();
    let touched = move || shared.touch();
    rsx! {
        div { class: "app purse", onpointerdown: move |_| touched(), onkeydown: move |_| touched(),
            header { class: "top no-print",
                a { class: "home", href: "/", "aria-label": "EcoSphere, home", Mark {} "EcoSphere" }
                if stage == Stage::Open {
                    button { class: "button plain lock", r#type: "button", onclick: move |_| shared.go_ask(Request::Lock), Icon { glyph: Glyph::Lock } "Lock" }
                }
            }
            if shared.view.read().sample {
                aside { class: "strip", "aria-label": "Sample ledger",
                    p { Icon { glyph: Glyph::Alert, class: "small" } span { "This ledger\u{2019}s keys are public: nothing here is worth anything." } }
                }
            }
            main { id: "page", tabindex: "-1",
                match stage {
                    Stage::Loading => rsx! { div { class: "head", Heading { title: "Wallet", "Your wallet" } p { class: "quiet", role: "status", "Opening\u{2026}" } } },
                    Stage::Nothing => rsx! { Begin {} },
                    Stage::Locked => rsx! { Unlock {} },
                    Stage::Open => rsx! { Open {} },
                }
            }
            if stage == Stage::Open {
                Bar {}
            }
        }
    }
}

/// The place where one is.
#[component]
fn Open() -> Element {
    let shared = wallet();
    use_future(move || async move {
        shared.quietly(Request::Update).await;
    });
    rsx! {
        Said {}
        match *shared.place.read() {
            Place::Hold => rsx! { Hold {} },
            Place::Receive => rsx! { Receive {} },
            Place::Pay => rsx! { Pay {} },
            Place::Swap => rsx! { Swaps {} },
            Place::Past => rsx! { Past {} },
        }
    }
}

/// What went wrong, and that the words were not written down yet.
#[component]
fn Said() -> Element {
    let shared = wallet();
    let trouble = shared.trouble.cloned();
    rsx! {
        div { role: "status", class: "said",
            if let Some(why) = trouble {
                div { class: "note tone-mixed", Icon { glyph: Glyph::Alert }
                    div { p { "{why}." } button { class: "button", r#type: "button", onclick: move |_| shared.go_ask(Request::Update), Icon { glyph: Glyph::Sync } "Try again" } }
                }
            }
        }
    }
}

#[component]
fn Bar() -> Element {
    let shared = wallet();
    let here = *shared.place.read();
    let places = [
        (Place::Hold, "Wallet", Glyph::Coins),
        (Place::Receive, "Receive", Glyph::Down),
        (Place::Pay, "Pay", Glyph::Scan),
        (Place::Swap, "Swap", Glyph::Loop),
        (Place::Past, "History", Glyph::Clock),
    ];
    rsx! {
        nav { class: "bar", "aria-label": "Wallet",
            ul {
                for (to , word , glyph) in places {
                    li { key: "{word}", class: if to == Place::Pay { "scan" },
                        a {
                            href: "#",
                            "aria-current": (here == to).then_some("page"),
                            onclick: move |click| {
                                click.prevent_default();
                                shared.go(to);
                            },
                            if to == Place::Pay {
                                span { class: "disc", Icon { glyph } }
                            } else {
                                Icon { glyph }
                            }
                            span { {word} }
                        }
                    }
                }
            }
        }
    }
}
