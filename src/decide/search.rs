//! What is possible over all completions of what is unknown.
//!
//! Rules that share no open answer are independent, so each group of rules is split on its own: the open
//! answers of a group are cut where one of its rules can change, until every rule of the group is decided.

use std::collections::{BTreeMap, BTreeSet};

use super::cuts::{Cuts, parts};
use super::day::Rules;
use super::possible::Possible;
use super::prop::{Context, May, Posed, Prop};
use super::space::Space;
use super::waits::Spans;
use crate::book::Outcome;
use crate::book::condition::SlotId;
use crate::book::fact::{FactKind, Facts};
use crate::value::{Point, Points, Truth};

/// Outcomes and waits over a set of completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) possible: Possible,
    /// The shortest wait of a completion; the visit if one does not wait.
    pub(super) earliest: Point,
    /// The longest; [`ONGOING`](crate::value::ONGOING) if one has no end.
    pub(super) latest: Point,
}

impl Summary {
    /// Over the completions of both.
    fn or(self, other: Summary) -> Summary {
        Summary {
            possible: self.possible.or(other.possible),
            earliest: self.earliest.min(other.earliest),
            latest: self.latest.max(other.latest),
        }
    }

    /// For clients to whom both apply at once, independently.
    pub(super) fn and(self, other: Summary) -> Summary {
        Summary {
            possible: self.possible.worse_of(other.possible),
            earliest: self.earliest.max(other.earliest),
            latest: self.latest.max(other.latest),
        }
    }
}

/// Rules that share open answers.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The rules, by their place.
    pub(super) rules: Vec<usize>,
    /// The open slots they read, in the order in which they are split.
    pub(super) slots: Vec<SlotId>,
    /// What they make possible.
    pub(super) summary: Option<Summary>,
}

/// What the rules say about a client whose answers may be open.
#[derive(Debug, Clone)]
pub(super) struct Solution {
    /// For each rule in force whether it holds.
    pub(super) truths: Vec<Truth>,
    /// The outcomes over all completions.
    pub(super) possible: Possible,
    /// The earliest day over all completions on which nothing defers any more; the visit if one waits for nothing.
    pub(super) earliest: Point,
    /// The latest such day; [`ONGOING`](crate::value::ONGOING) if a completion has none.
    pub(super) latest: Point,
    /// For each rule that may hold the first and the last day on which it may lapse.
    pub(super) untils: Vec<Option<(Point, Point)>>,
    /// Whether what is possible is exact, not merely a superset.
    pub(super) exact: bool,
    /// What is decided whatever the open answers are.
    pub(super) fixed: Summary,
    pub(super) groups: Vec<Group>,
}

/// How many conditions may be looked at while a group is split, before it counts as too large.
pub(super) const MOST_LOOKS: u32 = 400_000;
/// Going over so many conditions to find what to split next costs one look.
const PASSED_BY: usize = 8;

/// Counts looks at conditions.
pub(super) struct Budget(u32);

impl Budget {
    pub(super) fn new() -> Budget {
        Budget(MOST_LOOKS)
    }

    pub(super) fn of(looks: u32) -> Budget {
        Budget(looks)
    }

    fn spend(&mut self, looks: usize) {
        self.0 = self.0.saturating_sub(u32::try_from(looks).unwrap_or(u32::MAX));
    }

    /// Nothing more is split.
    pub(super) fn spend_all(&mut self) {
        self.0 = 0;
    }

    pub(super) fn is_left(&self) -> bool {
        self.0 > 0
    }
}

/// Splits open answers until conditions are decided.
pub(super) struct Search<'s> {
    pub(super) facts: &'s Facts,
    /// The conditions. They may be of different pages, but about the same facts.
    pub(super) props: &'s [Posed<'s>],
    /// For each condition whether its parts must be decided also where it holds; none if empty.
    pub(super) whole: &'s [bool],
    /// The slots that may be split, in order.
    pub(super) order: &'s [SlotId],
    pub(super) cuts: &'s Cuts,
}

impl Search<'_> {
    /// Calls `leaf` with every part of `space` in which all conditions are decided, or nothing is left to
    /// split. The parts cover the space.
    pub(super) fn run(
        &self,
        space: &mut Space,
        budget: &mut Budget,
        leaf: &mut dyn FnMut(&mut Space, &[Truth], &mut Budget),
    ) {
        let open: Vec<usize> = (0..self.props.len()).collect();
        let truths = &mut vec![Truth::Unknown; open.len()];
        let mut walk = Walk { search: self, wanted: vec![false; space.sets.len()], budget, leaf };
        walk.on(space, truths, &open, None);
    }

    /// How many parts there are at least, of a space without links: whatever else is answered, an answer on which
    /// alone a condition hangs is split.
    pub(super) fn least_leaves(&self, space: &Space) -> f64 {
        let undecided = self.props.iter().filter(|posed| posed.truth(&space.sets) == Truth::Unknown);
        let alone = undecided.filter_map(|posed| match posed.slots {
            [slot] => Some(*slot),
            _ => None,
        });
        let alone: BTreeSet<SlotId> = alone.filter(|slot| self.order.contains(slot)).collect();
        alone.into_iter().map(|slot| self.parts(space, slot).len() as f64).product()
    }

    /// A slot's points, split wherever a condition can change.
    fn parts(&self, space: &Space, slot: SlotId) -> Vec<Points> {
        let whole = matches!(self.facts.fact_of(slot).kind, FactKind::Number { whole: true, .. });
        parts(&space.sets[slot.index()], self.cuts.at(slot), whole)
    }
}

/// A search under way.
struct Walk<'w> {
    search: &'w Search<'w>,
    /// Room to mark slots.
    wanted: Vec<bool>,
    budget: &'w mut Budget,
    leaf: &'w mut dyn FnMut(&mut Space, &[Truth], &mut Budget),
}

impl Walk<'_> {
    /// Goes on with a part of the space, which is left as it was. Of the `open` conditions those that read the
    /// slot that was narrowed are looked at again: what is decided stays so in every part.
    fn on(&mut self, space: &mut Space, truths: &mut [Truth], open: &[usize], narrowed: Option<SlotId>) {
        if !self.budget.is_left() {
            return;
        }
        let Search { props, whole, .. } = *self.search;
        let mut before = Vec::new();
        let mut still = Vec::with_capacity(open.len());
        for at in open {
            let again = narrowed.is_none_or(|slot| props[*at].slots.binary_search(&slot).is_ok());
            if again {
                let truth = props[*at].truth(&space.sets);
                if truth != truths[*at] {
                    before.push((*at, std::mem::replace(&mut truths[*at], truth)));
                }
                self.budget.spend(1);
            }
            if truths[*at] == Truth::Unknown || (truths[*at] == Truth::Yes && whole.get(*at) == Some(&true)) {
                still.push(*at);
            }
        }
        self.budget.spend(1 + open.len() / PASSED_BY);
        match self.next_split(space, truths, &still) {
            None => (self.leaf)(space, truths, self.budget),
            Some((slot, parts)) => {
                for part in parts {
                    if space.links.is_empty() {
                        let all = std::mem::replace(&mut space.sets[slot.index()], part);
                        self.on(space, truths, &still, Some(slot));
                        space.sets[slot.index()] = all;
                        continue;
                    }
                    let mut smaller = space.clone();
                    if smaller.narrow(slot, part) {
                        self.on(&mut smaller, truths, &still, None);
                    }
                }
            }
        }
        before.into_iter().for_each(|(at, truth)| truths[at] = truth);
    }

    fn next_split(
        &mut self,
        space: &Space,
        truths: &[Truth],
        open: &[usize],
    ) -> Option<(SlotId, Vec<Points>)> {
        let Search { props, order, .. } = *self.search;
        self.wanted.fill(false);
        for at in open {
            let Posed { prop, context, .. } = &props[*at];
            if truths[*at] == Truth::Unknown {
                want(prop, &space.sets, context, &mut self.wanted);
                continue;
            }
            prop.walk(&mut |part| match part {
                Prop::In(slot, ..) if part.truth(&space.sets, context) == Truth::Unknown => {
                    self.wanted[slot.index()] = true;
                }
                Prop::Free(free) => free.slots.iter().for_each(|slot| self.wanted[slot.index()] = true),
                _ => {}
            });
        }
        order.iter().filter(|slot| self.wanted[slot.index()]).find_map(|slot| {
            let parts = self.search.parts(space, *slot);
            (parts.len() > 1).then_some((*slot, parts))
        })
    }
}

/// Marks the slots on which an undecided condition still depends: what is decided in it depends on none.
fn want(prop: &Prop, sets: &[Points], context: &Context<'_>, wanted: &mut [bool]) {
    match prop {
        Prop::Known(_) => {}
        Prop::In(slot, ..) => wanted[slot.index()] = true,
        Prop::Not(inner) => want(inner, sets, context, wanted),
        Prop::And(parts) | Prop::Or(parts) => {
            let undecided = parts.iter().filter(|part| part.truth(sets, context) == Truth::Unknown);
            undecided.for_each(|part| want(part, sets, context, wanted));
        }
        Prop::Free(free) => free.slots.iter().for_each(|slot| wanted[slot.index()] = true),
    }
}

/// Rules joined into groups by the open slots they share, also through linked facts. Slots that only rules
/// without them read are in no group.
pub(super) fn groups(rules: &Rules<'_>, active: &[usize], space: &Space) -> Vec<Group> {
    let open = |slot: &SlotId| space.sets[slot.index()].single().is_none();
    // For each slot a rule that reads it, and for each rule an earlier one of its group; a root is its own.
    let mut reader: Vec<Option<usize>> = vec![None; space.sets.len()];
    let mut joined: Vec<usize> = (0..active.len()).collect();
    let root = |joined: &[usize], mut at: usize| {
        while joined[at] != at {
            at = joined[at];
        }
        at
    };
    let mut read: Vec<Vec<SlotId>> = Vec::with_capacity(active.len());
    for (at, rule) in active.iter().enumerate() {
        let mut slots: Vec<SlotId> = rules.rules[*rule].slots.iter().copied().filter(open).collect();
        let linked: Vec<SlotId> = space
            .links
            .iter()
            .filter(|link| link.slots.iter().any(|slot| slots.contains(slot)))
            .flat_map(|link| link.slots.iter().copied())
            .collect();
        slots.extend(linked);
        for slot in &slots {
            let (one, two) = (root(&joined, *reader[slot.index()].get_or_insert(at)), root(&joined, at));
            joined[one.max(two)] = one.min(two);
        }
        read.push(slots);
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (at, (rule, slots)) in active.iter().zip(read).enumerate() {
        let empty = || Group { rules: Vec::new(), slots: Vec::new(), summary: None };
        let group = groups.entry(root(&joined, at)).or_insert_with(empty);
        group.rules.push(*rule);
        group.slots.extend(slots);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        group.slots.sort_unstable();
        group.slots.dedup();
    }
    groups
}

/// What the rules say over all completions of `space`. `outcomes` is what each rule decides when it holds:
/// its own outcome, or `eligible` where a review quiets it.
pub(super) fn solve(rules: &Rules<'_>, space: &Space, outcomes: &[Outcome]) -> Solution {
    let context = rules.context();
    let visit = rules.visit.point();
    let mut truths: Vec<Truth> =
        rules.rules.iter().map(|rule| rule.prop.truth(&space.sets, &context)).collect();
    let mut fixed = Summary { possible: Possible::only(Outcome::Eligible), earliest: visit, latest: visit };
    let mut untils = vec![None; truths.len()];
    let mut spans = Spans::default();
    let mut active = Vec::new();
    for (at, rule) in rules.rules.iter().enumerate() {
        let open = rule.slots.iter().any(|slot| space.sets[slot.index()].single().is_none());
        match truths[at] {
            Truth::No => {}
            Truth::Yes if !open || rule.rule.outcome != Outcome::Deferred => {
                let holds = Holding { rules, outcomes, at: &[at], truths: &[Truth::Yes] };
                fixed = fixed.and(holds.summary(space, &mut untils, &mut spans));
            }
            _ => active.push(at),
        }
    }
    let mut exact = true;
    let mut groups = groups(rules, &active, space);
    for group in &mut groups {
        let (summary, seen, complete) = solve_group(rules, space, outcomes, group, &mut untils);
        for (at, seen) in group.rules.iter().zip(seen) {
            truths[*at] = seen;
        }
        group.summary = Some(summary);
        exact &= complete;
    }
    let all = groups.iter().filter_map(|group| group.summary).fold(fixed, Summary::and);
    Solution {
        truths,
        possible: all.possible,
        earliest: all.earliest,
        latest: all.latest,
        untils,
        exact,
        fixed,
        groups,
    }
}

fn solve_group(
    rules: &Rules<'_>,
    space: &Space,
    outcomes: &[Outcome],
    group: &Group,
    untils: &mut [Option<(Point, Point)>],
) -> (Summary, Vec<Truth>, bool) {
    let props = rules.posed(&group.rules);
    let whole = rules.by_parts(&group.rules);
    let splits = rules.splits;
    for linked in [true, false] {
        let order: &[SlotId] = if splits { &group.slots } else { &[] };
        let mut space = space.clone();
        if !linked {
            space.links.clear();
        }
        let facts = &rules.book.facts;
        let search = Search { facts, props: &props, whole: &whole, order, cuts: &rules.cuts };
        let mut budget = Budget::new();
        let mut summary: Option<Summary> = None;
        let mut seen: Vec<(bool, bool)> = vec![(false, false); props.len()];
        let mut complete = splits && linked;
        let (mut until, mut spans) = (untils.to_vec(), Spans::default());
        search.run(&mut space, &mut budget, &mut |part, truths, _| {
            each_case((rules, &group.rules), &props, truths, part, &mut |part, truths| {
                let holding = Holding { rules, outcomes, at: &group.rules, truths };
                let leaf = holding.summary(part, &mut until, &mut spans);
                summary = Some(summary.map_or(leaf, |all| all.or(leaf)));
                for ((seen, truth), at) in seen.iter_mut().zip(truths).zip(&group.rules) {
                    seen.0 |= *truth != Truth::No;
                    seen.1 |= *truth != Truth::Yes;
                    let failed = || holding.may(*at, *truth, part).is_some_and(May::only_fails);
                    complete &= *truth != Truth::Unknown || failed();
                }
            });
        });
        if let (Some(summary), true) = (summary, budget.is_left()) {
            untils.clone_from_slice(&until);
            let truths = seen.into_iter().map(|(yes, no)| match (yes, no) {
                (true, true) => Truth::Unknown,
                (yes, _) => yes.into(),
            });
            return (summary, truths.collect(), complete);
        }
    }
    // Too large even without its links: every rule may hold or not.
    let free = vec![Truth::Unknown; props.len()];
    let holding = Holding { rules, outcomes, at: &group.rules, truths: &free };
    let summary = holding.summary(space, untils, &mut Spans::default());
    (summary, free, false)
}

/// Calls `see` with a part of the space, or, where a wait or a script rests on linked answers, with one of their
/// alternatives after the other, and with what is so of each rule there.
pub(super) fn each_case(
    (rules, at): (&Rules<'_>, &[usize]),
    props: &[Posed<'_>],
    truths: &[Truth],
    part: &Space,
    see: &mut dyn FnMut(&Space, &[Truth]),
) {
    if part.links.is_empty() {
        return see(part, truths);
    }
    let rests = |(at, truth): &(&usize, &Truth)| {
        let rule = &rules.rules[**at];
        let asks = **truth == Truth::Unknown && rule.scripted;
        **truth != Truth::No && (asks || rule.waits_for_an_answer())
    };
    let resting = at.iter().zip(truths).filter(rests);
    let slots: Vec<SlotId> = resting.flat_map(|(at, _)| rules.rules[*at].slots.iter().copied()).collect();
    part.each_alternative(&slots, &mut |one| {
        let each = props.iter().zip(truths).map(|(posed, truth)| match truth {
            Truth::Unknown => posed.truth(&one.sets),
            decided => *decided,
        });
        see(one, &each.collect::<Vec<Truth>>());
    });
}

/// Rules with what is known of each, over one part of the space.
pub(super) struct Holding<'h, 'b> {
    pub(super) rules: &'h Rules<'b>,
    pub(super) outcomes: &'h [Outcome],
    pub(super) at: &'h [usize],
    pub(super) truths: &'h [Truth],
}

impl Holding<'_, '_> {
    /// Outcomes and waits over the part.
    pub(super) fn summary(
        &self,
        part: &Space,
        untils: &mut [Option<(Point, Point)>],
        spans: &mut Spans,
    ) -> Summary {
        let visit = self.rules.visit.point();
        let (mut earliest, mut latest) = (visit, visit);
        for (at, truth) in self.at.iter().zip(self.truths).filter(|(_, truth)| **truth != Truth::No) {
            let defers = self.rules.rules[*at].rule.outcome == Outcome::Deferred;
            if !defers || !self.may(*at, *truth, part).is_none_or(|may| may.yes) {
                continue;
            }
            let span = spans.span(self.rules, *at, part, *truth == Truth::Yes);
            let until = untils[*at].get_or_insert(span);
            *until = (until.0.min(span.0), until.1.max(span.1));
            latest = latest.max(span.1);
            if *truth == Truth::Yes {
                earliest = earliest.max(span.0);
            }
        }
        Summary { possible: self.possible(part), earliest, latest }
    }

    /// Outcomes over the part. An undecided rule may hold or not; a script among its conditions may also fail, and
    /// then a clinician decides.
    pub(super) fn possible(&self, part: &Space) -> Possible {
        let mut all = Possible::only(Outcome::Eligible);
        for (at, truth) in self.at.iter().zip(self.truths).filter(|(_, truth)| **truth != Truth::No) {
            let mut possible = Possible::only(self.outcomes[*at]);
            if *truth == Truth::Unknown {
                let may = self.may(*at, *truth, part);
                if may.is_some_and(|may| !may.yes) {
                    possible = Possible::default();
                }
                if may.is_none_or(|may| may.no) {
                    possible = possible.or(Possible::only(Outcome::Eligible));
                }
                if may.is_some_and(|may| may.fails) {
                    possible = possible.or(Possible::only(Outcome::NeedsReview));
                }
            }
            all = all.worse_of(possible);
        }
        all
    }

    /// What an undecided rule with a script can come to.
    fn may(&self, at: usize, truth: Truth, part: &Space) -> Option<May> {
        let rule = &self.rules.rules[at];
        let asked = truth == Truth::Unknown && rule.scripted;
        asked.then(|| rule.prop.may(&part.sets, &self.rules.context()))
    }
}
