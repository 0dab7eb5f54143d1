//! Which of a record's reviews count, and what each rule decides once they do.

use super::answers::Answers;
use super::day::Rules;
use super::decision::ReviewNote;
use crate::book::{Outcome, print};

/// How each review of the record stands at the visit.
pub fn reviews(rules: &Rules<'_>, answers: &Answers) -> Vec<ReviewNote> {
    quieted(rules, answers).1
}

/// What each rule decides once the record's reviews are taken into account, and how each review stands.
pub(super) fn quieted(rules: &Rules<'_>, answers: &Answers) -> (Vec<Outcome>, Vec<ReviewNote>) {
    let mut outcomes = rules.outcomes();
    let mut notes = Vec::new();
    for review in &answers.reviews {
        let until = review.on.shift(&review.good_for, false);
        let at = rules.rules.iter().position(|rule| rule.rule.id == review.rule);
        let why = match at.map(|at| rules.rules[at].rule) {
            None => Some("the rule is not in force at this visit".to_string()),
            Some(rule) if rule.outcome != Outcome::NeedsReview => {
                Some(format!("a rule that decides `{}` cannot be reviewed away", rule.outcome))
            }
            Some(_) if rules.visit > until => Some(format!("it counted until {until}")),
            Some(rule) => {
                let now = print::meaning(rule, rules.visit, &rules.book.facts, rules.treatment);
                match &review.meaning {
                    None => {
                        Some(format!("it does not say which meaning of the rule was reviewed: {now} today"))
                    }
                    Some(then) if *then != now => Some("rule changed since".to_string()),
                    Some(_) => None,
                }
            }
        };
        if let (Some(at), None) = (at, &why) {
            outcomes[at] = Outcome::Eligible;
        }
        notes.push(ReviewNote {
            rule: review.rule.clone(),
            by: review.by.clone(),
            on: review.on,
            until,
            counts: why.is_none(),
            why,
        });
    }
    (outcomes, notes)
}
