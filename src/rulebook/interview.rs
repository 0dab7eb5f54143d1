//! An interview with one client: what can still matter is asked, most useful first, until it is settled.

use serde_json::{Map, Value, json};

use super::inquiry::{Desk, NoAnswer, Question, Refused};
use super::records;
use crate::book::fact::{Fact, FactKind};
use crate::decide::{self, Affects, Decision};
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Texts;
use crate::value::Day;

/// A record that grows answer by answer.
pub struct Interview<'r> {
    desk: Desk<'r>,
    /// The record but its facts.
    rest: Map<String, Value>,
    facts: Map<String, Value>,
    /// The day of the answers that are given.
    answered_on: Day,
    /// Facts the client does not know.
    passed: Vec<String>,
    decision: Decision,
}

/// How an interview begins, beside the record it starts from.
#[derive(Debug, Clone, Copy)]
pub struct Beginning<'b> {
    /// Who is asked, in place of the record's own id.
    pub client: Option<&'b str>,
    /// The day asked about, in place of the record's own.
    pub visit: Option<Day>,
    /// The day of the answers; else today, or the visit if that is earlier.
    pub answered_on: Option<Day>,
    /// Today.
    pub today: Day,
}

/// Why an answer was not taken; the record is as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotUnderstood {
    /// There is nothing in it, or it asks for help.
    NoAnswer,
    /// It cannot be read, for these reasons.
    Wrong(Vec<String>),
    /// Nothing can be decided any more, for this reason.
    Stopped(String),
}

impl<'r> Interview<'r> {
    /// Starts from a record, or from an empty one.
    pub fn start(
        desk: Desk<'r>,
        mut record: Map<String, Value>,
        beginning: Beginning<'_>,
    ) -> Result<Interview<'r>, NoAnswer> {
        let Beginning { client, visit, answered_on, today } = beginning;
        let facts = match record.remove("facts") {
            Some(Value::Object(facts)) => facts,
            _ => Map::new(),
        };
        let named = |record: &Map<String, Value>, key: &str| {
            let text = record.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            text.map(str::to_string)
        };
        let client = client.map(str::to_string).or_else(|| named(&record, "client"));
        let client = client.unwrap_or_else(|| "new client".to_string());
        let visit = visit.map(|day| day.to_string()).or_else(|| named(&record, "visit"));
        let visit = visit.unwrap_or_else(|| today.to_string());
        let day = Day::parse(&visit).unwrap_or(today);
        record.insert("client".to_string(), json!(client));
        record.insert("visit".to_string(), json!(visit));
        let answered_on = answered_on.unwrap_or(today.min(day));
        if answered_on > day {
            return Err(NoAnswer::Refused(too_late(client, day, answered_on)));
        }
        let mut desk = desk;
        let decision = decide(&mut desk, &whole(&record, &facts))?;
        Ok(Interview { desk, rest: record, facts, answered_on, passed: Vec::new(), decision })
    }

    /// What is decided so far.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The record as it stands. Answers of this interview carry their day themselves.
    pub fn record(&self) -> Map<String, Value> {
        whole(&self.rest, &self.facts)
    }

    /// The next question that can still matter, unless everything is settled.
    pub fn question(&self) -> Option<decide::Question> {
        if self.decision.settled {
            return None;
        }
        let matters = |question: &&decide::Question| {
            question.affects.iter().any(|affects| matches!(affects, Affects::Outcome | Affects::Wait))
        };
        let mut open = self.decision.questions.iter().filter(matters);
        open.find(|question| !self.passed.contains(&question.fact)).cloned()
    }

    /// The fact that a question is about.
    pub fn fact(&self, question: &decide::Question) -> Option<&'r Fact> {
        let facts = &self.desk.version().book.facts;
        facts.named(&question.fact).map(|id| facts.get(id))
    }

    /// Takes an answer and decides anew.
    pub fn answer(&mut self, question: &decide::Question, line: &str) -> Result<(), NotUnderstood> {
        let line = line.trim();
        let folded = line.to_lowercase().replace('\u{2019}', "'");
        let Some(fact) = self.fact(question).filter(|_| !line.is_empty() && folded != "help") else {
            return Err(NotUnderstood::NoAnswer);
        };
        let unknown =
            ["?", "don't know", "dont know", "do not know", "not sure", "unknown"].contains(&folded.as_str());
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
            FactKind::Set
            | FactKind::Number { .. }
            | FactKind::Date
            | FactKind::PlannedDate
            | FactKind::BirthDate
            | FactKind::Note => match folded.split_once("..").or_else(|| folded.split_once(" to ")) {
                Some((low, high)) => json!({"at_least": low.trim(), "at_most": high.trim()}),
                None => json!(line),
            },
        };
        let mut facts = self.facts.clone();
        facts.insert(fact.id.clone(), json!({"answer": value, "on": self.answered_on.to_string()}));
        let record = whole(&self.rest, &facts);
        self.decision = decide(&mut self.desk, &record).map_err(|none| match none {
            NoAnswer::Refused(refused) => NotUnderstood::Wrong(messages(&refused)),
            none => NotUnderstood::Stopped(none.to_string()),
        })?;
        self.facts = facts;
        if unknown {
            self.passed.push(fact.id.clone());
        }
        Ok(())
    }

    /// Answers to single options join those given before; `none` means the ones still open.
    fn history(&self, fact: &Fact, question: &decide::Question, line: &str, unknown: bool) -> Value {
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
}

/// Nobody gives an answer after the visit it is for.
fn too_late(client: String, visit: Day, answered_on: Day) -> Refused {
    let message =
        format!("client {client}: the record was answered on {answered_on}, after the visit on {visit}");
    let finding = Diagnostic::error(Code::FutureAnswer, message).help("correct one of the two days");
    Refused { client, visit: Some(visit), visit_assumed: false, findings: vec![finding] }
}

/// A record with its facts.
fn whole(rest: &Map<String, Value>, facts: &Map<String, Value>) -> Map<String, Value> {
    let mut record = rest.clone();
    record.insert("facts".to_string(), Value::Object(facts.clone()));
    record
}

/// Decides about a record; what is wrong with it has no place that anybody knows.
fn decide(desk: &mut Desk<'_>, record: &Map<String, Value>) -> Result<Decision, NoAnswer> {
    let mut texts = Texts::new();
    let read = records::one(&Value::Object(record.clone()).to_string(), &mut texts);
    let entry = read.entries.first().ok_or_else(|| NoAnswer::unread(read.findings.clone()))?;
    desk.inquiry(Question::of(entry)).map_err(NoAnswer::Refused)?.decision()
}

/// What is wrong with an answer; the interview knows whose it is, and says itself what an answer looks like.
pub fn messages(refused: &Refused) -> Vec<String> {
    let own = format!("client {}: ", refused.client);
    let errors = refused.findings.iter().filter(|finding| finding.is_error());
    let message =
        |finding: &Diagnostic| finding.message.strip_prefix(&own).unwrap_or(&finding.message).to_string();
    errors.map(message).collect()
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
