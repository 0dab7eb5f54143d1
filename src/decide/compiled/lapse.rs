//! How long a deferral lasts that holds for a known client.
//!
//! A client is told the latest end alone, so that an end is worked out only as far as it can lie after the others:
//! whatever is not after `floor` may come out as any day that is not.

use super::super::day::DayRule;
use super::moving::Periods;
use crate::book::Outcome;
use crate::book::condition::SlotId;
use crate::decide::prop::Context;
use crate::value::{Duration, ONGOING, Point, Points, Unit, shift};

/// More than lies between any two points.
const UNBOUNDED: Point = 1 << 50;

/// How long a rule that holds defers.
#[derive(Debug, Clone)]
pub(super) enum Lapse {
    /// It does not.
    None,
    /// No day ends it.
    Open,
    /// A time after an answer.
    After(SlotId, After),
    /// As long as parts of its condition do that end one by one.
    Parts(Periods),
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
    /// No answer moves it further.
    most: Point,
    /// What counts from later days on, ascending.
    later: Vec<(Point, Duration, bool)>,
}

impl Lapse {
    pub(super) fn of(rule: &DayRule<'_>, context: &Context<'_>, domains: &[Points]) -> Lapse {
        if rule.rule.outcome != Outcome::Deferred {
            return Lapse::None;
        }
        let after = || {
            let (slot, periods) = rule.after()?;
            let single = periods.into_iter().map(|(from, offsets)| match offsets[..] {
                [(by, back)] => Some((from, by, back)),
                _ => None,
            });
            let mut single = single.collect::<Option<Vec<_>>>()?;
            let (from, by, back) = single.remove(0);
            let most = if single.is_empty() && from == Point::MIN { most(&by, back) } else { UNBOUNDED };
            Some(Lapse::After(slot, After { from, by, back, most, later: single }))
        };
        let parts = || Periods::of(rule.rule, context, domains).map(Lapse::Parts);
        match rule.waits_for_an_answer() {
            true => after().or_else(parts).unwrap_or(Lapse::Look),
            false => Lapse::Open,
        }
    }
}

impl After {
    /// The first day on which the rule no longer holds.
    #[inline]
    pub(super) fn end(&self, answer: Point, floor: Point) -> Point {
        if answer + self.most <= floor {
            return floor;
        }
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

/// So many days at most does a time move a day on.
pub(super) fn most(by: &Duration, back: bool) -> Point {
    let longest = match by.unit {
        Unit::Minutes | Unit::Hours => 0,
        Unit::Days => 1,
        Unit::Weeks => 7,
        Unit::Months => 32,
        Unit::Years => 367,
    };
    if back { 0 } else { longest * Point::from(by.count) }
}
