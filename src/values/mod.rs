//! What people hold dear: topics, a person's profile over them, and the lines they will not cross.
//!
//! *In:* a person's own settings, also as a file they exported (`file.rs` draws it), their answers to the questionnaire
//! (`questionnaire.rs`) and what they chose (`choice.rs`). *Out:* weights (`i16`) and hard lines that `bot` computes with, and what the answers let it expect of the weights
//! before it has seen a choice (`prior.rs`); or a starting profile
//! in place of answers (`start.rs`). What others call for is `call.rs`; what an
//! organisation stands for that a person belongs to, beside their own profile, `ours.rs`. The topic table is `topic.rs`, one file; everything that speaks of a topic names it through
//! [`Topic`], everything that speaks of a line through [`HardLine`].

mod call;
mod choice;
mod file;
mod hard_line;
mod ours;
mod prior;
mod profile;
mod questionnaire;
mod start;
mod topic;
mod weight;

pub use call::{CallFor, ListError, PublishedList, Stance, ValuesList};
pub use choice::{Alternative, Learned, Origin, PastChoice};
pub use file::ProfileError;
pub use hard_line::{HardLine, LineState};
pub use ours::{Apart, Ours};
pub use prior::{PLAIN_WEIGHT, PRIOR_VERSION, TopicPrior};
pub use profile::{NotKept, Profile};
pub use questionnaire::{Answers, BasicValue, ENVIRONMENT, HigherOrder, ITEMS, Likeness, Scores};
pub use start::Start;
pub use topic::{Topic, TopicInfo, UNTP_TOPIC_BASE};
pub use weight::{Form, Importance, Weight};
