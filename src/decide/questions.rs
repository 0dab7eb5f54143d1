//! What is worth asking: the open answers on which the outcome, the wait, a step or the price depends.

use super::answers::{Answers, Said, Standing};
use super::cuts::{Cuts, parts};
use super::day::Rules;
use super::possible::Possible;
use super::prop::{Context, Posed, Prop};
use super::search::{Budget, Group, Holding, Search, Solution, Summary, each_case};
use super::single::{Aged, AgedPart};
use super::space::Space;
use super::values::Plan;
use crate::book::Outcome;
use crate::book::condition::{FactId, SlotId};
use crate::book::fact::{Fact, Facts};
use crate::value::{Day, LAST_DAY, NEVER, Point, Truth};

/// A group that is too large for all clients is gone through for one whose open answers leave so few cases.
const MOST_COMPLETIONS: f64 = 4_096.0;
/// Of so many answers every choice of their ends is tried.
const MOST_SIDES: usize = 5;

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
        let waits = group.rules.iter().any(|at| self.rules.rules[*at].rule.outcome == Outcome::Deferred);
        let mut budget = Budget::new();
        let mut found = Matters::default();
        search(&others).run(&mut self.space.clone(), &mut budget, &mut |part, _, budget| {
            let mut outcomes = Possible::default();
            // Waits come in the order of their answers, so that the two ends of each say all: early ones leave most
            // room, and late ones keep a rule that reads this answer too from lapsing before.
            let wide = others.iter().filter(|slot| part.sets[slot.index()].single().is_none());
            let wide: Vec<SlotId> = wide.copied().collect();
            let sides = if waits { sides(wide.len()) } else { Vec::new() };
            let mut moves = vec![(Point::MAX, NEVER); sides.len()];
            search(&mine).run(part, budget, &mut |part, truths, _| {
                each_case((self.rules, &group.rules), &props, truths, part, &mut |part, truths| {
                    let at = &group.rules[..];
                    let holding = Holding { rules: self.rules, outcomes: self.outcomes, at, truths };
                    outcomes = outcomes.or(holding.possible(part));
                    for (side, moves) in sides.iter().zip(&mut moves) {
                        for late in [false, true] {
                            let value = |slot: SlotId| {
                                let at = wide.iter().position(|other| *other == slot);
                                let mine = late && slots.contains(&slot);
                                let late = at.map_or(mine, |at| side >> at.min(63) & 1 == 1);
                                let set = &part.sets[slot.index()];
                                if late { set.max() } else { set.min() }.unwrap_or(NEVER)
                            };
                            let (sure, may) = self.wait(group, truths, part, &value);
                            *moves = (moves.0.min(sure), moves.1.max(may));
                        }
                    }
                });
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

/// For which of so many answers the late end is taken: every choice of them, or, where those are too many, of none, all,
/// one and all but one.
fn sides(count: usize) -> Vec<u64> {
    if count <= MOST_SIDES {
        return (0..1 << count).collect();
    }
    let each = (0..count.min(64)).map(|one| 1 << one);
    [0, u64::MAX].into_iter().chain(each.flat_map(|one: u64| [one, !one])).collect()
}

/// Why a fact is open, in words; `open` are the places of its open slots that matter.
pub(super) fn why_open(answers: &Answers, id: FactId, facts: &Facts, open: &[usize]) -> String {
    let (fact, given) = (facts.get(id), answers.said(id, facts));
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
    let plans = answers.plans(id).filter(|plan| open.contains(&plan.slot));
    let ends: Vec<String> = plans.map(|plan| was_to_end(fact, plan, answers.visit)).collect();
    match answers.facts[usize::from(id.0)].standing {
        Standing::NeverAsked => "never asked".to_string(),
        Standing::NotKnown => "asked, and not known".to_string(),
        Standing::Stale | Standing::Undated | Standing::Aged => too_old(&given),
        Standing::Disagreeing => format!("the answers disagree: {}", said(true)),
        Standing::Answered if !ends.is_empty() => ends.join("; "),
        Standing::Answered => format!("only partly known: {}", said(false)),
    }
}

/// Answers that count no more, each with how long it would.
fn too_old(given: &[Said]) -> String {
    let each = given.iter().map(|one| {
        let on = one.on.map_or(" without a day".to_string(), |day| format!(" on {day}"));
        let counts = one.aged.map(|Aged { part, counts }| {
            let (what, is_part) = match part {
                AgedPart::Nothing => ("what does not apply", true),
                AgedPart::Something => ("what applies", true),
                AgedPart::Whole => ("that", false),
            };
            let only = if one.on.is_none() || is_part { " only" } else { "" };
            format!(", and {what} counts for {counts}{only}")
        });
        (format!("`{}`{on}", one.answer), counts.unwrap_or_default())
    });
    let each: Vec<(String, String)> = each.collect();
    match each.windows(2).all(|two| two[0].1 == two[1].1) {
        true => {
            let said: Vec<&str> = each.iter().map(|(said, _)| said.as_str()).collect();
            let counts = each.first().map_or("", |(_, counts)| counts.as_str());
            format!("answered {}{counts}", crate::prose::list(&said, "and"))
        }
        false => {
            let said: Vec<String> =
                each.iter().map(|(said, counts)| format!("answered {said}{counts}")).collect();
            said.join("; ")
        }
    }
}

/// Asks after the end of something that went on.
fn was_to_end(fact: &Fact, plan: &Plan, visit: Day) -> String {
    let Plan { slot, first, last } = *plan;
    let what = match fact.options.get(slot) {
        Some(option) => format!("{} ", option.id),
        None => String::new(),
    };
    let is = if visit.point() < last { "is" } else { "was" };
    let day = |point: Point| Day::from_point(point).long();
    let when = match (first == last, last == LAST_DAY.point()) {
        (true, _) => format!("on {}", day(first)),
        (false, true) => format!("on {} or later", day(first)),
        (false, false) => format!("between {} and {}", day(first), day(last)),
    };
    format!("{what}{is} to end {when}: has it?")
}
