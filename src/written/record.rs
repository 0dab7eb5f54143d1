//! Client records as written: which facts are answered and by whom, the answers themselves still text.

use std::collections::BTreeMap;

use super::diags::Finding;
use super::fields::{Fields, Words, words};
use crate::diagnostic::{Code, Diagnostic};
use crate::prose;
use crate::source::csv::{Cell, Row};
use crate::source::{Entry, Kind, Node, Scalar, Style};
use crate::span::Span;
use crate::suggest;

/// One client's record.
#[derive(Debug, Clone)]
pub struct Record {
    /// The start of the record.
    pub span: Span,
    /// Who it is about.
    pub client: Option<Words>,
    /// The day asked about.
    pub visit: Option<Words>,
    /// When answers without a date of their own were given.
    pub answered_on: Option<Words>,
    /// The answers, by fact, in order.
    pub facts: Vec<Answered>,
    /// What clinicians decided about this client.
    pub reviews: Vec<Review>,
    /// Cells that hold the day of an answer: CSV's `fact.on`.
    pub dated: Vec<(String, Words)>,
}

/// What stands behind one fact.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The fact as named in the record, perhaps with an option: `acne_medications.isotretinoin`.
    pub fact: String,
    /// Where the name stands.
    pub span: Span,
    /// The answer as written.
    pub value: Node,
}

/// `{rule: ..., says: go ahead, by: ..., on: ..., good_for: ..., meaning: ...}`
#[derive(Debug, Clone)]
pub struct Review {
    /// Where it stands.
    pub span: Span,
    /// The rule reviewed.
    pub rule: Option<Words>,
    /// The verdict.
    pub says: Option<Words>,
    /// Who decided.
    pub by: Option<Words>,
    /// When.
    pub on: Option<Words>,
    /// How long it counts.
    pub good_for: Option<Words>,
    /// The meaning of the rule at the time.
    pub meaning: Option<Words>,
}

/// The records in a YAML or JSON value: one map, or a list of them.
pub fn records(node: &Node) -> Vec<&Node> {
    match &node.kind {
        Kind::List(items) => items.iter().collect(),
        _ => vec![node],
    }
}

/// Reads one record.
pub fn from_node(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Record> {
    let start = Span { end: node.span.start, ..node.span };
    let mut fields = Fields::of(node, node.span, "a client record", out)?;
    let mut blank = |key: &'static str, out: &mut Vec<Diagnostic>| {
        let entry = fields.entry(key)?;
        if entry.value.is_empty() { None } else { words(&entry.value, key, entry.key_span, out) }
    };
    let (client, visit, answered_on) = (blank("client", out), blank("visit", out), blank("answered_on", out));
    let mut facts = Vec::new();
    match fields.entry("facts") {
        Some(Entry { value: Node { kind: Kind::Map(entries), .. }, .. }) => {
            let answered = entries.iter().map(|e| Answered {
                fact: e.key.clone(),
                span: e.key_span,
                value: e.value.clone(),
            });
            facts.extend(answered);
        }
        Some(entry) if entry.value.is_empty() => {}
        Some(entry) => {
            let found = entry.value.shape();
            out.push(
                Finding::WrongShape { span: entry.value.span, what: "facts", wanted: "a map", found }.into(),
            );
        }
        None => {}
    }
    let mut reviews = Vec::new();
    if let Some(entry) = fields.entry("reviews") {
        match &entry.value.kind {
            Kind::List(items) => reviews.extend(items.iter().filter_map(|item| review(item, out))),
            _ if entry.value.is_empty() => {}
            _ => {
                let found = entry.value.shape();
                out.push(
                    Finding::WrongShape { span: entry.value.span, what: "reviews", wanted: "a list", found }
                        .into(),
                );
            }
        }
    }
    fields.finish(out);
    Some(Record { span: start, client, visit, answered_on, facts, reviews, dated: Vec::new() })
}

pub(super) fn review(node: &Node, out: &mut Vec<Diagnostic>) -> Option<Review> {
    let mut fields = Fields::of(node, node.span, "a review", out)?;
    let review = Review {
        span: node.span,
        rule: fields.required("rule", "a review is of one rule", out),
        says: fields.required("says", "it is what the clinician decided", out),
        by: fields.required("by", "a review is a person's", out),
        on: fields.required("on", "a review counts for a time", out),
        good_for: fields.required("good_for", "a review counts for a time", out),
        meaning: fields.words("meaning", out),
    };
    fields.finish(out);
    Some(review)
}

/// Reads one row of a CSV file. `ignored` are columns that are no answers.
pub fn from_row(columns: &[Cell], row: &Row, ignored: &[String]) -> Result<Record, Diagnostic> {
    let cells = row.cells.as_ref().map_err(Clone::clone)?;
    let mut record = Record {
        span: Span { end: row.span.start, ..row.span },
        client: None,
        visit: None,
        answered_on: None,
        facts: Vec::new(),
        reviews: Vec::new(),
        dated: Vec::new(),
    };
    let mut seen = BTreeMap::new();
    for (column, cell) in columns.iter().zip(cells) {
        let text = cell.text.trim();
        let name = column.text.trim();
        if text.is_empty() || ignored.iter().any(|other| other == name) {
            continue;
        }
        let words = Words { text: text.to_string(), span: cell.span };
        if let Some(first) = seen.insert(name, cell.span) {
            return Err(answered_twice(name, cell.span, first));
        }
        match name {
            "client" => record.client = Some(words),
            "visit" => record.visit = Some(words),
            "answered_on" => record.answered_on = Some(words),
            _ => match name.strip_suffix(".on") {
                Some(fact) => record.dated.push((fact.to_string(), words)),
                None => {
                    let answered = Answered {
                        fact: name.to_string(),
                        span: column.span,
                        value: answer_node(text, cell.span),
                    };
                    record.facts.push(answered);
                }
            },
        }
    }
    Ok(record)
}

/// Two columns of one name, and both are filled.
fn answered_twice(name: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error(Code::BadRecord, format!("two columns answer `{name}`"))
        .at(again, "again here")
        .at(first, "first here")
        .note("which of them counts cannot be told, so this client is not decided")
        .help("keep one of the columns")
}

/// An answer in a cell as the node it would be in YAML: `a|b` a list, `25..40` a range.
pub fn answer_node(text: &str, span: Span) -> Node {
    let scalar = |text: &str| Node {
        span,
        kind: Kind::Scalar(Scalar {
            text: text.trim().to_string(),
            style: Style::Plain,
            runs: Vec::new(),
            comment: None,
        }),
    };
    if text.contains('|') {
        let items = text.split('|').filter(|item| !item.trim().is_empty()).map(scalar).collect();
        return Node { span, kind: Kind::List(items) };
    }
    if let Some((low, high)) = text.split_once("..") {
        let bounds = [("at_least", low), ("at_most", high)];
        let entries = bounds
            .into_iter()
            .filter(|(_, bound)| !bound.trim().is_empty())
            .map(|(key, bound)| Entry { key: key.to_string(), key_span: span, value: scalar(bound) })
            .collect();
        return Node { span, kind: Kind::Map(entries) };
    }
    scalar(text)
}

/// A record that is no record at all.
pub fn unreadable(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::BadRecord, message)
        .at(span, "")
        .help("a record is a map with `client`, `visit` and `facts`")
}

/// A CSV column whose cells are not read: one finding for all of them.
fn unread_column(column: &Cell, what: &str) -> Diagnostic {
    Diagnostic::error(Code::UnknownFact, format!("the column `{}` is no {what}", column.text.trim()))
        .at(column.span, "")
        .note("its answers would be lost; the clients below are decided without them")
}

/// A CSV column that names a fact and none of its options.
pub fn unknown_option_column(column: &Cell, fact: &str, options: &[String]) -> Diagnostic {
    let found = unread_column(column, &format!("option of `{fact}`"));
    let name = column.text.trim();
    let option = name.split_once('.').map_or("", |(_, option)| option);
    match suggest::nearest(option, options.iter().map(String::as_str)) {
        Some(near) => found.help(format!("did you mean `{fact}.{near}`?")),
        None if options.is_empty() => {
            found.help(format!("`{fact}` has no options: call the column `{fact}`"))
        }
        None => found.help(format!("its options are {}", prose::list(options, "and"))),
    }
}

/// A cell whose dot may part thousands, as some countries write them in tables with semicolons; `None` if it can
/// mean one number only.
pub fn grouped_number(cell: &Cell) -> Option<Diagnostic> {
    let grouped = |text: &&str| {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        text.trim().split_once('.').is_some_and(|(thousands, rest)| {
            (1..=3).contains(&thousands.len())
                && !thousands.starts_with('0')
                && digits(thousands)
                && rest.len() == 3
                && digits(rest)
        })
    };
    let text = cell.text.split("..").find(grouped)?.trim();
    let whole = text.replace('.', "");
    let found = Diagnostic::error(Code::BadAnswer, format!("`{text}` may mean {whole} or a decimal number"))
        .at(cell.span, "")
        .note("in a table with semicolons a dot may part thousands");
    Some(found.help(format!("write `{whole}` for the one, `{text}0` for the other")))
}

/// A CSV column that is no fact.
pub fn unknown_column<'k>(column: &Cell, known: impl Iterator<Item = &'k str>) -> Diagnostic {
    let found = unread_column(column, "fact");
    let name = column.text.trim();
    let known = known.chain(["client", "visit", "answered_on"]);
    match suggest::nearest(name, known) {
        Some(near) if near == name.to_lowercase() => {
            found.help(format!("write `{near}`: the names of columns are in small letters"))
        }
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("if it holds no answers, list it under `ignore_columns` in clinic.yaml"),
    }
}
