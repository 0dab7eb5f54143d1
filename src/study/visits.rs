//! The clients of the cases by the day of their visit, as columns: filled once, and then asked any conditions.

use super::case::Row;
use super::run::Panel;
use crate::decide::cells::Asked;
use crate::decide::{Answers, Block, Conditions, Space};
use crate::value::Day;

/// So many clients stand in a block.
pub(super) const LANES: usize = 64;

/// The clients who come on one day.
pub(super) struct Visits {
    pub(super) day: Day,
    pub(super) clients: Vec<Visitor>,
    /// There is always one.
    blocks: Vec<Block>,
}

/// A client of a case.
pub(super) struct Visitor {
    /// The place among the rows.
    pub(super) row: usize,
    pub(super) answers: Answers,
    pub(super) space: Space,
}

/// The clients of the rows that ask for a decision and have answers that can be read. The day of the last row
/// comes last.
pub(super) fn visits<'r>(rows: impl Iterator<Item = &'r Row>, panel: &mut Panel<'_>) -> Vec<Visits> {
    let mut days: Vec<Visits> = Vec::new();
    for (row, asks) in rows.enumerate() {
        let Some(visit) = asks.question.decided() else { continue };
        let Ok(answers) = panel.answers(visit) else { continue };
        let rules = panel.on(visit.day);
        let mut own = match days.iter().position(|one| one.day == visit.day) {
            Some(at) => days.remove(at),
            None => Visits { day: visit.day, clients: Vec::new(), blocks: vec![Block::on(rules)] },
        };
        let space = answers.space(&rules.book.facts);
        let (block, lane) = (own.clients.len() / LANES, own.clients.len() % LANES);
        if block == own.blocks.len() {
            own.blocks.push(Block::on(rules));
        }
        own.blocks[block].put(lane, &space);
        own.clients.push(Visitor { row, answers, space });
        days.push(own);
    }
    days
}

impl Visits {
    /// Conditions to be asked about these clients.
    pub(super) fn conditions(&self, asked: &[Asked<'_>]) -> Conditions {
        Conditions::about(&self.blocks[0], asked)
    }

    /// The blocks, each with the place of its first client.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (usize, &Block)> {
        (0..).step_by(LANES).zip(&self.blocks)
    }
}

/// The places in a block that are set in a word.
pub(super) fn lanes(word: u64) -> impl Iterator<Item = usize> {
    (0..LANES).filter(move |lane| word >> lane & 1 == 1)
}
