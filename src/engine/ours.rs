//! A second profile: that of an organisation the person belongs to. It is set or brought as a file, kept, exported and erased like the person's own, and
//! speaks in verdicts only while the person lets it.
//!
//! What the person answers and chooses teaches their own profile only, whoever speaks. The wallet's check before a payment goes by the person's own lines, too:
//! it is their money.

use super::{
    mine::profile_in,
    service::{Engine, Fault},
    wire::{Answer, AskOurs, EngineError},
};
use crate::values::{Ours, Profile};

impl Engine {
    pub(super) fn ours(&self, what: AskOurs) -> Result<Answer, Fault> {
        let bad = |why: String| Fault::from(EngineError::BadInput(why));
        let held = self.store.borrow().ours()?;
        let none = || bad("there is no profile of an organisation on this device; set or bring one first".into());
        let speaks = held.as_ref().is_some_and(|o| o.speaks);
        let ours = match what {
            AskOurs::Show => return Ok(Answer::Ours(held)),
            AskOurs::Export => return Ok(Answer::Text(held.ok_or_else(none)?.profile.export())),
            AskOurs::Drop => None,
            AskOurs::Speaks(speaks) => Some(Ours { speaks, ..held.ok_or_else(none)? }),
            AskOurs::Set { name, profile } => Some(Ours { speaks, ..Ours::of(&name, &profile) }),
            AskOurs::Import { name, text } => {
                let profile: Profile = profile_in(&text).map_err(|e| bad(e.to_string()))?;
                Some(Ours { speaks, ..Ours::of(&name, &profile) })
            }
        };
        self.store.borrow_mut().set_ours(ours.as_ref())?;
        Ok(Answer::Ours(ours))
    }
}
