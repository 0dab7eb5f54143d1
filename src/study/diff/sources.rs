//! What changed in the sources that a page cites, statement by statement, and in the questions to their authors.

use super::texts::{Edits, Pair, both, either, only, pairs};
use super::{Change, Place, Section, State, Verdict};
use crate::book::{Query, Statement, Treatment};

/// The statements.
pub(super) fn statements(a: &Treatment, b: &Treatment, all: &mut Vec<Change>) {
    let supports = |one: &Statement| one.supports.map(|outcome| outcome.to_string());
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    pairs(&a.statements, &b.statements, |one| &one.id, &mut |name, pair| match pair {
        Pair::Both(old, new) => {
            let mut edits = Edits::default();
            edits.text("says", &old.says, &new.says);
            edits.text("line", &old.line.to_string(), &new.line.to_string());
            edits.maybe("supports", supports(old), supports(new));
            edits.text("for clients to read", yes(old.client_text), yes(new.client_text));
            edits.maybe("needs no rule", old.no_rule.clone(), new.no_rule.clone());
            edits.maybe("note", old.note.clone(), new.note.clone());
            edits.text("source", &old.source, &new.source);
            let (was, is) = (old.no_rule.is_some(), new.no_rule.is_some());
            let verdict = either(was && !is, is && !was);
            all.extend(edits.change(Section::Statement, name, verdict, Place::New(new.span)));
        }
        Pair::Old(one) => {
            let at = (State::Dropped, Place::Old(one.span));
            all.push(only(Section::Statement, name, at, one.says.clone(), Some(Verdict::Loosens)));
        }
        Pair::New(one) => {
            let at = (State::Added, Place::New(one.span));
            all.push(only(Section::Statement, name, at, one.says.clone(), Some(Verdict::Tightens)));
        }
    });
}

/// Questions to the authors of the sources: while one is open nothing is signed.
pub(super) fn queries(a: &Treatment, b: &Treatment, all: &mut Vec<Change>) {
    let about = |one: &Query| {
        let line = one.line.as_ref().map(|line| format!(" about line {line}")).unwrap_or_default();
        let open = if one.is_open { "open" } else { "answered" };
        format!("{open}{line} of {}: {}", one.source, one.asks)
    };
    pairs(&a.queries, &b.queries, |one| &one.id, &mut |name, pair| match pair {
        Pair::Both(old, new) => {
            let mut edits = Edits::default();
            edits.text("asks", &old.asks, &new.asks);
            edits.maybe("line", old.line.clone(), new.line.clone());
            edits.text("source", &old.source, &new.source);
            edits.maybe("answer", old.answer.clone(), new.answer.clone());
            edits.maybe("answered by", old.by.clone(), new.by.clone());
            edits.maybe("answered on", old.on.clone(), new.on.clone());
            // Another answer, or one to another question, may be a reason for other rules.
            let otherwise =
                !old.is_open && !new.is_open && (&old.asks, &old.answer) != (&new.asks, &new.answer);
            let opened = either(!old.is_open && new.is_open, old.is_open && !new.is_open);
            let verdict = both(opened, otherwise.then_some(Verdict::NotAnalysed));
            all.extend(edits.change(Section::Query, name, verdict, Place::New(new.span)));
        }
        Pair::Old(one) => {
            let at = (State::Dropped, Place::Old(one.span));
            let verdict = one.is_open.then_some(Verdict::Loosens);
            all.push(only(Section::Query, name, at, about(one), verdict));
        }
        Pair::New(one) => {
            let at = (State::Added, Place::New(one.span));
            let verdict = one.is_open.then_some(Verdict::Tightens);
            all.push(only(Section::Query, name, at, about(one), verdict));
        }
    });
}
