//! Base clients, and clients that are like another one but for some answers.

use std::borrow::Cow;

use super::diags::Finding;
use crate::diagnostic::Diagnostic;
use crate::source::{Pair, Shape, Value};
use crate::span::Span;
use crate::suggest;
use crate::value::Day;
use crate::written::record::{self, Record, Review};
use crate::written::{Named, Words, cases};

/// A client is like another one that is like another one, no longer than this.
const LONGEST_LINE: usize = 8;

/// An example client with every answer in place.
#[derive(Debug, Clone)]
pub struct Client {
    /// The answers, as a record.
    pub record: Record<'static>,
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
        let mut facts: Vec<Pair<'static>> = Vec::new();
        let mut reviews: Vec<Review> = Vec::new();
        let (mut visit, mut answered_on) = (None, None);
        for client in line.iter().rev() {
            for answer in &client.answers {
                put(&mut facts, answer.clone(), out);
            }
            reviews.extend(client.reviews.iter().cloned());
            visit = client.visit.clone().or(visit);
            answered_on = client.answered_on.clone().map(Words::kept).or(answered_on);
        }
        let span = written.span;
        let record = Record { answered_on, facts, reviews, ..Record::empty(span) };
        Some(Client { record, visit, like: written.like.as_ref().map(|words| words.text.clone()) })
    }
}

impl Client {
    /// The same client with another answer, written as in a cell of a table: `25..40`, `psoriasis|eczema`.
    pub(super) fn with(&mut self, fact: &Words, value: &Words, out: &mut Vec<Diagnostic>) {
        let value = record::answer(Cow::Owned(value.text.clone()), value.span);
        put(
            &mut self.record.facts,
            Pair { key: Cow::Owned(fact.text.clone()), key_span: fact.span, value },
            out,
        );
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
fn put(facts: &mut Vec<Pair<'static>>, answer: Pair<'static>, out: &mut Vec<Diagnostic>) {
    let Some((fact, option)) = answer.key.split_once('.') else {
        let parts = format!("{}.", answer.key);
        facts.retain(|known| known.key != answer.key && !known.key.starts_with(&parts));
        facts.push(answer);
        return;
    };
    match facts.iter_mut().find(|known| known.key == fact) {
        Some(whole) => {
            let key = Cow::Owned(option.to_string());
            let pair = Pair { key, key_span: answer.key_span, value: answer.value };
            if !put_option(&mut whole.value, pair) {
                out.push(Finding::NoOptionToReplace { span: answer.key_span, fact }.into());
            }
        }
        None => {
            facts.retain(|known| known.key != answer.key);
            facts.push(answer);
        }
    }
}

/// Answers one option inside the answer to a whole set or history; false if it cannot be taken apart.
fn put_option(whole: &mut Value<'static>, option: Pair<'static>) -> bool {
    let span = whole.span;
    let pair = |key: Cow<'static, str>, text: &'static str| Pair {
        key,
        key_span: span,
        value: Value::word(text, span),
    };
    let rest = |text: &'static str| pair(Cow::Borrowed("rest"), text);
    let chosen = |names: Vec<String>| -> Vec<Pair<'static>> {
        let names = names.into_iter().filter(|name| *name != *option.key);
        names.map(|name| pair(Cow::Owned(name), "yes")).chain([rest("no")]).collect()
    };
    let mut pairs = match &mut whole.shape {
        Shape::Map(pairs) => match pairs.iter_mut().find(|known| known.key == "answer") {
            Some(answer) => return put_option(&mut answer.value, option),
            None => std::mem::take(pairs),
        },
        Shape::Nothing => Vec::new(),
        Shape::Word(text) => match text.to_lowercase().as_str() {
            "" | "unknown" => Vec::new(),
            "no" | "none" | "never" => vec![rest("no")],
            "some" | "yes" => return false,
            name => chosen(vec![name.to_string()]),
        },
        Shape::List(items) => {
            let names: Option<Vec<String>> =
                items.iter().map(|item| item.text().map(str::to_string)).collect();
            match names {
                Some(names) if names.is_empty() => Vec::new(),
                Some(names) => chosen(names),
                None => return false,
            }
        }
    };
    pairs.retain(|known| known.key != option.key);
    pairs.push(option);
    whole.shape = Shape::Map(pairs);
    true
}
