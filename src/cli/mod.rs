//! The command line: one file per verb. The only floor that prints.

mod aftercare;
mod approved;
mod ask;
mod book;
mod check;
mod cohort;
mod completions;
pub mod decide;
mod diff;
mod exit;
mod explain;
mod fmt;
pub mod folder;
pub mod format;
mod init;
mod insert;
pub mod log;
mod mutate;
mod on;
mod output;
mod pick;
mod plan;
mod quote;
mod reach;
pub mod records;
mod review;
mod schema;
mod sign;
mod stream;
mod test;
mod time;
mod verify;
mod who;

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use crate::disk::environment;
use crate::prose::visible;

pub use exit::{Exit, Failure};

/// May this client have this treatment on this day, and why?
#[derive(Debug, Parser)]
#[command(name = "clearance", version, max_term_width = 80, arg_required_else_help = true)]
struct Cli {
    /// The folder with the rules
    #[arg(long, global = true, value_name = "DIR", default_value = "rules")]
    rules: PathBuf,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Read the rules and list everything that is wrong with them
    Check(check::Args),
    /// Decide for every client in these files
    Decide(decide::Args),
    /// Ask one client what can still matter, and decide
    Ask(ask::Args),
    /// Say what sessions cost, itemised
    Quote(quote::Args),
    /// Say what to avoid, do and expect after a treatment, and until when
    Aftercare(aftercare::Args),
    /// Say when each session of a course may be
    Plan(plan::Args),
    /// Run the cases, compare their answers with the approved ones, and find what no case guards
    Test(test::Args),
    /// Say what a change of the rules changes, and for whom
    Diff(diff::Args),
    /// Say whom a rule speaks for, or what a client needs for a better outcome
    Who(who::Args),
    /// Write the go ahead of a clinician into a client's record
    Review(review::Args),
    /// Sign what the rules of a treatment mean, as their author or as an approver
    Sign(sign::Args),
    /// Say who signed what the rules mean, and what is missing
    Verify(verify::Args),
    /// Write the rule book: every rule with its reasons, sources, proofs and cases
    Book(book::Args),
    /// Look after the log of decisions: verify, show, replay, override, erase, report
    Log(log::Args),
    /// Put the rule files in one order and spacing, keeping every comment
    Fmt(fmt::Args),
    /// Say what a finding means, with a wrong and a right example
    Explain(explain::Args),
    /// Write a fresh copy of the shipped rules, with comments
    Init(init::Args),
    /// Print a JSON Schema, for completion in editors and for programs
    Schema(schema::Args),
    /// Print the completions for a shell
    Completions(completions::Args),
}

fn not_utf8(name: &str) -> Failure {
    Failure::new(format!("the name `{}` is not written in UTF-8", visible(name)))
        .help("give the file another name, or hand it over as standard input, `-`")
}

/// Runs the command that the arguments name.
pub fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => match environment::not_utf8().filter(|_| error.kind() == ErrorKind::InvalidUtf8) {
            Some(name) => return output::fail(not_utf8(&name)),
            None => error.exit(),
        },
    };
    let done = match &cli.verb {
        Verb::Check(args) => check::run(args, &cli.rules),
        Verb::Decide(args) => decide::run(args, &cli.rules),
        Verb::Ask(args) => ask::run(args, &cli.rules),
        Verb::Quote(args) => quote::run(args, &cli.rules),
        Verb::Aftercare(args) => aftercare::run(args, &cli.rules),
        Verb::Plan(args) => plan::run(args, &cli.rules),
        Verb::Test(args) => test::run(args, &cli.rules),
        Verb::Diff(args) => diff::run(args, &cli.rules),
        Verb::Who(args) => who::run(args, &cli.rules),
        Verb::Review(args) => review::run(args, &cli.rules),
        Verb::Sign(args) => sign::run(args, &cli.rules),
        Verb::Verify(args) => verify::run(args, &cli.rules),
        Verb::Book(args) => book::run(args, &cli.rules),
        Verb::Log(args) => log::run(args, &cli.rules),
        Verb::Fmt(args) => fmt::run(args, &cli.rules),
        Verb::Explain(args) => explain::run(args),
        Verb::Init(args) => init::run(args),
        Verb::Schema(args) => schema::run(args),
        Verb::Completions(args) => completions::run(args),
    };
    done.unwrap_or_else(output::fail)
}
