//! A value of a record: a word, a list or a map, as far as it can be borrowed from its text.

use std::borrow::Cow;

use super::{Entry, Kind, Node, Scalar, Style};
use crate::span::Span;

/// One value, with the place it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value<'t> {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub shape: Shape<'t>,
}

/// The shapes a value can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape<'t> {
    /// Nothing behind its key; `null` in JSON.
    Nothing,
    /// A word or several; numbers keep their own text, `true` and `false` are `yes` and `no`.
    Word(Cow<'t, str>),
    /// A list of values.
    List(Vec<Value<'t>>),
    /// A map; keys are unique.
    Map(Vec<Pair<'t>>),
}

/// A key of a map with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<'t> {
    /// The key as written.
    pub key: Cow<'t, str>,
    /// Where the key stands.
    pub key_span: Span,
    /// The value behind it.
    pub value: Value<'t>,
}

impl Pair<'_> {
    /// The same with texts of its own.
    pub fn into_owned(self) -> Pair<'static> {
        let key = Cow::Owned(self.key.into_owned());
        Pair { key, key_span: self.key_span, value: self.value.into_owned() }
    }
}

impl<'t> Value<'t> {
    /// A word at a place.
    pub fn word(text: impl Into<Cow<'t, str>>, span: Span) -> Value<'t> {
        Value { span, shape: Shape::Word(text.into()) }
    }

    /// The value of a node.
    pub fn of(node: &'t Node) -> Value<'t> {
        let shape = match &node.kind {
            Kind::Scalar(scalar) if scalar.text.is_empty() && scalar.style == Style::Plain => Shape::Nothing,
            Kind::Scalar(scalar) => Shape::Word(Cow::Borrowed(&scalar.text)),
            Kind::List(items) => Shape::List(items.iter().map(Value::of).collect()),
            Kind::Map(entries) => Shape::Map(
                entries
                    .iter()
                    .map(|entry| Pair {
                        key: Cow::Borrowed(&entry.key),
                        key_span: entry.key_span,
                        value: Value::of(&entry.value),
                    })
                    .collect(),
            ),
        };
        Value { span: node.span, shape }
    }

    /// The value as a node, whose text is taken to be in quotes.
    pub fn node(&self) -> Node {
        let scalar = |text: &str, style: Style| {
            let runs = vec![(0, self.span.start)];
            Kind::Scalar(Scalar { text: text.to_string(), style, runs, comment: None })
        };
        let entry = |pair: &Pair<'t>| Entry {
            key: pair.key.to_string(),
            key_span: pair.key_span,
            value: pair.value.node(),
        };
        let kind = match &self.shape {
            Shape::Nothing => scalar("", Style::Plain),
            Shape::Word(text) => scalar(text, Style::Quoted),
            Shape::List(items) => Kind::List(items.iter().map(Value::node).collect()),
            Shape::Map(pairs) => Kind::Map(pairs.iter().map(entry).collect()),
        };
        Node { span: self.span, kind }
    }

    /// The same with a text of its own.
    pub fn into_owned(self) -> Value<'static> {
        let own = |text: Cow<'t, str>| Cow::Owned(text.into_owned());
        let shape = match self.shape {
            Shape::Nothing => Shape::Nothing,
            Shape::Word(text) => Shape::Word(own(text)),
            Shape::List(items) => Shape::List(items.into_iter().map(Value::into_owned).collect()),
            Shape::Map(pairs) => Shape::Map(pairs.into_iter().map(Pair::into_owned).collect()),
        };
        Value { span: self.span, shape }
    }

    /// The same, a word borrowed from this one.
    pub fn lent(&self) -> Value<'_> {
        match &self.shape {
            Shape::Word(text) => Value { span: self.span, shape: Shape::Word(Cow::Borrowed(text)) },
            Shape::Nothing | Shape::List(_) | Shape::Map(_) => self.clone(),
        }
    }

    /// The text, if the value is no list and no map.
    pub fn text(&self) -> Option<&str> {
        match &self.shape {
            Shape::Nothing => Some(""),
            Shape::Word(text) => Some(text),
            Shape::List(_) | Shape::Map(_) => None,
        }
    }

    /// Whether there is nothing.
    pub fn is_nothing(&self) -> bool {
        self.shape == Shape::Nothing
    }

    /// The pairs, if the value is a map.
    pub fn pairs(&self) -> Option<&[Pair<'t>]> {
        match &self.shape {
            Shape::Map(pairs) => Some(pairs),
            Shape::Nothing | Shape::Word(_) | Shape::List(_) => None,
        }
    }

    /// The value behind `key`, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Value<'t>> {
        self.pairs()?.iter().find(|pair| pair.key == key).map(|pair| &pair.value)
    }

    /// What the shape is called in messages.
    pub fn called(&self) -> &'static str {
        match self.shape {
            Shape::Nothing => "nothing",
            Shape::Word(_) => "a text",
            Shape::List(_) => "a list",
            Shape::Map(_) => "a map",
        }
    }
}
