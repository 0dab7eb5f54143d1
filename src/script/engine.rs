//! The sandbox: a Rhai engine built up from nothing, and one call in it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use rhai::module_resolvers::DummyModuleResolver;
use rhai::packages::{ArithmeticPackage, BasicIteratorPackage, BasicStringPackage, LogicPackage, Package};
use rhai::{AST, CallFnOptions, Dynamic, Engine, EvalAltResult, OptimizationLevel, Scope};

use super::builtins;
use crate::limits::{
    SCRIPT_CALLS, SCRIPT_ENTRIES, SCRIPT_FUNCTIONS, SCRIPT_ITEMS, SCRIPT_LETTERS, SCRIPT_NESTING,
    SCRIPT_OPERATIONS, SCRIPT_VARIABLES,
};

/// Far beyond what the counted bounds allow on any machine.
const FUSE: Duration = Duration::from_secs(20);

/// What no script may use: it reaches outside, hides what is called, or is not exact.
const DISABLED: [&str; 24] = [
    "eval", "print", "debug", "import", "export", "as", "Fn", "call", "curry", "this", "type_of", "sync",
    "async", "await", "spawn", "go", "**", "**=", "<<", ">>", "<<=", ">>=", "^", "^=",
];

/// What `on_progress` says when it stops a script.
pub(super) const STOP_OPERATIONS: &str = "operations";
/// The same for the clock.
pub(super) const STOP_CLOCK: &str = "clock";

thread_local! {
    static LEFT: Cell<u32> = const { Cell::new(0) };
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// The sandbox. It holds no state, so one serves all treatments.
pub(super) fn sandbox() -> &'static Engine {
    static SANDBOX: LazyLock<Engine> = LazyLock::new(build);
    &SANDBOX
}

fn build() -> Engine {
    let mut engine = Engine::new_raw();
    ArithmeticPackage::new().register_into_engine(&mut engine);
    LogicPackage::new().register_into_engine(&mut engine);
    BasicStringPackage::new().register_into_engine(&mut engine);
    BasicIteratorPackage::new().register_into_engine(&mut engine);
    builtins::register(&mut engine);
    for symbol in DISABLED {
        engine.disable_symbol(symbol);
    }
    engine.set_module_resolver(DummyModuleResolver::new());
    engine.set_optimization_level(OptimizationLevel::None);
    // Closures hide operations from Rhai's own count, and values nested in them from its sizes.
    engine.set_allow_anonymous_fn(false);
    engine.set_allow_shadowing(false);
    engine.set_strict_variables(true);
    engine.set_fail_on_invalid_map_property(true);
    engine.set_fast_operators(false);
    engine.set_max_call_levels(SCRIPT_CALLS);
    engine.set_max_expr_depths(SCRIPT_NESTING, SCRIPT_NESTING);
    engine.set_max_string_size(SCRIPT_LETTERS);
    engine.set_max_array_size(SCRIPT_ITEMS);
    engine.set_max_map_size(SCRIPT_ENTRIES);
    engine.set_max_variables(SCRIPT_VARIABLES);
    engine.set_max_functions(SCRIPT_FUNCTIONS);
    engine.set_max_modules(0);
    engine.set_max_strings_interned(0);
    engine.on_progress(|_| {
        let left = LEFT.get();
        if left == 0 {
            return Some(STOP_OPERATIONS.into());
        }
        LEFT.set(left - 1);
        // Reading the clock at each step would cost more than the step.
        let late = left & 63 == 0 && DEADLINE.get().is_some_and(|deadline| Instant::now() > deadline);
        late.then(|| STOP_CLOCK.into())
    });
    engine
}

/// Why a call came to no value.
pub(super) enum Trouble {
    /// The script failed or was stopped.
    Failed(Box<EvalAltResult>),
    /// The interpreter itself did.
    Panicked,
}

/// Calls a function. Nothing is left behind by it.
pub(super) fn call(engine: &Engine, ast: &AST, name: &str, args: Vec<Dynamic>) -> Result<Dynamic, Trouble> {
    LEFT.set(SCRIPT_OPERATIONS);
    DEADLINE.set(Some(Instant::now() + FUSE));
    let options = CallFnOptions::new().eval_ast(false);
    let called = catch_unwind(AssertUnwindSafe(|| {
        engine.call_fn_with_options::<Dynamic>(options, &mut Scope::new(), ast, name, args)
    }));
    match called {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Trouble::Failed(error)),
        Err(_) => Err(Trouble::Panicked),
    }
}

/// Whether a file holds anything beside functions. It is started without a single operation to its name.
pub(super) fn runs_at_once(engine: &Engine, ast: &AST) -> bool {
    LEFT.set(0);
    engine.eval_ast::<Dynamic>(&ast.clone_statements_only()).is_err()
}

/// Compiles one file.
pub(super) fn compile(engine: &Engine, text: &str) -> Result<AST, Option<rhai::ParseError>> {
    match catch_unwind(AssertUnwindSafe(|| engine.compile(text))) {
        Ok(compiled) => compiled.map_err(Some),
        Err(_) => Err(None),
    }
}
