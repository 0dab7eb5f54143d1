//! A script's text: places in it, where its functions stand, and what stands outside of them.

use rhai::Position;

use crate::span::{Span, TextId, Texts};

/// The text of one script.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: TextId,
    content: String,
}

impl Source {
    pub(super) fn new(path: &str, text: TextId, texts: &Texts) -> Source {
        Source { path: path.to_string(), text, content: texts.get(text).content.clone() }
    }

    /// The text as the compiler gets it: without a byte order mark.
    pub(super) fn code(&self) -> &str {
        self.content.strip_prefix('\u{feff}').unwrap_or(&self.content)
    }

    fn skipped(&self) -> usize {
        self.content.len() - self.code().len()
    }

    /// `range` of [`Source::code`] as a place in the text.
    pub(super) fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.text, range.start + self.skipped()..range.end + self.skipped())
    }

    /// The word or sign at a position; `None` where the compiler names none.
    pub(super) fn at(&self, position: Position) -> Option<Span> {
        let (line, column) = (position.line()?, position.position().unwrap_or(1).max(1));
        let code = self.code();
        let start_of_line = match line {
            1 => 0,
            _ => code.match_indices('\n').nth(line - 2).map_or(code.len(), |(at, _)| at + 1),
        };
        let rest = &code[start_of_line..];
        let offset = rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at);
        let start = (start_of_line + offset).min(code.len());
        let word =
            code[start..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(code.len() - start);
        let one = code[start..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
        Some(self.span(start..start + word.max(one)))
    }

    /// `page/risk.rhai:3:14`
    pub(super) fn reference(&self, span: Span) -> String {
        let before = &self.content[..(span.start as usize).min(self.content.len())];
        let line = before.matches('\n').count() + 1;
        let last = before.rsplit('\n').next().unwrap_or("");
        format!("{}:{line}:{}", self.path, last.trim_start_matches('\u{feff}').chars().count() + 1)
    }

    /// Where the name of the function `name` stands, else the start of the text.
    pub(super) fn declaration(&self, name: &str) -> Span {
        let found = outline(self.code()).into_iter().find_map(|part| match part {
            Part::Function(range) if &self.code()[range.clone()] == name => Some(range),
            _ => None,
        });
        self.span(found.unwrap_or(0..0))
    }

    /// The first word outside of all functions, else the start of the text.
    pub(super) fn outside(&self) -> Span {
        let found = outline(self.code()).into_iter().find_map(|part| match part {
            Part::Outside(range) => Some(range),
            Part::Function(_) => None,
        });
        self.span(found.unwrap_or(0..0))
    }
}

/// A name of a function, or a word outside of all functions.
enum Part {
    Function(std::ops::Range<usize>),
    Outside(std::ops::Range<usize>),
}

/// What stands at the top of a script. It only finds places: the compiler decides what is refused.
fn outline(code: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut at, mut depth, mut heading, mut named) = (0, 0_usize, false, false);
    while let Some(next) = code[at..].chars().next() {
        let rest = &code[at..];
        let length = if next.is_whitespace() {
            next.len_utf8()
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            let length = token(rest);
            let word = &rest[..length];
            match word {
                "{" | "(" => depth += 1,
                "}" | ")" => {
                    depth = depth.saturating_sub(1);
                    heading &= word == ")" || depth > 0;
                }
                "fn" if depth == 0 => (heading, named) = (true, false),
                "private" if depth == 0 => {}
                _ if depth == 0 && heading && !named => {
                    parts.push(Part::Function(at..at + length));
                    named = true;
                }
                _ if depth == 0 => parts.push(Part::Outside(at..at + length)),
                _ => {}
            }
            length
        };
        at += length;
    }
    parts
}

/// The length of the text, word or sign that `rest` starts with.
fn token(rest: &str) -> usize {
    let first = rest.chars().next().unwrap_or(' ');
    if matches!(first, '"' | '`' | '\'') {
        let mut escaped = false;
        let end = rest.char_indices().skip(1).find(|(_, c)| {
            let ends = *c == first && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        return end.map_or(rest.len(), |(at, c)| at + c.len_utf8());
    }
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    word.max(first.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_behind_comments_texts_and_a_byte_order_mark() {
        let mut texts = Texts::new();
        let content =
            "\u{feff}// fn a() {\r\nfn b(x) { \"}\" + '{' }\n/* } */ private fn c() { 1 }\nlet é = 2;";
        let id = texts.add("p/s.rhai", content.to_string());
        let source = Source::new("p/s.rhai", id, &texts);
        let place = |span| (source.reference(span), texts.reference(span));
        for (span, expected) in [
            (source.declaration("b"), "p/s.rhai:2:4"),
            (source.declaration("c"), "p/s.rhai:3:20"),
            (source.outside(), "p/s.rhai:4:1"),
            (source.declaration("none"), "p/s.rhai:1:1"),
        ] {
            assert_eq!(place(span), (expected.to_string(), expected.to_string()));
        }
    }
}
