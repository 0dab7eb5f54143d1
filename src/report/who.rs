//! Whom a rule speaks for, and what would have to be otherwise, for people.

use super::diff::Words;
use super::lines::Lines;
use crate::book::english::English;
use crate::book::{Outcome, Rule};
use crate::prose::{list, sentence_case, visible};
use crate::study::apart::Apart;
use crate::study::clients::Client;
use crate::study::who::{Better, Change};

/// The clients whom a rule speaks for. `like` is the base client that the example is near to.
pub fn rule(rule: &Rule, english: &English<'_>, found: &Apart, base: (Option<&str>, &Client)) -> String {
    let mut sheet = Lines::default();
    let mut line = |indent: usize, text: &str| sheet.wrap(indent, &visible(text));
    line(0, &format!("{}: {}", rule.id, rule.outcome));
    line(2, &format!("Because: {}", rule.because));
    if rule.parts.is_empty() {
        line(
            2,
            &format!(
                "It speaks for every client of whom this is so: {}.",
                english.condition(&rule.condition)
            ),
        );
    } else {
        line(
            2,
            &format!(
                "It speaks for every client of whom this is so: {}. In parts:",
                english.condition(&rule.condition)
            ),
        );
        for part in &rule.parts {
            line(2, &format!("- {}", english.condition(part)));
        }
    }
    let (from, last) = (rule.in_force.from, rule.in_force.last);
    if let Some(from) = from {
        line(2, &format!("On visits from {} on.", from.long()));
    }
    if let Some(last) = last {
        line(2, &format!("On visits up to {}.", last.long()));
    }
    if let Some(switch) = &rule.withdrawn {
        line(2, &format!("Withdrawn since {}: {}", switch.since.long(), switch.because));
    }
    let words = Words([english.facts, english.facts]);
    match found {
        Apart::Client(client) => {
            let (name, base) = base;
            let base = base.on(english.facts, client.visit);
            let answers = client.answers(Some(&base), english.facts);
            line(2, &format!("Such as {}.", words.somebody(name, &answers, client.visit)));
        }
        Apart::Same => line(2, "There is no such client: it never holds."),
        Apart::NotAnalysed(why) | Apart::Other(why) => line(2, &format!("No example: {why}.")),
    }
    sheet.0
}

/// What would have to be otherwise for a client, of whom is decided `now`, and `taken` once the questions that
/// are `open` are answered well.
pub fn client(
    name: &str,
    [now, taken]: [Outcome; 2],
    client: &Client,
    words: &Words<'_>,
    open: &[String],
    better: &[(Better, Vec<(String, String)>)],
) -> String {
    let mut sheet = Lines::default();
    let mut line = |indent: usize, text: &str| sheet.wrap(indent, &visible(text));
    line(0, &format!("{name}, visit on {}: {now}", client.visit.long()));
    if !open.is_empty() {
        let names: Vec<String> = open.iter().map(|name| words.name(name)).collect();
        line(
            2,
            &format!("Not known, and taken as the answer that speaks for nothing: {}.", list(&names, "and")),
        );
    }
    if !open.is_empty() {
        line(2, &format!("With these answers: {taken}."));
    }
    if better.is_empty() && open.is_empty() {
        line(2, "There is no better outcome.");
    }
    for (one, answers) in better {
        line(2, &format!("{}:", sentence_case(one.outcome.phrase())));
        if let Some(day) = one.waiting {
            line(2, &format!("- with the same answers, on {}", day.long()));
        }
        match &one.answers {
            Change::Client(_) => line(2, &format!("- on the same day, with {}", words.answers(answers))),
            Change::Never => line(2, "- on the same day, with no other answers"),
            Change::NotAnalysed(why) => line(2, &format!("- whether other answers help is not known: {why}")),
        }
    }
    sheet.0
}
