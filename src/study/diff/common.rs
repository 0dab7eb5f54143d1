//! Two books brought to the same questions, so that one client answers both: what only one of them asks, the
//! other one ignores.

use crate::book::condition::{
    Call, Condition, ConditionKind, DateBase, DateTerm, FactId, NumberTerm, SlotId,
};
use crate::book::fact::{Fact, FactKind, Facts, Slot};
use crate::book::{Appointment, Book, Exclusion, Rule, Step, Treatment};
use crate::study::apart::same_questions;
use crate::study::clients::Client;
use crate::value::{Point, YES};

/// The questions of two books together.
pub struct Common {
    /// What each book's own questions are called here; `None` if both ask the same.
    own: Option<[Own; 2]>,
    facts: Facts,
}

/// Where the questions of one book are found among the common ones.
#[derive(Default)]
struct Own {
    facts: Vec<FactId>,
    slots: Vec<SlotId>,
    /// For each fact of its own where its options are found.
    options: Vec<Vec<usize>>,
}

impl Common {
    /// The questions of both.
    pub fn of(old: &Facts, new: &Facts) -> Common {
        if same_questions(old, new) {
            return Common { own: None, facts: old.clone() };
        }
        let mut common: Vec<Fact> = old.facts.clone();
        let mut places: Vec<FactId> = Vec::new();
        for fact in &new.facts {
            let same = |other: &Fact| other.id == fact.id && same_kind(other.kind, fact.kind);
            let place = match common.iter().position(same) {
                Some(place) => {
                    join(&mut common[place], fact);
                    place
                }
                None => {
                    common.push(fact.clone());
                    common.len() - 1
                }
            };
            places.push(FactId(place as u16));
        }
        let mut facts = Facts::default();
        for mut fact in common {
            fact.first_slot = SlotId(facts.slots.len() as u16);
            if fact.kind.slot_per_option() {
                fact.slot_count = fact.options.len() as u16;
            }
            let id = FactId(facts.facts.len() as u16);
            let option = |at| fact.kind.slot_per_option().then_some(at);
            facts.slots.extend((0..fact.slot_count).map(|at| Slot { fact: id, option: option(at) }));
            facts.facts.push(fact);
        }
        let unmoved = (0..old.facts.len()).map(|at| FactId(at as u16)).collect();
        let own = [Own::of(old, unmoved, &facts), Own::of(new, places, &facts)];
        Common { own: Some(own), facts }
    }

    /// Whether both books ask the same.
    pub fn is_same(&self) -> bool {
        self.own.is_none()
    }

    /// The common questions.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The book of a side, old or new, with its rules about the common questions. What is not decided from
    /// conditions is left out.
    pub fn book(&self, side: usize, book: &Book) -> Book {
        let Some(own) = &self.own else { return book.clone() };
        let mut book = book.clone();
        let asked = Asked { own: &own[side], from: &book.facts, to: &self.facts };
        book.treatments = book.treatments.iter().map(|treatment| asked.treatment(treatment)).collect();
        book.facts = self.facts.clone();
        book
    }

    /// The client as one of a side's own; `None` if an answer cannot be given there.
    pub fn client(&self, side: usize, client: &Client, facts: &Facts) -> Option<Client> {
        let Some(own) = &self.own else { return Some(client.clone()) };
        let values = own[side].slots.iter().enumerate().map(|(at, slot)| {
            let (value, fact) = (client.values[slot.index()], facts.slots[at].fact);
            match facts.get(fact).kind {
                FactKind::Choice => {
                    let options = &own[side].options[usize::from(fact.0)];
                    options.iter().position(|other| *other as Point == value).map(|at| at as Point)
                }
                _ => Some(value),
            }
        });
        let client = Client { visit: client.visit, values: values.collect::<Option<_>>()? };
        client.is_possible(facts).then_some(client)
    }

    /// A side's own client with an answer to every common question.
    pub fn adopt(&self, side: usize, client: &Client, facts: &Facts) -> Client {
        let Some(own) = &self.own else { return client.clone() };
        let mut common = Client::plain(&self.facts, client.visit);
        for (at, slot) in own[side].slots.iter().enumerate() {
            let (value, fact) = (client.values[at], facts.slots[at].fact);
            common.values[slot.index()] = match facts.get(fact).kind {
                FactKind::Choice => own[side].options[usize::from(fact.0)][value as usize] as Point,
                _ => value,
            };
        }
        common
    }
}

fn same_kind(a: FactKind, b: FactKind) -> bool {
    match (a, b) {
        (FactKind::Number { .. }, FactKind::Number { .. }) => true,
        _ => a == b,
    }
}

/// Adds the options and numbers of `other` to a fact. Where one of them takes whole numbers alone, no other number is
/// an answer to both.
fn join(fact: &mut Fact, other: &Fact) {
    for option in &other.options {
        if fact.option(&option.id).is_none() {
            fact.options.push(option.clone());
        }
    }
    if let (FactKind::Number { whole, low, high }, FactKind::Number { whole: also, low: least, high: most }) =
        (fact.kind, other.kind)
    {
        fact.kind = FactKind::Number { whole: whole || also, low: low.min(least), high: high.max(most) };
    }
}

impl Own {
    fn of(facts: &Facts, places: Vec<FactId>, common: &Facts) -> Own {
        let mut own = Own { facts: places, ..Own::default() };
        for (fact, place) in facts.facts.iter().zip(&own.facts) {
            let target = common.get(*place);
            let options = fact.options.iter().map(|option| target.option(&option.id).unwrap_or_default());
            let options: Vec<usize> = options.collect();
            let slot = |at: usize| SlotId(target.first_slot.0 + at as u16);
            match fact.kind.slot_per_option() {
                true => own.slots.extend(options.iter().map(|at| slot(*at))),
                false => own.slots.extend((0..usize::from(fact.slot_count)).map(slot)),
            }
            own.options.push(options);
        }
        own
    }
}

/// Asks what a book asks with the common questions.
struct Asked<'a> {
    own: &'a Own,
    from: &'a Facts,
    to: &'a Facts,
}

impl Asked<'_> {
    fn treatment(&self, treatment: &Treatment) -> Treatment {
        let rules = treatment.rules.iter().map(|rule| Rule {
            condition: self.condition(&rule.condition),
            parts: rule.parts.iter().map(|part| self.condition(part)).collect(),
            ..rule.clone()
        });
        let steps = |one: &Appointment| -> Vec<Step> {
            let each = one.steps.iter().map(|step| Step {
                not_for: step
                    .not_for
                    .iter()
                    .map(|one| Exclusion { condition: self.condition(&one.condition), ..one.clone() })
                    .collect(),
                ..step.clone()
            });
            each.collect()
        };
        Treatment {
            rules: rules.collect(),
            appointment: treatment
                .appointment
                .as_ref()
                .map(|one| Appointment { steps: steps(one), ..one.clone() }),
            pricing: None,
            guarantees: Vec::new(),
            ..treatment.clone()
        }
    }

    fn slot(&self, slot: SlotId) -> SlotId {
        self.own.slots[slot.index()]
    }

    fn condition(&self, condition: &Condition) -> Condition {
        let span = condition.span;
        let all = |parts: &[Condition]| parts.iter().map(|part| self.condition(part)).collect();
        let kind = match &condition.kind {
            ConditionKind::Not(inner) => ConditionKind::Not(Box::new(self.condition(inner))),
            ConditionKind::And(parts) => ConditionKind::And(all(parts)),
            ConditionKind::Or(parts) => ConditionKind::Or(all(parts)),
            ConditionKind::Is(slot, low, high) => {
                let fact = self.from.slots[slot.index()].fact;
                let (low, high) = match self.from.get(fact).kind {
                    FactKind::Choice => {
                        let at = self.own.options[usize::from(fact.0)][*low as usize] as Point;
                        (at, at)
                    }
                    _ => (*low, *high),
                };
                ConditionKind::Is(self.slot(*slot), low, high)
            }
            ConditionKind::AnyOption(fact) => self.any_option(*fact, condition),
            ConditionKind::Dates(a, op, b) => ConditionKind::Dates(self.date(a), *op, self.date(b)),
            ConditionKind::Numbers(a, op, b) => ConditionKind::Numbers(self.number(a), *op, self.number(b)),
            ConditionKind::Call(call) => ConditionKind::Call(self.call(call)),
        };
        Condition { kind, span }
    }

    /// Any of the options that this book knows.
    fn any_option(&self, fact: FactId, condition: &Condition) -> ConditionKind {
        let place = self.own.facts[usize::from(fact.0)];
        let own: Vec<SlotId> = self.from.slots_of(fact).into_iter().map(|slot| self.slot(slot)).collect();
        if own.len() == self.to.slots_of(place).len() {
            return ConditionKind::AnyOption(place);
        }
        let is = |slot: SlotId| Condition { kind: ConditionKind::Is(slot, YES, YES), span: condition.span };
        ConditionKind::Or(own.into_iter().map(is).collect())
    }

    fn date(&self, term: &DateTerm) -> DateTerm {
        let base = match term.base {
            DateBase::Slot(slot) => DateBase::Slot(self.slot(slot)),
            other => other,
        };
        DateTerm { base, offsets: term.offsets.clone() }
    }

    fn number(&self, term: &NumberTerm) -> NumberTerm {
        match term {
            NumberTerm::Slot(slot) => NumberTerm::Slot(self.slot(*slot)),
            NumberTerm::DaysBetween(a, b) => NumberTerm::DaysBetween(self.date(a), self.date(b)),
            NumberTerm::YearsBetween(a, b) => NumberTerm::YearsBetween(self.date(a), self.date(b)),
            NumberTerm::Call(call) => NumberTerm::Call(self.call(call)),
            NumberTerm::Fixed(_) | NumberTerm::Parameter(_) => term.clone(),
        }
    }

    fn call(&self, call: &Call) -> Call {
        let reads = call.reads.iter().map(|slot| self.slot(*slot)).collect();
        Call { reads, ..call.clone() }
    }
}
