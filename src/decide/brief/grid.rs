//! The cells of a few slots: between two neighbouring points at which something can change, it makes no difference
//! which point an answer is.

use super::super::day::Rules;
use super::super::prop::Prop;
use super::tokens::{Token, is_open};
use crate::book::condition::SlotId;
use crate::value::{Point, Points, Truth};

/// So many choices of cells have a place each.
const MOST_CHOICES: usize = 1 << 11;

/// The cells of one slot.
pub(super) struct Cells {
    /// Where the next cell starts.
    cuts: Vec<Point>,
    /// For each cell its first point, or nothing if the very point counts.
    first: Vec<Option<Point>>,
    /// The token of every point the slot can have.
    open: Token,
}

/// The cells of a few slots, and a number for each choice of them.
pub(super) struct Grid {
    slots: Vec<(SlotId, Cells)>,
    /// For each choice of cells, or nothing known, in each slot; 0 for none yet. Empty if there are too many.
    pub(super) numbers: Vec<u32>,
}

impl Cells {
    /// Of a slot that the rules read. The very point counts where a wait may count from it.
    pub(super) fn of(rules: &Rules<'_>, slot: SlotId, open: Token) -> Cells {
        let cuts = rules.cuts[slot.index()].clone();
        let mut sets: Vec<Points> = rules.domains.to_vec();
        let first = starts(&cuts).zip(ends(&cuts)).map(|(low, high)| {
            sets[slot.index()] = Points::range(low, high);
            let waits = rules.rules.iter().any(|rule| {
                let reads = rule.waits_for_an_answer() && rule.slots.contains(&slot);
                reads && rule.prop.truth(&sets, &rules.context()) != Truth::No
            });
            (!waits).then_some(low)
        });
        Cells { first: first.collect(), cuts, open }
    }

    /// Of a slot that one condition reads.
    pub(super) fn of_prop(rules: &Rules<'_>, prop: &Prop, slot: SlotId, open: Token) -> Cells {
        let cuts = rules.cuts_of(std::iter::once(prop)).swap_remove(slot.index());
        Cells { first: starts(&cuts).map(Some).collect(), cuts, open }
    }

    fn cell(&self, point: Point) -> usize {
        match self.cuts.len() {
            0..=8 => self.cuts.iter().filter(|cut| **cut <= point).count(),
            _ => self.cuts.partition_point(|cut| *cut <= point),
        }
    }

    fn choice(&self, token: Token) -> Option<usize> {
        if is_open(token) {
            return (token == self.open).then_some(self.first.len());
        }
        let cell = self.cell(token);
        self.first[cell].map(|_| cell)
    }
}

fn starts(cuts: &[Point]) -> impl Iterator<Item = Point> {
    std::iter::once(Point::MIN / 2).chain(cuts.iter().copied())
}

fn ends(cuts: &[Point]) -> impl Iterator<Item = Point> {
    cuts.iter().map(|cut| cut - 1).chain(std::iter::once(Point::MAX / 2))
}

impl Grid {
    pub(super) fn of(slots: Vec<(SlotId, Cells)>) -> Grid {
        let choices = slots.iter().map(|(_, cells)| cells.first.len() + 1).try_fold(1, usize::checked_mul);
        let numbers = vec![0; choices.filter(|choices| *choices <= MOST_CHOICES).unwrap_or_default()];
        Grid { slots, numbers }
    }

    /// The place of the client's cells among all choices of them; `None` if a very point counts.
    pub(super) fn choice(&self, tokens: &[Token]) -> Option<usize> {
        if self.numbers.is_empty() {
            return None;
        }
        let mut choice = 0;
        for (slot, cells) in &self.slots {
            choice = choice * (cells.first.len() + 1) + cells.choice(tokens[slot.index()])?;
        }
        Some(choice)
    }

    /// The client's cells, each by its first point.
    pub(super) fn key(&self, tokens: &[Token], key: &mut Vec<Token>) {
        for (slot, cells) in &self.slots {
            let token = tokens[slot.index()];
            let first = || cells.first[cells.cell(token)].unwrap_or(token);
            key.push(if is_open(token) { token } else { first() });
        }
    }
}
