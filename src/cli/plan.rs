//! `clearance plan`: when each session of a course may be, for a client or from a first day on.

use std::path::Path;

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::folder::{self, Loaded};
use super::output::{complain, print};
use super::pick;
use super::records::{self, Entry, Input, Records};
use crate::book::{Book, Treatment};
use crate::decide::plan::{self, Outlook};
use crate::decide::{self, Engine, Rules};
use crate::diagnostic::Diagnostic;
use crate::report::findings::{self, Colour};
use crate::report::{ics, plan as report};
use crate::script::Scripts;
use crate::span::Texts;
use crate::value::Day;
use crate::written::record::Record;

/// What `plan` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file with the client's record (.yaml, .json, .ndjson, .csv), or `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "first", conflicts_with = "first")]
    file: Option<String>,
    /// The client, if the file holds several
    #[arg(long, value_name = "ID", requires = "file")]
    client: Option<String>,
    /// The day of the first session, for a plan without a client
    #[arg(long, value_name = "DATE", value_parser = pick::day)]
    first: Option<Day>,
    /// The first session is not before this day; else the record's own, else today
    #[arg(long, value_name = "DATE", value_parser = pick::day, requires = "file")]
    visit: Option<Day>,
    /// The day of answers that carry none
    #[arg(long, value_name = "DATE", value_parser = pick::day, requires = "file")]
    answered_on: Option<Day>,
    /// The treatment, if the rules hold several
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// How to print the plan
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// How the record is written, if the file's name does not tell
    #[arg(long, value_enum, requires = "file")]
    input: Option<Input>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs
    Json,
    /// For a calendar: each session as the days it may be on
    Ics,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let Loaded { mut texts, book, scripts, .. } = folder::sound(rules)?;
    let treatment = pick::treatment(&book, args.treatment.as_deref())?;
    let scripts = pick::scripts(&book, &scripts, treatment);
    let outlook = match (&args.file, args.first) {
        (Some(file), _) => {
            let Records { entries, findings } =
                records::read(std::slice::from_ref(file), args.input, &book, &mut texts)?;
            complain(&findings::each(&texts, &findings, Colour::Styled));
            let entry = one(&entries, args.client.as_deref(), file)?;
            match for_client(args, &book, treatment, scripts, entry)? {
                Ok((outlook, warnings)) => {
                    complain(&findings::each(&texts, &warnings, Colour::Styled));
                    outlook
                }
                Err(found) => return Ok(unreadable(&texts, &found)),
            }
        }
        (None, Some(first)) => plan::from_day(&Rules::on(&book, treatment, scripts, first)),
        (None, None) => return Err(Failure::new("name a file with a client's record, or add `--first`")),
    };
    pick::in_time(scripts)?;
    let text = match (args.format, &outlook.plan) {
        (Format::Human, _) => report::human(&outlook),
        (Format::Json, _) => report::json(&outlook)
            .map_err(|error| Failure::new(format!("the plan cannot be written: {error}")))?,
        (Format::Ics, Ok(plan)) => ics::plan(&outlook, plan),
        (Format::Ics, Err(none)) => {
            complain(&format!("{}\n", crate::prose::visible(&report::no_plan_words(none))));
            return Ok(Exit::Found);
        }
    };
    print(&text)?;
    Ok(Exit::Done)
}

fn unreadable(texts: &Texts, found: &[Diagnostic]) -> Exit {
    complain(&findings::each(texts, found, Colour::Styled));
    complain("no plan was made: the record cannot be read\n");
    Exit::Found
}

/// The client asked for, or the only one.
fn one<'e>(
    entries: &'e [Entry<'static>],
    client: Option<&str>,
    file: &str,
) -> Result<&'e Entry<'static>, Failure> {
    let id = |entry: &Entry<'_>| {
        let words = entry.record.as_ref().and_then(|record| record.client.as_ref());
        words.map_or_else(|| format!("#{}", entry.position), |words| words.text.to_string())
    };
    let found: Vec<&Entry<'_>> =
        entries.iter().filter(|entry| client.is_none_or(|client| id(entry) == client)).collect();
    match (&found[..], client) {
        ([one], _) => Ok(one),
        ([], None) => Err(Failure::new(format!("`{file}` holds no record that can be read"))),
        ([], Some(client)) => {
            let known: Vec<String> = entries.iter().map(id).collect();
            let failure = Failure::new(format!("`{file}` holds no client `{client}`"));
            Err(match crate::suggest::nearest(client, known.iter().map(String::as_str)) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure,
            })
        }
        (_, Some(client)) => {
            Err(Failure::new(format!("`{file}` holds the client `{client}` more than once"))
                .help("give each record its own id"))
        }
        (_, None) => {
            Err(Failure::new(format!("`{file}` holds several clients"))
                .help("add `--client` with the id of one"))
        }
    }
}

type Planned = Result<(Outlook, Vec<Diagnostic>), Vec<Diagnostic>>;

fn for_client(
    args: &Args,
    book: &Book,
    treatment: &Treatment,
    scripts: &Scripts,
    entry: &Entry<'_>,
) -> Result<Planned, Failure> {
    let Some(record) = entry.record.as_ref().filter(|_| !entry.findings.iter().any(records::is_error)) else {
        return Ok(Err(entry.findings.clone()));
    };
    let client =
        record.client.as_ref().map_or_else(|| format!("#{}", entry.position), |w| w.text.to_string());
    let (visit, assumed) = match visit(args, book, record, &client)? {
        Ok(found) => found,
        Err(found) => return Ok(Err(vec![found])),
    };
    let read = |day: Day| {
        let (answers, found) = decide::from_written(record, &client, day, args.answered_on, book, treatment);
        match answers {
            Some(answers) => Ok((answers, found)),
            None => Err(found),
        }
    };
    let (answers, found) = match read(visit) {
        Ok(read) => read,
        Err(found) => return Ok(Err(found)),
    };
    let earlier = plan::last_session(&Rules::on(book, treatment, scripts, visit), &answers);
    let mut engine = Engine::new(book, treatment, scripts);
    let decided = |day: Day| Ok(engine.decide(&read(day)?.0));
    Ok(plan::for_client(treatment, &answers, decided, earlier).map(|outlook| {
        let warnings = entry.findings.iter().cloned().chain(found).collect();
        (Outlook { visit_assumed: assumed, ..outlook }, warnings)
    }))
}

/// `--visit`, or the record's own day, or today.
fn visit(
    args: &Args,
    book: &Book,
    record: &Record<'_>,
    client: &str,
) -> Result<Result<(Day, bool), Diagnostic>, Failure> {
    match (args.visit, &record.visit) {
        (Some(day), _) => Ok(Ok((day, false))),
        (None, Some(words)) => Ok(pick::visit(words, client).map(|day| (day, false))),
        (None, None) => Ok(Ok((pick::today(book)?, true))),
    }
}
