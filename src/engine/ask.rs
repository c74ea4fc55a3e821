//! Ask the bot: a typed question, answered from the snapshot on the person's terms.
//!
//! *In:* a line of text, and which subject is on the screen. *Out:* [`Told`]: what was understood, sentences, rows. The grammar is
//! [`bot::ask`]; here each question is answered by the same functions as the screens', so that none of them can disagree with it.

use super::{
    choose,
    fold::fold,
    options::{Lists, MANY_OPTIONS, MAX_ROWS},
    search::Found,
    service::{Engine, Fault},
    store::StoreError,
    wire::{Answer, Asked, EngineError, ListName, Told},
};
use crate::{
    bot::{
        self, Verdict, VerdictBand,
        ask::{About, EXAMPLES, Kind, Question, Wanted, question, telling},
    },
    measure::{Millis, Money},
    statement::SubjectKind,
    values::{HardLine, Importance, LineState, Profile, Topic, Weight},
};

/// How many reasons a sentence names.
const REASONS: usize = 3;

impl Engine {
    pub(super) fn ask(&self, text: &str, about: Option<u32>, limit: u32, now: Millis) -> Result<Answer, Fault> {
        let limit = limit.min(MAX_ROWS) as usize;
        let told = self.with_lists(|l| {
            let Some(question) = question(text) else { return Ok(not_understood()) };
            let told = match question {
                Question::Find(wanted) => l.find(&wanted, limit)?,
                Question::Why { about: what, good } => {
                    l.about(&what, about, now)?.map_or_else(|| nothing_meant(Asked::Why, &what), |n| l.why(n, good))
                }
                Question::Owner(what) => l.about(&what, about, now)?.map_or_else(|| nothing_meant(Asked::Owner, &what), |n| l.owner(n)),
                Question::Where(what) => l.about(&what, about, now)?.map_or_else(|| nothing_meant(Asked::Where, &what), |n| l.sold(n)),
                Question::Basket(money) => l.told_basket(money)?,
                Question::Better(what) => l.better_than(&what, about, limit, now)?,
            };
            Ok(told)
        })?;
        Ok(Answer::Told(told))
    }
}

fn told(asked: Asked, understood: String) -> Told {
    Told { asked, understood, said: Vec::new(), about: None, rows: Vec::new(), examples: Vec::new() }
}

fn examples() -> Vec<String> {
    EXAMPLES.map(str::to_owned).to_vec()
}

fn not_understood() -> Told {
    let said = vec!["I do not understand this question. I know what is in your snapshot, and these ways of asking:".to_owned()];
    Told { said, examples: examples(), ..told(Asked::Unknown, String::new()) }
}

fn nothing_meant(asked: Asked, what: &About) -> Told {
    let said = match what {
        About::This => "There is nothing on the screen and nothing in your history that this could mean. Scan something, or name it.".to_owned(),
        About::Named(name) => format!("Nothing in your snapshot is called \u{201c}{name}\u{201d}."),
    };
    Told { said: vec![said], examples: examples(), ..told(asked, String::new()) }
}

impl Lists<'_> {
    /// The subject that a question is about.
    fn about(&self, what: &About, on_screen: Option<u32>, now: Millis) -> Result<Option<u32>, Fault> {
        let c = self.catalogue;
        match what {
            About::Named(name) => {
                let (index, found) = (c.index(self.store)?, c.find(self.store, &telling(name))?);
                // A brand by its name before the products that bear it.
                let brand = |row: usize| c.is_in_force(row, SubjectKind::Organisation, None) && found.off(row).is_some_and(|off| off < 2);
                let first = index.first(&found, 1, &brand).into_iter().chain(index.first(&found, 1, &|_| true)).next();
                Ok(first.and_then(|row| c.number(row as usize)))
            }
            About::This => match on_screen.filter(|n| c.kind(*n).is_some()) {
                Some(number) => Ok(Some(number)),
                None => {
                    let last = self.store.seen()?.into_iter().next();
                    Ok(last.map(|seen| choose::check(c, self.store, &seen.code, now)).transpose()?.and_then(|said| said.number))
                }
            },
        }
    }

    fn find(&self, wanted: &Wanted, limit: usize) -> Result<Told, Fault> {
        let c = self.catalogue;
        let kind = match wanted.kind {
            Kind::Product => SubjectKind::Product,
            Kind::Project => SubjectKind::Project,
            Kind::Retailer | Kind::Organisation => SubjectKind::Organisation,
        };
        let found = if wanted.name.is_empty() { None } else { Some(c.find(self.store, &wanted.name)?) };
        let named = |row: usize| found.as_ref().is_none_or(|f: &Found| f.off(row).is_some());
        // A name alone may be anything's; only who asks for shops or projects leaves the rest out.
        let plain = *wanted == Wanted { name: wanted.name.clone(), ..Wanted::default() } && found.is_some();
        let of_kind = |row: usize| plain || c.is_in_force(row, kind, None) && self.is_retailer(row) == (wanted.kind == Kind::Retailer);
        let mut told = told(Asked::Find, wanted.told());
        if plain && let Some(found) = &found {
            let rows = c.index(self.store)?.first(found, limit, &|_| true);
            told.rows = self.rows(rows.into_iter().filter_map(|row| c.number(row as usize)).map(|n| (n, self.fit(n))))?;
        } else {
            let fits = |row: usize| of_kind(row) && named(row) && self.keeps(row, wanted) == LineState::Kept && self.costs(row, wanted) == Some(true);
            told.rows = self.rows_by(wanted, limit, &fits)?;
            told.said = self.left_out(wanted, &|row| of_kind(row) && named(row));
        }
        if told.rows.is_empty() {
            let name = format!("called \u{201c}{}\u{201d}", wanted.name);
            let nothing = match (plain, wanted.name.is_empty()) {
                (true, _) => format!("Nothing in your snapshot is {name}."),
                (_, true) => "Nothing in your snapshot is known to be all of that.".to_owned(),
                _ => format!("Nothing in your snapshot that is {name} is known to be all of that."),
            };
            told.said.insert(0, nothing);
            told.examples = examples();
        }
        Ok(told)
    }

    fn keeps(&self, row: usize, wanted: &Wanted) -> LineState {
        self.catalogue.columns().keeps(row, &wanted.lines)
    }

    /// Whether a row costs what was asked for; `None` when its price is not known, or in other money.
    fn costs(&self, row: usize, wanted: &Wanted) -> Option<bool> {
        let bounds = [wanted.least, wanted.most];
        let Some(money) = bounds.into_iter().flatten().next() else { return Some(true) };
        let price = self.catalogue.number(row).and_then(|n| self.price(n)).filter(|p| p.currency == money.currency)?;
        Some(wanted.least.is_none_or(|least| price.minor >= least.minor) && wanted.most.is_none_or(|most| price.minor <= most.minor))
    }

    /// The rows that fit, in the order that was asked for. Each says how it fits the person all the same.
    fn rows_by(&self, wanted: &Wanted, limit: usize, fits: &dyn Fn(usize) -> bool) -> Result<Vec<super::wire::OptionRow>, StoreError> {
        if wanted.kind == Kind::Retailer {
            let retailers: Vec<u32> = (0..self.catalogue.columns().len())
                .filter(|row| fits(*row))
                .filter_map(|row| self.catalogue.number(row))
                .filter(|n| !self.is_blocked(*n))
                .collect();
            return self.first_rows(self.ranked_retailers(&retailers).into_iter(), limit);
        }
        if wanted.cheapest {
            let mut priced: Vec<(Money, u32)> = (0..self.catalogue.columns().len())
                .filter(|row| fits(*row))
                .filter_map(|row| self.catalogue.number(row).filter(|n| !self.is_blocked(*n)).and_then(|n| Some((self.price(n)?, n))))
                .collect();
            priced.sort_unstable_by_key(|(price, n)| (price.currency, price.minor, *n));
            return self.first_rows(priced.into_iter().map(|(_, n)| (n, self.fit(n))), limit);
        }
        let Some(topic) = wanted.topic else { return self.best_rows(limit, fits) };
        let only = |t| (t, Weight::from(if t == topic { Importance::MattersMost } else { Importance::Ignore }));
        let profile =
            Profile { topics: Topic::ALL.into_iter().map(only).collect(), hard_lines: self.profile.hard_lines.clone(), ..Profile::default() };
        let best = Lists { profile: &profile, ..*self }.best(limit, fits);
        self.first_rows(best.into_iter().map(|(n, _)| (n, self.fit(n))), limit)
    }

    /// What is not in the list because it is not known, and what a label's word is worth.
    fn left_out(&self, wanted: &Wanted, meant: &dyn Fn(usize) -> bool) -> Vec<String> {
        let (mut unknown, mut unpriced) = (0_u32, 0_u32);
        for row in (0..self.catalogue.columns().len()).filter(|row| meant(*row)) {
            match self.keeps(row, wanted) {
                LineState::Unknown => unknown += 1,
                LineState::Kept if self.costs(row, wanted).is_none() => unpriced += 1,
                _ => {}
            }
        }
        let mut said = Vec::new();
        let names = |lines: &[HardLine]| lines.iter().map(|l| l.name().to_lowercase()).collect::<Vec<_>>().join(", ");
        if unknown > 0 {
            said.push(format!("Left out: {unknown} of which it is not known whether they are: {}.", names(&wanted.lines)));
        }
        if unpriced > 0 {
            said.push(format!("Left out: {unpriced} whose price is not known."));
        }
        let sensitive: Vec<HardLine> = wanted.lines.iter().copied().filter(|l| l.is_sensitive()).collect();
        if !sensitive.is_empty() {
            said.push(format!("{}: that is what labels say. Check the pack.", names(&sensitive)));
        }
        said
    }

    fn why(&self, number: u32, good: Option<bool>) -> Told {
        let Verdict { band, reasons, lines, unknown, .. } = self.verdict(number);
        let is_good = match band {
            VerdictBand::Fits => Some(true),
            VerdictBand::Against | VerdictBand::CrossesLine => Some(false),
            VerdictBand::Mixed | VerdictBand::NotEnoughKnown => None,
        };
        let otherwise = if good.is_some() && good != is_good { "It is otherwise. " } else { "" };
        let mut said = vec![format!("{otherwise}{}: {}.", self.catalogue.name(number), band.title())];
        said.extend(lines.iter().filter(|l| l.state == LineState::Crossed || l.line.is_sensitive()).map(bot::LineFinding::sentence));
        for (word, speaks) in [("For it", true), ("Against it", false)] {
            let named = reasons.iter().filter(|r| if speaks { r.points > 0 } else { r.points < 0 }).take(REASONS);
            let named: Vec<String> = named.map(|r| format!("{} ({})", r.text, r.topic.info().name.to_lowercase())).collect();
            if !named.is_empty() {
                said.push(format!("{word}: {}.", named.join("; ")));
            }
        }
        if let Some(first) = unknown.first() {
            let more = unknown.len() - 1;
            let name = first.info().name.to_lowercase();
            let others = match more {
                0 => String::new(),
                1 => " and one more topic that matters to you".to_owned(),
                _ => format!(" and {more} more topics that matter to you"),
            };
            said.push(format!("Nothing is known of {name}{others}."));
        }
        Told { about: Some(number), said, ..told(Asked::Why, format!("why {} is judged so", self.catalogue.name(number))) }
    }

    fn owner(&self, number: u32) -> Told {
        let (name, owners) = (self.catalogue.name(number), self.catalogue.owners(number));
        let said = match owners.as_slice() {
            [] => format!("Your snapshot does not say whom {name} belongs to."),
            [owner] => format!("{name} belongs to {owner}."),
            [first, between @ .., top] => {
                let chain = between.iter().map(|o| format!(", which belongs to {o}")).collect::<String>();
                format!("{name} belongs to {first}{chain}, which belongs to {top}. That is as far up as your snapshot knows.")
            }
        };
        Told { about: Some(number), said: vec![said], ..told(Asked::Owner, format!("whom {name} belongs to")) }
    }

    fn sold(&self, number: u32) -> Told {
        let c = self.catalogue;
        let name = c.name(number);
        let offers = c.listings(number).iter().map(|l| {
            let left = if l.stock == 0 { "none left".to_owned() } else { format!("{} in stock", l.stock) };
            format!("{}: {} ({left})", c.retailer_name(l.retailer), l.price)
        });
        let mut said: Vec<String> = offers.collect();
        if said.is_empty() {
            said.push(format!("Your snapshot knows no shop that lists {name}."));
        }
        said.extend(self.typed.get(&number).map(|mine| format!("You wrote down {mine}.")));
        Told { about: Some(number), said, ..told(Asked::Where, format!("where {name} is sold")) }
    }

    fn better_than(&self, what: &About, on_screen: Option<u32>, limit: usize, now: Millis) -> Result<Told, Fault> {
        let c = self.catalogue;
        // A category by its name, else the subject that is meant.
        if let About::Named(name) = what
            && let Some(category) = self.category_named(name)
        {
            let area = c.category_row(category).map(|row| row.name.clone()).unwrap_or_default();
            let rows = self.rows(self.better_in(category, limit.min(MANY_OPTIONS)).into_iter())?;
            let said = if rows.is_empty() { vec![format!("Nothing in {area} is known well enough to call it better.")] } else { Vec::new() };
            return Ok(Told { rows, said, ..told(Asked::Better, format!("what fits you best in {area}")) });
        }
        let Some(number) = self.about(what, on_screen, now)? else { return Ok(nothing_meant(Asked::Better, what)) };
        let rows = self.rows(self.better(number, limit.min(MANY_OPTIONS)).into_iter())?;
        let name = c.name(number);
        let said = if rows.is_empty() { vec![format!("Nothing like {name} is known to fit you better.")] } else { Vec::new() };
        Ok(Told { about: Some(number), rows, said, ..told(Asked::Better, format!("what fits you better than {name}")) })
    }

    /// What of the shopping list to take for this money: the swaps that make it fit better, the most telling first.
    fn told_basket(&self, money: Money) -> Result<Told, Fault> {
        let told = told(Asked::Basket, format!("what of your shopping list to take for {money}"));
        let mut items = Vec::new();
        for mark in self.store.marks()?.into_iter().filter(|m| m.list == ListName::Shopping) {
            items.extend(self.store.numbers_by_id(&mark.subject)?.into_iter().next());
        }
        if items.is_empty() {
            let said =
                "Your shopping list is empty. Put what you want to buy on it: open a product, then put it on one of \u{201c}Your lists\u{201d}."
                    .to_owned();
            return Ok(Told { said: vec![said], ..told });
        }
        let basket = match self.basket(money, &items) {
            Err(Fault::Final(EngineError::BadInput(why))) => return Ok(Told { said: vec![format!("{why}.")], ..told }),
            other => other?,
        };
        let mut swaps: Vec<_> = basket.places.iter().filter(|place| place.given.number != place.taken.number).collect();
        swaps.sort_by_key(|place| (std::cmp::Reverse(place.gain), place.extra));
        let mut said = vec![match (swaps.len(), basket.before.minor) {
            (0, _) => format!("As you have it, for {}: nothing fits better for the money.", basket.total),
            (n, before) => {
                let as_listed =
                    if before > 0 { format!(" What is on the list costs {} where its price is known.", basket.before) } else { String::new() };
                format!("For {} in all, with {n} of {} swapped.{as_listed}", basket.total, items.len())
            }
        }];
        said.extend(swaps.into_iter().map(|place| {
            let costs = match place.extra.map(|minor| (minor, Money { minor: minor.abs(), ..money })) {
                None => "what it costs more is not known".to_owned(),
                Some((0, _)) => "for the same money".to_owned(),
                Some((minor, more)) => format!("{more} {}", if minor > 0 { "more" } else { "less" }),
            };
            format!("{} instead of {}: {} points better, {costs}.", place.taken.name, place.given.name, place.gain)
        }));
        Ok(Told { said, rows: basket.places.into_iter().map(|place| place.taken).collect(), ..told })
    }

    /// The category that is called so, in the singular or plural; the one with the shortest name.
    fn category_named(&self, typed: &str) -> Option<u16> {
        let typed = fold(typed);
        let counts = self.catalogue.product_counts();
        let named = self.catalogue.categories.iter().zip(counts).zip(0..).filter(|((_, products), _)| *products > 0).filter_map(|((c, _), at)| {
            let name = fold(&c.name);
            let plural = |one: &str, many: &str| many.strip_prefix(one).is_some_and(|rest| matches!(rest, "s" | "es"));
            (name == typed || plural(&typed, &name) || plural(&name, &typed)).then_some((name.len(), at))
        });
        named.min().map(|(_, at)| at)
    }
}
