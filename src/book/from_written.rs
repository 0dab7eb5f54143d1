//! From the page as written to the book: names resolved, kinds checked, conditions typed.

use std::collections::BTreeMap;

use super::condition::{CompareOp, Length};
use super::condition::{
    Condition, ConditionKind, DateBase, DateTerm, FactId, FunctionId, Offset, ParameterId, SlotId,
};
use super::dates::{Dated, InForce, Quantity};
use super::diags::Finding;
use super::fact::{Answers, Fact, FactKind, FactOption, Facts, Slot};
use super::lower::{self, FUNCTIONS, Names, ParameterKind, Signature};
use super::{
    Basis, Book, Clinic, Ending, Function, Guarantee, Hazard, Outcome, Parameter, ParameterValue, Rule,
    Signer, Statement, Treatment, Withdrawn, checks, print, syntax, visit_from_written,
};
use crate::diagnostic::Diagnostic;
use crate::source::{Kind, Node};
use crate::span::{Span, Texts};
use crate::suggest;
use crate::value::{Day, Duration, FIRST_DAY, NEVER, NO, Number, ONGOING, Unit, YES};
use crate::written::{self, Named, Section, When, Words};

/// Reads everything that was written. The book is complete if no error was found.
pub fn from_written(rules: &written::Rules, texts: &Texts, out: &mut Vec<Diagnostic>) -> Book {
    let facts = facts(&rules.facts, out);
    let mut shared = Names::default();
    derived(
        rules.facts.iter().filter_map(|f| f.value.is.as_ref().map(|is| (f, is))),
        &facts,
        &mut shared,
        out,
    );
    let clinic = clinic(rules.clinic.as_ref(), texts, out);
    let mut treatments = Vec::new();
    // Without the facts every name on every page would be unknown, which says nothing about the pages.
    let facts_read = !rules.unread.iter().any(|path| path == "facts.yaml");
    for page in rules.pages.iter().filter(|_| facts_read) {
        let mut reader =
            Page { page, rules, facts: &facts, names: shared.clone(), statements: Vec::new(), texts, out };
        treatments.push(reader.read());
    }
    let hazards = hazards(&rules.hazards);
    let mut book = Book { clinic, facts, treatments, hazards };
    let digests: Vec<String> =
        book.treatments.iter().map(|treatment| print::digest(&book, treatment)).collect();
    for (treatment, digest) in book.treatments.iter_mut().zip(digests) {
        treatment.digest = digest;
    }
    if facts_read {
        checks::run(&book, rules, out);
    }
    book
}

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

fn facts(written: &[Named<written::Fact>], out: &mut Vec<Diagnostic>) -> Facts {
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
        let id = FactId(facts.facts.len() as u16);
        let slot_count = match kind {
            FactKind::Note => 0,
            _ if kind.slot_per_option() => options.len() as u16,
            _ => 1,
        };
        let first_slot = SlotId(facts.slots.len() as u16);
        if facts.slots.len() + usize::from(slot_count) > 4_000 {
            let message = "all facts together have more than 4,000 answers and options".to_string();
            out.push(
                Finding::BadKind { span: *span, message, help: "split the rules folder".to_string() }.into(),
            );
            break;
        }
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
        facts.facts.push(Fact {
            id: name.clone(),
            kind,
            ask: value.ask.as_ref().map(|ask| ask.text.clone()).unwrap_or_default(),
            options,
            good_for,
            on_the_day,
            not_sure: value.not_sure.as_ref().map(|words| words.text.clone()),
            unit: value.unit.as_ref().map(|words| words.text.clone()),
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
    if found.has_options() && (fact.of.is_empty() || fact.of.len() > 64) {
        let message = format!("a {} needs its options, at most 64", found.word());
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

fn good_for(
    node: &Node,
    kind: FactKind,
    options: &[FactOption],
    span: Span,
    out: &mut Vec<Diagnostic>,
) -> Vec<(Answers, Duration)> {
    let length = |node: &Node, out: &mut Vec<Diagnostic>| -> Option<Duration> {
        let found = node.text().and_then(Duration::parse).filter(|d| d.unit.is_calendar());
        if found.is_none() {
            let message = "`good_for` is a number of days, weeks, months or years".to_string();
            let help = "write a duration such as `4 weeks`".to_string();
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

/// Reads derived facts in an order in which each finds those it needs.
fn derived<'w, T: 'w>(
    written: impl Iterator<Item = (&'w Named<T>, &'w Node)>,
    facts: &Facts,
    names: &mut Names,
    out: &mut Vec<Diagnostic>,
) {
    let mut open: Vec<(&Named<T>, &Node)> = written.collect();
    while !open.is_empty() {
        let waiting: Vec<String> = open.iter().map(|(named, _)| named.name.clone()).collect();
        let (now, later): (Vec<_>, Vec<_>) = open.into_iter().partition(|(_, node)| {
            let used = node.text().and_then(|text| syntax::parse(text).ok()).map(|tree| names_in(&tree));
            used.is_none_or(|used| used.iter().all(|name| !waiting.contains(name)))
        });
        if now.is_empty() {
            for (named, _) in &later {
                out.push(Finding::Cycle { span: named.span, name: &named.name }.into());
            }
            return;
        }
        for (named, node) in now {
            if let Some(meaning) = lower::any(node, facts, names, out) {
                names.derived.insert(named.name.clone(), meaning);
            }
        }
        open = later;
    }
}

fn names_in(tree: &syntax::Tree) -> Vec<String> {
    let mut names = Vec::new();
    tree.walk(&mut |part| {
        if let syntax::TreeKind::Name(name) = &part.kind {
            names.push(name.clone());
        }
    });
    names
}

fn clinic(written: Option<&written::Clinic>, texts: &Texts, out: &mut Vec<Diagnostic>) -> Clinic {
    let text = |words: Option<&Words>| words.map(|words| words.text.clone()).unwrap_or_default();
    let mut clinic = Clinic {
        name: text(written.and_then(|c| c.name.as_ref())),
        time_zone: text(written.and_then(|c| c.time_zone.as_ref())),
        currency: text(written.and_then(|c| c.currency.as_ref())),
        rounding_to: Number::parse("0.01").unwrap_or(Number::whole(1)),
        rounding_half_even: false,
        signers: Vec::new(),
        ignore_columns: Vec::new(),
        thresholds: Vec::new(),
        withdrawn: None,
    };
    let Some(written) = written else { return clinic };
    let mut bad = |words: &Words, message: String, help: &str| {
        out.push(Finding::BadValue { span: words.span, message, help: help.to_string() }.into());
    };
    if let Some(zone) = &written.time_zone
        && jiff::tz::TimeZone::get(&zone.text).is_err()
    {
        bad(zone, format!("there is no time zone `{}`", zone.text), "write a name such as Europe/London");
    }
    if let Some(currency) = &written.currency
        && !(currency.text.len() == 3 && currency.text.bytes().all(|b| b.is_ascii_uppercase()))
    {
        bad(
            currency,
            format!("`{}` is no currency code", currency.text),
            "write three capital letters, such as GBP",
        );
    }
    if let Some(rounding) = &written.rounding {
        if let Some(to) = &rounding.to {
            match Number::parse(&to.text).filter(|n| n.point() > 0) {
                Some(number) => clinic.rounding_to = number,
                None => {
                    bad(to, format!("`{}` is no amount to round to", to.text), "write an amount such as 0.01")
                }
            }
        }
        match rounding.half.as_ref().map(|half| (half, half.text.as_str())) {
            None | Some((_, "up")) => {}
            Some((_, "even")) => clinic.rounding_half_even = true,
            Some((half, _)) => {
                bad(half, format!("a half cannot be rounded `{}`", half.text), "write `up` or `even`")
            }
        }
    }
    for threshold in &written.thresholds {
        match Number::parse(&threshold.value.text) {
            Some(number) => clinic.thresholds.push((threshold.name.clone(), number)),
            None => bad(
                &threshold.value,
                format!("`{}` is no number", threshold.value.text),
                "write a percentage such as 100",
            ),
        }
    }
    clinic.signers = written
        .signers
        .iter()
        .map(|signer| Signer {
            name: text(signer.name.as_ref()),
            role: text(signer.role.as_ref()),
            registration: signer.registration.as_ref().map(|words| words.text.clone()),
            key: text(signer.key.as_ref()),
        })
        .collect();
    clinic.ignore_columns = written.ignore_columns.iter().map(|words| words.text.clone()).collect();
    clinic.withdrawn = written.withdrawn.as_ref().and_then(|w| withdrawn(w, texts, out));
    clinic
}

fn hazards(written: &[Named<written::Hazard>]) -> Vec<Hazard> {
    let text = |words: Option<&Words>| words.map(|words| words.text.clone()).unwrap_or_default();
    let list = |words: &[Words]| words.iter().map(|words| words.text.clone()).collect();
    written
        .iter()
        .map(|Named { name, value, .. }| Hazard {
            id: name.clone(),
            hazard: text(value.hazard.as_ref()),
            cause: value.cause.as_ref().map(|words| words.text.clone()),
            control: text(value.control.as_ref()),
            rules: list(&value.rules),
            guarantees: list(&value.guarantees),
        })
        .collect()
}

fn withdrawn(written: &written::Withdrawn, texts: &Texts, out: &mut Vec<Diagnostic>) -> Option<Withdrawn> {
    Some(Withdrawn {
        since: day(written.since.as_ref()?, out)?,
        because: written.because.as_ref()?.text.clone(),
        by: written.by.as_ref()?.text.clone(),
        incident: written.incident.as_ref().map(|words| words.text.clone()),
        at: texts.line_reference(written.span),
    })
}

/// Reads a day, or says what days look like.
pub(super) fn day(words: &Words, out: &mut Vec<Diagnostic>) -> Option<Day> {
    let found = Day::parse(&words.text);
    if found.is_none() {
        let message = format!("`{}` is no day of the calendar", words.text);
        let help = "write year-month-day, such as 2026-03-02".to_string();
        out.push(Finding::BadValue { span: words.span, message, help }.into());
    }
    found
}

pub(super) fn in_force(written: Option<&written::InForce>, out: &mut Vec<Diagnostic>) -> InForce {
    let Some(written) = written else { return InForce::default() };
    let found = InForce {
        from: written.from.as_ref().and_then(|words| day(words, out)),
        last: written.last_day.as_ref().and_then(|words| day(words, out)),
    };
    if let (Some(from), Some(last), Some(words)) = (found.from, found.last, &written.last_day)
        && last < from
    {
        let message = format!("the last day, {last}, lies before the first, {from}");
        out.push(Finding::BadWindow { span: words.span, message, help: "exchange them".to_string() }.into());
    }
    found
}

/// Reads one page.
pub(super) struct Page<'a> {
    pub(super) page: &'a written::Page,
    rules: &'a written::Rules,
    pub(super) facts: &'a Facts,
    pub(super) names: Names,
    pub(super) statements: Vec<Statement>,
    texts: &'a Texts,
    pub(super) out: &'a mut Vec<Diagnostic>,
}

impl Page<'_> {
    fn read(&mut self) -> Treatment {
        let page = self.page;
        let id = page.path.trim_end_matches(".yaml").to_string();
        check_name(&id, page.span, self.out);
        self.statements = self.statements();
        let in_force = in_force(page.in_force.as_ref(), self.out);
        let parameters = self.parameters(&in_force);
        let functions = self.functions();
        let conditions: Vec<_> = page.conditions.iter().map(|named| (named, &named.value)).collect();
        for (named, _) in &conditions {
            check_name(&named.name, named.span, self.out);
        }
        derived(conditions.into_iter(), self.facts, &mut self.names, self.out);
        let mut rules: Vec<Rule> = page.rules.iter().filter_map(|rule| self.rule(&id, rule)).collect();
        rules.extend(self.indications(&id));
        rules.sort_by(|a, b| (&a.id, a.in_force.from).cmp(&(&b.id, b.in_force.from)));
        self.overlaps(&rules);
        let guarantees = page.guarantees.iter().map(|guarantee| self.guarantee(&id, guarantee)).collect();
        let revision = page.revision.as_ref().and_then(|words| {
            let found = words.text.parse().ok().filter(|n| *n > 0);
            if found.is_none() {
                let message = format!("`{}` is no revision", words.text);
                self.bad_value(words.span, message, "revisions count 1, 2, 3");
            }
            found
        });
        Treatment {
            name: page.treatment.as_ref().map(|words| words.text.clone()).unwrap_or_default(),
            revision: revision.unwrap_or(1),
            parameters,
            functions,
            rules,
            withdrawn: page.withdrawn.as_ref().and_then(|w| withdrawn(w, self.texts, self.out)),
            course: visit_from_written::course(self),
            appointment: visit_from_written::appointment(self),
            aftercare: visit_from_written::aftercare(self),
            pricing: visit_from_written::pricing(self, &in_force),
            guarantees,
            statements: std::mem::take(&mut self.statements),
            in_force,
            id,
            digest: String::new(),
        }
    }

    pub(super) fn bad_value(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.out.push(Finding::BadValue { span, message: message.into(), help: help.into() }.into());
    }

    fn statements(&mut self) -> Vec<Statement> {
        let mut all = Vec::new();
        for Named { name: prefix, value: path, .. } in &self.page.sources {
            let Some(source) = self.rules.sources.get(&path.text) else { continue };
            for Named { name, span, value } in &source.statements {
                if !name.starts_with(prefix.as_str()) {
                    let why = format!("the page cites this source by the prefix `{prefix}`");
                    self.out.push(Finding::BadName { span: *span, name, why }.into());
                }
                let number = |words: Option<&Words>| words.and_then(|words| words.text.parse::<u32>().ok());
                if let Some(line) = &value.line
                    && number(Some(line)).is_none()
                {
                    self.bad_value(
                        line.span,
                        format!("`{}` is no line number", line.text),
                        "write a whole number",
                    );
                }
                let supports = value.supports.as_ref().and_then(|words| self.outcome(words));
                all.push(Statement {
                    id: name.clone(),
                    source: path.text.clone(),
                    line: number(value.line.as_ref()).unwrap_or_default(),
                    says: value.says.as_ref().map(|words| words.text.clone()).unwrap_or_default(),
                    supports,
                    client_text: value.client_text.as_ref().is_none_or(|words| words.text != "no"),
                });
            }
        }
        all
    }

    fn outcome(&mut self, words: &Words) -> Option<Outcome> {
        let found = Outcome::named(&words.text);
        if found.is_none() {
            let phrases = Outcome::ALL.map(Outcome::phrase);
            let help = match suggest::nearest(&words.text.replace(' ', "_"), phrases) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the outcomes are {}", crate::prose::list(&phrases, "and")),
            };
            self.bad_value(words.span, format!("`{}` is no outcome", words.text), help);
        }
        found
    }

    pub(super) fn basis(&mut self, written: &written::Basis) -> Basis {
        let mut statements = Vec::new();
        for words in &written.source {
            match self.statements.iter().position(|statement| statement.id == words.text) {
                Some(at) => statements.push(at),
                None if self.cites_unread_source(&words.text) => {}
                None => {
                    let near = suggest::nearest(&words.text, self.statements.iter().map(|s| s.id.as_str()));
                    self.out
                        .push(Finding::UnknownStatement { span: words.span, id: &words.text, near }.into());
                }
            }
        }
        Basis { statements, basis: written.basis.as_ref().map(|words| words.text.clone()) }
    }

    /// Whether `id` may stand in a source that could not be read.
    fn cites_unread_source(&self, id: &str) -> bool {
        let mut sources = self.page.sources.iter();
        sources.any(|s| id.starts_with(s.name.as_str()) && self.rules.unread.contains(&s.value.text))
    }

    /// Says that something has neither source nor basis.
    pub(super) fn must_have_reason(&mut self, written: &written::Basis, span: Span, owner: String) {
        if written.source.is_empty() && written.basis.is_none() {
            self.out.push(Finding::NoReason { span, owner }.into());
        }
    }

    fn parameters(&mut self, page: &InForce) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for Named { name, span, value } in &self.page.parameters {
            check_name(name, *span, self.out);
            if self.facts.named(name).is_some() || self.names.derived.contains_key(name) {
                let why = "a fact is called so".to_string();
                self.out.push(Finding::BadName { span: *span, name, why }.into());
            }
            let bounds: Vec<Option<Quantity>> =
                value.between.iter().map(|words| Quantity::parse(&words.text)).collect();
            let bounds = match bounds[..] {
                [Some(low), Some(high)] if low.at_most(high) == Some(true) => Some((low, high)),
                _ if value.between.is_empty() => None,
                _ => {
                    let at = value.between[0].span;
                    self.bad_value(
                        at,
                        "`between` is not a least and a greatest value",
                        "write `between: [30 days, 400 days]`",
                    );
                    None
                }
            };
            let mut values = Vec::new();
            for dated in &value.values {
                let from = self.dated_key(&dated.name, dated.span);
                let owner = format!("the value of `{name}` from {}", dated.name);
                self.must_have_reason(&dated.value.basis, dated.span, owner);
                let basis = self.basis(&dated.value.basis);
                let Some(words) = &dated.value.value else { continue };
                let Some(quantity) = Quantity::parse(&words.text) else {
                    let help = "write a count and a unit such as `180 days`, a number, or a day";
                    self.bad_value(words.span, format!("`{}` is no value", words.text), help);
                    continue;
                };
                if let Some((low, high)) = bounds {
                    let message = match (low.at_most(quantity), quantity.at_most(high)) {
                        (Some(true), Some(true)) => None,
                        (None, _) | (_, None) => {
                            Some(format!("{quantity} is {}, its range is not", quantity.word()))
                        }
                        _ => Some(format!("{quantity} lies outside {low} to {high}")),
                    };
                    if let (Some(message), Some(range)) = (message, value.between.first()) {
                        self.out.push(
                            Finding::OutOfRange { span: words.span, message, range: range.span }.into(),
                        );
                    }
                }
                values.extend(from.map(|from| (from, ParameterValue { value: quantity, basis })));
            }
            let Some(values) = Dated::new(values) else { continue };
            self.hole(&values, page, *span, &format!("`{name}`"));
            let kinds: Vec<Quantity> = values.all().iter().map(|(_, v)| v.value).collect();
            let kind = match kinds[0] {
                Quantity::Number(_) => ParameterKind::Number,
                Quantity::Day(_) => ParameterKind::Day,
                Quantity::Duration(_) => ParameterKind::Duration {
                    subtractable: kinds.iter().all(|kind| {
                        matches!(kind, Quantity::Duration(d) if matches!(d.unit, Unit::Days | Unit::Weeks))
                    }),
                },
            };
            if kinds.iter().any(|other| other.word() != kinds[0].word()) {
                self.bad_value(
                    *span,
                    format!("the values of `{name}` are of different kinds"),
                    "keep to one kind",
                );
            }
            if let Some(Quantity::Duration(d)) =
                kinds.iter().find(|k| matches!(k, Quantity::Duration(d) if !d.unit.is_calendar()))
                && self.uses_as_date(name)
            {
                let message = format!("{d} cannot be added to a day");
                self.bad_value(
                    *span,
                    message,
                    "conditions count whole days: write days, weeks, months or years",
                );
            }
            let id = ParameterId(parameters.len() as u16);
            self.names.parameters.insert(name.clone(), (id, kind));
            parameters.push(Parameter {
                id: name.clone(),
                meaning: value.meaning.as_ref().map(|words| words.text.clone()).unwrap_or_default(),
                owner: value.owner.as_ref().map(|words| words.text.clone()).unwrap_or_default(),
                review_by: value
                    .review_by
                    .as_ref()
                    .and_then(|words| day(words, self.out))
                    .unwrap_or(FIRST_DAY),
                values,
                span: *span,
            });
        }
        parameters
    }

    /// Whether a condition of the page names the parameter; aftercare times may count hours, days may not.
    fn uses_as_date(&self, name: &str) -> bool {
        let uses = |node: &Node| {
            node.text()
                .and_then(|text| syntax::parse(text).ok())
                .is_some_and(|tree| names_in(&tree).iter().any(|n| n == name))
        };
        self.page.rules.iter().any(|rule| {
            let rule = &rule.value;
            rule.until.as_ref().is_some_and(uses)
                || rule.done.as_ref().is_some_and(uses)
                || rule.when.as_ref().is_some_and(|when| when_nodes(when).into_iter().any(uses))
        })
    }

    pub(super) fn dated_key(&mut self, name: &str, span: Span) -> Option<Day> {
        day(&Words { text: name.to_string(), span }, self.out)
    }

    /// Says so if `values` start to count later than the page.
    pub(super) fn hole<T>(&mut self, values: &Dated<T>, page: &InForce, span: Span, what: &str) {
        let first = values.all()[0].0;
        if let Some(from) = page.from
            && from < first
        {
            let at =
                self.page.in_force.as_ref().and_then(|f| f.from.as_ref()).map_or(self.page.span, |w| w.span);
            let message = format!("{what} has no value from {from} until {first}");
            self.out.push(Finding::HoleInDates { span, message, page: at }.into());
        }
    }

    fn functions(&mut self) -> Vec<Function> {
        let mut functions = Vec::new();
        for Named { name, span, value } in &self.page.functions {
            check_name(name, *span, self.out);
            let mut reads = Vec::new();
            for taken in &value.takes {
                match self.facts.named(&taken.text) {
                    Some(fact) => reads.extend(self.facts.slots_of(fact)),
                    None if self.names.parameters.contains_key(&taken.text) || taken.text == "visit" => {}
                    None => {
                        let near =
                            suggest::nearest(&taken.text, self.facts.facts.iter().map(|f| f.id.as_str()));
                        let what = "fact or parameter";
                        self.out.push(
                            Finding::UnknownReference { span: taken.span, what, name: &taken.text, near }
                                .into(),
                        );
                    }
                }
            }
            let gives = value.gives.as_ref().map(|words| words.text.clone()).unwrap_or_default();
            if let Some(words) = &value.gives
                && !matches!(gives.as_str(), "number" | "yes/no")
            {
                self.bad_value(
                    words.span,
                    format!("a function cannot give `{gives}`"),
                    "it gives `number` or `yes/no`",
                );
            }
            let takes: Vec<String> = value.takes.iter().map(|words| words.text.clone()).collect();
            let signature = Signature { takes: takes.clone(), reads, gives_yes_no: gives == "yes/no" };
            self.names.functions.insert(name.clone(), (FunctionId(functions.len() as u16), signature));
            functions.push(Function { id: name.clone(), takes, gives });
        }
        functions
    }

    pub(super) fn condition(&mut self, node: &Node) -> Option<Condition> {
        let condition = lower::condition(node, self.facts, &self.names, self.out)?;
        checks::condition(&condition, self.facts, self.out);
        Some(condition)
    }

    /// The whole condition of a `when`, and its parts if it is a list.
    pub(super) fn when(&mut self, when: &When) -> Option<(Condition, Vec<Condition>)> {
        if let When::One(node) = when {
            return self.condition(node).map(|condition| (condition, Vec::new()));
        }
        let nodes = when_nodes(when);
        let parts: Vec<Condition> = nodes.iter().filter_map(|node| self.condition(node)).collect();
        let (first, last) = (parts.first()?.span, parts.last()?.span);
        if parts.len() < nodes.len() {
            return None;
        }
        let kind = match when {
            When::All(_) => ConditionKind::And(parts.clone()),
            _ => ConditionKind::Or(parts.clone()),
        };
        Some((Condition { kind, span: first.to(last) }, parts))
    }

    fn rule(&mut self, page: &str, named: &Named<written::Rule>) -> Option<Rule> {
        let Named { name, span, value: rule } = named;
        check_name(name, *span, self.out);
        if name == "indications" && self.page.indications_span.is_some() {
            let why = "the rule made from `indications:` is called so".to_string();
            self.out.push(Finding::BadName { span: *span, name, why }.into());
        }
        self.must_have_reason(&rule.basis, *span, format!("rule `{name}`"));
        let basis = self.basis(&rule.basis);
        let when = rule.when.as_ref().map(|when| self.when(when));
        let until = rule.until.as_ref().map(|node| {
            let terms = lower::date(node, self.facts, &self.names, self.out)?;
            checks::until(name, &terms, node, rule, self.facts, self.out);
            let visit = [DateTerm::of(DateBase::Visit)];
            Some(lower::compare_dates(&visit, CompareOp::Less, &terms, node.span))
        });
        let required = rule.done.as_ref().map(|node| self.requirement(rule, node));
        let mut parts = Vec::new();
        let mut all = Vec::new();
        if let Some((condition, listed)) = when.transpose_option()? {
            parts = listed;
            all.push(condition);
        }
        all.extend(until.transpose_option()?);
        all.extend(required.transpose_option()?);
        let condition = match all.len() {
            0 => return None,
            1 => all.remove(0),
            _ => Condition { span: all[0].span.to(all[1].span), kind: ConditionKind::And(all) },
        };
        let outcome = match rule.section {
            Section::Absolute => Outcome::NotEligible,
            Section::Relative => Outcome::NeedsReview,
            Section::Deferral | Section::Requirement => Outcome::Deferred,
        };
        let strictest = basis.statements.iter().filter_map(|at| {
            let statement = &self.statements[*at];
            statement.supports.map(|supports| (supports, statement.id.clone()))
        });
        if let Some((supports, statement)) = strictest.max()
            && outcome > supports
            && basis.basis.is_none()
        {
            let (outcome, supports) = (outcome.phrase(), supports.phrase());
            let finding = Finding::StricterThanSource {
                span: *span,
                rule: name,
                outcome,
                supports,
                statement: &statement,
            };
            self.out.push(finding.into());
        }
        let text = |words: &Option<Words>| words.as_ref().map(|words| words.text.clone());
        Some(Rule {
            id: format!("{page}/{name}"),
            section: rule.section,
            outcome,
            condition,
            parts,
            ending: text(&rule.cleared_when)
                .map(Ending::ClearedWhen)
                .or_else(|| text(&rule.while_ongoing).map(Ending::WhileOngoing))
                .or_else(|| text(&rule.missing).map(Ending::Missing)),
            in_force: in_force(rule.in_force.as_ref(), self.out),
            because: text(&rule.because).unwrap_or_default(),
            basis,
            review_by: rule.review.as_ref().and_then(|review| text(&review.by)),
            consider: rule.review.as_ref().and_then(|review| text(&review.consider)),
            withdrawn: rule.withdrawn.as_ref().and_then(|w| withdrawn(w, self.texts, self.out)),
            keep: text(&rule.keep),
            at: self.texts.line_reference(*span),
            span: *span,
        })
    }

    /// `done` is never or ongoing, or the visit is too early after it, or it counts no more.
    fn requirement(&mut self, rule: &written::Rule, node: &Node) -> Option<Condition> {
        let terms = lower::date(node, self.facts, &self.names, self.out)?;
        let span = node.span;
        let mut parts = Vec::new();
        for term in &terms {
            let Some(slot) = term.slot() else { continue };
            let edge = |point| Condition { kind: ConditionKind::Is(slot, point, point), span };
            match self.facts.fact_of(slot).kind {
                FactKind::Date | FactKind::History => parts.extend([edge(NEVER), edge(ONGOING)]),
                FactKind::PlannedDate => parts.push(edge(ONGOING)),
                _ => {}
            }
        }
        let visit = [DateTerm::of(DateBase::Visit)];
        let mut limit = |words: &Option<Words>, op: CompareOp| -> Option<()> {
            let Some(words) = words else { return Some(()) };
            let by = self.length(words)?;
            let moved: Vec<DateTerm> = terms
                .iter()
                .map(|term| {
                    let mut term = term.clone();
                    term.offsets.push(Offset { by, back: false });
                    term
                })
                .collect();
            let compared = lower::compare_dates(&visit, op, &moved, span);
            let mut finite: Vec<Condition> = parts
                .iter()
                .filter(|p| matches!(p.kind, ConditionKind::Is(_, NEVER, NEVER)))
                .map(|p| Condition { kind: ConditionKind::Not(Box::new(p.clone())), span })
                .collect();
            finite.push(compared);
            parts.push(Condition { kind: ConditionKind::And(finite), span });
            Some(())
        };
        limit(&rule.at_least, CompareOp::Less)?;
        limit(&rule.good_for, CompareOp::Greater)?;
        if parts.is_empty() {
            self.bad_value(
                span,
                "this requirement can never be missing",
                "`done` names a date that a client answers",
            );
            return None;
        }
        Some(Condition { kind: ConditionKind::Or(parts), span })
    }

    /// A duration, or the name of a parameter that is one.
    fn length(&mut self, words: &Words) -> Option<Length> {
        if let Some((id, ParameterKind::Duration { .. })) = self.names.parameters.get(&words.text) {
            return Some(Length::Parameter(*id));
        }
        let found = Duration::parse(&words.text).filter(|d| d.unit.is_calendar());
        if found.is_none() {
            let message = format!("`{}` is neither a duration in days or more nor a parameter", words.text);
            self.bad_value(words.span, message, "write `2 days`, or the name of a parameter");
        }
        found.map(Length::Fixed)
    }

    /// The rule made from `indications:`: any other goal needs review.
    fn indications(&mut self, page: &str) -> Option<Rule> {
        let span = self.page.indications_span?;
        let goals = self.facts.named("goals").map(|id| (id, self.facts.get(id)));
        let Some((id, fact)) = goals.filter(|(_, fact)| fact.kind == FactKind::Set) else {
            self.bad_value(
                span,
                "`indications` needs a fact `goals` of the kind `set`",
                "declare it in facts.yaml",
            );
            return None;
        };
        let mut statements = Vec::new();
        let mut named = Vec::new();
        for Named { name, span, value } in &self.page.indications {
            match fact.option(name) {
                Some(option) => named.push(option),
                None => {
                    let near = suggest::nearest(name, fact.options.iter().map(|option| option.id.as_str()));
                    self.out.push(
                        Finding::UnknownReference { span: *span, what: "option of `goals`", name, near }
                            .into(),
                    );
                }
            }
            let basis = self.basis(&written::Basis { source: vec![value.clone()], basis: None });
            statements.extend(basis.statements);
        }
        statements.sort_unstable();
        statements.dedup();
        let outside: Vec<Condition> = self
            .facts
            .slots_of(id)
            .into_iter()
            .enumerate()
            .filter(|(option, _)| !named.contains(option))
            .map(|(_, slot)| Condition { kind: ConditionKind::Is(slot, YES, YES), span })
            .collect();
        let condition = match outside.len() {
            0 => return None,
            1 => outside.into_iter().next()?,
            _ => Condition { kind: ConditionKind::Or(outside), span },
        };
        Some(Rule {
            id: format!("{page}/indications"),
            section: Section::Relative,
            outcome: Outcome::NeedsReview,
            condition,
            parts: Vec::new(),
            ending: None,
            in_force: InForce::default(),
            because: "The goal is not one this treatment is known to help with.".to_string(),
            basis: Basis {
                statements,
                basis: Some("Every goal outside the page's indications is reviewed.".to_string()),
            },
            review_by: None,
            consider: None,
            withdrawn: None,
            keep: None,
            at: self.texts.line_reference(span),
            span,
        })
    }

    fn overlaps(&mut self, rules: &[Rule]) {
        let mut by_id: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
        for rule in rules {
            by_id.entry(&rule.id).or_default().push(rule);
        }
        for (id, versions) in by_id {
            for pair in versions.windows(2) {
                if pair[0].in_force.overlaps(&pair[1].in_force) {
                    let name = id.rsplit('/').next().unwrap_or(id);
                    let (a, b) = (pair[0].span.min(pair[1].span), pair[0].span.max(pair[1].span));
                    self.out.push(Finding::TwoRulesInForce { span: b, other: a, name }.into());
                }
            }
        }
    }

    fn guarantee(&mut self, page: &str, named: &Named<written::Guarantee>) -> Guarantee {
        let Named { name, span, value } = named;
        check_name(name, *span, self.out);
        let mut unanswered = Vec::new();
        for words in &value.unanswered {
            match self.facts.named(&words.text) {
                Some(id) => unanswered.push(id),
                None => {
                    let near = suggest::nearest(&words.text, self.facts.facts.iter().map(|f| f.id.as_str()));
                    self.out.push(
                        Finding::UnknownReference { span: words.span, what: "fact", name: &words.text, near }
                            .into(),
                    );
                }
            }
        }
        if let Some(hazard) = &value.hazard
            && !self.rules.hazards.iter().any(|h| h.name == hazard.text)
        {
            let near = suggest::nearest(&hazard.text, self.rules.hazards.iter().map(|h| h.name.as_str()));
            self.out.push(
                Finding::UnknownReference { span: hazard.span, what: "hazard", name: &hazard.text, near }
                    .into(),
            );
        }
        Guarantee {
            id: format!("{page}/{name}"),
            when: value
                .when
                .as_ref()
                .and_then(|node| lower::condition(node, self.facts, &self.names, self.out)),
            unanswered,
            never: value.never.iter().filter_map(|words| self.outcome(words)).collect(),
            hazard: value.hazard.as_ref().map(|words| words.text.clone()),
            in_force: in_force(value.in_force.as_ref(), self.out),
            span: *span,
        }
    }
}

/// Tells apart "not written" from "written and wrong", which ends the rule.
trait TransposeOption<T> {
    fn transpose_option(self) -> Option<Option<T>>;
}

impl<T> TransposeOption<T> for Option<Option<T>> {
    fn transpose_option(self) -> Option<Option<T>> {
        match self {
            None => Some(None),
            Some(None) => None,
            Some(some) => Some(some),
        }
    }
}

/// The conditions of a `when`, in order.
pub(super) fn when_nodes(when: &When) -> Vec<&Node> {
    match when {
        When::One(node) => vec![node],
        When::Any(nodes) | When::All(nodes) => nodes.iter().collect(),
    }
}
