//! Every screen, rendered with a made-up device: what it says, with which roles and labels.
//!
//! With `ECOSPHERE_LOOK=<folder>` set, each rendered screen is also written there as a page to look at.

pub mod fixture;

use super::{App, route::Route};
use crate::{
    bot::VerdictBand,
    engine::wire::EngineError,
    passport::Outcome,
    values::{Form, HardLine, Ours, Topic, Weight},
};
use dioxus::prelude::*;
use dioxus_history::{History, MemoryHistory};
use fixture::Device;
use std::{rc::Rc, time::Duration};

/// The app at an address on a device, once everything has been answered.
fn screen(path: &str, device: Device) -> String {
    let silent = device.silent;
    fixture::set(device);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut dom = VirtualDom::new(App);
        let history: Rc<dyn History> = Rc::new(MemoryHistory::with_initial_path(path));
        dom.provide_root_context(history);
        dom.rebuild_in_place();
        while !silent && tokio::time::timeout(Duration::from_millis(60), dom.wait_for_work()).await.is_ok() {
            dom.render_immediate(&mut dioxus_core::NoOpMutations);
        }
        dioxus_ssr::render(&dom)
    })
}

/// As [`screen`], also written to look at; checked for what holds on every screen.
fn look(name: &str, path: &str, device: Device) -> String {
    let html = screen(path, device);
    if let Some(folder) = std::env::var_os("ECOSPHERE_LOOK") {
        let page = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\"><body><div id=\"main\">{html}</div>"
        );
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), page).unwrap();
    }
    check(name, &html);
    html
}

/// Start tags of a kind of element, each with what is in it up to its end tag.
fn elements<'a>(html: &'a str, tag: &str) -> Vec<(&'a str, &'a str)> {
    let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
    html.match_indices(&open)
        .filter(|(at, _)| html[at + open.len()..].starts_with([' ', '>']))
        .map(|(at, _)| {
            let from = &html[at..];
            let start = from.find('>').unwrap() + 1;
            (&from[..start], &from[start..from.find(&close).unwrap_or(from.len())])
        })
        .collect()
}

/// What a person can read of a piece of page.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for letter in html.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            letter if !in_tag => text.push(letter),
            _ => {}
        }
    }
    text.trim().replace("&#39;", "'").replace("&amp;", "&")
}

/// What holds on every screen.
fn check(name: &str, html: &str) {
    let body = html.split_once("</style>").map_or(html, |(_, body)| body);
    assert_eq!(elements(body, "h1").len(), 1, "{name}: one heading");
    for tag in ["button", "a"] {
        for (start, inside) in elements(body, tag) {
            assert!(!text_of(inside).is_empty() || start.contains("aria-label="), "{name}: {start} says nothing");
        }
    }
    for (start, _) in elements(body, "button") {
        assert!(start.contains("type="), "{name}: {start} would submit a form by accident");
    }
    for tag in ["input", "select"] {
        for (start, _) in elements(body, tag) {
            let id = start.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("-");
            let before = &body[..start.as_ptr() as usize - body.as_ptr() as usize];
            let in_label = before.rfind("<label") > before.rfind("</label>");
            let labelled = in_label || start.contains("aria-label=") || body.contains(&format!("for=\"{id}\""));
            assert!(labelled, "{name}: {start} has no label");
        }
    }
    for (start, _) in elements(body, "svg") {
        let drawn_by_the_engine = start.contains("xmlns=");
        assert!(drawn_by_the_engine || start.contains("aria-hidden") || start.contains("role="), "{name}: {start} is neither decoration nor named");
    }
    for part in ["<main", "<header", "class=\"skip\""] {
        assert!(body.contains(part), "{name}: {part} is missing");
    }
    // The first run stands alone; everywhere else the bar is there.
    assert_eq!(body.contains("<nav"), !name.starts_with("start"), "{name}: the bar");
}

fn says(html: &str, parts: &[&str]) {
    let text = text_of(html.split_once("</style>").map_or(html, |(_, body)| body));
    for part in parts {
        assert!(text.contains(part), "\"{part}\" is not said in: {text}");
    }
}

#[test]
fn the_first_screen_invites_whoever_has_no_profile_yet() {
    let html = look("welcome", "/", Device { profile: None, snapshot: false, ..Device::default() });
    says(&html, &["Know what you are buying.", "Just scan", "What matters to you", "never leave this phone"]);
}

#[test]
fn whoever_has_a_profile_starts_at_the_scan() {
    says(&screen("/", Device::default()), &["Scan a passport or barcode", "Paste link"]);
}

#[test]
fn the_prerendered_first_screen_is_what_the_app_draws_first() {
    let html = look("first-screen", "/", Device { silent: true, ..Device::default() });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/platforms/web/first-screen.html");
    if std::env::var_os("ECOSPHERE_PRERENDER").is_some_and(|what| what == "write") {
        std::fs::write(path, &html).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(kept == html, "run `cargo xtask prerender` and commit platforms/web/first-screen.html");
}

#[test]
fn the_first_run_goes_on_with_the_first_item_that_was_not_answered() {
    let html = look("start", "/start", Device::default());
    says(
        &html,
        &[
            "Question 5 of 11",
            "They think it's important to be interested in things.",
            "Very much like me",
            "Not like me at all",
            "Back",
            "Skip these",
        ],
    );
    assert_eq!(html.matches("aria-pressed=false").count() + html.matches("aria-pressed=\"false\"").count(), 6);
    let fresh = look("start-fresh", "/start", Device { empty: true, ..Device::default() });
    says(&fresh, &["Question 1 of 11", "Ask me all twenty"]);
}

#[test]
fn a_trade_off_shows_what_each_side_is_good_in_and_what_it_costs() {
    let html = look("questions", "/questions", Device::default());
    says(
        &html,
        &[
            "Which would you take, all else alike?",
            "Noir 90 %",
            "Good for climate",
            "Bad for water",
            "€\u{202f}3.40",
            "Neither: ask another",
            "Enough for now",
        ],
    );
    assert!(!text_of(&html).contains("cannot all be meant"), "only what the newest answer contradicts is asked about here");
}

#[test]
fn the_scan_offers_every_way_when_there_is_no_camera() {
    let html = look("scan", "/scan", Device::default());
    says(&html, &["No live camera", "Take a picture", "Type barcode", "Paste link", "Try again"]);
    assert!(html.contains("capture=\"environment\""));
}

#[test]
fn without_a_snapshot_the_scan_says_what_it_is_waiting_for() {
    says(&look("scan-no-snapshot", "/scan", Device { snapshot: false, ..Device::default() }), &["does not know any product yet"]);
}

#[test]
fn every_band_is_a_word_an_icon_and_a_number_with_its_interval() {
    for (band, word) in [
        (VerdictBand::Fits, "Fits you"),
        (VerdictBand::Mixed, "Mixed for you"),
        (VerdictBand::Against, "Against your values"),
        (VerdictBand::CrossesLine, "Crosses your line"),
        (VerdictBand::NotEnoughKnown, "Not enough known"),
    ] {
        let html = look(&format!("verdict-{band:?}"), "/verdict#c:3700214614266", Device { band, ..Device::default() });
        says(&html, &[word, "Organic dark chocolate", "Your lines", "Why", "Nobody has shown", "Fits you better", "Its way", "Price"]);
        assert!(html.contains("role=\"meter\"") && html.contains("aria-valuetext="));
        let asks = elements(&html, "text").first().is_some_and(|(_, number)| *number == "?");
        assert_eq!(asks, band == VerdictBand::NotEnoughKnown, "a number stands large only where it means something");
    }
}

#[test]
fn a_verdict_names_who_stands_behind_it_and_how_each_fact_was_verified() {
    let html = screen("/verdict#c:3700214614266", Device::default());
    says(
        &html,
        &[
            "Signed by Valle Verde Cooperative",
            "not that this very item is genuine",
            "Checked on this phone",
            "certified",
            "confirmed by the other party",
            "only the source says so",
            "guessed from country risk",
        ],
    );
    says(&html, &["Also signed by Cacao Port", "Always check the pack too", "Water", "none left", "made up for the sample"]);
    let record = screen("/verdict#c:3700214614266", Device { outcome: Outcome::Unsealed, ..Device::default() });
    says(&record, &["Recorded by Open Food Facts contributors, not signed by the brand", "As the ledger published it"]);
    let replaced = screen("/verdict#c:x", Device { outcome: Outcome::Superseded, ..Device::default() });
    says(&replaced, &["Open the newer passport"]);
    assert!(replaced.contains("href=\"/verdict#n:212\""));
}

#[test]
fn a_verdict_asks_what_became_of_it_and_tells_what_would_turn_it() {
    let html = screen("/verdict#c:3700214614266", Device::default());
    says(
        &html,
        &["Your choice", "I take it", "Not for me", "What would change this?", "that it keeps your line \u{201c}No palm oil\u{201d}: Fits you"],
    );
    says(&html, &["If all that is open of water turned out bad: Against your values"]);
    let altered = screen("/verdict#c:x", Device { outcome: Outcome::Altered, ..Device::default() });
    assert!(!altered.contains("I take it"), "nothing is learned from what cannot be believed");
}

#[test]
fn a_verdict_shows_the_label_and_leads_to_what_stands_behind_it() {
    let html = screen("/verdict#c:3700214614266", Device::default());
    says(&html, &["S/E label", "For €\u{202f}1.00 of its price", "Recomputed on this phone from 5 signed steps, method 2", "100 % of its steps"]);
    let letter = html.split("Letter ").nth(1).unwrap();
    assert!(letter.starts_with(|c: char| ('A'..='E').contains(&c)), "the letter is read out");
    assert!(html.contains("href=\"/label#c:3700214614266\"") && html.contains("href=\"/journey#c:3700214614266\""));
    let record = screen("/verdict#c:3700214614266", Device { outcome: Outcome::Unsealed, ..Device::default() });
    says(&record, &["None: its signed steps do not say enough"]);
}

/// What a screen's headings say, with how deep each is.
fn headings(html: &str) -> Vec<(u8, String)> {
    let body = html.split_once("<main").map_or(html, |(_, body)| body);
    let mut found = Vec::new();
    for (level, tag) in [(1, "h1"), (2, "h2"), (3, "h3")] {
        found.extend(elements(body, tag).into_iter().map(|(start, inside)| (start.as_ptr() as usize, level, text_of(inside))));
    }
    found.sort_unstable();
    found.into_iter().map(|(_, level, text)| (level, text)).collect()
}

#[test]
fn the_label_is_taken_apart_by_topic_goal_and_step_in_tables() {
    let html = look("label", "/label#n:211", Device::default());
    says(&html, &["By topic", "Climate", "By goal", "13. Climate action", "Step by step", "3. Cooked and bottled", "In all", "Total value"]);
    says(&html, &["Measured, but not valued", "Read it with care", "How the letter comes about", "from \u{2212}0.25", "Nothing known for"]);
    says(&html, &["Recomputed here", "Prices of"]);
    assert_eq!(elements(&html, "table").len(), 3);
    for (_, table) in elements(&html, "table") {
        assert!(
            table.contains("<caption") && table.contains("scope=\"col\"") && table.contains("scope=\"row\""),
            "a table that is read out row by row"
        );
    }
    for (start, _) in elements(&html, "svg").into_iter().filter(|(start, _)| start.contains("\"bars\"")) {
        assert!(start.contains("aria-hidden"), "the numbers are read out, not their picture");
    }
    assert!(html.contains("href=\"/journey#n:211\"") && html.contains("href=\"/verdict#n:211\""));
}

#[test]
fn the_journey_tells_every_step_and_how_each_is_known() {
    let html = look("journey", "/journey#n:211", Device::default());
    says(&html, &["Map", "Step by step", "Cooked and bottled", "Conserve Tre Torri, Parma, Italy", "22 Aug 2026", "21 days later", "Making"]);
    says(
        &html,
        &["Checked by Alpine Rail Freight, who signed it too", "Signed by GreenBasket Co-op only", "Handed to", "Took in", "Received or asks for it"],
    );
    says(&html, &["confirmed by the other party", "only the source says so", "factor by", "measured but not valued", "Adds to one of it", "So far"]);
    says(&html, &["In the end", "Not signed yet", "is not known"]);
    // Every step, and the passport.
    assert_eq!(html.matches("class=\"known\"").count(), 6);
    says(
        &html,
        &["How do we know?", "Nobody else has the key", "in the ledger ecosphere.example/sample", "that what they say is true", "Inclusion proof"],
    );
    assert!(html.contains("role=\"img\" aria-label=\"Map of the way. Bologna, Italy, by Seme Antico Seed Library; then"));
    // All five states, each in words.
    says(&html, &["Three Oaks Certification examined it", "certified", "guessed from country risk", "other facts contradict it"]);
}

#[test]
fn headings_of_label_and_journey_go_down_one_level_at_a_time() {
    for path in ["/label#n:211", "/journey#n:211"] {
        let levels = headings(&screen(path, Device::default()));
        assert!(levels.len() > 3 && levels[0].0 == 1, "{levels:?}");
        assert!(levels.iter().zip(levels.iter().skip(1)).all(|((a, _), (b, _))| *b <= a + 1), "{path}: {levels:?}");
    }
}

#[test]
fn without_signed_steps_label_and_journey_say_so() {
    let record = || Device { outcome: Outcome::Unsealed, ..Device::default() };
    says(&look("label-none", "/label#n:3", record()), &["No S/E label", "holds no signed steps", "As published"]);
    says(&look("journey-none", "/journey#n:3", record()), &["No step of its way is signed", "Organic label", "As published", "Back to the verdict"]);
    let altered = screen("/label#c:x", Device { outcome: Outcome::Altered, ..Device::default() });
    says(&altered, &["could not be told", "look at its verdict"]);
}

#[test]
fn every_outcome_says_what_it_is_and_what_to_do() {
    for outcome in fixture::OUTCOMES {
        let html = look(&format!("outcome-{}", outcome.id()), "/verdict#c:x", Device { outcome, ..Device::default() });
        says(&html, &[outcome.title(), outcome.next_step()]);
        if outcome.exit_code() != 0 {
            assert!(!html.contains("role=\"meter\""), "{outcome:?} must not look like a fit");
        }
    }
}

#[test]
fn a_product_that_no_snapshot_knows_is_saved_and_its_kind_is_asked_for() {
    let html = screen("/verdict#c:04006381333931", Device { outcome: Outcome::NotInSnapshot, ..Device::default() });
    says(&html, &["Saved for later", "What is it?", "Dark chocolates (14)"]);
}

#[test]
fn the_ranking_has_four_kinds_and_a_search() {
    let html = look("for-you", "/for-you", Device::default());
    says(&html, &["Products", "Shops", "Projects", "Brands", "Find or ask", "Noir 90 %", "Fits you", "Crosses your line", "€"]);
    let narrow = screen("/for-you#product:en:teas", Device::default());
    assert!(elements(&narrow, "option").iter().any(|(start, _)| start.contains("en:teas") && start.contains("selected")));
    says(&look("for-you-empty", "/for-you#project", Device { empty: true, ..Device::default() }), &["Nothing of this kind"]);
}

#[test]
fn the_bot_says_what_it_understood_and_what_else_can_be_asked() {
    let html = look("ask", "/for-you#ask:vegan tea", Device::default());
    says(&html, &["You ask: tea; vegan", "Left out: 3 of which it is not known", "Noir 90 %"]);
    assert!(html.contains("value=\"vegan tea\"") && html.contains("role=\"status\""));
    let html = look("ask-not-understood", "/for-you#ask:when is lunch", Device::default());
    says(&html, &["I do not understand", "why is this red?"]);
}

#[test]
fn options_are_weighed_with_their_price_for_a_hundred_and_who_has_them() {
    let html = look("options", "/options#n:7", Device::default());
    says(&html, &["Fits you better", "Worth a compromise", "for 100 g", "Corner shop (fits you)", "price of 3 is not known", "Side by side"]);
    assert!(html.contains("type=\"checkbox\""));
    says(&screen("/options#c:x", Device::default()), &["Scan something"]);
}

#[test]
fn lists_say_how_the_whole_of_them_fits_and_what_no_snapshot_knows() {
    let html = look("lists", "/lists", Device::default());
    says(&html, &["Shopping list", "All of it:", "1\u{a0}\u{d7} fits you.", "3.12", "and 2 without a known price", "Favourites", "Sold and renamed"]);
    says(&html, &["Not in your snapshot now", "Fair chocolate", "by Cocoa Watch: 3 not to buy, 1 to support", "Follow a list from a file"]);
    assert!(html.contains("aria-label=\"Take Noir 90 % off Shopping list\""));
    says(&screen("/lists", Device { empty: true, ..Device::default() }), &["weighed as a whole", "stays out of every suggestion"]);
}

#[test]
fn what_is_blocked_is_said_at_a_glance_and_can_be_let_in_again() {
    let html = look("blocked", "/verdict#n:7", Device { blocked: true, ..Device::default() });
    says(&html, &["Cocoa Watch: do not buy Example Holding", "It does not say who grows its cocoa."]);
    says(&html, &["You blocked Example Holding", "All of Alter Eco Foods", "Only this"]);
    let lists = html.split("aria-label=\"Your lists\"").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap();
    assert_eq!(
        (lists.matches("class=\"chip on\"").count(), lists.matches("class=\"chip liked on\"").count()),
        (1, 1),
        "the shopping list, and the holding"
    );
    let open = screen("/verdict#n:7", Device::default());
    assert!(!open.contains("You blocked") && open.contains("Never offer it"));
}

#[test]
fn the_history_keeps_what_is_waiting_apart_and_forgets_at_a_tap() {
    let html = look("history", "/history", Device::default());
    says(&html, &["Saved for later", "04006381333931", "Forget all", "Leather bag"]);
    assert!(html.contains("aria-label=\"Forget Leather bag\""));
    says(&look("history-empty", "/history", Device { empty: true, ..Device::default() }), &["Nothing yet", "Scan something"]);
}

#[test]
fn the_values_show_the_profile_and_every_way_out_with_it() {
    let html = look("values", "/values", Device::default());
    says(
        &html,
        &[
            "These cannot all be meant.",
            "This was a slip: take it back",
            "you often take the first",
            "Learned from choices 1 and 2",
            "could be 1.1 to 1.8",
            "Set by you; what you chose would make it 0.8",
            "Let it be learned",
            "Noir 90 %: You took: good for climate, bad for water",
            "How your values changed",
            "Pause learning",
        ],
    );
    assert!(html.contains("role=\"img\" aria-label=\"Wheel of your values. What counts most: Climate, "), "the wheel is named");
    assert_eq!((html.matches("class=\"unsure\"").count(), html.matches("class=\"full sure\"").count()), (14, 3));
    let table = elements(&html, "table")[0].1;
    assert_eq!((table.matches("scope=\"row\"").count(), table.contains("<caption")), (17, true), "and told as a table");
    says(&html, &["Climate", "Set by hand", "Lines you do not cross", "Take everything along", "Put back from a file", "Erase everything about me"]);
    assert_eq!(html.matches("class=\"level matters-most levels\"").count(), 2);
    assert_eq!(html.matches("class=\"chip on\"").count(), 2);
}

#[test]
fn topics_are_set_in_the_form_a_person_likes_and_every_form_says_what_it_counts() {
    let with = |form| {
        let mut profile = fixture::profile();
        profile.form = form;
        profile.topics.insert(Topic::Water, Weight::of(150));
        Device { profile: Some(profile), empty: true, ..Device::default() }
    };
    let stars = look("values-stars", "/values", with(Form::Stars));
    says(&stars, &["Two stars simply matter", "Counts 1.5, set by you", "Counts 1.0"]);
    // Three stars of water, five of climate and of freedom shine; privacy has none.
    assert_eq!(stars.matches("class=\"on most\"").count(), 3 + 5 + 5);
    assert_eq!(stars.matches("aria-label=\"3 stars\"").count(), Topic::COUNT);
    let slider = look("values-slider", "/values", with(Form::Slider));
    says(&slider, &["3.0 counts three times", "Counts 1.5, set by you"]);
    assert_eq!(slider.matches("aria-valuetext=").count(), Topic::COUNT);
    assert!(slider.contains("aria-label=\"Water\" aria-valuetext=\"Counts 1.5, set by you\""), "a screen reader says what it counts");
    let levels = look("values-levels", "/values", with(Form::Levels));
    says(&levels, &["Levels", "Stars", "Slider", "The star counts three times"]);
    assert_eq!(levels.matches("class=\"three\"").count(), Topic::COUNT);
}

#[test]
fn what_purchases_did_is_told_month_by_month_with_what_is_not_known() {
    let html = look("months", "/months", Device::default());
    says(&html, &["Nov 2026", "You took 3 and scanned 12.", "You paid €\u{202f}9.60, and of 1 no price is known", "Of 1 of them nothing is known"]);
    says(&html, &["\u{2212}0.2", "good +0.6, harm \u{2212}0.8", "known of 2 of 3", "8. Decent work", "nobody knows here"]);
    says(&html, &["1 with an S/E label, together: ", "In money, by topic"]);
    says(&look("months-empty", "/months", Device { empty: true, ..Device::default() }), &["Nothing yet", "say that you took it"]);
}

#[test]
fn an_organisations_values_stand_beside_ones_own_and_every_verdict_says_when_they_speak() {
    let mut profile = fixture::profile();
    profile.topics.insert(Topic::Climate, Weight::of(0));
    profile.topics.insert(Topic::Community, Weight::of(300));
    profile.hard_lines.remove(&HardLine::NoPalmOil);
    let ours = Ours { speaks: true, ..Ours::of("Village shop", &profile) };
    let device = || Device { ours: Some(ours.clone()), ..Device::default() };
    let html = look("ours", "/ours", device());
    says(&html, &["Counts more for Village shop: community and local economy", "Counts more for you: climate", "Lines only you draw: no palm oil."]);
    says(&html, &["Verdicts by the values of Village shop, not yours.", "Take it along as a file", "Erase this profile"]);
    let table = elements(&html, "table")[0].1;
    assert_eq!((table.matches("scope=\"row\"").count(), table.contains("<caption")), (17, true));
    says(&look("ours-verdict", "/verdict#n:7", device()), &["By the values of Village shop, not yours", "of what Village shop cares about is known"]);
    for path in ["/history", "/for-you", "/lists", "/options#n:7"] {
        says(&screen(path, device()), &["Verdicts by the values of Village shop, not yours."]);
    }
    assert!(
        !text_of(&screen("/verdict#n:7", Device { ours: Some(Ours { speaks: false, ..ours.clone() }), ..Device::default() }))
            .contains("Village shop")
    );
    says(&look("ours-none", "/ours", Device::default()), &["Set its values", "Bring its values from a file"]);
}

#[test]
fn the_ledger_says_that_it_is_a_sample() {
    let html = look("ledger", "/ledger-status", Device::default());
    says(&html, &["These keys are public: a sample, not real proof.", "824", "ecosphere.example/sample", "Sync now", "Open Food Facts"]);
    // Every ledger with what two people compare, and what is wrong with one beside it.
    says(&html, &["0f1e 2d3c 4b5a 6978", "ledger.example.org", "connection refused", "Add a ledger", "Remove"]);
    // A ledger of several markets asks where the person shops.
    let markets: Vec<_> = elements(&html, "option").into_iter().map(|(start, inside)| (start.contains("selected"), text_of(inside))).collect();
    assert_eq!(markets, [(true, "Everywhere".to_owned()), (false, "DE".to_owned()), (false, "NL".to_owned())]);
    look("ledger-none", "/ledger-status", Device { snapshot: false, ..Device::default() });
}

#[test]
fn the_shelf_shows_a_card_per_outcome() {
    let html = look("shelf", "/shelf", Device::default());
    assert_eq!(html.matches("data-outcome=").count(), 12);
    says(&html, &["Print the sheet"]);
    assert!(html.contains("role=\"img\""));
}

#[test]
fn a_second_tab_is_told() {
    let html = look("elsewhere", "/scan", Device { error: Some(EngineError::OpenElsewhere), ..Device::default() });
    says(&html, &["EcoSphere is open in another tab", "use EcoSphere here"]);
}

#[test]
fn a_store_that_does_not_open_is_said_with_a_way_on() {
    let html = look("closed", "/history", Device { error: Some(EngineError::DiskFull), ..Device::default() });
    says(&html, &["The device is full", "Try again"]);
    assert!(html.contains("role=\"alert\""));
}

#[test]
fn an_address_that_is_no_screen_leads_back() {
    says(&look("lost", "/no/such/place", Device::default()), &["nothing at this address", "Scan a product"]);
    assert!(matches!("/01/09506000134352".parse::<Route>(), Ok(Route::Lost { .. })));
}

/// Relative luminance of `#rrggbb` (WCAG 2.2, "relative luminance").
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

#[test]
fn every_pair_of_colours_can_be_read_in_light_and_dark() {
    let tokens = include_str!("../../../assets/style/tokens.css");
    let (light, dark) = tokens.split_once("@media (prefers-color-scheme: dark)").unwrap();
    let find = |sheet: &str, name: &str| sheet.split(&format!("--{name}: #")).nth(1).map(|rest| format!("#{}", &rest[..6]));
    let of = |is_dark: bool, name: &str| is_dark.then(|| find(dark, name)).flatten().or_else(|| find(light, name)).unwrap();
    let mut pairs = vec![
        ("ink", "paper"),
        ("ink", "card"),
        ("ink-2", "paper"),
        ("ink-2", "card"),
        ("ink-2", "sunken"),
        ("brand", "card"),
        ("brand", "paper"),
        ("on-brand", "brand"),
        ("on-signal", "signal"),
        ("on-deep", "brand-deep"),
    ];
    let tones =
        ["fits", "mixed", "against", "crossed", "unknown"].map(|t| [format!("on-{t}"), t.to_owned(), format!("{t}-ink"), format!("{t}-tint")]);
    for [on, tone, ink, tint] in &tones {
        pairs.extend([(on.as_str(), tone.as_str()), (ink, tint), (ink, "card"), (ink, "paper")]);
    }
    for is_dark in [false, true] {
        for (front, back) in &pairs {
            let (a, b) = (luminance(&of(is_dark, front)), luminance(&of(is_dark, back)));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 4.5, "{front} on {back} is {contrast:.2}:1 (dark: {is_dark})");
        }
        for edge in ["edge", "focus"] {
            let (a, b) = (luminance(&of(is_dark, edge)), luminance(&of(is_dark, "card")));
            assert!((a.max(b) + 0.05) / (a.min(b) + 0.05) >= 3.0, "{edge} cannot be seen (dark: {is_dark})");
        }
    }
}
