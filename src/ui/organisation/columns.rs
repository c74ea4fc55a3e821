//! What each column of a table is: guessed, and then said by a person. Only then does the map hold.

use crate::{
    measure::NumberStyle,
    organisation::wire::ColumnRow,
    provenance::{Column, ColumnMap, DateOrder, Field, MetricId},
    ui::components::{Glyph, Icon},
};
use dioxus::prelude::*;

/// Every field a column can be, as a person calls it.
const FIELDS: [(Field, &str); 28] = [
    (Field::Ignore, "Leave out"),
    (Field::Time, "When it happened"),
    (Field::Step, "What was done"),
    (Field::OutputItem, "Goods that came out"),
    (Field::OutputQuantity, "How much came out"),
    (Field::OutputUnit, "Unit of what came out"),
    (Field::InputItem, "Goods that went in"),
    (Field::InputQuantity, "How much went in"),
    (Field::InputUnit, "Unit of what went in"),
    (Field::Actor, "Who did it (number)"),
    (Field::ActorName, "Who did it (name)"),
    (Field::Source, "Who handed over (number)"),
    (Field::SourceName, "Who handed over (name)"),
    (Field::Destination, "Who took over (number)"),
    (Field::DestinationName, "Who took over (name)"),
    (Field::Place, "Where (number)"),
    (Field::PlaceName, "Where (name)"),
    (Field::Country, "Country"),
    (Field::Measurement, "Something measured"),
    (Field::Process, "Process, as the table of yields names it"),
    (Field::Yield, "Kilograms out of each that goes in"),
    (Field::Certificates, "Certificates"),
    (Field::Claims, "Claims"),
    (Field::Paid, "What was paid"),
    (Field::Received, "What was received"),
    (Field::Currency, "Currency"),
    (Field::Event, "Your number of the event"),
    (Field::Kind, "Kind of event"),
];

/// The columns, each with what it is taken for.
#[component]
pub fn Columns(
    /// The map as it is now.
    map: ColumnMap,
    /// The columns in the file's order.
    columns: Vec<ColumnRow>,
    /// A person has looked at it.
    onmap: EventHandler<ColumnMap>,
) -> Element {
    let said = map.confirmed;
    let mut map = use_signal(|| map);
    let send = move |_| {
        let mut sent = map.cloned();
        sent.confirmed = true;
        onmap.call(sent);
    };
    let choose_style = move |e: FormEvent| map.write().decimals = if e.value() == "comma" { NumberStyle::Comma } else { NumberStyle::Point };
    let choose_order = move |e: FormEvent| {
        map.write().dates = match e.value().as_str() {
            "day" => DateOrder::DayFirst,
            "month" => DateOrder::MonthFirst,
            _ => DateOrder::YearFirst,
        };
    };
    let (style, order) = (map.read().decimals, map.read().dates);
    rsx! {
        if said {
            p { class: "signed", Icon { glyph: Glyph::Check, class: "small" } "Read as you said." }
        } else {
            div { class: "note tone-mixed", Icon { glyph: Glyph::Guess }
                div { p { b { "Guessed. " } "Look at what each column was taken for, set right what is wrong, then read it again." } }
            }
        }
        div { class: "columns",
            for column in columns {
                One { key: "{column.heading}", column, map }
            }
            div { class: "field",
                label { r#for: "decimals", "How numbers are written" }
                select { id: "decimals", onchange: choose_style,
                    option { value: "point", selected: style == NumberStyle::Point, "1,234.5" }
                    option { value: "comma", selected: style == NumberStyle::Comma, "1.234,5" }
                }
            }
            div { class: "field",
                label { r#for: "dates", "How days are written" }
                select { id: "dates", onchange: choose_order,
                    option { value: "year", selected: order == DateOrder::YearFirst, "2026-08-20" }
                    option { value: "day", selected: order == DateOrder::DayFirst, "20.08.2026" }
                    option { value: "month", selected: order == DateOrder::MonthFirst, "08/20/2026" }
                }
            }
            div { class: "field",
                label { r#for: "offset", "Local time, before or after UTC" }
                input { id: "offset", value: "{map.read().offset}", oninput: move |e| map.write().offset = e.value() }
            }
            div { class: "field",
                label { r#for: "currency", "Currency, where none is said" }
                input { id: "currency", value: "{map.read().currency}", maxlength: "3", oninput: move |e| map.write().currency = e.value() }
            }
        }
        button { class: "button strong wide", r#type: "button", onclick: send, Icon { glyph: Glyph::Check } if said { "Read it again" } else { "That is right: read it so" } }
    }
}

/// One column.
#[component]
fn One(column: ColumnRow, map: Signal<ColumnMap>) -> Element {
    let ColumnRow { heading, samples } = column;
    let Some(now) = map.read().columns.get(&heading).cloned() else { return rsx! {} };
    let change = {
        let heading = heading.clone();
        move |change: &dyn Fn(&mut Column)| {
            let mut map = map;
            if let Some(column) = map.write().columns.get_mut(&heading) {
                change(column);
            }
        }
    };
    let (set_field, set_metric, set_unit) = (change.clone(), change.clone(), change);
    let field = move |e: FormEvent| {
        let Some((field, _)) = e.value().parse::<usize>().ok().and_then(|n| FIELDS.get(n)) else { return };
        set_field(&|column| {
            column.is = *field;
            // A metric has to be some metric: the first, until it is said which.
            let first = || MetricId::all().next().map(|metric| metric.id().to_owned());
            column.metric = if *field == Field::Measurement { column.metric.clone().or_else(first) } else { None };
        });
    };
    let metric = move |e: FormEvent| set_metric(&|column| column.metric = Some(e.value()));
    let unit = move |e: FormEvent| set_unit(&|column| column.unit = Some(e.value()).filter(|unit| !unit.trim().is_empty()));
    let with_unit = matches!(now.is, Field::Measurement | Field::InputQuantity | Field::OutputQuantity);
    rsx! {
        fieldset { class: if now.is == Field::Ignore { "column out" } else { "column" },
            legend { {heading.clone()} }
            if !samples.is_empty() {
                p { class: "fine code", {samples.join(" \u{b7} ")} }
            }
            div { class: "field",
                select { "aria-label": "What \"{heading}\" is", onchange: field,
                    for (n , (is , word)) in FIELDS.iter().enumerate() {
                        option { key: "{n}", value: "{n}", selected: *is == now.is, {*word} }
                    }
                }
                if now.is == Field::Measurement {
                    select { "aria-label": "What is measured in \"{heading}\"", onchange: metric,
                        for id in MetricId::all() {
                            option { key: "{id.id()}", value: id.id(), selected: now.metric.as_deref() == Some(id.id()), {id.info().name} }
                        }
                    }
                }
                if with_unit {
                    input {
                        "aria-label": "Unit of \"{heading}\", where no other column says it",
                        placeholder: "Unit, such as kg",
                        value: now.unit.clone().unwrap_or_default(),
                        onchange: unit,
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_field_can_be_chosen_once() {
        assert_eq!(FIELDS.iter().map(|(field, _)| *field).collect::<BTreeSet<_>>().len(), 28);
        assert_eq!(FIELDS.iter().map(|(_, word)| *word).collect::<BTreeSet<_>>().len(), 28);
    }
}
