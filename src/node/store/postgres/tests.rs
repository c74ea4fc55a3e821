use super::{super::tests::what_every_store_does, *};
use cluster::Cluster;
use std::cell::Cell;

#[path = "../../../../tests/postgres/cluster.rs"]
mod cluster;

const SECOND: Duration = Duration::from_secs(1);

fn row(leaf: u64, n: u8) -> Pending {
    Pending { leaf, id: [n; 32], batch_time: Millis(1), entry: vec![n; 5] }
}

#[test]
fn postgresql_does_what_every_store_does() {
    let cluster = Cluster::start();
    let count = Cell::new(0);
    what_every_store_does(&|| {
        count.set(count.get() + 1);
        Box::new(PostgresStore::open(&cluster.database(&format!("d{}", count.get())), "example.org/a").unwrap())
    });
    let url = cluster.database("other");
    PostgresStore::open(&url, "example.org/a").unwrap();
    assert!(matches!(PostgresStore::open(&url, "example.org/b"), Err(NodeError::Usage(why)) if why.contains("example.org/a")));
    assert!(PostgresStore::open("postgres://nobody@127.0.0.1:1/x", "example.org/a").is_err());
}

#[test]
fn one_node_leads_and_who_was_replaced_changes_nothing() {
    let cluster = Cluster::start();
    let open = || PostgresStore::open(&cluster.url(), "example.org/a").unwrap();
    let (a, b) = (open(), open());
    let first = a.lead("a", SECOND * 30).unwrap().unwrap();
    assert_eq!(b.lead("b", SECOND).unwrap(), None);
    assert_eq!(a.lead("a", SECOND * 30).unwrap(), Some(first), "prolonged, not passed on");
    a.settle(first, &[row(0, 1)], &[], Millis(1)).unwrap();
    // It lets go by prolonging for no time at all: then it is over for itself too.
    a.lead("a", Duration::ZERO).unwrap();
    assert!(matches!(a.settle(first, &[row(1, 2)], &[], Millis(1)), Err(NodeError::NotLeading)));
    let second = b.lead("b", SECOND * 30).unwrap().unwrap();
    assert!(second.term > first.term);
    b.settle(second, &[row(1, 3)], &[], Millis(1)).unwrap();
    for lease in [first, Lease { term: 0 }, Lease { term: second.term + 1 }] {
        assert!(matches!(a.settle(lease, &[row(2, 4)], &[], Millis(1)), Err(NodeError::NotLeading)));
        assert!(matches!(a.publish(lease, 0, &Published { size: 2, note: String::new() }), Err(NodeError::NotLeading)));
    }
    assert_eq!(b.pending(0).unwrap(), [row(0, 1), row(1, 3)]);
}

#[test]
fn many_who_want_the_lease_at_once_get_it_one_at_a_time() {
    let cluster = Cluster::start();
    let store = PostgresStore::open(&cluster.url(), "example.org/a").unwrap();
    let got = Mutex::new(Vec::new());
    std::thread::scope(|s| {
        for n in 0..8 {
            let (store, got) = (store.clone(), &got);
            s.spawn(move || {
                if let Some(lease) = store.lead(&format!("n{n}"), SECOND * 30).unwrap() {
                    got.lock().unwrap().push(lease);
                }
            });
        }
    });
    assert_eq!(got.into_inner().unwrap(), [Lease { term: 1 }]);
}

#[test]
fn a_killed_database_is_found_again_and_kept_what_it_took() {
    let cluster = Cluster::start();
    let store = PostgresStore::open(&cluster.url(), "example.org/a").unwrap();
    let lease = store.lead("a", SECOND * 60).unwrap().unwrap();
    store.settle(lease, &[row(0, 1)], &[], Millis(1)).unwrap();
    cluster.kill();
    // The process that serves this connection may take a little more before it notices that its parent is gone.
    let mut taken = vec![row(0, 1)];
    let refused = loop {
        let next = row(taken.len() as u64, 10 + u8::try_from(taken.len()).unwrap());
        match store.settle(lease, std::slice::from_ref(&next), &[], Millis(1)) {
            Ok(()) => {
                taken.push(next);
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, NodeError::Store(_)), "{refused}");
    cluster.restart();
    // What was refused last may have been written before the answer was lost.
    let kept = store.pending(0).unwrap();
    assert!(kept.starts_with(&taken) && kept.len() <= taken.len() + 1, "{taken:?}, {kept:?}");
    store.settle(lease, &[row(kept.len() as u64, 2)], &[], Millis(1)).unwrap();
}

#[test]
fn a_database_without_a_synchronous_standby_is_refused() {
    let refused = |cluster: &Cluster, part: &str| {
        let store = PostgresStore::open(&cluster.url(), "example.org/a").unwrap();
        match store.require_standby() {
            Err(NodeError::Usage(why)) => assert!(why.contains(part) && why.contains("--allow-no-standby"), "{why}"),
            other => panic!("{other:?}"),
        }
    };
    let alone = Cluster::start();
    refused(&alone, "synchronous_standby_names is empty");
    // Named, attached, then named as synchronous: before that, a commit would wait for ever.
    let standby = alone.standby();
    refused(&alone, "synchronous_standby_names is empty");
    alone.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby1'");
    alone.sql("SELECT pg_reload_conf()");
    let store = PostgresStore::open(&alone.url(), "example.org/a").unwrap();
    let mut tried = 0;
    while store.require_standby().is_err() {
        tried += 1;
        assert!(tried < 100, "{:?}", store.require_standby());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(store.lead("a", SECOND).unwrap().is_some());
    standby.kill();
    std::thread::sleep(Duration::from_millis(300));
    let refused = store.require_standby();
    assert!(matches!(&refused, Err(NodeError::Usage(why)) if why.contains("no synchronous standby")), "{refused:?}");
}

#[test]
fn a_database_behind_the_published_log_takes_it_over_without_losing_what_only_it_had() {
    let cluster = Cluster::start();
    let store = PostgresStore::open(&cluster.url(), "example.org/a").unwrap();
    let lease = store.lead("a", SECOND * 60).unwrap().unwrap();
    store.settle(lease, &[row(0, 1), row(1, 2), row(2, 3)], &[], Millis(1)).unwrap();
    store.publish(lease, 0, &Published { size: 1, note: "one".to_owned() }).unwrap();
    // Published elsewhere: leaf 1 is another statement, leaf 2 the one that was leaf 1 here; statement 3 was never published.
    let after = Published { size: 3, note: "three".to_owned() };
    let rows = [(1, [7; 32], Millis(5)), (2, [2; 32], Millis(5))];
    assert!(matches!(store.adopt(lease, 0, &after, &rows), Err(NodeError::Behind { got: 0, next: 1 })));
    store.adopt(lease, 1, &after, &rows).unwrap();
    assert_eq!((store.published().unwrap(), store.pending(0).unwrap()), (after, Vec::new()));
    assert_eq!(store.inbox(9).unwrap(), [Offered { id: [3; 32], entry: vec![3; 5] }]);
    assert_eq!(store.standing(&[2; 32]).unwrap(), Some(Standing::Taken { leaf: 2, batch_time: Millis(5) }));
}
