//! What the desk shows of a supplier's file.

use super::{
    answers::Questions,
    attributes::{Opened, attributes, readers},
    felt::HowFelt,
    issued::Made,
    passphrase::Passphrase,
    passport::Facts,
    style,
    told::Told,
    took::Took,
};
use crate::{
    organisation::{
        desk::understand,
        wire::{Fate, Issued, OnLedger, Readable, Recorded, Understanding},
    },
    provenance::{ColumnMap, questionnaire},
    statement::{End, SubjectKind},
};
use dioxus::prelude::*;
use std::io::Cursor;

#[component]
fn Screen(told: Understanding) -> Element {
    rsx! {
        style { dangerous_inner_html: style() }
        div { class: "app", main { h1 { "Desk" } Told { told, onmap: |_: ColumnMap| () } } }
    }
}

fn shown(name: &str, path: &str) -> String {
    let bytes = std::fs::read(format!("{}/tests/data/suppliers/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let now = crate::measure::Millis::parse_rfc3339("2026-11-23T00:00:00Z").unwrap();
    let told = understand(path, Cursor::new(bytes), None, now).unwrap();
    let mut dom = VirtualDom::new_with_props(Screen, ScreenProps { told });
    dom.rebuild_in_place();
    let html = dioxus_ssr::render(&dom);
    if let Some(folder) = std::env::var_os("ECOSPHERE_LOOK") {
        let page =
            format!("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><body>{html}");
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), page).unwrap();
    }
    html.split_once("</style>").map(|(_, body)| body.to_owned()).unwrap()
}

#[test]
fn a_table_is_shown_with_a_question_for_every_column() {
    let html = shown("desk-table", "good/conserve-tre-torri.csv");
    for said in ["Guessed. ", "Betrieb", "That is right: read it so", "by this file alone", "a table"] {
        assert!(html.contains(said), "{said}");
    }
    assert_eq!((html.matches("<fieldset").count(), html.matches("<legend").count()), (17, 17), "one question for each column");
    assert!(html.contains("1.250,75"), "what stands in a column is shown beside the question");
}

#[test]
fn a_faulty_row_is_shown_with_its_line_and_reason_in_words_and_signs() {
    let html = shown("desk-faulty", "faulty/conserve-tre-torri.csv");
    assert!(html.contains("<b>Line ") && (html.contains("Left out") || html.contains("Taken in part") || html.contains("Does not agree")), "{html}");
    let document = shown("desk-epcis", "good/podere-luna-rossa.epcis.jsonld");
    assert!(document.contains("an EPCIS document") && !document.contains("What its columns are"));
}

#[component]
fn Order(issued: Issued) -> Element {
    rsx! {
        Made { issued, sheet: Some("blob:a".to_owned()), links: Some("blob:b".to_owned()) }
    }
}

#[test]
fn of_many_passports_only_those_that_were_refused_are_told_one_by_one() {
    let fate = |n: u32, refused: Option<&str>| Fate {
        name: "Pear juice".to_owned(),
        subject: format!("(01)09526001000906(21){n}"),
        leaf: Some(u64::from(n)),
        passport: Some(n),
        refused: refused.map(str::to_owned),
    };
    let shown = |issued| {
        let mut dom = VirtualDom::new_with_props(Order, OrderProps { issued });
        dom.rebuild_in_place();
        dioxus_ssr::render(&dom)
    };
    let few = shown(Issued { taken: 1, linked: 1, first: Some(7), last: Some(7), fates: vec![fate(7, None)], ..Issued::default() });
    assert!(
        few.contains("1 passport is on the ledger") && few.contains("Passport number 7, entry 7") && few.contains("download=\"codes.pdf\""),
        "{few}"
    );
    let fates = (0..30).map(|n| fate(n, None)).chain([fate(40, Some("it stands already"))]).collect();
    let many = Issued {
        taken: 9_999,
        refused: 1,
        linked: 9_990,
        first: Some(1),
        last: Some(10_000),
        fates,
        stopped: Some("the node cannot be reached".to_owned()),
    };
    let many = shown(many);
    assert_eq!((many.matches("<li").count(), many.matches("it stands already").count()), (1, 1));
    for said in ["9\u{202f}999 passports are on the ledger", "Numbers 1 to 10\u{202f}000", "Not finished", "9 have no code"] {
        assert!(many.contains(said), "{said}: {many}");
    }
}

fn drawn(app: fn() -> Element) -> String {
    let mut dom = VirtualDom::new(app);
    dom.rebuild_in_place();
    dioxus_ssr::render(&dom)
}

#[test]
fn a_form_has_a_labelled_field_for_every_question_and_reads_nothing_while_it_is_empty() {
    fn form() -> Element {
        let form = questionnaire::form(SubjectKind::Product).unwrap();
        rsx! {
            Questions { form, by: "Podere Luna Rossa", onread: |_: String| () }
        }
    }
    let html = drawn(form);
    for question in questionnaire::form(SubjectKind::Product).unwrap().questions {
        assert!(
            html.contains(&format!("for=\"answer-{}\"", question.id)) && html.contains(&format!("id=\"answer-{}\"", question.id)),
            "{}",
            question.id
        );
    }
    assert_eq!(
        html.matches("<label").count(),
        21,
        "ten questions, and which one, who, when, two amounts and their currency, and five for a passport"
    );
    assert!(html.contains("Say of which one, who answers and as of which day.") && html.contains("disabled"), "{html}");
}

#[test]
fn a_new_passphrase_is_asked_for_twice_and_shown_never() {
    fn new() -> Element {
        rsx! {
            Passphrase { new: true, button: "Make a key here", busy: false, onsay: |_: String| () }
        }
    }
    let html = drawn(new);
    assert_eq!((html.matches("type=\"password\"").count(), html.matches("new-password").count()), (2, 2));
    assert!(html.contains("at least 12 characters") && html.contains("aria-describedby=\"passphrase-hint\""), "{html}");
}

#[test]
fn what_became_of_steps_is_told_with_the_offer_for_whoever_takes_the_goods_over() {
    fn done() -> Element {
        let step = |n: u16, refused: Option<&str>| Fate {
            name: "shipping".to_owned(),
            subject: format!("Step {n}"),
            leaf: Some(u64::from(n)),
            passport: None,
            refused: refused.map(str::to_owned),
        };
        let done = Recorded { steps: vec![step(1, None), step(2, Some("the next step is another"))], offered: Some(3), stopped: None };
        let found = OnLedger {
            number: 7,
            digest: String::new(),
            subject: "(01)09520000000011".to_owned(),
            status: 3,
            ended: Some(End::Recycled),
            issuer: String::new(),
            issuer_name: "Podere Luna Rossa".to_owned(),
            owner: String::new(),
            owner_name: "Greenbasket".to_owned(),
            steps: 1_234,
        };
        rsx! {
            Took { done, offer: Some("blob:a".to_owned()) }
            Facts { found }
        }
    }
    let html = drawn(done);
    for said in [
        "1 step is on the ledger.",
        "the next step is another",
        "Step 3 hands the goods over",
        "download=\"offer.json\"",
        "Ended: recycled",
        "Greenbasket",
        "1\u{202f}234",
    ] {
        assert!(html.contains(said), "{said}: {html}");
    }
}

#[component]
fn Texts(felt: crate::organisation::wire::Felt) -> Element {
    rsx! {
        style { dangerous_inner_html: style() }
        div { class: "app", main { HowFelt { felt } } }
    }
}

#[test]
fn few_texts_are_shown_with_their_moods_in_words_and_said_to_be_few() {
    let felt = crate::organisation::moods::felt(&b"The sauce is very good.\n\nIt isn't good at all.\r\nA jar.\nI love it.\n"[..]).unwrap();
    assert_eq!((felt.moods.positive, felt.moods.negative, felt.moods.undecided, felt.corrected), (2, 1, 1, true));
    let mut dom = VirtualDom::new_with_props(Texts, TextsProps { felt });
    dom.rebuild_in_place();
    let html = dioxus_ssr::render(&dom);
    for said in
        ["4 texts: 31.9 % count as glad", "<b>Not glad:</b> It isn&#x27;t good at all.", "<b>Neither:</b> A jar.", "correction for small samples"]
    {
        assert!(html.contains(said) || html.contains(&said.replace("&#x27;", "&#39;")), "{said}: {html}");
    }
}

#[test]
fn private_attributes_are_written_a_line_each_and_told_in_words() {
    let written = attributes("price: 9.50 EUR\n\n see : https://a.example \nmargin");
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(written, [pair("price", "9.50 EUR"), pair("see", "https://a.example"), pair("margin", "")]);
    assert_eq!(readers("age1a, age1b\n\nage1c"), ["age1a", "age1b", "age1c"]);
    let told = |count, readers: &[&str], said| {
        let readable = Readable { count, readers: readers.iter().map(|r| (*r).to_owned()).collect(), said };
        let mut dom = VirtualDom::new_with_props(Opened, super::attributes::OpenedProps { readable });
        dom.rebuild_in_place();
        dioxus_ssr::render(&dom)
    };
    assert!(told(0, &[], None).contains("says nothing to named readers"));
    let closed = told(2, &["age1a"], None);
    assert!(closed.contains("2 private attributes, for 1 reader") && closed.contains("age1a"), "{closed}");
    let open = told(1, &["age1a"], Some(vec![pair("price", "<b>9.50</b>")]));
    assert!(open.contains("as its issuer signed it") && open.contains("price") && open.contains("&#60;b&#62;9.50"), "{open}");
}
