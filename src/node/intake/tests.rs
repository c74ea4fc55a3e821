use super::*;
use crate::{
    measure::Millis,
    node::{folder::LedgerConfig, sequencer::now},
    statement::{self, Body, Draft, Registration, Role, SigningKey},
};
use std::path::Path;

const ORIGIN: &str = "example.org/test";

fn introduction(n: u8) -> Submission {
    let body = Body::RegisterActor(Registration { name: format!("Actor {n}"), role: Role::Supplier, fictional: true });
    let draft = Draft { ledger: ORIGIN.to_owned(), nonce: [n; 16], expires: Millis(now().0 + Millis::DAY), body };
    Submission { statement: statement::sign(&draft, now(), &SigningKey::from_seed(&[n; 32]), &[]).unwrap(), bodies: Vec::new() }
}

fn start(folder: &Path) -> Intake {
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: Vec::new(), sample: false };
    drop(Sequencer::create(folder, config, &[3; 32]).unwrap());
    // The batch would stay open for a minute.
    Intake::start(Sequencer::open(folder, 60_000).unwrap(), Arc::default()).unwrap()
}

#[tokio::test]
async fn a_node_that_stops_answers_what_waits_and_publishes_what_it_took() {
    let folder = tempfile::tempdir().unwrap();
    let intake = Arc::new(start(folder.path()));
    let offer = |from: u8| {
        let intake = Arc::clone(&intake);
        tokio::spawn(async move { intake.offer((from..from + 50).map(introduction).collect()).await.unwrap() })
    };
    let offers = [offer(0), offer(50), offer(100), offer(150)];
    // Let them all be offered before the door closes.
    while intake.queued() + usize::try_from(intake.metrics.taken.get()).unwrap() < 200 {
        tokio::task::yield_now().await;
    }
    let stopping = Arc::clone(&intake);
    tokio::task::spawn_blocking(move || stopping.stop()).await.unwrap();
    let mut leaves = Vec::new();
    for answers in offers {
        for answer in answers.await.unwrap() {
            let Answer::Taken(receipt) = answer else { panic!("{answer:?}") };
            leaves.push(receipt.leaf);
        }
    }
    leaves.sort_unstable();
    assert_eq!(leaves, (1..=200).collect::<Vec<u64>>());
    assert!(intake.ask(|_| ()).await.is_none());
    assert_eq!(intake.offer(vec![introduction(201)]).await.unwrap(), [Answer::Failed], "nothing more is taken");
    let again = Sequencer::open(folder.path(), 0).unwrap();
    assert_eq!((again.ledger().published(), again.ledger().size()), (202, 202));
}

#[tokio::test]
async fn a_full_queue_takes_nothing_and_says_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let intake = start(folder.path());
    for (statements, bytes) in [(MAX_QUEUED, 0), (1, MAX_QUEUED_BYTES)] {
        intake.load.statements.store(statements, Ordering::Release);
        intake.load.bytes.store(bytes, Ordering::Release);
        assert_eq!(intake.offer(vec![introduction(1)]).await, Err(Busy { retry_after: 1 }));
        assert_eq!(intake.queued(), statements, "a refused one holds no room");
    }
    assert_eq!(intake.metrics.busy.get(), 2);
    intake.load.statements.store(0, Ordering::Release);
    intake.load.bytes.store(0, Ordering::Release);
    assert!(matches!(intake.offer(vec![introduction(1)]).await.unwrap()[..], [Answer::Taken(_)]));
    assert_eq!(intake.queued(), 0);
}

#[tokio::test]
async fn what_another_node_left_in_the_inbox_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let config = LedgerConfig { origin: ORIGIN.to_owned(), registrars: Vec::new(), sample: false };
    drop(Sequencer::create(folder.path(), config, &[3; 32]).unwrap());
    let sequencer = Sequencer::open(folder.path(), 3_600_000).unwrap();
    let store = sequencer.store();
    let entry = introduction(9).statement;
    let id = statement::verify(&entry).unwrap().id;
    store.offer(&[crate::node::store::Offered { id, entry }]).unwrap();
    let intake = Intake::start(sequencer, Arc::default()).unwrap();
    for _ in 0..100 {
        if store.inbox(1).unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(TICK / 4).await;
    }
    assert!(matches!(store.standing(&id).unwrap(), Some(crate::node::store::Standing::Taken { leaf: 1, .. })));
    assert_eq!(intake.ask(|sequencer| sequencer.ledger().size()).await, Some(2));
}

#[tokio::test]
async fn a_writer_that_panicked_is_noticed_and_acknowledges_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let intake = start(folder.path());
    assert!(intake.is_running());
    assert_eq!(intake.ask(|_| -> () { panic!("as a fault in the fold would") }).await, None);
    while intake.is_running() {
        tokio::time::sleep(TICK / 20).await;
    }
    assert_eq!(intake.offer(vec![introduction(1)]).await.unwrap(), [Answer::Failed]);
}
