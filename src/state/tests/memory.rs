//! How much memory the state takes, as the system sees it: what the allocator adds and wastes is in the figures.

use super::*;
use sha2::{Digest as _, Sha256};

/// So many of each kind are measured.
const MANY: u64 = 50_000;

/// This process's resident memory, in bytes.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let kib: f64 = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap().trim().trim_end_matches(" kB").parse().unwrap();
    kib * 1024.0
}

fn key(n: u64) -> DidKey {
    DidKey::from_public(Sha256::digest(n.to_be_bytes()).into())
}

/// Run it alone: `cargo test --lib -- --ignored --nocapture state_takes_little`.
#[test]
#[ignore = "measures this process's memory, so nothing else may run in it"]
fn the_state_takes_little_memory() {
    let mut book = Book::peopled();
    book.close();
    let say = |book: &mut Book, actor: DidKey, body: Body| {
        let mut statement = book.statement(0, body);
        (statement.actor, statement.signers) = (actor, vec![actor]);
        statement.id = Sha256::digest(statement.id).into();
        book.state.apply(book.state.next_leaf(), &statement, book.now).unwrap();
        if book.state.next_leaf().is_multiple_of(1_000) {
            book.close();
            book.now = Millis(book.now.0 + 100);
        }
    };
    let before = resident();
    for n in 0..MANY {
        say(&mut book, key(n), Body::RegisterActor(Registration { name: format!("Actor {n}"), role: Role::Supplier, fictional: true }));
    }
    let actors = resident();
    for n in 0..MANY {
        let (subject, digest) = (format!("(01){n:014}"), Sha256::digest((!n).to_be_bytes()).into());
        let issue = PassportIssue { kind: SubjectKind::Product, subject, digest, valid_until: None };
        say(&mut book, did(1), Body::IssuePassport(issue));
    }
    let passports = resident();
    let (actor, passport) = ((actors - before) / MANY as f64, (passports - actors) / MANY as f64);
    println!("{MANY} statements that each bring in an actor: {actor:.0} bytes each; {MANY} that each bring in a passport: {passport:.0}");
    assert!(actor < 300.0 && passport < 270.0, "what a statement leaves behind grew");
}
