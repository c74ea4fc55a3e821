//! The importers on the real data of `assets/sample/source`, and on what real data never should be.

use super::{openfoodfacts::Site, *};
use crate::statement::{DidKey, json};
use std::{collections::BTreeMap, io::Read};

fn unpacked(file: &str) -> Vec<u8> {
    let path = format!("{}/assets/sample/source/{file}", env!("CARGO_MANIFEST_DIR"));
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn brands() -> wikirate::WikiRate {
    wikirate::import(wikirate::Texts {
        brand_answers: &unpacked("wikirate_brand_answers.json.gz"),
        sub_brands: &unpacked("wikirate_sub_brands.json.gz"),
        living_wage_scores: &unpacked("wikirate_living_wage_scores.json.gz"),
        until: 2026,
    })
    .unwrap()
}

fn products(site: Site) -> Import {
    let file = match site {
        Site::Food => "openfoodfacts.jsonl.gz",
        Site::Beauty => "openbeautyfacts.jsonl.gz",
    };
    openfoodfacts::import(unpacked(file).as_slice(), site, &brands().brands).unwrap()
}

fn food(text: &str) -> Import {
    openfoodfacts::import(text.as_bytes(), Site::Food, &BrandIndex::default()).unwrap()
}

fn count(notes: &[Note], is: impl Fn(&Reason) -> bool) -> usize {
    notes.iter().filter(|n| is(&n.reason)).count()
}

fn states(record: &Record) -> Vec<(&str, ClaimState)> {
    record.claims.iter().map(|c| (c.code.as_str(), c.state)).collect()
}

#[test]
fn of_the_1400_real_rows_824_have_a_name_and_a_category() {
    let (food, beauty) = (products(Site::Food), products(Site::Beauty));
    assert_eq!((food.records.len(), food.dropped.len()), (570, 130));
    assert_eq!((beauty.records.len(), beauty.dropped.len()), (254, 446));
    for import in [&food, &beauty] {
        for note in &import.dropped {
            assert!(matches!(note.reason, Reason::NoName | Reason::NoCategory), "{note:?}");
        }
    }
    assert_eq!(count(&food.dropped, |r| *r == Reason::NoName), 11);
    assert_eq!(count(&beauty.dropped, |r| *r == Reason::NoName), 115);
}

#[test]
fn products_without_a_number_of_their_own_are_recorded_but_never_under_a_gtin() {
    let beauty = products(Site::Beauty);
    let (numbered, scannable): (Vec<_>, Vec<_>) = beauty.records.iter().partition(|r| r.id.starts_with("openbeautyfacts:"));
    assert_eq!(count(&beauty.notes, |r| matches!(r, Reason::NotAGtin(_))), 49);
    let restricted = count(&beauty.notes, |r| *r == Reason::RestrictedNumber);
    assert_eq!(numbered.len(), 49 + restricted);
    assert_eq!((restricted, scannable.len()), (11, 194));
    assert!(products(Site::Food).records.iter().all(|r| r.id.starts_with("(01)")));
}

#[test]
fn every_label_of_the_real_rows_is_known() {
    for site in [Site::Food, Site::Beauty] {
        let import = products(site);
        let unknown: Vec<_> = import.notes.iter().filter(|n| matches!(n.reason, Reason::UnknownValue(_))).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}

#[test]
fn every_real_record_survives_its_credential() {
    let issuer = DidKey::from_public([7; 32]);
    let all = [products(Site::Food).records, products(Site::Beauty).records, brands().import.records].concat();
    assert_eq!(all.len(), 824 + 265);
    for record in all {
        let credential = record.to_credential(&issuer, "Open Food Facts contributors (recorded by EcoSphere)", crate::measure::Millis(0), None);
        let bytes = json::canonical(&credential).unwrap();
        assert!(bytes.len() < 8_000, "{} has {} bytes", record.id, bytes.len());
        assert_eq!(Record::from_credential(&json::parse(&bytes).unwrap()), Ok(record));
    }
}

#[test]
fn the_real_brands_have_their_owners_and_newest_scores() {
    let found = brands();
    let by_name: BTreeMap<_, _> = found.import.records.iter().map(|r| (r.name.as_str(), r)).collect();
    assert_eq!(found.import.records.len(), 265);
    assert!(found.import.records.iter().all(|r| !r.claims.is_empty()));
    let puma = by_name["Puma"];
    assert_eq!((puma.id.as_str(), puma.place.as_str()), ("wikirate:18109", "Germany"));
    assert!(states(puma).contains(&("wikirate:living-wage-paid:d", ClaimState::SelfDeclared)), "the score of 2024, not of 2019: {puma:?}");
    assert_eq!(found.import.records.iter().filter(|r| r.owner.is_some()).count(), 11);
    assert_eq!(count(&found.import.dropped, |r| matches!(r, Reason::UnknownCompany(_))), 14);
    assert_eq!(found.brands.find("Zara"), None, "a brand of clothes only is tied to no food");
}

#[test]
fn products_are_tied_to_brands_of_the_same_name() {
    let all = [products(Site::Food).records, products(Site::Beauty).records].concat();
    let tied: BTreeMap<_, _> = all.iter().filter_map(|r| Some((r.brand.as_str(), r.owner.as_deref()?))).collect();
    let names: Vec<_> = tied.keys().copied().collect();
    assert_eq!(names, ["Alpiflor", "Cien", "Floralys", "Giorgio Armani", "Hema", "Hugo Boss", "Marks & Spencer", "Monoprix", "Victoria's Secret"]);
    assert_eq!(tied["Cien"], tied["Floralys"], "both are sold by Lidl, as the packs say");
}

#[test]
fn every_priced_product_is_a_real_record_and_shares_its_category_with_another() {
    let all = [products(Site::Food).records, products(Site::Beauty).records].concat();
    let priced = RetailersFile::read(include_str!("../../assets/sample/source/retailers.json")).unwrap();
    let mut kinds = BTreeMap::<&str, std::collections::BTreeSet<&str>>::new();
    for price in priced.retailers.iter().flat_map(|r| &r.sheet.prices).filter(|p| !p.gtin.starts_with("0952")) {
        let record = all.iter().find(|r| r.id == format!("(01){}", price.gtin)).unwrap();
        kinds.entry(&record.categories.last().unwrap().id).or_default().insert(&record.id);
    }
    let alone = kinds.values().filter(|ids| ids.len() == 1).count();
    assert!(kinds.len() >= 30 && alone * 10 <= kinds.len(), "{} categories, {alone} with one priced product", kinds.len());
}

#[test]
fn a_label_that_the_ingredients_contradict_is_contradicted_and_so_are_they() {
    let import = food(
        r#"{"code":"3017620422003","product_name":"A","categories_tags":["en:spreads"],"labels_tags":["en:vegan","en:organic"],
            "ingredients_analysis_tags":["en:non-vegan","en:vegetarian","en:palm-oil-content-unknown"]}"#
            .replace('\n', " ")
            .as_str(),
    );
    use ClaimState::{Contradicted, SelfDeclared};
    assert_eq!(
        states(&import.records[0]),
        [
            ("ingredients:non-vegan", Contradicted),
            ("ingredients:vegetarian", SelfDeclared),
            ("label:vegan", Contradicted),
            ("label:organic", SelfDeclared)
        ]
    );
}

#[test]
fn bad_lines_are_listed_with_their_place_and_reason_and_the_rest_is_read() {
    let good = r#"{"code":"3017620422003","product_name":" Two\twords ","categories_tags":["en:spreads"],"nova_group":"4"}"#;
    let text = [
        "{\"code\":",
        "[]",
        r#"{"product_name":"A","categories_tags":["en:spreads"]}"#,
        r#"{"code":{},"product_name":"A","categories_tags":["en:spreads"]}"#,
        r#"{"code":"3017620422003","product_name":"  ","categories_tags":["en:spreads"]}"#,
        r#"{"code":"3017620422003","product_name":"A","categories_tags":[""]}"#,
        "",
        good,
        good,
        r#"{"code":"3017620422004","product_name":"A","categories_tags":["en:spreads"],"nutriscore_grade":"z","labels_tags":["xx:new"]}"#,
        r#"{"code":"03017620422003","product_name":"The same, written with 14 digits","categories_tags":["en:spreads"]}"#,
    ]
    .join("\n");
    let import = food(&text);
    let lines: Vec<_> = import.dropped.iter().map(|n| n.line).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5, 6, 9, 11]);
    assert!(matches!(import.dropped[0].reason, Reason::NotJson(_)));
    assert_eq!(import.dropped[2].reason, Reason::NoCode);
    assert_eq!(import.dropped[4].reason, Reason::NoName);
    assert_eq!(import.dropped[5].reason, Reason::NoCategory);
    assert_eq!(import.dropped[6].reason, Reason::Duplicate(8));
    assert_eq!(import.dropped[7].reason, Reason::Duplicate(8));
    let [two_words, wrong_digit] = import.records.as_slice() else { panic!("{:?}", import.records) };
    assert_eq!((two_words.id.as_str(), two_words.name.as_str()), ("(01)03017620422003", "Two words"));
    assert_eq!(states(two_words), [("nova:4", ClaimState::SelfDeclared)]);
    assert_eq!(wrong_digit.id, "openfoodfacts:3017620422004");
    assert_eq!(import.notes.len(), 3, "the wrong digit, the unknown grade and the unknown label: {:?}", import.notes);
}

#[test]
fn absurd_sizes_are_dropped_and_do_not_fill_the_memory() {
    let name = "x".repeat(301);
    let long = format!(r#"{{"code":"3017620422003","product_name":"{name}","categories_tags":["en:spreads"]}}"#);
    let deep = format!(r#"{{"code":"1","brands":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let huge = "y".repeat(usize::try_from(openfoodfacts::MAX_LINE).unwrap() * 2);
    let code = format!(r#"{{"code":"{}","product_name":"A","categories_tags":["en:spreads"]}}"#, "1".repeat(25));
    let last = r#"{"code":"96385074","product_name":"A","categories_tags":["en:spreads"]}"#;
    let import = food(&[&long, &deep, &huge, &code, last].map(String::from).join("\n"));
    let reasons: Vec<_> = import.dropped.iter().map(|n| (n.line, &n.reason)).collect();
    assert!(matches!(reasons[0], (1, Reason::OutOfBounds(_))), "{reasons:?}");
    assert_eq!(reasons[1], (2, &Reason::NoName), "what a member of the wrong kind holds is passed over, however deep");
    assert_eq!(reasons[2], (3, &Reason::TooLarge(openfoodfacts::MAX_LINE * 2 + 1)));
    assert_eq!(reasons[3], (4, &Reason::NoCode));
    assert_eq!(import.records.len(), 1, "the line after the huge one is read");
}

#[test]
fn bytes_that_are_not_text_are_dropped_and_an_empty_file_gives_nothing() {
    let import = openfoodfacts::import(&b"\xff\xfe\n\0\n"[..], Site::Food, &BrandIndex::default()).unwrap();
    assert_eq!((import.records.len(), import.dropped.len()), (0, 2));
    assert_eq!(food(""), Import::default());
}

#[test]
fn wikirate_texts_of_another_shape_are_refused_and_single_bad_answers_listed() {
    let none = br#"{"items":[]}"#;
    let texts = |brand_answers| wikirate::Texts { brand_answers, sub_brands: none, living_wage_scores: none, until: 2026 };
    assert!(wikirate::import(texts(b"[]")).is_err());
    assert!(wikirate::import(texts(b"{\"companies\":")).is_err());
    let found = wikirate::import(texts(
        br#"{"companies":{"1":"A"},"metrics":{"9":"Clean Clothes Campaign+Supply Chain Transparency Score"},
             "answers":{"V1":{"company":1,"metric":9,"year":2021,"value":"11"},"V2":{"company":2,"metric":9,"year":2021,"value":"0.0"},
                        "V3":{"company":1,"metric":8,"year":2021,"value":"No"},"V4":{"company":1,"metric":9,"year":2021,"value":"7.5"}}}"#,
    ))
    .unwrap();
    assert_eq!(found.import.dropped.len(), 3);
    assert_eq!(states(&found.import.records[0]), [("wikirate:transparency:good", ClaimState::SelfDeclared)]);
}

#[test]
fn owners_that_run_in_a_circle_or_are_two_are_left_out() {
    let answers = br#"{"companies":{"1":"A","2":"B"},"metrics":{},"answers":{}}"#;
    let relation = |year, owner, brand, name: &str| {
        format!(r#"{{"year":{year},"subject_company_id":{owner},"subject_company":"?","object_company_id":{brand},"object_company":"{name}"}}"#)
    };
    let rows = [
        relation(2019, 1, 2, "B"),
        relation(2019, 2, 1, "A"),
        relation(2019, 1, 3, "C"),
        relation(2020, 2, 3, "C"),
        relation(2020, 1, 4, "D"),
        relation(2020, 2, 4, "D"),
        relation(2020, 7, 5, "E"),
    ];
    let sub_brands = format!(r#"{{"items":[{}]}}"#, rows.join(","));
    let texts = wikirate::Texts { brand_answers: answers, sub_brands: sub_brands.as_bytes(), living_wage_scores: br#"{"items":[]}"#, until: 2026 };
    let found = wikirate::import(texts).unwrap();
    let owners: Vec<_> = found.import.records.iter().map(|r| r.owner.as_deref()).collect();
    assert_eq!(owners, [Some("wikirate:2"), None], "the circle is cut where it closes");
    assert_eq!(found.brands.find("C"), Some("wikirate:2"), "the newer year counts");
    let reasons: Vec<_> = found.import.dropped.iter().map(|n| n.reason.clone()).collect();
    assert_eq!(
        reasons,
        [Reason::Outdated(2020), Reason::OwnsItself("B".into()), Reason::SeveralOwners("B".into()), Reason::UnknownCompany("7".into())]
    );
    assert_eq!(found.import.dropped.iter().map(|n| n.line).collect::<Vec<_>>(), [3, 1, 6, 7], "places in the source");
}

#[test]
fn every_answer_that_is_not_used_is_listed_with_its_place() {
    let texts = wikirate::Texts {
        brand_answers: br#"{"companies":{"1":"A","x":"B"},"metrics":{"9":"Clean Clothes Campaign+Supply Chain Transparency Score"},
            "answers":{"V1":{"company":1,"metric":9,"year":2019,"value":"0"},"V2":{"company":1,"metric":9,"year":2020,"value":"5"},
                       "V3":{"company":1,"metric":9,"year":2018,"value":"10"},"V4":{"company":1,"metric":9,"year":2031,"value":"10"},
                       "V5":{"company":1,"metric":9,"year":"soon","value":"10"},"V6":{"company":1,"metric":9,"year":2020,"value":"7.5"},
                       "V7":[],"V8":{"company":1,"metric":9,"year":2020,"value":"-3"}}}"#,
        sub_brands: br#"{"items":[{"year":2031,"subject_company_id":1,"object_company_id":3,"object_company":"C"},7,
            {"year":2020,"subject_company_id":1,"object_company_id":3,"object_company":"C","value":"Textiles, Clothing, Leather and Footwear"},
            {"year":2020,"subject_company_id":1,"object_company_id":3,"object_company":"C"}]}"#,
        living_wage_scores: br#"{"items":[{"company":"A","year":2031,"value":"D"},{"company":"A"}]}"#,
        until: 2026,
    };
    let found = wikirate::import(texts).unwrap();
    let told: Vec<String> = found.import.dropped.iter().map(|n| format!("{} {}: {}", n.line, n.id, n.reason)).collect();
    let expected = [
        "2 x: companies: its key",
        "1 V1: an answer of 2020 is newer",
        "3 V3: an answer of 2020 is newer",
        "4 V4: year: 2031 has not come yet",
        "5 V5: : it has not the members",
        "2 V2: year: another answer of 2020 is used",
        "7 V7: : it has not the members",
        "8 V8: the value \"-3\" is not known",
        "1 A: year: 2031 has not come yet",
        "2 : : it has not the members",
        "1 C: year: 2031 has not come yet",
        "2 : : it has not the members",
        "4 C: the same subject stands in line 3 already",
    ];
    assert!(told.len() == expected.len() && told.iter().zip(expected).all(|(told, start)| told.starts_with(start)), "{told:#?}");
    assert_eq!(states(&found.import.records[0]), [("wikirate:transparency:good", ClaimState::SelfDeclared)]);
}

#[test]
fn odd_members_of_a_row_are_left_out_and_told_and_the_rest_is_read() {
    let rows: [(&[u8], &[&str]); 9] = [
        (br#""quantity":350"#, &["quantity: it is not of the kind"]),
        (br#""quantity":"-5 kg""#, &["quantity: \"-5 kg\" is negative"]),
        (br#""brands":["A"],"labels_tags":"en:vegan""#, &["brands: ", "labels_tags: "]),
        (br#""languages_codes":{"fr":1,"deu":2,"xx":3}"#, &["languages_codes: 1 are no languages of two letters (\"deu\""]),
        (br#""nova_group":-4"#, &["the value \"-4\" is not known"]),
        (br#""nova_group":99999999999999999999"#, &["the value"]),
        (br#""nutriscore_grade":"F","ecoscore_grade":{}"#, &["ecoscore_grade: ", "the value \"F\" is not known"]),
        (b"\"brands\":\"K\xe4serei\"", &["the text is not UTF-8"]),
        (br#""labels_tags":["en:vegan",7,"en:no-such-label"]"#, &["labels_tags: ", "the value \"en:no-such-label\" is not known"]),
    ];
    for (members, expected) in rows {
        let line = [br#"{"code":"3017620422003","product_name":"A","categories_tags":["en:spreads"],"#, members, b"}"].concat();
        let import = openfoodfacts::import(line.as_slice(), Site::Food, &BrandIndex::default()).unwrap();
        let told: Vec<String> = import.notes.iter().map(|n| format!("{}", n.reason)).collect();
        assert_eq!((import.records.len(), import.dropped.len()), (1, 0), "{told:?}");
        assert!(told.len() == expected.len() && told.iter().zip(expected).all(|(told, start)| told.starts_with(start)), "{told:?}");
    }
    let marked =
        [b"\xef\xbb\xbf".as_slice(), br#"{"code":"3017620422003","product_name":"A","brands":"K","categories_tags":["en:spreads"]}"#].concat();
    assert_eq!(openfoodfacts::import(marked.as_slice(), Site::Food, &BrandIndex::default()).unwrap().records[0].brand, "K");
}
