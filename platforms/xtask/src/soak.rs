//! `cargo xtask soak`: the long versions of the tests (more cases, more kill rounds). Its result is left in `target/soak.txt`.

use crate::{machine, npm, run, steps::Steps, suite, suite::Tally, web};
use anyhow::Result;
use std::process::ExitCode;

/// Rounds of kill -9.
const ROUNDS: &str = "100";
/// Cases per property, also where a test asks for fewer: some cost a second each in a debug build.
const CASES: &str = "1000";

/// Runs the long versions; the tests look for `ECOSPHERE_SOAK`, and those that kill take it as their rounds.
pub fn run() -> Result<ExitCode> {
    let steps = Steps::new();
    npm::install(&steps)?;
    let dist = web::build(&steps, web::Effort::Small)?;
    let node = run::build(&steps, &suite::NATIVE)?;
    let mut tally = Tally::new(steps);
    tally.many(
        "tests, long",
        machine::cargo().args(["test", "--no-fail-fast", "--features", "ui"]).envs([("ECOSPHERE_SOAK", ROUNDS), ("PROPTEST_CASES", CASES)]),
    );
    tally.many("tests in Chromium, long", suite::browser_tests(&node, &dist).env("ECOSPHERE_SOAK", "1"));
    std::fs::write(machine::target().join("soak.txt"), tally.summary())?;
    Ok(tally.close())
}
