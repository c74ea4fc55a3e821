//! Whose a passport is, and how the life of a product ends.

use super::*;
use PassportStatus::{Revoked, Superseded, Suspended, Valid};

fn owner(book: &Book, digest: u8) -> DidKey {
    book.state.passport_by_digest(&[digest; 32]).unwrap().owner()
}

#[test]
fn a_passport_belongs_to_its_issuer_until_it_is_handed_over_and_then_to_one_at_a_time() {
    let mut book = Book::peopled();
    book.issue(1, 1).unwrap();
    assert_eq!(owner(&book, 1), did(1));
    book.transfer(1, 1, 2).unwrap();
    assert_eq!(owner(&book, 1), did(2));
    // What was handed over cannot be handed over again, neither to the same nor to somebody else.
    assert_eq!(book.transfer(1, 1, 2), Err(Rejection::NotTheOwner(did(2))));
    assert_eq!(book.transfer(1, 1, 3), Err(Rejection::NotTheOwner(did(2))));
    book.transfer(2, 1, 3).unwrap();
    book.transfer(3, 1, 1).unwrap();
    assert_eq!(owner(&book, 1), did(1), "it may come back");
    assert_eq!(book.state.passports()[0].status_leaves().len(), 3);
}

#[test]
fn only_what_can_be_owned_and_is_in_force_changes_hands() {
    let mut book = Book::peopled();
    book.register(9, Role::Registrar);
    book.accredit(REGISTRAR, 9, Role::Registrar).unwrap();
    book.issue_kind(9, 1, SubjectKind::Person, "person:x").unwrap();
    assert_eq!(book.transfer(9, 1, 2), Err(Rejection::NobodysToOwn));
    assert_eq!(book.transfer(1, 77, 2), Err(Rejection::UnknownPassport([77; 32])));
    book.issue(1, 2).unwrap();
    assert_eq!(book.transfer(1, 2, 99), Err(Rejection::UnknownActor(did(99))));
    assert_eq!(book.transfer(99, 2, 1), Err(Rejection::UnknownActor(did(99))));
    for (status, leads_back) in [(Suspended, true), (Revoked, false)] {
        book.change(1, 2, status, None).unwrap();
        assert_eq!(book.transfer(1, 2, 3), Err(Rejection::NotInForce(status)));
        if leads_back {
            book.change(1, 2, Valid, None).unwrap();
        }
    }
    // An organisation may be sold.
    book.issue_kind(3, 5, SubjectKind::Organisation, "retailer:a").unwrap();
    book.transfer(3, 5, 2).unwrap();
}

#[test]
fn an_owner_that_changed_its_key_is_still_the_owner_and_its_old_key_is_not() {
    let mut book = Book::peopled();
    book.issue(1, 1).unwrap();
    book.transfer(1, 1, 2).unwrap();
    book.rotate(2, 22).unwrap();
    assert!(matches!(book.transfer(2, 1, 3), Err(Rejection::KeyOutOfForce { .. })));
    assert!(matches!(book.transfer(22, 1, 2), Err(Rejection::KeyOutOfForce { .. })));
    assert_eq!(book.transfer(1, 1, 22), Err(Rejection::NotTheOwner(did(2))));
    book.transfer(22, 1, 3).unwrap();
    assert_eq!(book.transfer(3, 1, 22), Ok(()));
    assert_eq!(owner(&book, 1), did(2), "named by its first key");
}

#[test]
fn the_owner_ends_a_products_life_and_after_that_nothing_more_is_said() {
    for how in End::ALL {
        let mut book = Book::peopled();
        book.issue(1, 1).unwrap();
        book.stage(1, 1, 1, None).unwrap();
        book.transfer(1, 1, 2).unwrap();
        assert_eq!(book.end(1, 1, how), Err(Rejection::NotTheOwner(did(2))), "its issuer no longer owns it");
        assert_eq!(book.end(2, 77, how), Err(Rejection::UnknownPassport([77; 32])));
        book.end(2, 1, how).unwrap();
        let p = &book.state.passports()[0];
        assert_eq!((p.status, p.ended(), p.owner(), p.successor()), (Superseded, Some(how), did(2), None));
        assert_eq!(book.end(2, 1, how), Err(Rejection::Ended(how)));
        assert_eq!(book.transfer(2, 1, 3), Err(Rejection::Ended(how)));
        assert_eq!(book.stage(1, 1, 2, None), Err(Rejection::Ended(how)));
        for status in [Valid, Revoked, Suspended, Superseded] {
            assert_eq!(book.change(1, 1, status, None), Err(Rejection::Ended(how)));
        }
    }
}

#[test]
fn only_a_product_whose_passport_stands_has_an_end_of_life() {
    let mut book = Book::peopled();
    book.issue_kind(5, 1, SubjectKind::Project, "project:x").unwrap();
    assert_eq!(book.end(5, 1, End::Destroyed), Err(Rejection::NotAProduct(SubjectKind::Project)));
    for digest in 2..=4 {
        book.issue(1, digest).unwrap();
    }
    book.change(1, 2, Revoked, None).unwrap();
    assert_eq!(book.end(1, 2, End::Recycled), Err(Rejection::NotInForce(Revoked)));
    book.change(1, 3, Superseded, Some(4)).unwrap();
    assert_eq!(book.end(1, 3, End::Recycled), Err(Rejection::NotInForce(Superseded)));
    // A product may be gone while its passport is on hold.
    book.change(1, 4, Suspended, None).unwrap();
    book.end(1, 4, End::Destroyed).unwrap();
}

#[test]
fn a_newer_passport_takes_nothing_from_an_owner() {
    let mut book = Book::peopled();
    book.issue(1, 1).unwrap();
    book.issue(1, 2).unwrap();
    book.transfer(1, 1, 2).unwrap();
    assert_eq!(book.change(1, 1, Superseded, Some(2)), Err(Rejection::BadSuccessor), "it still belongs to the issuer");
    book.transfer(1, 2, 2).unwrap();
    book.change(1, 1, Superseded, Some(2)).unwrap();
    assert_eq!((owner(&book, 1), owner(&book, 2)), (did(2), did(2)));
    assert_eq!(book.transfer(2, 1, 3), Err(Rejection::NotInForce(Superseded)), "what was replaced is handed over no more");
    book.transfer(2, 2, 3).unwrap();
}

#[test]
fn whose_a_passport_is_and_how_it_ended_is_in_the_state_and_moves_its_root() {
    let mut book = Book::peopled();
    book.issue(1, 1).unwrap();
    let says = |book: &Book| String::from_utf8(book.state.value(&Entry::Passport(0)).unwrap()).unwrap();
    assert!(says(&book).contains(&format!("\"owner\":\"{}\"", did(1))) && says(&book).contains("\"ended\":null"));
    let mut roots = vec![book.state.root()];
    book.transfer(1, 1, 2).unwrap();
    assert!(says(&book).contains(&format!("\"owner\":\"{}\"", did(2))));
    roots.push(book.state.root());
    book.end(2, 1, End::Recycled).unwrap();
    assert!(says(&book).contains("\"ended\":\"recycled\"") && says(&book).contains("\"status\":\"3\""));
    roots.push(book.state.root());
    roots.dedup();
    assert_eq!(roots.len(), 3);
}
