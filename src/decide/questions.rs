//! What is worth asking: the open answers on which the outcome, the wait, a step or the price depends.

use super::answers::{Answers, Said, Standing};
use super::day::Rules;
use super::decision::{Affects, Question};
use super::possible::Possible;
use super::prop::{Posed, Prop};
use super::quote::prices;
use super::search::{Budget, Group, Holding, Search, Solution, Summary};
use super::space::Space;
use crate::book::Outcome;
use crate::book::condition::{FactId, SlotId};
use crate::book::fact::Fact;
use crate::value::{NEVER, Point, Points, Truth};

/// A group that is too large for all clients is gone through for one whose open answers leave so few cases.
const MOST_COMPLETIONS: f64 = 4_096.0;

/// All that a question is judged by.
pub(super) struct Asking<'q, 'b> {
    pub(super) rules: &'q Rules<'b>,
    pub(super) space: &'q Space,
    pub(super) outcomes: &'q [Outcome],
    pub(super) solution: &'q Solution,
    /// For each step the condition that excludes it.
    pub(super) steps: &'q [Prop],
}

impl Asking<'_, '_> {
    /// Every question that can still matter: worst possible outcome first, then the one that most
    /// undecided rules wait for, then by name.
    pub(super) fn questions(&self, answers: &Answers) -> Vec<Question> {
        let facts = &self.rules.book.facts;
        let mut found: Vec<(Question, usize)> = Vec::new();
        for (at, answer) in answers.facts.iter().enumerate() {
            let id = FactId(at as u16);
            let slots: Vec<SlotId> = facts.get(id).slots().filter(|slot| self.is_open(*slot)).collect();
            if slots.is_empty() {
                continue;
            }
            let (could_become, waits) = self.outcome_and_wait(&slots);
            let mut affects = Vec::new();
            affects.extend((could_become != Possible::default()).then_some(Affects::Outcome));
            affects.extend(waits.then_some(Affects::Wait));
            affects.extend(
                self.steps
                    .iter()
                    .any(|step| decides(self.rules, self.space, step, &slots))
                    .then_some(Affects::Steps),
            );
            affects.extend(self.moves_price(id).then_some(Affects::Price));
            if affects.is_empty() {
                continue;
            }
            let why = why_open(facts.get(id), answer.standing, &answers.said(id, facts));
            let question = self.question(facts.get(id), why, &slots, affects, could_become);
            found.push((question, self.unknown(&slots)));
        }
        found.sort_by(|(a, a_unknown), (b, b_unknown)| {
            let worst = |question: &Question| question.could_become.first().copied();
            (worst(b), b_unknown, &a.fact).cmp(&(worst(a), a_unknown, &b.fact))
        });
        found.into_iter().map(|(question, _)| question).collect()
    }

    /// How many undecided rules read one of the slots.
    pub(super) fn unknown(&self, slots: &[SlotId]) -> usize {
        let rules = self.rules.rules.iter().zip(&self.solution.truths);
        let undecided = rules.filter(|(_, truth)| **truth == Truth::Unknown);
        undecided.filter(|(rule, _)| rule.slots.iter().any(|slot| slots.contains(slot))).count()
    }

    fn is_open(&self, slot: SlotId) -> bool {
        self.space.sets[slot.index()].single().is_none()
    }

    fn question(
        &self,
        fact: &Fact,
        why: String,
        slots: &[SlotId],
        affects: Vec<Affects>,
        could_become: Possible,
    ) -> Question {
        let read = |slot: &SlotId| {
            self.rules.rules.iter().any(|rule| rule.slots.contains(slot))
                || self.steps.iter().any(|step| step.slots().contains(slot))
        };
        let options = match fact.kind.slot_per_option() {
            true => slots
                .iter()
                .filter(|slot| read(slot))
                .map(|slot| fact.options[usize::from(slot.0 - fact.first_slot.0)].id.clone())
                .collect(),
            false => Vec::new(),
        };
        Question {
            fact: fact.id.clone(),
            ask: fact.ask.clone(),
            options,
            why,
            affects,
            could_become: could_become.iter().rev().collect(),
            asked: fact.on_the_day.then_some("on the day"),
            not_sure: fact.not_sure.clone(),
        }
    }

    /// The outcomes that this answer alone could bring or avert, and whether it moves the wait.
    pub(super) fn outcome_and_wait(&self, slots: &[SlotId]) -> (Possible, bool) {
        let groups = &self.solution.groups;
        let mut could_become = Possible::default();
        let mut waits = false;
        for (at, group) in groups.iter().enumerate() {
            if !group.slots.iter().any(|slot| slots.contains(slot)) {
                continue;
            }
            let outside = groups
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at)
                .filter_map(|(_, other)| other.summary)
                .fold(self.solution.fixed, Summary::and);
            let (outcomes, moved) = self.in_group(group, slots, outside);
            could_become = could_become.or(outcomes);
            waits |= moved;
        }
        (could_become, waits)
    }

    /// Fixes everything in the group but `slots`, then looks how far those alone move it.
    fn in_group(&self, group: &Group, slots: &[SlotId], outside: Summary) -> (Possible, bool) {
        let (best, earliest) = (outside.possible.best(), outside.earliest);
        let exact = group.rules.iter().all(|at| self.rules.is_exact(*at));
        if !exact && self.completions(group) > MOST_COMPLETIONS {
            return self.too_large(group, best, outside);
        }
        let props = self.rules.posed(&group.rules);
        let (mine, others): (Vec<SlotId>, Vec<SlotId>) =
            group.slots.iter().partition(|slot| slots.contains(slot));
        let whole = self.rules.by_parts(&group.rules);
        let facts = &self.rules.book.facts;
        let search = |order| Search { facts, props: &props, whole: &whole, order, cuts: &self.rules.cuts };
        let mut could_become = Possible::default();
        let mut waits = false;
        // Where all waits come in the order of their answers, the others' earliest ends leave most room, and
        // the two ends of this answer say all. Else every end of a range is tried.
        let in_order = group.rules.iter().all(|at| self.rules.rules[*at].lapses_in_order());
        let ranges = group.slots.iter().map(|slot| self.space.sets[slot.index()].ranges().len()).max();
        let ends = if in_order { 2 } else { 2 * ranges.unwrap_or(1).min(8) };
        let mut budget = Budget::new();
        let mut ignored = vec![None; self.rules.rules.len()];
        search(&others).run(&mut self.space.clone(), &mut budget, &mut |part, _, budget| {
            let mut outcomes = Possible::default();
            let mut moves = vec![(Point::MAX, NEVER); if in_order { 1 } else { ends }];
            search(&mine).run(part, budget, &mut |part, truths, _| {
                let holding =
                    Holding { rules: self.rules, outcomes: self.outcomes, at: &group.rules, truths };
                outcomes = outcomes.or(holding.summary(part, &mut ignored).possible);
                for (at, moves) in moves.iter_mut().enumerate() {
                    let other = |slot: SlotId| nth_end(&part.sets[slot.index()], at);
                    for end in 0..ends {
                        let value = |slot: SlotId| match slots.contains(&slot) {
                            true => nth_end(&part.sets[slot.index()], end),
                            false => other(slot),
                        };
                        moves.0 = moves.0.min(self.wait(group, truths, part, &value, false));
                        moves.1 = moves.1.max(self.wait(group, truths, part, &value, true));
                    }
                }
            });
            let floor = best.max(outcomes.best());
            could_become =
                outcomes.iter().filter(|o| *o > floor).map(Possible::only).fold(could_become, Possible::or);
            waits |= moves.iter().any(|(least, most)| *most > earliest.max(*least));
        });
        if budget.is_left() {
            return (could_become, waits);
        }
        self.too_large(group, best, outside)
    }

    /// In how many cells the open answers of a group can lie.
    fn completions(&self, group: &Group) -> f64 {
        let cells = |slot: &SlotId| {
            let set = &self.space.sets[slot.index()];
            super::search::parts(set, &self.rules.cuts[slot.index()], false).len() as f64
        };
        group.slots.iter().map(cells).product()
    }

    /// Too large to tell: whatever the group makes possible may hang on this answer.
    fn too_large(&self, group: &Group, best: Outcome, outside: Summary) -> (Possible, bool) {
        let worse = group.summary.unwrap_or(outside).possible.iter().filter(|outcome| *outcome > best);
        (worse.map(Possible::only).fold(Possible::default(), Possible::or), true)
    }

    fn wait(
        &self,
        group: &Group,
        truths: &[Truth],
        part: &Space,
        value: &impl Fn(SlotId) -> Point,
        may: bool,
    ) -> Point {
        let mut wait = self.rules.visit.point();
        for (at, truth) in group.rules.iter().zip(truths) {
            let counts = *truth == Truth::Yes || (may && *truth == Truth::Unknown);
            if counts && self.rules.rules[*at].rule.outcome == Outcome::Deferred {
                wait = wait.max(self.rules.lapse(*at, Some(&part.sets), value));
            }
        }
        wait
    }

    /// Whether the answer decides the price: by its band, or because a pricing script is given it.
    fn moves_price(&self, fact: FactId) -> bool {
        let Some(pricing) = &self.rules.treatment.pricing else { return false };
        let name = &self.rules.book.facts.get(fact).id;
        if pricing.script.as_ref().is_some_and(|script| script.takes.contains(name)) {
            return true;
        }
        if pricing.by != fact {
            return false;
        }
        let set = &self.space.sets[pricing.slot.index()];
        let (_, list) = pricing.lists.on(self.rules.visit);
        prices(set, &list.bands).len() > 1
    }
}

/// Whether the answer alone can decide a condition either way.
pub(super) fn decides(rules: &Rules<'_>, space: &Space, prop: &Prop, slots: &[SlotId]) -> bool {
    let read = prop.slots();
    let (mine, others): (Vec<SlotId>, Vec<SlotId>) = read.iter().partition(|slot| slots.contains(slot));
    if mine.is_empty() {
        return false;
    }
    let cuts = rules.cuts_of([prop].into_iter());
    let props = [Posed { prop, slots: &read, context: rules.context() }];
    let facts = &rules.book.facts;
    let search = |order| Search { facts, props: &props, whole: &[], order, cuts: &cuts };
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

fn why_open(fact: &Fact, standing: Standing, given: &[Said]) -> String {
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
