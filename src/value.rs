//! Exact values: days, durations, decimal numbers, sets of them, and three-valued truth.
//!
//! Every answer is a set of points on a line of whole numbers. A day is its number counted from 1970-01-01,
//! `never` lies before every day and `ongoing` after every day, a decimal number is counted in millionths,
//! and yes is 1.

mod day;
mod duration;
mod points;
mod typed;

use std::fmt;

pub use self::day::{Day, FIRST_DAY, LAST_DAY, last_within, shift, years_between};
pub use self::duration::{Duration, Unit};
pub use self::points::{NEVER, NO, ONGOING, Point, Points, YES};
pub use self::typed::{NotTyped, TypedDay};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_refuse_what_is_not_plain() {
        assert_eq!(Number::parse("1.10").map(|n| n.to_string()).as_deref(), Some("1.1"));
        assert_eq!(Number::parse("-0.5").map(|n| n.to_string()).as_deref(), Some("-0.5"));
        for wrong in ["1,200.00", "1.", ".5", "1e3", "+1", "", "0x10", "1.1234567", "1234567890123"] {
            assert_eq!(Number::parse(wrong), None, "{wrong}");
        }
    }
}
