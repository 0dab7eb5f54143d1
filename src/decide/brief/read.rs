//! The answers of one record, taken one by one as they are read.

use std::collections::BTreeMap;

use super::super::combine;
use super::Engine;
use super::tokens::{self, OPEN, Sets, Token, Word, is_open};
use crate::book::condition::FactId;
use crate::book::fact::{Fact, FactKind, Facts};
use crate::value::{Day, NEVER, NO, Point, Points};

/// A fact and an option by their names.
pub struct Sheet {
    facts: BTreeMap<String, FactId>,
}

impl Sheet {
    /// The names of all facts.
    pub fn of(facts: &Facts) -> Sheet {
        let named = facts.facts.iter().enumerate().map(|(at, fact)| (fact.id.clone(), FactId(at as u16)));
        Sheet { facts: named.collect() }
    }

    /// The fact of this name.
    pub fn fact(&self, name: &str) -> Option<FactId> {
        self.facts.get(name).copied()
    }
}

/// The plain answers of one record: at most one to each fact.
#[derive(Debug, Default)]
pub struct Taken {
    /// The day asked about.
    pub visit: Option<Day>,
    /// For each slot what was answered.
    pub(super) tokens: Vec<Token>,
    /// For each fact the last day its answer counts, and whether it was answered at all.
    pub(super) facts: Vec<(Point, bool)>,
}

impl Taken {
    /// Starts a record for a visit on this day.
    pub fn start(&mut self, visit: Day, facts: &Facts) {
        self.visit = Some(visit);
        self.tokens.clear();
        self.tokens.resize(facts.slots.len(), OPEN);
        self.facts.clear();
        self.facts.resize(facts.facts.len(), (Point::MAX - 1, false));
    }

    /// Whether the fact was answered before.
    pub fn is_answered(&self, fact: FactId) -> bool {
        self.facts[usize::from(fact.0)].1
    }

    /// The answers as they count on a day, with `open` for what is not known.
    pub(super) fn on(
        &self,
        day: Day,
        open: &[Token],
        aging: &[FactId],
        facts: &Facts,
        tokens: &mut Vec<Token>,
    ) {
        tokens.clear();
        let each = self.tokens.iter().zip(open);
        tokens.extend(each.map(|(token, open)| if *token == OPEN { *open } else { *token }));
        for fact in aging {
            let (until, answered) = self.facts[usize::from(fact.0)];
            if answered && until < day.point() {
                for slot in facts.get(*fact).slots() {
                    tokens[slot.index()] = open[slot.index()];
                }
            }
        }
    }
}

impl Engine<'_> {
    /// The facts that may be answered.
    pub fn facts(&self) -> &Facts {
        &self.book.facts
    }

    /// Whether a visit on this day can be decided at all.
    pub fn covers(&self, visit: Day) -> bool {
        self.treatment.in_force.covers(visit)
    }

    /// Gets ready for the next record, whose visit is on this day.
    pub fn start(&mut self, visit: Day, taken: &mut Taken) {
        self.make_room();
        taken.start(visit, &self.book.facts);
    }

    /// Takes one plain word as the whole answer to a fact, given on a day; false for what takes the long way.
    pub fn word(&mut self, taken: &mut Taken, fact: FactId, text: &str, on: Option<Day>) -> bool {
        let Some(visit) = taken.visit else { return false };
        let known = self.book.facts.get(fact);
        let Some(word) = tokens::word(known, text, visit, &mut self.sets) else { return false };
        let slots = known.first_slot.index()..known.first_slot.index() + usize::from(known.slot_count);
        let own = &mut taken.tokens[slots];
        match word {
            Word::Open => {
                taken.facts[usize::from(fact.0)].1 = true;
                return true;
            }
            Word::One(token) => own[0] = token,
            Word::Each(token) => own.fill(token),
            Word::Option(at) => {
                own.fill(NO);
                own[at] = crate::value::YES;
            }
        }
        self.end(taken, fact, on)
    }

    /// Takes one plain word as the answer to one option; [`Engine::end`] ends the fact.
    pub fn option(&mut self, taken: &mut Taken, fact: FactId, option: &str, text: &str) -> bool {
        let Some(visit) = taken.visit else { return false };
        let known = self.book.facts.get(fact);
        let Some(at) = known.option(option) else { return false };
        let place = &mut taken.tokens[known.first_slot.index() + at];
        match tokens::slot(known, text, visit, &mut self.sets) {
            Some(token) if *place == OPEN => {
                *place = token;
                true
            }
            _ => false,
        }
    }

    /// Takes one plain word for all options that have no answer yet.
    pub fn rest(&mut self, taken: &mut Taken, fact: FactId, text: &str) -> bool {
        let Some(visit) = taken.visit else { return false };
        let known = self.book.facts.get(fact);
        let Some(token) = tokens::slot(known, text, visit, &mut self.sets) else { return false };
        let slots = known.first_slot.index()..known.first_slot.index() + usize::from(known.slot_count);
        taken.tokens[slots].iter_mut().filter(|place| **place == OPEN).for_each(|place| *place = token);
        true
    }

    /// Takes one option of a set as chosen; [`Engine::end`] ends the fact, after `rest` said `no`.
    pub fn chosen(&mut self, taken: &mut Taken, fact: FactId, option: &str) -> bool {
        let known = self.book.facts.get(fact);
        let Some(at) = known.option(option) else { return false };
        taken.tokens[known.first_slot.index() + at] = crate::value::YES;
        known.kind == FactKind::Set
    }

    /// Ends the answer to a fact, given on a day.
    pub fn end(&mut self, taken: &mut Taken, fact: FactId, on: Option<Day>) -> bool {
        let known = self.book.facts.get(fact);
        let place = &mut taken.facts[usize::from(fact.0)];
        place.1 = true;
        if known.good_for.is_empty() || known.kind == FactKind::Note {
            return true;
        }
        let slots = known.first_slot.index()..known.first_slot.index() + usize::from(known.slot_count);
        match last_day(known, &taken.tokens[slots.clone()], &self.sets, on) {
            Some(last) => place.0 = last,
            // Without a day it does not count at all.
            None => taken.tokens[slots].fill(OPEN),
        }
        true
    }
}

/// The last day an answer counts; `None` if it needs a day and has none.
fn last_day(fact: &Fact, own: &[Token], sets: &Sets, on: Option<Day>) -> Option<Point> {
    let nothing = if fact.kind == FactKind::Set { NO } else { NEVER };
    let limit = match (fact.kind.slot_per_option(), own.iter().any(|token| is_open(*token) || *token == OPEN))
    {
        (false, false) => combine::limit_of(fact, own[0]),
        (true, false) => combine::limit_of_all(fact, own.iter().all(|token| *token == nothing)),
        _ => {
            let domain = |token: &Token| match *token {
                OPEN => Points::range(NEVER, -NEVER),
                token => sets.points(token),
            };
            let one: Vec<Points> = own.iter().map(domain).collect();
            let limits = combine::limits(fact, &one);
            if limits.is_empty() || limits.iter().any(Option::is_none) {
                return Some(Point::MAX - 1);
            }
            let on = on?;
            return limits.iter().flatten().map(|limit| on.shift(limit, false).point()).max();
        }
    };
    match (limit, on) {
        (None, _) => Some(Point::MAX - 1),
        (Some(limit), Some(on)) => Some(on.shift(&limit, false).point()),
        (Some(_), None) => None,
    }
}
