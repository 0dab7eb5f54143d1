//! Clients whose answers are all known: examples and counter-examples.

use std::borrow::Cow;

use super::near;
use crate::book::Outcome;
use crate::book::condition::{FactId, SlotId};
use crate::book::fact::{Fact, FactKind, Facts};
use crate::decide::{Answers, Engine};
use crate::source::{Pair, Value};
use crate::span::{Span, TextId};
use crate::value::{Day, Duration, NEVER, NO, Number, ONGOING, Point, Points, Unit, YES};
use crate::written::Words;
use crate::written::record::Record;

/// A fully known client on the day of a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The day asked about.
    pub visit: Day,
    /// A point for every slot.
    pub values: Vec<Point>,
}

/// How old a client is of whom nothing else is said.
const USUAL_AGE: Duration = Duration { count: 30, unit: Unit::Years };

impl Client {
    /// A client to whom nothing applies: every answer is no, none or never, a choice is its first option and
    /// a number its least value.
    pub fn plain(facts: &Facts, visit: Day) -> Client {
        let born = visit.point() - USUAL_AGE.longest_days();
        let values = slots(facts).map(|slot| match facts.fact_of(slot).kind {
            FactKind::YesNo | FactKind::Set | FactKind::Choice | FactKind::Note => NO,
            FactKind::Number { low, .. } => low,
            FactKind::Date | FactKind::History => NEVER,
            FactKind::PlannedDate => ONGOING,
            FactKind::BirthDate => Day::from_point(born).point(),
        });
        Client { visit, values: values.collect() }
    }

    /// The same client on another day, with answers that a client can give on that day.
    pub fn on(&self, facts: &Facts, visit: Day) -> Client {
        let values = slots(facts).zip(&self.values).map(|(slot, value)| {
            let domain = facts.domain(slot, visit);
            near::point(&domain, *value, facts.fact_of(slot), visit)
        });
        Client { visit, values: values.collect() }
    }

    /// The facts whose answers differ, in the order of `facts.yaml`.
    pub fn differs_in(&self, other: &Client, facts: &Facts) -> Vec<FactId> {
        let differing = slots(facts).filter(|slot| self.values[slot.index()] != other.values[slot.index()]);
        let mut found: Vec<FactId> = differing.map(|slot| facts.slots[slot.index()].fact).collect();
        found.dedup();
        found
    }

    /// The answers that differ from `base`, or all of them, each with the name of its fact or of an option of
    /// it: `("acne_medications.isotretinoin", "2025-09-04")`.
    pub fn answers(&self, base: Option<&Client>, facts: &Facts) -> Vec<(String, String)> {
        slots(facts)
            .filter(|slot| base.is_none_or(|base| base.values[slot.index()] != self.values[slot.index()]))
            .map(|slot| (facts.slot_name(slot), self.answer(slot, facts)))
            .collect()
    }

    /// One answer as a record writes it.
    pub fn answer(&self, slot: SlotId, facts: &Facts) -> String {
        written(facts.fact_of(slot), self.values[slot.index()])
    }

    /// The client as a record. `at` is a text that findings about it would point at.
    pub fn record(&self, name: &str, facts: &Facts, at: TextId) -> Record<'static> {
        let span = Span::new(at, 0..0);
        let words = |text: String| Some(Words { text: Cow::Owned(text), span });
        let answered = self.answers(None, facts).into_iter().map(|(fact, answer)| Pair {
            key: Cow::Owned(fact),
            key_span: span,
            value: Value::word(answer, span),
        });
        Record {
            client: words(name.to_string()),
            visit: words(self.visit.to_string()),
            answered_on: words(self.visit.to_string()),
            facts: answered.collect(),
            ..Record::empty(span)
        }
    }

    /// The client's answers, all given on the day of the visit.
    pub fn known(&self, name: &str, facts: &Facts) -> Answers {
        Answers::known(name, self.visit, &self.values, facts)
    }

    /// The outcome and the wait that the rules come to; `None` where a script fails.
    pub fn told(&self, engine: &mut Engine<'_>) -> Option<(Outcome, Point)> {
        let brief = engine.possible(&self.known("", &engine.version().book.facts));
        (brief.may_hold.is_empty() && brief.failed.is_empty()).then_some((brief.outcome, brief.earliest))
    }

    /// Whether each answer is one that a client can give on that day.
    pub fn is_possible(&self, facts: &Facts) -> bool {
        slots(facts).zip(&self.values).all(|(slot, value)| {
            let inside = facts.domain(slot, self.visit).contains(*value);
            let whole = matches!(facts.fact_of(slot).kind, FactKind::Number { whole: true, .. });
            inside && (!whole || Number::from_point(*value).is_whole())
        })
    }

    /// The client as a set of points for each slot, one in each.
    pub fn sets(&self) -> Vec<Points> {
        self.values.iter().map(|value| Points::one(*value)).collect()
    }
}

/// A point of a fact as a record writes it.
pub fn written(fact: &Fact, point: Point) -> String {
    match (fact.kind, point) {
        (FactKind::YesNo | FactKind::Set, YES) => "yes".to_string(),
        (FactKind::YesNo | FactKind::Set | FactKind::Note, _) => "no".to_string(),
        (FactKind::Choice, at) => {
            fact.options.get(at as usize).map_or(String::new(), |option| option.id.clone())
        }
        (FactKind::Number { .. }, number) => Number::from_point(number).to_string(),
        (FactKind::PlannedDate, ONGOING) => "none".to_string(),
        (_, NEVER) => "never".to_string(),
        (_, ONGOING) => "ongoing".to_string(),
        (_, day) => Day::from_point(day).to_string(),
    }
}

/// Every slot.
pub(super) fn slots(facts: &Facts) -> impl Iterator<Item = SlotId> + use<> {
    (0..facts.slots.len()).map(|slot| SlotId(slot as u16))
}
