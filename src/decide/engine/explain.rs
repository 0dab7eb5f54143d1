//! The whole answer about one client: what the parts say, with reasons, questions, steps and reviews in words.

use std::collections::BTreeMap;

use super::super::answers::{Answers, Standing};
use super::super::day::Version;
use super::super::decision::{
    Affects, AnswerNote, CONTRACT, ConditionNote, Decision, LaterNote, ParameterNote, Question, Reason,
    ReviewNote, RulesNote, SaidNote, SourceNote, StepNote, WaitNote, WithdrawnNote,
};
use super::super::prop::Context;
use super::super::questions::{truth_of, why_open};
use super::super::space::Space;
use super::super::words::{end, points};
use super::brief::{Asked, Brief, Places};
use super::meanings::{Meanings, parts};
use super::steps::Excluded;
use super::whole::Engine;
use crate::book::condition::SlotId;
use crate::book::{Outcome, Parameter, Rule};
use crate::script::ScriptFault;
use crate::value::{Day, ONGOING, Point, Truth};

impl<'b> Engine<'b> {
    /// Decides, with reasons. The same rules and answers give the same decision, whatever came before.
    pub fn decide(&mut self, answers: &Answers) -> Decision {
        let brief = self.brief(answers);
        self.explain(answers, &brief)
    }

    /// Explains what is said about the client who was asked about last.
    pub fn explain(&mut self, answers: &Answers, brief: &Brief<'b>) -> Decision {
        let version = self.version;
        let reviews = self.review_notes(answers, brief.visit);
        let excluded: Vec<Excluded> =
            (0..self.steps.len()).map(|at| self.step(at, brief.visit).clone()).collect();
        let spoken = brief.spoken().into_iter().map(|(place, holds, until)| {
            let quiet = self.client.quiet.contains(&place);
            Spoken { place, holds, until, quiet }
        });
        let mut spoken: Vec<Spoken> = spoken.collect();
        spoken.sort_by_key(|one| self.ranks[usize::from(one.place)]);
        let reads = |slot: SlotId| {
            !self.readers[slot.index()].is_empty()
                || self.steps.iter().any(|step| step.slots().contains(&slot))
        };
        let open_options: Vec<Vec<SlotId>> = (brief.questions.iter())
            .map(|asked| version.book.facts.get(asked.fact).slots().filter(|slot| reads(*slot)).collect())
            .collect();
        let space = answers.space(&version.book.facts);
        let Version { book, treatment, scripts } = version;
        let context = Context { facts: &book.facts, treatment, scripts, visit: brief.visit };
        let mut explain = Explain {
            version,
            context,
            answers,
            brief,
            space: &space,
            reviews: &reviews,
            meanings: &mut self.meanings,
        };
        let questions = brief.questions.iter().zip(&open_options);
        let questions = questions.map(|(asked, options)| explain.question(asked, options)).collect();
        Decision {
            client: answers.client.clone(),
            treatment: treatment.id.clone(),
            visit: brief.visit,
            visit_assumed: None,
            outcome: brief.outcome,
            possible: brief.possible.iter().rev().collect(),
            settled: brief.settled,
            exact: brief.exact,
            wait: explain.wait(),
            book_from: brief.book_from,
            reasons: explain.reasons(&spoken),
            in_every_case: explain.groups(),
            questions,
            open_only: brief.on_the_day.then_some("on the day"),
            steps: explain.steps(&excluded),
            expired: None,
            next_change: brief.next_change,
            rules: RulesNote {
                revision: treatment.revision,
                digest: treatment.digest.clone(),
                signed: treatment.signed,
            },
            reviews: reviews.into_iter().map(|(_, note)| note).collect(),
            engine: env!("CARGO_PKG_VERSION"),
            contract: CONTRACT,
        }
    }

    /// How each review of the record stands at the visit.
    pub fn reviews(&mut self, answers: &Answers) -> Vec<ReviewNote> {
        self.review_notes(answers, answers.visit).into_iter().map(|(_, note)| note).collect()
    }
}

/// A rule that holds or may hold.
struct Spoken {
    place: u16,
    holds: Truth,
    /// The first and the last day on which it may lapse.
    until: Option<(Point, Point)>,
    /// Whether a review quiets it.
    quiet: bool,
}

struct Explain<'e, 'b> {
    version: Version<'b>,
    context: Context<'b>,
    answers: &'e Answers,
    brief: &'e Brief<'b>,
    space: &'e Space,
    reviews: &'e [(Option<u16>, ReviewNote)],
    meanings: &'e mut Meanings,
}

impl<'b> Explain<'_, 'b> {
    fn wait(&self) -> Option<WaitNote> {
        let brief = self.brief;
        if !brief.waits() {
            return None;
        }
        let rules = &self.version.treatment.rules;
        let open_ended = brief.endless();
        let endings = open_ended.iter().filter_map(|place| rules[usize::from(*place)].ending.as_ref());
        let cleared_when = endings.map(|ending| ending.text().to_string()).collect();
        Some(WaitNote { not_before: brief.not_before(), latest: brief.latest(), cleared_when })
    }

    fn groups(&self) -> Vec<Vec<String>> {
        let group = |places: &Places| places.iter().map(|place| self.rule(*place).id.clone()).collect();
        self.brief.in_every_case.iter().map(group).collect()
    }

    fn rule(&self, place: u16) -> &'b Rule {
        &self.version.treatment.rules[usize::from(place)]
    }

    fn reasons(&mut self, spoken: &[Spoken]) -> Vec<Reason> {
        let withdrawn = match self.brief.withdrawn.is_empty() {
            true => Vec::new(),
            false => self.version.withdrawn(self.brief.visit),
        };
        let mut reasons: Vec<Reason> = withdrawn
            .iter()
            .map(|(id, switch)| Reason {
                rule: id.to_string(),
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
                reviewable: false,
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
        let mut failed = false;
        for one in spoken {
            let rule = self.rule(one.place);
            let undecided = one.holds == Truth::Unknown && rule.condition.is_scripted();
            if !undecided {
                reasons.push(self.reason(one));
                continue;
            }
            let prop = self.context.prop(&rule.condition);
            let faults = prop.faults(&self.space.sets, &self.context);
            let is_failing = !faults.is_empty();
            let may = prop.may(&self.space.sets, &self.context);
            let certain = is_failing && may.only_fails();
            failed |= is_failing;
            for fault in faults {
                reasons.push(self.script_reason(one, fault, certain));
            }
            if !certain {
                let own = self.reason(one);
                // Where a script fails there is nothing to review, and no review keeps that from coming.
                let reviewed_by = own.reviewed_by.filter(|_| !may.fails);
                reasons.push(Reason { reviewable: own.reviewable && !is_failing, reviewed_by, ..own });
            }
        }
        if failed {
            // A failed script puts a rule among those that need review.
            let own = &mut reasons[withdrawn.len()..];
            own.sort_by(|a, b| b.outcome.cmp(&a.outcome).then_with(|| a.rule.cmp(&b.rule)));
        }
        reasons
    }

    /// A rule that a script keeps from being decided: a clinician decides instead.
    fn script_reason(&mut self, one: &Spoken, fault: ScriptFault, certain: bool) -> Reason {
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
            reviewable: false,
            reviewed_by: None,
            ..self.reason(one)
        }
    }

    fn reason(&mut self, one: &Spoken) -> Reason {
        let rule = self.rule(one.place);
        let treatment = self.version.treatment;
        let (earliest, latest) = (one.until.map(|until| until.0), one.until.map(|until| until.1));
        let day = |point: Option<Point>| point.filter(|point| *point < ONGOING).map(Day::from_point);
        let quiet =
            self.reviews.iter().find(|(place, note)| one.quiet && note.counts && *place == Some(one.place));
        let statements = rule.basis.statements.iter().map(|at| &treatment.statements[*at]);
        let facts = &self.version.book.facts;
        let slots = rule.condition.slots(&|fact| facts.slots_of(fact));
        let (meaning, conditions) = self.conditions(rule, one);
        let people = &self.version.book.clinic;
        let somebody = |role: &String| people.people.is_empty() || people.has(role);
        Reason {
            rule: rule.id.clone(),
            holds: one.holds,
            outcome: rule.outcome,
            until: day(latest),
            until_earliest: day(earliest).filter(|_| earliest != latest),
            cleared_when: rule.ending.clone().filter(|_| latest.is_some_and(|latest| latest >= ONGOING)),
            because: rule.because.clone(),
            at: rule.at.clone(),
            meaning,
            conditions,
            source: statements
                .map(|s| SourceNote { statement: s.id.clone(), line: s.line, says: s.says.clone() })
                .collect(),
            basis: rule.basis.basis.clone(),
            review_by: rule.review_by.clone(),
            consider: rule.consider.clone(),
            reviewable: rule.outcome == Outcome::NeedsReview && rule.review_by.as_ref().is_none_or(somebody),
            reviewed_by: quiet.map(|(_, note)| note.by.clone()),
            withdrawn: None,
            facts: slots.iter().map(|slot| self.answer_note(*slot)).collect(),
            parameters: rule
                .condition
                .parameters()
                .into_iter()
                .map(|id| {
                    let parameter = treatment.parameter(id);
                    let (since, value) = parameter.values.on(self.brief.visit);
                    let note = ParameterNote {
                        value: value.value.to_string(),
                        since,
                        basis: value.basis.basis.clone(),
                        later: self.later(parameter),
                    };
                    (parameter.id.clone(), note)
                })
                .collect(),
        }
    }

    /// The values of a parameter that start to count after the visit.
    fn later(&self, parameter: &Parameter) -> Vec<LaterNote> {
        let values = parameter.values.all().iter().filter(|(since, _)| *since > self.brief.visit);
        values.map(|(since, value)| LaterNote { value: value.value.to_string(), since: *since }).collect()
    }

    /// What the rule means, and its conditions in words: each of a list by itself.
    fn conditions(&mut self, rule: &Rule, one: &Spoken) -> (String, Vec<ConditionNote>) {
        let meaning = self.meanings.of(&self.version, one.place, self.brief.visit);
        let notes = parts(rule).iter().zip(&meaning.says).map(|(part, says)| ConditionNote {
            says: says.clone(),
            holds: match rule.parts.is_empty() {
                true => one.holds,
                false => truth_of(&self.context, self.space, &self.context.prop(part)),
            },
        });
        (meaning.digest.clone(), notes.collect())
    }

    fn answer_note(&self, slot: SlotId) -> (String, AnswerNote) {
        let facts = &self.version.book.facts;
        let fact = facts.fact_of(slot);
        let id = facts.slots[slot.index()].fact;
        let given = self.answers.said(id, facts);
        let set = &self.space.sets[slot.index()];
        let answer = match self.answers.facts[usize::from(id.0)].standing {
            Standing::NeverAsked | Standing::NotKnown | Standing::Stale | Standing::Undated => {
                "unknown".to_string()
            }
            Standing::Aged | Standing::Disagreeing | Standing::Answered => {
                points(fact, set, &facts.domain(slot, self.brief.visit))
            }
        };
        let at = usize::from(slot.0 - fact.first_slot.0);
        let answer = match self.answers.plans(id).find(|plan| plan.slot == at) {
            Some(plan) => format!("{answer} (planned to end: {})", end(plan)),
            None => answer,
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

    fn question(&self, asked: &Asked, read: &[SlotId]) -> Question {
        let fact = self.version.book.facts.get(asked.fact);
        let open = |slot: &&SlotId| self.space.sets[slot.index()].single().is_none();
        let places = read.iter().filter(open).map(|slot| usize::from(slot.0 - fact.first_slot.0));
        let places: Vec<usize> = places.collect();
        let options = match fact.kind.slot_per_option() {
            true => places.iter().map(|at| fact.options[*at].id.clone()).collect(),
            false => Vec::new(),
        };
        let affects = [
            (asked.could_become.iter().next().is_some(), Affects::Outcome),
            (asked.waits, Affects::Wait),
            (asked.steps, Affects::Steps),
            (asked.price, Affects::Price),
        ];
        Question {
            fact: fact.id.clone(),
            ask: fact.ask.clone(),
            options,
            why: why_open(self.answers, asked.fact, &self.version.book.facts, &places),
            affects: affects.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect(),
            could_become: asked.could_become.iter().rev().collect(),
            asked: fact.on_the_day.then_some("on the day"),
            not_sure: fact.not_sure.clone(),
        }
    }

    fn steps(&self, excluded: &[Excluded]) -> Vec<StepNote> {
        let steps = self.version.treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
        steps
            .zip(excluded)
            .map(|(step, excluded)| {
                let speaking = step.not_for.iter().zip(&excluded.each);
                let speaking = speaking.filter(|(_, truth)| **truth != Truth::No);
                let speaking: Vec<&str> = speaking.map(|(exclusion, _)| exclusion.because.as_str()).collect();
                StepNote {
                    step: step.id.clone(),
                    says: step.action.clone(),
                    answer: match excluded.truth {
                        Truth::Yes => "no",
                        Truth::Unknown => "ask first",
                        Truth::No => "yes",
                    },
                    because: (excluded.truth != Truth::No).then(|| speaking.join(" ")),
                }
            })
            .collect()
    }
}
