//! Closing a batch, in one step or in two.
//!
//! In one step a `BatchClose` is applied like any statement. The log's own writer takes two: it [seals](State::seal) the batch, which gives the
//! `BatchClose` its leaf, and [completes](State::complete) it once the pack that it names is made. In between, statements of the next batch are
//! applied: what they may do depends on the sealed batch's time, never on its pack. After both, the state is the same as after one step.

use super::{Batch, Rejection, State, entry::Entry, fold::digest};
use crate::{
    measure::Millis,
    statement::{BatchClose, Body, DidKey, Digest, Statement},
};

impl State {
    /// Closes the batch but for its `BatchClose`, which has the next leaf from now on. Gives the root that it names.
    ///
    /// # Errors
    /// Its time does not lie after the last one's.
    pub fn seal(&mut self, time: Millis) -> Result<Digest, Rejection> {
        if let Some(last) = self.batch.map(|b| b.time)
            && time <= last
        {
            return Err(Rejection::TimeNotRising { got: time, last });
        }
        let root = self.end_batch(self.next_number(), self.next_leaf, time);
        self.next_leaf = self.next_leaf.saturating_add(1);
        Ok(root)
    }

    /// Gives the batch that was sealed last its `BatchClose`.
    ///
    /// # Errors
    /// It is not the one of that batch.
    pub fn complete(&mut self, statement: &Statement) -> Result<(), Rejection> {
        let (Body::BatchClose(b), Some(sealed)) = (&statement.body, self.batch) else { return Err(Rejection::NotClosed) };
        if b.number != sealed.number {
            return Err(Rejection::WrongBatchNumber { got: b.number, next: sealed.number });
        }
        if b.time_ms != sealed.time {
            return Err(Rejection::WrongTime(sealed.time));
        }
        self.name_pack(b)?;
        self.remember(statement);
        Ok(())
    }

    pub(super) fn close(&mut self, who: DidKey, leaf: u64, b: &BatchClose, now: Millis) -> Result<(), Rejection> {
        let log = self.former.iter().find(|(until, _)| leaf < *until).map_or(self.policy.log, |(_, key)| *key);
        if who != log {
            return Err(Rejection::NotTheLog);
        }
        let next = self.next_number();
        if b.number != next {
            return Err(Rejection::WrongBatchNumber { got: b.number, next });
        }
        let start = self.batch_start();
        if b.first_leaf != start {
            return Err(Rejection::WrongFirstLeaf { got: b.first_leaf, start });
        }
        if b.time_ms != now {
            return Err(Rejection::WrongTime(now));
        }
        b.manifest.as_deref().map(digest).transpose()?;
        let computed = self.root();
        if b.state_root != computed {
            return Err(Rejection::WrongStateRoot { claimed: b.state_root, computed });
        }
        self.end_batch(b.number, leaf, b.time_ms);
        self.name_pack(b)
    }

    fn next_number(&self) -> u64 {
        self.batch.map_or(1, |last| last.number.saturating_add(1))
    }

    fn end_batch(&mut self, number: u64, leaf: u64, time: Millis) -> Digest {
        let root = self.keep_for_proofs();
        self.changing(&Entry::Batch);
        self.batch = Some(Batch { number, time, leaf, manifest: None });
        self.changed(Entry::Batch);
        let passports = self.passports().len();
        self.dated.end_batch(passports, time);
        // The next batch's time lies after this one, so what expires by now can never be taken again.
        self.forget(time);
        #[cfg(feature = "value")]
        self.clear_exchange(time);
        root
    }

    fn name_pack(&mut self, b: &BatchClose) -> Result<(), Rejection> {
        let manifest = b.manifest.as_deref().map(digest).transpose()?;
        if let Some(batch) = &mut self.batch {
            batch.manifest = manifest;
        }
        self.changed(Entry::Batch);
        Ok(())
    }
}
