//! `clearance plan`: when each session of a course may be, for a client or from a first day on.

use std::path::Path;

use super::exit::{Exit, Failure};
use super::format::{Format, one_of};
use super::output::{complain, print};
use super::pick::{self, Asked};
use super::{folder, records};
use crate::decide::plan;
use crate::decide::{Rules, Version};
use crate::report::findings::{self, Colour};
use crate::report::{decision_data, ics, json, plan as report};
use crate::rulebook::records::{Input, Records};
use crate::rulebook::{NoAnswer, Refused};
use crate::span::Texts;
use crate::value::Day;

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
    #[arg(long, value_parser = one_of([Format::Human, Format::Json, Format::Ics]), default_value = "human")]
    format: Format,
    /// How the record is written, if the file's name does not tell
    #[arg(long, value_enum, requires = "file")]
    input: Option<Input>,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let rulebook = folder::rulebook(rules)?;
    let mut desk = pick::desk(&rulebook, args.treatment.as_deref())?;
    let Version { book, treatment, scripts } = desk.version();
    let mut texts = Texts::new();
    let outlook = match (&args.file, args.first) {
        (Some(file), _) => {
            let Records { entries, findings } =
                records::read(std::slice::from_ref(file), args.input, book, &mut texts)?;
            complain(&findings::each(&texts, &findings, Colour::Styled));
            let entry = &entries[pick::client(&entries, args.client.as_deref(), file)?];
            let asked = Asked { visit: args.visit, answered_on: args.answered_on };
            let planned = desk.inquiry(asked.question(entry, book)?).map_err(NoAnswer::Refused);
            match planned.and_then(|mut inquiry| Ok((inquiry.plan()?, inquiry.into_findings()))) {
                Ok((outlook, found)) => {
                    complain(&findings::each(&texts, &found, Colour::Styled));
                    outlook
                }
                Err(NoAnswer::Refused(refused)) => return unreadable(&texts, &refused, args.format),
                Err(none) => return Err(pick::no_answer(&texts, none)),
            }
        }
        (None, Some(first)) => plan::from_day(&Rules::on(book, treatment, scripts, first)),
        (None, None) => return Err(Failure::new("name a file with a client's record, or add `--first`")),
    };
    let text = match (args.format, &outlook.plan) {
        (Format::Json, _) => report::json(&outlook).map_err(|error| Failure::unwritten("the plan", error))?,
        (Format::Ics, Ok(plan)) => ics::plan(&outlook, plan),
        (Format::Ics, Err(none)) => {
            complain(&format!("{}\n", crate::prose::visible(&report::no_plan_words(none))));
            return Ok(Exit::Found);
        }
        _ => report::human(&outlook),
    };
    print(&text)?;
    Ok(Exit::Done)
}

fn unreadable(texts: &Texts, refused: &Refused, format: Format) -> Result<Exit, Failure> {
    complain(&findings::each(texts, &refused.findings, Colour::Styled));
    complain("no plan was made: the record cannot be read\n");
    if format == Format::Json {
        let error = decision_data::unreadable(texts, &refused.client, &refused.findings);
        let error = error.and_then(|error| json::pretty(&error));
        print(&error.map_err(|error| Failure::unwritten("the plan", error))?)?;
    }
    Ok(Exit::Found)
}
