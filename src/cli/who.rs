//! `clearance who`: whom a rule speaks for, and what a client would need for a better outcome.

use std::path::Path;

use super::exit::{Exit, Failure};
use super::folder::{self, Loaded, Part};
use super::output::{complain, print};
use super::pick;
use super::records::{self, Entry, Input, Records};
use crate::book::english::English;
use crate::decide::cells::Version;
use crate::decide::{self, Rules};
use crate::report::diff::Words;
use crate::report::findings::{self, Colour};
use crate::report::who as words;
use crate::study::clients::Client;
use crate::study::examples::Base;
use crate::study::run::Panel;
use crate::study::{days, who};
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
    /// The treatment, if the rules hold several
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// How the records are written, if the file's name does not tell
    #[arg(long, value_enum)]
    input: Option<Input>,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    // An error in the rules ends it here; the cases only lend their base client.
    folder::sound(rules)?;
    let loaded = folder::load(rules, Part::RulesAndCases)?;
    let named = args.rule.as_ref().and_then(|rule| rule.split_once('/')).map(|(treatment, _)| treatment);
    let known = named.filter(|name| loaded.book.treatment(name).is_some());
    let treatment = pick::treatment(&loaded.book, args.treatment.as_deref().or(known))?;
    let scripts = pick::scripts(&loaded.book, &loaded.scripts, treatment);
    let version = Version { book: &loaded.book, treatment, scripts };
    match (&args.rule, &args.file) {
        (Some(rule), _) => about_rule(args, rule, version, &loaded),
        (None, Some(file)) => about_clients(args, file, version),
        (None, None) => Err(Failure::new("name a rule, or a file with `--for`")),
    }
}

fn about_rule(args: &Args, name: &str, version: Version<'_>, loaded: &Loaded) -> Result<Exit, Failure> {
    let Version { book, treatment, scripts } = version;
    let id = if name.contains('/') { name.to_string() } else { format!("{}/{name}", treatment.id) };
    let rules: Vec<_> = treatment.rules.iter().filter(|rule| rule.id == id).collect();
    if rules.is_empty() {
        let failure = Failure::new(format!("there is no rule `{name}`"));
        return Err(match suggest::nearest(&id, treatment.rules.iter().map(|rule| rule.id.as_str())) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure,
        });
    }
    let suite = loaded.suites.get(&treatment.id).and_then(|suite| suite.base.as_ref());
    let base = Base::of(suite, version, &mut Panel::new(book, treatment, scripts));
    let day = args.visit.unwrap_or_else(|| days::usual(treatment));
    let english = English { facts: &book.facts, treatment, day };
    let name = suite.map(|(name, _)| name.as_str());
    for rule in rules {
        let found = who::somebody(version, rule, base.client());
        print(&words::rule(rule, &english, &found, (name, base.client())))?;
    }
    Ok(Exit::Done)
}

fn about_clients(args: &Args, file: &str, version: Version<'_>) -> Result<Exit, Failure> {
    let mut texts = crate::span::Texts::new();
    let paths = [file.to_string()];
    let Records { entries, findings } = records::read(&paths, args.input, version.book, &mut texts)?;
    complain(&findings::each(&texts, &findings, Colour::Styled));
    let mut wrong = findings.iter().any(records::is_error);
    let mut seen = false;
    for entry in &entries {
        let given = entry.record.as_ref().and_then(|record| record.client.as_ref());
        let name = given.map_or_else(|| format!("#{}", entry.position), |words| words.text.clone());
        if args.client.as_ref().is_some_and(|wanted| *wanted != name) {
            continue;
        }
        seen = true;
        match one(args, entry, &name, version)? {
            Ok(text) => print(&text)?,
            Err(found) => {
                complain(&findings::each(&texts, &found, Colour::Styled));
                wrong = true;
            }
        }
    }
    if let (false, Some(wanted)) = (seen, &args.client) {
        return Err(Failure::new(format!("`{file}` holds no client `{wanted}`")));
    }
    Ok(if wrong { Exit::Found } else { Exit::Done })
}

type Findings = Vec<crate::diagnostic::Diagnostic>;

fn one(
    args: &Args,
    entry: &Entry,
    name: &str,
    version: Version<'_>,
) -> Result<Result<String, Findings>, Failure> {
    let Version { book, treatment, scripts } = version;
    let mut found = entry.findings.clone();
    let Some(record) = entry.record.as_ref().filter(|_| !found.iter().any(records::is_error)) else {
        return Ok(Err(found));
    };
    let visit = match (args.visit, &record.visit) {
        (Some(day), _) => day,
        (None, Some(words)) => match pick::visit(words, name) {
            Ok(day) => day,
            Err(finding) => return Ok(Err(vec![finding])),
        },
        (None, None) => pick::today(book)?,
    };
    let (answers, more) = decide::from_written(record, name, visit, None, book, treatment);
    found.extend(more);
    let Some(answers) = answers else { return Ok(Err(found)) };
    // What is not known counts as the answer that speaks for nothing, and that is said.
    let mut client = Client::plain(&book.facts, visit);
    let mut open: Vec<String> = Vec::new();
    let sets = answers.space(&book.facts).sets;
    for (at, (value, set)) in client.values.iter_mut().zip(&sets).enumerate() {
        let fact = &book.facts.facts[usize::from(book.facts.slots[at].fact.0)];
        match set.single() {
            Some(known) => *value = known,
            None if set.is_empty() => {}
            None => {
                if !set.contains(*value) {
                    *value = set.min().unwrap_or(*value);
                }
                if !open.contains(&fact.id) {
                    open.push(fact.id.clone());
                }
            }
        }
    }
    let rules = Rules::on(book, treatment, scripts, visit);
    // What is open never clears anybody.
    let now = decide::possible(&rules, &answers).headline();
    let taken = who::outcome(&rules, &client);
    let better = who::better(version, &client).into_iter().map(|one| {
        let answers = match &one.answers {
            who::Change::Client(other) => other.answers(Some(&client), &book.facts),
            _ => Vec::new(),
        };
        (one, answers)
    });
    let better: Vec<_> = better.collect();
    pick::in_time(scripts)?;
    let facts = Words([&book.facts, &book.facts]);
    Ok(Ok(words::client(name, [now, taken], &client, &facts, &open, &better)))
}
