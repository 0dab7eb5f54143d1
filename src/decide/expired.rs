//! What a decision rests on that should have been looked at again by a day that the caller names.

use super::answers::Answers;
use super::day::{Version, counts};
use super::decision::{Decision, ExpiredNote};
use crate::book::condition::{Condition, ConditionKind, ParameterId, SlotId};
use crate::value::{Day, NEVER, ONGOING, Points};

/// The parameters past their day on `on` that the decision rests on: those behind its reasons, and those behind
/// rules that do not hold, wherever the number was compared with a day or an amount that the client may have.
pub fn expired(version: &Version<'_>, answers: &Answers, decision: &Decision, on: Day) -> Vec<ExpiredNote> {
    let Version { book, treatment, .. } = *version;
    let sets = answers.space(&book.facts).sets;
    let steps = treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
    let exclusions = steps.flat_map(|step| {
        step.not_for.iter().map(move |one| (format!("{}/{}", step.id, one.id), &one.condition))
    });
    let rules = treatment.rules.iter().filter(|rule| counts(rule, answers.visit));
    let conditions: Vec<(String, &Condition)> =
        rules.map(|rule| (rule.id.clone(), &rule.condition)).chain(exclusions).collect();
    let mut notes = Vec::new();
    for (at, parameter) in treatment.parameters.iter().enumerate() {
        if parameter.review_by >= on {
            continue;
        }
        let id = ParameterId(at as u16);
        let rests = |(name, condition): &&(String, &Condition)| {
            let is_reason = decision.reasons.iter().any(|reason| reason.rule == *name);
            condition.parameters().contains(&id) && (is_reason || compares(condition, id, &sets))
        };
        let names: Vec<String> = conditions.iter().filter(rests).map(|(name, _)| name.clone()).collect();
        if !names.is_empty() {
            notes.push(ExpiredNote {
                parameter: parameter.id.clone(),
                value: parameter.values.on(answers.visit).1.value.to_string(),
                review_by: parameter.review_by,
                owner: parameter.owner.clone(),
                rules: names,
            });
        }
    }
    notes
}

/// Whether another value of the parameter could make a difference: `never` and `ongoing` stay what they are,
/// however long a wait is.
fn compares(condition: &Condition, id: ParameterId, sets: &[Points]) -> bool {
    let some_day = |slot: SlotId| {
        sets[slot.index()]
            .ranges()
            .iter()
            .any(|range| *range != (NEVER, NEVER) && *range != (ONGOING, ONGOING))
    };
    let mut found = false;
    condition.walk(&mut |part| {
        let uses = part.parameters().contains(&id);
        found |= match &part.kind {
            ConditionKind::Dates(a, _, b) if uses => {
                let mut slots = a.slot().into_iter().chain(b.slot()).peekable();
                slots.peek().is_none() || slots.any(some_day)
            }
            ConditionKind::Numbers(..) | ConditionKind::Call(_) => uses,
            _ => false,
        };
    });
    found
}
