//! Where something stands in the texts that were read: byte ranges, lines and columns.

use std::ops::Range;

/// Names one text of a [`Texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextId(u32);

/// A byte range in one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text the range lies in.
    pub text: TextId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `text`. Texts are far shorter than 4 GiB: see [`Texts::add`].
    pub fn new(text: TextId, range: Range<usize>) -> Span {
        Span { text, start: range.start as u32, end: range.end as u32 }
    }

    /// The bytes as a range that slices the text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The smallest span that holds both; `other` must lie in the same text.
    pub fn to(self, other: Span) -> Span {
        Span { text: self.text, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A line and column, both counted from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// One text that was read, with its name as a person would say it (`facts.yaml`).
#[derive(Debug, Clone)]
pub struct Text {
    /// Path relative to the rules folder, or as given on the command line.
    pub name: String,
    /// The folder that the name is relative to, as whoever asked named it.
    root: String,
    /// The text as read; a leading byte order mark is kept, so that offsets are those of the file.
    pub content: String,
    line_starts: Vec<u32>,
    /// How many lines of the file stand before the text, if it is a piece of a longer one.
    pub lines_before: u32,
}

impl Text {
    /// Where the text lies for whoever asked. A name that is a whole path stays one.
    pub fn path(&self) -> String {
        match self.root.trim_end_matches('/') {
            _ if self.name.starts_with('/') => self.name.clone(),
            "" if self.root.starts_with('/') => format!("/{}", self.name),
            "" => self.name.clone(),
            root => format!("{root}/{}", self.name),
        }
    }

    /// How many line breaks of the text stand before an offset.
    pub fn breaks_before(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|start| *start <= offset) - 1
    }
}

/// Every text that was read in one run.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    texts: Vec<Text>,
}

impl Texts {
    /// An empty collection.
    pub fn new() -> Texts {
        Texts::default()
    }

    /// Keeps `content` under `name`. The caller bounds its size well below 4 GiB.
    pub fn add(&mut self, name: impl Into<String>, content: String) -> TextId {
        let breaks = memchr::memchr_iter(b'\n', content.as_bytes());
        let line_starts = std::iter::once(0).chain(breaks.map(|at| at as u32 + 1)).collect();
        self.texts.push(Text {
            name: name.into(),
            root: String::new(),
            content,
            line_starts,
            lines_before: 0,
        });
        TextId(self.texts.len() as u32 - 1)
    }

    /// The same for a piece of a longer text that starts after so many lines.
    pub fn add_piece(&mut self, name: impl Into<String>, content: String, lines_before: u32) -> TextId {
        let id = self.add(name, content);
        self.texts[id.0 as usize].lines_before = lines_before;
        id
    }

    /// Tells in which folder the names of these texts are to be looked for.
    pub fn lie_under(&mut self, root: &str) {
        self.texts.iter_mut().for_each(|text| text.root = root.to_string());
    }

    /// The text named by `id`.
    pub fn get(&self, id: TextId) -> &Text {
        &self.texts[id.0 as usize]
    }

    /// Every text with its name for spans, in the order in which they were read.
    pub fn all(&self) -> impl Iterator<Item = (TextId, &Text)> {
        self.texts.iter().enumerate().map(|(number, text)| (TextId(number as u32), text))
    }

    /// Where `span` starts and where it ends: just past its last character.
    pub fn ends(&self, span: Span) -> (Position, Position) {
        let end = Span { start: span.end.max(span.start), ..span };
        (self.position(span), self.position(end))
    }

    /// The line of the first character of `span`.
    pub fn line(&self, span: Span) -> u32 {
        let text = self.get(span.text);
        text.breaks_before(span.start) as u32 + 1 + text.lines_before
    }

    /// Line and column of the first character of `span`. A leading byte order mark has no column.
    pub fn position(&self, span: Span) -> Position {
        let text = self.get(span.text);
        let from = text.line_starts[text.breaks_before(span.start)] as usize;
        let before = &text.content.as_bytes()[from..(span.start as usize).min(text.content.len())];
        let before = before
            .strip_prefix(b"\xef\xbb\xbf")
            .filter(|_| from == 0 && text.lines_before == 0)
            .unwrap_or(before);
        let characters = String::from_utf8_lossy(before).chars().count();
        Position { line: self.line(span), column: characters as u32 + 1 }
    }

    /// `name:line`, as decisions cite a rule.
    pub fn line_reference(&self, span: Span) -> String {
        format!("{}:{}", self.get(span.text).name, self.line(span))
    }

    /// `name:line:column`, as findings cite a mistake.
    pub fn reference(&self, span: Span) -> String {
        let at = self.position(span);
        format!("{}:{}:{}", self.get(span.text).name, at.line, at.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_skip_the_byte_order_mark() {
        let mut texts = Texts::new();
        let id = texts.add("a.yaml", "\u{feff}é: x\r\nb: y\n".to_string());
        assert_eq!(texts.reference(Span::new(id, 3..5)), "a.yaml:1:1");
        assert_eq!(texts.reference(Span::new(id, 7..8)), "a.yaml:1:4");
        assert_eq!(texts.reference(Span::new(id, 10..11)), "a.yaml:2:1");
        // In the middle of a file it is a character like others.
        let id = texts.add_piece("a.csv", "\u{feff}x".to_string(), 4);
        assert_eq!(texts.reference(Span::new(id, 3..4)), "a.csv:5:2");
    }
}
