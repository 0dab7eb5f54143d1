//! How soon and how late a deferral may lapse while the answers it rests on are open.

use super::day::Rules;
use super::prop::Context;
use super::space::Space;
use super::time::{self, Drift};
use crate::book::condition::SlotId;
use crate::value::{Day, ONGOING, Point, Points, Truth};

/// How often the open answers of one rule are halved before its wait counts as too intricate.
const MOST_HALVES: usize = 128;

/// The first and the last day on which rule `at`, which holds over `part` or (not `decided`) may hold there,
/// lapses. If it is not decided or too intricate the days lie further apart than need be, never closer.
pub(super) fn span(rules: &Rules<'_>, at: usize, part: &Space, decided: bool) -> (Point, Point) {
    let rule = &rules.rules[at];
    if !decided && rule.waits_by_parts() {
        return outer(rules, at, &part.sets);
    }
    let corner = |sets: &[Points], late: bool| {
        rules.lapse(at, sets, &|slot: SlotId| {
            let set = &sets[slot.index()];
            if late { set.max() } else { set.min() }.unwrap_or(ONGOING)
        })
    };
    let corners = |sets: &[Points]| {
        let (early, late) = (corner(sets, false), corner(sets, true));
        (early.min(late), early.max(late))
    };
    let (mut earliest, mut latest) = corners(&part.sets);
    if rule.lapses_in_order() {
        return (earliest, latest);
    }
    let mut open = vec![part.sets.clone()];
    for halves in 0.. {
        let Some(sets) = open.pop() else { break };
        let (least, most) = outer(rules, at, &sets);
        if earliest <= least && most <= latest {
            continue;
        }
        let widest = rule.slots.iter().max_by_key(|slot| {
            let set = &sets[slot.index()];
            set.min().zip(set.max()).map_or(0, |(low, high)| high - low)
        });
        let halved = widest.and_then(|slot| Some((slot, halve(&sets[slot.index()])?)));
        match halved {
            Some((slot, halves_of_slot)) if halves < MOST_HALVES => {
                for half in halves_of_slot {
                    let mut smaller = sets.clone();
                    smaller[slot.index()] = half;
                    let (early, late) = corners(&smaller);
                    (earliest, latest) = (earliest.min(early), latest.max(late));
                    open.push(smaller);
                }
            }
            _ => (earliest, latest) = (earliest.min(least), latest.max(most)),
        }
    }
    (earliest, latest)
}

/// A set in two parts, neither empty; `None` if it has only one point.
pub(super) fn halve(set: &Points) -> Option<[Points; 2]> {
    let (low, high) = set.min().zip(set.max()).filter(|(low, high)| low < high)?;
    let ranges = set.ranges();
    let middle = match ranges {
        [_] => low + (high - low) / 2,
        _ => ranges[ranges.len() / 2 - 1].1,
    };
    Some([set.intersect(&Points::range(low, middle)), set.intersect(&Points::range(middle + 1, high))])
}

/// No completion lapses before the first of these days, and on the second all have.
fn outer(rules: &Rules<'_>, at: usize, sets: &[Points]) -> (Point, Point) {
    let rule = rules.rules[at].rule;
    let (treatment, facts) = (rules.treatment, &rules.book.facts);
    let first = rules.visit.next();
    let changes = time::changes(rule, treatment).into_iter().filter(|day| *day > first);
    let starts: Vec<Day> = std::iter::once(first).chain(changes).collect();
    let mut days: Vec<Day> = starts.clone();
    rule.condition.walk(&mut |part| {
        if time::drift(&part.kind) == Drift::Still {
            return;
        }
        let slots = part.slots(&|fact| facts.slots_of(fact));
        let ends = |slot: &SlotId| -> Vec<Point> {
            sets[slot.index()].ranges().iter().flat_map(|(low, high)| [*low, *high]).collect()
        };
        let mut corners: Vec<Vec<Point>> = vec![Vec::new()];
        for slot in &slots {
            corners = corners
                .iter()
                .flat_map(|corner| ends(slot).into_iter().map(move |end| [&corner[..], &[end]].concat()))
                .collect();
        }
        for (corner, start) in corners.iter().flat_map(|corner| starts.iter().map(move |s| (corner, *s))) {
            let value = |read: SlotId| {
                slots.iter().position(|slot| *slot == read).map_or(ONGOING, |place| corner[place])
            };
            let moment =
                |day| time::Moment { value, visit: day, treatment, values_of: start, facts, scripts: None };
            let mut found = Vec::new();
            time::flips(part, &moment, start, &mut found);
            days.extend(found.into_iter().map(Day::from_point));
        }
    });
    days.sort_unstable();
    days.dedup();
    let mut least = ONGOING;
    for day in days {
        let truth = match rule.in_force.covers(day) {
            true => {
                let context = Context { facts, treatment, scripts: rules.scripts, visit: day };
                context.prop(&rule.condition).truth(sets, &context)
            }
            false => Truth::No,
        };
        if truth != Truth::Yes {
            least = least.min(day.point());
        }
        if truth == Truth::No {
            return (least, day.point());
        }
    }
    (least, ONGOING)
}
