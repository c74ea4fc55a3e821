//! A payment from signed to logged.
//!
//! ```text
//! signed -> sent -> logged
//!    \       \-> rejected       the ledger says why; the money was never gone
//!     \--------> expired        it can never be logged any more
//! ```
//! What is signed is kept before it is sent, and sent again as the same bytes until the ledger answers: its id is the same each time, and the
//! ledger takes an id once. So a power cut at any point loses nothing and pays nothing twice. Only the ledger's answer ends it, or time: a payment is
//! expired when a *closed batch* lies after its expiry, never by the device's own clock, which may be wrong by a day.

use crate::{measure::Millis, statement::Digest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a payment is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Signed and kept; nobody else has it yet.
    Signed,
    /// On its way: the ledger may have it.
    Sent,
    /// On the ledger, at this leaf.
    Logged(u64),
    /// The ledger refused it, with this sentence.
    Rejected(String),
    /// Its time was over before it was logged.
    Expired,
}

/// A payment that was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The entry's bytes, as they are sent.
    pub entry: Vec<u8>,
    /// After this time it can not be logged.
    pub expires: Millis,
    /// Token and amount in minor units, which count as spent until this is over.
    pub token: Digest,
    /// How much.
    pub amount: u64,
    /// How far it is.
    pub progress: Progress,
}

/// Why the outbox refuses something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutboxError {
    /// More than there is, with what is on its way.
    #[error("there are {left} minor units left after what is on its way; pay less, or wait until that is logged")]
    NotEnough {
        /// What is left.
        left: u64,
    },
    /// No such payment.
    #[error("there is no such payment on this device")]
    Unknown,
    /// The same statement was put in before.
    #[error("this payment is in the outbox already")]
    Again,
    /// It ended otherwise before.
    #[error("this payment was over before; what the ledger said first counts")]
    Over,
}

/// All payments of a device that are not forgotten, by statement id.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outbox {
    payments: BTreeMap<Digest, Payment>,
}

impl Progress {
    /// Whether it may still be logged.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Signed | Self::Sent)
    }
}

impl Outbox {
    /// Keeps a payment that was just signed, if `balance` covers it with everything of the same token that is on its way.
    ///
    /// # Errors
    /// There is not enough, or it is there already.
    pub fn keep(&mut self, id: Digest, entry: Vec<u8>, expires: Millis, (token, amount): (Digest, u64), balance: u64) -> Result<(), OutboxError> {
        if self.payments.contains_key(&id) {
            return Err(OutboxError::Again);
        }
        let left = balance.saturating_sub(self.on_its_way(&token));
        if amount > left {
            return Err(OutboxError::NotEnough { left });
        }
        self.payments.insert(id, Payment { entry, expires, token, amount, progress: Progress::Signed });
        Ok(())
    }

    /// What is on its way of a token: it counts as spent.
    #[must_use]
    pub fn on_its_way(&self, token: &Digest) -> u64 {
        self.payments.values().filter(|p| p.token == *token && p.progress.is_open()).fold(0, |sum, p| sum.saturating_add(p.amount))
    }

    /// What is to be sent, or sent again: all that is open.
    pub fn to_send(&self) -> impl Iterator<Item = (&Digest, &[u8])> {
        self.payments.iter().filter(|(_, p)| p.progress.is_open()).map(|(id, p)| (id, p.entry.as_slice()))
    }

    /// Notes that the bytes are about to leave the device; before they do.
    ///
    /// # Errors
    /// There is no such payment, or it is over.
    pub fn sending(&mut self, id: &Digest) -> Result<(), OutboxError> {
        self.step(id, Progress::Sent)
    }

    /// Notes the ledger's answer. "It is on the ledger already" is [`Progress::Logged`] too.
    ///
    /// # Errors
    /// There is no such payment, or it ended otherwise.
    pub fn answered(&mut self, id: &Digest, answer: Progress) -> Result<(), OutboxError> {
        self.step(id, answer)
    }

    /// Ends what can never be logged any more: `batch` is the time of a closed batch that the device verified, up to which it knows the log. Gives
    /// the ids.
    pub fn expire(&mut self, batch: Millis) -> Vec<Digest> {
        let over = self.payments.iter_mut().filter(|(_, p)| p.progress.is_open() && p.expires < batch);
        over.map(|(id, p)| {
            p.progress = Progress::Expired;
            *id
        })
        .collect()
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&Digest, &Payment)> {
        self.payments.iter()
    }

    /// A payment.
    #[must_use]
    pub fn get(&self, id: &Digest) -> Option<&Payment> {
        self.payments.get(id)
    }

    fn step(&mut self, id: &Digest, to: Progress) -> Result<(), OutboxError> {
        let payment = self.payments.get_mut(id).ok_or(OutboxError::Unknown)?;
        match (&payment.progress, &to) {
            // The same answer may come twice.
            (now, to) if now == to => Ok(()),
            (Progress::Signed | Progress::Sent, Progress::Signed) => Ok(()),
            (Progress::Signed | Progress::Sent, _) => {
                payment.progress = to;
                Ok(())
            }
            // Logged after all: the device knew less of the log than it thought, or a node refused it and it was logged elsewhere.
            (Progress::Expired | Progress::Rejected(_), Progress::Logged(_)) => {
                payment.progress = to;
                Ok(())
            }
            _ => Err(OutboxError::Over),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const TOKEN: Digest = [7; 32];

    fn outbox() -> Outbox {
        let mut outbox = Outbox::default();
        outbox.keep([1; 32], vec![1], Millis(100), (TOKEN, 60), 100).unwrap();
        outbox
    }

    #[test]
    fn what_is_on_its_way_is_not_spent_again() {
        let mut outbox = outbox();
        assert_eq!(outbox.keep([2; 32], vec![2], Millis(100), (TOKEN, 41), 100), Err(OutboxError::NotEnough { left: 40 }));
        assert_eq!(outbox.keep([1; 32], vec![1], Millis(100), (TOKEN, 1), 100), Err(OutboxError::Again));
        outbox.keep([2; 32], vec![2], Millis(100), (TOKEN, 40), 100).unwrap();
        outbox.answered(&[2; 32], Progress::Rejected("no".into())).unwrap();
        assert_eq!((outbox.on_its_way(&TOKEN), outbox.on_its_way(&[0; 32])), (60, 0));
    }

    #[test]
    fn only_the_ledger_or_its_time_ends_a_payment() {
        let mut outbox = outbox();
        assert!(outbox.expire(Millis(100)).is_empty(), "it can still be logged in a batch of that time");
        outbox.sending(&[1; 32]).unwrap();
        assert_eq!(outbox.expire(Millis(101)), [[1; 32]]);
        assert_eq!(outbox.sending(&[1; 32]), Err(OutboxError::Over));
        outbox.answered(&[1; 32], Progress::Logged(5)).unwrap();
        outbox.answered(&[1; 32], Progress::Logged(5)).unwrap();
        assert_eq!(outbox.answered(&[1; 32], Progress::Rejected("late".into())), Err(OutboxError::Over));
        assert_eq!(outbox.answered(&[9; 32], Progress::Sent), Err(OutboxError::Unknown));
        assert_eq!(outbox.get(&[1; 32]).unwrap().progress, Progress::Logged(5));
    }

    #[test]
    fn a_power_cut_at_any_point_loses_nothing_and_pays_nothing_twice() {
        // What is on the disk is the outbox as it was after some step; the ledger takes an id once, whatever reached it.
        for cut in 0..5 {
            let mut ledger = BTreeSet::new();
            let mut disk = postcard::to_stdvec(&Outbox::default()).unwrap();
            let mut memory = Outbox::default();
            let mut steps = 0;
            let mut alive = || {
                steps += 1;
                steps <= cut
            };
            let _: Option<()> = (|| {
                memory.keep([1; 32], vec![42], Millis(100), (TOKEN, 60), 100).ok()?;
                alive().then_some(())?;
                disk = postcard::to_stdvec(&memory).ok()?;
                alive().then_some(())?;
                memory.sending(&[1; 32]).ok()?;
                disk = postcard::to_stdvec(&memory).ok()?;
                alive().then_some(())?;
                ledger.insert(memory.to_send().next()?.1.to_vec());
                alive().then_some(())?;
                memory.answered(&[1; 32], Progress::Logged(3)).ok()
            })();
            let mut after: Outbox = postcard::from_bytes(&disk).unwrap();
            if after == Outbox::default() {
                assert!(ledger.is_empty(), "nothing was sent that was not kept");
                continue;
            }
            for _ in 0..2 {
                let open: Vec<(Digest, Vec<u8>)> = after.to_send().map(|(id, bytes)| (*id, bytes.to_vec())).collect();
                for (id, bytes) in open {
                    ledger.insert(bytes);
                    after.answered(&id, Progress::Logged(3)).unwrap();
                }
            }
            assert_eq!((ledger.len(), &after.get(&[1; 32]).unwrap().progress), (1, &Progress::Logged(3)), "cut after step {cut}");
        }
    }
}
