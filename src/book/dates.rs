//! Things that count from a day on: dated values, days in force, and the values parameters have.

use std::fmt;

use crate::prose;
use crate::value::{Day, Duration, FIRST_DAY, Number, Unit};

/// The value of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// `180 days`
    Duration(Duration),
    /// `18`
    Number(Number),
    /// `2026-01-01`
    Day(Day),
}

impl Quantity {
    /// Reads any of the three.
    pub fn parse(text: &str) -> Option<Quantity> {
        Duration::parse(text)
            .map(Quantity::Duration)
            .or_else(|| Day::parse(text).map(Quantity::Day))
            .or_else(|| Number::parse(text).map(Quantity::Number))
    }

    /// What it is, in a message.
    pub fn word(self) -> &'static str {
        match self {
            Quantity::Duration(_) => "a duration",
            Quantity::Number(_) => "a number",
            Quantity::Day(_) => "a day",
        }
    }

    /// Whether `self <= other` whatever day a duration starts on; `None` for different kinds.
    pub fn at_most(self, other: Quantity) -> Option<bool> {
        Some(match (self, other) {
            (Quantity::Number(a), Quantity::Number(b)) => a <= b,
            (Quantity::Day(a), Quantity::Day(b)) => a <= b,
            (Quantity::Duration(a), Quantity::Duration(b)) => never_longer(a, b),
            _ => return None,
        })
    }
}

/// Why a text is no number, duration or day, and what to write.
pub(super) fn slip(text: &str) -> (String, String) {
    let is_no_value = format!("`{text}` is no value");
    let usual = "write a count and a unit such as `180 days`, a number, or a day".to_string();
    if let Some(number) = prose::dot_for_comma(text) {
        return (is_no_value, format!("write a dot, not a comma: `{number}`"));
    }
    let (count, unit) = text.split_once(' ').unwrap_or((text, ""));
    let unit = unit.trim();
    let known = Unit::ALL.iter().find(|u| unit.strip_suffix('s').unwrap_or(unit) == u.name());
    let Some(known) = known else {
        return (is_no_value, usual);
    };
    let number = Number::parse(&prose::dot_for_comma(count).unwrap_or_else(|| count.replace(',', "")));
    match (count.strip_prefix('-'), number) {
        (Some(positive), Some(_)) => {
            let help = format!("write how long it is, without a sign: `{positive} {unit}`");
            (format!("`{text}` is negative, and no time is"), help)
        }
        (None, Some(number)) if !number.is_whole() || count.contains('.') => {
            let help = match known {
                Unit::Weeks | Unit::Months | Unit::Years => {
                    format!("write a whole number of {}s, or count in days", known.name())
                }
                _ => format!("write a whole number of {}s", known.name()),
            };
            (format!("`{text}` is no whole number of {}s", known.name()), help)
        }
        (None, Some(_)) if count.contains(',') => {
            (is_no_value, "write the digits without commas".to_string())
        }
        (None, Some(number)) if number.point() > Number::whole(36_600).point() => {
            (format!("`{text}` is longer than 100 years"), "correct the number".to_string())
        }
        _ => (is_no_value, usual),
    }
}

/// What is wrong with hours or minutes where days are counted, and what to write.
pub(super) fn not_in_days(duration: Duration) -> (String, String) {
    let hours = match duration.unit {
        Unit::Minutes => duration.count.div_ceil(60),
        _ => duration.count,
    };
    let days = |n: u32| prose::count(i64::from(n), "day");
    let least = hours.div_ceil(24).max(1);
    let message = format!("`{duration}` counts by the clock, and here calendar days are counted");
    let help = format!(
        "{duration} is {} by the calendar: write `{}`, or `{}` if the full {duration} must pass between two visits",
        days(least),
        days(least),
        days(least + 1)
    );
    (message, help)
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Quantity::Duration(duration) => duration.fmt(f),
            Quantity::Number(number) => number.fmt(f),
            Quantity::Day(day) => day.fmt(f),
        }
    }
}

/// Whether `a` ends no later than `b` from every day. Eight years hold every pattern of month lengths
/// but that of a century year, so both are tried from each of their days.
pub fn never_longer(a: Duration, b: Duration) -> bool {
    if a.unit == b.unit {
        return a.count <= b.count;
    }
    if !a.unit.is_calendar() || !b.unit.is_calendar() {
        let minutes = |d: Duration| match d.unit {
            Unit::Minutes => i64::from(d.count),
            Unit::Hours => i64::from(d.count) * 60,
            _ => d.shortest_days() * 1_440,
        };
        return minutes(a) <= minutes(b);
    }
    if a.longest_days() <= b.shortest_days() {
        return true;
    }
    let start = Day::new(2023, 1, 1).unwrap_or(FIRST_DAY).point();
    (start..start + 2_922).map(Day::from_point).all(|day| day.shift(&a, false) <= day.shift(&b, false))
}

/// The days something counts, both ends inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InForce {
    /// The first day, if there is one.
    pub from: Option<Day>,
    /// The last day, if there is one.
    pub last: Option<Day>,
}

impl InForce {
    /// Whether `day` is inside.
    pub fn covers(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.last.is_none_or(|last| day <= last)
    }

    /// Whether some day is inside both.
    pub fn overlaps(&self, other: &InForce) -> bool {
        let before =
            |a: Option<Day>, b: Option<Day>| matches!((a, b), (Some(last), Some(from)) if last < from);
        !before(self.last, other.from) && !before(other.last, self.from)
    }

    /// The days on which it starts or stops to count.
    pub fn changes(&self) -> impl Iterator<Item = Day> {
        self.from.into_iter().chain(self.last.map(Day::next))
    }
}

/// Values that each count from a day on, ascending by day, at least one.
#[derive(Debug, Clone)]
pub struct Dated<T>(Vec<(Day, T)>);

impl<T> Dated<T> {
    /// Sorts the values by day; `None` if there are none.
    pub fn new(mut values: Vec<(Day, T)>) -> Option<Dated<T>> {
        values.sort_by_key(|(day, _)| *day);
        (!values.is_empty()).then_some(Dated(values))
    }

    /// The value that counts on `day` and since when. Before the first day the first value counts; `check`
    /// refuses a page that is in force that early.
    pub fn on(&self, day: Day) -> (Day, &T) {
        let index = self.0.partition_point(|(from, _)| *from <= day).saturating_sub(1);
        (self.0[index].0, &self.0[index].1)
    }

    /// Every value with the day it counts from.
    pub fn all(&self) -> &[(Day, T)] {
        &self.0
    }
}
