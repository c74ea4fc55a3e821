//! Attacks on the way: a server that sends anything, without end, or hardly at all. Over real HTTP where that matters.

use super::*;
use ecosphere::engine::source::Http;
use fake::Trick;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    time::{Duration, Instant},
};

#[test]
fn arbitrary_data_in_any_file_is_refused() {
    let (_, book) = device();
    let source = Fake::new(&book.files);
    assert!(sync(&Engine::open_memory().unwrap(), &source, &book.policy()).unwrap());
    let paths: std::collections::BTreeSet<String> = source.asked.take().into_iter().map(|(path, _)| path).collect();
    for path in paths.iter().filter(|path| *path != "shelf.json") {
        let as_long = vec![0xff; book.files[path].len()];
        for junk in [Vec::new(), b"<html>Welcome to the wifi</html>".to_vec(), vec![0xff; 5_000], book.files["checkpoint"].clone(), as_long] {
            if junk == book.files[path] {
                continue;
            }
            let fresh = Engine::open_memory().unwrap();
            let mut files = book.files.clone();
            let same_length = junk.len() == files[path].len();
            files.insert(path.clone(), junk);
            let result = sync_files(&fresh, &files, &book.policy());
            let why = match result {
                Err(EngineError::Untrusted(why) | EngineError::Offline(why)) => why,
                other => panic!("{path}: {other:?}"),
            };
            if path.starts_with("pack/") {
                // Refused by its length or digest, before anything reads it.
                let said = if same_length { &["size or digest", "last leaf names"][..] } else { &["promised", "last leaf names"][..] };
                assert!(said.iter().any(|said| why.contains(said)), "{path}: {why}");
            }
            assert!(status(&fresh, NOW).snapshot.is_none());
        }
    }
    let (engine, _) = device();
    let mut files = book.files.clone();
    files.insert("checkpoint".into(), b"<html>Welcome to the wifi</html>".to_vec());
    refused(&engine, sync_files(&engine, &files, &book.policy()), "checkpoint");
}

#[test]
fn endless_data_in_any_file_is_left() {
    let (_, book) = device();
    let source = Fake::new(&book.files);
    assert!(sync(&Engine::open_memory().unwrap(), &source, &book.policy()).unwrap());
    for (path, _) in source.asked.take() {
        let (engine, _) = device();
        let result = sync(&engine, &Fake::new(&book.files).with(&path, Trick::Endless), &book.policy());
        // What only a device without a snapshot asks for is not asked for here.
        if result != Ok(true) {
            refused(&engine, result, "");
        }
    }
    let (engine, _) = device();
    refused(&engine, sync(&engine, &Fake::new(&book.files).with("checkpoint", Trick::Endless), &book.policy()), "without end");
}

/// A server that sends `files`, but of `slow` one byte at a time with a pause after each, and for ever a little more.
fn dripping(files: BTreeMap<String, Vec<u8>>, slow: &'static str, pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/ledger/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut head = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while reader.read_line(&mut head).is_ok_and(|n| n > 2) {}
            let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches("/ledger/").to_owned();
            let Some(bytes) = files.get(&path) else {
                let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                continue;
            };
            if path.starts_with(slow) {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
                while stream.write_all(b"1\r\nx\r\n").is_ok() {
                    std::thread::sleep(pause);
                }
            } else {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes.len());
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(bytes));
            }
        }
    });
    url
}

#[test]
fn slow_data_is_given_up_in_time_and_the_snapshot_stays() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for slow in ["checkpoint", "tile/entries/", "pack/"] {
        let (engine, book) = device();
        let url = dripping(book.files.clone(), slow, Duration::from_millis(40));
        let source = Http::patient(&url, Duration::from_millis(400), Duration::from_secs(8)).unwrap();
        let began = Instant::now();
        let result = runtime.block_on(engine.sync_from(&source, &book.policy(), NOW));
        refused(&engine, result, "could not be reached");
        assert!(began.elapsed() < Duration::from_secs(4), "{slow}: {:?}", began.elapsed());
    }
    // Each file in time, but all of them together not.
    let (engine, book) = device();
    let url = dripping(book.files.clone(), "nothing", Duration::ZERO);
    let source = Http::patient(&url, Duration::from_secs(5), Duration::ZERO).unwrap();
    refused(&engine, runtime.block_on(engine.sync_from(&source, &book.policy(), NOW)), "too slowly");
}
