//! What a clinician's `go ahead` changed.

use super::lines::Lines;
use crate::book::Outcome;
use crate::prose::visible;

/// Where the review was written, and what the client was told before.
pub fn written(rule: &str, by: &str, file: &str, before: Outcome) -> String {
    let mut sheet = Lines::default();
    sheet.wrap(0, &visible(&format!("{by} says go ahead about {rule}.")));
    sheet.0 += &format!("Written to {}\n", visible(file));
    sheet.wrap(0, &format!("Before it the answer was `{before}`. Now it is:"));
    sheet.0.push('\n');
    sheet.0
}
