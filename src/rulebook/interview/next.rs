//! Which question comes next: of those that matter the first of which something can still be said.

use super::asking::{Asking, Stage};
use super::given::Given;
use super::known::known;
use crate::book::condition::FactId;
use crate::book::fact::{Fact, Facts};
use crate::decide::{Affects, Alternative, Answers, Boxes, Decision, Question, Standing, spread};
use crate::value::{Day, Points};

/// What the next question is found by.
pub(super) struct Next<'a> {
    pub(super) facts: &'a Facts,
    pub(super) answers: &'a Answers,
    pub(super) answered_on: Day,
    pub(super) given: &'a [Given],
}

impl Next<'_> {
    /// The next question, unless everything is settled or said. What was asked last comes first.
    pub(super) fn question(&self, decision: &Decision) -> Option<Asking> {
        if decision.settled {
            return None;
        }
        let matters =
            |affects: &[Affects]| affects.iter().any(|one| matches!(one, Affects::Outcome | Affects::Wait));
        let open = decision.questions.iter().filter(|question| matters(&question.affects));
        let last = self.given.last().map(|given| &given.asking.question.fact);
        let (first, others): (Vec<_>, Vec<_>) = open.partition(|question| Some(&question.fact) == last);
        first.into_iter().chain(others).find_map(|question| self.asking(question))
    }

    /// The facts of which more is known on the day of the answers than on that of the visit.
    pub(super) fn again(&self, decision: &Decision) -> Vec<String> {
        let aged = |question: &&Question| {
            let Some(id) = self.facts.named(&question.fact) else { return false };
            let (now, then) = (self.as_of_now(id), self.answers.boxes(id));
            self.slots(self.facts.get(id), question).iter().any(|slot| {
                spread(&now, *slot) != spread(then, *slot)
                    && spread(&now, *slot).is_within(&spread(then, *slot))
            })
        };
        decision.questions.iter().filter(aged).map(|question| question.fact.clone()).collect()
    }

    /// What is known on the day of the answers.
    fn as_of_now(&self, id: FactId) -> Boxes {
        self.answers.boxes_on(id, self.answered_on, self.facts).into_owned()
    }

    /// The slots that a question is about, among those of its fact.
    fn slots(&self, fact: &Fact, question: &Question) -> Vec<usize> {
        match fact.kind.slot_per_option() {
            true => question.options.iter().filter_map(|id| fact.option(id)).collect(),
            false => (0..usize::from(fact.slot_count)).collect(),
        }
    }

    /// How a question is put, if something can still be said.
    fn asking(&self, question: &Question) -> Option<Asking> {
        let id = self.facts.named(&question.fact)?;
        let fact = self.facts.get(id);
        let boxes = self.as_of_now(id);
        let all: Alternative = fact.slots().map(|slot| self.facts.domain(slot, self.answers.visit)).collect();
        let each: Vec<Points> = (0..all.len()).map(|slot| spread(&boxes, slot)).collect();
        let is_open = |slot: &usize| each[*slot].single().is_none();
        let wanted: Vec<usize> = self.slots(fact, question).into_iter().filter(is_open).collect();
        let given: Vec<&Given> =
            self.given.iter().filter(|given| given.asking.question.fact == fact.id).collect();
        let (stage, options) = match fact.kind.slot_per_option() {
            _ if wanted.is_empty() => return None,
            true if fact.kind == crate::book::fact::FactKind::History => {
                history(&wanted, &each, &all, &given)?
            }
            true => {
                let open: Vec<usize> = (0..all.len()).filter(is_open).collect();
                let is_new = boxes.len() == 1 && each[..] == all[..];
                let closer = given.iter().any(|given| matches!(given.asking.stage, Stage::Closer(_)));
                match (is_new && given.is_empty(), closer || given.iter().any(|given| given.is_unknown())) {
                    (true, _) => (Stage::Whole, open),
                    (false, false) => (Stage::Closer(None), open),
                    (false, true) => return None,
                }
            }
            false => {
                let is_new = each[..] == all[..];
                let closer = given.iter().any(|given| matches!(given.asking.stage, Stage::Closer(_)));
                match (is_new, given.is_empty(), closer) {
                    (true, true, _) => (Stage::Whole, (0..fact.options.len()).collect()),
                    (false, _, false) => {
                        let may = |at: &usize| each[0].contains(*at as i64);
                        (Stage::Closer(None), (0..fact.options.len()).filter(may).collect())
                    }
                    _ => return None,
                }
            }
        };
        let standing = self.answers.facts[usize::from(id.0)].standing;
        let (is_asked_anew, is_answered) = match standing {
            Standing::Stale | Standing::Aged | Standing::Undated | Standing::Disagreeing => {
                (given.is_empty(), false)
            }
            Standing::NeverAsked | Standing::NotKnown => (false, false),
            Standing::Answered => (false, true),
        };
        Some(Asking {
            question: question.clone(),
            stage,
            known: known(fact, &boxes, &all),
            options,
            some_apply: is_answered && fact.kind.slot_per_option() && boxes.len() > 1,
            is_asked_anew,
            said: None,
        })
    }
}

/// The options of a history that are asked about: those of which nothing is known, then each of which a part is.
fn history(
    wanted: &[usize],
    each: &[Points],
    all: &[Points],
    given: &[&Given],
) -> Option<(Stage, Vec<usize>)> {
    let passed = |option: &usize| {
        given.iter().any(|given| given.is_about(Some(*option)) && given.asking.options.contains(option))
    };
    let unasked = |option: &&usize| each[**option] == all[**option] && !passed(option);
    let unasked: Vec<usize> = wanted.iter().filter(unasked).copied().collect();
    if !unasked.is_empty() {
        let is_new = given.is_empty() && each == all;
        return Some((if is_new { Stage::Whole } else { Stage::Others }, unasked));
    }
    let closer =
        |option: &usize| given.iter().any(|given| given.asking.stage == Stage::Closer(Some(*option)));
    let partly = |option: &&usize| each[**option] != all[**option] && !closer(option);
    let option = *wanted.iter().find(partly)?;
    Some((Stage::Closer(Some(option)), vec![option]))
}
