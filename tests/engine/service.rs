//! What a person asks and gets.

use crate::{
    NOW, ask,
    book::{Book, ORIGIN},
    fake::Fake,
    history, load_sample, now, options, sample, scan, status,
};
use ecosphere::{
    bot::VerdictBand,
    engine::{
        Engine,
        wire::{Answer, EngineError, FrameShape, PixelFormat, Proof, RankKind, Request},
    },
    measure::{Currency, Millis, Money},
    pack::{ShelfCard, sample_files},
    passport::{Outcome, qr_out},
    statement::SubjectKind,
    values::{HardLine, Importance, Profile, Topic},
};

fn shelf(engine: &Engine) -> Vec<ShelfCard> {
    match ask(engine, Request::Shelf).unwrap() {
        Answer::Shelf(cards) => cards,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_card_of_the_shelf_gives_its_outcome() {
    let engine = sample();
    let cards = shelf(&engine);
    for card in &cards {
        assert_eq!(scan(&engine, &card.code).outcome, card.outcome, "{}", card.title);
    }
    for outcome in Outcome::ALL {
        assert!(cards.iter().any(|c| c.outcome == outcome), "no card shows {outcome:?}");
    }
}

#[test]
fn a_verdict_is_given_only_for_what_may_be_believed() {
    let engine = sample();
    for card in shelf(&engine) {
        let result = scan(&engine, &card.code);
        let doubtful = card.outcome.exit_code() == 1 || matches!(card.outcome, Outcome::NotAPassport | Outcome::NotInSnapshot);
        assert_eq!(result.verdict.is_none(), doubtful, "{}", card.title);
    }
}

#[test]
fn what_is_shown_was_verified_on_this_device() {
    let engine = sample();
    for card in shelf(&engine) {
        if let Some(subject) = scan(&engine, &card.code).subject {
            assert_eq!(subject.proof, Proof::Checked, "{}", card.title);
        }
    }
}

#[test]
fn opposite_values_get_opposite_verdicts() {
    let engine = sample();
    let kept = |line| Profile { hard_lines: [line].into(), ..Profile::default() };
    let rows = |profile: Profile| {
        ask(&engine, Request::SetProfile(profile)).unwrap();
        options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1000 })
    };
    let vegan = rows(kept(HardLine::Vegan));
    let crossed: Vec<u32> = vegan.iter().filter(|r| r.band == VerdictBand::CrossesLine).map(|r| r.number).collect();
    assert!(!crossed.is_empty());
    let anything = rows(Profile::default());
    assert!(anything.iter().filter(|r| crossed.contains(&r.number)).all(|r| r.band != VerdictBand::CrossesLine));

    let only = |topic: Topic| Profile {
        topics: Topic::ALL.into_iter().map(|t| (t, if t == topic { Importance::MattersMost } else { Importance::Ignore }.into())).collect(),
        ..Profile::default()
    };
    let (health, climate) = (rows(only(Topic::Health)), rows(only(Topic::Climate)));
    let value = |rows: &[ecosphere::engine::wire::OptionRow], n: u32| rows.iter().find(|r| r.number == n).map_or(0, |r| r.alignment.value);
    let torn = health
        .iter()
        .find(|r| r.alignment.value > 50 && value(&climate, r.number) < -20 || r.alignment.value < -50 && value(&climate, r.number) > 20);
    assert!(torn.is_some(), "some product is good for one and bad for the other");
}

#[test]
fn a_list_a_card_and_the_history_never_disagree() {
    let engine = sample();
    ask(&engine, Request::SetProfile(Profile { hard_lines: [HardLine::NoPalmOil].into(), ..Profile::default() })).unwrap();
    for kind in [RankKind::Product, RankKind::Organisation, RankKind::Retailer, RankKind::Project] {
        for row in options(&engine, Request::Rank { kind, category: None, limit: 25 }) {
            let Answer::Scan(results) = ask(&engine, Request::Subject(row.number)).unwrap() else { panic!() };
            let verdict = results[0].verdict.clone().unwrap();
            assert_eq!((verdict.band, verdict.alignment), (row.band, row.alignment), "{}", row.name);
            let gtin = row.id.strip_prefix("(01)").filter(|g| g.len() == 14);
            if let Some(gtin) = gtin {
                scan(&engine, gtin);
                let past = &history(&engine)[0];
                assert_eq!((past.number, past.band, past.alignment), (Some(row.number), Some(row.band), Some(row.alignment)));
            }
        }
    }
}

#[test]
fn better_options_are_better_on_this_persons_terms() {
    let engine = sample();
    ask(&engine, Request::SetProfile(Profile { topics: [(Topic::Health, Importance::MattersMost.into())].into(), ..Profile::default() })).unwrap();
    let ranked = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1000 });
    let worst = ranked.iter().rev().find(|r| r.band == VerdictBand::Against).unwrap();
    let better = options(&engine, Request::Options { subject: Some(worst.number), category: None });
    assert!(!better.is_empty());
    assert!(better.iter().all(|o| o.number != worst.number && o.alignment.value > worst.alignment.value && o.kind == SubjectKind::Product));
}

#[test]
fn an_unknown_product_is_saved_and_resolved_by_a_later_snapshot() {
    let engine = Engine::open_memory().unwrap();
    let mut book = Book::new(ORIGIN, "log");
    now(engine.sync_from(&Fake::new(&book.files), &book.policy(), NOW)).unwrap();
    assert_eq!(scan(&engine, "4006381333931").outcome, Outcome::NotInSnapshot);
    assert!(history(&engine)[0].saved_for_later);
    book.product("04006381333931", "A highlighter");
    book.close();
    now(engine.sync_from(&Fake::new(&book.files), &book.policy(), NOW)).unwrap();
    let past = &history(&engine)[0];
    assert!(!past.saved_for_later && past.name == "A highlighter" && past.number.is_some());
}

#[test]
fn a_snapshot_is_stale_after_a_week_but_the_sample_never() {
    let engine = Engine::open_memory().unwrap();
    let book = Book::new(ORIGIN, "log");
    now(engine.sync_from(&Fake::new(&book.files), &book.policy(), NOW)).unwrap();
    let at = |engine: &Engine, now_is: Millis| match now(engine.handle(Request::ScanText("3017620422003".into()), None, now_is, &|_| ())).unwrap() {
        Answer::Scan(results) => results[0].stale,
        other => panic!("{other:?}"),
    };
    assert!(!at(&engine, NOW));
    assert!(at(&engine, Millis(NOW.0 + 7 * Millis::DAY)));
    assert!(!at(&sample(), Millis(NOW.0 + 1000 * Millis::DAY)));
}

#[test]
fn a_typed_price_counts_before_a_listed_one_and_can_be_taken_back() {
    let engine = sample();
    let row = options(&engine, Request::Rank { kind: RankKind::Product, category: None, limit: 1 }).remove(0);
    let price = Money::parse("2.49", Currency::EUR).unwrap();
    ask(&engine, Request::SetPrice { subject: row.number, price: Some(price) }).unwrap();
    let mine = |engine: &Engine| match ask(engine, Request::Subject(row.number)).unwrap() {
        Answer::Scan(results) => results[0].subject.clone().unwrap().my_price,
        other => panic!("{other:?}"),
    };
    assert_eq!(mine(&engine), Some(price));
    let listed = options(&engine, Request::Search { text: row.name.clone(), limit: 1000 });
    assert!(listed.iter().any(|r| r.number == row.number && r.price == Some(price)));
    ask(&engine, Request::SetPrice { subject: row.number, price: None }).unwrap();
    assert_eq!(mine(&engine), None);
}

#[test]
fn a_subject_is_found_by_words_of_its_name_whatever_their_case_and_accents() {
    let engine = sample();
    let found = options(&engine, Request::Search { text: "JUICE apple".into(), limit: 10 });
    assert!(found.iter().any(|r| r.name == "Orchard apple juice"));
    assert!(options(&engine, Request::Search { text: " % _ ".into(), limit: 10 }).is_empty());
}

#[test]
fn categories_hold_what_they_say() {
    let engine = sample();
    let Answer::Categories(rows) = ask(&engine, Request::Categories).unwrap() else { panic!() };
    for row in rows.iter().take(20) {
        let listed = options(&engine, Request::Rank { kind: RankKind::Product, category: Some(row.id.clone()), limit: 1000 });
        assert_eq!(listed.len(), row.products as usize, "{}", row.id);
    }
    let nowhere = ask(&engine, Request::Rank { kind: RankKind::Product, category: Some("en:nowhere".into()), limit: 5 });
    assert!(matches!(nowhere, Err(EngineError::BadInput(_))));
}

#[test]
fn another_ledger_needs_its_key_and_then_takes_the_place_of_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let book = Book::new(ORIGIN, "log");
    for (path, bytes) in &book.files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let engine = sample();
    let url = folder.path().to_str().unwrap().to_owned();
    assert!(matches!(ask(&engine, Request::Sync { url: url.clone(), key: None }), Err(EngineError::Untrusted(_))));
    assert!(status(&engine).snapshot.unwrap().sample);
    ask(&engine, Request::Sync { url: url.clone(), key: Some(book.key().to_string()) }).unwrap();
    assert_eq!(status(&engine).snapshot.unwrap().origin, ORIGIN);
    // From now on this is the key that is trusted.
    ask(&engine, Request::Sync { url, key: None }).unwrap();
    assert!(matches!(ask(&engine, Request::Sync { url: "ftp://x".into(), key: None }), Err(EngineError::BadInput(_))));
    load_sample_with_its_key(&engine);
}

fn load_sample_with_its_key(engine: &Engine) {
    ask(engine, Request::Sync { url: "sample".into(), key: Some(ecosphere::pack::SAMPLE_VKEY.into()) }).unwrap();
    assert!(load_sample(engine).snapshot.unwrap().sample);
    assert!(sample_files().iter().any(|(path, _)| *path == "checkpoint"));
}

/// The card's code drawn with `offset` bytes before the first row and `gap` bytes after each.
fn drawn(code: &str, format: PixelFormat, offset: u32, gap: u32) -> (FrameShape, Vec<u8>) {
    let picture = image::load_from_memory(&qr_out::png(code, 4).unwrap()).unwrap();
    let (width, height) = (picture.width(), picture.height());
    let (pixels, bytes) = match format {
        PixelFormat::Luma => (picture.to_luma8().into_raw(), width),
        PixelFormat::Rgba => (picture.to_rgba8().into_raw(), width * 4),
    };
    let mut payload = vec![7; offset as usize];
    for row in pixels.chunks(bytes as usize) {
        payload.extend_from_slice(row);
        payload.extend(std::iter::repeat_n(0, gap as usize));
    }
    (FrameShape { width, height, stride: bytes + gap, offset, format, thorough: false }, payload)
}

#[test]
fn a_frame_is_read_however_its_pixels_lie() {
    let engine = sample();
    let cards = shelf(&engine);
    let card = cards.iter().find(|c| c.outcome == Outcome::Verified).unwrap();
    for format in [PixelFormat::Luma, PixelFormat::Rgba] {
        for (offset, gap) in [(0, 0), (13, 0), (0, 64), (100, 3)] {
            let (shape, payload) = drawn(&card.code, format, offset, gap);
            let answer = now(engine.handle(Request::ScanFrame(shape), Some(&payload), NOW, &|_| ())).unwrap();
            let Answer::Scan(results) = answer else { panic!("{format:?} {offset} {gap}: {answer:?}") };
            assert_eq!((results.len(), results[0].outcome), (1, Outcome::Verified));
            assert_eq!(results[0].code.as_deref(), Some(card.code.as_str()));
            let answer = now(engine.handle(Request::ReadFrame(shape), Some(&payload), NOW, &|_| ())).unwrap();
            assert!(matches!(answer, Answer::Text(text) if text == card.code));
        }
    }
}

#[test]
fn what_is_only_read_is_not_written_down() {
    let engine = sample();
    let (shape, payload) = drawn("https://id.example/01/09526001000012", PixelFormat::Luma, 0, 0);
    let read = |payload: &[u8]| now(engine.handle(Request::ReadFrame(shape), Some(payload), NOW, &|_| ())).unwrap();
    assert!(matches!(read(&payload), Answer::Text(_)));
    assert!(matches!(read(&vec![255; payload.len()]), Answer::Done));
    assert!(matches!(ask(&engine, Request::History), Ok(Answer::History(history)) if history.is_empty()));
}

#[test]
fn a_frame_that_lies_about_itself_is_refused() {
    let engine = sample();
    let (shape, payload) = drawn("https://id.example/01/09526001000012", PixelFormat::Luma, 0, 0);
    for wrong in [
        FrameShape { height: shape.height + 1, ..shape },
        FrameShape { stride: shape.stride - 1, ..shape },
        FrameShape { offset: u32::MAX, ..shape },
        FrameShape { width: u32::MAX, height: u32::MAX, stride: u32::MAX, ..shape },
        FrameShape { width: 0, ..shape },
        FrameShape { format: PixelFormat::Rgba, ..shape },
    ] {
        let answer = now(engine.handle(Request::ScanFrame(wrong), Some(&payload), NOW, &|_| ()));
        assert!(matches!(answer, Err(EngineError::BadInput(_))), "{wrong:?}");
    }
    assert!(matches!(ask(&engine, Request::ScanFrame(shape)), Err(EngineError::BadInput(_))), "without its pixels");
}

#[test]
fn a_code_is_drawn_as_what_it_would_be_scanned_from() {
    let engine = sample();
    for text in ["https://id.example/01/09526001000012", "9526001000012"] {
        let Answer::Svg(svg) = ask(&engine, Request::Qr(text.into())).unwrap() else { panic!() };
        assert!(svg.starts_with("<svg") || svg.contains("<svg"));
    }
    assert!(matches!(ask(&engine, Request::Qr("x".repeat(5_000))), Err(EngineError::BadInput(_))));
}
