//! What the interpreter says when a script fails, in our words and at its place.

use rhai::{EvalAltResult, Position};

use super::engine::{STOP_CLOCK, Trouble};
use super::outline::Source;
use super::{Bound, ScriptFault};
use crate::limits::{SCRIPT_CALLS, SCRIPT_ENTRIES, SCRIPT_ITEMS, SCRIPT_LETTERS, SCRIPT_OPERATIONS};
use crate::prose;
use crate::span::Span;

/// Words of a script in a message may be of any length.
const LONGEST: usize = 200;

impl Trouble {
    /// The fault of `function`; `declared` is where its name stands, for what has no place of its own.
    pub(super) fn into_fault(self, function: &str, source: &Source, declared: Span) -> ScriptFault {
        let (message, bound, position) = match &self {
            Trouble::Panicked => ("the interpreter gave up".to_string(), None, Position::NONE),
            Trouble::Failed(error) => told(error),
        };
        let span = source.at(position).unwrap_or(declared);
        ScriptFault {
            function: function.to_string(),
            message: shortened(&message),
            span,
            at: source.reference(span),
            bound,
        }
    }
}

/// What happened, the bound that was reached, and where: the innermost place in the script.
fn told(error: &EvalAltResult) -> (String, Option<Bound>, Position) {
    let position = error.position();
    let plain = |message: String| (message, None, position);
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, call) => {
            let (message, bound, place) = told(inner);
            (message, bound, if place.is_none() { *call } else { place })
        }
        EvalAltResult::ErrorTerminated(why, _) => {
            let why = why.clone().into_string().unwrap_or_default();
            if why == STOP_CLOCK {
                ("it was stopped: it ran for too long".to_string(), Some(Bound::Clock), position)
            } else {
                let message = format!("it was stopped after {SCRIPT_OPERATIONS} operations");
                (message, Some(Bound::Operations), position)
            }
        }
        EvalAltResult::ErrorTooManyOperations(_) => {
            ("it was stopped: too many operations".to_string(), Some(Bound::Operations), position)
        }
        EvalAltResult::ErrorStackOverflow(_) => {
            let message = format!("more than {SCRIPT_CALLS} functions call each other");
            (message, Some(Bound::Calls), position)
        }
        EvalAltResult::ErrorDataTooLarge(what, _) => {
            let message = if what.contains("string") {
                format!("a text is longer than {SCRIPT_LETTERS} letters")
            } else if what.contains("array") {
                format!("a list has more than {SCRIPT_ITEMS} items")
            } else {
                format!("a map has more than {SCRIPT_ENTRIES} entries")
            };
            (message, Some(Bound::Sizes), position)
        }
        EvalAltResult::ErrorTooManyVariables(_) => {
            ("it has too many variables".to_string(), Some(Bound::Variables), position)
        }
        EvalAltResult::ErrorArithmetic(message, _) => plain(lower(message)),
        EvalAltResult::ErrorRuntime(value, _) => {
            plain(format!("it gave up with `{}`", prose::visible(&value.to_string())))
        }
        EvalAltResult::ErrorFunctionNotFound(signature, _) => plain(no_function(signature)),
        EvalAltResult::ErrorVariableNotFound(name, _) => plain(format!("there is no variable `{name}`")),
        EvalAltResult::ErrorPropertyNotFound(name, _) => plain(format!("there is no entry `{name}`")),
        EvalAltResult::ErrorMismatchDataType(wanted, found, _) => {
            plain(format!("{} stands where {} belongs", kind(found), kind(wanted)))
        }
        // The interpreter writes places into its texts; ours stand beside them.
        other => plain(lower(other.to_string().split(" (line ").next().unwrap_or_default())),
    }
}

/// `max (i64, &str)` as people say it. Operators are functions there.
fn no_function(signature: &str) -> String {
    let (name, kinds) = signature.split_once('(').unwrap_or((signature, ""));
    let name = name.trim();
    let kinds: Vec<&str> = kinds.trim_end_matches(')').split(',').map(str::trim).collect();
    let kinds: Vec<&str> = kinds.into_iter().filter(|kind| !kind.is_empty()).map(kind).collect();
    let given = if kinds.is_empty() { "nothing".to_string() } else { prose::list(&kinds, "and") };
    match name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        true => format!("there is no function `{name}` for {given}"),
        false => format!("`{name}` has no meaning for {given}"),
    }
}

fn kind(name: &str) -> &str {
    match name.trim_start_matches("&mut ").trim_start_matches('&') {
        "i64" | "decimal" | "rust_decimal::Decimal" | "rust_decimal::decimal::Decimal" => "a number",
        "str" | "string" | "ImmutableString" | "char" => "a text",
        "bool" => "yes or no",
        "array" => "a list",
        "map" => "a map",
        "()" => "nothing",
        other => other,
    }
}

/// A message without capital letter and final stop.
pub(super) fn lower(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut letters = message.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// At most so many letters.
pub(super) fn shortened(message: &str) -> String {
    let visible = prose::visible(message);
    match visible.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &visible[..end]),
        None => visible,
    }
}
