//! What a review saw: the answers to the facts that its rule reads, named in one form. The form is the same whatever
//! day is asked about, whatever a record was written in, and in whatever order options and sources stand.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::answers::Seen;
use super::combine;
use super::single::Single;
use crate::book::condition::{FactId, SlotId};
use crate::book::fact::{Fact, FactKind, Facts};
use crate::book::{Rule, print};
use crate::value::{Day, LAST_DAY, NEVER, NO, Point, Points};

impl Seen {
    pub(super) fn of(facts: &Facts, id: FactId, answers: &[Single]) -> Seen {
        Seen {
            text: said(facts, id, answers),
            last: answers.iter().filter_map(|one| one.on).max(),
            undated: answers.iter().any(|one| one.on.is_none()),
        }
    }

    /// Whether something was said after a day, as it counts at a visit: what was said on no day counts as said at the
    /// visit.
    fn is_after(&self, day: Day, visit: Day) -> bool {
        self.last.is_some_and(|last| last > day) || self.undated && visit > day
    }
}

/// Whether something was said after a day about a fact that a rule reads.
pub(super) fn is_said_after(rule: &Rule, facts: &Facts, seen: &[Seen], (day, visit): (Day, Day)) -> bool {
    let said = |id: &FactId| seen.get(usize::from(id.0)).is_some_and(|seen| seen.is_after(day, visit));
    facts_of(rule, facts).iter().any(said)
}

/// The facts that a rule reads, by id.
pub(super) fn facts_of(rule: &Rule, facts: &Facts) -> Vec<FactId> {
    let slots = rule.condition.slots(&|fact| facts.slots_of(fact));
    let mut read: Vec<FactId> = slots.into_iter().map(|slot| facts.slots[slot.index()].fact).collect();
    read.sort_by_key(|id| &facts.get(*id).id);
    read.dedup();
    read
}

/// Names the answers to the facts that a rule reads; `seen` is what was said about each fact.
pub(super) fn digest(rule: &Rule, facts: &Facts, seen: &[Seen]) -> String {
    let mut text = "answers 1\n".to_string();
    for id in facts_of(rule, facts) {
        let _ = writeln!(text, "fact {}", facts.get(id).id);
        text.push_str(seen.get(usize::from(id.0)).map_or("", |seen| seen.text.as_str()));
    }
    print::short(&text)
}

/// What was said about a fact: the latest of each source, whether or not it still counts. What says nothing is as if
/// nobody had been asked, and on which day an answer was given does not make it another.
pub(super) fn said(facts: &Facts, id: FactId, answers: &[Single]) -> String {
    let fact = facts.get(id);
    let each = combine::latest_of_each_source(answers).into_iter().map(|one| {
        let from = one.from.as_deref().unwrap_or_default();
        (from.to_string(), one.boxes.as_ref().and_then(|boxes| answer(facts, fact, boxes)))
    });
    let each: BTreeSet<(String, Option<String>)> = each.collect();
    if each.iter().all(|(_, answer)| answer.is_none()) {
        return String::new();
    }
    let mut text = String::new();
    for (from, answer) in each {
        let _ = writeln!(text, "{} {from} {}", from.len(), answer.as_deref().unwrap_or("unknown"));
    }
    text
}

/// The alternatives of one answer; `None` if it may be anything.
fn answer(facts: &Facts, fact: &Fact, boxes: &[impl AsRef<[Points]>]) -> Option<String> {
    let is_open = |(slot, set): (SlotId, &Points)| *set == facts.domain(slot, LAST_DAY);
    let alternatives: Option<BTreeSet<String>> = boxes
        .iter()
        .map(|one| {
            let open = fact.slots().zip(one.as_ref()).all(is_open);
            (!open).then(|| alternative(fact, one.as_ref()))
        })
        .collect();
    Some(alternatives?.into_iter().collect::<Vec<_>>().join(" or "))
}

fn alternative(fact: &Fact, one: &[Points]) -> String {
    let nothing: Point = if fact.kind == FactKind::Set { NO } else { NEVER };
    match fact.kind {
        FactKind::Set | FactKind::History => {
            // Options that do not apply are not named, so that one more option is no other answer.
            let named = fact.options.iter().zip(one).filter(|(_, set)| set.single() != Some(nothing));
            let named: BTreeSet<String> =
                named.map(|(option, set)| format!("{}={}", option.id, ranges(set))).collect();
            format!("{{{}}}", named.into_iter().collect::<Vec<_>>().join(" "))
        }
        FactKind::Choice => {
            let chosen = (0..).zip(&fact.options).filter(|(at, _)| one.iter().any(|set| set.contains(*at)));
            let chosen: BTreeSet<&str> = chosen.map(|(_, option)| option.id.as_str()).collect();
            chosen.into_iter().collect::<Vec<_>>().join("|")
        }
        FactKind::YesNo
        | FactKind::Number { .. }
        | FactKind::Date
        | FactKind::PlannedDate
        | FactKind::BirthDate
        | FactKind::Note => one.iter().map(ranges).collect::<Vec<_>>().join(" "),
    }
}

fn ranges(set: &Points) -> String {
    let each = set.ranges().iter().map(|(low, high)| match low == high {
        true => low.to_string(),
        false => format!("{low}..{high}"),
    });
    each.collect::<Vec<_>>().join(",")
}
