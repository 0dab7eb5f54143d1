//! Whom a rule speaks for: its region of the answers that a client can give, way by way.

use super::clients::Client;
use super::days;
use crate::book::condition::{Condition, SlotId};
use crate::book::fact::Facts;
use crate::book::{InForce, Rule};
use crate::decide::cells::Version;
use crate::decide::ways;
use crate::value::{Day, Point, Points, Truth};

/// Answers that at least one of these slots must have. All are of one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyOf {
    /// The slots.
    pub slots: Vec<SlotId>,
    /// The answers.
    pub answers: Points,
}

/// One way in which a client comes under a rule: all of this is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The answers.
    pub answers: Vec<AnyOf>,
    /// Comparisons of two answers, and what scripts say, each with what it has to come to.
    pub compared: Vec<(Condition, bool)>,
}

impl Way {
    /// Whether a fully known client comes under the rule in this way; unknown only where a script fails.
    pub fn has(&self, version: Version<'_>, client: &Client) -> Truth {
        let value = |slot: &SlotId| -> Point { client.values[slot.index()] };
        let answered = |part: &AnyOf| part.slots.iter().any(|slot| part.answers.contains(value(slot)));
        if !self.answers.iter().all(answered) {
            return Truth::No;
        }
        let compared = self.compared.iter().map(|(condition, wanted)| {
            let truth = version.asked(condition, client.visit).known(&client.values);
            if *wanted { truth } else { truth.negate() }
        });
        compared.min().unwrap_or(Truth::Yes)
    }
}

/// Whom a rule speaks for on a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The day.
    pub visit: Day,
    /// The ways. A client comes under the rule in at least one of them, or not at all, unless there are `more`.
    pub ways: Vec<Way>,
    /// Whether there are more ways than could be gone through.
    pub more: bool,
}

/// The day nearest to `day` on which a rule is in force; `None` if the page never is while the rule is.
pub fn day_of(rule: &Rule, page: InForce, day: Day) -> Option<Day> {
    let from = page.from.max(rule.in_force.from);
    let last = [page.last, rule.in_force.last].into_iter().flatten().min();
    let near = from.map_or(day, |from| day.max(from));
    let near = last.map_or(near, |last| near.min(last));
    from.is_none_or(|from| from <= near).then_some(near)
}

/// Whom the rule speaks for on a visit on `day`.
pub fn region(version: Version<'_>, rule: &Rule, day: Day) -> Region {
    let found = version.asked(&rule.condition, day).ways();
    let ways = grouped(found.ways, &version.book.facts);
    Region { visit: day, ways, more: found.more }
}

/// The day to ask about if nobody says.
pub fn usual_day(version: Version<'_>) -> Day {
    days::usual(version.treatment)
}

/// Ways that differ only in which option of one fact they name become one.
fn grouped(ways: Vec<ways::Way>, facts: &Facts) -> Vec<Way> {
    let mut left: Vec<Way> = ways
        .into_iter()
        .map(|way| Way {
            answers: way
                .answers
                .into_iter()
                .map(|(slot, answers)| AnyOf { slots: vec![slot], answers })
                .collect(),
            compared: way.compared,
        })
        .collect();
    let mut at = 0;
    while at < left.len() {
        let mut other = at + 1;
        while other < left.len() {
            match merged(&left[at], &left[other], facts) {
                Some(both) => {
                    left[at] = both;
                    left.remove(other);
                }
                None => other += 1,
            }
        }
        at += 1;
    }
    left
}

fn merged(a: &Way, b: &Way, facts: &Facts) -> Option<Way> {
    if a.compared != b.compared || a.answers.len() != b.answers.len() {
        return None;
    }
    let mut differing = (0..a.answers.len()).filter(|at| a.answers[*at] != b.answers[*at]);
    let (Some(at), None) = (differing.next(), differing.next()) else { return None };
    let (one, other) = (&a.answers[at], &b.answers[at]);
    let fact = |part: &AnyOf| facts.slots[part.slots[0].index()].fact;
    if one.answers != other.answers || fact(one) != fact(other) {
        return None;
    }
    let mut way = a.clone();
    way.answers[at].slots.extend(&other.slots);
    way.answers[at].slots.sort_unstable();
    way.answers[at].slots.dedup();
    Some(way)
}
