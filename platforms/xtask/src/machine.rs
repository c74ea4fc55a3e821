//! What this machine has, and how to get what it lacks.

use crate::steps::{self, Steps};
use anyhow::{Result, bail};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The root of the repository.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// Where this build's own artifacts go.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Where a program lies on the path.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|file| file.is_file())
}

/// True on Debian, Ubuntu and their kin.
pub fn has_apt() -> bool {
    cfg!(target_os = "linux") && find("apt-get").is_some() && find("dpkg-query").is_some()
}

/// Installs what is missing of these Debian packages.
pub fn apt(steps: &Steps, packages: &[&str]) -> Result<()> {
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    steps.say(&format!("installing Debian packages: {list}"));
    let root = steps::answer("id", &["-u"]).is_some_and(|id| id == "0");
    if !root && find("sudo").is_none() {
        bail!("these packages are missing and only an administrator can install them; run as root:\n  apt-get install {list}");
    }
    let apt = |arguments: &[&str]| {
        let mut command = Command::new(if root { "apt-get" } else { "sudo" });
        if !root {
            command.arg("apt-get");
        }
        command.args(["-qq", "-y", "-o", "Dpkg::Use-Pty=0"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        steps::show(&mut command)
    };
    // A list that is a little old is no reason to stop; a package that is then missing is.
    if let Err(error) = apt(&["update"]) {
        eprintln!("note: {error}");
    }
    apt(&[&["install", "--no-install-recommends"][..], &missing[..]].concat())
}

fn installed(package: &str) -> bool {
    steps::answer("dpkg-query", &["-W", "-f=${Status}", package]).is_some_and(|status| status.ends_with("ok installed"))
}
