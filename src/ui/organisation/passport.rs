//! What the ledger says of a passport, as facts.

use crate::{organisation::wire::OnLedger, statement::End, ui::words};
use dioxus::prelude::*;

/// Whose it is, in which state, and how far its way is recorded.
#[component]
pub fn Facts(
    /// The passport.
    found: OnLedger,
) -> Element {
    let OnLedger { number, subject, status, ended, issuer_name, owner_name, steps, .. } = found;
    let status = match (ended, status) {
        (Some(End::Recycled), _) => "Ended: recycled",
        (Some(End::Destroyed), _) => "Ended: destroyed",
        (None, 0) => "In force",
        (None, 1) => "Revoked",
        (None, 2) => "On hold",
        (None, _) => "Replaced by another",
    };
    rsx! {
        dl { class: "facts",
            div { dt { "Passport {words::count(number.into())} of" } dd { class: "code", {subject} } }
            div { dt { "Issued by" } dd { {issuer_name} } }
            div { dt { "Owned by" } dd { {owner_name} } }
            div { dt { "It is" } dd { {status} } }
            div { dt { "Steps of its way on the ledger" } dd { class: "num", {words::count(steps.into())} } }
        }
    }
}
