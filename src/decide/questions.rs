//! What is worth asking: the open answers on which the outcome, the wait, a step or the price depends.

use super::answers::{Said, Standing};
use super::cuts::{Cuts, parts};
use super::day::Rules;
use super::possible::Possible;
use super::prop::{Context, Posed, Prop};
use super::search::{Budget, Group, Holding, Search, Solution, Summary};
use super::space::Space;
use crate::book::Outcome;
use crate::book::condition::SlotId;
use crate::book::fact::Fact;
use crate::value::{NEVER, Point, Points, Truth};

/// A group that is too large for all clients is gone through for one whose open answers leave so few cases.
const MOST_COMPLETIONS: f64 = 4_096.0;

/// All that a question about outcome or wait is judged by.
pub(super) struct Asking<'q, 'b> {
    pub(super) rules: &'q Rules<'b>,
    pub(super) space: &'q Space,
    pub(super) outcomes: &'q [Outcome],
    pub(super) solution: &'q Solution,
}

impl Asking<'_, '_> {
    /// How many undecided rules read one of the slots.
    pub(super) fn unknown(&self, slots: &[SlotId]) -> usize {
        let rules = self.rules.rules.iter().zip(&self.solution.truths);
        let undecided = rules.filter(|(_, truth)| **truth == Truth::Unknown);
        undecided.filter(|(rule, _)| rule.slots.iter().any(|slot| slots.contains(slot))).count()
    }

    /// What this answer alone could bring or avert.
    pub(super) fn outcome_and_wait(&self, slots: &[SlotId]) -> Matters {
        let groups = &self.solution.groups;
        let mut matters = Matters::default();
        for (at, group) in groups.iter().enumerate() {
            if !group.slots.iter().any(|slot| slots.contains(slot)) {
                continue;
            }
            let others = groups.iter().enumerate().filter(|(other, _)| *other != at);
            let others = others.filter_map(|(_, other)| other.summary);
            self.in_group(group, slots, others.fold(self.solution.fixed, Summary::and), &mut matters);
        }
        matters
    }

    /// Fixes everything in the group but `slots`, then looks how far those alone move it.
    fn in_group(&self, group: &Group, slots: &[SlotId], outside: Summary, matters: &mut Matters) {
        let (best, earliest) = (outside.possible.best(), outside.earliest);
        if !self.rules.splits && self.completions(group) > MOST_COMPLETIONS {
            return self.too_large(group, best, outside, matters);
        }
        let props = self.rules.posed(&group.rules);
        let (mine, others): (Vec<SlotId>, Vec<SlotId>) =
            group.slots.iter().partition(|slot| slots.contains(slot));
        let whole = self.rules.by_parts(&group.rules);
        let facts = &self.rules.book.facts;
        let search = |order| Search { facts, props: &props, whole: &whole, order, cuts: &self.rules.cuts };
        // Where all waits come in the order of their answers, the others' earliest ends leave most room, and
        // the two ends of this answer say all. Else every end of a range is tried.
        let rules = || group.rules.iter().map(|at| &self.rules.rules[*at]);
        let in_order = rules().all(|rule| rule.lapses_in_order());
        let ranges = group.slots.iter().map(|slot| self.space.sets[slot.index()].ranges().len()).max();
        let ends = if in_order { 2 } else { 2 * ranges.unwrap_or(1).min(8) };
        let sides = match (rules().any(|rule| rule.rule.outcome == Outcome::Deferred), in_order) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => ends,
        };
        let mut budget = Budget::new();
        let mut found = Matters::default();
        search(&others).run(&mut self.space.clone(), &mut budget, &mut |part, _, budget| {
            let mut outcomes = Possible::default();
            let mut moves = vec![(Point::MAX, NEVER); sides];
            search(&mine).run(part, budget, &mut |part, truths, _| {
                let holding =
                    Holding { rules: self.rules, outcomes: self.outcomes, at: &group.rules, truths };
                outcomes = outcomes.or(holding.possible(part));
                for (at, moves) in moves.iter_mut().enumerate() {
                    for end in 0..ends {
                        let value = |slot: SlotId| {
                            let at = if slots.contains(&slot) { end } else { at };
                            nth_end(&part.sets[slot.index()], at)
                        };
                        let (sure, may) = self.wait(group, truths, part, &value);
                        *moves = (moves.0.min(sure), moves.1.max(may));
                    }
                }
            });
            let floor = best.max(outcomes.best());
            outcomes.iter().filter(|outcome| *outcome > floor).for_each(|outcome| found.add(outcome));
            let moved = moves.iter().filter(|(least, most)| *most > earliest.max(*least));
            found.until = moved.map(|(_, most)| *most).fold(found.until, Point::max);
        });
        match budget.is_left() {
            true => matters.join(&found),
            false => self.too_large(group, best, outside, matters),
        }
    }

    /// In how many cells the open answers of a group can lie.
    fn completions(&self, group: &Group) -> f64 {
        let cells = |slot: &SlotId| {
            let set = &self.space.sets[slot.index()];
            parts(set, self.rules.cuts.at(*slot), false).len() as f64
        };
        group.slots.iter().map(cells).product()
    }

    /// Too large to tell: whatever the group makes possible may hang on this answer.
    fn too_large(&self, group: &Group, best: Outcome, outside: Summary, matters: &mut Matters) {
        let possible = group.summary.unwrap_or(outside).possible;
        possible.iter().filter(|outcome| *outcome > best).for_each(|outcome| matters.add(outcome));
        matters.until = Point::MAX;
    }

    /// The last day on which a rule that holds lapses, and the last on which one that may hold does.
    fn wait(
        &self,
        group: &Group,
        truths: &[Truth],
        part: &Space,
        value: &impl Fn(SlotId) -> Point,
    ) -> (Point, Point) {
        let visit = self.rules.visit.point();
        let (mut sure, mut may) = (visit, visit);
        for (at, truth) in group.rules.iter().zip(truths) {
            if *truth == Truth::No || self.rules.rules[*at].rule.outcome != Outcome::Deferred {
                continue;
            }
            let lapse = self.rules.lapse(*at, &part.sets, value);
            may = may.max(lapse);
            if *truth == Truth::Yes {
                sure = sure.max(lapse);
            }
        }
        (sure, may)
    }
}

/// What an answer alone can change, beside whatever else is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matters {
    /// For each outcome the others leave at best, by its place among all, what this answer could bring or avert.
    could_become: [Possible; Outcome::ALL.len()],
    /// It moves the wait if the others end before this day.
    until: Point,
}

impl Default for Matters {
    fn default() -> Matters {
        Matters { could_become: Default::default(), until: NEVER }
    }
}

impl Matters {
    fn add(&mut self, outcome: Outcome) {
        for (best, could) in Outcome::ALL.into_iter().zip(&mut self.could_become) {
            if outcome > best {
                *could = could.or(Possible::only(outcome));
            }
        }
    }

    fn join(&mut self, other: &Matters) {
        for (own, more) in self.could_become.iter_mut().zip(&other.could_become) {
            *own = own.or(*more);
        }
        self.until = self.until.max(other.until);
    }

    /// The outcomes that it could bring or avert where the others leave this one at best, and whether it moves the
    /// wait where the others end on this day at the earliest.
    pub(super) fn beside(&self, best: Outcome, earliest: Point) -> (Possible, bool) {
        let at = Outcome::ALL.into_iter().position(|outcome| outcome == best);
        (at.map_or(Possible::default(), |at| self.could_become[at]), self.until > earliest)
    }
}

/// Whether a condition holds over all completions.
pub(super) fn truth_of(context: &Context<'_>, space: &Space, prop: &Prop) -> Truth {
    let (slots, cuts) = (prop.slots(), Cuts::of([prop].into_iter()));
    let props = [Posed { prop, slots: &slots, context: *context }];
    let search = Search { facts: context.facts, props: &props, whole: &[], order: &slots, cuts: &cuts };
    let (mut yes, mut no) = (false, false);
    let mut budget = Budget::new();
    search.run(&mut space.clone(), &mut budget, &mut |_, truths, _| {
        yes |= truths[0] != Truth::No;
        no |= truths[0] != Truth::Yes;
    });
    match (yes, no) {
        (true, false) if budget.is_left() => Truth::Yes,
        (false, true) if budget.is_left() => Truth::No,
        _ => Truth::Unknown,
    }
}

/// Whether the answers at these slots alone can decide a condition either way.
pub(super) fn decides(context: &Context<'_>, space: &Space, prop: &Prop, slots: &[SlotId]) -> bool {
    let read = prop.slots();
    let (mine, others): (Vec<SlotId>, Vec<SlotId>) = read.iter().partition(|slot| slots.contains(slot));
    if mine.is_empty() {
        return false;
    }
    let cuts = Cuts::of([prop].into_iter());
    let props = [Posed { prop, slots: &read, context: *context }];
    let search = |order| Search { facts: context.facts, props: &props, whole: &[], order, cuts: &cuts };
    let mut found = false;
    let mut budget = Budget::new();
    search(&others).run(&mut space.clone(), &mut budget, &mut |part, _, budget| {
        let (mut yes, mut no) = (false, false);
        search(&mine).run(part, budget, &mut |_, truths, _| {
            yes |= truths[0] != Truth::No;
            no |= truths[0] != Truth::Yes;
        });
        found |= yes && no;
    });
    found || !budget.is_left()
}

/// The least point, the greatest, then the ends between.
fn nth_end(set: &Points, n: usize) -> Point {
    let ends: Vec<Point> = set.ranges().iter().flat_map(|(low, high)| [*low, *high]).collect();
    let last = ends.len().saturating_sub(1);
    let at = match n {
        0 => 0,
        1 => last,
        _ => (n - 1).min(last),
    };
    ends.get(at).copied().unwrap_or(NEVER)
}

/// Why a fact is open, in words.
pub(super) fn why_open(fact: &Fact, standing: Standing, given: &[Said]) -> String {
    let said = |with_source: bool| -> String {
        let each: Vec<String> = given
            .iter()
            .map(|one| match (&one.from, with_source) {
                (Some(from), true) => format!("{} ({from})", one.answer),
                _ => one.answer.clone(),
            })
            .collect();
        crate::prose::list(&each, "and")
    };
    let limit = fact.good_for.first().map(|(_, limit)| limit.to_string()).unwrap_or_default();
    match standing {
        Standing::NeverAsked => "never asked".to_string(),
        Standing::NotKnown => "asked, and not known".to_string(),
        Standing::Stale => {
            let on = given.iter().filter_map(|one| one.on).max();
            let on = on.map(|day| format!(" on {day}")).unwrap_or_default();
            format!("answered `{}`{on}, and that counts for {limit}", said(false))
        }
        Standing::Undated => {
            format!("answered `{}` without a day, and that counts for {limit} only", said(false))
        }
        Standing::Disagreeing => format!("the answers disagree: {}", said(true)),
        Standing::Answered => format!("only partly known: {}", said(false)),
    }
}
