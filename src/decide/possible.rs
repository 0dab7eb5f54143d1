//! Sets of outcomes.

use crate::book::Outcome;

/// Outcomes as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Possible(u8);

impl Possible {
    /// Only this outcome.
    pub const fn only(outcome: Outcome) -> Possible {
        Possible(1 << outcome as u8)
    }

    /// Whether the outcome is in the set.
    pub fn has(self, outcome: Outcome) -> bool {
        self.0 & (1 << outcome as u8) != 0
    }

    /// The outcomes of either set.
    pub fn or(self, other: Possible) -> Possible {
        Possible(self.0 | other.0)
    }

    /// The outcomes, best first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Outcome> {
        Outcome::ALL.into_iter().filter(move |outcome| self.has(*outcome))
    }

    /// The best outcome in the set.
    pub fn best(self) -> Outcome {
        Outcome::ALL.get(self.0.trailing_zeros() as usize).copied().unwrap_or(Outcome::NotEligible)
    }

    /// The best of the possible outcomes, except that `eligible` beside any other is `more information needed`.
    pub fn headline(self) -> Outcome {
        match self.best() {
            Outcome::Eligible if self != Possible::only(Outcome::Eligible) => Outcome::MoreInformation,
            best => best,
        }
    }

    /// The worst outcome in the set.
    pub fn worst(self) -> Outcome {
        let place = self.0.checked_ilog2().and_then(|place| Outcome::ALL.get(place as usize));
        place.copied().unwrap_or(Outcome::NotEligible)
    }

    /// The worse of one outcome from each set, for every choice.
    pub fn worse_of(self, other: Possible) -> Possible {
        // Of each set what lies at or above the other's best.
        let from = self.0.trailing_zeros().max(other.0.trailing_zeros());
        Possible(u8::MAX.checked_shl(from).map_or(0, |above| (self.0 | other.0) & above))
    }

    /// Whether every outcome of `self` is in `other`.
    pub fn is_within(self, other: Possible) -> bool {
        self.0 & !other.0 == 0
    }
}
