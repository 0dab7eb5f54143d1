//! The only floor that formats: one file per format, and the texts the binary carries with it.

pub mod aftercare;
pub mod aftercare_html;
mod answers;
pub mod approved;
pub mod ask;
pub mod book;
pub mod cohort;
pub mod coverage;
pub mod decision;
pub mod decision_data;
pub mod decision_row;
pub mod diff;
pub mod diff_data;
pub mod diff_markdown;
pub mod differences;
pub mod explain;
pub mod findings;
pub mod fmt;
pub mod github;
mod headline;
pub mod ics;
pub mod json;
pub mod junit;
mod lines;
pub mod log;
pub mod log_replay;
pub mod log_report;
pub mod missing;
mod moments;
pub mod plan;
pub mod proofs;
pub mod quote;
pub mod review;
pub mod sarif;
pub mod schema;
pub mod signoff;
mod snippet;
pub mod tally;
pub mod trial;
pub mod who;
pub mod who_data;

use crate::prose;

/// What makes a cell a formula, also in the wide signs of East Asian keyboards.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A cell that no spreadsheet takes for a formula and that drives no terminal: it stays on one line.
fn safe_cell(text: &str) -> String {
    let shown = prose::visible(text);
    match text.starts_with(['\t', '\r', '\n']) || shown.trim_start().starts_with(FORMULA) {
        true => format!("'{shown}"),
        false => shown,
    }
}
