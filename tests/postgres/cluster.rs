//! A PostgreSQL of the tests' own: made in a temporary folder, on a free port, gone at the end.
#![allow(dead_code, reason = "two groups of tests share it, and neither needs all of it")]

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long a server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running PostgreSQL.
pub struct Cluster {
    folder: TempDir,
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    settings: Vec<String>,
    server: Mutex<Option<Child>>,
}

impl Cluster {
    /// A server with the defaults of a fresh installation.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A server with some `name=value` settings.
    pub fn start_with(settings: &[&str]) -> Self {
        let folder = own_folder();
        let data = folder.path().join("data");
        copy(&template().join("data"), &data);
        Self::run(folder, settings)
    }

    /// A second server that streams everything from this one, as `standby1`.
    pub fn standby(&self) -> Self {
        let folder = own_folder();
        let from = format!("host=127.0.0.1 port={} user=postgres application_name=standby1", self.port);
        let data = folder.path().join("data");
        let mut backup = program("pg_basebackup");
        backup.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--dbname", &from, "--pgdata"]).arg(data);
        succeed(&mut backup);
        Self::run(folder, &[])
    }

    fn run(folder: TempDir, settings: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = settings.iter().map(|s| (*s).to_owned()).collect();
        let cluster = Self { folder, port, settings, server: Mutex::new(None) };
        cluster.restart();
        cluster
    }

    /// How a client finds it.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres?connect_timeout=5", self.port)
    }

    /// Makes an empty database and says how to find it.
    pub fn database(&self, name: &str) -> String {
        self.sql(&format!("CREATE DATABASE {name}"));
        format!("postgres://postgres@127.0.0.1:{}/{name}?connect_timeout=5", self.port)
    }

    /// Runs a statement as a person would, and gives what it prints.
    pub fn sql(&self, statement: &str) -> String {
        self.sql_in("postgres", statement)
    }

    /// The same in another database of the server.
    pub fn sql_in(&self, database: &str, statement: &str) -> String {
        let mut psql = program("psql");
        let port = self.port.to_string();
        psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "postgres", "-p", &port, "-d", database, "-c", statement]);
        succeed(&mut psql)
    }

    /// Ends it as a power cut does: SIGKILL, no last word.
    pub fn kill(&self) {
        if let Some(mut server) = self.lock().take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    /// Starts it (again) on the same folder and port, and waits until it answers.
    pub fn restart(&self) {
        let patience = Instant::now();
        loop {
            let mut postgres = program("postgres");
            let port = self.port.to_string();
            postgres.args(["-p", &port, "-c", "listen_addresses=127.0.0.1", "-k"]).arg(self.folder.path());
            postgres.arg("-D").arg(self.folder.path().join("data"));
            for setting in &self.settings {
                postgres.args(["-c", setting]);
            }
            let log = fs::File::options().create(true).append(true).open(self.log()).unwrap();
            let mut server = postgres.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
            // After a kill the old one's children may take a moment to notice: then the new one stops at once and is started again.
            while server.try_wait().unwrap().is_none() {
                if self.answers() {
                    *self.lock() = Some(server);
                    return;
                }
                assert!(patience.elapsed() < PATIENCE, "PostgreSQL does not start: {}", fs::read_to_string(self.log()).unwrap());
                std::thread::sleep(Duration::from_millis(50));
            }
            assert!(patience.elapsed() < PATIENCE, "PostgreSQL does not start: {}", fs::read_to_string(self.log()).unwrap());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn answers(&self) -> bool {
        let port = self.port.to_string();
        let mut ready = program("pg_isready");
        ready.args(["-q", "-h", "127.0.0.1", "-p", &port]).status().unwrap().success()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An empty cluster that is made once, kept below `target` and copied for every test.
fn template() -> &'static Path {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let version = succeed(program("initdb").arg("--version")).replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let tests = std::env::current_exe().unwrap();
        let root = tests.ancestors().nth(2).unwrap().join("postgres-template").join(version);
        if root.is_dir() {
            return root;
        }
        let folder = own_folder();
        let data = folder.path().join("data");
        let mut init = program("initdb");
        init.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D"]).arg(&data);
        succeed(&mut init);
        // Whole under its name or not there at all; another process may have been faster.
        let fresh = root.with_extension(std::process::id().to_string());
        copy(&data, &fresh.join("data"));
        if fs::rename(&fresh, &root).is_err() {
            fs::remove_dir_all(&fresh).unwrap();
        }
        root
    })
}

/// A folder that PostgreSQL's own user may write. Short, because a socket's path has at most 107 bytes.
pub fn own_folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("eco-pg").tempdir_in("/tmp").unwrap();
    give(folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
            give(&target);
        }
    }
    give(to);
}

/// PostgreSQL refuses to run as root: then its files belong to another user, and it runs as that one.
pub fn give(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    if let Some((user, group)) = stand_in() {
        std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
    }
    if path.is_dir() {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    }
}

/// Who runs PostgreSQL when the tests run as root: Debian's user for it, or nobody in particular.
fn stand_in() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let root = fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0);
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = |name: &str| {
        let fields: Vec<&str> = users.lines().find(|l| l.split(':').next() == Some(name))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    root.then(|| user("postgres").or_else(|| user("nobody")).expect("/etc/passwd names neither postgres nor nobody"))
}

/// One of PostgreSQL's programs: Debian keeps them off the path.
fn program(name: &str) -> Command {
    use std::os::unix::process::CommandExt as _;
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path().join("bin")).collect();
        versions.sort_by_key(|p| p.parent().and_then(Path::file_name).and_then(|v| v.to_str()?.parse::<u32>().ok()));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = versions.into_iter().rev().chain(std::env::split_paths(&path)).find(|f| f.join("initdb").is_file());
        found.expect("PostgreSQL is not on this machine; install Debian's package postgresql (apt-get install postgresql)")
    });
    let mut command = Command::new(folder.join(name));
    // It must not depend on where the tests run, nor on a folder that its user may not enter.
    command.current_dir("/").env_remove("PGHOST").env_remove("PGPORT").env("LC_ALL", "C");
    if let Some((user, group)) = stand_in() {
        command.uid(user).gid(group);
    }
    command
}

fn succeed(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
