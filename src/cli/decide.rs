//! `clearance decide`: may these clients have this treatment on this day, and why?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::folder::{self, Loaded};
use super::log::archive;
use super::log::store::{CHUNK, Draft, Kept, Store};
use super::output::{complain, print};
use super::pick;
use super::records::{self, Entry, Input, Records};
use crate::book::{Book, Outcome, Treatment};
use crate::decide::{self, Answers, Decision, Rules};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::limits::CLIENT;
use crate::log::entry::{Asked, What};
use crate::log::record::Question;
use crate::prose;
use crate::report::decision::{self as human, Detail};
use crate::report::decision_data::{self as data, Answer, Unreadable};
use crate::report::findings::{self, Colour};
use crate::script::Scripts;
use crate::span::{Span, Texts};
use crate::value::Day;
use crate::written::Words;

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
    let logging = match &args.log {
        Some(log) => Some(Logging::new(log, args, rules, treatment)?),
        None => None,
    };
    let mut decider =
        Decider { args, book: &book, treatment, scripts, on, days: BTreeMap::new(), today: None };
    let mut clients: BTreeMap<String, Span> = BTreeMap::new();
    let mut answers = Answered::default();
    let mut wrong = findings.iter().any(records::is_error);
    let shower = Shower { args, rules, texts: &texts, book: &book, treatment };
    // What is logged is printed a chunk at a time, as soon as it is safe.
    let chunk = if logging.is_some() { CHUNK } else { usize::MAX };
    for entries in entries.chunks(chunk.min(entries.len().max(1))) {
        let mut drafts = Vec::new();
        let start = answers.len();
        for entry in entries {
            let (answer, mut notes, question) = decider.one(entry)?;
            pick::in_time(scripts)?;
            notes.extend(repeated(entry, &mut clients));
            diagnostic::sort(&mut notes);
            wrong |= answer.decision().is_none();
            answers.push((answer, notes));
            if let (Some(logging), Some(last)) = (&logging, answers.last()) {
                drafts.push(logging.draft(&texts, last, &question, treatment)?);
            }
        }
        if let Some(logging) = &logging {
            Store::open(logging.path, true)?.append(&drafts)?;
        }
        let new = &answers[start..];
        for (_, notes) in new {
            match args.format {
                Format::Human => {
                    let warnings: Vec<Diagnostic> =
                        notes.iter().filter(|finding| !records::is_error(finding)).cloned().collect();
                    complain(&findings::each(&texts, &warnings, Colour::Styled));
                }
                _ => complain(&findings::each(&texts, notes, Colour::Styled)),
            }
        }
        print(&shower.chunk(new, start == 0)?)?;
    }
    print(&shower.end(&answers)?)?;
    let met = args.require.is_none_or(|Require::Eligible| {
        answers.iter().all(|(answer, _)| answer.decision().is_some_and(|d| d.outcome == Outcome::Eligible))
    });
    Ok(if wrong || !met { Exit::Found } else { Exit::Done })
}

/// What came of each record, with what was found in it.
type Answered = Vec<(Answer, Vec<Diagnostic>)>;

/// Where and for whom decisions are logged.
struct Logging<'a> {
    path: &'a Path,
    asked_by: String,
}

impl Logging<'_> {
    fn new<'a>(
        path: &'a Path,
        args: &Args,
        rules: &Path,
        treatment: &Treatment,
    ) -> Result<Logging<'a>, Failure> {
        let asked_by = match &args.asked_by {
            Some(name) => name.clone(),
            None => {
                let login = ["USER", "LOGNAME", "USERNAME"]
                    .into_iter()
                    .find_map(|key| std::env::var(key).ok().filter(|name| super::log::named(name).is_ok()));
                let name = login.ok_or_else(|| {
                    Failure::new("the log says who asked, and this computer does not name you")
                        .help("add `--asked-by NAME`")
                })?;
                let shown = prose::visible(&name);
                complain(&format!("note: logged as asked by `{shown}`, the login name (--asked-by NAME)\n"));
                name
            }
        };
        if let Some(archive) = &args.archive {
            archive::keep(rules, archive, treatment)?;
        }
        // A log that cannot be written ends the run before anything is decided.
        Store::open(path, true)?;
        Ok(Logging { path, asked_by })
    }

    /// The line and the body of an answer.
    fn draft(
        &self,
        texts: &Texts,
        answer: &(Answer, Vec<Diagnostic>),
        question: &Question,
        treatment: &Treatment,
    ) -> Result<Draft, Failure> {
        let fail = |error: serde_json::Error| Failure::new(format!("an answer cannot be logged: {error}"));
        let record = question.write().map_err(fail)?;
        // What is past its date depends on the day on which somebody asks, and a replay asks on another.
        let lasting = match &answer.0 {
            Answer::Decided(decision) if decision.expired.is_some() => {
                let decision = Decision { expired: None, ..Decision::clone(decision) };
                Some((Answer::Decided(Box::new(decision)), answer.1.clone()))
            }
            _ => None,
        };
        let lasting = lasting.as_ref().unwrap_or(answer);
        let decision = data::ndjson(texts, std::slice::from_ref(lasting)).map_err(fail)?;
        let decided = answer.0.decision().is_some();
        let (rules, asked_by) = (treatment.digest.clone(), self.asked_by.clone());
        let what = move |commitments: &[String]| {
            let [record, decision] = [0, 1].map(|at| commitments.get(at).cloned().unwrap_or_default());
            let asked = Asked { rules: rules.clone(), asked_by: asked_by.clone(), record, decision };
            if decided { What::Decision(asked) } else { What::Unreadable(asked) }
        };
        Ok(Draft { body: Kept::Asked(record, decision.trim_end().to_string()), what: Box::new(what) })
    }
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
    /// The answer to one record, what was found in it, and what was asked.
    fn one(&mut self, entry: &Entry) -> Result<(Answer, Vec<Diagnostic>, Question), Failure> {
        let mut notes = entry.findings.clone();
        let given = entry.record.as_ref().and_then(|record| record.client.as_ref());
        let (long, given): (Option<&Words>, Option<&Words>) = match given {
            Some(words) if words.text.chars().count() > CLIENT => (Some(words), None),
            given => (None, given),
        };
        let client = given.map_or_else(|| format!("#{}", entry.position), |words| words.text.clone());
        if let Some(words) = long {
            let message = format!("the client id is longer than {CLIENT} characters");
            let found = Diagnostic::error(Code::BadRecord, message).at(words.span, "");
            notes.push(found.help("write a name or number; anything else about the client is no id"));
        }
        let mut question = Question {
            treatment: self.treatment.id.clone(),
            client: client.clone(),
            visit: None,
            visit_assumed: false,
            answered_on: self.args.answered_on,
            written: entry.record.clone(),
        };
        if let (Some(record), false) = (&entry.record, notes.iter().any(records::is_error)) {
            let (visit, assumed) = self.visit(record, &client, &mut notes)?;
            (question.visit, question.visit_assumed) = (visit, assumed);
            if let Some(visit) = visit {
                let answered_on = self.args.answered_on;
                let (read, found) =
                    decide::from_written(record, &client, visit, answered_on, self.book, self.treatment);
                notes.extend(found);
                if let Some(answers) = read {
                    let decision = self.decide(&answers, visit, assumed);
                    return Ok((Answer::Decided(Box::new(decision)), notes, question));
                }
            }
        }
        Ok((Answer::Unreadable(Unreadable { client }), notes, question))
    }

    fn decide(&mut self, answers: &Answers, visit: Day, assumed: bool) -> Decision {
        let (book, treatment, scripts) = (self.book, self.treatment, self.scripts);
        let rules = self.days.entry(visit).or_insert_with(|| Rules::on(book, treatment, scripts, visit));
        let mut decision = decision(rules, answers, assumed);
        decision.expired = self.on.map(|on| decide::expired(rules, answers, &decision, on));
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

/// Decides; `assumed`: nobody named a day.
pub(super) fn decision(rules: &Rules<'_>, answers: &Answers, assumed: bool) -> Decision {
    let mut decision = decide::decide(rules, answers);
    decision.visit_assumed = assumed.then_some("today");
    decision
}

/// How answers are shown.
struct Shower<'s> {
    args: &'s Args,
    rules: &'s Path,
    texts: &'s Texts,
    book: &'s Book,
    treatment: &'s Treatment,
}

impl Shower<'_> {
    /// A few answers; `first`: none was shown before.
    fn chunk(&self, answers: &[(Answer, Vec<Diagnostic>)], first: bool) -> Result<String, Failure> {
        match self.args.format {
            Format::Human => {
                let detail = if self.args.why { Detail::Why } else { Detail::Short };
                let one = |(answer, notes): &(Answer, Vec<Diagnostic>)| match answer {
                    Answer::Decided(decision) => human::one(decision, self.book, self.treatment, detail),
                    Answer::Unreadable(Unreadable { client }) => {
                        let errors: Vec<Diagnostic> =
                            notes.iter().filter(|finding| records::is_error(finding)).cloned().collect();
                        human::unreadable(client, &findings::each(self.texts, &errors, Colour::Styled))
                    }
                };
                Ok(answers.iter().map(|answer| one(answer) + "\n").collect())
            }
            // One array holds all.
            Format::Json => Ok(String::new()),
            Format::Ndjson => data::ndjson(self.texts, answers).map_err(unwritten),
            Format::Csv => {
                let table = data::csv(self.texts, answers).map_err(unwritten)?;
                let body = table.split_once('\n').map_or("", |(_, body)| body);
                Ok(if first { table } else { body.to_string() })
            }
        }
    }

    /// What follows the answers.
    fn end(&self, answers: &[(Answer, Vec<Diagnostic>)]) -> Result<String, Failure> {
        match self.args.format {
            Format::Human => {
                let all = answers.iter().map(|(answer, _)| answer);
                Ok(human::summary(all, self.treatment, &self.rules.display().to_string()))
            }
            Format::Json => data::json(self.texts, answers).map_err(unwritten),
            Format::Csv if answers.is_empty() => data::csv(self.texts, answers).map_err(unwritten),
            Format::Ndjson | Format::Csv => Ok(String::new()),
        }
    }
}

fn unwritten(error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("the answers cannot be written: {error}"))
}
