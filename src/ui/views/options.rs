//! Options weighed: what fits best, what to give way for, and up to five of them side by side.

use crate::{
    bot::Content,
    engine::{
        client,
        wire::{Choices, Compared, Criterion, Request, Spot, Weighed},
    },
    ui::{
        ask::use_ask,
        components::{Glyph, Heading, OptionCard, Picks, Trouble, Waiting},
        route::Of,
        words,
    },
};
use dioxus::prelude::*;

/// How many stand side by side.
const MOST: usize = 5;

/// The order for which the device has to say where it is.
const NEAREST: &str = "nearest";

const ORDERS: [(&str, &str, Glyph, Criterion); 4] = [
    ("fit", "Best fit", Glyph::Leaf, Criterion::Fit),
    ("price", "Cheapest", Glyph::Down, Criterion::Price),
    (NEAREST, "Nearest", Glyph::Shop, Criterion::Distance),
    ("known", "Best known", Glyph::Search, Criterion::Known),
];

/// Options for a subject.
#[component]
pub fn Options(
    /// Instead of what.
    of: Of,
) -> Element {
    // A code is looked up by its verdict first, which knows the number.
    let Of::Number(number) = of else {
        return rsx! {
            Heading { title: "Options", "Options" }
            p { "Scan something or open it from a list, and come back here from there." }
        };
    };
    rsx! {
        for number in [number] {
            Weighing { key: "{number}", number }
        }
    }
}

#[component]
fn Weighing(number: u32) -> Element {
    let mut order = use_signal(|| ORDERS[0].0);
    let mut chosen = use_signal(Vec::<u32>::new);
    let by = move || ORDERS.into_iter().find(|(id, ..)| *id == order()).map_or(Criterion::Fit, |(.., by)| by);
    // Where the person is, for as long as this screen is open, and what is to be said of it.
    let mut here = use_signal(|| None::<Spot>);
    let mut way = use_signal(String::new);
    let mut choices = use_ask::<Choices>(move || Request::Choices { subject: Some(number), category: None, near: here(), by: by() });
    let pick = move |id: &'static str| {
        order.set(id);
        if id == NEAREST && here.peek().is_none() {
            way.set("Finding out where you are\u{2026}".to_owned());
            spawn(async move {
                way.set(match client::where_am_i().await {
                    Ok(spot) => {
                        here.set(Some(spot));
                        "Ways are straight lines from where you are. That stays on this device; your browser may have asked its own service to find out.".to_owned()
                    }
                    Err(why) => {
                        order.set(ORDERS[0].0);
                        why
                    }
                });
            });
        }
    };
    rsx! {
        div { class: "head",
            Heading { title: "Options", "Options" }
        }
        Picks {
            label: "What comes first",
            name: "order",
            picks: ORDERS.map(|(id, word, glyph, _)| (id, word, glyph)).to_vec(),
            chosen: order(),
            onpick: pick,
        }
        p { class: "fine", role: "status", {way} }
        match &choices.read() {
            None => rsx! {
                Waiting { what: "Weighing the options\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                Trouble { error: error.clone(), onretry: move |()| choices.restart() }
            },
            Some(Ok(Choices { aligned, compromise, weighed, unpriced, unmeasured })) => rsx! {
                List { title: "Fits you better", none: "Nothing of its kind is known to fit you better.", options: aligned.clone() }
                List {
                    title: "Worth a compromise",
                    none: "Nothing else of its kind stands out in fit, price, way and in how well it is known.",
                    options: compromise.clone(),
                }
                p { class: "fine", "{weighed} of its kind were weighed; the price of {unpriced} is not known, and of {unmeasured} not how much is in them." }
                if aligned.len() + compromise.len() > 1 {
                    section { class: "block",
                        h2 { "Side by side" }
                        fieldset {
                            legend { class: "hidden", "What to put side by side, at most five" }
                            div { class: "chips",
                                for option in aligned.iter().chain(compromise).cloned() {
                                    label { key: "{option.row.number}", class: if chosen.read().contains(&option.row.number) { "chip on pick" } else { "chip" },
                                        input {
                                            r#type: "checkbox",
                                            checked: chosen.read().contains(&option.row.number),
                                            disabled: chosen.read().len() >= MOST && !chosen.read().contains(&option.row.number),
                                            onchange: move |_| {
                                                let mut now = chosen.write();
                                                match now.iter().position(|n| *n == option.row.number) {
                                                    Some(at) => drop(now.remove(at)),
                                                    None => now.push(option.row.number),
                                                }
                                            },
                                        }
                                        {option.row.name.clone()}
                                    }
                                }
                            }
                        }
                        if chosen.read().len() > 1 {
                            for order in [by()] {
                                SideBySide { key: "{order:?}", chosen, here, order }
                            }
                        }
                    }
                }
            },
        }
    }
}

#[component]
fn List(title: &'static str, none: &'static str, options: Vec<Weighed>) -> Element {
    rsx! {
        section { class: "block",
            h2 { {title} }
            if options.is_empty() {
                p { {none} }
            }
            ol { class: "cards",
                for option in options {
                    OptionCard { key: "{option.row.number}", note: note(&option), row: option.row }
                }
            }
        }
    }
}

/// Price for 100, how far it is and who has it, in a line.
fn note(option: &Weighed) -> String {
    let unit = match (unit_price(option), option.row.price) {
        (Some(price), _) => price,
        (None, Some(_)) => "price for 100 g or ml not known".to_owned(),
        (None, None) => "price not known".to_owned(),
    };
    let shops = option.shops.iter().map(|shop| format!("{} ({})", shop.name, words::band(shop.band).word.to_lowercase()));
    std::iter::once(unit).chain(option.metres.map(away)).chain(shops).collect::<Vec<_>>().join(" \u{b7} ")
}

fn unit_price(option: &Weighed) -> Option<String> {
    let content = |unit: Content| if unit == Content::Gram { "g" } else { "ml" };
    option.unit.map(|u| format!("{} for 100 {}", words::price(u.rounded()), content(u.content)))
}

/// A table with a column each, which scrolls sideways where it has to.
#[component]
fn SideBySide(chosen: Signal<Vec<u32>>, here: Signal<Option<Spot>>, order: Criterion) -> Element {
    let mut compared = use_ask::<Vec<Compared>>(move || Request::Compare { numbers: chosen.cloned(), near: here(), by: order });
    rsx! {
        match &compared.read() {
            None => rsx! {
                Waiting { what: "Putting them side by side\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                Trouble { error: error.clone(), onretry: move |()| compared.restart() }
            },
            Some(Ok(columns)) => rsx! {
                div { class: "side", role: "region", "aria-label": "Side by side", tabindex: "0",
                    table {
                        thead {
                            tr {
                                td {}
                                for c in columns {
                                    th { key: "{c.option.row.number}", scope: "col", {c.option.row.name.clone()} }
                                }
                            }
                        }
                        tbody {
                            Line { name: "For you", cells: columns.iter().map(|c| words::band(c.option.row.band).word.to_owned()).collect() }
                            Line { name: "Price", cells: columns.iter().map(|c| unit_price(&c.option).or(c.option.row.price.map(words::price)).unwrap_or_else(unknown)).collect() }
                            if here().is_some() {
                                Line { name: "Nearest shop", cells: columns.iter().map(|c| c.option.metres.map_or_else(unknown, away)).collect() }
                            }
                            Line { name: "Known", cells: columns.iter().map(|c| format!("{} % of what matters to you", c.option.row.alignment.coverage)).collect() }
                            for (at , (topic , ..)) in columns.first().map(|c| c.topics.clone()).unwrap_or_default().into_iter().enumerate() {
                                if columns.iter().any(|c| c.topics.get(at).is_some_and(|(.., sure)| *sure > 0)) {
                                    Line { key: "{at}", name: topic.info().name, cells: columns.iter().map(|c| speaks(c, at)).collect() }
                                }
                            }
                        }
                    }
                }
            },
        }
    }
}

#[component]
fn Line(name: &'static str, cells: Vec<String>) -> Element {
    rsx! {
        tr {
            th { scope: "row", {name} }
            for (n , cell) in cells.into_iter().enumerate() {
                td { key: "{n}", {cell} }
            }
        }
    }
}

/// How far a shop is, as the crow flies.
fn away(metres: u32) -> String {
    if metres < 1_000 { format!("{metres} m away") } else { format!("{}.{} km away", metres / 1_000, metres % 1_000 / 100) }
}

fn unknown() -> String {
    "not known".to_owned()
}

/// What is known of a topic, in words.
fn speaks(column: &Compared, at: usize) -> String {
    let Some((_, score, sure)) = column.topics.get(at).copied().filter(|(.., sure)| *sure > 0) else { return unknown() };
    let word = match score {
        50.. => "good",
        10..=49 => "rather good",
        -9..=9 => "neither good nor bad",
        -49..=-10 => "rather bad",
        _ => "bad",
    };
    format!("{word}, {sure} % sure")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Topic;

    #[test]
    fn a_way_is_said_in_metres_up_to_a_kilometre() {
        assert_eq!(
            (away(0), away(990), away(1_000), away(12_340)),
            ("0 m away".into(), "990 m away".into(), "1.0 km away".into(), "12.3 km away".into())
        );
    }

    #[test]
    fn a_topic_speaks_in_words_and_what_is_not_known_says_so() {
        let option = crate::ui::tests::fixture::weighed();
        let column = |score, sure| Compared { option: option.clone(), topics: vec![(Topic::Climate, score, sure)] };
        assert_eq!(speaks(&column(80, 40), 0), "good, 40 % sure");
        assert_eq!(speaks(&column(-30, 9), 0), "rather bad, 9 % sure");
        assert_eq!(speaks(&column(80, 0), 0), "not known");
        assert_eq!(speaks(&column(80, 50), 3), "not known");
    }
}
