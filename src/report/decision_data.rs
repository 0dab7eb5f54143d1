//! Decisions for programs: JSON, NDJSON and CSV.

use serde::Serialize;

use super::{json, safe_cell};
use crate::decide::Decision;
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Texts;
use crate::value::Truth;

/// What came of one record.
pub enum Answer {
    /// A decision.
    Decided(Box<Decision>),
    /// A record that cannot be read.
    Unreadable(Unreadable),
}

impl Answer {
    /// The decision, if there is one.
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Answer::Decided(decision) => Some(decision),
            Answer::Unreadable(_) => None,
        }
    }
}

/// A record that cannot be read.
pub struct Unreadable {
    /// Who it is about, or its position.
    pub client: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Decision(&'a Decision),
    Error { client: &'a str, error: ErrorNote },
}

#[derive(Serialize)]
struct ErrorNote {
    code: &'static str,
    message: String,
    at: Option<String>,
    help: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    more: Vec<ErrorNote>,
}

fn line<'a>(texts: &Texts, (answer, notes): &'a (Answer, Vec<Diagnostic>)) -> Line<'a> {
    match answer {
        Answer::Decided(decision) => Line::Decision(decision),
        Answer::Unreadable(Unreadable { client }) => {
            let mut errors =
                notes.iter().filter(|finding| finding.severity == Severity::Error).map(|finding| ErrorNote {
                    code: finding.code.name(),
                    message: finding.message.clone(),
                    at: finding.span().map(|span| texts.reference(span)),
                    help: finding.helps.clone(),
                    more: Vec::new(),
                });
            let first = errors.next();
            let more = errors.collect();
            let unread = || ErrorNote {
                code: crate::diagnostic::Code::BadRecord.name(),
                message: "the record cannot be read".to_string(),
                at: None,
                help: Vec::new(),
                more: Vec::new(),
            };
            let error = ErrorNote { more, ..first.unwrap_or_else(unread) };
            Line::Error { client, error }
        }
    }
}

/// An element of a JSON array, behind a comma and on lines of its own.
pub fn element(texts: &Texts, answer: &(Answer, Vec<Diagnostic>)) -> serde_json::Result<String> {
    let text = json::pretty(&line(texts, answer))?;
    Ok(format!(",\n  {}", text.trim_end().replace('\n', "\n  ")))
}

/// A record that cannot be read, in the place of its answer.
pub fn unreadable(
    texts: &Texts,
    client: &str,
    notes: &[Diagnostic],
) -> serde_json::Result<serde_json::Value> {
    let answer = Answer::Unreadable(Unreadable { client: client.to_string() });
    serde_json::to_value(line(texts, &(answer, notes.to_vec())))
}

/// One JSON object on each line.
pub fn ndjson(texts: &Texts, answers: &[(Answer, Vec<Diagnostic>)]) -> serde_json::Result<String> {
    let mut text = String::new();
    for answer in answers {
        text += &json::line(&line(texts, answer))?;
        text.push('\n');
    }
    Ok(text)
}

/// The columns of the CSV form.
const COLUMNS: [&str; 16] = [
    "client",
    "treatment",
    "visit",
    "outcome",
    "possible",
    "settled",
    "not_before",
    "latest",
    "cleared_when",
    "reasons",
    "may_apply",
    "questions",
    "open_only",
    "steps",
    "next_change",
    "error",
];

/// The names of the columns, as a line of CSV.
pub fn header() -> Result<String, String> {
    write(&COLUMNS.map(str::to_string))
}

/// One client's line of CSV; lists are joined with `|`. `reasons` are the rules that hold, `may_apply` those
/// that too little is known about; `cleared_when` speaks of the former only.
pub fn row(texts: &Texts, answer: &(Answer, Vec<Diagnostic>)) -> Result<String, String> {
    let mut cells = vec![String::new(); COLUMNS.len()];
    match line(texts, answer) {
        Line::Decision(decision) => fill(decision, &mut cells),
        Line::Error { client, error } => {
            cells[0] = client.to_string();
            cells[COLUMNS.len() - 1] = match error.at {
                Some(at) => format!("{at}: {}", error.message),
                None => error.message,
            };
        }
    }
    write(&cells)
}

fn write(cells: &[String]) -> Result<String, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let safe = cells.iter().map(|cell| safe_cell(cell));
    writer.write_record(safe).map_err(|error| error.to_string())?;
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

fn fill(decision: &Decision, cells: &mut [String]) {
    let joined = |items: Vec<String>| items.join("|");
    let day = |day: Option<crate::value::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let wait = decision.wait.as_ref();
    let holding = |truth: Truth| decision.reasons.iter().filter(move |reason| reason.holds == truth);
    let reasons = |truth: Truth| joined(holding(truth).map(|reason| reason.rule.clone()).collect());
    let cleared_when =
        holding(Truth::Yes).filter_map(|reason| Some(reason.cleared_when.as_ref()?.text().to_string()));
    let values = [
        decision.client.clone(),
        decision.treatment.clone(),
        decision.visit.to_string(),
        decision.outcome.to_string(),
        joined(decision.possible.iter().map(ToString::to_string).collect()),
        if decision.settled { "yes" } else { "no" }.to_string(),
        day(wait.and_then(|wait| wait.not_before).filter(|day| *day > decision.visit)),
        day(wait.and_then(|wait| wait.latest)),
        joined(cleared_when.collect()),
        reasons(Truth::Yes),
        reasons(Truth::Unknown),
        joined(decision.questions.iter().map(|question| question.fact.clone()).collect()),
        decision.open_only.unwrap_or_default().to_string(),
        joined(decision.steps.iter().map(|step| format!("{}={}", step.step, step.answer)).collect()),
        day(decision.next_change),
    ];
    for (cell, value) in cells.iter_mut().zip(values) {
        *cell = value;
    }
}
