//! What each command does, one file each.

mod actor;
mod batch;
mod handover;
mod import;
mod import_events;
mod init;
mod issue;
mod label;
mod lan_cert;
mod life;
mod mirror;
mod passport;
mod prove;
mod reader;
mod replay;
mod sample;
mod serve;
mod signer;
mod verify;
mod witness;

pub use actor::{ActorCommand, actor};
pub use handover::{HANDOVER_EXAMPLE, HandoverCommand, handover};
pub use import::import;
pub use init::init;
pub use issue::{ISSUE_EXAMPLE, issue};
pub use label::{LABEL_EXAMPLE, LabelArgs, journey, label};
pub use lan_cert::lan_cert;
pub use life::{ConfirmArgs, TRANSFER_EXAMPLE, confirm};
pub use mirror::mirror;
pub use passport::{PassportCommand, passport};
pub use prove::{check, prove};
pub use replay::{EvidenceCommand, REPLAY_EXAMPLE, ReplayArgs, evidence, replay};
pub use sample::sample;
pub use serve::serve;
pub use verify::verify;
pub use witness::witness;
