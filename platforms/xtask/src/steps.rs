//! Headings with the time that has passed, and commands that say which one failed.

use anyhow::{Context, Result, bail};
use std::{
    process::{Command, Stdio},
    time::Instant,
};

/// A row of steps.
#[derive(Clone, Copy)]
pub struct Steps {
    started: Instant,
    brief: bool,
}

impl Steps {
    /// Starts the clock.
    pub fn new() -> Self {
        Self { started: Instant::now(), brief: false }
    }

    /// The same clock, without the names of what is compiled: for a log that nobody watches.
    pub fn briefly(self) -> Self {
        Self { brief: true, ..self }
    }

    /// Whether names of what is compiled would only be noise.
    pub fn brief(&self) -> bool {
        self.brief
    }

    /// Says what happens now.
    pub fn say(&self, what: &str) {
        println!("[{:>4} s] {what}", self.started.elapsed().as_secs());
    }
}

/// Runs a command; its output is the person's to see.
pub fn show(command: &mut Command) -> Result<()> {
    let name = name(command);
    let status = command.status().with_context(|| format!("`{name}` could not be started"))?;
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(())
}

/// Runs a command and gives back what it printed: whether it succeeded, and both of its streams.
pub fn capture(command: &mut Command) -> Result<(bool, String)> {
    let name = name(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("`{name}` could not be started"))?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok((output.status.success(), text))
}

/// What a command prints, when it succeeds.
pub fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn name(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().take(3).map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
