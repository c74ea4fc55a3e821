//! What the desk shows of a supplier's file.

use super::{style, told::Told};
use crate::{
    organisation::{desk::understand, wire::Understanding},
    provenance::ColumnMap,
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
