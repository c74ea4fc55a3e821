//! What the wallet's pieces show.

use super::{
    hold::{Issuer, Rows, short},
    swap::Told,
};
use crate::purse::wire::{Quote, Row, Stage, StewardQuote, StewardRow, Swap, Token};
use dioxus::prelude::*;

fn drawn(mut dom: VirtualDom) -> String {
    dom.rebuild_in_place();
    dioxus_ssr::render(&dom)
}

#[test]
fn every_state_of_a_payment_has_a_sign_and_a_word() {
    #[component]
    fn Shown(stage: Stage) -> Element {
        let (id, title, why) = ("ab".to_owned(), "Paid".to_owned(), Some("the account has 3".to_owned()));
        let row = Row {
            id,
            stage,
            why,
            leaf: Some(7),
            time: 1,
            title,
            amount: Some("-1".into()),
            other: None,
            other_name: Some("Ben".into()),
            message: Some("bread".into()),
        };
        rsx! { Rows { rows: vec![row] } }
    }
    for (stage, said) in [
        (Stage::Pending, "Pending: signed, not on the ledger yet"),
        (Stage::Logged, "On the ledger, entry 7"),
        (Stage::Rejected, "Refused: the account has 3"),
        (Stage::Expired, "Its time was over"),
    ] {
        let html = drawn(VirtualDom::new_with_props(Shown, ShownProps { stage }));
        assert!(html.contains(said) && html.contains("<svg") && html.contains("Ben") && html.contains("bread"), "{html}");
    }
}

#[test]
fn a_token_is_told_from_one_of_the_same_name_by_issuer_flag_and_id() {
    #[component]
    fn Shown(look_alike: bool) -> Element {
        let (id, issuer) = ("ab".repeat(32), "did:key:z6MkabcdefghijklmnopqrstuvwxyzABCDEF".to_owned());
        let token = Token { id, symbol: "COIN".into(), issuer, community: true, look_alike, ..Token::default() };
        rsx! { Issuer { token } }
    }
    let html = drawn(VirtualDom::new_with_props(Shown, ShownProps { look_alike: true }));
    assert!(
        html.contains("Community")
            && html.contains("z6Mkabcd\u{2026}ABCDEF")
            && html.contains("abababab\u{2026}ababab")
            && html.contains("Another token here")
    );
    assert!(!drawn(VirtualDom::new_with_props(Shown, ShownProps { look_alike: false })).contains("Another token here"));
    assert_eq!((short("x"), short("\u{e9}".repeat(20).as_str()).is_empty()), ("x".to_owned(), false));
}

#[test]
fn a_quote_says_what_is_expected_and_what_is_the_worst() {
    #[component]
    fn Shown() -> Element {
        let quote = Quote {
            swap: Swap { limit: "2.4".into(), ..Swap::default() },
            gives: "10 DEED".into(),
            gets: "24.43 COIN".into(),
            price: Some("2.443".into()),
            worst: "24 COIN".into(),
            fee: "0 DEED".into(),
            impact: "1.2 %".into(),
            partial: true,
            market: true,
            refusals: vec!["Mills crosses a line of yours".into()],
            stewards: vec![StewardQuote {
                row: StewardRow {
                    id: "ab".repeat(32),
                    rate: "2.5 COIN for 1 DEED".into(),
                    left: "900 COIN".into(),
                    person: Some("30 COIN".into()),
                    community: Some("Quarter".into()),
                    owner_name: Some("Ines".into()),
                    ..StewardRow::default()
                },
                gets: Some("25 COIN".into()),
                why: None,
            }],
            ..Quote::default()
        };
        rsx! { Told { quote, busy: false, onplace: |_| (), onsteward: |_| () } }
    }
    let html = drawn(VirtualDom::new(Shown));
    for said in [
        "24.43 COIN",
        "24 COIN (at 2.4",
        "2.443",
        "1.2 %",
        "with the next batch",
        "partly hidden",
        "exactly <b class=\"num\">25 COIN",
        "2.5 COIN for 1 DEED",
        "900 COIN",
        "30 COIN",
        "Quarter",
        "Ines",
        "voucher for this account",
        "Not signed, by your own rule. </b>Mills crosses",
    ] {
        assert!(html.contains(said), "{said}: {html}");
    }
}

#[test]
fn before_anything_is_known_the_page_has_its_heading_and_no_bar() {
    let html = drawn(VirtualDom::new(super::Wallet));
    assert!(html.contains("Your wallet") && html.contains("Opening") && !html.contains("<nav"), "{html}");
}
