//! `clearance quote`: what sessions cost, itemised.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::exit::{Exit, Failure};
use super::format::{Format, one_of};
use super::output::{complain, print};
use super::pick::{self, Asked, day};
use super::{folder, records};
use crate::book::Book;
use crate::decide::Version;
use crate::diagnostic::Diagnostic;
use crate::report::findings::{self, Colour};
use crate::report::quote as show;
use crate::report::{decision_data, json};
use crate::rulebook::NoAnswer;
use crate::rulebook::records::{Records, one};
use crate::span::Texts;
use crate::value::Day;

/// What `quote` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file with client records; without one, give the answers with `--answer`
    #[arg(value_name = "FILE")]
    file: Option<String>,
    /// An answer, such as area_cm2=30 or area_cm2=25..40
    #[arg(long, value_name = "FACT=VALUE", value_parser = pair)]
    answer: Vec<(String, String)>,
    /// How many sessions
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    sessions: u32,
    /// The day whose price list counts; else the record's visit, else today
    #[arg(long, value_name = "DATE", value_parser = day)]
    visit: Option<Day>,
    /// The treatment, if the rules hold several
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// How to print the quote
    #[arg(long, value_parser = one_of([Format::Human, Format::Json]), default_value = "human")]
    format: Format,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let found = text.split_once('=').map(|(fact, value)| (fact.trim().to_string(), value.trim().to_string()));
    found.ok_or_else(|| "write FACT=VALUE, such as area_cm2=30".to_string())
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let rulebook = folder::rulebook(rules)?;
    let mut desk = pick::desk(&rulebook, args.treatment.as_deref())?;
    let Version { book, treatment, .. } = desk.version();
    let mut texts = Texts::new();
    let asked = Asked { visit: args.visit, answered_on: None };
    if treatment.pricing.is_none() {
        return Err(pick::no_answer(&texts, NoAnswer::NoPrices(treatment.id.clone())));
    }
    let records = records(args, book, &mut texts)?;
    complain(&findings::each(&texts, &records.findings, Colour::Styled));
    let mut exit = if records.findings.iter().any(Diagnostic::is_error) { Exit::Found } else { Exit::Done };
    let mut quotes = Vec::new();
    for entry in &records.entries {
        let quoted = desk.inquiry(asked.question(entry, book)?).map(|mut inquiry| {
            let quote = inquiry.quote(args.sessions).map_err(|none| pick::no_answer(&texts, none));
            (quote, inquiry.into_findings())
        });
        let (quote, found) = match quoted {
            Ok((quote, found)) => (Ok(quote?), found),
            Err(refused) => (Err(refused.client), refused.findings),
        };
        let shown = findings::each(&texts, &found, Colour::Styled);
        complain(&shown);
        if quote.is_err() {
            exit = Exit::Found;
        }
        quotes.push(match (quote, args.format) {
            (Ok(quote), Format::Json) => serde_json::to_value(&quote).map_err(unwritten)?,
            (Ok(quote), _) => json!(show::human(&quote, treatment, args.file.is_some())),
            (Err(client), Format::Json) => {
                decision_data::unreadable(&texts, &client, &found).map_err(unwritten)?
            }
            (Err(client), _) => json!(show::unreadable(&client)),
        });
    }
    print(&match args.format {
        Format::Json => json::list(&quotes).map_err(unwritten)?,
        _ => quotes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
    })?;
    Ok(exit)
}

fn unwritten(error: serde_json::Error) -> Failure {
    Failure::unwritten("the quotes", error)
}

/// The records of the file, or one made of the answers on the command line.
fn records(args: &Args, book: &Book, texts: &mut Texts) -> Result<Records<'static>, Failure> {
    if let Some(path) = &args.file {
        if !args.answer.is_empty() {
            return Err(Failure::new("`--answer` and a file of records cannot be joined")
                .help("leave one of them out"));
        }
        return records::read(std::slice::from_ref(path), None, book, texts);
    }
    let mut facts = Map::new();
    for (fact, value) in &args.answer {
        let value = match (value.split_once(".."), value.contains('|')) {
            (Some((low, high)), _) => json!({"at_least": low.trim(), "at_most": high.trim()}),
            (None, true) => value.split('|').map(str::trim).collect::<Value>(),
            (None, false) => json!(value),
        };
        facts.insert(fact.clone(), value);
    }
    Ok(one(&json!({ "facts": facts }).to_string(), texts))
}
