//! The API against its own document, by Schemathesis: every answer to every request it makes up must be one that the document describes.

use super::process::{Process, create, introduction, registrar};
use std::{fs, process::Command, time::Duration};

/// What Schemathesis is told: which answers a well-formed request may get. A statement that is an object but not a signed one is refused.
const CONFIG: &str = "
[checks]
positive_data_acceptance.expected-statuses = [\"2xx\", 400, 403, 404, 422, 429]
negative_data_rejection.expected-statuses = [400, 403, 404, 405, 408, 413, 416, 422, 429]
";

/// A value that leads to something, for one operation.
fn parameters(operation: &str, name: &str, value: &str) -> String {
    format!("\n[[operations]]\ninclude-operation-id = \"{operation}\"\nparameters = {{ {name} = \"{value}\" }}\n")
}

#[test]
#[ignore = "needs Schemathesis (a Python tool): cargo xtask test installs it and runs this"]
fn every_answer_is_one_that_the_document_describes() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tool = std::env::var_os("SCHEMATHESIS").expect("SCHEMATHESIS names its executable");
    let folder = tempfile::tempdir().unwrap();
    create(&folder.path().join("data"));
    let node = Process::start(&folder.path().join("data"));
    // So that there is something to find.
    let body = format!("{{\"statement\":{}}}", introduction(1));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let taken = runtime.block_on(async { reqwest::Client::new().post(format!("{}/statements", node.base)).body(body).send().await.unwrap() });
    assert_eq!(taken.status(), 202);
    let taken: serde_json::Value = serde_json::from_str(&runtime.block_on(taken.text()).unwrap()).unwrap();
    let id = taken["id"].as_str().unwrap();
    // Once it is logged, there are proofs to look at.
    let url = format!("{}/statements/{id}/proof", node.base);
    while !runtime.block_on(reqwest::get(&url)).unwrap().status().is_success() {
        std::thread::sleep(Duration::from_millis(200));
    }
    let actor = registrar().did().to_string();
    let known = format!(
        "{CONFIG}{}{}{}{}",
        parameters("standing", "id", id),
        parameters("proof", "id", id),
        parameters("state", "id", &actor),
        parameters("ledgerFile", "path", "checkpoint")
    );
    fs::write(folder.path().join("schemathesis.toml"), known).unwrap();
    let mut command = Command::new(tool);
    command.args(["run", "--checks", "all", "--max-examples", "40", "--seed", "1", "--no-color", "--phases", "examples,coverage,fuzzing"]);
    let ran = command.arg(format!("{}/openapi.json", node.base)).current_dir(folder.path()).output().unwrap();
    assert!(ran.status.success(), "{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
}
