//! The book as Markdown, for repositories and reviews. It says what the page says; drawings are their words.

use super::model::{Block, Document, Entry, Figure, Row, Section, Span, Table, Text};
use crate::report::diff_markdown;

/// A text without signs of its own. A colon before a space links nothing and stays as it is.
fn plain(text: &str) -> String {
    let plain = diff_markdown::plain(text).replace("&#58; ", ": ");
    match plain.strip_suffix("&#58;") {
        Some(rest) => format!("{rest}:"),
        None => plain,
    }
}

/// The text.
pub fn text(document: &Document) -> String {
    let mut out = format!("# {}\n", plain(&document.title));
    for line in document.alarms.iter().chain(&document.lead) {
        out += &format!("\n{}\n", words(line));
    }
    out += &format!("\n{}\n\n## Contents\n\n", plain(&document.running));
    contents(&document.sections, 0, &mut out);
    for one in &document.sections {
        section(one, 2, &mut out);
    }
    out
}

fn contents(sections: &[Section], indent: usize, out: &mut String) {
    for one in sections {
        *out += &format!("{}- [{}](#{})\n", "  ".repeat(indent), plain(&one.title), one.anchor);
        if one.sections.iter().any(|inner| !inner.sections.is_empty()) {
            contents(&one.sections, indent + 1, out);
        }
    }
}

fn section(one: &Section, level: usize, out: &mut String) {
    *out += &format!("\n{} {}{}\n", signs(level), mark(&one.anchor), plain(&one.title));
    for block in &one.blocks {
        self::block(block, level + 1, out);
    }
    for inner in &one.sections {
        section(inner, level + 1, out);
    }
}

fn signs(level: usize) -> String {
    "#".repeat(level.min(6))
}

fn mark(anchor: &str) -> String {
    format!("<a id=\"{anchor}\"></a>")
}

fn block(block: &Block, level: usize, out: &mut String) {
    match block {
        Block::Paragraph(text) => *out += &format!("\n{}\n", words(text)),
        Block::List { numbered, items } => list(*numbered, items, out),
        Block::Entry(one) => entry(one, level, out),
        Block::Table(one) => table(one, out),
        Block::Figure(one) => figure(one, out),
    }
}

fn list(numbered: bool, items: &[Text], out: &mut String) {
    out.push('\n');
    for (at, item) in items.iter().enumerate() {
        let sign = if numbered { format!("{}.", at + 1) } else { "-".to_string() };
        *out += &format!("{sign} {}\n", words(item));
    }
}

fn entry(one: &Entry, level: usize, out: &mut String) {
    *out += &format!("\n{} {}{}", signs(level), mark(&one.anchor), words(&one.title));
    if let Some(outcome) = one.outcome {
        *out += &format!(": {}", outcome.phrase());
    }
    if let Some(place) = &one.place {
        *out += &at(&place.at);
    }
    *out += "\n\n";
    one.rows.iter().for_each(|row| self::row(row, out));
}

fn row(row: &Row, out: &mut String) {
    match &row.says[..] {
        [one] => *out += &format!("- {}: {}\n", row.label, words(one)),
        several => {
            *out += &format!("- {}:\n", row.label);
            several.iter().for_each(|says| *out += &format!("  - {}\n", words(says)));
        }
    }
}

fn table(table: &Table, out: &mut String) {
    *out += &format!("\n{}:\n\n| {} |\n|", plain(&table.caption), table.columns.join(" | "));
    *out += &"---|".repeat(table.columns.len());
    out.push('\n');
    for cells in &table.rows {
        let cells: Vec<String> = cells.iter().map(words).collect();
        *out += &format!("| {} |\n", cells.join(" | "));
    }
}

fn figure(figure: &Figure, out: &mut String) {
    *out += &format!("\n{}{}:\n", mark(&figure.anchor), plain(&figure.title));
    list(true, &figure.says, out);
}

/// A place, small and in words that nothing is made of.
fn at(place: &str) -> String {
    format!(" <sub>{}</sub>", plain(place).replace("&#58;", ":"))
}

fn words(text: &Text) -> String {
    let mut out = String::new();
    for span in &text.0 {
        match span {
            Span::Words(words) => out += &plain(words),
            Span::Strong(words) => out += &format!("**{}**", plain(words.trim_end())),
            Span::Code(code) => out += &format!("<code>{}</code>", plain(code)),
            Span::Outcome(outcome) => out += &format!("**{}**", outcome.phrase()),
            Span::Link { to, says } => out += &format!("[{}](#{to})", plain(says)),
            Span::Place(place) => out += &at(&place.at),
            Span::Mark(anchor) => out += &mark(anchor),
        }
    }
    out
}
