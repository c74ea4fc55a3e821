//! The screens: a phone app in Dioxus, the same in a browser, a desktop window and on a phone.
//!
//! *In:* a person's taps and the engine's answers. *Out:* requests to the engine. This room knows only
//! [`engine::wire`](crate::engine::wire), [`engine::client`](crate::engine::client) and the plain types these carry; and of the desk and the purse, the same two.
//!
//! | file | what it does |
//! |---|---|
//! | `route.rs` | the addresses; what was scanned stands behind `#`, which no browser sends to a server |
//! | `state.rs` | what several screens share: one store with lenses; opening, syncing |
//! | `ask.rs` | the one way to the engine |
//! | `words.rs` | how bands, outcomes and states are called and drawn: no colour without an icon and a word |
//! | `address.rs` | the address bar and the way back, in a browser |
//! | `browser.rs` | the few things only the page can do |
//! | `paying.rs` | from the camera to the wallet |
//! | `components/` | the pieces; `views/` the screens |
//! | `organisation/`, `wallet/` | the supplier's desk and the wallet, pages of their own that the app links to |
//!
//! The style is `assets/style/`: in a browser in the head of the page, where `platforms/xtask` puts it, so that it is there before the first
//! screen is; elsewhere in the binary as text. No asset pipeline, no download, the same on every target.
//! The first screen is also prerendered (`platforms/web/first-screen.html`); the app replaces it when it starts.

#![allow(unused_qualifications, reason = "the rsx macro's own code is reported at attributes")]

#[cfg(target_arch = "wasm32")]
mod address;
mod ask;
mod browser;
mod components;
#[cfg(any(all(test, feature = "organisation-files"), all(target_arch = "wasm32", feature = "organisation")))]
mod organisation;
mod paying;
mod route;
mod state;
#[cfg(test)]
mod tests;
mod views;
#[cfg(any(all(test, feature = "device"), all(target_arch = "wasm32", feature = "purse")))]
mod wallet;
mod words;

use dioxus::prelude::*;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
pub use organisation::Organisation;
use route::Route;
#[cfg(all(target_arch = "wasm32", feature = "purse"))]
pub use wallet::Wallet;

/// The whole style sheet.
#[cfg(not(target_arch = "wasm32"))]
const STYLE: &str = concat!(
    include_str!("../../assets/style/tokens.css"),
    include_str!("../../assets/style/base.css"),
    include_str!("../../assets/style/frame.css"),
    include_str!("../../assets/style/pieces.css"),
    include_str!("../../assets/style/story.css"),
    include_str!("../../assets/style/views.css"),
    include_str!("../../assets/style/learn.css"),
);

/// The app.
#[allow(non_snake_case, reason = "components are named like types")]
pub fn App() -> Element {
    #[cfg(target_arch = "wasm32")]
    use_hook(|| address::Address::of_page().map(dioxus_history::provide_history_context));
    use_future(state::listen);
    use_future(state::open);
    rsx! {
        {style()}
        Router::<Route> {}
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn style() -> Element {
    rsx! {
        style { dangerous_inner_html: STYLE }
    }
}

/// The page's head has it.
#[cfg(target_arch = "wasm32")]
fn style() -> Element {
    VNode::empty()
}
