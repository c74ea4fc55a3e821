//! The few things that come from npm, pinned by `tests/e2e/package-lock.json`, installed into `target/npm`.

use crate::{machine, steps, steps::Steps};
use anyhow::{Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Installs them and says where.
pub fn install(steps: &Steps) -> Result<PathBuf> {
    let folder = machine::target().join("npm");
    let lock = fs::read("tests/e2e/package-lock.json")?;
    let stamp = folder.join("installed.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(folder);
    }
    if machine::find("npm").is_none() && machine::has_apt() {
        machine::apt(steps, &["nodejs", "npm"])?;
    }
    if machine::find("npm").is_none() {
        bail!("Node.js with npm is missing; install it from https://nodejs.org and run this again");
    }
    steps.say("installing npm packages into target/npm");
    fs::create_dir_all(&folder)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(Path::new("tests/e2e").join(file), folder.join(file))?;
    }
    let (fine, text) = steps::capture(program("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder))?;
    if !fine {
        bail!("npm could not install the packages:\n{text}");
    }
    fs::write(stamp, lock)?;
    Ok(folder)
}

/// The folder, when everything in it is already there.
pub fn installed() -> Option<PathBuf> {
    let folder = machine::target().join("npm");
    folder.join("installed.json").is_file().then_some(folder)
}

/// A program that is a script on Windows.
fn program(name: &str) -> Command {
    if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/c", name]);
        command
    } else {
        Command::new(name)
    }
}
