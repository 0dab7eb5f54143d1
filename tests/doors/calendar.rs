//! Days as numbers, and as records write them.

use clearance::inside::value::Day;

pub fn days_in(year: i16, month: i8, day: i8) -> i64 {
    Day::new(year, month, day).expect("a day of the calendar").point()
}

pub fn day_text(day: i64) -> String {
    Day::from_point(day).to_string()
}
