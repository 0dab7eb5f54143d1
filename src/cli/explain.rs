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
        Some(name) => match Code::named(bare(name)) {
            Some(code) => print(explain::page(code))?,
            None => {
                complain(&format!(
                    "error: {}\n  = help: `clearance explain` lists every code\n",
                    explain::unknown(bare(name))
                ));
                return Ok(Exit::CouldNotRun);
            }
        },
    }
    Ok(Exit::Done)
}

/// The code in `error[no-reason]`, as it is copied from a report.
fn bare(name: &str) -> &str {
    let inside = name.split_once('[').map_or(name, |(_, inside)| inside);
    inside.split(']').next().unwrap_or(inside).trim()
}
