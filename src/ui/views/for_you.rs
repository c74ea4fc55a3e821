//! What fits this person best: products by kind, shops, projects, brands; and a field to find something in or to ask the bot.

use crate::{
    engine::wire::{CategoryRow, OptionRow, RankKind, Request, Told as Answer},
    ui::{
        ask::{ask, use_ask},
        components::{Glyph, Heading, OptionCard, Picks, Told, Trouble, Waiting, icon, small},
        route::{Choice, Route},
        state::{SharedStoreExt, shared},
        words,
    },
};
use dioxus::prelude::*;

/// At most so many rows: a person in a shop reads the first few.
const ROWS: u32 = 30;
/// From so many letters on, an answer is given.
const LETTERS: usize = 2;

const KINDS: [(&str, RankKind); 4] =
    [("product", RankKind::Product), ("retailer", RankKind::Retailer), ("project", RankKind::Project), ("organisation", RankKind::Organisation)];

/// Kind and category of an address.
fn parse(choice: &Choice) -> (&'static str, RankKind, Option<String>) {
    let (kind, category) = choice.0.split_once(':').unwrap_or((&choice.0, ""));
    let (id, kind) = KINDS.into_iter().find(|(id, _)| *id == kind).unwrap_or(KINDS[0]);
    (id, kind, (!category.is_empty()).then(|| category.to_owned()))
}

/// The ranking.
#[component]
pub fn ForYou(
    /// What is ranked.
    choice: Choice,
) -> Element {
    let navigator = use_navigator();
    let (id, kind, category) = parse(&choice);
    // A question may stand in the address, as "ask:why is this red?".
    let mut text = use_signal(|| choice.0.strip_prefix("ask:").unwrap_or_default().to_owned());
    let mut go = move |to: String| {
        text.set(String::new());
        navigator.replace(Route::ForYou { choice: Choice(to) });
    };
    let searching = text.read().trim().chars().count() >= LETTERS;
    let request = Request::Rank { kind, category: category.clone(), limit: ROWS };
    rsx! {
        div { class: "head",
            Heading { title: "For you", "What fits you best" }
            Link { class: "button plain", to: Route::Lists {}, {small(Glyph::Basket)} "Your lists" }
        }
        Picks {
            label: "What to rank",
            name: "kind",
            picks: KINDS.map(|(id, kind)| { let sign = words::rank(kind); (id, sign.word, sign.glyph) }).to_vec(),
            chosen: id,
            onpick: move |kind: &'static str| go(kind.to_owned()),
        }
        div { class: "filters",
            if kind == RankKind::Product {
                Categories { chosen: category.clone().unwrap_or_default(), onpick: move |category: String| go(format!("product:{category}")) }
            }
            div { class: "field",
                label { r#for: "search", "Find or ask" }
                input {
                    id: "search",
                    r#type: "search",
                    autocomplete: "off",
                    enterkeyhint: "search",
                    placeholder: "Vegan chocolate under 3\u{2026}",
                    value: "{text}",
                    // What a search needs is made ready while the first letters are typed.
                    onfocus: move |_| async move { drop(ask(Request::Search { text: String::new(), limit: 0 }).await) },
                    oninput: move |e| text.set(e.value()),
                }
            }
        }
        if searching {
            Answered { text }
        } else {
            // The ranking is made anew when what it asks for changes.
            for request in [request] {
                Ranking { key: "{request:?}", request }
            }
        }
    }
}

/// The kinds of product there are.
#[component]
fn Categories(chosen: String, onpick: EventHandler<String>) -> Element {
    let categories = use_ask::<Vec<CategoryRow>>(|| Request::Categories);
    rsx! {
        div { class: "field",
            label { r#for: "category", "Kind of product" }
            select { id: "category", onchange: move |e| onpick.call(e.value()),
                option { value: "", selected: chosen.is_empty(), "Every kind" }
                if let Some(Ok(rows)) = &categories.read() {
                    for row in rows {
                        option { key: "{row.id}", value: "{row.id}", selected: row.id == chosen, "{row.name} ({row.products})" }
                    }
                }
            }
        }
    }
}

/// The answer to what is typed so far; the one before stays until it is there.
#[component]
fn Answered(text: Signal<String>) -> Element {
    let mut told = use_ask::<Answer>(move || Request::Ask { text: text.read().trim().to_owned(), about: None, limit: ROWS });
    rsx! {
        match &told.read() {
            None => rsx! {
                Waiting { what: "Looking through your snapshot\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                Trouble { error: error.clone(), onretry: move |()| told.restart() }
            },
            Some(Ok(answer)) => rsx! {
                Told {
                    told: answer.clone(),
                    onexample: move |example| {
                        let mut text = text;
                        text.set(example);
                    },
                }
            },
        }
    }
}

#[component]
fn Ranking(request: Request) -> Element {
    let mut rows = use_ask::<Vec<OptionRow>>(move || request.clone());
    let no_snapshot = shared().status().read().as_ref().is_some_and(|s| s.snapshot.is_none());
    rsx! {
        match &rows.read() {
            None => rsx! {
                Waiting { what: "Ranking on your terms\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                Trouble { error: error.clone(), onretry: move |()| rows.restart() }
            },
            Some(Ok(rows)) if rows.is_empty() => rsx! {
                div { class: "empty",
                    {icon(Glyph::Search)}
                    if no_snapshot {
                        p { "There is no ledger on this phone yet, so there is nothing to rank." }
                        Link { class: "button", to: Route::Ledger {}, "Get the ledger" }
                    } else {
                        p { "Nothing of this kind is in your snapshot." }
                    }
                }
            },
            Some(Ok(rows)) => rsx! {
                p { class: "hidden", role: "status", "{rows.len()} results, best first" }
                ol { class: "cards",
                    for row in rows.iter().cloned() {
                        OptionCard { key: "{row.number}", row }
                    }
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_names_a_kind_and_perhaps_a_category() {
        let read = |text: &str| parse(&Choice(text.into()));
        assert_eq!(read(""), ("product", RankKind::Product, None));
        assert_eq!(read("product:en:teas"), ("product", RankKind::Product, Some("en:teas".into())));
        assert_eq!(read("project"), ("project", RankKind::Project, None));
        assert_eq!(read("nonsense"), ("product", RankKind::Product, None));
    }
}
