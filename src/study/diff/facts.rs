//! Questions that changed.

use super::texts::{Edits, both, either, guards, only};
use super::{Change, Edit, Place, Section, State, Verdict};
use crate::book::condition::{Condition, ConditionKind, SlotId};
use crate::book::fact::{Answers, Fact, FactKind};
use crate::book::{Book, never_longer};
use crate::value::{Duration, NEVER, NO, Number, ONGOING, YES};

/// What changed about the questions.
pub(super) fn changes(old: &Book, new: &Book) -> Vec<Change> {
    let mut changes = Vec::new();
    let (before, after) = (&old.facts, &new.facts);
    for fact in &before.facts {
        match after.named(&fact.id) {
            Some(id) => changes.extend(change((old, fact), (new, after.get(id)))),
            None => {
                let at = (State::Dropped, Place::Old(fact.span));
                changes.push(only(Section::Fact, &fact.id, at, fact.ask.clone(), None));
            }
        }
    }
    for fact in after.facts.iter().filter(|fact| before.named(&fact.id).is_none()) {
        let at = (State::Added, Place::New(fact.span));
        changes.push(only(Section::Fact, &fact.id, at, fact.ask.clone(), None));
    }
    changes
}

fn change((before, old): (&Book, &Fact), (after, new): (&Book, &Fact)) -> Option<Change> {
    let mut edits = Edits::default();
    let mut verdict = (old.unit != new.unit).then_some(Verdict::NotAnalysed);
    edits.text("asks", &old.ask, &new.ask);
    edits.text("kind", &kind(old), &kind(new));
    edits.maybe("unit", old.unit.clone(), new.unit.clone());
    edits.maybe("if not sure", old.not_sure.clone(), new.not_sure.clone());
    let when = |fact: &Fact| if fact.on_the_day { "on the day" } else { "at any time" }.to_string();
    edits.text("asked", &when(old), &when(new));
    // What is settled on the day keeps nobody from booking.
    let booked = either(old.on_the_day && !new.on_the_day, !old.on_the_day && new.on_the_day);
    verdict = both(verdict, booked);
    if let (FactKind::Number { low: a, high: b, .. }, FactKind::Number { low: c, high: d, .. }) =
        (old.kind, new.kind)
        && (a, b) != (c, d)
    {
        let range = |low, high| format!("{} to {}", Number::from_point(low), Number::from_point(high));
        edits.text("between", &range(a, b), &range(c, d));
        verdict = both(verdict, either(c > a || d < b, c < a || d > b));
    }
    for option in &old.options {
        let now = new.option(&option.id).map(|at| new.options[at].text.clone());
        edits.maybe(&format!("option {}", option.id), Some(option.text.clone()), now);
    }
    for option in new.options.iter().filter(|option| old.option(&option.id).is_none()) {
        edits.maybe(&format!("option {}", option.id), None, Some(option.text.clone()));
    }
    let names = |fact: &Fact| fact.options.iter().map(|option| option.id.clone()).collect::<Vec<_>>();
    let listed = match new.kind {
        // Of several options one is chosen: with others to choose from, it may be any.
        FactKind::Choice => guards(&names(old), &names(new)).map(|_| Verdict::NotAnalysed),
        _ => guards(&names(old), &names(new)),
    };
    verdict = both(verdict, listed);
    let alarms = |answers: Answers| alarms(before, old, answers) || alarms(after, new, answers);
    verdict = both(verdict, good_for(old, new, &alarms, &mut edits));
    edits.maybe("good for ever", old.always.clone(), new.always.clone());
    let planned = |fact: &Fact| if fact.may_be_planned { "yes" } else { "no" };
    edits.text("may be planned", planned(old), planned(new));
    let ahead = either(old.may_be_planned && !new.may_be_planned, !old.may_be_planned && new.may_be_planned);
    verdict = both(verdict, ahead);
    edits.change(Section::Fact, &old.id, verdict, Place::New(new.span))
}

fn kind(fact: &Fact) -> String {
    match fact.kind {
        FactKind::Number { whole: true, .. } => "whole number".to_string(),
        kind => kind.word().to_string(),
    }
}

/// Whether one answer to a fact may make a rule hold for which another answer would not.
fn alarms(book: &Book, fact: &Fact, answers: Answers) -> bool {
    let point = match answers {
        // Whoever says nothing else is meant as well.
        Answers::All => return false,
        Answers::At(point) => Some(point),
        Answers::Nothing | Answers::Something => None,
    };
    let own: Vec<SlotId> = fact.slots().collect();
    let nothing = if fact.kind == FactKind::Set { NO } else { NEVER };
    let asks = |part: &Condition, wanted: bool| match (&part.kind, point) {
        (ConditionKind::Is(slot, low, high), Some(point)) if own.contains(slot) => {
            (*low <= point && point <= *high) == wanted
        }
        (ConditionKind::Is(slot, low, high), None) if own.contains(slot) => {
            let is_nothing = *low <= nothing && nothing <= *high;
            (is_nothing == wanted) == (answers == Answers::Nothing)
        }
        (ConditionKind::AnyOption(asked), None) => {
            book.facts.get(*asked).id == fact.id && wanted == (answers == Answers::Something)
        }
        (ConditionKind::Dates(a, _, b), _) => {
            let reads = a.slot().into_iter().chain(b.slot()).any(|slot| own.contains(&slot));
            reads && (answers == Answers::Something || point == Some(ONGOING))
        }
        _ => false,
    };
    let conditions = book.treatments.iter().flat_map(|page| page.rules.iter().map(|rule| &rule.condition));
    let mut found = false;
    conditions.for_each(|condition| condition.walk_parts(&mut |part, wanted| found |= asks(part, wanted)));
    found
}

/// How long answers count. One that counts longer, or for ever, loosens if it reassures; one that alarms loosens if it
/// counts less long, since then less is known of whoever gave it.
fn good_for(old: &Fact, new: &Fact, alarms: &dyn Fn(Answers) -> bool, edits: &mut Edits) -> Option<Verdict> {
    let mut verdict = None;
    // An answer that is not listed by itself counts as long as any answer does.
    let of = |fact: &Fact, answers: Answers| -> Option<Duration> {
        let find = |wanted: Answers| fact.good_for.iter().find(|(one, _)| *one == wanted);
        find(answers).or_else(|| find(Answers::All)).map(|(_, duration)| *duration)
    };
    let mut listed: Vec<Answers> = old.good_for.iter().map(|(answers, _)| *answers).collect();
    listed.extend(new.good_for.iter().map(|(answers, _)| *answers));
    let mut seen: Vec<Answers> = Vec::new();
    for answers in listed {
        if seen.contains(&answers) {
            continue;
        }
        seen.push(answers);
        let (before, after) = (of(old, answers), of(new, answers));
        if before == after {
            continue;
        }
        let words = |duration: Option<Duration>| {
            Some(duration.map_or_else(|| "for ever".to_string(), |duration| duration.to_string()))
        };
        let what = match said(new, answers) {
            Some(answer) => format!("`{answer}` good for"),
            None => "good for".to_string(),
        };
        edits.0.push(Edit { what, before: words(before), after: words(after) });
        let moved = match (before, after) {
            (_, None) => Verdict::Loosens,
            (None, _) => Verdict::Tightens,
            (Some(a), Some(b)) => match (never_longer(a, b), never_longer(b, a)) {
                (true, true) => Verdict::Equivalent,
                (true, false) => Verdict::Loosens,
                (false, true) => Verdict::Tightens,
                (false, false) => Verdict::Mixed,
            },
        };
        let moved = match (moved, alarms(answers)) {
            (Verdict::Loosens, true) => Verdict::Tightens,
            (Verdict::Tightens, true) => Verdict::Loosens,
            (moved, _) => moved,
        };
        verdict = both(verdict, Some(moved));
    }
    verdict
}

fn said(fact: &Fact, answers: Answers) -> Option<String> {
    Some(match answers {
        Answers::All => return None,
        Answers::Nothing => "none".to_string(),
        Answers::Something => "any but none".to_string(),
        Answers::At(NEVER) => "never".to_string(),
        Answers::At(ONGOING) => "ongoing".to_string(),
        Answers::At(at) => match fact.options.get(at as usize) {
            Some(option) => option.id.clone(),
            None if at == YES => "yes".to_string(),
            None => "no".to_string(),
        },
    })
}
