//! The person's own lists: what to buy, what they like, what is never to be offered.

use super::OptionRow;
use crate::{
    bot::{Alignment, VerdictBand},
    measure::{Millis, Money},
    values::Stance,
};
use serde::{Deserialize, Serialize};

/// One of the person's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListName {
    /// What to buy.
    Shopping,
    /// What the person likes.
    Favourite,
    /// What is never offered: neither it nor what belongs to it.
    Blocked,
}

impl ListName {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 3] = [Self::Shopping, Self::Favourite, Self::Blocked];

    /// Stable id in kebab case; also its name in exports.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Shopping => "shopping",
            Self::Favourite => "favourite",
            Self::Blocked => "blocked",
        }
    }

    /// The list of this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.id() == id)
    }
}

/// Something that can be put on a list: a subject, or who owns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listable {
    /// Its subject id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The lists it is on.
    pub on: Vec<ListName>,
}

/// Something on a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListRow {
    /// Which list.
    pub list: ListName,
    /// Its subject id.
    pub id: String,
    /// Its name, now or when it was put there.
    pub name: String,
    /// As every list shows it; `None` while no snapshot knows it.
    pub option: Option<OptionRow>,
}

/// The person's lists.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MyLists {
    /// What is on them, list by list, in the order it was put there.
    pub rows: Vec<ListRow>,
    /// The lists of others that the person follows.
    pub followed: Vec<FollowedList>,
    /// What the shopping list comes to; `None` while nothing on it is known.
    pub shopping: Option<WholeList>,
}

/// A list of others that the person follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedList {
    /// Its publisher's key.
    pub issuer: String,
    /// What it is called.
    pub name: String,
    /// The publisher's name on the ledger, or empty.
    pub by: String,
    /// How many it says not to buy from.
    pub boycott: u32,
    /// How many it says to prefer.
    pub support: u32,
    /// Until when it holds.
    pub until: Option<Millis>,
    /// Why it counts for nothing now, if so.
    pub trouble: Option<String>,
}

/// What somebody whose list the person follows calls for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Whose list it is.
    pub by: String,
    /// What for.
    pub stance: Stance,
    /// Of whom: the subject, or who owns it, as the list writes the name.
    pub whom: String,
    /// Why, in the list's words, or empty.
    pub why: String,
}

/// A whole list as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WholeList {
    /// The mean of what is known, each thing counting alike.
    pub alignment: Alignment,
    /// How many of it fit, are mixed and so on, the best first; bands that nothing has are left out.
    pub bands: Vec<(VerdictBand, u32)>,
    /// What it costs, a sum for each currency.
    pub total: Vec<Money>,
    /// How many have no known price.
    pub unpriced: u32,
}
