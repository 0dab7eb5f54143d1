//! YAML as these files use it: maps, lists and texts. Everything else is a finding.

#[cfg(test)]
mod agreement;
mod comments;
mod faults;
mod open;
#[cfg(test)]
mod tests;
mod view;

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

pub use comments::{Comment, comments};

use super::runs::{self, Decoded, Quotes};
use super::{Entry, Kind, Node, Scalar, Style};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::{NESTING, VALUES};
use crate::prose;
use crate::span::{TextId, Texts};
use open::{Key, Open, OpenMap};
use view::View;

/// Findings after which a file is beyond repair line by line.
const MAX_FINDINGS: usize = 64;
/// A value cut by commas is made whole again up to this length.
const LONGEST_REPAIR: usize = 4096;

/// Reads one YAML text. Nothing comes back for an empty text, and for one that cannot be read to its end:
/// then `findings` says why.
pub fn read(texts: &Texts, id: TextId, findings: &mut Vec<Diagnostic>) -> Option<Node> {
    let view = View::new(texts, id, findings)?;
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        emit_comments: false,
        flow_nesting_limit: NESTING + 1,
        block_nesting_limit: NESTING + 1,
    };
    let limit = findings.len() + MAX_FINDINGS;
    let mut reader = Reader {
        view: &view,
        findings,
        open: Vec::new(),
        root: None,
        started: false,
        values: 0,
        negated: false,
    };
    for event in Parser::new_from_str_with_options(&view.text, options) {
        let (event, span) = match event {
            Ok(read) => read,
            Err(error) => {
                reader.stop(&error);
                return None;
            }
        };
        let place = span.byte_range().unwrap_or(0..0);
        let tag = span.tag_span().and_then(|tag| tag.byte_range());
        match reader.event(&event, place, tag) {
            Next::More if reader.findings.len() < limit => {}
            Next::Enough => break,
            Next::More | Next::Stop => return None,
        }
    }
    reader.root.filter(|root| !root.is_empty())
}

enum Next {
    More,
    Enough,
    Stop,
}

struct Reader<'v, 'f> {
    view: &'v View<'v>,
    findings: &'f mut Vec<Diagnostic>,
    open: Vec<Open>,
    root: Option<Node>,
    started: bool,
    /// How many values were read.
    values: usize,
    /// Whether the last value was found to start with `!`: an anchor in it is part of that mistake.
    negated: bool,
}

impl Reader<'_, '_> {
    fn event(&mut self, event: &Event<'_>, place: Range<usize>, tag: Option<Range<usize>>) -> Next {
        let view = self.view;
        match event {
            Event::DocumentStart(..) if self.started => {
                self.findings.push(faults::feature(
                    view,
                    place,
                    "a second document starts here",
                    "keep one document in a file; three dashes at the start of a line begin another",
                ));
                return Next::Enough;
            }
            Event::DocumentStart(..) => self.started = true,
            Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..)
                if self.values >= VALUES =>
            {
                self.findings.push(faults::too_many(view, place.start));
                return Next::Stop;
            }
            Event::Scalar(text, style, ..) => {
                let node = match tag {
                    Some(tag) => self.tagged(text, *style, place.clone(), tag),
                    None => {
                        self.negated = false;
                        self.scalar(text, *style, place.clone())
                    }
                };
                let plain = *style == ScalarStyle::Plain && !place.is_empty();
                self.put(node, place, plain);
            }
            Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => {
                self.negated = false;
                if let Some(tag) = tag {
                    self.findings.push(faults::tag(view, tag));
                }
                if self.open.len() >= NESTING {
                    self.findings.push(faults::too_deep(view, place.start));
                    return Next::Stop;
                }
                let span = view.span(place.clone());
                let block = *style == StructureStyle::Block;
                let list = matches!(event, Event::SequenceStart(..));
                if list && block {
                    self.refuse_tab(place.start);
                }
                let items = Vec::new();
                self.open.push(match list {
                    true => Open::List { span, items },
                    false => Open::Map(OpenMap::new(span, !block)),
                });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let node = open.close(view.span(place.clone()));
                    self.put(node, place, false);
                }
            }
            Event::Anchor(..) if self.negated => {}
            Event::Anchor(..) => self.findings.push(faults::feature(
                view,
                place,
                "a YAML anchor has no place in these files",
                "leave it out, or put the text in quotes if it starts with `&`",
            )),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.findings.push(faults::feature(
                    view,
                    place.clone(),
                    "a YAML alias has no place in these files",
                    "write the value itself, or put the text in quotes if it starts with `*`",
                ));
                match self.open.last_mut() {
                    Some(Open::Map(OpenMap { key: key @ Key::Expected, .. })) => *key = Key::Refused,
                    _ => {
                        let node = self.scalar("", ScalarStyle::Plain, place.end..place.end);
                        self.put(node, place, false);
                    }
                }
            }
            _ => {}
        }
        Next::More
    }

    fn stop(&mut self, error: &granit_parser::ScanError) {
        let fault = faults::fault(error, self.view);
        let same_line = |other: &Diagnostic| {
            let line = self.view.line(error.marker().byte_offset().unwrap_or(0));
            let line = self.view.span(line);
            matches!(other.code, Code::YamlFeature | Code::NotInYaml)
                && other.span().is_some_and(|span| line.start <= span.start && span.start <= line.end)
        };
        if !self.findings.last().is_some_and(same_line) {
            self.findings.push(fault);
        }
    }

    /// A scalar behind a tag. `!pregnant` was meant as `not(pregnant)`: say so, and read on with `pregnant`.
    fn tagged(&mut self, text: &str, style: ScalarStyle, place: Range<usize>, tag: Range<usize>) -> Node {
        let view = self.view;
        let whole = tag.start..place.end.max(tag.end);
        self.negated = faults::is_plain_tag(&view.text[whole.clone()]);
        if !self.negated {
            self.findings.push(faults::tag(view, tag));
            return self.scalar(text, style, place);
        }
        self.findings.push(faults::not_in_yaml(view, whole.clone()));
        if style != ScalarStyle::Plain {
            return self.scalar(text, style, place);
        }
        let rest = &view.text[whole.start + 1..whole.end];
        let start = whole.end - rest.trim_start().len();
        self.plain(start..whole.end)
    }

    fn scalar(&self, text: &str, style: ScalarStyle, place: Range<usize>) -> Node {
        let view = self.view;
        let inside = place.start + 1..place.end.saturating_sub(1).max(place.start + 1);
        let (decoded, style) = match style {
            ScalarStyle::Plain if place.is_empty() => (Decoded::default(), Style::Plain),
            ScalarStyle::Plain => (runs::flow(&view.text, place.clone(), Quotes::None), Style::Plain),
            ScalarStyle::SingleQuoted => (runs::flow(&view.text, inside, Quotes::Single), Style::Quoted),
            ScalarStyle::DoubleQuoted => (runs::flow(&view.text, inside, Quotes::Double), Style::Quoted),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let text = text.trim_end_matches('\n').to_string();
                let runs = runs::block(&view.text, place.clone(), &text);
                (Decoded { text, runs }, Style::Block)
            }
        };
        if style == Style::Plain && place.is_empty() || style == Style::Block || decoded.text == text {
            return self.node(decoded, style, place);
        }
        let decoded = Decoded { text: text.to_string(), runs: vec![(0, place.start)] };
        self.node(decoded, style, place)
    }

    fn plain(&self, place: Range<usize>) -> Node {
        let decoded = runs::flow(&self.view.text, place.clone(), Quotes::None);
        self.node(decoded, Style::Plain, place)
    }

    fn node(&self, decoded: Decoded, style: Style, place: Range<usize>) -> Node {
        let view = self.view;
        let place = match style {
            Style::Block => place.start..place.start + view.text[place.clone()].trim_end().len(),
            _ => place,
        };
        let cuts = style == Style::Plain && !place.is_empty() && view.text[place.end..].starts_with(" #");
        let comment = cuts.then(|| {
            let end = view.line(place.end).end;
            let length = view.text[place.end..end].trim_end().len();
            view.span(place.end + 1..place.end + length)
        });
        Node {
            span: view.span(place),
            kind: Kind::Scalar(Scalar { runs: view.runs(&decoded), text: decoded.text, style, comment }),
        }
    }

    /// Puts a value that has been read where it belongs.
    fn put(&mut self, node: Node, place: Range<usize>, plain: bool) {
        self.values += 1;
        match self.open.last_mut() {
            None => self.root = self.root.take().or(Some(node)),
            Some(Open::List { span, items }) => {
                *span = span.to(node.span);
                items.push(node);
            }
            Some(Open::Map(map)) => match std::mem::take(&mut map.key) {
                Key::Expected => self.key(node, place),
                Key::Refused => {}
                Key::Read(key, key_span) => {
                    map.span = map.span.to(node.span);
                    map.last_plain = plain.then_some(place);
                    map.entries.push(Entry { key, key_span, value: node });
                }
            },
        }
    }

    fn key(&mut self, node: Node, place: Range<usize>) {
        let view = self.view;
        if !matches!(self.open.last(), Some(Open::Map(map)) if map.braces) {
            self.refuse_tab(place.start);
        }
        let Some(Open::Map(map)) = self.open.last_mut() else {
            return;
        };
        map.span = map.span.to(node.span);
        map.key = Key::Refused;
        let style = node.scalar().map(|scalar| scalar.style);
        let Kind::Scalar(Scalar { text, .. }) = node.kind else {
            self.findings.push(
                Diagnostic::error(Code::WrongShape, "a key must be a text")
                    .at(node.span, "a list or a map stands here")
                    .note("nothing can be looked up under such a key")
                    .help("write a single word before the colon"),
            );
            return;
        };
        let lone = map.braces && !view.text[place.end..].trim_start().starts_with(':');
        if text.is_empty() && style == Some(Style::Plain) && !lone {
            self.findings.push(
                Diagnostic::error(Code::BadYaml, "a value has no key")
                    .at(node.span, "a key is missing before the colon")
                    .note("nothing can be looked up without a key")
                    .help("write `key: value`"),
            );
        } else if lone {
            self.cut_by_comma(place, &text);
        } else if text == "<<" && style == Some(Style::Plain) {
            self.findings.push(faults::feature(
                view,
                place,
                "a merge key has no place in these files",
                "write the entries themselves",
            ));
        } else if let Some(first) = map.seen.get(&text) {
            self.findings.push(super::node::repeated_key(&text, node.span, *first));
        } else {
            map.seen.insert(text.clone(), node.span);
            map.key = Key::Read(text, node.span);
        }
    }

    /// An entry in braces without a colon: the rest of the value before it. The value is made whole again.
    fn cut_by_comma(&mut self, place: Range<usize>, text: &str) {
        let view = self.view;
        let Some(Open::Map(map)) = self.open.last_mut() else {
            return;
        };
        let reported = map.cut.replace(map.entries.len()) == Some(map.entries.len());
        let whole = map.last_plain.clone().map(|last| last.start..place.end);
        let whole = whole.filter(|whole| whole.len() <= LONGEST_REPAIR);
        map.last_plain.clone_from(&whole);
        let value = whole.clone().map(|whole| self.plain(whole));
        if !reported {
            let message = format!("`{}` stands in braces without a value", prose::visible(text));
            let mut finding = Diagnostic::error(Code::CommaInBraces, message)
                .at(view.span(place), "no colon and value follow")
                .note("inside `{ }` a comma starts the next entry, so it cuts texts and calls");
            if let Some(whole) = whole {
                finding = finding.at(view.span(whole), "was this meant to be one value?");
            }
            let number = value.as_ref().and_then(Node::text).and_then(prose::dot_for_comma);
            self.findings.push(finding.help(match number {
                Some(number) => format!("write a dot, not a comma: `{number}`"),
                None => "write the entry on its own line, or put its value in quotes".to_string(),
            }));
        }
        if let (Some(Open::Map(map)), Some(value)) = (self.open.last_mut(), value)
            && let Some(last) = map.entries.last_mut()
        {
            last.value = value;
        }
    }

    /// Says so when a tab stands before what starts a line.
    fn refuse_tab(&mut self, at: usize) {
        let before = &self.view.text[..at];
        let indent = before.trim_end_matches([' ', '\t']).len();
        let starts_line = indent == 0 || before[..indent].ends_with(['\n', '\r']);
        if let Some(tab) = before[indent..].find('\t').filter(|_| starts_line) {
            let place = indent + tab..indent + tab + 1;
            self.findings.push(faults::tab(self.view, place));
        }
    }
}
