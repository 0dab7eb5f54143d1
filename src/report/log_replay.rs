//! What came of replaying decisions.

use serde::Serialize;

use super::json;
use super::lines::Lines;
use crate::log::replay::{Difference, Verdict};
use crate::prose::{count, list, visible};

/// One line of the log, replayed.
pub struct Replayed {
    /// The line.
    pub sequence: u64,
    /// Where its rules were found.
    pub place: Option<String>,
    /// What came of it.
    pub came: Came,
}

/// What came of replaying a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// It was decided again.
    Again(Verdict),
    /// Record and decision were erased.
    Erased,
    /// They are gone, and nobody said so.
    Missing,
    /// No rules with this digest lie anywhere.
    NoRules(String),
    /// The record cannot be read any more, and why.
    Unreadable(String),
    /// The line holds no decision.
    NoDecision,
}

impl Came {
    /// Whether somebody must look at it.
    pub fn is_wrong(&self) -> bool {
        match self {
            Came::Again(verdict) => matches!(verdict, Verdict::Differs { .. }),
            Came::Erased | Came::NoDecision => false,
            Came::Missing | Came::NoRules(_) | Came::Unreadable(_) => true,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Came::Again(Verdict::Identical | Verdict::But(_)) => "identical",
            Came::Again(Verdict::Differs { .. }) => "differs",
            Came::Erased => "erased",
            Came::Missing => "missing",
            Came::NoRules(_) => "rules not found",
            Came::Unreadable(_) => "cannot be read",
            Came::NoDecision => "no decision",
        }
    }
}

/// A long value is cut: the whole one stands in the log.
const LONGEST: usize = 200;

fn value(value: Option<&str>) -> String {
    match value {
        None => "nothing".to_string(),
        Some(text) => match text.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("`{}...`", &text[..at]),
            None => format!("`{text}`"),
        },
    }
}

fn difference(one: &Difference) -> String {
    format!("{}: logged {}, now {}", one.at, value(one.logged.as_deref()), value(one.now.as_deref()))
}

/// One line for people.
pub fn line(one: &Replayed) -> String {
    let mut sheet = Lines::default();
    let place = one.place.as_ref().map(|place| format!(", with the rules in {place}")).unwrap_or_default();
    let mut say = |indent: usize, text: &str| sheet.wrap(indent, &visible(text));
    say(0, &format!("line {}: {}{place}", one.sequence, one.came.word()));
    match &one.came {
        Came::Again(Verdict::But(aside)) => {
            aside.iter().for_each(|one| say(2, &format!("but for {}", difference(one))));
        }
        Came::Again(Verdict::Differs { first, rule }) => {
            say(2, &format!("first difference: {}", difference(first)));
            rule.iter().for_each(|rule| say(2, &format!("first rule that differs: {rule}")));
        }
        Came::NoRules(digest) => {
            say(2, &digest.to_string());
            say(2, "neither the rules folder nor an archive nor git holds them");
            say(2, "`--rules` and `--archive` name other places; `git fetch --unshallow` may bring more");
        }
        Came::Unreadable(why) => say(2, why),
        _ => {}
    }
    sheet.0
}

/// `4 lines: 2 identical, 1 differs, 1 erased`
pub fn summary(all: &[Replayed]) -> String {
    let mut parts: Vec<(&str, i64)> = Vec::new();
    for one in all {
        match parts.iter_mut().find(|(word, _)| *word == one.came.word()) {
            Some((_, number)) => *number += 1,
            None => parts.push((one.came.word(), 1)),
        }
    }
    let parts: Vec<String> = parts.into_iter().map(|(word, number)| format!("{number} {word}")).collect();
    let mut sheet = Lines::default();
    let lines = count(all.len() as i64, "line");
    sheet.wrap(0, &if parts.is_empty() { lines } else { format!("{lines}: {}", list(&parts, "and")) });
    sheet.0
}

/// One line for programs.
pub fn ndjson(one: &Replayed) -> String {
    #[derive(Serialize)]
    struct Out<'r> {
        sequence: u64,
        came: &'static str,
        rules_in: Option<&'r str>,
        differences: Vec<Named>,
        rule: Option<&'r str>,
    }
    #[derive(Serialize)]
    struct Named {
        at: String,
        logged: Option<String>,
        now: Option<String>,
    }
    let (differences, rule): (&[Difference], Option<&str>) = match &one.came {
        Came::Again(Verdict::But(aside)) => (aside, None),
        Came::Again(Verdict::Differs { first, rule }) => (std::slice::from_ref(first), rule.as_deref()),
        _ => (&[], None),
    };
    let named =
        |one: &'_ Difference| Named { at: one.at.clone(), logged: one.logged.clone(), now: one.now.clone() };
    let differences = differences.iter().map(named).collect();
    let (sequence, came, rules_in) = (one.sequence, one.came.word(), one.place.as_deref());
    let out = Out { sequence, came, rules_in, differences, rule };
    json::line(&out).unwrap_or_default() + "\n"
}
