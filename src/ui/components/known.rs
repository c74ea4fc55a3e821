//! How do we know? From a step or a passport down to the signed statement and its place in the ledger's log.

use super::{Glyph, small};
use crate::{
    engine::wire::{LedgerTree, Signed},
    ui::words,
};
use dioxus::prelude::*;

/// What stands behind something, in plain words; the technical detail is folded away.
#[component]
pub fn Known(
    /// What it is about, for whoever hears only this.
    about: String,
    /// The statement.
    signed: Signed,
    /// The tree it was found in.
    tree: LedgerTree,
) -> Element {
    let names: Vec<String> =
        signed.by.iter().map(|(name, _)| if name.is_empty() { "a key without a name".to_owned() } else { name.clone() }).collect();
    let who = names.join(" and ");
    let day = words::day_and_time(tree.time);
    let (leaf, size, checkpoint) = (words::count(signed.leaf), words::count(tree.size), words::count(tree.checkpoint));
    rsx! {
        details { class: "known",
            summary { span { "How do we know?" span { class: "hidden", " {about}" } } }
            ul {
                li { {small(Glyph::Signed)} span { b { "Signed. " } "{who} signed it. Nobody else has the key to do so." } }
                li { {small(Glyph::Check)} span { b { "Unchanged. " } "This phone holds the document, computed its fingerprint anew, and it is the one that was signed." } }
                li { {small(Glyph::Layers)} span { b { "Public. " } "It is entry {leaf} of {size} in the ledger {tree.origin}, in the tree that was signed on {day} UTC and that this phone checked. Taking it out or changing it would show." } }
                li { {small(Glyph::Ask)} span { b { "Not proven by this: " } "that what they say is true. A signature shows who stands by it." } }
            }
            details {
                summary { span { "Technical detail" span { class: "hidden", " {about}" } } }
                dl { class: "facts",
                    for (n , (name , key)) in signed.by.iter().enumerate() {
                        div { key: "{n}", dt { "Key of {name} (Ed25519)" } dd { class: "code", {key.clone()} } }
                    }
                    div { dt { "Statement (SHA-256)" } dd { class: "code", {signed.statement.clone()} } }
                    div { dt { "Document (SHA-256)" } dd { class: "code", {signed.document.clone()} } }
                    div { dt { "Entry {leaf}, its hash (RFC 6962 leaf)" } dd { class: "code", {signed.leaf_hash.clone()} } }
                    div {
                        dt { if signed.siblings.is_empty() { "Inclusion proof: the entry\u{2019}s hash is itself one of the tree\u{2019}s open ends on this phone" } else { "Inclusion proof: the hashes beside its way up to its 256 entries" } }
                        for sibling in signed.siblings.iter() {
                            dd { class: "code", key: "{sibling}", {sibling.clone()} }
                        }
                    }
                    div { dt { "Root of the tree of {size} entries, batch {tree.batch}" } dd { class: "code", {tree.root.clone()} } }
                    div { dt { "Newest checkpoint that this phone trusts" } dd { "{checkpoint} entries; the tree above is a part of it" } }
                }
            }
        }
    }
}
