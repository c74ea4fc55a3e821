//! A form for suppliers without a system: questions about one subject, by its kind; the answers are read like a file.

use crate::{
    measure::Unit,
    provenance::questionnaire::{Form, Question},
    statement::SubjectKind,
    ui::{
        browser,
        components::{Glyph, Icon},
    },
};
use dioxus::prelude::*;
use serde_json::{Map, Value, json};

/// Currencies that are offered; others come by file.
const CURRENCIES: [&str; 4] = ["EUR", "USD", "GBP", "CHF"];

/// What a passport says beside the answers: id, type of field, and what is asked. All but the first are of products only.
const OWN: [(&str, &str, &str); 5] = [
    ("name", "text", "What it is called"),
    ("facility", "url", "Address of the facility that made it (https://\u{2026})"),
    ("facility_name", "text", "The facility\u{2019}s name and place"),
    ("country", "text", "Country it was made in, a code such as IT"),
    ("date", "date", "Day it was made"),
];

/// One form, filled in by a person.
#[component]
pub fn Questions(
    /// What is asked.
    form: Form,
    /// Who answers, by name, if that is known.
    by: String,
    /// The answers, as JSON.
    onread: EventHandler<String>,
) -> Element {
    let mut subject = use_signal(String::new);
    let mut who = use_signal(|| by);
    let mut day = use_signal(String::new);
    let mut answers = use_signal(Map::new);
    let mut money = use_signal(|| [String::new(), String::new()]);
    let mut currency = use_signal(|| CURRENCIES[0].to_owned());
    let mut own = use_signal(|| [const { String::new() }; 5]);
    let head = (form.version, form.kind);
    let written = use_memo(move || {
        document(head, [&subject.read(), &who.read(), &day.read()], &answers.read(), (&money.read(), &currency.read()), &own.read())
    });
    let ready = written.read().is_ok();
    let send = move |e: FormEvent| {
        e.prevent_default();
        if let Ok(text) = written.cloned() {
            onread.call(text);
        }
    };
    rsx! {
        form { class: "answers", onsubmit: send,
            div { class: "field",
                label { r#for: "answers-subject", "About which one: its GTIN in brackets, such as (01)09520000000011(10)L1, or a name such as process:tannery-1" }
                input { id: "answers-subject", autocomplete: "off", spellcheck: "false", value: "{subject}", oninput: move |e| subject.set(e.value()) }
            }
            div { class: "field",
                label { r#for: "answers-by", "Who answers" }
                input { id: "answers-by", autocomplete: "organization", value: "{who}", oninput: move |e| who.set(e.value()) }
            }
            div { class: "field",
                label { r#for: "answers-day", "As of which day" }
                input { id: "answers-day", r#type: "date", value: "{day}", oninput: move |e| day.set(e.value()) }
            }
            for question in form.questions {
                Asked {
                    key: "{question.id}",
                    question: question.clone(),
                    onanswer: move |answer| match answer {
                        Value::Null => drop(answers.write().remove(&question.id)),
                        answer => drop(answers.write().insert(question.id.clone(), answer)),
                    },
                }
            }
            for (n , (id , label)) in [("paid", "What you paid for what went in, in all"), ("received", "What you received for what came out, in all")].into_iter().enumerate() {
                div { class: "field", key: "{id}",
                    label { r#for: "answers-{id}", "{label} ({currency})" }
                    input { id: "answers-{id}", inputmode: "decimal", autocomplete: "off", placeholder: "leave empty if you do not say", oninput: move |e| { if let Some(field) = money.write().get_mut(n) { *field = e.value(); } } }
                }
            }
            div { class: "field",
                label { r#for: "answers-currency", "Currency" }
                select { id: "answers-currency", onchange: move |e| currency.set(e.value()),
                    for code in CURRENCIES {
                        option { key: "{code}", value: code, {code} }
                    }
                }
            }
            details { class: "forms",
                summary { "To issue a passport of it from these answers" }
                for (n , (id , kind , label)) in OWN.into_iter().enumerate().filter(|(n, _)| *n == 0 || head.1 == SubjectKind::Product) {
                    div { class: "field", key: "{id}",
                        label { r#for: "answers-own-{id}", {label} }
                        input { id: "answers-own-{id}", r#type: kind, autocomplete: "off", oninput: move |e| { if let Some(field) = own.write().get_mut(n) { *field = e.value(); } } }
                    }
                }
            }
            match &*written.read() {
                Err(why) => rsx! { p { class: "fine", role: "status", {*why} } },
                Ok(text) => rsx! { a { class: "button plain", href: browser::text_file(text), download: "answers.json", Icon { glyph: Glyph::Save } "Save the answers" } },
            }
            button { class: "button strong wide", r#type: "submit", disabled: !ready, Icon { glyph: Glyph::Check } "Read these answers" }
        }
    }
}

#[component]
fn Asked(question: Question, onanswer: EventHandler<Value>) -> Element {
    let id = format!("answer-{}", question.id);
    let Question { text, metric, unit, .. } = question;
    let unit = unit.and_then(|code| Unit::from_code(&code).ok()).map_or("", Unit::symbol);
    rsx! {
        div { class: "field",
            label { r#for: "{id}", if unit.is_empty() { "{text}" } else { "{text} ({unit})" } }
            if metric.is_some() {
                input { id: "{id}", inputmode: "decimal", autocomplete: "off", placeholder: "leave empty if you do not know",
                    oninput: move |e: FormEvent| {
                        let number = e.value().trim().replace(',', ".");
                        onanswer.call(if number.is_empty() { Value::Null } else { number.into() });
                    },
                }
            } else {
                select { id: "{id}",
                    onchange: move |e: FormEvent| onanswer.call(match e.value().as_str() { "yes" => true.into(), "no" => false.into(), _ => Value::Null }),
                    option { value: "", "I do not know" }
                    option { value: "yes", "Yes" }
                    option { value: "no", "No" }
                }
            }
        }
    }
}

/// The answers as a document, or what is missing.
fn document(
    (version, kind): (u8, SubjectKind),
    [subject, by, day]: [&str; 3],
    answers: &Map<String, Value>,
    (money, currency): (&[String; 2], &str),
    own: &[String; 5],
) -> Result<String, &'static str> {
    let (subject, by) = (subject.trim(), by.trim());
    if subject.is_empty() || by.is_empty() || day.is_empty() {
        return Err("Say of which one, who answers and as of which day.");
    }
    if answers.is_empty() {
        return Err("Answer at least one question.");
    }
    let mut said = json!({ "version": version, "kind": kind, "subject": subject, "by": { "id": by, "name": by }, "at": format!("{day}T00:00:00Z"), "answers": answers });
    for (name, text) in ["paid", "received"].into_iter().zip(money).filter(|(_, text)| !text.trim().is_empty()) {
        let minor = cents(text).ok_or("Write money as 1234.50, without thousands.")?;
        said[name] = json!({ "minor": minor, "currency": currency });
    }
    let [name, made @ ..] = own.each_ref().map(|text| text.trim());
    if !name.is_empty() {
        said["name"] = name.into();
        if kind == SubjectKind::Product {
            let names = OWN.iter().skip(1).map(|(id, ..)| (*id).to_owned());
            said["made"] = names.zip(made.map(Value::from)).collect::<Map<_, _>>().into();
        }
    }
    Ok(said.to_string())
}

/// An amount with at most two decimals, in hundredths.
fn cents(text: &str) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    format!("{whole}{part:0<2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_reads_back_as_answers_and_what_is_missing_is_said() {
        let head = (1, SubjectKind::Product);
        let none = [String::new(), String::new()];
        let unnamed = [const { String::new() }; 5];
        let mut answers = Map::new();
        assert!(document(head, ["", "farm", "2026-08-20"], &answers, (&none, "EUR"), &unnamed).is_err());
        assert!(
            document(head, ["(01)09520000000011", "farm", "2026-08-20"], &answers, (&none, "EUR"), &unnamed).unwrap_err().contains("one question")
        );
        answers.insert("traceable".to_owned(), true.into());
        answers.insert("water".to_owned(), "12.5".into());
        let money = [String::new(), "600,5".to_owned()];
        let text = document(head, [" (01)09520000000011 ", "farm", "2026-08-20"], &answers, (&money, "EUR"), &unnamed).unwrap();
        let (kind, event) = crate::provenance::questionnaire::report(text.as_bytes()).unwrap();
        assert_eq!((kind, event.measurements.len(), event.received.unwrap().minor, event.paid), (SubjectKind::Product, 1, 60_050, None));
        assert!(document(head, ["x", "farm", "2026-08-20"], &answers, (&["1.2.3".to_owned(), String::new()], "EUR"), &unnamed).is_err());
    }

    #[test]
    fn with_a_name_the_answers_come_to_a_passport() {
        let none = [String::new(), String::new()];
        let answers = Map::from_iter([("traceable".to_owned(), true.into())]);
        let mut own = ["Tomatoes", "https://podere.example/barn", "Barn", "IT", "2026-08-20"].map(str::to_owned);
        let passport = |own: &[String; 5]| {
            let text = document((1, SubjectKind::Product), ["(01)09520000000011", "farm", "2026-08-20"], &answers, (&none, "EUR"), own).unwrap();
            crate::provenance::questionnaire::passport(text.as_bytes())
                .map(|record| record.map(|r| (r.name, r.claims.len(), r.making.unwrap().country)))
        };
        assert_eq!(passport(&own), Ok(Some(("Tomatoes".to_owned(), 1, "IT".to_owned()))));
        own[3].clear();
        assert!(passport(&own).is_err());
        own[0].clear();
        assert_eq!(passport(&own), Ok(None));
    }

    #[test]
    fn money_is_read_exactly_or_not_at_all() {
        assert_eq!(["600", "600.5", "0,05"].map(cents), [Some(60_000), Some(60_050), Some(5)]);
        assert_eq!(["", "-1", "1e3", "1.234", "1.2.3", "99999999999999999999"].map(cents), [None; 6]);
    }
}
