//! Real records before and after a change of the rules: a table of outcomes, and who moved.

use serde::Serialize;

use super::diff_markdown::plain;
use super::json;
use super::lines::Lines;
use crate::book::Outcome;
use crate::prose::{count, list, visible};
use crate::study::cohort::{Matrix, Moved, Now};
use crate::value::{Day, ONGOING};

/// Short enough for the head of a column.
fn short(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Eligible => "eligible",
        Outcome::MoreInformation => "more info",
        Outcome::Deferred => "deferred",
        Outcome::NeedsReview => "review",
        Outcome::NotEligible => "never",
    }
}

fn told(now: Option<Now>, visit: Day) -> String {
    let Some(now) = now else { return "not decided".to_string() };
    let (earliest, _) = now.wait;
    match now.until(visit) {
        Some(day) => format!("{} until {}", now.outcome, day.long()),
        None if earliest > visit.point() && earliest < ONGOING => {
            format!("{} until {}, perhaps longer", now.outcome, Day::from_point(earliest).long())
        }
        None => now.outcome.to_string(),
    }
}

fn who(moved: &Moved) -> String {
    let by =
        if moved.rules.is_empty() { String::new() } else { format!(", by {}", list(&moved.rules, "and")) };
    let why = moved.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let [before, after] = moved.told.map(|now| told(now, moved.visit));
    format!("{} on {}: {before} -> {after}{by}{why}", moved.client, moved.visit)
}

fn summary(matrix: &Matrix) -> String {
    let records = count(matrix.all() as i64, "record");
    let Matrix { moved, better, .. } = matrix;
    let mut text = match moved {
        0 => format!("{records}: nobody is told anything else"),
        _ => format!("{records}: {moved} told something else, {better} of them something better"),
    };
    for (number, what) in [
        (matrix.only_before, "decided before only"),
        (matrix.only_after, "decided now only"),
        (matrix.neither, "not decided at all"),
    ] {
        if number > 0 {
            text += &format!(", {number} {what}");
        }
    }
    text
}

/// For people, on 80 columns.
pub fn human(matrix: &Matrix, moved: &[Moved]) -> String {
    let mut sheet = Lines::default();
    sheet.0.push('\n');
    sheet.wrap(0, &format!("CLIENTS: {}", summary(matrix)));
    let head: String = Outcome::ALL.iter().map(|outcome| format!("{:>11}", short(*outcome))).collect();
    sheet.0 += &format!("  {:<12}{head}\n", "before, now");
    for (outcome, row) in Outcome::ALL.iter().zip(&matrix.counts) {
        let cells: String = row.iter().map(|number| format!("{number:>11}")).collect();
        sheet.0 += &format!("  {:<12}{cells}\n", short(*outcome));
    }
    for one in moved {
        sheet.wrap(2, &visible(&format!("- {}", who(one))));
    }
    if let Some(more) = more(matrix, moved) {
        sheet.wrap(2, &more);
    }
    sheet.0
}

/// What is said of those who moved and are not listed.
fn more(matrix: &Matrix, moved: &[Moved]) -> Option<String> {
    let all = matrix.moved + matrix.only_after + matrix.only_before;
    let more = all.checked_sub(moved.len() as u64).filter(|more| *more > 0)?;
    Some(format!("... and {more} more; `--format ndjson` lists all"))
}

/// For a pull request.
pub fn markdown(matrix: &Matrix, moved: &[Moved]) -> String {
    let mut text = format!("\n### Clients\n\n{}.\n\n| before, now |", plain(&summary(matrix)));
    for outcome in Outcome::ALL {
        text += &format!(" {} |", outcome.phrase());
    }
    text += "\n|---|---:|---:|---:|---:|---:|\n";
    for (outcome, row) in Outcome::ALL.iter().zip(&matrix.counts) {
        let cells: Vec<String> = row.iter().map(u64::to_string).collect();
        text += &format!("| {} | {} |\n", outcome.phrase(), cells.join(" | "));
    }
    if !moved.is_empty() {
        text.push('\n');
    }
    for one in moved {
        text += &format!("- {}\n", plain(&who(one)));
    }
    if let Some(more) = more(matrix, moved) {
        text += &format!("\n{}\n", plain(&more));
    }
    text
}

#[derive(Serialize)]
struct JsonMoved<'a> {
    client: &'a str,
    visit: String,
    before: Option<JsonNow>,
    after: Option<JsonNow>,
    rules: &'a [String],
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonNow {
    outcome: &'static str,
    until: Option<String>,
}

/// The matrix, `counts[before][after]` in the order of `outcomes`, and the first who moved.
#[derive(Serialize)]
pub(super) struct JsonCohort<'a> {
    outcomes: [&'static str; 5],
    counts: [[u64; 5]; 5],
    moved: u64,
    better: u64,
    decided_before_only: u64,
    decided_now_only: u64,
    not_decided: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clients: Vec<JsonMoved<'a>>,
}

fn json_moved(moved: &Moved) -> JsonMoved<'_> {
    let now = |now: Now| JsonNow {
        outcome: now.outcome.phrase(),
        until: now.until(moved.visit).map(|day| day.to_string()),
    };
    let [before, after] = moved.told.map(|told| told.map(now));
    let visit = moved.visit.to_string();
    JsonMoved { client: &moved.client, visit, before, after, rules: &moved.rules, why: moved.why.as_deref() }
}

/// For programs.
pub(super) fn json<'a>(matrix: &Matrix, moved: &'a [Moved]) -> JsonCohort<'a> {
    JsonCohort {
        outcomes: Outcome::ALL.map(Outcome::phrase),
        counts: matrix.counts,
        moved: matrix.moved,
        better: matrix.better,
        decided_before_only: matrix.only_before,
        decided_now_only: matrix.only_after,
        not_decided: matrix.neither,
        clients: moved.iter().map(json_moved).collect(),
    }
}

/// One client who moved, as a line of NDJSON.
pub fn line(moved: &Moved) -> String {
    json::line(&json_moved(moved)).unwrap_or_default() + "\n"
}

/// The matrix as the last line of NDJSON.
pub fn last_line(matrix: &Matrix) -> String {
    json::line(&json(matrix, &[])).unwrap_or_default() + "\n"
}
