//! `clearance log`: looking after the decision log that `decide --log` writes.

pub mod archive;
mod erase;
mod find;
mod open;
mod overrule;
pub mod replay;
mod report;
mod show;
pub mod store;
mod verify;

use std::path::Path;

use clap::Subcommand;

use super::exit::{Exit, Failure};

/// What `log` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Find whatever was done to a log since it was written, and print its head
    Verify(verify::Args),
    /// Show what the log says
    Show(show::Args),
    /// Decide again with the rules of that day, and name the first difference
    Replay(replay::Args),
    /// Record that a decision was not followed, and why
    Override(overrule::Args),
    /// Erase what is kept about a client; the chain stays whole
    Erase(erase::Args),
    /// Count outcomes, and find the rule that cries wolf
    Report(report::Args),
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Verify(args) => verify::run(args),
        Verb::Show(args) => show::run(args),
        Verb::Replay(args) => replay::run(args, rules),
        Verb::Override(args) => overrule::run(args),
        Verb::Erase(args) => erase::run(args),
        Verb::Report(args) => report::run(args),
    }
}

/// A name or a role from the command line: a person reads it later.
pub(super) fn named(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("write who or what; it may not be empty".to_string()),
        text if text.chars().count() > 200 => Err("write at most 200 characters".to_string()),
        text => Ok(text.to_string()),
    }
}
