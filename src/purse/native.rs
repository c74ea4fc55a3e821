//! Files and HTTP, natively. The vault is the file that the person names; what else is kept lies beside it.

use super::{Device, PurseError};
use crate::measure::Millis;
use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How long a node may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// The statuses of a node that cannot say now.
const LATER: [u16; 3] = [408, 429, 503];
/// The most that is read of one answer: two bundles of the largest entries, or 200 000 entries with their proofs.
const MOST: usize = 512 * 1024 * 1024;

/// A wallet's files and its node.
#[derive(Debug, Clone)]
pub struct Native {
    vault: PathBuf,
    node: Option<String>,
    client: reqwest::Client,
    /// Held while the wallet is open; the system lets go of it even after a crash.
    lock: Arc<Mutex<Option<File>>>,
}

impl Native {
    /// The wallet in this file, and the node at this address (`https://ledger.example.org`).
    ///
    /// # Errors
    /// This system has no HTTP.
    pub fn new(vault: &Path, node: Option<&str>) -> Result<Self, PurseError> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(PATIENCE).user_agent("EcoSphere").build().map_err(|e| PurseError::Offline(e.to_string()))?;
        let node = node.map(|node| node.trim_end_matches('/').trim_end_matches("/ledger").to_owned());
        Ok(Self { vault: vault.to_owned(), node, client, lock: Arc::default() })
    }

    fn path(&self, name: &str) -> PathBuf {
        if name == "vault" {
            return self.vault.clone();
        }
        let mut file = self.vault.clone().into_os_string();
        file.push(format!(".{name}"));
        file.into()
    }

    fn address(&self, path: &str) -> Result<String, PurseError> {
        let node = self.node.as_ref().ok_or_else(|| PurseError::Usage("this needs a node; name one with --to https://…".to_owned()))?;
        Ok(format!("{node}{path}"))
    }
}

/// The statuses that are answers all the same.
fn reason(status: u16, body: &[u8]) -> PurseError {
    let said = serde_json::from_slice::<serde_json::Value>(body).ok().and_then(|v| Some(v.get("error")?.as_str()?.to_owned()));
    let said = said.unwrap_or_else(|| format!("it answers {status}"));
    if LATER.contains(&status) { PurseError::Offline(said) } else { PurseError::Refused(said) }
}

fn offline(why: &reqwest::Error) -> PurseError {
    let what = if why.is_timeout() { "it takes too long" } else { "no answer" };
    PurseError::Offline(format!("the node cannot be reached ({what}); go online and try again"))
}

async fn body(mut answer: reqwest::Response) -> Result<(u16, Vec<u8>), PurseError> {
    let status = answer.status().as_u16();
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|e| offline(&e))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MOST {
            return Err(PurseError::Untrusted("its answer is longer than any can be".to_owned()));
        }
    }
    Ok((status, bytes))
}

impl Device for Native {
    async fn hold(&self) -> Result<(), PurseError> {
        let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            let store = |e: std::io::Error| PurseError::Store(e.to_string());
            let file = File::options().create(true).truncate(false).write(true).open(self.path("lock")).map_err(store)?;
            let elsewhere = || PurseError::Usage("another program has this wallet open; wait until it is done, or close it there".to_owned());
            file.try_lock().map_err(|_| elsewhere())?;
            *held = Some(file);
        }
        Ok(())
    }

    fn let_go(&self) {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    async fn load(&self, name: &str) -> Result<Option<Vec<u8>>, PurseError> {
        match fs::read(self.path(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(PurseError::Store(e.to_string())),
        }
    }

    async fn save(&self, name: &str, bytes: &[u8]) -> Result<(), PurseError> {
        let path = self.path(name);
        let mut fresh = path.clone().into_os_string();
        fresh.push(".new");
        let fresh = PathBuf::from(fresh);
        let written = (|| {
            let mut options = File::options();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&fresh)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&fresh, &path)?;
            // The name is durable only once its folder is; some systems cannot do that, and need not.
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if let Ok(folder) = File::open(folder) {
                let _ = folder.sync_all();
            }
            Ok::<_, std::io::Error>(())
        })();
        written.map_err(|e| PurseError::Store(e.to_string()))
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>, PurseError> {
        let answer = self.client.get(self.address(path)?).send().await.map_err(|e| offline(&e))?;
        match body(answer).await? {
            (200, bytes) => Ok(bytes),
            (status, bytes) => Err(reason(status, &bytes)),
        }
    }

    async fn post(&self, path: &str, json: String) -> Result<String, PurseError> {
        let request = self.client.post(self.address(path)?).header("content-type", "application/json").body(json);
        let (status, bytes) = body(request.send().await.map_err(|e| offline(&e))?).await?;
        if LATER.contains(&status) {
            return Err(reason(status, &bytes));
        }
        String::from_utf8(bytes).map_err(|_| PurseError::Untrusted("its answer is not text".to_owned()))
    }

    async fn pause(&self, milliseconds: u32) {
        tokio::time::sleep(Duration::from_millis(milliseconds.into())).await;
    }

    fn now(&self) -> Millis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
        Millis(i64::try_from(since).unwrap_or(i64::MAX))
    }
}
