//! Passports: what a code on a product says, and whether it may be believed.
//!
//! *In:* a picture or a text. *Out:* a [`Gtin`], a [`DigitalLink`], a [`Seal`], a credential, an [`Outcome`].
//!
//! One file per thing: `gtin.rs`, `digital_link.rs` (GS1 Digital Link 1.x), `seal.rs`, `check.rs` (the outcome), `qr.rs` (codes
//! in), `qr_out.rs` (codes out), `credential.rs` (W3C VC 2.0 bodies).

mod outcome;

pub use outcome::Outcome;
