//! What the rules of a day say about a client of whom all is known, one rule after the other.

use clearance::inside::book::{Outcome, Rule};
use clearance::inside::decide::Rules;
use clearance::inside::decide::cells::{Asked, Version};
use clearance::inside::value::{Day, Truth};

pub struct Told<'b> {
    version: Version<'b>,
    visit: Day,
    held: Vec<(&'b Rule, Asked<'b>)>,
    withdrawn: bool,
}

impl<'b> Told<'b> {
    pub fn by(rules: &Rules<'b>) -> Told<'b> {
        let withdrawn = rules.withdrawn().next().is_some();
        Told { version: rules.version(), visit: rules.visit, held: rules.held().collect(), withdrawn }
    }

    /// The rules that hold.
    pub fn holding<'t>(&'t self, values: &'t [i64]) -> impl Iterator<Item = &'b Rule> + 't {
        self.held.iter().filter(|(_, asked)| asked.known(values) == Truth::Yes).map(|(rule, _)| *rule)
    }

    /// What is decided when none holds.
    pub fn start(&self) -> Outcome {
        if self.withdrawn { Outcome::NeedsReview } else { Outcome::Eligible }
    }

    pub fn outcome(&self, values: &[i64]) -> Outcome {
        self.holding(values).map(|rule| rule.outcome).fold(self.start(), Outcome::max)
    }

    /// The outcome, and the first day on which no deferral holds any more.
    pub fn verdict(&self, values: &[i64]) -> (Outcome, i64) {
        let deferring = self.holding(values).filter(|rule| rule.outcome == Outcome::Deferred);
        let lapses = deferring.map(|rule| self.version.lapse(rule, self.visit, values));
        (self.outcome(values), lapses.fold(self.visit.point(), i64::max))
    }
}
