//! What the cases reach, in a line or two.

use super::lines::Lines;
use crate::study::coverage::{Coverage, Kind};

/// `rules 12 of 12, conditions 9 of 9, ...`
pub fn line(coverage: &Coverage) -> String {
    let parts = Kind::ALL.into_iter().filter_map(|kind| {
        let (reached, all) = coverage.counts(kind);
        (all > 0).then(|| format!("{} {reached} of {all}", kind.word()))
    });
    let mut sheet = Lines::default();
    sheet.wrap(2, &format!("reached: {}", parts.collect::<Vec<_>>().join(", ")));
    sheet.0
}

/// What the rest of the report leaves out.
pub fn without(why: &str) -> String {
    let mut sheet = Lines::default();
    let rest = "what only that would reach or notice counts as missing above, and no answer is left over";
    sheet.wrap(2, &format!("{why}: {rest}"));
    sheet.0
}
