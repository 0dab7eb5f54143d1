//! `clearance aftercare`: what to avoid, do and expect after a treatment, and until when.

use std::path::Path;

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::folder;
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
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs
    Json,
    /// For a calendar
    Ics,
    /// A page for the client, to print or send
    Html,
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
    let fail = |error: serde_json::Error| Failure::new(format!("the answer cannot be written: {error}"));
    let text = match (&args.may, &args.at) {
        (Some(activity), Some(at)) => {
            let at = time::read_after("--at", at, &ended)?;
            if at < ended {
                return Err(Failure::new("`--at` is before the treatment ended")
                    .help("give a time at or after `--ended`"));
            }
            let asked = timeline.may(activity, &at);
            match args.format {
                Format::Human => report::may(&timeline, &asked),
                Format::Json => report::json(&timeline, Some(&asked)).map_err(fail)?,
                Format::Ics | Format::Html => {
                    return Err(Failure::new("an answer to `--may` is printed as `human` or `json`"));
                }
            }
        }
        _ => match args.format {
            Format::Human => report::human(&timeline),
            Format::Json => report::json(&timeline, None).map_err(fail)?,
            Format::Ics => ics::aftercare(&timeline),
            Format::Html => aftercare_html::page(&timeline, &book.clinic.name),
        },
    };
    print(&text)?;
    Ok(Exit::Done)
}
