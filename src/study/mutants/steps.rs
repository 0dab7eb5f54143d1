//! The smallest step up and down of a number, a duration or a day.

use crate::book::{Extent, Quantity};
use crate::value::{Day, Duration, FIRST_DAY, LAST_DAY, Number, Unit};

pub(super) fn quantity(quantity: Quantity) -> Vec<Quantity> {
    match quantity {
        Quantity::Duration(duration) => {
            self::duration(duration).into_iter().map(Quantity::Duration).collect()
        }
        Quantity::Number(number) => self::number(number).into_iter().map(Quantity::Number).collect(),
        Quantity::Day(day) => self::day(day).into_iter().map(Quantity::Day).collect(),
    }
}

/// A day less and a day more; of hours a minute, of months and years one of them.
pub(super) fn duration(duration: Duration) -> Vec<Duration> {
    let (count, unit) = match duration.unit {
        Unit::Weeks => (duration.count * 7, Unit::Days),
        Unit::Hours => (duration.count * 60, Unit::Minutes),
        unit => (duration.count, unit),
    };
    count.checked_sub(1).into_iter().chain([count + 1]).map(|count| Duration::new(count, unit)).collect()
}

/// One unit of the last digit less and more.
pub(super) fn number(number: Number) -> Vec<Number> {
    let mut unit = Number::whole(1).point();
    while number.point() % unit != 0 {
        unit /= 10;
    }
    [number.point() - unit, number.point() + unit].map(Number::from_point).to_vec()
}

/// The day before and the day after.
pub(super) fn day(day: Day) -> Vec<Day> {
    let around = [day.point() - 1, day.point() + 1].map(Day::from_point);
    around.into_iter().filter(|day| (FIRST_DAY..=LAST_DAY).contains(day)).collect()
}

/// Either end of a length of time a step up or down. What a parameter says changes with the parameter.
pub(super) fn extent(extent: &Extent) -> Vec<Extent> {
    match extent {
        Extent::Range(low, high) if low == high => {
            duration(*low).into_iter().map(|one| Extent::Range(one, one)).collect()
        }
        Extent::Range(low, high) => {
            let lower = duration(*low).into_iter().map(|low| Extent::Range(low, *high));
            lower.chain(duration(*high).into_iter().map(|high| Extent::Range(*low, high))).collect()
        }
        Extent::AtLeast(least) => duration(*least).into_iter().map(Extent::AtLeast).collect(),
        Extent::Parameter(_) | Extent::Always => Vec::new(),
    }
}
