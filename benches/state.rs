//! Part of the group `ledger`: folding statements (signatures checked before) and making the root anew for each batch of a hundred, as the
//! state grows from a thousand passports to a million; and one proof.

use super::measure::{median_us, report_value};
use ecosphere::measure::Millis;
use ecosphere::state::{Entry, Policy, State};
use ecosphere::statement::{Accreditation, BatchClose, Body, DidKey, PassportIssue, Registration, Role, Statement, SubjectKind};
use sha2::{Digest as _, Sha256};
use std::time::Instant;

const ORIGIN: &str = "ecosphere.example/bench";
const BATCH: u64 = 100;
const MEASURED: u64 = 5_000;

struct Book {
    state: State,
    time: Millis,
}

fn did(n: u8) -> DidKey {
    DidKey::from_public([n; 32])
}

impl Book {
    fn say(&mut self, actor: DidKey, body: Body) {
        let leaf = self.state.next_leaf();
        let id = Sha256::digest(leaf.to_be_bytes()).into();
        let expires = Millis(self.time.0 + Millis::DAY);
        let statement = Statement { ledger: ORIGIN.to_owned(), actor, nonce: [0; 16], expires, body, signers: vec![actor], id };
        self.state.apply(leaf, &statement, self.time).expect("a statement of our own making is applied");
    }

    fn issue(&mut self) {
        let n = self.state.passports().len() as u64;
        let (subject, digest) = (format!("(01){n:014}"), Sha256::digest((!n).to_be_bytes()).into());
        self.say(did(2), Body::IssuePassport(PassportIssue { kind: SubjectKind::Product, subject, digest, valid_until: None }));
    }

    fn close(&mut self) {
        let close = BatchClose {
            number: self.state.batch().map_or(1, |b| b.number + 1),
            first_leaf: self.state.batch_start(),
            time_ms: self.time,
            state_root: self.state.root(),
            manifest: None,
        };
        self.say(did(9), Body::BatchClose(close));
        self.time = Millis(self.time.0 + 100);
    }
}

/// All measures of this file, up to so many passports. Two cores give a statement 400 microseconds at 5 000 a second; checking its signature takes a hundred, the store and the network the rest.
pub fn measure(most: u32) {
    let policy = Policy { origin: ORIGIN.to_owned(), log: did(9), registrars: vec![did(1)] };
    let mut book = Book { state: State::new(policy), time: Millis(1_790_812_800_000) };
    for (n, role) in [(1, Role::Registrar), (2, Role::Supplier)] {
        book.say(did(n), Body::RegisterActor(Registration { name: "Bench".to_owned(), role, fictional: true }));
    }
    book.say(did(1), Body::Accredit(Accreditation { subject: did(2), role: Role::Supplier }));
    for size in [1_000_u64, 10_000, 100_000, 1_000_000].into_iter().filter(|n| *n <= most.into()) {
        while (book.state.passports().len() as u64) < size {
            book.issue();
            if book.state.passports().len().is_multiple_of(1_000) {
                book.close();
            }
        }
        book.close();
        let started = Instant::now();
        for _ in 0..MEASURED / BATCH {
            (0..BATCH).for_each(|_| book.issue());
            book.close();
        }
        let micros = started.elapsed().as_secs_f64() * 1e6 / MEASURED as f64;
        report_value(&format!("fold a statement, root per {BATCH}, at {size} passports"), "us", micros, 100.0);
    }
    let root = book.state.closed_root().expect("a batch was closed");
    let proof = book.state.prove("passport", "7").expect("passport 7 was issued");
    report_value(&format!("prove an entry among {most} passports"), "us", median_us(|| book.state.prove("passport", "7")), 100.0);
    report_value("check that proof", "us", median_us(|| proof.verify(&root, &Entry::Passport(7)).is_ok()), 20.0);
}
