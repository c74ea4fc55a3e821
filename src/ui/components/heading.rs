//! A screen's heading. It takes the focus when the screen appears, so that a screen reader starts there.

use crate::ui::browser;
use dioxus::prelude::*;

/// The focusable heading of a screen.
#[component]
pub fn Heading(
    /// Name of the screen, for the browser's title.
    title: String,
    /// What it says.
    children: Element,
) -> Element {
    use_effect(use_reactive!(|title| browser::set_title(&title)));
    rsx! {
        h1 { tabindex: "-1", onmounted: move |heading: MountedEvent| async move {
                // A heading that went away again while its screen was left needs no focus.
                let _ = heading.set_focus(true).await;
            },
            {children}
        }
    }
}
