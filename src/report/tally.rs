//! How many clients got which outcome, and which rules held.

use super::lines::Lines;
use crate::book::{Outcome, Treatment};
use crate::decide::Decision;
use crate::prose::{self, visible};
use crate::value::Truth;

/// All that a reason can be called, ascending.
pub struct Names(Vec<String>);

impl Names {
    /// The rules of a treatment, and what can be withdrawn.
    pub fn of(treatment: &Treatment) -> Names {
        let mut names: Vec<String> = treatment.rules.iter().map(|rule| rule.id.clone()).collect();
        names.extend(["clinic".to_string(), treatment.id.clone()]);
        names.sort_unstable();
        names.dedup();
        Names(names)
    }

    /// The place of a name.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|other| other.as_str().cmp(name)).ok()
    }
}

/// Answers, counted.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// By outcome, best first.
    outcomes: [u64; Outcome::ALL.len()],
    undecided: u64,
    /// By the place of the rule's name.
    rules: Vec<u64>,
}

impl Counts {
    /// Counts one answer; `None` for a record that could not be read.
    pub fn add(&mut self, decision: Option<&Decision>, names: &Names) {
        let Some(decision) = decision else {
            self.undecided += 1;
            return;
        };
        let held = decision.reasons.iter().filter(|reason| reason.holds == Truth::Yes);
        self.count(decision.outcome, held.filter_map(|reason| names.place(&reason.rule)), names);
    }

    /// Counts one outcome with the places of the rules that held.
    pub fn count(&mut self, outcome: Outcome, held: impl Iterator<Item = usize>, names: &Names) {
        self.outcomes[outcome as usize] += 1;
        self.rules.resize(names.0.len(), 0);
        held.for_each(|at| self.rules[at] += 1);
    }

    /// Adds those of another part.
    pub fn join(&mut self, other: &Counts) {
        self.undecided += other.undecided;
        self.outcomes.iter_mut().zip(other.outcomes).for_each(|(all, more)| *all += more);
        self.rules.resize(self.rules.len().max(other.rules.len()), 0);
        self.rules.iter_mut().zip(&other.rules).for_each(|(all, more)| *all += more);
    }

    /// All of them.
    pub fn records(&self) -> usize {
        (self.outcomes.iter().sum::<u64>() + self.undecided) as usize
    }

    /// Whether everybody got this outcome.
    pub fn all_are(&self, outcome: Outcome) -> bool {
        self.outcomes[outcome as usize] as usize == self.records()
    }

    /// `4 eligible, 1 deferred, 1 not decided`, worst first.
    pub fn outcomes(&self) -> String {
        let each = Outcome::ALL.into_iter().rev().map(|outcome| (self.outcomes[outcome as usize], outcome));
        let mut parts: Vec<String> = each
            .filter(|(number, _)| *number > 0)
            .map(|(number, outcome)| format!("{number} {outcome}"))
            .collect();
        if self.undecided > 0 {
            parts.push(format!("{} not decided", self.undecided));
        }
        parts.join(", ")
    }

    /// `15 clients: 4 eligible, ...`, and the rules that held, most often first; for more than one client.
    pub fn summary(&self, names: &Names) -> String {
        let mut sheet = Lines::default();
        let all = self.records();
        if all > 1 {
            sheet.wrap(0, &format!("{}: {}", prose::count(all as i64, "client"), self.outcomes()));
        }
        let mut held: Vec<(u64, &String)> =
            self.rules.iter().copied().zip(&names.0).filter(|(number, _)| *number > 0).collect();
        held.sort_by(|a, b| (b.0, a.1).cmp(&(a.0, b.1)));
        if all > 1 && !held.is_empty() {
            let held: Vec<String> = held.iter().map(|(number, name)| format!("{name} {number}")).collect();
            sheet.wrap(0, &visible(&format!("Rules that hold: {}", held.join(", "))));
        }
        sheet.0
    }
}
