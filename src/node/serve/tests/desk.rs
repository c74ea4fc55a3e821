//! The organisation's desk against a real node, by the way it goes in a browser.

use super::*;
use crate::organisation::{
    desk::answer,
    rounds::{Device, Product, Trouble},
    wire::{Answer, Concealed, Issued, Readable, Request, Secret, Signer},
};
use std::{collections::BTreeMap, io::Cursor};

/// What a browser lends, with what came of it.
struct Desk<'a> {
    node: &'a Node,
    /// Ids and passport numbers as the node answered them.
    numbers: BTreeMap<String, u64>,
    parts: BTreeMap<&'static str, Vec<u8>>,
    /// The bodies it sent.
    bodies: Vec<serde_json::Value>,
}

impl Device for Desk<'_> {
    async fn send(&mut self, request: String) -> Result<String, Trouble> {
        let said: serde_json::Value = serde_json::from_str(&request).unwrap();
        self.bodies.extend(said["statements"].as_array().unwrap().iter().flat_map(|s| s["bodies"].as_array().unwrap().clone()));
        let sent = Client::new().post(format!("{}/statements", self.node.base)).body(request).send().await.unwrap();
        let text = sent.text().await.unwrap();
        let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
        for one in answer["results"].as_array().unwrap() {
            self.numbers.insert(one["id"].as_str().unwrap().to_owned(), one["passport"].as_u64().unwrap());
        }
        Ok(text)
    }
    async fn ask(&mut self, id: &str) -> Result<String, Trouble> {
        panic!("the node said at once what number {id} has")
    }
    async fn pause(&mut self, milliseconds: u32) {
        panic!("the node has room, so nothing waits {milliseconds} ms")
    }
    fn progress(&mut self, _: u64, _: u64) {}
    fn part(&mut self, of: Product, bytes: Vec<u8>) {
        self.parts.entry(of.name()).or_default().extend(bytes);
    }
}

#[tokio::test]
async fn the_desk_issues_a_passport_for_each_serial_number_and_asked_again_the_same_ones() {
    let folder = tempfile::tempdir().unwrap();
    let node = writing(folder.path(), 1_500);
    let accredit = signed(1, 7, Body::Accredit(Accreditation { subject: signer(2).did(), role: Role::Supplier }));
    let items: Vec<_> = [introduce(1), introduce(2), accredit].into_iter().map(|s| json!({ "statement": s })).collect();
    assert_eq!(node.post(&json!({ "statements": items })).await.0, 200);

    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/suppliers/passports/pear-juice.untp.json");
    let rows: String = (1..=150).map(|n| format!("{n}\n")).collect();
    let time = now();
    let mut desk = Desk { node: &node, numbers: BTreeMap::new(), parts: BTreeMap::new(), bodies: Vec::new() };
    let mut issue = async || {
        let signer = Signer { seed: hex::encode([2; 32]), name: "Actor 2".to_owned(), origin: ORIGIN.to_owned() };
        let order = Request::Issue { name: "juice.json".to_owned(), signer, base: "https://id.example".to_owned(), private: None, now: time };
        desk.parts.clear();
        let file = Cursor::new(fs::read(file).unwrap());
        match answer(order, file, Some(Cursor::new(format!("serial\n{rows}"))), &mut desk).await {
            Answer::Issued(issued) => (*issued, desk.parts["links"].clone(), desk.numbers.clone()),
            other => panic!("{other:?}"),
        }
    };
    let first = issue().await;
    let Issued { taken, refused, linked, first: lowest, last, .. } = first.0;
    assert_eq!((taken, refused, linked, lowest, last), (150, 0, 150, Some(0), Some(149)));
    let again = issue().await;
    assert_eq!((again.1, again.2), (first.1, first.2.clone()), "the same order issues nothing twice");

    // Pending or logged, a statement's standing says the passport's number, as the state does.
    for (id, number) in first.2.iter().take(3) {
        assert_eq!(node.json(&format!("/statements/{id}")).await["passport"], *number);
        assert_eq!(node.logged(id).await["passport"], *number);
    }
    let (_, other) = node.post(&json!({ "statement": introduce(3) })).await;
    assert_eq!((other["status"].as_str(), other.get("passport")), (Some("pending"), None), "what issues no passport has no number");
}

/// What the desk is asked without a file.
async fn asked(request: Request, desk: &mut Desk<'_>) -> Answer {
    answer(request, Cursor::new(Vec::new()), None::<Cursor<Vec<u8>>>, desk).await
}

#[tokio::test]
async fn the_desk_says_to_a_named_reader_what_nobody_else_can_open() {
    let folder = tempfile::tempdir().unwrap();
    let node = writing(folder.path(), 1_500);
    let accredit = signed(1, 7, Body::Accredit(Accreditation { subject: signer(2).did(), role: Role::Supplier }));
    let items: Vec<_> = [introduce(1), introduce(2), accredit].into_iter().map(|s| json!({ "statement": s })).collect();
    assert_eq!(node.post(&json!({ "statements": items })).await.0, 200);
    let mut desk = Desk { node: &node, numbers: BTreeMap::new(), parts: BTreeMap::new(), bodies: Vec::new() };
    let mut keys = Vec::new();
    for _ in 0..2 {
        let Answer::ReaderKey { file: Secret(file), name } = asked(Request::ReaderKey, &mut desk).await else { panic!("no key") };
        assert!(file.contains("AGE-SECRET-KEY-1") && name.starts_with("age1"));
        keys.push((Secret(file), name));
    }
    let attributes = vec![("price".to_owned(), "9.50 EUR".to_owned()), ("supplier".to_owned(), "Mill".to_owned())];
    let conceal = Request::Conceal { attributes: attributes.clone(), readers: vec![keys[0].1.clone()], random: (0..32).collect() };
    let Answer::Concealed(concealed) = asked(conceal, &mut desk).await else { panic!("not concealed") };

    let file = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/suppliers/passports/pear-juice.untp.json")).unwrap();
    let time = now();
    let order = |private: &Concealed| {
        let signer = Signer { seed: hex::encode([2; 32]), name: "Actor 2".to_owned(), origin: ORIGIN.to_owned() };
        let private = Some(Box::new(private.clone()));
        Request::Issue { name: "juice.json".to_owned(), signer, base: "https://id.example".to_owned(), private, now: time }
    };
    for _ in 0..2 {
        let Answer::Issued(issued) = answer(order(&concealed), Cursor::new(file.clone()), None::<Cursor<Vec<u8>>>, &mut desk).await else { panic!() };
        assert_eq!((issued.taken, issued.refused, issued.linked), (1, 0, 1));
    }
    assert_eq!(desk.numbers.len(), 1, "the same order issues nothing twice");
    // Of many, none: the same words in each would tell them to be of one order, and one reader's would be everybody's.
    let many = answer(order(&concealed), Cursor::new(file), Some(Cursor::new(b"serial\n1\n".to_vec())), &mut desk).await;
    assert!(matches!(many, Answer::Refused(why) if why.contains("into one passport")));

    let sent = json::canonical(&desk.bodies[0]).unwrap();
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&sent));
    let body = Client::new().get(format!("{}/body/{digest}", node.base)).send().await.unwrap().text().await.unwrap();
    assert!(!body.contains("9.50") && !body.contains("supplier"), "{body}");
    let mut reveal = async |body: &str, key: Option<&Secret>| match asked(
        Request::Reveal { body: body.to_owned(), digest: digest.clone(), key: key.cloned() },
        &mut desk,
    )
    .await
    {
        Answer::Revealed(readable) => Ok(readable),
        Answer::Refused(why) => Err(why),
        other => panic!("{other:?}"),
    };
    let public = Readable { count: 2, readers: vec![keys[0].1.clone()], said: None };
    assert_eq!(reveal(&body, None).await, Ok(public.clone()));
    assert_eq!(reveal(&body, Some(&keys[0].0)).await, Ok(Readable { said: Some(attributes), ..public }));
    assert!(reveal(&body, Some(&keys[1].0)).await.unwrap_err().contains("for the reader with this key"));
    assert!(reveal(&body, Some(&Secret("hello".to_owned()))).await.unwrap_err().contains("AGE-SECRET-KEY-1"));
    assert!(reveal(&body.replacen("Pear", "Bear", 1), None).await.unwrap_err().contains("another text"));
}
