//! A record as a tree of words, and as it is written in each format.

use std::fmt::Write;

use clearance::inside::book::Book;
use clearance::inside::source::{Kind, Node};

use crate::random::Random;

#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Word(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

pub fn word(text: impl Into<String>) -> Tree {
    Tree::Word(text.into())
}

pub fn map<const N: usize>(entries: [(&str, Tree); N]) -> Tree {
    Tree::Map(entries.into_iter().map(|(key, value)| (key.to_string(), value)).collect())
}

impl Tree {
    /// As it was read.
    pub fn of(node: &Node) -> Tree {
        match &node.kind {
            Kind::Scalar(scalar) => word(scalar.text.clone()),
            Kind::List(items) => Tree::List(items.iter().map(Tree::of).collect()),
            Kind::Map(entries) => {
                Tree::Map(entries.iter().map(|entry| (entry.key.clone(), Tree::of(&entry.value))).collect())
            }
        }
    }

    pub fn get(&self, key: &str) -> Option<&Tree> {
        let Tree::Map(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The same with one thing less, each in turn.
    pub fn smaller(&self) -> Vec<Tree> {
        let without = |len: usize, at: usize| (0..len).filter(move |other| *other != at);
        match self {
            Tree::Word(_) => Vec::new(),
            Tree::List(items) => {
                let fewer = (0..items.len())
                    .map(|at| Tree::List(without(items.len(), at).map(|at| items[at].clone()).collect()));
                let inside = items
                    .iter()
                    .enumerate()
                    .flat_map(|(at, item)| item.smaller().into_iter().map(move |other| (at, other)));
                let inside = inside.map(|(at, other)| {
                    let mut items = items.clone();
                    items[at] = other;
                    Tree::List(items)
                });
                fewer.filter(|list| *list != Tree::List(Vec::new())).chain(inside).collect()
            }
            Tree::Map(entries) => {
                let named = |at: &usize| !["client", "visit"].contains(&entries[*at].0.as_str());
                let fewer = (0..entries.len())
                    .filter(named)
                    .map(|at| Tree::Map(without(entries.len(), at).map(|at| entries[at].clone()).collect()));
                let inside = entries
                    .iter()
                    .enumerate()
                    .flat_map(|(at, (_, value))| value.smaller().into_iter().map(move |other| (at, other)));
                let inside = inside.map(|(at, other)| {
                    let mut entries = entries.clone();
                    entries[at].1 = other;
                    Tree::Map(entries)
                });
                fewer.chain(inside).collect()
            }
        }
    }

    /// On one line.
    pub fn yaml(&self) -> String {
        match self {
            Tree::Word(text) => quoted_if_odd(text),
            Tree::List(items) => format!("[{}]", joined(items.iter().map(Tree::yaml))),
            Tree::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| format!("{key}: {}", value.yaml()));
                format!("{{{}}}", joined(entries))
            }
        }
    }

    /// Numbers, yes and no stand now and then as JSON has them, and now and then as texts.
    pub fn json(&self, random: &mut Random) -> String {
        let quoted = |text: &str| serde_json::to_string(text).expect("a text");
        match self {
            Tree::Word(text) => {
                let bare = match text.as_str() {
                    "yes" => "true",
                    "no" => "false",
                    "unknown" => "null",
                    other => other,
                };
                let is_number = text.parse::<f64>().is_ok() && serde_json::from_str::<f64>(text).is_ok();
                let is_bare = is_number || bare != text;
                if is_bare && random.chance(2) { bare.to_string() } else { quoted(text) }
            }
            Tree::List(items) => format!("[{}]", joined(items.iter().map(|item| item.json(random)))),
            Tree::Map(entries) => {
                let entries =
                    entries.iter().map(|(key, value)| format!("{}: {}", quoted(key), value.json(random)));
                format!("{{{}}}", joined(entries))
            }
        }
    }

    /// The cells of a table's row by their columns; `None` if a table cannot say it.
    pub fn row(&self, book: &Book) -> Option<Vec<(String, String)>> {
        let Tree::Map(entries) = self else { return None };
        let mut cells = Vec::new();
        for (key, value) in entries {
            match (key.as_str(), value) {
                ("client" | "visit" | "answered_on", Tree::Word(text)) => {
                    cells.push((key.clone(), text.clone()))
                }
                ("facts", Tree::Map(facts)) => {
                    for (fact, answer) in facts {
                        cells.extend(columns(fact, answer)?);
                    }
                }
                _ => return None,
            }
        }
        let fine = |(column, cell): &(String, String)| has_column(book, column) && !cell.trim().is_empty();
        cells.iter().all(fine).then_some(cells)
    }
}

/// Whether a table may have this column: another one is said once, and its cells are not read.
fn has_column(book: &Book, column: &str) -> bool {
    let answer = column.strip_suffix(".on").unwrap_or(column);
    let (name, part) = answer.split_once('.').map_or((answer, None), |(name, part)| (name, Some(part)));
    let fact = book.facts.named(name).map(|id| book.facts.get(id));
    ["client", "visit", "answered_on"].contains(&column)
        || fact.is_some_and(|fact| {
            let known =
                |part| fact.option(part).is_some() || ["rest", "some", "answer", "from"].contains(&part);
            part.is_none_or(known)
        })
}

fn columns(fact: &str, answer: &Tree) -> Option<Vec<(String, String)>> {
    let column = |part: &str| format!("{fact}.{part}");
    let Tree::Map(entries) = answer else { return Some(vec![(fact.to_string(), cell(answer)?)]) };
    if let Some(text) = cell(answer) {
        return Some(vec![(fact.to_string(), text)]);
    }
    let Some(inner) = answer.get("answer") else {
        // A column of this name is about another answer.
        if entries.iter().any(|(key, _)| ["on", "from"].contains(&key.as_str())) {
            return None;
        }
        return entries.iter().map(|(key, value)| Some((column(key), cell(value)?))).collect();
    };
    let mut cells = Vec::new();
    for (key, value) in entries.iter().filter(|(key, _)| key != "answer") {
        match (key.as_str(), value) {
            ("on" | "from", Tree::Word(text)) => cells.push((column(key), text.clone())),
            _ => return None,
        }
    }
    match (cell(inner), answer.get("from")) {
        (Some(text), Some(_)) => cells.push((column("answer"), text)),
        (_, Some(_)) => return None,
        (_, None) => cells.extend(columns(fact, inner)?),
    }
    Some(cells)
}

/// What stands in one cell.
fn cell(answer: &Tree) -> Option<String> {
    match answer {
        Tree::Word(text) => Some(text.clone()),
        Tree::List(items) => {
            let texts: Option<Vec<&str>> = items
                .iter()
                .map(|item| if let Tree::Word(text) = item { Some(text.as_str()) } else { None })
                .collect();
            Some(texts?.join("|"))
        }
        Tree::Map(entries) => {
            let is_range = entries.iter().all(|(key, _)| ["at_least", "at_most"].contains(&key.as_str()));
            let end = |key| match answer.get(key) {
                Some(Tree::Word(text)) => text.as_str(),
                _ => "",
            };
            (is_range && !entries.is_empty()).then(|| format!("{}..{}", end("at_least"), end("at_most")))
        }
    }
}

/// A table of rows by their columns.
pub fn table(rows: &[Vec<(String, String)>]) -> String {
    let mut columns: Vec<&str> = Vec::new();
    for (column, _) in rows.iter().flatten() {
        if !columns.contains(&column.as_str()) {
            columns.push(column);
        }
    }
    let mut out = columns.join(",") + "\n";
    for row in rows {
        let cells = columns.iter().map(|column| {
            let text = row.iter().find(|(name, _)| name == column).map_or("", |(_, cell)| cell);
            if text.contains([',', '"', '\n']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.to_string()
            }
        });
        let cells: Vec<String> = cells.collect();
        let _ = writeln!(out, "{}", cells.join(","));
    }
    out
}

fn quoted_if_odd(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./ ".contains(c);
    match !text.is_empty() && text.trim() == text && text.chars().all(plain) {
        true => text.to_string(),
        false => format!("'{}'", text.replace('\'', "''")),
    }
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}
