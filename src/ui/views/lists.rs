//! The person's own lists: what to buy and how all of it fits, what they like, what is never offered. And putting something on them from its verdict.

use crate::{
    engine::wire::{Answer, EngineError, FollowedList, ListName, ListRow, Listable, MyLists, Request, WholeList},
    ui::{
        ask::{ask, use_ask},
        components::{Glyph, Heading, OptionCard, Sphere, Trouble, Waiting, icon, small},
        route::Route,
        state::{SharedStoreExt, shared},
        words,
    },
};
use dioxus::prelude::*;

/// Changes something about the lists.
async fn tell(change: Request) -> Result<Answer, EngineError> {
    let now = ask(change).await?;
    // What was found before says of it what was so then.
    shared().found().set(Vec::new());
    Ok(now)
}

/// The lists.
#[component]
pub fn Lists() -> Element {
    let mut lists = use_ask::<Box<MyLists>>(|| Request::Lists);
    let mut trouble = use_signal(|| None::<EngineError>);
    let change = use_callback(move |change: Request| {
        spawn(async move {
            match tell(change).await {
                Ok(now) => {
                    trouble.set(None);
                    lists.set(now);
                }
                Err(error) => trouble.set(Some(error)),
            }
        });
    });
    // What cannot be read as text is no list either, and the engine says so.
    let follow = move |event: FormEvent| async move {
        if let Some(chosen) = event.files().into_iter().next() {
            change.call(Request::Follow(chosen.read_string().await.unwrap_or_default()));
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
        match &lists.read() {
            None => rsx! {
                Waiting { what: "Reading your lists\u{2026}" }
            },
            Some(Err(error)) => rsx! {
                Trouble { error: error.clone(), onretry: move |()| lists.restart() }
            },
            Some(Ok(all)) => rsx! {
                for list in ListName::ALL {
                    section { class: "block", key: "{list:?}",
                        h2 { {small(words::list(list).1)} {words::list(list).0} }
                        if let Some(whole) = all.shopping.clone().filter(|_| list == ListName::Shopping) {
                            Whole { whole }
                        }
                        if all.rows.iter().all(|row| row.list != list) {
                            p { class: "quiet", {words::list(list).2} }
                        }
                        ul { class: "cards kept",
                            for row in all.rows.iter().filter(|row| row.list == list).cloned() {
                                Row { key: "{row.id}", row, onchange: change }
                            }
                        }
                    }
                }
                section { class: "block",
                    h2 { {small(Glyph::Signed)} "Lists of others" }
                    p { class: "quiet", "What an organisation you trust signed: whom not to buy from, whom to support. It is applied here, and nobody learns that you follow it." }
                    ul { class: "cards history kept",
                        for list in all.followed.iter().cloned() {
                            Followed { key: "{list.issuer}{list.name}", list, onchange: change }
                        }
                    }
                    label { class: "button wide file",
                        input { r#type: "file", accept: "application/json,.json", "aria-label": "Follow a list from a file", onchange: follow }
                        {icon(Glyph::Load)}
                        "Follow a list from a file"
                    }
                }
                Link { class: "button plain wide", to: Route::ForYou { choice: Default::default() }, "What fits you best" {small(Glyph::Next)} }
            },
        }
    }
}

#[component]
fn Row(row: ListRow, onchange: Callback<Request>) -> Element {
    let off = Request::Mark { id: row.id, list: row.list, on: false };
    let (id, name, option) = (row.list, row.name, row.option);
    let remove = rsx! {
        span { class: "above",
            button { class: "icon-button", r#type: "button", "aria-label": "Take {name} off {words::list(id).0}", onclick: move |_| onchange.call(off.clone()), {icon(Glyph::Bin)} }
        }
    };
    rsx! {
        if let Some(row) = option {
            OptionCard { row, {remove} }
        } else {
            li { class: "card",
                span { class: "blank", {icon(Glyph::Ask)} }
                div { class: "body", b { {name} } span { class: "fine", "Not in your snapshot now." } }
                {remove}
            }
        }
    }
}

/// A list of somebody's.
#[component]
fn Followed(list: FollowedList, onchange: Callback<Request>) -> Element {
    let leave = Request::Unfollow { issuer: list.issuer, name: list.name.clone() };
    let (name, by) = (list.name, if list.by.is_empty() { "nobody trusted now".to_owned() } else { list.by });
    rsx! {
        li { class: "card",
            span { class: "blank", {icon(if list.trouble.is_some() { Glyph::Alert } else { Glyph::Signed })} }
            div { class: "body",
                b { {name.clone()} }
                span { class: "fine", "by {by}: {list.boycott} not to buy, {list.support} to support" }
                if let Some(trouble) = &list.trouble {
                    span { class: "fine", "It counts for nothing now: {trouble}" }
                }
            }
            span { class: "above",
                button { class: "icon-button", r#type: "button", "aria-label": "Follow {name} no longer", onclick: move |_| onchange.call(leave.clone()), {icon(Glyph::Bin)} }
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
            match tell(Request::Mark { id, list, on }).await {
                Ok(now) => {
                    let Answer::Lists(now) = now else { return };
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
            button { class, r#type: "button", "aria-pressed": on, onclick: move |_| turn.call((id.clone(), list, !on)), {small(glyph)} {word} }
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
