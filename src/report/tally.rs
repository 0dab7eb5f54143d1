//! How many clients got which outcome, and which rules held.

use super::lines::Lines;
use crate::book::{Outcome, Treatment};
use crate::decide::Brief;
use crate::prose::{self, visible};

/// All that a reason can be called.
pub struct Names {
    /// Ascending.
    all: Vec<String>,
    /// For each rule of the page the place of its name.
    rules: Vec<usize>,
}

impl Names {
    /// The rules of a treatment, and what can be withdrawn.
    pub fn of(treatment: &Treatment) -> Names {
        let mut names: Vec<String> = treatment.rules.iter().map(|rule| rule.id.clone()).collect();
        names.extend(["clinic".to_string(), treatment.id.clone()]);
        names.sort_unstable();
        names.dedup();
        let mut named = Names { all: names, rules: Vec::new() };
        named.rules = treatment.rules.iter().filter_map(|rule| named.place(&rule.id)).collect();
        named
    }

    /// The place of a name.
    fn place(&self, name: &str) -> Option<usize> {
        self.all.binary_search_by(|other| other.as_str().cmp(name)).ok()
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
    pub fn add(&mut self, brief: Option<&Brief<'_>>, names: &Names) {
        let Some(brief) = brief else {
            self.undecided += 1;
            return;
        };
        self.outcomes[brief.outcome as usize] += 1;
        self.rules.resize(names.all.len(), 0);
        let stopped = brief.withdrawn.iter().filter_map(|id| names.place(id));
        let held = brief.hold.iter().map(|rule| names.rules[usize::from(*rule)]);
        stopped.chain(held).for_each(|at| self.rules[at] += 1);
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
            self.rules.iter().copied().zip(&names.all).filter(|(number, _)| *number > 0).collect();
        held.sort_by(|a, b| (b.0, a.1).cmp(&(a.0, b.1)));
        if all > 1 && !held.is_empty() {
            let held: Vec<String> = held.iter().map(|(number, name)| format!("{name} {number}")).collect();
            sheet.wrap(0, &visible(&format!("Rules that hold: {}", held.join(", "))));
        }
        sheet.0
    }
}
