//! How soon and how late a deferral may lapse while the answers it rests on are open.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::cuts::Cuts;
use super::day::Rules;
use super::prop::{Context, Posed, Prop};
use super::search::{Budget, Search};
use super::space::Space;
use super::time::{self, Drift};
use crate::book::condition::SlotId;
use crate::value::{Day, ONGOING, Point, Points, Truth};

/// How often the open answers of one rule are halved before its wait counts as too intricate.
const MOST_HALVES: usize = 16;
/// In more cells it is not looked whether a rule holds in all of them.
const MOST_CELLS: usize = 32;

/// Waits that were worked out, by the rule, whether it holds, and what the answers it reads may be: most parts of a
/// space differ in answers that a rule does not read.
#[derive(Default)]
pub(super) struct Spans(BTreeMap<(usize, bool, Vec<Ranges>), (Point, Point)>);

/// The ranges of what one answer may be.
type Ranges = SmallVec<[(Point, Point); 2]>;

impl Spans {
    /// The first and the last day on which rule `at` lapses, as [`span`] finds them.
    pub(super) fn span(
        &mut self,
        rules: &Rules<'_>,
        at: usize,
        part: &Space,
        decided: bool,
    ) -> (Point, Point) {
        let rule = &rules.rules[at];
        if rule.lapses_in_order() {
            return span(rules, at, part, decided);
        }
        let own =
            rule.waits_on().iter().map(|slot| Ranges::from_slice(part.sets[slot.index()].ranges())).collect();
        *self.0.entry((at, decided, own)).or_insert_with(|| span(rules, at, part, decided))
    }
}

/// The first and the last day on which rule `at`, which holds over `part` or (not `decided`) may hold there,
/// lapses. If it is not decided or too intricate the days lie further apart than need be, never closer.
fn span(rules: &Rules<'_>, at: usize, part: &Space, decided: bool) -> (Point, Point) {
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
        let widest = rule.waits_on().iter().max_by_key(|slot| {
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
                truth(&context.prop(&rule.condition), sets, rules.rules[at].waits_on(), &context)
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

/// Whether a condition holds over all answers of some sets, by the cells in which they lie if these are few: two
/// comparisons of one answer may be open each and decided together.
fn truth(prop: &Prop, sets: &[Points], slots: &[SlotId], context: &Context<'_>) -> Truth {
    let posed = Posed { prop, slots, context: *context };
    let all = posed.truth(sets);
    if all != Truth::Unknown {
        return all;
    }
    let cuts = Cuts::of(std::iter::once(prop));
    let search = Search { facts: context.facts, props: &[posed], whole: &[], order: slots, cuts: &cuts };
    let mut space = Space { sets: sets.to_vec(), links: Vec::new() };
    let mut cells: Vec<Truth> = Vec::new();
    search.run(&mut space, &mut Budget::new(), &mut |_, truths, budget| {
        cells.push(truths[0]);
        if cells.len() > MOST_CELLS {
            budget.spend_all();
        }
    });
    match cells.first() {
        Some(first) if cells.len() <= MOST_CELLS && cells.iter().all(|cell| cell == first) => *first,
        _ => Truth::Unknown,
    }
}
