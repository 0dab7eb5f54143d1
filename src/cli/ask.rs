//! `clearance ask`: an interview that asks what can still matter, most useful first, and stops when it is settled.

mod lines;

use std::path::Path;

use serde_json::{Map, Value, json};

use self::lines::{Lines, Typed};
use super::exit::{Exit, Failure};
use super::output::print;
use super::pick::{self, day, today};
use super::{folder, records};
use crate::book::{Book, Treatment};
use crate::decide::Version;
use crate::diagnostic::Diagnostic;
use crate::disk::{Failed, read, words, write};
use crate::report::ask::{self as show, Ending};
use crate::report::decision::{self as human, Detail};
use crate::report::findings::{self, Colour};
use crate::rulebook::records::Input;
use crate::rulebook::{Beginning, Heard, Interview, NoAnswer, NotUnderstood, messages};
use crate::source::{self, Shape};
use crate::span::Texts;
use crate::value::Day;

/// What `ask` can be told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file with one client's record to start from (.yaml or .json)
    #[arg(value_name = "FILE")]
    file: Option<String>,
    /// Who is asked
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// The day asked about; else the record's own, else today
    #[arg(long, value_name = "DATE", value_parser = day)]
    visit: Option<Day>,
    /// The day of the answers; else today, or the visit if that is earlier
    #[arg(long, value_name = "DATE", value_parser = day)]
    answered_on: Option<Day>,
    /// The treatment, if the rules hold several
    #[arg(long, value_name = "NAME")]
    treatment: Option<String>,
    /// Write the record with its answers to this file
    #[arg(long, value_name = "FILE")]
    save: Option<String>,
}

/// Runs the verb.
pub fn run(args: &Args, rules: &Path) -> Result<Exit, Failure> {
    let rulebook = folder::rulebook(rules)?;
    let desk = pick::desk(&rulebook, args.treatment.as_deref())?;
    let Version { book, treatment, .. } = desk.version();
    if let Some(path) = &args.save
        && read::exists(Path::new(path))
        && args.file.as_ref() != Some(path)
    {
        return Err(
            Failure::new(format!("`{path}` exists already")).help("name a new file, or the one started from")
        );
    }
    let record = match &args.file {
        Some(path) => given(path, &mut Texts::new())?,
        None => Map::new(),
    };
    let beginning = Beginning {
        client: args.client.as_deref(),
        visit: args.visit,
        answered_on: args.answered_on,
        today: today(book)?,
    };
    let mut interview = Interview::start(desk, record, beginning).map_err(|none| match none {
        NoAnswer::Refused(refused) => Failure::Rules(messages(&refused).join("\n") + "\n"),
        none => pick::no_answer(&Texts::new(), none),
    })?;
    let mut keeper = Keeper { path: args.save.as_deref(), started_from: args.file.as_deref(), failed: None };
    let ended = converse(&mut interview, &mut keeper);
    // Whatever went wrong, nothing that was typed is lost: it is saved by now, or else shown.
    let is_lost = interview.has_answers() && keeper.is_lost();
    let told = match &ended {
        Ok(ending) => tell(&interview, *ending, book, treatment),
        Err(_) => Ok(()),
    };
    let shown = if is_lost { print(&show::record(&interview.record())) } else { Ok(()) };
    ended?;
    told?;
    shown?;
    match (keeper.failed, &args.save) {
        (Some(failed), _) => return Err(failed.into()),
        (None, Some(path)) if !interview.has_answers() && args.file.as_ref() == Some(path) => {
            print(&show::unchanged(path))?;
        }
        (None, Some(path)) => {
            if !interview.has_answers() {
                keep(&interview, path, false)?;
            }
            print(&show::saved(path))?;
        }
        (None, None) => {}
    }
    Ok(Exit::Done)
}

/// Asks until nothing more is to be asked, or nobody answers any more.
fn converse(interview: &mut Interview<'_>, keeper: &mut Keeper<'_>) -> Result<Ending, Failure> {
    let echo = !read::is_typed();
    let lines = Lines::listen();
    if interview.question().is_some() {
        print(&show::opening())?;
    }
    while let Some(asking) = interview.question() {
        let fact = interview.fact(&asking.question);
        let fact =
            fact.ok_or_else(|| Failure::new(format!("there is no fact `{}`", asking.question.fact)))?;
        print(&show::question(&asking, fact))?;
        let typed = lines.next();
        let typed =
            typed.map_err(|error| Failure::new(format!("the answer cannot be read: {}", words(&error))))?;
        let line = match typed {
            Typed::Line(line) => line,
            Typed::End => return Ok(Ending::NoMore),
            Typed::Interrupted => return Ok(Ending::Interrupted),
        };
        if echo {
            print(&show::echo(&line))?;
        }
        let heard = interview.hear(&line);
        if matches!(heard, Ok(Heard::Taken(_)) | Err(NotUnderstood::Stopped(_))) {
            keeper.keep(interview);
        }
        match heard {
            Ok(Heard::Quit) => return Ok(Ending::Quit),
            Ok(heard) => print(&show::heard(&heard))?,
            Err(NotUnderstood::Stopped(why)) => return Err(Failure::new(why)),
            Err(why) => print(&show::not_understood(&why, &asking, fact, &line))?,
        }
    }
    Ok(Ending::Settled)
}

/// What was decided, and what to ask again on the day.
fn tell(
    interview: &Interview<'_>,
    ending: Ending,
    book: &Book,
    treatment: &Treatment,
) -> Result<(), Failure> {
    print(&show::ending(ending))?;
    print("\n")?;
    print(&human::one(interview.decision(), book, treatment, Detail::Short))?;
    print(&show::again(interview.again()))
}

/// Keeps the record where it was asked for, after each answer: what was typed is safe whatever happens.
struct Keeper<'k> {
    path: Option<&'k str>,
    started_from: Option<&'k str>,
    /// Why it cannot be kept.
    failed: Option<Failed>,
}

impl Keeper<'_> {
    fn keep(&mut self, interview: &Interview<'_>) {
        let Some(path) = self.path.filter(|_| self.failed.is_none()) else { return };
        match keep(interview, path, self.started_from == Some(path)) {
            Ok(()) => self.started_from = self.path,
            Err(failed) => self.failed = Some(failed),
        }
    }

    /// Whether the record stands in no file.
    fn is_lost(&self) -> bool {
        self.path.is_none() || self.failed.is_some()
    }
}

/// Writes the record, in place of what is there if it is ours.
fn keep(interview: &Interview<'_>, path: &str, is_own: bool) -> Result<(), Failed> {
    let text = serde_yaml::to_string(&Value::Object(interview.record()))
        .map_err(|error| Failed::new(format!("`{path}` cannot be written: {error}")))?;
    let written = match is_own {
        true => write::file(Path::new(path), &text),
        false => write::new_file(Path::new(path), text.as_bytes()),
    };
    written.map_err(|error| Failed::unwritten(path, &error))
}

/// The record to start from.
fn given(path: &str, texts: &mut Texts) -> Result<Map<String, Value>, Failure> {
    let format = if path.ends_with(".json") { Input::Json } else { Input::Yaml };
    let (value, found) = records::single(path, format, texts)?;
    let shown = findings::each(texts, &found, Colour::Styled);
    if found.iter().any(Diagnostic::is_error) {
        return Err(Failure::Rules(shown));
    }
    match plain(&value) {
        Value::Object(record) => Ok(record),
        _ => {
            Err(Failure::new(format!("`{path}` holds no single record"))
                .help("an interview is with one client"))
        }
    }
}

/// A value without its places.
pub(super) fn plain(value: &source::Value<'_>) -> Value {
    match &value.shape {
        Shape::Nothing => json!(""),
        Shape::Word(text) => json!(text),
        Shape::List(items) => Value::Array(items.iter().map(plain).collect()),
        Shape::Map(pairs) => {
            Value::Object(pairs.iter().map(|pair| (pair.key.to_string(), plain(&pair.value))).collect())
        }
    }
}
