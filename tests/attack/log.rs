//! Attacks on the log itself: tiles, proofs and signatures that are almost right.

use super::*;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ecosphere::log::read_bundle;

/// The order of the group of Ed25519 (RFC 8032, section 5.1), little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The newest partial file of the log below this prefix: the one with the most entries.
fn newest(book: &Book, prefix: &str) -> String {
    let width = |path: &str| path.rsplit_once(".p/").and_then(|(_, w)| w.parse::<u32>().ok());
    book.files.keys().filter(|path| path.starts_with(prefix) && width(path).is_some()).max_by_key(|path| width(path)).unwrap().clone()
}

fn bundle(entries: &[Vec<u8>]) -> Vec<u8> {
    entries.iter().flat_map(|e| [&u16::try_from(e.len()).unwrap().to_be_bytes()[..], e].concat()).collect()
}

#[test]
fn altered_tile_with_one_bit_of_any_hash_turned_is_refused() {
    let (engine, book) = device();
    let tile = newest(&book, "tile/0/000");
    for hash in 0..book.files[&tile].len() / 32 {
        let mut files = book.files.clone();
        files.get_mut(&tile).unwrap()[hash * 32 + hash % 32] ^= 1;
        refused(&engine, sync_files(&engine, &files, &book.policy()), "rewrote");
        // A device that has nothing to compare with still asks for the newest leaf's proof, in which every other hash has a part.
        if hash + 1 < book.files[&tile].len() / 32 {
            let fresh = sync_files(&Engine::open_memory().unwrap(), &files, &book.policy());
            assert!(matches!(&fresh, Err(EngineError::Untrusted(why)) if why.contains("proof")), "{fresh:?}");
        }
    }
    assert!(sync_files(&engine, &book.files, &book.policy()).unwrap(), "the honest tiles are taken");
}

#[test]
fn forged_inclusion_a_batch_that_the_log_signed_but_did_not_log_there_is_refused() {
    let (engine, book) = device();
    let path = newest(&book, "tile/entries/000");
    let entries = read_bundle(&book.files[&path]).unwrap();
    // The first batch's close carries the log's own signature; only its place is wrong.
    let first = entries.iter().find(|e| String::from_utf8_lossy(e).contains("\"BatchClose\"")).unwrap();
    assert_ne!(first, entries.last().unwrap());
    let mut forged = entries.clone();
    *forged.last_mut().unwrap() = first.clone();
    let mut files = book.files.clone();
    files.insert(path, bundle(&forged));
    refused(&engine, sync_files(&engine, &files, &book.policy()), "proof");
}

#[test]
fn forged_consistency_a_history_with_other_leaves_under_new_ones_is_refused() {
    let (engine, book) = device();
    // Signed by the log's key, longer than what the device holds, complete in itself; but its first leaves are others.
    let mut other = Book::new(ORIGIN, "log");
    other.product("05000112637922", "Something else");
    other.close();
    other.product(SECOND, "Another spread");
    other.close();
    assert!(sync_files(&engine, &book.files, &book.policy()).unwrap());
    let forged = sync_files(&engine, &other.files, &book.policy());
    assert!(matches!(&forged, Err(EngineError::Untrusted(why)) if why.contains("rewrote")), "{forged:?}");
    assert_eq!(scan(&engine, SECOND, NOW).outcome, Outcome::Unsealed);
    assert_eq!(scan(&engine, "05000112637922", NOW).outcome, Outcome::NotInSnapshot);
}

#[test]
fn malleable_signature_the_same_with_the_order_added_is_refused() {
    let (engine, book) = device();
    let note = String::from_utf8(book.files["checkpoint"].clone()).unwrap();
    let (text, encoded) = note.trim_end().rsplit_once(' ').unwrap();
    let mut line = STANDARD.decode(encoded).unwrap();
    // Key id, R, S: S + L is the same number to whoever does not look (RFC 8032, section 8.4).
    assert_eq!(line.len(), 4 + 64);
    let mut carry = 0;
    for (s, l) in line[36..].iter_mut().zip(ORDER) {
        let sum = u16::from(*s) + u16::from(l) + carry;
        (*s, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    assert_eq!(carry, 0);
    let mut files = book.files.clone();
    files.insert("checkpoint".into(), format!("{text} {}\n", STANDARD.encode(line)).into_bytes());
    refused(&engine, sync_files(&engine, &files, &book.policy()), "signature");
}

#[test]
fn malleable_signature_by_a_key_under_which_everything_is_signed_is_refused() {
    // The neutral element as key and as R, and S = 0: S·B = R + h·A holds for every message unless small orders are refused (`verify_strict`).
    let neutral: [u8; 32] = std::array::from_fn(|n| u8::from(n == 0));
    let weak = ecosphere::log::LogKey::new(ORIGIN, neutral).unwrap();
    let id = u32::from_str_radix(weak.to_string().split('+').nth(1).unwrap(), 16).unwrap();
    let signature = STANDARD.encode([&id.to_be_bytes()[..], &neutral, &[0; 32]].concat());
    let (engine, book) = device();
    let note = String::from_utf8(book.files["checkpoint"].clone()).unwrap();
    let (text, _) = note.split_once("\n\n").unwrap();
    let mut files = book.files.clone();
    files.insert("checkpoint".into(), format!("{text}\n\n— {ORIGIN} {signature}\n").into_bytes());
    refused(&engine, sync_files(&engine, &files, &Policy::of_log(weak)), "signature does not hold");
}
