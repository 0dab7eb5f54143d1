//! Maps and lists while they are being read.

use std::collections::HashMap;
use std::ops::Range;

use crate::source::{Entry, Kind, Node};
use crate::span::Span;

/// A map or list whose end has not been read.
pub(super) enum Open {
    List { span: Span, items: Vec<Node> },
    Map(OpenMap),
}

pub(super) struct OpenMap {
    pub span: Span,
    pub braces: bool,
    pub entries: Vec<Entry>,
    pub seen: HashMap<String, Span>,
    pub key: Key,
    /// Where in the view the last value stands, if it is a plain text.
    pub last_plain: Option<Range<usize>>,
    /// How many entries there were when a comma was found that cuts the last one.
    pub cut: Option<usize>,
}

#[derive(Default)]
pub(super) enum Key {
    #[default]
    Expected,
    Read(String, Span),
    Refused,
}

impl OpenMap {
    pub fn new(span: Span, braces: bool) -> OpenMap {
        OpenMap {
            span,
            braces,
            entries: Vec::new(),
            seen: HashMap::new(),
            key: Key::Expected,
            last_plain: None,
            cut: None,
        }
    }
}

impl Open {
    /// The finished node; a closing bracket at `end` belongs to it.
    pub fn close(self, end: Span) -> Node {
        let (span, kind) = match self {
            Open::List { span, items } => (span, Kind::List(items)),
            Open::Map(map) => (map.span, Kind::Map(map.entries)),
        };
        let span = if end.range().is_empty() { span } else { span.to(end) };
        Node { span, kind }
    }
}
