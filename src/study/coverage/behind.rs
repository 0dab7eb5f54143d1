//! What stands behind what the cases reach: values of parameters, statements of the sources.

use std::collections::BTreeSet;

use super::conditions::{Watched, exclusions};
use super::visit::Items;
use super::{Coverage, Kind, Side, Wish};
use crate::book::condition::ParameterId;
use crate::book::{Basis, Extent, Treatment};
use crate::study::run::Answer;
use crate::value::Truth;

/// Each value of each parameter: some edge it sets was looked at from both sides while it counted, or what it
/// sets outside conditions was shown. Gives the values that were reached, by parameter and place.
pub(super) fn parameters(
    treatment: &Treatment,
    watched: &[Watched<'_>],
    planned: bool,
    items: &Items,
    coverage: &mut Coverage,
) -> BTreeSet<(usize, usize)> {
    let mut reached = BTreeSet::new();
    for (number, parameter) in treatment.parameters.iter().enumerate() {
        let id = ParameterId(number as u16);
        for (place, (since, value)) in parameter.values.all().iter().enumerate() {
            let mut wish = Wish::Nothing;
            let mut seen = planned && in_course(treatment, id);
            seen |=
                treatment.aftercare.iter().enumerate().any(|(at, item)| {
                    items.is_tested(at) && uses(&item.from, id) | uses(&item.lasts_for, id)
                });
            for one in watched.iter().filter(|one| one.condition.parameters().contains(&id)) {
                let at = one.condition.parameters().iter().position(|other| *other == id).unwrap_or(0);
                let side = |edge, side| one.has_side(edge, side, Some((at, *since)));
                seen |= (0..one.edges).any(|edge| side(edge, Side::Before) && side(edge, Side::After));
                seen |= one.condition.is_scripted() && one.seen.len() > 1;
                if one.edges > 0 {
                    wish = Wish::Edge(one.condition.clone(), 0, Side::Before);
                }
            }
            let says = format!("no case looks at both sides of `{}: {}`", parameter.id, value.value);
            if seen {
                reached.insert((number, place));
            }
            let missing = (!seen).then_some((says, value.span, wish));
            coverage.count(Kind::Parameters, missing.into_iter().collect());
        }
    }
    reached
}

fn uses(extent: &Option<Extent>, id: ParameterId) -> bool {
    *extent == Some(Extent::Parameter(id))
}

fn in_course(treatment: &Treatment, id: ParameterId) -> bool {
    let course = treatment.course.iter();
    let extents = course.flat_map(|course| {
        [Some(&course.gap_least), Some(&course.gap_most), course.results.as_ref()].into_iter().flatten()
    });
    let appointment = treatment.appointment.iter();
    let of_visit = appointment.flat_map(|appointment| {
        std::iter::once(&appointment.duration).chain(appointment.steps.iter().flat_map(|step| &step.before))
    });
    extents.chain(of_visit).any(|extent| *extent == Extent::Parameter(id))
}

/// What was reached, for the statements behind it.
pub(super) struct Reached<'r, 'b> {
    pub(super) watched: &'r [Watched<'b>],
    pub(super) items: &'r Items,
    pub(super) answers: &'r [&'r Answer],
    pub(super) planned: bool,
    pub(super) values: &'r BTreeSet<(usize, usize)>,
}

impl Reached<'_, '_> {
    /// The basis of everything that was reached.
    fn bases<'t>(&self, treatment: &'t Treatment) -> Vec<&'t Basis> {
        let both = |one: &&Watched<'_>| one.seen.contains(&Truth::Yes) && one.seen.contains(&Truth::No);
        let owners: Vec<&str> = self.watched.iter().filter(both).map(|one| one.owner.as_str()).collect();
        let decided = self.answers.iter().any(|answer| matches!(answer, Answer::Decision(_)));
        let quoted = self.answers.iter().any(|answer| matches!(answer, Answer::Quote(_)));
        let mut bases: Vec<&Basis> = Vec::new();
        let rules = treatment.rules.iter().filter(|rule| owners.contains(&rule.id.as_str()));
        bases.extend(rules.map(|rule| &rule.basis));
        for (step, exclusion) in exclusions(treatment) {
            let owner = format!("{}/appointment/{step}/{}", treatment.id, exclusion.id);
            bases.extend(owners.contains(&owner.as_str()).then_some(&exclusion.basis));
        }
        if let Some(appointment) = &treatment.appointment {
            bases.extend(self.planned.then_some(&appointment.basis));
            let steps = appointment.steps.iter().filter(|_| decided || self.planned);
            bases.extend(steps.map(|step| &step.basis));
        }
        bases.extend(treatment.course.iter().filter(|_| self.planned).map(|course| &course.basis));
        let items = treatment.aftercare.iter().enumerate().filter(|(at, _)| self.items.is_tested(*at));
        bases.extend(items.map(|(_, item)| &item.basis));
        if let Some(pricing) = treatment.pricing.as_ref().filter(|_| quoted) {
            bases.push(&pricing.basis);
            bases.extend(pricing.lists.all().iter().map(|(_, list)| &list.basis));
        }
        for (number, place) in self.values {
            bases.push(&treatment.parameters[*number].values.all()[*place].1.basis);
        }
        bases
    }
}

pub(super) fn statements(treatment: &Treatment, reached: &Reached<'_, '_>, coverage: &mut Coverage) {
    let guarded: BTreeSet<usize> =
        reached.bases(treatment).iter().flat_map(|basis| basis.statements.iter().copied()).collect();
    for (at, statement) in treatment.statements.iter().enumerate().filter(|(_, one)| one.no_rule.is_none()) {
        let says = format!("no case guards {}, line {} of the source", statement.id, statement.line);
        let missing = (!guarded.contains(&at)).then_some((says, statement.span, Wish::Nothing));
        coverage.count(Kind::Statements, missing.into_iter().collect());
    }
}
