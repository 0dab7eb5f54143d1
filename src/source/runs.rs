//! Undoing quotes, escapes and folding while remembering which byte came from where.

use std::ops::Range;

/// A decoded text and where its pieces stand: pairs of (offset in the text, offset in the source).
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub text: String,
    pub runs: Vec<(usize, usize)>,
}

/// How a text inside a line is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    None,
    Single,
    Double,
}

impl Decoded {
    /// Where the next byte would come from, were it copied.
    fn next(&self) -> Option<usize> {
        let (text, source) = self.runs.last()?;
        Some(source + (self.text.len() - text))
    }

    fn start_at(&mut self, source: usize) {
        if self.next() != Some(source) {
            self.runs.push((self.text.len(), source));
        }
    }

    fn copy(&mut self, piece: &str, at: usize) {
        self.start_at(at);
        self.text.push_str(piece);
    }

    /// `piece` stands for `range` of the source, whose length may differ.
    fn replace(&mut self, piece: &str, range: Range<usize>) {
        self.start_at(range.start);
        self.text.push_str(piece);
        if piece.is_empty() {
            self.runs.push((self.text.len(), range.start));
        }
        self.start_at(range.end);
    }
}

/// Decodes a plain or quoted text; `range` excludes the quotes.
pub(super) fn flow(source: &str, range: Range<usize>, quotes: Quotes) -> Decoded {
    let mut decoded = Decoded::default();
    let mut at = range.start;
    decoded.start_at(at);
    while at < range.end {
        let rest = &source[at..range.end];
        let length = match rest.as_bytes()[0] {
            b' ' | b'\t' | b'\r' | b'\n' => blanks(&mut decoded, rest, at),
            b'\'' if quotes == Quotes::Single && rest.starts_with("''") => {
                decoded.replace("'", at..at + 2);
                2
            }
            b'\\' if quotes == Quotes::Double => {
                let (piece, length) = escape(rest);
                decoded.replace(&piece, at..at + length);
                length
            }
            _ => {
                let length = rest.find([' ', '\t', '\r', '\n', '\'', '\\']).unwrap_or(rest.len()).max(1);
                decoded.copy(&rest[..length], at);
                length
            }
        };
        at += length;
    }
    decoded
}

/// A stretch of blanks: kept inside a line; around line breaks folded to one space or to the empty lines.
fn blanks(decoded: &mut Decoded, rest: &str, at: usize) -> usize {
    let length = rest.find(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')).unwrap_or(rest.len());
    let stretch = &rest[..length];
    let breaks = stretch.matches('\n').count();
    match breaks {
        0 => decoded.copy(stretch, at),
        1 => decoded.replace(" ", at..at + length),
        _ => decoded.replace(&"\n".repeat(breaks - 1), at..at + length),
    }
    length
}

/// What a backslash at the start of `rest` stands for, and its length in the source.
fn escape(rest: &str) -> (String, usize) {
    let Some(letter) = rest[1..].chars().next() else {
        return ("\\".to_string(), 1);
    };
    let simple = |text: &str| (text.to_string(), 1 + letter.len_utf8());
    let digits = match letter {
        '0' => return simple("\0"),
        'a' => return simple("\u{7}"),
        'b' => return simple("\u{8}"),
        't' | '\t' => return simple("\t"),
        'n' => return simple("\n"),
        'v' => return simple("\u{b}"),
        'f' => return simple("\u{c}"),
        'r' => return simple("\r"),
        'e' => return simple("\u{1b}"),
        'N' => return simple("\u{85}"),
        '_' => return simple("\u{a0}"),
        'L' => return simple("\u{2028}"),
        'P' => return simple("\u{2029}"),
        '\r' | '\n' => {
            let line = &rest[1..];
            let line = line.strip_prefix('\r').unwrap_or(line);
            let line = line.strip_prefix('\n').unwrap_or(line);
            let length = rest.len() - line.trim_start_matches([' ', '\t']).len();
            return (String::new(), length);
        }
        'x' => 2,
        'u' => 4,
        'U' => 8,
        other => return simple(other.encode_utf8(&mut [0; 4])),
    };
    let first = hex(rest, 2, digits);
    let low = hex(rest, 8, 4).filter(|_| rest.get(6..8) == Some("\\u"));
    match (first, low) {
        (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) if digits == 4 => {
            let joined = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(joined).into_iter().collect(), 12)
        }
        (Some(value), _) => (char::from_u32(value).into_iter().collect(), 2 + digits),
        (None, _) => (String::new(), 2),
    }
}

fn hex(rest: &str, at: usize, digits: usize) -> Option<u32> {
    u32::from_str_radix(rest.get(at..at + digits)?, 16).ok()
}

/// Finds where each line of a block text stands: `range` of the source holds its lines, `text` is the decoded text.
pub(super) fn block(source: &str, range: Range<usize>, text: &str) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let (mut at, mut read) = (range.start, 0);
    for line in source[range].split_inclusive('\n') {
        let content = line.trim_end_matches(['\r', '\n']).trim_start_matches(' ');
        let indent = line.len() - line.trim_start_matches(' ').len();
        if !content.is_empty() {
            let rest = &text[read..];
            read += rest.len() - rest.trim_start_matches([' ', '\n']).len();
            if !text[read..].starts_with(content) {
                break;
            }
            runs.push((read, at + indent));
            read += content.len();
        }
        at += line.len();
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_folds_keep_their_places() {
        let source = "x\\u00e9 \\\n  y\n  z";
        let decoded = flow(source, 0..source.len(), Quotes::Double);
        assert_eq!(decoded.text, "x\u{e9} y z");
        assert_eq!(decoded.runs, [(0, 0), (3, 7), (4, 8), (4, 12), (6, 16)]);
    }

    #[test]
    fn surrogates_and_broken_escapes_do_not_panic() {
        for (source, text) in [
            ("\\uD834\\uDD1E", "\u{1d11e}"),
            ("\\uD834", ""),
            ("\\u12", "12"),
            ("\\", "\\"),
            ("\\x\u{e9}\u{e9}", "\u{e9}\u{e9}"),
        ] {
            assert_eq!(flow(source, 0..source.len(), Quotes::Double).text, text);
        }
    }

    #[test]
    fn folded_lines_are_found_in_the_source() {
        let source = "a &&\n  b\n\n  c\n";
        assert_eq!(block(source, 0..source.len(), "a && b\nc"), [(0, 0), (5, 7), (7, 12)]);
    }
}
