//! Date arithmetic of its own, straight from jiff, so that it does not repeat the mistakes of `value`.

use jiff::Span;
use jiff::civil::Date;

pub const NEVER: i64 = clearance::inside::value::NEVER;
pub const ONGOING: i64 = clearance::inside::value::ONGOING;

const ORIGIN: Date = Date::constant(1970, 1, 1);

pub fn date_of(day: i64) -> Date {
    ORIGIN.checked_add(Span::new().days(day)).expect("a day of the calendar")
}

pub fn days_of(date: Date) -> i64 {
    i64::from(ORIGIN.until((jiff::Unit::Day, date)).expect("a span in days").get_days())
}

pub fn days_in(year: i16, month: i8, day: i8) -> i64 {
    days_of(Date::constant(year, month, day))
}

pub fn day_text(day: i64) -> String {
    date_of(day).to_string()
}

pub fn parse_day(text: &str) -> i64 {
    days_of(text.parse().expect("a day"))
}

/// `day` and so many months; a day the month does not have becomes the first of the next.
pub fn add_months(day: i64, months: i64) -> i64 {
    let date = date_of(day);
    let moved = date.checked_add(Span::new().months(months)).expect("within the calendar");
    days_of(moved) + i64::from(moved.day() != date.day())
}

/// The largest n with `from` and n years not after `to`.
pub fn years_between(from: i64, to: i64) -> i64 {
    let mut years = i64::from(date_of(to).year()) - i64::from(date_of(from).year());
    while add_months(from, 12 * years) > to {
        years -= 1;
    }
    years
}
