//! The full answer of a case as text that is kept beside it: all that a client, a colleague or a program is
//! told, without line numbers and digests, so that it changes only when an answer does.

use super::lines::Lines;
use super::{aftercare, decision, plan, quote};
use crate::book::english::English;
use crate::book::{Book, Rule, Treatment};
use crate::decide::{Affects, Decision, Question, Reason};
use crate::prose::{self, visible};
use crate::study::case::{Case, Question as Asked, Row};
use crate::study::run::Answer;
use crate::value::{Day, Truth};

/// The answer to a case, or those to the rows of its table.
pub fn case(case: &Case, answers: &[Answer], book: &Book, treatment: &Treatment) -> String {
    let mut sheet = Lines::default();
    sheet.wrap(0, &visible(&case.name));
    let days: Vec<Option<Day>> = case.rows.iter().map(day).collect();
    let same_day = days.iter().all(|day| *day == days[0]);
    if let (Some(day), true) = (days.first().copied().flatten(), same_day) {
        sheet.wrap(0, &long(day));
    }
    for (row, answer) in case.rows.iter().zip(answers) {
        sheet.0.push('\n');
        if let (Some(vary), Some(value)) = (&case.vary, &row.value) {
            sheet.wrap(0, &visible(&format!("== {vary}: {value}")));
            if let (Some(day), false) = (day(row), same_day) {
                sheet.wrap(0, &long(day));
            }
        }
        sheet.0 += &self::answer(book, treatment, answer);
    }
    sheet.0
}

fn day(row: &Row) -> Option<Day> {
    match &row.question {
        Asked::Decide(visit) => Some(visit.day),
        _ => None,
    }
}

fn long(day: Day) -> String {
    format!("{} {}", day.weekday(), day.long())
}

/// One answer.
pub fn answer(book: &Book, treatment: &Treatment, answer: &Answer) -> String {
    match answer {
        Answer::Decision(decision) => decided(decision, book),
        Answer::Timeline(timeline) => aftercare::human(timeline),
        Answer::May(timeline, asked) => aftercare::may(timeline, asked),
        Answer::Plan(outlook) => plan::human(outlook),
        Answer::Quote(quote) => quote::human(quote, treatment, false),
        Answer::NotInForce(day) => format!("No answer: the page is not in force on {}.\n", day.long()),
        Answer::Refused(why) => {
            let mut sheet = Lines::default();
            sheet.wrap(0, &visible(&format!("No answer: {why}")));
            sheet.0
        }
    }
}

/// What a person is told, and below it what only `--why` and programs show.
fn decided(decision: &Decision, book: &Book) -> String {
    let mut sheet = Lines(decision::body(decision, book));
    // One item on each line, so that a difference shows what changed and nothing else.
    let mut line = |heading: &str, items: Vec<String>| {
        if !items.is_empty() {
            sheet.wrap(0, &format!("{heading}:"));
            items.iter().for_each(|item| sheet.wrap(2, &visible(&format!("- {item}"))));
        }
    };
    let rules = |holds: Truth| -> Vec<String> {
        let standing = decision.reasons.iter().filter(|reason| reason.holds == holds);
        standing.map(|reason| self::reason(decision, reason)).collect()
    };
    line("Rules that apply", rules(Truth::Yes));
    line("Rules that may apply", rules(Truth::Unknown));
    line("Questions", decision.questions.iter().map(question).collect());
    let steps = decision.steps.iter().map(|step| format!("{}: {}", step.step, step.answer));
    line("Steps", steps.collect());
    if let Some(day) = decision.next_change {
        sheet.wrap(0, &format!("Changes by time alone on {day}"));
    }
    sheet.0
}

fn reason(decision: &Decision, reason: &Reason) -> String {
    let page = format!("{}/", decision.treatment);
    let rule = reason.rule.strip_prefix(&page).unwrap_or(&reason.rule);
    let until = match (reason.until_earliest, reason.until) {
        (Some(first), Some(last)) => format!(", until {first} to {last}"),
        (None, Some(day)) => format!(", until {day}"),
        _ => String::new(),
    };
    let reviewed = reason.reviewed_by.as_ref().map(|by| format!(", go ahead by {by}")).unwrap_or_default();
    format!("{rule} ({}{until}{reviewed})", reason.outcome)
}

fn question(question: &Question) -> String {
    let affects: Vec<&str> = question
        .affects
        .iter()
        .map(|affects| match affects {
            Affects::Outcome => "outcome",
            Affects::Wait => "wait",
            Affects::Steps => "steps",
            Affects::Price => "price",
        })
        .collect();
    let mut text = format!("{} ({}", question.fact, prose::list(&affects, "and"));
    if !question.could_become.is_empty() {
        let outcomes: Vec<&str> = question.could_become.iter().map(|outcome| outcome.phrase()).collect();
        text += &format!("; could become {}", prose::list(&outcomes, "or"));
    }
    if !question.options.is_empty() {
        text += &format!("; open: {}", question.options.join(", "));
    }
    if let Some(asked) = question.asked {
        text += &format!("; {asked}");
    }
    text + ")"
}

/// For whom a rule speaks, over all clients of the cases: `holds` gives the title of each with its answer.
pub fn rule(rule: &Rule, book: &Book, treatment: &Treatment, day: Day, spoken: &[(String, Truth)]) -> String {
    let mut sheet = Lines::default();
    sheet.wrap(0, &format!("{}: {}", rule.id, rule.outcome));
    let english = English { facts: &book.facts, treatment, day, with_later: true };
    sheet.wrap(0, &visible(&format!("When {}.", english.condition(&rule.condition))));
    for (heading, wanted) in
        [("Speaks for", Truth::Yes), ("May speak for, as too little is known", Truth::Unknown)]
    {
        let titles: Vec<&String> =
            spoken.iter().filter(|(_, truth)| *truth == wanted).map(|(title, _)| title).collect();
        sheet.0.push('\n');
        sheet.wrap(0, &format!("{heading}:{}", if titles.is_empty() { " nobody" } else { "" }));
        for title in titles {
            sheet.wrap(2, &visible(&format!("- {title}")));
        }
    }
    sheet.0
}
