//! Parameters and script functions: the numbers a page decides and the functions it declares.

use super::condition::{FunctionId, ParameterId};
use super::dates::{Dated, InForce, Quantity, not_in_days, slip};
use super::days_from_written::day;
use super::diags::Finding;
use super::facts_from_written::{check_name, names_in};
use super::from_written::Page;
use super::lower::{ParameterKind, Signature};
use super::rules_from_written::when_nodes;
use super::{Function, Parameter, ParameterValue, syntax};
use crate::prose;
use crate::source::Node;
use crate::suggest;
use crate::value::{FIRST_DAY, Number, Unit};
use crate::written::{self, Named, text};

impl Page<'_> {
    pub(super) fn parameters(&mut self, page: &InForce) -> Vec<Parameter> {
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
                    let (message, help) = slip(&words.text);
                    self.bad_value(words.span, message, help);
                    continue;
                };
                let by_the_clock = match quantity {
                    Quantity::Duration(duration) if !duration.unit.is_calendar() => {
                        Some(duration).filter(|_| self.uses_as_date(name))
                    }
                    _ => None,
                };
                if let Some(duration) = by_the_clock {
                    let (message, help) = not_in_days(duration);
                    self.bad_value(words.span, message, help);
                } else if let (Quantity::Number(number), Some((Quantity::Duration(low), _))) =
                    (quantity, bounds)
                {
                    let unit = low.unit.name();
                    let help = format!(
                        "write `{}`",
                        match number.is_whole() && number.point() >= 0 {
                            true => prose::count(number.point() / Number::whole(1).point(), unit),
                            false => format!("180 {unit}s"),
                        }
                    );
                    self.bad_value(
                        words.span,
                        format!("`{}` of what? the unit is missing", words.text),
                        help,
                    );
                    continue;
                } else if let Some((low, high)) = bounds {
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
                values.extend(
                    from.map(|from| (from, ParameterValue { value: quantity, basis, span: words.span })),
                );
            }
            let Some(values) = Dated::new(values) else {
                self.names.broken.insert(name.clone());
                continue;
            };
            self.hole(&values, page, *span, &format!("`{name}`"));
            self.never_counts(&values, page, &value.values);
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
            let id = ParameterId(parameters.len() as u16);
            self.names.parameters.insert(name.clone(), (id, kind));
            let lengths = kinds.iter().filter_map(|kind| match kind {
                Quantity::Duration(duration) => Some(*duration),
                _ => None,
            });
            self.lengths.insert(id, lengths.collect());
            parameters.push(Parameter {
                id: name.clone(),
                meaning: text(&value.meaning).unwrap_or_default(),
                owner: text(&value.owner).unwrap_or_default(),
                review_by: value
                    .review_by
                    .as_ref()
                    .and_then(|words| day(words, self.out))
                    .unwrap_or(FIRST_DAY),
                review_span: value.review_by.as_ref().map_or(*span, |words| words.span),
                bounds,
                values,
                span: *span,
            });
        }
        parameters
    }

    /// Warns of a value that the next one overtakes before the page is in force: most often a slip in its day.
    fn never_counts(
        &mut self,
        values: &Dated<ParameterValue>,
        page: &InForce,
        written: &[Named<written::ParameterValue>],
    ) {
        let Some(from) = page.from else { return };
        for pair in values.all().windows(2).filter(|pair| pair[1].0 <= from) {
            let day = pair[0].0.to_string();
            if let Some(dated) = written.iter().find(|dated| dated.name == day) {
                let (value, since) = (pair[0].1.value, pair[1].0);
                self.out
                    .push(Finding::NeverCounts { span: dated.span, value: value.to_string(), since }.into());
            }
        }
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
                || [&rule.at_least, &rule.good_for].into_iter().flatten().any(|words| words.text == name)
                || rule.when.as_ref().is_some_and(|when| when_nodes(when).into_iter().any(uses))
        })
    }

    pub(super) fn functions(&mut self) -> Vec<Function> {
        let mut functions = Vec::new();
        for Named { name, span, value } in &self.page.functions {
            check_name(name, *span, self.out);
            let (mut reads, mut parameters) = (Vec::new(), Vec::new());
            for taken in &value.takes {
                match (self.facts.named(&taken.text), self.names.parameters.get(&taken.text)) {
                    (Some(fact), _) => reads.extend(self.facts.slots_of(fact)),
                    (None, Some((parameter, _))) => parameters.push(*parameter),
                    (None, None) if taken.text == "visit" => {}
                    (None, None) => {
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
            let gives = text(&value.gives).unwrap_or_default();
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
            let signature =
                Signature { takes: takes.clone(), reads, parameters, gives_yes_no: gives == "yes/no" };
            self.names.functions.insert(name.clone(), (FunctionId(functions.len() as u16), signature));
            let file = text(&value.file);
            functions.push(Function { id: name.clone(), takes, gives, file, span: *span });
        }
        functions
    }
}
