//! What an interview says: the question, why it is asked, and how to answer it.

use crate::book::fact::{Fact, FactKind};
use crate::decide::{Affects, Question};
use crate::prose::{list, visible};

/// A question with why it is asked and what an answer looks like.
pub fn question(question: &Question, fact: &Fact) -> String {
    let phrases: Vec<&str> = question.could_become.iter().map(|outcome| outcome.phrase()).collect();
    let why = match phrases.is_empty() {
        false => format!("asked because the answer could become `{}`", list(&phrases, "or")),
        true if question.affects.contains(&Affects::Wait) => {
            "asked because it moves how long to wait".to_string()
        }
        true => "asked because it matters for the visit".to_string(),
    };
    let mut text = format!("\n{}\n  ({why})\n", visible(&question.ask));
    if !fact.options.is_empty() {
        let open =
            |id: &str| fact.kind != FactKind::History || question.options.iter().any(|open| open == id);
        for option in fact.options.iter().filter(|option| open(&option.id)) {
            text.push_str(&format!("    {}: {}\n", option.id, visible(&option.text)));
        }
    }
    text.push_str(&format!("  {}, or: don't know\n> ", how(fact)));
    text
}

/// What an answer looks like, in the words of an interview.
fn how(fact: &Fact) -> String {
    let other = if fact.option("unlisted").is_some() { "; unlisted stands for any other" } else { "" };
    match fact.kind {
        FactKind::YesNo => "yes or no".to_string(),
        FactKind::Choice => format!("one of them{other}"),
        FactKind::Set => format!("none, or those that apply with commas between{other}"),
        FactKind::Number { .. } => match &fact.unit {
            Some(unit) => format!("a number or a range such as 25..40, in {}", visible(unit)),
            None => "a number or a range such as 25..40".to_string(),
        },
        FactKind::Date => "a day such as 2026-03-02, a month, a year, never or ongoing".to_string(),
        FactKind::PlannedDate => "a day such as 2026-03-02, a month, or none".to_string(),
        FactKind::BirthDate => "a day such as 1990-03-02".to_string(),
        FactKind::History if fact.options.len() == 1 => {
            "a day such as 2026-03-02, a month, ongoing or never".to_string()
        }
        FactKind::History => {
            let (first, second) = (&fact.options[0].id, &fact.options[1].id);
            format!("none, or each with its last day: {first} 2025-09-04, {second} ongoing{other}")
        }
        FactKind::Note => "a few words".to_string(),
    }
}

/// The answer as it was read, when nobody typed it.
pub fn echo(line: &str) -> String {
    format!("{}\n", visible(line))
}

/// For an empty line.
pub fn not_understood(fact: &Fact) -> String {
    format!("  Please answer: {}, or: don't know\n", how(fact))
}

/// For an answer that does not fit.
pub fn wrong(message: &str) -> String {
    message.lines().map(|line| format!("  {}\n", visible(line))).collect()
}

/// The last line when the record was written.
pub fn saved(path: &str) -> String {
    format!("\nSaved to {}\n", visible(path))
}
