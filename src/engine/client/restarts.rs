//! How often the engine may be restarted before restarting is given up.

/// At most this many restarts within a minute.
pub const RESTARTS_PER_MINUTE: usize = 3;

const MINUTE_MS: f64 = 60_000.0;

/// The restarts so far.
#[derive(Debug, Default)]
pub(super) struct Restarts {
    total: u32,
    recent: Vec<f64>,
    given_up: Option<String>,
}

impl Restarts {
    /// The engine died at `now` (milliseconds of any steady clock) saying `why`. True: start it again.
    pub(super) fn again(&mut self, now: f64, why: &str) -> bool {
        self.recent.retain(|then| now - then < MINUTE_MS);
        if self.recent.len() >= RESTARTS_PER_MINUTE {
            let times = self.recent.len() + 1;
            self.given_up = Some(format!("it stopped {times} times within a minute, last with: {why}. Close EcoSphere and open it again"));
            return false;
        }
        self.recent.push(now);
        self.total = self.total.saturating_add(1);
        true
    }

    /// Why restarting was given up, if it was.
    pub(super) fn given_up(&self) -> Option<String> {
        self.given_up.clone()
    }

    /// Restarts since the app was opened.
    pub(super) fn total(&self) -> u32 {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fourth_death_within_a_minute_is_not_followed_by_a_restart() {
        let mut restarts = Restarts::default();
        assert!((0..3).all(|n| restarts.again(f64::from(n) * 1_000.0, "boom")));
        assert!(!restarts.again(4_000.0, "boom"));
        assert_eq!(restarts.total(), 3);
        assert!(restarts.given_up().is_some_and(|why| why.contains("boom")));
    }

    #[test]
    fn deaths_that_are_minutes_apart_are_always_followed_by_a_restart() {
        let mut restarts = Restarts::default();
        assert!((0..50).all(|n| restarts.again(f64::from(n) * 30_000.0, "boom")));
        assert_eq!(restarts.given_up(), None);
    }
}
