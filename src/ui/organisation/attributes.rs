//! Private attributes as a person writes and reads them: lines of name and value, the readers they are for, and what a reader's key opened.

use crate::{
    organisation::wire::Readable,
    ui::{
        components::{Glyph, Icon},
        words,
    },
};
use dioxus::prelude::*;

/// Each line's name and value, parted at its first colon; empty lines say nothing, and a line without a colon is a name without a value.
pub fn attributes(text: &str) -> Vec<(String, String)> {
    let part = |line: &str| {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        (name.trim().to_owned(), value.trim().to_owned())
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(part).collect()
}

/// The readers named in a text, however they are parted.
pub fn readers(text: &str) -> Vec<String> {
    text.split([',', ';', ' ', '\t', '\n', '\r']).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Fields for attributes and readers.
#[component]
pub fn ForReaders(
    /// Lines of name and value.
    said: Signal<String>,
    /// Whom they are for.
    to: Signal<String>,
    /// Nothing can be written now.
    disabled: bool,
    /// Something was written.
    onwrite: EventHandler<()>,
) -> Element {
    let write = move |mut field: Signal<String>, value: String| {
        field.set(value);
        onwrite.call(());
    };
    rsx! {
        details { class: "forms",
            summary { "Say something to named readers only" }
            p { class: "quiet", "Everybody sees that there is something, and for how many; only whoever has one of these readers\u{2019} keys can read it. It cannot be changed later, or taken back from them." }
            div { class: "field",
                label { r#for: "private-said", "What it says, one a line, such as price: 9.50 EUR" }
                textarea { id: "private-said", rows: "4", spellcheck: "false", disabled, value: "{said}", oninput: move |e| write(said, e.value()) }
            }
            div { class: "field",
                label { r#for: "private-to", "For whom: readers\u{2019} names (age1\u{2026}), one a line" }
                textarea { id: "private-to", rows: "2", spellcheck: "false", autocapitalize: "none", disabled, value: "{to}", oninput: move |e| write(to, e.value()) }
            }
        }
    }
}

/// What a passport has for named readers, and what it says to whoever has a key.
#[component]
pub fn Opened(
    /// What was found.
    readable: Readable,
) -> Element {
    let Readable { count, readers, said } = readable;
    let names = if readers.len() == 1 { "1 reader".to_owned() } else { format!("{} readers", words::count(readers.len() as u64)) };
    rsx! {
        match (count, said) {
            (0, _) => rsx! { p { class: "quiet", "This passport says nothing to named readers only." } },
            (_, None) => rsx! {
                p { Icon { glyph: Glyph::Lock, class: "small" }
                    if count == 1 { "1 private attribute, for {names}:" } else { "{words::count(count)} private attributes, for {names}:" }
                }
                ul { class: "readings", for reader in readers { li { key: "{reader}", span { class: "code", {reader} } } } }
            },
            (_, Some(said)) => rsx! {
                p { class: "signed", Icon { glyph: Glyph::Check, class: "small" } "Opened, and found in the passport as its issuer signed it." }
                dl { class: "facts",
                    for (name , value) in said {
                        div { key: "{name}", dt { {name} } dd { class: "lines", {value} } }
                    }
                }
            },
        }
    }
}
