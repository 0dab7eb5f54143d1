//! `clearance ask`: an interview that asks what can still matter, most useful first, and stops when it is settled.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::exit::{Exit, Failure};
use super::output::print;
use super::pick::{self, day, today};
use super::{folder, records};
use crate::decide::Version;
use crate::diagnostic::Diagnostic;
use crate::disk::{Failed, read, words, write};
use crate::report::ask as show;
use crate::report::decision::{self as human, Detail};
use crate::report::findings::{self, Colour};
use crate::rulebook::records::Input;
use crate::rulebook::{Beginning, Interview, NoAnswer, NotUnderstood, messages};
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
    let echo = !read::is_typed();
    while let Some(question) = interview.question() {
        let fact = interview.fact(&question);
        let fact = fact.ok_or_else(|| Failure::new(format!("there is no fact `{}`", question.fact)))?;
        print(&show::question(&question, fact))?;
        let line = read::line()
            .map_err(|error| Failure::new(format!("the answer cannot be read: {}", words(&error))))?;
        let Some(line) = line else { break };
        if echo {
            print(&show::echo(&line))?;
        }
        match interview.answer(&question, &line) {
            Ok(()) => {}
            Err(NotUnderstood::NoAnswer) => print(&show::not_understood(fact))?,
            Err(NotUnderstood::Wrong(wrong)) => {
                print(&show::wrong(&wrong.join("\n")))?;
                print(&show::not_understood(fact))?;
            }
            Err(NotUnderstood::Stopped(why)) => return Err(Failure::new(why)),
        }
    }
    print("\n")?;
    print(&human::one(interview.decision(), book, treatment, Detail::Short))?;
    if let Some(path) = &args.save {
        save(&interview, path)?;
        print(&show::saved(path))?;
    }
    Ok(Exit::Done)
}

fn save(interview: &Interview<'_>, path: &str) -> Result<(), Failure> {
    let text = serde_yaml::to_string(&Value::Object(interview.record()))
        .map_err(|error| Failure::unwritten(&format!("`{path}`"), error))?;
    Ok(write::file(Path::new(path), &text).map_err(|error| Failed::unwritten(path, &error))?)
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
