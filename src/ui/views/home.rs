//! The first screen: what this is, for whoever does not know it yet. Whoever does goes on to the scan.

use super::first_run::PLACE;
use crate::ui::{
    browser,
    components::{Actions, Glyph, Heading, Waiting, icon},
    route::Route,
    state::{SharedStoreExt, set_profile, shared},
};
use dioxus::prelude::*;

/// What the app promises, in the order in which people ask.
const PROMISES: [(Glyph, &str, &str); 3] = [
    (Glyph::Offline, "Works in any shop", "Once synced, everything happens on this phone, with no network at all."),
    (Glyph::Lock, "Stays with you", "What you value and what you scan never leave this phone."),
    (Glyph::Ask, "Says what it does not know", "What nobody has shown is called unknown, never good or bad."),
];

/// The first screen. It is also the prerendered one, so it says nothing that depends on the device until that is known.
#[component]
pub fn Home() -> Element {
    let navigator = use_navigator();
    let status = shared().status();
    let is_open = status.read().is_some();
    let begun = use_hook(|| browser::kept(PLACE).is_some());
    use_effect(move || {
        if status.read().as_ref().is_some_and(|s| s.has_profile) && !begun {
            navigator.replace(Route::Scan {});
        }
    });
    let skip = move |_| async move {
        // Whoever has begun keeps what they said so far.
        let known = shared().profile().peek().clone().unwrap_or_default();
        if set_profile(known).await.is_ok() {
            navigator.push(Route::Scan {});
        }
    };
    rsx! {
        div { class: "welcome",
            section { class: "hero",
                {scene()}
                Heading { title: "Welcome", "Know what you are buying." }
                p { "Scan a product\u{2019}s passport. At one glance: is it genuine, does it fit what matters to you, and what would fit better." }
            }
            if is_open {
                ul { class: "three-things",
                    for (glyph , title , text) in PROMISES {
                        li { key: "{title}", {icon(glyph)} div { b { {title} } span { class: "quiet", {text} } } }
                    }
                }
                Actions {
                    button { class: "button", r#type: "button", onclick: skip, "Just scan" }
                    Link { class: "button main", to: Route::FirstRun {},
                        if begun { "Go on: what matters" } else { "What matters to you" }
                    }
                }
            } else {
                Waiting { what: "Opening\u{2026}" }
            }
        }
    }
}

/// A sphere in the finder's corners: the app in one picture.
fn scene() -> Element {
    rsx! {
        svg { class: "scene", view_box: "44 6 152 138", "aria-hidden": "true",
            path {
                d: "M52 34V22a10 10 0 0 1 10-10h12M166 12h12a10 10 0 0 1 10 10v12M188 116v12a10 10 0 0 1-10 10h-12M74 138H62a10 10 0 0 1-10-10v-12",
                fill: "none", stroke: "#ffc233", stroke_width: "4", stroke_linecap: "round", stroke_linejoin: "round",
            }
            circle { cx: "120", cy: "75", r: "50", fill: "#0a4d55" }
            path { d: "M70.8 66C84 46 100 88 122 66 138 50 154 50 165.5 54.5A50 50 0 1 1 70.8 66", fill: "#5fd3a4" }
            path { d: "M70.8 66C84 46 100 88 122 66 138 50 154 50 165.5 54.5", fill: "none", stroke: "#eafaf5", stroke_width: "4", stroke_linecap: "round" }
            path { d: "M100 92l14 14 27-32", fill: "none", stroke: "#05282e", stroke_width: "9", stroke_linecap: "round", stroke_linejoin: "round" }
        }
    }
}
