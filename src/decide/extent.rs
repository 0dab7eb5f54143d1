//! How long a page says something counts, with its parameters looked up.

use std::fmt;

use crate::book::{Extent, Quantity, Treatment};
use crate::value::{Day, Duration};

/// A duration, a range of them, a minimum, or without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// From the first to the second; equal for one value.
    Between(Duration, Duration),
    /// At least so long.
    AtLeast(Duration),
    /// Without end.
    Always,
}

impl Length {
    /// What `extent` means on `day`: `session_gap_min` is `4 weeks`.
    pub fn of(extent: &Extent, treatment: &Treatment, day: Day) -> Length {
        match extent {
            Extent::Range(low, high) => Length::Between(*low, *high),
            Extent::AtLeast(least) => Length::AtLeast(*least),
            Extent::Parameter(id) => match treatment.parameter(*id).values.on(day).1.value {
                Quantity::Duration(one) => Length::Between(one, one),
                // `check` lets only durations stand here.
                Quantity::Number(_) | Quantity::Day(_) => Length::Always,
            },
            Extent::Always => Length::Always,
        }
    }

    /// The shorter end; `None` without end.
    pub fn least(&self) -> Option<Duration> {
        match self {
            Length::Between(low, _) | Length::AtLeast(low) => Some(*low),
            Length::Always => None,
        }
    }

    /// The end that decides: the later one. `None` without end.
    pub fn most(&self) -> Option<Duration> {
        match self {
            Length::Between(_, high) | Length::AtLeast(high) => Some(*high),
            Length::Always => None,
        }
    }

    /// Whether it is only a minimum.
    pub fn is_minimum(&self) -> bool {
        matches!(self, Length::AtLeast(_))
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Length::Between(low, high) if low == high => low.fmt(f),
            Length::Between(low, high) if low.unit == high.unit => write!(f, "{} to {high}", low.count),
            Length::Between(low, high) => write!(f, "{low} to {high}"),
            Length::AtLeast(least) => write!(f, "at least {least}"),
            Length::Always => f.write_str("always"),
        }
    }
}
