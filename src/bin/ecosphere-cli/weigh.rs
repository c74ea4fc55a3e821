//! `options`, `compare`, `basket`.

use crate::{
    ANSWERED,
    args::Order,
    device::Device,
    lists::number_of,
    print::{self, say},
};
use ecosphere::{
    bot::Content,
    engine::wire::{Answer, Request, Weighed},
    measure::{Currency, Money},
};

/// Options for a code or in a category.
pub fn options(device: &Device, as_json: bool, code: Option<&str>, category: Option<&str>, order: &Order) -> anyhow::Result<u8> {
    let subject = code.map(|code| number_of(device, code)).transpose()?;
    let request = Request::Choices { subject, category: category.map(str::to_owned), near: order.near, by: order.by.into() };
    let Answer::Choices(choices) = device.ask(request)? else { anyhow::bail!("the engine did not answer with options") };
    if as_json {
        print::json(&choices)?;
        return Ok(ANSWERED);
    }
    for (title, list) in [("Aligned", &choices.aligned), ("Compromise", &choices.compromise)] {
        say!("{title}{}", if list.is_empty() { ": nothing is known to be" } else { "" });
        list.iter().enumerate().for_each(|(at, option)| show(at + 1, option));
    }
    say!("{} weighed; {} of them without a known price, {} without a known quantity", choices.weighed, choices.unpriced, choices.unmeasured);
    Ok(ANSWERED)
}

/// A few side by side.
pub fn compare(device: &Device, as_json: bool, codes: &[String], order: &Order) -> anyhow::Result<u8> {
    let numbers = codes.iter().map(|code| number_of(device, code)).collect::<anyhow::Result<_>>()?;
    let Answer::Compared(compared) = device.ask(Request::Compare { numbers, near: order.near, by: order.by.into() })? else {
        anyhow::bail!("the engine did not answer with a comparison");
    };
    if as_json {
        print::json(&serde_json::json!({ "compared": compared }))?;
        return Ok(ANSWERED);
    }
    for (at, one) in compared.iter().enumerate() {
        show(at + 1, &one.option);
        for (topic, score, sure) in one.topics.iter().filter(|(.., sure)| *sure > 0) {
            say!("      {score:+4}  {} ({sure} % known)", topic.info().name);
        }
    }
    Ok(ANSWERED)
}

/// The best basket for some money.
pub fn basket(device: &Device, as_json: bool, money: &str, codes: &[String]) -> anyhow::Result<u8> {
    let money = Money::parse(money, Currency::EUR)?;
    let items = codes.iter().map(|code| number_of(device, code)).collect::<anyhow::Result<_>>()?;
    let Answer::Basket(basket) = device.ask(Request::Basket { money, items })? else { anyhow::bail!("the engine did not answer with a basket") };
    if as_json {
        print::json(&basket)?;
        return Ok(ANSWERED);
    }
    for (at, place) in basket.places.iter().enumerate() {
        print::row(at + 1, &place.taken);
        if place.given.number != place.taken.number {
            let extra = place.extra.map(|minor| format!(", for {}", Money { minor, ..money })).unwrap_or_default();
            say!("      instead of {}: {:+} points{extra}", place.given.name, place.gain);
        }
    }
    say!("{} of {money}; what you named costs {}", basket.total, basket.before);
    Ok(ANSWERED)
}

fn show(place: usize, option: &Weighed) {
    print::row(place, &option.row);
    let unit = option.unit.map(|u| format!("{} for 100 {}", u.rounded(), if u.content == Content::Gram { "g" } else { "ml" }));
    let far = option.metres.map(|metres| format!("{}.{} km away", metres / 1_000, metres % 1_000 / 100));
    let shops: Vec<String> = option.shops.iter().map(|s| format!("{} ({})", s.name, print::band(s.band))).collect();
    let told: Vec<String> = [unit, far, (!shops.is_empty()).then(|| format!("at {}", shops.join(", ")))].into_iter().flatten().collect();
    if !told.is_empty() {
        say!("      {}", told.join("; "));
    }
}
