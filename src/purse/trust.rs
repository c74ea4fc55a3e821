//! Whom a wallet believes: the policy that it took at the first contact, and what its quorum hands the log over to.

use super::{Device, PurseError, book::Ledger, till::Till};
use crate::{
    log::{Frontier, Handover, LogError, LogKey, MAX_HANDOVERS, Policy, bundle_path, follow_handovers, read_bundle, read_handovers},
    statement,
};
use serde::Deserialize;

/// What an operator's node says of itself.
#[derive(Deserialize)]
struct Health {
    #[serde(default)]
    sample: bool,
}

impl<D: Device> Till<D> {
    /// Chooses the ledger: the one that the node has, under a policy that is given or else the one that the node publishes. The first choice stays.
    ///
    /// # Errors
    /// The node cannot be reached, or is of another ledger than this purse.
    pub async fn choose(&mut self, policy: Option<&str>, from_start: bool) -> Result<(), PurseError> {
        let text = match (policy, &self.book.ledger) {
            (None, Some(_)) => return Ok(()),
            (Some(text), None) => text.to_owned(),
            (Some(text), Some(ledger)) if ledger.policy == text => return Ok(()),
            (Some(_), Some(ledger)) => {
                let why = format!("this wallet believes the ledger {} under another policy; make another wallet from the same words", ledger.origin);
                return Err(PurseError::Usage(why));
            }
            (None, None) => self.published_policy().await?,
        };
        let policy = Policy::parse(&text)?;
        let origin =
            policy.logs().next().map(|log| log.origin().to_owned()).ok_or_else(|| PurseError::Untrusted("its policy names no log".into()))?;
        let health = self.device.get("/health").await.ok().and_then(|text| serde_json::from_slice::<Health>(&text).ok());
        let read = from_start.then(Frontier::default);
        self.book.ledger = Some(Ledger { origin, policy: text, read, since: 0, sample: health.is_some_and(|h| h.sample) });
        self.keep().await
    }

    /// The policy that the node publishes, or else the one that believes the key that closed the log's last batch. Nobody vouches for either: the person
    /// compares the fingerprint.
    async fn published_policy(&self) -> Result<String, PurseError> {
        let untrusted = |why: &str| PurseError::Untrusted(why.to_owned());
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| untrusted("it is not text"));
        match self.device.get("/ledger/policy").await {
            Err(PurseError::Refused(_)) => {}
            other => return text(other?),
        }
        let note = text(self.device.get("/ledger/checkpoint").await?)?;
        // C2SP tlog-checkpoint, "Note text": the origin, then the size.
        let mut lines = note.lines();
        let (origin, size) = (lines.next().unwrap_or_default(), lines.next().and_then(|size| size.parse::<u64>().ok()).unwrap_or(0));
        let last = size.checked_sub(1).ok_or_else(|| untrusted("its log is empty"))?;
        let bundle = read_bundle(&self.device.get(&format!("/ledger/{}", bundle_path(size, last))).await?)?;
        let close = bundle.last().ok_or_else(|| untrusted("its log is empty"))?;
        let policy = Policy::of_log(LogKey::new(origin, *statement::verify(close)?.actor.public())?);
        policy.open(&note)?;
        Ok(policy.to_string())
    }

    /// The fingerprint of the policy, in hex.
    #[must_use]
    pub fn fingerprint(&self) -> Option<String> {
        Some(hex::encode(Policy::parse(&self.book.ledger.as_ref()?.policy).ok()?.fingerprint()))
    }

    /// The hand-overs of the log that the policy's quorum signed, and the policy after them, where another key signs the log now than the one that is
    /// believed. Whether what the new operator shows goes on from there is seen when the log is read.
    pub(super) async fn handed_over(&self, policy: &Policy) -> Result<Option<(Vec<Handover>, Policy)>, PurseError> {
        // Asked for as always, so that this says no more of whose wallet asks.
        let note = match self.device.get("/ledger/checkpoint").await {
            Ok(note) => note,
            // What else is asked will say what is wrong.
            Err(_) => return Ok(None),
        };
        let note = String::from_utf8(note).unwrap_or_default();
        if !policy.asks_for_witnesses() || !matches!(policy.open(&note), Err(LogError::Checkpoint { .. })) {
            return Ok(None);
        }
        let untrusted = |why: String| PurseError::Untrusted(format!("its checkpoint is by another key, and {why}"));
        let none = |_| untrusted("it shows no hand-over of its log".to_owned());
        let file = self.device.get("/ledger/handover").await.map_err(none)?;
        if file.len() > MAX_HANDOVERS {
            return Err(untrusted("what it shows as hand-overs is longer than any can be".to_owned()));
        }
        let text = String::from_utf8(file).map_err(|_| untrusted("its hand-overs are not text".to_owned()))?;
        let notes = read_handovers(&text).map_err(|why| untrusted(why.to_string()))?;
        let (handovers, after) = follow_handovers(policy, &notes).map_err(|why| untrusted(why.to_string()))?;
        after.open(&note)?;
        Ok(Some((handovers.into_iter().map(|(handover, _)| handover).collect(), after)))
    }
}
