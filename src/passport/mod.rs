//! Passports: what a code on a product says, and whether it may be believed.
//!
//! *In:* a picture or a text. *Out:* a [`Gtin`], a [`DigitalLink`], a [`Seal`], and of a check the one [`Outcome`].
//!
//! ```text
//! pixels --qr--> text --digital_link--> key, lot, serial + seal --check, with the snapshot--> Outcome
//! ```
//! | file | what | specification |
//! |---|---|---|
//! | `gtin` | the number in a barcode | GS1 General Specifications 2.1, 7.9 |
//! | `digital_link`, `application_identifier` | the link in a code | GS1 Digital Link Standard: URI Syntax 1.4 |
//! | `seal` | what ties a printed code to a passport | drawn in the file |
//! | `vc_jwt` | a credential in an envelope | W3C VC-JOSE-COSE 3.1; RFC 7515, 8037 |
//! | `did_web` | keys behind a web address, once a person asked for them | did:web; W3C DID Core 1.0 |
//! | `check`, `outcome` | is it good? | order in [`check()`]'s file |
//! | [`qr`] | codes in | ISO/IEC 18004, 15420, by `rxing` and `rqrr` |
//! | [`qr_out`] | codes out | the same, by `qrcode`; EAN-13 by a table |
//!
//! The passport's body, a credential, is read and written in `crate::provenance`.

mod application_identifier;
mod check;
mod did_web;
mod digital_link;
mod form;
mod gtin;
mod outcome;
pub mod qr;
pub mod qr_out;
mod seal;
mod vc_jwt;

pub use check::{Check, KnownActor, KnownPassport, SnapshotView, check};
pub use did_web::{DidWeb, DidWebError, MAX_DID_DOCUMENT, Resolved};
pub use digital_link::{DigitalLink, Element, LinkError, MAX_LINK_CHARS};
pub use form::SubjectForm;
pub use gtin::{Gtin, GtinError};
pub use outcome::{END_NEXT_STEP, Outcome, end_sentence};
pub use seal::{Seal, SealError};
pub use vc_jwt::{EnvelopeError, Enveloped, compact_in, enveloped, open_envelope, seal_envelope, seal_sd_jwt, show as show_disclosures, sign_jws};
