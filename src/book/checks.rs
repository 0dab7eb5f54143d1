//! What is written well and still wrong: options nobody reads, statements nobody cites, traps of `never`.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{CompareOp, Condition, ConditionKind, DateBase, DateTerm, FactId, NumberTerm, SlotId};
use super::days_from_written::day;
use super::diags::Finding;
use super::fact::{Fact, FactKind, Facts};
use super::{Book, Treatment};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::source::Node;
use crate::span::{Span, Texts};
use crate::suggest;
use crate::value::{NEVER, Point};
use crate::written::{self, Rules, Words, text};

/// Names that may be used in a part of the rules that could not be read. Nobody can say that they are not,
/// and one mistake is to give one finding.
pub(super) struct Doubtful {
    names: BTreeSet<String>,
    /// Whether an expression is among those parts.
    an_expression: bool,
}

impl Doubtful {
    /// The words of `unread` and of every line with an error, and the names they were probably meant as.
    pub(super) fn new(unread: &str, book: &Book, texts: &Texts, out: &[Diagnostic]) -> Doubtful {
        let mut text = unread.to_string();
        for span in out.iter().filter(|f| f.severity == Severity::Error).filter_map(Diagnostic::span) {
            let content = texts.get(span.text).content.as_bytes();
            let break_at = |byte: &u8| *byte == b'\n';
            let (start, end) = (span.range().start.min(content.len()), span.range().end.min(content.len()));
            let from = content[..start].iter().rposition(break_at).map_or(0, |at| at + 1);
            let to = content[end..].iter().position(break_at).map_or(content.len(), |at| end + at);
            text.push(' ');
            text.push_str(&String::from_utf8_lossy(&content[from..to]));
        }
        let facts = book.facts.facts.iter().map(|fact| &fact.id);
        let parameters = book.treatments.iter().flat_map(|t| &t.parameters).map(|parameter| &parameter.id);
        let statements = book.treatments.iter().flat_map(|t| &t.statements).map(|statement| &statement.id);
        let known: Vec<&str> = facts.chain(parameters).chain(statements).map(String::as_str).collect();
        let options = book.facts.facts.iter().flat_map(|fact| &fact.options);
        let options: Vec<&str> = options.map(|option| option.id.as_str()).collect();
        let words: BTreeSet<&str> = text
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty())
            .collect();
        let mut names: BTreeSet<String> = known
            .iter()
            .chain(&options)
            .filter(|name| words.contains(**name))
            .map(|n| n.to_string())
            .collect();
        let mut slips = Vec::new();
        for word in words.into_iter().filter(|word| !names.contains(*word)).take(MAX_SLIPS) {
            slips.extend(suggest::nearest(word, known.iter().copied()).map(str::to_string));
            slips.extend(suggest::nearest(word, options.iter().copied()).map(str::to_string));
        }
        names.extend(slips);
        Doubtful { names, an_expression: !unread.trim().is_empty() }
    }

    fn has(&self, name: &str) -> bool {
        name.split('.').all(|part| self.names.contains(part))
    }
}

/// For more words in broken parts than this nobody guesses what they were meant as.
const MAX_SLIPS: usize = 200;

/// Checks that need the whole book.
pub(super) fn run(book: &Book, rules: &Rules, doubtful: &Doubtful, out: &mut Vec<Diagnostic>) {
    let reads: Vec<BTreeSet<SlotId>> = book
        .treatments
        .iter()
        .zip(&rules.pages)
        .map(|(treatment, page)| slots_read(treatment, page, &book.facts))
        .collect();
    let pages = book.treatments.iter().zip(&rules.pages).zip(&reads);
    // An expression that could not be read may have been meant to name anything.
    for ((treatment, page), read) in pages.filter(|_| !doubtful.an_expression) {
        unread(book, (treatment, page), read, doubtful, out);
        unused_parameters(treatment, page, doubtful, out);
    }
    titles(book, out);
    statements(rules, doubtful, out);
    hazards(book, rules, out);
}

fn slots_read(treatment: &Treatment, page: &written::Page, facts: &Facts) -> BTreeSet<SlotId> {
    let options = |id: FactId| facts.slots_of(id);
    let mut read: BTreeSet<SlotId> = BTreeSet::new();
    treatment.conditions().for_each(|condition| read.extend(condition.slots(&options)));
    read.extend(treatment.pricing.iter().map(|pricing| pricing.slot));
    let taken = page
        .functions
        .iter()
        .flat_map(|function| &function.value.takes)
        .chain(page.pricing.iter().filter_map(|p| p.script.as_ref()).flat_map(|script| &script.takes));
    for name in taken {
        read.extend(facts.named(&name.text).into_iter().flat_map(options));
    }
    if let Some(goals) = facts.named("goals") {
        let fact = facts.get(goals);
        let named = page.indications.iter().filter_map(|indication| fact.option(&indication.name));
        read.extend(
            named.filter(|_| fact.kind == FactKind::Set).map(|at| SlotId(fact.first_slot.0 + at as u16)),
        );
    }
    read
}

/// A fact or option that the page does not read. Each page accounts for every question by itself: what one
/// treatment reads says nothing about another.
fn unread(
    book: &Book,
    (treatment, page): (&Treatment, &written::Page),
    read: &BTreeSet<SlotId>,
    doubtful: &Doubtful,
    out: &mut Vec<Diagnostic>,
) {
    let mut excused: BTreeMap<String, Span> = BTreeMap::new();
    for entry in &page.not_used {
        excused.insert(entry.name.clone(), entry.span);
    }
    for (id, fact) in book.facts.facts.iter().enumerate() {
        if fact.kind == FactKind::Note {
            continue;
        }
        let slots = book.facts.slots_of(FactId(id as u16));
        let here = slots.iter().any(|slot| read.contains(slot));
        if let Some(span) = excused.remove(&fact.id) {
            if here {
                out.push(Finding::NeedlessNotUsed { span, name: &fact.id }.into());
            }
            continue;
        }
        let others = (fact.kind == FactKind::Choice).then(|| fact.option(UNLISTED)).flatten();
        let others = others.map(|at| (at as Point, format!("{}.{UNLISTED}", fact.id)));
        let excused_others = others.as_ref().is_some_and(|(_, name)| excused.contains_key(name));
        let excused_options =
            excused_others || slots.iter().any(|slot| excused.contains_key(&book.facts.slot_name(*slot)));
        if !here && doubtful.has(&fact.id) {
            continue;
        }
        if !here && !excused_options {
            out.push(Finding::UnreadOption { span: fact.span, name: &fact.id, page: &page.path }.into());
            continue;
        }
        if let Some((at, name)) = others {
            let is_read = reads_option(treatment, page, fact, at);
            match (excused.remove(&name), is_read) {
                (Some(span), true) => out.push(Finding::NeedlessNotUsed { span, name: &name }.into()),
                (None, false) if !doubtful.has(&name) => {
                    out.push(Finding::UnreadOption { span: fact.span, name: &name, page: &page.path }.into());
                }
                _ => {}
            }
        }
        if fact.kind == FactKind::Choice {
            // Of the others nothing need be said, and may be.
            for (at, option) in (0..).zip(&fact.options) {
                let name = format!("{}.{}", fact.id, option.id);
                let excused = excused.remove(&name).filter(|_| reads_option(treatment, page, fact, at));
                out.extend(excused.map(|span| Finding::NeedlessNotUsed { span, name: &name }.into()));
            }
        }
        if !fact.kind.slot_per_option() {
            continue;
        }
        for slot in slots {
            let name = book.facts.slot_name(slot);
            match (excused.remove(&name), read.contains(&slot)) {
                (Some(span), true) => out.push(Finding::NeedlessNotUsed { span, name: &name }.into()),
                (None, false) if !doubtful.has(&name) => {
                    out.push(Finding::UnreadOption { span: fact.span, name: &name, page: &page.path }.into());
                }
                _ => {}
            }
        }
    }
    for (name, span) in excused {
        let known: Vec<String> = book.facts.facts.iter().map(|fact| fact.id.clone()).collect();
        let near = suggest::nearest(&name, known.iter().map(String::as_str));
        out.push(Finding::UnknownReference { span, what: "fact or option", name: &name, near }.into());
    }
}

/// The option of a choice that stands for whatever nobody thought of.
const UNLISTED: &str = "unlisted";

/// Whether something on the page names an option of a choice, or comes out yes for it since it names another.
fn reads_option(treatment: &Treatment, page: &written::Page, fact: &Fact, at: Point) -> bool {
    let pricing = page.pricing.as_ref();
    let script = pricing.and_then(|pricing| pricing.script.as_ref());
    let mut taken = page
        .functions
        .iter()
        .flat_map(|function| &function.value.takes)
        .chain(script.into_iter().flat_map(|script| &script.takes));
    let slot = fact.first_slot;
    taken.any(|name| name.text == fact.id)
        || treatment.pricing.as_ref().is_some_and(|pricing| pricing.slot == slot)
        || treatment.conditions().any(|condition| comes_out_yes(condition, slot, at))
}

fn comes_out_yes(condition: &Condition, slot: SlotId, at: Point) -> bool {
    let mut found = false;
    condition.walk_parts(&mut |part, wanted| {
        found |= match &part.kind {
            ConditionKind::Is(own, low, high) => *own == slot && ((*low..=*high).contains(&at) || !wanted),
            _ => false,
        }
    });
    found
}

/// Columns that mean something in every table.
const COLUMNS: [&str; 4] = ["client", "visit", "answered_on", "rest"];
/// What may stand behind a fact and a dot, beside its options.
const PARTS: [&str; 7] = ["on", "rest", "some", "answer", "from", "at_least", "at_most"];

/// No column is ignored in which an answer may stand.
pub(super) fn ignored_columns<'w>(
    ignored: impl Iterator<Item = &'w Words>,
    facts: &Facts,
    out: &mut Vec<Diagnostic>,
) {
    for words in ignored {
        let name = words.text.as_str();
        let (fact, part) = name.split_once('.').map_or((name, None), |(fact, part)| (fact, Some(part)));
        let own = facts.named(fact).map(|id| facts.get(id));
        let is_read = match (own, part) {
            (Some(_), None) => true,
            (Some(own), Some(part)) => PARTS.contains(&part) || own.option(part).is_some(),
            (None, _) => {
                COLUMNS.contains(&name) || facts.facts.iter().any(|fact| fact.option(name).is_some())
            }
        };
        if is_read {
            out.push(Finding::IgnoredAnswer { span: words.span, name }.into());
        }
    }
}

fn unused_parameters(
    treatment: &Treatment,
    page: &written::Page,
    doubtful: &Doubtful,
    out: &mut Vec<Diagnostic>,
) {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for condition in treatment.conditions() {
        used.extend(condition.parameters().into_iter().map(|id| treatment.parameter(id).id.clone()));
    }
    let mut mention = |words: Option<&Words>| used.extend(words.map(|words| words.text.clone()));
    page.course.iter().flat_map(|course| &course.gap).for_each(|words| mention(Some(words)));
    page.aftercare.iter().for_each(|item| {
        mention(item.value.from.as_ref());
        mention(item.value.lasts_for.as_ref());
    });
    page.functions.iter().flat_map(|function| &function.value.takes).for_each(|words| mention(Some(words)));
    page.pricing
        .iter()
        .filter_map(|pricing| pricing.script.as_ref())
        .flat_map(|script| &script.takes)
        .for_each(|words| mention(Some(words)));
    page.appointment.iter().for_each(|appointment| {
        mention(appointment.duration.as_ref());
        appointment.steps.iter().for_each(|step| mention(step.value.before.as_ref()));
    });
    for parameter in &treatment.parameters {
        if !used.contains(&parameter.id) && !doubtful.has(&parameter.id) {
            out.push(Finding::UnusedParameter { span: parameter.span, name: &parameter.id }.into());
        }
    }
}

fn citations(page: &written::Page) -> Vec<&Words> {
    let rules = page.rules.iter().flat_map(|rule| &rule.value.basis.source);
    let parameters = page
        .parameters
        .iter()
        .flat_map(|parameter| &parameter.value.values)
        .flat_map(|value| &value.value.basis.source);
    let indications = page.indications.iter().map(|indication| &indication.value);
    let course = page.course.iter().flat_map(|course| &course.basis.source);
    let appointment = page.appointment.iter().flat_map(|appointment| {
        let steps = appointment.steps.iter().flat_map(|step| {
            let exclusions = step.value.not_for.iter().flat_map(|exclusion| &exclusion.value.basis.source);
            step.value.basis.source.iter().chain(exclusions)
        });
        appointment.basis.source.iter().chain(steps)
    });
    let aftercare = page.aftercare.iter().flat_map(|item| &item.value.basis.source);
    let pricing = page.pricing.iter().flat_map(|pricing| {
        let lists = pricing.lists.iter().flat_map(|list| &list.value.basis.source);
        pricing.basis.source.iter().chain(lists)
    });
    rules
        .chain(parameters)
        .chain(indications)
        .chain(course)
        .chain(appointment)
        .chain(aftercare)
        .chain(pricing)
        .collect()
}

/// People choose a page by its name.
fn titles(book: &Book, out: &mut Vec<Diagnostic>) {
    let name = |treatment: &Treatment| treatment.name.to_lowercase();
    for (at, treatment) in book.treatments.iter().enumerate().filter(|(_, one)| !one.name.is_empty()) {
        if let Some(first) = book.treatments[..at].iter().find(|first| name(first) == name(treatment)) {
            let (span, first) = (treatment.span, first.span);
            out.push(Finding::SameTitle { span, first, name: &treatment.name }.into());
        }
    }
}

/// Every sentence of a source is cited or says why not; open questions stay visible.
fn statements(rules: &Rules, doubtful: &Doubtful, out: &mut Vec<Diagnostic>) {
    let cited: Vec<&Words> = rules.pages.iter().flat_map(citations).collect();
    // What a rule without a reason rests on, or one with a reason that does not exist, nobody knows.
    let is_lost = out.iter().any(|found| [Code::NoReason, Code::UnknownStatement].contains(&found.code));
    for source in rules.sources.values() {
        for statement in &source.statements {
            let citation = cited.iter().find(|words| words.text == statement.name);
            match (citation, &statement.value.no_rule) {
                (None, None) if is_lost || doubtful.has(&statement.name) => {}
                (None, None) => {
                    out.push(Finding::UncitedStatement { span: statement.span, id: &statement.name }.into());
                }
                (Some(words), Some(reason)) => {
                    let (span, cited) = (reason.span, words.span);
                    out.push(Finding::NeedlessNoRule { span, id: &statement.name, cited }.into());
                }
                _ => {}
            }
        }
        for query in &source.open_queries {
            if let Some(on) = &query.value.on {
                day(on, out);
            }
            if query.value.is_open() {
                let [asks, line] =
                    [&query.value.asks, &query.value.line].map(|words| text(words).unwrap_or_default());
                out.push(
                    Finding::OpenQuery { span: query.span, id: &query.name, asks: &asks, line: &line }.into(),
                );
            }
        }
    }
}

fn hazards(book: &Book, rules: &Rules, out: &mut Vec<Diagnostic>) {
    // A rule that is written and cannot be read has its own finding.
    let written = rules.pages.iter().flat_map(|page| {
        let id = page.path.trim_end_matches(".yaml");
        page.rules.iter().map(move |rule| format!("{id}/{}", rule.name))
    });
    let typed = book.treatments.iter().flat_map(|t| &t.rules).map(|rule| rule.id.clone());
    let known_rules: Vec<String> = written.chain(typed).collect();
    let known_guarantees: Vec<String> =
        book.treatments.iter().flat_map(|t| &t.guarantees).map(|g| g.id.clone()).collect();
    for hazard in &rules.hazards {
        for (words, what, known) in [
            (&hazard.value.rules, "rule", &known_rules),
            (&hazard.value.guarantees, "guarantee", &known_guarantees),
        ] {
            let on_unread_page = |id: &str| {
                id.split_once('/').is_some_and(|(page, _)| rules.unread.contains(&format!("{page}.yaml")))
            };
            let unknown = |id: &str| !known.iter().any(|known| known == id) && !on_unread_page(id);
            for words in words.iter().filter(|words| unknown(&words.text)) {
                let near = suggest::nearest(&words.text, known.iter().map(String::as_str));
                out.push(
                    Finding::UnknownReference { span: words.span, what, name: &words.text, near }.into(),
                );
            }
        }
    }
}

/// Checks one condition: comparisons of two answers, and comparisons that are yes for `never`.
pub(super) fn condition(condition: &Condition, facts: &Facts, out: &mut Vec<Diagnostic>) {
    let mut named_never = Vec::new();
    condition.walk(&mut |part| {
        if let ConditionKind::Is(slot, NEVER, NEVER) = part.kind {
            named_never.push(slot);
        }
        let slots = match &part.kind {
            ConditionKind::Dates(a, _, b) => a.slot().iter().chain(&b.slot()).count(),
            ConditionKind::Numbers(a, _, b) => a.slots().len() + b.slots().len(),
            _ => 0,
        };
        if let ConditionKind::Numbers(a, _, b) = &part.kind
            && [a, b].into_iter().any(|term| counts_back(term, facts))
        {
            let message = "an age is counted from the birth date to the visit, and not back".to_string();
            let help = "write the birth date first: `years_between(birth_date, visit)`".to_string();
            out.push(Finding::MixedKinds { span: part.span, message, help }.into());
        }
        let scripted = matches!(&part.kind, ConditionKind::Numbers(a, _, b)
            if [a, b].iter().any(|n| matches!(n, NumberTerm::Call(_))));
        if slots > 1 && !scripted {
            out.push(Finding::ComparesFacts { span: part.span }.into());
        }
    });
    let mut asked = Vec::new();
    LongerAgo { facts, see: &mut |part, slot| asked.push((part.span, slot)) }.of(
        condition,
        true,
        &named_never,
    );
    out.extend(asked.into_iter().map(|(span, slot)| {
        let slot = facts.slot_name(slot);
        Diagnostic::from(Finding::NeverComesOutYes { span, slot })
    }));
}

/// Looks for comparisons that are yes for `never`.
struct LongerAgo<'s> {
    facts: &'s Facts,
    see: &'s mut dyn FnMut(&Condition, SlotId),
}

impl LongerAgo<'_> {
    /// Follows negation, because `!(d >= x)` is `d < x`. Of the slots that are `named` something is said.
    fn of(&mut self, condition: &Condition, positive: bool, named: &[SlotId]) {
        match &condition.kind {
            ConditionKind::Not(inner) => self.of(inner, !positive, named),
            ConditionKind::And(all) | ConditionKind::Or(all) => {
                // What must hold beside a comparison may rule `never` out.
                let together = matches!(condition.kind, ConditionKind::And(_)) == positive;
                for (at, part) in all.iter().enumerate() {
                    let ruled_out = part.days_compared().into_iter().filter(|slot| {
                        let mut beside = all.iter().enumerate().filter(|(other, _)| *other != at);
                        together && beside.any(|(_, other)| is_no_for_never(other, *slot, positive))
                    });
                    let named: Vec<SlotId> = named.iter().copied().chain(ruled_out).collect();
                    self.of(part, positive, &named);
                }
            }
            ConditionKind::Dates(a, op, b) => {
                for slot in a.slot().into_iter().chain(b.slot()) {
                    let can_be_never =
                        matches!(self.facts.fact_of(slot).kind, FactKind::Date | FactKind::History);
                    // Another day than `never` is no surprise.
                    let is_other =
                        *op == CompareOp::NotEqual && positive || *op == CompareOp::Equal && !positive;
                    let asks = can_be_never && !is_other && !named.contains(&slot);
                    if asks && holds_for_never(slot, a, *op, b) == positive {
                        (self.see)(condition, slot);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether an age is counted from the visit back to the birth date.
fn counts_back(term: &NumberTerm, facts: &Facts) -> bool {
    let (NumberTerm::DaysBetween(from, to) | NumberTerm::YearsBetween(from, to)) = term else { return false };
    let is_birth = |slot| facts.fact_of(slot).kind == FactKind::BirthDate;
    from.base == DateBase::Visit && to.slot().is_some_and(is_birth)
}

/// What a comparison comes to if an answer is `never` and any other day is no end of the calendar.
fn holds_for_never(slot: SlotId, a: &DateTerm, op: CompareOp, b: &DateTerm) -> bool {
    let side = |term: &DateTerm| if term.slot() == Some(slot) { NEVER } else { 0 as Point };
    op.holds(side(a), side(b))
}

/// Whether a condition, or its opposite, surely does not hold where an answer is `never`.
fn is_no_for_never(condition: &Condition, slot: SlotId, positive: bool) -> bool {
    let no = |part: &Condition, positive| is_no_for_never(part, slot, positive);
    match &condition.kind {
        ConditionKind::Not(inner) => no(inner, !positive),
        ConditionKind::And(all) if positive => all.iter().any(|part| no(part, positive)),
        ConditionKind::Or(all) if !positive => all.iter().any(|part| no(part, positive)),
        ConditionKind::And(all) | ConditionKind::Or(all) => all.iter().all(|part| no(part, positive)),
        ConditionKind::Is(asked, low, high) => {
            *asked == slot && (*low <= NEVER && NEVER <= *high) != positive
        }
        ConditionKind::Dates(a, op, b) => {
            // Another answer may be `never` too.
            let reads = [a.slot(), b.slot()];
            let alone = reads.contains(&Some(slot)) && reads.contains(&None);
            alone && holds_for_never(slot, a, *op, b) != positive
        }
        ConditionKind::AnyOption(_) | ConditionKind::Numbers(..) | ConditionKind::Call(_) => false,
    }
}

/// A wait that can be open-ended must say what ends it.
pub(super) fn until(
    name: &str,
    terms: &[DateTerm],
    node: &Node,
    rule: &written::Rule,
    facts: &Facts,
    out: &mut Vec<Diagnostic>,
) {
    for term in terms {
        if matches!(term.base, super::condition::DateBase::Visit) {
            let message = "`until` may not name `visit`".to_string();
            let help =
                "name the answer the wait counts from, such as `last_radiation_on + radiation_washout`"
                    .to_string();
            out.push(Finding::MixedKinds { span: node.span, message, help }.into());
        }
    }
    let open = terms.iter().filter_map(DateTerm::slot).find(|slot| facts.fact_of(*slot).kind.may_go_on());
    if let (Some(slot), None) = (open, &rule.while_ongoing) {
        let slot = facts.slot_name(slot);
        out.push(Finding::WhileOngoingMissing { span: node.span, rule: name, slot }.into());
    }
}
