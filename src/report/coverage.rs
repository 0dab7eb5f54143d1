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

/// Why it is not said what the cases reach.
pub fn unknown(why: &str) -> String {
    let mut sheet = Lines::default();
    sheet.wrap(2, &format!("{why}, so it is not known what the cases reach and which answers are left over"));
    sheet.0
}
