//! `clearance ask`: an interview that asks what can still matter, most useful first, and stops when it is settled.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::exit::{Exit, Failure};
use super::folder::{self, Loaded};
use super::output::print;
use super::pick::{self, day, today, treatment};
use super::records::{self, Input};
use crate::book::fact::{Fact, FactKind};
use crate::book::{Book, Treatment};
use crate::decide::{self, Affects, Decision, Engine, Question, Version};
use crate::diagnostic::{Diagnostic, Severity};
use crate::disk::{Failed, read, words, write};
use crate::report::ask as show;
use crate::report::decision::{self as human, Detail};
use crate::report::findings::{self, Colour};
use crate::script::Scripts;
use crate::source::{self, Shape, json as json_text};
use crate::span::Texts;
use crate::value::Day;
use crate::written::record;

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
    let Loaded { texts, book, scripts, .. } = folder::sound(rules)?;
    let treatment = treatment(&book, args.treatment.as_deref())?;
    if let Some(path) = &args.save
        && read::exists(Path::new(path))
        && args.file.as_ref() != Some(path)
    {
        return Err(
            Failure::new(format!("`{path}` exists already")).help("name a new file, or the one started from")
        );
    }
    let scripts = pick::scripts(&book, &scripts, treatment);
    let mut interview = Interview::start(args, &book, treatment, scripts, texts)?;
    let echo = !read::is_typed();
    let mut decision =
        interview.decide().map_err(|shown| Failure::Rules(shown.unwrap_or_default() + "\n"))?;
    while let Some(question) = interview.next(&decision) {
        let fact = interview.fact(&question)?;
        print(&show::question(&question, fact))?;
        let line = read::line()
            .map_err(|error| Failure::new(format!("the answer cannot be read: {}", words(&error))))?;
        let Some(line) = line else { break };
        if echo {
            print(&show::echo(&line))?;
        }
        let before = interview.facts.clone();
        if !interview.answer(fact, &question, line.trim()) {
            print(&show::not_understood(fact))?;
            continue;
        }
        match interview.decide() {
            Ok(next) => decision = next,
            Err(wrong) => {
                interview.facts = before;
                interview.passed.retain(|passed| passed != &question.fact);
                print(&show::wrong(&wrong.unwrap_or_default()))?;
                print(&show::not_understood(fact))?;
            }
        }
    }
    pick::in_time(scripts)?;
    print("\n")?;
    print(&human::one(&decision, &book, treatment, Detail::Short))?;
    if let Some(path) = &args.save {
        interview.save(path)?;
        print(&show::saved(path))?;
    }
    Ok(Exit::Done)
}

/// A record that grows answer by answer.
struct Interview<'b> {
    engine: Engine<'b>,
    visit: Day,
    texts: Texts,
    /// The record but its facts.
    rest: Map<String, Value>,
    facts: Map<String, Value>,
    client: String,
    answered_on: Option<Day>,
    /// Facts the client does not know.
    passed: Vec<String>,
}

impl<'b> Interview<'b> {
    fn start(
        args: &Args,
        book: &'b Book,
        treatment: &'b Treatment,
        scripts: &'b Scripts,
        mut texts: Texts,
    ) -> Result<Self, Failure> {
        let mut rest = match &args.file {
            Some(path) => given(path, &mut texts)?,
            None => Map::new(),
        };
        let facts = match rest.remove("facts") {
            Some(Value::Object(facts)) => facts,
            _ => Map::new(),
        };
        let named = |key: &str| rest.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let client = args
            .client
            .clone()
            .or_else(|| named("client").map(str::to_string))
            .unwrap_or_else(|| "new client".to_string());
        let now = today(book)?;
        let visit = match (args.visit, named("visit")) {
            (Some(day), _) => day,
            (None, Some(text)) => Day::parse(text).ok_or_else(|| {
                Failure::new(format!("the visit `{text}` is no day")).help("write year-month-day")
            })?,
            (None, None) => now,
        };
        let answered_on = args.answered_on.or(Some(now.min(visit)));
        rest.insert("client".to_string(), json!(client));
        rest.insert("visit".to_string(), json!(visit.to_string()));
        let engine = Engine::new(book, treatment, scripts);
        Ok(Interview { engine, visit, texts, rest, facts, client, answered_on, passed: Vec::new() })
    }

    /// The record as it stands. Answers of this interview carry their day themselves.
    fn record(&self) -> Map<String, Value> {
        let mut record = self.rest.clone();
        record.insert("facts".to_string(), Value::Object(self.facts.clone()));
        record
    }

    /// Decides; an answer that cannot be read comes back as what is wrong with it.
    fn decide(&mut self) -> Result<Decision, Option<String>> {
        let text = Value::Object(self.record()).to_string();
        let end = text.len();
        let id = self.texts.add("your answer", text);
        let mut wrong = Vec::new();
        let value = json_text::read(&self.texts, id, 0..end, &mut wrong);
        let record = value.and_then(|value| record::from_value(value, &mut wrong)).ok_or(None)?;
        let Version { book, treatment, .. } = self.engine.version();
        let (answers, found) = decide::from_written(&record, &self.client, self.visit, None, book, treatment);
        wrong.extend(found);
        match answers {
            Some(answers) => Ok(self.engine.decide(&answers)),
            None => Err(Some(message(&wrong, &self.client))),
        }
    }

    /// The next question that can still matter, unless everything is settled.
    fn next(&self, decision: &Decision) -> Option<Question> {
        if decision.settled {
            return None;
        }
        let matters = |question: &&Question| {
            question.affects.iter().any(|affects| matches!(affects, Affects::Outcome | Affects::Wait))
        };
        decision
            .questions
            .iter()
            .filter(matters)
            .find(|question| !self.passed.contains(&question.fact))
            .cloned()
    }

    fn fact(&self, question: &Question) -> Result<&'b Fact, Failure> {
        let id = self.engine.version().book.facts.named(&question.fact);
        id.map(|id| self.engine.version().book.facts.get(id))
            .ok_or_else(|| Failure::new(format!("there is no fact `{}`", question.fact)))
    }

    /// Takes an answer; false if it cannot be understood at all.
    fn answer(&mut self, fact: &Fact, question: &Question, line: &str) -> bool {
        let folded = line.to_lowercase().replace('\u{2019}', "'");
        if line.is_empty() || folded == "help" {
            return false;
        }
        let unknown =
            ["?", "don't know", "dont know", "do not know", "not sure", "unknown"].contains(&folded.as_str());
        if unknown {
            self.passed.push(fact.id.clone());
        }
        let value = match fact.kind {
            FactKind::History => self.history(fact, question, line, unknown),
            _ if unknown => json!("unknown"),
            FactKind::YesNo => match folded.as_str() {
                "y" => json!("yes"),
                "n" => json!("no"),
                _ => json!(line),
            },
            FactKind::Set if !["none", "no", "some", "yes"].contains(&folded.as_str()) => {
                Value::Array(line.split(',').map(|part| json!(option(fact, part))).collect())
            }
            FactKind::Choice => json!(option(fact, line)),
            _ => match folded.split_once("..").or_else(|| folded.split_once(" to ")) {
                Some((low, high)) => json!({"at_least": low.trim(), "at_most": high.trim()}),
                None => json!(line),
            },
        };
        let on = self.answered_on.map(|day| day.to_string());
        self.facts.insert(fact.id.clone(), json!({"answer": value, "on": on}));
        true
    }

    /// Answers to single options join those given before; `none` means the ones still open.
    fn history(&self, fact: &Fact, question: &Question, line: &str, unknown: bool) -> Value {
        let before = self.facts.get(&fact.id).map(|given| given.get("answer").unwrap_or(given));
        let mut answer = match before {
            Some(Value::Object(options)) => options.clone(),
            _ => Map::new(),
        };
        if unknown || ["none", "no", "never"].contains(&line.to_lowercase().as_str()) {
            let value = if unknown { "unknown" } else { "never" };
            for open in &question.options {
                answer.insert(open.clone(), json!(value));
            }
            return Value::Object(answer);
        }
        for part in line.split(',') {
            let part = part.trim();
            match named(fact, part).or_else(|| part.rsplit_once([' ', ':'])) {
                Some((name, day)) => {
                    answer.insert(option(fact, name.trim_end_matches(':')), json!(day.trim()))
                }
                None if fact.options.len() == 1 => answer.insert(fact.options[0].id.clone(), json!(part)),
                None => answer.insert(option(fact, part), json!("")),
            };
        }
        Value::Object(answer)
    }

    fn save(&self, path: &str) -> Result<(), Failure> {
        let text = serde_yaml::to_string(&Value::Object(self.record()))
            .map_err(|error| Failure::new(format!("`{path}` cannot be written: {error}")))?;
        Ok(write::file(Path::new(path), &text).map_err(|error| Failed::unwritten(path, &error))?)
    }
}

/// An option by its name or by the words people read.
fn option(fact: &Fact, text: &str) -> String {
    let text = text.trim();
    let known = fact.options.iter().find(|option| {
        option.id.eq_ignore_ascii_case(&text.replace(' ', "_")) || option.text.eq_ignore_ascii_case(text)
    });
    known.map_or_else(|| text.to_string(), |option| option.id.clone())
}

/// The option a part of an answer starts with, and the day behind it: `isotretinoin January 2026`.
fn named<'t>(fact: &Fact, part: &'t str) -> Option<(&'t str, &'t str)> {
    let mut ends = part.rmatch_indices([' ', ':']).map(|(at, _)| at);
    let known = |at: &usize| fact.options.iter().any(|known| known.id == option(fact, &part[..*at]));
    ends.find(known).map(|at| (&part[..at], &part[at + 1..]))
}

/// What is wrong with an answer; the interview knows whose it is, and says itself what an answer looks like.
fn message(wrong: &[Diagnostic], client: &str) -> String {
    let own = format!("client {client}: ");
    let errors = wrong.iter().filter(|finding| finding.severity == Severity::Error);
    let lines: Vec<String> = errors
        .map(|finding| {
            let message = finding.message.strip_prefix(&own).unwrap_or(&finding.message);
            message.to_string()
        })
        .collect();
    lines.join("\n")
}

/// The record to start from.
fn given(path: &str, texts: &mut Texts) -> Result<Map<String, Value>, Failure> {
    let format = if path.ends_with(".json") { Input::Json } else { Input::Yaml };
    let (value, found) = records::single(path, format, texts)?;
    let shown = findings::each(texts, &found, Colour::Styled);
    if found.iter().any(records::is_error) {
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
