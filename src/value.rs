//! Exact values: days, durations, decimal numbers, sets of them, and three-valued truth.
//!
//! Every answer is a set of points on a line of whole numbers. A day is its number counted from 1970-01-01,
//! `never` lies before every day and `ongoing` after every day, a decimal number is counted in millionths,
//! and yes is 1.

mod day;

use std::fmt;

use smallvec::SmallVec;

pub use self::day::{Day, FIRST_DAY, LAST_DAY, shift, years_between};

/// A place on the line of values of one question.
pub type Point = i64;

/// Before every day: something that never happened.
pub const NEVER: Point = -(1 << 40);
/// After every day: something that goes on, or a plan that has no day.
pub const ONGOING: Point = 1 << 40;
/// The point of a `no`.
pub const NO: Point = 0;
/// The point of a `yes`.
pub const YES: Point = 1;

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
        f.write_str(&crate::prose::count(i64::from(self.count), self.unit.name()))
    }
}

/// The fewest days in so many months on end: they begin with a February.
const SHORTEST_MONTHS: [i64; 12] = [0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334];

/// The most days in so many months on end: they leave February out.
const LONGEST_MONTHS: [i64; 12] = [0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337];

/// An exact decimal number with at most six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(i64);

/// How many points one whole number spans.
const SCALE: i64 = 1_000_000;

impl Number {
    /// Reads `180`, `-2.5`, `1.10`: digits, one dot, at most six decimals, at most twelve digits before it.
    pub fn parse(text: &str) -> Option<Number> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        if !(1..=12).contains(&whole.len()) || !(1..=6).contains(&decimals.len()) {
            return None;
        }
        let with = |all: i64, byte: u8| byte.is_ascii_digit().then(|| all * 10 + i64::from(byte - b'0'));
        let digits = decimals.bytes().try_fold(whole.bytes().try_fold(0, with)?, with)?;
        let scaled = digits * 10_i64.pow(6 - decimals.len() as u32);
        Some(Number(if negative { -scaled } else { scaled }))
    }

    /// The number at a point.
    pub fn from_point(point: Point) -> Number {
        Number(point)
    }

    /// The whole number `n`, which must be far smaller than 10^12.
    pub fn whole(n: i64) -> Number {
        Number(n * SCALE)
    }

    /// The number's place on the line of numbers.
    pub fn point(self) -> Point {
        self.0
    }

    /// The least whole number not below it, and the greatest not above it.
    pub fn whole_around(self) -> (Number, Number) {
        let down = self.0.div_euclid(SCALE) * SCALE;
        (Number(if down == self.0 { down } else { down + SCALE }), Number(down))
    }

    /// Whether the number has no decimals.
    pub fn is_whole(self) -> bool {
        self.0 % SCALE == 0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / SCALE as u64, self.0.unsigned_abs() % SCALE as u64);
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let decimals = format!("{rest:06}");
        write!(f, "{sign}{whole}.{}", decimals.trim_end_matches('0'))
    }
}

/// Yes, no, or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// For every completion no.
    No,
    /// For one completion yes, for another no.
    Unknown,
    /// For every completion yes.
    Yes,
}

impl Truth {
    /// The opposite; unknown stays unknown.
    pub fn negate(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
            Truth::Yes => Truth::No,
        }
    }

    /// `yes`, `no` or `unknown`.
    pub fn word(self) -> &'static str {
        match self {
            Truth::No => "no",
            Truth::Unknown => "unknown",
            Truth::Yes => "yes",
        }
    }
}

impl From<bool> for Truth {
    fn from(known: bool) -> Truth {
        if known { Truth::Yes } else { Truth::No }
    }
}

/// A set of points: closed ranges, ascending, apart from each other.
#[derive(Debug, PartialEq, Eq, Hash, Default)]
pub struct Points(Ranges);

/// Most sets are one range, which takes no room of its own.
type Ranges = SmallVec<[(Point, Point); 1]>;

impl Clone for Points {
    #[inline]
    fn clone(&self) -> Points {
        // Most are one range, and a plain copy of it is far quicker than a copy of any number.
        match self.0[..] {
            [] => Points::EMPTY,
            [range] => Points(Ranges::from_buf([range])),
            _ => Points(self.0.clone()),
        }
    }
}

impl Points {
    /// No point.
    pub const EMPTY: Points = Points(SmallVec::new_const());

    /// Exactly `point`.
    #[inline]
    pub fn one(point: Point) -> Points {
        Points(Ranges::from_buf([(point, point)]))
    }

    /// Every point from `low` to `high`, both inside; nothing if they are the wrong way round.
    #[inline]
    pub fn range(low: Point, high: Point) -> Points {
        if low <= high { Points(Ranges::from_buf([(low, high)])) } else { Points::EMPTY }
    }

    /// The union of closed ranges in any order.
    pub fn of(ranges: impl IntoIterator<Item = (Point, Point)>) -> Points {
        let mut ranges: Ranges = ranges.into_iter().filter(|(low, high)| low <= high).collect();
        ranges.sort_unstable();
        ranges.dedup_by(|next, last| {
            let joins = next.0 <= last.1.saturating_add(1);
            if joins {
                last.1 = last.1.max(next.1);
            }
            joins
        });
        Points(ranges)
    }

    /// The ranges, ascending.
    #[inline]
    pub fn ranges(&self) -> &[(Point, Point)] {
        &self.0
    }

    /// Whether there is no point.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The point, if there is exactly one.
    #[inline]
    pub fn single(&self) -> Option<Point> {
        match self.0[..] {
            [(low, high)] if low == high => Some(low),
            _ => None,
        }
    }

    /// The least point; `None` for the empty set.
    pub fn min(&self) -> Option<Point> {
        self.0.first().map(|range| range.0)
    }

    /// The greatest point; `None` for the empty set.
    pub fn max(&self) -> Option<Point> {
        self.0.last().map(|range| range.1)
    }

    /// Whether `point` is inside.
    pub fn contains(&self, point: Point) -> bool {
        self.0.iter().any(|(low, high)| (*low..=*high).contains(&point))
    }

    /// The points in both.
    pub fn intersect(&self, other: &Points) -> Points {
        let mut both = Ranges::new();
        for (a, b) in &self.0 {
            for (c, d) in &other.0 {
                let (low, high) = (*a.max(c), *b.min(d));
                if low <= high {
                    both.push((low, high));
                }
            }
        }
        Points(both)
    }

    /// The points in either.
    pub fn union(&self, other: &Points) -> Points {
        Points::of(self.0.iter().chain(&other.0).copied())
    }

    /// Whether every point of `self` is in `other`.
    pub fn is_within(&self, other: &Points) -> bool {
        self.0.iter().all(|(low, high)| other.0.iter().any(|(c, d)| c <= low && high <= d))
    }
}

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

    #[test]
    fn numbers_are_exact_and_refuse_what_is_not_plain() {
        assert_eq!(Number::parse("1.10").map(|n| n.to_string()).as_deref(), Some("1.1"));
        assert_eq!(Number::parse("-0.5").map(|n| n.to_string()).as_deref(), Some("-0.5"));
        for wrong in ["1,200.00", "1.", ".5", "1e3", "+1", "", "0x10", "1.1234567", "1234567890123"] {
            assert_eq!(Number::parse(wrong), None, "{wrong}");
        }
    }
}
