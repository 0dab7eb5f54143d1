//! What changed on a page beside its rules, and around the pages.

use super::texts::{Edits, Pair, both, days, either, guards, length, only, pairs, withdrawn, within};
use super::{Change, Edit, Place, Section, State, Verdict, guarantees, sources, steps};
use crate::book::condition::{Condition, Definition};
use crate::book::{
    Activity, AftercareItem, Book, Clinic, Course, Extent, Hazard, Matter, Parameter, PriceList, Pricing,
    Treatment, never_longer,
};
use crate::decide::cells::Version;
use crate::decide::extent::Length;
use crate::value::{Duration, FIRST_DAY};

/// What changed outside the pages, and pages that only one version has.
pub(super) fn around(old: &Book, new: &Book) -> Vec<Change> {
    let mut changes = Vec::new();
    pairs(&old.treatments, &new.treatments, |one| &one.id, &mut |name, pair| match pair {
        Pair::Both(..) => {}
        Pair::Old(_) => {
            let says = "the page is gone: nothing is decided for it".to_string();
            changes.push(only(Section::Page, name, (State::Dropped, Place::None), says, None));
        }
        Pair::New(one) => {
            let says = format!("a new page with {} rules", one.rules.len());
            changes.push(only(Section::Page, name, (State::Added, Place::None), says, None));
        }
    });
    changes.extend(definitions([&old.facts.definitions, &new.facts.definitions]));
    let (a, b) = (&old.clinic, &new.clinic);
    let mut edits = Edits::default();
    edits.text("name", &a.name, &b.name);
    edits.text("time zone", &a.time_zone, &b.time_zone);
    edits.text("currency", &a.currency, &b.currency);
    edits.text("rounding", &a.rounding_to.to_string(), &b.rounding_to.to_string());
    let half = |even: bool| if even { "to even" } else { "up" };
    edits.text("rounding of a half", half(a.rounding_half_even), half(b.rounding_half_even));
    edits.text("ignored columns", &a.ignore_columns.join(", "), &b.ignore_columns.join(", "));
    for (name, percent) in &a.thresholds {
        edits.maybe(
            &format!("threshold {name}"),
            Some(percent.to_string()),
            b.threshold(name).map(|n| n.to_string()),
        );
    }
    for (name, percent) in b.thresholds.iter().filter(|(name, _)| a.threshold(name).is_none()) {
        edits.maybe(&format!("threshold {name}"), None, Some(percent.to_string()));
    }
    // Which day it is depends on it.
    let moved = (a.time_zone != b.time_zone).then_some(Verdict::NotAnalysed);
    let below = |one: &Clinic, other: &Clinic| {
        one.thresholds.iter().any(|(name, percent)| other.threshold(name).is_none_or(|now| now < *percent))
    };
    let verdict = both(moved, either(below(b, a), below(a, b)));
    changes.extend(edits.change(Section::Metadata, "clinic", verdict, Place::None));
    changes.extend(people(a, b));
    pairs(&a.signers, &b.signers, |one| &one.name, &mut |name, pair| {
        let mut edits = Edits::default();
        match pair {
            Pair::Both(a, b) => {
                edits.text("role", &a.role, &b.role);
                edits.maybe("registration", a.registration.clone(), b.registration.clone());
                edits.text("key", &a.key, &b.key);
                let verdict = (a.role != b.role || a.key != b.key).then_some(Verdict::NotAnalysed);
                let name = format!("signer {name}");
                changes.extend(edits.change(Section::Metadata, &name, verdict, Place::None));
            }
            Pair::Old(one) => changes.push(only(
                Section::Metadata,
                &format!("signer {name}"),
                (State::Dropped, Place::None),
                one.role.clone(),
                Some(Verdict::Tightens),
            )),
            Pair::New(one) => changes.push(only(
                Section::Metadata,
                &format!("signer {name}"),
                (State::Added, Place::None),
                one.role.clone(),
                Some(Verdict::Loosens),
            )),
        }
    });
    let verdict = switched(a.withdrawn.as_ref().map(|w| w.since), b.withdrawn.as_ref().map(|w| w.since));
    let mut edits = Edits::default();
    edits.maybe("withdrawn", withdrawn(a.withdrawn.as_ref()), withdrawn(b.withdrawn.as_ref()));
    changes.extend(edits.change(Section::InForce, "clinic", verdict, Place::None));
    pairs(&old.hazards, &new.hazards, |one| &one.id, &mut |name, pair| {
        let says = |one: &Hazard| format!("{}; control: {}", one.hazard, one.control);
        match pair {
            Pair::Both(a, b) => {
                let mut edits = Edits::default();
                edits.text("hazard", &a.hazard, &b.hazard);
                edits.maybe("cause", a.cause.clone(), b.cause.clone());
                edits.text("control", &a.control, &b.control);
                edits.text("rules", &a.rules.join(", "), &b.rules.join(", "));
                edits.text("guarantees", &a.guarantees.join(", "), &b.guarantees.join(", "));
                let cases =
                    |one: &Hazard| one.cases.iter().map(|words| words.text.clone()).collect::<Vec<String>>();
                let (before, after) = (cases(a), cases(b));
                edits.text("cases", &before.join(", "), &after.join(", "));
                let carried = both(guards(&a.rules, &b.rules), guards(&a.guarantees, &b.guarantees));
                let verdict = both(carried, guards(&before, &after));
                changes.extend(edits.change(Section::Hazard, name, verdict, Place::None));
            }
            Pair::Old(one) => {
                let at = (State::Dropped, Place::None);
                changes.push(only(Section::Hazard, name, at, says(one), Some(Verdict::Loosens)));
            }
            Pair::New(one) => {
                let at = (State::Added, Place::None);
                changes.push(only(Section::Hazard, name, at, says(one), Some(Verdict::Tightens)));
            }
        }
    });
    changes
}

/// Who works at the clinic: whoever is listed with a role may review for it, and where nobody is, everybody may.
fn people(a: &Clinic, b: &Clinic) -> Vec<Change> {
    let mut changes = Vec::new();
    let whole = match (a.people.is_empty(), b.people.is_empty()) {
        (true, false) => Some(Verdict::Tightens),
        (false, true) => Some(Verdict::Loosens),
        (true, true) | (false, false) => None,
    };
    pairs(&a.people, &b.people, |one| &one.name, &mut |name, pair| {
        let name = format!("person {name}");
        match pair {
            Pair::Both(a, b) => {
                let gained = b.roles.iter().any(|role| !a.is(role));
                let lost = a.roles.iter().any(|role| !b.is(role));
                let verdict = either(lost, gained);
                let mut edits = Edits::default();
                edits.text("role", &a.roles.join(", "), &b.roles.join(", "));
                changes.extend(edits.change(Section::Metadata, &name, verdict, Place::None));
            }
            Pair::Old(one) => {
                let verdict = whole.unwrap_or(Verdict::Tightens);
                let at = (State::Dropped, Place::None);
                changes.push(only(Section::Metadata, &name, at, one.roles.join(", "), Some(verdict)));
            }
            Pair::New(one) => {
                let verdict = whole.unwrap_or(Verdict::Loosens);
                let at = (State::Added, Place::None);
                changes.push(only(Section::Metadata, &name, at, one.roles.join(", "), Some(verdict)));
            }
        }
    });
    changes
}

/// A withdrawal that counts earlier makes more clients need a review.
fn switched(old: Option<crate::value::Day>, new: Option<crate::value::Day>) -> Option<Verdict> {
    match (old, new) {
        (None, Some(_)) => Some(Verdict::Tightens),
        (Some(_), None) => Some(Verdict::Loosens),
        (Some(a), Some(b)) if b < a => Some(Verdict::Tightens),
        (Some(a), Some(b)) if b > a => Some(Verdict::Loosens),
        _ => None,
    }
}

/// What changed on a page beside its rules.
pub(super) fn changes(old: Version<'_>, new: Version<'_>, excluded: &steps::Exclusions) -> Vec<Change> {
    let (a, b) = (old.treatment, new.treatment);
    let mut all = Vec::new();
    let mut edits = Edits::default();
    edits.text("name", &a.name, &b.name);
    edits.text("revision", &a.revision.to_string(), &b.revision.to_string());
    for (what, before, after) in
        [("source", &a.sources, &b.sources), ("indication", &a.indications, &b.indications)]
    {
        let text = |(_, text): &(String, String)| Some(text.clone());
        pairs(before, after, |(name, _)| name, &mut |name, pair| {
            let (before, after) = match pair {
                Pair::Both(a, b) => (text(a), text(b)),
                Pair::Old(a) => (text(a), None),
                Pair::New(b) => (None, text(b)),
            };
            edits.maybe(&format!("{what} {name}"), before, after);
        });
    }
    all.extend(edits.change(Section::Metadata, "page", None, Place::None));
    all.extend(in_force(a, b));
    all.extend(definitions([&a.definitions, &b.definitions]));
    parameters(a, b, &mut all);
    scripts(a, b, &mut all);
    all.extend(course(a, b));
    steps::changes(old, new, excluded, &mut all);
    aftercare(a, b, &mut all);
    all.extend(prices(old, new));
    sources::statements(a, b, &mut all);
    sources::queries(a, b, &mut all);
    guarantees::changes(old, new, &mut all);
    all
}

fn in_force(a: &Treatment, b: &Treatment) -> Option<Change> {
    let mut edits = Edits::default();
    edits.maybe("in force", days(a.in_force), days(b.in_force));
    edits.maybe("withdrawn", withdrawn(a.withdrawn.as_ref()), withdrawn(b.withdrawn.as_ref()));
    // On more days there is an answer at all.
    let days = either(!within(a.in_force, b.in_force), !within(b.in_force, a.in_force));
    let since = |one: &Treatment| one.withdrawn.as_ref().map(|switch| switch.since);
    let verdict = both(days, switched(since(a), since(b)));
    edits.change(Section::InForce, "page", verdict, Place::None)
}

/// What names mean. What they stand for shows in whatever uses them.
fn definitions([old, new]: [&[Definition]; 2]) -> Vec<Change> {
    let mut all = Vec::new();
    let says = |one: &Definition| one.meaning.clone().unwrap_or_default();
    pairs(old, new, |one| &one.id, &mut |name, pair| match pair {
        Pair::Both(old, new) => {
            let mut edits = Edits::default();
            edits.maybe("meaning", old.meaning.clone(), new.meaning.clone());
            all.extend(edits.change(Section::Definition, name, None, Place::New(new.span)));
        }
        Pair::Old(one) => {
            let at = (State::Dropped, Place::Old(one.span));
            all.push(only(Section::Definition, name, at, says(one), None));
        }
        Pair::New(one) => {
            let at = (State::Added, Place::New(one.span));
            all.push(only(Section::Definition, name, at, says(one), None));
        }
    });
    all
}

fn parameters(a: &Treatment, b: &Treatment, all: &mut Vec<Change>) {
    pairs(&a.parameters, &b.parameters, |one| &one.id, &mut |name, pair| match pair {
        Pair::Both(old, new) => {
            let mut edits = Edits::default();
            values(old, new, (a, b), &mut edits);
            edits.text("meaning", &old.meaning, &new.meaning);
            edits.text("owner", &old.owner, &new.owner);
            edits.text("review by", &old.review_by.to_string(), &new.review_by.to_string());
            let range = |one: &Parameter| one.bounds.map(|(low, high)| format!("{low} to {high}"));
            edits.maybe("may be", range(old), range(new));
            let review = either(new.review_by < old.review_by, new.review_by > old.review_by);
            let verdict = both(review, bounds(old, new));
            all.extend(edits.change(Section::Parameter, name, verdict, Place::New(new.span)));
        }
        Pair::Old(one) => {
            let at = (State::Dropped, Place::Old(one.span));
            all.push(only(Section::Parameter, name, at, one.meaning.clone(), None));
        }
        Pair::New(one) => {
            let at = (State::Added, Place::New(one.span));
            all.push(only(Section::Parameter, name, at, one.meaning.clone(), None));
        }
    });
}

/// The range that keeps a slip from becoming a value: a wider one guards less.
fn bounds(old: &Parameter, new: &Parameter) -> Option<Verdict> {
    let within = |one: &Parameter, other: &Parameter| match (one.bounds, other.bounds) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some((low, high)), Some((least, most))) => {
            least.at_most(low) == Some(true) && high.at_most(most) == Some(true)
        }
    };
    either(!within(old, new), !within(new, old))
}

fn values(old: &Parameter, new: &Parameter, (a, b): (&Treatment, &Treatment), edits: &mut Edits) {
    let (before, after) = (old.values.all(), new.values.all());
    let alone = before.len() == 1 && after.len() == 1;
    let mut days: Vec<_> = before.iter().chain(after).map(|(from, _)| *from).collect();
    days.sort_unstable();
    days.dedup();
    for day in days {
        let of = |all: &[(crate::value::Day, crate::book::ParameterValue)]| {
            all.iter().find(|(from, _)| *from == day).map(|(_, value)| value.clone())
        };
        let (x, y) = (of(before), of(after));
        let what = if alone { "value".to_string() } else { format!("value from {day}") };
        edits.maybe(&what, x.as_ref().map(|v| v.value.to_string()), y.as_ref().map(|v| v.value.to_string()));
        if let (Some(x), Some(y)) = (&x, &y) {
            edits.basis((a, &x.basis), (b, &y.basis));
        }
    }
}

fn scripts(a: &Treatment, b: &Treatment, all: &mut Vec<Change>) {
    // A script that no condition asks sets prices, which are neither strict nor lax.
    let asks = |one: &Treatment| {
        let promised = one.guarantees.iter().filter_map(|guarantee| guarantee.when.as_ref());
        one.conditions().chain(promised).any(Condition::is_scripted)
    };
    let decides = (asks(a) || asks(b)).then_some(Verdict::NotAnalysed);
    pairs(&a.scripts, &b.scripts, |one| &one.path, &mut |name, pair| {
        let (state, says) = match pair {
            Pair::Both(old, new) if old.digest == new.digest => return,
            Pair::Both(..) => (State::Kept, "what it says"),
            Pair::Old(_) => (State::Dropped, "what it said"),
            Pair::New(_) => (State::Added, "what it says"),
        };
        let edits = vec![Edit { what: says.to_string(), before: None, after: None }];
        let (section, name) = (Section::Script, name.to_string());
        all.push(Change { section, name, state, verdict: decides, edits, at: Place::None });
    });
    pairs(&a.functions, &b.functions, |one| &one.id, &mut |name, pair| match pair {
        Pair::Both(old, new) => {
            let mut edits = Edits::default();
            edits.text("takes", &old.takes.join(", "), &new.takes.join(", "));
            edits.text("gives", &old.gives, &new.gives);
            edits.maybe("file", old.file.clone(), new.file.clone());
            all.extend(edits.change(Section::Script, name, decides, Place::New(new.span)));
        }
        Pair::Old(one) => {
            let at = (State::Dropped, Place::Old(one.span));
            all.push(only(Section::Script, name, at, format!("gives {}", one.gives), None));
        }
        Pair::New(one) => {
            let at = (State::Added, Place::New(one.span));
            all.push(only(Section::Script, name, at, format!("gives {}", one.gives), None));
        }
    });
}

/// How a length of time changed: longer tightens.
pub(super) fn longer(
    old: Option<Duration>,
    new: Option<Duration>,
    tightens: Verdict,
    loosens: Verdict,
) -> Option<Verdict> {
    match (old, new) {
        (None, None) => None,
        (Some(_), None) => Some(tightens),
        (None, Some(_)) => Some(loosens),
        (Some(a), Some(b)) => match (never_longer(a, b), never_longer(b, a)) {
            (true, true) => None,
            (true, false) => Some(tightens),
            (false, true) => Some(loosens),
            (false, false) => Some(Verdict::Mixed),
        },
    }
}

pub(super) fn lasts(extent: Option<&Extent>, treatment: &Treatment) -> Option<Duration> {
    extent.and_then(|extent| Length::of(extent, treatment, FIRST_DAY).most())
}

fn course(a: &Treatment, b: &Treatment) -> Option<Change> {
    let says = |one: &Course, treatment: &Treatment| {
        let gap = |extent| length(Some(extent), treatment).unwrap_or_default();
        format!("{} sessions, {} to {} apart", one.sessions, gap(&one.gap_least), gap(&one.gap_most))
    };
    let (Some(old), Some(new)) = (&a.course, &b.course) else {
        return match (&a.course, &b.course) {
            (Some(old), _) => {
                let at = (State::Dropped, Place::Old(old.span));
                Some(only(Section::Course, "course", at, says(old, a), Some(Verdict::NotAnalysed)))
            }
            (_, Some(new)) => {
                let at = (State::Added, Place::New(new.span));
                Some(only(Section::Course, "course", at, says(new, b), Some(Verdict::NotAnalysed)))
            }
            (None, None) => None,
        };
    };
    let mut edits = Edits::default();
    edits.text("sessions", &old.sessions.to_string(), &new.sessions.to_string());
    let sessions = either(new.sessions < old.sessions, new.sessions > old.sessions);
    edits.maybe("least gap", length(Some(&old.gap_least), a), length(Some(&new.gap_least), b));
    edits.maybe("greatest gap", length(Some(&old.gap_most), a), length(Some(&new.gap_most), b));
    edits.maybe("results", length(old.results.as_ref(), a), length(new.results.as_ref(), b));
    edits.basis((a, &old.basis), (b, &new.basis));
    let least = longer(
        lasts(Some(&old.gap_least), a),
        lasts(Some(&new.gap_least), b),
        Verdict::Tightens,
        Verdict::Loosens,
    );
    let most = longer(
        lasts(Some(&old.gap_most), a),
        lasts(Some(&new.gap_most), b),
        Verdict::Loosens,
        Verdict::Tightens,
    );
    let verdict = both(sessions, both(least, most));
    edits.change(Section::Course, "course", verdict, Place::New(new.span))
}

/// The heading of an instruction, and what it names.
fn matter(item: &AftercareItem) -> (&'static str, &[Activity]) {
    match &item.matter {
        Matter::Avoid(list) => ("avoid", list),
        Matter::Do(list) => ("do", list),
        Matter::May(list) => ("may", list),
        Matter::Expect(_) => ("expect", &[]),
    }
}

fn aftercare(a: &Treatment, b: &Treatment, all: &mut Vec<Change>) {
    pairs(&a.aftercare, &b.aftercare, |one| &one.id, &mut |name, pair| match pair {
        Pair::Both(old, new) => {
            let mut edits = Edits::default();
            let verdict = instruction((a, old), (b, new), &mut edits);
            all.extend(edits.change(Section::Aftercare, name, verdict, Place::New(new.span)));
        }
        Pair::Old(one) => {
            let verdict =
                there(one).map(|tightens| if tightens { Verdict::Loosens } else { Verdict::Tightens });
            let at = (State::Dropped, Place::Old(one.span));
            all.push(only(Section::Aftercare, name, at, says(one, a), verdict));
        }
        Pair::New(one) => {
            let verdict =
                there(one).map(|tightens| if tightens { Verdict::Tightens } else { Verdict::Loosens });
            let at = (State::Added, Place::New(one.span));
            all.push(only(Section::Aftercare, name, at, says(one, b), verdict));
        }
    });
}

/// Whether having the instruction is stricter than not having it.
fn there(item: &AftercareItem) -> Option<bool> {
    match item.matter {
        Matter::Avoid(_) | Matter::Do(_) => Some(true),
        Matter::May(_) => Some(false),
        Matter::Expect(_) => None,
    }
}

fn says(item: &AftercareItem, treatment: &Treatment) -> String {
    let (heading, list) = matter(item);
    let named: Vec<&str> = list.iter().map(|one| one.says.as_str()).collect();
    let about = match &item.matter {
        Matter::Expect(text) => text.clone(),
        _ => named.join(", "),
    };
    let part =
        |word: &str, text: Option<String>| text.map(|text| format!(", {word} {text}")).unwrap_or_default();
    let from = part("from", length(item.from.as_ref(), treatment));
    let lasts = part("for", length(item.lasts_for.as_ref(), treatment).or(item.lasts.clone()));
    format!("{heading}: {about}{from}{lasts}")
}

fn instruction(
    (a, old): (&Treatment, &AftercareItem),
    (b, new): (&Treatment, &AftercareItem),
    edits: &mut Edits,
) -> Option<Verdict> {
    let ((before, was), (after, is)) = (matter(old), matter(new));
    edits.text("heading", before, after);
    if let (Matter::Expect(x), Matter::Expect(y)) = (&old.matter, &new.matter) {
        edits.text("expect", x, y);
    }
    edits.maybe("from", length(old.from.as_ref(), a), length(new.from.as_ref(), b));
    edits.maybe("for", length(old.lasts_for.as_ref(), a), length(new.lasts_for.as_ref(), b));
    edits.maybe("lasts", old.lasts.clone(), new.lasts.clone());
    let mut verdict = None;
    let strict = there(new);
    let (tightens, loosens) = match strict {
        Some(false) => (Verdict::Loosens, Verdict::Tightens),
        _ => (Verdict::Tightens, Verdict::Loosens),
    };
    pairs(was, is, |one| &one.id, &mut |name, pair| match pair {
        Pair::Both(x, y) => {
            edits.text(name, &x.says, &y.says);
            edits.text(&format!("{name}, also"), &x.also.join(", "), &y.also.join(", "));
        }
        Pair::Old(x) => {
            edits.maybe(name, Some(x.says.clone()), None);
            verdict = both(verdict, Some(loosens));
        }
        Pair::New(y) => {
            edits.maybe(name, None, Some(y.says.clone()));
            verdict = both(verdict, Some(tightens));
        }
    });
    edits.basis((a, &old.basis), (b, &new.basis));
    if before != after {
        return match (there(old), strict) {
            (Some(true), Some(true)) => verdict,
            (Some(true), _) => Some(Verdict::Loosens),
            (_, Some(true)) => Some(Verdict::Tightens),
            _ => verdict,
        };
    }
    strict?;
    // What starts later is allowed, or not asked for, that much longer.
    let from = longer(
        lasts(old.from.as_ref(), a).or(Some(Duration::new(0, crate::value::Unit::Minutes))),
        lasts(new.from.as_ref(), b).or(Some(Duration::new(0, crate::value::Unit::Minutes))),
        if strict == Some(true) { Verdict::Loosens } else { Verdict::Tightens },
        if strict == Some(true) { Verdict::Tightens } else { Verdict::Loosens },
    );
    let length = match (&old.lasts_for, &new.lasts_for) {
        (None, None) => None,
        (x, y) => longer(lasts(x.as_ref(), a), lasts(y.as_ref(), b), tightens, loosens),
    };
    both(verdict, both(from, length))
}

fn prices(old: Version<'_>, new: Version<'_>) -> Option<Change> {
    let says = |version: Version<'_>, one: &Pricing| {
        format!("by {}, per {}", version.book.facts.get(one.by).id, one.per)
    };
    let (a, b) = match (&old.treatment.pricing, &new.treatment.pricing) {
        (Some(a), Some(b)) => (a, b),
        (Some(a), None) => {
            let at = (State::Dropped, Place::Old(a.span));
            return Some(only(Section::Price, "prices", at, says(old, a), None));
        }
        (None, Some(b)) => {
            let at = (State::Added, Place::New(b.span));
            return Some(only(Section::Price, "prices", at, says(new, b), None));
        }
        (None, None) => return None,
    };
    let mut edits = Edits::default();
    edits.text("by", &says(old, a), &says(new, b));
    let discount = |one: &Pricing| {
        one.course_discount.map(|(sessions, percent)| format!("{percent}% from {sessions} sessions on"))
    };
    edits.maybe("course discount", discount(a), discount(b));
    let mut days: Vec<_> = a.lists.all().iter().chain(b.lists.all()).map(|(from, _)| *from).collect();
    days.sort_unstable();
    days.dedup();
    for day in days {
        let of = |one: &Pricing| {
            one.lists.all().iter().find(|(from, _)| *from == day).map(|(_, list)| list.clone())
        };
        let (x, y) = (of(a), of(b));
        let what = format!("prices from {day}");
        edits.maybe(&what, x.as_ref().map(bands), y.as_ref().map(bands));
        if let (Some(x), Some(y)) = (&x, &y) {
            edits.basis((old.treatment, &x.basis), (new.treatment, &y.basis));
        }
    }
    let script = |one: &Pricing| {
        one.script.as_ref().map(|one| format!("{}({}) of {}", one.function, one.takes.join(", "), one.file))
    };
    edits.maybe("script", script(a), script(b));
    edits.basis((old.treatment, &a.basis), (new.treatment, &b.basis));
    edits.change(Section::Price, "prices", None, Place::New(b.span))
}

fn bands(list: &PriceList) -> String {
    let each = list.bands.iter().map(|band| match band.up_to {
        Some(end) => format!("{} up to {end}", band.price),
        None => format!("{} beyond", band.price),
    });
    each.collect::<Vec<_>>().join(", ")
}
