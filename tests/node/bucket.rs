//! A node whose published files lie in a bucket of a server that speaks S3 (Moto's), from the first start to what a device holds.

use super::{
    process::{Process, create, key, registrar},
    waiting::{STOPS_WITHIN, ask, logged, send},
};
use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Moto's server with one empty bucket.
struct Bucket {
    server: Child,
    endpoint: String,
}

impl Bucket {
    fn start() -> Self {
        let program = std::env::var_os("MOTO_SERVER").expect("MOTO_SERVER names its executable");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let bucket = Self { server: command.spawn().unwrap(), endpoint: format!("http://127.0.0.1:{port}") };
        // Nothing is signed to make the bucket; the region is read from the header.
        let claim = "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let made = || {
            let request = reqwest::Client::new().put(format!("{}/ledger", bucket.endpoint)).header("authorization", claim).body("");
            runtime.block_on(async { request.send().await.is_ok_and(|r| r.status().is_success()) })
        };
        let started = Instant::now();
        while !made() {
            assert!(started.elapsed() < Duration::from_secs(60), "Moto does not start");
            std::thread::sleep(Duration::from_millis(200));
        }
        bucket
    }

    /// A node with its files below a prefix of the bucket.
    fn node(&self, data: &Path) -> Process {
        Process::start_with(data, |command| {
            command.args(["--files", "s3://ledger/some/prefix"]);
            command.envs([("AWS_ENDPOINT", self.endpoint.as_str()), ("AWS_ALLOW_HTTP", "true"), ("AWS_REGION", "us-east-1")]);
            command.envs([("AWS_ACCESS_KEY_ID", "x"), ("AWS_SECRET_ACCESS_KEY", "y")]);
        })
    }

    /// STOP: it answers nobody any more. CONT: it goes on.
    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([&format!("-{name}"), &self.server.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Runs a program that must succeed, and gives the JSON it prints.
fn said(command: &mut Command) -> serde_json::Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Audits what the node serves, and has a device take it; the leaves of the one and the batch of the other.
fn outside(node: &Process, device: &Path) -> (u64, u64) {
    let url = format!("{}/ledger/", node.base);
    let mut verify = Command::new(env!("CARGO_BIN_EXE_ecosphere-node"));
    verify.args(["--json", "log", "verify", &url, "--key", &key().to_string(), "--registrar", &registrar().did().to_string()]);
    let audited = said(&mut verify);
    assert_eq!(audited["holds"], true);
    let mut sync = Command::new(env!("CARGO_BIN_EXE_ecosphere-cli"));
    let synced = said(sync.args(["--json", "--data"]).arg(device).args(["sync", &url, "--key", &key().to_string()]));
    (audited["size"].as_u64().unwrap(), synced["snapshot"]["batch"].as_u64().expect("a device says which batch it holds"))
}

#[test]
#[cfg(unix)]
#[ignore = "needs Moto's S3 server (a Python tool): cargo xtask test installs it and runs this"]
fn a_node_whose_files_lie_in_a_bucket_publishes_there_and_goes_on_after_a_restart() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (folder, bucket) = (tempfile::tempdir().unwrap(), Bucket::start());
    let (data, device) = (folder.path().join("data"), folder.path().join("device"));
    create(&data);
    let node = bucket.node(&data);
    let first = send(&node, 1);
    logged(&node, &first);
    let (size, batch) = outside(&node, &device);
    assert!(size >= 3, "a statement between two closed batches: {size}");
    node.stop();
    // What is served comes from the bucket: the folder has nothing but what it began with.
    std::fs::remove_dir_all(data.join("ledger")).unwrap();

    let node = bucket.node(&data);
    logged(&node, &first);
    let second = send(&node, 2);
    logged(&node, &second);
    let (grown, next) = outside(&node, &device);
    assert!(grown > size && next > batch, "{size} {batch} {grown} {next}");
    assert_eq!(ask(&node, "/ledger/checkpoint").0, 200);

    // The store does not answer any more: statements are taken all the same, and the node ends when it is asked to.
    bucket.signal("STOP");
    let third = send(&node, 3);
    std::thread::sleep(Duration::from_secs(2));
    let asked = Instant::now();
    node.stop();
    assert!(asked.elapsed() < STOPS_WITHIN, "{:?}", asked.elapsed());
    bucket.signal("CONT");
    let node = bucket.node(&data);
    logged(&node, &third);
    assert!(outside(&node, &device).0 > grown);
}
