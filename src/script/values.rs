//! Values on their way into a script and out of it again.

use std::collections::BTreeMap;

use rhai::{Dynamic, Map};
use rust_decimal::Decimal;

use super::{Given, Gives, PriceLine, parameter_number};
use crate::book::Treatment;
use crate::book::condition::{FactId, SlotId};
use crate::book::fact::{FactKind, Facts};
use crate::prose;
use crate::value::{Day, NO, Number, Point};

/// A value given to a script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arg {
    /// An exact decimal.
    Number(Number),
    /// A whole number: an answer to a fact with `whole: yes`, or the number of sessions.
    Whole(i64),
    /// Yes or no.
    YesNo(bool),
    /// The option of a choice, by its name.
    Option(String),
    /// Every option of a set, and whether it applies.
    Set(BTreeMap<String, bool>),
}

impl Arg {
    pub(super) fn to_dynamic(&self) -> Dynamic {
        match self {
            Arg::Number(number) => Dynamic::from_decimal(decimal(*number)),
            Arg::Whole(number) => Dynamic::from_int(*number),
            Arg::YesNo(yes) => Dynamic::from_bool(*yes),
            Arg::Option(id) => id.as_str().into(),
            Arg::Set(options) => {
                let map: Map = options.iter().map(|(id, on)| (id.as_str().into(), (*on).into())).collect();
                Dynamic::from_map(map)
            }
        }
    }
}

impl std::fmt::Display for Arg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Arg::Number(number) => write!(f, "{number}"),
            Arg::Whole(number) => write!(f, "{number}"),
            Arg::YesNo(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Arg::Option(id) => f.write_str(id),
            Arg::Set(options) => {
                let on: Vec<&str> =
                    options.iter().filter(|(_, on)| **on).map(|(id, _)| id.as_str()).collect();
                f.write_str(if on.is_empty() { "none" } else { "" })?;
                f.write_str(&prose::list(&on, "and"))
            }
        }
    }
}

/// What stands behind one name among those a function takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Take {
    /// A fact whose answer can be handed over.
    Fact(FactId, FactKind),
    /// A parameter that is a number.
    Parameter(String),
    /// The price per session, before any discount.
    Price,
    /// How many sessions are asked for.
    Sessions,
}

impl Take {
    pub(super) fn arg(
        &self,
        facts: &Facts,
        treatment: &Treatment,
        day: Day,
        value: &dyn Fn(SlotId) -> Point,
    ) -> Arg {
        match self {
            Take::Fact(id, kind) => {
                let fact = facts.get(*id);
                let point = || value(fact.first_slot);
                match kind {
                    FactKind::YesNo => Arg::YesNo(point() != NO),
                    FactKind::Number { whole: true, .. } => Arg::Whole(point() / Number::whole(1).point()),
                    FactKind::Choice => {
                        let option = usize::try_from(point()).ok().and_then(|at| fact.options.get(at));
                        Arg::Option(option.map(|option| option.id.clone()).unwrap_or_default())
                    }
                    FactKind::Set => {
                        let options = fact.options.iter().zip(fact.slots());
                        Arg::Set(options.map(|(o, slot)| (o.id.clone(), value(slot) != NO)).collect())
                    }
                    _ => Arg::Number(Number::from_point(point())),
                }
            }
            Take::Parameter(name) => {
                Arg::Number(parameter_number(treatment, name, day).unwrap_or(Number::whole(0)))
            }
            Take::Price => Arg::Number(Number::whole(0)),
            Take::Sessions => Arg::Whole(1),
        }
    }

    /// Whether `arg` is of the kind that is declared.
    pub(super) fn fits(&self, arg: &Arg) -> bool {
        match self {
            Take::Sessions | Take::Fact(_, FactKind::Number { whole: true, .. }) => {
                matches!(arg, Arg::Whole(_))
            }
            Take::Price | Take::Parameter(_) | Take::Fact(_, FactKind::Number { .. }) => {
                matches!(arg, Arg::Number(_))
            }
            Take::Fact(_, FactKind::YesNo) => matches!(arg, Arg::YesNo(_)),
            Take::Fact(_, FactKind::Choice) => matches!(arg, Arg::Option(_)),
            Take::Fact(_, FactKind::Set) => matches!(arg, Arg::Set(_)),
            Take::Fact(..) => false,
        }
    }
}

fn decimal(number: Number) -> Decimal {
    Decimal::new(number.point(), 6).normalize()
}

/// The value as the kind that is declared, or why it is not of it.
pub(super) fn given(value: Dynamic, gives: Gives) -> Result<Given, String> {
    match gives {
        Gives::YesNo => match value.as_bool() {
            Ok(yes) => Ok(Given::YesNo(yes)),
            Err(_) => Err(format!("it must give yes or no (true or false) and gives {}", kind(&value))),
        },
        Gives::Number => {
            let Some(exact) = exact(&value) else {
                return Err(format!("it must give a number and gives {}", kind(&value)));
            };
            number(exact).map(Given::Number)
        }
        Gives::Lines => {
            let wrong = || "it must give a list of `#{label: \"...\", amount: ...}`".to_string();
            let lines = value.into_array().map_err(|kind| format!("{} and gives {kind}", wrong()))?;
            let lines = lines.into_iter().map(|line| {
                let map = line.try_cast::<Map>().filter(|map| map.len() == 2).ok_or_else(wrong)?;
                let label = map.get("label").and_then(|label| label.clone().into_string().ok());
                let amount = map.get("amount").and_then(exact);
                Ok(PriceLine { label: label.ok_or_else(wrong)?, amount: amount.ok_or_else(wrong)? })
            });
            lines.collect::<Result<Vec<_>, String>>().map(Given::Lines)
        }
    }
}

/// The value as an exact decimal, if it is a number.
pub(super) fn exact(value: &Dynamic) -> Option<Decimal> {
    value.as_int().map(Decimal::from).or_else(|_| value.as_decimal()).ok()
}

/// Rounding here would move a value across a limit in a condition, unseen.
fn number(exact: Decimal) -> Result<Number, String> {
    let exact = exact.normalize();
    if exact.scale() > 6 {
        return Err("the number it gives has more than six decimals: round it, as in `round_half_up(x, 2)`"
            .to_string());
    }
    if exact.abs() >= Decimal::from(1_000_000_000_000_i64) {
        return Err("the number it gives has more than twelve digits before the dot".to_string());
    }
    let point = exact.mantissa() * 10_i128.pow(6 - exact.scale());
    i64::try_from(point).map(Number::from_point).map_err(|_| "the number it gives is too large".to_string())
}

/// The kind of a value in words.
pub(super) fn kind(value: &Dynamic) -> &'static str {
    if value.is_unit() {
        "nothing"
    } else if value.is_bool() {
        "yes or no"
    } else if value.is_int() || value.is_decimal() {
        "a number"
    } else if value.is_string() || value.is_char() {
        "a text"
    } else if value.is_array() {
        "a list"
    } else if value.is_map() {
        "a map"
    } else {
        "something else"
    }
}
