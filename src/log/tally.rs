//! Counting a log: how often each rule spoke, and how often people did otherwise.

use std::collections::BTreeMap;

use serde::Serialize;

use super::body::{Decided, Said};
use super::entry::Cause;

/// A rule is judged by its share of overrides from so many decisions on.
pub const ENOUGH: u64 = 5;

/// What a log adds up to.
#[derive(Debug, Default, Serialize)]
pub struct Tally {
    /// Decisions that are still kept.
    pub decisions: u64,
    /// Records that could not be read.
    pub unreadable: u64,
    /// Decisions whose bodies were erased, or are missing: they are in no number below.
    pub erased: u64,
    /// Overrides.
    pub overrides: u64,
    /// Overrides of decisions that were erased.
    pub overrides_erased: u64,
    /// Overrides by cause.
    pub causes: BTreeMap<Cause, u64>,
    /// Outcomes by month, in UTC: `2026-03`.
    pub months: BTreeMap<String, BTreeMap<String, u64>>,
    /// Each rule that spoke; which cries wolf comes first.
    pub rules: Vec<RuleTally>,
}

/// How often one rule spoke.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct RuleTally {
    /// `microneedling/isotretinoin`
    pub rule: String,
    /// Decisions in which it held.
    pub held: u64,
    /// Decisions in which too little was known about it.
    pub open: u64,
    /// The outcomes of the decisions in which it held.
    pub outcomes: BTreeMap<String, u64>,
    /// Decisions in which a review quieted it.
    pub reviewed: u64,
    /// Decisions of those in which it held that were not followed, and the override named this rule.
    pub named: u64,
    /// The same where the override named no rule.
    pub unnamed: u64,
}

impl RuleTally {
    /// Decisions in which it held and that were not followed.
    pub fn overridden(&self) -> u64 {
        self.named + self.unnamed
    }
}

/// Adds up a log, decision by decision.
#[derive(Debug, Default)]
pub struct Counter {
    tally: Tally,
    rules: BTreeMap<String, RuleTally>,
}

impl Counter {
    /// Counts a decision, with what was said by those who did otherwise. `time` is that of its line.
    pub fn decision(&mut self, time: &str, decided: &Decided, overrides: &[Said]) {
        self.tally.decisions += 1;
        let month = time.get(..7).unwrap_or(time).to_string();
        *self.tally.months.entry(month).or_default().entry(decided.outcome.clone()).or_default() += 1;
        for reason in &decided.reasons {
            let rule = self.rules.entry(reason.rule.clone()).or_default();
            if reason.reviewed_by.is_some() {
                rule.reviewed += 1;
            }
            if reason.holds != "yes" {
                rule.open += 1;
                continue;
            }
            rule.held += 1;
            *rule.outcomes.entry(decided.outcome.clone()).or_default() += 1;
            // A decision counts once, however often it was overridden.
            let names = |said: &Said| said.rule.as_deref() == Some(reason.rule.as_str());
            if overrides.iter().any(names) {
                rule.named += 1;
            } else if overrides.iter().any(|said| said.rule.is_none()) {
                rule.unnamed += 1;
            }
        }
    }

    /// Counts a record that could not be read.
    pub fn unreadable(&mut self) {
        self.tally.unreadable += 1;
    }

    /// Counts a decision that is gone.
    pub fn erased(&mut self) {
        self.tally.erased += 1;
    }

    /// Counts an override; whether its decision is gone.
    pub fn overridden(&mut self, cause: Cause, erased: bool) {
        self.tally.overrides += 1;
        self.tally.overrides_erased += u64::from(erased);
        *self.tally.causes.entry(cause).or_default() += 1;
    }

    /// What it adds up to. Rules with enough decisions come first, by the share that was not followed.
    pub fn done(self) -> Tally {
        let mut rules: Vec<RuleTally> =
            self.rules.into_iter().map(|(rule, tally)| RuleTally { rule, ..tally }).collect();
        rules.sort_by(|a, b| {
            let enough = |rule: &RuleTally| rule.held >= ENOUGH;
            // a/b > c/d as a*d > c*b, so that no fraction is rounded.
            let share = (b.overridden() * a.held.max(1)).cmp(&(a.overridden() * b.held.max(1)));
            enough(b).cmp(&enough(a)).then(share).then(b.held.cmp(&a.held)).then(a.rule.cmp(&b.rule))
        });
        Tally { rules, ..self.tally }
    }
}
