//! How answers count on days after the visit.

use std::borrow::Cow;

use super::answers::{Answers, Boxes};
use super::combine;
use crate::book::condition::FactId;
use crate::book::fact::Facts;
use crate::value::Day;

impl Answers {
    /// What the answers to a fact allow on a later day: some have become too old; what is partly known stays cut at
    /// the visit asked about.
    pub(super) fn boxes_on(&self, id: FactId, day: Day, facts: &Facts) -> Cow<'_, Boxes> {
        let (at, fact) = (usize::from(id.0), facts.get(id));
        if fact.good_for.is_empty() {
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
        let days = combine::expiries(facts.get(id), &self.singles[usize::from(id.0)]);
        days.filter(|day| *day > self.visit).for_each(see);
    }
}
