//! What a node looks at before it takes part in a shared ledger.

use crate::{
    cluster::Cluster,
    failover::{actor, registration},
};
use ecosphere::node::{
    NodeError,
    cluster::{JoinOptions, join},
    files::Files,
    folder::LedgerConfig,
    sequencer::Sequencer,
    serve::{App, LedgerFiles, listen, router, serve},
};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

const ORIGIN: &str = "example.org/joined";

fn create(root: &Path) {
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: vec![actor(0).did()], sample: false };
    Sequencer::create(root, config, &[9; 32]).unwrap();
}

/// Adds a batch to a folder, as a node alone does.
fn write(root: &Path, n: u32) {
    let mut ledger = Sequencer::open(root, 0).unwrap();
    ledger.take(registration(ORIGIN, n).1, Vec::new()).unwrap();
    ledger.close().unwrap();
}

#[track_caller]
fn refused(root: &Path, options: &JoinOptions, part: &str) {
    match join(root, options) {
        Err(NodeError::Usage(why) | NodeError::Data(why)) => assert!(why.contains(part), "{why}"),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("joined, but {part} was expected"),
    }
}

#[test]
fn a_node_joins_only_a_database_that_keeps_what_it_takes_and_is_not_behind_what_was_published() {
    let cluster = Cluster::start();
    let folder = tempfile::tempdir().unwrap();
    let (own, files) = (folder.path().join("own"), folder.path().join("files"));
    create(&own);
    write(&own, 1);
    let options = |database: &str, files: &Path| JoinOptions {
        store: database.to_owned(),
        files: files.display().to_string(),
        allow_no_standby: true,
        adopt_published: false,
        published: None,
        lease: Duration::from_secs(2),
        batch_ms: 1000,
    };
    let first = options(&cluster.database("first"), &files);
    refused(&own, &JoinOptions { allow_no_standby: false, ..first.clone() }, "synchronous_standby_names");
    // The first start puts the ledger where all nodes find it, and into the database.
    let size = join(&own, &first).unwrap().1.store.published().unwrap().size;
    assert_eq!(size, 3);
    assert!(files.join("ledger/checkpoint").is_file());
    // And so it can be started again.
    assert_eq!(join(&own, &first).unwrap().1.store.published().unwrap().size, 3);

    // A database that lost everything.
    let lost = options(&cluster.database("lost"), &files);
    refused(&own, &lost, "--adopt-published");
    assert_eq!(join(&own, &JoinOptions { adopt_published: true, ..lost.clone() }).unwrap().1.store.published().unwrap().size, 3);
    join(&own, &lost).unwrap();

    // Files and database are both behind what somebody else has seen.
    let ahead = folder.path().join("ahead");
    copy(&own, &ahead);
    write(&ahead, 2);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _entered = runtime.enter();
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let url = format!("http://{}/ledger/", listener.local_addr().unwrap());
    let app = App::new(LedgerFiles::Store(Files::folder(&ahead).unwrap()), ORIGIN.to_owned(), false);
    runtime.spawn(serve(listener, None, router(Arc::new(app)), axum_server::Handle::new()));
    refused(&own, &JoinOptions { published: Some(url.clone()), ..first.clone() }, "ecosphere-node mirror");

    // Another history of the same length, under the same key.
    let other = folder.path().join("other");
    create(&other);
    write(&other, 7);
    refused(&other, &options(&first.store, &other), "two histories");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
