//! The device's own lock (a fingerprint, a face, a PIN) beside the passphrase, where the browser lets a page ask it for a secret: WebAuthn's `prf`.

use super::{setup::Wrong, shared::wallet};
use crate::{
    purse::wire::{Answer, Quickened, Request},
    ui::components::{Glyph, Icon},
};
use dioxus::prelude::*;

#[cfg(all(target_arch = "wasm32", feature = "purse"))]
mod page {
    use super::Quickened;
    use js_sys::Array;
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/platforms/web/wallet/glue.js")]
    extern "C" {
        #[wasm_bindgen(js_name = hasLock)]
        pub fn has_lock() -> bool;
        #[wasm_bindgen(catch, js_name = askLock)]
        async fn js_ask_lock(credential: &str, salt: &str) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(catch, js_name = newLock)]
        async fn js_new_lock() -> Result<JsValue, JsValue>;
    }

    /// None where the lock was not opened, or gives no secret.
    pub async fn ask_lock(quick: &Quickened) -> Option<String> {
        js_ask_lock(&quick.credential, &quick.salt).await.ok()?.as_string()
    }

    pub async fn new_lock() -> Option<Quickened> {
        let made: Array = js_new_lock().await.ok()?.dyn_into().ok()?;
        let text = |at| made.get(at).as_string();
        Some(Quickened { credential: text(0)?, salt: text(1)?, secret: text(2)? })
    }
}

#[cfg(not(all(target_arch = "wasm32", feature = "purse")))]
mod page {
    use super::Quickened;

    pub fn has_lock() -> bool {
        false
    }
    pub async fn ask_lock(_quick: &Quickened) -> Option<String> {
        None
    }
    pub async fn new_lock() -> Option<Quickened> {
        None
    }
}

/// Opening with the device's lock, where that was set up.
#[component]
pub fn Quick() -> Element {
    let shared = wallet();
    let mut quick = use_signal(|| None::<Quickened>);
    let mut wrong = use_signal(String::new);
    use_future(move || async move {
        if let Answer::Quick(known) = shared.quietly(Request::Quick).await {
            quick.set(known.filter(|_| page::has_lock()));
        }
    });
    let Some(known) = quick.cloned() else { return rsx! {} };
    let open = move |_| {
        let known = known.clone();
        spawn(async move {
            let Some(secret) = page::ask_lock(&known).await else {
                return wrong.set("this device\u{2019}s lock was not opened; try again, or take the passphrase".to_owned());
            };
            if let Answer::Refused(why) = shared.send(Request::UnlockQuick { secret }).await {
                wrong.set(why);
            }
        });
    };
    rsx! {
        div { class: "stack",
            button { class: "button main wide", r#type: "button", disabled: *shared.busy.read(), onclick: open, Icon { glyph: Glyph::Lock } "Open with this device\u{2019}s lock" }
            Wrong { why: wrong.cloned() }
        }
    }
}

/// Setting it up, and leaving it again.
#[component]
pub fn Quicken() -> Element {
    let shared = wallet();
    let mut on = use_signal(|| None::<bool>);
    let mut wrong = use_signal(String::new);
    use_future(move || async move {
        if page::has_lock()
            && let Answer::Quick(known) = shared.quietly(Request::Quick).await
        {
            on.set(Some(known.is_some()));
        }
    });
    let Some(is_on) = on() else { return rsx! {} };
    let change = move |_| {
        spawn(async move {
            wrong.set(String::new());
            let made = if is_on { None } else { page::new_lock().await };
            if !is_on && made.is_none() {
                return wrong
                    .set("this device\u{2019}s lock gives no secret to pages, or was not opened; the passphrase stays the only way in".to_owned());
            }
            match shared.send(Request::Quicken(made)).await {
                Answer::Refused(why) => wrong.set(why),
                _ => on.set(Some(!is_on)),
            }
        });
    };
    rsx! {
        details { class: "block",
            summary { "Open with this device\u{2019}s lock" }
            div { class: "stack",
                p { class: "fine", "Your fingerprint, face or PIN, in place of typing the passphrase. Whoever opens this device\u{2019}s lock then opens the wallet here too. The passphrase always works; nothing of it leaves the device." }
                p { role: "status", if is_on { "It is on." } else { "It is off." } }
                button { class: "button", r#type: "button", disabled: *shared.busy.read(), onclick: change, Icon { glyph: Glyph::Lock, class: "small" } if is_on { "Turn it off" } else { "Turn it on" } }
                Wrong { why: wrong.cloned() }
            }
        }
    }
}
