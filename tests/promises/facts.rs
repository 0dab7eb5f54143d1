//! The facts and parameters that pages draw from.

use crate::calendar::day_text;
use crate::page::{Fact, Kind, Param};
use crate::random::Random;

const FACTS: &[(&str, Kind, &[&str])] = &[
    ("yn_a", Kind::YesNo, &[]),
    ("yn_b", Kind::YesNo, &[]),
    ("yn_c", Kind::YesNo, &[]),
    ("choice_a", Kind::Choice, &["red", "green", "blue"]),
    ("set_a", Kind::Set, &["p", "q", "r"]),
    ("num_a", Kind::Number, &[]),
    ("num_b", Kind::Number, &[]),
    ("whole_a", Kind::Whole, &[]),
    ("date_a", Kind::Date, &[]),
    ("date_b", Kind::Date, &[]),
    ("planned_a", Kind::Planned, &[]),
    ("birth_a", Kind::Birth, &[]),
    ("hist_a", Kind::History, &["x", "y"]),
];

/// How many facts there are to draw from.
pub fn count() -> usize {
    FACTS.len()
}

/// The fact at a place of the list, with random limits on how long its answers count.
pub fn fact(random: &mut Random, at: usize) -> Fact {
    let (name, kind, options) = FACTS[at];
    let keys: &[&str] = match kind {
        Kind::YesNo => &["no", "yes"],
        Kind::Choice => options,
        Kind::Set | Kind::History => &["none", "any"],
        Kind::Date => &["never", "ongoing"],
        Kind::Planned => &["none"],
        Kind::Number | Kind::Whole | Kind::Birth => &[],
    };
    let good_for = match random.below(5) {
        0 => vec![("", random.between(1, 20))],
        1 | 2 if !keys.is_empty() => {
            let key = random.of(keys);
            let mut limits = vec![(key, random.between(1, 20))];
            if random.chance(3) {
                let other = random.of(keys);
                if other != key {
                    limits.push((other, random.between(1, 20)));
                }
            }
            limits
        }
        _ => Vec::new(),
    };
    let may_be_planned = matches!(kind, Kind::Date | Kind::History) && random.chance(2);
    Fact { name, kind, options, good_for, may_be_planned, on_the_day: false }
}

/// The parameters of a page: each with one value or two.
pub fn params(random: &mut Random, visit: i64) -> Vec<Param> {
    let mut params = Vec::new();
    for name in ["wait_a", "wait_b", "limit_a", "day_a"] {
        let months = name == "wait_b" && random.chance(2);
        let value = |random: &mut Random| match name {
            "limit_a" => random.of(&["2", "3.5", "3"]).to_string(),
            "day_a" => day_text(visit + random.between(-12, 8)),
            _ if months => random.of(&["1 months", "2 months"]).to_string(),
            _ => format!("{} days", random.between(1, 12)),
        };
        let mut values = vec![(visit - 400, value(random))];
        if random.chance(2) {
            values.push((visit + random.between(-2, 10), value(random)));
        }
        params.push(Param { name, values });
    }
    params
}
