//! Random walks over all kinds of statements. A few in the tests, a thousand with `PROPTEST_CASES=1000`, as `cargo xtask soak` sets it. Each step is
//! checked against a root put together anew, so a walk costs the square of its length.

use super::*;
use crate::state::tree::Tree;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

type Try = (u8, u8, u8, u8);

/// Tries in one walk.
const STEPS: usize = 200;

/// The key behind a small number: 0 is the registrar's.
fn who(n: u8) -> u8 {
    if n == 0 { REGISTRAR } else { n }
}

fn body(book: &Book, (what, other, digest, detail): Try) -> Body {
    let status = [PassportStatus::Valid, PassportStatus::Revoked, PassportStatus::Suspended, PassportStatus::Superseded][usize::from(detail % 4)];
    let role = [Role::Supplier, Role::Registrar, Role::Retailer][usize::from(detail % 3)];
    let subject = did(who(other));
    let fresh = did(110 + other * 8 + detail);
    match what {
        0 => Body::RegisterActor(Registration { name: "N".to_owned(), role, fictional: false }),
        1 => Body::Accredit(Accreditation { subject, role }),
        2 => Body::Withdraw(Withdrawal { subject, role }),
        3 => Body::RotateKey(Rotation { new: if detail == 5 { subject } else { fresh } }),
        4 => Body::RecoverKey(Recovery { subject: did(who(digest)), new: if detail == 5 { subject } else { fresh } }),
        // Who gave its key up says nothing more, so this is rare, or walks would end early.
        5 if detail == 5 && digest == 0 => Body::RetireKey(Retirement { reason: "r".to_owned() }),
        6 => {
            let kind = if detail % 2 == 0 { SubjectKind::Product } else { SubjectKind::Organisation };
            Body::IssuePassport(PassportIssue { kind, subject: format!("x:{}", digest % 3), digest: [digest; 32], valid_until: None })
        }
        5 | 7 => Body::ChangeStatus(StatusChange { digest: [digest; 32], status, successor: None, reason: "r".to_owned() }),
        8 => {
            let number = usize::from(digest).checked_rem(book.state.passports().len()).unwrap_or(0);
            let passport = book.state.passports().get(number);
            let step = passport.map_or(1, |p| p.stages().len() as u16 + 1 + u16::from(detail == 5));
            let receiver = (detail % 2 == 0).then_some(subject);
            Body::RecordStage(StageEvent { passport: passport.map_or([digest; 32], |p| p.digest), step, digest: [1; 32], receiver })
        }
        9 => Body::TransferOwnership(Transfer { digest: [digest; 32], to: subject }),
        10 if detail > 2 => Body::EndOfLife(Ending { digest: [digest; 32], how: End::ALL[usize::from(detail % 2)] }),
        10 => Body::PublishListing(ListingSheet { retailer: format!("x:{}", digest % 3), digest: [detail; 32] }),
        _ => Body::BatchClose(BatchClose { number: book.state.batch().map_or(1, |b| b.number + 1) + u64::from(detail == 5), ..book.closing() }),
    }
}

/// The root of the same entries, put together anew and in another order.
pub(super) fn root_anew(state: &State) -> Digest {
    let mut tree = Tree::new();
    let mut entries: Vec<_> = state.entries().collect();
    entries.reverse();
    for (entry, value) in entries {
        tree.set(entry.key(), Some(Sha256::digest(value).into()));
    }
    tree.root()
}

fn everything(state: &State) -> Vec<(Entry, Vec<u8>)> {
    state.entries().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// Whatever is tried in whatever order: what is refused changes nothing, what is taken changes the root, the root is that of the entries
    /// however they came about, whoever signed was in force, and folding what was taken again, batch by batch, gives the same state.
    #[test]
    fn a_walk_keeps_its_word(tries in proptest::collection::vec(((0u8..12, 0u8..14, 0u8..8, 0u8..6), 0u8..14), STEPS)) {
        let mut book = Book::peopled();
        book.close();
        let start = book.state.clone();
        let mut taken: Vec<Statement> = Vec::new();
        let mut kinds = std::collections::BTreeSet::new();
        for (step, (what, signer)) in tries.into_iter().enumerate() {
            let closes = what.0 == 10;
            let body = body(&book, what);
            // Mostly somebody who may say such a thing.
            let signer = match what.0 {
                10 => LOG,
                1 | 2 | 4 if signer > 4 => REGISTRAR,
                5..=9 if signer > 4 => 1 + signer % 3,
                _ => who(signer),
            };
            let mut statement = book.statement(signer, body);
            // Mostly with the key in force, now and then with any other.
            if let Some(key) = book.state.key_in_force(&statement.actor).filter(|_| !closes && what.3 < 4) {
                (statement.actor, statement.signers) = (key, vec![key]);
            }
            let (leaf, root, before) = (book.state.next_leaf(), book.state.root(), (step % 16 == 0).then(|| everything(&book.state)));
            let in_force = book.state.signer_at(&statement.actor, leaf);
            match book.state.apply(leaf, &statement, book.now) {
                Ok(()) => {
                    prop_assert_ne!(book.state.root(), root);
                    prop_assert!(closes || in_force.is_some() || matches!(statement.body, Body::RegisterActor(_)));
                    kinds.insert(what.0);
                    if closes {
                        prop_assert_eq!(book.state.closed_root(), Some(root));
                        book.now = Millis(book.now.0 + 3_600_000);
                    }
                    taken.push(statement);
                }
                Err(_) => {
                    prop_assert_eq!(book.state.root(), root);
                    prop_assert_eq!(book.state.next_leaf(), leaf);
                    if let Some(before) = before {
                        prop_assert_eq!(everything(&book.state), before);
                    }
                }
            }
            if step % 32 == 0 {
                prop_assert_eq!(book.state.root(), root_anew(&book.state));
                let closed = book.state.closed_root().unwrap();
                for entry in [Entry::Passport(u32::from(what.2)), Entry::Actor(did(who(what.1))), Entry::Key(did(who(what.3))), Entry::Batch] {
                    let proof = book.state.prove(entry.kind(), &entry.id()).unwrap();
                    prop_assert!(proof.verify(&closed, &entry).is_ok());
                }
            }
        }
        prop_assert!(kinds.len() > 5, "a walk that goes nowhere tests nothing: {:?}", kinds);
        prop_assert_eq!(book.state.root(), root_anew(&book.state));
        for (actor, _) in book.state.actors() {
            let in_force: Vec<_> = book.state.keys().filter(|(_, t)| t.actor == *actor && t.until.is_none()).map(|(key, _)| *key).collect();
            prop_assert!(in_force.len() <= 1);
            prop_assert_eq!(in_force.first().copied(), book.state.key_in_force(actor));
        }
        // The log alone gives the same state: whole batches first, then what is left of the open one.
        let mut again = start;
        let mut rest = taken.as_slice();
        while let Some(end) = rest.iter().position(|s| matches!(s.body, Body::BatchClose(_))) {
            let (batch, after) = rest.split_at(end + 1);
            again.fold_batch(again.next_leaf(), batch).unwrap();
            rest = after;
        }
        for statement in rest {
            again.apply(again.next_leaf(), statement, book.now).unwrap();
        }
        prop_assert_eq!(again.root(), book.state.root());
        prop_assert_eq!(everything(&again), everything(&book.state));
    }
}
