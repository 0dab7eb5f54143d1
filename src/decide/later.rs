//! How answers count on days after the visit.

use std::borrow::Cow;

use super::answers::{Answers, Boxes};
use super::combine;
use crate::book::condition::FactId;
use crate::book::fact::Facts;
use crate::value::Day;

impl Answers {
    /// What the answers to a fact allow on another day than the visit: on a later one some have become too old, and what
    /// was to end may have ended, on an earlier one some had not yet; what is partly known stays cut at the visit asked
    /// about.
    pub fn boxes_on(&self, id: FactId, day: Day, facts: &Facts) -> Cow<'_, Boxes> {
        let (at, fact) = (usize::from(id.0), facts.get(id));
        if fact.good_for.is_empty() && !fact.may_be_planned {
            return Cow::Borrowed(self.boxes(id));
        }
        let given = &self.singles[at];
        match combine::as_given(fact, given, day) {
            Some(boxes) => Cow::Borrowed(boxes),
            None => Cow::Owned(combine::combine(facts, id, given, day, self.visit).boxes),
        }
    }

    /// The days after the visit on which the answers to a fact may count otherwise than on the day before.
    pub(super) fn turns(&self, id: FactId, facts: &Facts, see: &mut dyn FnMut(Day)) {
        let fact = facts.get(id);
        let days = self.singles[usize::from(id.0)].iter().flat_map(|one| one.turns(fact));
        days.filter(|day| *day > self.visit).for_each(see);
    }
}
