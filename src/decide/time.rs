//! Dates and numbers worked out for known answers, and how conditions change as days go by.

use crate::book::condition::{
    Call, CompareOp, Condition, ConditionKind, DateBase, DateTerm, Length, NumberTerm, ParameterId, SlotId,
};
use crate::book::fact::Facts;
use crate::book::{Quantity, Rule, Treatment};
use crate::script::{Arg, ScriptFault, Scripts};
use crate::value::{Day, NEVER, NO, Number, ONGOING, Point, Truth, last_within, shift, years_between};

/// What a term is worked out with: a point for each slot, the day of the visit and the parameters of a day.
pub(super) struct Moment<'a, F: Fn(SlotId) -> Point> {
    pub(super) value: F,
    pub(super) visit: Day,
    pub(super) treatment: &'a Treatment,
    /// The day whose parameter values count.
    pub(super) values_of: Day,
    pub(super) facts: &'a Facts,
    /// `None` while the points are not known answers but the ends of open ones.
    pub(super) scripts: Option<&'a Scripts>,
}

impl<F: Fn(SlotId) -> Point> Moment<'_, F> {
    fn quantity(&self, id: ParameterId) -> Quantity {
        self.treatment.parameter(id).values.on(self.values_of).1.value
    }

    /// The date's point.
    pub(super) fn date(&self, term: &DateTerm) -> Point {
        let base = match term.base {
            DateBase::Slot(slot) => (self.value)(slot),
            DateBase::Visit => self.visit.point(),
            DateBase::Day(day) => day.point(),
            DateBase::Parameter(id) => match self.quantity(id) {
                Quantity::Day(day) => day.point(),
                _ => self.visit.point(),
            },
        };
        term.offsets.iter().fold(base, |point, offset| {
            let by = match offset.by {
                Length::Fixed(duration) => duration,
                Length::Parameter(id) => match self.quantity(id) {
                    Quantity::Duration(duration) => duration,
                    _ => return point,
                },
            };
            match offset.counts {
                true => last_within(point, &by),
                false => shift(point, &by, offset.back),
            }
        })
    }

    fn args(&self, scripts: &Scripts, call: &Call) -> Vec<Arg> {
        scripts
            .arguments(call.function, self.facts, self.treatment, self.values_of, &|slot| (self.value)(slot))
    }

    fn script_number(&self, call: &Call) -> Option<Result<Number, ScriptFault>> {
        self.scripts.map(|scripts| scripts.call_number(call.function, &self.args(scripts, call)))
    }

    fn script_yes_no(&self, call: &Call) -> Option<Result<bool, ScriptFault>> {
        self.scripts.map(|scripts| scripts.call_yes_no(call.function, &self.args(scripts, call)))
    }

    /// How the scripts in a comparison fail.
    pub(super) fn faults(&self, condition: &Condition) -> Vec<ScriptFault> {
        let number = |term: &NumberTerm| match term {
            NumberTerm::Call(call) => self.script_number(call)?.err(),
            _ => None,
        };
        match &condition.kind {
            ConditionKind::Numbers(a, _, b) => number(a).into_iter().chain(number(b)).collect(),
            ConditionKind::Call(call) => self.script_yes_no(call).and_then(Result::err).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The number's point; `None` for a script's number where the script fails or cannot be asked.
    pub(super) fn number(&self, term: &NumberTerm) -> Option<Point> {
        let days = |term: &DateTerm| Day::from_point(self.date(term));
        Some(match term {
            NumberTerm::Slot(slot) => (self.value)(*slot),
            NumberTerm::Fixed(number) => number.point(),
            NumberTerm::Parameter(id) => match self.quantity(*id) {
                Quantity::Number(number) => number.point(),
                _ => return None,
            },
            NumberTerm::DaysBetween(a, b) => Number::whole(days(b).point() - days(a).point()).point(),
            NumberTerm::YearsBetween(a, b) => Number::whole(years_between(days(a), days(b))).point(),
            NumberTerm::Call(call) => self.script_number(call)?.ok()?.point(),
        })
    }

    /// The condition for known answers; unknown only where a script's result is needed and not to be had.
    pub(super) fn truth(&self, condition: &Condition) -> Truth {
        match &condition.kind {
            ConditionKind::Not(inner) => self.truth(inner).negate(),
            ConditionKind::And(all) => all.iter().map(|part| self.truth(part)).min().unwrap_or(Truth::Yes),
            ConditionKind::Or(all) => all.iter().map(|part| self.truth(part)).max().unwrap_or(Truth::No),
            ConditionKind::Is(slot, low, high) => (*low..=*high).contains(&(self.value)(*slot)).into(),
            ConditionKind::AnyOption(fact) => {
                self.facts.get(*fact).slots().any(|slot| (self.value)(slot) != NO).into()
            }
            ConditionKind::Dates(a, op, b) => op.holds(self.date(a), self.date(b)).into(),
            ConditionKind::Numbers(a, op, b) => match (self.number(a), self.number(b)) {
                (Some(a), Some(b)) => op.holds(a, b).into(),
                _ => Truth::Unknown,
            },
            ConditionKind::Call(call) => match self.script_yes_no(call) {
                Some(Ok(yes)) => yes.into(),
                _ => Truth::Unknown,
            },
        }
    }
}

/// How a comparison changes as the visit moves to later days while the answers stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drift {
    /// It does not depend on the visit.
    Still,
    /// Once no, it stays no.
    Lapses,
    /// Once yes, it stays yes.
    Begins,
    /// Either.
    Both,
}

/// How a comparison drifts.
pub(super) fn drift(kind: &ConditionKind) -> Drift {
    let on_visit = |term: &DateTerm| term.base == DateBase::Visit;
    let (left, op, right) = match kind {
        ConditionKind::Dates(a, op, b) => (i8::from(on_visit(a)), *op, i8::from(on_visit(b))),
        ConditionKind::Numbers(a, op, b) => (number_drift(a), *op, number_drift(b)),
        ConditionKind::Not(_)
        | ConditionKind::And(_)
        | ConditionKind::Or(_)
        | ConditionKind::Is(..)
        | ConditionKind::AnyOption(_)
        | ConditionKind::Call(_) => return Drift::Still,
    };
    match (left - right, op) {
        (0, _) if left == 0 => Drift::Still,
        (0, _) | (_, CompareOp::Equal | CompareOp::NotEqual) => Drift::Both,
        (1.., CompareOp::Less | CompareOp::LessOrEqual) => Drift::Lapses,
        (1.., _) => Drift::Begins,
        (_, CompareOp::Less | CompareOp::LessOrEqual) => Drift::Begins,
        (_, _) => Drift::Lapses,
    }
}

/// Whether no part of a condition depends on the visit.
pub(super) fn is_still(condition: &Condition) -> bool {
    let mut still = true;
    condition.walk(&mut |part| still &= drift(&part.kind) == Drift::Still);
    still
}

/// 1 for a number that grows as the visit moves on, -1 for one that shrinks.
fn number_drift(term: &NumberTerm) -> i8 {
    match term {
        NumberTerm::DaysBetween(a, b) | NumberTerm::YearsBetween(a, b) => {
            i8::from(b.base == DateBase::Visit) - i8::from(a.base == DateBase::Visit)
        }
        NumberTerm::Slot(_) | NumberTerm::Fixed(_) | NumberTerm::Parameter(_) | NumberTerm::Call(_) => 0,
    }
}

/// Whether the condition, once no, stays no as days go by (while parameters do not change).
pub(super) fn only_lapses(condition: &Condition, positive: bool) -> bool {
    match &condition.kind {
        ConditionKind::Not(inner) => only_lapses(inner, !positive),
        ConditionKind::And(all) | ConditionKind::Or(all) => {
            all.iter().all(|part| only_lapses(part, positive))
        }
        kind => matches!(
            (drift(kind), positive),
            (Drift::Still, _) | (Drift::Lapses, true) | (Drift::Begins, false)
        ),
    }
}

/// How a rule changes as days go by, whoever is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Course {
    /// Whether it only ever lapses while its numbers stay.
    only_lapses: bool,
    /// The days on which it uses another number, begins or ends, ascending.
    changes: Vec<Day>,
}

impl Course {
    pub(super) fn of(rule: &Rule, treatment: &Treatment) -> Course {
        Course { only_lapses: only_lapses(&rule.condition, true), changes: changes(rule, treatment) }
    }
}

/// The first day after `visit` on which the rule, with the values in force on that day, no longer holds;
/// [`ONGOING`] if there is none. The rule holds at the visit with these answers.
pub(super) fn lapse(
    (rule, course): (&Rule, &Course),
    treatment: &Treatment,
    facts: &Facts,
    scripts: Option<&Scripts>,
    visit: Day,
    value: &impl Fn(SlotId) -> Point,
) -> Point {
    let mut start = visit.next();
    loop {
        let next = course.changes.partition_point(|change| *change <= start);
        let end = course.changes.get(next).copied();
        let moment = |day| Moment { value, visit: day, treatment, values_of: start, facts, scripts };
        let found = if !rule.in_force.covers(start) {
            Some(start.point())
        } else if course.only_lapses {
            Some(lapses_on(&rule.condition, true, &moment(start)).max(start.point()))
                .filter(|day| *day < ONGOING)
        } else {
            let mut days = Vec::new();
            flips(&rule.condition, &moment, start, &mut days);
            days.push(start.point());
            days.sort_unstable();
            days.into_iter().find(|day| moment(Day::from_point(*day)).truth(&rule.condition) == Truth::No)
        };
        match (found, end) {
            (Some(day), Some(end)) if day < end.point() => return day,
            (Some(day), None) => return day,
            (None, None) => return ONGOING,
            (_, Some(end)) => start = end,
        }
    }
}

/// The days on which a parameter of the rule changes or the rule starts or stops to count, ascending.
pub(super) fn changes(rule: &Rule, treatment: &Treatment) -> Vec<Day> {
    let mut days = parameter_changes(&rule.condition, treatment);
    days.extend(rule.in_force.changes());
    days.sort_unstable();
    days.dedup();
    days
}

/// The days on which a parameter of the condition changes. The first value of each counts before its day too.
pub(super) fn parameter_changes(condition: &Condition, treatment: &Treatment) -> Vec<Day> {
    let parameters = condition.parameters().into_iter();
    let later = parameters.flat_map(|id| treatment.parameter(id).values.all().iter().skip(1));
    later.map(|(from, _)| *from).collect()
}

/// For a condition that only lapses: the day from which it is no. `moment` fixes the parameters.
fn lapses_on<F: Fn(SlotId) -> Point>(condition: &Condition, positive: bool, moment: &Moment<'_, F>) -> Point {
    match &condition.kind {
        ConditionKind::Not(inner) => lapses_on(inner, !positive, moment),
        ConditionKind::And(all) | ConditionKind::Or(all) => {
            let days = all.iter().map(|part| lapses_on(part, positive, moment));
            let earliest = matches!(condition.kind, ConditionKind::And(_)) == positive;
            if earliest { days.min().unwrap_or(ONGOING) } else { days.max().unwrap_or(NEVER) }
        }
        ConditionKind::Dates(DateTerm { base: DateBase::Visit, offsets }, CompareOp::Less, term)
            if positive && offsets.is_empty() =>
        {
            moment.date(term)
        }
        kind if drift(kind) == Drift::Still => {
            let truth = moment.truth(condition);
            if (truth == Truth::No) == positive && truth != Truth::Unknown { NEVER } else { ONGOING }
        }
        _ => {
            let still = |day: Day| {
                let Moment { treatment, values_of, facts, scripts, .. } = *moment;
                let moved = Moment { value: &moment.value, visit: day, treatment, values_of, facts, scripts };
                (moved.truth(condition) == Truth::No) != positive
            };
            first_without(moment.visit, &still).unwrap_or(ONGOING)
        }
    }
}

/// The first day from `start` on which `holds` is false, for something that once false stays so.
fn first_without(start: Day, holds: &impl Fn(Day) -> bool) -> Option<Point> {
    let mut low = start.point();
    let mut high = Day::from_point(ONGOING).point();
    if holds(Day::from_point(high)) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(Day::from_point(middle)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Some(low)
}

/// The other side of a comparison with the bare visit, if time does not move it, and how the visit stands to it.
fn beside_visit(kind: &ConditionKind) -> Option<(CompareOp, &DateTerm)> {
    let bare = |term: &DateTerm| term.base == DateBase::Visit && term.offsets.is_empty();
    match kind {
        ConditionKind::Dates(a, op, b) if bare(a) && b.base != DateBase::Visit => Some((*op, b)),
        ConditionKind::Dates(a, op, b) if bare(b) && a.base != DateBase::Visit => Some((op.flipped(), a)),
        _ => None,
    }
}

/// Adds every day from `start` on at which a comparison in the condition can change its truth.
pub(super) fn flips<'m, F, M>(condition: &Condition, moment: &M, start: Day, days: &mut Vec<Point>)
where
    F: Fn(SlotId) -> Point + 'm,
    M: Fn(Day) -> Moment<'m, F>,
{
    condition.walk(&mut |part| {
        let drift = drift(&part.kind);
        if drift == Drift::Still {
            return;
        }
        if let Some((op, other)) = beside_visit(&part.kind) {
            // The visit meets a day that stays where it is: on it, or behind it.
            let meets = moment(start).date(other);
            let last = Day::from_point(ONGOING).point();
            let turns = halves(drift, op).iter().map(|half| match half.holds(0, 0) {
                true => meets.saturating_add(1),
                false => meets,
            });
            days.extend(turns.filter(|day| start.point() < *day && *day <= last));
            return;
        }
        let (ConditionKind::Dates(_, op, _) | ConditionKind::Numbers(_, op, _)) = &part.kind else { return };
        for op in halves(drift, *op) {
            let half = Condition {
                kind: match &part.kind {
                    ConditionKind::Dates(a, _, b) => ConditionKind::Dates(a.clone(), *op, b.clone()),
                    ConditionKind::Numbers(a, _, b) => ConditionKind::Numbers(a.clone(), *op, b.clone()),
                    _ => return,
                },
                span: part.span,
            };
            let first = moment(start).truth(&half);
            days.extend(first_without(start, &|day| moment(day).truth(&half) == first));
        }
    });
}

/// The comparisons, each of which drifts one way only, at whose turns this one can turn.
fn halves(drift: Drift, op: CompareOp) -> &'static [CompareOp] {
    match drift {
        Drift::Still => &[],
        Drift::Both => &[CompareOp::Less, CompareOp::LessOrEqual],
        // The opposite of a comparison turns on the same day.
        Drift::Lapses | Drift::Begins if op.holds(0, 0) == op.holds(-1, 0) => &[CompareOp::LessOrEqual],
        Drift::Lapses | Drift::Begins => &[CompareOp::Less],
    }
}
