//! Snapshot packs: what a market's device needs, as a pure function of a log prefix.
//!
//! *In:* a `State` and the bodies beside the log. *Out:* an [`Index`], dossier buckets and a [`Manifest`], all content-addressed.

mod index;

pub use index::{
    Actor, Category, Index, Listing, Place, Retailer, SubjectForm, SubjectRow,
};
