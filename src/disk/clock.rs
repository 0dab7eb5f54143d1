//! What the clock shows. Whoever wants the same answer again names the day instead.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::Failed;
use crate::value::Day;

/// Today in a zone. Fails if the clock shows a year that no [`Day`] has.
pub fn today(zone: &TimeZone) -> Result<Day, Failed> {
    let date = Zoned::now().with_time_zone(zone.clone()).date();
    Day::new(date.year(), date.month(), date.day())
        .ok_or_else(|| Failed::new("the computer's clock shows no usable day"))
}

/// Now in UTC, to the second, as the lines of a log write it.
pub fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
