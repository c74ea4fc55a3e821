//! The purse: the wallet at work. What a person asks of it in, what they are shown out; between the two, a file that only their passphrase opens and
//! a node that is believed nothing.
//!
//! ```text
//! words --SLIP-0010--> keys                                   kept: "vault" (words) and "book" (all else), both ciphertext
//! a payment, an order --signed--> book, kept --> POST /statements ... again, the same bytes, until one of these:
//!     the log, read whole, has it              logged, with its leaf
//!     the node refuses it                      rejected, with why (the log may still have it until it expires: then it counts)
//!     a closed batch lies after its expiry     expired
//! GET /state/accounts/<bucket> --> checkpoint under the policy --> BatchClose, its last leaf --> state root --> each entry's proof
//! ```
//! *Privacy.* Nothing that is fetched says whose wallet asks: the log is read whole, as by everybody, and balances come in a bucket of all accounts
//! whose keys begin with the same bits ([`crate::state::Bucket`]), at least 1 000 or all there are. A node that says it has more accounts than it has can
//! learn eight bits of a key. Who sends a statement does tell the node that; it is public then anyway. What a payment was for stays here: the
//! ledger has a salted hash.
//!
//! *Trust.* The policy (or else the key of the log) is taken from the node at the first contact, shown by its fingerprint, and never changed by the node after that. What the node
//! proves has to be under a checkpoint that extends everything this wallet ever read.
//!
//! | file | what |
//! |---|---|
//! | `wire` | what is asked and answered |
//! | `device` | what a device lends: files, a node, time, randomness |
//! | `book` | what is kept |
//! | `backup` | everything personal in one file that a passphrase opens (age) |
//! | `proven` | a node's answer about accounts, checked to the root |
//! | `follow` | reading the log on, and what of it is this person's |
//! | `trust` | whom to believe: the policy, and hand-overs of the log |
//! | `till` | keys and book, open: updating, signing, sending |
//! | `trade` | orders and quotes, and what stewards offer |
//! | `total` | what it comes to in the person's own currency, and by account |
//! | `view` | the book as people are shown it |
//! | `desk` | answers requests: setting up, locking, everything else |
//! | `native` | files and HTTP natively; `client` and `worker`, the same in a browser |

mod backup;
mod book;
#[cfg(all(target_arch = "wasm32", feature = "purse"))]
pub mod client;
mod desk;
mod device;
mod follow;
#[cfg(feature = "device")]
pub mod native;
mod proven;
mod till;
mod total;
mod trade;
mod trust;
mod view;
pub mod wire;
#[cfg(all(target_arch = "wasm32", feature = "purse"))]
pub mod worker;

pub use backup::{Backup, BackupError, Purse};
pub use book::{Book, Event, Ledger, Note, What};
pub use desk::{Desk, allowed};
pub use device::{Device, PurseError};
pub use proven::{Order, Pair, Proven, Steward, Token};
pub use till::{Order as NewOrder, Till};
