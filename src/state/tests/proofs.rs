//! Proofs of what is in the state, and of what is not.

use super::*;
use serde_json::Value;

/// A state with something of every kind, closed.
fn closed() -> Book {
    let mut book = Book::peopled();
    book.issue(1, 1).unwrap();
    book.issue(1, 2).unwrap();
    book.stage(1, 1, 1, Some(2)).unwrap();
    book.issue_kind(3, 3, SubjectKind::Organisation, "retailer:a").unwrap();
    book.say(3, Body::PublishListing(ListingSheet { retailer: "retailer:a".to_owned(), digest: [4; 32] })).unwrap();
    book.rotate(2, 12).unwrap();
    book.close();
    book.issue(1, 5).unwrap();
    book.close();
    book
}

#[test]
fn every_entry_is_proven_present_and_says_what_it_said_when_the_batch_was_closed() {
    let mut book = closed();
    // Proofs lead to the state before the BatchClose: nothing was stated after it yet, but the close itself.
    let root = book.state.closed_root().unwrap();
    let entries: Vec<(Entry, Vec<u8>)> = book.state.entries().collect();
    let kinds: std::collections::BTreeSet<_> = entries.iter().map(|(e, _)| e.kind()).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["accreditation", "actor", "batch", "key", "listing", "passport", "stage", "statement"]);
    let mut before: Vec<(Entry, Option<Vec<u8>>)> = Vec::new();
    for (entry, now) in entries {
        let proof = book.state.prove(entry.kind(), &entry.id()).unwrap();
        let said = proof.verify(&root, &entry).unwrap().map(<[u8]>::to_vec);
        // Only the batch itself and the close statement came after.
        let since = entry == Entry::Batch || said.is_none();
        assert_eq!(said.as_ref() == Some(&now), !since, "{entry:?}");
        before.push((entry, said));
    }
    assert_eq!(before.iter().filter(|(_, said)| said.is_none()).count(), 1, "the statement that closed the batch");
    // Whatever is stated next, the proofs stay those of the batch closed last.
    book.change(1, 1, PassportStatus::Revoked, None).unwrap();
    book.change(1, 2, PassportStatus::Suspended, None).unwrap();
    book.change(1, 2, PassportStatus::Valid, None).unwrap();
    book.withdraw(REGISTRAR, 5, Role::Ngo).unwrap();
    book.rotate(1, 11).unwrap();
    book.recover(REGISTRAR, 2, 22).unwrap();
    book.say(3, Body::PublishListing(ListingSheet { retailer: "retailer:a".to_owned(), digest: [9; 32] })).unwrap();
    assert_eq!(book.state.closed_root(), Some(root));
    for (entry, said) in &before {
        let proof = book.state.prove(entry.kind(), &entry.id()).unwrap();
        assert_eq!(proof.verify(&root, entry).unwrap(), said.as_deref(), "{entry:?}");
    }
    // Until the next close, where the new state is proven.
    book.close();
    let root = book.state.closed_root().unwrap();
    let proof = book.state.prove("passport", "0").unwrap();
    let value: Value = serde_json::from_slice(proof.verify(&root, &Entry::Passport(0)).unwrap().unwrap()).unwrap();
    assert_eq!((value["status"].as_str(), value["issuer"].as_str()), (Some("1"), Some(did(1).to_string().as_str())));
}

#[test]
fn what_expires_at_a_close_is_still_proven_in_the_state_before_it() {
    let mut book = Book::peopled();
    let statement = book.statement(1, Body::RetireKey(Retirement { reason: "test".to_owned() }));
    book.state.apply(book.state.next_leaf(), &statement, book.now).unwrap();
    book.close();
    book.now = Millis(statement.expires.0);
    book.close();
    let (root, entry) = (book.state.closed_root().unwrap(), Entry::Statement(statement.id));
    assert_eq!(book.state.value(&entry), None, "it need not be remembered any longer");
    assert!(book.state.prove("statement", &entry.id()).unwrap().verify(&root, &entry).unwrap().is_some());
}

#[test]
fn what_is_not_there_is_proven_absent() {
    let book = closed();
    let root = book.state.closed_root().unwrap();
    let mut neighbours = 0;
    for n in 100..200 {
        let entry = Entry::Passport(n);
        let proof = book.state.prove("passport", &n.to_string()).unwrap();
        assert_eq!(proof.verify(&root, &entry).unwrap(), None);
        neighbours += usize::from(proof.neighbour.is_some());
        // Absence is not presence, whatever value is put in.
        let claimed = StateProof { value: Some(b"{}".to_vec()), neighbour: None, ..proof.clone() };
        assert_eq!(claimed.verify(&root, &entry), Err(ProofError::OtherRoot(root)));
    }
    assert!((1..100).contains(&neighbours), "some ways end at another entry, some at nothing: {neighbours}");
}

#[test]
fn a_proof_that_was_forged_or_altered_is_refused() {
    let book = closed();
    let root = book.state.closed_root().unwrap();
    let entry = Entry::Passport(1);
    let good = book.state.prove("passport", "1").unwrap();
    assert!(good.verify(&root, &entry).unwrap().is_some());
    assert_eq!(good.verify(&[7; 32], &entry), Err(ProofError::OtherRoot([7; 32])));
    assert!(matches!(good.verify(&root, &Entry::Passport(0)), Err(ProofError::OtherEntry { .. })));
    let renamed = StateProof { id: "0".to_owned(), ..good.clone() };
    assert!(renamed.verify(&root, &Entry::Passport(0)).is_err());
    let mut changes: Vec<StateProof> = Vec::new();
    for at in 0..good.value.as_ref().unwrap().len() {
        let mut value = good.value.clone().unwrap();
        value[at] ^= 1;
        changes.push(StateProof { value: Some(value), ..good.clone() });
    }
    for at in 0..good.siblings.len() {
        let mut siblings = good.siblings.clone();
        siblings[at][31] ^= 1;
        changes.push(StateProof { siblings, ..good.clone() });
    }
    changes.push(StateProof { siblings: good.siblings[1..].to_vec(), ..good.clone() });
    changes.push(StateProof { siblings: [&good.siblings[..], &[[0; 32]]].concat(), ..good.clone() });
    changes.push(StateProof { siblings: vec![[0; 32]; 257], ..good.clone() });
    changes.push(StateProof { value: None, ..good.clone() });
    // A present entry cannot be passed off as absent by pointing at itself or at a leaf that lies elsewhere.
    let neighbour = |entry: &Entry| Neighbour { key: entry.key(), value_sha256: sha2::Sha256::digest(book.state.value(entry).unwrap()).into() };
    use sha2::Digest as _;
    changes.push(StateProof { value: None, neighbour: Some(neighbour(&entry)), ..good.clone() });
    changes.push(StateProof { neighbour: Some(neighbour(&entry)), ..good.clone() });
    let other = book.state.prove("passport", "0").unwrap();
    changes.push(StateProof { value: None, neighbour: Some(neighbour(&Entry::Passport(0))), siblings: other.siblings, ..good.clone() });
    for (n, changed) in changes.iter().enumerate() {
        assert!(changed.verify(&root, &entry).is_err(), "change {n}");
    }
}

#[test]
fn a_proof_travels_as_json_and_has_one_shape() {
    let book = closed();
    let root = book.state.closed_root().unwrap();
    for id in ["1", "77"] {
        let proof = book.state.prove("passport", id).unwrap();
        let text = serde_json::to_string(&proof).unwrap();
        let read: StateProof = serde_json::from_str(&text).unwrap();
        assert_eq!(read, proof);
        read.verify(&root, &Entry::parse("passport", id).unwrap()).unwrap();
        for spoilt in [
            text.replacen('{', "{\"x\":1,", 1),
            text.replacen("\"siblings\":[\"", "\"siblings\":[\"!", 1),
            text.replacen("\"siblings\":[\"", "\"siblings\":[\"AA==\",\"", 1),
        ] {
            assert!(serde_json::from_str::<StateProof>(&spoilt).is_err(), "{spoilt}");
        }
    }
}

#[test]
fn an_entry_has_one_name() {
    let book = closed();
    for (entry, _) in book.state.entries() {
        assert_eq!(Entry::parse(entry.kind(), &entry.id()), Ok(entry));
    }
    let dids = (did(1).to_string(), did(2).to_string());
    let vouched = format!("{},supplier,{}", dids.0, dids.1);
    Entry::parse("accreditation", &vouched).unwrap();
    for (kind, id) in [
        ("passport", "+1"),
        ("passport", "01"),
        ("passport", "-1"),
        ("passport", "4294967296"),
        ("stage", "1"),
        ("stage", "1, 2"),
        ("statement", "AB"),
        ("statement", &"AB".repeat(32)),
        ("actor", "did:web:x"),
        ("batch", ""),
        ("accreditation", &vouched.replace("supplier", "king")),
        ("frobnicate", "1"),
    ] {
        assert_eq!(Entry::parse(kind, id), Err(ProofError::NoSuchEntry), "{kind} {id}");
        assert_eq!(book.state.prove(kind, id), Err(ProofError::NoSuchEntry));
    }
}

#[test]
fn before_the_first_close_nothing_can_be_proven_and_an_empty_state_has_nothing() {
    let mut book = Book::new();
    assert_eq!(book.state.prove("passport", "0"), Err(ProofError::NotClosed));
    book.close();
    let proof = book.state.prove("passport", "0").unwrap();
    assert_eq!(proof.verify(&[0; 32], &Entry::Passport(0)), Ok(None));
}
