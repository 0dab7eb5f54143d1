//! Conditions that are watched while the cases run, and the edges at which they change.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::{Coverage, Kind, Side, Wish};
use crate::book::condition::{Condition, ConditionKind, SlotId};
use crate::book::{Exclusion, InForce, Treatment};
use crate::decide::cells::{Asked, cells};
use crate::decide::{Rules, Space};
use crate::study::visits::Visits;
use crate::value::{Day, Number, Point, Truth};

/// A condition that is watched while the cases run.
pub(super) struct Watched<'b> {
    /// `microneedling/radiation`
    pub(super) owner: String,
    pub(super) condition: &'b Condition,
    /// Whether it is the whole condition of a rule.
    pub(super) whole_rule: bool,
    pub(super) in_force: InForce,
    pub(super) seen: BTreeSet<Truth>,
    /// The sides seen of each edge, by its place and the days since which its parameters have their values.
    pub(super) sides: BTreeSet<(usize, Vec<Day>, Side)>,
    /// How many edges it has.
    pub(super) edges: usize,
    /// Whether it reads an answer, which may be missing.
    pub(super) reads: bool,
}

pub(super) fn watched(treatment: &Treatment) -> Vec<Watched<'_>> {
    let mut watched = Vec::new();
    for rule in treatment.rules.iter().filter(|rule| rule.withdrawn.is_none()) {
        for (condition, whole) in parts(&rule.condition) {
            watched.push(Watched::of(&rule.id, condition, whole, rule.in_force));
        }
    }
    for (step, exclusion) in exclusions(treatment) {
        let owner = format!("{}/appointment/{step}/{}", treatment.id, exclusion.id);
        for (condition, _) in parts(&exclusion.condition) {
            watched.push(Watched::of(&owner, condition, false, InForce::default()));
        }
    }
    watched
}

pub(super) fn exclusions(treatment: &Treatment) -> impl Iterator<Item = (&str, &Exclusion)> {
    let steps = treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
    steps.flat_map(|step| step.not_for.iter().map(|exclusion| (step.id.as_str(), exclusion)))
}

/// A condition, which is the whole, and those inside it; what is only negated says the same as its opposite.
pub(super) fn parts(condition: &Condition) -> Vec<(&Condition, bool)> {
    let mut parts = vec![(condition, true)];
    let mut negated: Vec<&Condition> = Vec::new();
    condition.walk(&mut |part| {
        if let ConditionKind::Not(inner) = &part.kind {
            negated.push(inner);
        }
        let edge = matches!(part.kind, ConditionKind::Dates(..) | ConditionKind::Numbers(..));
        let opposite = negated.iter().any(|other| std::ptr::eq(*other, part)) && !edge;
        if !std::ptr::eq(part, condition) && !opposite {
            parts.push((part, false));
        }
    });
    parts
}

impl<'b> Watched<'b> {
    fn of(owner: &str, condition: &'b Condition, whole_rule: bool, in_force: InForce) -> Watched<'b> {
        let (seen, sides) = (BTreeSet::new(), BTreeSet::new());
        Watched {
            owner: owner.to_string(),
            condition,
            whole_rule,
            in_force,
            seen,
            sides,
            edges: 0,
            reads: true,
        }
    }

    fn edges_on(&self, asked: &Asked<'_>, day: Day) -> Vec<Edge> {
        match self.condition.kind {
            ConditionKind::Dates(..) | ConditionKind::Numbers(..) => edges(asked, day),
            _ => Vec::new(),
        }
    }

    /// Which sides of the edges the clients of a day stand on.
    fn stand(&mut self, edges: &[Edge], since: &[Day], visits: &Visits) {
        self.edges = self.edges.max(edges.len());
        for (at, Edge { slot, point, step }) in edges.iter().enumerate() {
            let known = visits.clients.iter().filter_map(|client| client.space.sets[slot.index()].single());
            for by in known.map(|known| known - point) {
                let side = match () {
                    () if (-step..0).contains(&by) => Side::Before,
                    () if (0..*step).contains(&by) => Side::After,
                    () => continue,
                };
                self.sides.insert((at, since.to_vec(), side));
            }
        }
    }

    pub(super) fn has_side(&self, at: usize, side: Side, since: Option<(usize, Day)>) -> bool {
        self.sides.iter().any(|(edge, values, seen)| {
            *edge == at && *seen == side && since.is_none_or(|(place, day)| values.get(place) == Some(&day))
        })
    }

    pub(super) fn report(&self, coverage: &mut Coverage) {
        let mut wanted = vec![(Truth::Yes, "to hold"), (Truth::No, "not to hold")];
        if self.reads {
            wanted.push((Truth::Unknown, "to be open, for want of an answer"));
        }
        let what = match self.whole_rule {
            true => format!("{} was", self.owner),
            false => format!("a condition of {} was", self.owner),
        };
        let missing = wanted.into_iter().filter(|(truth, _)| !self.seen.contains(truth));
        let missing = missing.map(|(truth, words)| {
            let wish = Wish::Comes(self.condition.clone(), truth);
            (format!("{what} never seen {words}"), self.condition.span, wish)
        });
        let kind = if self.whole_rule { Kind::Rules } else { Kind::Conditions };
        coverage.count(kind, missing.collect());
        for at in 0..self.edges {
            let sides = [(Side::Before, "just before"), (Side::After, "just after")];
            let missing = sides.into_iter().filter(|(side, _)| !self.has_side(at, *side, None));
            let missing = missing.map(|(side, words)| {
                let wish = Wish::Edge(self.condition.clone(), at, side);
                let says = format!("no case stands {words} the edge of {}", self.owner);
                (says, self.condition.span, wish)
            });
            coverage.count(Kind::Edges, missing.collect());
        }
    }
}

/// Lets the conditions see the clients of a day, on which `rules` stand.
pub(super) fn see(watched: &mut [Watched<'_>], visits: &Visits, rules: &Rules<'_>) {
    let day = visits.day;
    for one in watched.iter_mut().filter(|one| one.in_force.covers(day)) {
        let asked = rules.asked(one.condition);
        let clients = visits.clients.iter();
        one.seen.extend(clients.map(|client| over(&asked, &client.space)));
        one.reads = !asked.slots().is_empty();
        one.stand(&one.edges_on(&asked, day), &since(one.condition, rules), visits);
    }
}

/// The days since which the parameters of a condition have their values.
fn since(condition: &Condition, rules: &Rules<'_>) -> Vec<Day> {
    let values = |id| &rules.treatment.parameter(id).values;
    condition.parameters().into_iter().map(|id| values(id).on(rules.visit).0).collect()
}

/// Whether the condition holds over all completions.
pub(super) fn over(asked: &Asked<'_>, space: &Space) -> Truth {
    const MOST_SPLITS: u32 = 20_000;
    let quick = asked.truth(&space.sets);
    if quick != Truth::Unknown {
        return quick;
    }
    let (mut yes, mut no) = (false, false);
    let _ = cells(&[asked], space, MOST_SPLITS, &mut |_, truths| {
        yes |= truths[0] != Truth::No;
        no |= truths[0] != Truth::Yes;
        if yes && no { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match (yes, no) {
        (true, false) => Truth::Yes,
        (false, true) => Truth::No,
        _ => Truth::Unknown,
    }
}

/// Where a comparison changes inside the answers a client can give.
pub(in crate::study) struct Edge {
    pub(in crate::study) slot: SlotId,
    /// The first point after it.
    pub(in crate::study) point: Point,
    /// How far from it a value still stands beside it: a day, or one of a number.
    pub(in crate::study) step: Point,
}

pub(in crate::study) fn edges(asked: &Asked<'_>, day: Day) -> Vec<Edge> {
    let facts = asked.facts();
    let inside = |slot, point: Point| {
        let domain = facts.domain(slot, day);
        domain.ranges().iter().any(|(low, high)| *low < point && point <= *high)
    };
    let cuts = asked.cuts().into_iter().filter(|(slot, point)| inside(*slot, *point));
    cuts.map(|(slot, point)| {
        let number = !facts.fact_of(slot).kind.is_date();
        let step = if number { Number::whole(1).point() } else { 1 };
        Edge { slot, point, step }
    })
    .collect()
}
