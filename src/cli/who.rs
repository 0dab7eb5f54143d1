//! `clearance who`: whom a rule speaks for, and what a client would need for a better outcome.

use std::path::Path;

use serde_json::Value;

use super::exit::{Exit, Failure};
use super::format::{Format, one_of};
use super::output::{complain, print};
use super::pick::{self, Asked};
use super::{folder, records};
use crate::decide::cells::Version;
use crate::diagnostic::Diagnostic;
use crate::report::findings::{self, Colour};
use crate::report::{decision_data, json, who as words, who_data as data};
use crate::rulebook::records::{Input, Records};
use crate::rulebook::{Desk, Loaded, Part, Rulebook};
use crate::span::Texts;
use crate::study::examples::Base;
use crate::study::run::Panel;
use crate::study::{region, who};
use crate::suggest;
use crate::value::Day;

/// What `who` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The rule: whom does it speak for?
    #[arg(value_name = "RULE", required_unless_present = "client_file", conflicts_with = "client_file")]
    rule: Option<String>,
    /// The records of clients: what would they need for a better outcome?
    #[arg(long = "for", value_name = "FILE", id = "client_file")]
    file: Option<String>,
    /// Only this client of the file
    #[arg(long, value_name = "ID", requires = "client_file")]
    client: Option<String>,
    /// The day asked about; else the record's own, else today
    #[arg(long, value_name = "DATE", value_parser = pick::day)]
    visit: Option<Day>,
    /// The day of answers that carry none
    #[arg(long, value_name = "DATE", value_parser = pick::day, requires = "client_file")]
    answered_on: Option<Day>,
    /// The treatment, if the rules hold several
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// How the records are written, if the file's name does not tell
    #[arg(long, value_enum)]
    input: Option<Input>,
    /// How to print the answers
    #[arg(long, value_parser = one_of([Format::Human, Format::Json]), default_value = "human")]
    format: Format,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    // The cases only lend their base client.
    let rulebook = Rulebook::from_loaded(folder::load(rules, Part::RulesAndCases)?);
    let named = args.rule.as_ref().and_then(|rule| rule.split_once('/')).map(|(treatment, _)| treatment);
    let known = named.filter(|name| rulebook.loaded().book.treatment(name).is_some());
    let desk = pick::desk(&rulebook, args.treatment.as_deref().or(known))?;
    match (&args.rule, &args.file) {
        (Some(rule), _) => about_rule(args, rule, desk.version(), rulebook.loaded()),
        (None, Some(file)) => about_clients(args, file, desk),
        (None, None) => Err(Failure::new("name a rule, or a file with `--for`")),
    }
}

fn about_rule(args: &Args, name: &str, version: Version<'_>, loaded: &Loaded) -> Result<Exit, Failure> {
    let Version { book, treatment, scripts } = version;
    let id = if name.contains('/') { name.to_string() } else { format!("{}/{name}", treatment.id) };
    let mut rules: Vec<_> = treatment.rules.iter().filter(|rule| rule.id == id).collect();
    if rules.is_empty() {
        let failure = Failure::new(format!("there is no rule `{name}`"));
        return Err(match suggest::nearest(&id, treatment.rules.iter().map(|rule| rule.id.as_str())) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("`clearance book` lists the rules"),
        });
    }
    rules.sort_by_key(|rule| rule.in_force.from);
    let suite = loaded.suites.get(&treatment.id).and_then(|suite| suite.base.as_ref());
    let base = Base::of(suite, version, &mut Panel::new(book, treatment, scripts));
    let day = args.visit.unwrap_or_else(|| region::usual_day(version));
    if args.visit.is_some() && !treatment.in_force.covers(day) {
        return Err(Failure::new(format!(
            "the visit on {day} lies outside the days `{}` is in force",
            treatment.id
        )));
    }
    let near = base.client().on(&book.facts, day);
    let like = (suite.map(|(name, _)| name.as_str()), &near);
    let spoken = rules.into_iter().map(|rule| {
        let own = region::day_of(rule, treatment.in_force, day);
        let region = own.map(|own| region::region(version, rule, own));
        let near = near.on(&book.facts, own.unwrap_or(day));
        words::Spoken { rule, region, somebody: who::somebody(version, rule, &near) }
    });
    let spoken: Vec<_> = spoken.collect();
    pick::in_time(scripts)?;
    print(&match args.format {
        Format::Json => json::pretty(&data::rule(&spoken, version, like)).map_err(unwritten)?,
        _ => words::rule(&spoken, day, version, like),
    })?;
    Ok(Exit::Done)
}

fn unwritten(error: serde_json::Error) -> Failure {
    Failure::unwritten("the answers", error)
}

fn about_clients(args: &Args, file: &str, mut desk: Desk<'_>) -> Result<Exit, Failure> {
    let mut texts = Texts::new();
    let Version { book, treatment, .. } = desk.version();
    let Records { entries, findings } = records::read(&[file.to_string()], args.input, book, &mut texts)?;
    complain(&findings::each(&texts, &findings, Colour::Styled));
    let mut wrong = findings.iter().any(Diagnostic::is_error);
    let mut seen = false;
    let mut all: Vec<Value> = Vec::new();
    let asked = Asked { visit: args.visit, answered_on: args.answered_on };
    for entry in &entries {
        let name = pick::called(entry);
        if args.client.as_ref().is_some_and(|wanted| *wanted != name) {
            continue;
        }
        let first = !std::mem::replace(&mut seen, true);
        let (needs, notes) = match desk.inquiry(asked.question(entry, book)?) {
            Ok(mut inquiry) => {
                let needs = inquiry.needs().map_err(|none| pick::no_answer(&texts, none))?;
                (Some(needs), inquiry.into_findings())
            }
            Err(refused) => (None, refused.findings),
        };
        complain(&findings::each(&texts, &notes, Colour::Styled));
        wrong |= needs.is_none();
        match (&needs, args.format) {
            (Some(needs), Format::Json) => {
                all.push(data::client(&name, &treatment.id, needs, &book.facts));
            }
            (None, Format::Json) => {
                all.push(decision_data::unreadable(&texts, &name, &notes).map_err(unwritten)?);
            }
            (Some(needs), _) => {
                let gap = if first { "" } else { "\n" };
                print(&format!("{gap}{}", words::client(&name, needs, &book.facts)))?;
            }
            (None, _) => {}
        }
    }
    if let (false, Some(wanted)) = (seen, &args.client) {
        return Err(Failure::new(format!("`{file}` holds no client `{wanted}`")));
    }
    if args.format == Format::Json {
        print(&json::list(&all).map_err(unwritten)?)?;
    }
    Ok(if wrong { Exit::Found } else { Exit::Done })
}
