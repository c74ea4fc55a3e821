//! Packs of markets of growing size: bytes a product, a day's delta, the status list, and what a device does with them.
//!
//! Names are made of the words of the sample's product names, brands, categories, claims and quantities are drawn from its rows, digests and
//! GTINs are random, so that what does not compress in the world does not compress here either.

use super::measure::print;
use ecosphere::{
    engine::{Engine, clock, source::Folder},
    log::{Checkpoint, LogKey, LogSigner, LogWriter, Policy},
    measure::Millis,
    pack::{
        Head, Index, Manifest, PackFile, Patch, ROWS_A_FILE, StatusList, SubjectRow, Tier, encode_delta, encode_head, encode_rows, encode_sparse,
        sample_files,
    },
    state::Since,
    statement::{self, BatchClose, Body, Draft, PassportStatus, SigningKey, SubjectKind},
};
use sha2::{Digest as _, Sha256};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    time::Instant,
};

const ORIGIN: &str = "ecosphere.example/bench";
const SEED: [u8; 32] = [42; 32];
/// Set in a child process that only syncs, so that its memory can be measured.
const CHILD: &str = "ECOSPHERE_BENCH_SYNC";

/// A child's work, when this process is one: syncs from a folder into a store in another, and prints its peak memory in kB.
pub fn child() -> bool {
    let Ok(folder) = std::env::var(CHILD) else { return false };
    let store = tempfile::tempdir().expect("a temporary folder");
    let engine = Engine::open_folder(store.path()).expect("a store");
    let source = Folder::new(PathBuf::from(folder));
    futures_util::FutureExt::now_or_never(engine.sync_from(&source, &policy(), clock())).expect("a folder does not wait").expect("it syncs");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")).unwrap_or("0");
    println!("{peak}");
    true
}

/// All measures of this file, up to a market of so many products.
pub fn all(most: u32) {
    let sample = Sample::read();
    for products in [1_000, 10_000, 100_000, 1_000_000].into_iter().filter(|n| *n <= most) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // The level a node uses; a million is packed faster, and so comes out somewhat larger than it would.
        let level = if products > 100_000 { 9 } else { 19 };
        let market = Market::make(&sample, products, level, folder.path());
        let each = market.index_bytes as f64 / products as f64;
        print(&format!("index of {products} products, compressed"), "B/product", each, None, "<= 64 B/product", each <= 64.0);
        let share = market.delta_bytes as f64 / market.index_bytes as f64 * 100.0;
        print(&format!("a day's delta of {products} products, 0.1 % changed"), "% of the index", share, None, "<= 1 %", share <= 1.0);
        sync(products, folder.path());
    }
    status_lists();
}

fn sync(products: u32, folder: &Path) {
    let store = tempfile::tempdir().expect("a temporary folder");
    let engine = Engine::open_folder(store.path()).expect("a store");
    let began = Instant::now();
    let source = Folder::new(folder.to_owned());
    futures_util::FutureExt::now_or_never(engine.sync_from(&source, &policy(), clock())).expect("a folder does not wait").expect("it syncs");
    let rate = f64::from(products) / began.elapsed().as_secs_f64();
    // What a sync costs whatever its size weighs on a small market; how it grows is what the smaller ones are here for.
    let (goal, met) = if products < 100_000 { ("none", true) } else { (">= 200000 rows/s", rate >= 200_000.0) };
    print(&format!("fetch from a folder, verify, apply and load {products} products"), "rows/s", rate, None, goal, met);
    if products == 100_000 {
        let url = serve(folder.to_owned());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let store = tempfile::tempdir().expect("a temporary folder");
        let engine = Engine::open_folder(store.path()).expect("a store");
        let began = Instant::now();
        let source = ecosphere::engine::source::Http::new(&url).expect("an address");
        runtime.block_on(engine.sync_from(&source, &policy(), clock())).expect("it syncs");
        let seconds = began.elapsed().as_secs_f64();
        print("first sync of 100000 products over loopback", "s", seconds, None, "<= 3 s", seconds <= 3.0);
    }
    if products >= 100_000 {
        let this = std::env::current_exe().expect("this program");
        let out = std::process::Command::new(this).env(CHILD, folder).output().expect("a child process");
        let peak: f64 = String::from_utf8_lossy(&out.stdout).trim().parse().unwrap_or(f64::MAX);
        print(&format!("peak memory of a device syncing {products} products"), "MB", peak / 1024.0, None, "<= 150 MB", peak / 1024.0 <= 150.0);
    }
}

fn status_lists() {
    let n = 10_000_000;
    let mut random = Random(7);
    for (what, values) in [("all revoked", 1), ("revoked, suspended and superseded alike", 3)] {
        let mut statuses = vec![PassportStatus::Valid; n];
        for _ in 0..n / 100 {
            let at = random.below(n as u64) as usize;
            statuses[at] = [PassportStatus::Revoked, PassportStatus::Suspended, PassportStatus::Superseded][random.below(values) as usize];
        }
        let in_pack: usize = statuses.chunks(ROWS_A_FILE).map(|part| encode_sparse(part).len()).sum();
        let zlib = StatusList::of(statuses.iter().copied()).to_zlib().len();
        let kb = in_pack as f64 / 1000.0;
        let peer = ("the draft's zlib stream", zlib as f64 / 1000.0);
        print(&format!("status list of 10 M passports, 1 % {what}, as the index carries it"), "kB", kb, Some(peer), "<= 150 kB", kb <= 150.0);
    }
}

/// A small generator without a name (xorshift64*): the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 11) % n
    }
}

struct Sample {
    index: Index,
    products: Vec<SubjectRow>,
    words: Vec<String>,
}

impl Sample {
    fn read() -> Self {
        let file = |path: &str| sample_files().iter().find(|(name, _)| *name == path).map(|(_, bytes)| bytes.to_vec());
        let manifest: Manifest = sample_files().iter().find_map(|(_, bytes)| serde_json::from_slice(bytes).ok()).expect("a manifest");
        let index = manifest.open_index(&file).expect("the sample's index opens");
        let products: Vec<_> = index.subjects.iter().filter(|r| r.kind == SubjectKind::Product).cloned().collect();
        let words = products.iter().flat_map(|r| r.name.split(' ').map(str::to_owned)).collect();
        Self { index, products, words }
    }

    fn product(&self, number: u32, random: &mut Random) -> SubjectRow {
        let pick = |random: &mut Random| self.products[random.below(self.products.len() as u64) as usize].clone();
        let words = (0..3 + random.below(3)).map(|_| self.words[random.below(self.words.len() as u64) as usize].as_str());
        let name = words.collect::<Vec<_>>().join(" ");
        let (like, brand) = (pick(random), pick(random).brand);
        let digits = format!("{:013}", random.below(10_u64.pow(12)));
        let sum: u64 = digits.bytes().rev().zip([3, 1].into_iter().cycle()).map(|(d, weight)| u64::from(d - b'0') * weight).sum();
        let digest: [u8; 32] = Sha256::digest(number.to_be_bytes()).into();
        SubjectRow {
            id: format!("(01){digits}{}", (10 - sum % 10) % 10),
            digest: std::array::from_fn(|i| digest[i]),
            name,
            brand,
            status: if random.below(100) == 0 { PassportStatus::Revoked } else { PassportStatus::Valid },
            successor: None,
            owner: Some(random.below(1_000) as u32),
            ..like
        }
    }
}

/// A market's ledger, published in a folder: a log of one leaf, the `BatchClose` that names the pack.
struct Market {
    index_bytes: u64,
    delta_bytes: u64,
}

impl Market {
    fn make(sample: &Sample, products: u32, level: i32, folder: &Path) -> Self {
        let mut random = Random(u64::from(products));
        let time = Millis(clock().0 - 1_000);
        let head = Head {
            origin: ORIGIN.to_owned(),
            batch: 1,
            time,
            log_size: 0,
            sample: false,
            subjects: products,
            listings: 0,
            retailers: Vec::new(),
            since: vec![Since { first: 0, time }],
            ..sample.index.head.clone()
        };
        let mut files = Vec::new();
        let mut patches = Vec::new();
        let mut add = |name: String, raw: &[u8]| {
            let packed = zstd::bulk::compress(raw, level).expect("memory");
            let digest = |bytes: &[u8]| -> [u8; 32] { Sha256::digest(bytes).into() };
            let (size, raw_size) = (packed.len() as u64, raw.len() as u64);
            let file = PackFile { tier: Tier::Index, name, sha256: digest(&packed), size, raw_sha256: digest(raw), raw_size, subjects: 0 };
            write(folder, &file.path(), &packed);
            files.push(file);
        };
        let raw_head = encode_head(&head).expect("a head");
        add("index/head".to_owned(), &raw_head);
        // The next day: one in two thousand is replaced by a new passport, and each of these says so.
        let new = products / 2_000;
        let tomorrow = Head { batch: 2, time: Millis(time.0 + Millis::DAY), log_size: u64::from(2 * new), subjects: products + new, ..head.clone() };
        patches.push(Patch::between("index/head", &raw_head, &encode_head(&tomorrow).expect("a head")));
        let mut replaced = products;
        for file in 0.. {
            let range = head.rows(file);
            if range.is_empty() {
                break;
            }
            let mut rows: Vec<SubjectRow> = range.clone().map(|n| sample.product(n, &mut random)).collect();
            let raw = encode_rows(&rows).expect("rows");
            add(format!("index/rows/{file}"), &raw);
            for row in &mut rows {
                if random.below(2_000) == 0 {
                    (row.status, row.successor) = (PassportStatus::Superseded, Some(replaced.min(products + new.max(1) - 1)));
                    replaced += 1;
                }
            }
            if range.end == products {
                rows.extend((products..products + new).map(|n| sample.product(n, &mut random)));
            }
            patches.push(Patch::between(&format!("index/rows/{file}"), &raw, &encode_rows(&rows).expect("rows")));
        }
        let delta = zstd::bulk::compress(&encode_delta(&patches).expect("patches"), level).expect("memory");
        let index_bytes = files.iter().map(|f| f.size).sum();
        publish(folder, time, files);
        Self { index_bytes, delta_bytes: delta.len() as u64 }
    }
}

fn policy() -> Policy {
    let key = LogSigner::from_seed(ORIGIN, &SEED).expect("an origin").key().to_string();
    Policy::of_log(LogKey::parse(&key).expect("a key"))
}

fn publish(folder: &Path, time: Millis, files: Vec<PackFile>) {
    let log_root = ecosphere::log::root(&[]);
    let manifest = Manifest {
        ledger: ORIGIN.to_owned(),
        market: "world".to_owned(),
        batch: 1,
        time_ms: time,
        log_size: 0,
        log_root,
        files,
        deltas: Vec::new(),
        markets: Vec::new(),
    };
    let bytes = manifest.encode().expect("a manifest");
    let digest = hex::encode(Sha256::digest(&bytes));
    write(folder, &format!("pack/{digest}"), &bytes);
    let close = BatchClose { number: 1, first_leaf: 0, time_ms: time, state_root: [0; 32], manifest: Some(digest) };
    let draft = Draft { ledger: ORIGIN.to_owned(), nonce: [1; 16], expires: Millis(time.0 + Millis::DAY), body: Body::BatchClose(close) };
    let mut log = LogWriter::new();
    log.append(statement::sign(&draft, time, &SigningKey::from_seed(&SEED), &[]).expect("a statement")).expect("an entry");
    for (path, bytes) in log.files(0) {
        write(folder, &path, &bytes);
    }
    let signer = LogSigner::from_seed(ORIGIN, &SEED).expect("an origin");
    let note = Checkpoint { origin: ORIGIN.to_owned(), size: log.size(), root: log.root() }.sign(&signer);
    write(folder, "checkpoint", note.as_bytes());
}

fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, bytes).expect("a file");
}

/// A server that gives a folder's files.
fn serve(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = String::new();
            let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
            while reader.read_line(&mut head).is_ok_and(|n| n > 2) {}
            let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
            let answer = std::fs::read(folder.join(path)).map_or_else(
                |_| b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
                |b| [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", b.len()).into_bytes(), b].concat(),
            );
            let _ = stream.write_all(&answer);
        }
    });
    url
}
