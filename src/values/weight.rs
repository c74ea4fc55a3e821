//! What a topic counts when a person says so by hand, and the forms they can say it in.
//!
//! | form | positions | hundredths of a topic that simply matters |
//! |---|---|---|
//! | levels | 3 | 0, 100, 300 |
//! | stars | none to 5 | 0, 50, 100, 150, 200, 300 |
//! | slider | 61 | 0 to 300 in steps of 5 |
//!
//! Two stars are a topic that simply matters and five one that matters most, so that whoever changes the form finds what they set before.

use serde::{Deserialize, Serialize};

/// How much a topic matters to a person. Three levels, because five were found to be too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Importance {
    /// Does not count.
    Ignore,
    /// Counts.
    #[default]
    Matters,
    /// Counts three times as much.
    MattersMost,
}

impl Importance {
    /// All levels, from least to most.
    pub const ALL: [Self; 3] = [Self::Ignore, Self::Matters, Self::MattersMost];

    /// Stable id in kebab case, e.g. `matters-most`; also its name on the wire.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Matters => "matters",
            Self::MattersMost => "matters-most",
        }
    }

    /// Short name for a person.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ignore => "Does not matter",
            Self::Matters => "Matters",
            Self::MattersMost => "Matters most",
        }
    }

    /// The level with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|i| i.id() == id)
    }

    /// The level nearest to a weight in hundredths. What weighs anything matters.
    #[must_use]
    pub const fn nearest(hundredths: i16) -> Self {
        match hundredths {
            ..=0 => Self::Ignore,
            1..200 => Self::Matters,
            200.. => Self::MattersMost,
        }
    }
}

/// What a topic counts, set by hand: 0..=[`Weight::MOST`] hundredths of a topic that simply matters.
///
/// ```
/// use ecosphere::values::{Importance, Weight};
/// assert_eq!(Weight::from(Importance::Matters).hundredths(), 100);
/// assert_eq!(Weight::of(1_000), Importance::MattersMost.into());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "i16", into = "i16")]
pub struct Weight(i16);

impl Weight {
    /// The most that can be set by hand, in hundredths.
    pub const MOST: i16 = 300;
    /// How far a slider moves at a time, in hundredths.
    pub const STEP: i16 = 5;
    /// What so many stars count: none, one, and so on up to five.
    pub const STARS: [Self; 6] = [Self(0), Self(50), Self(100), Self(150), Self(200), Self(300)];

    /// A weight of so many hundredths; what lies beyond 0..=[`Weight::MOST`] is held to it.
    #[must_use]
    pub const fn of(hundredths: i16) -> Self {
        match hundredths {
            ..0 => Self(0),
            0..=Self::MOST => Self(hundredths),
            _ => Self(Self::MOST),
        }
    }

    /// In hundredths of a topic that simply matters.
    #[must_use]
    pub const fn hundredths(self) -> i16 {
        self.0
    }

    /// The level that is exactly this weight.
    #[must_use]
    pub fn level(self) -> Option<Importance> {
        Importance::ALL.into_iter().find(|level| Self::from(*level) == self)
    }

    /// How many stars come nearest to so many hundredths, 0..=5; only nothing is no star.
    #[must_use]
    pub fn stars(hundredths: i16) -> usize {
        let far = |at: &usize| Self::STARS[*at].0.abs_diff(hundredths);
        (usize::from(hundredths > 0)..Self::STARS.len()).min_by_key(far).unwrap_or_default()
    }
}

impl From<Importance> for Weight {
    fn from(level: Importance) -> Self {
        match level {
            Importance::Ignore => Self(0),
            Importance::Matters => Self(100),
            Importance::MattersMost => Self(Self::MOST),
        }
    }
}

impl From<i16> for Weight {
    fn from(hundredths: i16) -> Self {
        Self::of(hundredths)
    }
}

impl From<Weight> for i16 {
    fn from(weight: Weight) -> Self {
        weight.0
    }
}

/// In which form a person likes to say what a topic counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Three levels.
    #[default]
    Levels,
    /// None to five stars.
    Stars,
    /// A slider.
    Slider,
}

impl Form {
    /// All forms, the plainest first.
    pub const ALL: [Self; 3] = [Self::Levels, Self::Stars, Self::Slider];

    /// Stable id: `levels`, `stars` or `slider`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Levels => "levels",
            Self::Stars => "stars",
            Self::Slider => "slider",
        }
    }

    /// Short name for a person.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Levels => "Levels",
            Self::Stars => "Stars",
            Self::Slider => "Slider",
        }
    }

    /// The form with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_in_one_form_is_found_again_in_the_others() {
        for level in Importance::ALL {
            let weight = Weight::from(level);
            assert_eq!((weight.level(), Importance::nearest(weight.hundredths())), (Some(level), level));
            assert_eq!(Weight::STARS[Weight::stars(weight.hundredths())], weight, "as stars");
            assert_eq!(weight.hundredths() % Weight::STEP, 0, "on the slider");
        }
        for (stars, weight) in Weight::STARS.into_iter().enumerate() {
            assert_eq!((Weight::stars(weight.hundredths()), weight.hundredths() % Weight::STEP), (stars, 0));
        }
        assert_eq!([1, 80, 240, 1_000].map(Weight::stars), [1, 2, 4, 5]);
        assert_eq!([-1, 301].map(Weight::of), [Weight::of(0), Weight::of(300)]);
        assert_eq!(Form::ALL.map(|f| Form::from_id(f.id())), Form::ALL.map(Some));
    }
}
