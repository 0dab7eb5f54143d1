//! Days as their author wrote them: one by itself, the days in force, and since when something is withdrawn.

use super::Withdrawn;
use super::dates::InForce;
use super::diags::Finding;
use crate::diagnostic::Diagnostic;
use crate::span::Texts;
use crate::value::Day;
use crate::written::{self, Words, text};

/// A withdrawal, if it says all it must.
pub(super) fn withdrawn(
    written: &written::Withdrawn,
    texts: &Texts,
    out: &mut Vec<Diagnostic>,
) -> Option<Withdrawn> {
    Some(Withdrawn {
        since: day(written.since.as_ref()?, out)?,
        because: written.because.as_ref()?.text.clone(),
        by: written.by.as_ref()?.text.clone(),
        incident: text(&written.incident),
        at: texts.line_reference(written.span),
    })
}

/// Reads a day, or says what days look like.
pub(super) fn day(words: &Words, out: &mut Vec<Diagnostic>) -> Option<Day> {
    let found = Day::parse(&words.text);
    if found.is_none() {
        let message = format!("`{}` is no day of the calendar", words.text);
        let help = "write year-month-day, such as 2026-03-02".to_string();
        out.push(Finding::BadValue { span: words.span, message, help }.into());
    }
    found
}

/// The first and the last day in force. Days the wrong way round are found.
pub(super) fn in_force(written: Option<&written::InForce>, out: &mut Vec<Diagnostic>) -> InForce {
    let Some(written) = written else { return InForce::default() };
    let found = InForce {
        from: written.from.as_ref().and_then(|words| day(words, out)),
        last: written.last_day.as_ref().and_then(|words| day(words, out)),
    };
    if let (Some(from), Some(last), Some(words)) = (found.from, found.last, &written.last_day)
        && last < from
    {
        let message = format!("the last day, {last}, lies before the first, {from}");
        out.push(Finding::BadWindow { span: words.span, message, help: "exchange them".to_string() }.into());
    }
    found
}
