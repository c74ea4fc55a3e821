//! The frame around every screen: the top line, the sample strip, notices, and the bar in thumb reach.

use super::{Glyph, Mark, icon, small};
use crate::ui::{
    route::{Choice, Of, Route},
    state::{SharedStoreExt, Sync, shared},
};
use dioxus::prelude::*;

/// The top line: where one is at home, and how fresh the ledger is.
#[component]
pub fn Top() -> Element {
    let sync = shared().sync();
    let status = shared().status();
    let stale = status.read().as_ref().and_then(|s| s.snapshot.as_ref()).is_some_and(|s| s.stale);
    let state = match (&*sync.read(), stale) {
        (Sync::Running(..), _) => Some((Glyph::Sync, "Syncing")),
        (Sync::Failed(_), _) => Some((Glyph::Offline, "Not synced")),
        (_, true) => Some((Glyph::Alert, "Old snapshot")),
        _ => None,
    };
    rsx! {
        header { class: "top",
            Link { class: "home", to: Route::Home {}, "aria-label": "EcoSphere, home", Mark {} "EcoSphere" }
            if let Some((glyph, word)) = state {
                Link { class: "state", to: Route::Ledger {}, {small(glyph)} {word} }
            }
            // The wallet is a page that a server gives; an app in a window has none.
            if cfg!(target_arch = "wasm32") {
                a { class: "state", href: "/wallet/index.html", {small(Glyph::Coins)} "Wallet" }
            }
        }
    }
}

/// Says that the ledger is a sample, on every screen.
#[component]
pub fn SampleStrip() -> Element {
    let status = shared().status();
    let sample = status.read().as_ref().and_then(|s| s.snapshot.as_ref()).is_some_and(|s| s.sample);
    rsx! {
        if sample {
            aside { class: "strip", "aria-label": "Sample ledger",
                p { {small(Glyph::Alert)} span { "These keys are public: a sample, not real proof." } }
            }
        }
    }
}

/// Says, on every screen, that verdicts are by an organisation's values while they are.
#[component]
pub fn Voice() -> Element {
    let status = shared().status();
    let speaks = status.read().as_ref().and_then(|s| s.speaks.clone());
    rsx! {
        if let Some(name) = speaks {
            aside { class: "strip voice", "aria-label": "By whose values",
                p { {small(Glyph::Bank)} span { "Verdicts by the values of {name}, not yours. " Link { to: Route::Ours {}, "Change" } } }
            }
        }
    }
}

/// What the engine has to say once: restarts, repairs, a store that will not last.
#[component]
pub fn Notes() -> Element {
    let all = shared();
    let status = all.status();
    let restarted = all.restarts().cloned() > all.restarts_seen().cloned();
    let seen = all.notices_seen().cloned();
    let notices: Vec<String> = status.read().as_ref().map(|s| s.notices.iter().skip(seen).cloned().collect()).unwrap_or_default();
    let shown = notices.len();
    rsx! {
        div { class: "notes", role: "status", "aria-live": "polite",
            if restarted {
                div { class: "note tone-mixed",
                    {icon(Glyph::Sync)}
                    div { p { "The app\u{2019}s engine stopped and was started again. Nothing was lost." } }
                    button {
                        class: "icon-button",
                        r#type: "button",
                        "aria-label": "Put this notice away",
                        onclick: move |_| {
                            let now = all.restarts().cloned();
                            all.restarts_seen().set(now);
                        },
                        {icon(Glyph::Close)}
                    }
                }
            }
            for (n , notice) in notices.into_iter().enumerate() {
                div { class: "note tone-mixed", key: "{n}",
                    {icon(Glyph::Alert)}
                    div { p { {notice} } }
                    if n == 0 {
                        button {
                            class: "icon-button",
                            r#type: "button",
                            "aria-label": "Put these notices away",
                            onclick: move |_| all.notices_seen().set(seen + shown),
                            {icon(Glyph::Close)}
                        }
                    }
                }
            }
        }
    }
}

/// The bar: five places, the scan in the middle.
#[component]
pub fn Bar() -> Element {
    let here = use_route::<Route>();
    let places = [
        (Route::History {}, "History", Glyph::Clock, matches!(here, Route::History {} | Route::Months {})),
        (Route::ForYou { choice: Choice::default() }, "For you", Glyph::Leaf, matches!(here, Route::ForYou { .. })),
        (Route::Scan {}, "Scan", Glyph::Scan, matches!(here, Route::Scan {})),
        (Route::Values {}, "Values", Glyph::Sliders, matches!(here, Route::Values {} | Route::Ours {} | Route::Questions {} | Route::FirstRun {})),
        (Route::Ledger {}, "Ledger", Glyph::Layers, matches!(here, Route::Ledger {} | Route::Shelf {})),
    ];
    rsx! {
        nav { class: "bar", "aria-label": "Main",
            ul {
                for (to , word , glyph , now) in places {
                    li { key: "{word}", class: if glyph == Glyph::Scan { "scan" },
                        Place { to, word, glyph, now }
                    }
                }
            }
        }
    }
}

/// A place in the bar. (Not the router's `Link`: that one calls a place current only when the part behind `#` is the same too.)
#[component]
fn Place(to: Route, word: &'static str, glyph: Glyph, now: bool) -> Element {
    let navigator = use_navigator();
    let href = to.to_string();
    rsx! {
        a {
            href,
            "aria-current": now.then_some("page"),
            onclick: move |click| {
                if click.modifiers().is_empty() {
                    click.prevent_default();
                    navigator.push(to.clone());
                }
            },
            if glyph == Glyph::Scan {
                span { class: "disc", {icon(glyph)} }
            } else {
                {icon(glyph)}
            }
            span { {word} }
        }
    }
}

/// The address of a subject's verdict.
#[must_use]
pub fn verdict_of(number: u32) -> Route {
    Route::Verdict { of: Of::Number(number) }
}
