//! The address bar and the way back, by the [History API](https://html.spec.whatwg.org/multipage/nav-history-apis.html#the-history-interface).
//!
//! Dioxus has one of its own, in a part of which the app needs nothing else and which weighs 28 kB; this is the same for an app that
//! lies at the root of its origin. With every address is kept how far down the page was, and going back returns there.

use std::{rc::Rc, sync::Arc};

use dioxus_history::History;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

/// The history of this tab.
pub struct Address {
    window: web_sys::Window,
    history: web_sys::History,
}

impl Address {
    /// The one of this page; none where there is no page, or a history that may not be used.
    pub fn of_page() -> Option<Rc<dyn History>> {
        let window = web_sys::window()?;
        let history = window.history().ok()?;
        // The browser would scroll before the screen is drawn; a browser that cannot leave it is no worse off.
        let _ = history.set_scroll_restoration(web_sys::ScrollRestoration::Manual);
        Some(Rc::new(Self { window, history }))
    }

    /// Keeps with the address that is left how far down it was.
    fn leave(&self) {
        let place = Array::of2(&number(self.window.scroll_x()), &number(self.window.scroll_y()));
        let _ = self.history.replace_state_with_url(&place, "", None);
    }

    fn top(&self) {
        self.window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

impl History for Address {
    fn current_route(&self) -> String {
        let location = self.window.location();
        let parts = [location.pathname(), location.search(), location.hash()];
        parts.into_iter().filter_map(Result::ok).collect()
    }

    fn go_back(&self) {
        let _ = self.history.back();
    }

    fn go_forward(&self) {
        let _ = self.history.forward();
    }

    fn push(&self, route: String) {
        if route == self.current_route() {
            return;
        }
        self.leave();
        if self.history.push_state_with_url(&JsValue::NULL, "", Some(&route)).is_ok() {
            self.top();
        }
    }

    fn replace(&self, route: String) {
        if self.history.replace_state_with_url(&JsValue::NULL, "", Some(&route)).is_ok() {
            self.top();
        }
    }

    fn external(&self, url: String) -> bool {
        self.window.location().set_href(&url).is_ok()
    }

    fn updater(&self, changed: Arc<dyn Fn() + Send + Sync>) {
        let (window, history) = (self.window.clone(), self.history.clone());
        let moved = Closure::<dyn FnMut()>::new(move || {
            changed();
            let place = history.state().ok().and_then(|state| state.dyn_into::<Array>().ok());
            let [x, y] = [0, 1].map(|at| place.as_ref().and_then(|place| place.get(at).as_f64()).unwrap_or(0.0));
            // Once the screen of before is drawn again.
            let window_then = window.clone();
            let back = Closure::once_into_js(move || window_then.scroll_to_with_x_and_y(x, y));
            let _ = window.request_animation_frame(back.unchecked_ref());
        });
        // For as long as the page is there.
        let _ = self.window.add_event_listener_with_callback("popstate", moved.into_js_value().unchecked_ref());
    }
}

fn number(value: Result<f64, JsValue>) -> JsValue {
    JsValue::from_f64(value.unwrap_or(0.0))
}
