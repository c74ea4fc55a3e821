//! The app's words: how bands, outcomes, states and kinds are called, which icon and which tone go with them.
//!
//! One place, so that no two screens call a thing by two names. A tone is a class of `assets/style/tokens.css`.

use super::components::Glyph;
use crate::{
    bot::{Alignment, VerdictBand},
    engine::wire::{Call, ListName, OpenFact, RankKind, WORLD},
    label::{Estimate, GOAL_NAMES, Grade},
    measure::{Currency, Decimal, Millis, Money},
    passport::{Outcome, SubjectForm},
    provenance::{ClaimState, StageKind},
    values::{Alternative, Form, Importance, LineState, Origin, PastChoice, Stance, Topic},
};

/// How a thing is named and drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// In words.
    pub word: &'static str,
    /// As an icon.
    pub glyph: Glyph,
    /// As a tone.
    pub tone: &'static str,
}

const fn sign(word: &'static str, glyph: Glyph, tone: &'static str) -> Sign {
    Sign { word, glyph, tone }
}

/// A verdict at one glance.
#[must_use]
pub const fn band(band: VerdictBand) -> Sign {
    match band {
        VerdictBand::Fits => sign("Fits you", Glyph::Check, "tone-fits"),
        VerdictBand::Mixed => sign("Mixed for you", Glyph::Balance, "tone-mixed"),
        VerdictBand::Against => sign("Against your values", Glyph::Down, "tone-against"),
        VerdictBand::CrossesLine => sign("Crosses your line", Glyph::Stop, "tone-crossed"),
        VerdictBand::NotEnoughKnown => sign("Not enough known", Glyph::Ask, "tone-unknown"),
    }
}

/// A passport's outcome; its words are [`Outcome::title`].
#[must_use]
pub const fn outcome(outcome: Outcome) -> (Glyph, &'static str) {
    match outcome {
        Outcome::Verified => (Glyph::ShieldCheck, "tone-fits"),
        Outcome::Unsealed | Outcome::Superseded | Outcome::Expired => (Glyph::ShieldAsk, "tone-mixed"),
        Outcome::NotInSnapshot | Outcome::NotAPassport => (Glyph::Ask, "tone-unknown"),
        Outcome::UnknownIssuer | Outcome::NotAccredited => (Glyph::ShieldCross, "tone-against"),
        Outcome::Altered | Outcome::WrongProduct | Outcome::Revoked | Outcome::Suspended => (Glyph::ShieldCross, "tone-crossed"),
    }
}

/// How a claim was verified.
#[must_use]
pub const fn claim(state: ClaimState) -> Sign {
    match state {
        ClaimState::Attested => sign("certified", Glyph::Signed, "tone-fits"),
        ClaimState::Confirmed => sign("confirmed by the other party", Glyph::TwoSigned, "tone-fits"),
        ClaimState::SelfDeclared => sign("only the source says so", Glyph::Said, "tone-unknown"),
        ClaimState::Inferred => sign("guessed from country risk", Glyph::Guess, "tone-unknown"),
        ClaimState::Contradicted => sign("other facts contradict it", Glyph::Alert, "tone-mixed"),
    }
}

/// What is known of a hard line.
#[must_use]
pub const fn line(state: LineState) -> Sign {
    match state {
        LineState::Kept => sign("kept", Glyph::Check, "tone-fits"),
        LineState::Crossed => sign("crossed", Glyph::Stop, "tone-crossed"),
        LineState::Unknown => sign("not known", Glyph::Ask, "tone-unknown"),
        LineState::Contradicted => sign("sources disagree", Glyph::Alert, "tone-mixed"),
    }
}

/// What can be ranked.
#[must_use]
pub const fn rank(kind: RankKind) -> Sign {
    match kind {
        RankKind::Product => sign("Products", Glyph::Box, ""),
        RankKind::Retailer => sign("Shops", Glyph::Shop, ""),
        RankKind::Project => sign("Projects", Glyph::Flag, ""),
        RankKind::Organisation => sign("Brands", Glyph::Bank, ""),
    }
}

/// How much a topic matters, as an icon; its words are [`Importance::name`].
#[must_use]
pub const fn importance(level: Importance) -> Glyph {
    match level {
        Importance::Ignore => Glyph::Dash,
        Importance::Matters => Glyph::Check,
        Importance::MattersMost => Glyph::Star,
    }
}

/// A form of setting by hand, as an icon.
#[must_use]
pub const fn form(form: Form) -> Glyph {
    match form {
        Form::Levels => Glyph::Check,
        Form::Stars => Glyph::Star,
        Form::Slider => Glyph::Sliders,
    }
}

/// What its answers count.
#[must_use]
pub const fn form_about(form: Form) -> &'static str {
    match form {
        Form::Levels => "The star counts three times, the dash not at all. Every change is kept at once.",
        Form::Stars => "Two stars simply matter, five count three times, the dash not at all. Every change is kept at once.",
        Form::Slider => "1.0 simply matters, 3.0 counts three times, 0.0 not at all. Every change is kept at once.",
    }
}

/// So many stars.
#[must_use]
pub fn stars(number: usize) -> String {
    match number {
        0 => "No star".into(),
        1 => "1 star".into(),
        n => format!("{n} stars"),
    }
}

/// What a weight counts.
#[must_use]
pub fn counts(hundredths: i16) -> String {
    format!("Counts {}", weight(hundredths))
}

/// A weight beside a topic that simply matters, to a tenth.
#[must_use]
pub fn weight(hundredths: i16) -> String {
    let tenths = (hundredths.max(0) + 5) / 10;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// What a weight could be.
#[must_use]
pub fn could_be(weight: i16, spread: i16) -> String {
    format!("could be {} to {}", self::weight(weight - spread), self::weight(weight.saturating_add(spread)))
}

/// Where a topic's weight comes from.
#[must_use]
pub fn origin(origin: Origin<'_>) -> String {
    match origin {
        Origin::Hand => "Set by you".into(),
        Origin::Choices(numbers) => format!("Learned from {}", choices(numbers)),
        Origin::Questionnaire => "What your answers suggest".into(),
        Origin::Start => "As in the start you took".into(),
        Origin::Default => "Not said yet".into(),
    }
}

/// Choices by their numbers, e.g. `choices 2, 5 and 7`.
#[must_use]
pub fn choices(numbers: &[u32]) -> String {
    match numbers {
        [] => "no choice".into(),
        [one] => format!("choice {one}"),
        [first @ .., last] => format!("choices {} and {last}", first.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// The topics in which something is good (`true`) or bad, the clearest first.
#[must_use]
pub fn sides(alternative: &Alternative) -> Vec<(Topic, bool)> {
    let mut known: Vec<(Topic, i8)> = Topic::ALL.into_iter().zip(alternative.topics).filter(|(_, score)| *score != 0).collect();
    known.sort_by_key(|(_, score)| std::cmp::Reverse(score.unsigned_abs()));
    known.into_iter().take(MOST_SIDES).map(|(topic, score)| (topic, score > 0)).collect()
}

/// So many topics tell of an alternative.
const MOST_SIDES: usize = 4;

/// An alternative in words.
#[must_use]
pub fn alternative(of: &Alternative) -> String {
    let mut parts: Vec<String> = sides(of)
        .into_iter()
        .map(|(topic, good)| format!("{} for {}", if good { "good" } else { "bad" }, topic.info().name.to_lowercase()))
        .collect();
    if parts.is_empty() {
        parts.push("nothing known of it".into());
    }
    parts.extend(of.price.map(price));
    parts.join(", ")
}

/// A choice in words.
#[must_use]
pub fn past_choice(choice: &PastChoice) -> String {
    let of = |at: usize| choice.shown.get(at).map_or_else(String::new, alternative);
    let picked = usize::from(choice.picked);
    let left: Vec<String> = (0..choice.shown.len()).filter(|at| *at != picked).map(of).collect();
    format!("You took: {}. Rather than: {}.", of(picked), left.join("; "))
}

/// What would have to be shown to turn a verdict.
#[must_use]
pub fn open_fact(fact: OpenFact) -> String {
    match fact {
        OpenFact::Topic(topic, true) => format!("If all that is open of {} turned out good", topic.info().name.to_lowercase()),
        OpenFact::Topic(topic, false) => format!("If all that is open of {} turned out bad", topic.info().name.to_lowercase()),
        OpenFact::Line(line) => format!("If somebody showed that it keeps your line \u{201c}{}\u{201d}", line.name()),
    }
}

/// Who stands behind a passport, as a sentence.
#[must_use]
pub fn behind(form: SubjectForm, issuer: &str) -> String {
    match form {
        SubjectForm::Own => format!("Signed by {issuer}"),
        SubjectForm::Record => format!("Recorded by {issuer}, not signed by the brand"),
    }
}

/// The topics in the groups in which a person is asked about them.
pub const GROUPS: [(&str, &str, &[Topic]); 4] = [
    ("the planet", "Planet", &[Topic::Climate, Topic::Energy, Topic::Water, Topic::Waste, Topic::Nature, Topic::Pollution]),
    ("people", "People", &[Topic::Freedom, Topic::DecentWork, Topic::Equality, Topic::Community, Topic::FairTrade]),
    ("animals and your health", "Animals and health", &[Topic::AnimalWelfare, Topic::Health, Topic::Safety]),
    ("honest business", "Honest business", &[Topic::Transparency, Topic::Ethics, Topic::Privacy]),
];

/// A number with its sign, and a real minus.
#[must_use]
pub fn signed(number: i8) -> String {
    match number {
        0 => "0".into(),
        1.. => format!("+{number}"),
        _ => format!("\u{2212}{}", number.unsigned_abs()),
    }
}

/// An alignment as a sentence: the same for eyes and ears.
#[must_use]
pub fn fit(alignment: Alignment) -> String {
    let Alignment { value, low, high, coverage } = alignment;
    if low == high {
        format!("{} of 100; {coverage} % of what you care about is known", signed(value))
    } else {
        format!("{} of 100, could be {} to {}; {coverage} % of what you care about is known", signed(value), signed(low), signed(high))
    }
}

/// The letter of an S/E label, in words.
#[must_use]
pub const fn grade(grade: Option<Grade>) -> Sign {
    match grade {
        Some(Grade::A) => sign("Clearly more good than harm", Glyph::Up, "tone-fits"),
        Some(Grade::B) => sign("At least as much good as harm", Glyph::Balance, "tone-fits"),
        Some(Grade::C) => sign("Slightly more harm than good", Glyph::Balance, "tone-mixed"),
        Some(Grade::D) => sign("More harm than good", Glyph::Down, "tone-against"),
        Some(Grade::E) => sign("Far more harm than good", Glyph::Down, "tone-crossed"),
        None => sign("No letter: too little is known", Glyph::Ask, "tone-unknown"),
    }
}

/// A letter as it is read out.
#[must_use]
pub const fn letter(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "A",
        Grade::B => "B",
        Grade::C => "C",
        Grade::D => "D",
        Grade::E => "E",
    }
}

/// What part of a way a step is.
#[must_use]
pub const fn stage(kind: StageKind) -> Sign {
    match kind {
        StageKind::Origin => sign("Raw material", Glyph::Leaf, ""),
        StageKind::Making => sign("Making", Glyph::Flask, ""),
        StageKind::Moving => sign("Moving", Glyph::Box, ""),
        StageKind::Selling => sign("Selling", Glyph::Shop, ""),
        StageKind::Using => sign("In use", Glyph::House, ""),
        StageKind::Ending => sign("End of life", Glyph::Loop, ""),
    }
}

/// From here on an amount is written without its cents, in money.
const LARGE: i128 = 10_000;

/// An amount of money without its sign, to the cent; smaller ones as exactly as it takes to see them, large ones in whole ones.
#[must_use]
pub fn worth(amount: Decimal, currency: Currency) -> String {
    let amount = amount.abs();
    let whole = amount.rounded(0).nanos() / Decimal::ONE.nanos();
    if whole >= LARGE {
        return coins(&u64::try_from(whole).map_or_else(|_| amount.to_fixed(0), count), currency);
    }
    let places = (2..=6).find(|places| amount.rounded(*places) != Decimal::ZERO).unwrap_or(2);
    coins(&amount.to_fixed(places), currency)
}

/// The same with its sign, and a real minus; joined, so that no line ends between sign and amount.
#[must_use]
pub fn signed_worth(amount: Decimal, currency: Currency) -> String {
    let sign = match amount.signum() {
        1 => "+\u{2060}",
        -1 => "\u{2212}\u{2060}",
        _ => "",
    };
    format!("{sign}{}", worth(amount, currency))
}

/// A value with what it may be at least and at most.
#[must_use]
pub fn range(value: Estimate, currency: Currency) -> String {
    if value.low == value.high {
        return "no doubt about it".into();
    }
    format!("{} to {}", signed_worth(value.low, currency), signed_worth(value.high, currency))
}

/// A value in money, or in purchases: to a tenth, with its sign and a real minus.
#[must_use]
pub fn signed_value(amount: Decimal, currency: Option<Currency>) -> String {
    currency.map_or_else(|| tenths(amount), |currency| signed_worth(amount, currency))
}

/// What a value may be at least and at most in money, or what of it is good and what harm, in purchases.
#[must_use]
pub fn value_range(value: Estimate, currency: Option<Currency>) -> String {
    currency.map_or_else(|| format!("good {}, harm {}", tenths(value.high), tenths(value.low)), |currency| range(value, currency))
}

fn tenths(amount: Decimal) -> String {
    let amount = amount.rounded(1);
    let sign = if amount.signum() > 0 { "+" } else { "" };
    format!("{sign}{}", amount.to_fixed(1).replace('-', "\u{2212}"))
}

/// A goal of the United Nations with its number.
#[must_use]
pub fn goal(number: u8) -> String {
    GOAL_NAMES.get(usize::from(number).wrapping_sub(1)).map(|name| format!("{number}. {name}")).unwrap_or_default()
}

/// Good less harm, as words.
#[must_use]
pub fn good_or_harm(amount: Decimal, currency: Currency) -> String {
    match amount.signum() {
        1 => format!("{} more good than harm", worth(amount, currency)),
        -1 => format!("{} more harm than good", worth(amount, currency)),
        _ => "as much good as harm".into(),
    }
}

/// A price as people write it.
#[must_use]
pub fn price(money: Money) -> String {
    coins(&format!("{}.{:02}", money.minor / 100, (money.minor % 100).abs()), money.currency)
}

fn coins(amount: &str, currency: Currency) -> String {
    match currency.code() {
        "EUR" => format!("€\u{202f}{amount}"),
        "GBP" => format!("£{amount}"),
        "USD" => format!("${amount}"),
        code => format!("{amount} {code}"),
    }
}

/// A whole number with thin spaces between thousands.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// What a list is called, how it is drawn, and what is said while nothing is on it.
#[must_use]
pub const fn list(list: ListName) -> (&'static str, Glyph, &'static str) {
    match list {
        ListName::Shopping => ("Shopping list", Glyph::Basket, "Nothing yet. What you put here is weighed as a whole."),
        ListName::Favourite => ("Favourites", Glyph::Star, "Nothing yet."),
        ListName::Blocked => ("Never offered", Glyph::Stop, "Nothing. A brand or owner that you block stays out of every suggestion."),
    }
}

/// Who calls for what, in a line.
pub fn call(call: &Call) -> (Glyph, String) {
    match call.stance {
        Stance::Boycott => (Glyph::Stop, format!("{}: do not buy {}", call.by, call.whom)),
        Stance::Support => (Glyph::Star, format!("{}: support {}", call.by, call.whom)),
    }
}

/// A market, for a person.
pub fn market(id: &str) -> String {
    if id == WORLD { "Everywhere".to_owned() } else { id.to_ascii_uppercase() }
}

/// A size in bytes, in the unit that fits.
#[must_use]
pub fn size(bytes: u64) -> String {
    if bytes < 1_000_000 { format!("{} kB", bytes.div_ceil(1000)) } else { format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10) }
}

/// A fingerprint in groups of four that can be read out and compared.
#[must_use]
pub fn groups(fingerprint: &str) -> String {
    let mut text = String::with_capacity(fingerprint.len() + fingerprint.len() / 4);
    for (position, letter) in fingerprint.chars().enumerate() {
        if position > 0 && position.is_multiple_of(4) {
            text.push(' ');
        }
        text.push(letter);
    }
    text
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A month as people write it: `2026-08` is `Aug 2026`.
#[must_use]
pub fn month(month: &str) -> String {
    day(&format!("{month}-1")).trim_start_matches("1 ").to_owned()
}

/// A day as people write it: `2026-08-22` is `22 Aug 2026`. What is no such day stays as it is.
#[must_use]
pub fn day(date: &str) -> String {
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let name = month.and_then(|m| m.parse::<usize>().ok()).and_then(|m| MONTHS.get(m.checked_sub(1)?));
    match (year, name, day.and_then(|d| d.parse::<u8>().ok())) {
        (Some(year), Some(name), Some(day)) => format!("{day} {name} {year}"),
        _ => date.to_owned(),
    }
}

/// A day and time in UTC, e.g. `22 Nov 2026, 09:00`. (Days to a civil date: H. Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `civil_from_days`; a calendar library would weigh more than the rest of this file.)
#[must_use]
pub fn day_and_time(time: Millis) -> String {
    let minutes = time.0.div_euclid(60_000);
    let days = minutes.div_euclid(1440) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 2 } else { shifted - 10 };
    let year = year_of_era + era * 400 + i64::from(month < 2);
    let name = usize::try_from(month).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or("?");
    let of_day = minutes.rem_euclid(1440);
    format!("{day} {name} {year}, {:02}:{:02}", of_day / 60, of_day % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_time_is_written_as_the_calendar_has_it() {
        for (rfc, words) in [
            ("1970-01-01T00:00:00Z", "1 Jan 1970, 00:00"),
            ("2026-11-22T09:05:59Z", "22 Nov 2026, 09:05"),
            ("2024-02-29T23:59:00Z", "29 Feb 2024, 23:59"),
            ("1969-12-31T23:59:59Z", "31 Dec 1969, 23:59"),
        ] {
            assert_eq!(day_and_time(Millis::parse_rfc3339(rfc).unwrap()), words);
        }
    }

    #[test]
    fn the_groups_hold_every_topic_once() {
        let asked: Vec<_> = GROUPS.iter().flat_map(|(_, _, topics)| topics.iter().copied()).collect();
        assert_eq!(asked.len(), Topic::COUNT);
        assert_eq!(asked.into_iter().collect::<BTreeSet<_>>().len(), Topic::COUNT);
    }

    #[test]
    fn money_is_written_with_its_sign_small_amounts_do_not_vanish_and_large_ones_need_no_cents() {
        let said = |text: &str| signed_worth(Decimal::parse(text).unwrap(), Currency::EUR);
        assert_eq!(
            ["4.2", "-0.125", "0", "-0.000412", "9999.49", "-1234567.5"].map(said),
            [
                "+\u{2060}€\u{202f}4.20",
                "\u{2212}\u{2060}€\u{202f}0.12",
                "€\u{202f}0.00",
                "\u{2212}\u{2060}€\u{202f}0.0004",
                "+\u{2060}€\u{202f}9999.49",
                "\u{2212}\u{2060}€\u{202f}1\u{202f}234\u{202f}568"
            ]
        );
        assert_eq!(good_or_harm(Decimal::parse("-0.05").unwrap(), Currency::EUR), "€\u{202f}0.05 more harm than good");
    }

    #[test]
    fn weights_and_choices_are_told_in_words() {
        assert_eq!((weight(100), could_be(138, 44), could_be(20, 90)), ("1.0".into(), "could be 0.9 to 1.8".into(), "could be 0.0 to 1.1".into()));
        assert_eq!([&[][..], &[4], &[2, 5, 7]].map(choices), ["no choice", "choice 4", "choices 2, 5 and 7"]);
        let price = Some(Money { minor: 320, currency: Currency::EUR });
        let shown = vec![Alternative { price, ..Alternative::default() }, Alternative::good_in(Topic::Climate, price)];
        let choice = PastChoice { number: 1, time: Millis(0), shown, picked: 1 };
        assert_eq!(past_choice(&choice), "You took: good for climate, €\u{202f}3.20. Rather than: nothing known of it, €\u{202f}3.20.");
    }

    #[test]
    fn a_day_is_written_as_people_say_it() {
        assert_eq!(["2026-08-22", "2026-13-01", ""].map(day), ["22 Aug 2026", "2026-13-01", ""]);
    }

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(100), "100");
        assert_eq!((signed(7), signed(0), signed(-7)), ("+7".into(), "0".into(), "\u{2212}7".into()));
        assert_eq!((size(1), size(1_250_000)), ("1 kB".into(), "1.2 MB".into()));
    }
}
