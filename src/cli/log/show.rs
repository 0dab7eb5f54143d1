//! `clearance log show`: what the log says.

use std::path::PathBuf;

use super::super::exit::{Exit, Failure};
use super::super::format::{Format, one_of};
use super::super::output::print;
use super::super::pick;
use crate::disk::log::{Log, State};
use crate::log::chain::Line;
use crate::report::log::{self as report, Shown};
use crate::value::Day;

/// What `log show` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The decision log
    #[arg(value_name = "LOG")]
    log: PathBuf,
    /// Only this line, with all that stands behind it
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["client", "from", "to"])]
    sequence: Option<u64>,
    /// Only what is about this client
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// Only what was written on this day (UTC) or later
    #[arg(long, value_name = "DATE", value_parser = pick::day)]
    from: Option<Day>,
    /// Only what was written on this day (UTC) or earlier
    #[arg(long, value_name = "DATE", value_parser = pick::day)]
    to: Option<Day>,
    /// How to print it
    #[arg(long, value_parser = one_of([Format::Human, Format::Json]), default_value = "human")]
    format: Format,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let log = Log::open(&args.log)?;
    let wrong = super::complain(&log);
    let lines: Vec<&Line> = match args.sequence {
        Some(sequence) => vec![log.line(sequence)?],
        None => log.lines.iter().filter(|line| in_time(line, args)).collect(),
    };
    let mut shown = Vec::new();
    for line in lines {
        let state = log.body(line.entry.sequence)?;
        if let Some(client) = &args.client
            && !about(&log, line, &state, client)?
        {
            continue;
        }
        shown.push(Shown {
            entry: &line.entry,
            hash: &line.hash,
            erased: matches!(state, State::Erased),
            body: match state {
                State::Kept(body) => Some(*body),
                State::Erased | State::Missing => None,
            },
        });
    }
    print(&match (args.format, args.sequence, &shown[..]) {
        (Format::Json, _, _) => report::json(&shown),
        (_, Some(_), [one]) => report::whole(one),
        _ => report::list(&shown),
    })?;
    Ok(if wrong { Exit::Found } else { Exit::Done })
}

/// Whether a line was written in the days asked about. The days of lines sort as texts.
fn in_time(line: &Line, args: &Args) -> bool {
    let day = line.entry.time.get(..10).unwrap_or_default();
    args.from.is_none_or(|from| from.to_string().as_str() <= day)
        && args.to.is_none_or(|to| day <= to.to_string().as_str())
}

/// Whether a line is about this client, itself or the decision it overrides.
fn about(log: &Log, line: &Line, state: &State, client: &str) -> Result<bool, Failure> {
    let is = |state: &State| match state {
        State::Kept(body) => body.client().as_deref() == Some(client),
        State::Erased | State::Missing => false,
    };
    match &line.entry.what {
        crate::log::entry::What::Override(one) => Ok(is(&log.body(one.of)?)),
        _ => Ok(is(state)),
    }
}
