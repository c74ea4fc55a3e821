//! What a node counts, and how it tells Prometheus
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).
//!
//! ```text
//! # TYPE ecosphere_statements_taken_total counter
//! ecosphere_statements_taken_total 42
//! ecosphere_statements_rejected_total{code="no-standing"} 3
//! ```

use super::intake::Answer;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Upper bounds of the duration buckets, in seconds.
const BOUNDS: [f64; 12] = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// A number that changes: a counter when it only rises.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Adds to it.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }
    /// Sets it.
    pub fn set(&self, n: u64) {
        self.0.store(n, Ordering::Relaxed);
    }
    /// What it is.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long something took, in buckets.
#[derive(Debug, Default)]
pub struct Durations {
    /// One for each of [`BOUNDS`], and one for what took longer.
    buckets: [Count; BOUNDS.len() + 1],
    micros: Count,
}

impl Durations {
    /// Adds one.
    pub fn observe(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let at = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        if let Some(bucket) = self.buckets.get(at) {
            bucket.add(1);
        }
        self.micros.add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    fn write(&self, out: &mut String, name: &str, labels: &str) {
        let comma = if labels.is_empty() { "" } else { "," };
        let mut sum = 0;
        for (bound, bucket) in BOUNDS.iter().map(f64::to_string).chain(["+Inf".to_owned()]).zip(&self.buckets) {
            sum += bucket.get();
            let _ = writeln!(out, "{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {sum}");
        }
        let braces = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(out, "{name}_sum{braces} {}", self.micros.get() as f64 / 1e6);
        let _ = writeln!(out, "{name}_count{braces} {sum}");
    }
}

/// Everything a node counts.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Statements that got their leaf.
    pub taken: Count,
    /// Statements that were taken before and were sent again.
    pub again: Count,
    /// Statements that did not fit into the queue.
    pub busy: Count,
    /// Statements that the node failed on.
    pub failed: Count,
    /// Transactions that took statements.
    pub groups: Count,
    /// Entries in the log.
    pub size: Count,
    /// Entries under the published checkpoint.
    pub published: Count,
    /// How long closing a batch took.
    pub closing: Durations,
    /// Why a closed batch is not published yet, if it is not.
    pub waiting: Mutex<Option<String>>,
    rejected: Mutex<BTreeMap<String, u64>>,
    /// By route: durations, and how many answers had which status.
    requests: Mutex<BTreeMap<String, Requests>>,
}

#[derive(Debug, Default)]
struct Requests {
    took: Durations,
    statuses: BTreeMap<u16, u64>,
}

impl Metrics {
    /// Counts what became of a statement.
    pub fn answered(&self, answer: &Answer) {
        match answer {
            Answer::Taken(receipt) if receipt.again => self.again.add(1),
            Answer::Taken(_) | Answer::Waiting(_) => self.taken.add(1),
            Answer::Failed => self.failed.add(1),
            Answer::Refused { code, .. } => {
                *self.rejected.lock().unwrap_or_else(PoisonError::into_inner).entry(code.clone()).or_default() += 1;
            }
        }
    }

    /// Counts a request. `route` is one of the router's own patterns, never what somebody sent.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = format!("method=\"{method}\",route=\"{route}\"");
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = requests.entry(labels).or_default();
        entry.took.observe(took);
        *entry.statuses.entry(status).or_default() += 1;
    }

    /// The exposition text; `queued` statements wait, of at most `capacity`.
    #[must_use]
    pub fn expose(&self, queued: usize, capacity: usize) -> String {
        let mut out = String::new();
        let mut one = |kind: &str, name: &str, help: &str, value: u64| {
            let _ = writeln!(out, "# HELP ecosphere_{name} {help}\n# TYPE ecosphere_{name} {kind}\necosphere_{name} {value}");
        };
        one("gauge", "queue_length", "Statements that wait to be checked or taken.", queued as u64);
        one("gauge", "queue_capacity", "How many statements may wait.", capacity as u64);
        one("counter", "statements_taken_total", "Statements that got their leaf.", self.taken.get());
        one("counter", "statements_again_total", "Statements that were sent again after they were taken.", self.again.get());
        one("counter", "statements_busy_total", "Statements that found the queue full.", self.busy.get());
        one("counter", "statements_failed_total", "Statements that the node failed on.", self.failed.get());
        one("counter", "groups_total", "Transactions that took statements.", self.groups.get());
        one("gauge", "log_size", "Entries in the log, published or not.", self.size.get());
        one("gauge", "published_size", "Entries under the published checkpoint.", self.published.get());
        let _ = writeln!(
            out,
            "# HELP ecosphere_statements_rejected_total Statements that were refused.\n# TYPE ecosphere_statements_rejected_total counter"
        );
        for (code, n) in &*self.rejected.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = writeln!(out, "ecosphere_statements_rejected_total{{code=\"{code}\"}} {n}");
        }
        let _ = writeln!(out, "# HELP ecosphere_batch_close_seconds How long closing a batch took.\n# TYPE ecosphere_batch_close_seconds histogram");
        self.closing.write(&mut out, "ecosphere_batch_close_seconds", "");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(out, "# HELP ecosphere_http_requests_total Requests by answer.\n# TYPE ecosphere_http_requests_total counter");
        for (labels, entry) in &*requests {
            for (status, n) in &entry.statuses {
                let _ = writeln!(out, "ecosphere_http_requests_total{{{labels},status=\"{status}\"}} {n}");
            }
        }
        let _ = writeln!(out, "# HELP ecosphere_http_request_seconds How long requests took.\n# TYPE ecosphere_http_request_seconds histogram");
        for (labels, entry) in &*requests {
            entry.took.write(&mut out, "ecosphere_http_request_seconds", labels);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_falls_into_every_bucket_that_is_long_enough() {
        let metrics = Metrics::default();
        metrics.closing.observe(Duration::from_millis(30));
        metrics.closing.observe(Duration::from_secs(60));
        metrics.request("GET", "/health", 200, Duration::from_micros(10));
        metrics.answered(&Answer::Refused { id: None, code: "expired".to_owned(), reason: String::new() });
        let text = metrics.expose(3, 10);
        for line in [
            "ecosphere_batch_close_seconds_bucket{le=\"0.025\"} 0",
            "ecosphere_batch_close_seconds_bucket{le=\"0.05\"} 1",
            "ecosphere_batch_close_seconds_bucket{le=\"+Inf\"} 2",
            "ecosphere_batch_close_seconds_sum 60.03",
            "ecosphere_batch_close_seconds_count 2",
            "ecosphere_http_requests_total{method=\"GET\",route=\"/health\",status=\"200\"} 1",
            "ecosphere_http_request_seconds_bucket{method=\"GET\",route=\"/health\",le=\"0.001\"} 1",
            "ecosphere_statements_rejected_total{code=\"expired\"} 1",
            "ecosphere_queue_length 3",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is missing in:\n{text}");
        }
    }
}
