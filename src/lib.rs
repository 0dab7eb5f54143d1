//! May this client have this treatment on this day, and why?
#![forbid(unsafe_code)]
#![warn(missing_docs)]
// The command line prints through `cli::output`: `println!` panics when nobody reads any more.
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::dbg_macro)]

pub mod book;
pub mod cli;
pub mod diagnostic;
pub mod prose;
pub mod report;
pub mod source;
pub mod span;
pub mod suggest;
pub mod value;
pub mod written;
