//! How one text is written: without quotes where that reads the same, else in one style of quotes.

use crate::source::{Scalar, Style, yaml};
use crate::span::Texts;

/// Longer lines are not made by putting a list or map in brackets on one line.
pub(super) const WIDTH: usize = 110;

/// What stands around words and means nothing there.
pub(super) const BLANK: [char; 5] = [' ', '\t', '\r', '\n', '\u{a0}'];

/// A text in the shape it is printed in.
pub(super) enum Shape {
    /// Its lines, each without its indentation.
    Lines(Vec<String>),
    /// `|` or `>` with its signs, and the lines of a block text.
    Block(String, Vec<String>),
}

/// A text that stands in a line of its own or behind a key. `source` is what its author wrote; `before` the text
/// of the file before that, for the sign that opens a block text.
pub(super) fn shape(scalar: &Scalar, source: &str, before: &str, after: &str) -> Shape {
    match scalar.style {
        Style::Plain => Shape::Lines(lines(source)),
        Style::Quoted => Shape::Lines(quoted(&scalar.text, source)),
        Style::Block => block(&scalar.text, source, before, after)
            .unwrap_or_else(|| Shape::Lines(vec![in_line(&scalar.text, false)])),
    }
}

/// The text on one line, in quotes if it needs them.
pub(super) fn in_line(text: &str, in_brackets: bool) -> String {
    if is_plain(text, in_brackets) { text.to_string() } else { quote(text) }
}

/// A text that stood in brackets, on one line. It may come to stand outside of them.
pub(super) fn out_of_brackets(scalar: &Scalar, source: &str) -> String {
    let plain = scalar.style == Style::Plain && !source.contains('\n');
    let word = scalar.text.starts_with(char::is_alphanumeric);
    match plain && (word || reads_as(&scalar.text, &scalar.text, &[])) {
        true => scalar.text.clone(),
        false => in_line(&scalar.text, false),
    }
}

/// Whether a text is an id, a number, a day or a few of them, so that it may stand in brackets.
pub(super) fn is_simple(text: &str) -> bool {
    let words = text.split(' ').count();
    let counted = words <= 3 || words <= 5 && text.contains(|c: char| c.is_ascii_digit());
    let sign = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | '-' | '/' | ':' | '+' | '%');
    counted && !text.is_empty() && !text.ends_with('.') && text.chars().all(sign)
}

fn quoted(text: &str, source: &str) -> Vec<String> {
    let written = lines(source);
    if written.len() == 1 {
        return vec![in_line(text, false)];
    }
    let inside: Vec<String> = lines(&source[1..source.len() - 1]);
    let starts_well = |line: &String| is_plain(line, false);
    let unchanged = inside.join(" ") == text && inside.iter().all(starts_well) && is_plain(text, false);
    match unchanged {
        true => inside,
        // A backslash at the end of a line joins it to the next, or keeps a space from being trimmed.
        false if reads_as(text, written[0].as_str(), &written[1..]) => in_one_style(written),
        false => vec![quote(text)],
    }
}

/// The lines of a quoted text in double quotes, where that changes nothing between them.
fn in_one_style(mut lines: Vec<String>) -> Vec<String> {
    let quotes = lines.iter().map(|line| line.matches('\'').count()).sum::<usize>();
    if lines[0].starts_with('\'') && quotes == 2 && !lines.iter().any(|line| line.contains(['"', '\\'])) {
        lines.iter_mut().for_each(|line| *line = line.replace('\'', "\""));
    }
    lines
}

/// Whether lines that start with `first` behind a key and go on beneath it are read as this text.
fn reads_as(text: &str, first: &str, lines: &[String]) -> bool {
    let mut content = format!("key: {first}\n");
    for line in lines {
        content.extend(["  ", line, "\n"]);
    }
    let (mut texts, mut findings) = (Texts::new(), Vec::new());
    let id = texts.add("a text", content);
    let node = yaml::read(&texts, id, &mut findings);
    findings.is_empty() && node.as_ref().and_then(|node| node.get("key")?.text()) == Some(text)
}

/// The lines of what an author wrote, without the spaces around them.
fn lines(source: &str) -> Vec<String> {
    source.split('\n').map(|line| line.trim_matches(BLANK).replace('\u{a0}', " ")).collect()
}

/// `None` if its lines cannot be told apart with certainty.
fn block(text: &str, source: &str, before: &str, after: &str) -> Option<Shape> {
    let start = before.rfind('\n')?;
    let indent = before[start + 1..].chars().count();
    let mut above = before[..start].rsplit('\n');
    let mut leading = 0;
    let opening = above.find(|line| {
        let blank = line.trim_matches(BLANK).is_empty();
        leading += usize::from(blank);
        !blank
    })?;
    let sign = opening.split(" #").next()?.split_whitespace().next_back()?;
    if !sign.starts_with(['|', '>']) || text.is_empty() {
        return None;
    }
    let rest = after.split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let whole = format!("{}{source}{rest}", " ".repeat(indent)).replace('\u{a0}', " ");
    let mut lines = vec![String::new(); leading];
    for line in whole.split('\n') {
        let line = line.trim_end_matches('\r');
        let spaces = line.len() - line.trim_start_matches(' ').len();
        lines.push(line[spaces.min(indent)..].to_string());
    }
    // A blank line at its end would be taken for one between two entries.
    let blank = lines.last().is_none_or(|line| line.trim().is_empty());
    let indented = lines.iter().find(|line| !line.is_empty()).is_some_and(|line| line.starts_with(' '));
    let count = if indented { "2" } else { "" };
    let strip = if sign.contains('-') { "-" } else { "" };
    let sign = format!("{}{count}{strip}", &sign[..1]);
    (!blank && reads_as(text, &sign, &lines)).then_some(Shape::Block(sign, lines))
}

/// Whether a text without quotes is read as itself here, and as a text by other readers of YAML.
fn is_plain(text: &str, in_brackets: bool) -> bool {
    let first_says_more = |c: char| "-?:,[]{}#&*!|>'\"%@`.=~<".contains(c);
    let brackets = |c: char| matches!(c, ',' | '[' | ']' | '{' | '}');
    let parts = |c: char| c.is_whitespace() || in_brackets && brackets(c);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let ends_key = sign == ':' && signs.peek().is_none_or(|next| parts(*next));
        let comment = sign.is_whitespace() && signs.peek() == Some(&'#');
        if ends_key || comment || must_be_escaped(sign) || in_brackets && brackets(sign) {
            return false;
        }
    }
    let same = text.trim() == text && !text.is_empty() && !text.starts_with(first_says_more);
    same && !means_more(text)
}

/// Whether other readers of YAML take the text for a truth value, nothing, a number or a day. Such texts stay
/// in quotes if their author put them there.
fn means_more(text: &str) -> bool {
    const WORDS: [&str; 9] = ["yes", "no", "on", "off", "true", "false", "null", "y", "n"];
    let number = |c: char| c.is_ascii_hexdigit() || "+-.:_oOxXtTzZ ".contains(c);
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        || text.starts_with(|c: char| c.is_ascii_digit() || c == '+') && text.chars().all(number)
}

fn must_be_escaped(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{a0}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The text in double quotes; in single quotes where that saves the escapes.
fn quote(text: &str) -> String {
    if text.contains(['"', '\\']) && !text.contains(must_be_escaped) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            _ if must_be_escaped(c) => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            _ => quoted.push(c),
        }
    }
    quoted + "\""
}
