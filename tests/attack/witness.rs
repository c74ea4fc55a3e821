//! Attacks on what witnesses promise.

use super::{Book, NOW, ORIGIN, SECOND, device, refused, sync_files};
use ecosphere::{
    engine::Engine,
    log::{Cosigner, Policy},
};

fn witness(n: u8) -> Cosigner {
    Cosigner::from_seed(&format!("witness.example/w{n}"), &[n; 32]).unwrap()
}

/// The book's log under two of three witnesses.
fn two_of_three(book: &Book) -> Policy {
    let names: String = (1..=3).map(|n| format!("witness w{n} {}\n", witness(n).key())).collect();
    Policy::parse(&format!("log {}\n{names}group two 2 w1 w2 w3\nquorum two\n", book.key())).unwrap()
}

/// The book's checkpoint gets these witnesses' lines, each a second later than the one before.
fn cosign(book: &mut Book, witnesses: &[u8]) {
    let note = String::from_utf8(book.files["checkpoint"].clone()).unwrap();
    let time = NOW.0.unsigned_abs() / 1000 - 2 * 86_400 + 3600;
    let lines: String = (time..).zip(witnesses).map(|(time, n)| witness(*n).cosign(&note, time).unwrap()).collect();
    book.files.insert("checkpoint".into(), (note + &lines).into_bytes());
}

#[test]
fn duplicate_witness_two_lines_of_one_are_counted_once() {
    let (engine, mut book) = device();
    let policy = two_of_three(&book);
    cosign(&mut book, &[1, 1]);
    refused(&engine, sync_files(&engine, &book.files, &policy), "witnesses");
    // With another witness it is enough.
    cosign(&mut book, &[2]);
    assert!(sync_files(&engine, &book.files, &policy).unwrap());
}

#[test]
fn split_view_of_two_devices_at_most_one_is_shown_what_its_witnesses_saw() {
    // The same log key tells two people two histories; an honest witness cosigns one of them.
    let (mut left, mut right) = (Book::new(ORIGIN, "log"), Book::new(ORIGIN, "log"));
    left.product(SECOND, "Another spread");
    left.close();
    right.product("05000112637922", "Something else");
    right.close();
    let policy = Policy::parse(&format!("log {}\nwitness w1 {}\nquorum w1\n", left.key(), witness(1).key())).unwrap();
    cosign(&mut left, &[1]);
    let (first, second) = (Engine::open_memory().unwrap(), Engine::open_memory().unwrap());
    assert!(sync_files(&first, &left.files, &policy).unwrap());
    assert!(sync_files(&second, &right.files, &policy).is_err());
    // Nor does the cosignature of one history pass for the other's.
    let lines: String = String::from_utf8(left.files["checkpoint"].clone()).unwrap().lines().skip(5).map(|l| format!("{l}\n")).collect();
    let moved = String::from_utf8(right.files["checkpoint"].clone()).unwrap() + &lines;
    right.files.insert("checkpoint".into(), moved.into_bytes());
    assert!(lines.contains("witness.example/w1") && sync_files(&second, &right.files, &policy).is_err());
}
