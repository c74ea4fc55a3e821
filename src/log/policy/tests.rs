//! Policies: every refusal of the specification, quorums, and notes that try to pass for more than they are.

use super::*;
use crate::log::{Cosigner, LogSigner};
use proptest::prelude::*;

fn log(n: u8) -> LogSigner {
    LogSigner::from_seed("example.org/log", &[n; 32]).unwrap()
}

fn witness(n: u8) -> Cosigner {
    Cosigner::from_seed(&format!("witness.example/w{n}"), &[100 + n; 32]).unwrap()
}

/// The policy text with the keys of log 1 and witnesses 1 to 6 (as X1, X2, X3, Y1, Y2, Y3) in front.
fn text(rest: &str) -> String {
    let names = ["X1", "X2", "X3", "Y1", "Y2", "Y3"];
    let witnesses: String = (1..).zip(names).map(|(n, name)| format!("witness {name} {}\n", witness(n).key())).collect();
    format!("log {}\n{witnesses}{rest}", log(1).key())
}

fn policy(rest: &str) -> Policy {
    Policy::parse(&text(rest)).unwrap()
}

/// The example of the specification.
const EXAMPLE: &str = "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n";

fn signed() -> String {
    Checkpoint { origin: "example.org/log".into(), size: 7, root: [9; 32] }.sign(&log(1))
}

fn cosigned_by(witnesses: &[u8]) -> String {
    witnesses.iter().fold(signed(), |note, n| note.clone() + &witness(*n).cosign(&note, 1000 + u64::from(*n)).unwrap())
}

#[track_caller]
fn refused(text: &str, part: &str) {
    match Policy::parse(text) {
        Err(LogError::Policy { why, .. }) => assert!(why.contains(part), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_example_of_the_specification_asks_for_two_of_x_and_one_of_y() {
    let policy = policy(EXAMPLE);
    for (who, enough) in [
        (&[][..], false),
        (&[1, 2], false),
        (&[1, 2, 3], false),
        (&[4, 5, 6], false),
        (&[1, 4], false),
        (&[1, 4, 5, 6], false),
        (&[1, 2, 4], true),
        (&[2, 3, 6], true),
        (&[1, 2, 3, 4, 5, 6], true),
    ] {
        let opened = policy.open(&cosigned_by(who));
        assert_eq!(opened.is_ok(), enough, "{who:?}: {opened:?}");
        match opened {
            Ok(trusted) => assert_eq!(
                trusted.witnessed.iter().map(|(_, t)| *t).collect::<Vec<_>>(),
                who.iter().map(|n| 1000 + u64::from(*n)).collect::<Vec<_>>()
            ),
            Err(e) => assert!(matches!(e, LogError::Quorum { .. }), "{e}"),
        }
    }
}

#[test]
fn a_policy_written_out_reads_back_as_the_same() {
    let noisy = text(&format!("# a comment\n\n \t# another\n{}", EXAMPLE.replace(' ', " \t ").replace('\n', "  \n\t") + "\n"));
    let read = Policy::parse(&noisy).unwrap();
    assert_eq!(read, policy(EXAMPLE));
    assert_eq!(Policy::parse(&read.to_string()).unwrap(), read);
    assert_eq!(read.fingerprint(), policy(EXAMPLE).fingerprint());
    assert_ne!(read.fingerprint(), policy(&EXAMPLE.replace("any Y1", "all Y1")).fingerprint());
    let with_urls = format!("log {} https://a.example/log\nwitness w {} https://b.example/\nquorum w\n", log(1).key(), witness(1).key());
    assert_eq!(Policy::parse(&with_urls).unwrap().to_string(), with_urls);
    assert_eq!(Policy::parse(&with_urls).unwrap().witnesses()[0].url.as_deref(), Some("https://b.example/"));
}

#[test]
fn a_lone_log_key_is_a_policy_without_witnesses() {
    let alone = Policy::of_log(log(1).key().clone());
    assert_eq!(Policy::parse(&format!("log {}\nquorum none\n", log(1).key())).unwrap(), alone);
    assert!(!alone.asks_for_witnesses());
    let trusted = alone.open(&cosigned_by(&[1, 2])).unwrap();
    assert_eq!((trusted.checkpoint.size, trusted.log, trusted.witnessed), (7, log(1).key().clone(), Vec::new()));
    // "An application where the log is known from other context may accept a policy with an empty set of logs": this one does not.
    assert!(Policy::parse("quorum none\n").unwrap().open(&signed()).is_err());
}

#[test]
fn a_name_is_given_once_and_before_it_is_used() {
    refused(&text("group X1 any X2\nquorum none\n"), "named above");
    refused(&text("group g any X1\ngroup g any X2\nquorum none\n"), "named above");
    refused(&text(&format!("group g any X1\nwitness g {}\nquorum none\n", witness(9).key())), "named above");
    refused(&text(&format!("witness none {}\nquorum none\n", witness(9).key())), "none");
    refused(&text("group none any X1\nquorum none\n"), "none");
    refused(&text("group g any h\ngroup h any X1\nquorum g\n"), "no line above");
    refused(&text("group g any g\nquorum g\n"), "no line above");
    refused(&text("group g any none\nquorum g\n"), "no line above");
    refused(&text("quorum g\ngroup g any X1\n"), "no line above");
    refused(&text("quorum x1\n"), "no line above");
    // A Kelvin sign is not a K.
    refused(&text(&format!("witness K {}\nquorum \u{212a}\n", witness(9).key())), "no line above");
}

#[test]
fn one_witness_counts_once() {
    refused(&text(&format!("witness again {}\nquorum none\n", witness(1).key())), "X1 has this key");
    let renamed = CosignerKey::new("elsewhere.example", *witness(1).key().public()).unwrap();
    refused(&text(&format!("witness again {renamed}\nquorum none\n")), "X1 has this key");
    refused(&text("group g 2 X1 X1\nquorum g\n"), "member of a group already");
    refused(&text("group g any X1\ngroup h all X1 X2\nquorum h\n"), "member of a group already");
    refused(&text("group g any X1\ngroup h any g\ngroup i any g\nquorum h\n"), "member of a group already");
}

#[test]
fn a_log_key_is_named_once_and_every_log_is_believed() {
    refused(&text(&format!("log {}\nquorum none\n", log(1).key())), "log with this key");
    let renamed = LogKey::new("other.example", *log(1).key().public()).unwrap();
    refused(&text(&format!("log {renamed}\nquorum none\n")), "log with this key");
    let two = policy(&format!("log {}\nquorum none\n", log(2).key()));
    assert_eq!(two.open(&signed()).unwrap().log, *log(1).key());
    let by_the_other = Checkpoint { origin: "example.org/log".into(), size: 8, root: [9; 32] }.sign(&log(2));
    assert_eq!(two.open(&by_the_other).unwrap().log, *log(2).key());
    assert!(policy("quorum none\n").open(&by_the_other).is_err());
}

#[test]
fn a_threshold_lies_between_one_and_all() {
    for k in ["0", "4", "-1", "+1", "01", "1.0", "most", "ALL", "99999999999999999999"] {
        refused(&text(&format!("group g {k} X1 X2 X3\nquorum g\n")), "from 1 to 3");
    }
    refused(&text("group g any\nquorum none\n"), "write:");
    for (k, met) in [
        ("1", [true, true, true]),
        ("2", [false, true, true]),
        ("3", [false, false, true]),
        ("any", [true, true, true]),
        ("all", [false, false, true]),
    ] {
        let policy = policy(&format!("group g {k} X1 X2 X3\nquorum g\n"));
        assert_eq!([&["X1"][..], &["X1", "X3"], &["X1", "X2", "X3"]].map(|names| policy.met_by(names.iter().copied())), met, "{k}");
    }
}

#[test]
fn there_is_exactly_one_quorum() {
    refused(&text(""), "no quorum");
    refused(&text("quorum none\nquorum none\n"), "already");
    refused(&text("quorum none X1\n"), "write:");
    refused(&text("quorum\n"), "write:");
    assert!(policy("quorum X1\n").open(&cosigned_by(&[1])).is_ok());
    assert!(policy("quorum X1\n").open(&cosigned_by(&[2])).is_err());
}

#[test]
fn a_file_that_is_not_a_policy_is_refused() {
    refused("", "no quorum");
    refused(&text("quorum X1"), "cut short");
    refused(&text("quorum X1\r\n"), "control character");
    refused(&text("quorum none\n# bell \u{7}\n"), "control character");
    refused(&text("quorum none\n# \u{7f}\n"), "control character");
    refused(&text("quorum none\nWitness X9\n"), "none of log");
    refused(&text("quorum\u{a0}none\n"), "none of log");
    refused("log\nquorum none\n", "write:");
    refused(&format!("log {} https://a b\nquorum none\n", log(1).key()), "write:");
    refused(&text(&format!("witness w {}\nquorum none\n", log(9).key())), "type 04");
    refused(&text(&format!("log {}\nquorum none\n", witness(9).key())), "not a log's key");
    refused(&("#".repeat(MAX_POLICY) + "\nquorum none\n"), "at most");
    assert!(matches!(Policy::parse(&text("\n\nquorum g\n")), Err(LogError::Policy { line: 10, .. })));
}

#[test]
fn as_many_parties_as_the_specification_asks_for_fit() {
    let mut text: String = (1..=32).map(|n| format!("log {}\n", LogSigner::from_seed(&format!("log{n}.example"), &[n; 32]).unwrap().key())).collect();
    text.extend((101..=132).map(|n| format!("witness w{n} {}\n", witness(n).key())));
    text.extend((101..=132).map(|n| format!("group g{n} any w{n}{}\n", if n > 101 { format!(" g{}", n - 1) } else { String::new() })));
    let policy = Policy::parse(&(text + "quorum g132\n")).unwrap();
    assert!(policy.met_by(["w101"]) && !policy.met_by(["w100"]));
}

#[test]
fn two_lines_of_one_witness_count_once_and_the_newer_time_holds() {
    let twice = signed() + &witness(1).cosign(&signed(), 2000).unwrap() + &witness(1).cosign(&signed(), 1000).unwrap();
    assert!(matches!(policy("group g 2 X1 X2\nquorum g\n").open(&twice), Err(LogError::Quorum { have, .. }) if have == ["X1"]));
    assert_eq!(policy("quorum X1\n").open(&twice).unwrap().witnessed, [("X1".to_owned(), 2000)]);
}

#[test]
fn a_wrong_line_by_a_known_witness_spoils_the_note_and_an_unknown_one_does_not() {
    let elsewhere = Checkpoint { origin: "example.org/log".into(), size: 6, root: [9; 32] }.sign(&log(1));
    let moved = cosigned_by(&[1]) + &witness(2).cosign(&elsewhere, 5).unwrap();
    assert_eq!(policy("quorum X1\n").open(&moved), Err(LogError::Cosignature("witness.example/w2".into())));
    let unknown = cosigned_by(&[1]) + &witness(50).cosign(&elsewhere, 5).unwrap();
    assert!(policy("quorum X1\n").open(&unknown).is_ok());
    // The log's own signature is needed, whoever else signed.
    let (body, lines) = unknown.split_once("\n\n").unwrap();
    let without: String = lines.split_inclusive('\n').skip(1).collect();
    assert!(matches!(policy("quorum X1\n").open(&format!("{body}\n\n{without}")), Err(LogError::Checkpoint { .. })));
}

#[test]
fn extension_lines_are_cosigned_too() {
    let extended = |line: &str| {
        let key = log(1);
        let text = format!("example.org/log\n7\n{}\n{line}\n", "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=");
        let signature = ed25519_dalek::Signer::sign(&ed25519_dalek::SigningKey::from_bytes(&[1; 32]), text.as_bytes());
        format!("{text}\n{}", crate::log::note::Vkey::parse(&key.key().to_string(), 1).unwrap().line(&signature.to_bytes()))
    };
    let note = extended("one");
    let line = witness(1).cosign(&note, 5).unwrap();
    assert_eq!(policy("quorum X1\n").open(&(note + &line)).unwrap().checkpoint.size, 7);
    assert!(policy("quorum X1\n").open(&(extended("two") + &line)).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic_and_what_it_reads_it_writes(words in prop::collection::vec("log|witness|group|quorum|none|all|any|X1|X2|g|1|2|#|[ \t]|\n|[^a]", 0..40)) {
        if let Ok(policy) = Policy::parse(&text(&(words.join(" ") + "\n"))) {
            prop_assert_eq!(Policy::parse(&policy.to_string()).unwrap(), policy);
        }
    }

    #[test]
    fn one_more_witness_never_takes_a_quorum_away(k in 1usize..=3, l in 1usize..=3, who in prop::collection::btree_set(0usize..6, 0..6), more in 0usize..6) {
        let names = ["X1", "X2", "X3", "Y1", "Y2", "Y3"];
        let policy = policy(&format!("group x {k} X1 X2 X3\ngroup y {l} Y1 Y2 Y3\ngroup both all x y\nquorum both\n"));
        let met = |set: &BTreeSet<usize>| policy.met_by(set.iter().map(|n| names[*n]));
        let by_count = who.iter().filter(|n| **n < 3).count() >= k && who.iter().filter(|n| **n >= 3).count() >= l;
        prop_assert_eq!(met(&who), by_count);
        let mut larger = who.clone();
        larger.insert(more);
        prop_assert!(!met(&who) || met(&larger));
    }
}
