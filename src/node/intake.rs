//! The way in: a bounded queue, threads that check, and the one writer behind them.
//!
//! ```text
//! HTTP ── offer ──> queue ──> checkers (one per core) ──> checked ──> writer: fold, one durable transaction per group, answers
//!          └ full: Busy                                                 └ closes the batch when its time has come
//! ```
//! *In:* submissions. *Out:* an [`Answer`] for each, given only when it is durable. The longer a transaction takes, the larger the next group
//! is, so that one slow disk costs latency and not throughput. The queue is bounded in statements and in bytes; what does not fit is not
//! taken and its sender is told when to come back.

use super::{
    NodeError,
    check::{Checked, Submission, check},
    cluster::{Placed, Seat},
    folder::Bodies,
    metrics::Metrics,
    sequencer::{Receipt, Sequencer},
};
use crate::statement::Digest;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// How many statements may wait, at most.
pub const MAX_QUEUED: usize = 16_384;
/// How many bytes of statements and bodies may wait, at most.
pub const MAX_QUEUED_BYTES: usize = 64 * 1024 * 1024;
/// How many statements one thread checks before it takes others: small enough that all cores have some, large enough to cost nothing.
const PART: usize = 64;
/// The most statements in one transaction.
const MAX_GROUP: usize = 4_096;
/// The most statements taken out of the inbox at once.
const INBOX: u32 = 1_024;
/// How often the inbox is looked at, and the open batch while nothing comes in.
const TICK: Duration = Duration::from_millis(200);
/// How often a batch that is being closed is looked at while nothing comes in.
const CLOSING_TICK: Duration = Duration::from_millis(5);

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has its leaf, for good.
    Taken(Receipt),
    /// It waits in the inbox that the nodes share; the one that leads gives it its leaf, or refuses it.
    Waiting(Digest),
    /// It was refused.
    Refused {
        /// Its id, where its signatures hold.
        id: Option<Digest>,
        /// Which refusal.
        code: String,
        /// Why.
        reason: String,
    },
    /// The node failed; whether it was taken is not known, and sending it again does no harm.
    Failed,
}

/// The queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// In how many seconds to come back.
    pub retry_after: u32,
}

struct Part {
    submissions: Vec<Submission>,
    bytes: usize,
    reply: oneshot::Sender<Vec<Answer>>,
}

/// What the checkers give the writer. A submission that did not hold has its answer already.
struct CheckedPart {
    checked: Vec<Result<Checked, Answer>>,
    bytes: usize,
    reply: oneshot::Sender<Vec<Answer>>,
}

enum Work {
    Part(CheckedPart),
    /// A question about the ledger as it is between two groups.
    Ask(Box<dyn FnOnce(&Sequencer) + Send>),
}

/// How much waits: from being offered until it is answered.
#[derive(Debug, Default)]
struct Load {
    statements: AtomicUsize,
    bytes: AtomicUsize,
}

/// The way in. Dropping it without [`stop`](Self::stop) leaves what waits unanswered.
pub struct Intake {
    offered: Mutex<Option<Sender<Part>>>,
    asked: Mutex<Option<Sender<Work>>>,
    load: Arc<Load>,
    metrics: Arc<Metrics>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Intake {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn start(seat: impl Into<Seat>, metrics: Arc<Metrics>) -> Result<Self, NodeError> {
        let seat = seat.into();
        let (offered, parts) = channel::<Part>();
        let (work, done) = channel::<Work>();
        let (load, parts, bodies) = (Arc::new(Load::default()), Arc::new(Mutex::new(parts)), seat.bodies());
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut threads = Vec::new();
        let mut spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
            let started = std::thread::Builder::new().name(name.to_owned()).spawn(run);
            threads.push(started.map_err(|e| NodeError::Usage(format!("the node cannot start its threads: {e}")))?);
            Ok::<_, NodeError>(())
        };
        for _ in 0..cores {
            let (parts, bodies, work) = (Arc::clone(&parts), bodies.clone(), work.clone());
            spawn("check", Box::new(move || check_parts(&parts, &bodies, &work)))?;
        }
        let writer = Writer { seat, load: Arc::clone(&load), metrics: Arc::clone(&metrics), drained: Instant::now() };
        spawn("write", Box::new(move || writer.run(&done)))?;
        Ok(Self { offered: Mutex::new(Some(offered)), asked: Mutex::new(Some(work)), load, metrics, threads: Mutex::new(threads) })
    }

    /// Offers submissions and waits until each is durable or refused; the answers come in their order.
    ///
    /// # Errors
    /// There is no room for them; none was taken.
    pub async fn offer(&self, submissions: Vec<Submission>) -> Result<Vec<Answer>, Busy> {
        let count = submissions.len();
        let weigh = |s: &Submission| s.statement.len() + s.bodies.iter().map(Vec::len).sum::<usize>();
        self.reserve(count, submissions.iter().map(weigh).sum())?;
        let mut replies = Vec::new();
        {
            let offered = self.offered.lock().unwrap_or_else(PoisonError::into_inner);
            let mut rest = submissions;
            while !rest.is_empty() {
                let later = rest.split_off(rest.len().min(PART));
                let (reply, answer) = oneshot::channel();
                let bytes = rest.iter().map(weigh).sum();
                replies.push((rest.len(), answer));
                let part = Part { submissions: rest, bytes, reply };
                if let Some(part) = match &*offered {
                    Some(sender) => sender.send(part).err().map(|unsent| unsent.0),
                    None => Some(part),
                } {
                    // The node is stopping: dropping the part tells the one who waits.
                    self.load.release(part.submissions.len(), part.bytes);
                }
                rest = later;
            }
        }
        let mut answers = Vec::with_capacity(count);
        for (count, reply) in replies {
            answers.extend(reply.await.unwrap_or_else(|_| vec![Answer::Failed; count]));
        }
        Ok(answers)
    }

    fn reserve(&self, statements: usize, bytes: usize) -> Result<(), Busy> {
        let load = &self.load;
        let queued = load.statements.fetch_add(statements, Ordering::AcqRel) + statements;
        let weight = load.bytes.fetch_add(bytes, Ordering::AcqRel) + bytes;
        // A single request that is larger than the queue is taken when nothing else waits.
        if (queued <= MAX_QUEUED || queued == statements) && (weight <= MAX_QUEUED_BYTES || weight == bytes) {
            return Ok(());
        }
        load.release(statements, bytes);
        self.metrics.busy.add(statements as u64);
        Err(Busy { retry_after: 1 })
    }

    /// Asks the writer something about the ledger as it is between two groups. `None` when the node is stopping.
    pub async fn ask<T: Send + 'static>(&self, question: impl FnOnce(&Sequencer) -> T + Send + 'static) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        // Nobody may be waiting any more; then the answer is dropped.
        let ask = Work::Ask(Box::new(move |sequencer| drop(reply.send(question(sequencer)))));
        let sent = self.asked.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|work| work.send(ask).is_ok());
        if sent == Some(true) { answer.await.ok() } else { None }
    }

    /// How many statements wait.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.load.statements.load(Ordering::Acquire)
    }

    /// Whether all threads run: one that panicked takes nothing any more.
    #[must_use]
    pub fn is_running(&self) -> bool {
        !self.threads.lock().unwrap_or_else(PoisonError::into_inner).iter().any(JoinHandle::is_finished)
    }

    /// Takes nothing more, answers what waits, closes the open batch and ends the threads. Blocks.
    pub fn stop(&self) {
        self.offered.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).take();
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // One that panicked has said so on standard error.
            let _ = thread.join();
        }
    }
}

impl Load {
    fn release(&self, statements: usize, bytes: usize) {
        self.statements.fetch_sub(statements, Ordering::AcqRel);
        self.bytes.fetch_sub(bytes, Ordering::AcqRel);
    }
}

fn check_parts(parts: &Mutex<Receiver<Part>>, bodies: &Bodies, work: &Sender<Work>) {
    loop {
        let next = parts.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Part { submissions, bytes, reply }) = next else { return };
        let checked = submissions.into_iter().map(|s| check(s, bodies).map_err(|why| refusal(None, &why))).collect();
        if work.send(Work::Part(CheckedPart { checked, bytes, reply })).is_err() {
            return;
        }
    }
}

fn refusal(id: Option<Digest>, why: &NodeError) -> Answer {
    if why.is_refusal() {
        return Answer::Refused { id, code: why.code(), reason: why.to_string() };
    }
    eprintln!("ecosphere-node: {why}");
    Answer::Failed
}

struct Writer {
    seat: Seat,
    load: Arc<Load>,
    metrics: Arc<Metrics>,
    /// When the inbox was last looked at.
    drained: Instant,
}

impl Writer {
    fn run(mut self, work: &Receiver<Work>) {
        loop {
            let tick = if self.seat.sequencer().is_some_and(Sequencer::is_closing) { CLOSING_TICK } else { TICK };
            let first = match work.recv_timeout(tick) {
                Ok(first) => Some(first),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            self.seat.turn();
            let (mut group, mut count) = (Vec::new(), 0);
            let mut next = first;
            while let Some(item) = next {
                match item {
                    Work::Part(part) => {
                        count += part.checked.len();
                        group.push(part);
                    }
                    // Dropped while another node leads: whoever asks is told that nobody answers.
                    Work::Ask(question) => self.seat.sequencer().map_or((), question),
                }
                next = if count < MAX_GROUP { work.try_recv().ok() } else { None };
            }
            if !group.is_empty() {
                self.take(group);
            }
            self.drain();
            self.close(false);
        }
        // Nobody can send any more: what was taken is published before the process ends.
        self.close(true);
    }

    fn take(&mut self, group: Vec<CheckedPart>) {
        // Each part's answers so far, with places for those that the sequencer gives.
        let (mut all, mut parts) = (Vec::new(), Vec::new());
        for CheckedPart { checked, bytes, reply } in group {
            let answers: Vec<Result<Digest, Answer>> = checked
                .into_iter()
                .map(|checked| {
                    checked.map(|checked| {
                        let id = checked.statement.id;
                        all.push(checked);
                        id
                    })
                })
                .collect();
            parts.push((answers, bytes, reply));
        }
        let (mut taken, failed) = match self.seat.take_all(all) {
            Ok(taken) => (taken.into_iter(), false),
            Err(why) => {
                eprintln!("ecosphere-node: {why}");
                (Vec::new().into_iter(), true)
            }
        };
        for (answers, bytes, reply) in parts {
            let answers: Vec<Answer> = answers
                .into_iter()
                .map(|answer| match answer {
                    Err(answer) => answer,
                    Ok(_) if failed => Answer::Failed,
                    Ok(id) => match taken.next() {
                        Some(Ok(Placed::Taken(receipt))) => Answer::Taken(receipt),
                        Some(Ok(Placed::Waiting(id))) => Answer::Waiting(id),
                        Some(Err(why)) => refusal(Some(id), &why),
                        None => Answer::Failed,
                    },
                })
                .collect();
            answers.iter().for_each(|answer| self.metrics.answered(answer));
            self.load.release(answers.len(), bytes);
            // Whoever asked may have gone; the statements are taken all the same.
            let _ = reply.send(answers);
        }
        self.metrics.groups.add(1);
        self.measure();
    }

    /// Takes what other nodes left in the inbox.
    fn drain(&mut self) {
        if self.drained.elapsed() < TICK {
            return;
        }
        self.drained = Instant::now();
        match self.seat.drain_inbox(INBOX) {
            Ok(0) => {}
            Ok(_) => self.measure(),
            Err(failed) => eprintln!("ecosphere-node: the inbox could not be drained: {failed}"),
        }
    }

    fn close(&mut self, now: bool) {
        let started = Instant::now();
        let closed = if now { self.seat.close_early().map(|()| Some(started.elapsed())) } else { self.seat.close_if_due() };
        match closed {
            Ok(None) => return,
            Ok(Some(took)) => {
                self.metrics.closing.observe(took);
                *self.metrics.waiting.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
            Err(failed) => {
                eprintln!("ecosphere-node: the batch could not be closed: {failed}");
                *self.metrics.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(failed.to_string());
            }
        }
        self.measure();
    }

    fn measure(&self) {
        if let Some(ledger) = self.seat.sequencer().map(Sequencer::ledger) {
            self.metrics.size.set(ledger.size());
            self.metrics.published.set(ledger.published());
        }
    }
}

#[cfg(test)]
mod tests;
