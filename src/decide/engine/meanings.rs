//! What rules mean and how their conditions read, remembered: to work it out takes long.

use std::collections::BTreeMap;

use super::super::day::Version;
use super::days;
use crate::book::condition::Condition;
use crate::book::english::English;
use crate::book::{Rule, print};
use crate::value::{Day, FIRST_DAY};

/// By the rule's place and the day from which its numbers are as they are.
#[derive(Default)]
pub(super) struct Meanings(BTreeMap<(u16, Day), Meaning>);

/// A rule in words.
pub(super) struct Meaning {
    /// Names what it means.
    pub(super) digest: String,
    /// Its condition, or those of a list one by one.
    pub(super) says: Vec<String>,
}

/// More is not kept.
const MOST: usize = 4_096;

impl Meanings {
    /// Of the rule at a place, on a day.
    pub(super) fn of(&mut self, version: &Version<'_>, place: u16, day: Day) -> &Meaning {
        let rule = &version.treatment.rules[usize::from(place)];
        let changes = days::of_rule(rule, version).into_iter();
        let since = changes.filter(|change| *change <= day).max().unwrap_or(FIRST_DAY);
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.entry((place, since)).or_insert_with(|| Meaning::of(rule, version, day))
    }
}

impl Meaning {
    fn of(rule: &Rule, version: &Version<'_>, day: Day) -> Meaning {
        let Version { book, treatment, .. } = *version;
        let english = English { facts: &book.facts, treatment, day, with_later: true };
        let says = parts(rule).iter().map(|part| english.condition(part)).collect();
        Meaning { digest: print::meaning(rule, day, &book.facts, treatment), says }
    }
}

/// The conditions of a rule: each of a list by itself.
pub(super) fn parts(rule: &Rule) -> &[Condition] {
    if rule.parts.is_empty() { std::slice::from_ref(&rule.condition) } else { &rule.parts }
}
