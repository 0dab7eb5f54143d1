//! How long a deferral lasts that holds for a known client.

use super::super::day::DayRule;
use crate::book::Outcome;
use crate::book::condition::SlotId;
use crate::value::{Duration, ONGOING, Point, shift};

/// How long a rule that holds defers.
#[derive(Debug, Clone)]
pub(super) enum Lapse {
    /// It does not.
    None,
    /// No day ends it.
    Open,
    /// A time after an answer.
    After(SlotId, After),
    /// It takes a closer look.
    Look,
}

/// A time after an answer, or before it.
#[derive(Debug, Clone)]
pub(super) struct After {
    /// The first day that it can end: what counts tomorrow may be shorter than what counts today.
    from: Point,
    by: Duration,
    back: bool,
    /// What counts from later days on, ascending.
    later: Vec<(Point, Duration, bool)>,
}

impl Lapse {
    pub(super) fn of(rule: &DayRule<'_>) -> Lapse {
        if rule.rule.outcome != Outcome::Deferred {
            return Lapse::None;
        }
        let Some((slot, periods)) = rule.after() else {
            return if rule.waits_for_an_answer() { Lapse::Look } else { Lapse::Open };
        };
        let mut single = Vec::with_capacity(periods.len());
        for (from, offsets) in periods {
            let [(by, back)] = offsets[..] else { return Lapse::Look };
            single.push((from, by, back));
        }
        let (from, by, back) = single.remove(0);
        Lapse::After(slot, After { from, by, back, later: single })
    }
}

impl After {
    /// The first day on which the rule no longer holds.
    #[inline]
    pub(super) fn end(&self, answer: Point) -> Point {
        let day = shift(answer, &self.by, self.back).max(self.from);
        if self.later.first().is_none_or(|(from, ..)| day < *from) { day } else { self.later_end(answer) }
    }

    fn later_end(&self, answer: Point) -> Point {
        let next = self.later.iter().skip(1).map(|(from, ..)| *from).chain(std::iter::once(Point::MAX));
        let mut days = self.later.iter().zip(next).map(|((from, by, back), next)| {
            let day = shift(answer, by, *back).max(*from);
            (day < next).then_some(day)
        });
        days.find_map(|day| day).unwrap_or(ONGOING)
    }
}
