//! A ledger on which keys change, from the log to the device: what an old key signed stays good, and it is good for nothing newer.
#![cfg(feature = "node")]

use ecosphere::{
    measure::Millis,
    node::ledger::{Ledger, LogKeys},
    pack::{Index, Pack, VerifiedDossier, decode_dossiers, verify_dossier_entry, verify_row},
    passport::{Check, DigitalLink, KnownActor, KnownPassport, Outcome, Seal, SnapshotView, check},
    provenance::{ClaimRef, ClaimState, Party, made_up},
    state::{MAX_LIFETIME, Policy},
    statement::{
        self, Accreditation, Body, Draft, PassportIssue, PassportStatus, Recovery, Registration, Retirement, Role, Rotation, SigningKey,
        StatusChange, SubjectKind, json,
    },
};
use sha2::{Digest as _, Sha256};

const ORIGIN: &str = "example.org/rotation";
const T0: Millis = Millis(1_790_812_800_000);
const GTINS: [&str; 4] = ["(01)09526001000081", "(01)09526001000098", "(01)09526001000104", "(01)09526001000111"];

fn signer(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

struct Book {
    ledger: Ledger,
    digests: Vec<[u8; 32]>,
}

impl Book {
    fn say(&mut self, n: u8, other: Option<u8>, body: Body) {
        let text = serde_json::to_vec(&body).unwrap();
        let nonce = *Sha256::digest([text, vec![n]].concat()).first_chunk().unwrap();
        let draft = Draft { ledger: ORIGIN.to_owned(), nonce, expires: Millis(T0.0 + MAX_LIFETIME), body };
        let others: Vec<SigningKey> = other.into_iter().map(signer).collect();
        let entry = statement::sign(&draft, T0, &signer(n), &others.iter().collect::<Vec<_>>()).unwrap();
        self.ledger.append(entry, T0).unwrap();
    }

    /// A passport of key `n` with a claim that key `certifier` attests.
    fn issue(&mut self, n: u8, certifier: u8) {
        let mut record = made_up(SubjectKind::Product, GTINS[self.digests.len()], "Jam");
        record.certifier = Some(Party { key: signer(certifier).did(), name: "Certifier".to_owned() });
        record.claims.push(ClaimRef { code: "label:organic".to_owned(), state: ClaimState::Attested });
        let mut credential = record.to_credential(&signer(n).did(), "Mill", T0, None);
        for key in [n, certifier] {
            credential = statement::add_proof(&credential, &signer(key), T0).unwrap();
        }
        let digest = self.ledger.add_body(json::canonical(&credential).unwrap());
        self.say(n, None, Body::IssuePassport(PassportIssue { kind: SubjectKind::Product, subject: record.id, digest, valid_until: None }));
        self.digests.push(digest);
    }
}

/// Actor 2 (a supplier) signs as 2, rotates to 12, loses that and is recovered to 22; actor 3 (a certifier) signs as 3, then as 13.
fn book() -> Book {
    let policy = Policy { origin: ORIGIN.to_owned(), log: signer(9).did(), registrars: vec![signer(1).did()] };
    let mut book = Book { ledger: Ledger::new(policy, false), digests: Vec::new() };
    for (n, role) in [(1, Role::Registrar), (2, Role::Supplier), (3, Role::Certifier)] {
        book.say(n, None, Body::RegisterActor(Registration { name: format!("Actor {n}"), role, fictional: true }));
        if n != 1 {
            book.say(1, None, Body::Accredit(Accreditation { subject: signer(n).did(), role }));
        }
    }
    book.issue(2, 3);
    book.say(2, Some(12), Body::RotateKey(Rotation { new: signer(12).did() }));
    book.say(3, Some(13), Body::RotateKey(Rotation { new: signer(13).did() }));
    book.issue(12, 13);
    book.say(1, Some(22), Body::RecoverKey(Recovery { subject: signer(2).did(), new: signer(22).did() }));
    book.issue(22, 13);
    let suspended = StatusChange { digest: book.digests[0], status: PassportStatus::Suspended, successor: None, reason: "test".to_owned() };
    book.say(22, None, Body::ChangeStatus(suspended));
    // The certifier's former key attests nothing any more.
    book.issue(22, 3);
    book
}

fn pack(book: &mut Book) -> Pack {
    book.ledger.close(T0, &LogKeys::from_seed(ORIGIN, &[9; 32]).unwrap(), true).unwrap().pack.unwrap()
}

fn dossiers(pack: &Pack) -> Vec<(u32, VerifiedDossier)> {
    let tree = pack.manifest.open_tree(&|path| pack.files.iter().find(|(d, _)| path.ends_with(&hex::encode(d))).map(|(_, b)| b.clone())).unwrap();
    let files = pack.manifest.dossiers().map(|file| file.open(&pack.files[&file.sha256]).unwrap());
    let read = files.flat_map(|bytes| decode_dossiers(&bytes).unwrap());
    read.map(|d| (d.number, verify_dossier_entry(&d, ORIGIN, &tree).unwrap())).collect()
}

struct View(Index);

impl SnapshotView for View {
    fn origin(&self) -> &str {
        &self.0.head.origin
    }
    fn len(&self) -> u64 {
        self.0.subjects.len() as u64
    }
    fn actors_by_hint(&self, hint: [u8; 4]) -> Vec<KnownActor> {
        let keys = self.0.head.actors.iter().flat_map(|a| a.keys().map(move |k| (a, k))).filter(|(_, k)| k.key.hint() == hint);
        let known =
            keys.map(|(a, k)| KnownActor { key: k.key, in_force: k.until.is_none(), name: a.name.clone(), in_standing: !a.standing.is_empty() });
        known.collect()
    }
    fn passport(&self, number: u64) -> Option<KnownPassport> {
        let row = self.0.subjects.get(number as usize)?;
        let issuer = &self.0.head.actors[usize::from(row.issuer)];
        Some(KnownPassport {
            id: row.id.clone(),
            digest16: row.digest,
            issuer: issuer.key,
            issuer_keys: issuer.keys().map(|k| k.key).filter(|key| issuer.speaks(key, number as u32)).collect(),
            issuer_name: issuer.name.clone(),
            issuer_in_standing: !issuer.standing.is_empty(),
            status: row.status,
            valid_until: row.valid_until,
            successor: None,
            name: row.name.clone(),
            form: row.form,
        })
    }
    fn by_gtin(&self, _: &str) -> Option<u64> {
        None
    }
}

fn scanned(view: &View, book: &Book, number: usize, key: u8) -> Check {
    let (subject, digest) = (GTINS.get(number).unwrap_or(&GTINS[0]), book.digests.get(number).copied().unwrap_or([5; 32]));
    let seal = Seal::make(ORIGIN, number as u64, subject, digest, &signer(key));
    check(&DigitalLink::parse_element_string(subject).unwrap().with_seal(&seal).to_uri("https://id.example/"), view, None)
}

#[test]
fn a_device_knows_an_actor_by_each_key_for_what_that_key_signed() {
    let mut book = book();
    let pack = pack(&mut book);
    let index = pack.index().unwrap();
    assert_eq!(index.head.actors.len(), 3);
    let mill = index.head.actors.iter().find(|a| a.key == signer(2).did()).unwrap();
    let keys: Vec<_> = mill.keys().map(|k| (k.key, k.until)).collect();
    assert_eq!(keys, [(signer(2).did(), Some(1)), (signer(12).did(), Some(2)), (signer(22).did(), None)]);

    let view = View(index);
    // (passport, key): a key seals what was logged until it went out of force, and a newer one what is older than itself.
    let good = [(1, 12), (1, 22), (2, 22), (3, 22)];
    let suspended = [(0, 2), (0, 12), (0, 22)];
    let altered = [(1, 2), (2, 2), (2, 12), (3, 12), (1, 3), (0, 77)];
    for (cases, outcome) in [(&good[..], Outcome::Verified), (&suspended, Outcome::Suspended), (&altered, Outcome::Altered)] {
        for (number, key) in cases {
            assert_eq!(scanned(&view, &book, *number, *key).outcome, outcome, "passport {number}, key {key}");
        }
    }
    // Outside the snapshot only the key in force counts.
    assert_eq!(scanned(&view, &book, 99, 22).outcome, Outcome::NotInSnapshot);
    assert_eq!(scanned(&view, &book, 99, 12).outcome, Outcome::NotAccredited);
    assert_eq!(scanned(&view, &book, 99, 77).outcome, Outcome::UnknownIssuer);
}

#[test]
fn dossiers_verify_across_rotations_and_a_certifiers_former_key_attests_nothing_newer() {
    let mut book = book();
    let pack = pack(&mut book);
    let index = pack.index().unwrap();
    let claims: Vec<_> = index.subjects.iter().map(|row| row.claims[0].1).collect();
    assert_eq!(claims, [ClaimState::Attested, ClaimState::Attested, ClaimState::Attested, ClaimState::SelfDeclared]);
    let dossiers = dossiers(&pack);
    assert_eq!(dossiers.len(), 4);
    for (number, dossier) in &dossiers {
        verify_row(&index, *number, dossier).unwrap();
    }
    // An index that gives a key to an actor that never had it, or to whom it came later, is found out.
    type Spoil = (u32, fn(&mut Index));
    let spoils: [Spoil; 4] = [
        (0, |i| i.head.actors.iter_mut().for_each(|a| a.keys.retain(|k| k.until != Some(1)))),
        (0, |i| i.head.actors.iter_mut().for_each(|a| a.keys.retain(|k| k.until.is_some()))),
        (1, |i| i.head.actors.iter_mut().flat_map(|a| &mut a.keys).for_each(|k| k.until = k.until.map(|_| 1))),
        (3, |i| i.head.actors.iter_mut().flat_map(|a| &mut a.keys).for_each(|k| k.until = None)),
    ];
    for (number, spoil) in spoils {
        let mut spoilt = index.clone();
        spoil(&mut spoilt);
        let (_, dossier) = dossiers.iter().find(|(n, _)| *n == number).unwrap();
        assert!(verify_row(&spoilt, number, dossier).is_err(), "passport {number}");
    }
}

#[test]
fn an_actor_without_a_key_in_force_is_still_known_by_what_it_signed() {
    let mut book = book();
    book.say(22, None, Body::RetireKey(Retirement { reason: "The laptop was stolen.".to_owned() }));
    let view = View(pack(&mut book).index().unwrap());
    assert_eq!(scanned(&view, &book, 2, 22).outcome, Outcome::Verified);
    assert_eq!(scanned(&view, &book, 99, 22).outcome, Outcome::NotAccredited);
}
