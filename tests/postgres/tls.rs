//! A database across a network: encrypted, and only one whose certificate an authority that the node believes has signed.

use crate::{
    cluster::{Cluster, give, own_folder},
    failover::{actor, registration},
};
use ecosphere::node::{folder::LedgerConfig, lan, sequencer::Sequencer};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A node that believes this authority alone; what it says first, if it says anything before it ends.
fn serve(data: &Path, files: &Path, store: &str, authority: &Path) -> (Running, String) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
    command.args(["--json", "serve", "--batch", "1", "--lease", "2", "--allow-no-standby", "--port", &port, "--store", store]);
    command.arg("--files").arg(files).arg("--data").arg(data).env("SSL_CERT_FILE", authority).env_remove("SSL_CERT_DIR");
    let mut node = Running(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap());
    let mut said = String::new();
    BufReader::new(node.0.stdout.take().unwrap()).read_line(&mut said).unwrap();
    (node, said)
}

#[test]
fn a_database_is_reached_encrypted_and_one_that_a_stranger_vouches_for_is_refused() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (certified, folder) = (own_folder(), tempfile::tempdir().unwrap());
    let made = lan::certificate(&folder.path().join("authority"), &["127.0.0.1".to_owned()]).unwrap();
    let stranger = lan::certificate(&folder.path().join("stranger"), &["127.0.0.1".to_owned()]).unwrap();
    for (name, text) in [("server.crt", &made.certificate), ("server.key", &made.key)] {
        let path = certified.path().join(name);
        fs::write(&path, text).unwrap();
        give(&path);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    for (name, ca) in [("right.pem", &made.ca), ("wrong.pem", &stranger.ca)] {
        fs::write(folder.path().join(name), ca).unwrap();
    }
    let setting = |name: &str, file: &str| format!("{name}={}", certified.path().join(file).display());
    let cluster = Cluster::start_with(&["ssl=on", &setting("ssl_cert_file", "server.crt"), &setting("ssl_key_file", "server.key")]);
    let (data, files) = (folder.path().join("data"), folder.path().join("files"));
    let config = LedgerConfig { origin: "example.org/encrypted".to_owned(), registrars: vec![actor(0).did()], sample: false };
    drop(Sequencer::create(&data, config, &[9; 32]).unwrap());
    let store = format!("{}&sslmode=require", cluster.database("encrypted"));

    let (mut refused, said) = serve(&data, &files, &store, &folder.path().join("wrong.pem"));
    assert!(said.contains("TLS handshake"), "it must not serve: {said}");
    assert!(!refused.0.wait().unwrap().success());
    // Not a table was made, so nothing was said to the stranger.
    assert_eq!(cluster.sql_in("encrypted", "SELECT count(*) FROM pg_namespace WHERE nspname = 'ecosphere'"), "0");

    let (_node, said) = serve(&data, &files, &store, &folder.path().join("right.pem"));
    let said: serde_json::Value = serde_json::from_str(&said).expect("the node says where it listens");
    let url = format!("{}statements", said["address"].as_str().unwrap());
    let body = format!("{{\"statement\":{}}}", String::from_utf8(registration("example.org/encrypted", 1).1).unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let taken = runtime.block_on(async { reqwest::Client::new().post(url).body(body).send().await.unwrap().status() });
    assert_eq!(taken, 202);
    let open = "FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'ecosphere-node'";
    assert_eq!(cluster.sql(&format!("SELECT bool_and(ssl) {open}")), "t", "each of its connections is encrypted");
}
