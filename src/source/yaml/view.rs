//! The text as the YAML parser gets to see it, and the way back to the file.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostic::{Code, Diagnostic};
use crate::limits::LINE;
use crate::source::runs::Decoded;
use crate::span::{Span, TextId, Texts};

const NO_BREAK_SPACE: &str = "\u{a0}";

/// A text without its byte order mark and with ordinary spaces for no-break ones.
pub(super) struct View<'t> {
    pub text: Cow<'t, str>,
    id: TextId,
    /// Offset in the file of the first byte of `text`.
    first: usize,
    /// Where in `text` a no-break space, one byte longer in the file, was replaced.
    replaced: Vec<usize>,
}

impl<'t> View<'t> {
    /// The view of a text, or nothing and a finding when it holds what no text should.
    pub fn new(texts: &'t Texts, id: TextId, findings: &mut Vec<Diagnostic>) -> Option<View<'t>> {
        let content = texts.get(id).content.as_str();
        let body = content.strip_prefix('\u{feff}').unwrap_or(content);
        let first = content.len() - body.len();
        if let Some(finding) = unreadable(body, first, id) {
            findings.push(finding);
            return None;
        }
        let replaced = body
            .match_indices(NO_BREAK_SPACE)
            .enumerate()
            .map(|(earlier, (at, _))| at - earlier)
            .collect::<Vec<_>>();
        let text = if replaced.is_empty() {
            Cow::Borrowed(body)
        } else {
            Cow::Owned(body.replace(NO_BREAK_SPACE, " "))
        };
        Some(View { text, id, first, replaced })
    }

    fn offset(&self, at: usize) -> usize {
        self.first + at + self.replaced.partition_point(|replaced| *replaced < at)
    }

    /// The place in the file of a range of the view.
    pub fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.id, self.offset(range.start)..self.offset(range.end))
    }

    /// The one character at `at`, or the empty place at the end of the text.
    pub fn character(&self, at: usize) -> Range<usize> {
        let at = self.floor(at);
        at..at + self.text[at..].chars().next().map_or(0, char::len_utf8)
    }

    /// The line around `at`, without its break.
    pub fn line(&self, at: usize) -> Range<usize> {
        let at = self.floor(at);
        let start = self.text[..at].rfind('\n').map_or(0, |before| before + 1);
        let end = self.text[at..].find(['\r', '\n']).map_or(self.text.len(), |length| at + length);
        start..end
    }

    fn floor(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// Runs of the view as runs of the file, split where a no-break space was longer.
    pub fn runs(&self, decoded: &Decoded) -> Vec<(u32, u32)> {
        let mut runs = Vec::with_capacity(decoded.runs.len());
        for (index, &(text, at)) in decoded.runs.iter().enumerate() {
            let next = decoded.runs.get(index + 1);
            let length = next.map_or(decoded.text.len(), |next| next.0) - text;
            runs.push((text as u32, self.offset(at) as u32));
            let from = self.replaced.partition_point(|replaced| *replaced < at);
            for replaced in self.replaced[from..].iter().take_while(|r| **r < at + length) {
                let after = replaced + 1;
                runs.push(((text + after - at) as u32, self.offset(after) as u32));
            }
        }
        runs
    }
}

/// A control character or an endless line.
fn unreadable(body: &str, first: usize, id: TextId) -> Option<Diagnostic> {
    let bytes = body.as_bytes();
    let mut line_start = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let length = match byte {
            b'\n' => {
                line_start = at + 1;
                continue;
            }
            b'\t' => continue,
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => continue,
            0..=0x1f | 0x7f => 1,
            0xc2 if matches!(bytes.get(at + 1), Some(0x80..=0x84 | 0x86..=0x9f)) => 2,
            _ if at - line_start >= LINE => {
                let place = Span::new(id, first + line_start..first + line_start);
                return Some(
                    Diagnostic::error(Code::BadYaml, "a line is longer than 1 MiB")
                        .at(place, "this line")
                        .note("such a line was not written by hand, so nothing is read from this file")
                        .help("check that the right file was given, or break the line"),
                );
            }
            _ => continue,
        };
        let value = body[at..].chars().next().map_or(0, u32::from);
        let place = Span::new(id, first + at..first + at + length);
        return Some(
            Diagnostic::error(
                Code::BadYaml,
                format!("a control character (U+{value:04X}) stands in the text"),
            )
            .at(place, "here")
            .note("it is invisible and changes what is read, so nothing is read from this file")
            .help("delete it; it often comes with text copied from another program"),
        );
    }
    None
}
