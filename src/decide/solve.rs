//! Looks for a client of whom several things are wanted on one day, or shows that there is none.
//!
//! The search starts from a base client and mends what is not as wanted, one wish after the other, so that it
//! never goes through the combinations of answers that do not matter; wishes that share no fact are solved
//! apart. Comparisons of two answers and scripts are variables of their own: without a client for all
//! that they could come to there is none, and a client is tried before it is given out.

use super::forms::{Form, Forms, VarKind};
use super::repair::Problem;
use super::wish::Wish;
use crate::book::condition::SlotId;
use crate::book::fact::Facts;
use crate::value::{Day, Point, Points};

/// How much may still be looked at. One unit is one look at one wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work(pub u64);

impl Work {
    pub(super) fn take(&mut self, units: u64) -> bool {
        self.0 = self.0.saturating_sub(units);
        self.0 > 0
    }
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Solved {
    /// A point for every slot.
    Values(Vec<Point>),
    /// There is no such client.
    Nobody,
    /// Every client that was tried differs from what comparisons of answers and scripts would have to
    /// come to.
    Free,
    /// It took too long.
    Budget,
}

/// Where to search from, and which points to prefer.
pub struct Near<'n> {
    /// The questions.
    pub facts: &'n Facts,
    /// The day.
    pub visit: Day,
    /// A possible client of that day.
    pub base: &'n [Point],
    /// The point of a set, which is not empty, that an example client gets.
    pub point: &'n dyn Fn(SlotId, &Points) -> Point,
    /// Whether the client is to be the nearest; else any will do.
    pub nearest: bool,
    /// Looks for other values within the sets that fit, where scripts and comparisons of answers did not come
    /// out as wanted. The slots are those that they read.
    pub mend: &'n dyn Fn(Mend<'_>) -> Option<Vec<Point>>,
}

/// Values that do not fit yet.
pub struct Mend<'m> {
    /// The slots that scripts and comparisons of answers read.
    pub slots: &'m [SlotId],
    /// A point for every slot.
    pub values: Vec<Point>,
    /// The points that each slot may have.
    pub sets: &'m [Points],
    /// Whether values fit.
    pub fits: &'m mut dyn FnMut(&[Point]) -> bool,
}

/// A client for whom all wishes are so.
pub fn solve(wishes: &[&Wish<'_>], near: &Near<'_>, work: &mut Work) -> Solved {
    let mut forms = Forms::new(near.facts, near.visit, wishes);
    let mut clauses: Vec<Form> = Vec::new();
    for wish in wishes {
        match forms.form(wish) {
            Form::All(parts) => clauses.extend(parts),
            form => clauses.push(form),
        }
    }
    if forms.too_large {
        return Solved::Budget;
    }
    let mut problem = Problem::new(&forms, near, clauses);
    let mut start = problem.whole.clone();
    let all: Vec<usize> = (0..problem.clauses.len()).collect();
    if !problem.propagate(&mut start, all, work) {
        return if work.0 == 0 { Solved::Budget } else { Solved::Nobody };
    }
    let mut values = near.base.to_vec();
    let (mut free, mut exhausted) = (false, false);
    for group in problem.groups() {
        problem.begin(group);
        problem.search(&start, work);
        match problem.best.take() {
            Some((_, found)) => {
                for (var, point) in found {
                    if let VarKind::Slot(slot, _) = &problem.vars[var] {
                        values[slot.index()] = point;
                    }
                }
            }
            None if problem.unmended => free = true,
            None if work.0 == 0 || problem.stopped => exhausted = true,
            None => return Solved::Nobody,
        }
    }
    match (exhausted, free) {
        (true, _) => Solved::Budget,
        (_, true) => Solved::Free,
        _ => Solved::Values(values),
    }
}
