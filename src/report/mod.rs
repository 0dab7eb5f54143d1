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
pub mod diff;
pub mod diff_data;
pub mod diff_markdown;
pub mod differences;
pub mod explain;
pub mod findings;
pub mod fmt;
pub mod github;
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
pub mod trial;
pub mod who;
pub mod who_data;

/// A cell that no spreadsheet takes for a formula.
fn safe_cell(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_string(),
    }
}

/// Where a text lies for whoever started the command: `root` is the rules folder as it was named there. A text
/// with a whole path of its own stays there.
fn path_from(root: &str, name: &str) -> String {
    match root.trim_end_matches('/') {
        _ if name.starts_with('/') => name.to_string(),
        "" if root.starts_with('/') => format!("/{name}"),
        "" => name.to_string(),
        root => format!("{root}/{name}"),
    }
}
