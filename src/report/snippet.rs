//! The source lines a finding points at, made safe to show: what cannot be seen becomes visible, and every
//! place keeps its line and column. The renderer cuts long lines around the places.

use std::ops::Range;

use crate::diagnostic::Label;
use crate::prose;
use crate::span::{Span, Text};

/// Places further apart than this are shown apart.
const FAR_LINES: usize = 40;
const FAR_CHARACTERS: usize = 60;
/// So much of a line is given to the renderer behind its last place.
const MOST_BEHIND: usize = 1_000;
/// A place over more lines than this, or over longer ones, is shown by its first line.
const MOST_LINES: usize = 8;
/// More of one line than this is not underlined.
const MOST_CHARACTERS: usize = 70;

/// Neighbouring lines of one text with places in them.
pub(super) struct Excerpt {
    /// Number of the first line, from 1.
    pub first_line: usize,
    /// The lines as shown.
    pub source: String,
    /// For each place its range in `source` and the number of its label.
    pub places: Vec<(Range<usize>, usize)>,
}

#[derive(Clone)]
struct Place {
    label: usize,
    range: Range<usize>,
    first: usize,
    last: usize,
}

/// The excerpts of `text` for those of `labels` that lie in it, the one of the first label first.
pub(super) fn excerpts(text: &Text, labels: &[(usize, &Label)]) -> Vec<Excerpt> {
    let content = text.content.as_str();
    let mut places: Vec<Place> =
        labels.iter().map(|(number, label)| place(text, *number, label.span)).collect();
    places.sort_by_key(|place| (place.range.start, place.label));
    let mut groups: Vec<Vec<Place>> = Vec::new();
    for place in places {
        let near = |group: &&mut Vec<Place>| {
            let reached = group.iter().map(|other| other.last).max().unwrap_or_default();
            let first = group.iter().map(|other| other.range.start).min().unwrap_or_default();
            let between = content[first..place.range.start].chars().take(FAR_CHARACTERS + 1).count();
            place.first <= reached + FAR_LINES && (place.first > reached || between <= FAR_CHARACTERS)
        };
        match groups.last_mut().filter(near) {
            Some(group) => group.push(place),
            None => groups.push(vec![place]),
        }
    }
    let mut excerpts: Vec<Excerpt> =
        groups.iter().map(|group| excerpt(content, text.lines_before, group)).collect();
    excerpts.sort_by_key(|excerpt| excerpt.places.iter().map(|(_, label)| *label).min());
    excerpts
}

/// The span inside the text, on the edges of characters, and of a size that can be shown.
fn place(whole: &Text, label: usize, span: Span) -> Place {
    let content = whole.content.as_str();
    let mut start = (span.start as usize).min(content.len());
    while !content.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (span.end as usize).clamp(start, content.len());
    while !content.is_char_boundary(end) {
        end += 1;
    }
    // The break at the end of the last line is not worth a further line.
    end = start + content[start..end].trim_end_matches(['\n', '\r']).len();
    let text = &content[start..end];
    let long = |line: &str| line.chars().nth(MOST_CHARACTERS).is_some();
    let lines = text.bytes().filter(|byte| *byte == b'\n').take(MOST_LINES).count();
    if lines > 0 && (lines == MOST_LINES || text.lines().any(long)) {
        end = start + text.find(['\n', '\r']).unwrap_or(text.len());
    }
    let text = &content[start..end];
    if let (false, Some((at, _))) = (text.contains('\n'), text.char_indices().nth(MOST_CHARACTERS)) {
        end = start + at;
    }
    let [first, last] = [start, end].map(|at| whole.breaks_before(at as u32));
    Place { label, first, last, range: start..end }
}

fn excerpt(content: &str, lines_before: u32, places: &[Place]) -> Excerpt {
    let first = places.iter().map(|place| place.first).min().unwrap_or_default();
    let start = places.iter().map(|place| place.range.start).min().unwrap_or_default();
    let end = places.iter().map(|place| place.range.end).max().unwrap_or_default();
    let start = content[..start].rfind('\n').map_or(0, |before| before + 1);
    let end = content[end..].find('\n').map_or(content.len(), |length| end + length);
    // Whatever stands far behind the last place would not be shown, and may be of any length.
    let last = places.iter().map(|place| place.range.end).max().unwrap_or_default();
    let end = content[last..end].char_indices().nth(MOST_BEHIND).map_or(end, |(at, _)| last + at);
    // A byte order mark of a file has no column.
    let marked = start == 0 && lines_before == 0 && content.starts_with('\u{feff}');
    let mark = if marked { '\u{feff}'.len_utf8() } else { 0 };
    let start = (start + mark).min(end);
    let offset = |at: usize| shown(&content[start..at.max(start)]).len();
    let places = places.iter().map(|p| (offset(p.range.start)..offset(p.range.end), p.label)).collect();
    Excerpt { first_line: lines_before as usize + first + 1, source: shown(&content[start..end]), places }
}

/// The text with every character visible; a line break stays one.
fn shown(text: &str) -> String {
    let lines: Vec<String> =
        text.split('\n').map(|line| prose::visible(line.strip_suffix('\r').unwrap_or(line))).collect();
    lines.join("\n")
}
