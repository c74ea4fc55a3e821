//! Keys that change, are lost and are given up.

use super::*;

#[test]
fn from_the_leaf_of_its_rotation_on_the_old_key_signs_nothing_and_the_new_one_everything() {
    let mut book = Book::peopled();
    book.issue(1, 1).unwrap();
    book.stage(1, 1, 1, None).unwrap();
    let leaf = book.state.next_leaf();
    book.rotate(1, 11).unwrap();
    let out = Rejection::KeyOutOfForce { key: did(1), leaf };
    assert_eq!(book.issue(1, 2), Err(out.clone()));
    assert_eq!(book.change(1, 1, PassportStatus::Suspended, None), Err(out.clone()));
    assert_eq!(book.stage(1, 1, 2, None), Err(out.clone()));
    assert_eq!(book.stage(11, 1, 2, Some(1)), Err(out.clone()), "nor does it take goods over");
    assert_eq!(book.accredit(1, 2, Role::Supplier), Err(out.clone()));
    assert_eq!(book.withdraw(1, 2, Role::Supplier), Err(out.clone()));
    assert_eq!(book.rotate(1, 12), Err(out.clone()));
    assert_eq!(book.retire(1), Err(out.clone()));
    assert_eq!(book.recover(1, 2, 12), Err(out.clone()));
    let sheet = Body::PublishListing(ListingSheet { retailer: "retailer:a".to_owned(), digest: [1; 32] });
    assert_eq!(book.say(1, sheet), Err(out));
    // The actor is who it was: its passports, its goods and its standing are its own.
    book.change(11, 1, PassportStatus::Suspended, None).unwrap();
    book.stage(11, 1, 2, None).unwrap();
    book.issue(11, 2).unwrap();
    let (first, second) = (&book.state.passports()[0], &book.state.passports()[1]);
    assert_eq!((*first.issuer, first.signer()), (did(1), did(1)));
    assert_eq!((*second.issuer, second.signer()), (did(1), did(11)));
    assert_eq!(book.change(2, 2, PassportStatus::Revoked, None), Err(Rejection::NotTheIssuer(did(1))));
}

#[test]
fn a_key_counts_from_the_leaf_that_brings_it_in_to_the_leaf_that_puts_it_out() {
    let mut book = Book::peopled();
    let rotation = book.state.next_leaf();
    book.rotate(1, 11).unwrap();
    let end = book.state.next_leaf();
    book.retire(11).unwrap();
    let s = &book.state;
    assert_eq!((s.signer_at(&did(1), rotation - 1), s.signer_at(&did(1), rotation)), (Some(did(1)), None));
    assert_eq!((s.signer_at(&did(11), rotation - 1), s.signer_at(&did(11), rotation), s.signer_at(&did(11), end)), (None, Some(did(1)), None));
    assert_eq!(s.key_in_force(&did(1)), None);
    assert_eq!((s.actor_of(&did(11)), s.actor_of(&did(99))), (Some(did(1)), None));
    assert!(s.in_standing(&did(11), Role::Supplier), "an actor may be asked for by any key");
}

#[test]
fn all_places_that_name_an_actor_take_any_key_it_ever_had() {
    let mut book = Book::peopled();
    book.register(6, Role::Supplier);
    book.rotate(6, 16).unwrap();
    book.accredit(REGISTRAR, 6, Role::Supplier).unwrap();
    assert_eq!(book.accredit(REGISTRAR, 16, Role::Supplier), Err(Rejection::AlreadyAccredited(did(6))));
    book.rotate(16, 26).unwrap();
    book.issue(26, 1).unwrap();
    book.withdraw(REGISTRAR, 16, Role::Supplier).unwrap();
    assert_eq!(book.issue(26, 2), Err(Rejection::NoStanding { actor: did(6), needs: &[Role::Supplier, Role::DataSteward] }));
    // A voucher takes back what its older key gave.
    book.register(7, Role::Supplier);
    book.accredit(2, 7, Role::Supplier).unwrap();
    book.rotate(2, 12).unwrap();
    assert_eq!(book.accredit(12, 7, Role::Supplier), Err(Rejection::AlreadyAccredited(did(7))));
    book.withdraw(12, 7, Role::Supplier).unwrap();
    // And a retailer goes on under its passport.
    book.issue_kind(3, 9, SubjectKind::Organisation, "retailer:a").unwrap();
    book.rotate(3, 13).unwrap();
    book.say(13, Body::PublishListing(ListingSheet { retailer: "retailer:a".to_owned(), digest: [1; 32] })).unwrap();
    assert_eq!(book.state.listing("retailer:a").unwrap().actor, did(3));
}

#[test]
fn the_policys_registrar_stays_one_when_it_changes_its_key() {
    let mut book = Book::peopled();
    book.rotate(REGISTRAR, 50).unwrap();
    book.register(6, Role::Supplier);
    assert!(matches!(book.accredit(REGISTRAR, 6, Role::Supplier), Err(Rejection::KeyOutOfForce { .. })));
    book.accredit(50, 6, Role::Supplier).unwrap();
    book.issue(6, 1).unwrap();
}

#[test]
fn a_key_belongs_to_one_actor_for_ever() {
    let mut book = Book::peopled();
    book.rotate(1, 11).unwrap();
    for taken in [1, 2, 11, REGISTRAR, LOG] {
        assert_eq!(book.rotate(11, taken), Err(Rejection::KeyTaken(did(taken))), "{taken}");
        assert_eq!(book.recover(REGISTRAR, 2, taken), Err(Rejection::KeyTaken(did(taken))), "{taken}");
    }
    let again = Body::RegisterActor(Registration { name: "Again".to_owned(), role: Role::Ngo, fictional: false });
    assert_eq!(book.say(1, again.clone()), Err(Rejection::AlreadyRegistered(did(1))));
    assert_eq!(book.say(11, again), Err(Rejection::AlreadyRegistered(did(11))));
    assert_eq!(book.rotate(77, 78), Err(Rejection::UnknownActor(did(77))));
}

#[test]
fn a_lost_key_is_recovered_by_the_registrar_that_vouched_first_and_by_no_other() {
    let mut book = Book::peopled();
    for n in [6, 7, 8] {
        book.register(n, Role::Registrar);
    }
    book.accredit(REGISTRAR, 6, Role::Registrar).unwrap();
    book.accredit(REGISTRAR, 7, Role::Registrar).unwrap();
    book.register(9, Role::Supplier);
    assert_eq!(book.recover(6, 9, 19), Err(Rejection::NotItsRegistrar(did(9))), "nobody vouched for it yet");
    book.accredit(6, 9, Role::Supplier).unwrap();
    // Another registrar cannot make itself this actor's by vouching for it, or for who vouched, later.
    book.accredit(7, 9, Role::Ngo).unwrap();
    book.accredit(7, 9, Role::Supplier).unwrap();
    book.accredit(7, 6, Role::Registrar).unwrap();
    assert_eq!(book.recover(7, 9, 19), Err(Rejection::NotItsRegistrar(did(9))));
    assert_eq!(book.recover(8, 9, 19), Err(Rejection::NoStanding { actor: did(8), needs: &[Role::Registrar] }));
    assert_eq!(book.recover(1, 9, 19), Err(Rejection::NoStanding { actor: did(1), needs: &[Role::Registrar] }));
    assert_eq!(book.recover(6, 88, 19), Err(Rejection::UnknownActor(did(88))));
    book.recover(6, 9, 19).unwrap();
    assert!(matches!(book.issue(9, 1), Err(Rejection::KeyOutOfForce { .. })));
    book.issue(19, 1).unwrap();
    // Who stands above the registrar may too.
    book.recover(REGISTRAR, 9, 29).unwrap();
    // Once its registrar has lost standing, the one above is left.
    book.withdraw(REGISTRAR, 6, Role::Registrar).unwrap();
    book.withdraw(7, 6, Role::Registrar).unwrap();
    assert_eq!(book.recover(6, 9, 39), Err(Rejection::NoStanding { actor: did(6), needs: &[Role::Registrar] }));
    assert_eq!(book.recover(7, 9, 39), Err(Rejection::NotItsRegistrar(did(9))));
    book.withdraw(6, 9, Role::Supplier).unwrap();
    book.recover(7, 9, 39).unwrap();
}

#[test]
fn a_retired_key_leaves_an_actor_that_only_its_registrar_brings_back() {
    let mut book = Book::peopled();
    for reason in [String::new(), "x".repeat(201), "a\u{7}".to_owned()] {
        assert_eq!(book.say(1, Body::RetireKey(Retirement { reason })), Err(Rejection::BadReason));
    }
    book.retire(1).unwrap();
    assert!(matches!(book.rotate(1, 11), Err(Rejection::KeyOutOfForce { .. })));
    assert!(matches!(book.issue(1, 1), Err(Rejection::KeyOutOfForce { .. })));
    book.recover(REGISTRAR, 1, 11).unwrap();
    book.issue(11, 1).unwrap();
    assert_eq!(book.state.passports()[0].issuer, did(1));
}

#[test]
fn a_chain_of_any_length_is_walked_and_falls_as_one() {
    let mut book = Book::new();
    book.register(REGISTRAR, Role::Registrar);
    let deep = |n: u32| {
        let mut key = [7; 32];
        key[..4].copy_from_slice(&n.to_be_bytes());
        DidKey::from_public(key)
    };
    let say = |book: &mut Book, who: DidKey, body: Body| {
        let statement = Statement { actor: who, signers: vec![who], ..book.statement(0, body) };
        book.state.apply(book.state.next_leaf(), &statement, book.now)
    };
    // So deep that anything recursive would end the process.
    let depth = 10_000;
    for n in 0..depth {
        say(&mut book, deep(n), Body::RegisterActor(Registration { name: "Deep".to_owned(), role: Role::Supplier, fictional: false })).unwrap();
        let voucher = n.checked_sub(1).map_or(did(REGISTRAR), deep);
        // Judged at its leaf, where everyone above is in standing; the walk up is what takes long, so it is not asked for each time.
        let leaf = book.state.next_leaf();
        book.state.accreditations.entry((deep(n), Role::Supplier)).or_default().insert(voucher, leaf);
    }
    let last = deep(depth - 1);
    assert!(book.state.in_standing(&last, Role::Supplier));
    say(&mut book, did(REGISTRAR), Body::RecoverKey(Recovery { subject: last, new: did(60) })).unwrap();
    let withdrawal = Body::Withdraw(Withdrawal { subject: deep(0), role: Role::Supplier });
    say(&mut book, did(REGISTRAR), withdrawal).unwrap();
    assert!(!book.state.in_standing(&last, Role::Supplier) && !book.state.in_standing(&deep(0), Role::Supplier));
}

#[test]
fn a_rejection_has_a_name_and_a_sentence() {
    let why = Rejection::KeyOutOfForce { key: did(1), leaf: 7 };
    assert_eq!(why.name(), "KeyOutOfForce");
    assert!(why.to_string().contains("since leaf 7"));
    assert_eq!(Rejection::Replayed.name(), "Replayed");
}
