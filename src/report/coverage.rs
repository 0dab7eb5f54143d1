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

/// What the report leaves out because so many cases cannot be run; none of them, if their file cannot be read.
pub fn without(cases: usize) -> String {
    let why = match cases {
        0 => "a file of cases cannot be read, so it is not known what the cases reach",
        1 => "1 case cannot be run: what only it would reach or notice counts as missing above",
        _ => "cases cannot be run: what only they would reach or notice counts as missing above",
    };
    let number = if cases > 1 { format!("{cases} ") } else { String::new() };
    let mut sheet = Lines::default();
    sheet.wrap(2, &format!("{number}{why}; answers that are left over are not looked for"));
    sheet.0
}
