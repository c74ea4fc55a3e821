//! The value check: what a wallet's own rule says of whom one is about to pay or to award, before anything is signed.
//!
//! It is about organisations only, as the device's own snapshot and the person's own values see them. People are never judged, and of whom nothing is
//! known nothing is said. What is unknown can warn, but never refuses.

use crate::label::Grade;
use serde::{Deserialize, Serialize};

/// What a device knows of an organisation, on one person's terms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Regard {
    /// Its name.
    pub name: String,
    /// The person's hard lines that it crosses, as sentences.
    pub crosses: Vec<String>,
    /// The letter of its S/E label, where there is one.
    pub grade: Option<Grade>,
}

/// How much a rule means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Firmness {
    /// Nothing.
    Off,
    /// It is said before signing.
    #[default]
    Warn,
    /// Nothing is signed.
    Refuse,
}

/// A wallet's own rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Where a hard line is crossed.
    pub lines: Firmness,
    /// Where the S/E label is worse than `least`.
    pub label: Firmness,
    /// The worst letter that is good enough.
    pub least: Grade,
}

/// Crossed lines are said; labels count only for whoever wants it.
impl Default for Rule {
    fn default() -> Self {
        Self { lines: Firmness::Warn, label: Firmness::Off, least: Grade::B }
    }
}

/// What the rule says of somebody: sentences without their full stop.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judged {
    /// To be said before signing.
    pub warns: Vec<String>,
    /// Why nothing is signed.
    pub refuses: Vec<String>,
}

impl Rule {
    /// Holds somebody against the rule.
    ///
    /// ```
    /// use ecosphere::{label::Grade, wallet::{Firmness, Regard, Rule}};
    ///
    /// let rule = Rule { label: Firmness::Refuse, ..Rule::default() };
    /// let baker = Regard { name: "Ovens".into(), crosses: vec![], grade: Some(Grade::C) };
    /// assert_eq!(rule.judge(&baker).refuses, ["Ovens has the S/E label C, and your rule asks for B at least"]);
    /// ```
    #[must_use]
    pub fn judge(self, of: &Regard) -> Judged {
        let mut judged = Judged::default();
        let crossed = of.crosses.iter().map(|line| format!("{} crosses a line of yours: {}", of.name, line.trim_end_matches('.')));
        judged.add(self.lines, crossed);
        match of.grade {
            // A is the best, and the least.
            Some(grade) if grade > self.least => {
                judged.add(self.label, [format!("{} has the S/E label {grade:?}, and your rule asks for {:?} at least", of.name, self.least)]);
            }
            None if self.label != Firmness::Off => {
                judged.add(Firmness::Warn, [format!("No S/E label of {} is known, and your rule asks for {:?} at least", of.name, self.least)]);
            }
            _ => {}
        }
        judged
    }
}

impl Judged {
    fn add(&mut self, firmness: Firmness, said: impl IntoIterator<Item = String>) {
        match firmness {
            Firmness::Off => {}
            Firmness::Warn => self.warns.extend(said),
            Firmness::Refuse => self.refuses.extend(said),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regard(crosses: &[&str], grade: Option<Grade>) -> Regard {
        Regard { name: "Ovens".into(), crosses: crosses.iter().map(|&line| line.into()).collect(), grade }
    }

    #[test]
    fn a_crossed_line_is_said_unless_it_is_off_and_refused_where_that_is_wanted() {
        let of = regard(&["No palm oil: crossed.", "Vegan: crossed."], Some(Grade::A));
        let with = |lines| Rule { lines, ..Rule::default() }.judge(&of);
        assert_eq!(with(Firmness::Off), Judged::default());
        assert_eq!((with(Firmness::Warn).warns.len(), with(Firmness::Warn).refuses.len()), (2, 0));
        assert_eq!(with(Firmness::Refuse).refuses[0], "Ovens crosses a line of yours: No palm oil: crossed");
    }

    #[test]
    fn a_worse_label_counts_and_one_that_is_not_known_only_warns() {
        for least in Grade::ALL {
            for grade in Grade::ALL {
                let judged = Rule { label: Firmness::Refuse, least, ..Rule::default() }.judge(&regard(&[], Some(grade)));
                assert_eq!(judged.refuses.is_empty(), grade <= least, "{grade:?} for {least:?}");
            }
        }
        let unknown = Rule { label: Firmness::Refuse, ..Rule::default() }.judge(&regard(&[], None));
        assert_eq!((unknown.warns.len(), unknown.refuses.len()), (1, 0));
        assert_eq!(Rule::default().judge(&regard(&[], None)), Judged::default());
    }
}
