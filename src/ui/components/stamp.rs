//! The stamp: is the passport good, who stands behind it, what to do next.

use super::{Glyph, frame::verdict_of, icon, small};
use crate::{
    engine::wire::{Proof, ScanResult},
    passport::Outcome,
    ui::words,
};
use dioxus::prelude::*;

const fn proof(proof: Proof) -> &'static str {
    match proof {
        Proof::Checked => "Checked on this phone: statement, signatures, place in the log.",
        Proof::AsPublished => "As the ledger published it; this phone holds no copy of the signed statement to check.",
        Proof::Failed => "The signed statement does not agree with what the ledger published. Do not rely on it.",
    }
}

/// The passport's outcome with who stands behind it. Under the glance; together they are one picture.
#[component]
pub fn Stamp(
    /// What came of the code.
    result: ScanResult,
) -> Element {
    let (glyph, tone) = words::outcome(result.outcome);
    let subject = result.subject.as_ref();
    let good = result.outcome == Outcome::Verified;
    // Opened from a list: nothing is wrong with a seal that nobody looked for.
    let title = if result.code.is_none() && result.outcome == Outcome::Unsealed { "Not scanned" } else { result.outcome.title() };
    // The glance has said title and message already when there is no fit to show.
    let said = result.verdict.is_none();
    rsx! {
        section { class: "stamp {tone}", "aria-label": "Passport",
            div { class: if good { "seal good" } else { "seal" },
                span { class: "disc", {icon(glyph)} }
                div {
                    h2 { if said { "What to do" } else { {title} } }
                    if let Some(subject) = subject {
                        p { class: "fine", {words::behind(subject.form, &subject.issuer)} }
                    }
                }
            }
            if !said {
                p { {result.message.clone()} }
            }
            if !result.next_step.is_empty() {
                p { class: "next", {small(Glyph::Next)} span { {result.next_step.clone()} } }
            }
            if subject.is_some_and(|s| s.proof == Proof::Failed) {
                p { class: "next", {small(Glyph::Alert)} span { {proof(Proof::Failed)} } }
            }
            if result.stale {
                p { class: "next", {small(Glyph::Alert)} "Your snapshot is old. Sync when you are online." }
            }
            if let Some(successor) = subject.and_then(|s| s.successor) {
                Link { class: "button wide", to: verdict_of(successor), "Open the newer passport" {small(Glyph::Next)} }
            }
            details {
                summary { "What the code says" }
                dl { class: "facts",
                    if let Some(gtin) = &result.gtin {
                        div { dt { "Product number (GTIN)" } dd { class: "code", {gtin.clone()} } }
                    }
                    if let Some(code) = &result.code {
                        div { dt { "Text of the code" } dd { class: "code", {code.clone()} } }
                    }
                    if let Some(subject) = subject {
                        div { dt { "Passport" } dd { class: "code", "No. {subject.number} \u{b7} {subject.id}" } }
                        div { dt { "How sure" } dd { {proof(subject.proof)} } }
                        if !subject.holder.is_empty() {
                            div { dt { "Owner of the passport" } dd { {subject.holder.clone()} } }
                        }
                        if subject.private > 0 {
                            div { dt { "Private attributes" } dd { "{subject.private}: signed, but open only to readers whom the issuer chose" } }
                        }
                        if !subject.owners.is_empty() {
                            div { dt { "Belongs to" } dd { {subject.owners.join(", which belongs to ")} } }
                        }
                    }
                }
            }
        }
    }
}
