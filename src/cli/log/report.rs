//! `clearance log report`: outcomes over time, and which rule cries wolf.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::exit::{Exit, Failure};
use super::super::format::{Format, one_of};
use super::super::output::print;
use crate::disk::log::{Log, State};
use crate::log::body::Said;
use crate::log::entry::What;
use crate::log::tally::Counter;
use crate::report::log_report;

/// What `log report` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The decision log
    #[arg(value_name = "LOG")]
    log: PathBuf,
    /// How to print it
    #[arg(long, value_parser = one_of([Format::Human, Format::Json]), default_value = "human")]
    format: Format,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let log = Log::open(&args.log)?;
    let wrong = super::complain(&log);
    let mut counter = Counter::default();
    let mut said: BTreeMap<u64, Vec<Said>> = BTreeMap::new();
    for line in &log.lines {
        if let What::Override(one) = &line.entry.what {
            match log.body(line.entry.sequence)? {
                State::Kept(body) => {
                    said.entry(one.of).or_default().extend(body.said());
                    counter.overridden(one.code, false);
                }
                State::Erased | State::Missing => counter.overridden(one.code, true),
            }
        }
    }
    for line in &log.lines {
        match &line.entry.what {
            What::Decision(_) => match log.body(line.entry.sequence)? {
                State::Kept(body) => match body.decided() {
                    Some(decided) => {
                        let said = said.get(&line.entry.sequence).map_or(&[][..], Vec::as_slice);
                        counter.decision(&line.entry.time, &decided, said);
                    }
                    None => counter.erased(),
                },
                State::Erased | State::Missing => counter.erased(),
            },
            What::Unreadable(_) => counter.unreadable(),
            What::Override(_) | What::Erasure(_) => {}
        }
    }
    let tally = counter.done();
    print(&match args.format {
        Format::Json => log_report::json(&tally),
        _ => log_report::human(&tally),
    })?;
    Ok(if wrong { Exit::Found } else { Exit::Done })
}
