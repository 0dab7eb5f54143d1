//! The answers of one record, taken one by one as they are read.

use std::collections::BTreeMap;

use super::super::combine;
use super::Engine;
use super::tokens::{self, Sets, Token, Word, is_open};
use crate::book::condition::FactId;
use crate::book::fact::{Fact, FactKind, Facts};
use crate::value::{Day, NEVER, NO, Point, Points, YES};

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
    /// The plan of that day.
    pub(super) plan: usize,
    /// For each slot what is known at the visit.
    pub(super) tokens: Vec<Token>,
    /// For each fact the last day its answer counts, and whether it was answered at all.
    pub(super) facts: Vec<(Point, bool)>,
}

impl Taken {
    /// Whether the fact was answered before.
    pub fn is_answered(&self, fact: FactId) -> bool {
        self.facts[usize::from(fact.0)].1
    }

    /// The day from which the answer to a fact counts no more, if it was given, counts on the day `from` and ages
    /// before the day `last`.
    pub(super) fn ages(&self, fact: FactId, from: Point, last: Point) -> Option<Point> {
        let (until, answered) = self.facts[usize::from(fact.0)];
        (answered && until >= from && until < last).then_some(until + 1)
    }

    /// What is known on a later day, with `open` for answers that have aged by then.
    pub(super) fn on(
        &self,
        day: Day,
        open: &[Token],
        aging: &[FactId],
        facts: &Facts,
        tokens: &mut Vec<Token>,
    ) {
        tokens.clear();
        tokens.extend_from_slice(&self.tokens);
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
        taken.visit = Some(visit);
        taken.plan = self.plan(visit);
        taken.tokens.clear();
        taken.tokens.extend_from_slice(&self.plans[taken.plan].open);
        taken.facts.clear();
        taken.facts.resize(self.book.facts.facts.len(), (Point::MAX - 1, false));
    }

    /// Takes one plain word as the whole answer to a fact, given on a day; false for what takes the long way.
    pub fn word(&mut self, taken: &mut Taken, fact: FactId, text: &str, on: Option<Day>) -> bool {
        let Some(visit) = taken.visit else { return false };
        let words = &self.words[usize::from(fact.0)];
        if words.whole
            && let Some(token) = words.token(text, visit)
        {
            taken.tokens[words.first_slot] = token;
            taken.facts[usize::from(fact.0)].1 = true;
            return words.lasts || self.end(taken, fact, on);
        }
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
                own[at] = YES;
            }
        }
        self.end(taken, fact, on)
    }

    /// Takes one plain word as the answer to one option; [`Engine::end`] ends the fact.
    pub fn option(&mut self, taken: &mut Taken, fact: FactId, option: &str, text: &str) -> bool {
        let at = self.book.facts.get(fact).option(option);
        at.is_some_and(|at| self.option_at(taken, fact, at, text))
    }

    /// The same for the option at this place among those of the fact.
    pub fn option_at(&mut self, taken: &mut Taken, fact: FactId, at: usize, text: &str) -> bool {
        let Some(visit) = taken.visit else { return false };
        let words = &self.words[usize::from(fact.0)];
        let slot = words.first_slot + at;
        let token = words.token(text, visit);
        match token.or_else(|| tokens::slot(self.book.facts.get(fact), text, visit, &mut self.sets)) {
            Some(token) if taken.tokens[slot] == self.plans[taken.plan].open[slot] => {
                taken.tokens[slot] = token;
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
        let open = &self.plans[taken.plan].open[slots.clone()];
        for (place, open) in taken.tokens[slots].iter_mut().zip(open) {
            if place == open {
                *place = token;
            }
        }
        true
    }

    /// Takes one option of a set as chosen; [`Engine::end`] ends the fact, after `rest` said `no`.
    pub fn chosen(&mut self, taken: &mut Taken, fact: FactId, option: &str) -> bool {
        let known = self.book.facts.get(fact);
        let Some(at) = known.option(option) else { return false };
        taken.tokens[known.first_slot.index() + at] = YES;
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
        let last = last_day(known, &taken.tokens[slots.clone()], &self.sets, on);
        let visit = taken.visit.map_or(Point::MIN, Day::point);
        place.0 = last.unwrap_or(place.0);
        // Without a day it does not count at all.
        if last.is_none_or(|last| last < visit) {
            taken.tokens[slots.clone()].copy_from_slice(&self.plans[taken.plan].open[slots]);
        }
        true
    }
}

/// How the usual answers to a fact, or to its options, are taken.
pub(super) struct FactWords {
    first_slot: usize,
    /// Whether a word answers the whole fact, and no option.
    whole: bool,
    /// Whether its answers never age.
    lasts: bool,
    usual: Usual,
}

/// What a usual answer looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Usual {
    YesNo,
    /// A day up to the visit, or `never`.
    Date,
    /// A day up to the visit.
    Birth,
    Other,
}

impl FactWords {
    pub(super) fn of(fact: &Fact) -> FactWords {
        let usual = match fact.kind {
            FactKind::YesNo | FactKind::Set => Usual::YesNo,
            FactKind::Date | FactKind::History => Usual::Date,
            FactKind::BirthDate => Usual::Birth,
            _ => Usual::Other,
        };
        let whole = usual != Usual::Other && !fact.kind.slot_per_option();
        FactWords { first_slot: fact.first_slot.index(), whole, lasts: fact.good_for.is_empty(), usual }
    }

    /// The token of a usual answer.
    fn token(&self, text: &str, visit: Day) -> Option<Token> {
        match (self.usual, text) {
            (Usual::YesNo, "no") => Some(NO),
            (Usual::YesNo, "yes") => Some(YES),
            (Usual::Date, "never") => Some(NEVER),
            (Usual::Date | Usual::Birth, _) => Day::parse(text).filter(|day| *day <= visit).map(Day::point),
            _ => None,
        }
    }
}

/// The last day an answer counts; `None` if it needs a day and has none.
fn last_day(fact: &Fact, own: &[Token], sets: &Sets, on: Option<Day>) -> Option<Point> {
    let nothing = if fact.kind == FactKind::Set { NO } else { NEVER };
    let limit = match (fact.kind.slot_per_option(), own.iter().any(|token| is_open(*token))) {
        (false, false) => combine::limit_of(fact, own[0]),
        (true, false) => combine::limit_of_all(fact, own.iter().all(|token| *token == nothing)),
        _ => {
            let one: Vec<Points> = own.iter().map(|token| sets.points(*token)).collect();
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
