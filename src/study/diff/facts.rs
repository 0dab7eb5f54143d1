//! Questions that changed.

use super::texts::{Edits, both, only};
use super::{Change, Edit, Place, Section, State, Verdict};
use crate::book::fact::{Answers, Fact, FactKind};
use crate::book::{Book, never_longer};
use crate::value::{Duration, NEVER, Number, ONGOING, YES};

/// What changed about the questions.
pub(super) fn changes(old: &Book, new: &Book) -> Vec<Change> {
    let mut changes = Vec::new();
    let (before, after) = (&old.facts, &new.facts);
    for fact in &before.facts {
        match after.named(&fact.id) {
            Some(id) => changes.extend(change(fact, after.get(id))),
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

fn change(old: &Fact, new: &Fact) -> Option<Change> {
    let mut edits = Edits::default();
    let mut verdict = None;
    edits.text("asks", &old.ask, &new.ask);
    edits.text("kind", &kind(old), &kind(new));
    edits.maybe("unit", old.unit.clone(), new.unit.clone());
    edits.maybe("if not sure", old.not_sure.clone(), new.not_sure.clone());
    let when = |fact: &Fact| if fact.on_the_day { "on the day" } else { "at any time" }.to_string();
    edits.text("asked", &when(old), &when(new));
    if let (FactKind::Number { low: a, high: b, .. }, FactKind::Number { low: c, high: d, .. }) =
        (old.kind, new.kind)
        && (a, b) != (c, d)
    {
        let range = |low, high| format!("{} to {}", Number::from_point(low), Number::from_point(high));
        edits.text("between", &range(a, b), &range(c, d));
        let wider = (c < a || d > b).then_some(Verdict::Loosens);
        let narrower = (c > a || d < b).then_some(Verdict::Tightens);
        verdict = both(verdict, both(wider, narrower));
    }
    for option in &old.options {
        let now = new.option(&option.id).map(|at| new.options[at].text.clone());
        edits.maybe(&format!("option {}", option.id), Some(option.text.clone()), now);
    }
    for option in new.options.iter().filter(|option| old.option(&option.id).is_none()) {
        edits.maybe(&format!("option {}", option.id), None, Some(option.text.clone()));
    }
    verdict = both(verdict, good_for(old, new, &mut edits));
    edits.maybe("good for ever", old.always.clone(), new.always.clone());
    let planned = |fact: &Fact| if fact.may_be_planned { "yes" } else { "no" };
    edits.text("may be planned", planned(old), planned(new));
    edits.change(Section::Fact, &old.id, verdict, Place::New(new.span))
}

fn kind(fact: &Fact) -> String {
    match fact.kind {
        FactKind::Number { whole: true, .. } => "whole number".to_string(),
        kind => kind.word().to_string(),
    }
}

/// How long answers count: longer, or for ever, loosens.
fn good_for(old: &Fact, new: &Fact, edits: &mut Edits) -> Option<Verdict> {
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
