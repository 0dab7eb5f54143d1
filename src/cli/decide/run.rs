//! Running `decide`: pieces of the input go to the workers and come back in order.

use std::path::Path;

use super::super::exit::{Exit, Failure};
use super::super::format::Format;
use super::super::output::complain;
use super::super::stream::Pieces;
use super::super::{folder, pick};
use super::args::{Args, Require};
use super::decider::Shared;
use super::logging::Logging;
use super::pipe;
use super::progress::Progress;
use super::repeats::Repeats;
use crate::book::Outcome;
use crate::decide::Version;
use crate::disk::log::CHUNK;
use crate::prose;
use crate::report::tally::Counts;
use crate::rulebook::records::Columns;

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    if args.on.is_some() && args.format == Format::Csv {
        let failure = Failure::new("a table does not show which numbers are past their date (`--on`)");
        return Err(failure.help("leave `--on` out, or add `--format ndjson`"));
    }
    let rulebook = folder::rulebook(rules)?;
    let Version { book, treatment, scripts } = pick::version(&rulebook, args.treatment.as_deref())?;
    let mut pieces = Pieces::new(&args.files, args.input, Columns::of(&[book]))?;
    let on = args.on.map(|on| pick::day_of(on, book)).transpose()?;
    let logging = args.log.as_ref().map(|log| Logging::new(log, args, rules, treatment)).transpose()?;
    if logging.is_some() {
        // What is logged is printed as soon as it is safe.
        pieces.most_lines = CHUNK;
    }
    pipe::stop_on_ctrl_c();
    let shared = Shared::new(args, &rulebook, on, pieces.room.clone())?;
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
