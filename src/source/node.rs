//! A text as nodes: scalars, lists and maps, each knowing where it stands.

use crate::diagnostic::{Code, Diagnostic};
use crate::prose;
use crate::span::{Span, TextId};

/// One value of a text, with the place it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where the value stands; for a map or list from its first to its last value.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// The shapes a value can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A text. Nothing is read into it here: `no`, `1.10` and `2026-01-01` are texts.
    Scalar(Scalar),
    /// A list of values.
    List(Vec<Node>),
    /// A map; keys are unique.
    Map(Vec<Entry>),
}

/// One key of a map with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key as written.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value behind it.
    pub value: Node,
}

/// A text value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text after quotes, escapes and folding are undone.
    pub text: String,
    /// How it was written.
    pub style: Style,
    /// For each byte of `text` that starts a run, where that run starts in the file: pairs of
    /// (offset in `text`, offset in the file), ascending. Within a run both advance together. Where something
    /// lies between two runs of the file, two pairs may share their offset in `text`: end of one, start of the next.
    pub runs: Vec<(u32, u32)>,
    /// A comment that follows on the same line after a single space, as in `see note #2`: it may be cut-off text.
    pub comment: Option<Span>,
}

/// How a text value was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes. An empty plain text is a key with nothing behind it (and JSON `null`).
    Plain,
    /// In quotes, or a JSON string.
    Quoted,
    /// A YAML block (`|` or `>`).
    Block,
}

impl Node {
    /// The scalar, if the node is one.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text, if the node is a scalar.
    pub fn text(&self) -> Option<&str> {
        self.scalar().map(|scalar| scalar.text.as_str())
    }

    /// Whether the node is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.kind, Kind::List(_))
    }

    /// Whether nothing stands behind the key: an empty plain text.
    pub fn is_empty(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(s) if s.text.is_empty() && s.style == Style::Plain)
    }

    /// The value behind `key`, if the node is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.value),
            _ => None,
        }
    }

    /// What the shape is called in messages.
    pub fn shape(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(_) if self.is_empty() => "nothing",
            Kind::Scalar(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }

    /// The place of bytes `start..end` of a scalar's decoded text, in the file.
    pub fn place(&self, start: usize, end: usize) -> Span {
        match &self.kind {
            Kind::Scalar(scalar) if !scalar.text.is_empty() => {
                let from = scalar.file_offset(start).unwrap_or(self.span.start);
                let to = if end > start { scalar.file_end(end) } else { scalar.file_offset(start) }
                    .unwrap_or(self.span.end);
                Span {
                    text: self.span.text,
                    start: from.min(self.span.end),
                    end: to.clamp(from, self.span.end.max(from)),
                }
            }
            _ => self.span,
        }
    }
}

impl Scalar {
    fn file_offset(&self, at: usize) -> Option<u32> {
        let index = self.runs.partition_point(|(text, _)| *text as usize <= at);
        let (text, file) = self.runs[..index].last()?;
        Some(file + (at as u32 - text))
    }

    /// Just past the character that ends at `end`; a run that starts there says where that is.
    fn file_end(&self, end: usize) -> Option<u32> {
        let index = self.runs.partition_point(|(text, _)| (*text as usize) < end);
        match self.runs.get(index) {
            Some((text, file)) if *text as usize == end => Some(*file),
            _ => self.file_offset(end - 1).map(|last| last + 1),
        }
    }
}

/// The finding for a key that stands twice in one map.
pub(super) fn repeated_key(key: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error(Code::DuplicateKey, format!("`{}` stands twice", prose::visible(key)))
        .at(again, "again here")
        .at(first, "first here")
        .note("one of the two would be ignored without a word")
        .help("keep one of them, or rename the other")
}

/// A text that a program made, not a file: for tests and defaults.
pub fn plain(text: &str, at: TextId) -> Node {
    Node {
        span: Span::new(at, 0..text.len()),
        kind: Kind::Scalar(Scalar {
            text: text.to_string(),
            style: Style::Plain,
            runs: vec![(0, 0)],
            comment: None,
        }),
    }
}
