//! What several verbs let the user pick: a day, a treatment, a time zone.

use jiff::tz::TimeZone;

use super::exit::Failure;
use crate::book::{Book, Treatment};
use crate::decide::Version;
use crate::disk::clock;
use crate::report::findings::{self, Colour};
use crate::rulebook::records::Entry;
use crate::rulebook::{self, Desk, NoAnswer, Question, Rulebook};
use crate::script::Scripts;
use crate::span::Texts;
use crate::value::Day;

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

/// The desk for a treatment, or the only one.
pub fn desk<'r>(rulebook: &'r Rulebook, treatment: Option<&str>) -> Result<Desk<'r>, Failure> {
    rulebook.desk(treatment).map_err(|none| no_answer(&rulebook.loaded().texts, none))
}

/// The page of a treatment, or the only one.
pub fn version<'r>(rulebook: &'r Rulebook, treatment: Option<&str>) -> Result<Version<'r>, Failure> {
    rulebook.version(treatment).map_err(|none| no_answer(&rulebook.loaded().texts, none))
}

/// Why there is no answer, as the end of a command. `texts` are those that its findings stand in.
pub fn no_answer(texts: &Texts, none: NoAnswer) -> Failure {
    let failure = Failure::new(none.to_string());
    match none {
        NoAnswer::Rules(found) => {
            let shown = findings::human(texts, &found, Colour::Styled);
            Failure::Rules(format!("{shown}nothing was decided: the rules have errors\n"))
        }
        NoAnswer::NoTreatment { near: Some(near), .. } => failure.help(format!("did you mean `{near}`?")),
        NoAnswer::NoTreatment { known, .. } => failure.help(format!("the rules hold {}", list(&known))),
        NoAnswer::WhichTreatment(known) if known.is_empty() => failure.help("`clearance check` says more"),
        NoAnswer::WhichTreatment(known) => {
            failure.help(format!("add `--treatment` with one of {}", list(&known)))
        }
        NoAnswer::Refused(refused) => {
            Failure::Rules(findings::each(texts, &refused.findings, Colour::Styled))
        }
        NoAnswer::NoPrices(_) => failure.help("add `pricing:` to it"),
        NoAnswer::Withdrawn { .. } => failure.help("nothing is quoted until the withdrawal is lifted"),
        NoAnswer::Stopped(_) => failure,
    }
}

fn list(known: &[String]) -> String {
    crate::prose::list(known, "and")
}

/// The treatment called `name`, or the only one, whatever is wrong with the rules.
pub fn treatment<'b>(book: &'b Book, name: Option<&str>) -> Result<&'b Treatment, Failure> {
    rulebook::treatment(book, name).map_err(|none| no_answer(&Texts::new(), none))
}

/// A script that was stopped by the clock shapes no answer: the command ends.
pub fn in_time(scripts: &Scripts) -> Result<(), Failure> {
    scripts.stopped().map_or(Ok(()), |fault| Err(no_answer(&Texts::new(), NoAnswer::Stopped(fault))))
}

/// What the command line says about every client.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// The day asked about.
    pub visit: Option<Day>,
    /// The day of answers that carry none.
    pub answered_on: Option<Day>,
}

impl Asked {
    /// Asks about the record of an entry. The clock is read only if nobody names a day.
    pub fn question<'q>(self, entry: &'q Entry<'_>, book: &Book) -> Result<Question<'q>, Failure> {
        let Asked { visit, answered_on } = self;
        dated(Question { visit, answered_on, ..Question::of(entry) }, || today(book))
    }
}

/// The question with the day on which it is asked, if nobody names the day asked about.
pub fn dated<'q>(
    question: Question<'q>,
    today: impl FnOnce() -> Result<Day, Failure>,
) -> Result<Question<'q>, Failure> {
    let today = if question.needs_today() { Some(today()?) } else { None };
    Ok(Question { today, ..question })
}

/// What the client of an entry is called.
pub fn called(entry: &Entry<'_>) -> String {
    Question::of(entry).client().to_string()
}

/// The place of the client asked for, or of the only one, among the records of a file.
pub fn client(entries: &[Entry<'_>], wanted: Option<&str>, file: &str) -> Result<usize, Failure> {
    let names: Vec<String> = entries.iter().map(called).collect();
    let own = names.iter().enumerate().filter(|(_, name)| wanted.is_none_or(|wanted| **name == *wanted));
    match (&own.map(|(at, _)| at).collect::<Vec<_>>()[..], wanted) {
        ([at], _) => Ok(*at),
        ([], None) => Err(Failure::new(format!("`{file}` holds no record that can be read"))),
        ([], Some(client)) => {
            let failure = Failure::new(format!("`{file}` holds no client `{client}`"));
            Err(match crate::suggest::nearest(client, names.iter().map(String::as_str)) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure,
            })
        }
        (_, Some(client)) => {
            Err(Failure::new(format!("`{file}` holds the client `{client}` more than once"))
                .help("give each record its own id"))
        }
        (several, None) => Err(Failure::new(format!("`{file}` holds {} clients", several.len()))
            .help("add `--client` with the id of one")),
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
