//! May this client have this treatment on this day, and why?
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod book;
pub mod cli;
pub mod decide;
pub mod diagnostic;
pub mod prose;
pub mod report;
pub mod source;
pub mod span;
pub mod suggest;
pub mod value;
pub mod written;
