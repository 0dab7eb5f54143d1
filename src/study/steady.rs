//! Whether the days at which comparisons change keep their order, whatever day the visit is on.
//!
//! A comparison of one answer with the visit changes at one answer, its cut, so many days before the visit.
//! That number differs from visit to visit where months or years are counted, but within bounds: a cut that
//! lies 181 to 184 days back never meets one at 30 days.

use crate::book::Quantity;
use crate::book::Treatment;
use crate::book::condition::{
    CompareOp, ConditionKind, DateBase, DateTerm, Length, NumberTerm, Offset, ParameterId, SlotId,
};
use crate::value::{Day, Duration, FIRST_DAY, Number, Point, Unit};

/// The first answer from which on a comparison comes to something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) slot: SlotId,
    /// How many days before the visit it lies, at least and at most.
    pub(super) least: Point,
    pub(super) most: Point,
    /// Whether that differs from visit to visit.
    pub(super) varies: bool,
    /// What is counted, by which the same cut is known again.
    counted: Vec<Counted>,
}

/// Something that is counted on one side of a comparison, with the days its values count from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Counted {
    Moved {
        from_answer: bool,
        back: bool,
        counts: bool,
        values: Vec<(Day, Duration)>,
    },
    /// Whole days or years of a limit.
    Limit {
        years: bool,
        from_answer: bool,
        values: Vec<(Day, i64)>,
    },
    /// The answer must lie after the visit, not on it.
    Passes,
}

impl Cut {
    /// Whether the two keep their order on all visits.
    pub(super) fn is_steady_with(&self, other: &Cut) -> bool {
        (!self.varies && !other.varies)
            || self.most < other.least
            || other.most < self.least
            || self.counted == other.counted
    }

    /// Whether it never meets the end of the answers that there can be on the day of the visit.
    pub(super) fn is_before_the_visit(&self) -> bool {
        !self.varies || self.least > -1
    }
}

/// The cuts of a comparison of one answer with the visit; `None` if it is no such.
pub(super) fn cuts(treatment: &Treatment, kind: &ConditionKind) -> Option<Vec<Cut>> {
    let sides = |op: CompareOp| match op {
        CompareOp::Less | CompareOp::GreaterOrEqual => [true, false],
        CompareOp::LessOrEqual | CompareOp::Greater => [false, true],
        CompareOp::Equal | CompareOp::NotEqual => [true, true],
    };
    let mut cuts = Vec::new();
    match kind {
        ConditionKind::Dates(a, op, b) => {
            let (answer, visit, op) = match a.slot() {
                Some(_) => (a, b, *op),
                None => (b, a, op.flipped()),
            };
            let [reaches, passes] = sides(op);
            for passes in [reaches.then_some(false), passes.then_some(true)].into_iter().flatten() {
                cuts.push(Maker::of(treatment, answer, visit, passes)?.cut);
            }
        }
        ConditionKind::Numbers(a, op, b) => {
            let (between, limit, op) = match a {
                NumberTerm::DaysBetween(..) | NumberTerm::YearsBetween(..) => (a, b, *op),
                _ => (b, a, op.flipped()),
            };
            let years = matches!(between, NumberTerm::YearsBetween(..));
            let (NumberTerm::DaysBetween(start, end) | NumberTerm::YearsBetween(start, end)) = between else {
                return None;
            };
            let limits = numbers(treatment, limit)?;
            let [below, above] = sides(op);
            for up in [below.then_some(true), above.then_some(false)].into_iter().flatten() {
                // Fewer than so many: up to and without the next whole number.
                let whole = |number: &Number| {
                    let (up_to, down_to) = number.whole_around();
                    let whole = |number: Number| number.point() / Number::whole(1).point();
                    if up { whole(up_to) } else { whole(down_to) + 1 }
                };
                let values = limits.iter().map(|(from, number)| (*from, whole(number))).collect();
                let from_answer = start.slot().is_some();
                let (answer, visit) = if from_answer { (start, end) } else { (end, start) };
                let mut maker = Maker::of(treatment, answer, visit, from_answer)?;
                maker.limit(years, from_answer, values);
                cuts.push(maker.cut);
            }
        }
        _ => return None,
    }
    Some(cuts)
}

fn numbers(treatment: &Treatment, term: &NumberTerm) -> Option<Vec<(Day, Number)>> {
    match term {
        NumberTerm::Fixed(number) => Some(vec![(FIRST_DAY, *number)]),
        NumberTerm::Parameter(id) => {
            let numbers = values(treatment, *id).map(|(from, value)| match value {
                Quantity::Number(number) => Some((from, number)),
                _ => None,
            });
            numbers.collect()
        }
        _ => None,
    }
}

fn values(treatment: &Treatment, id: ParameterId) -> impl Iterator<Item = (Day, Quantity)> {
    treatment.parameter(id).values.all().iter().map(|(from, value)| (*from, value.value))
}

/// Adds up how far before the visit a cut lies.
struct Maker<'a> {
    treatment: &'a Treatment,
    cut: Cut,
}

impl Maker<'_> {
    /// The first answer that, moved on, lies on or after the visit, moved on; after it if it `passes`.
    fn of<'a>(
        treatment: &'a Treatment,
        answer: &DateTerm,
        visit: &DateTerm,
        passes: bool,
    ) -> Option<Maker<'a>> {
        if visit.base != DateBase::Visit {
            return None;
        }
        let (least, most) = if passes { (-1, -1) } else { (0, 0) };
        let counted = if passes { vec![Counted::Passes] } else { Vec::new() };
        let mut maker =
            Maker { treatment, cut: Cut { slot: answer.slot()?, least, most, varies: false, counted } };
        answer.offsets.iter().try_for_each(|offset| maker.offset(offset, true))?;
        visit.offsets.iter().try_for_each(|offset| maker.offset(offset, false))?;
        Some(maker)
    }

    fn offset(&mut self, offset: &Offset, from_answer: bool) -> Option<()> {
        let durations: Vec<(Day, Duration)> = match offset.by {
            Length::Fixed(duration) => vec![(FIRST_DAY, duration)],
            Length::Parameter(id) => {
                let durations = values(self.treatment, id).map(|(from, value)| match value {
                    Quantity::Duration(duration) => Some((from, duration)),
                    _ => None,
                });
                durations.collect::<Option<_>>()?
            }
        };
        let least = durations.iter().map(|(_, duration)| duration.shortest_days()).min()?;
        let most = durations.iter().map(|(_, duration)| duration.longest_days()).max()?;
        self.cut.varies |= durations.iter().any(|(_, d)| matches!(d.unit, Unit::Months | Unit::Years));
        self.add(least, most, from_answer != offset.back);
        let Offset { back, counts, .. } = *offset;
        self.cut.counted.push(Counted::Moved { from_answer, back, counts, values: durations });
        Some(())
    }

    fn limit(&mut self, years: bool, from_answer: bool, values: Vec<(Day, i64)>) {
        let days = |count: i64| match years {
            true => [365 * count, 366 * count],
            false => [count, count],
        };
        let all = || values.iter().flat_map(|(_, count)| days(*count));
        let (least, most) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        self.cut.varies |= years;
        self.add(least, most, from_answer);
        self.cut.counted.push(Counted::Limit { years, from_answer, values });
    }

    fn add(&mut self, least: Point, most: Point, from_answer: bool) {
        match from_answer {
            true => (self.cut.least, self.cut.most) = (self.cut.least + least, self.cut.most + most),
            false => (self.cut.least, self.cut.most) = (self.cut.least - most, self.cut.most - least),
        }
    }
}
