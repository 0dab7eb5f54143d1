//! Calendar days.

use std::fmt;

use super::duration::{Duration, Unit};
use super::points::{NEVER, ONGOING, Point};

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
        // How long each month is, and how many days lie between its first and the first of March before it.
        const MONTHS: [(i8, u16); 12] = [
            (31, 306),
            (28, 337),
            (31, 0),
            (30, 31),
            (31, 61),
            (30, 92),
            (31, 122),
            (31, 153),
            (30, 184),
            (31, 214),
            (30, 245),
            (31, 275),
        ];
        let (longest, from_march) = *MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
        let leap = || year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let fits = (1..=longest).contains(&day) || (month == 2 && day == 29 && leap());
        if !fits || !(-9_999..=9_999).contains(&year) {
            return None;
        }
        // Counted in years that start in March, so that a leap day is the last of its year, and from one far back,
        // so that none is negative.
        let years = (i32::from(year) - i32::from(month <= 2) + 10_000) as u32;
        let centuries = years / 100;
        let of_year = u32::from(from_march) + day as u32 - 1;
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
        let two = |tens: u8, ones: u8| (tens * 10 + ones) as i8;
        let [a, b, c, d, _, e, f, _] = start.to_le_bytes();
        let year = i16::from(two(a, b)) * 100 + i16::from(two(c, d));
        let day = Day::new(year, two(e, f), two(end[0], end[1]))?;
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

    /// The last day on which what was said or done on this day counts, if it counts for so long. Months that land on a
    /// day the month does not have end on its last day: what counts is never counted a day too long.
    pub fn last_within(self, counts: &Duration) -> Day {
        let day = self.shift(counts, false);
        match counts.unit {
            Unit::Months | Unit::Years if day.civil().2 != self.civil().2 => day.before(),
            _ => day,
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

/// The same of [`Day::last_within`].
pub fn last_within(point: Point, counts: &Duration) -> Point {
    match point {
        NEVER | ONGOING => point,
        _ => Day(point as i32).last_within(counts).point(),
    }
}

/// The largest n with `a` + n years <= `b`; negative when `a` lies after `b`.
pub fn years_between(a: Day, b: Day) -> i64 {
    let estimate = i64::from(b.civil().0) - i64::from(a.civil().0);
    (estimate - 1..=estimate + 1).rev().find(|n| a.add_months(12 * n) <= b).unwrap_or(estimate - 2)
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
            let day = plain.and_then(|date| Day::new(date.year(), date.month(), date.day()));
            assert_eq!(Day::parse(text), day.filter(|day| (FIRST_DAY..=LAST_DAY).contains(day)), "{text:?}");
        }
        let wrong = ["", "2026-11-2", "2026-11-233", "2026-11-2é", "é26-11-23", "2026-11-é3"];
        assert_eq!(wrong.map(Day::parse), [None; 6]);
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
    fn a_wait_ends_on_the_later_day_and_a_validity_on_the_earlier() {
        for (from, counts, later, earlier) in [
            ("2026-01-31", "1 month", "2026-03-01", "2026-02-28"),
            ("2026-08-31", "6 months", "2027-03-01", "2027-02-28"),
            ("2028-02-29", "1 year", "2029-03-01", "2029-02-28"),
            ("2026-03-31", "1 month", "2026-05-01", "2026-04-30"),
            ("2026-01-15", "1 month", "2026-02-15", "2026-02-15"),
            ("2026-01-31", "4 weeks", "2026-02-28", "2026-02-28"),
        ] {
            let counts = Duration::parse(counts).expect(counts);
            let said = [day(from).shift(&counts, false), day(from).last_within(&counts)];
            assert_eq!(said, [day(later), day(earlier)], "{from} {counts}");
        }
    }

    #[test]
    fn years_count_birthdays_and_a_leap_day_birthday_falls_on_the_first_of_march() {
        assert_eq!(years_between(day("2008-02-29"), day("2026-02-28")), 17);
        assert_eq!(years_between(day("2008-02-29"), day("2026-03-01")), 18);
        assert_eq!(years_between(day("2026-03-02"), day("2026-03-01")), -1);
    }
}
