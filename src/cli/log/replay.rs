//! `clearance log replay`: does a decision come out again as it was logged?

use std::path::{Path, PathBuf};

use super::super::exit::{Exit, Failure};
use super::super::format::{Format, one_of};
use super::super::output::print;
use super::super::pick;
use super::find::Places;
use crate::disk::log::{Log, State};
use crate::log::chain::Line;
use crate::log::entry::What;
use crate::log::{self, replay};
use crate::report::json;
use crate::report::log_replay::{self as report, Came, Replayed};
use crate::rulebook::{NoAnswer, Question, Rulebook};
use crate::span::Texts;

/// What `log replay` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The decision log
    #[arg(value_name = "LOG")]
    log: PathBuf,
    /// Only these lines; without it every decision
    #[arg(long, value_name = "NUMBER", num_args = 1..)]
    sequence: Vec<u64>,
    /// A folder that `decide --archive` filled with the rules of each decision
    #[arg(long, value_name = "DIR")]
    archive: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_parser = one_of([Format::Human, Format::Ndjson]), default_value = "human")]
    format: Format,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let log = Log::open(&args.log)?;
    let mut wrong = super::complain(&log);
    let mut places = Places::new(rules, args.archive.as_deref())?;
    let lines: Vec<&Line> = match args.sequence.is_empty() {
        true => log.lines.iter().filter(|line| matches!(line.entry.what, What::Decision(_))).collect(),
        false => args.sequence.iter().map(|sequence| log.line(*sequence)).collect::<Result<_, _>>()?,
    };
    let mut came = Vec::new();
    for line in lines {
        let one = again(&log, line, &mut places)?;
        wrong |= one.came.is_wrong();
        let text = match args.format {
            Format::Ndjson => report::ndjson(&one),
            _ => report::line(&one),
        };
        print(&text)?;
        came.push(one);
    }
    if args.format == Format::Human {
        print(&report::summary(&came))?;
    }
    Ok(if wrong { Exit::Found } else { Exit::Done })
}

fn again(log: &Log, line: &Line, places: &mut Places) -> Result<Replayed, Failure> {
    let sequence = line.entry.sequence;
    let mut one = Replayed { sequence, place: None, came: Came::NoDecision };
    let What::Decision(asked) = &line.entry.what else { return Ok(one) };
    let body = match log.body(sequence)? {
        State::Kept(body) => body,
        State::Erased => return Ok(Replayed { came: Came::Erased, ..one }),
        State::Missing => return Ok(Replayed { came: Came::Missing, ..one }),
    };
    let Some((rulebook, place)) = places.find(&asked.rules)? else {
        return Ok(Replayed { came: Came::NoRules(asked.rules.clone()), ..one });
    };
    one.place = Some(place);
    let (Some(record), Some(logged)) = (&body.record, &body.decision) else {
        return Ok(Replayed { came: Came::Missing, ..one });
    };
    let came = match answer(rulebook, record.get())? {
        Ok(now) => Came::Again(replay::compare(logged.get(), &now)),
        Err(why) => Came::Unreadable(why),
    };
    Ok(Replayed { came, ..one })
}

/// The decision about a question as it was logged, as JSON; or why there is none.
pub fn answer(rulebook: &Rulebook, question: &str) -> Result<Result<String, String>, Failure> {
    let mut texts = Texts::new();
    let Some(log::record::Question {
        treatment,
        client,
        visit: Some(visit),
        visit_assumed,
        answered_on,
        written: Some(record),
    }) = log::record::Question::read(question, &mut texts)
    else {
        return Ok(Err("it was kept in another form".to_string()));
    };
    let question = Question {
        record: Some(&record),
        found: Vec::new(),
        unnamed: client.into(),
        visit: (!visit_assumed).then_some(visit),
        today: Some(visit),
        answered_on,
        on: None,
    };
    match rulebook.inquiry(Some(&treatment), question).and_then(|mut inquiry| inquiry.decision()) {
        Ok(decision) => json::line(&decision).map(Ok).map_err(|error| Failure::new(error.to_string())),
        Err(stopped @ NoAnswer::Stopped(_)) => Err(pick::no_answer(&texts, stopped)),
        Err(NoAnswer::NoTreatment { .. }) => Ok(Err("the rules do not hold its treatment".to_string())),
        Err(NoAnswer::Refused(refused)) => {
            Ok(Err(refused.findings.first().map(|finding| finding.message.clone()).unwrap_or_default()))
        }
        Err(none) => Ok(Err(none.to_string())),
    }
}
