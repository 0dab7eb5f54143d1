//! The days on which what a rule says can differ by time alone.

use std::collections::BTreeSet;

use super::super::cuts::Cuts;
use super::super::day::Version;
use super::super::prop::{Context, Prop};
use super::super::time::{self, Drift, Moment};
use super::sets::small;
use crate::book::condition::{CompareOp, Condition, ConditionKind, DateBase, DateTerm, NumberTerm, SlotId};
use crate::book::{Outcome, Rule};
use crate::value::{Day, FIRST_DAY, NEVER, Number, ONGOING, Point, Points};

/// 2024-10-04, counted from 1970-01-01: any day will do that is no end of the calendar.
const TYPICAL: Point = 20_000;
/// The same count of months is at most so many days more or less.
const MONTHS_DIFFER: Point = 10;

/// Up to when some deferral of a page may begin: for ever, or until the last day on which one of them changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Receding(Point);

impl Receding {
    /// Of a page.
    pub(super) fn of(version: &Version<'_>) -> Receding {
        let deferring = version.treatment.rules.iter().filter(|rule| rule.outcome == Outcome::Deferred);
        let each = deferring.map(|rule| match time::only_lapses(&rule.condition, true) {
            true => of_rule(rule, version).last().map_or(NEVER, |day| day.point()),
            false => ONGOING,
        });
        Receding(each.max().unwrap_or(NEVER))
    }

    /// The first day on which none may begin any more.
    pub(super) fn end(self) -> i32 {
        small(self.0.saturating_add(1))
    }

    /// Whether one may begin after a day.
    pub(super) fn after(self, day: Day) -> bool {
        self.0 > day.point()
    }
}

/// The days on which the rule itself changes: it begins or ends, is withdrawn, or uses another number.
pub(super) fn of_rule(rule: &Rule, version: &Version<'_>) -> Vec<Day> {
    let mut days = time::changes(rule, version.treatment);
    days.extend(rule.withdrawn.iter().map(|switch| switch.since));
    days.sort_unstable();
    days.dedup();
    days
}

/// A day on which all that a page ever says of a rule counts.
pub(super) fn typical(rules: &[&Rule], version: &Version<'_>) -> Day {
    let last = rules.iter().flat_map(|rule| of_rule(rule, version)).max();
    last.map_or(Day::from_point(TYPICAL), |day| day.max(Day::from_point(TYPICAL)))
}

/// Whether time alone can change what a rule says.
pub(super) fn is_timed(rule: &Rule, version: &Version<'_>) -> bool {
    !time::is_still(&rule.condition) || !of_rule(rule, version).is_empty()
}

/// Every day on which one of the rules can come to something else for known answers.
pub(super) fn for_known(
    rules: &[&Rule],
    version: &Version<'_>,
    value: &impl Fn(SlotId) -> Point,
) -> Vec<Point> {
    let mut days = Vec::new();
    for rule in rules {
        each_era(rule, version, FIRST_DAY, &mut |start, next| {
            days.push(start.point());
            let mut found = Vec::new();
            time::flips(&rule.condition, &moment(version, start, value), start, &mut found);
            days.extend(found.into_iter().filter(|day| next.is_none_or(|next| *day < next.point())));
        });
    }
    days.sort_unstable();
    days.dedup();
    days
}

/// The days after `from` and up to `to` on which the rules can come to something else for one of the points of
/// `sets`.
pub(super) fn for_open(
    rules: &[&Rule],
    version: &Version<'_>,
    ends: &dyn Fn(SlotId) -> Vec<Point>,
    (from, to): (Day, Day),
) -> Vec<Point> {
    let slots_of = |fact| version.book.facts.slots_of(fact);
    let mut days = Vec::new();
    for rule in rules {
        each_era(rule, version, from, &mut |start, next| {
            days.push(start.point());
            rule.condition.walk(&mut |part| {
                if time::drift(&part.kind) == Drift::Still {
                    return;
                }
                let mut found = Vec::new();
                let mut flips = |point: Point| {
                    time::flips(part, &moment(version, start, &|_: SlotId| point), start, &mut found);
                };
                match part.slots(&slots_of)[..] {
                    [slot] => ends(slot).into_iter().for_each(&mut flips),
                    _ => flips(NEVER),
                }
                let last = next.map_or(to, |next| next.before().min(to));
                if let Some(meeting) = Meeting::of(part) {
                    found.extend(meeting.gaps(version, &ends(meeting.slot), (start, last)));
                }
                days.extend(found.into_iter().filter(|day| *day <= last.point()));
            });
        });
    }
    days.retain(|day| *day > from.point() && *day <= to.point());
    days.sort_unstable();
    days.dedup();
    days
}

/// Where a condition asks whether an answer, counted on, meets the visit to the day. Counted in months it leaves days
/// out: no day and a month is 30 March.
struct Meeting<'c> {
    slot: SlotId,
    /// The answer, counted on.
    term: &'c DateTerm,
    /// The visit, perhaps counted on too.
    visit: &'c DateTerm,
    /// So many days later it is to be, or earlier.
    after: Option<(&'c NumberTerm, i64)>,
}

impl<'c> Meeting<'c> {
    fn of(part: &'c Condition) -> Option<Meeting<'c>> {
        let (a, b, after) = match &part.kind {
            ConditionKind::Dates(a, CompareOp::Equal | CompareOp::NotEqual, b) => (a, b, None),
            ConditionKind::Numbers(a, CompareOp::Equal | CompareOp::NotEqual, b) => match (a, b) {
                (NumberTerm::DaysBetween(from, to), days) | (days, NumberTerm::DaysBetween(from, to)) => {
                    (from, to, Some(days))
                }
                _ => return None,
            },
            _ => return None,
        };
        let counted = |term: &DateTerm| match term.base {
            DateBase::Slot(slot) if !term.offsets.is_empty() => Some(slot),
            _ => None,
        };
        let (slot, term, visit, sign) = match (counted(a), counted(b)) {
            (Some(slot), None) => (slot, a, b, -1),
            (None, Some(slot)) => (slot, b, a, 1),
            _ => return None,
        };
        let after = after.map(|days| (days, sign));
        (visit.base == DateBase::Visit).then_some(Meeting { slot, term, visit, after })
    }

    /// The days, of some, on which such an answer begins or ceases to be possible at all.
    fn gaps(&self, version: &Version<'_>, ends: &[Point], (from, to): (Day, Day)) -> Vec<Point> {
        let (Some(low), Some(high)) = (ends.first(), ends.last()) else { return Vec::new() };
        let counted = |value: Point| moment(version, from, &|_: SlotId| value)(from).date(self.term);
        let whole = Number::whole(1).point();
        let meets = |day: Day| {
            let nothing = |_: SlotId| NEVER;
            let moment = moment(version, from, &nothing)(day);
            let days =
                self.after.and_then(|(days, sign)| Some(sign * moment.number(days)?.div_euclid(whole)));
            moment.date(self.visit) + days.unwrap_or(0)
        };
        let on = counted(*low) - low;
        let first = (meets(from) - on - MONTHS_DIFFER).max(*low);
        let last = (meets(to) - on + MONTHS_DIFFER).min(*high);
        let counted: BTreeSet<Point> = (first..=last).map(counted).collect();
        let is_possible = |day: Point| counted.contains(&meets(Day::from_point(day)));
        (from.point() + 1..=to.point()).filter(|day| is_possible(*day) != is_possible(*day - 1)).collect()
    }
}

/// Calls `see` with each time from `from` on within which the rule itself stays as it is.
fn each_era(rule: &Rule, version: &Version<'_>, from: Day, see: &mut dyn FnMut(Day, Option<Day>)) {
    let changes: Vec<Day> = of_rule(rule, version).into_iter().filter(|day| *day > from).collect();
    let starts = std::iter::once(from).chain(changes.iter().copied());
    starts.enumerate().for_each(|(at, start)| see(start, changes.get(at).copied()));
}

fn moment<'m, F: Fn(SlotId) -> Point>(
    version: &Version<'m>,
    values_of: Day,
    value: &'m F,
) -> impl Fn(Day) -> Moment<'m, &'m F> + use<'m, F> {
    let Version { book, treatment, scripts } = *version;
    move |visit| Moment { value, visit, treatment, values_of, facts: &book.facts, scripts: Some(scripts) }
}

/// The points of a set between which all others lie: the ends of its ranges, and whatever fixed points the rules compare
/// this answer with.
pub(super) fn ends(set: &Points, fixed: &[Point]) -> Vec<Point> {
    let own = set.ranges().iter().flat_map(|(low, high)| [*low, *high]);
    let points = own.chain(fixed.iter().flat_map(|cut| [cut - 1, *cut]));
    let mut points: Vec<Point> =
        points.filter(|point| *point > NEVER && *point < ONGOING && set.contains(*point)).collect();
    points.sort_unstable();
    points.dedup();
    points
}

/// Where comparisons that time does not move cut the answers of a slot, whatever number is in force.
pub(super) fn fixed_cuts(rules: &[&Rule], version: &Version<'_>) -> Cuts {
    let mut props: Vec<Prop> = Vec::new();
    let Version { book, treatment, scripts } = *version;
    for rule in rules {
        let mut days = of_rule(rule, version);
        days.push(FIRST_DAY);
        for visit in days {
            let context = Context { facts: &book.facts, treatment, scripts, visit };
            rule.condition.walk(&mut |part| {
                if !is_joined(&part.kind) && time::drift(&part.kind) == Drift::Still {
                    props.push(context.prop(part));
                }
            });
        }
    }
    Cuts::of(props.iter())
}

/// Whether a condition is made of others.
fn is_joined(kind: &ConditionKind) -> bool {
    match kind {
        ConditionKind::Not(_) | ConditionKind::And(_) | ConditionKind::Or(_) => true,
        ConditionKind::Is(..)
        | ConditionKind::AnyOption(_)
        | ConditionKind::Dates(..)
        | ConditionKind::Numbers(..)
        | ConditionKind::Call(_) => false,
    }
}
