//! `clearance decide`: may these clients have this treatment on this day, and why?

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::folder::{self, Loaded};
use super::output::{complain, print};
use super::pick;
use super::records::{self, Entry, Input, Records};
use crate::book::{Book, Outcome, Treatment};
use crate::decide::{self, Answers, Decision, Rules};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::report::decision::{self as human, Detail};
use crate::report::decision_data::{self as data, Answer, Unreadable};
use crate::report::findings::{self, Colour};
use crate::script::Scripts;
use crate::span::{Span, Texts};
use crate::value::Day;
use crate::written::Words;

/// The longest client id.
const LONGEST_CLIENT: usize = 200;

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
    /// Say what each answer rests on that should have been looked at again by this day, or `today`
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    Ndjson,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Require {
    Eligible,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let Loaded { mut texts, book, scripts, .. } = folder::sound(rules)?;
    let treatment = pick::treatment(&book, args.treatment.as_deref())?;
    let scripts = pick::scripts(&book, &scripts, treatment);
    let Records { entries, findings } = records::read(&args.files, args.input, &book, &mut texts)?;
    complain(&findings::each(&texts, &findings, Colour::Styled));
    let on = args.on.map(|on| pick::day_of(on, &book)).transpose()?;
    let mut decider =
        Decider { args, book: &book, treatment, scripts, on, days: BTreeMap::new(), today: None };
    let mut clients: BTreeMap<String, Span> = BTreeMap::new();
    let mut answers = Vec::new();
    let mut wrong = findings.iter().any(records::is_error);
    for entry in &entries {
        let (answer, mut notes) = decider.one(entry)?;
        pick::in_time(scripts)?;
        notes.extend(repeated(entry, &mut clients));
        diagnostic::sort(&mut notes);
        wrong |= answer.decision().is_none();
        match args.format {
            Format::Human => {
                let warnings: Vec<Diagnostic> =
                    notes.iter().filter(|finding| !records::is_error(finding)).cloned().collect();
                complain(&findings::each(&texts, &warnings, Colour::Styled));
            }
            _ => complain(&findings::each(&texts, &notes, Colour::Styled)),
        }
        answers.push((answer, notes));
    }
    print(&render(args, rules, &texts, &book, treatment, &answers)?)?;
    let met = args.require.is_none_or(|Require::Eligible| {
        answers.iter().all(|(answer, _)| answer.decision().is_some_and(|d| d.outcome == Outcome::Eligible))
    });
    Ok(if wrong || !met { Exit::Found } else { Exit::Done })
}

/// A warning that names both places of a client id.
fn repeated(entry: &Entry, clients: &mut BTreeMap<String, Span>) -> Option<Diagnostic> {
    let client = entry.record.as_ref()?.client.as_ref()?;
    match clients.get(&client.text) {
        Some(first) => Some(
            Diagnostic::warning(
                Code::RepeatedClient,
                format!("the client `{}` stands here twice", client.text),
            )
            .at(client.span, "again here")
            .at(*first, "first here")
            .note("both records are decided, each by itself")
            .help("give each client one record, or each record its own id"),
        ),
        None => {
            clients.insert(client.text.clone(), client.span);
            None
        }
    }
}

struct Decider<'d> {
    args: &'d Args,
    book: &'d Book,
    treatment: &'d Treatment,
    scripts: &'d Scripts,
    /// The day that review dates are judged on.
    on: Option<Day>,
    /// The rules on each day somebody asked about.
    days: BTreeMap<Day, Rules<'d>>,
    today: Option<Day>,
}

impl Decider<'_> {
    fn one(&mut self, entry: &Entry) -> Result<(Answer, Vec<Diagnostic>), Failure> {
        let mut notes = entry.findings.clone();
        let given = entry.record.as_ref().and_then(|record| record.client.as_ref());
        let (long, given): (Option<&Words>, Option<&Words>) = match given {
            Some(words) if words.text.chars().count() > LONGEST_CLIENT => (Some(words), None),
            given => (None, given),
        };
        let client = given.map_or_else(|| format!("#{}", entry.position), |words| words.text.clone());
        if let Some(words) = long {
            let message = format!("the client id is longer than {LONGEST_CLIENT} characters");
            let found = Diagnostic::error(Code::BadRecord, message).at(words.span, "");
            notes.push(found.help("write a name or number; anything else about the client is no id"));
        }
        if let (Some(record), false) = (&entry.record, notes.iter().any(records::is_error)) {
            let (visit, assumed) = self.visit(record, &client, &mut notes)?;
            if let Some(visit) = visit {
                let answered_on = self.args.answered_on;
                let (read, found) =
                    decide::from_written(record, &client, visit, answered_on, self.book, self.treatment);
                notes.extend(found);
                if let Some(answers) = read {
                    return Ok((Answer::Decided(Box::new(self.decide(&answers, visit, assumed))), notes));
                }
            }
        }
        Ok((Answer::Unreadable(Unreadable { client }), notes))
    }

    fn decide(&mut self, answers: &Answers, visit: Day, assumed: bool) -> Decision {
        let (book, treatment, scripts) = (self.book, self.treatment, self.scripts);
        let rules = self.days.entry(visit).or_insert_with(|| Rules::on(book, treatment, scripts, visit));
        let mut decision = decide::decide(rules, answers);
        decision.expired = self.on.map(|on| decide::expired(rules, answers, &decision, on));
        decision.visit_assumed = assumed.then_some("today");
        decision
    }

    /// `--visit`, or the record's own day, or today in the clinic's zone.
    fn visit(
        &mut self,
        record: &crate::written::record::Record,
        client: &str,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<(Option<Day>, bool), Failure> {
        if let Some(day) = self.args.visit {
            return Ok((Some(day), false));
        }
        if let Some(words) = &record.visit {
            let day = pick::visit(words, client).map_err(|found| notes.push(found)).ok();
            return Ok((day, false));
        }
        if self.today.is_none() {
            self.today = Some(pick::today(self.book)?);
        }
        Ok((self.today, true))
    }
}

fn render(
    args: &Args,
    rules: &Path,
    texts: &Texts,
    book: &Book,
    treatment: &Treatment,
    answers: &[(Answer, Vec<Diagnostic>)],
) -> Result<String, Failure> {
    let fail = |error: String| Failure::new(format!("the answers cannot be written: {error}"));
    match args.format {
        Format::Human => {
            let detail = if args.why { Detail::Why } else { Detail::Short };
            let mut text = String::new();
            for (answer, notes) in answers {
                text += &match answer {
                    Answer::Decided(decision) => human::one(decision, book, treatment, detail),
                    Answer::Unreadable(Unreadable { client }) => {
                        let errors: Vec<Diagnostic> =
                            notes.iter().filter(|finding| records::is_error(finding)).cloned().collect();
                        human::unreadable(client, &findings::each(texts, &errors, Colour::Styled))
                    }
                };
                text.push('\n');
            }
            Ok(text
                + human::summary(
                    answers.iter().map(|(answer, _)| answer),
                    treatment,
                    &rules.display().to_string(),
                )
                .as_str())
        }
        Format::Json => data::json(texts, answers).map_err(|error| fail(error.to_string())),
        Format::Ndjson => data::ndjson(texts, answers).map_err(|error| fail(error.to_string())),
        Format::Csv => data::csv(texts, answers).map_err(fail),
    }
}
