//! Rules that are asked together: those that read the same answers, or that open answers join. What they say in each
//! case of answers is solved once and remembered, with the days from and to which it stays so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use smallvec::SmallVec;

use super::super::cuts::{Cuts, parts};
use super::super::day::{Rules, Version};
use super::super::prop::Prop;
use super::super::questions::{Asking, Matters};
use super::super::search::{Budget, MOST_LOOKS, Search, solve};
use super::super::space::Space;
use super::crossings::{Crossings, Pair};
use super::days::{self, Receding};
use super::memo::Memo;
use super::sets::{Beside, Sets, Token, is_open, small};
use super::state::{State, Stretch};
use crate::book::condition::{Condition, ConditionKind, FactId, NumberTerm, SlotId};
use crate::book::fact::FactKind;
use crate::book::{Outcome, Rule};
use crate::value::{Day, NEVER, ONGOING, Point};

/// So many days around the first visit have a place each, and so many other points.
const NEAR_DAYS: usize = 1 << 13;
const NEAR_POINTS: usize = 64;
/// More states are not kept.
const MOST_STATES: usize = 1 << 16;
/// In place of a case: of these answers nothing is said on any day.
const QUIET: u32 = u32::MAX;
/// A little more than ten years.
const TEN_YEARS: Point = 3_655;
/// For open answers days are named so far ahead, so that clients who come some months later find them.
const NAMED_AHEAD: Point = TEN_YEARS + 400;
/// Rules are looked through only where so many cells may be.
const FEW_CELLS: f64 = 256.0;

/// Rules asked together.
pub(super) struct Part<'b> {
    pub(super) version: Version<'b>,
    /// The places of the rules on the page, ascending.
    pub(super) places: Vec<u16>,
    /// The slots that they read, ascending.
    pub(super) slots: Vec<SlotId>,
    /// Whether time alone can change what they say.
    timed: bool,
    /// Whether one of them defers for a time.
    pub(super) waits: bool,
    /// Up to when some deferral of the page may begin.
    receding: Receding,
    /// Whether open answers are split; not looked into yet without a value.
    pub(super) splits: Option<bool>,
    /// For each slot the points at which something can change, if only they matter and not the very answer.
    cells: Vec<Option<Vec<Point>>>,
    fixed: Cuts,
    crossings: Arc<Mutex<Crossings<'b>>>,
    /// The comparisons of an answer that may change places; not looked into yet without a value.
    pairs: Option<Vec<(SlotId, Pair)>>,
    /// The comparisons of several answers; not looked for yet without a value.
    compared: Option<Vec<Compared>>,
    days: BTreeMap<Day, Rules<'b>>,
    most_days: usize,
    memo: Memo,
    cases: Vec<Case>,
    near: Near,
    pub(super) states: Vec<State>,
    /// For each state what is worth asking, once somebody asked.
    asks: Vec<Option<Vec<Ask>>>,
    /// For some states the rules that together make the outcome certain.
    pub(super) certain: BTreeMap<u32, Vec<u16>>,
}

/// A comparison of several answers, or of what a script makes of them.
#[derive(Clone)]
pub(super) struct Compared {
    pub(super) slots: Vec<SlotId>,
    /// The two, where two numbers are compared as they are.
    pub(super) numbers: Option<(SlotId, SlotId)>,
}

/// A case of answers.
#[derive(Default)]
struct Case {
    /// What is said, and when.
    stretches: SmallVec<[Stretch; 2]>,
    /// The days on which something else may be said, of all between two days.
    named: Vec<Point>,
    named_from: Point,
    named_to: Point,
}

/// What is worth asking about a fact, as far as the part goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    pub(super) fact: FactId,
    pub(super) matters: Matters,
    pub(super) unknown: u32,
}

/// Likely answers to the one slot of a part, each with a place.
struct Near {
    /// One more than the case, or [`QUIET`].
    cases: Vec<u32>,
    first: Point,
    dated: bool,
}

impl Near {
    #[inline]
    fn place(&mut self, token: Token) -> Option<usize> {
        if self.dated && self.cases.is_empty() {
            // `never` and `ongoing` say nothing about when visits are.
            if token <= NEVER || token >= ONGOING {
                return None;
            }
            self.cases = vec![0; NEAR_DAYS + 2];
            self.first = token - NEAR_DAYS as Point / 2;
        }
        let days = self.cases.len().checked_sub(2)?;
        let place = token.wrapping_sub(self.first);
        match place {
            0.. if place < days as Point => Some(place as usize),
            _ if token == NEVER => Some(days),
            _ if token == ONGOING => Some(days + 1),
            _ => None,
        }
    }
}

impl<'b> Part<'b> {
    /// Of the rules at these places, ascending.
    pub(super) fn new(
        version: Version<'b>,
        places: Vec<u16>,
        slots: Vec<SlotId>,
        (most_days, receding, crossings): (usize, Receding, Arc<Mutex<Crossings<'b>>>),
    ) -> Part<'b> {
        let rules: Vec<&'b Rule> =
            places.iter().map(|place| &version.treatment.rules[usize::from(*place)]).collect();
        let timed = rules.iter().any(|rule| days::is_timed(rule, &version));
        let waits = rules.iter().any(|rule| rule.outcome == Outcome::Deferred);
        let facts = &version.book.facts;
        let dated = |slot: &SlotId| facts.fact_of(*slot).kind.is_date();
        let fixed = if timed { days::fixed_cuts(&rules, &version) } else { Cuts::default() };
        let kind = slots.first().map(|slot| facts.fact_of(*slot).kind);
        let dated = slots.first().is_some_and(dated);
        let (one, few) =
            (slots.len() == 1, matches!(kind, Some(FactKind::YesNo | FactKind::Set | FactKind::Choice)));
        let cases = if one && few { vec![0; NEAR_POINTS + 2] } else { Vec::new() };
        let near = Near { cases, first: 0, dated: one && dated };
        let mut part = Part {
            version,
            places,
            cells: vec![None; slots.len()],
            memo: Memo::new(slots.len() + 1),
            slots,
            timed,
            waits,
            receding,
            splits: None,
            fixed,
            crossings,
            pairs: None,
            compared: None,
            days: BTreeMap::new(),
            most_days,
            cases: Vec::new(),
            near,
            states: Vec::new(),
            asks: Vec::new(),
            certain: BTreeMap::new(),
        };
        part.find_cells();
        part
    }

    /// Where only the cell of a number matters, its cells.
    fn find_cells(&mut self) {
        let facts = &self.version.book.facts;
        let number = |slot: &SlotId| matches!(facts.fact_of(*slot).kind, FactKind::Number { .. });
        if self.timed || !self.slots.iter().any(number) {
            return;
        }
        let rules = self.on(Day::from_point(0));
        let mut free: Vec<SlotId> = Vec::new();
        rules.rules.iter().for_each(|rule| {
            rule.prop.walk(&mut |part| {
                if let Prop::Free(one) = part {
                    free.extend(&one.slots);
                }
            });
        });
        let cuts = rules.cuts.clone();
        let slots = self.slots.iter();
        let cells = |slot: &SlotId| (number(slot) && !free.contains(slot)).then(|| cuts.at(*slot).to_vec());
        self.cells = slots.map(cells).collect();
    }

    fn rules(&self) -> Vec<&'b Rule> {
        self.places.iter().map(|place| &self.version.treatment.rules[usize::from(*place)]).collect()
    }

    /// The comparisons of several answers.
    pub(super) fn compared(&mut self) -> &[Compared] {
        let (facts, rules) = (&self.version.book.facts, &self.version.treatment.rules);
        let conditions = self.places.iter().map(|place| &rules[usize::from(*place)].condition);
        self.compared.get_or_insert_with(|| {
            let mut all = Vec::new();
            let mut add = |part: &Condition| {
                let numbers = match &part.kind {
                    ConditionKind::Not(_) | ConditionKind::And(_) | ConditionKind::Or(_) => return,
                    ConditionKind::Is(..) | ConditionKind::AnyOption(_) => return,
                    ConditionKind::Numbers(NumberTerm::Slot(a), _, NumberTerm::Slot(b)) => Some((*a, *b)),
                    ConditionKind::Numbers(..) | ConditionKind::Dates(..) | ConditionKind::Call(_) => None,
                };
                let slots = part.slots(&|fact| facts.slots_of(fact));
                if slots.len() > 1 || part.is_scripted() {
                    all.push(Compared { slots, numbers });
                }
            };
            conditions.for_each(|condition| condition.walk(&mut add));
            all
        })
    }

    /// The rules as they stand on a day.
    pub(super) fn on(&mut self, day: Day) -> &Rules<'b> {
        // What no time changes is the same on all days.
        let day = if self.timed { day } else { Day::from_point(0) };
        if self.days.len() >= self.most_days && !self.days.contains_key(&day) {
            self.days.clear();
        }
        let Part { version, places, splits, .. } = self;
        self.days.entry(day).or_insert_with(|| {
            let mut rules = Rules::some(version, places.iter().copied(), day);
            rules.splits = splits.unwrap_or(true);
            rules
        })
    }

    /// Whether all that is remembered should be forgotten before the next client.
    pub(super) fn is_full(&self) -> bool {
        self.memo.is_full() || self.states.len() >= MOST_STATES
    }

    /// Forgets what was remembered.
    pub(super) fn forget(&mut self) {
        self.memo.clear();
        self.cases.clear();
        self.near.cases.fill(0);
        self.states.clear();
        self.asks.clear();
        self.certain.clear();
        self.days.clear();
    }

    /// What is said about these answers on a day, with the number of their case; `None` if that is nothing on any day.
    #[inline]
    pub(super) fn hear(
        &mut self,
        tokens: &[Token],
        beside: Beside,
        day: Day,
        sets: &Sets,
    ) -> Option<(u32, Stretch)> {
        let near = self.near_place(tokens, beside);
        let case = match near.map_or(0, |place| self.near.cases[place]) {
            0 => self.look_up(tokens, beside, near),
            QUIET => return None,
            known => known - 1,
        };
        let stretch = self.at(case, day, sets);
        let never = stretch.from == i32::MIN && stretch.is_quiet();
        if let Some(place) = near.filter(|_| never) {
            self.near.cases[place] = QUIET;
        }
        (!never).then_some((case, stretch))
    }

    /// The number of the case of these answers.
    pub(super) fn case(&mut self, tokens: &[Token], beside: Beside) -> u32 {
        let near = self.near_place(tokens, beside);
        match near.map_or(0, |place| self.near.cases[place]) {
            0 | QUIET => self.look_up(tokens, beside, near),
            known => known - 1,
        }
    }

    #[inline]
    fn near_place(&mut self, tokens: &[Token], beside: Beside) -> Option<usize> {
        match (&self.slots[..], beside) {
            ([slot], 0) => self.near.place(tokens[slot.index()]),
            _ => None,
        }
    }

    /// The number of the case, of which nothing or too little stands at its place among the likely ones.
    fn look_up(&mut self, tokens: &[Token], beside: Beside, near: Option<usize>) -> u32 {
        let each = self.slots.iter().zip(&self.cells).map(|(slot, cells)| {
            let token = tokens[slot.index()];
            let cell = |cuts: &Vec<Point>| match cuts.partition_point(|cut| *cut <= token) {
                0 => Point::MIN / 2,
                at => cuts[at - 1],
            };
            match cells {
                Some(cuts) if !is_open(token) => cell(cuts),
                _ => token,
            }
        });
        let case = self.memo.get(each.chain([beside])).unwrap_or_else(|| {
            self.cases.push(Case { named_from: 1, named_to: 0, ..Case::default() });
            self.memo.add()
        });
        if let Some(place) = near.filter(|place| self.near.cases[*place] != QUIET) {
            self.near.cases[place] = case + 1;
        }
        case
    }

    /// What is said in a case on a day.
    #[inline]
    pub(super) fn at(&mut self, case: u32, day: Day, sets: &Sets) -> Stretch {
        self.stretch(case, day, sets, true)
    }

    /// The same on a day after the visit, on which few come themselves: that it is alike for long is enough.
    pub(super) fn later(&mut self, case: u32, day: Day, sets: &Sets) -> Stretch {
        self.stretch(case, day, sets, false)
    }

    /// `wholly` if also how long the very same is said.
    #[inline]
    fn stretch(&mut self, case: u32, day: Day, sets: &Sets, wholly: bool) -> Stretch {
        let point = small(day.point());
        let stretches = &self.cases[case as usize].stretches;
        match stretches.iter().find(|stretch| stretch.has(point)) {
            Some(stretch) => *stretch,
            None => self.find(case, day, sets, wholly),
        }
    }

    fn find(&mut self, case: u32, day: Day, sets: &Sets, wholly: bool) -> Stretch {
        if self.splits.is_none() {
            self.splits = Some(self.may_split());
            self.days.clear();
        }
        let space = self.space(case, sets);
        let state = self.solved(case, day, &space, sets);
        let (from, mut to) = match self.timed {
            false => (i32::MIN, i32::MAX),
            true => self.around(case, day, &space, sets),
        };
        let mut alike_to = to;
        let open = self.slots.iter().any(|slot| space.sets[slot.index()].single().is_none());
        let receding = self.receding;
        if self.timed && open && self.waits {
            let mut solved: BTreeMap<Point, State> = BTreeMap::new();
            let mut is_so = |point: Point, is_so: fn(&State, &State) -> bool| {
                let then = || self.solved(case, Day::from_point(point), &space, sets);
                is_so(&state, solved.entry(point).or_insert_with(then))
            };
            // Where a deferral may begin, no day that a part names by itself is told.
            let (is_alike, end): (fn(&State, &State) -> bool, i32) = match receding.after(day) {
                true => (State::is_free_alike, to.min(receding.end())),
                false => (State::is_like, to),
            };
            alike_to = while_so(day.point(), end, &mut |point| is_so(point, is_alike));
            to = match wholly {
                true => while_so(day.point(), alike_to, &mut |point| is_so(point, State::eq)),
                false => small(day.point() + 1),
            };
        }
        let glance = state.glance;
        let stretch = Stretch { from, to, alike_to, state: self.states.len() as u32, glance };
        self.states.push(state);
        self.cases[case as usize].stretches.push(stretch);
        stretch
    }

    fn solved(&mut self, case: u32, day: Day, space: &Space, sets: &Sets) -> State {
        let (rules, outcomes) = self.quieted(case, day, sets);
        State::of(rules, &solve(rules, space, &outcomes), space)
    }

    /// The rules that clinicians have quieted.
    pub(super) fn quiet<'s>(&self, case: u32, sets: &'s Sets) -> &'s [u16] {
        sets.of_beside(self.memo.row(case)[self.slots.len()]).1
    }

    /// The rules of a day, and what each decides where clinicians have quieted some.
    fn quieted(&mut self, case: u32, day: Day, sets: &Sets) -> (&Rules<'b>, Vec<Outcome>) {
        let quiet = self.quiet(case, sets);
        let rules = self.on(day);
        let outcome = |place: u16, own| if quiet.contains(&place) { Outcome::Eligible } else { own };
        let outcomes = rules.rules.iter().map(|rule| outcome(rule.place, rule.rule.outcome)).collect();
        (rules, outcomes)
    }

    /// All completions in a case. Slots of other parts are left empty: no rule of this one reads them.
    pub(super) fn space(&self, case: u32, sets: &Sets) -> Space {
        let row = self.memo.row(case);
        let links = sets.of_beside(row[self.slots.len()]).0;
        let answers = self.slots.iter().copied().zip(row.iter().copied());
        sets.space(answers, links, self.version.book.facts.slots.len())
    }

    /// The first day from which, and the first after this one up to which, nothing can change.
    fn around(&mut self, case: u32, day: Day, space: &Space, sets: &Sets) -> (i32, i32) {
        let point = day.point();
        let known = self.slots.iter().all(|slot| space.sets[slot.index()].single().is_some());
        let own = &self.cases[case as usize];
        if point < own.named_from || point >= own.named_to {
            let (days, from, to) = match known {
                true => (self.named_for_known(space), Point::MIN, Point::MAX),
                false => (self.named_for_open(case, day, space, sets), point, point + NAMED_AHEAD),
            };
            let own = &mut self.cases[case as usize];
            (own.named, own.named_from, own.named_to) = (days, from, to);
        }
        let own = &self.cases[case as usize];
        let next = own.named.partition_point(|named| *named <= point);
        let from = match next.checked_sub(1) {
            Some(last) => own.named[last].max(own.named_from),
            None => own.named_from,
        };
        // Of open answers nothing is known about the days before.
        let from = if known { from } else { from.max(point) };
        let to = own.named.get(next).copied().unwrap_or(own.named_to);
        (small(from), small(to))
    }

    fn named_for_known(&self, space: &Space) -> Vec<Point> {
        let value = |slot: SlotId| space.sets[slot.index()].single().unwrap_or(NEVER);
        days::for_known(&self.rules(), &self.version, &value)
    }

    fn named_for_open(&mut self, case: u32, day: Day, space: &Space, sets: &Sets) -> Vec<Point> {
        let row = self.memo.row(case);
        let links: Vec<_> =
            sets.of_beside(row[self.slots.len()]).0.iter().map(|n| sets.link_of(*n)).collect();
        let ends = |slot: SlotId| {
            let fixed = self.fixed.at(slot);
            let mut points = days::ends(&space.sets[slot.index()], fixed);
            for link in &links {
                if let Some(at) = link.slots.iter().position(|own| *own == slot) {
                    points.extend(link.boxes.iter().flat_map(|one| days::ends(&one[at], fixed)));
                }
            }
            points.sort_unstable();
            points.dedup();
            points
        };
        let end = Day::from_point(day.point() + NAMED_AHEAD);
        let rules = self.rules();
        let mut named = days::for_open(&rules, &self.version, &ends, (day, end));
        let mut crossings = self.crossings.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs = self.pairs.get_or_insert_with(|| crossings.pairs(&rules));
        named.extend(crossings.days(pairs, &space.sets, (day, end)));
        named.sort_unstable();
        named.dedup();
        named
    }

    /// Whether splitting stays within bounds with nothing known, so that it depends on the rules alone and never on a
    /// record.
    pub(super) fn may_split(&mut self) -> bool {
        if let Some(splits) = self.splits {
            return splits;
        }
        let day = days::typical(&self.rules(), &self.version);
        let rules = Rules::some(&self.version, self.places.iter().copied(), day);
        let cells: f64 = self.slots.iter().map(|slot| rules.cuts.at(*slot).len() as f64 + 1.0).product();
        if cells <= FEW_CELLS {
            return true;
        }
        let all: Vec<usize> = (0..rules.rules.len()).collect();
        let mut unknown = rules.unknown();
        let mut budget = Budget::new();
        let search = Search {
            facts: &rules.book.facts,
            props: &rules.posed(&all),
            whole: &rules.by_parts(&all),
            order: &self.slots,
            cuts: &rules.cuts,
        };
        if search.least_leaves(&unknown) > f64::from(MOST_LOOKS) {
            return false;
        }
        search.run(&mut unknown, &mut budget, &mut |_, _, _| {});
        budget.is_left()
    }

    /// Says that open answers are split, or that they are not.
    pub(super) fn set_splits(&mut self, splits: bool) {
        self.splits = Some(splits);
    }

    /// In how many cells the open answers can lie.
    pub(super) fn cells_crossed(&mut self, tokens: &[Token], day: Day, sets: &Sets) -> f64 {
        let slots = self.slots.clone();
        let rules = self.on(day);
        let open = slots.iter().filter(|slot| is_open(tokens[slot.index()]));
        let cells = open.map(|slot| {
            let set = sets.points(tokens[slot.index()]);
            parts(&set, rules.cuts.at(*slot), false).len() as f64
        });
        cells.product()
    }

    /// What is worth asking in a case on a day, in which this is said.
    pub(super) fn asks(&mut self, (case, state, day): (u32, u32, Day), sets: &Sets) -> &[Ask] {
        let state = state as usize;
        if self.asks.len() < self.states.len() {
            self.asks.resize(self.states.len(), None);
        }
        if self.asks[state].is_none() {
            self.asks[state] = Some(self.questions(case, day, sets));
        }
        self.asks[state].as_deref().unwrap_or_default()
    }

    fn questions(&mut self, case: u32, day: Day, sets: &Sets) -> Vec<Ask> {
        let space = self.space(case, sets);
        let slots = self.slots.clone();
        let (rules, outcomes) = self.quieted(case, day, sets);
        let solution = solve(rules, &space, &outcomes);
        let facts = &rules.book.facts;
        let asking = Asking { rules, space: &space, outcomes: &outcomes, solution: &solution };
        let open = |slot: &SlotId| space.sets[slot.index()].single().is_none();
        let mut found: Vec<Ask> = Vec::new();
        for slot in slots.iter().filter(|slot| open(slot)) {
            let fact = facts.slots[slot.index()].fact;
            if found.iter().any(|ask| ask.fact == fact) {
                continue;
            }
            let own = facts.get(fact).slots().filter(|slot| slots.contains(slot) && open(slot));
            let own: Vec<SlotId> = own.collect();
            let unknown = asking.unknown(&own) as u32;
            found.push(Ask { fact, matters: asking.outcome_and_wait(&own), unknown });
        }
        found
    }
}

/// The first day behind `from`, `to` at the latest, on which something is so no more. What open answers move from day
/// to day they move onward only, so that it does not come back in between.
fn while_so(from: Point, to: i32, is_so: &mut dyn FnMut(Point) -> bool) -> i32 {
    let last = Point::from(to).min(from + TEN_YEARS) - 1;
    if last <= from || is_so(last) {
        return small(last + 1);
    }
    if !is_so(from + 1) {
        return small(from + 1);
    }
    let (mut low, mut high) = (from + 1, last);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match is_so(middle) {
            true => low = middle,
            false => high = middle,
        }
    }
    small(high)
}
