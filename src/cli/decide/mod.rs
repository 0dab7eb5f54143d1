//! `clearance decide`: may these clients have this treatment on this day, and why?

mod decider;
mod logging;
mod pipe;
mod progress;
mod repeats;
mod table;

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use self::decider::Shared;
use self::logging::Logging;
pub use self::logging::Noted;
use self::progress::Progress;
use self::repeats::Repeats;
pub use self::table::{Filled, Filler, Table};
use super::exit::{Exit, Failure};
use super::folder::{self, Loaded};
use super::output::complain;
use super::pick;
use super::records::{Columns, Input};
use super::stream::Pieces;
use crate::book::Outcome;
use crate::disk::log::CHUNK;
use crate::prose;
use crate::report::tally::Counts;
use crate::value::Day;

/// What `decide` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files with client records (.yaml, .json, .ndjson, .csv), or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The day asked about; else the record's own, else today
    #[arg(long, value_name = "DATE", value_parser = pick::day)]
    visit: Option<Day>,
    /// The day of answers that carry none
    #[arg(long, value_name = "DATE", value_parser = pick::day)]
    answered_on: Option<Day>,
    /// The treatment, if the rules hold several
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// Say what each answer rests on that should have been looked at again by this day, or `today`; it is
    /// not logged
    #[arg(long, value_name = "DATE", value_parser = pick::on)]
    on: Option<pick::On>,
    /// Show conditions, answers, numbers and sources behind each reason
    #[arg(long)]
    why: bool,
    /// How to print the answers
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// How the records are written, if the file's name does not tell
    #[arg(long, value_enum)]
    input: Option<Input>,
    /// End with exit code 1 unless every client has this outcome
    #[arg(long, value_enum, value_name = "OUTCOME")]
    require: Option<Require>,
    /// Add every decision to this log before it is printed; it is made if it is not there
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Who asks; without it the login name is logged
    #[arg(long, value_name = "NAME", requires = "log", value_parser = super::log::named)]
    asked_by: Option<String>,
    /// Keep a copy of the rules in this folder, so that decisions can be replayed without git
    #[arg(long, value_name = "DIR", requires = "log")]
    archive: Option<PathBuf>,
}

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Human,
    /// An array of objects
    Json,
    /// One object on each line
    Ndjson,
    /// A row for each client
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Require {
    Eligible,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    if args.on.is_some() && args.format == Format::Csv {
        let failure = Failure::new("a table does not show which numbers are past their date (`--on`)");
        return Err(failure.help("leave `--on` out, or add `--format ndjson`"));
    }
    let Loaded { book, scripts, .. } = folder::sound(rules)?;
    let treatment = pick::treatment(&book, args.treatment.as_deref())?;
    let scripts = pick::scripts(&book, &scripts, treatment);
    let mut pieces = Pieces::new(&args.files, args.input, Columns::of(&[&book]))?;
    let on = args.on.map(|on| pick::day_of(on, &book)).transpose()?;
    let logging = args.log.as_ref().map(|log| Logging::new(log, args, rules, treatment)).transpose()?;
    if logging.is_some() {
        // What is logged is printed as soon as it is safe.
        pieces.most_lines = CHUNK;
    }
    pipe::stop_on_ctrl_c();
    let shared = Shared::new(args, &book, treatment, scripts, on, pieces.room.clone());
    let plain = args.format != Format::Human;
    let progress = Progress::start(&args.files);
    let (mut counts, mut repeats, mut wrong) = (Counts::default(), Repeats::default(), false);
    let mut assumed = 0;
    let mut begun = false;
    pipe::run(
        pieces,
        &|| shared.decider(),
        &|decider, number, piece| decider.piece(number, piece),
        &mut |mut done| {
            pick::in_time(scripts)?;
            if let Some(logging) = &logging {
                logging.append(std::mem::take(&mut done.noted))?;
            }
            wrong |= done.is_wrong;
            assumed += done.assumed;
            progress.complain(&done.complaints);
            progress.complain(&repeats.all(&done));
            if !std::mem::replace(&mut begun, true) {
                progress.print(shared.start()?.as_bytes(), plain)?;
            }
            let bytes = match args.format {
                // The elements of one array.
                Format::Json if counts.records() == 0 => done.bytes.get(1..).unwrap_or_default(),
                _ => &done.bytes,
            };
            progress.print(bytes, plain)?;
            counts.join(&done.counts);
            progress.tell(done.read, &counts);
            shared.room.give(done.bytes);
            shared.room.give(done.source.1);
            Ok(())
        },
    )?;
    progress.end();
    if !begun {
        progress.print(shared.start()?.as_bytes(), plain)?;
    }
    progress.print(shared.end(&counts, rules).as_bytes(), plain)?;
    if plain {
        complain(&counts.summary(&shared.names));
        if assumed > 0 {
            let clients = prose::count(assumed as i64, "client");
            complain(&format!("Decided for today, as the record names no visit: {clients}\n"));
        }
    }
    if counts.records() == 0 && !wrong {
        complain("There is no record: nobody was decided\n");
    }
    let stopped = pipe::stopped();
    if stopped {
        complain(&format!("stopped after {}\n", prose::count(counts.records() as i64, "record")));
    }
    let all_are = |outcome| counts.records() > 0 && counts.all_are(outcome);
    let met = args.require.is_none_or(|Require::Eligible| all_are(Outcome::Eligible));
    Ok(if wrong || !met || stopped { Exit::Found } else { Exit::Done })
}
