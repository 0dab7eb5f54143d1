//! `clearance aftercare`: what to avoid, do and expect after a treatment, and until when.

use std::path::Path;

use super::exit::{Exit, Failure};
use super::folder;
use super::format::{Format, one_of};
use super::output::print;
use super::{pick, time};
use crate::decide::Version;
use crate::decide::aftercare::{day_of, timeline};
use crate::report::{aftercare as report, aftercare_html, ics};

/// What `aftercare` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// When the treatment ended, as 2026-03-02T10:45 in the clinic's zone, or with an offset or zone
    #[arg(long, value_name = "TIME")]
    ended: String,
    /// The treatment, if the rules hold several
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// Ask whether this is allowed, at the time that `--at` gives
    #[arg(long, value_name = "ACTIVITY", requires = "at")]
    may: Option<String>,
    /// The time asked about: like `--ended`, or +10h for ten hours after it
    #[arg(long, value_name = "TIME", requires = "may", allow_hyphen_values = true)]
    at: Option<String>,
    /// How to print it
    #[arg(long, value_parser = one_of([Format::Human, Format::Json, Format::Ics, Format::Html]), default_value = "human")]
    format: Format,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let rulebook = folder::rulebook(rules)?;
    let Version { book, treatment, .. } = pick::version(&rulebook, args.treatment.as_deref())?;
    let ended = time::read("--ended", &args.ended, &pick::zone(book)?)?;
    let day = day_of(&ended);
    if !treatment.in_force.covers(day) {
        return Err(Failure::new(format!("the page of {} is not in force on {day}", treatment.name))
            .help("use the rules as they were on the day of the treatment"));
    }
    let timeline = timeline(treatment, &ended);
    let fail = |error| Failure::unwritten("the answer", error);
    let text = match (&args.may, &args.at) {
        (Some(activity), Some(at)) => {
            let at = time::read_after("--at", at, &ended)?;
            if at < ended {
                return Err(Failure::new("`--at` is before the treatment ended")
                    .help("give a time at or after `--ended`"));
            }
            let asked = timeline.may(activity, &at);
            match args.format {
                Format::Json => report::json(&timeline, Some(&asked)).map_err(fail)?,
                Format::Ics | Format::Html => {
                    return Err(Failure::new("an answer to `--may` is printed as `human` or `json`"));
                }
                _ => report::may(&timeline, &asked),
            }
        }
        _ => match args.format {
            Format::Json => report::json(&timeline, None).map_err(fail)?,
            Format::Ics => ics::aftercare(&timeline),
            Format::Html => aftercare_html::page(&timeline, &book.clinic.name),
            _ => report::human(&timeline),
        },
    };
    print(&text)?;
    Ok(Exit::Done)
}
