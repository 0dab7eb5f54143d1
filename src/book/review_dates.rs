//! Days by which somebody must look at a number again, judged on a day that the caller names.

use super::Book;
use crate::diagnostic::{Code, Diagnostic};
use crate::prose;
use crate::value::{Day, Point};

/// So many days before the day a warning begins, the first of them included.
pub const NOTICE: Point = 60;

/// What must be looked at again by `on`, or soon after it.
pub fn review_dates(book: &Book, on: Day) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for parameter in book.treatments.iter().flat_map(|treatment| &treatment.parameters) {
        let left = parameter.review_by.point() - on.point();
        if left > NOTICE {
            continue;
        }
        let (name, day) = (&parameter.id, parameter.review_by);
        let finding = match left {
            _ if left < 0 => {
                let late = prose::count(-left, "day");
                let message = format!("`{name}` should have been looked at again by {day}, {late} ago");
                Diagnostic::error(Code::ReviewOverdue, message)
            }
            0 => Diagnostic::warning(
                Code::ReviewDue,
                format!("`{name}` must be looked at again by {day}, today"),
            ),
            _ => {
                let left = prose::count(left, "day");
                let message = format!("`{name}` must be looked at again by {day}, in {left}");
                Diagnostic::warning(Code::ReviewDue, message)
            }
        };
        let finding = finding
            .at(parameter.review_span, "")
            .note("decisions rest on a number that its owner stands for");
        found.push(finding.help(format!(
            "its owner ({}) looks at the number and its basis, and gives it a new `review_by`",
            prose::visible(&parameter.owner)
        )));
    }
    found
}
