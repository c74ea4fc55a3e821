//! Recording a supplier's events: held against each other, signed as steps in one go, given to a node in order.
//!
//! A file in which anything was left out, or that both verifications disprove, is not recorded at all: a way with a hole in it would be the
//! supplier's own word for what happened. What is signed depends on key, time and file alone, so an order that was broken off is given again.

use super::{
    certify, life, publish,
    rounds::{self, Device, Product},
    steps::{self, Step, Way},
    wire::{Counts, Fate, OnLedger, Recorded, Signer, Submission},
};
use crate::{
    measure::Millis,
    provenance::{
        Collected, Evidence,
        check::{Others, verify},
    },
    statement::DidKey,
};
use std::io::{Read, Seek};

/// So many steps are sent at a time: each may bring certificates.
const ROUND: usize = 25;
/// The most steps of one order: what a person can look over.
const MOST: usize = 1_000;
/// The longest file of certifiers' words, in bytes.
const MAX_WORDS: u64 = 4 << 20;

/// What is to be recorded.
pub struct Order<'o> {
    /// Whose events, where the file has several actors'.
    pub actor: Option<&'o str>,
    /// Who signs, and for which ledger.
    pub signer: &'o Signer,
    /// The product's passport.
    pub passport: &'o OnLedger,
    /// Number of the first step.
    pub first: u16,
    /// Who takes the goods over at a hand-over, and its name.
    pub receiver: Option<(String, String)>,
    /// The time of the statements.
    pub now: Millis,
}

/// Records what was read of a file; `words` are certifiers' signed words on it.
///
/// # Errors
/// A sentence: nothing is recorded, and why. What was recorded before stays so.
pub async fn record(
    order: &Order<'_>,
    all: &Collected,
    counts: Counts,
    words: Option<impl Read + Seek>,
    device: &mut impl Device,
) -> Result<Recorded, String> {
    let key = publish::key(&order.signer.seed).ok_or("the key is not 64 hex digits; bring its file again")?;
    if counts.dropped > 0 {
        return Err("something in this file was left out, see above; correct it and bring the file again".to_owned());
    }
    let evidence = words.map_or_else(|| Ok(Vec::new()), certifiers)?;
    let attestations = all.attestations.iter().chain(evidence.iter().flat_map(|e| &e.attestations)).cloned().collect();
    let others = Others { now: order.now, attestations, anchors: all.anchors.clone(), ..Others::default() };
    if verify(&all.events, &all.claims, &others).findings.iter().any(|finding| finding.fault.disproves()) {
        return Err("the events do not agree with each other, see above; correct them and bring the file again".to_owned());
    }
    let events = steps::of_actor(&all.events, order.actor).map_err(|e| e.to_string())?;
    if events.len() > MOST {
        return Err(format!("one file gives at most {MOST} steps; split it"));
    }
    let did = |(did, name): &(String, String)| DidKey::try_from(did.trim().to_owned()).map(|did| (did, name.clone()));
    let receiver = order.receiver.as_ref().map(did).transpose();
    let receiver = receiver.map_err(|_| "the receiver is named by their key, did:key:z6Mk\u{2026}; their desk shows it")?;
    let way = Way {
        origin: &order.signer.origin,
        key: &key,
        time: order.now,
        product: &order.passport.subject,
        passport: life::digest(order.passport)?,
        receiver,
        evidence: &evidence,
    };
    let mut made = way.steps(&events, order.first).map_err(|e| e.to_string())?;
    let offer = made.pop_if(|last| last.offered);
    let mut recorded = given(&made, device).await?;
    // What follows a step that was refused would be refused too: the offer can be signed when the way before it stands.
    if let Some(offer) = offer.filter(|_| recorded.stopped.is_none() && recorded.steps.iter().all(|step| step.refused.is_none())) {
        device.part(Product::Offer, offer.offer().map_err(|e| e.to_string())?);
        recorded.offered = Some(offer.number);
    }
    Ok(recorded)
}

fn certifiers(mut words: impl Read) -> Result<Vec<Evidence>, String> {
    let mut text = Vec::new();
    words.by_ref().take(MAX_WORDS).read_to_end(&mut text).map_err(|e| e.to_string())?;
    certify::read(&text).map_err(|why| format!("the certificates: {why}"))
}

/// Gives steps to the node, in order.
async fn given(made: &[Step], device: &mut impl Device) -> Result<Recorded, String> {
    let mut recorded = Recorded::default();
    device.progress(0, made.len() as u64);
    for round in made.chunks(ROUND) {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|e| e.to_string());
        let submission =
            |step: &Step| Ok(Submission { name: step.title.clone(), statement: text(&step.statement)?, bodies: vec![text(&step.document)?] });
        let submissions = round.iter().map(submission).collect::<Result<Vec<_>, String>>()?;
        match rounds::sent(&submissions.iter().collect::<Vec<_>>(), device).await? {
            Ok(answers) => recorded.steps.extend(round.iter().zip(answers).map(|(step, said)| Fate {
                name: step.title.clone(),
                subject: format!("Step {}", step.number),
                leaf: said.as_ref().ok().and_then(|said| said.leaf),
                passport: None,
                refused: said.err(),
            })),
            Err(why) => {
                recorded.stopped = Some(why);
                break;
            }
        }
        device.progress(recorded.steps.len() as u64, made.len() as u64);
    }
    Ok(recorded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        organisation::{
            confirm,
            desk::answer,
            rounds::Trouble,
            wire::{Answer, Request},
        },
        provenance::StageDocument,
        statement::{Body, PassportStatus, json, verify},
    };
    use std::{collections::BTreeMap, io::Cursor};

    /// A node that takes the steps of one passport in their order and refuses any other.
    #[derive(Default)]
    struct Node {
        taken: BTreeMap<String, u16>,
        documents: Vec<StageDocument>,
        troubles: Vec<Trouble>,
        offer: Vec<u8>,
    }

    impl Device for Node {
        async fn send(&mut self, request: String) -> Result<String, Trouble> {
            let sent: serde_json::Value = serde_json::from_str(&request).unwrap();
            let mut results = Vec::new();
            for item in sent["statements"].as_array().unwrap() {
                let statement = verify(item["statement"].to_string().as_bytes()).unwrap();
                let Body::RecordStage(stage) = statement.body else { panic!("it records nothing") };
                let body = json::canonical(&item["bodies"][0]).unwrap();
                assert_eq!(stage.digest, <[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(&body)));
                assert_eq!(stage.passport, [9; 32]);
                let (id, next) = (hex::encode(statement.id), self.taken.len() as u16 + 1);
                let known = self.taken.contains_key(&id);
                results.push(if known || stage.step == next {
                    if !known {
                        self.documents.push(StageDocument::from_json(&item["bodies"][0]).unwrap());
                    }
                    serde_json::json!({ "status": "pending", "leaf": 100 + self.taken.entry(id.clone()).or_insert(stage.step).to_owned(), "id": id })
                } else {
                    serde_json::json!({ "status": "rejected", "id": id, "error": "the next step is another" })
                });
            }
            self.troubles.pop().map_or_else(|| Ok(serde_json::json!({ "results": results }).to_string()), Err)
        }
        async fn ask(&mut self, _: &str) -> Result<String, Trouble> {
            Err(Trouble::Offline)
        }
        async fn pause(&mut self, _: u32) {}
        fn progress(&mut self, _: u64, _: u64) {}
        fn part(&mut self, of: Product, bytes: Vec<u8>) {
            assert_eq!(of, Product::Offer);
            self.offer = bytes;
        }
    }

    fn order(name: &str, receiver: Option<u8>) -> Request {
        let did = |seed: u8| publish::did(&hex::encode([seed; 32])).unwrap().to_string();
        let passport = OnLedger {
            number: 3,
            digest: "09".repeat(32),
            subject: "(01)09520000000011".to_owned(),
            status: PassportStatus::Valid as u8,
            ended: None,
            issuer: did(7),
            issuer_name: String::new(),
            owner: did(7),
            owner_name: String::new(),
            steps: 0,
        };
        Request::Record {
            name: name.to_owned(),
            map: None,
            actor: None,
            signer: Signer { seed: "07".repeat(32), name: "Podere Luna Rossa".to_owned(), origin: "example.org/ledger".to_owned() },
            passport: Box::new(passport),
            first: 1,
            receiver: receiver.map(|seed| (did(seed), "Conserve Tre Torri".to_owned())),
            now: Millis::parse_rfc3339("2026-11-23T00:00:00Z").unwrap(),
        }
    }

    async fn told(node: &mut Node, file: &str, receiver: Option<u8>) -> Answer {
        let bytes = std::fs::read(format!("{}/tests/data/suppliers/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        answer(order(file, receiver), Cursor::new(bytes), None::<Cursor<String>>, node).await
    }

    const FARM: &str = "good/podere-luna-rossa.epcis.jsonld";

    #[tokio::test]
    async fn a_farms_events_become_steps_in_order_and_its_hand_over_an_offer_that_the_receiver_signs() {
        let mut node = Node::default();
        let Answer::Recorded(done) = told(&mut node, FARM, Some(8)).await else { panic!() };
        assert!(!done.steps.is_empty() && done.steps.iter().all(|s| s.refused.is_none() && s.leaf.is_some()), "{done:?}");
        assert_eq!((done.offered, done.stopped.clone()), (Some(done.steps.len() as u16 + 1), None));
        assert!(node.documents.windows(2).all(|pair| pair[0].date <= pair[1].date && pair[0].step < pair[1].step));
        let asked = confirm::read(&node.offer).unwrap();
        assert!(asked.what.contains("hands goods over to did:key:"), "{}", asked.what);
        let now = Millis::parse_rfc3339("2026-11-24T00:00:00Z").unwrap();
        let made = confirm::sign(&node.offer, &"08".repeat(32), "example.org/ledger", now).unwrap();
        assert_eq!((verify(made.statement.as_bytes()).unwrap().signers.len(), made.bodies.len()), (2, 1));
        // Asked again, it is the same statements: nothing is there twice.
        let before = node.taken.len();
        assert_eq!(told(&mut node, FARM, Some(8)).await, Answer::Recorded(done));
        assert_eq!(node.taken.len(), before);
    }

    #[tokio::test]
    async fn an_order_that_is_broken_off_goes_on_and_one_that_does_not_fit_the_way_hands_nothing_over() {
        let mut node = Node { troubles: vec![Trouble::Refused("closed for today".to_owned())], ..Node::default() };
        let Answer::Recorded(done) = told(&mut node, FARM, Some(8)).await else { panic!() };
        assert_eq!((done.stopped.as_deref(), done.offered, node.offer.len()), (Some("closed for today"), None, 0));
        let Answer::Recorded(done) = told(&mut node, FARM, Some(8)).await else { panic!() };
        assert!(done.stopped.is_none() && done.offered.is_some());
        let mut strange = Node::default();
        strange.taken.insert("another".to_owned(), 1);
        let Answer::Recorded(done) = told(&mut strange, FARM, Some(8)).await else { panic!() };
        assert!(done.steps.iter().any(|s| s.refused.as_deref() == Some("the next step is another")) && done.offered.is_none());
    }

    #[tokio::test]
    async fn a_faulty_file_and_one_of_several_actors_record_nothing() {
        let mut node = Node::default();
        for file in ["faulty/podere-luna-rossa.epcis.jsonld", "faulty/conserve-tre-torri.csv"] {
            let Answer::Refused(why) = told(&mut node, file, None).await else { panic!("{file}") };
            assert!(why.contains("bring the file again"), "{why}");
        }
        assert!(node.taken.is_empty());
    }

    #[tokio::test]
    async fn answers_to_a_questionnaire_are_one_step() {
        let text = r#"{"version":1,"kind":"product","subject":"(01)09520000000011(10)T1","by":{"id":"farm","name":"Podere Luna Rossa"},
            "at":"2026-08-20T00:00:00Z","received":{"minor":60000,"currency":"EUR"},"answers":{"traceable":true,"water":"12.5"}}"#;
        let mut node = Node::default();
        let done = answer(order("answers.json", None), Cursor::new(text), None::<Cursor<String>>, &mut node).await;
        let Answer::Recorded(done) = done else { panic!("{done:?}") };
        assert_eq!((done.steps.len(), node.documents[0].measured.len(), node.documents[0].title.as_str()), (1, 1, "reporting"));
    }
}
