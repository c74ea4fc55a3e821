//! `cargo xtask test`: everything, headless. Short output; what failed is shown in full; the last line counts.

use crate::{bench, machine, npm, run, steps, steps::Steps, web};
use anyhow::{Result, anyhow};
use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// The largest each module may be in brotli, in bytes.
const LIMITS: [(&str, u64); 5] = [("page", 350_000), ("engine", 900_000), ("organisation", 900_000), ("parquet", 950_000), ("wallet", 600_000)];
/// What the browser tests run beside the app.
pub const NATIVE: [&str; 6] = ["--bin", "ecosphere-node", "--bin", "ecosphere-cli", "--example", "shelf-video"];
const DENY: &str = "cargo-deny";

/// What has passed and failed so far.
pub struct Tally {
    steps: Steps,
    passed: usize,
    failed: usize,
}

/// Runs everything.
pub fn run() -> Result<ExitCode> {
    let mut tally = Tally::new(Steps::new());
    tally.install()?;
    // The last minutes of a module are one thread's work, so the app is built beside the tests.
    let steps = tally.steps.briefly();
    let app = std::thread::spawn(move || web::build(&steps, web::Effort::Small));
    let features = ["--features", "ui"];
    tally.one("format", machine::cargo().args(["fmt", "--all", "--check"]));
    tally.one("lints", machine::cargo().args(["clippy", "--quiet", "--all-targets"]).args(features).args(["--", "-D", "warnings"]));
    tally.one(
        "lints of platforms",
        machine::cargo().args(["clippy", "--quiet", "--package", "xtask", "--package", "g2p", "--package", "i18n-embed-fl", "--", "-D", "warnings"]),
    );
    tally.licences();
    tally.one("documentation", machine::cargo().args(["doc", "--quiet", "--no-deps"]).args(features).env("RUSTDOCFLAGS", "-D warnings"));
    tally.many("tests of platforms", machine::cargo().args(["test", "--package", "g2p", "--package", "i18n-embed-fl", "--lib"]));
    tally.many("tests", machine::cargo().args(["test", "--no-fail-fast"]).args(features));
    tally.signatures();
    tally.api();
    tally.passports();
    tally.bucket();
    tally.web(app.join().unwrap_or_else(|_| Err(anyhow!("the build of the app panicked"))));
    Ok(tally.close())
}

impl Tally {
    /// Nothing has passed or failed yet.
    pub fn new(steps: Steps) -> Self {
        Self { steps, passed: 0, failed: 0 }
    }

    /// Installs what is missing before anything is built.
    fn install(&mut self) -> Result<()> {
        if machine::has_apt() {
            let browser = if has_browser() { &[][..] } else { &["chromium"][..] };
            machine::apt(&self.steps, browser)?;
            // The node's tests start a server of their own from the one, and are tried by programs that live in the other.
            machine::apt(&self.steps, &["postgresql", "python3-venv"])?;
        }
        npm::install(&self.steps)?;
        if !deny().is_file() {
            self.steps.say("installing cargo-deny into target/tools");
            let root = machine::target().join("tools");
            steps::show(machine::cargo().args(["install", "--quiet", "--debug", "--locked", "--root"]).arg(root).arg(DENY))?;
        }
        Ok(())
    }

    /// Licences, sources and bans always; advisories where their database can be reached.
    fn licences(&mut self) {
        let config = Path::new("deny.toml");
        if !config.is_file() {
            return self.note("licences", false, "deny.toml is missing");
        }
        let check = |what: &[&str]| {
            let mut command = Command::new(deny());
            // Without it cargo-deny would ask another toolchain about our crates.
            command.args(["--all-features", "--log-level", "error", "check"]).args(what);
            command
        };
        self.one("licences, sources and bans", &mut check(&["licenses", "sources", "bans"]));
        match steps::capture(&mut check(&["advisories"])) {
            Ok((true, _)) => self.note("no known vulnerability", true, ""),
            Ok((false, text)) if text.contains("failed to fetch") || text.contains("failed to load advisory") => {
                self.steps.say("skipped: known vulnerabilities (their database cannot be reached)");
            }
            Ok((false, text)) => self.note("no known vulnerability", false, &text),
            Err(error) => self.note("no known vulnerability", false, &format!("{error:#}")),
        }
    }

    /// Our signatures against those of npm's peer.
    fn signatures(&mut self) {
        let mut command = machine::cargo();
        command.args(["test", "--features", "ui", "--test", "conformance", "--", "--ignored", "what_we_sign_the_peer_verifies"]);
        self.many("signatures both ways with a peer", command.env("ECOSPHERE_NPM", machine::target().join("npm")));
    }

    /// A running node against the OpenAPI document it serves.
    fn api(&mut self) {
        let Some(tool) = bench::schemathesis() else {
            return self.note(
                "the API against its document",
                false,
                "Schemathesis cannot be installed; it needs python3 with venv and a package index",
            );
        };
        let mut command = machine::cargo();
        command.args(["test", "--features", "ui", "--test", "node", "--", "--ignored", "every_answer_is_one_that_the_document_describes"]);
        self.many("the API against its document", command.env("SCHEMATHESIS", tool));
    }

    /// The sample's product passports under somebody else's validator.
    fn passports(&mut self) {
        let Some(tool) = bench::dppvalidator() else {
            return self.note(
                "passports under dppvalidator",
                false,
                "dppvalidator cannot be installed; it needs python3 with venv and a package index",
            );
        };
        let mut command = machine::cargo();
        command.args(["test", "--features", "ui", "--test", "node", "--", "--ignored", "dppvalidator_accepts"]);
        self.many("passports under dppvalidator", command.env("DPPVALIDATOR", tool));
    }

    /// The node's files in a bucket.
    fn bucket(&mut self) {
        let Some(server) = bench::moto() else {
            return self.note("files in a bucket", false, "Moto cannot be installed; it needs python3 with venv and a package index");
        };
        let mut command = machine::cargo();
        command.args(["test", "--features", "ui", "--lib", "--", "--ignored", "a_server_that_speaks_s3"]);
        self.many("files in a bucket", command.env("MOTO_SERVER", &server));
        let mut command = machine::cargo();
        command.args(["test", "--features", "ui", "--test", "node", "--", "--ignored", "a_node_whose_files_lie_in_a_bucket"]);
        self.many("a node on a bucket", command.env("MOTO_SERVER", server));
    }

    /// The web build, its sizes, and the app in a real browser.
    fn web(&mut self, app: Result<PathBuf>) {
        let built = app.and_then(|dist| Ok((run::build(&self.steps, &NATIVE)?, dist)));
        let (node, dist) = match built {
            Ok(built) => built,
            Err(error) => return self.note("the web app builds", false, &format!("{error:#}")),
        };
        self.note("the web app builds", true, "");
        match web::sizes(&dist) {
            Ok(sizes) => {
                for ((name, size), (_, limit)) in sizes.into_iter().zip(LIMITS) {
                    self.note(&format!("{name}: {} of {} kB in brotli", size.div_ceil(1000), limit / 1000), size <= limit, "too large");
                }
            }
            Err(error) => self.note("sizes", false, &format!("{error:#}")),
        }
        self.many("tests in Chromium", &mut browser_tests(&node, &dist));
    }

    /// A command that is one check.
    fn one(&mut self, name: &str, command: &mut Command) {
        match steps::capture(command) {
            Ok((fine, text)) => self.note(name, fine, &text),
            Err(error) => self.note(name, false, &format!("{error:#}")),
        }
    }

    /// A command that prints its own counts.
    pub fn many(&mut self, name: &str, command: &mut Command) {
        match steps::capture(command) {
            Ok((fine, text)) => {
                let (passed, failed) = counts(&text);
                // A run that dies before it counts has failed all the same.
                let failed = failed.max(usize::from(!fine));
                self.passed += passed;
                self.failed += failed;
                self.steps.say(&format!("{name}: {passed} passed, {failed} failed"));
                if failed > 0 {
                    println!("{}", telling(&text));
                }
            }
            Err(error) => self.note(name, false, &format!("{error:#}")),
        }
    }

    fn note(&mut self, name: &str, fine: bool, text: &str) {
        if fine {
            self.passed += 1;
            self.steps.say(&format!("ok: {name}"));
        } else {
            self.failed += 1;
            self.steps.say(&format!("FAILED: {name}"));
            println!("{}", text.trim_end());
        }
    }

    /// The closing line.
    pub fn summary(&self) -> String {
        format!("{} passed, {} failed\n", self.passed, self.failed)
    }

    /// Prints the closing line.
    pub fn close(self) -> ExitCode {
        print!("\n{}", self.summary());
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// The runner of `tests/e2e`, told where everything is.
pub fn browser_tests(node: &Path, dist: &Path) -> Command {
    let mut command = Command::new("node");
    command
        .arg("tests/e2e/run.mjs")
        .env("ECOSPHERE_NPM", machine::target().join("npm"))
        .env("ECOSPHERE_NODE", node)
        .env("ECOSPHERE_WEB", dist)
        .env("ECOSPHERE_OUT", machine::target().join("e2e"));
    command
}

fn has_browser() -> bool {
    std::env::var_os("CHROMIUM").is_some() || ["chromium", "chromium-browser", "google-chrome"].iter().any(|name| machine::find(name).is_some())
}

fn deny() -> PathBuf {
    machine::target().join("tools/bin").join(format!("{DENY}{}", std::env::consts::EXE_SUFFIX))
}

/// Sums up every `N passed` and `N failed` that cargo's tests or ours printed.
fn counts(text: &str) -> (usize, usize) {
    let number_before = |line: &str, word: &str| {
        let words: Vec<&str> = line.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect();
        words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse::<usize>().ok()).unwrap_or(0)
    };
    let lines = text.lines().filter(|line| line.starts_with("test result:") || line.starts_with("e2e result:"));
    lines.fold((0, 0), |(passed, failed), line| (passed + number_before(line, "passed"), failed + number_before(line, "failed")))
}

/// What of a long output tells about the failure: from the first failure on, or its end.
fn telling(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.ends_with("... ok") && !line.starts_with("ok ")).collect();
    let start = lines.iter().position(|line| *line == "failures:" || line.starts_with("error") || line.starts_with("not ok"));
    let start = start.unwrap_or(lines.len().saturating_sub(40));
    lines[start..].iter().take(200).copied().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn the_closing_line_sums_up_what_cargo_and_the_browser_counted() {
        let text = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\nnoise 3 passed\ntest result: FAILED. 5 passed; 2 failed; 0 ignored\ne2e result: 7 passed, 1 failed\n";
        assert_eq!(counts(text), (24, 3));
    }
}
