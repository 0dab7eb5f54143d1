//! The answers of one record, taken one by one as they are read.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::combine;
use super::Engine;
use super::tokens::{self, Sets, Token, Word, is_open, moved};
use crate::book::condition::FactId;
use crate::book::fact::{Answers, Fact, FactKind, Facts};
use crate::value::{Day, Duration, NEVER, NO, Point, Points, YES};

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
    /// The plan that serves that day.
    pub(super) plan: usize,
    /// So many days lie from the visit to the day of the plan; all answers that are days are moved by as many.
    pub(super) by: Point,
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

    /// Whether the answer to a fact was given and counts no more from this day on.
    pub(super) fn ages_on(&self, fact: FactId, day: Point) -> bool {
        self.facts[usize::from(fact.0)] == (day - 1, true)
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
        taken.plan = self.plan_for(visit);
        taken.by = self.plans[taken.plan].visit.point() - visit.point();
        taken.tokens.clear();
        taken.tokens.extend_from_slice(&self.plans[taken.plan].open);
        taken.facts.clear();
        taken.facts.resize(self.book.facts.facts.len(), (Point::MAX - 1, false));
    }

    /// Takes one plain word as the whole answer to a fact, given on a day; false for what takes the long way.
    #[inline]
    pub fn word(&mut self, taken: &mut Taken, fact: FactId, text: &[u8], on: Option<Day>) -> bool {
        let Some(visit) = taken.visit else { return false };
        let words = &self.words[usize::from(fact.0)];
        if words.whole
            && let Some(token) = words.usual.token(text, visit, taken.by)
        {
            taken.tokens[words.slots.start] = token;
            taken.facts[usize::from(fact.0)].1 = true;
            return words.lasts || self.age(taken, fact, on);
        }
        self.again(taken, fact, Form::Word, text, on, &mut |engine, taken| {
            engine.one(taken, fact, text, visit)
        })
    }

    /// The same for the cell of a table, in which `|` may stand between the options of a set.
    #[inline]
    pub fn cell(&mut self, taken: &mut Taken, fact: FactId, text: &[u8], on: Option<Day>) -> bool {
        if self.words[usize::from(fact.0)].whole {
            return self.word(taken, fact, text, on);
        }
        self.again(taken, fact, Form::Cell, text, on, &mut |engine, taken| {
            let (Some(visit), Ok(words)) = (taken.visit, str::from_utf8(text)) else { return Read::No };
            if words.contains('|') || words.contains("..") {
                let options = words.split('|').map(str::trim).filter(|option| !option.is_empty());
                return engine.all(taken, fact, options.map(Some));
            }
            engine.one(taken, fact, text, visit)
        })
    }

    /// Takes an answer as it was taken the last time it was given in the same words, or else as `read` finds it.
    pub fn again(
        &mut self,
        taken: &mut Taken,
        fact: FactId,
        form: Form,
        text: &[u8],
        on: Option<Day>,
        read: &mut dyn FnMut(&mut Self, &mut Taken) -> Read,
    ) -> bool {
        let words = &self.words[usize::from(fact.0)];
        let slots = words.slots.clone();
        if let Some(known) = words.known.get(form, text) {
            match known {
                [token] => taken.tokens[slots.start] = *token,
                known => taken.tokens[slots].copy_from_slice(known),
            }
            return self.end(taken, fact, on);
        }
        match read(self, taken) {
            Read::No => false,
            Read::Open => {
                taken.facts[usize::from(fact.0)].1 = true;
                true
            }
            Read::Whole => {
                self.words[usize::from(fact.0)].known.learn(form, text, &taken.tokens[slots]);
                self.end(taken, fact, on)
            }
        }
    }

    /// Reads one plain word.
    fn one(&mut self, taken: &mut Taken, fact: FactId, text: &[u8], visit: Day) -> Read {
        let Ok(text) = str::from_utf8(text) else { return Read::No };
        let word = tokens::word(self.book.facts.get(fact), text, visit, &mut self.sets);
        let words = &self.words[usize::from(fact.0)];
        let by = if words.dated { taken.by } else { 0 };
        let own = &mut taken.tokens[words.slots.clone()];
        match word {
            None => return Read::No,
            Some(Word::Open) => return Read::Open,
            Some(Word::One(token)) => own[0] = self.sets.moved(token, by),
            Some(Word::Each(token)) => own.fill(self.sets.moved(token, by)),
            Some(Word::Option(at)) => {
                own.fill(NO);
                own[at] = YES;
            }
        }
        Read::Whole
    }

    /// Reads the options of a set that are chosen; the others are not. `None` is one that cannot be read.
    pub fn all<'l>(
        &self,
        taken: &mut Taken,
        fact: FactId,
        options: impl Iterator<Item = Option<&'l str>>,
    ) -> Read {
        let known = self.book.facts.get(fact);
        if known.kind != FactKind::Set {
            return Read::No;
        }
        let own = &mut taken.tokens[self.words[usize::from(fact.0)].slots.clone()];
        let mut some = false;
        for option in options {
            let Some(at) = option.and_then(|option| known.option(option)) else { return Read::No };
            if !std::mem::replace(&mut some, true) {
                own.fill(NO);
            }
            own[at] = YES;
        }
        if some { Read::Whole } else { Read::No }
    }

    /// Takes one plain word as the answer to the option at this place among those of a fact; [`Engine::end`] ends the
    /// fact.
    pub fn option(&mut self, taken: &mut Taken, fact: FactId, at: usize, text: &[u8]) -> bool {
        !text.is_empty() && self.options(taken, fact, std::iter::once(Some((at, text)))).is_some()
    }

    /// The same for several options, each by its place; those without a text have no answer. Says whether there was
    /// any; `None` for what takes the long way.
    pub fn options<'l>(
        &mut self,
        taken: &mut Taken,
        fact: FactId,
        given: impl Iterator<Item = Option<(usize, &'l [u8])>>,
    ) -> Option<bool> {
        let visit = taken.visit?;
        let words = &self.words[usize::from(fact.0)];
        let open = &self.plans[taken.plan].open[words.slots.clone()];
        let by = if words.dated { taken.by } else { 0 };
        let own = &mut taken.tokens[words.slots.clone()];
        let mut some = false;
        for given in given {
            let (at, text) = given?;
            if text.is_empty() {
                continue;
            }
            some = true;
            let token = words.usual.token(text, visit, taken.by).or_else(|| {
                let text = str::from_utf8(text).ok()?;
                let token = tokens::slot(self.book.facts.get(fact), text, visit, &mut self.sets)?;
                Some(self.sets.moved(token, by))
            })?;
            (own[at] == open[at]).then(|| own[at] = token)?;
        }
        Some(some)
    }

    /// Takes one plain word for all options that have no answer yet.
    pub fn rest(&mut self, taken: &mut Taken, fact: FactId, text: &str) -> bool {
        let Some(visit) = taken.visit else { return false };
        let known = self.book.facts.get(fact);
        let Some(token) = tokens::slot(known, text, visit, &mut self.sets) else { return false };
        let words = &self.words[usize::from(fact.0)];
        let token = if words.dated { self.sets.moved(token, taken.by) } else { token };
        let slots = words.slots.clone();
        let open = &self.plans[taken.plan].open[slots.clone()];
        for (place, open) in taken.tokens[slots].iter_mut().zip(open) {
            if place == open {
                *place = token;
            }
        }
        true
    }

    /// Ends the answer to a fact, given on a day.
    #[inline]
    pub fn end(&mut self, taken: &mut Taken, fact: FactId, on: Option<Day>) -> bool {
        taken.facts[usize::from(fact.0)].1 = true;
        self.words[usize::from(fact.0)].lasts || self.age(taken, fact, on)
    }

    /// Finds how long an answer that ages counts, which was given on a day.
    fn age(&mut self, taken: &mut Taken, fact: FactId, on: Option<Day>) -> bool {
        let words = &self.words[usize::from(fact.0)];
        let own = &mut taken.tokens[words.slots.clone()];
        let last = match (&own[..], on) {
            ([token], Some(on)) if !is_open(*token) => {
                let limit = words.limits.iter().find(|(of, _)| of.is_none_or(|point| point == *token));
                Some(limit.map_or(Point::MAX - 1, |(_, limit)| on.shift(limit, false).point()))
            }
            _ => last_day(self.book.facts.get(fact), own, &self.sets, on),
        };
        let place = &mut taken.facts[usize::from(fact.0)];
        match last {
            Some(last) if taken.visit.is_some_and(|visit| last >= visit.point()) => {
                place.0 = moved(last, taken.by);
            }
            // Without a day it does not count at all.
            last => {
                place.0 = last.map_or(place.0, |last| moved(last, taken.by));
                own.copy_from_slice(&self.plans[taken.plan].open[words.slots.clone()]);
            }
        }
        true
    }
}

/// How the usual answers to a fact, or to its options, are taken.
pub(super) struct FactWords {
    slots: Range<usize>,
    /// Whether a word answers the whole fact, and no option.
    whole: bool,
    /// Whether its answers are days.
    dated: bool,
    /// Whether its answers never age.
    lasts: bool,
    /// How long its one answer counts: every one, or the answer at a point.
    limits: Vec<(Option<Point>, Duration)>,
    usual: Usual,
    known: Known,
}

/// What an answer is written as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One word.
    Word,
    /// The cell of a table.
    Cell,
    /// A list.
    List,
}

/// What came of reading an answer.
pub enum Read {
    /// It takes the long way.
    No,
    /// It leaves everything open.
    Open,
    /// All that it says is taken.
    Whole,
}

/// Answers to one fact that were read before, each at a place of its own. They mean the same on every day.
#[derive(Default)]
struct Known {
    places: Vec<Place>,
    /// For each place the tokens of all slots.
    tokens: Vec<Token>,
    width: usize,
}

/// The words of an answer, in as much room as memory gives at once.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    /// The first and the last eight bytes, or else four; of fewer, all of them twice.
    ends: [u64; 2],
    form: Form,
    length: u8,
    /// What stands between them.
    middle: [u8; LONGEST - 16],
}

/// Longer answers are read each time.
const LONGEST: usize = 62;
/// So many answers have a place.
const PLACES: usize = 512;

impl Known {
    /// For a fact whose answers mean the same on every day; for others nothing is kept.
    fn of(fact: &Fact) -> Known {
        let kind = fact.kind;
        let steady =
            matches!(kind, FactKind::YesNo | FactKind::Set | FactKind::Choice | FactKind::Number { .. });
        let width = usize::from(fact.slot_count);
        let empty = Place { ends: [0; 2], form: Form::Word, length: u8::MAX, middle: [0; LONGEST - 16] };
        let (places, tokens) = if steady { (PLACES, PLACES * width) } else { (0, 0) };
        Known { places: vec![empty; places], tokens: vec![0; tokens], width }
    }

    fn ends(text: &[u8]) -> [u64; 2] {
        if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
            return [u64::from_le_bytes(*first), u64::from_le_bytes(*last)];
        }
        match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => [*first, *last].map(|four| u32::from_le_bytes(four).into()),
            _ => [text.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)); 2],
        }
    }

    fn place(ends: [u64; 2], length: usize) -> usize {
        let mixed = ends[0] ^ ends[1].rotate_left(length as u32 % 64);
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % PLACES
    }

    /// What the answer leaves known in each slot, if it was read before.
    fn get(&self, form: Form, text: &[u8]) -> Option<&[Token]> {
        let ends = Known::ends(text);
        let at = Known::place(ends, text.len());
        let place = self.places.get(at)?;
        let same = usize::from(place.length) == text.len()
            && (place.ends, place.form) == (ends, form)
            && (text.len() <= 16 || place.middle.get(..text.len() - 16) == text.get(8..text.len() - 8));
        same.then(|| &self.tokens[at * self.width..][..self.width])
    }

    fn learn(&mut self, form: Form, text: &[u8], tokens: &[Token]) {
        let ends = Known::ends(text);
        let at = Known::place(ends, text.len());
        let (Some(place), true) = (self.places.get_mut(at), text.len() <= LONGEST) else { return };
        (place.ends, place.form, place.length) = (ends, form, text.len() as u8);
        if let (Some(room), Some(middle)) =
            (place.middle.get_mut(..text.len().saturating_sub(16)), text.get(8..text.len().saturating_sub(8)))
        {
            room.copy_from_slice(middle);
        }
        self.tokens[at * self.width..][..self.width].copy_from_slice(tokens);
    }
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
        let first = fact.first_slot.index();
        let mut limits: Vec<(Option<Point>, Duration)> = Vec::new();
        for (answers, limit) in &fact.good_for {
            match answers {
                Answers::All => limits.insert(0, (None, *limit)),
                Answers::At(point) => limits.push((Some(*point), *limit)),
                Answers::Nothing | Answers::Something => {}
            }
        }
        FactWords {
            slots: first..first + usize::from(fact.slot_count),
            whole: usual != Usual::Other && !fact.kind.slot_per_option(),
            dated: fact.kind.is_date(),
            lasts: fact.good_for.is_empty() || fact.kind == FactKind::Note,
            limits,
            usual,
            known: Known::of(fact),
        }
    }
}

impl Usual {
    /// The token of a usual answer, a day moved by so many days.
    #[inline]
    fn token(self, text: &[u8], visit: Day, by: Point) -> Option<Token> {
        match (self, text) {
            (Usual::YesNo, b"no") => Some(NO),
            (Usual::YesNo, b"yes") => Some(YES),
            (Usual::Date, b"never") => Some(NEVER),
            (Usual::Date | Usual::Birth, _) => {
                Day::read(text).filter(|day| *day <= visit).map(|day| day.point() + by)
            }
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
