//! What people hold dear: topics, a person's profile over them, and the lines they will not cross.
//!
//! *In:* a person's own settings, also as a file they exported (`profile.rs` draws it). *Out:* weights (`i16`) and hard lines
//! that `bot` computes with. The topic table is `topic.rs`, one file; everything that speaks of a topic names it through
//! [`Topic`], everything that speaks of a line through [`HardLine`].

mod hard_line;
mod profile;
mod topic;

pub use hard_line::{HardLine, LineState};
pub use profile::{Importance, Profile, ProfileError};
pub use topic::{Topic, TopicInfo, UNTP_TOPIC_BASE};
