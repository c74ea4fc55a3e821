//! Several nodes, one ledger: who leads sequences, the others keep what they are sent in the shared inbox.
//!
//! ```text
//! node A (leads)    statements ──> Sequencer ──settle──> ┐
//! node B (follows)  statements ──> inbox ───────────────> shared store ── drained by whoever leads
//! node C (follows)  statements ──> inbox ───────────────> ┘
//! ```
//! *In:* checked statements. *Out:* a [`Placed`] for each, given only when it is durable. `Keeper` holds or awaits the lease; when it comes,
//! the ledger is read back from the published files and the store and goes on from there; when it is lost, the node follows. Nothing here has
//! to be right about time: the store checks the lease in every transaction. `join.rs` is what a node looks at before it takes part.

mod join;
mod keeper;

pub use join::{JoinOptions, join};

use super::{
    NodeError,
    check::Checked,
    folder::{Bodies, DataFolder, LedgerConfig},
    sequencer::{Receipt, Sequencer},
    store::{Lease, Offered, Store},
};
use crate::statement::Digest;
use keeper::Keeper;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// The writer's place in a ledger: alone, or one of several nodes.
pub struct Seat(Kind);

enum Kind {
    Alone(Box<Sequencer>),
    Shared(Box<Shared>),
}

/// What became of a statement that was not refused. It is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It has its leaf.
    Taken(Receipt),
    /// It waits in the inbox for the node that leads.
    Waiting(Digest),
}

/// What a node needs to lead a shared ledger, whenever it is its turn.
#[derive(Clone)]
pub struct Member {
    /// Its own folder, with the shared files.
    pub folder: DataFolder,
    /// What the ledger is.
    pub config: LedgerConfig,
    /// The log's key.
    pub seed: [u8; 32],
    /// The shared store.
    pub store: Arc<dyn Store>,
    /// How long a batch stays open, in milliseconds.
    pub batch_ms: i64,
}

struct Shared {
    member: Member,
    keeper: Keeper,
    lasts: Duration,
    leading: Option<(Lease, Sequencer)>,
}

impl Seat {
    /// One of several nodes. `name` must differ from node to node and from start to start; a lease is asked for `lasts` at a time.
    #[must_use]
    pub fn shared(member: Member, name: String, lasts: Duration) -> Self {
        let keeper = Keeper::start(Arc::clone(&member.store), name, lasts);
        Self(Kind::Shared(Box::new(Shared { member, keeper, lasts, leading: None })))
    }

    /// Takes the lead or lets go of it, as the lease says. To be called often.
    pub fn turn(&mut self) {
        if let Kind::Shared(shared) = &mut self.0 {
            shared.turn();
        }
    }

    /// The ledger, if this node leads it.
    #[must_use]
    pub fn sequencer(&self) -> Option<&Sequencer> {
        match &self.0 {
            Kind::Alone(sequencer) => Some(sequencer),
            Kind::Shared(shared) => shared.leading.as_ref().map(|(_, sequencer)| sequencer),
        }
    }

    fn leading(&mut self) -> Option<&mut Sequencer> {
        match &mut self.0 {
            Kind::Alone(sequencer) => Some(sequencer),
            Kind::Shared(shared) => shared.leading.as_mut().map(|(_, sequencer)| sequencer),
        }
    }

    /// Where bodies lie.
    #[must_use]
    pub fn bodies(&self) -> Bodies {
        match &self.0 {
            Kind::Alone(sequencer) => sequencer.bodies(),
            Kind::Shared(shared) => shared.member.folder.bodies(),
        }
    }

    /// Where statements stand.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        match &self.0 {
            Kind::Alone(sequencer) => sequencer.store(),
            Kind::Shared(shared) => Arc::clone(&shared.member.store),
        }
    }

    /// Takes statements, each for itself: an answer for each, in their order.
    ///
    /// # Errors
    /// The store or the files: then nobody may be told that theirs was taken.
    pub fn take_all(&mut self, checked: Vec<Checked>) -> Result<Vec<Result<Placed, NodeError>>, NodeError> {
        if let Some(sequencer) = self.leading() {
            let taken = sequencer.take_all(checked);
            return self.judge(taken).map(|all| all.into_iter().map(|one| one.map(Placed::Taken)).collect());
        }
        let (mut bodies, mut offered) = (Vec::new(), Vec::with_capacity(checked.len()));
        for Checked { statement, entry, bodies: sent } in checked {
            bodies.extend(sent);
            offered.push(Offered { id: statement.id, entry });
        }
        self.bodies().keep(bodies)?;
        self.store().offer(&offered)?;
        Ok(offered.into_iter().map(|o| Ok(Placed::Waiting(o.id))).collect())
    }

    /// Takes what waits in the inbox; how many statements that were. Nothing while another node leads.
    ///
    /// # Errors
    /// As [`Seat::take_all`].
    pub fn drain_inbox(&mut self, limit: u32) -> Result<usize, NodeError> {
        let done = self.leading().map_or(Ok(0), |sequencer| sequencer.drain_inbox(limit));
        self.judge(done)
    }

    /// Goes on with closing, without waiting for it: [`Sequencer::close_if_due`].
    ///
    /// # Errors
    /// As there.
    pub fn close_if_due(&mut self) -> Result<Option<Duration>, NodeError> {
        let done = self.leading().map_or(Ok(None), Sequencer::close_if_due);
        self.judge(done)
    }

    /// Closes the open batch before its time: the node stops.
    ///
    /// # Errors
    /// As [`Seat::close_if_due`].
    pub fn close_early(&mut self) -> Result<(), NodeError> {
        let done = self.leading().map_or(Ok(()), Sequencer::close_early);
        self.judge(done)
    }

    /// A node that was replaced, or that knows another history than the store, reads everything again before it goes on.
    fn judge<T>(&mut self, done: Result<T, NodeError>) -> Result<T, NodeError> {
        if let (Kind::Shared(shared), Err(NodeError::NotLeading | NodeError::Behind { .. })) = (&mut self.0, &done) {
            shared.follow();
        }
        done
    }
}

impl From<Sequencer> for Seat {
    /// A writer alone on its folder.
    fn from(sequencer: Sequencer) -> Self {
        Self(Kind::Alone(Box::new(sequencer)))
    }
}

impl Shared {
    fn follow(&mut self) {
        if let Some((_, sequencer)) = self.leading.take() {
            sequencer.abandon();
        }
    }

    fn turn(&mut self) {
        let lease = self.keeper.lease();
        if let Some((held, _)) = &self.leading
            && lease != Some(*held)
        {
            eprintln!("ecosphere-node: another node leads now, or the database cannot be reached; this node keeps statements for the one that leads");
            self.follow();
        }
        if let (None, Some(lease)) = (&self.leading, lease) {
            let started = Instant::now();
            match Sequencer::lead(&self.member, lease) {
                Ok(sequencer) => {
                    let (size, took) = (sequencer.ledger().size(), started.elapsed());
                    eprintln!("ecosphere-node: this node leads now (term {}, {size} leaves, read in {} ms)", lease.term, took.as_millis());
                    self.leading = Some((lease, sequencer));
                }
                Err(failed) => {
                    eprintln!("ecosphere-node: this node could not take the lead: {failed}");
                    self.keeper.rest(self.lasts);
                }
            }
        }
    }
}
