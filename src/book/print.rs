//! The one canonical form of a typed condition, and the digests that name what rules mean.
//!
//! The form is the language itself with every derived fact substituted, so it can be read back.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::condition::{CompareOp, Condition, ConditionKind, DateBase, DateTerm, Length, NumberTerm};
use super::fact::{Answers, FactKind, Facts};
use super::{Basis, Book, Ending, Rule, Treatment};
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
    hex(&text)[..16].to_string()
}

/// Names everything a treatment's decisions rest on.
pub fn digest(book: &Book, treatment: &Treatment) -> String {
    format!("sha256:{}", hex(&whole(book, treatment)))
}

pub(super) fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Every rule, fact, parameter and cited statement of a treatment in one text, sorted by name.
fn whole(book: &Book, treatment: &Treatment) -> String {
    let mut text = String::new();
    let basis = |basis: &Basis| {
        let cited: Vec<&str> =
            basis.statements.iter().map(|at| treatment.statements[*at].id.as_str()).collect();
        format!("{} {:?}", cited.join(" "), basis.basis)
    };
    let _ = writeln!(text, "clinic {:?} {:?}", book.clinic.time_zone, book.clinic.currency);
    let _ = writeln!(
        text,
        "clinic withdrawn {:?}",
        book.clinic.withdrawn.as_ref().map(|w| (w.since, &w.because))
    );
    let _ = writeln!(text, "treatment {:?} {:?} {:?}", treatment.id, treatment.name, treatment.in_force);
    let _ = writeln!(text, "withdrawn {:?}", treatment.withdrawn.as_ref().map(|w| (w.since, &w.because)));
    for function in &treatment.functions {
        let _ = writeln!(
            text,
            "function {} {:?} {} {:?}",
            function.id, function.takes, function.gives, function.file
        );
    }
    for script in &treatment.scripts {
        let _ = writeln!(text, "script {} {}", script.path, script.digest);
    }
    let mut facts: Vec<_> = book.facts.facts.iter().collect();
    facts.sort_by(|a, b| a.id.cmp(&b.id));
    for fact in facts {
        let options: Vec<_> = fact.options.iter().map(|option| (&option.id, &option.text)).collect();
        let limits: Vec<_> = fact
            .good_for
            .iter()
            .map(|(answers, duration)| (answers_word(answers), duration.to_string()))
            .collect();
        let _ = writeln!(
            text,
            "fact {:?} {:?} {:?} {options:?} {limits:?} {} {:?} {:?}",
            fact.id, fact.kind, fact.ask, fact.on_the_day, fact.not_sure, fact.unit
        );
    }
    let mut parameters: Vec<_> = treatment.parameters.iter().collect();
    parameters.sort_by(|a, b| a.id.cmp(&b.id));
    for parameter in parameters {
        for (from, value) in parameter.values.all() {
            let _ =
                writeln!(text, "parameter {:?} {from} {} {}", parameter.id, value.value, basis(&value.basis));
        }
    }
    for rule in &treatment.rules {
        let _ = writeln!(
            text,
            "rule {:?} {} {} {:?} {:?} {:?} {:?} {:?} {:?} {}",
            rule.id,
            rule.outcome,
            condition(&rule.condition, &book.facts, treatment),
            rule.in_force,
            rule.because,
            rule.ending.as_ref().map(Ending::text),
            rule.review_by,
            rule.consider,
            rule.withdrawn.as_ref().map(|w| (w.since, &w.because)),
            basis(&rule.basis)
        );
    }
    if let Some(appointment) = &treatment.appointment {
        let _ = writeln!(text, "appointment {:?} {}", appointment.duration, basis(&appointment.basis));
        for step in &appointment.steps {
            let _ = writeln!(
                text,
                "step {:?} {:?} {:?} {} {}",
                step.id,
                step.action,
                step.before,
                step.optional,
                basis(&step.basis)
            );
            for exclusion in &step.not_for {
                let when = condition(&exclusion.condition, &book.facts, treatment);
                let _ = writeln!(
                    text,
                    "not for {:?} {when} {:?} {}",
                    exclusion.id,
                    exclusion.because,
                    basis(&exclusion.basis)
                );
            }
        }
    }
    for item in &treatment.aftercare {
        let _ = writeln!(
            text,
            "aftercare {:?} {:?} {:?} {:?} {:?} {}",
            item.id,
            item.matter,
            item.from,
            item.lasts_for,
            item.lasts,
            basis(&item.basis)
        );
    }
    if let Some(course) = &treatment.course {
        let _ = writeln!(
            text,
            "course {} {:?} {:?} {:?} {}",
            course.sessions,
            course.gap_least,
            course.gap_most,
            course.results,
            basis(&course.basis)
        );
    }
    if let Some(pricing) = &treatment.pricing {
        let by = &book.facts.get(pricing.by).id;
        let _ = writeln!(text, "pricing {by:?} {:?} {:?}", pricing.per, pricing.course_discount);
        for (from, list) in pricing.lists.all() {
            let _ = writeln!(text, "prices {from} {}", basis(&list.basis));
            for band in &list.bands {
                let _ = writeln!(text, "up to {:?} {}", band.up_to, band.price);
            }
        }
        if let Some(script) = &pricing.script {
            let _ = writeln!(text, "script {:?} {:?} {:?}", script.file, script.function, script.takes);
        }
    }
    let mut statements: Vec<_> = treatment.statements.iter().collect();
    statements.sort_by(|a, b| a.id.cmp(&b.id));
    for statement in statements {
        let _ = writeln!(
            text,
            "statement {:?} {} {:?} {:?}",
            statement.id, statement.line, statement.says, statement.supports
        );
    }
    text
}

fn answers_word(answers: &Answers) -> String {
    match answers {
        Answers::All => "all".to_string(),
        Answers::At(point) => point.to_string(),
        Answers::Nothing => "nothing".to_string(),
        Answers::Something => "something".to_string(),
    }
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
