//! The whole answer about one client: outcome, reasons, questions, steps, reviews.

use std::collections::BTreeMap;

use super::answers::{Answers, Standing};
use super::day::Rules;
use super::decision::{
    Affects, AnswerNote, CONTRACT, ConditionNote, Decision, LaterNote, ParameterNote, Reason, ReviewNote,
    RulesNote, SaidNote, SourceNote, StepNote, WaitNote, WithdrawnNote,
};
use super::next_change::next_change;
use super::prop::{Posed, Prop};
use super::questions::Asking;
use super::reviews::quieted;
use super::search::{Budget, Search, Solution, solve};
use super::space::Space;
use super::words::points;
use crate::book::condition::{Condition, SlotId};
use crate::book::english::English;
use crate::book::{Outcome, Parameter, Rule, print};
use crate::script::ScriptFault;
use crate::value::{Day, ONGOING, Point, Truth};

/// Decides, with reasons. The same rules and answers give the same decision, whatever came before.
pub fn decide(rules: &Rules<'_>, answers: &Answers) -> Decision {
    let space = answers.space(&rules.book.facts);
    let (outcomes, reviews) = quieted(rules, answers);
    let solution = solve(rules, &space, &outcomes);
    let explain = Explain {
        rules,
        answers,
        space: &space,
        outcomes: &outcomes,
        reviews: &reviews,
        solution: &solution,
    };
    let excluded = exclusions(rules);
    let questions =
        Asking { rules, space: &space, outcomes: &outcomes, solution: &solution, steps: &excluded }
            .questions(answers);
    let mut moving = questions
        .iter()
        .filter(|question| question.affects.iter().any(|a| matches!(a, Affects::Outcome | Affects::Wait)))
        .peekable();
    let open_only =
        (moving.peek().is_some() && moving.all(|question| question.asked.is_some())).then_some("on the day");
    let visit = rules.visit;
    Decision {
        client: answers.client.clone(),
        treatment: rules.treatment.id.clone(),
        visit,
        visit_assumed: None,
        outcome: solution.headline(),
        possible: solution.possible.iter().rev().collect(),
        settled: solution.settled(),
        exact: solution.exact,
        wait: explain.wait(),
        reasons: explain.reasons(),
        questions,
        open_only,
        steps: explain.steps(&excluded),
        expired: None,
        next_change: next_change(rules, answers, &solution),
        rules: RulesNote {
            revision: rules.treatment.revision,
            digest: rules.treatment.digest.clone(),
            signed: rules.treatment.signed,
        },
        reviews,
        engine: env!("CARGO_PKG_VERSION"),
        contract: CONTRACT,
    }
}

/// What is possible, without reasons and questions: each rule's answer, the outcomes and the wait.
pub fn possible(rules: &Rules<'_>, answers: &Answers) -> Solution {
    solve(rules, &answers.space(&rules.book.facts), &quieted(rules, answers).0)
}

struct Explain<'e, 'b> {
    rules: &'e Rules<'b>,
    answers: &'e Answers,
    space: &'e Space,
    outcomes: &'e [Outcome],
    reviews: &'e [ReviewNote],
    solution: &'e Solution,
}

impl Explain<'_, '_> {
    fn english(&self) -> English<'_> {
        English { facts: &self.rules.book.facts, treatment: self.rules.treatment, day: self.rules.visit }
    }

    fn wait(&self) -> Option<WaitNote> {
        let visit = self.rules.visit.point();
        let day = |point: Point| (point < ONGOING).then(|| Day::from_point(point));
        let Solution { earliest, latest, .. } = *self.solution;
        if latest <= visit {
            return None;
        }
        let open_ended = self
            .rules
            .rules
            .iter()
            .zip(&self.solution.untils)
            .filter(|(_, until)| matches!(until, Some((_, latest)) if *latest >= ONGOING));
        let cleared_when =
            open_ended.filter_map(|(rule, _)| Some(rule.rule.ending.as_ref()?.text().to_string())).collect();
        Some(WaitNote { not_before: day(earliest), latest: day(latest), cleared_when })
    }

    fn reasons(&self) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = self
            .rules
            .withdrawn
            .iter()
            .map(|(id, switch)| Reason {
                rule: id.clone(),
                holds: Truth::Yes,
                outcome: Outcome::NeedsReview,
                until: None,
                until_earliest: None,
                cleared_when: None,
                because: switch.because.clone(),
                at: switch.at.clone(),
                meaning: String::new(),
                conditions: Vec::new(),
                source: Vec::new(),
                basis: None,
                review_by: None,
                consider: None,
                reviewed_by: None,
                withdrawn: Some(WithdrawnNote {
                    since: switch.since,
                    by: switch.by.clone(),
                    incident: switch.incident.clone(),
                }),
                facts: BTreeMap::new(),
                parameters: BTreeMap::new(),
            })
            .collect();
        let mut spoken: Vec<usize> =
            (0..self.rules.rules.len()).filter(|at| self.solution.truths[*at] != Truth::No).collect();
        spoken.sort_by(|a, b| {
            let (a, b) = (self.rules.rules[*a].rule, self.rules.rules[*b].rule);
            b.outcome.cmp(&a.outcome).then_with(|| a.id.cmp(&b.id))
        });
        for at in spoken {
            let rule = &self.rules.rules[at];
            let context = self.rules.context();
            let undecided = self.solution.truths[at] == Truth::Unknown && rule.scripted.is_some();
            let faults = if undecided { rule.prop.faults(&self.space.sets, &context) } else { Vec::new() };
            let certain = !faults.is_empty() && rule.prop.may(&self.space.sets, &context).only_fails();
            reasons.extend(faults.into_iter().map(|fault| self.script_reason(at, fault, certain)));
            reasons.extend((!certain).then(|| self.reason(at)));
        }
        // A failed script puts a rule among those that need review.
        let switches = self.rules.withdrawn.len();
        reasons[switches..].sort_by(|a, b| b.outcome.cmp(&a.outcome).then_with(|| a.rule.cmp(&b.rule)));
        reasons
    }

    /// A rule that a script keeps from being decided: a clinician decides instead.
    fn script_reason(&self, at: usize, fault: ScriptFault, certain: bool) -> Reason {
        let because = format!("The script `{}` failed at {}: {}.", fault.function, fault.at, fault.message);
        Reason {
            holds: if certain { Truth::Yes } else { Truth::Unknown },
            outcome: Outcome::NeedsReview,
            until: None,
            until_earliest: None,
            cleared_when: None,
            because,
            at: fault.at,
            review_by: None,
            consider: None,
            reviewed_by: None,
            ..self.reason(at)
        }
    }

    fn reason(&self, at: usize) -> Reason {
        let rule: &Rule = self.rules.rules[at].rule;
        let treatment = self.rules.treatment;
        let (earliest, latest) = match self.solution.untils[at] {
            Some((earliest, latest)) => (Some(earliest), Some(latest)),
            None => (None, None),
        };
        let day = |point: Option<Point>| point.filter(|point| *point < ONGOING).map(Day::from_point);
        let quiet = self.outcomes[at] != rule.outcome;
        Reason {
            rule: rule.id.clone(),
            holds: self.solution.truths[at],
            outcome: rule.outcome,
            until: day(latest),
            until_earliest: day(earliest).filter(|_| earliest != latest),
            cleared_when: rule.ending.clone().filter(|_| latest.is_some_and(|latest| latest >= ONGOING)),
            because: rule.because.clone(),
            at: rule.at.clone(),
            meaning: print::meaning(rule, self.rules.visit, &self.rules.book.facts, treatment),
            conditions: self.conditions(rule),
            source: rule
                .basis
                .statements
                .iter()
                .map(|at| &treatment.statements[*at])
                .map(|s| SourceNote { statement: s.id.clone(), line: s.line, says: s.says.clone() })
                .collect(),
            basis: rule.basis.basis.clone(),
            review_by: rule.review_by.clone(),
            consider: rule.consider.clone(),
            reviewed_by: self
                .reviews
                .iter()
                .find(|review| quiet && review.counts && review.rule == rule.id)
                .map(|review| review.by.clone()),
            withdrawn: None,
            facts: self.rules.rules[at].slots.iter().map(|slot| self.answer_note(*slot)).collect(),
            parameters: rule
                .condition
                .parameters()
                .into_iter()
                .map(|id| {
                    let parameter = treatment.parameter(id);
                    let (since, value) = parameter.values.on(self.rules.visit);
                    let note = ParameterNote {
                        value: value.value.to_string(),
                        since,
                        basis: value.basis.basis.clone(),
                        later: self.later(parameter, latest),
                    };
                    (parameter.id.clone(), note)
                })
                .collect(),
        }
    }

    /// The values of a parameter that start to count after the visit and no later than the rule may lapse.
    fn later(&self, parameter: &Parameter, lapse: Option<Point>) -> Vec<LaterNote> {
        let within = |day: &Day| *day > self.rules.visit && lapse.is_some_and(|lapse| day.point() <= lapse);
        let values = parameter.values.all().iter().filter(|(since, _)| within(since));
        values.map(|(since, value)| LaterNote { value: value.value.to_string(), since: *since }).collect()
    }

    /// The conditions in words: each of a list by itself.
    fn conditions(&self, rule: &Rule) -> Vec<ConditionNote> {
        let whole = std::slice::from_ref(&rule.condition);
        let parts: &[Condition] = if rule.parts.is_empty() { whole } else { &rule.parts };
        parts
            .iter()
            .map(|part| ConditionNote {
                says: self.english().condition(part),
                holds: self.truth(&self.rules.context().prop(part)),
            })
            .collect()
    }

    fn answer_note(&self, slot: SlotId) -> (String, AnswerNote) {
        let facts = &self.rules.book.facts;
        let fact = facts.fact_of(slot);
        let id = facts.slots[slot.index()].fact;
        let given = self.answers.said(id, facts);
        let set = &self.space.sets[slot.index()];
        let answer = match self.answers.facts[usize::from(id.0)].standing {
            Standing::NeverAsked | Standing::NotKnown | Standing::Stale | Standing::Undated => {
                "unknown".to_string()
            }
            _ => points(fact, set, &facts.domain(slot, self.rules.visit)),
        };
        let single = match &given[..] {
            [one] => Some(one),
            _ => None,
        };
        let said = match single {
            Some(_) => Vec::new(),
            None => given
                .iter()
                .map(|one| SaidNote { answer: one.answer.clone(), on: one.on, from: one.from.clone() })
                .collect(),
        };
        let (on, from) = (single.and_then(|one| one.on), single.and_then(|one| one.from.clone()));
        (facts.slot_name(slot), AnswerNote { answer, on, from, said })
    }

    fn truth(&self, prop: &Prop) -> Truth {
        let slots = prop.slots();
        truth_of(self.rules, self.space, Posed { prop, slots: &slots, context: self.rules.context() })
    }

    fn steps(&self, excluded: &[Prop]) -> Vec<StepNote> {
        let steps = self.rules.treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
        steps
            .zip(excluded)
            .map(|(step, prop)| {
                let truth = self.truth(prop);
                let speaking: Vec<&str> = step
                    .not_for
                    .iter()
                    .filter(|exclusion| {
                        self.truth(&self.rules.context().prop(&exclusion.condition)) != Truth::No
                    })
                    .map(|exclusion| exclusion.because.as_str())
                    .collect();
                StepNote {
                    step: step.id.clone(),
                    says: step.action.clone(),
                    answer: match truth {
                        Truth::Yes => "no",
                        Truth::Unknown => "ask first",
                        Truth::No => "yes",
                    },
                    because: (truth != Truth::No).then(|| speaking.join(" ")),
                }
            })
            .collect()
    }
}

/// Whether a condition holds over all completions.
pub(super) fn truth_of(rules: &Rules<'_>, space: &Space, posed: Posed<'_>) -> Truth {
    let cuts = rules.cuts_of([posed.prop].into_iter());
    let facts = &rules.book.facts;
    let search = Search { facts, props: &[posed], whole: &[], order: posed.slots, cuts: &cuts };
    let (mut yes, mut no) = (false, false);
    let mut budget = Budget::new();
    search.run(&mut space.clone(), &mut budget, &mut |_, truths, _| {
        yes |= truths[0] != Truth::No;
        no |= truths[0] != Truth::Yes;
    });
    match (yes, no) {
        (true, false) if budget.is_left() => Truth::Yes,
        (false, true) if budget.is_left() => Truth::No,
        _ => Truth::Unknown,
    }
}

/// For each step of the appointment the condition that excludes it.
pub(super) fn exclusions(rules: &Rules<'_>) -> Vec<Prop> {
    let context = rules.context();
    let steps = rules.treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
    let any = |step: &crate::book::Step| {
        Prop::Or(step.not_for.iter().map(|exclusion| context.prop(&exclusion.condition)).collect())
    };
    steps.map(any).collect()
}
