//! What changed about the appointment and its steps.

use std::collections::BTreeMap;

use super::texts::{Edits, Pair, both, length, only, pairs};
use super::{Change, Place, Section, State, Verdict};
use crate::book::english::English;
use crate::book::{Appointment, Exclusion, Step, Treatment};
use crate::decide::cells::Version;
use crate::study::days as visits;

/// For each exclusion of a step that both versions have how it changed, by `step/exclusion`.
pub(super) type Exclusions = BTreeMap<String, Verdict>;

/// The verdicts on these are found where both versions ask the same questions.
pub(super) fn changes(old: Version<'_>, new: Version<'_>, found: &Exclusions, all: &mut Vec<Change>) {
    let (a, b) = (old.treatment, new.treatment);
    let empty: &[Step] = &[];
    let steps = |one: &Option<Appointment>| one.as_ref().map_or(Vec::new(), |one| one.steps.clone());
    let says = |one: &Appointment, treatment: &Treatment| {
        format!("takes {}", length(Some(&one.duration), treatment).unwrap_or_default())
    };
    match (&a.appointment, &b.appointment) {
        (Some(x), Some(y)) => {
            let mut edits = Edits::default();
            edits.maybe("duration", length(Some(&x.duration), a), length(Some(&y.duration), b));
            edits.basis((a, &x.basis), (b, &y.basis));
            let order =
                |one: &Appointment| -> Vec<String> { one.steps.iter().map(|step| step.id.clone()).collect() };
            let (p, q) = (order(x), order(y));
            let kept = |list: &[String], other: &[String]| -> Vec<String> {
                list.iter().filter(|id| other.contains(id)).cloned().collect()
            };
            let (before, after) = (kept(&p, &q), kept(&q, &p));
            edits.text("order of steps", &before.join(", "), &after.join(", "));
            let verdict = (before != after).then_some(Verdict::NotAnalysed);
            all.extend(edits.change(Section::Appointment, "appointment", verdict, Place::New(y.span)));
        }
        (Some(x), None) => {
            let at = (State::Dropped, Place::Old(x.span));
            all.push(only(Section::Appointment, "appointment", at, says(x, a), None));
        }
        (None, Some(y)) => {
            let at = (State::Added, Place::New(y.span));
            all.push(only(Section::Appointment, "appointment", at, says(y, b), None));
        }
        (None, None) => return,
    }
    let (before, after) = (steps(&a.appointment), steps(&b.appointment));
    let (before, after) = if before.is_empty() { (empty, &after[..]) } else { (&before[..], &after[..]) };
    pairs(before, after, |one| &one.id, &mut |name, pair| match pair {
        Pair::Both(x, y) => {
            let mut edits = Edits::default();
            edits.text("do", &x.action, &y.action);
            edits.maybe("before", length(x.before.as_ref(), a), length(y.before.as_ref(), b));
            let optional = |one: &Step| if one.optional { "now and then" } else { "always" };
            edits.text("done", optional(x), optional(y));
            edits.basis((a, &x.basis), (b, &y.basis));
            // What is done otherwise, or at another time, may be better or worse for anybody.
            let is_moved = x.optional != y.optional || x.before != y.before;
            let moved = is_moved.then_some(Verdict::NotAnalysed);
            let excluded = exclusions((old, x), (new, y), found, &mut edits);
            all.extend(edits.change(Section::Appointment, name, both(moved, excluded), Place::New(y.span)));
        }
        Pair::Old(x) => {
            let at = (State::Dropped, Place::Old(x.span));
            all.push(only(Section::Appointment, name, at, x.action.clone(), Some(Verdict::NotAnalysed)));
        }
        Pair::New(y) => {
            let at = (State::Added, Place::New(y.span));
            all.push(only(Section::Appointment, name, at, y.action.clone(), Some(Verdict::NotAnalysed)));
        }
    });
}

/// Who a step is not for: for more clients is stricter.
fn exclusions(
    (old, x): (Version<'_>, &Step),
    (new, y): (Version<'_>, &Step),
    found: &Exclusions,
    edits: &mut Edits,
) -> Option<Verdict> {
    let mut verdict = None;
    let says = |version: Version<'_>, one: &Exclusion| {
        let Version { book, treatment, .. } = version;
        let english =
            English { facts: &book.facts, treatment, day: visits::usual(treatment), with_later: false };
        english.condition(&one.condition)
    };
    pairs(&x.not_for, &y.not_for, |one| &one.id, &mut |name, pair| {
        let what = format!("not for {name}");
        match pair {
            Pair::Both(a, b) => {
                edits.text(&format!("{what}, when"), &says(old, a), &says(new, b));
                edits.text(&format!("{what}, because"), &a.because, &b.because);
                edits.basis((old.treatment, &a.basis), (new.treatment, &b.basis));
                verdict = both(verdict, found.get(&format!("{}/{name}", x.id)).copied());
            }
            Pair::Old(a) => {
                edits.maybe(&what, Some(says(old, a)), None);
                verdict = both(verdict, Some(Verdict::Loosens));
            }
            Pair::New(b) => {
                edits.maybe(&what, None, Some(says(new, b)));
                verdict = both(verdict, Some(Verdict::Tightens));
            }
        }
    });
    verdict
}
