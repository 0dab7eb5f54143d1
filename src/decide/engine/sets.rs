//! Answers as single numbers: a known point is itself, and every set of points has a number of its own. So has
//! whatever else bears on a part: what links its answers, and which of its rules clinicians have quieted.

use std::collections::BTreeMap;

use super::super::answers::{Alternative, Boxes};
use super::super::space::{Link, Space};
use super::super::values::spread;
use crate::book::condition::{FactId, SlotId};
use crate::book::fact::Facts;
use crate::value::{Point, Points};

/// A point, or a set of points.
pub(super) type Token = i64;

/// Tokens from here on are sets.
const FIRST_SET: Token = i64::MIN;
/// More sets are not kept.
const MOST_SETS: usize = 1 << 16;

/// What bears on a part beside its answers; 0 is nothing.
pub(super) type Beside = Token;

type Range = (Point, Point);

/// Of every alternative of a fact the ranges of each of its slots.
type Variants = Vec<Vec<Vec<Range>>>;

/// The sets behind tokens.
#[derive(Default)]
pub(super) struct Sets {
    sets: Vec<Points>,
    tokens: BTreeMap<Vec<Range>, Token>,
    links: Vec<Link>,
    linked: BTreeMap<(FactId, Variants), u32>,
    /// Links and quieted rules, by their number.
    besides: Vec<(Vec<u32>, Vec<u16>)>,
    numbers: BTreeMap<(Vec<u32>, Vec<u16>), Beside>,
}

impl Sets {
    /// The token of a set.
    pub(super) fn token(&mut self, points: &Points) -> Token {
        if let Some(point) = points.single() {
            return point;
        }
        if let Some(token) = self.tokens.get(points.ranges()) {
            return *token;
        }
        let token = FIRST_SET + self.sets.len() as Token;
        self.tokens.insert(points.ranges().to_vec(), token);
        self.sets.push(points.clone());
        token
    }

    /// The token of a set that may be the same as the last one at its place.
    #[inline]
    pub(super) fn again(&mut self, points: &Points, last: &mut (Points, Token)) -> Token {
        if let [(low, high)] = points.ranges()
            && low == high
        {
            return *low;
        }
        self.set_again(points, last)
    }

    fn set_again(&mut self, points: &Points, last: &mut (Points, Token)) -> Token {
        if last.0 != *points {
            *last = (points.clone(), self.token(points));
        }
        last.1
    }

    /// The points of a token.
    pub(super) fn points(&self, token: Token) -> Points {
        let set = usize::try_from(token.wrapping_sub(FIRST_SET)).ok().and_then(|at| self.sets.get(at));
        set.cloned().unwrap_or_else(|| Points::one(token))
    }

    /// The number of a fact of which the client is as one of several alternatives says.
    pub(super) fn link(&mut self, fact: FactId, boxes: &Boxes, facts: &Facts) -> u32 {
        let ranges = |one: &Alternative| one.iter().map(|points| points.ranges().to_vec()).collect();
        let key = (fact, boxes.iter().map(ranges).collect());
        if let Some(number) = self.linked.get(&key) {
            return *number;
        }
        let slots: Vec<SlotId> = facts.slots_of(fact);
        self.links.push(Link { slots, boxes: boxes.clone() });
        let number = self.links.len() as u32 - 1;
        self.linked.insert(key, number);
        number
    }

    /// The link with this number.
    pub(super) fn link_of(&self, number: u32) -> &Link {
        &self.links[number as usize]
    }

    /// The number of links and quieted rules.
    pub(super) fn beside(&mut self, links: Vec<u32>, quiet: Vec<u16>) -> Beside {
        if links.is_empty() && quiet.is_empty() {
            return 0;
        }
        let key = (links, quiet);
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        self.besides.push(key.clone());
        let number = self.besides.len() as Beside;
        self.numbers.insert(key, number);
        number
    }

    /// The links and quieted rules of a number.
    pub(super) fn of_beside(&self, beside: Beside) -> (&[u32], &[u16]) {
        let found = usize::try_from(beside - 1).ok().and_then(|at| self.besides.get(at));
        found.map_or((&[], &[]), |(links, quiet)| (links, quiet))
    }

    /// All completions of these answers; what else is read of a link comes with it. Other slots, of which there are
    /// so many in all, are left empty.
    pub(super) fn space(
        &self,
        answers: impl Iterator<Item = (SlotId, Token)>,
        links: &[u32],
        slots: usize,
    ) -> Space {
        let mut space = Space { sets: vec![Points::EMPTY; slots], links: Vec::new() };
        for link in links.iter().map(|number| self.link_of(*number)) {
            for (at, slot) in link.slots.iter().enumerate() {
                space.sets[slot.index()] = spread(&link.boxes, at);
            }
            space.links.push(link.clone());
        }
        answers.for_each(|(slot, token)| space.sets[slot.index()] = self.points(token));
        space
    }

    /// Whether it is time to start afresh.
    pub(super) fn is_full(&self) -> bool {
        self.sets.len().max(self.links.len()).max(self.besides.len()) >= MOST_SETS
    }
}

/// Whether a token is a set and no point.
pub(super) fn is_open(token: Token) -> bool {
    token < FIRST_SET + MOST_SETS as Token * 2
}

/// A point in less room; no day lies so far.
pub(super) fn small(point: Point) -> i32 {
    i32::try_from(point).unwrap_or(if point > 0 { i32::MAX } else { i32::MIN })
}
