//! What several verbs let the user pick: a day, a treatment, a time zone.

use jiff::tz::TimeZone;

use super::exit::Failure;
use crate::book::{Book, Treatment};
use crate::diagnostic::{Code, Diagnostic};
use crate::disk::clock;
use crate::script::Scripts;
use crate::value::Day;
use crate::written::record::Word;

/// Reads a day from the command line.
pub fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "write a day as year-month-day, such as 2026-03-02".to_string())
}

/// The day that review dates are judged on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// A day that was named.
    Day(Day),
    /// Today in the clinic's zone.
    Today,
}

/// Reads a day or `today` from the command line.
pub fn on(text: &str) -> Result<On, String> {
    match text {
        "today" => Ok(On::Today),
        _ => Day::parse(text)
            .map(On::Day)
            .ok_or_else(|| "write `today`, or a day as year-month-day, such as 2026-03-02".to_string()),
    }
}

/// The day that is meant. The clock is read for `today` only.
pub fn day_of(on: On, book: &Book) -> Result<Day, Failure> {
    match on {
        On::Day(day) => Ok(day),
        On::Today => today(book),
    }
}

/// The scripts of `treatment`, among those of the whole book.
pub fn scripts<'s>(book: &Book, scripts: &'s [Scripts], treatment: &Treatment) -> &'s Scripts {
    let own = book.treatments.iter().zip(scripts).find(|(other, _)| other.id == treatment.id);
    own.map(|(_, scripts)| scripts).expect("each treatment of a book has its scripts")
}

/// A script that was stopped by the clock shapes no answer: the command ends.
pub fn in_time(scripts: &Scripts) -> Result<(), Failure> {
    scripts.stopped().map_or(Ok(()), |fault| {
        Err(Failure::new(format!("the script `{}` at {}: {}", fault.function, fault.at, fault.message)))
    })
}

/// The treatment called `name`, or the only one.
pub fn treatment<'b>(book: &'b Book, name: Option<&str>) -> Result<&'b Treatment, Failure> {
    let known: Vec<&str> = book.treatments.iter().map(|treatment| treatment.id.as_str()).collect();
    let list = crate::prose::list(&known, "and");
    match (name, &book.treatments[..]) {
        (Some(name), _) => book.treatment(name).ok_or_else(|| {
            let failure = Failure::new(format!("there is no treatment `{name}`"));
            match crate::suggest::nearest(name, known.iter().copied()) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help(format!("the rules hold {list}")),
            }
        }),
        (None, [only]) => Ok(only),
        (None, _) => Err(Failure::new("the rules hold several treatments")
            .help(format!("add `--treatment` with one of {list}"))),
    }
}

/// The clinic's time zone.
pub fn zone(book: &Book) -> Result<TimeZone, Failure> {
    TimeZone::get(&book.clinic.time_zone)
        .map_err(|error| Failure::new(format!("the clinic's time zone cannot be used: {error}")))
}

/// Today in the clinic's zone.
pub fn today(book: &Book) -> Result<Day, Failure> {
    Ok(clock::today(&zone(book)?)?)
}

/// The day of a visit as a record gives it.
pub fn visit(words: &Word<'_>, client: &str) -> Result<Day, Diagnostic> {
    Day::parse(&words.text).ok_or_else(|| {
        let message = format!("client {client}: the visit `{}` is no day", words.text);
        Diagnostic::error(Code::BadRecord, message)
            .at(words.span, "")
            .help("write year-month-day, such as 2026-03-02")
    })
}
