//! From claims to what is known of hard lines.

use super::{LineFinding, Subject};
use crate::{
    provenance::{ClaimDef, ClaimState},
    values::{HardLine, LineState},
};

/// What claims say of hard lines, a bit per line in table order.
///
/// A claim that other facts contradict asserts nothing and leaves its lines disputed. An inferred claim is a prior about a
/// country, not a finding about the subject: it neither keeps nor crosses a line.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LineFacts {
    kept: u16,
    crossed: u16,
    disputed: u16,
}

impl LineFacts {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let mut facts = Self::default();
        for (def, state) in subject.rows() {
            for (line, kept) in said(def) {
                let bit = bit(line);
                match state {
                    ClaimState::Attested | ClaimState::Confirmed | ClaimState::SelfDeclared if kept => facts.kept |= bit,
                    ClaimState::Attested | ClaimState::Confirmed | ClaimState::SelfDeclared => facts.crossed |= bit,
                    ClaimState::Inferred => {}
                    ClaimState::Contradicted => facts.disputed |= bit,
                }
            }
        }
        facts
    }

    /// What is left of them for judging: the lines that are known to be kept, and those known to be crossed.
    pub(super) fn settled(self) -> (u16, u16) {
        let clear = !self.disputed & !(self.kept & self.crossed);
        (self.kept & clear, self.crossed & clear)
    }

    /// The facts that [`LineFacts::settled`] tells. What was disputed is unknown in them, which judges alike.
    pub(super) const fn of_settled(kept: u16, crossed: u16) -> Self {
        Self { kept, crossed, disputed: 0 }
    }

    pub(super) fn state(self, line: HardLine) -> LineState {
        let bit = bit(line);
        match (self.kept & bit != 0, self.crossed & bit != 0, self.disputed & bit != 0) {
            (_, _, true) | (true, true, _) => LineState::Contradicted,
            (true, false, false) => LineState::Kept,
            (false, true, false) => LineState::Crossed,
            (false, false, false) => LineState::Unknown,
        }
    }
}

/// The findings on these lines, with the texts of all claims that speak to each.
pub(super) fn findings(lines: &[HardLine], facts: LineFacts, subject: &Subject<'_>) -> Vec<LineFinding> {
    let finding = |&line: &HardLine| {
        let speaks = |def: &ClaimDef| said(def).any(|(l, _)| l == line);
        let mut because: Vec<String> = subject.rows().filter(|(def, _)| speaks(def)).map(|(def, _)| def.text.clone()).collect();
        because.sort_unstable();
        LineFinding { line, state: facts.state(line), because }
    };
    lines.iter().map(finding).collect()
}

/// What a row says of lines, with what follows: what is vegan is vegetarian, what is not vegetarian is not vegan.
fn said(def: &ClaimDef) -> impl Iterator<Item = (HardLine, bool)> {
    def.lines.iter().flat_map(|&(line, kept)| {
        let follows =
            HardLine::ALL.into_iter().filter(move |&other| if kept { line.implies() == Some(other) } else { other.implies() == Some(line) });
        std::iter::once((line, kept)).chain(follows.map(move |other| (other, kept)))
    })
}

/// These lines, a bit each.
pub(super) fn bits(lines: &[HardLine]) -> u16 {
    lines.iter().fold(0, |all, line| all | bit(*line))
}

const fn bit(line: HardLine) -> u16 {
    1 << line as u8
}
