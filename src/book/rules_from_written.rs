//! Rules, indications and guarantees: conditions typed, citations looked up.

use std::collections::BTreeMap;

use super::condition::{CompareOp, Length};
use super::condition::{Condition, ConditionKind, DateBase, DateTerm, Offset, SlotId};
use super::dates::{InForce, not_in_days, slip};
use super::days_from_written::{in_force, withdrawn};
use super::diags::Finding;
use super::fact::FactKind;
use super::facts_from_written::check_name;
use super::from_written::Page;
use super::lower::{self, ParameterKind};
use super::{Basis, Ending, Guarantee, Outcome, Rule, checks};
use crate::source::Node;
use crate::suggest;
use crate::value::{Duration, NEVER, ONGOING, YES};
use crate::written::{self, Named, Section, When, Words, text};

impl Page<'_> {
    pub(super) fn condition(&mut self, node: &Node) -> Option<Condition> {
        let condition = self.part(node)?;
        checks::condition(&condition, self.facts, self.out);
        Some(condition)
    }

    /// A condition that may be one of several, which are checked together.
    fn part(&mut self, node: &Node) -> Option<Condition> {
        let condition = lower::condition(node, self.facts, &self.names, self.out);
        self.read_or_noted(node, condition)
    }

    /// Keeps the text of an expression that could not be read: what it names may well be used.
    fn read_or_noted<T>(&mut self, node: &Node, read: Option<T>) -> Option<T> {
        if read.is_none() {
            self.unread.push(' ');
            self.unread.push_str(node.text().unwrap_or_default());
        }
        read
    }

    /// The whole condition of a `when`, and its parts if it is a list.
    pub(super) fn when(&mut self, when: &When) -> Option<(Condition, Vec<Condition>)> {
        if let When::One(node) = when {
            return self.condition(node).map(|condition| (condition, Vec::new()));
        }
        let nodes = when_nodes(when);
        let parts: Vec<Condition> = nodes.iter().filter_map(|node| self.part(node)).collect();
        let (first, last) = (parts.first()?.span, parts.last()?.span);
        if parts.len() < nodes.len() {
            parts.iter().for_each(|part| checks::condition(part, self.facts, self.out));
            return None;
        }
        let kind = match when {
            When::All(_) => ConditionKind::And(parts.clone()),
            _ => ConditionKind::Or(parts.clone()),
        };
        let whole = Condition { kind, span: first.to(last) };
        checks::condition(&whole, self.facts, self.out);
        Some((whole, parts))
    }

    pub(super) fn rule(&mut self, page: &str, named: &Named<written::Rule>) -> Option<Rule> {
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
            let terms = lower::date(node, self.facts, &self.names, self.out);
            let terms = self.read_or_noted(node, terms)?;
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
        let terms = lower::date(node, self.facts, &self.names, self.out);
        let terms = self.read_or_noted(node, terms)?;
        let span = node.span;
        let edge = |slot, point| Condition { kind: ConditionKind::Is(slot, point, point), span };
        let kind = |slot: SlotId| self.facts.fact_of(slot).kind;
        let not_done = |term: &DateTerm| match term.slot() {
            Some(slot) if matches!(kind(slot), FactKind::Date | FactKind::History) => Some(edge(slot, NEVER)),
            Some(_) | None => None,
        };
        // The latest of several days is never if all are, and ongoing if one is.
        let never: Option<Vec<Condition>> = terms.iter().map(not_done).collect();
        let never = never.map(|mut all| match all.len() {
            1 => all.remove(0),
            _ => Condition { kind: ConditionKind::And(all), span },
        });
        let mut parts: Vec<Condition> = never.iter().cloned().collect();
        for slot in terms.iter().filter_map(DateTerm::slot) {
            match kind(slot) {
                FactKind::Date | FactKind::History | FactKind::PlannedDate => parts.push(edge(slot, ONGOING)),
                FactKind::YesNo
                | FactKind::Choice
                | FactKind::Set
                | FactKind::Number { .. }
                | FactKind::BirthDate
                | FactKind::Note => {}
            }
        }
        let visit = [DateTerm::of(DateBase::Visit)];
        let mut limit = |words: &Option<Words>, op: CompareOp| -> Option<()> {
            let Some(words) = words else { return Some(()) };
            let counts = op == CompareOp::Greater;
            let by = self.length(words)?;
            let moved: Vec<DateTerm> = terms
                .iter()
                .map(|term| {
                    let mut term = term.clone();
                    term.offsets.push(Offset { by, back: false, counts });
                    term
                })
                .collect();
            let compared = lower::compare_dates(&visit, op, &moved, span);
            let not =
                |never: &Condition| Condition { kind: ConditionKind::Not(Box::new(never.clone())), span };
            let mut finite: Vec<Condition> = never.iter().map(not).collect();
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
        let Some(found) = Duration::parse(&words.text) else {
            let (message, help) = match words.text.split_once(' ') {
                Some(_) => slip(&words.text),
                None => {
                    let message = format!("`{}` is neither a duration nor a parameter", words.text);
                    (message, "write `2 days`, or the name of a parameter".to_string())
                }
            };
            self.bad_value(words.span, message, help);
            return None;
        };
        if !found.unit.is_calendar() {
            let (message, help) = not_in_days(found);
            self.bad_value(words.span, message, help);
            return None;
        }
        Some(Length::Fixed(found))
    }

    /// The rule made from `indications:`: any other goal needs review.
    pub(super) fn indications(&mut self, page: &str) -> Option<Rule> {
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

    pub(super) fn overlaps(&mut self, rules: &[Rule]) {
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

    pub(super) fn guarantee(&mut self, page: &str, named: &Named<written::Guarantee>) -> Guarantee {
        let Named { name, span, value } = named;
        check_name(name, *span, self.out);
        let mut unanswered = Vec::new();
        for words in &value.unanswered {
            match self.facts.named(&words.text) {
                Some(id) => unanswered.push(id),
                // It is there, and could not be read.
                None if self.names.broken.contains(&words.text) => {}
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
            hazard: text(&value.hazard),
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
