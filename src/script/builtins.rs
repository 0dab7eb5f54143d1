//! What a script may use beside the operators: few functions, all exact, none that calls back into the script.

use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString, Map, Position};
use rust_decimal::{Decimal, RoundingStrategy};

use super::values::{exact, kind};
use crate::limits::{SCRIPT_ITEMS, SCRIPT_LETTERS};

type Fallible<T> = Result<T, Box<EvalAltResult>>;

/// Names that no function of a script may have: it would take the place of what is built in.
pub(super) const BUILT_IN: [&str; 41] = [
    "add",
    "divide",
    "end",
    "is_exclusive",
    "is_inclusive",
    "modulo",
    "multiply",
    "power",
    "start",
    "subtract",
    "to_int",
    "abs",
    "ceiling",
    "contains",
    "floor",
    "is_empty",
    "keys",
    "len",
    "max",
    "min",
    "pop",
    "push",
    "round_half_even",
    "round_half_up",
    "to_debug",
    "to_string",
    "to_text",
    "to_hex",
    "to_octal",
    "to_binary",
    "range",
    "chars",
    "bits",
    "sign",
    "is_zero",
    "is_odd",
    "is_even",
    "print",
    "debug",
    "throw",
    "not",
];

fn failed<T>(message: impl Into<String>) -> Fallible<T> {
    let message: String = message.into();
    Err(EvalAltResult::ErrorArithmetic(message, Position::NONE).into())
}

fn number(value: &Dynamic, name: &str) -> Fallible<Decimal> {
    exact(value).map_or_else(|| failed(format!("`{name}` takes numbers, not {}", kind(value))), Ok)
}

fn divide(a: Decimal, b: Decimal) -> Fallible<Dynamic> {
    if b.is_zero() {
        return failed("division by zero");
    }
    a.checked_div(b).map_or_else(|| failed("the result of a division is too large"), |n| Ok(n.into()))
}

/// Different kinds are never the same and never in an order: saying `no` to that would hide the slip.
fn order(a: &Dynamic, b: &Dynamic) -> Fallible<std::cmp::Ordering> {
    if let (Some(a), Some(b)) = (exact(a), exact(b)) {
        return Ok(a.cmp(&b));
    }
    if let (Ok(a), Ok(b)) = (a.as_bool(), b.as_bool()) {
        return Ok(a.cmp(&b));
    }
    if let (Some(a), Some(b)) = (text(a), text(b)) {
        return Ok(a.cmp(&b));
    }
    failed(format!("{} cannot be compared with {}", kind(a), kind(b)))
}

fn text(value: &Dynamic) -> Option<ImmutableString> {
    match value.as_char() {
        Ok(letter) => Some(letter.to_string().into()),
        Err(_) => value.as_immutable_string_ref().ok().map(|text| text.clone()),
    }
}

fn same(a: &Dynamic, b: &Dynamic) -> Fallible<bool> {
    if a.is_unit() || b.is_unit() {
        return Ok(a.is_unit() && b.is_unit());
    }
    order(a, b).map(std::cmp::Ordering::is_eq)
}

/// A value in a text: numbers without needless noughts, nothing nested.
fn words(value: &Dynamic) -> Fallible<String> {
    if let Some(number) = exact(value) {
        return Ok(number.to_string());
    }
    match (text(value), value.as_bool()) {
        (Some(text), _) => Ok(text.to_string()),
        (_, Ok(yes)) => Ok(if yes { "yes" } else { "no" }.to_string()),
        _ => failed(format!("{} cannot be put into a text", kind(value))),
    }
}

fn join(a: &Dynamic, b: &Dynamic) -> Fallible<ImmutableString> {
    let joined = format!("{}{}", words(a)?, words(b)?);
    match joined.len() <= SCRIPT_LETTERS {
        true => Ok(joined.into()),
        false => too_large("Length of string"),
    }
}

fn too_large<T>(what: &str) -> Fallible<T> {
    Err(EvalAltResult::ErrorDataTooLarge(what.to_string(), Position::NONE).into())
}

fn round(value: Dynamic, decimals: i64, how: RoundingStrategy) -> Fallible<Decimal> {
    let number = number(&value, "round")?;
    match u32::try_from(decimals) {
        Ok(decimals @ 0..=20) => Ok(number.round_dp_with_strategy(decimals, how)),
        _ => failed("a number is rounded to 0 to 20 decimals"),
    }
}

/// Registers everything.
pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("/", |a: i64, b: i64| divide(a.into(), b.into()));
    engine.register_fn("/", |a: i64, b: Decimal| divide(a.into(), b));
    engine.register_fn("/", |a: Decimal, b: i64| divide(a, b.into()));
    engine.register_fn("/=", |a: &mut Dynamic, b: Dynamic| -> Fallible<()> {
        *a = divide(number(a, "/=")?, number(&b, "/=")?)?;
        Ok(())
    });
    engine.register_fn("==", |a: Dynamic, b: Dynamic| same(&a, &b));
    engine.register_fn("!=", |a: Dynamic, b: Dynamic| same(&a, &b).map(|same| !same));
    engine.register_fn("<", |a: Dynamic, b: Dynamic| order(&a, &b).map(std::cmp::Ordering::is_lt));
    engine.register_fn("<=", |a: Dynamic, b: Dynamic| order(&a, &b).map(std::cmp::Ordering::is_le));
    engine.register_fn(">", |a: Dynamic, b: Dynamic| order(&a, &b).map(std::cmp::Ordering::is_gt));
    engine.register_fn(">=", |a: Dynamic, b: Dynamic| order(&a, &b).map(std::cmp::Ordering::is_ge));

    engine.register_fn("min", |a: Dynamic, b: Dynamic| -> Fallible<Decimal> {
        Ok(number(&a, "min")?.min(number(&b, "min")?))
    });
    engine.register_fn("max", |a: Dynamic, b: Dynamic| -> Fallible<Decimal> {
        Ok(number(&a, "max")?.max(number(&b, "max")?))
    });
    engine.register_fn("abs", |a: Dynamic| number(&a, "abs").map(|n| n.abs()));
    engine.register_fn("floor", |a: Dynamic| number(&a, "floor").map(|n| n.floor()));
    engine.register_fn("ceiling", |a: Dynamic| number(&a, "ceiling").map(|n| n.ceil()));
    let up = RoundingStrategy::MidpointAwayFromZero;
    engine.register_fn("round_half_up", move |a: Dynamic, decimals: i64| round(a, decimals, up));
    let even = RoundingStrategy::MidpointNearestEven;
    engine.register_fn("round_half_even", move |a: Dynamic, decimals: i64| round(a, decimals, even));

    engine.register_fn("+", |a: ImmutableString, b: Dynamic| join(&a.into(), &b));
    engine.register_fn("+", |a: Dynamic, b: ImmutableString| join(&a, &b.into()));
    engine.register_fn("+", |a: ImmutableString, b: ImmutableString| join(&a.into(), &b.into()));
    engine.register_fn("to_text", |a: Dynamic| words(&a));
    engine.register_fn("to_string", |a: Dynamic| words(&a));
    engine.register_fn("len", |a: ImmutableString| a.chars().count() as i64);
    engine.register_fn("contains", |a: ImmutableString, b: ImmutableString| a.contains(b.as_str()));

    engine.register_fn("len", |a: &mut Array| a.len() as i64);
    engine.register_fn("is_empty", |a: &mut Array| a.is_empty());
    engine.register_fn("push", |a: &mut Array, item: Dynamic| -> Fallible<()> {
        if a.len() >= SCRIPT_ITEMS {
            return too_large("Size of array");
        }
        a.push(item);
        Ok(())
    });
    engine.register_fn("pop", |a: &mut Array| a.pop().unwrap_or_default());
    engine.register_fn("contains", |a: &mut Array, item: Dynamic| -> Fallible<bool> {
        for one in a.iter() {
            if same(one, &item)? {
                return Ok(true);
            }
        }
        Ok(false)
    });
    engine.register_fn("len", |a: &mut Map| a.len() as i64);
    engine.register_fn("is_empty", |a: &mut Map| a.is_empty());
    engine.register_fn("contains", |a: &mut Map, key: ImmutableString| a.contains_key(key.as_str()));
    engine.register_fn("keys", |a: &mut Map| -> Array { a.keys().map(|key| key.as_str().into()).collect() });
}

#[cfg(test)]
mod tests {
    use super::super::engine::sandbox;
    use super::*;

    /// The engine's own list is only to be had in tests; ours must hold every name in it.
    #[test]
    fn every_function_of_the_engine_is_listed() {
        let mut names: Vec<String> = sandbox()
            .collect_fn_metadata(None, |info| Some(info.metadata.name.to_string()), true)
            .into_iter()
            .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.contains('$'))
            .filter(|name| !BUILT_IN.contains(&name.as_str()))
            .collect();
        names.sort();
        names.dedup();
        assert_eq!(names, Vec::<String>::new());
    }
}
