//! Lengths of time, as a clinic writes them.

use std::fmt;

use crate::prose;

/// What a duration counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Elapsed minutes.
    Minutes,
    /// Elapsed hours.
    Hours,
    /// Calendar days.
    Days,
    /// Seven calendar days.
    Weeks,
    /// Calendar months.
    Months,
    /// Calendar years.
    Years,
}

impl Unit {
    /// Every unit, shortest first.
    pub const ALL: [Unit; 6] =
        [Unit::Minutes, Unit::Hours, Unit::Days, Unit::Weeks, Unit::Months, Unit::Years];

    /// The unit's name in the singular.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Minutes => "minute",
            Unit::Hours => "hour",
            Unit::Days => "day",
            Unit::Weeks => "week",
            Unit::Months => "month",
            Unit::Years => "year",
        }
    }

    /// Whether the unit counts calendar days or more.
    pub fn is_calendar(self) -> bool {
        self >= Unit::Days
    }
}

/// A length of time as the clinic wrote it: `180 days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Duration {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

impl Duration {
    /// `count` of `unit`.
    pub fn new(count: u32, unit: Unit) -> Duration {
        Duration { count, unit }
    }

    /// Reads `180 days`, `1 week`, `48 hours`; nothing signed, joined or relative. At most 100 years' worth.
    pub fn parse(text: &str) -> Option<Duration> {
        let (count, unit) = text.trim().split_once(' ')?;
        let unit = unit.trim();
        let unit =
            Unit::ALL.into_iter().find(|u| unit == u.name() || unit.strip_suffix('s') == Some(u.name()))?;
        let well_formed = !count.is_empty()
            && count.bytes().all(|b| b.is_ascii_digit())
            && (count == "0" || !count.starts_with('0'));
        let count = well_formed.then(|| count.parse().ok())??;
        let duration = Duration { count, unit };
        (duration.shortest_days() <= 36_600).then_some(duration)
    }

    /// The least number of days the duration can span, hours counted as parts of a day and dropped.
    pub fn shortest_days(&self) -> i64 {
        let n = i64::from(self.count);
        match self.unit {
            Unit::Minutes => n / 1_440,
            Unit::Hours => n / 24,
            Unit::Days => n,
            Unit::Weeks => 7 * n,
            Unit::Months => 365 * (n / 12) + SHORTEST_MONTHS[(n % 12) as usize],
            Unit::Years => 365 * n,
        }
    }

    /// The most days the duration can span, whatever day it starts on.
    pub fn longest_days(&self) -> i64 {
        let n = i64::from(self.count);
        match self.unit {
            Unit::Months => 366 * (n / 12) + LONGEST_MONTHS[(n % 12) as usize],
            Unit::Years => 366 * n,
            _ => self.shortest_days(),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&prose::count(i64::from(self.count), self.unit.name()))
    }
}

/// The fewest days in so many months on end: they begin with a February.
const SHORTEST_MONTHS: [i64; 12] = [0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334];

/// The most days in so many months on end: they leave February out.
const LONGEST_MONTHS: [i64; 12] = [0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_one_count_and_one_unit() {
        assert_eq!(Duration::parse("180 days").map(|d| d.to_string()).as_deref(), Some("180 days"));
        for wrong in
            ["-3 days", "2 weeks ago", "1 day 2 hours", "180", "days", "1.5 days", "007 days", "999999 years"]
        {
            assert_eq!(Duration::parse(wrong), None, "{wrong}");
        }
    }
}
