//! Exact values: days, durations, decimal numbers, sets of them, and three-valued truth.
//!
//! Every answer is a set of points on a line of whole numbers. A day is its number counted from 1970-01-01,
//! `never` lies before every day and `ongoing` after every day, a decimal number is counted in millionths,
//! and yes is 1.

use std::fmt;

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

/// A calendar day in the proleptic Gregorian calendar, between 1900 and 2999 when read from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// The earliest day a text may name.
pub const FIRST_DAY: Day = Day(-25_567);
/// The latest day a text may name: 2999-12-31.
pub const LAST_DAY: Day = Day(376_199);
/// From 0000-03-01 to 1970-01-01.
const MARCH_0000: i32 = 719_468;
/// Sums stop here, 9999-12-31, so that adding to a day never fails.
const END_OF_CALENDAR: i64 = 2_932_896;

impl Day {
    /// The day `year-month-day`, if there is one.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Day> {
        const LONGEST: [i8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let longest = *LONGEST.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
        let leap = || year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let fits = (1..=longest).contains(&day) || (month == 2 && day == 29 && leap());
        if !fits || !(-9_999..=9_999).contains(&year) {
            return None;
        }
        // Counted in years that start in March, so that a leap day is the last of its year, and from one far back,
        // so that none is negative.
        let from_march = (month as u32 + 9) % 12;
        let years = (i32::from(year) - i32::from(month <= 2) + 10_000) as u32;
        let centuries = years / 100;
        let of_year = (153 * from_march + 2) / 5 + day as u32 - 1;
        let days = years * 365 + years / 4 - centuries + centuries / 4 + of_year;
        Some(Day(days as i32 - MARCH_0000 - 25 * 146_097))
    }

    /// The day with this number from 1970-01-01, brought inside the calendar.
    pub fn from_point(point: Point) -> Day {
        Day(point.clamp(FIRST_DAY.0 as i64, END_OF_CALENDAR) as i32)
    }

    /// The day's place on the line of days.
    pub fn point(self) -> Point {
        Point::from(self.0)
    }

    /// The next day.
    pub fn next(self) -> Day {
        Day::from_point(self.point() + 1)
    }

    /// The day before.
    pub fn before(self) -> Day {
        Day::from_point(self.point() - 1)
    }

    /// Reads `2026-03-02`; `None` for anything else, also for days before 1900 and after 2999.
    pub fn parse(text: &str) -> Option<Day> {
        Day::read(text.as_bytes())
    }

    /// The same for bytes.
    pub fn read(text: &[u8]) -> Option<Day> {
        // Each digit by its value and each dash as 0, the first byte lowest: too much anywhere sets a high bit.
        const ZEROS: u64 = u64::from_le_bytes(*b"0000-00-");
        const MOST: u64 = u64::from_le_bytes([0x76, 0x76, 0x76, 0x76, 0x7f, 0x76, 0x76, 0x7f]);
        let bytes: &[u8; 10] = text.try_into().ok()?;
        let start = u64::from_le_bytes(*bytes.first_chunk()?) ^ ZEROS;
        let end = [bytes[8].wrapping_sub(b'0'), bytes[9].wrapping_sub(b'0')];
        if (start.wrapping_add(MOST) | start) & 0x8080_8080_8080_8080 != 0 || end[0] > 9 || end[1] > 9 {
            return None;
        }
        let digit = |at: u32| (start >> (8 * at)) as u8;
        let two = |tens: u8, ones: u8| (tens * 10 + ones) as i8;
        let year = i16::from(two(digit(0), digit(1))) * 100 + i16::from(two(digit(2), digit(3)));
        let day = Day::new(year, two(digit(5), digit(6)), two(end[0], end[1]))?;
        (FIRST_DAY..=LAST_DAY).contains(&day).then_some(day)
    }

    /// The first and last day that `2026-03-02`, `2026-03` or `2026` can mean.
    pub fn parse_partial(text: &str) -> Option<(Day, Day)> {
        match text.len() {
            10 => Day::parse(text).map(|day| (day, day)),
            7 if text.is_ascii() && text.as_bytes()[4] == b'-' => {
                let (year, month) = (digits(&text[0..4])?, digits(&text[5..7])? as i8);
                let first = Day::parse(&format!("{year:04}-{month:02}-01"))?;
                let next = first.shift(&Duration::new(1, Unit::Months), false);
                Some((first, Day(next.0 - 1)))
            }
            4 if text.is_ascii() => {
                let year = digits(text)?;
                Day::parse(&format!("{year:04}-01-01")).zip(Day::parse(&format!("{year:04}-12-31")))
            }
            _ => None,
        }
    }

    /// Year, month and day of the month.
    pub fn civil(self) -> (i16, i8, i8) {
        let days = self.0 + MARCH_0000;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = (from_march + 2) % 12 + 1;
        ((era * 400 + year + i32::from(month <= 2)) as i16, month as i8, day as i8)
    }

    /// The day this much later, or earlier if `back`. Months and years that land on a day the month does
    /// not have roll forward to the first of the next month, as CDC's immunization logic specification
    /// does (CALCDT-5): a wait is never a day too short. Hours and minutes do not move a day.
    pub fn shift(self, by: &Duration, back: bool) -> Day {
        let n = i64::from(by.count) * if back { -1 } else { 1 };
        match by.unit {
            Unit::Minutes | Unit::Hours => self,
            Unit::Days => Day::from_point(self.point() + n),
            Unit::Weeks => Day::from_point(self.point() + 7 * n),
            Unit::Months => self.add_months(n),
            Unit::Years => self.add_months(12 * n),
        }
    }

    fn add_months(self, n: i64) -> Day {
        let (year, month, day) = self.civil();
        let months = i64::from(year) * 12 + i64::from(month) - 1 + n;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        if year > 9998 {
            return Day(END_OF_CALENDAR as i32);
        }
        let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        Day::new(year as i16, month as i8, day)
            .or_else(|| Day::new(next_year as i16, next_month as i8, 1))
            .unwrap_or(FIRST_DAY)
    }

    /// The day of the week, Monday first.
    pub fn weekday(self) -> &'static str {
        const NAMES: [&str; 7] =
            ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
        NAMES[self.0.rem_euclid(7) as usize]
    }

    /// `3 March 2026`, as people write it.
    pub fn long(self) -> String {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let (year, month, day) = self.civil();
        format!("{day} {} {year}", MONTHS[month as usize - 1])
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

fn digits(text: &str) -> Option<i16> {
    let digit = |all: i16, byte: u8| byte.is_ascii_digit().then(|| all * 10 + i16::from(byte - b'0'));
    text.bytes().try_fold(0, digit)
}

/// Moves a point of a date question; `never` and `ongoing` stay where they are.
pub fn shift(point: Point, by: &Duration, back: bool) -> Point {
    match point {
        NEVER | ONGOING => point,
        _ => Day(point as i32).shift(by, back).point(),
    }
}

/// The largest n with `a` + n years <= `b`; negative when `a` lies after `b`.
pub fn years_between(a: Day, b: Day) -> i64 {
    let estimate = i64::from(b.civil().0) - i64::from(a.civil().0);
    (estimate - 1..=estimate + 1).rev().find(|n| a.add_months(12 * n) <= b).unwrap_or(estimate - 2)
}

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
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(decimals) || whole.len() > 12 || decimals.len() > 6 {
            return None;
        }
        let digits =
            whole.bytes().chain(decimals.bytes()).chain(std::iter::repeat_n(b'0', 6 - decimals.len()));
        let scaled = digits.fold(0, |all, digit| all * 10 + i64::from(digit - b'0'));
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
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Points(Vec<(Point, Point)>);

impl Points {
    /// No point.
    pub const EMPTY: Points = Points(Vec::new());

    /// Exactly `point`.
    pub fn one(point: Point) -> Points {
        Points(vec![(point, point)])
    }

    /// Every point from `low` to `high`, both inside; nothing if they are the wrong way round.
    pub fn range(low: Point, high: Point) -> Points {
        Points(if low <= high { vec![(low, high)] } else { Vec::new() })
    }

    /// The union of closed ranges in any order.
    pub fn of(ranges: impl IntoIterator<Item = (Point, Point)>) -> Points {
        let mut ranges: Vec<_> = ranges.into_iter().filter(|(low, high)| low <= high).collect();
        ranges.sort_unstable();
        let mut joined: Vec<(Point, Point)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match joined.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => joined.push((low, high)),
            }
        }
        Points(joined)
    }

    /// The ranges, ascending.
    pub fn ranges(&self) -> &[(Point, Point)] {
        &self.0
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The point, if there is exactly one.
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
        let mut both = Vec::new();
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

    /// How a point drawn from `self` stands to the set `other`: always inside, never inside, or either.
    pub fn truth_of(&self, other: &Points) -> Truth {
        if self.is_within(other) {
            Truth::Yes
        } else if self.intersect(other).is_empty() {
            Truth::No
        } else {
            Truth::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect(text)
    }

    #[test]
    fn limits_are_the_days_they_say() {
        assert_eq!(FIRST_DAY.to_string(), "1900-01-01");
        assert_eq!(LAST_DAY.to_string(), "2999-12-31");
        assert_eq!(Day::from_point(END_OF_CALENDAR).to_string(), "9999-12-31");
        assert_eq!(day("2999-12-31").shift(&Duration::new(100, Unit::Years), false).civil().0, 3099);
    }

    #[test]
    fn every_day_has_the_date_that_jiff_gives_it() {
        use jiff::civil::Date;
        let mut date = Date::constant(1, 1, 1);
        let mut day = Day::new(1, 1, 1).expect("a day");
        assert_eq!(Day::new(1970, 1, 1), Some(Day(0)));
        loop {
            let (year, month, of_month) = (date.year(), date.month(), date.day());
            assert_eq!(day.civil(), (year, month, of_month));
            assert_eq!(Day::new(year, month, of_month), Some(day));
            if of_month > 27 {
                let invalid = (of_month + 1..=32).filter(|day| Date::new(year, month, *day).is_err());
                assert!(invalid.into_iter().all(|wrong| Day::new(year, month, wrong).is_none()));
            }
            let Ok(next) = date.tomorrow() else { break };
            (date, day) = (next, Day(day.0 + 1));
        }
        assert_eq!(i64::from(day.0), END_OF_CALENDAR);
        assert_eq!([Day::new(2026, 0, 1), Day::new(2026, 13, 1), Day::new(2026, 1, 0)], [None; 3]);
    }

    #[test]
    fn a_day_is_read_from_digits_and_dashes_alone() {
        for (at, byte) in (0..10).flat_map(|at| (0..128u8).map(move |byte| (at, byte))) {
            let mut text = *b"2026-11-23";
            text[at] = byte;
            let text = str::from_utf8(&text).expect("ASCII");
            let plain = text.parse::<jiff::civil::Date>().ok().filter(|date| date.to_string() == text);
            let expected = plain.and_then(|date| Day::new(date.year(), date.month(), date.day()));
            let expected = expected.filter(|day| (FIRST_DAY..=LAST_DAY).contains(day));
            assert_eq!(Day::parse(text), expected, "{text:?}");
        }
        for wrong in ["", "2026-11-2", "2026-11-233", "2026-11-2é", "é26-11-23", "2026-11-é3"] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn partial_dates_are_ranges() {
        assert_eq!(Day::parse_partial("2024-02"), Some((day("2024-02-01"), day("2024-02-29"))));
        assert_eq!(Day::parse_partial("2019"), Some((day("2019-01-01"), day("2019-12-31"))));
        for wrong in ["2026-2", "26", "2026-02-30", "2026-13", "+2026", "2026/02/01", "1899", "２０２６"]
        {
            assert_eq!(Day::parse_partial(wrong), None, "{wrong}");
        }
        assert_eq!(day("2026-03-02").weekday(), "Monday");
    }

    #[test]
    fn years_count_birthdays_and_a_leap_day_birthday_falls_on_the_first_of_march() {
        assert_eq!(years_between(day("2008-02-29"), day("2026-02-28")), 17);
        assert_eq!(years_between(day("2008-02-29"), day("2026-03-01")), 18);
        assert_eq!(years_between(day("2026-03-02"), day("2026-03-01")), -1);
    }

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
