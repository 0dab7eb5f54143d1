//! The one canonical form of a typed condition, and the digest that names what a rule means.
//!
//! The form is the language itself with every derived fact substituted, so it can be read back.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::condition::{CompareOp, Condition, ConditionKind, DateBase, DateTerm, Length, NumberTerm};
use super::fact::{FactKind, Facts};
use super::{Rule, Treatment};
use crate::value::{Day, NEVER, ONGOING};

/// The condition in the language of the page, fully bracketed.
pub fn condition(condition: &Condition, facts: &Facts, treatment: &Treatment) -> String {
    Printer {
        facts,
        parameters: &|id| treatment.parameter(id).id.clone(),
        functions: &|id| {
            let function = &treatment.functions[usize::from(id.0)];
            format!("{}({})", function.id, function.takes.join(", "))
        },
    }
    .condition(condition)
}

/// Names the meaning of a rule on one day: its typed condition with the parameter values of that day.
pub fn meaning(rule: &Rule, day: Day, facts: &Facts, treatment: &Treatment) -> String {
    let mut text =
        format!("{}\n{}\n{}\n", rule.id, rule.outcome, condition(&rule.condition, facts, treatment));
    for id in rule.condition.parameters() {
        let parameter = treatment.parameter(id);
        let _ = writeln!(text, "{} = {}", parameter.id, parameter.values.on(day).1.value);
    }
    for script in treatment.scripts.iter().filter(|_| rule.condition.is_scripted()) {
        let _ = writeln!(text, "{} {}", script.path, script.digest);
    }
    short(&text)
}

/// Names a text in short.
pub fn short(text: &str) -> String {
    hex(text)[..16].to_string()
}

pub(super) fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Prints conditions; how parameters and functions are called is up to the caller.
pub(super) struct Printer<'a> {
    pub(super) facts: &'a Facts,
    pub(super) parameters: &'a dyn Fn(super::condition::ParameterId) -> String,
    pub(super) functions: &'a dyn Fn(super::condition::FunctionId) -> String,
}

impl Printer<'_> {
    fn condition(&self, condition: &Condition) -> String {
        let joined = |parts: &[Condition], sign: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.condition(part)).collect();
            format!("({})", parts.join(sign))
        };
        match &condition.kind {
            ConditionKind::Not(inner) => format!("not({})", self.condition(inner)),
            ConditionKind::And(parts) => joined(parts, " && "),
            ConditionKind::Or(parts) => joined(parts, " || "),
            ConditionKind::Is(slot, low, _) => {
                let fact = self.facts.fact_of(*slot);
                match (fact.kind, *low) {
                    (FactKind::Choice, at) => format!("{}.{}", fact.id, fact.options[at as usize].id),
                    (_, NEVER) => format!("never({})", self.facts.slot_name(*slot)),
                    (_, ONGOING) => format!("ongoing({})", self.facts.slot_name(*slot)),
                    _ => self.facts.slot_name(*slot),
                }
            }
            ConditionKind::AnyOption(fact) => format!("{}.any", self.facts.get(*fact).id),
            ConditionKind::Dates(a, op, b) => format!("{} {} {}", self.date(a), op.symbol(), self.date(b)),
            ConditionKind::Numbers(a, op, b) => self.numbers(a, *op, b),
            ConditionKind::Call(call) => (self.functions)(call.function),
        }
    }

    fn numbers(&self, a: &NumberTerm, op: CompareOp, b: &NumberTerm) -> String {
        format!("{} {} {}", self.number(a), op.symbol(), self.number(b))
    }

    fn date(&self, term: &DateTerm) -> String {
        let mut text = match term.base {
            DateBase::Slot(slot) => self.facts.slot_name(slot),
            DateBase::Visit => "visit".to_string(),
            DateBase::Day(day) => format!("date(\"{day}\")"),
            DateBase::Parameter(id) => (self.parameters)(id),
        };
        for offset in &term.offsets {
            let by = match offset.by {
                Length::Fixed(duration) => format!("{}s({})", duration.unit.name(), duration.count),
                Length::Parameter(id) => (self.parameters)(id),
            };
            let _ = write!(text, " {} {by}", if offset.back { "-" } else { "+" });
        }
        text
    }

    fn number(&self, term: &NumberTerm) -> String {
        match term {
            NumberTerm::Slot(slot) => self.facts.slot_name(*slot),
            NumberTerm::Fixed(number) => number.to_string(),
            NumberTerm::Parameter(id) => (self.parameters)(*id),
            NumberTerm::DaysBetween(a, b) => format!("days_between({}, {})", self.date(a), self.date(b)),
            NumberTerm::YearsBetween(a, b) => format!("years_between({}, {})", self.date(a), self.date(b)),
            NumberTerm::Call(call) => (self.functions)(call.function),
        }
    }
}
