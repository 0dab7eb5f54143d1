//! What changed about what must be true for every possible client.

use super::texts::{Edits, Pair, both, conditions, days, either, guards, only, pairs, within};
use super::{Change, Place, Section, State, Verdict};
use crate::book::english::English;
use crate::book::{Guarantee, Outcome};
use crate::decide::cells::Version;
use crate::span::Span;
use crate::study::apart;

/// A guarantee that speaks of fewer clients is weaker.
fn spoken_of((old, a): (Version<'_>, &Guarantee), (new, b): (Version<'_>, &Guarantee)) -> Option<Verdict> {
    let days = either(!within(b.in_force, a.in_force), !within(a.in_force, b.in_force));
    let unanswered = guards(&asked(old, a), &asked(new, b)).map(|_| Verdict::NotAnalysed);
    let clients = match (&a.when, &b.when) {
        (None, None) => None,
        (Some(_), None) => Some(Verdict::Tightens),
        (None, Some(_)) => Some(Verdict::Loosens),
        (Some(before), Some(after)) => match apart::same_questions(&old.book.facts, &new.book.facts) {
            true => Some(conditions((old, before), (new, after))),
            false => (clients_of(old, a) != clients_of(new, b)).then_some(Verdict::NotAnalysed),
        },
    };
    both(clients, both(days, unanswered))
}

/// The facts that have no answer.
fn asked(version: Version<'_>, guarantee: &Guarantee) -> Vec<String> {
    guarantee.unanswered.iter().map(|fact| version.book.facts.get(*fact).id.clone()).collect()
}

/// The clients that a guarantee speaks of, in words.
fn clients_of(version: Version<'_>, guarantee: &Guarantee) -> Option<String> {
    let Version { book, treatment, .. } = version;
    let day = crate::study::days::usual(treatment);
    let english = English { facts: &book.facts, treatment, day, with_later: false };
    guarantee.when.as_ref().map(|condition| english.condition(condition))
}

pub(super) fn changes(old: Version<'_>, new: Version<'_>, all: &mut Vec<Change>) {
    let never = |one: &Guarantee| {
        one.never.iter().map(|outcome: &Outcome| outcome.phrase()).collect::<Vec<_>>().join(", ")
    };
    let place = |span: Span, new: bool| if new { Place::New(span) } else { Place::Old(span) };
    pairs(
        &old.treatment.guarantees,
        &new.treatment.guarantees,
        |one| &one.id,
        &mut |name, pair| match pair {
            Pair::Both(a, b) => {
                let mut edits = Edits::default();
                edits.maybe("when", clients_of(old, a), clients_of(new, b));
                edits.text("unanswered", &asked(old, a).join(", "), &asked(new, b).join(", "));
                edits.text("never", &never(a), &never(b));
                edits.maybe("hazard", a.hazard.clone(), b.hazard.clone());
                edits.maybe("in force", days(a.in_force), days(b.in_force));
                let verdict = both(spoken_of((old, a), (new, b)), guards(&a.never, &b.never));
                all.extend(edits.change(Section::Guarantee, name, verdict, place(b.span, true)));
            }
            Pair::Old(one) => {
                let at = (State::Dropped, place(one.span, false));
                let says = format!("never {}", never(one));
                all.push(only(Section::Guarantee, name, at, says, Some(Verdict::Loosens)));
            }
            Pair::New(one) => {
                let at = (State::Added, place(one.span, true));
                let says = format!("never {}", never(one));
                all.push(only(Section::Guarantee, name, at, says, Some(Verdict::Tightens)));
            }
        },
    );
}
