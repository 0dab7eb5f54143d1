//! `clearance log verify`: finding whatever was done to a log.

use std::path::PathBuf;

use super::super::exit::{Exit, Failure};
use super::super::format::{Format, one_of};
use super::super::output::print;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::disk::log::Log;
use crate::disk::read;
use crate::limits::SMALL_FILE;
use crate::log;
use crate::report::findings;
use crate::report::log as report;

/// What `log verify` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The decision log
    #[arg(value_name = "LOG")]
    log: PathBuf,
    /// The hash of a line that must be there: the head of an earlier `verify`
    #[arg(long, value_name = "HASH", value_parser = head)]
    head: Vec<String>,
    /// A file with heads of earlier runs, which must all be there
    #[arg(long, value_name = "FILE")]
    head_file: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_parser = one_of([Format::Human, Format::Json]), default_value = "human")]
    format: Format,
}

fn head(text: &str) -> Result<String, String> {
    match log::is_hash(text) {
        true => Ok(text.to_string()),
        false => Err("write the 64 letters that `clearance log verify` printed as the head".to_string()),
    }
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut heads = args.head.clone();
    if let Some(path) = &args.head_file {
        let shown = path.display();
        let text = read::text(path, SMALL_FILE)?;
        let before = heads.len();
        heads.extend(text.split_whitespace().filter(|word| log::is_hash(word)).map(str::to_string));
        if heads.len() == before {
            return Err(Failure::new(format!("`{shown}` holds no head"))
                .help("keep the lines of `clearance log verify` that begin with `head`"));
        }
    }
    let mut log = Log::open(&args.log)?;
    for head in &heads {
        if !log.lines.iter().any(|line| line.hash == *head) {
            log.findings.push(
                Diagnostic::error(Code::CutOffLog, format!("no line of the log has the kept head {head}"))
                    .note("lines were cut off at the end, or the log was written anew")
                    .help("bring back the newest copy of the log"),
            );
        }
    }
    let sum = report::Sum {
        log: args.log.display().to_string(),
        lines: log.count,
        kinds: log.lines.iter().map(|line| line.entry.what.kind()).collect(),
        kept: log.kept(),
        erased: log.erased(),
        head: log.lines.last().map(|line| (line.entry.sequence, line.hash.clone())),
        heads: heads.len(),
    };
    print(&match args.format {
        Format::Json => report::verified_json(&sum, &log.findings),
        _ => report::verified(&sum, &log.findings),
    })?;
    match findings::count(&log.findings, Severity::Error) {
        0 => Ok(Exit::Done),
        _ => Ok(Exit::Found),
    }
}
