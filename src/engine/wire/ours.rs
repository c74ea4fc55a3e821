//! What the page and the engine say to each other of the profile of an organisation that a person belongs to.

use crate::values::Profile;
use serde::{Deserialize, Serialize};

/// What is wanted of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum AskOurs {
    /// What it is.
    Show,
    /// Sets its name, topics and lines, all of them at once.
    Set {
        /// What the person calls it.
        name: String,
        /// Its topics and lines; anything else in it is left out.
        profile: Profile,
    },
    /// Takes it from a file: a profile, or everything that somebody exported, of which only topics and lines are taken.
    Import {
        /// What the person calls it.
        name: String,
        /// The file's text.
        text: String,
    },
    /// Whether verdicts are by its values.
    Speaks(bool),
    /// Writes it as a profile that others can bring.
    Export,
    /// Erases it; verdicts are by the person's own values again.
    Drop,
}
