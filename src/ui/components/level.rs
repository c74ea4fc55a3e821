//! What a topic counts, said by hand: in three levels, in stars or on a slider, as the person likes.

use super::{Glyph, Picks, icon};
use crate::{
    ui::words,
    values::{Form, Importance, Profile, Topic, Weight},
};
use dioxus::prelude::*;

/// All topics in their groups, under a choice of the form.
#[component]
pub fn ByHand(
    /// What is set so far.
    profile: Signal<Profile>,
    /// Something was set; `profile` holds it already.
    onanswer: Option<EventHandler<()>>,
) -> Element {
    let form = profile.read().form;
    let told = move || onanswer.iter().for_each(|told| told.call(()));
    rsx! {
        Picks {
            label: "Set it with",
            name: "form",
            picks: Form::ALL.map(|f| (f.id(), f.name(), words::form(f))).to_vec(),
            chosen: form.id(),
            onpick: move |id| {
                let mut profile = profile;
                profile.write().form = Form::from_id(id).unwrap_or_default();
                told();
            },
        }
        p { class: "quiet", {words::form_about(form)} }
        for (what , title , topics) in words::GROUPS {
            section { class: "block", key: "{what}", style: "margin-top: 1.5rem",
                h3 { {title} }
                div { class: "levels",
                    for topic in topics.iter().copied() {
                        Level { key: "{topic:?}", topic, profile, onanswer: move |()| told() }
                    }
                }
            }
        }
    }
}

#[component]
fn Level(topic: Topic, profile: Signal<Profile>, onanswer: EventHandler<()>) -> Element {
    let info = topic.info();
    let (now, set, form) = {
        let profile = profile.read();
        (profile.weights()[topic.index()], profile.topics.contains_key(&topic), profile.form)
    };
    let level = Importance::nearest(now);
    let put = move |weight: Weight| {
        let mut profile = profile;
        profile.write().topics.insert(topic, weight);
    };
    let name = if form == Form::Levels { level.name().to_owned() } else { words::counts(now) };
    // Each answer with its words; which is nearest, and which show as taken: all the stars up to the one that is.
    let answers: Vec<(Weight, String, Glyph)> = match form {
        Form::Levels => Importance::ALL.map(|l| (l.into(), l.name().to_owned(), words::importance(l))).into(),
        Form::Stars => {
            Weight::STARS.into_iter().enumerate().map(|(n, w)| (w, words::stars(n), if n == 0 { Glyph::Dash } else { Glyph::Star })).collect()
        }
        Form::Slider => Vec::new(),
    };
    let nearest = if form == Form::Levels { Weight::from(level) } else { Weight::STARS[Weight::stars(now)] };
    rsx! {
        fieldset { class: "level {level.id()} {form.id()}",
            legend { {icon(Glyph::of_topic(topic))}
                span { {info.name}
                    small { {name.clone()}
                        if set {
                            ", set by you"
                        }
                    }
                }
            }
            if form == Form::Slider {
                input {
                    r#type: "range",
                    class: if set { "set" },
                    "aria-label": info.name,
                    "aria-valuetext": if set { "{name}, set by you" } else { "{name}" },
                    max: "{Weight::MOST}",
                    step: "{Weight::STEP}",
                    value: "{now}",
                    oninput: move |e| put(Weight::of(e.value().parse().unwrap_or(now))),
                    // Kept when it is let go, not on its way.
                    onchange: move |_| onanswer.call(()),
                }
            } else {
                div { class: "three",
                    for (weight , word , glyph) in answers {
                        // What was not set by hand is shown at the answer that comes nearest, and can still be set to it.
                        label { key: "{weight.hundredths()}", class: shown(form, weight, nearest, set),
                            input {
                                r#type: "radio",
                                name: info.id,
                                checked: set && weight == nearest,
                                "aria-label": word,
                                onchange: move |_| {
                                    put(weight);
                                    onanswer.call(());
                                },
                            }
                            {icon(glyph)}
                        }
                    }
                }
            }
        }
    }
}

/// How an answer looks: taken, near what was learned, or neither.
fn shown(form: Form, weight: Weight, nearest: Weight, set: bool) -> &'static str {
    let nothing = weight.hundredths() == 0;
    let among = weight == nearest || (form == Form::Stars && !nothing && weight < nearest);
    match (among, set) {
        (false, _) => "",
        (true, false) => "near",
        (true, true) if form == Form::Stars && !nothing || weight.hundredths() == Weight::MOST => "on most",
        (true, true) => "on",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_stars_up_to_the_one_taken_shine_and_only_what_was_set_by_hand_is_taken() {
        let three = Weight::STARS[3];
        let stars = |set| Weight::STARS.map(|w| shown(Form::Stars, w, three, set));
        assert_eq!(stars(true), ["", "on most", "on most", "on most", "", ""]);
        assert_eq!(stars(false), ["", "near", "near", "near", "", ""]);
        assert_eq!(shown(Form::Stars, Weight::STARS[0], Weight::STARS[0], true), "on");
        let levels = Importance::ALL.map(|l| shown(Form::Levels, l.into(), Importance::MattersMost.into(), true));
        assert_eq!(levels, ["", "", "on most"]);
    }
}
