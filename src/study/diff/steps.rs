//! What changed about the appointment and its steps.

use super::items::{Pair, pairs};
use super::texts::{Edits, length, only};
use super::{Change, Place, Section, State};
use crate::book::english::English;
use crate::book::{Appointment, Exclusion, Step, Treatment};
use crate::decide::cells::Version;
use crate::study::days as visits;

pub(super) fn changes(old: Version<'_>, new: Version<'_>, all: &mut Vec<Change>) {
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
            edits.text("order of steps", &kept(&p, &q).join(", "), &kept(&q, &p).join(", "));
            all.extend(edits.change(Section::Appointment, "appointment", None, Place::New(y.span)));
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
            exclusions((old, x), (new, y), &mut edits);
            all.extend(edits.change(Section::Appointment, name, None, Place::New(y.span)));
        }
        Pair::Old(x) => {
            let at = (State::Dropped, Place::Old(x.span));
            all.push(only(Section::Appointment, name, at, x.action.clone(), None));
        }
        Pair::New(y) => {
            let at = (State::Added, Place::New(y.span));
            all.push(only(Section::Appointment, name, at, y.action.clone(), None));
        }
    });
}

/// Who a step is not for.
fn exclusions((old, x): (Version<'_>, &Step), (new, y): (Version<'_>, &Step), edits: &mut Edits) {
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
            }
            Pair::Old(a) => edits.maybe(&what, Some(says(old, a)), None),
            Pair::New(b) => edits.maybe(&what, None, Some(says(new, b))),
        }
    });
}
