//! Facts, options and derived facts: from `facts.yaml` as written to questions with slots.

use super::condition::{Definition, FactId, SlotId};
use super::diags::Finding;
use super::fact::{Answers, Fact, FactKind, FactOption, Facts, Slot};
use super::lower::{self, FUNCTIONS, Meaning, Names};
use super::syntax;
use crate::diagnostic::Diagnostic;
use crate::limits::{OPTIONS, OPTIONS_OF_ONE};
use crate::source::{Kind, Node};
use crate::span::Span;
use crate::suggest;
use crate::value::{Duration, NEVER, NO, Number, ONGOING, YES};
use crate::written::{self, Named, Words, text};

/// Why `name` cannot be used in conditions, if it cannot.
fn bad_name(name: &str) -> Option<String> {
    let well_formed = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !well_formed {
        Some("it is not made of small letters, digits and `_`".to_string())
    } else if syntax::is_reserved(name) || name == "visit" || FUNCTIONS.contains(&name) {
        Some("it is a word of the language".to_string())
    } else {
        None
    }
}

pub(super) fn check_name(name: &str, span: Span, out: &mut Vec<Diagnostic>) {
    if let Some(why) = bad_name(name) {
        out.push(Finding::BadName { span, name, why }.into());
    }
}

/// Words an option cannot be called: records and conditions use them for something else.
const NO_OPTIONS: [&str; 10] =
    ["any", "none", "some", "rest", "unknown", "answer", "on", "from", "at_least", "at_most"];

pub(super) fn facts(written: &[Named<written::Fact>], out: &mut Vec<Diagnostic>) -> Facts {
    let mut facts = Facts::default();
    for Named { name, span, value } in written {
        check_name(name, *span, out);
        if value.is.is_some() {
            continue;
        }
        for option in &value.of {
            if NO_OPTIONS.contains(&option.name.as_str()) {
                let why = "records use the word for something else".to_string();
                out.push(Finding::BadName { span: option.span, name: &option.name, why }.into());
            } else {
                check_name(&option.name, option.span, out);
            }
        }
        let Some(kind) = value.kind.as_ref().and_then(|kind| fact_kind(kind, value, *span, out)) else {
            continue;
        };
        let options: Vec<FactOption> =
            value.of.iter().map(|o| FactOption { id: o.name.clone(), text: o.value.text.clone() }).collect();
        if facts.slots.len() + options.len().max(1) > OPTIONS || facts.facts.len() >= OPTIONS {
            let message = format!("all facts together have more than {OPTIONS} answers and options");
            let help = "split the rules folder".to_string();
            out.push(Finding::BadKind { span: *span, message, help }.into());
            break;
        }
        let id = FactId(facts.facts.len() as u16);
        let slot_count = match kind {
            FactKind::Note => 0,
            _ if kind.slot_per_option() => options.len() as u16,
            _ => 1,
        };
        let first_slot = SlotId(facts.slots.len() as u16);
        for option in 0..slot_count {
            facts.slots.push(Slot { fact: id, option: kind.slot_per_option().then_some(option) });
        }
        let on_the_day = match &value.asked {
            Some(words) if words.text == "on the day" => true,
            Some(words) => {
                let message = format!("`asked: {}` is not known", words.text);
                let help = "write `on the day`, or leave `asked` out".to_string();
                out.push(Finding::BadValue { span: words.span, message, help }.into());
                false
            }
            None => false,
        };
        let good_for = value
            .good_for
            .as_ref()
            .map(|node| good_for(node, kind, &options, *span, out))
            .unwrap_or_default();
        let always = always(value, &good_for, out);
        let may_be_planned = value.may_be_planned.as_ref().is_some_and(|words| planned(words, kind, out));
        facts.facts.push(Fact {
            id: name.clone(),
            kind,
            ask: value.ask.as_ref().map(|ask| ask.text.clone()).unwrap_or_default(),
            options,
            good_for,
            always,
            may_be_planned,
            on_the_day,
            not_sure: text(&value.not_sure),
            unit: text(&value.unit),
            first_slot,
            slot_count,
            span: *span,
        });
    }
    facts
}

fn fact_kind(kind: &Words, fact: &written::Fact, span: Span, out: &mut Vec<Diagnostic>) -> Option<FactKind> {
    const KINDS: [&str; 9] =
        ["yes/no", "choice", "set", "number", "date", "planned date", "birth date", "history", "note"];
    let mut bad = |message: String, help: String| {
        out.push(Finding::BadKind { span: kind.span, message, help }.into());
    };
    let found = match kind.text.as_str() {
        "yes/no" => FactKind::YesNo,
        "choice" => FactKind::Choice,
        "set" => FactKind::Set,
        "date" => FactKind::Date,
        "planned date" => FactKind::PlannedDate,
        "birth date" => FactKind::BirthDate,
        "history" => FactKind::History,
        "note" => FactKind::Note,
        "number" => {
            let whole = fact.whole.as_ref().is_some_and(|words| words.text == "yes");
            let bounds: Vec<Option<Number>> =
                fact.between.iter().map(|words| Number::parse(&words.text)).collect();
            match bounds[..] {
                [Some(low), Some(high)] if whole && !(low.is_whole() && high.is_whole()) => {
                    let help = "write whole numbers, or leave `whole` out".to_string();
                    bad("`between` of a whole number has decimals".to_string(), help);
                    return None;
                }
                [Some(low), Some(high)] if low <= high => {
                    return Some(FactKind::Number { whole, low: low.point(), high: high.point() });
                }
                _ => {
                    let help = "write `between: [1, 2000]`: what lies outside is an error, not an answer"
                        .to_string();
                    bad("a number needs `between` with its least and greatest value".to_string(), help);
                    return None;
                }
            }
        }
        other => {
            let help = match suggest::nearest(other, KINDS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the kinds are {}", crate::prose::list(&KINDS, "and")),
            };
            bad(format!("there is no kind `{other}`"), help);
            return None;
        }
    };
    if found.has_options() && (fact.of.is_empty() || fact.of.len() > OPTIONS_OF_ONE) {
        let message = format!("a {} needs its options, at most {OPTIONS_OF_ONE}", found.word());
        let help = "add `of:` with one `name: words` for each".to_string();
        out.push(Finding::BadKind { span, message, help }.into());
        return None;
    }
    for (misplaced, key) in [
        (!found.has_options() && !fact.of.is_empty(), "of"),
        (!fact.between.is_empty(), "between"),
        (fact.unit.is_some(), "unit"),
        (fact.whole.is_some(), "whole"),
    ] {
        if misplaced {
            let message = format!("a fact of the kind `{}` has no `{key}`", found.word());
            out.push(
                Finding::BadKind { span, message, help: format!("remove `{key}`, or change the kind") }
                    .into(),
            );
        }
    }
    Some(found)
}

/// `may_be_planned: yes`
fn planned(words: &Words, kind: FactKind, out: &mut Vec<Diagnostic>) -> bool {
    let wrong = match (words.text.as_str(), kind.may_go_on()) {
        ("yes", true) => return true,
        ("no", _) => return false,
        (_, false) => {
            let message = format!("a fact of the kind `{}` has no `may_be_planned`", kind.word());
            (message, "only what a `date` or `history` tells of can be planned to end")
        }
        (text, true) => (format!("`may_be_planned: {text}` is neither yes nor no"), "write `yes`"),
    };
    out.push(Finding::BadValue { span: words.span, message: wrong.0, help: wrong.1.to_string() }.into());
    false
}

/// Says that an answer counts for ever.
const ALWAYS: &str = "always";

/// Why every answer counts for ever, if that is said.
fn always(
    fact: &written::Fact,
    good_for: &[(Answers, Duration)],
    out: &mut Vec<Diagnostic>,
) -> Option<String> {
    let node = fact.good_for.as_ref()?;
    let is_said = match &node.kind {
        Kind::Map(entries) => entries.iter().all(|entry| entry.value.text() == Some(ALWAYS)),
        Kind::Scalar(_) | Kind::List(_) => node.text() == Some(ALWAYS),
    };
    match (&fact.why, is_said && good_for.is_empty()) {
        (Some(why), true) => return Some(why.text.clone()),
        (Some(why), false) => {
            let message = "`why` says why answers count for ever, and these do not".to_string();
            let help = "write `good_for: always`, or remove `why`".to_string();
            out.push(Finding::BadValue { span: why.span, message, help }.into());
        }
        (None, true) => {
            let message = "answers that count for ever need a reason".to_string();
            let help = "add `why:`, such as `why: It is a mark on the skin that stays.`".to_string();
            out.push(Finding::BadValue { span: node.span, message, help }.into());
        }
        (None, false) => {}
    }
    None
}

fn good_for(
    node: &Node,
    kind: FactKind,
    options: &[FactOption],
    span: Span,
    out: &mut Vec<Diagnostic>,
) -> Vec<(Answers, Duration)> {
    let length = |node: &Node, out: &mut Vec<Diagnostic>| -> Option<Duration> {
        if node.text() == Some(ALWAYS) {
            return None;
        }
        let found = node.text().and_then(Duration::parse).filter(|d| d.unit.is_calendar());
        if found.is_none() {
            let message = "`good_for` is a number of days, weeks, months or years".to_string();
            let help = "write a duration such as `4 weeks`, or `always`".to_string();
            let at = if node.span.start == node.span.end { span } else { node.span };
            out.push(Finding::BadValue { span: at, message, help }.into());
        }
        found
    };
    let Kind::Map(entries) = &node.kind else {
        return length(node, out).map(|duration| (Answers::All, duration)).into_iter().collect();
    };
    let mut limits = Vec::new();
    for entry in entries {
        let answers = match (kind, entry.key.as_str()) {
            (FactKind::YesNo, "yes") => Some(Answers::At(YES)),
            (FactKind::YesNo, "no") => Some(Answers::At(NO)),
            (FactKind::Choice, id) => {
                options.iter().position(|o| o.id == id).map(|at| Answers::At(at as i64))
            }
            (FactKind::Set | FactKind::History, "none") => Some(Answers::Nothing),
            (FactKind::Set | FactKind::History, "any") => Some(Answers::Something),
            (FactKind::Date, "never") => Some(Answers::At(NEVER)),
            (FactKind::Date, "ongoing") | (FactKind::PlannedDate, "none") => Some(Answers::At(ONGOING)),
            _ => None,
        };
        match answers {
            Some(answers) => limits.extend(length(&entry.value, out).map(|duration| (answers, duration))),
            None => {
                let message = format!("`{}` is no answer to a fact of the kind `{}`", entry.key, kind.word());
                let help = "name an answer, such as `no: 4 weeks`; a set or history has `none` and `any`"
                    .to_string();
                out.push(Finding::BadValue { span: entry.key_span, message, help }.into());
            }
        }
    }
    limits
}

/// A name with the expression it stands for.
pub(super) struct Derived<'w> {
    pub(super) name: &'w str,
    pub(super) span: Span,
    pub(super) is: &'w Node,
    pub(super) meaning: &'w Option<Words>,
}

/// Reads what is derived in an order in which each finds those it needs.
pub(super) fn derived<'w>(
    written: impl Iterator<Item = Derived<'w>>,
    facts: &Facts,
    names: &mut Names,
    out: &mut Vec<Diagnostic>,
) -> Vec<Definition> {
    let mut definitions = Vec::new();
    let mut open: Vec<Derived<'w>> = written.collect();
    while !open.is_empty() {
        let waiting: Vec<String> = open.iter().map(|one| one.name.to_string()).collect();
        let (now, later): (Vec<_>, Vec<_>) = open.into_iter().partition(|one| {
            let used = one.is.text().and_then(|text| syntax::parse(text).ok()).map(|tree| names_in(&tree));
            used.is_none_or(|used| used.iter().all(|name| !waiting.contains(name)))
        });
        if now.is_empty() {
            if let Some((first, rest)) = later.split_first() {
                let others = rest.iter().map(|other| other.span).collect();
                out.push(Finding::Cycle { span: first.span, name: first.name, others }.into());
            }
            names.broken.extend(later.iter().map(|one| one.name.to_string()));
            break;
        }
        for Derived { name, span, is, meaning } in now {
            let Some(stands_for) = lower::any(is, facts, names, out) else {
                names.broken.insert(name.to_string());
                continue;
            };
            let condition = match &stands_for {
                Meaning::Condition(condition) => Some(condition.clone()),
                _ => None,
            };
            definitions.push(Definition { id: name.to_string(), meaning: text(meaning), condition, span });
            names.derived.insert(name.to_string(), stands_for);
        }
        open = later;
    }
    definitions
}

pub(super) fn names_in(tree: &syntax::Tree) -> Vec<String> {
    let mut names = Vec::new();
    tree.walk(&mut |part| {
        if let syntax::TreeKind::Name(name) = &part.kind {
            names.push(name.clone());
        }
    });
    names
}
