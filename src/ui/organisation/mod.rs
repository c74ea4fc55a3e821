//! The organisation's desk on its page: choose a file or fill in a form, see what was understood of it and what not, say what a table's columns are;
//! sign, publish, record, hand over, confirm, certify; what is for named readers only; how people speak of it.
//!
//! A page of its own, served only to whoever opens it, with the app's pieces, words and style. It knows only
//! [`organisation::wire`](crate::organisation::wire) and [`organisation::client`](crate::organisation).

mod answers;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
mod attest;
mod attributes;
mod columns;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
mod confirm;
mod felt;
mod issued;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
mod key;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
mod life;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
mod moods;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
mod page;
mod passphrase;
mod passport;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
mod private;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
mod record;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
mod sign;
mod told;
mod took;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
mod which;

#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
pub use page::Organisation;
#[cfg(test)]
mod tests;
#[cfg(all(target_arch = "wasm32", feature = "organisation"))]
use told::Told;

/// The whole style sheet; in a browser the page's head has it.
#[cfg(test)]
fn style() -> String {
    format!("{}{}", super::STYLE, include_str!("../../../assets/style/organisation.css"))
}
