//! What two versions of one thing write differently.

use super::{Change, Edit, Place, Section, State, Verdict};
use crate::book::condition::Condition;
use crate::book::{Basis, Extent, InForce, Treatment, Withdrawn};
use crate::decide::cells::Version;
use crate::decide::extent::Length;
use crate::study::apart::{self, Way};
use crate::value::FIRST_DAY;

/// Collects what differs.
#[derive(Default)]
pub(super) struct Edits(pub(super) Vec<Edit>);

impl Edits {
    /// Notes a text that differs.
    pub(super) fn text(&mut self, what: &str, before: &str, after: &str) {
        self.maybe(what, Some(before.to_string()), Some(after.to_string()));
    }

    /// Notes something that may not be there.
    pub(super) fn maybe(&mut self, what: &str, before: Option<String>, after: Option<String>) {
        if before != after {
            self.0.push(Edit { what: what.to_string(), before, after });
        }
    }

    /// Notes what is cited, and the clinic's own decision.
    pub(super) fn basis(&mut self, (old, a): (&Treatment, &Basis), (new, b): (&Treatment, &Basis)) {
        let cited = |treatment: &Treatment, basis: &Basis| {
            let names = basis.statements.iter().map(|at| treatment.statements[*at].id.as_str());
            let names: Vec<&str> = names.collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        self.maybe("source", cited(old, a), cited(new, b));
        self.maybe("basis", a.basis.clone(), b.basis.clone());
    }

    /// The change, if anything differs.
    pub(super) fn change(
        self,
        section: Section,
        name: &str,
        verdict: Option<Verdict>,
        at: Place,
    ) -> Option<Change> {
        let name = name.to_string();
        let state = State::Kept;
        (!self.0.is_empty()).then_some(Change { section, name, state, verdict, edits: self.0, at })
    }
}

/// Something that only one version has. `says` is what it says.
pub(super) fn only(
    section: Section,
    name: &str,
    (state, at): (State, Place),
    says: String,
    verdict: Option<Verdict>,
) -> Change {
    let (before, after) = if state == State::Dropped { (Some(says), None) } else { (None, Some(says)) };
    let edits = vec![Edit { what: String::new(), before, after }];
    Change { section, name: name.to_string(), state, verdict, edits, at }
}

/// The days in words: `2026-01-01 to 2026-06-30`.
pub(super) fn days(in_force: InForce) -> Option<String> {
    Some(match (in_force.from, in_force.last) {
        (None, None) => return None,
        (Some(from), None) => format!("from {from}"),
        (None, Some(last)) => format!("until {last}"),
        (Some(from), Some(last)) => format!("{from} to {last}"),
    })
}

/// A withdrawal in words.
pub(super) fn withdrawn(switch: Option<&Withdrawn>) -> Option<String> {
    switch.map(|switch| {
        let incident = switch.incident.as_ref().map(|id| format!(", incident {id}")).unwrap_or_default();
        format!("since {} by {}: {}{incident}", switch.since, switch.by, switch.because)
    })
}

/// A length of time in words.
pub(super) fn length(extent: Option<&Extent>, treatment: &Treatment) -> Option<String> {
    extent.map(|extent| match extent {
        Extent::Parameter(id) => {
            let parameter = treatment.parameter(*id);
            format!("{} ({})", Length::of(extent, treatment, FIRST_DAY), parameter.id)
        }
        _ => Length::of(extent, treatment, FIRST_DAY).to_string(),
    })
}

/// Both of two verdicts together.
pub(super) fn both(a: Option<Verdict>, b: Option<Verdict>) -> Option<Verdict> {
    a.or(b).map(|_| Verdict::all([a, b]))
}

/// What tightens or loosens, if either.
pub(super) fn either(tightens: bool, loosens: bool) -> Option<Verdict> {
    both(tightens.then_some(Verdict::Tightens), loosens.then_some(Verdict::Loosens))
}

/// Something that guards clients, of which some is gone or new.
pub(super) fn guards<T: PartialEq>(before: &[T], after: &[T]) -> Option<Verdict> {
    let more = |some: &[T], than: &[T]| some.iter().any(|one| !than.contains(one));
    either(more(after, before), more(before, after))
}

/// How two conditions stand to each other, of which the stricter one holds for more clients.
pub(super) fn conditions(
    (old, a): (Version<'_>, &Condition),
    (new, b): (Version<'_>, &Condition),
) -> Verdict {
    let differ = |way| apart::conditions_towards(way, (old, Some(a)), (new, Some(b)), None).truth();
    Verdict::of([Way::Tighter, Way::Looser].map(differ))
}

/// Something by its name in two versions.
pub(super) enum Pair<'a, T> {
    Both(&'a T, &'a T),
    Old(&'a T),
    New(&'a T),
}

/// Goes through two lists by name: the old ones in order, then those that are new.
pub(super) fn pairs<'a, T>(
    old: &'a [T],
    new: &'a [T],
    name: impl Fn(&T) -> &str,
    see: &mut dyn FnMut(&str, Pair<'a, T>),
) {
    for a in old {
        match new.iter().find(|b| name(a) == name(b)) {
            Some(b) => see(name(a), Pair::Both(a, b)),
            None => see(name(a), Pair::Old(a)),
        }
    }
    for b in new.iter().filter(|b| old.iter().all(|a| name(a) != name(b))) {
        see(name(b), Pair::New(b));
    }
}

/// Whether all days of one are days of another.
pub(super) fn within(one: InForce, other: InForce) -> bool {
    let from = other.from.is_none_or(|from| one.from.is_some_and(|own| own >= from));
    from && other.last.is_none_or(|last| one.last.is_some_and(|own| own <= last))
}
