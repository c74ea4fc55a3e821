//! The web app: five wasm modules (page, engine, and those that only those download who open them: the wallet, the organisation's desk and what reads Parquet there), bound to JavaScript, made small, laid
//! out in a folder that can be served.

use crate::{kept::kept, machine, npm, order, shell, steps, steps::Steps, toolchain::Toolchain};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use wasm_bindgen_cli_support::Bindgen;

/// The cargo binary, its features, in which folder it is put, and what it is called there.
const MODULES: [(&str, &str, &str, &str); 5] = [
    ("ecosphere", "web", "", "page"),
    ("ecosphere-engine", "web,engine", "", "engine"),
    ("ecosphere-organisation", "web,organisation", shell::ORGANISATION, "organisation"),
    ("ecosphere-parquet", "web,organisation,parquet", shell::ORGANISATION, "parquet"),
    ("ecosphere-purse", "web,purse", shell::WALLET, "wallet"),
];

/// How much work goes into size.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// As small as it can be: installs wasm-opt and compresses with all effort.
    Small,
    /// As fast as it can be: for a server on this machine.
    Quick,
}

/// Builds the app and says where it lies.
pub fn build(steps: &Steps, effort: Effort) -> Result<PathBuf> {
    let toolchain = Toolchain::find(steps)?;
    let target = machine::target().join("wasm");
    steps.say("building the app for the web (minutes the first time, seconds later)");
    for (binary, features, ..) in MODULES {
        let mut cargo = toolchain.build(&target);
        cargo.args(["--profile", "web", "--no-default-features", "--features", features, "--bin", binary]);
        if steps.brief() {
            cargo.arg("--quiet");
        }
        steps::show(&mut cargo)?;
    }

    let dist = machine::target().join("web-dist");
    let fresh = machine::target().join("web-dist.new");
    // A folder that is being served is replaced at the very end, so that nobody meets half of it.
    fs::remove_dir_all(&fresh).or_else(|error| if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
    fs::create_dir_all(&fresh)?;
    steps.say("binding wasm to JavaScript");
    for (binary, _, folder, name) in MODULES {
        let wasm = target.join("wasm32-unknown-unknown/web").join(format!("{binary}.wasm"));
        Bindgen::new()
            .input_path(&wasm)
            .out_name(name)
            .web(true)?
            .typescript(false)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate(fresh.join(folder))
            .with_context(|| format!("{} could not be bound to JavaScript", wasm.display()))?;
    }
    shrink(steps, &fresh, effort)?;
    steps.say("laying out target/web-dist");
    shell::lay_out(&fresh, effort)?;
    let _ = fs::remove_dir_all(&dist);
    fs::rename(&fresh, &dist).with_context(|| format!("{} is in use", dist.display()))?;
    Ok(dist)
}

/// Writes the first screen anew.
pub fn prerender(steps: &Steps) -> Result<()> {
    steps.say("prerendering the first screen");
    steps::show(machine::cargo().args(["test", "--quiet", "--features", "ui", "--lib", "prerender"]).env("ECOSPHERE_PRERENDER", "write"))
}

/// Brotli sizes of the modules, in bytes.
pub fn sizes(dist: &Path) -> Result<Vec<(&'static str, u64)>> {
    let size = |name: &'static str, folder: &str| Ok((name, fs::metadata(dist.join(folder).join(format!("{name}_bg.wasm.br")))?.len()));
    MODULES.into_iter().map(|(.., folder, name)| size(name, folder)).collect()
}

/// What wasm-opt does. What makes a module smaller on the disk often makes it larger on the line, because brotli finds less that repeats: of the page, bound and not
/// optimised 357.9 kB, `-Oz` made 361.3 kB, of which packing the memory alone cost 5.7 and sharing subexpressions 2.4; this makes 351.6 kB.
const PASSES: [&str; 6] =
    ["-O1", "--skip-pass=memory-packing", "--skip-pass=local-cse", "--skip-pass=coalesce-locals", "--strip-debug", "--strip-producers"];

/// Puts the functions in the order of their names, which [`order`] gave them, and drops those.
const ORDER: [&str; 2] = ["--reorder-functions-by-name", "--strip-debug"];

/// wasm-opt, where Node.js can run it. The app is the same without.
fn shrink(steps: &Steps, dist: &Path, effort: Effort) -> Result<()> {
    let folder =
        if effort == Effort::Small { npm::install(steps).map_err(|why| eprintln!("note: built without wasm-opt: {why:#}")).ok() } else { None };
    let Some(tool) = folder.or_else(npm::installed).map(|folder| folder.join("node_modules/binaryen/bin/wasm-opt")) else {
        return Ok(());
    };
    if machine::find("node").is_none() {
        return Ok(());
    }
    steps.say("making the wasm smaller");
    for (_, _, folder, name) in MODULES {
        let file = dist.join(folder).join(format!("{name}_bg.wasm"));
        let small = dist.join(format!("{name}.small"));
        let made = kept(&format!("wasm-opt{}{}-{name}", PASSES.concat(), ORDER.concat()), &fs::read(&file)?, || {
            let optimised = wasm_opt(&tool, &PASSES, &file, &small)?;
            let named = small.with_extension("named");
            fs::write(&named, order::named(&optimised)?)?;
            let ordered = wasm_opt(&tool, &ORDER, &named, &small);
            fs::remove_file(named)?;
            ordered
        });
        match made {
            Ok(bytes) => fs::write(file, bytes)?,
            Err(why) => eprintln!("note: wasm-opt left {name} as it was: {why:#}"),
        }
    }
    Ok(())
}

/// What wasm-opt makes of a file, by way of another.
fn wasm_opt(tool: &Path, passes: &[&str], file: &Path, small: &Path) -> Result<Vec<u8>> {
    let mut command = Command::new("node");
    command.arg(tool).args(passes);
    for feature in ["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue", "simd"] {
        command.arg(format!("--enable-{feature}"));
    }
    let (fine, text) = steps::capture(command.arg(file).arg("-o").arg(small))?;
    if !fine {
        bail!("{}", text.lines().next().unwrap_or_default());
    }
    let bytes = fs::read(small)?;
    fs::remove_file(small)?;
    Ok(bytes)
}
