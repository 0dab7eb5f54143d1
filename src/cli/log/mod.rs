//! `clearance log`: looking after the decision log that `decide --log` writes.

mod erase;
mod find;
mod overrule;
pub mod replay;
mod report;
mod show;
mod verify;

use std::path::Path;

use clap::Subcommand;

use super::exit::{Exit, Failure};
use super::output;
use crate::diagnostic::Severity;
use crate::disk::log::{Log, Mended, Store};
use crate::prose::visible;
use crate::report::findings::{self, Colour};
use crate::span::Texts;

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

/// Opens a log to write to it, and says what had to be done about its last line. A log that is not there yet is
/// made if `create` says so.
pub(super) fn store(path: &Path, create: bool) -> Result<Store, Failure> {
    let store = Store::open(path, create)?;
    let shown = visible(&path.display().to_string());
    match &store.mended {
        None => {}
        Some(Mended::Ended) => output::complain(&format!(
            "warning: `{shown}`: the last line lacked only its end, which was added\n"
        )),
        Some(Mended::Moved(torn)) => output::complain(&format!(
            "warning: the last line of `{shown}` was torn; it now lies in `{}`\n  = note: a run was ended while \
             it wrote: what it had not printed was not logged\n",
            visible(&torn.display().to_string())
        )),
    }
    Ok(store)
}

/// Complains of what is wrong with a log; whether any of it is an error.
fn complain(log: &Log) -> bool {
    output::complain(&findings::each(&Texts::new(), &log.findings, Colour::Styled));
    findings::count(&log.findings, Severity::Error) > 0
}
