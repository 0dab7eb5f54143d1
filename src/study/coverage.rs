//! What the cases reach: rules seen to hold, not to hold and to be open, edges looked at from both sides, and
//! the statements of the sources that are guarded so.

mod behind;
mod conditions;
mod visit;

use std::collections::BTreeSet;

use super::run::{Answer, Panel};
use super::verdict::Ran;
use super::visits::visits;
use crate::book::Treatment;
use crate::book::condition::Condition;
use crate::span::Span;
use crate::value::{Number, Truth};

pub(super) use conditions::edges;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Rules seen to hold, not to hold and to be open.
    Rules,
    /// The same for each condition inside a rule, and for whoever a step is not for.
    Conditions,
    /// Both sides of every limit: the last value before it and the first after it.
    Edges,
    /// Each value of each parameter, by the edges it sets.
    Parameters,
    /// Instructions after the treatment.
    Aftercare,
    /// Price bands.
    Prices,
    /// Statements of the sources, by what cites them.
    Statements,
}

impl Kind {
    /// Every kind, in the order in which they are reported.
    pub const ALL: [Kind; 7] = [
        Kind::Rules,
        Kind::Conditions,
        Kind::Edges,
        Kind::Parameters,
        Kind::Aftercare,
        Kind::Prices,
        Kind::Statements,
    ];

    /// The name under `thresholds:` in clinic.yaml.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Rules => "rules",
            Kind::Conditions => "conditions",
            Kind::Edges => "edges",
            Kind::Parameters => "parameters",
            Kind::Aftercare => "aftercare",
            Kind::Prices => "prices",
            Kind::Statements => "statements",
        }
    }
}

/// Something no case reaches.
#[derive(Debug, Clone)]
pub struct Gap {
    /// What is counted.
    pub kind: Kind,
    /// The element it is missing from.
    element: usize,
    /// What was not seen, in words: `microneedling/radiation was never seen to hold`.
    pub says: String,
    /// Where it is written.
    pub span: Span,
    /// What a case must show to close it.
    pub wish: Wish,
}

/// What a case must show.
#[derive(Debug, Clone)]
pub enum Wish {
    /// A client for whom a condition comes out so.
    Comes(Condition, Truth),
    /// A client just before (or, if not, just after) the point at which a comparison changes.
    Edge(Condition, usize, Side),
    /// A question about an activity, at the edge of the item with this place among the instructions.
    Activity(usize, EdgeOf, Side),
    /// A quote for this value, and so many sessions.
    Quote(Number, u32),
    /// The whole list of instructions.
    Timeline,
    /// A plan.
    Plan,
    /// Nothing that the engine can make up.
    Nothing,
}

/// A side of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The last value before it.
    Before,
    /// The first value after it.
    After,
}

/// Which edge of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeOf {
    /// Where it begins.
    Start,
    /// Where it ends.
    End,
}

/// What the cases reach, and what they do not.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// The kind of everything there is to reach.
    elements: Vec<Kind>,
    /// What was not reached. An element without gaps was.
    pub gaps: Vec<Gap>,
}

impl Coverage {
    fn count(&mut self, kind: Kind, missing: Vec<(String, Span, Wish)>) {
        let element = self.elements.len();
        self.elements.push(kind);
        let gaps = missing.into_iter().map(|(says, span, wish)| Gap { kind, element, says, span, wish });
        self.gaps.extend(gaps);
    }

    /// Takes away the gaps at these places: it is proved that nothing can close them.
    pub fn forget(&mut self, needless: &[usize]) {
        let mut at = 0..;
        self.gaps.retain(|_| at.next().is_none_or(|place| !needless.contains(&place)));
    }

    /// How many were reached, and how many there are.
    pub fn counts(&self, kind: Kind) -> (usize, usize) {
        let open: BTreeSet<usize> = self.gaps.iter().map(|gap| gap.element).collect();
        let all = self.elements.iter().enumerate().filter(|(_, other)| **other == kind);
        let (open, reached): (Vec<_>, Vec<_>) = all.partition(|(at, _)| open.contains(at));
        (reached.len(), open.len() + reached.len())
    }
}

/// Measures what the cases that ran reach.
pub fn coverage(treatment: &Treatment, ran: &[Ran<'_>], panel: &mut Panel<'_>) -> Coverage {
    let mut watched = conditions::watched(treatment);
    for visits in visits(ran.iter().flat_map(|ran| &ran.case.rows), panel) {
        conditions::see(&mut watched, &visits, panel.on(visits.day));
    }
    let answers: Vec<&Answer> = ran.iter().flat_map(|ran| &ran.answers).collect();
    let mut coverage = Coverage::default();
    for one in &watched {
        one.report(&mut coverage);
    }
    let items = visit::Items::of(treatment, &answers);
    items.report(treatment, &mut coverage);
    visit::prices(treatment, &answers, &mut coverage);
    let planned =
        answers.iter().any(|answer| matches!(answer, Answer::Plan(outlook) if outlook.plan.is_ok()));
    let values = behind::parameters(treatment, &watched, planned, &items, &mut coverage);
    let reached =
        behind::Reached { watched: &watched, items: &items, answers: &answers, planned, values: &values };
    behind::statements(treatment, &reached, &mut coverage);
    coverage
}
