//! The day of something a person does, as in `--on today`.

use super::exit::Failure;
use super::pick;
use crate::book::Book;
use crate::value::Day;

/// A day, or today in the clinic's zone.
#[derive(Debug, Clone, Copy)]
pub enum On {
    /// A day.
    Day(Day),
    /// Today.
    Today,
}

impl On {
    /// The day.
    pub fn day(self, book: &Book) -> Result<Day, Failure> {
        match self {
            On::Day(day) => Ok(day),
            On::Today => pick::today(book),
        }
    }
}

/// Reads the day from the command line.
pub fn read(text: &str) -> Result<On, String> {
    match text {
        "today" => Ok(On::Today),
        _ => pick::day(text).map(On::Day).map_err(|why| format!("{why}, or `today`")),
    }
}
