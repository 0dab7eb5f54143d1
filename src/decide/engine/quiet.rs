//! Which rules clinicians have quieted on a day.

use super::super::answers::Answers;
use super::super::day::counts;
use super::super::decision::ReviewNote;
use super::days;
use super::whole::Engine;
use crate::book::Outcome;
use crate::value::Day;

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
            let until = review.on.last_within(&review.good_for);
            let mut rules = (0..).zip(&version.treatment.rules);
            let found = rules.find(|(_, rule)| rule.id == review.rule && counts(rule, day));
            let why = match found {
                None => Some("the rule is not in force at this visit".to_string()),
                Some((_, rule)) if rule.outcome != Outcome::NeedsReview => {
                    Some(format!("a rule that decides `{}` cannot be reviewed away", rule.outcome))
                }
                Some(_) if day > until => Some(format!("it counted until {until}")),
                Some((place, _)) => {
                    let now = &self.meanings.of(&version, place, day).digest;
                    match &review.meaning {
                        None => Some(format!(
                            "it does not say which meaning of the rule was reviewed: {now} today"
                        )),
                        Some(then) if *then != *now => Some("rule changed since".to_string()),
                        Some(_) => None,
                    }
                }
            };
            let note = ReviewNote {
                rule: review.rule.clone(),
                by: review.by.clone(),
                on: review.on,
                until,
                counts: why.is_none(),
                why,
            };
            notes.push((found.map(|(place, _)| place), note));
        }
        notes
    }

    /// The days on which reviews may begin or cease to count.
    pub(super) fn review_turns(&self, answers: &Answers) -> Vec<Day> {
        let version = &self.version;
        let mut days = Vec::new();
        for review in &answers.reviews {
            days.push(review.on.last_within(&review.good_for).next());
            let rules = version.treatment.rules.iter().filter(|rule| rule.id == review.rule);
            days.extend(rules.flat_map(|rule| days::of_rule(rule, version)));
        }
        days
    }
}
