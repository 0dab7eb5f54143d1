//! Which rules clinicians have quieted on a day.

use super::super::answers::{Answers, Review};
use super::super::day::counts;
use super::super::decision::ReviewNote;
use super::super::prop::Context;
use super::super::saw;
use super::super::values::spread;
use super::days;
use super::whole::Engine;
use crate::book::condition::FactId;
use crate::book::{Clinic, Outcome, Rule};
use crate::value::{Day, Points, Truth};

impl Engine<'_> {
    /// Finds the rules, by their place on the page, that reviews quiet on a day.
    pub(super) fn quiet(&mut self, answers: &Answers, day: Day, quiet: &mut Vec<u16>) {
        quiet.clear();
        if answers.reviews.is_empty() {
            return;
        }
        let notes = self.review_notes(answers, day);
        let places = notes.into_iter().filter(|(_, note)| note.counts).filter_map(|(place, _)| place);
        quiet.extend(places);
        quiet.sort_unstable();
        quiet.dedup();
    }

    /// How each review of the record stands on a day, with the place of the rule it is about.
    pub(super) fn review_notes(&mut self, answers: &Answers, day: Day) -> Vec<(Option<u16>, ReviewNote)> {
        let version = self.version;
        let mut notes = Vec::new();
        for review in &answers.reviews {
            let mut rules = (0..).zip(&version.treatment.rules);
            let found = rules.find(|(_, rule)| rule.id == review.rule && counts(rule, day));
            let why = match found {
                None => Some("the rule is not in force at this visit".to_string()),
                Some((place, rule)) => self.voided(review, (place, rule), answers, day),
            };
            let role = found.and_then(|(_, rule)| rule.review_by.as_ref());
            let unchecked = role.filter(|_| why.is_none() && version.book.clinic.people.is_empty());
            let note = ReviewNote {
                rule: review.rule.clone(),
                by: review.by.clone(),
                on: review.on,
                until: last_day(review),
                counts: why.is_none(),
                why,
                note: unchecked.map(|role| {
                    format!(
                        "nobody checked that {} has the role {role}: clinic.yaml lists no people",
                        review.by
                    )
                }),
            };
            notes.push((found.map(|(place, _)| place), note));
        }
        notes
    }

    /// Why a review of a rule does not count on a day.
    fn voided(
        &mut self,
        review: &Review,
        (place, rule): (u16, &Rule),
        answers: &Answers,
        day: Day,
    ) -> Option<String> {
        let facts = &self.version.book.facts;
        if rule.outcome != Outcome::NeedsReview {
            return Some(format!("a rule that decides `{}` cannot be reviewed away", rule.outcome));
        }
        if day > last_day(review) {
            return Some(format!("it counted until {}", last_day(review)));
        }
        let now = &self.meanings.of(&self.version, place, day).digest;
        match &review.meaning {
            None => {
                return Some(format!("it does not say which meaning of the rule was reviewed: {now} today"));
            }
            Some(then) if then != now => return Some("rule changed since".to_string()),
            Some(_) => {}
        }
        if let Some(why) = not_theirs(rule, &review.by, &self.version.book.clinic) {
            return Some(why);
        }
        let again = match &review.saw {
            Some(saw) => *saw != saw::digest(rule, facts, &answers.seen),
            None => saw::is_said_after(rule, facts, &answers.seen, (review.on, day)),
        };
        if again {
            return Some("answered again since".to_string());
        }
        let sets = || self.sets_on(answers, day);
        self.is_failing(rule, day, sets)
            .then(|| "its script failed, so there is nothing to review".to_string())
    }

    /// Whether a script fails for these answers, so that the rule is not decided.
    fn is_failing(&self, rule: &Rule, day: Day, sets: impl FnOnce() -> Vec<Points>) -> bool {
        if !rule.condition.is_scripted() {
            return false;
        }
        let version = &self.version;
        let (facts, treatment, scripts) = (&version.book.facts, version.treatment, version.scripts);
        let context = Context { facts, treatment, scripts, visit: day };
        let (prop, sets) = (context.prop(&rule.condition), sets());
        prop.truth(&sets, &context) == Truth::Unknown && !prop.faults(&sets, &context).is_empty()
    }

    /// The values of all slots as the answers count on a day.
    fn sets_on(&self, answers: &Answers, day: Day) -> Vec<Points> {
        let facts = &self.version.book.facts;
        if day == answers.visit {
            return answers.space(facts).sets;
        }
        let mut sets = Vec::with_capacity(facts.slots.len());
        for id in (0..facts.facts.len() as u16).map(FactId) {
            let boxes = answers.boxes_on(id, day, facts);
            sets.extend((0..facts.get(id).places().len()).map(|at| spread(&boxes, at)));
        }
        sets
    }

    /// The days on which reviews may begin or cease to count.
    pub(super) fn review_turns(&self, answers: &Answers) -> Vec<Day> {
        let version = &self.version;
        let facts = &version.book.facts;
        let mut days = Vec::new();
        for review in &answers.reviews {
            // An answer without a day counts as given at the visit, which is another day by then.
            days.extend([last_day(review).next(), review.on.next()]);
            let rules = version.treatment.rules.iter().filter(|rule| rule.id == review.rule);
            for rule in rules {
                days.extend(days::of_rule(rule, version));
                // What a script fails for may age.
                if rule.condition.is_scripted() {
                    let read = saw::facts_of(rule, facts).into_iter();
                    read.for_each(|id| answers.turns(id, facts, &mut |day| days.push(day)));
                }
            }
        }
        days
    }
}

/// The last day on which a review counts.
fn last_day(review: &Review) -> Day {
    review.on.last_within(&review.good_for)
}

/// Why somebody may not review a rule. Where a clinic lists nobody, it is taken at their word.
fn not_theirs(rule: &Rule, by: &str, clinic: &Clinic) -> Option<String> {
    let role = rule.review_by.as_ref().filter(|_| !clinic.people.is_empty())?;
    match clinic.people.iter().find(|person| person.name == by) {
        None => Some(format!("its reviewer must have the role {role}, and clinic.yaml does not list {by}")),
        Some(person) => (!person.is(role))
            .then(|| format!("its reviewer must have the role {role}, which {by} has not in clinic.yaml")),
    }
}
