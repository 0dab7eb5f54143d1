//! Base clients, and clients that are like another one but for some answers.

use super::diags::Finding;
use crate::diagnostic::Diagnostic;
use crate::source::{Entry, Kind, Node};
use crate::span::Span;
use crate::suggest;
use crate::value::Day;
use crate::written::record::{Answered, Record, Review, answer_node};
use crate::written::{Named, Words, cases};

/// A client is like another one that is like another one, no longer than this.
const LONGEST_LINE: usize = 8;

/// An example client with every answer in place.
#[derive(Debug, Clone)]
pub struct Client {
    /// The answers, as a record.
    pub record: Record,
    /// The day asked about, if it is given.
    pub visit: Option<Words>,
    /// The client it is like, if it is like one.
    pub like: Option<String>,
}

/// The base clients of one treatment, by name.
pub(super) struct Clients<'w> {
    pub(super) named: Vec<&'w Named<cases::Client>>,
    /// Whether these are all: every file could be read.
    pub(super) all: bool,
}

impl<'w> Clients<'w> {
    fn named(&self, name: &str) -> Option<&'w Named<cases::Client>> {
        self.named.iter().find(|known| known.name == name).copied()
    }

    /// The client with the answers of those it is like, nearest last.
    pub(super) fn resolve(&self, written: &cases::Client, out: &mut Vec<Diagnostic>) -> Option<Client> {
        let mut line = vec![written];
        while let Some(like) = line.last().and_then(|client| client.like.as_ref()) {
            let Some(base) = self.named(&like.text) else {
                let near = suggest::nearest(&like.text, self.named.iter().map(|known| known.name.as_str()));
                if self.all {
                    out.push(Finding::NoClient { span: like.span, name: &like.text, near }.into());
                }
                return None;
            };
            if line.len() > LONGEST_LINE {
                out.push(Finding::ClientLikeItself { span: like.span, name: &like.text }.into());
                return None;
            }
            line.push(&base.value);
        }
        let mut facts: Vec<Answered> = Vec::new();
        let mut reviews: Vec<Review> = Vec::new();
        let (mut visit, mut answered_on) = (None, None);
        for client in line.iter().rev() {
            for answer in &client.answers {
                put(&mut facts, answer.clone(), out);
            }
            reviews.extend(client.reviews.iter().cloned());
            visit = client.visit.clone().or(visit);
            answered_on = client.answered_on.clone().or(answered_on);
        }
        let span = written.span;
        let record =
            Record { span, client: None, visit: None, answered_on, facts, reviews, dated: Vec::new() };
        Some(Client { record, visit, like: written.like.as_ref().map(|words| words.text.clone()) })
    }
}

impl Client {
    /// The same client with another answer, written as in a cell of a table: `25..40`, `psoriasis|eczema`.
    pub(super) fn with(&mut self, fact: &Words, value: &Words, out: &mut Vec<Diagnostic>) {
        let value = answer_node(&value.text, value.span);
        put(&mut self.record.facts, Answered { fact: fact.text.clone(), span: fact.span, value }, out);
    }

    /// The day of the visit, or a finding.
    pub(super) fn day(&self, span: Span, out: &mut Vec<Diagnostic>) -> Option<Day> {
        let Some(words) = &self.visit else {
            out.push(Finding::NoVisit { span }.into());
            return None;
        };
        let day = Day::parse(&words.text);
        if day.is_none() {
            out.push(Finding::NoDay { span: words.span, text: &words.text }.into());
        }
        day
    }
}

/// Replaces the answer to a fact, or to one option of it.
fn put(facts: &mut Vec<Answered>, answer: Answered, out: &mut Vec<Diagnostic>) {
    let Some((fact, option)) = answer.fact.split_once('.') else {
        let parts = format!("{}.", answer.fact);
        facts.retain(|known| known.fact != answer.fact && !known.fact.starts_with(&parts));
        facts.push(answer);
        return;
    };
    match facts.iter_mut().find(|known| known.fact == fact) {
        Some(whole) => {
            let entry = Entry { key: option.to_string(), key_span: answer.span, value: answer.value };
            if !put_option(&mut whole.value, entry) {
                out.push(Finding::NoOptionToReplace { span: answer.span, fact }.into());
            }
        }
        None => {
            facts.retain(|known| known.fact != answer.fact);
            facts.push(answer);
        }
    }
}

/// Answers one option inside the answer to a whole set or history; false if it cannot be taken apart.
fn put_option(whole: &mut Node, option: Entry) -> bool {
    let span = whole.span;
    let entry = |key: &str, text: &str| Entry {
        key: key.to_string(),
        key_span: span,
        value: answer_node(text, span),
    };
    let chosen = |names: Vec<String>| -> Vec<Entry> {
        let names = names.into_iter().filter(|name| *name != option.key);
        names.map(|name| entry(&name, "yes")).chain([entry("rest", "no")]).collect()
    };
    let mut entries = match &mut whole.kind {
        Kind::Map(entries) => match entries.iter_mut().find(|known| known.key == "answer") {
            Some(answer) => return put_option(&mut answer.value, option),
            None => std::mem::take(entries),
        },
        Kind::Scalar(scalar) => match scalar.text.to_lowercase().as_str() {
            "" | "unknown" => Vec::new(),
            "no" | "none" | "never" => vec![entry("rest", "no")],
            "some" | "yes" => return false,
            name => chosen(vec![name.to_string()]),
        },
        Kind::List(items) => {
            let names: Option<Vec<String>> =
                items.iter().map(|item| item.text().map(str::to_string)).collect();
            match names {
                Some(names) if names.is_empty() => Vec::new(),
                Some(names) => chosen(names),
                None => return false,
            }
        }
    };
    entries.retain(|known| known.key != option.key);
    entries.push(option);
    whole.kind = Kind::Map(entries);
    true
}
