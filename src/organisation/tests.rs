//! The desk on the suppliers' files of `tests/data/suppliers`, good and faulty.

use super::{
    desk::{Watched, answer, understand},
    publish,
    rounds::{Device, Product, Trouble},
    tables::TableError,
    wire::{Answer, FileKind, Issued, Request, SHOWN, Signer, Understanding},
};
use crate::{
    measure::Millis,
    passport::{DigitalLink, Seal},
    provenance::{ClaimState, Field, Record},
    statement::{Body, Role, json, verify},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
    sync::mpsc,
};

fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/suppliers/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn now() -> Millis {
    Millis::parse_rfc3339("2026-11-23T00:00:00Z").unwrap()
}

fn read(path: &str) -> Understanding {
    understand(path, Cursor::new(bytes(path)), None, now()).unwrap()
}

#[test]
fn a_file_of_every_kind_is_known_by_its_name_or_its_beginning() {
    let files = ["podere-luna-rossa.epcis.jsonld", "bottega-filo-e-ago.untp.json", "conserve-tre-torri.csv", "conceria-castagno.xlsx"];
    let kinds = [FileKind::Epcis, FileKind::Untp, FileKind::Table, FileKind::Table];
    for (file, kind) in files.into_iter().zip(kinds) {
        let told = read(&format!("good/{file}"));
        assert_eq!(told.kind, kind, "{file}");
        assert!(told.counts.events > 0, "{file}: {:?}", told.counts);
        assert_eq!(told.events.len() as u64, told.counts.events.min(SHOWN as u64), "{file}");
        assert!(told.states.iter().map(|(_, n)| n).sum::<u64>() > 0 && told.all_checked, "{file}");
        assert_eq!(told.states.iter().find(|(state, _)| *state == ClaimState::Attested).unwrap().1, 0, "{file}: nobody else has spoken yet");
    }
}

#[test]
fn what_is_planted_in_a_faulty_file_is_told() {
    for file in ["podere-luna-rossa.epcis.jsonld", "bottega-filo-e-ago.untp.json", "conserve-tre-torri.csv", "conceria-castagno.xlsx"] {
        let (good, faulty) = (read(&format!("good/{file}")).counts, read(&format!("faulty/{file}")).counts);
        let odd = |c: super::wire::Counts| c.dropped + c.noted + c.faults;
        assert!(odd(faulty) > odd(good) || faulty.claims != good.claims || faulty.events != good.events, "{file}: {good:?} {faulty:?}");
    }
}

#[test]
fn a_guessed_map_can_be_set_right_and_the_table_is_then_read_so() {
    let path = "good/conserve-tre-torri.csv";
    let told = read(path);
    let mut map = told.map.unwrap();
    assert!(!map.confirmed);
    assert_eq!(told.columns.iter().map(|c| &c.heading).collect::<BTreeSet<_>>(), map.columns.keys().collect());
    assert!(told.columns.iter().any(|c| !c.samples.is_empty()));
    let measured = |told: &Understanding| told.events.iter().map(|e| e.measured).sum::<usize>();
    assert!(measured(&read(path)) > 0, "the file measures something");
    for column in map.columns.values_mut().filter(|c| c.is == Field::Measurement) {
        column.is = Field::Ignore;
    }
    map.confirmed = true;
    let again = understand(path, Cursor::new(bytes(path)), Some(map), now()).unwrap();
    assert_eq!((measured(&again), again.map.unwrap().confirmed), (0, true));
}

#[tokio::test]
async fn a_map_for_another_table_and_a_file_of_no_known_kind_are_refused_with_a_sentence() {
    let map = read("good/conserve-tre-torri.csv").map;
    let refused = |name: &str, bytes: &[u8], map| understand(name, Cursor::new(bytes.to_vec()), map, now()).unwrap_err();
    assert!(matches!(refused("other.csv", b"a;b\n1;2\n", map), TableError::Map(_)));
    assert!(matches!(refused("empty.csv", b"", None), TableError::Empty));
    assert!(matches!(refused("empty.csv", b"\n \n", None), TableError::Empty));
    assert!(matches!(refused("photo.jpg", b"\xff\xd8\xff", None), TableError::Unknown));
    assert!(matches!(refused("broken.xlsx", b"PK\x03\x04 and then nothing", None), TableError::Broken(_)));
    let request = Request::Read { name: "photo.jpg".to_owned(), map: None, now: now() };
    let told = answer(request, Cursor::new(b"\xff".to_vec()), None::<Cursor<String>>, &mut Node::default()).await;
    let Answer::Refused(why) = told else { panic!("it was read") };
    assert!(why.contains("CSV"), "{why}");
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_is_the_same_table_as_csv_and_a_damaged_one_says_so() {
    let csv = read("good/conserve-tre-torri.csv");
    for file in ["parquet/duckdb.parquet", "parquet/pyarrow.parquet"] {
        let told = understand(file, Watched::new(Cursor::new(bytes(file)), 1 << 20, |_| ()), csv.map.clone(), now()).unwrap();
        assert_eq!((told.kind, told.counts.events, told.counts.dropped), (FileKind::Table, csv.counts.events, 0), "{file}: {:?}", told.odd);
        assert!(told.columns.iter().any(|column| !column.samples.is_empty()), "{file}");
        assert_eq!(told.events.iter().map(|e| &e.outputs).collect::<Vec<_>>(), csv.events.iter().map(|e| &e.outputs).collect::<Vec<_>>());
    }
    let damaged = understand("damaged.parquet", Cursor::new(bytes("parquet/damaged.parquet")), None, now()).unwrap_err();
    assert!(matches!(damaged, TableError::Parquet(_)), "{damaged}");
}

#[test]
fn how_far_a_large_file_is_read_is_told_as_it_goes() {
    let mut table = b"time;item;quantity (kg)\n".to_vec();
    for n in 0..20_000 {
        table.extend_from_slice(format!("2026-08-20;L{n};1{}\n", if n % 1_000 == 0 { "x" } else { "" }).as_bytes());
    }
    let size = table.len() as u64;
    let (tell, steps) = mpsc::channel();
    let watched = Watched::new(Cursor::new(table), size, move |at| tell.send(at).unwrap());
    let told = understand("large.csv", watched, None, now()).unwrap();
    let steps: Vec<u64> = steps.into_iter().collect();
    assert_eq!((told.counts.events, told.counts.noted + told.counts.dropped, told.odd.len()), (19_980, 20, 20), "{:?}", told.odd.first());
    assert!(told.odd.iter().all(|row| row.line > 1 && !row.reason.is_empty()));
    assert!(steps.len() > 3 && steps.last() == Some(&size), "{steps:?}");
}

#[test]
fn an_answer_survives_the_wire() {
    let answer = Answer::Understood(Box::new(read("faulty/conserve-tre-torri.csv")));
    assert_eq!(serde_json::from_str::<Answer>(&serde_json::to_string(&answer).unwrap()).unwrap(), answer);
}

fn signer() -> Signer {
    Signer { seed: "07".repeat(32), name: "Bottega Filo e Ago".to_owned(), origin: "example.org/ledger".to_owned() }
}

/// A node that gives leaves and numbers, and has its moods.
#[derive(Default)]
struct Node {
    /// What it took, by the statement's id.
    taken: BTreeMap<String, u32>,
    /// The subjects, as they came.
    subjects: Vec<String>,
    /// It answers requests with these troubles first, the last of them first.
    troubles: Vec<Trouble>,
    /// It refuses this subject.
    refuses: String,
    /// It only takes in what comes, and is asked for numbers.
    late: bool,
    paused: Vec<u32>,
    progress: Vec<(u64, u64)>,
    parts: BTreeMap<&'static str, Vec<u8>>,
    /// The most bytes of a request, or of a part.
    most: usize,
}

impl Device for Node {
    async fn send(&mut self, request: String) -> Result<String, Trouble> {
        self.most = self.most.max(request.len());
        let sent: serde_json::Value = serde_json::from_str(&request).unwrap();
        let mut results = Vec::new();
        for item in sent["statements"].as_array().unwrap() {
            let text = item["statement"].to_string();
            let statement = verify(text.as_bytes()).unwrap();
            assert_eq!((statement.actor, statement.ledger.as_str()), (publish::did(&signer().seed).unwrap(), "example.org/ledger"));
            let Body::IssuePassport(issued) = statement.body else { panic!("it issues nothing") };
            let body = json::canonical(&item["bodies"][0]).unwrap();
            assert_eq!(issued.digest, <[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(&body)));
            assert_eq!(Record::from_credential(&item["bodies"][0]).unwrap().id, issued.subject);
            let id = hex::encode(statement.id);
            if issued.subject == self.refuses {
                results.push(serde_json::json!({ "status": "rejected", "id": id, "error": "no" }));
                continue;
            }
            let next = self.taken.len() as u32;
            let number = *self.taken.entry(id.clone()).or_insert(next);
            if number == next {
                self.subjects.push(issued.subject);
            }
            results.push(match self.late {
                true => serde_json::json!({ "status": "pending", "id": id }),
                false => serde_json::json!({ "status": "pending", "id": id, "leaf": 100 + number, "passport": number }),
            });
        }
        // What is taken stays taken, whether or not the answer arrives.
        self.troubles.pop().map_or_else(|| Ok(serde_json::json!({ "results": results }).to_string()), Err)
    }
    async fn ask(&mut self, id: &str) -> Result<String, Trouble> {
        let number = self.taken[id];
        Ok(serde_json::json!({ "status": "logged", "id": id, "leaf": 100 + number, "passport": number }).to_string())
    }
    async fn pause(&mut self, milliseconds: u32) {
        self.paused.push(milliseconds);
    }
    fn progress(&mut self, done: u64, of: u64) {
        self.progress.push((done, of));
    }
    fn part(&mut self, of: Product, bytes: Vec<u8>) {
        self.most = self.most.max(bytes.len());
        self.parts.entry(of.name()).or_default().extend(bytes);
    }
}

const JUICE: &str = "passports/pear-juice.untp.json";

fn order() -> Request {
    Request::Issue { name: JUICE.to_owned(), signer: signer(), base: "https://id.example.org".to_owned(), private: None, now: now() }
}

async fn issued(node: &mut Node, serials: Option<String>) -> Issued {
    match answer(order(), Cursor::new(bytes(JUICE)), serials.map(Cursor::new), node).await {
        Answer::Issued(issued) => *issued,
        other => panic!("{other:?}"),
    }
}

fn serials(number: u32) -> String {
    let rows: Vec<String> = (1..=number).map(|n| format!("{n:05},L26")).collect();
    format!("serial,lot\n{}\n", rows.join("\n"))
}

#[tokio::test]
async fn the_passports_of_a_file_are_signed_as_a_node_takes_them_and_drawn() {
    assert_eq!((read(JUICE).counts.passports, read(JUICE).serial), (1, true));
    let mut node = Node::default();
    let told = issued(&mut node, None).await;
    assert_eq!((told.taken, told.refused, told.linked, told.first, told.last), (1, 0, 1, Some(0), Some(0)));
    assert_eq!((told.fates[0].subject.as_str(), told.fates[0].leaf), ("(01)09526001000906", Some(100)));
    assert!(node.parts["sheet"].starts_with(b"%PDF"));
    // The link's seal holds: signed by this key, for this number and ledger.
    let links = String::from_utf8(node.parts["links"].clone()).unwrap();
    let link = links.lines().nth(1).unwrap().rsplit(',').next().unwrap();
    let parsed = DigitalLink::parse(link).unwrap();
    assert!(link.starts_with("https://id.example.org/01/09526001000906"));
    let seal = Seal::decode(parsed.seal().unwrap()).unwrap();
    assert!(seal.verify("example.org/ledger", "(01)09526001000906", &publish::did(&signer().seed).unwrap()));
}

#[tokio::test]
async fn a_passport_for_each_serial_number_is_issued_in_rounds_that_keep_only_one() {
    let mut node = Node { refuses: "(01)09526001000906(10)L26(21)00042".to_owned(), ..Node::default() };
    let told = issued(&mut node, Some(serials(1_050))).await;
    assert_eq!((told.taken, told.refused, told.linked, told.first, told.last), (1_049, 1, 1_049, Some(0), Some(1_048)));
    let refused: Vec<&str> = told.fates.iter().filter(|f| f.refused.is_some()).map(|f| f.subject.as_str()).collect();
    assert_eq!((refused, told.fates.len()), (vec!["(01)09526001000906(10)L26(21)00042"], SHOWN + 1));
    assert_eq!(node.progress.iter().map(|(done, _)| *done).collect::<Vec<_>>(), [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_050]);
    assert!(node.progress.iter().all(|(_, of)| *of == 1_050));
    let links = String::from_utf8(node.parts["links"].clone()).unwrap();
    assert_eq!((links.lines().count(), links.matches("number,subject,link").count()), (1_050, 1));
    let pages = String::from_utf8_lossy(&node.parts["sheet"]).matches("/Type /Page ").count();
    assert_eq!(pages, 1_049_usize.div_ceil(24));
    assert!(node.most < 1_000_000, "no request and no part is larger than a round: {}", node.most);
}

#[tokio::test]
async fn what_is_broken_off_goes_on_and_nothing_is_issued_twice() {
    let mut node = Node { troubles: vec![Trouble::Offline, Trouble::Busy(2)], ..Node::default() };
    assert_eq!(issued(&mut node, Some(serials(150))).await.taken, 150);
    assert_eq!((node.subjects.len(), node.paused.as_slice()), (150, &[2_000, 15_000][..]), "an answer that was lost costs nothing");
    // The node refuses from the second round on; then the same order is given again.
    node = Node::default();
    node.troubles = vec![Trouble::Refused("closed for today".to_owned())];
    let told = issued(&mut node, Some(serials(150))).await;
    assert_eq!((told.taken, told.stopped.as_deref()), (0, Some("closed for today")));
    let told = issued(&mut node, Some(serials(150))).await;
    assert_eq!((told.taken, told.stopped, node.subjects.len()), (150, None, 150));
    assert_eq!(node.subjects.iter().collect::<BTreeSet<_>>().len(), 150);
}

#[tokio::test]
async fn a_node_that_answers_later_is_asked_for_the_number() {
    let mut node = Node { late: true, ..Node::default() };
    let told = issued(&mut node, Some(serials(3))).await;
    assert_eq!((told.linked, told.last, told.fates[2].leaf), (3, Some(2), Some(102)));
}

#[tokio::test]
async fn nothing_is_signed_without_a_key_an_address_or_a_table_that_can_be_used() {
    let refused = async |order: Request, serials: Option<&str>| {
        let mut node = Node::default();
        match answer(order, Cursor::new(bytes(JUICE)), serials.map(|s| Cursor::new(s.to_owned())), &mut node).await {
            Answer::Refused(why) => why,
            other => panic!("{other:?}"),
        }
    };
    let changed = |change: &dyn Fn(&mut Signer, &mut String)| {
        let Request::Issue { name, mut signer, mut base, private, now } = order() else { unreachable!() };
        change(&mut signer, &mut base);
        Request::Issue { name, signer, base, private, now }
    };
    assert!(refused(changed(&|signer, _| signer.seed = "07".to_owned()), None).await.contains("key"));
    for base in ["", "ftp://a.example", "https://a example", "id.example.org"] {
        assert!(refused(changed(&|_, to| base.clone_into(to)), None).await.contains("https://"), "{base}");
    }
    assert!(refused(order(), Some("serial\n1\n1\n")).await.contains("line 3: "));
    assert!(refused(order(), Some("colour\nred\n")).await.contains("colour"));
    let untp = "good/bottega-filo-e-ago.untp.json";
    let Answer::Refused(why) = answer(order(), Cursor::new(bytes(untp)), None::<Cursor<String>>, &mut Node::default()).await else { panic!() };
    assert!(why.contains("no passport"), "{why}");
    assert!(!format!("{:?}", signer()).contains("0707"), "a key is never printed");
}

#[test]
fn an_organisation_introduces_itself_as_a_supplier_and_reads_what_the_node_says() {
    let made = publish::introduce(&signer(), now(), [1; 16]).unwrap();
    let Body::RegisterActor(body) = verify(made.statement.as_bytes()).unwrap().body else { panic!("it introduces nobody") };
    assert_eq!((body.name.as_str(), body.role, body.fictional), ("Bottega Filo e Ago", Role::Supplier, false));
    assert!(publish::introduce(&Signer { origin: "a b".to_owned(), ..signer() }, now(), [1; 16]).is_err());
    let said = publish::results(
        r#"{"results":[{"status":"pending","id":"a","leaf":7,"passport":3},{"status":"pending","id":"b"},{"status":"rejected","error":"no"}]}"#,
    );
    let taken = |id: &str, leaf, passport| Ok(publish::Said { id: id.to_owned(), leaf, passport });
    assert_eq!(said.unwrap(), [taken("a", Some(7), Some(3)), taken("b", None, None), Err("no".to_owned())]);
    assert_eq!(publish::result(r#"{"status":"rejected","id":"a","code":"x","reason":"no"}"#).unwrap(), Err("no".to_owned()));
    assert_eq!(publish::origin("example.org/ledger\n12\n"), Some("example.org/ledger".to_owned()));
    assert_eq!(publish::fault(r#"{"error":"this node only serves"}"#), "this node only serves");
}

#[test]
fn texts_are_scored_one_a_line_in_any_encoding_and_what_is_no_list_of_texts_says_so() {
    use super::moods::{MoodsError, count, felt};
    use crate::label::Moods;
    let utf16: Vec<u8> = "\u{feff}Great!\r\nAwful.\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(count(&utf16[..], |_, _| ()).unwrap(), Moods { positive: 1, negative: 1, undecided: 0 });
    let mut heard = Vec::new();
    assert_eq!(
        count(&b"Gr\xf6\xdfe\n\nlove it"[..], |text, _| heard.push(text.to_owned())).unwrap(),
        Moods { positive: 1, negative: 0, undecided: 1 }
    );
    assert_eq!(heard, ["Gr\u{f6}\u{df}e", "love it"]);
    assert!(matches!(count(&b" \n\n"[..], |_, _| ()), Err(MoodsError::Empty)));
    let long = [b"fine\n".to_vec(), vec![b'a'; 70_000]].concat();
    assert!(matches!(count(&long[..], |_, _| ()), Err(MoodsError::Long(2))));
    // So many that five per cent is within reach: nothing is taken off.
    let many = "Great!\n".repeat(300);
    let told = felt(many.as_bytes()).unwrap();
    assert_eq!((told.share.as_str(), told.corrected, told.first.len()), ("100.0", false, 20));
}

#[tokio::test]
async fn answers_that_name_their_subject_are_issued_as_its_passport() {
    let answers = |more: &str| {
        format!(
            r#"{{"version":1,"kind":"product","subject":"(01)09526001000906","by":{{"id":"farm","name":"Podere"}},"at":"2026-08-20T00:00:00Z","answers":{{"traceable":true,"carbon":"12.5"}}{more}}}"#
        )
    };
    let own = answers(
        r#","name":"Pear juice","made":{"facility":"https://podere.example/press","facility_name":"Press","country":"IT","date":"2026-08-20"}"#,
    );
    let told = understand("answers.json", Cursor::new(own.clone()), None, now()).unwrap();
    assert_eq!((told.counts.passports, told.passports.as_slice(), told.steps, told.odd.len()), (1, &["Pear juice".to_owned()][..], 1, 0));
    let mut node = Node::default();
    let Answer::Issued(issued) = answer(order(), Cursor::new(own), None::<Cursor<String>>, &mut node).await else { panic!("not issued") };
    assert_eq!((issued.taken, issued.linked, node.subjects.as_slice()), (1, 1, &["(01)09526001000906".to_owned()][..]));
    // Without a name there is no passport to sign; with a name alone, why not is said.
    let without = understand("answers.json", Cursor::new(answers("")), None, now()).unwrap();
    assert_eq!((without.counts.passports, without.odd.len()), (0, 0));
    let half = understand("answers.json", Cursor::new(answers(r#","name":"Pear juice""#)), None, now()).unwrap();
    assert_eq!((half.counts.passports, half.odd.len()), (0, 1));
    assert!(half.odd[0].reason.contains("in which country"), "{:?}", half.odd);
}
