//! `ecosphere-node log verify`, `prove` and `check` on the sample: the whole program, from a folder and over HTTP.
#![cfg(feature = "node")]

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};

const SAMPLE: &str = "assets/sample/ledger";

fn node(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ecosphere-node")).args(args).output().unwrap()
}

/// Every file of the sample by path.
fn files() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![PathBuf::from(SAMPLE)];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.strip_prefix(SAMPLE).unwrap().to_str().unwrap().replace('\\', "/"), fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn write(root: &Path, files: &BTreeMap<String, Vec<u8>>) {
    for (path, bytes) in files {
        let at = root.join(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, bytes).unwrap();
    }
}

/// The 20 places: path, and the byte as thousandths of the file's length.
fn places(files: &BTreeMap<String, Vec<u8>>) -> Vec<(String, usize)> {
    let below = |start: &str| files.keys().filter(|p| p.starts_with(start)).cloned().collect::<Vec<_>>();
    let (leaves, upper, bundles) = (below("tile/0/"), below("tile/1/"), below("tile/entries/"));
    let mut places: Vec<(String, usize)> = leaves.iter().zip([0, 250, 500, 750, 999]).map(|(p, at)| (p.clone(), at)).collect();
    places.extend([0, 500, 999].map(|at| (upper[0].clone(), at)));
    places.extend(bundles.iter().zip([0, 300, 500, 700, 999]).map(|(p, at)| (p.clone(), at)));
    // Origin, size, root, and the lines of log and witnesses.
    places.extend([0, 65, 130, 250, 450, 700, 995].map(|at| ("checkpoint".to_owned(), at)));
    places
}

#[test]
fn log_verify_passes_on_the_sample_and_fails_on_each_of_20_single_byte_corruptions() {
    let (folder, files) = (tempfile::tempdir().unwrap(), files());
    let root = folder.path().join("ledger");
    write(&root, &files);
    let at = root.to_str().unwrap();
    let sound = node(&["--json", "log", "verify", at]);
    let said: serde_json::Value = serde_json::from_slice(&sound.stdout).unwrap();
    assert_eq!((sound.status.code(), &said["holds"]), (Some(0), &true.into()), "{said}");
    assert_eq!(said["witnesses"], serde_json::json!(["witness-1", "witness-2"]));

    let places = places(&files);
    assert_eq!(places.len(), 20);
    for (path, thousandths) in places {
        let mut bytes = files[&path].clone();
        let byte = (bytes.len() * thousandths / 1000).min(bytes.len() - 1);
        bytes[byte] ^= 1;
        fs::write(root.join(&path), &bytes).unwrap();
        let found = node(&["log", "verify", at]);
        assert_eq!(found.status.code(), Some(1), "byte {byte} of {path}: {}", String::from_utf8_lossy(&found.stdout));
        assert!(!found.stderr.is_empty());
        fs::write(root.join(&path), &files[&path]).unwrap();
    }
    assert_eq!(node(&["log", "verify", at]).status.code(), Some(0), "everything is as it was");
}

#[test]
fn a_write_that_a_crash_cut_short_is_no_part_of_the_log_and_a_file_of_no_log_is_damage() {
    let (folder, files) = (tempfile::tempdir().unwrap(), files());
    write(folder.path(), &files);
    let verified = || node(&["log", "verify", folder.path().to_str().unwrap()]).status.code();
    // What a folder's writer leaves behind when it is killed.
    for left in ["tile/entries/000#1", "tile/0/004.p/31#12"] {
        fs::create_dir_all(folder.path().join(left).parent().unwrap()).unwrap();
        fs::write(folder.path().join(left), b"cut sh").unwrap();
        assert_eq!(verified(), Some(0), "{left}");
    }
    fs::write(folder.path().join("tile/entries/099"), b"foreign").unwrap();
    assert_eq!(verified(), Some(1));
}

#[test]
fn a_tile_of_a_smaller_checkpoint_has_to_be_the_beginning_of_todays() {
    let (folder, mut files) = (tempfile::tempdir().unwrap(), files());
    let widest = files.keys().find(|p| p.starts_with("tile/0/004.p/")).unwrap().clone();
    files.insert("tile/0/004.p/3".into(), files[&widest][..96].to_vec());
    let full = files["tile/0/001"].clone();
    files.insert("tile/0/001.p/1".into(), full[..32].to_vec());
    let bundle = &files["tile/entries/000"];
    let one = 2 + usize::from(u16::from_be_bytes([bundle[0], bundle[1]]));
    files.insert("tile/entries/000.p/1".into(), bundle[..one].to_vec());
    write(folder.path(), &files);
    let at = folder.path().to_str().unwrap();
    assert_eq!(node(&["log", "verify", at]).status.code(), Some(0));
    for path in ["tile/0/004.p/3", "tile/0/001.p/1", "tile/entries/000.p/1"] {
        let mut bytes = files[path].clone();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(folder.path().join(path), bytes).unwrap();
        assert_eq!(node(&["log", "verify", at]).status.code(), Some(1), "{path}");
        fs::write(folder.path().join(path), &files[path]).unwrap();
    }
    fs::write(folder.path().join("tile/0/009"), [0; 8192]).unwrap();
    assert_eq!(node(&["log", "verify", at]).status.code(), Some(1), "a tile beyond the log's end");
}

/// Serves files below `/ledger/`, one request a connection.
fn serve(files: BTreeMap<String, Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/ledger/", listener.local_addr().unwrap());
    let files = Arc::new(files);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, files) = (stream.unwrap(), Arc::clone(&files));
            std::thread::spawn(move || {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                let request = lines.next().unwrap_or_default();
                lines.find(String::is_empty);
                let path = request.split(' ').nth(1).and_then(|p| p.strip_prefix("/ledger/")).unwrap_or_default();
                let (status, body) = files.get(path).map_or(("404 Not Found", &b""[..]), |b| ("200 OK", b));
                let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = stream.write_all(body);
            });
        }
    });
    base
}

#[test]
fn a_log_is_verified_over_http_too() {
    let mut files = files();
    let said = node(&["log", "verify", &serve(files.clone())]);
    assert_eq!(said.status.code(), Some(0), "{}", String::from_utf8_lossy(&said.stderr));
    // The partial bundle is gone, as it may be once the full one is there; here nothing is.
    let mut gone = files.clone();
    gone.retain(|path, _| !path.starts_with("tile/entries/004"));
    assert_ne!(node(&["log", "verify", &serve(gone)]).status.code(), Some(0));
    files.get_mut("tile/1/000.p/4").unwrap()[40] ^= 1;
    assert_eq!(node(&["log", "verify", &serve(files)]).status.code(), Some(1));
}

#[test]
fn a_proof_by_index_or_id_is_checked_without_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let proof = node(&["log", "prove", SAMPLE, "700"]);
    assert_eq!(proof.status.code(), Some(0), "{}", String::from_utf8_lossy(&proof.stderr));
    fs::write(at("p"), &proof.stdout).unwrap();
    let check = |args: &[&str]| node(&[&["--json", "log", "check", at("p").as_str()], args].concat());
    let holds = check(&["--policy", "assets/sample/ledger.policy"]);
    assert_eq!(holds.status.code(), Some(0), "{}", String::from_utf8_lossy(&holds.stdout));
    let said: serde_json::Value = serde_json::from_slice(&holds.stdout).unwrap();
    assert_eq!((&said["index"], &said["origin"]), (&700.into(), &"ecosphere.example/sample".into()));

    // The same entry by its statement's id, and over HTTP.
    let entry = said["entry"].as_str().unwrap();
    let id = hex::encode(ecosphere::statement::verify(entry.as_bytes()).unwrap().id);
    assert_eq!(node(&["log", "prove", SAMPLE, &id]).stdout, proof.stdout);
    assert_eq!(node(&["log", "prove", &serve(files()), "700"]).stdout, proof.stdout);
    assert_eq!(node(&["log", "prove", SAMPLE, &"0".repeat(64)]).status.code(), Some(2));
    assert_eq!(node(&["log", "prove", SAMPLE, "1000000"]).status.code(), Some(1));

    // It is proven for this entry alone, and under this policy.
    fs::write(at("e"), entry).unwrap();
    assert_eq!(check(&["--entry", &at("e")]).status.code(), Some(0));
    fs::write(at("e"), entry.replace("ecosphere", "ecosphera")).unwrap();
    assert_eq!(check(&["--entry", &at("e")]).status.code(), Some(1));
    let stranger = ecosphere::log::Cosigner::from_seed("stranger.example", &[1; 32]).unwrap();
    let policy = format!("log {}\nwitness s {}\nquorum s\n", ecosphere::pack::SAMPLE_VKEY.trim(), stranger.key());
    fs::write(at("policy"), policy).unwrap();
    assert_eq!(check(&["--policy", &at("policy")]).status.code(), Some(1), "a witness of this policy is missing");
}
