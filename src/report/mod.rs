//! The only floor that formats: one file per format, and the texts the binary carries with it.

pub mod aftercare;
pub mod aftercare_html;
pub mod ask;
pub mod decision;
pub mod decision_data;
pub mod explain;
pub mod findings;
pub mod fmt;
pub mod ics;
mod lines;
mod moments;
pub mod plan;
pub mod quote;
pub mod schema;
mod snippet;

/// A cell that no spreadsheet takes for a formula.
fn safe_cell(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_string(),
    }
}
