//! Conditions with one thing changed.

use super::{MutantKind, any_of, steps};
use crate::book::condition::{
    CompareOp, Condition, ConditionKind, DateBase, DateTerm, Length, NumberTerm, SlotId,
};
use crate::book::fact::{FactKind, Facts};
use crate::book::{Quantity, Rule, Treatment, print};
use crate::span::Span;
use crate::value::{NEVER, ONGOING};

/// Changes conditions of one page.
pub(super) struct Changes<'a> {
    pub(super) facts: &'a Facts,
    pub(super) treatment: &'a Treatment,
}

/// A changed condition.
pub(super) struct Change {
    pub(super) kind: MutantKind,
    pub(super) what: String,
    pub(super) span: Span,
    pub(super) condition: Condition,
}

/// A changed rule.
pub(super) struct RuleChange {
    pub(super) kind: MutantKind,
    pub(super) what: String,
    pub(super) span: Span,
    pub(super) rule: Rule,
}

impl Changes<'_> {
    /// Every change of a rule's condition; of the rule made from `indications` the goals change.
    pub(super) fn of_rule(&self, rule: &Rule, goals: Option<Vec<(SlotId, bool)>>) -> Vec<RuleChange> {
        let Some(goals) = goals else {
            let changes = self.of(&rule.condition).into_iter().map(|change| RuleChange {
                kind: change.kind,
                what: change.what,
                span: change.span,
                rule: with_condition(rule, change.condition),
            });
            return changes.collect();
        };
        let mut changes = Vec::new();
        for (goal, indicated) in &goals {
            let outside = goals.iter().filter(|(slot, inside)| match slot == goal {
                true => *inside,
                false => !*inside,
            });
            let outside: Vec<SlotId> = outside.map(|(slot, _)| *slot).collect();
            let Some(condition) = any_of(&outside, rule.condition.span) else { continue };
            let word = if *indicated { "without" } else { "with" };
            changes.push(RuleChange {
                kind: MutantKind::Goal,
                what: format!("indications {word} `{}`", self.facts.slot_name(*goal)),
                span: rule.span,
                rule: Rule { condition, ..rule.clone() },
            });
        }
        changes
    }

    /// Every condition that differs from this one in one place.
    pub(super) fn of(&self, condition: &Condition) -> Vec<Change> {
        self.changes(condition, false)
    }

    fn says(&self, condition: &Condition) -> String {
        print::condition(condition, self.facts, self.treatment)
    }

    fn changes(&self, condition: &Condition, negated: bool) -> Vec<Change> {
        let span = condition.span;
        let make = |kind| Condition { kind, span };
        let says = self.says(condition);
        let mut all = Vec::new();
        let mut add = |kind, what: String, condition| all.push(Change { kind, what, span, condition });
        let negation = || make(ConditionKind::Not(Box::new(condition.clone())));
        let negate = format!("`{says}` -> its opposite");
        match &condition.kind {
            ConditionKind::Not(inner) => {
                add(MutantKind::Logic, format!("`{says}` -> without its `not`"), (**inner).clone());
                for change in self.changes(inner, true) {
                    let kind = ConditionKind::Not(Box::new(change.condition));
                    all.push(Change { condition: make(kind), ..change });
                }
            }
            ConditionKind::And(parts) | ConditionKind::Or(parts) => {
                let is_and = matches!(condition.kind, ConditionKind::And(_));
                let join = |parts: Vec<Condition>, and: bool| match and {
                    true => make(ConditionKind::And(parts)),
                    false => make(ConditionKind::Or(parts)),
                };
                let (sign, other) = if is_and { ("&&", "||") } else { ("||", "&&") };
                if parts.len() > 1 {
                    let what = format!("`{sign}` -> `{other}` in `{says}`");
                    add(MutantKind::Logic, what, join(parts.clone(), !is_and));
                    for (at, part) in parts.iter().enumerate() {
                        let mut rest = parts.clone();
                        rest.remove(at);
                        let rest = if rest.len() == 1 { rest.remove(0) } else { join(rest, is_and) };
                        let what = format!("without `{}` in `{says}`", self.says(part));
                        all.push(Change { kind: MutantKind::Logic, what, span: part.span, condition: rest });
                    }
                }
                if !negated {
                    all.push(Change { kind: MutantKind::Logic, what: negate, span, condition: negation() });
                }
                for (at, part) in parts.iter().enumerate() {
                    for change in self.changes(part, false) {
                        let mut parts = parts.clone();
                        parts[at] = change.condition.clone();
                        all.push(Change { condition: join(parts, is_and), ..change });
                    }
                }
            }
            ConditionKind::Is(slot, low, high) if low == high => {
                if !negated {
                    add(MutantKind::Logic, negate, negation());
                }
                for point in self.neighbours(*slot, *low) {
                    let other = make(ConditionKind::Is(*slot, point, point));
                    let what = format!("`{says}` -> `{}`", self.says(&other));
                    add(MutantKind::Option, what, other);
                }
            }
            ConditionKind::Is(..) | ConditionKind::Call(_) if !negated => {
                add(MutantKind::Logic, negate, negation());
            }
            ConditionKind::Is(..) | ConditionKind::Call(_) => {}
            ConditionKind::AnyOption(fact) => {
                if !negated {
                    add(MutantKind::Logic, negate, negation());
                }
                let slots = self.facts.slots_of(*fact);
                for (at, slot) in slots.iter().enumerate() {
                    let mut rest = slots.clone();
                    rest.remove(at);
                    if let Some(narrower) = any_of(&rest, span) {
                        let what = format!("`{says}` -> without `{}`", self.facts.slot_name(*slot));
                        add(MutantKind::Option, what, narrower);
                    }
                }
            }
            ConditionKind::Dates(a, op, b) => {
                for (kind, op, a, b) in self.dates(a, *op, b) {
                    let other = make(ConditionKind::Dates(a, op, b));
                    add(kind, format!("`{says}` -> `{}`", self.says(&other)), other);
                }
            }
            ConditionKind::Numbers(a, op, b) => {
                for (kind, op, a, b) in self.numbers(a, *op, b) {
                    let other = make(ConditionKind::Numbers(a, op, b));
                    add(kind, format!("`{says}` -> `{}`", self.says(&other)), other);
                }
            }
        }
        all
    }

    /// Options beside the one chosen; `ongoing` for `never`, and the other way round.
    fn neighbours(&self, slot: SlotId, point: i64) -> Vec<i64> {
        let fact = self.facts.fact_of(slot);
        match (fact.kind, point) {
            (FactKind::Choice, at) => {
                let around = [at - 1, at + 1].into_iter();
                around.filter(|at| (0..fact.options.len() as i64).contains(at)).collect()
            }
            (FactKind::Date | FactKind::History, NEVER) => vec![ONGOING],
            (FactKind::Date | FactKind::History, ONGOING) => vec![NEVER],
            _ => Vec::new(),
        }
    }

    fn dates(
        &self,
        a: &DateTerm,
        op: CompareOp,
        b: &DateTerm,
    ) -> Vec<(MutantKind, CompareOp, DateTerm, DateTerm)> {
        let turned = ops(op).into_iter().map(|op| (MutantKind::Comparison, op, a.clone(), b.clone()));
        let left = date(a).into_iter().map(|a| (MutantKind::Constant, op, a, b.clone()));
        let right = date(b).into_iter().map(|b| (MutantKind::Constant, op, a.clone(), b));
        turned.chain(left).chain(right).collect()
    }

    fn numbers(
        &self,
        a: &NumberTerm,
        op: CompareOp,
        b: &NumberTerm,
    ) -> Vec<(MutantKind, CompareOp, NumberTerm, NumberTerm)> {
        let turned = ops(op).into_iter().map(|op| (MutantKind::Comparison, op, a.clone(), b.clone()));
        let left = number(a).into_iter().map(|a| (MutantKind::Constant, op, a, b.clone()));
        let right = number(b).into_iter().map(|b| (MutantKind::Constant, op, a.clone(), b));
        turned.chain(left).chain(right).collect()
    }
}

/// The comparison with or without its edge, and the opposite.
fn ops(op: CompareOp) -> Vec<CompareOp> {
    let edge = match op {
        CompareOp::Less => Some(CompareOp::LessOrEqual),
        CompareOp::LessOrEqual => Some(CompareOp::Less),
        CompareOp::Greater => Some(CompareOp::GreaterOrEqual),
        CompareOp::GreaterOrEqual => Some(CompareOp::Greater),
        CompareOp::Equal | CompareOp::NotEqual => None,
    };
    edge.into_iter().chain([op.opposite()]).collect()
}

/// The date with a fixed day or a written duration one step up or down.
fn date(term: &DateTerm) -> Vec<DateTerm> {
    let mut all = Vec::new();
    if let DateBase::Day(day) = term.base {
        let bases = steps::day(day).into_iter().map(DateBase::Day);
        all.extend(bases.map(|base| DateTerm { base, offsets: term.offsets.clone() }));
    }
    for (at, offset) in term.offsets.iter().enumerate() {
        let Length::Fixed(duration) = offset.by else { continue };
        for step in steps::duration(duration) {
            let mut changed = term.clone();
            changed.offsets[at].by = Length::Fixed(step);
            all.push(changed);
        }
    }
    all
}

fn number(term: &NumberTerm) -> Vec<NumberTerm> {
    let both = |a: &DateTerm, b: &DateTerm, join: fn(DateTerm, DateTerm) -> NumberTerm| {
        let left = date(a).into_iter().map(|a| join(a, b.clone()));
        left.chain(date(b).into_iter().map(|b| join(a.clone(), b))).collect()
    };
    match term {
        NumberTerm::Fixed(number) => {
            let steps = steps::quantity(Quantity::Number(*number)).into_iter();
            let numbers = steps.filter_map(|step| match step {
                Quantity::Number(number) => Some(NumberTerm::Fixed(number)),
                _ => None,
            });
            numbers.collect()
        }
        NumberTerm::DaysBetween(a, b) => both(a, b, NumberTerm::DaysBetween),
        NumberTerm::YearsBetween(a, b) => both(a, b, NumberTerm::YearsBetween),
        NumberTerm::Slot(_) | NumberTerm::Parameter(_) | NumberTerm::Call(_) => Vec::new(),
    }
}

/// The rule with another condition. What `when_any` or `when_all` lists is reported one by one, so the list
/// changes with it.
fn with_condition(rule: &Rule, condition: Condition) -> Rule {
    let parts = match (rule.parts.is_empty(), &rule.condition.kind) {
        (true, _) => Vec::new(),
        // The list stands beside an `until`.
        (false, ConditionKind::And(all)) if is_list(&all[0], &rule.parts) => match &condition.kind {
            _ if condition == all[0] => listed(&condition),
            _ if condition == all[1] => Vec::new(),
            ConditionKind::And(new) | ConditionKind::Or(new) if new.len() == all.len() => listed(&new[0]),
            _ => listed(&condition),
        },
        _ => listed(&condition),
    };
    Rule { condition, parts, ..rule.clone() }
}

fn is_list(condition: &Condition, parts: &[Condition]) -> bool {
    matches!(&condition.kind, ConditionKind::And(all) | ConditionKind::Or(all) if all == parts)
}

fn listed(condition: &Condition) -> Vec<Condition> {
    match &condition.kind {
        ConditionKind::And(all) | ConditionKind::Or(all) => all.clone(),
        _ => vec![condition.clone()],
    }
}
