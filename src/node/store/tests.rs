use super::*;

/// What every store must do; `fresh` gives an empty one.
pub(in crate::node) fn what_every_store_does(fresh: &dyn Fn() -> Box<dyn Store>) {
    statements_get_their_leaves_in_order_and_once(&*fresh());
    the_checkpoint_moves_by_compare_and_swap(&*fresh());
    what_waits_is_settled_once(&*fresh());
    a_reserved_leaf_is_filled_once(&*fresh());
    refusals_are_remembered_for_a_time(&*fresh());
}

const NOW: Millis = Millis(1_800_000_000_000);

fn id(n: u8) -> Digest {
    [n; 32]
}

fn row(leaf: u64, n: u8) -> Pending {
    Pending { leaf, id: id(n), batch_time: NOW, entry: vec![n; 5] }
}

fn lead(store: &dyn Store) -> Lease {
    store.lead("a", Duration::from_secs(10)).unwrap().unwrap()
}

fn statements_get_their_leaves_in_order_and_once(store: &dyn Store) {
    let lease = lead(store);
    store.settle(lease, &[row(0, 1), row(1, 2)], &[], NOW).unwrap();
    assert!(matches!(store.settle(lease, &[row(3, 3)], &[], NOW), Err(NodeError::Behind { got: 3, next: 2 })));
    assert!(matches!(store.settle(lease, &[row(1, 3)], &[], NOW), Err(NodeError::Behind { got: 1, next: 2 })));
    assert!(store.settle(lease, &[row(2, 3), row(3, 1)], &[], NOW).is_err(), "a statement has one leaf");
    assert_eq!(store.standing(&id(3)).unwrap(), None, "all of it or nothing");
    store.settle(lease, &[row(2, 3)], &[], NOW).unwrap();
    assert_eq!(store.pending(1).unwrap(), [row(1, 2), row(2, 3)]);
    assert_eq!(store.entries(1..3).unwrap(), [vec![2; 5], vec![3; 5]]);
    assert_eq!(store.entries(0..2).unwrap(), [vec![1; 5], vec![2; 5]]);
    assert_eq!(store.standing(&id(2)).unwrap(), Some(Standing::Taken { leaf: 1, batch_time: NOW }));
}

fn the_checkpoint_moves_by_compare_and_swap(store: &dyn Store) {
    let lease = lead(store);
    assert_eq!(store.published().unwrap(), Published::default());
    store.settle(lease, &[row(0, 1), row(1, 2), row(2, 3)], &[], NOW).unwrap();
    let after = Published { size: 2, note: "note".to_owned() };
    store.publish(lease, 0, &after).unwrap();
    assert!(matches!(store.publish(lease, 0, &Published { size: 3, note: String::new() }), Err(NodeError::Behind { got: 0, next: 2 })));
    assert_eq!(store.published().unwrap(), after);
    assert_eq!(store.pending(0).unwrap(), [row(2, 3)], "what is covered lies in the log's files");
    assert_eq!(store.entries(0..9).unwrap(), [vec![3; 5]]);
    assert_eq!(store.standing(&id(1)).unwrap(), Some(Standing::Taken { leaf: 0, batch_time: NOW }));
}

fn a_reserved_leaf_is_filled_once(store: &dyn Store) {
    let lease = lead(store);
    let reserved = Pending::reserved(1, NOW);
    store.settle(lease, &[row(0, 1), reserved.clone()], &[], NOW).unwrap();
    store.settle(lease, &[row(2, 3)], &[], NOW).unwrap();
    assert_eq!(store.pending(0).unwrap(), [row(0, 1), reserved, row(2, 3)], "what comes after it need not wait");
    assert!(store.fill(lease, &row(0, 2)).is_err(), "that leaf is another's");
    assert!(store.fill(lease, &Pending { batch_time: Millis(NOW.0 + 1), ..row(1, 2) }).is_err(), "it is another batch's");
    store.fill(lease, &row(1, 2)).unwrap();
    store.fill(lease, &row(1, 2)).unwrap();
    assert!(store.fill(lease, &row(1, 9)).is_err());
    assert_eq!(store.pending(0).unwrap(), [row(0, 1), row(1, 2), row(2, 3)]);
    assert_eq!(store.standing(&id(2)).unwrap(), Some(Standing::Taken { leaf: 1, batch_time: NOW }));
}

fn what_waits_is_settled_once(store: &dyn Store) {
    let lease = lead(store);
    let offered = |n: u8| Offered { id: id(n), entry: vec![n; 5] };
    store.offer(&[offered(9), offered(1)]).unwrap();
    store.offer(&[offered(1), offered(2)]).unwrap();
    assert_eq!(store.inbox(10).unwrap(), [offered(9), offered(1), offered(2)]);
    assert_eq!(store.inbox(1).unwrap(), [offered(9)]);
    assert_eq!(store.standing(&id(1)).unwrap(), Some(Standing::Waiting));
    let refused = Refused { id: id(1), code: "no".to_owned(), reason: "because".to_owned() };
    store.settle(lease, &[row(0, 9)], &[refused], NOW).unwrap();
    assert_eq!(store.inbox(10).unwrap(), [offered(2)]);
    store.offer(&[offered(9)]).unwrap();
    assert_eq!(store.inbox(10).unwrap(), [offered(2)], "what has a leaf is not taken again");
}

fn refusals_are_remembered_for_a_time(store: &dyn Store) {
    let lease = lead(store);
    let refused = |n: u8, reason: &str| Refused { id: id(n), code: "no".to_owned(), reason: reason.to_owned() };
    store.settle(lease, &[], &[refused(1, "a")], NOW).unwrap();
    store.settle(lease, &[], &[refused(1, "b")], NOW).unwrap();
    assert_eq!(store.standing(&id(1)).unwrap(), Some(Standing::Refused { code: "no".to_owned(), reason: "b".to_owned() }));
    store.settle(lease, &[], &[refused(2, "c")], Millis(NOW.0 + REFUSALS_KEPT_MS + 1)).unwrap();
    assert_eq!(store.standing(&id(1)).unwrap(), None);
    store.settle(lease, &[row(0, 2)], &[], NOW).unwrap();
    assert!(matches!(store.standing(&id(2)).unwrap(), Some(Standing::Taken { leaf: 0, .. })), "a leaf outweighs an older refusal");
}

#[test]
fn sqlite_does_what_every_store_does() {
    let folder = tempfile::tempdir().unwrap();
    let count = std::cell::Cell::new(0);
    what_every_store_does(&|| {
        count.set(count.get() + 1);
        Box::new(SqliteStore::open(&folder.path().join(format!("{}.db", count.get()))).unwrap())
    });
}
