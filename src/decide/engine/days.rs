//! The days on which what rules say can differ by time alone. Every rule names its own; what several rules say
//! together of open answers can also differ where their comparisons change places.

use std::cmp::Ordering;

use super::super::day::Version;
use super::super::prop::{Context, Prop};
use super::super::search::Cuts;
use super::super::time::{self, Drift, Moment};
use crate::book::condition::{
    Condition, ConditionKind, DateBase, DateTerm, Length, NumberTerm, ParameterId, SlotId,
};
use crate::book::{Quantity, Rule};
use crate::value::{Day, Duration, FIRST_DAY, NEVER, Number, ONGOING, Point, Points, Unit};

/// 2024-10-04, counted from 1970-01-01: any day will do that is no end of the calendar.
const TYPICAL: Point = 20_000;
/// Lengths of months differ by fewer days.
const SLACK: i64 = 4;

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
/// `sets`, alone or together.
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
                days.extend(found.into_iter().filter(|day| next.is_none_or(|next| *day < next.point())));
            });
        });
    }
    days.retain(|day| *day > from.point() && *day <= to.point());
    days.sort_unstable();
    days.dedup();
    days
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

/// The points of a set between which others can lie: its ends and their neighbours, and whatever fixed points the
/// rules compare this answer with.
pub(super) fn ends(set: &Points, fixed: &[Point]) -> Vec<Point> {
    let own = set.ranges().iter().flat_map(|(low, high)| [*low, *low + 1, *high - 1, *high]);
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

/// Two comparisons of one answer with the visit that may change places as days go by, since one of them counts
/// months or years.
pub(super) struct Crossing<'b>(&'b Condition, &'b Condition);

/// Every such pair.
pub(super) fn crossings<'b>(rules: &[&'b Rule], version: &Version<'b>) -> Vec<Crossing<'b>> {
    let slots_of = |fact| version.book.facts.slots_of(fact);
    let mut moving: Vec<(SlotId, Vec<Reach>, &'b Condition)> = Vec::new();
    for rule in rules {
        let rule: &'b Rule = rule;
        rule.condition.walk(&mut |part| {
            if time::drift(&part.kind) == Drift::Still {
                return;
            }
            if let [slot] = part.slots(&slots_of)[..] {
                moving.push((slot, Reach::of(&part.kind, version), part));
            }
        });
    }
    let mut pairs: Vec<Crossing<'b>> = Vec::new();
    for (at, (slot, reaches, one)) in moving.iter().enumerate() {
        for (other_slot, others, other) in &moving[at + 1..] {
            let cross = || reaches.iter().any(|reach| others.iter().any(|other| reach.may_cross(other)));
            if slot == other_slot && !move_alike(&one.kind, &other.kind) && cross() {
                pairs.push(Crossing(one, other));
            }
        }
    }
    pairs
}

/// Whether two comparisons compare the same, so that they stay beside each other whatever the day.
fn move_alike(one: &ConditionKind, other: &ConditionKind) -> bool {
    match (one, other) {
        (ConditionKind::Dates(a, _, b), ConditionKind::Dates(c, _, d)) => {
            (a, b) == (c, d) || (a, b) == (d, c)
        }
        (ConditionKind::Numbers(a, _, b), ConditionKind::Numbers(c, _, d)) => {
            (a, b) == (c, d) || (a, b) == (d, c)
        }
        (
            ConditionKind::Not(_)
            | ConditionKind::And(_)
            | ConditionKind::Or(_)
            | ConditionKind::Is(..)
            | ConditionKind::AnyOption(_)
            | ConditionKind::Dates(..)
            | ConditionKind::Numbers(..)
            | ConditionKind::Call(_),
            _,
        ) => false,
    }
}

/// The days after `from` and up to `to` on which one of the pairs changes places.
pub(super) fn where_they_cross(
    pairs: &[Crossing<'_>],
    version: &Version<'_>,
    (from, to): (Day, Day),
) -> Vec<Point> {
    let Version { book, treatment, scripts } = *version;
    let order = |pair: &Crossing<'_>, visit: Day| -> Vec<Ordering> {
        let context = Context { facts: &book.facts, treatment, scripts, visit };
        let [one, other] = [pair.0, pair.1].map(|part| Cuts::of([context.prop(part)].iter()));
        let points = |cuts: &Cuts| cuts.0.iter().flat_map(|(_, cuts)| cuts.clone()).collect::<Vec<_>>();
        let (one, other) = (points(&one), points(&other));
        one.iter().flat_map(|a| other.iter().map(move |b| a.cmp(b))).collect()
    };
    let mut days = Vec::new();
    for pair in pairs {
        let mut last = order(pair, from);
        for day in (from.point() + 1..=to.point()).map(Day::from_point) {
            let now = order(pair, day);
            if now != last {
                days.push(day.point());
                last = now;
            }
        }
    }
    days.sort_unstable();
    days.dedup();
    days
}

/// How many days before the visit an answer lies at which a comparison changes, at least and at most.
#[derive(Clone, Copy)]
struct Reach {
    least: i64,
    most: i64,
    /// Whether it is always as many.
    steady: bool,
}

impl Reach {
    /// Of each of the answers at which it changes.
    fn of(kind: &ConditionKind, version: &Version<'_>) -> Vec<Reach> {
        let anywhere = vec![Reach { least: i64::MIN / 4, most: i64::MAX / 4, steady: false }];
        match kind {
            ConditionKind::Dates(a, _, b) => {
                let (answer, visit) = if a.base == DateBase::Visit { (b, a) } else { (a, b) };
                vec![Reach::nothing().plus(answer, version, 1).plus(visit, version, -1)]
            }
            ConditionKind::Numbers(a, _, b) => {
                let (term, bound) = if a.slots().is_empty() { (b, a) } else { (a, b) };
                let numbers = numbers(bound, version);
                let (Some(least), Some(most)) = (numbers.iter().min(), numbers.iter().max()) else {
                    return anywhere;
                };
                match term {
                    NumberTerm::DaysBetween(from, to) => {
                        let days =
                            Reach { least: least - SLACK, most: most + SLACK, steady: numbers.len() == 1 };
                        vec![days.between(from, to, version)]
                    }
                    NumberTerm::YearsBetween(from, to) => {
                        // At so many years, or at one more.
                        let years = |more: i64| {
                            let (least, most) = ((least + more) * 365 - SLACK, (most + more) * 366 + SLACK);
                            Reach { least, most, steady: false }.between(from, to, version)
                        };
                        vec![years(0), years(1)]
                    }
                    NumberTerm::Slot(_)
                    | NumberTerm::Fixed(_)
                    | NumberTerm::Parameter(_)
                    | NumberTerm::Call(_) => anywhere,
                }
            }
            ConditionKind::Not(_)
            | ConditionKind::And(_)
            | ConditionKind::Or(_)
            | ConditionKind::Is(..)
            | ConditionKind::AnyOption(_)
            | ConditionKind::Call(_) => anywhere,
        }
    }

    fn nothing() -> Reach {
        Reach { least: 0, most: 0, steady: true }
    }

    /// So far from one date to another, of which one is the visit.
    fn between(self, from: &DateTerm, to: &DateTerm, version: &Version<'_>) -> Reach {
        if from.base != DateBase::Visit {
            return self.plus(from, version, 1).plus(to, version, -1);
        }
        let behind = Reach { least: -self.most, most: -self.least, steady: self.steady };
        behind.plus(to, version, 1).plus(from, version, -1)
    }

    /// With all that is added to a date, or with the opposite.
    fn plus(self, term: &DateTerm, version: &Version<'_>, sign: i64) -> Reach {
        term.offsets.iter().fold(self, |all, offset| {
            let lengths = match offset.by {
                Length::Fixed(duration) => vec![duration],
                Length::Parameter(id) => durations(id, version),
            };
            let least = lengths.iter().map(Duration::shortest_days).min().unwrap_or_default();
            let most = lengths.iter().map(Duration::longest_days).max().unwrap_or_default();
            let calendar = |length: &Duration| matches!(length.unit, Unit::Months | Unit::Years);
            let steady = least == most && !lengths.iter().any(calendar);
            let (low, high) = if (sign < 0) == offset.back { (least, most) } else { (-most, -least) };
            Reach { least: all.least + low, most: all.most + high, steady: all.steady && steady }
        })
    }

    fn may_cross(&self, other: &Reach) -> bool {
        let apart = self.most + SLACK < other.least || other.most + SLACK < self.least;
        !(apart || self.steady && other.steady)
    }
}

fn durations(id: ParameterId, version: &Version<'_>) -> Vec<Duration> {
    let values = version.treatment.parameter(id).values.all().iter();
    let durations = values.filter_map(|(_, value)| match value.value {
        Quantity::Duration(duration) => Some(duration),
        Quantity::Number(_) | Quantity::Day(_) => None,
    });
    durations.collect()
}

/// The whole numbers around those that a bound can be.
fn numbers(bound: &NumberTerm, version: &Version<'_>) -> Vec<i64> {
    let around = |number: Number| number.point().div_euclid(Number::whole(1).point());
    match bound {
        NumberTerm::Fixed(number) => vec![around(*number)],
        NumberTerm::Parameter(id) => {
            let values = version.treatment.parameter(*id).values.all().iter();
            let numbers = values.filter_map(|(_, value)| match value.value {
                Quantity::Number(number) => Some(around(number)),
                Quantity::Duration(_) | Quantity::Day(_) => None,
            });
            numbers.collect()
        }
        NumberTerm::Slot(_)
        | NumberTerm::DaysBetween(..)
        | NumberTerm::YearsBetween(..)
        | NumberTerm::Call(_) => Vec::new(),
    }
}
