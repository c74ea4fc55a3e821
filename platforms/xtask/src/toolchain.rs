//! Rust for wasm32: by rustup's target where rustup manages Rust, by Debian's packages where it does not.
//!
//! SQLite is C, so a clang that knows wasm32 is needed either way.

use crate::{machine, steps, steps::Steps};
use anyhow::{Result, bail};
use std::{path::PathBuf, process::Command};

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN: [&str; 6] = ["rustc-web", "cargo-web", "rust-web-src", "clang-19", "lld-19", "llvm-19"];
/// Set by `cargo run` for its own toolchain; they would lead another toolchain astray.
const FOREIGN: [&str; 7] = ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH", "CARGO_TARGET_DIR", "RUSTC_WRAPPER"];

/// A way to build wasm.
pub enum Toolchain {
    /// rustup's target and a clang.
    Rustup(Clang),
    /// Debian's `rustc-web`, which builds its own standard library.
    Debian,
}

/// A clang that knows wasm32, and the archiver beside it.
pub struct Clang {
    compiler: PathBuf,
    archiver: PathBuf,
}

impl Toolchain {
    /// Finds one, or installs what is missing.
    pub fn find(steps: &Steps) -> Result<Self> {
        match std::env::var("WASM_TOOLCHAIN").ok().as_deref() {
            Some("debian") => return Self::debian(steps),
            None | Some("" | "rustup") => {}
            Some(other) => {
                bail!("WASM_TOOLCHAIN={other} is not known; leave it out, or use `debian`")
            }
        }
        match add_target(steps) {
            Ok(()) => Ok(Self::Rustup(Clang::find(steps)?)),
            Err(why) if machine::has_apt() => {
                steps.say(&format!("{why}; using Debian's packages instead"));
                Self::debian(steps)
            }
            Err(why) => bail!(
                "Rust cannot build for the web here: {why}.\nInstall Rust with rustup (https://rustup.rs), then run:  rustup target add {TARGET}"
            ),
        }
    }

    fn debian(steps: &Steps) -> Result<Self> {
        if !machine::has_apt() {
            bail!("WASM_TOOLCHAIN=debian needs Debian's or Ubuntu's package manager, which is not here; leave the variable out to use rustup");
        }
        machine::apt(steps, &DEBIAN)?;
        Ok(Self::Debian)
    }

    /// `cargo build` for wasm, with a target folder of its own; arguments may be added.
    pub fn build(&self, target: &std::path::Path) -> Command {
        let mut command = match self {
            Self::Debian => {
                let mut command = Command::new("/usr/bin/cargo");
                for variable in FOREIGN {
                    command.env_remove(variable);
                }
                let path = std::env::var("PATH").unwrap_or_default();
                command
                    .env("PATH", format!("/usr/bin:{path}"))
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CC_wasm32_unknown_unknown", "clang-19")
                    .env("AR_wasm32_unknown_unknown", "llvm-ar-19")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19")
                    .args(["build", "-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
                command
            }
            Self::Rustup(clang) => {
                let mut command = machine::cargo();
                command.env("CC_wasm32_unknown_unknown", &clang.compiler).env("AR_wasm32_unknown_unknown", &clang.archiver).arg("build");
                command
            }
        };
        command
            .env_remove("RUSTFLAGS") // the right ones are in .cargo/config.toml
            .args(["--target", TARGET])
            .arg("--target-dir")
            .arg(target);
        command
    }
}

impl Clang {
    fn find(steps: &Steps) -> Result<Self> {
        if let Some(clang) = Self::look() {
            return Ok(clang);
        }
        if machine::has_apt() {
            machine::apt(steps, &["clang", "llvm"])?;
        }
        Self::look().ok_or_else(|| {
            anyhow::anyhow!(
                "a clang that can compile for wasm32 is missing (SQLite is written in C). {}",
                match std::env::consts::OS {
                    "macos" => "Install it with:  brew install llvm   (Apple's own clang cannot do it), and run this again.",
                    "windows" => "Install it with:  winget install LLVM.LLVM   and run this again in a new terminal.",
                    _ => "Install clang and llvm (version 14 or later) with your system's package manager and run this again.",
                }
            )
        })
    }

    fn look() -> Option<Self> {
        let mut folders: Vec<PathBuf> =
            ["/opt/homebrew/opt/llvm/bin", "/usr/local/opt/llvm/bin", "C:\\Program Files\\LLVM\\bin"].map(PathBuf::from).into();
        folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
        let suffixes = ["", "-22", "-21", "-20", "-19", "-18", "-17", "-16", "-15", "-14"];
        folders.iter().flat_map(|folder| suffixes.map(|suffix| (folder, suffix))).find_map(|(folder, suffix)| {
            let file = |name: &str| folder.join(format!("{name}{suffix}{}", std::env::consts::EXE_SUFFIX));
            let (compiler, archiver) = (file("clang"), file("llvm-ar"));
            let knows = compiler.is_file()
                && archiver.is_file()
                && steps::answer(&compiler.to_string_lossy(), &["--print-targets"]).is_some_and(|targets| targets.contains("wasm32"));
            knows.then_some(Self { compiler, archiver })
        })
    }
}

/// Adds the target to the toolchain that runs us; the error says why not.
fn add_target(steps: &Steps) -> Result<(), String> {
    let list = ["target", "list", "--installed"];
    let Some(installed) = steps::answer("rustup", &list) else {
        return Err("rustup does not manage Rust here".into());
    };
    if installed.lines().any(|line| line == TARGET) {
        return Ok(());
    }
    steps.say(&format!("rustup target add {TARGET}"));
    steps::show(Command::new("rustup").args(["target", "add", TARGET])).map_err(|_| format!("rustup could not add the target {TARGET}"))
}
