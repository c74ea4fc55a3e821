//! A ledger's place on this device, and the numbers that tell its subjects from another ledger's.
//!
//! ```text
//! number on this device, u32 = place (3 bits) ‖ passport number within that ledger (29 bits)
//! ```
//! A number stays the same however the other ledgers grow, and one in the first place is the passport number itself.

const FILES: [&str; 8] = ["ledger.db", "ledger-1.db", "ledger-2.db", "ledger-3.db", "ledger-4.db", "ledger-5.db", "ledger-6.db", "ledger-7.db"];
/// Bits of a passport number.
const BITS: u32 = 29;

/// Which of the device's ledgers, 0 to 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(u8);

impl Slot {
    /// The first: the one that the app begins with.
    pub const HOME: Self = Self(0);
    /// How many passports of one ledger a device can tell apart.
    pub const PASSPORTS: u32 = 1 << BITS;

    /// Every place.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..FILES.len() as u8).map(Self)
    }

    /// The place as it is stored.
    #[must_use]
    pub const fn index(self) -> u8 {
        self.0
    }

    /// The place that was stored as this.
    #[must_use]
    pub fn at(index: u8) -> Option<Self> {
        (usize::from(index) < FILES.len()).then_some(Self(index))
    }

    /// The number on this device of a ledger's passport.
    #[must_use]
    pub const fn number(self, passport: u32) -> u32 {
        ((self.0 as u32) << BITS) | (passport & (Self::PASSPORTS - 1))
    }

    /// The place and the passport number behind a number on this device.
    #[must_use]
    pub const fn of(number: u32) -> (Self, u32) {
        (Self((number >> BITS) as u8), number & (Self::PASSPORTS - 1))
    }

    pub(super) fn file_name(self) -> &'static str {
        // A place has three bits, and there is a name for each.
        FILES.get(usize::from(self.0)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_back_to_its_ledger_and_passport() {
        for slot in Slot::all() {
            for passport in [0, 1, 70_000, Slot::PASSPORTS - 1] {
                assert_eq!(Slot::of(slot.number(passport)), (slot, passport));
            }
            assert_eq!(Slot::at(slot.index()), Some(slot));
        }
        assert_eq!(Slot::HOME.number(12), 12);
        assert_eq!(Slot::at(8), None);
    }
}
