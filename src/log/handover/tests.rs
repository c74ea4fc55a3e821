use super::*;
use crate::log::LogSigner;
use proptest::prelude::*;

const ORIGIN: &str = "example.org/log";

fn key(seed: u8) -> LogKey {
    LogSigner::from_seed(ORIGIN, &[seed; 32]).unwrap().key().clone()
}

fn witness(n: u8) -> Cosigner {
    Cosigner::from_seed(&format!("witness.example/w{n}"), &[100 + n; 32]).unwrap()
}

/// The log under key 1, and two of three witnesses.
fn policy() -> Policy {
    let lines: String = (1..=3).map(|n| format!("witness w{n} {}\n", witness(n).key())).collect();
    Policy::parse(&format!("log {}\n{lines}group g 2 w1 w2 w3\nquorum g\n", key(1))).unwrap()
}

fn handover(from: u8, to: u8) -> Handover {
    Handover::new(7, [9; 32], key(from), key(to)).unwrap()
}

fn signed(handover: &Handover, witnesses: &[u8]) -> String {
    witnesses.iter().fold(format!("{handover}\n"), |note, n| note + &handover.signed_by(&witness(*n)).unwrap())
}

#[test]
fn a_quorum_of_the_policys_witnesses_moves_it_to_the_new_key() {
    for who in [[1, 2], [3, 1], [2, 3]] {
        let (read, after) = Handover::open(&signed(&handover(1, 2), &who), &policy()).unwrap();
        assert_eq!(read, handover(1, 2));
        assert_eq!(after.to_string(), policy().to_string().replace(&key(1).to_string(), &key(2).to_string()), "only the key is another");
        assert_ne!(after.fingerprint(), policy().fingerprint());
    }
}

#[test]
fn one_witness_short_is_refused_also_when_it_signs_twice() {
    let short = |note: &str| assert!(matches!(Handover::open(note, &policy()), Err(HandoverError::Quorum { have }) if have.len() <= 1), "{note}");
    short(&signed(&handover(1, 2), &[1]));
    short(&signed(&handover(1, 2), &[1, 1, 1]));
    short(&format!("{}\n", handover(1, 2)));
    // Somebody whom the policy does not name counts for nothing.
    short(&signed(&handover(1, 2), &[1, 4, 5]));
}

#[test]
fn another_log_another_key_and_a_policy_without_witnesses_are_refused() {
    let note = signed(&handover(1, 2), &[1, 2]);
    let other = Policy::parse(&policy().to_string().replace(&key(1).to_string(), &key(3).to_string())).unwrap();
    assert!(matches!(Handover::open(&note, &other), Err(HandoverError::NotBelieved { .. })));
    let elsewhere = LogSigner::from_seed("example.org/other", &[1; 32]).unwrap().key().clone();
    assert!(matches!(Handover::new(7, [9; 32], key(1), elsewhere.clone()), Err(HandoverError::Shape(_))));
    let moved = note.replace(&key(1).to_string(), &elsewhere.to_string());
    assert!(matches!(Handover::open(&moved, &policy()), Err(HandoverError::Shape(_))));
    assert_eq!(Handover::open(&note, &Policy::of_log(key(1))), Err(HandoverError::NoWitnesses));
    assert!(Handover::new(0, [9; 32], key(1), key(2)).is_err() && Handover::new(7, [9; 32], key(1), key(1)).is_err());
}

#[test]
fn a_cosignature_is_no_signature_under_a_hand_over_and_the_other_way_round() {
    let log = LogSigner::from_seed(ORIGIN, &[1; 32]).unwrap();
    let note = handover(1, 2).checkpoint().sign(&log);
    let line = witness(1).cosign(&note, 1_679_315_147).unwrap();
    let with = |line: &str| signed(&handover(1, 2), &[2]) + line;
    assert!(matches!(Handover::open(&with(&line), &policy()), Err(HandoverError::Quorum { .. })));
    let as_cosignature = note + &handover(1, 2).signed_by(&witness(1)).unwrap() + &handover(1, 2).signed_by(&witness(2)).unwrap();
    assert!(policy().open(&as_cosignature).is_err());
    assert!(policy().open_without_quorum(&signed(&handover(1, 2), &[1, 2])).is_err(), "a hand-over is no checkpoint");
    assert!(witness(1).cosign(&signed(&handover(1, 2), &[1, 2]), 1).is_err(), "and no witness cosigns it as one");
}

#[test]
fn a_chain_is_followed_from_whatever_key_is_believed() {
    let chain = [signed(&handover(1, 2), &[1, 2]), signed(&handover(2, 3), &[2, 3])];
    let read = read_handovers(&write_handovers(&chain)).unwrap();
    assert_eq!(read, chain);
    let (taken, after) = follow_handovers(&policy(), &read).unwrap();
    assert!(taken.len() == 2 && after.logs().eq([&key(3)]));
    let (later, _) = follow_handovers(&policy(), &chain[..1]).unwrap();
    assert_eq!(later.len(), 1);
    let (again, same) = follow_handovers(&after, &read).unwrap();
    assert!(again.is_empty() && same == after, "what lies before the policy is passed over, and an old one does not lead back");
    let back = Handover { size: 6, ..handover(2, 3) };
    assert!(follow_handovers(&policy(), &[chain[0].clone(), signed(&back, &[1, 2])]).is_err());
    let short = signed(&handover(2, 3), &[2]);
    assert!(matches!(follow_handovers(&policy(), &[chain[0].clone(), short]), Err(HandoverError::Quorum { .. })));
}

/// One of before and two others, of whom two are enough.
fn others() -> Policy {
    let lines: String = (3..=5).map(|n| format!("witness n{n} {} https://w{n}.example/\n", witness(n).key())).collect();
    Policy::parse(&format!("# From spring on\nlog {}\n{lines}group two 2 n3 n4 n5\nquorum two\n", key(8))).unwrap()
}

#[test]
fn the_old_quorum_may_name_other_witnesses_and_from_then_on_only_these_count() {
    let handover = handover(1, 2).watched_by(&others()).unwrap();
    let (read, after) = Handover::open(&signed(&handover, &[1, 2]), &policy()).unwrap();
    assert_eq!((&read, read.watched().map(Policy::to_string)), (&handover, Some(after.to_string())));
    assert_eq!(after.to_string(), others().to_string().replace(&key(8).to_string(), &key(2).to_string()), "its own log counts for nothing");
    // The new ones cannot let themselves in, nor can one of the old.
    for who in [&[4, 5][..], &[3, 4, 5], &[1, 4, 5]] {
        assert!(matches!(Handover::open(&signed(&handover, who), &policy()), Err(HandoverError::Quorum { .. })), "{who:?}");
    }
    // The next hand-over is theirs to sign.
    let next = Handover::new(7, [9; 32], key(2), key(3)).unwrap();
    assert!(matches!(Handover::open(&signed(&next, &[1, 2]), &after), Err(HandoverError::Quorum { .. })));
    let chain = [signed(&handover, &[1, 2]), signed(&next, &[4, 5])];
    let (taken, last) = follow_handovers(&policy(), &read_handovers(&write_handovers(&chain)).unwrap()).unwrap();
    assert!(taken.len() == 2 && last.logs().eq([&key(3)]) && last.witnesses() == others().witnesses());
}

#[test]
fn new_witnesses_have_one_spelling_and_are_never_nobody() {
    let handover = handover(1, 2).watched_by(&others()).unwrap();
    let good = signed(&handover, &[1, 2]);
    let resigned = |from: &str, to: &str| {
        let (text, _) = good.split_once("\n\n").unwrap();
        assert!(text.contains(from), "{from} is there");
        let text = text.replacen(from, to, 1);
        let lines: String = [1, 2].map(|n| witness(n).sign_note(&format!("{text}\n")).unwrap()).concat();
        format!("{text}\n\n{lines}")
    };
    assert!(
        Handover::open(&good, &policy()).is_ok() && Handover::new(7, [9; 32], key(1), key(2)).unwrap().watched_by(&Policy::of_log(key(3))).is_err()
    );
    for (from, to) in [
        ("quorum two", "quorum none"),
        ("\nquorum two", ""),
        ("quorum two", "quorum  two"),
        ("quorum two", "# nobody\nquorum two"),
        ("group two 2", "group two 4"),
        ("witness n3", format!("log {}\nwitness n3", key(7)).as_str()),
    ] {
        let note = resigned(from, to);
        assert!(matches!(Handover::open(&note, &policy()), Err(HandoverError::Shape(_))), "{note}");
    }
}

#[test]
fn what_is_not_laid_out_so_is_refused() {
    let good = signed(&handover(1, 2), &[1, 2]);
    let swap = |from: &str, to: &str| good.replacen(from, to, 1);
    for bad in [
        String::new(),
        "\n\n".into(),
        swap("v1", "v2"),
        swap("\n7\n", "\n07\n"),
        swap("\n7\n", "\n-7\n"),
        swap("CQkJ", "!QkJ"),
        swap("example.org/log\n", "example.org/lot\n"),
        swap("\n\n", "\nmore\n\n"),
        swap("\n\n", "\n"),
        format!("more\n{good}"),
    ] {
        assert!(Handover::open(&bad, &policy()).is_err(), "{bad}");
    }
    assert!(read_handovers(&"x".repeat(MAX_HANDOVERS + 1)).is_err());
    assert!(read_handovers("a text").is_err());
    assert!(read_handovers(&write_handovers(&vec!["a\n\nb\n".to_owned(); MAX_CHAIN + 1])).is_err());
}

proptest! {
    #[test]
    fn one_altered_byte_never_hands_a_log_to_another_key(at in 0usize..1000, bit in 0u8..7) {
        let mut bytes = signed(&handover(1, 2), &[1, 2]).into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(text) = String::from_utf8(bytes) && let Ok((read, _)) = Handover::open(&text, &policy()) {
            prop_assert_eq!(read, handover(1, 2));
        }
    }
}
