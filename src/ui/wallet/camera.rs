//! The camera within the wallet, so that looking for a request does not lock it: nothing is left, and the same time without a touch locks it.

use super::setup::Wrong;
use crate::{
    engine::client::{self, errand::Lent},
    ui::{
        browser,
        components::{Glyph, Icon},
    },
};
use dioxus::prelude::*;

/// The id of the video element that the camera fills.
const VIDEO: &str = "camera";
/// Every how many frames the engine tries harder.
const THOROUGH_EVERY: u32 = 4;
/// Rest between two frames, in milliseconds: the battery is worth it.
const REST: i32 = 60;
/// How every request begins.
const REQUEST: &str = "ecosphere:";

/// Looks until it finds a request; says why it cannot.
async fn look(mut other: Signal<bool>) -> Result<String, String> {
    client::camera_start(VIDEO).await?;
    let mut engine = Lent::start().map_err(|why| why.to_string())?;
    let mut frame = 0_u32;
    loop {
        frame = frame.wrapping_add(1);
        match engine.camera_code(frame.is_multiple_of(THOROUGH_EVERY)).await {
            Ok(Some(code)) if code.starts_with(REQUEST) => return Ok(code),
            Ok(Some(_)) => other.set(true),
            Ok(None) => {}
            Err(why) => return Err(why.to_string()),
        }
        browser::pause(REST).await;
    }
}

/// What the camera sees, until it sees a request for payment.
#[component]
pub fn Camera(
    /// It sees this one.
    onfound: EventHandler<String>,
    /// The person looks no longer.
    onclose: EventHandler,
) -> Element {
    let other = use_signal(|| false);
    let mut wrong = use_signal(String::new);
    use_future(move || async move {
        match look(other).await {
            Ok(code) => {
                browser::buzz();
                onfound.call(code);
            }
            Err(why) => wrong.set(why.trim_end_matches('.').to_owned()),
        }
    });
    use_drop(client::camera_stop);
    let say = if other() { "That is no request for payment. Point at another code." } else { "Point at the code of the request" };
    rsx! {
        section { class: "finder", "aria-label": "Camera", hidden: !wrong.read().is_empty(),
            video { id: VIDEO, muted: true, autoplay: true, "playsinline": "true", "aria-hidden": "true" }
            p { class: "say", role: "status", {say} }
        }
        Wrong { why: wrong.cloned() }
        button { class: "button wide", r#type: "button", onclick: move |_| onclose.call(()), Icon { glyph: Glyph::Stop, class: "small" } "Stop looking" }
    }
}
