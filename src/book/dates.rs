//! Things that count from a day on: dated values, days in force, and the values parameters have.

use std::fmt;

use crate::value::{Day, Duration, FIRST_DAY, Number};

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
            crate::value::Unit::Minutes => i64::from(d.count),
            crate::value::Unit::Hours => i64::from(d.count) * 60,
            _ => d.shortest_days() * 1_440,
        };
        return minutes(a) <= minutes(b);
    }
    if a.longest_days() <= b.shortest_days() - 2 {
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
