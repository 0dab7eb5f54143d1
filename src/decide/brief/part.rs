//! Rules that share answers with each other and with no other rule, on one day: what they say in each case, solved
//! once.

use super::super::day::Rules;
use super::super::possible::Possible;
use super::super::questions::Asking;
use super::super::search::{Solution, Summary, solve};
use super::super::space::Space;
use super::grid::{Cells, Grid};
use super::memo::Memo;
use super::tokens::{Sets, Token};
use crate::book::Outcome;
use crate::book::condition::{FactId, SlotId};
use crate::value::{NEVER, ONGOING, Point, Points, Truth};

/// A part of more slots has too many cases to remember them.
const MOST_SLOTS: usize = 12;

/// So many days before the visit have a place each, and so many other points.
const NEAR_DAYS: usize = 512;
const NEAR_POINTS: usize = 16;

/// The state in which no rule holds or may hold, and nothing is open.
pub(super) const QUIET: u32 = 0;

/// So many lists of questions are kept.
const MOST_ASKS: usize = 256;

/// One part.
pub(super) struct Part<'b> {
    rules: Rules<'b>,
    /// The places of its rules on the page.
    pub(super) places: Vec<u16>,
    pub(super) slots: Vec<SlotId>,
    grid: Grid,
    outcomes: Vec<Outcome>,
    memo: Memo,
    /// For each row of the memo its state.
    rows: Vec<u32>,
    key: Vec<Token>,
    pub(super) states: Vec<State>,
    pub(super) glances: Vec<Glance>,
    /// For a part of one slot: what is known about each likely answer.
    near: Vec<Near>,
    days: bool,
    /// Whether time alone can change what it says.
    pub(super) drifts: bool,
    /// The token of every point the one slot can have.
    open: Token,
    asked: Memo,
    /// For each state and best outcome of the others the place in `asks`, and one more; 0 for none yet.
    asked_at: Vec<[u32; Outcome::ALL.len()]>,
    /// For each row what is worth asking; nothing if that depends on the very day.
    asks: Vec<Option<Vec<Ask>>>,
}

/// What is known about one answer, in as little room as can be: there are many, and memory is slow.
#[derive(Clone, Copy, Default)]
struct Near {
    /// 0 or one more than the state's number.
    state: u16,
    /// 0 if nobody asked, or [`NO_NEXT`], [`LOOK_NEXT`], or the days from the visit and [`LOOK_NEXT`] more.
    next: u16,
}

const NO_NEXT: u16 = 1;
const LOOK_NEXT: u16 = 2;
/// More states are not kept.
const MOST_STATES: usize = u16::MAX as usize - 1;

impl Near {
    fn next(self, visit: Point) -> Next {
        match self.next {
            0 => Next::Unasked,
            NO_NEXT => Next::Never,
            LOOK_NEXT => Next::Look,
            days => Next::On((visit + Point::from(days - LOOK_NEXT)) as i32),
        }
    }

    fn set_next(&mut self, next: Next, visit: Point) {
        self.next = match next {
            Next::Unasked => 0,
            Next::Never => NO_NEXT,
            Next::Look => LOOK_NEXT,
            Next::On(day) => u16::try_from(Point::from(day) - visit)
                .ok()
                .and_then(|days| days.checked_add(LOOK_NEXT))
                .unwrap_or(LOOK_NEXT),
        };
    }
}

/// When a part by itself says something else, by time alone.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Next {
    /// Nobody asked yet.
    #[default]
    Unasked,
    /// Never, or not before the page itself changes.
    Never,
    /// On this day.
    On(i32),
    /// It takes a look at the whole page.
    Look,
}

/// What is looked at for every client, in little room.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Glance {
    earliest: i32,
    latest: i32,
    /// The first rules that hold or may hold: twice the place on the page, and one more if they hold.
    pub(super) spoken: [u16; SPOKEN],
    possible: Possible,
    pub(super) count: u8,
    /// Whether an answer is open on which something depends.
    pub(super) open: bool,
    /// Whether there is more than stands here.
    pub(super) more: bool,
}

impl Glance {
    /// Whether another, where both are all there is, says the same about each rule.
    pub(super) fn says_what(&self, other: &Glance) -> bool {
        self.count == other.count && self.spoken == other.spoken
    }

    /// What the part makes possible.
    pub(super) fn total(&self) -> Summary {
        let point = |day: i32| match day {
            i32::MAX => ONGOING,
            i32::MIN => NEVER,
            day => Point::from(day),
        };
        let (earliest, latest) = (point(self.earliest), point(self.latest));
        Summary { possible: self.possible, earliest, latest }
    }
}

/// A point in less room; no day lies so far.
fn small(point: Point) -> i32 {
    i32::try_from(point).unwrap_or(if point > 0 { i32::MAX } else { i32::MIN })
}

/// So many rules stand in a glance.
const SPOKEN: usize = 3;

/// What a part says in one case.
pub(super) struct State {
    /// The rules that hold or may hold, by their place on the page.
    pub(super) truths: Vec<(u16, Truth)>,
    /// Those that hold and no day ends.
    pub(super) open_ended: Vec<u16>,
    total: Summary,
    /// What is left open, with all that is needed to ask about it.
    open: Option<Box<(Solution, Vec<Token>)>>,
}

/// What a part says about asking a fact.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Ask {
    pub(super) fact: FactId,
    pub(super) could_become: Possible,
    pub(super) moves: bool,
    pub(super) unknown: u32,
}

impl Ask {
    /// That something else than a rule waits for a fact.
    pub(super) fn about(fact: FactId) -> Ask {
        Ask { fact, could_become: Possible::default(), moves: false, unknown: 0 }
    }
}

impl State {
    fn glance(&self) -> Glance {
        let more = self.truths.len() > SPOKEN || !self.open_ended.is_empty();
        let mut spoken = [0; SPOKEN];
        for (place, (rule, truth)) in spoken.iter_mut().zip(&self.truths) {
            *place = 2 * rule + u16::from(*truth == Truth::Yes);
        }
        let count = self.truths.len().min(SPOKEN) as u8;
        let Summary { possible, earliest, latest } = self.total;
        let (earliest, latest) = (small(earliest), small(latest));
        Glance { earliest, latest, spoken, possible, count, open: self.open.is_some(), more }
    }
}

impl<'b> Part<'b> {
    pub(super) fn new(rules: Rules<'b>, places: Vec<u16>, open: &[Token]) -> Part<'b> {
        let mut slots: Vec<SlotId> = rules.rules.iter().flat_map(|rule| rule.slots.iter().copied()).collect();
        slots.sort_unstable();
        slots.dedup();
        let large = slots.len() > MOST_SLOTS;
        let cells =
            slots.iter().filter(|_| !large).map(|slot| (*slot, Cells::of(&rules, *slot, open[slot.index()])));
        let grid = Grid::of(cells.collect());
        let (memo, rows, key) = (Memo::new(slots.len()), Vec::new(), Vec::new());
        let outcomes = rules.outcomes();
        let (asked, asks) = (Memo::new(3), Vec::new());
        let (states, glances) = (Vec::new(), Vec::new());
        let days = slots.len() == 1 && rules.book.facts.fact_of(slots[0]).kind.is_date();
        let points = if days { NEAR_DAYS } else { NEAR_POINTS };
        let near = vec![Near::default(); if slots.len() == 1 { points + 3 } else { 0 }];
        let own = slots.first().map_or(0, |slot| open[slot.index()]);
        let mut part = Part {
            rules,
            places,
            slots,
            grid,
            outcomes,
            memo,
            rows,
            key,
            states,
            glances,
            near,
            days,
            drifts: false,
            open: own,
            asked,
            asked_at: Vec::new(),
            asks,
        };
        part.add_quiet();
        part
    }

    fn add_quiet(&mut self) {
        let visit = self.rules.visit.point();
        let total = Summary { possible: Possible::only(Outcome::Eligible), earliest: visit, latest: visit };
        let quiet = State { truths: Vec::new(), open_ended: Vec::new(), total, open: None };
        self.push(quiet.glance(), quiet);
    }

    fn push(&mut self, glance: Glance, state: State) {
        self.glances.push(glance);
        self.asked_at.push(Default::default());
        self.states.push(state);
    }

    /// Whether it has too many cases to remember them.
    pub(super) fn is_large(&self) -> bool {
        self.slots.len() > MOST_SLOTS
    }

    /// The number of the state for a client's answers. It counts until the next call with other answers if the
    /// part is large, else for good.
    pub(super) fn state(&mut self, tokens: &[Token], sets: &Sets) -> u32 {
        self.look(tokens, sets).0
    }

    /// The same, with the day on which the part says something else as far as it is remembered.
    pub(super) fn look(&mut self, tokens: &[Token], sets: &Sets) -> (u32, Next) {
        let Some(place) = self.near_place(tokens) else { return (self.found(tokens, sets), Next::Unasked) };
        let near = self.near[place];
        if near.state > 0 {
            return (u32::from(near.state) - 1, near.next(self.rules.visit.point()));
        }
        let state = self.found(tokens, sets);
        self.near[place] = Near { state: state as u16 + 1, next: 0 };
        (state, Next::Unasked)
    }

    fn found(&mut self, tokens: &[Token], sets: &Sets) -> u32 {
        if self.is_large() {
            // A few, since a day may be looked at for one client's next change.
            if self.states.len() > 8 {
                self.forget();
            }
            return self.add(tokens, sets);
        }
        if let Some(choice) = self.grid.choice(tokens) {
            if self.grid.numbers[choice] == 0 {
                self.grid.numbers[choice] = self.add(tokens, sets) + 1;
            }
            return self.grid.numbers[choice] - 1;
        }
        self.key.clear();
        self.grid.key(tokens, &mut self.key);
        if let Some(row) = self.memo.get(&self.key) {
            return self.rows[row as usize];
        }
        if self.memo.is_full() || self.states.len() >= MOST_STATES {
            self.forget();
        }
        let state = self.add(tokens, sets);
        self.memo.add(&self.key);
        self.rows.push(state);
        state
    }

    /// The place of the one answer of a part of one slot, if it is a likely one.
    fn near_place(&self, tokens: &[Token]) -> Option<usize> {
        let points = self.near.len().checked_sub(3)?;
        let token = tokens[self.slots[0].index()];
        let point = if self.days { self.rules.visit.point().wrapping_sub(token) } else { token };
        match point {
            0.. if point < points as Point => Some(point as usize),
            _ if token == self.open => Some(points),
            _ if token == NEVER => Some(points + 1),
            _ if token == ONGOING => Some(points + 2),
            _ => None,
        }
    }

    /// Remembers when the part says something else for these answers.
    pub(super) fn set_next(&mut self, tokens: &[Token], next: Next) {
        if let Some(place) = self.near_place(tokens) {
            let visit = self.rules.visit.point();
            self.near[place].set_next(next, visit);
        }
    }

    fn add(&mut self, tokens: &[Token], sets: &Sets) -> u32 {
        let state = self.solve(tokens, sets);
        let glance = state.glance();
        if glance == self.glances[QUIET as usize] {
            return QUIET;
        }
        self.push(glance, state);
        self.states.len() as u32 - 1
    }

    /// Whether two states of two days with the same rules say the same about each rule.
    pub(super) fn says_the_same(&self, state: u32, other: &Part<'_>, other_state: u32) -> bool {
        let (one, two) = (&self.glances[state as usize], &other.glances[other_state as usize]);
        if one.more || two.more {
            return self.states[state as usize].truths == other.states[other_state as usize].truths;
        }
        one.says_what(two)
    }

    /// Whether the states that it has keep their numbers when another is added.
    pub(super) fn has_room(&self) -> bool {
        !self.is_large() && !self.memo.is_full() && self.states.len() < MOST_STATES
    }

    fn forget(&mut self) {
        self.near.fill(Near::default());
        self.glances.clear();
        self.asked_at.clear();
        self.memo.clear();
        self.asked.clear();
        self.rows.clear();
        self.states.clear();
        self.asks.clear();
        self.grid.numbers.fill(0);
        self.add_quiet();
    }

    fn solve(&self, tokens: &[Token], sets: &Sets) -> State {
        let tokens: Vec<Token> = self.slots.iter().map(|slot| tokens[slot.index()]).collect();
        let space = self.space(&tokens, sets);
        let solution = solve(&self.rules, &space, &self.outcomes);
        let spoken = || self.places.iter().zip(&solution.truths).enumerate();
        let truths = spoken().filter(|(_, (_, truth))| **truth != Truth::No);
        let truths = truths.map(|(_, (place, truth))| (*place, *truth)).collect();
        let open_ended = spoken().filter(|(at, (_, truth))| {
            let latest = solution.untils[*at].map(|(_, latest)| latest);
            **truth == Truth::Yes && latest.is_some_and(|latest| latest >= ONGOING)
        });
        let open_ended = open_ended.filter(|(at, _)| self.rules.rules[*at].rule.ending.is_some());
        let open_ended = open_ended.map(|(_, (place, _))| *place).collect();
        let total =
            solution.groups.iter().filter_map(|group| group.summary).fold(solution.fixed, Summary::and);
        let open = !solution.groups.is_empty();
        State { truths, open_ended, total, open: open.then(|| Box::new((solution, tokens))) }
    }

    /// All completions, given the tokens of its slots. The others are left empty: no rule of the part reads them.
    fn space(&self, tokens: &[Token], sets: &Sets) -> Space {
        let mut space = Space { sets: vec![Points::EMPTY; self.rules.domains.len()], links: Vec::new() };
        for (slot, token) in self.slots.iter().zip(tokens) {
            space.sets[slot.index()] = sets.points(*token);
        }
        space
    }

    /// What is worth asking in a state, beside other parts whose best outcome and earliest day these are.
    pub(super) fn ask(&mut self, number: u32, best: Outcome, earliest: Point, sets: &Sets) -> &[Ask] {
        // A later day of the others leaves fewer waits to move: where the first and the last day of all agree, so
        // do those between.
        let (first, last) = (self.rules.visit.point(), ONGOING - 1);
        let known = self.asked_at[number as usize][best as usize];
        let mut at = match known {
            0 => self.asked(number, best, None, sets),
            known => known as usize - 1,
        };
        self.asked_at[number as usize][best as usize] = at as u32 + 1;
        if !(first..=last).contains(&earliest) || self.asks[at].is_none() {
            at = self.asked(number, best, Some(earliest), sets);
        }
        self.asks[at].as_deref().unwrap_or_default()
    }

    /// The place of what is worth asking with this day of the others; without one, if it is the same for all.
    fn asked(&mut self, number: u32, best: Outcome, earliest: Option<Point>, sets: &Sets) -> usize {
        let key = [Token::from(number), best as Token, earliest.unwrap_or(Point::MIN)];
        if let Some(at) = self.asked.get(&key) {
            return at as usize;
        }
        if self.asks.len() >= MOST_ASKS {
            self.asked.clear();
            self.asked_at.fill(Default::default());
            self.asks.clear();
        }
        let asks = match earliest {
            Some(earliest) => Some(self.questions(number, best, earliest, sets)),
            None => {
                let first = self.questions(number, best, self.rules.visit.point(), sets);
                let last = self.questions(number, best, ONGOING - 1, sets);
                (first == last).then_some(first)
            }
        };
        self.asks.push(asks);
        self.asked.add(&key) as usize
    }

    fn questions(&self, number: u32, best: Outcome, earliest: Point, sets: &Sets) -> Vec<Ask> {
        let Some(open) = &self.states[number as usize].open else { return Vec::new() };
        let (solution, tokens) = &**open;
        let space = &self.space(tokens, sets);
        let mut solution = solution.clone();
        let others = Summary { possible: Possible::only(best), earliest, latest: earliest };
        solution.fixed = solution.fixed.and(others);
        let facts = &self.rules.book.facts;
        let asking =
            Asking { rules: &self.rules, space, outcomes: &self.outcomes, solution: &solution, steps: &[] };
        let open = |slot: &SlotId| space.sets[slot.index()].single().is_none();
        let mut found: Vec<Ask> = Vec::new();
        for slot in self.slots.iter().filter(|slot| open(slot)) {
            let fact = facts.slots[slot.index()].fact;
            if found.iter().any(|ask| ask.fact == fact) {
                continue;
            }
            let own: Vec<SlotId> =
                facts.get(fact).slots().filter(|slot| self.slots.contains(slot) && open(slot)).collect();
            let (could_become, moves) = asking.outcome_and_wait(&own);
            let unknown = asking.unknown(&own) as u32;
            found.push(Ask { fact, could_become, moves, unknown });
        }
        found
    }
}
