//! The functions of a treatment's `.rhai` files, run in a sandbox.
//!
//! A script is given values that are fully known and gives back one value. It has no files, no clock, no
//! randomness and no memory between calls, and what it may use is counted, so that it ends at the same place
//! on every machine. Whatever goes wrong in it is a [`ScriptFault`] with a place in the script, never a panic.

mod builtins;
mod check;
mod compile;
mod diags;
mod engine;
mod faults;
mod outline;
mod values;

use std::collections::BTreeMap;
use std::sync::Mutex;

use rhai::{AST, Dynamic, Engine};
use rust_decimal::Decimal;

use crate::book::condition::{FunctionId, SlotId};
use crate::book::fact::Facts;
use crate::book::{Quantity, Treatment};
use crate::span::Span;
use crate::value::{Day, Number, Point};
use outline::Source;
use values::Take;

pub use compile::compile;
pub use values::Arg;

/// The scripts of one treatment, ready to be called from any thread.
pub struct Scripts {
    engine: &'static Engine,
    files: Vec<File>,
    functions: Vec<Entry>,
    price: Option<Entry>,
    /// Results by function and arguments. A script is a function of its arguments, so this changes no answer.
    known: Mutex<Known>,
    stopped: Mutex<Option<ScriptFault>>,
}

type Known = BTreeMap<(FunctionId, Vec<Arg>), Result<Given, ScriptFault>>;

/// More results than this are not kept.
const MOST_KNOWN: usize = 4_096;

/// One compiled file.
struct File {
    source: Source,
    ast: AST,
}

/// A function as the page declares it.
struct Entry {
    name: String,
    takes: Vec<Take>,
    gives: Gives,
    /// The file that holds it and where its name stands there; `None` if `check` found that it is not there.
    found: Option<(usize, Span)>,
    declared: Span,
    declared_at: String,
}

/// The kind of value a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gives {
    Number,
    YesNo,
    Lines,
}

/// A value a function gave.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Given {
    Number(Number),
    YesNo(bool),
    Lines(Vec<PriceLine>),
}

/// One line of a price, as a pricing script gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceLine {
    /// What it is for.
    pub label: String,
    /// The amount, exact and not rounded.
    pub amount: Decimal,
}

/// What a script may use at most. Each is counted, and so the same everywhere, but for the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// Operations.
    Operations,
    /// Functions that call functions.
    Calls,
    /// The length of texts, lists and maps.
    Sizes,
    /// Variables.
    Variables,
    /// Time. An answer may not rest on it: see [`Scripts::stopped`].
    Clock,
}

/// What went wrong in a script, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptFault {
    /// The function that was called.
    pub function: String,
    /// What went wrong, in one line.
    pub message: String,
    /// Where in the script.
    pub span: Span,
    /// `microneedling/risk.rhai:3:14`
    pub at: String,
    /// The bound that stopped it, if one did.
    pub bound: Option<Bound>,
}

impl Scripts {
    /// No scripts at all: every call fails.
    pub fn none() -> Scripts {
        Scripts {
            engine: engine::sandbox(),
            files: Vec::new(),
            functions: Vec::new(),
            price: None,
            known: Mutex::new(BTreeMap::new()),
            stopped: Mutex::new(None),
        }
    }

    /// The number that `function` gives for `args`.
    pub fn call_number(&self, function: FunctionId, args: &[Arg]) -> Result<Number, ScriptFault> {
        match self.cached(function, args)? {
            Given::Number(number) => Ok(number),
            _ => Err(self.misused(function, "it gives no number")),
        }
    }

    /// The yes or no that `function` gives for `args`.
    pub fn call_yes_no(&self, function: FunctionId, args: &[Arg]) -> Result<bool, ScriptFault> {
        match self.cached(function, args)? {
            Given::YesNo(yes) => Ok(yes),
            _ => Err(self.misused(function, "it gives no yes or no")),
        }
    }

    /// The lines that the pricing script adds; none if there is no such script.
    pub fn price_lines(&self, args: &[Arg]) -> Result<Vec<PriceLine>, ScriptFault> {
        match &self.price {
            None => Ok(Vec::new()),
            Some(entry) => match self.run(entry, args)? {
                Given::Lines(lines) => Ok(lines),
                _ => Err(entry.fault("it gives no price lines", entry.declared, &entry.declared_at)),
            },
        }
    }

    /// What `function` takes for a client whose answers `value` gives, on one day.
    pub fn arguments(
        &self,
        function: FunctionId,
        facts: &Facts,
        treatment: &Treatment,
        day: Day,
        value: &dyn Fn(SlotId) -> Point,
    ) -> Vec<Arg> {
        let takes = self.functions.get(usize::from(function.0)).map(|entry| &entry.takes[..]);
        takes.unwrap_or_default().iter().map(|take| take.arg(facts, treatment, day, value)).collect()
    }

    /// The answers that the pricing script must know.
    pub fn price_reads(&self, facts: &Facts) -> Vec<SlotId> {
        let takes = self.price.iter().flat_map(|entry| &entry.takes);
        let taken = takes.filter_map(|take| match take {
            Take::Fact(id, _) => Some(*id),
            _ => None,
        });
        taken.flat_map(|id| facts.slots_of(id)).collect()
    }

    /// What the pricing script takes.
    pub fn price_arguments(
        &self,
        facts: &Facts,
        treatment: &Treatment,
        day: Day,
        value: &dyn Fn(SlotId) -> Point,
        price: Number,
        sessions: u32,
    ) -> Vec<Arg> {
        let takes = self.price.iter().flat_map(|entry| &entry.takes);
        takes
            .map(|take| match take {
                Take::Price => Arg::Number(price),
                Take::Sessions => Arg::Whole(i64::from(sessions)),
                other => other.arg(facts, treatment, day, value),
            })
            .collect()
    }

    /// Set once a script was stopped by the clock. What was decided since is no answer: another machine might
    /// have come to an end, so whoever asked must stop with this fault instead.
    pub fn stopped(&self) -> Option<ScriptFault> {
        self.stopped.lock().ok().and_then(|stopped| stopped.clone())
    }

    fn misused(&self, function: FunctionId, what: &str) -> ScriptFault {
        let entry = &self.functions[usize::from(function.0)];
        entry.fault(what, entry.declared, &entry.declared_at)
    }

    fn cached(&self, function: FunctionId, args: &[Arg]) -> Result<Given, ScriptFault> {
        let Some(entry) = self.functions.get(usize::from(function.0)) else {
            let span = Span::new(crate::span::Texts::new().add("", String::new()), 0..0);
            let message = "there are no scripts".to_string();
            let (function, at) = (String::new(), String::new());
            return Err(ScriptFault { function, message, span, at, bound: None });
        };
        let key = (function, args.to_vec());
        if let Ok(known) = self.known.lock()
            && let Some(given) = known.get(&key)
        {
            return given.clone();
        }
        let given = self.run(entry, args);
        if let Ok(mut known) = self.known.lock() {
            if known.len() >= MOST_KNOWN {
                known.clear();
            }
            known.insert(key, given.clone());
        }
        given
    }

    fn run(&self, entry: &Entry, args: &[Arg]) -> Result<Given, ScriptFault> {
        let Some((file, span)) = entry.found else {
            let message = "its script cannot be used";
            return Err(entry.fault(message, entry.declared, &entry.declared_at));
        };
        let file = &self.files[file];
        let fits = args.len() == entry.takes.len()
            && args.iter().zip(&entry.takes).all(|(arg, take)| take.fits(arg));
        if !fits {
            let message = "it is called with other values than the page declares";
            return Err(entry.fault(message, entry.declared, &entry.declared_at));
        }
        let values: Vec<Dynamic> = args.iter().map(Arg::to_dynamic).collect();
        let given = engine::call(self.engine, &file.ast, &entry.name, values)
            .map_err(|trouble| trouble.into_fault(&entry.name, &file.source, span))
            .and_then(|value| {
                values::given(value, entry.gives)
                    .map_err(|message| entry.fault(&message, span, &file.source.reference(span)))
            });
        if let Err(fault) = &given
            && fault.bound == Some(Bound::Clock)
            && let Ok(mut stopped) = self.stopped.lock()
        {
            stopped.get_or_insert_with(|| fault.clone());
        }
        given
    }
}

impl Entry {
    fn fault(&self, message: &str, span: Span, at: &str) -> ScriptFault {
        let (function, message, at) = (self.name.clone(), message.to_string(), at.to_string());
        ScriptFault { function, message, span, at, bound: None }
    }
}

/// The number of a parameter on a day.
fn parameter_number(treatment: &Treatment, name: &str, day: Day) -> Option<Number> {
    let parameter = treatment.parameters.iter().find(|parameter| parameter.id == name)?;
    match parameter.values.on(day).1.value {
        Quantity::Number(number) => Some(number),
        _ => None,
    }
}
