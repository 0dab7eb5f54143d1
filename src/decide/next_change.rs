//! The first later day on which the answer differs by time alone.

use super::answers::Answers;
use super::day::Rules;
use super::possible::Possible;
use super::search::{Solution, solve};
use super::space::Space;
use super::time::{self, Drift};
use crate::book::condition::{Condition, Length, SlotId};
use crate::book::{Book, Outcome, Treatment};
use crate::value::{Day, Duration, NEVER, ONGOING, Point, Truth, Unit};

/// How far ahead to look.
pub(super) const TEN_YEARS: Duration = Duration { count: 10, unit: Unit::Years };

/// What is compared from day to day. The visit itself moves on, so "no wait" is no day.
#[derive(PartialEq, Eq)]
struct Snapshot {
    truths: Vec<(String, Truth)>,
    possible: Possible,
    headline: Outcome,
    wait: (Option<Point>, Option<Point>),
}

/// The day, or `None` if nothing changes within ten years. `solution` is the answer at the visit.
pub fn next_change(rules: &Rules<'_>, answers: &Answers, solution: &Solution) -> Option<Day> {
    let now = snapshot(rules, solution);
    let last = rules.visit.shift(&TEN_YEARS, false);
    let treatment = rules.treatment;
    let mut days: Vec<Day> = answers.expiries(&rules.book.facts);
    days.extend(static_days(rules.book, treatment));
    let mut starts = vec![rules.visit];
    starts.extend(days.iter().copied().filter(|day| *day > rules.visit && *day <= last));
    starts.sort_unstable();
    starts.dedup();
    days = starts.iter().skip(1).copied().collect();
    let mut open = false;
    for start in &starts {
        let at = answers.space_on(*start, &rules.book.facts);
        open |= at.values().is_none();
        for rule in &treatment.rules {
            days.extend(flips(&rule.condition, rules, &at, *start));
        }
    }
    days.retain(|day| *day > rules.visit && *day <= last);
    // What lies between the ends of an open answer changes no later than the ends do.
    if open
        && let Some(end) = days.iter().max()
        && treatment.rules.iter().any(|rule| counts_months(&rule.condition, treatment))
    {
        days.extend((rules.visit.point() + 1..end.point()).map(Day::from_point));
    }
    days.sort_unstable();
    days.dedup();
    for day in days {
        if !treatment.in_force.covers(day) {
            return None;
        }
        let later = Rules::on(rules.book, treatment, rules.scripts, day);
        later.bound_like(rules);
        let space = answers.space_on(day, &rules.book.facts);
        let outcomes = super::reviews::quieted(&later, answers).0;
        if snapshot(&later, &solve(&later, &space, &outcomes)) != now {
            return Some(day);
        }
    }
    None
}

/// The days on which the page itself changes.
pub(super) fn static_days(book: &Book, treatment: &Treatment) -> Vec<Day> {
    let mut days: Vec<Day> = treatment.in_force.changes().collect();
    days.extend(treatment.parameters.iter().flat_map(|p| p.values.all()).map(|(from, _)| *from));
    let switches = [&book.clinic.withdrawn, &treatment.withdrawn];
    let rule_switches = treatment.rules.iter().map(|rule| &rule.withdrawn);
    days.extend(switches.into_iter().chain(rule_switches).flatten().map(|switch| switch.since));
    days.extend(treatment.rules.iter().flat_map(|rule| rule.in_force.changes()));
    days
}

fn snapshot(rules: &Rules<'_>, solution: &Solution) -> Snapshot {
    let visit = rules.visit.point();
    let moving = |point: Point| (point != visit).then_some(point);
    let mut truths: Vec<(String, Truth)> = rules
        .rules
        .iter()
        .zip(&solution.truths)
        .filter(|(_, truth)| **truth != Truth::No)
        .map(|(rule, truth)| (rule.rule.id.clone(), *truth))
        .collect();
    truths.sort();
    Snapshot {
        truths,
        possible: solution.possible,
        headline: solution.headline(),
        wait: (moving(solution.earliest), moving(solution.latest)),
    }
}

/// The days from `start` on at which a comparison can change for one of the ends of an open answer.
fn flips(condition: &Condition, rules: &Rules<'_>, space: &Space, start: Day) -> Vec<Day> {
    let facts = &rules.book.facts;
    let mut days = Vec::new();
    condition.walk(&mut |part| {
        if time::drift(&part.kind) == Drift::Still {
            return;
        }
        let slots = part.slots(&|fact| facts.slots_of(fact));
        let mut ends: Vec<(Option<SlotId>, Point)> = slots
            .iter()
            .flat_map(|slot| ends(space, *slot).into_iter().map(|end| (Some(*slot), end)))
            .collect();
        if slots.is_empty() {
            ends.push((None, NEVER));
        }
        for (slot, end) in ends {
            let value = move |read: SlotId| match Some(read) == slot {
                true => end,
                false => space.sets[read.index()].min().unwrap_or(NEVER),
            };
            let moment = |day: Day| time::Moment {
                value,
                visit: day,
                treatment: rules.treatment,
                values_of: start,
                facts,
                scripts: Some(rules.scripts),
            };
            time::flips(part, &moment, start, &mut days);
        }
    });
    days.into_iter().map(Day::from_point).collect()
}

/// The ends of an open answer and their neighbours.
fn ends(space: &Space, slot: SlotId) -> Vec<Point> {
    let ranges = space.sets[slot.index()].ranges();
    let ends = ranges.iter().flat_map(|(low, high)| [*low, *low + 1, *high - 1, *high]);
    ends.filter(|point| *point > NEVER && *point < ONGOING && space.sets[slot.index()].contains(*point))
        .collect()
}

/// Months differ in length, so two waits can change places between the ends of an open answer.
pub(super) fn counts_months(condition: &Condition, treatment: &Treatment) -> bool {
    let months = |duration: &Duration| matches!(duration.unit, Unit::Months | Unit::Years);
    let parameters = condition.parameters();
    let mut values = parameters.iter().flat_map(|id| treatment.parameter(*id).values.all());
    let by_parameter =
        values.any(|(_, value)| matches!(&value.value, crate::book::Quantity::Duration(d) if months(d)));
    let mut written = false;
    condition.walk(&mut |part| {
        if let crate::book::condition::ConditionKind::Dates(a, _, b) = &part.kind {
            let mut offsets = a.offsets.iter().chain(&b.offsets);
            written |= offsets.any(|offset| matches!(&offset.by, Length::Fixed(d) if months(d)));
        }
    });
    by_parameter || written
}
