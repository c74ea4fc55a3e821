//! How far a long reading has come, on standard error: a bar where that is a terminal; where it is not, a plain line every two seconds and one at
//! the end if somebody asked for them, else nothing.
//!
//! A position is in bytes of the file, packed or not, so that its end is known from the start.

use indicatif::{ProgressBar, ProgressStyle};
use std::{
    cell::Cell,
    io::{self, BufRead, IsTerminal as _, Read, Seek, SeekFrom},
    time::{Duration, Instant},
};

/// How often a plain line is written.
const EVERY: Duration = Duration::from_secs(2);

/// See the module.
pub struct Progress {
    shown: Shown,
    total: u64,
    at: Cell<u64>,
    begun: Instant,
}

enum Shown {
    Bar(ProgressBar),
    Lines { last: Cell<Instant> },
    Nothing,
}

impl Progress {
    /// Begins with `total` bytes to come. `asked`: lines are wanted where there is no terminal.
    #[must_use]
    pub fn bytes(total: u64, asked: bool) -> Self {
        let begun = Instant::now();
        let shown = if io::stderr().is_terminal() {
            // The template is a constant that indicatif reads; if it ever did not, its own look serves.
            let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {bytes} of {total_bytes}, {bytes_per_sec}, {eta} to go");
            Shown::Bar(ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
        } else if asked {
            Shown::Lines { last: Cell::new(begun) }
        } else {
            Shown::Nothing
        };
        Self { shown, total, at: Cell::new(0), begun }
    }

    /// Shows nothing.
    #[must_use]
    pub fn nothing() -> Self {
        Self { shown: Shown::Nothing, total: 0, at: Cell::new(0), begun: Instant::now() }
    }

    /// So far.
    pub fn set(&self, at: u64) {
        self.at.set(at);
        match &self.shown {
            Shown::Bar(bar) => bar.set_position(at.min(self.total)),
            Shown::Lines { last } if last.get().elapsed() >= EVERY => {
                last.set(Instant::now());
                eprintln!("{}", self.line());
            }
            Shown::Lines { .. } | Shown::Nothing => {}
        }
    }

    /// Further.
    pub fn add(&self, bytes: u64) {
        self.set(self.at.get().saturating_add(bytes));
    }

    /// Of how many bytes.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Watches what is read.
    pub const fn watch<R>(&self, inner: R) -> Watched<'_, R> {
        Watched { inner, progress: self }
    }

    /// Takes the bar away, or writes the last line.
    pub fn finish(self) {
        match &self.shown {
            Shown::Bar(bar) => bar.finish_and_clear(),
            Shown::Lines { .. } => {
                self.at.set(self.total);
                eprintln!("{}", self.line());
            }
            Shown::Nothing => {}
        }
    }

    fn line(&self) -> String {
        let at = self.at.get().min(self.total);
        let percent = u128::from(at) * 100 / u128::from(self.total.max(1));
        format!("{percent} % ({at} of {} bytes) in {:.1} s", self.total, self.begun.elapsed().as_secs_f32())
    }
}

/// A reader that tells how far it is.
pub struct Watched<'p, R> {
    inner: R,
    progress: &'p Progress,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.progress.add(read as u64);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Watched<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }
    fn consume(&mut self, amount: usize) {
        self.progress.add(amount as u64);
        self.inner.consume(amount);
    }
}

impl<R: Seek> Seek for Watched<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.inner.seek(to)?;
        self.progress.set(at);
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_and_where_it_is_sought_is_counted() {
        let progress = Progress::nothing();
        let mut watched = progress.watch(io::Cursor::new(vec![0; 100]));
        watched.read_exact(&mut [0; 30]).unwrap();
        assert_eq!(progress.at.get(), 30);
        watched.seek(SeekFrom::Start(90)).unwrap();
        watched.consume(5);
        assert_eq!((progress.at.get(), watched.fill_buf().unwrap().len()), (95, 5));
        let asked = Progress { shown: Shown::Lines { last: Cell::new(Instant::now()) }, total: 200, ..Progress::nothing() };
        asked.set(50);
        assert!(asked.line().starts_with("25 % (50 of 200 bytes) in "), "{}", asked.line());
        asked.set(500);
        assert!(asked.line().starts_with("100 % (200 of 200 bytes)"), "{}", asked.line());
    }
}
