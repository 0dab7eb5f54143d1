//! `clearance explain CODE`: what a finding means.

use super::exit::{Exit, Failure};
use super::output::{complain, print};
use crate::diagnostic::Code;
use crate::report::explain;

/// What `explain` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The code in square brackets behind `error` or `warning`; without it all are listed
    code: Option<String>,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.code {
        None => print(&explain::list())?,
        Some(name) => match Code::named(name.trim_matches(['[', ']'])) {
            Some(code) => print(explain::page(code))?,
            None => {
                complain(&format!(
                    "error: {}\n\nthe codes are:\n{}",
                    explain::unknown(name),
                    explain::list()
                ));
                return Ok(Exit::CouldNotRun);
            }
        },
    }
    Ok(Exit::Done)
}
