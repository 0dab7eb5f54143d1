//! `clearance decide`: may these clients have this treatment on this day, and why?

mod args;
mod decider;
mod logging;
mod pipe;
mod progress;
mod repeats;
mod run;
mod table;

pub use self::args::Args;
pub use self::logging::Noted;
pub use self::run::run;
pub use self::table::{Filled, Filler, Table};
