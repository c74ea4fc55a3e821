//! Ask the bot: what a person types, as a question that can be answered from the snapshot.
//!
//! *In:* a line of text. *Out:* a [`Question`], or `None` where this grammar has no rule for it; then the app says what it does understand
//! ([`EXAMPLES`]). Nothing is guessed: a word that no rule knows is a name to be looked up, and what was understood is said back ([`Wanted::told`]).
//!
//! ```text
//! question = "why" … [ thing ]                                     why is this red?
//!          | ( "who owns" | "who makes" | "owner of" | … ) thing   who owns this brand?
//!          | … ( "better" | "alternatives" | "instead of" ) … thing   show better shampoo
//!          | ( "where can i buy" | "how much is" | "price of" | … ) thing
//!          | ( "basket" | "shopping list" ) … amount                   a basket for 30 euros
//!          | wish*                                                 vegan chocolate without palm oil under 3
//! thing    = "this" | name
//! wish     = line | ( "under" | "over" | … ) amount | "between" amount "and" amount | "for" topic | "cheapest" | "shops" | … | name
//! line     = "vegan" | … | ( "without" | "no" | "free of" ) matter | matter "free"
//! ```
//! Everything is small letters, punctuation and hyphens are blanks, and words that say nothing here ("show me a") are passed over.

mod words;

use crate::{
    measure::{Currency, Money},
    values::{HardLine, Topic},
};
use words::{AT_LEAST, AT_MOST, CHEAP, FILL, FILLERS, FOR, FREE, GOOD, JUDGED, KEPT, KINDS, MONEY, NO, NOT, THIS, TOPICS, WITHOUT};

/// Questions that are understood, for a person who wonders what to ask.
pub const EXAMPLES: [&str; 6] = [
    "vegan chocolate without palm oil under 3",
    "why is this red?",
    "who owns this brand?",
    "show better shampoo",
    "where can I buy this?",
    "a basket for 30 euros",
];
/// How much of a question is read, in characters.
const LONGEST: usize = 300;

/// What a person asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// What there is on these terms.
    Find(Wanted),
    /// Why something is judged as it is.
    Why {
        /// What.
        about: About,
        /// Whether the person takes it for good or for bad.
        good: Option<bool>,
    },
    /// Whom something belongs to.
    Owner(About),
    /// What fits better.
    Better(About),
    /// Where something is sold, and for how much.
    Where(About),
    /// What of the shopping list to take for this money.
    Basket(Money),
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// What is on the screen, or was scanned last.
    This,
    /// What bears this name.
    Named(String),
}

/// What may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "each is named after its kind of subject")]
pub enum Kind {
    #[default]
    Product,
    Retailer,
    Project,
    Organisation,
}

/// What a person looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// What it is.
    pub kind: Kind,
    /// Words of its name, brand or category; empty: any.
    pub name: String,
    /// Lines it must be known to keep, in table order.
    pub lines: Vec<HardLine>,
    /// The most it may cost.
    pub most: Option<Money>,
    /// The least it may cost.
    pub least: Option<Money>,
    /// The one topic that counts.
    pub topic: Option<Topic>,
    /// The cheapest first.
    pub cheapest: bool,
}

impl Wanted {
    /// What was understood, as a person reads it.
    ///
    /// ```
    /// use ecosphere::bot::ask::{Question, question};
    ///
    /// let Some(Question::Find(wanted)) = question("Vegan chocolate, palm-oil-free, under €3,50?") else { panic!() };
    /// assert_eq!(wanted.told(), "chocolate; no palm oil; vegan; at most 3.50 EUR");
    /// ```
    #[must_use]
    pub fn told(&self) -> String {
        let kind = match self.kind {
            Kind::Product if self.name.is_empty() => "any product",
            Kind::Product => "",
            Kind::Retailer => "shops",
            Kind::Project => "projects",
            Kind::Organisation => "brands",
        };
        let mut parts: Vec<String> = [kind, self.name.as_str()].into_iter().filter(|p| !p.is_empty()).map(str::to_owned).collect();
        parts.extend(self.lines.iter().map(|line| line.name().to_lowercase()));
        parts.extend(self.least.map(|m| format!("at least {m}")));
        parts.extend(self.most.map(|m| format!("at most {m}")));
        parts.extend(self.topic.map(|t| format!("by {} alone", t.info().name.to_lowercase())));
        parts.extend(self.cheapest.then(|| "cheapest first".to_owned()));
        parts.join("; ")
    }
}

/// Reads a question.
///
/// ```
/// use ecosphere::bot::ask::{About, Question, question};
///
/// assert_eq!(question("Who owns this brand?"), Some(Question::Owner(About::This)));
/// assert_eq!(question("show better shampoo"), Some(Question::Better(About::Named("shampoo".into()))));
/// assert_eq!(question("When is the next train?"), None);
/// ```
#[must_use]
pub fn question(text: &str) -> Option<Question> {
    let mut rest = Rest::of(text);
    match rest.words.first()?.clone().as_str() {
        "why" => {
            rest.take(&["why"]);
            let good = JUDGED.iter().filter(|(word, _)| rest.take(&[*word])).filter_map(|(_, good)| *good).next();
            // "Why does this not fit me" takes it for bad.
            let good = good.map(|good| good != NOT.iter().any(|not| rest.take(&[*not])));
            return Some(Question::Why { about: rest.thing(), good });
        }
        "who" | "whose" | "owner"
            if rest.take(&["who owns", "who makes", "who made", "who is behind", "who is the owner of", "owner of", "whose"]) =>
        {
            return Some(Question::Owner(rest.thing()));
        }
        "where" | "how" | "price" | "prices" | "what"
            if rest.take(&["where can i buy", "where can i get", "where to buy", "where is", "how much is", "how much does", "how much are"])
                || rest.take(&["price of", "prices of", "price", "what does", "what is the price of"]) =>
        {
            rest.take(&["cost", "sold"]);
            return Some(Question::Where(rest.thing()));
        }
        "who" | "whose" | "when" | "where" | "how" | "will" | "should" | "did" | "has" | "have" | "am" => return None,
        _ => {}
    }
    if let Some(money) = rest.basket() {
        return Some(Question::Basket(money));
    }
    let by_topic = rest.position("better for").is_some();
    if !by_topic && rest.take(&["better than", "instead of", "alternatives to", "alternative to", "better", "alternatives", "alternative", "instead"])
    {
        return Some(Question::Better(rest.thing()));
    }
    rest.wishes().map(Question::Find)
}

/// A name without the words that say nothing of their own.
#[must_use]
pub fn telling(name: &str) -> String {
    name.split(' ').filter(|w| !FILLERS.contains(w)).collect::<Vec<_>>().join(" ")
}

/// The words that no rule has taken yet.
struct Rest {
    words: Vec<String>,
}

impl Rest {
    fn of(text: &str) -> Self {
        let text: String = text.chars().take(LONGEST).flat_map(char::to_lowercase).collect();
        let mut words = Vec::new();
        for piece in text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '?' | '!' | ';' | ':' | '"' | '(' | ')')) {
            // "€3" and "3€" are two words, and a comma or a dot within a number is none of a sentence.
            let piece = piece.trim_matches(|c: char| matches!(c, ',' | '.' | '\'' | '\u{2019}'));
            let bare = piece.trim_matches('\u{20ac}');
            if amount(bare).is_none() {
                words.extend(piece.split(',').filter(|w| !w.is_empty()).map(str::to_owned));
                continue;
            }
            words.push(bare.to_owned());
        }
        Self { words }
    }

    /// Takes the first of these phrases away, wherever it stands; true when there was one.
    fn take(&mut self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| {
            let at = self.position(phrase);
            at.map(|at| drop(self.words.drain(at..at + phrase.split(' ').count()))).is_some()
        })
    }

    /// Where a phrase stands.
    fn position(&self, phrase: &str) -> Option<usize> {
        let parts: Vec<&str> = phrase.split(' ').collect();
        self.words.windows(parts.len()).position(|window| window.iter().zip(&parts).all(|(word, part)| word == part))
    }

    /// What is left, as the thing that a question is about.
    fn thing(mut self) -> About {
        let points = self.words.iter().any(|w| THIS.contains(&w.as_str()));
        let says_nothing = |w: &String| FILLERS.contains(&w.as_str()) || THIS.contains(&w.as_str());
        // Within a name such a word may belong to it.
        let begin = self.words.iter().take_while(|w| says_nothing(w)).count();
        self.words.drain(..begin);
        let end = self.words.iter().rposition(|w| !says_nothing(w)).map_or(0, |last| last + 1);
        self.words.truncate(end);
        // "This brand", "that product".
        if points {
            self.words.retain(|w| KINDS.iter().all(|(kind, _)| kind != w));
        }
        if self.words.is_empty() { About::This } else { About::Named(self.words.join(" ")) }
    }

    /// The money for a basket, where nothing else is asked: a picnic basket under 30 is a thing to be found.
    fn basket(&self) -> Option<Money> {
        let mut rest = Self { words: self.words.clone() };
        if !rest.take(&["basket", "shopping list"]) {
            return None;
        }
        let at = (0..rest.words.len()).find(|at| rest.amount(*at).is_some())?;
        let money = rest.amount(at)?;
        rest.words.remove(at);
        for word in AT_MOST.iter().chain(&MONEY).chain(&FOR) {
            rest.take(&[word]);
        }
        rest.words.iter().all(|w| FILLERS.contains(&w.as_str()) || FILL.contains(&w.as_str())).then_some(money)
    }

    fn wishes(mut self) -> Option<Wanted> {
        let mut wanted = Wanted::default();
        self.money(&mut wanted);
        for (matter, line) in WITHOUT {
            let phrases = NO.iter().map(|no| format!("{no} {matter}")).chain([format!("{matter} {FREE}")]);
            if phrases.into_iter().any(|phrase| self.take(&[&phrase])) {
                wanted.lines.push(line);
            }
        }
        for (word, line) in KEPT {
            let asks_for_opposite = self.position(word).and_then(|at| self.words.get(at.checked_sub(1)?)).is_some_and(|w| NOT.contains(&w.as_str()));
            if asks_for_opposite {
                return None;
            }
            if self.take(&[word]) {
                wanted.lines.push(line);
            }
        }
        wanted.lines.sort_unstable();
        wanted.lines.dedup();
        let named = |rest: &mut Self, (name, topic): (&str, Topic)| FOR.iter().any(|f| rest.take(&[&format!("{f} {name}")])).then_some(topic);
        wanted.topic = TOPICS.into_iter().find_map(|topic| named(&mut self, topic));
        for (word, topic) in GOOD {
            if self.take(&[word]) {
                wanted.topic = Some(topic);
            }
        }
        wanted.cheapest = self.take(&CHEAP);
        if let Some((_, kind)) = KINDS.into_iter().find(|(word, _)| self.take(&[*word])) {
            wanted.kind = kind;
        }
        let asks = self.words.iter().any(|w| w == "best" || w == "good");
        self.words.retain(|w| !FILLERS.contains(&w.as_str()) && !THIS.contains(&w.as_str()));
        if self.words.iter().any(|w| NOT.contains(&w.as_str()) || NO.contains(&w.as_str())) {
            return None;
        }
        wanted.name = self.words.join(" ");
        (wanted != Wanted::default() || asks).then_some(wanted)
    }

    /// Takes what is said of money.
    fn money(&mut self, wanted: &mut Wanted) {
        if let Some(at) = self.position("between")
            && let (Some(least), Some("and"), Some(most)) = (self.amount(at + 1), self.words.get(at + 2).map(String::as_str), self.amount(at + 3))
        {
            (wanted.least, wanted.most) = if least.minor <= most.minor { (Some(least), Some(most)) } else { (Some(most), Some(least)) };
            self.words.drain(at..at + 4);
        }
        // The upper end first, as "no more than" holds "more than".
        wanted.most = self.bound(&AT_MOST).or(wanted.most);
        wanted.least = self.bound(&AT_LEAST).or(wanted.least);
        for word in MONEY {
            self.take(&[word]);
        }
    }

    fn bound(&mut self, phrases: &[&str]) -> Option<Money> {
        for phrase in phrases {
            let Some(at) = self.position(phrase) else { continue };
            let behind = at + phrase.split(' ').count();
            if let Some(amount) = self.amount(behind) {
                self.words.drain(at..=behind);
                return Some(amount);
            }
        }
        None
    }

    fn amount(&self, at: usize) -> Option<Money> {
        amount(self.words.get(at)?)
    }
}

/// An amount of money as people write it.
fn amount(word: &str) -> Option<Money> {
    Money::parse(word, Currency::EUR).ok()
}

#[cfg(test)]
mod tests;
