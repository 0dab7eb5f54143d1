//! Cases that are still missing, as a file to fill in.

use crate::study::examples::{Asks, Example, Like};
use crate::value::Day;

/// The file: each case has everything but its answer. Instructions are asked about after a treatment on `day`.
pub fn file(examples: &[Example], day: Day) -> String {
    let mut text = String::from(
        "# Written by `clearance test --missing`. Nothing reaches these clients and questions yet.\n\
         # Decide which answer is right, write it behind `expect:`, and give the case a name that says it.\n\
         # Where it is not `eligible` or `more information needed`, add `reasons:` with the rules that decide.\n\
         \ncases:\n",
    );
    for example in examples {
        text += &case(example, day);
        text.push('\n');
    }
    text.pop();
    text
}

fn case(example: &Example, day: Day) -> String {
    let mut text = format!("  - name: {}\n", scalar(&example.says));
    match &example.asks {
        Asks::Decide(like) => text += &self::like(like, "client"),
        Asks::Quote(like, sessions) => {
            text += "    ask: quote\n";
            text += &self::like(like, "client");
            text += &format!("    sessions: {sessions}\n");
        }
        Asks::May { activity, at } => {
            text += &format!("    ask: aftercare\n    ended: {day}T10:00\n");
            text += &format!("    may: {}\n    at: {}\n", scalar(activity), scalar(at));
        }
        Asks::Timeline => return format!("{text}    ask: aftercare\n    ended: {day}T10:00\n"),
        Asks::Plan(first) => text += &format!("    ask: plan\n    first: {first}\n"),
    }
    text + "    expect:\n"
}

fn like(like: &Like, key: &str) -> String {
    let mut text = String::new();
    let answers = match &like.base {
        Some(base) => {
            text += &format!("    like: {}\n", scalar(base));
            "but"
        }
        None => key,
    };
    if !like.answers.is_empty() {
        text += &format!("    {answers}:\n");
    } else if like.base.is_none() {
        text += &format!("    {answers}: {{}}\n");
    }
    for (fact, answer) in &like.answers {
        text += &format!("      {fact}: {answer}\n");
    }
    if let Some(visit) = like.visit {
        text += &format!("    visit: {visit}\n");
    }
    text
}

/// A text as YAML reads it back.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " _-/.,()<>=+".contains(c);
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
    match starts && text.chars().all(plain) && !text.ends_with(' ') {
        true => text.to_string(),
        false => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}
