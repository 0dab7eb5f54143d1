//! The end of a condition of several parts that only ever lapse, as arithmetic.

use super::lapse::most;
use super::tree::Tree;
use crate::book::condition::{
    CompareOp, Condition, ConditionKind, DateBase, DateTerm, Length, NumberTerm, SlotId,
};
use crate::book::fact::FactKind;
use crate::book::{Quantity, Rule};
use crate::decide::prop::Context;
use crate::decide::time::{self, Drift};
use crate::value::{Day, Duration, NEVER, Number, ONGOING, Point, Points, Unit, shift};

/// More years than anybody lives, and few enough to stay within the calendar.
const MOST_YEARS: i64 = 1_000;

/// The end of a rule that holds: what counts from the day after the visit on, and what from later days on.
#[derive(Debug, Clone)]
pub(super) struct Periods(Vec<Period>);

#[derive(Debug, Clone)]
struct Period {
    from: Point,
    /// The day from which something else counts.
    next: Point,
    end: End,
}

/// The day from which something no longer is so.
#[derive(Debug, Clone)]
enum End {
    /// The same for every client.
    Fixed(Point),
    /// Times after an answer, and one day more.
    After { slot: SlotId, steps: Vec<(Duration, bool)>, more: Point, most: Point },
    /// Never, if it is so.
    Still(Tree),
    /// The first of these days.
    First(Vec<End>),
    /// The last.
    Last(Vec<End>),
}

impl Periods {
    /// Of a rule; `None` if its end takes a closer look.
    pub(super) fn of(rule: &Rule, context: &Context<'_>, domains: &[Points]) -> Option<Periods> {
        if rule.condition.is_scripted() || !time::only_lapses(&rule.condition, true) {
            return None;
        }
        let mut periods = Vec::new();
        let mut start = context.visit.next();
        loop {
            let next = time::change_after(rule, context.treatment, start);
            let reading = Reading { context, on: Context { visit: start, ..*context }, domains };
            let end = match rule.in_force.covers(start) {
                true => reading.end(&rule.condition, true, true)?,
                false => End::Fixed(NEVER),
            };
            periods.push(Period { from: start.point(), next: next.map_or(Point::MAX, Day::point), end });
            match next {
                Some(next) => start = next,
                None => return Some(Periods(periods)),
            }
        }
    }

    /// The first day on which a rule that holds no longer does.
    pub(super) fn end(&self, value: &impl Fn(SlotId) -> Point, floor: Point) -> Point {
        let mut days = self.0.iter().map(|Period { from, next, end }| {
            // Which of the periods it is must come out right even if the day does not matter.
            let day = end.day(value, floor.min(next - 1)).max(*from);
            (day < *next).then_some(day)
        });
        days.find_map(|day| day).unwrap_or(ONGOING).min(ONGOING)
    }
}

/// Reads a rule as it stands from a day on.
struct Reading<'a> {
    /// As on the day of the visit.
    context: &'a Context<'a>,
    on: Context<'a>,
    domains: &'a [Points],
}

impl Reading<'_> {
    /// `sure` of what is so because the rule holds at the visit.
    fn end(&self, condition: &Condition, positive: bool, sure: bool) -> Option<End> {
        if self.is_still(condition) {
            if sure && !self.changes(condition) {
                return Some(End::Fixed(ONGOING));
            }
            let tree = Tree::of(&self.on.prop(condition), positive, self.domains);
            return (!tree.is_free()).then_some(End::Still(tree));
        }
        match &condition.kind {
            ConditionKind::Not(inner) => self.end(inner, !positive, false),
            ConditionKind::And(parts) | ConditionKind::Or(parts) => {
                let all = matches!(condition.kind, ConditionKind::And(_)) == positive;
                let ends = parts.iter().map(|part| self.end(part, positive, sure && all));
                let mut ends = ends.collect::<Option<Vec<End>>>()?;
                if all {
                    ends.retain(|end| !matches!(end, End::Fixed(ONGOING)));
                }
                Some(match (all, ends.len()) {
                    (true, 1) => ends.remove(0),
                    (true, _) => End::First(ends),
                    (false, _) => End::Last(ends),
                })
            }
            ConditionKind::Dates(a, op, b) => {
                let (term, op) = match (a.base, b.base) {
                    (DateBase::Visit, _) if a.offsets.is_empty() => (b, *op),
                    (_, DateBase::Visit) if b.offsets.is_empty() => (a, op.flipped()),
                    _ => return None,
                };
                self.until(term, lapsing(op, positive)?)
            }
            ConditionKind::Numbers(a, op, b) => match (a, b) {
                (NumberTerm::YearsBetween(from, to), bound) => self.until_age(from, to, *op, bound, positive),
                (bound, NumberTerm::YearsBetween(from, to)) => {
                    self.until_age(from, to, op.flipped(), bound, positive)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn until(&self, term: &DateTerm, more: Point) -> Option<End> {
        let Some(slot) = term.slot() else {
            let day = self.on.moment(|_| NEVER).date(term);
            return Some(End::Fixed(later(day, more)));
        };
        let steps = term.offsets.iter().filter_map(|offset| match offset.by {
            Length::Fixed(duration) => Some((duration, offset.back)),
            Length::Parameter(id) => match self.on.treatment.parameter(id).values.on(self.on.visit).1.value {
                Quantity::Duration(duration) => Some((duration, offset.back)),
                _ => None,
            },
        });
        let steps: Vec<(Duration, bool)> = steps.collect();
        let most = steps.iter().map(|(by, back)| most(by, *back)).sum::<Point>() + more;
        Some(End::After { slot, steps, more, most })
    }

    /// Until so many years after a birth.
    fn until_age(
        &self,
        from: &DateTerm,
        to: &DateTerm,
        op: CompareOp,
        bound: &NumberTerm,
        positive: bool,
    ) -> Option<End> {
        let slot = from.slot().filter(|_| from.offsets.is_empty())?;
        let is_birth = self.on.facts.fact_of(slot).kind == FactKind::BirthDate;
        if !is_birth || to.base != DateBase::Visit || !to.offsets.is_empty() || !bound.slots().is_empty() {
            return None;
        }
        let bound = self.on.moment(|_| NEVER).number(bound)?;
        let whole = Number::whole(1).point();
        let years = match lapsing(op, positive)? {
            0 => -(-bound).div_euclid(whole),
            _ => bound.div_euclid(whole) + 1,
        };
        let years = u32::try_from(years).ok().filter(|years| i64::from(*years) <= MOST_YEARS)?;
        let by = Duration::new(years, Unit::Years);
        Some(End::After { slot, steps: vec![(by, false)], more: 0, most: most(&by, false) })
    }

    fn is_still(&self, condition: &Condition) -> bool {
        let mut still = true;
        condition.walk(&mut |part| still &= time::drift(&part.kind) == Drift::Still);
        still
    }

    /// Whether a parameter in it changes after the visit.
    fn changes(&self, condition: &Condition) -> bool {
        let parameters = condition.parameters();
        let mut values = parameters.iter().flat_map(|id| self.on.treatment.parameter(*id).values.all());
        values.any(|(from, _)| *from > self.context.visit)
    }
}

/// How many days after a day something ends that is so while what grows compares thus with it, or does not.
fn lapsing(op: CompareOp, positive: bool) -> Option<Point> {
    match (op, positive) {
        (CompareOp::Less, true) | (CompareOp::GreaterOrEqual, false) => Some(0),
        (CompareOp::LessOrEqual, true) | (CompareOp::Greater, false) => Some(1),
        _ => None,
    }
}

/// Past the end of the calendar there is no day.
fn later(day: Point, more: Point) -> Point {
    let last = Day::from_point(ONGOING).point();
    if more > 0 && day >= last { ONGOING } else { day + more }
}

impl End {
    fn day(&self, value: &impl Fn(SlotId) -> Point, floor: Point) -> Point {
        match self {
            End::Fixed(day) => *day,
            End::After { slot, steps, more, most } => {
                let answer = value(*slot);
                if answer + most <= floor {
                    return floor;
                }
                later(steps.iter().fold(answer, |day, (by, back)| shift(day, by, *back)), *more)
            }
            End::Still(tree) => {
                if tree.holds(value) {
                    ONGOING
                } else {
                    NEVER
                }
            }
            End::First(ends) => {
                let mut first = ONGOING;
                for end in ends {
                    first = first.min(end.day(value, floor));
                    if first <= floor {
                        break;
                    }
                }
                first
            }
            End::Last(ends) => ends.iter().map(|end| end.day(value, floor)).max().unwrap_or(NEVER),
        }
    }
}
