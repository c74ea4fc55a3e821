//! Syncing over HTTP from a small server that can misbehave.

use crate::{
    NOW,
    book::{Book, ORIGIN},
    scan, status,
};
use ecosphere::{
    engine::{
        Engine,
        wire::{Answer, EngineError, Event, Request},
    },
    passport::Outcome,
};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    sync::{Arc, Mutex},
};

/// How the server treats pack files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Honest,
    /// Breaks off after 150 bytes of the pack's own files (not of the manifest), though it promised all.
    BreaksOff,
    /// Sends for ever, in chunks.
    Endless,
    Fails,
}

struct Server {
    url: String,
    manner: Arc<Mutex<Manner>>,
    /// Every request as it came.
    asked: Arc<Mutex<Vec<String>>>,
}

fn serve(files: &BTreeMap<String, Vec<u8>>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/ledger/", listener.local_addr().unwrap());
    let (manner, asked) = (Arc::new(Mutex::new(Manner::Honest)), Arc::new(Mutex::new(Vec::new())));
    let server = Server { url, manner: manner.clone(), asked: asked.clone() };
    let files = files.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut head = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while reader.read_line(&mut head).is_ok_and(|n| n > 2) {}
            let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches("/ledger/").to_owned();
            let from = head.lines().find_map(|l| l.to_lowercase().strip_prefix("range: bytes=")?.trim_end_matches('-').parse::<usize>().ok());
            asked.lock().unwrap().push(head.lines().filter(|l| !l.to_lowercase().starts_with("host")).collect::<Vec<_>>().join("\n"));
            let manner = if path.starts_with("pack/") { *manner.lock().unwrap() } else { Manner::Honest };
            // A client that has seen enough hangs up: nothing to be done here.
            let _ = match (files.get(&path), manner) {
                (None, _) => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                (_, Manner::Fails) => stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                (_, Manner::Endless) => {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
                    let chunk = [b"10000\r\n".as_slice(), &[0; 0x10000], b"\r\n"].concat();
                    while stream.write_all(&chunk).is_ok() {}
                    Ok(())
                }
                (Some(bytes), manner) => {
                    let rest = &bytes[from.unwrap_or(0)..];
                    let status = from.map_or("200 OK".to_owned(), |f| {
                        format!("206 Partial Content\r\nContent-Range: bytes {f}-{}/{}", bytes.len() - 1, bytes.len())
                    });
                    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", rest.len());
                    let sent = if manner == Manner::BreaksOff && bytes[0] != b'{' { rest.len().min(150) } else { rest.len() };
                    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&rest[..sent]))
                }
            };
        }
    });
    server
}

fn sync(engine: &Engine, url: &str, key: Option<String>, events: &dyn Fn(Event)) -> Result<Answer, EngineError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(engine.handle(Request::Sync { url: url.into(), key }, None, NOW, events))
}

#[test]
fn a_ledger_is_fetched_with_progress_and_without_a_trace_of_what_was_scanned() {
    let book = Book::new(ORIGIN, "log");
    let asked = |codes: &[&str]| {
        let server = serve(&book.files);
        let engine = Engine::open_memory().unwrap();
        for code in codes {
            scan(&engine, code);
        }
        let seen = RefCell::new(Vec::new());
        sync(&engine, &server.url, Some(book.key().to_string()), &|e| seen.borrow_mut().push(e)).unwrap();
        assert_eq!(scan(&engine, "3017620422003").outcome, Outcome::Unsealed);
        let Some(Event::SyncProgress { done, total }) = seen.into_inner().pop() else { panic!() };
        assert!(done == total && total > 0);
        server.asked.lock().unwrap().clone()
    };
    let plain = asked(&[]);
    assert_eq!(plain, asked(&["3017620422003", "4006381333931"]));
    assert!(plain.iter().all(|request| !request.to_lowercase().contains("cookie")));
}

#[test]
fn several_ledgers_are_asked_for_the_same_whatever_was_scanned() {
    let (first, second) = (Book::new(ORIGIN, "log"), Book::new("ecosphere.example/other", "other log"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let asked = |codes: &[&str]| {
        let servers = [serve(&first.files), serve(&second.files)];
        let engine = Engine::open_memory().unwrap();
        let ask = |request| runtime.block_on(engine.handle(request, None, NOW, &|_| ())).unwrap();
        ask(Request::Sync { url: servers[0].url.clone(), key: Some(first.policy().to_string()) });
        let fingerprint = hex::encode(second.policy().fingerprint());
        ask(Request::AddLedger { url: servers[1].url.clone(), policy: second.policy().to_string(), fingerprint });
        for code in codes {
            scan(&engine, code);
        }
        ask(Request::SyncAll { home: None });
        assert!(status(&engine).ledgers.iter().all(|l| l.trouble.is_none()));
        servers.map(|s| s.asked.lock().unwrap().clone())
    };
    assert_eq!(asked(&[]), asked(&["3017620422003", "4006381333931"]));
}

#[test]
fn a_broken_connection_is_resumed_by_range_and_a_broken_server_is_said() {
    let book = Book::new(ORIGIN, "log");
    let server = serve(&book.files);
    let engine = Engine::open_memory().unwrap();
    let key = Some(book.key().to_string());
    *server.manner.lock().unwrap() = Manner::Fails;
    assert!(matches!(sync(&engine, &server.url, key.clone(), &|_| ()), Err(EngineError::Offline(why)) if why.contains("503")));
    *server.manner.lock().unwrap() = Manner::BreaksOff;
    let mut tries = 0;
    while let Err(e) = sync(&engine, &server.url, key.clone(), &|_| ()) {
        assert!(matches!(e, EngineError::Offline(_)), "{e:?}");
        tries += 1;
        if tries == 2 {
            *server.manner.lock().unwrap() = Manner::Honest;
        }
        assert!(tries < 5);
    }
    assert_eq!(status(&engine).snapshot.unwrap().products, 1);
    let asked = server.asked.lock().unwrap().join("\n").to_lowercase();
    assert!(asked.contains("range: bytes=150-"), "{asked}");
}

#[test]
fn a_server_that_never_stops_sending_is_left() {
    let book = Book::new(ORIGIN, "log");
    let server = serve(&book.files);
    *server.manner.lock().unwrap() = Manner::Endless;
    let engine = Engine::open_memory().unwrap();
    assert!(matches!(sync(&engine, &server.url, Some(book.key().to_string()), &|_| ()), Err(EngineError::Untrusted(_))));
    assert!(status(&engine).snapshot.is_none());
}

#[test]
fn an_address_that_is_none_or_where_nobody_listens_is_said_in_a_sentence() {
    let engine = Engine::open_memory().unwrap();
    for url in ["", "ledger", "file:///etc/passwd", "http://"] {
        assert!(matches!(sync(&engine, url, None, &|_| ()), Err(EngineError::BadInput(_))), "{url}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let Err(e @ EngineError::Offline(_)) = sync(&engine, &format!("http://{nobody}/"), None, &|_| ()) else { panic!() };
    assert!(e.to_string().contains("could not be reached"));
}
