use super::*;
use crate::statement::{
    Accreditation, BatchClose, Body, DidKey, Digest, End, Ending, ListingSheet, PassportIssue, PassportStatus, Recovery, Registration, Retirement,
    Role, Rotation, StageEvent, Statement, StatusChange, SubjectKind, Transfer, Withdrawal,
};

mod actors;
mod life;
mod memory;
mod proofs;
#[cfg(feature = "value")]
mod value;
mod walk;

const ORIGIN: &str = "example.org/ledger";
const T0: Millis = Millis(1_790_812_800_000);
const LOG: u8 = 100;
const REGISTRAR: u8 = 101;

fn did(n: u8) -> DidKey {
    DidKey::from_public([n; 32])
}

/// A ledger under test: statements are numbered, so that each has an id of its own.
struct Book {
    state: State,
    now: Millis,
    ids: u64,
}

impl Book {
    fn new() -> Self {
        let policy = Policy { origin: ORIGIN.to_owned(), log: did(LOG), registrars: vec![did(REGISTRAR)] };
        Self { state: State::new(policy), now: T0, ids: 0 }
    }

    /// A registrar, and actors 1 to 5 in these roles, all in standing.
    fn peopled() -> Self {
        let mut book = Self::new();
        book.register(REGISTRAR, Role::Registrar);
        for (n, role) in [(1, Role::Supplier), (2, Role::Supplier), (3, Role::Retailer), (4, Role::DataSteward), (5, Role::Ngo)] {
            book.register(n, role);
            book.accredit(REGISTRAR, n, role).unwrap();
        }
        book
    }

    fn statement(&mut self, actor: u8, body: Body) -> Statement {
        self.ids += 1;
        let mut id = [0; 32];
        id[..8].copy_from_slice(&self.ids.to_be_bytes());
        let expires = Millis(self.now.0 + Millis::DAY);
        Statement { ledger: ORIGIN.to_owned(), actor: did(actor), nonce: [0; 16], expires, body, signers: vec![did(actor)], id }
    }

    fn say(&mut self, actor: u8, body: Body) -> Result<(), Rejection> {
        let statement = self.statement(actor, body);
        self.state.apply(self.state.next_leaf(), &statement, self.now)
    }

    fn register(&mut self, n: u8, role: Role) {
        self.say(n, Body::RegisterActor(Registration { name: format!("Actor {n}"), role, fictional: false })).unwrap();
    }
    fn accredit(&mut self, by: u8, subject: u8, role: Role) -> Result<(), Rejection> {
        self.say(by, Body::Accredit(Accreditation { subject: did(subject), role }))
    }
    fn withdraw(&mut self, by: u8, subject: u8, role: Role) -> Result<(), Rejection> {
        self.say(by, Body::Withdraw(Withdrawal { subject: did(subject), role }))
    }
    fn issue(&mut self, by: u8, digest: u8) -> Result<(), Rejection> {
        self.issue_kind(by, digest, SubjectKind::Product, "(01)09506000134352")
    }
    fn issue_kind(&mut self, by: u8, digest: u8, kind: SubjectKind, subject: &str) -> Result<(), Rejection> {
        self.say(by, Body::IssuePassport(PassportIssue { kind, subject: subject.to_owned(), digest: [digest; 32], valid_until: None }))
    }
    fn change(&mut self, by: u8, digest: u8, status: PassportStatus, successor: Option<u8>) -> Result<(), Rejection> {
        let successor = successor.map(|s| hex::encode([s; 32]));
        self.say(by, Body::ChangeStatus(StatusChange { digest: [digest; 32], status, successor, reason: "test".to_owned() }))
    }
    fn stage(&mut self, by: u8, passport: u8, step: u16, receiver: Option<u8>) -> Result<(), Rejection> {
        self.say(by, Body::RecordStage(StageEvent { passport: [passport; 32], step, digest: [step as u8; 32], receiver: receiver.map(did) }))
    }
    fn transfer(&mut self, by: u8, passport: u8, to: u8) -> Result<(), Rejection> {
        self.say(by, Body::TransferOwnership(Transfer { digest: [passport; 32], to: did(to) }))
    }
    fn end(&mut self, by: u8, passport: u8, how: End) -> Result<(), Rejection> {
        self.say(by, Body::EndOfLife(Ending { digest: [passport; 32], how }))
    }
    fn rotate(&mut self, old: u8, new: u8) -> Result<(), Rejection> {
        self.say(old, Body::RotateKey(Rotation { new: did(new) }))
    }
    fn recover(&mut self, by: u8, subject: u8, new: u8) -> Result<(), Rejection> {
        self.say(by, Body::RecoverKey(Recovery { subject: did(subject), new: did(new) }))
    }
    fn retire(&mut self, key: u8) -> Result<(), Rejection> {
        self.say(key, Body::RetireKey(Retirement { reason: "stolen".to_owned() }))
    }
    fn closing(&self) -> BatchClose {
        BatchClose {
            number: self.state.batch().map_or(1, |b| b.number + 1),
            first_leaf: self.state.batch_start(),
            time_ms: self.now,
            state_root: self.state.root(),
            manifest: None,
        }
    }
    fn close(&mut self) {
        let closing = self.closing();
        self.say(LOG, Body::BatchClose(closing)).unwrap();
        self.now = Millis(self.now.0 + 60_000);
    }
}

#[test]
fn passport_numbers_are_dense_and_in_log_order() {
    let mut book = Book::peopled();
    for digest in 0..5 {
        book.issue(1, digest).unwrap();
        assert_eq!(book.issue(1, digest), Err(Rejection::AlreadyIssued(digest.into())));
    }
    assert_eq!(book.state.passports().iter().map(|p| p.number).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!(book.state.passport_by_digest(&[3; 32]).unwrap().number, 3);
}

#[test]
fn what_holds_for_every_statement_is_checked_first() {
    let mut book = Book::peopled();
    let body = Body::RegisterActor(Registration { name: "New".to_owned(), role: Role::Supplier, fictional: false });
    let leaf = book.state.next_leaf();
    let good = book.statement(9, body);
    let now = book.now;
    let mut refused = |change: &dyn Fn(&mut Statement), leaf, now| {
        let mut statement = good.clone();
        change(&mut statement);
        let root = book.state.root();
        let why = book.state.apply(leaf, &statement, now).unwrap_err();
        assert_eq!(book.state.root(), root, "a refused statement changes nothing");
        why
    };
    assert_eq!(refused(&|_| {}, leaf + 1, now), Rejection::WrongLeaf { got: leaf + 1, next: leaf });
    assert_eq!(refused(&|s| s.ledger = "other.example/log".to_owned(), leaf, now), Rejection::WrongLedger("other.example/log".to_owned()));
    assert!(matches!(refused(&|s| s.expires = Millis(T0.0 - 1), leaf, now), Rejection::Expired(_)));
    assert!(matches!(refused(&|s| s.expires = Millis(T0.0 + MAX_LIFETIME + 1), leaf, now), Rejection::ExpiresTooLate(_)));
    book.state.apply(leaf, &good, now).unwrap();
    assert_eq!(book.state.apply(leaf + 1, &good, now), Err(Rejection::Replayed));
}

#[test]
fn a_statement_is_remembered_until_it_expires_and_can_never_come_again() {
    let mut book = Book::peopled();
    let statement = book.statement(
        1,
        Body::IssuePassport(PassportIssue { kind: SubjectKind::Product, subject: "x:1".to_owned(), digest: [7; 32], valid_until: None }),
    );
    book.state.apply(book.state.next_leaf(), &statement, book.now).unwrap();
    book.close();
    assert_eq!(book.state.apply(book.state.next_leaf(), &statement, book.now), Err(Rejection::Replayed));
    // Once it may be forgotten, its own expiry refuses it.
    book.now = Millis(statement.expires.0 + 1);
    book.close();
    assert!(!book.state.remembered().any(|(id, _)| *id == statement.id));
    assert_eq!(book.state.apply(book.state.next_leaf(), &statement, book.now), Err(Rejection::Expired(statement.expires)));
}

#[test]
fn standing_is_a_chain_up_to_a_registrar_of_the_policy_and_falls_with_any_link() {
    let mut book = Book::peopled();
    for n in [6, 7, 8] {
        book.register(n, Role::Supplier);
    }
    // A second registrar, vouched for by the first; a supplier vouched for by that; a supplier vouched for by a supplier.
    book.accredit(REGISTRAR, 6, Role::Registrar).unwrap();
    book.accredit(6, 7, Role::Supplier).unwrap();
    book.accredit(7, 8, Role::Supplier).unwrap();
    book.issue(8, 1).unwrap();
    assert_eq!(book.withdraw(7, 7, Role::Supplier), Err(Rejection::NothingToWithdraw(did(7))));
    book.withdraw(REGISTRAR, 6, Role::Registrar).unwrap();
    let lost = Rejection::NoStanding { actor: did(8), needs: &[Role::Supplier, Role::DataSteward] };
    assert_eq!(book.issue(8, 2), Err(lost));
    assert!(book.state.roles(&did(7)).is_empty());
    // What was issued before stays on the ledger; whether it is believed is judged by standing now.
    assert_eq!(book.state.passports().len(), 1);
}

#[test]
fn a_circle_of_vouchers_gives_no_standing() {
    let mut book = Book::peopled();
    for n in [6, 7] {
        book.register(n, Role::Supplier);
    }
    book.accredit(REGISTRAR, 6, Role::Supplier).unwrap();
    book.accredit(6, 7, Role::Supplier).unwrap();
    book.accredit(7, 6, Role::Supplier).unwrap();
    book.withdraw(REGISTRAR, 6, Role::Supplier).unwrap();
    assert!(!book.state.in_standing(&did(6), Role::Supplier) && !book.state.in_standing(&did(7), Role::Supplier));
}

#[test]
fn only_those_with_standing_in_the_right_role_may_state_a_thing() {
    let mut book = Book::peopled();
    book.register(9, Role::Supplier);
    assert!(matches!(book.issue(9, 1), Err(Rejection::NoStanding { .. })));
    assert_eq!(book.issue(55, 1), Err(Rejection::UnknownActor(did(55))));
    assert!(matches!(book.issue(3, 1), Err(Rejection::NoStanding { .. })), "a retailer issues no product");
    assert!(matches!(book.issue_kind(1, 1, SubjectKind::Project, "project:x"), Err(Rejection::NoStanding { .. })));
    assert!(matches!(book.issue_kind(4, 1, SubjectKind::Person, "person:x"), Err(Rejection::NoStanding { .. })));
    assert!(matches!(book.accredit(1, 9, Role::Retailer), Err(Rejection::NoStanding { .. })));
    assert_eq!(book.accredit(REGISTRAR, 77, Role::Retailer), Err(Rejection::UnknownActor(did(77))));
    assert_eq!(book.accredit(REGISTRAR, 1, Role::Supplier), Err(Rejection::AlreadyAccredited(did(1))));
    book.issue_kind(5, 1, SubjectKind::Project, "project:x").unwrap();
    assert!(matches!(book.issue_kind(4, 2, SubjectKind::Product, "no id"), Err(Rejection::BadSubject(SubjectKind::Product))));
    let bad = Body::RegisterActor(Registration { name: " ".to_owned(), role: Role::Ngo, fictional: false });
    assert_eq!(book.say(60, bad), Err(Rejection::BadName));
    let again = Body::RegisterActor(Registration { name: "Again".to_owned(), role: Role::Ngo, fictional: false });
    assert_eq!(book.say(1, again), Err(Rejection::AlreadyRegistered(did(1))));
}

#[test]
fn a_passports_status_is_its_issuers_and_revocation_is_for_good() {
    use PassportStatus::{Revoked, Superseded, Suspended, Valid};
    let mut book = Book::peopled();
    for digest in 1..=4 {
        book.issue(1, digest).unwrap();
    }
    book.issue(2, 9).unwrap();
    assert_eq!(book.change(2, 1, Revoked, None), Err(Rejection::NotTheIssuer(did(1))));
    assert_eq!(book.change(1, 77, Revoked, None), Err(Rejection::UnknownPassport([77; 32])));
    assert_eq!(book.change(1, 1, Valid, None), Err(Rejection::BadTransition { from: Valid, to: Valid }));
    book.change(1, 1, Suspended, None).unwrap();
    book.change(1, 1, Valid, None).unwrap();
    book.change(1, 1, Revoked, None).unwrap();
    assert_eq!(book.change(1, 1, Valid, None), Err(Rejection::BadTransition { from: Revoked, to: Valid }));
    for (status, successor) in [(Superseded, 2), (Superseded, 9), (Superseded, 66), (Suspended, 3)] {
        assert_eq!(book.change(1, 2, status, Some(successor)), Err(Rejection::BadSuccessor));
    }
    book.change(1, 2, Superseded, Some(3)).unwrap();
    let p = &book.state.passports()[1];
    assert_eq!((p.status, p.successor(), p.status_leaves().len()), (Superseded, Some(2), 1));
    // Losing standing does not take away the duty to revoke.
    book.withdraw(REGISTRAR, 1, Role::Supplier).unwrap();
    book.change(1, 3, Revoked, None).unwrap();
}

#[test]
fn steps_follow_one_another_and_the_goods() {
    let mut book = Book::peopled();
    book.issue(2, 1).unwrap();
    assert_eq!(book.stage(1, 1, 2, None), Err(Rejection::WrongStep { got: 2, next: 1 }));
    assert_eq!(book.stage(1, 8, 1, None), Err(Rejection::UnknownPassport([8; 32])));
    assert!(matches!(book.stage(4, 1, 1, None), Err(Rejection::NoStanding { .. })));
    book.stage(1, 1, 1, None).unwrap();
    assert_eq!(book.stage(2, 1, 2, None), Err(Rejection::NotTheHolder(did(1))));
    book.stage(1, 1, 2, Some(2)).unwrap();
    assert_eq!(book.stage(1, 1, 3, None), Err(Rejection::NotTheHolder(did(2))));
    book.stage(2, 1, 3, Some(3)).unwrap();
    assert_eq!(book.state.passports()[0].stages().len(), 3);
}

#[test]
fn a_retailer_publishes_prices_under_its_own_passport_only() {
    let mut book = Book::peopled();
    let sheet = |retailer: &str| Body::PublishListing(ListingSheet { retailer: retailer.to_owned(), digest: [1; 32] });
    assert_eq!(book.say(3, sheet("retailer:a")), Err(Rejection::NotYourRetailer("retailer:a".to_owned())));
    book.issue_kind(3, 1, SubjectKind::Organisation, "retailer:a").unwrap();
    book.say(3, sheet("retailer:a")).unwrap();
    assert!(matches!(book.say(1, sheet("retailer:a")), Err(Rejection::NoStanding { .. })));
    book.change(3, 1, PassportStatus::Revoked, None).unwrap();
    assert_eq!(book.say(3, sheet("retailer:a")), Err(Rejection::NotYourRetailer("retailer:a".to_owned())));
}

#[test]
fn a_batch_closes_only_as_the_log_rising_and_true() {
    let mut book = Book::peopled();
    let good = book.closing();
    let root = good.state_root;
    let cases: [(BatchClose, Rejection); 5] = [
        (BatchClose { number: 2, ..good.clone() }, Rejection::WrongBatchNumber { got: 2, next: 1 }),
        (BatchClose { first_leaf: 1, ..good.clone() }, Rejection::WrongFirstLeaf { got: 1, start: 0 }),
        (BatchClose { time_ms: Millis(5), ..good.clone() }, Rejection::WrongTime(book.now)),
        (BatchClose { state_root: [1; 32], ..good.clone() }, Rejection::WrongStateRoot { claimed: [1; 32], computed: root }),
        (BatchClose { manifest: Some("A".repeat(64)), ..good.clone() }, Rejection::BadDigest("A".repeat(64))),
    ];
    for (close, why) in cases {
        assert_eq!(book.say(LOG, Body::BatchClose(close)), Err(why));
    }
    assert_eq!(book.say(REGISTRAR, Body::BatchClose(good)), Err(Rejection::NotTheLog));
    let first = book.now;
    book.close();
    book.now = first;
    let close = book.closing();
    assert_eq!(book.say(LOG, Body::BatchClose(close)), Err(Rejection::TimeNotRising { got: first, last: first }));
}

#[test]
fn leaves_without_their_batch_close_have_no_time() {
    let mut book = Book::new();
    let statement = book.statement(1, Body::RegisterActor(Registration { name: "A".to_owned(), role: Role::Ngo, fictional: false }));
    assert_eq!(book.state.fold_batch(0, &[statement]), Err((0, Rejection::NotClosed)));
}

#[test]
fn an_empty_state_has_the_zero_root_and_every_change_moves_the_root() {
    let mut book = Book::new();
    assert_eq!(book.state.root(), [0; 32]);
    let mut roots: Vec<Digest> = vec![book.state.root()];
    book.register(REGISTRAR, Role::Registrar);
    roots.push(book.state.root());
    book.register(1, Role::Supplier);
    roots.push(book.state.root());
    book.accredit(REGISTRAR, 1, Role::Supplier).unwrap();
    roots.push(book.state.root());
    book.issue(1, 1).unwrap();
    roots.push(book.state.root());
    book.change(1, 1, PassportStatus::Suspended, None).unwrap();
    roots.push(book.state.root());
    book.close();
    roots.push(book.state.root());
    let different: std::collections::BTreeSet<_> = roots.iter().collect();
    assert_eq!(different.len(), roots.len());
}

#[test]
fn passports_are_dated_by_their_batch_to_within_thirty_days() {
    let mut book = Book::peopled();
    let start = book.now;
    let mut issued = Vec::new();
    for (digest, days) in [0, 1, 29, 30, 31, 90, 91, 400].into_iter().enumerate() {
        book.now = Millis(start.0 + days * Millis::DAY);
        book.issue(1, digest as u8).unwrap();
        issued.push(book.now);
        let before = book.state.dated(book.now);
        book.close();
        assert_eq!(book.state.dated(book.now), before, "a pack is made before its batch is closed, or after");
    }
    let table = book.state.dated(book.now);
    assert_eq!(table.iter().map(|s| (s.first, (s.time.0 - start.0) / Millis::DAY)).collect::<Vec<_>>(), [(0, 0), (3, 30), (5, 90), (7, 400)]);
    for (number, at) in (0..).zip(issued) {
        let told = Since::of(&table, number).unwrap();
        assert!(told <= at && at.0 - told.0 < 30 * Millis::DAY, "{number}");
    }
}

#[test]
fn a_batch_closed_in_two_steps_with_statements_in_between_gives_the_same_state() {
    let run = |two_steps: bool| {
        let mut book = Book::peopled();
        book.close();
        book.issue(1, 1).unwrap();
        // What expires is forgotten at the same moment.
        book.now = Millis(book.now.0 + Millis::DAY);
        let close = BatchClose { manifest: Some(hex::encode([7; 32])), ..book.closing() };
        let statement = book.statement(LOG, Body::BatchClose(close.clone()));
        if two_steps {
            book.state.seal(book.now).unwrap();
            assert!(matches!(book.state.seal(book.now), Err(Rejection::TimeNotRising { .. })));
        } else {
            book.state.apply(book.state.next_leaf(), &statement, book.now).unwrap();
        }
        book.now = Millis(book.now.0 + 60_000);
        book.issue(1, 2).unwrap();
        book.change(1, 1, PassportStatus::Revoked, None).unwrap();
        if two_steps {
            let other = Statement { body: Body::BatchClose(BatchClose { number: close.number + 1, ..close }), ..statement.clone() };
            assert!(matches!(book.state.complete(&other), Err(Rejection::WrongBatchNumber { .. })));
            book.state.complete(&statement).unwrap();
        }
        let entries: Vec<_> = book.state.entries().collect();
        let proofs = [("passport", "0"), ("passport", "1"), ("batch", "last")].map(|(kind, id)| book.state.prove(kind, id).unwrap());
        (book.state.root(), book.state.closed_root(), entries, proofs)
    };
    assert_eq!(run(true), run(false));
}
