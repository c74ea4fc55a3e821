//! How people speak of the organisation, as it is shown: how many texts are glad, how many not, and the first of them as they were felt.

use crate::{
    label::Mood,
    organisation::wire::Felt,
    ui::{
        components::{Glyph, Icon},
        words,
    },
};
use dioxus::prelude::*;

/// All of it.
#[component]
pub fn HowFelt(
    /// What came out.
    felt: Felt,
) -> Element {
    let Felt { moods, share, corrected, first } = felt;
    let all = moods.positive.saturating_add(moods.negative).saturating_add(moods.undecided);
    let shown = first.len() as u64;
    rsx! {
        p { class: "signed", Icon { glyph: Glyph::Check, class: "small" } "{words::count(all)} texts: {share} % count as glad." }
        dl { class: "counts",
            for (name , number) in [("Glad", moods.positive), ("Not glad", moods.negative), ("Neither", moods.undecided)] {
                div { key: "{name}", dt { {name} } dd { {words::count(number)} } }
            }
        }
        if corrected {
            p { class: "quiet", "So few texts say little, so fewer glad ones are counted: the correction for small samples that the Social Earnings Ratio\u{2019}s authors published, for a margin of five per cent." }
        }
        p { class: "quiet", "Scored with a word list in English; a text in another language comes out as neither. About four in five sentences are felt as people feel them." }
        details {
            summary { if shown < all { "The first {shown} texts, as they were felt" } else { "The texts, as they were felt" } }
            ul { class: "readings",
                for (n , heard) in first.into_iter().enumerate() {
                    li { key: "{n}", b { {word(heard.mood)} } " {heard.text}" }
                }
            }
        }
    }
}

const fn word(mood: Mood) -> &'static str {
    match mood {
        Mood::Positive => "Glad:",
        Mood::Negative => "Not glad:",
        Mood::Undecided => "Neither:",
    }
}
