//! The folder that is served, with the organisation's desk and the wallet as folders in it: index page with the prerendered first screen, style, icons, manifest, service worker, compressed twins.

use crate::{kept::kept, web::Effort};
use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

const WEB: &str = "platforms/web";
/// The folder of the organisation's desk. It is served, but no part of the shell: who shops never downloads it.
pub const ORGANISATION: &str = "organisation";
/// The folder of the wallet: no part of the shell either, but kept once somebody opened it.
pub const WALLET: &str = "wallet";
/// The pages beside the app's own; each has a folder, and a style sheet of that name that comes after the app's.
const PAGES: [&str; 2] = [ORGANISATION, WALLET];
/// Where in a page's head its style goes.
const STYLE: &str = "<!-- style -->";
/// Where in the app's page the first screen goes.
const FIRST: &str = "<!-- first screen -->";
/// What of it is a part of another file: the page's and the worker's wasm carry the glue, the index page carries the first screen.
const SPECIAL: [&str; 4] = ["glue.js", "index.html", "first-screen.html", "sw.js"];
/// What is worth compressing.
const TEXT: [&str; 8] = ["wasm", "js", "css", "html", "svg", "webmanifest", "json", "txt"];

/// Adds everything around the two modules that are already in `dist`.
pub fn lay_out(dist: &Path, effort: Effort) -> Result<()> {
    copy(dist)?;
    let (style, first) = first_screen()?;
    fs::write(dist.join("index.html"), filled(Path::new("index.html"), &[(STYLE, &style), (FIRST, &first)])?)?;
    for page in PAGES {
        let index = Path::new(page).join("index.html");
        let own = fs::read_to_string(Path::new("assets/style").join(page).with_extension("css"))?;
        fs::write(dist.join(&index), filled(&index, &[(STYLE, &style.replace("</style>", &format!("{own}</style>")))])?)?;
    }
    let files = list(dist)?;
    fs::write(dist.join("sw.js"), service_worker(dist, &files)?)?;
    for file in list(dist)? {
        compress(&dist.join(file), effort)?;
    }
    Ok(())
}

/// Copies everything that is served as it is.
fn copy(dist: &Path) -> Result<()> {
    for file in list(Path::new(WEB)).context(WEB)? {
        if SPECIAL.iter().any(|special| file == Path::new(special)) || PAGES.iter().any(|folder| file == Path::new(folder).join("glue.js")) {
            continue;
        }
        let to = dist.join(&file);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(Path::new(WEB).join(file), to)?;
    }
    Ok(())
}

/// The style sheet and the first screen, as they were prerendered.
fn first_screen() -> Result<(String, String)> {
    let file = Path::new(WEB).join("first-screen.html");
    let first = fs::read_to_string(&file)?;
    let end = "</style>";
    let (style, screen) = first.trim().split_once(end).with_context(|| format!("{} does not begin with its style", file.display()))?;
    Ok((format!("{style}{end}"), screen.to_owned()))
}

/// A page with its marks replaced.
fn filled(page: &Path, marks: &[(&str, &str)]) -> Result<String> {
    let mut text = fs::read_to_string(Path::new(WEB).join(page))?;
    for (mark, with) in marks {
        if !text.contains(mark) {
            bail!("{WEB}/{} has lost its mark `{mark}`", page.display());
        }
        text = text.replacen(mark, with, 1);
    }
    Ok(text)
}

/// The service worker with the list of what makes up the shell, each with its hash.
fn service_worker(dist: &Path, files: &[PathBuf]) -> Result<String> {
    let mut shell = serde_json::Map::new();
    for file in files.iter().filter(|file| !PAGES.iter().any(|page| file.starts_with(page))) {
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
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let small = kept(&format!("brotli-{quality}-{name}"), &bytes, || {
        let mut small = Vec::new();
        let mut writer = brotli::CompressorWriter::new(&mut small, 1 << 16, quality, 24);
        writer.write_all(&bytes)?;
        writer.flush()?;
        drop(writer);
        Ok(small)
    })?;
    let mut twin = file.as_os_str().to_owned();
    twin.push(".br");
    Ok(fs::write(twin, small)?)
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
