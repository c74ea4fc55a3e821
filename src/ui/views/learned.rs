//! What was learned of a person's values: the wheel, the same as a table with where each weight comes from, what it was learned from, how it changed, and every
//! way to take it back.

use crate::{
    engine::wire::{Act, EngineError, Learn, Learning, Progress},
    measure::Millis,
    ui::{
        components::{Glyph, Trouble, Wheel, icon, small, spread},
        route::Route,
        state::{self, SharedStoreExt, set_profile, shared},
        words,
    },
    values::{Origin, Profile, Topic},
};
use dioxus::prelude::*;

/// So many choices stand open; the rest is one tap away.
const OPEN: usize = 3;
/// From so many of a hundred on, a habit of taking the first is told.
const HABIT: u8 = 60;
/// How far a weight must have moved to be told, in hundredths.
const MOVED: i16 = 10;

/// The wheel with everything behind it.
#[component]
pub fn Learned() -> Element {
    let profile = shared().profile();
    let mut known = use_resource(move || {
        // Whenever the values change, what is known of them is asked anew.
        let _ = profile.read();
        state::learn(Learn::Show)
    });
    let mut trouble = use_signal(|| None::<EngineError>);
    let tell = move |what: Learn| async move {
        match state::learn(what).await {
            Ok(_) => trouble.set(None),
            Err(error) => trouble.set(Some(error)),
        }
    };
    let now = known.read().clone();
    let now = match now {
        None => return rsx! {},
        Some(Err(error)) => {
            return rsx! {
                Trouble { error, onretry: move |()| known.restart() }
            };
        }
        Some(Ok(now)) => now,
    };
    let paused = now.profile.paused;
    rsx! {
        section { class: "block learned", "aria-label": "What was learned",
            Wheel { profile: now.profile.clone() }
            p { class: "fine", "The broken circle is a topic that simply matters. The pale part is what is not sure yet; a spoke without it was set by you." }
            if now.progress == Progress::Random {
                p { class: "note tone-mixed", {icon(Glyph::Ask)} {Progress::Random.sentence()} }
            }
            if now.takes_the_first >= HABIT {
                p { class: "note", {icon(Glyph::Eye)} "Of two that you like alike you often take the first. That habit is left out of your values." }
            }
            if let Some(error) = trouble() {
                Trouble { error }
            }
            Slips { learning: now.clone(), newest: false, onchange: move |()| {} }
            {topics(now.profile.clone())}
            div { class: "cards",
                if !paused {
                    Link { class: "button strong wide", to: Route::Questions {}, {icon(Glyph::Balance)} "Which would you take? Ask me more" }
                    Link { class: "button wide", to: Route::FirstRun {}, if now.profile.answers.is_empty() { "Answer the questionnaire" } else { "Go through the questionnaire again" } }
                }
                button { class: "button wide", r#type: "button", "aria-pressed": paused, onclick: move |_| tell(Learn::Pause(!paused)),
                    if paused { "Learning is paused. Go on learning" } else { "Pause learning" }
                }
            }
        }
        if !now.profile.choices.is_empty() {
            section { class: "block",
                h2 { "What it was learned from" span { class: "fine", "{now.profile.choices.len()} choices" } }
                Choices { now: now.clone(), onundo: move |number| { spawn(tell(Learn::Undo(Some(number)))); } }
                {changes(now.over_time.clone())}
            }
        }
    }
}

/// The table of weights.
fn topics(profile: Profile) -> Element {
    let weights = profile.weights();
    let mut order = Topic::ALL;
    order.sort_by_key(|t| -weights[t.index()]);
    rsx! {
        details {
            summary { "What each topic counts, and where that comes from" }
            table { class: "values weights",
                caption { class: "hidden", "What each topic counts. 1 is a topic that simply matters, 3 one that matters most." }
                thead {
                    tr {
                        th { scope: "col", "Topic" }
                        th { scope: "col", class: "end", "Counts" }
                    }
                }
                tbody {
                    for topic in order {
                        {row(topic, profile.clone())}
                    }
                }
            }
        }
    }
}

fn row(topic: Topic, profile: Profile) -> Element {
    let origin = profile.origin(topic);
    let weight = profile.weights()[topic.index()];
    let learned = profile.learned.get(&topic).map(|l| words::weight(l.weight));
    let by_hand = origin == Origin::Hand;
    let mut freed = profile.clone();
    freed.topics.remove(&topic);
    rsx! {
        tr {
            th { scope: "row", {small(Glyph::of_topic(topic))} {topic.info().name}
                span { class: "fine", {words::origin(origin)}
                    if let Some(learned) = learned.filter(|_| by_hand) {
                        "; what you chose would make it {learned}"
                    }
                }
                if by_hand {
                    button { class: "button plain", r#type: "button", "aria-label": "Let {topic.info().name} be learned", onclick: move |_| { let freed = freed.clone(); async move { let _ = set_profile(freed).await; } }, "Let it be learned" }
                }
            }
            td { class: "end num", b { {words::weight(weight)} }
                if let Some(spread) = spread(&profile, topic) {
                    span { class: "fine", {words::could_be(weight, spread)} }
                }
            }
        }
    }
}

/// The choices, newest first, each to be taken back.
#[component]
fn Choices(now: Learning, onundo: EventHandler<u32>) -> Element {
    let rows: Vec<(u32, Millis, String)> = now.profile.choices.iter().rev().map(|c| (c.number, c.time, told(&now, c.number))).collect();
    let more = rows.len().saturating_sub(OPEN);
    rsx! {
        ul { class: "past",
            for (number , time , text) in rows.iter().take(OPEN).cloned() {
                Past { key: "{number}", number, time, text, onundo }
            }
        }
        if more > 0 {
            details {
                summary { "{more} more" }
                ul { class: "past",
                    for (number , time , text) in rows.iter().skip(OPEN).cloned() {
                        Past { key: "{number}", number, time, text, onundo }
                    }
                }
            }
        }
    }
}

#[component]
fn Past(number: u32, time: Millis, text: String, onundo: EventHandler<u32>) -> Element {
    rsx! {
        li {
            p { class: "fine", "Choice {number}, {words::day_and_time(time)}" }
            p { {text} }
            button { class: "button plain", r#type: "button", "aria-label": "Take it back, choice {number}", onclick: move |_| onundo.call(number), "Take it back" }
        }
    }
}

/// A choice in words: by the name of what was taken where it was a real one.
fn told(now: &Learning, number: u32) -> String {
    let choice = now.profile.choices.iter().find(|c| c.number == number).map(words::past_choice).unwrap_or_default();
    match now.deeds.iter().find(|d| d.choices.contains(&number)) {
        Some(deed) if deed.act == Act::Took => format!("{}: {choice}", deed.name),
        Some(deed) => format!("{}, which you did not want: {choice}", deed.name),
        None => choice,
    }
}

/// Choices that cannot all have been meant: which of them was a slip is asked, never guessed.
#[component]
pub fn Slips(
    /// What is known.
    learning: Learning,
    /// Only those that the newest choice is one of.
    newest: bool,
    /// One was taken back.
    onchange: EventHandler<()>,
) -> Element {
    let mut left = use_signal(Vec::<Vec<u32>>::new);
    let last = learning.profile.choices.last().map(|c| c.number);
    let sets = learning.contradictions.iter().filter(|set| !newest || set.last().copied() == last);
    let open: Vec<Vec<u32>> = sets.filter(|set| !left.read().contains(set)).take(1).cloned().collect();
    let undo = move |number: u32| async move {
        // What could not be taken back stands here still.
        if state::learn(Learn::Undo(Some(number))).await.is_ok() {
            onchange.call(());
        }
    };
    rsx! {
        for set in open {
            div { class: "note tone-mixed", role: "status", key: "{set:?}",
                {icon(Glyph::Ask)}
                div {
                    if set.len() == 1 {
                        p { b { "Did you mean this? " } "The other was better, as far as is known." }
                    } else {
                        p { b { "These cannot all be meant. " } "Which of them was a slip?" }
                    }
                    for number in set.iter().copied() {
                        p { key: "{number}", {told(&learning, number)} }
                        button { class: "button", r#type: "button", "aria-label": "This was a slip: take it back, choice {number}", onclick: move |_| undo(number), "This was a slip: take it back" }
                    }
                    button { class: "button", r#type: "button", onclick: { let set = set.clone(); move |_| left.write().push(set.clone()) }, "I meant all of it" }
                }
            }
        }
    }
}

/// How the weights changed, those that moved most.
fn changes(over_time: Vec<(Millis, [i16; Topic::COUNT])>) -> Element {
    let (Some((since, first)), Some((_, last))) = (over_time.first(), over_time.last()) else { return rsx! {} };
    let mut moved: Vec<Topic> = Topic::ALL.into_iter().filter(|t| first[t.index()].abs_diff(last[t.index()]) >= MOVED.unsigned_abs()).collect();
    moved.sort_by_key(|t| std::cmp::Reverse(first[t.index()].abs_diff(last[t.index()])));
    moved.truncate(5);
    if moved.is_empty() {
        return rsx! {};
    }
    rsx! {
        details {
            summary { "How your values changed" }
            p { class: "fine", "As learned since {words::day_and_time(*since)}, at {over_time.len()} points." }
            table { class: "values weights",
                caption { class: "hidden", "What moved most of what was learned" }
                thead {
                    tr { th { scope: "col", "Topic" } th { scope: "col", class: "end", "Counted" } }
                }
                tbody {
                    for topic in moved {
                        tr { key: "{topic:?}",
                            th { scope: "row", {topic.info().name} }
                            td { class: "end num", {over_time.iter().map(|(_, w)| words::weight(w[topic.index()])).collect::<Vec<_>>().join(" \u{2192} ")} }
                        }
                    }
                }
            }
        }
    }
}
