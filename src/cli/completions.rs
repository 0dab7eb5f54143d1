//! `clearance completions SHELL`: what a shell needs to complete the commands.

use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;
use super::exit::{Exit, Failure};
use super::output::print;

/// What `completions` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell to write them for
    shell: Shell,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut written = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "clearance", &mut written);
    print(&String::from_utf8_lossy(&written))?;
    Ok(Exit::Done)
}
