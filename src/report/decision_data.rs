//! Decisions for programs: JSON and NDJSON.

use serde::Serialize;

use super::json;
use crate::decide::Decision;
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Texts;

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
        Answer::Unreadable(Unreadable { client }) => Line::Error { client, error: error(texts, notes) },
    }
}

/// What keeps a record from being read, the first first.
fn error(texts: &Texts, notes: &[Diagnostic]) -> ErrorNote {
    let errors = notes.iter().filter(|finding| finding.severity == Severity::Error);
    let mut errors = errors.map(|finding| ErrorNote {
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
    ErrorNote { more, ..first.unwrap_or_else(unread) }
}

/// The same in one line, with its place.
pub(super) fn error_line(texts: &Texts, notes: &[Diagnostic]) -> String {
    let error = error(texts, notes);
    match error.at {
        Some(at) => format!("{at}: {}", error.message),
        None => error.message,
    }
}

/// An element of a list.
pub fn element(texts: &Texts, answer: &(Answer, Vec<Diagnostic>)) -> serde_json::Result<String> {
    json::element(&line(texts, answer))
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
