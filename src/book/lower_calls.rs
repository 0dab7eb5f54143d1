//! Calls: the functions of the language itself, and those a page declares.

use std::ops::Range;

use super::condition::{Call, Condition, ConditionKind, DateBase, DateTerm, FunctionId, Length, NumberTerm};
use super::diags::Finding;
use super::fact::FactKind;
use super::lower::{FUNCTIONS, Lower, Meaning, Signature};
use super::syntax::{Tree, TreeKind};
use crate::span::Span;
use crate::value::{Day, Duration, NEVER, ONGOING, Unit};

impl Lower<'_> {
    pub(super) fn call(
        &mut self,
        name: &str,
        name_range: &Range<usize>,
        args: &[Tree],
        range: &Range<usize>,
    ) -> Option<Meaning> {
        let span = self.span(range);
        let wanted = match name {
            "days_between" | "years_between" => 2,
            _ => 1,
        };
        let several = name == "latest" && args.len() >= 2;
        if let Some((id, signature)) = self.names.functions.get(name) {
            return self.script_call(*id, signature.clone(), name, args, range);
        }
        if !FUNCTIONS.contains(&name) {
            let known: Vec<String> =
                FUNCTIONS.iter().map(|f| f.to_string()).chain(self.names.functions.keys().cloned()).collect();
            let span = self.span(name_range);
            self.out.push(Finding::UnknownName { span, name, what: "function", known: &known }.into());
            return None;
        }
        if args.len() != wanted && !several {
            let wanted = if name == "latest" { 2 } else { wanted };
            let message =
                format!("`{name}` takes {}, not {}", crate::prose::count(wanted as i64, "value"), args.len());
            self.mixed(range, message, format!("`clearance explain mixed-kinds` shows how `{name}` is used"));
            return None;
        }
        match name {
            "not" => {
                let inner = self.condition_of(&args[0])?;
                Some(Meaning::Condition(Condition { kind: ConditionKind::Not(Box::new(inner)), span }))
            }
            "ongoing" | "never" => self.edge(name, &args[0], span).map(Meaning::Condition),
            "days" => self.literal(&args[0], Unit::Days),
            "weeks" => self.literal(&args[0], Unit::Weeks),
            "months" => self.literal(&args[0], Unit::Months),
            "years" => self.literal(&args[0], Unit::Years),
            "date" => match &args[0].kind {
                TreeKind::Text(text) => match Day::parse(text) {
                    Some(day) => Some(Meaning::Date(vec![DateTerm::of(DateBase::Day(day))])),
                    None => {
                        let help = "days are written year-month-day: date(\"2026-01-31\")";
                        self.mixed(&args[0].range, format!("`{text}` is no day of the calendar"), help);
                        None
                    }
                },
                _ => {
                    self.mixed(&args[0].range, "`date` takes a day in quotes", "write date(\"2026-01-31\")");
                    None
                }
            },
            "latest" => {
                let mut terms = Vec::new();
                for arg in args {
                    let meaning = self.meaning(arg)?;
                    terms.extend(self.as_date(meaning, &arg.range)?);
                }
                Some(Meaning::Date(terms))
            }
            _ => {
                let (a, b) = (self.plain_date(name, &args[0]), self.plain_date(name, &args[1]));
                let (a, b) = (a?, b?);
                Some(Meaning::Number(match name {
                    "days_between" => NumberTerm::DaysBetween(a, b),
                    _ => NumberTerm::YearsBetween(a, b),
                }))
            }
        }
    }

    fn script_call(
        &mut self,
        id: FunctionId,
        signature: Signature,
        name: &str,
        args: &[Tree],
        range: &Range<usize>,
    ) -> Option<Meaning> {
        let span = self.span(range);
        let given: Vec<Option<&str>> = args
            .iter()
            .map(|arg| match &arg.kind {
                TreeKind::Name(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let declared: Vec<Option<&str>> = signature.takes.iter().map(|name| Some(name.as_str())).collect();
        if given != declared {
            let help = format!("write `{name}({})`, as the page declares it", signature.takes.join(", "));
            self.mixed(range, format!("`{name}` is called with other values than it declares"), help);
            return None;
        }
        let call = Call { function: id, reads: signature.reads, parameters: signature.parameters };
        Some(match signature.gives_yes_no {
            true => Meaning::Condition(Condition { kind: ConditionKind::Call(call), span }),
            false => Meaning::Number(NumberTerm::Call(call)),
        })
    }

    /// `ongoing(d)` and `never(d)`: offsets do not move these ends, and the latest of several dates is
    /// ongoing if one is, never if all are.
    fn edge(&mut self, name: &str, arg: &Tree, span: Span) -> Option<Condition> {
        let meaning = self.meaning(arg)?;
        let terms = self.as_date(meaning, &arg.range)?;
        let point = if name == "never" { NEVER } else { ONGOING };
        let mut parts = Vec::new();
        for term in terms {
            let slot = term
                .slot()
                .filter(|slot| matches!(self.facts.fact_of(*slot).kind, FactKind::Date | FactKind::History));
            let Some(slot) = slot else {
                let message = format!("this date can not be `{name}`");
                self.mixed(&arg.range, message, "only date facts and the options of a history can");
                return None;
            };
            parts.push(Condition { kind: ConditionKind::Is(slot, point, point), span });
        }
        Some(match parts.len() {
            1 => parts.remove(0),
            _ if name == "never" => Condition { kind: ConditionKind::And(parts), span },
            _ => Condition { kind: ConditionKind::Or(parts), span },
        })
    }

    fn literal(&mut self, arg: &Tree, unit: Unit) -> Option<Meaning> {
        if let TreeKind::Number(text) = &arg.kind
            && let Some(duration) = Duration::parse(&format!("{text} {}s", unit.name()))
        {
            return Some(Meaning::Duration(Length::Fixed(duration)));
        }
        let help = format!("write a count, as in {}s(4), at most 100 years", unit.name());
        self.mixed(&arg.range, format!("`{}s` takes a whole number", unit.name()), help);
        None
    }

    /// An argument of `days_between` and `years_between`: `visit`, a birth date, a fixed day, and these
    /// plus a duration. Between these no answer can be `never` or `ongoing`, which have no distance.
    fn plain_date(&mut self, name: &str, arg: &Tree) -> Option<DateTerm> {
        let meaning = self.meaning(arg)?;
        let terms = self.as_date(meaning, &arg.range)?;
        let plain = terms.len() == 1
            && match terms[0].base {
                DateBase::Slot(slot) => self.facts.fact_of(slot).kind == FactKind::BirthDate,
                _ => true,
            };
        if !plain {
            let help = format!("compare dates instead: `{arg} + days(180) <= visit`");
            let message =
                format!("`{name}` takes only `visit`, birth dates and fixed days, and these plus a duration");
            self.mixed(&arg.range, message, help);
            return None;
        }
        terms.into_iter().next()
    }
}
