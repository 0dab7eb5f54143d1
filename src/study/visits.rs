//! The clients of the cases by the day of their visit: read once, and then asked any conditions.

use super::case::Row;
use super::run::Panel;
use crate::decide::{Answers, Space};
use crate::value::Day;

/// The clients who come on one day.
pub(super) struct Visits {
    pub(super) day: Day,
    pub(super) clients: Vec<Visitor>,
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
        let mut own = match days.iter().position(|one| one.day == visit.day) {
            Some(at) => days.remove(at),
            None => Visits { day: visit.day, clients: Vec::new() },
        };
        let space = answers.space(&panel.on(visit.day).book.facts);
        own.clients.push(Visitor { row, answers, space });
        days.push(own);
    }
    days
}
