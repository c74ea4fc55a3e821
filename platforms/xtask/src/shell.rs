//! The folder that is served: index page with the prerendered first screen, style, icons, manifest, service worker, compressed twins.

use crate::web::Effort;
use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

const WEB: &str = "platforms/web";
/// What of `assets/` is served as it is, by file name ending. (The style is in the wasm and in the first screen.)
const ASSETS: [&str; 6] = ["svg", "png", "ico", "webmanifest", "woff2", "webp"];
/// What is worth compressing.
const TEXT: [&str; 8] = ["wasm", "js", "css", "html", "svg", "webmanifest", "json", "txt"];

/// Adds everything around the two modules that are already in `dist`.
pub fn lay_out(dist: &Path, effort: Effort) -> Result<()> {
    for file in ["worker.js", "start.js"] {
        fs::copy(Path::new(WEB).join(file), dist.join(file)).with_context(|| format!("{WEB}/{file}"))?;
    }
    copy_assets(dist)?;
    fs::write(dist.join("index.html"), index()?)?;
    let files = list(dist)?;
    fs::write(dist.join("sw.js"), service_worker(dist, &files)?)?;
    for file in list(dist)? {
        compress(&dist.join(file), effort)?;
    }
    Ok(())
}

/// Copies icons and the manifest.
fn copy_assets(dist: &Path) -> Result<()> {
    let assets = Path::new("assets");
    for file in list(assets).context("assets")? {
        let ending = text(file.extension()).unwrap_or_default();
        if file.starts_with("sample") || !ASSETS.contains(&ending.as_str()) {
            continue;
        }
        let to = dist.join(&file);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(assets.join(&file), to)?;
    }
    Ok(())
}

/// The index page with the first screen in place.
fn index() -> Result<String> {
    let mut page = fs::read_to_string(Path::new(WEB).join("index.html"))?;
    let first = fs::read_to_string(Path::new(WEB).join("first-screen.html")).unwrap_or_default();
    let mark = "<!-- first screen -->";
    if !page.contains(mark) {
        bail!("{WEB}/index.html has lost its mark `{mark}`");
    }
    page = page.replacen(mark, first.trim(), 1);
    Ok(page)
}

/// The service worker with the list of what makes up the shell, each with its hash.
fn service_worker(dist: &Path, files: &[PathBuf]) -> Result<String> {
    let mut shell = serde_json::Map::new();
    for file in files {
        let bytes = fs::read(dist.join(file))?;
        shell.insert(format!("/{}", slashed(file)), STANDARD.encode(Sha256::digest(&bytes)).into());
    }
    let script = fs::read_to_string(Path::new(WEB).join("sw.js"))?;
    let mark = "const SHELL = {};";
    if !script.contains(mark) {
        bail!("{WEB}/sw.js has lost its mark `{mark}`");
    }
    Ok(script.replacen(mark, &format!("const SHELL = {};", serde_json::to_string_pretty(&shell)?), 1))
}

fn compress(file: &Path, effort: Effort) -> Result<()> {
    if !text(file.extension()).is_some_and(|ending| TEXT.contains(&ending.as_str())) {
        return Ok(());
    }
    let bytes = fs::read(file)?;
    if bytes.len() < 512 {
        return Ok(());
    }
    let quality = if effort == Effort::Small { 11 } else { 5 };
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    let mut writer = brotli::CompressorWriter::new(fs::File::create(name)?, 1 << 16, quality, 24);
    writer.write_all(&bytes)?;
    writer.flush()?;
    Ok(())
}

/// All files below, sorted, as paths from there.
fn list(dist: &Path) -> Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![dist.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(inside) = path.strip_prefix(dist) {
                files.push(inside.to_path_buf());
            }
        }
    }
    files.sort();
    Ok(files)
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

fn text(part: Option<&std::ffi::OsStr>) -> Option<String> {
    part.and_then(std::ffi::OsStr::to_str).map(str::to_owned)
}
