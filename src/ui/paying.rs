//! From the camera to the wallet, a page of its own: a request for payment, and what the device thinks of who asks.

use crate::wallet::Regard;
use serde::{Deserialize, Serialize};

/// What is handed over.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only pages hand over"))]
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Handed {
    /// The request.
    pub request: String,
    /// The organisation that asks, as this device's snapshot and the person's values see it; `None`: none is known.
    pub regard: Option<Regard>,
}

/// Where the wallet shows what it is asked to pay.
#[cfg(target_arch = "wasm32")]
const PAYS: &str = "/wallet/index.html#pay";

#[cfg(target_arch = "wasm32")]
mod page {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/platforms/web/glue.js")]
    extern "C" {
        #[wasm_bindgen(catch, js_name = handOver)]
        pub async fn hand_over(bytes: &[u8]) -> Result<JsValue, JsValue>;
        #[cfg(feature = "purse")]
        #[wasm_bindgen(catch, js_name = handedOver)]
        pub async fn handed_over() -> Result<JsValue, JsValue>;
    }
}

/// Hands a request for payment to the wallet, and goes there. It stands in no address: a browser keeps those, and nobody locks them up. Where there is
/// no service worker to carry it, the wallet asks for its link. False outside a browser, and of anything else.
#[must_use]
pub fn pays(code: &str) -> bool {
    #[cfg(target_arch = "wasm32")]
    if let Some(rest) = code.strip_prefix("ecosphere:did:key:") {
        use super::ask::ask;
        use crate::{
            engine::wire::{Answer, Request},
            statement::DidKey,
        };
        let who = DidKey::try_from(format!("did:key:{}", rest.split('?').next().unwrap_or_default())).ok();
        let request = code.to_owned();
        dioxus::prelude::spawn(async move {
            let regard = match who {
                Some(who) => ask(Request::Regard(who)).await.ok(),
                None => None,
            };
            let regard = if let Some(Answer::Regard(regard)) = regard { regard } else { None };
            if let Ok(bytes) = postcard::to_stdvec(&Handed { request, regard }) {
                let _ = page::hand_over(&bytes).await;
            }
            if let Some(window) = web_sys::window() {
                let _ = window.location().set_href(PAYS);
            }
        });
        return true;
    }
    let _ = code;
    false
}

/// Whether the wallet was opened to pay, and what the page before handed over for that.
#[cfg(any(all(test, feature = "device"), all(target_arch = "wasm32", feature = "purse")))]
pub async fn handed_over() -> Option<Handed> {
    #[cfg(target_arch = "wasm32")]
    if super::browser::address().is_some_and(|address| address.ends_with("#pay")) {
        use wasm_bindgen::JsCast as _;
        let bytes = page::handed_over().await.ok().and_then(|handed| handed.dyn_into::<js_sys::Uint8Array>().ok());
        return Some(bytes.and_then(|bytes| postcard::from_bytes(&bytes.to_vec()).ok()).unwrap_or_default());
    }
    None
}
