//! The frame every screen stands in.

use crate::{
    engine::wire::EngineError,
    ui::{
        browser,
        components::{Bar, Glyph, Heading, Notes, SampleStrip, Top, Trouble, Voice, icon},
        route::Route,
        state::{self, SharedStoreExt, shared},
    },
};
use dioxus::prelude::*;

/// Top line, sample strip, notices, the screen, the bar.
#[component]
pub fn Bars() -> Element {
    let closed = shared().closed();
    // The first run is one short conversation: nothing beside it.
    let asks = matches!(use_route::<Route>(), Route::FirstRun {});
    rsx! {
        div { class: "app",
            a {
                class: "skip",
                href: "#page",
                onclick: |click: MouseEvent| {
                    // The page has a base address, against which "#page" alone would be another page.
                    click.prevent_default();
                    browser::focus("page");
                },
                "Skip to the page"
            }
            Top {}
            SampleStrip {}
            Voice {}
            Notes {}
            main { id: "page", tabindex: "-1",
                if let Some(error) = closed.cloned() {
                    Closed { error }
                } else {
                    Outlet::<Route> {}
                }
            }
            if !asks {
                Bar {}
            }
        }
    }
}

/// The store could not be opened, so no screen can show anything true.
#[component]
fn Closed(error: EngineError) -> Element {
    if error == EngineError::OpenElsewhere {
        return rsx! {
            div { class: "head",
                Heading { title: "Open in another tab", "EcoSphere is open in another tab" }
                p { class: "quiet", "Only one tab at a time can use the store on this device. Close the other one, or go on there." }
            }
            button { class: "button main wide", r#type: "button", onclick: move |_| state::open(), {icon(Glyph::Sync)} "I closed it: use EcoSphere here" }
        };
    }
    rsx! {
        div { class: "head", Heading { title: "Not opened", "EcoSphere could not open its store" } }
        Trouble { error, onretry: move |()| { spawn(state::open()); } }
    }
}
