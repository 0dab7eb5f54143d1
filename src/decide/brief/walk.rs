//! The first later day on which the answer differs, on a page whose rules share too many answers to remember every
//! case: for a client whose answers are known, rule by rule, never further ahead than the first change found so far.

use super::super::search::Summary;
use super::super::time::{self, Drift, Moment};
use super::read::Taken;
use super::tokens::{Token, is_day, is_open};
use super::{Engine, Scratch};
use crate::book::condition::{CompareOp, Condition, ConditionKind, SlotId};
use crate::book::{Book, Treatment};
use crate::value::{Day, Point, Truth};

/// A rule that time alone can change.
pub(super) struct Drifting {
    /// Its place on the page.
    rule: usize,
    /// The slots of its comparisons with the visit.
    slots: Vec<SlotId>,
    /// Each of them once as `<` and once as `<=`: as days go by such a half changes at most once.
    halves: Vec<Condition>,
    /// Whether one of them reads no answer.
    alone: bool,
}

/// The rules of a page that time alone can change.
pub(super) fn drifting(book: &Book, treatment: &Treatment) -> Vec<Drifting> {
    let rules = treatment.rules.iter().enumerate().filter_map(|(rule, of)| {
        let mut found = Drifting { rule, slots: Vec::new(), halves: Vec::new(), alone: false };
        of.condition.walk(&mut |part| {
            if time::drift(&part.kind) == Drift::Still {
                return;
            }
            let slots = part.slots(&|fact| book.facts.slots_of(fact));
            found.alone |= slots.is_empty();
            found.slots.extend(slots);
            for op in [CompareOp::Less, CompareOp::LessOrEqual] {
                let kind = match &part.kind {
                    ConditionKind::Dates(a, _, b) => ConditionKind::Dates(a.clone(), op, b.clone()),
                    ConditionKind::Numbers(a, _, b) => ConditionKind::Numbers(a.clone(), op, b.clone()),
                    _ => return,
                };
                found.halves.push(Condition { kind, span: part.span });
            }
        });
        (!found.halves.is_empty()).then_some(found)
    });
    rules.collect()
}

/// A client who is looked at as days go by.
struct Walk<'w> {
    book: &'w Book,
    treatment: &'w Treatment,
    tokens: &'w [Token],
    /// For each rule whether it holds at the visit.
    holds: Vec<bool>,
}

impl Walk<'_> {
    fn truth(&self, condition: &Condition, day: Day, values_of: Day) -> Truth {
        let (treatment, facts) = (self.treatment, &self.book.facts);
        let value = |slot: SlotId| self.tokens[slot.index()];
        Moment { value, visit: day, treatment, values_of, facts, scripts: None }.truth(condition)
    }

    /// The first day behind `from` and before `end` on which a rule differs; `end` if there is none. On these days
    /// nothing changes on the page.
    fn first_change(&self, drifting: &[Drifting], from: Day, mut end: Point) -> Point {
        let mut days = Vec::new();
        for Drifting { rule, slots, halves, alone } in drifting {
            let of = &self.treatment.rules[*rule];
            let withdrawn = of.withdrawn.as_ref().is_some_and(|switch| switch.since <= from);
            let moves = *alone || slots.iter().any(|slot| is_day(self.tokens[slot.index()]));
            if withdrawn || !moves || !of.in_force.covers(from) || end <= from.point() + 1 {
                continue;
            }
            days.clear();
            for half in halves {
                let (mut low, mut high) = (from.point(), end - 1);
                let first = self.truth(half, from, from);
                if self.truth(half, Day::from_point(high), from) == first {
                    continue;
                }
                while high - low > 1 {
                    let middle = low + (high - low) / 2;
                    match self.truth(half, Day::from_point(middle), from) == first {
                        true => low = middle,
                        false => high = middle,
                    }
                }
                days.push(high);
            }
            days.sort_unstable();
            let differs = |day: &&Point| {
                let holds = self.truth(&of.condition, Day::from_point(**day), from) == Truth::Yes;
                holds != self.holds[*rule]
            };
            end = days.iter().find(differs).map_or(end, |day| *day);
        }
        end
    }
}

impl Engine<'_> {
    /// The day, or `None` within if nothing changes within ten years; `None` for what takes the long way.
    pub(super) fn walk(
        &mut self,
        taken: &Taken,
        visit: Day,
        at: usize,
        total: Summary,
        scratch: &mut Scratch,
    ) -> Option<Option<Day>> {
        let Scratch { later, states, other, .. } = scratch;
        let tokens = &taken.tokens;
        let plan = &self.plans[at];
        if plan.parts.iter().flat_map(|part| &part.slots).any(|slot| is_open(tokens[slot.index()])) {
            return None;
        }
        let mut holds = vec![false; self.treatment.rules.len()];
        self.brief.hold.iter().for_each(|rule| holds[usize::from(*rule)] = true);
        let last = plan.last;
        let expiries = self.aging.iter().filter_map(|fact| taken.ages(*fact, visit.point(), last));
        let expiries: Vec<Point> = expiries.collect();
        let mut ends: Vec<Point> = self.changes.days.iter().chain(&expiries).copied().collect();
        ends.retain(|day| *day > visit.point() && *day <= last);
        ends.push(last + 1);
        ends.sort_unstable();
        ends.dedup();
        let mut from = visit;
        for end in ends {
            let walk = Walk {
                book: self.book,
                treatment: self.treatment,
                tokens,
                holds: std::mem::take(&mut holds),
            };
            let first = walk.first_change(&self.drifting, from, end);
            holds = walk.holds;
            if first < end {
                return Some(Some(Day::from_point(first)));
            }
            let day = Day::from_point(end);
            if end > last || !self.treatment.in_force.covers(day) {
                return Some(None);
            }
            if self.differs(taken, at, day, &[], total, (states, other, later))? {
                return Some(Some(day));
            }
            if expiries.contains(&end) {
                return None;
            }
            from = day;
        }
        Some(None)
    }
}
