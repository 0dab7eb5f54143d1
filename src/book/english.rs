//! Conditions in plain English: what a clinical lead reads in a reason and an auditor in the rule book.

use super::condition::{
    CompareOp, Condition, ConditionKind, DateBase, DateTerm, Definition, Length, NumberTerm, Offset, SlotId,
};
use super::fact::{FactKind, Facts};
use super::{Quantity, Treatment};
use crate::value::{Day, NEVER, ONGOING, Point, YES};

/// Says conditions of one treatment with the parameter values of one day.
pub struct English<'a> {
    /// The questions.
    pub facts: &'a Facts,
    /// The treatment.
    pub treatment: &'a Treatment,
    /// The day whose parameter values are said.
    pub day: Day,
    /// Whether the values that start to count later are said, too: `180 days, from 1 July 2026 on 90 days,`.
    pub with_later: bool,
}

impl English<'_> {
    /// The condition as part of a sentence.
    pub fn condition(&self, condition: &Condition) -> String {
        self.say(condition, true)
    }

    fn say(&self, condition: &Condition, positive: bool) -> String {
        let text = self.say_plainly(condition, positive);
        match self.meaning(condition) {
            Some(meaning) => format!("{}{} ({text})", if positive { "" } else { "not " }, quoted(meaning)),
            None => text,
        }
    }

    /// What a condition means in its author's words, if it stands under a name that says so.
    fn meaning(&self, condition: &Condition) -> Option<&str> {
        let mut named = self.treatment.definitions.iter().chain(&self.facts.definitions);
        let is_it = |one: &&Definition| one.condition.as_ref().is_some_and(|own| own.kind == condition.kind);
        let meaning = named.find(is_it)?.meaning.as_deref()?;
        Some(meaning.trim_end_matches('.'))
    }

    fn say_plainly(&self, condition: &Condition, positive: bool) -> String {
        match &condition.kind {
            ConditionKind::Not(inner) => self.say(inner, !positive),
            ConditionKind::And(parts) => self.join(parts, positive, if positive { "and" } else { "or" }),
            ConditionKind::Or(parts) => self.join(parts, positive, if positive { "or" } else { "and" }),
            ConditionKind::Is(slot, low, _) => self.is(*slot, *low, positive),
            ConditionKind::AnyOption(fact) => {
                let name = words(&self.facts.get(*fact).id);
                if positive {
                    format!("any of the {name} applies")
                } else {
                    format!("none of the {name} applies")
                }
            }
            ConditionKind::Dates(a, op, b) => self.dates(a, if positive { *op } else { op.opposite() }, b),
            ConditionKind::Numbers(a, op, b) => {
                let op = if positive { *op } else { op.opposite() };
                let relation = match op {
                    CompareOp::Equal => "is",
                    CompareOp::NotEqual => "is not",
                    CompareOp::Less => "is less than",
                    CompareOp::LessOrEqual => "is at most",
                    CompareOp::Greater => "is more than",
                    CompareOp::GreaterOrEqual => "is at least",
                };
                format!("{} {relation} {}", self.number(a), self.number(b))
            }
            ConditionKind::Call(call) => {
                let name = words(&self.treatment.functions[usize::from(call.function.0)].id);
                if positive {
                    format!("the script says {name}")
                } else {
                    format!("the script does not say {name}")
                }
            }
        }
    }

    fn dates(&self, a: &DateTerm, op: CompareOp, b: &DateTerm) -> String {
        match (&a.offsets[..], &b.offsets[..]) {
            ([], [offset]) => return self.apart(a.base, op, b.base, *offset),
            ([offset], []) => return self.apart(b.base, op.flipped(), a.base, *offset),
            _ => {}
        }
        let relation = match op {
            CompareOp::Equal => "is the day of",
            CompareOp::NotEqual => "is not the day of",
            CompareOp::Less => "is before",
            CompareOp::LessOrEqual => "is on or before",
            CompareOp::Greater => "is after",
            CompareOp::GreaterOrEqual => "is on or after",
        };
        format!("{} {relation} {}", self.date(a), self.date(b))
    }

    /// A comparison with a date so much later or earlier, said as the time between the two:
    /// `the visit is less than 180 days after Isotretinoin (acne medications)`.
    fn apart(&self, one: DateBase, op: CompareOp, other: DateBase, offset: Offset) -> String {
        let op = if offset.back { op.flipped() } else { op };
        let relation = match op {
            CompareOp::Equal => "exactly",
            CompareOp::NotEqual => "not exactly",
            CompareOp::Less => "less than",
            CompareOp::LessOrEqual => "at most",
            CompareOp::Greater => "more than",
            CompareOp::GreaterOrEqual => "at least",
        };
        let (side, opposite) = if offset.back { ("before", "after") } else { ("after", "before") };
        let (earlier, later) = if offset.back { (one, other) } else { (other, one) };
        // So short a time also lies between them if they are the other way round, unless they cannot be.
        let short = matches!(op, CompareOp::Less | CompareOp::LessOrEqual);
        let beyond = match short && !(later == DateBase::Visit && self.is_past(earlier)) {
            true => format!(" (or {opposite} it)"),
            false => String::new(),
        };
        let length = self.length(offset.by);
        format!("{} is {relation} {length} {side} {}{beyond}", self.base(one), self.base(other))
    }

    /// Whether a date never lies after the visit.
    fn is_past(&self, base: DateBase) -> bool {
        matches!(base, DateBase::Slot(slot) if self.facts.fact_of(slot).kind != FactKind::PlannedDate)
    }

    fn join(&self, parts: &[Condition], positive: bool, word: &str) -> String {
        let said: Vec<String> = parts
            .iter()
            .map(|part| {
                let text = self.say(part, positive);
                if is_joined(part) && self.meaning(part).is_none() { format!("({text})") } else { text }
            })
            .collect();
        said.join(&format!(" {word} "))
    }

    fn is(&self, slot: SlotId, low: Point, positive: bool) -> String {
        let fact = self.facts.fact_of(slot);
        let not = if positive { "" } else { "not " };
        match (fact.kind, low) {
            (FactKind::Choice, at) => {
                format!("{} is {not}{}", words(&fact.id), quoted(&fact.options[at as usize].text))
            }
            (FactKind::Set, YES) => {
                let option = self.facts.slots[slot.index()]
                    .option
                    .map_or("", |o| fact.options[usize::from(o)].text.as_str());
                format!(
                    "{} {} {}",
                    words(&fact.id),
                    if positive { "include" } else { "do not include" },
                    quoted(option)
                )
            }
            (_, NEVER) => {
                format!("{} {}", self.slot(slot), if positive { "never was" } else { "was at some time" })
            }
            (_, ONGOING) => format!("{} is {not}going on", self.slot(slot)),
            _ => format!("the answer to {} is {}", words(&fact.id), if positive { "yes" } else { "no" }),
        }
    }

    /// A part of a fact in words: `isotretinoin (acne medications)`.
    pub fn slot(&self, slot: SlotId) -> String {
        let fact = self.facts.fact_of(slot);
        match self.facts.slots[slot.index()].option {
            Some(option) => format!("{} ({})", fact.options[usize::from(option)].text, words(&fact.id)),
            // `last_radiation_on` names a day; in a sentence it is the radiation.
            None if fact.kind.is_date() => words(fact.id.strip_suffix("_on").unwrap_or(&fact.id)),
            None => words(&fact.id),
        }
    }

    /// A date in words: `180 days after Isotretinoin (acne medications)`.
    pub fn date(&self, term: &DateTerm) -> String {
        let mut text = self.base(term.base);
        for offset in &term.offsets {
            let side = if offset.back { "before" } else { "after" };
            text = format!("{} {side} {text}", self.length(offset.by));
        }
        text
    }

    fn base(&self, base: DateBase) -> String {
        match base {
            DateBase::Slot(slot) => self.slot(slot),
            DateBase::Visit => "the visit".to_string(),
            DateBase::Day(day) => day.long(),
            DateBase::Parameter(id) => self.parameter(id),
        }
    }

    fn length(&self, length: Length) -> String {
        match length {
            Length::Fixed(duration) => duration.to_string(),
            Length::Parameter(id) => self.parameter(id) + self.comma(id),
        }
    }

    fn parameter(&self, id: super::condition::ParameterId) -> String {
        let values = &self.treatment.parameter(id).values;
        let said = |value: Quantity| match value {
            Quantity::Day(day) => day.long(),
            other @ (Quantity::Duration(_) | Quantity::Number(_)) => other.to_string(),
        };
        let mut text = said(values.on(self.day).1.value);
        let later = values.all().iter().filter(|(since, _)| self.with_later && *since > self.day);
        for (since, value) in later {
            text += &format!(", from {} on {}", since.long(), said(value.value));
        }
        text
    }

    /// A comma behind a value that others follow.
    fn comma(&self, id: super::condition::ParameterId) -> &'static str {
        let later = |(since, _): &(Day, _)| *since > self.day;
        let follow = self.with_later && self.treatment.parameter(id).values.all().iter().any(later);
        if follow { "," } else { "" }
    }

    fn number(&self, term: &NumberTerm) -> String {
        match term {
            NumberTerm::Slot(slot) => {
                let fact = self.facts.fact_of(*slot);
                words(&fact.id)
            }
            NumberTerm::Fixed(number) => number.to_string(),
            NumberTerm::Parameter(id) => self.parameter(*id),
            NumberTerm::DaysBetween(a, b) => {
                format!("the number of days from {} to {}", self.date(a), self.date(b))
            }
            NumberTerm::YearsBetween(a, b) => {
                format!("the number of whole years from {} to {}", self.date(a), self.date(b))
            }
            NumberTerm::Call(call) => {
                format!("the script's {}", words(&self.treatment.functions[usize::from(call.function.0)].id))
            }
        }
    }
}

fn is_joined(condition: &Condition) -> bool {
    match &condition.kind {
        ConditionKind::And(_) | ConditionKind::Or(_) => true,
        ConditionKind::Not(inner) => is_joined(inner),
        _ => false,
    }
}

/// A name as words: `acne_medications` becomes `acne medications`.
pub fn words(id: &str) -> String {
    id.replace('_', " ")
}

fn quoted(text: &str) -> String {
    format!("\u{201c}{text}\u{201d}")
}
