//! The person's own lists: what to buy and how all of it fits, what they like, what is never offered. And putting something on them from its verdict.

use crate::{
    engine::wire::{EngineError, ListName, ListRow, Listable, MyLists, Request, WholeList},
    ui::{
        ask::{ask_for, use_ask},
        components::{Glyph, Heading, Icon, OptionCard, Sphere, Trouble, Waiting},
        route::Route,
        state::{SharedStoreExt, shared},
        words,
    },
};
use dioxus::prelude::*;

/// Puts something on a list, or takes it off.
async fn mark(id: String, list: ListName, on: bool) -> Result<MyLists, EngineError> {
    let now = *ask_for::<Box<MyLists>>(Request::Mark { id, list, on }).await?;
    // What was found before says of it what was so then.
    shared().found().set(Vec::new());
    Ok(now)
}

/// The lists.
#[component]
pub fn Lists() -> Element {
    let mut lists = use_ask::<Box<MyLists>>(|| Request::Lists);
    let mut trouble = use_signal(|| None::<EngineError>);
    let off = move |row: ListRow| async move {
        match mark(row.id, row.list, false).await {
            Ok(now) => lists.set(Some(Ok(Box::new(now)))),
            Err(error) => trouble.set(Some(error)),
        }
    };
    rsx! {
        div { class: "head",
            Heading { title: "Your lists", "Your lists" }
            p { class: "quiet", "Only on this phone. Anything goes on them from its verdict." }
        }
        if let Some(error) = trouble() {
            Trouble { error }
        }
        match &*lists.read() {
            None => rsx! {
                Waiting { what: "Reading your lists\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                Trouble { error: error.clone(), onretry: move |()| lists.restart() }
            },
            Some(Ok(all)) => rsx! {
                for list in ListName::ALL {
                    section { class: "block", key: "{list:?}",
                        h2 { Icon { glyph: words::list(list).1, class: "small" } {words::list(list).0} }
                        if let Some(whole) = all.shopping.clone().filter(|_| list == ListName::Shopping) {
                            Whole { whole }
                        }
                        if all.rows.iter().all(|row| row.list != list) {
                            p { class: "quiet", {words::list(list).2} }
                        }
                        ul { class: "cards kept",
                            for row in all.rows.iter().filter(|row| row.list == list).cloned() {
                                Row { key: "{row.id}", row, onoff: off }
                            }
                        }
                    }
                }
                Link { class: "button plain wide", to: Route::ForYou { choice: Default::default() }, "What fits you best" Icon { glyph: Glyph::Next, class: "small" } }
            },
        }
    }
}

#[component]
fn Row(row: ListRow, onoff: EventHandler<ListRow>) -> Element {
    let (id, name, option) = (row.list, row.name.clone(), row.option.clone());
    let remove = rsx! {
        span { class: "above",
            button { class: "icon-button", r#type: "button", "aria-label": "Take {name} off {words::list(id).0}", onclick: move |_| onoff.call(row.clone()), Icon { glyph: Glyph::Bin } }
        }
    };
    rsx! {
        if let Some(row) = option {
            OptionCard { row, {remove} }
        } else {
            li { class: "card",
                span { class: "blank", Icon { glyph: Glyph::Ask } }
                div { class: "body", b { {name} } span { class: "fine", "Not in your snapshot now." } }
                {remove}
            }
        }
    }
}

/// The shopping list as one.
#[component]
fn Whole(whole: WholeList) -> Element {
    let fits: Vec<String> = whole.bands.iter().map(|(band, n)| format!("{n}\u{a0}\u{d7} {}", words::band(*band).word.to_lowercase())).collect();
    let sums: Vec<String> = whole.total.iter().map(|sum| words::price(*sum)).collect();
    rsx! {
        div { class: "note", role: "status",
            Sphere { alignment: whole.alignment }
            div {
                p { b { "All of it: " } {fits.join(", ")} "." }
                if !sums.is_empty() {
                    p { class: "num", {sums.join(" + ")} if whole.unpriced > 0 { " and {whole.unpriced} without a known price" } }
                }
            }
        }
    }
}

/// What of it goes on the person's lists.
#[component]
pub fn Keep(
    /// The subject, then who owns it.
    listable: Vec<Listable>,
) -> Element {
    let mut known = use_signal(|| listable);
    let mut trouble = use_signal(|| None::<EngineError>);
    let turn = use_callback(move |(id, list, on): (String, ListName, bool)| {
        spawn(async move {
            match mark(id, list, on).await {
                Ok(now) => {
                    for one in &mut *known.write() {
                        one.on = now.rows.iter().filter(|row| row.id == one.id).map(|row| row.list).collect();
                    }
                    trouble.set(None);
                }
                Err(error) => trouble.set(Some(error)),
            }
        });
    });
    let toggle = move |one: &Listable, list: ListName, word: String| {
        let (id, on) = (one.id.clone(), one.on.contains(&list));
        let glyph = if on { Glyph::Check } else { words::list(list).1 };
        let class = format!("chip{}{}", if list == ListName::Blocked { "" } else { " liked" }, if on { " on" } else { "" });
        rsx! {
            button { class, r#type: "button", "aria-pressed": on, onclick: move |_| turn.call((id.clone(), list, !on)), Icon { glyph, class: "small" } {word} }
        }
    };
    let all = known.read();
    let Some(own) = all.first() else { return VNode::empty() };
    let blocked = all.iter().any(|one| one.on.contains(&ListName::Blocked));
    rsx! {
        section { class: "block", "aria-label": "Your lists",
            h2 { Link { to: Route::Lists {}, "Your lists" } }
            if let Some(error) = trouble() {
                Trouble { error }
            }
            div { class: "chips",
                {toggle(own, ListName::Shopping, "Shopping list".to_owned())}
                {toggle(own, ListName::Favourite, "Favourite".to_owned())}
            }
            details { class: "never", open: blocked,
                summary { if blocked { "Never offered" } else { "Never offer it" } }
                p { class: "quiet", "It stays out of every suggestion, with all that belongs to it. Scanned, it is judged as ever." }
                div { class: "chips",
                    for (at , one) in all.iter().enumerate() {
                        {toggle(one, ListName::Blocked, if at == 0 { "Only this".to_owned() } else { format!("All of {}", one.name) })}
                    }
                }
            }
        }
    }
}
