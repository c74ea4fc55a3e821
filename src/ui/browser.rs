//! The few things only the page itself can do. Each has a harmless answer where there is no page.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What an app outside a browser syncs from unless told otherwise.
#[cfg(not(target_arch = "wasm32"))]
const LOCAL_LEDGER: &str = "http://localhost:8080/ledger/";

#[cfg(target_arch = "wasm32")]
mod page {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(catch, js_namespace = ["navigator", "clipboard"], js_name = readText)]
        pub async fn read_clipboard() -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_namespace = window)]
        pub fn print();
    }

    pub fn local() -> Option<web_sys::Storage> {
        web_sys::window()?.local_storage().ok().flatten()
    }
}

/// The ledger that belongs to this page.
#[must_use]
pub fn ledger_url() -> String {
    #[cfg(target_arch = "wasm32")]
    return format!("{}/ledger/", web_sys::window().and_then(|w| w.location().origin().ok()).unwrap_or_default());
    #[cfg(not(target_arch = "wasm32"))]
    return std::env::var("ECOSPHERE_LEDGER").unwrap_or_else(|_| LOCAL_LEDGER.into());
}

/// The whole address of the page, for a passport link that was opened with the phone's own camera.
#[must_use]
pub fn address() -> Option<String> {
    #[cfg(target_arch = "wasm32")]
    return web_sys::window()?.location().href().ok();
    #[cfg(not(target_arch = "wasm32"))]
    return None;
}

/// True where the browser lets a page use the camera at all.
#[must_use]
pub fn is_secure() -> bool {
    #[cfg(target_arch = "wasm32")]
    return web_sys::window().is_some_and(|w| w.is_secure_context());
    #[cfg(not(target_arch = "wasm32"))]
    return true;
}

/// What was copied, if the browser allows to look.
pub async fn clipboard() -> Option<String> {
    #[cfg(target_arch = "wasm32")]
    return page::read_clipboard().await.ok()?.as_string().filter(|text| !text.trim().is_empty());
    #[cfg(not(target_arch = "wasm32"))]
    return None;
}

/// Names the page.
pub fn set_title(screen: &str) {
    #[cfg(target_arch = "wasm32")]
    if let Some(document) = web_sys::window().and_then(|w| w.document()) {
        document.set_title(&format!("{screen} \u{b7} EcoSphere"));
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = screen;
}

/// Scrolls to the element of this id.
pub fn show(id: &str) {
    #[cfg(target_arch = "wasm32")]
    if let Some(element) = web_sys::window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id(id)) {
        element.scroll_into_view();
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = id;
}

/// Puts the focus on the element of this id.
pub fn focus(id: &str) {
    #[cfg(target_arch = "wasm32")]
    {
        use wasm_bindgen::JsCast;
        let element = web_sys::window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id(id));
        if let Some(element) = element.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
            // What cannot take the focus leaves it where it is.
            let _ = element.focus();
        }
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = id;
}

/// Lets the page draw and listen before more is done. Off the web it is a no-op.
pub async fn breathe() {
    #[cfg(target_arch = "wasm32")]
    {
        let soon = js_sys::Promise::new(&mut |resolve, _| {
            // A page that is going away never gets there, and needs no more.
            let _ = web_sys::window().map(|window| window.set_timeout_with_callback(&resolve));
        });
        let _ = wasm_bindgen_futures::JsFuture::from(soon).await;
    }
}

/// A short buzz in the hand, where the device can: a code was read.
pub fn buzz() {
    #[cfg(target_arch = "wasm32")]
    if let Some(window) = web_sys::window() {
        window.navigator().vibrate_with_duration(40);
    }
}

/// Opens the print dialogue.
pub fn print() {
    #[cfg(target_arch = "wasm32")]
    page::print();
}

/// Keeps a word on this device, for what is not worth the store (how far the first run is).
pub fn keep(name: &str, value: Option<&str>) {
    #[cfg(target_arch = "wasm32")]
    if let Some(storage) = page::local() {
        // Without local storage the first run simply starts at its beginning.
        let _ = match value {
            Some(value) => storage.set_item(name, value),
            None => storage.remove_item(name),
        };
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = (name, value);
}

/// A word kept by [`keep`].
#[must_use]
pub fn kept(name: &str) -> Option<String> {
    #[cfg(target_arch = "wasm32")]
    return page::local()?.get_item(name).ok().flatten();
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = name;
        None
    }
}

/// A text as an address that a download link can point to.
#[must_use]
pub fn text_file(text: &str) -> String {
    format!("data:application/json;charset=utf-8,{}", utf8_percent_encode(text, NON_ALPHANUMERIC))
}

/// Waits. (Outside a browser nothing here waits, because nothing there turns camera frames.)
pub async fn pause(milliseconds: i32) {
    #[cfg(target_arch = "wasm32")]
    {
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            if let Some(window) = web_sys::window() {
                let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
            }
        });
        let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = milliseconds;
}
