//! `clearance quote`: what sessions cost, itemised.

use std::path::Path;

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use super::exit::{Exit, Failure};
use super::folder::{self, Loaded};
use super::output::{complain, print};
use super::pick::{self, day, today, treatment};
use super::records::{self, Records};
use crate::book::{Book, Pricing, Treatment};
use crate::decide::{self, Answers, Quote};
use crate::diagnostic::Diagnostic;
use crate::report::findings::{self, Colour};
use crate::report::json;
use crate::report::quote as show;
use crate::script::Scripts;
use crate::span::Texts;
use crate::value::Day;
use crate::written::record::Record;

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
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let found = text.split_once('=').map(|(fact, value)| (fact.trim().to_string(), value.trim().to_string()));
    found.ok_or_else(|| "write FACT=VALUE, such as area_cm2=30".to_string())
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let Loaded { mut texts, book, scripts, .. } = folder::sound(rules)?;
    let treatment = treatment(&book, args.treatment.as_deref())?;
    let scripts = pick::scripts(&book, &scripts, treatment);
    let pricing = treatment.pricing.as_ref().ok_or_else(|| {
        Failure::new(format!("the page of `{}` has no prices", treatment.id)).help("add `pricing:` to it")
    })?;
    let records = records(args, &book, &mut texts)?;
    complain(&findings::each(&texts, &records.findings, Colour::Styled));
    let mut exit = if records.findings.iter().any(records::is_error) { Exit::Found } else { Exit::Done };
    let mut quotes = Vec::new();
    for entry in &records.entries {
        let (answers, findings) = answers(args, entry.record.as_ref(), &entry.findings, &book, treatment)?;
        complain(&findings::each(&texts, &findings, Colour::Styled));
        match answers {
            Some(answers) => {
                quotes.push(one(args, &book, treatment, pricing, scripts, &answers, entry.record.as_ref())?)
            }
            None => exit = Exit::Found,
        }
    }
    print(&match args.format {
        Format::Human => {
            quotes.iter().map(|quote| show::human(quote, treatment)).collect::<Vec<_>>().join("\n")
        }
        Format::Json => json::pretty(&quotes)
            .map_err(|error| Failure::new(format!("the quotes cannot be written: {error}")))?,
    })?;
    Ok(exit)
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
    Ok(records::one(&json!({ "facts": facts }).to_string(), texts))
}

fn answers(
    args: &Args,
    record: Option<&Record<'_>>,
    findings: &[Diagnostic],
    book: &Book,
    treatment: &Treatment,
) -> Result<(Option<Answers>, Vec<Diagnostic>), Failure> {
    let mut findings = findings.to_vec();
    let Some(record) = record.filter(|_| !findings.iter().any(records::is_error)) else {
        return Ok((None, findings));
    };
    let client = record.client.as_ref().map(|words| words.text.to_string()).unwrap_or_default();
    let visit = match (args.visit, record.visit.as_ref()) {
        (Some(day), _) => day,
        (None, Some(words)) => match pick::visit(words, &client) {
            Ok(day) => day,
            Err(finding) => {
                findings.push(finding);
                return Ok((None, findings));
            }
        },
        (None, None) => today(book)?,
    };
    let (answers, found) = decide::from_written(record, &client, visit, None, book, treatment);
    findings.extend(found);
    Ok((answers, findings))
}

fn one(
    args: &Args,
    book: &Book,
    treatment: &Treatment,
    pricing: &Pricing,
    scripts: &Scripts,
    answers: &Answers,
    record: Option<&Record<'_>>,
) -> Result<Quote, Failure> {
    let withdrawn = [&book.clinic.withdrawn, &treatment.withdrawn];
    if let Some(switch) = withdrawn.into_iter().flatten().find(|switch| switch.since <= answers.visit) {
        return Err(Failure::new(format!("`{}` is withdrawn: {}", treatment.id, switch.because))
            .help("nothing is quoted until the withdrawal is lifted"));
    }
    let mut quote = decide::quote(book, treatment, pricing, scripts, answers, args.sessions);
    pick::in_time(scripts)?;
    quote.client = record.and_then(|record| record.client.as_ref()).map(|words| words.text.to_string());
    Ok(quote)
}
