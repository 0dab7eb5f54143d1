//! Conditions and dates worked out for one client on one day, straight from the design.

use clearance::inside::book::syntax::CompareOp;

use crate::calendar::{NEVER, ONGOING, add_months, date_of, parse_day, years_between};

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    Bool(bool),
    Number(i64),
    Date(i64),
    /// Days, months.
    Length(i64, i64),
}

/// A condition or date with its names looked up.
pub enum Node {
    Visit,
    Fixed(Value),
    /// Dated values, ascending.
    Param(Vec<(i64, Value)>),
    Is(usize, i64),
    Number(usize),
    Date(usize),
    At(Box<Node>, i64),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Compare(Box<Node>, CompareOp, Box<Node>),
    Moved(Box<Node>, Box<Node>, i64),
    Latest(Vec<Node>),
    DaysBetween(Box<Node>, Box<Node>),
    YearsBetween(Box<Node>, Box<Node>),
}

impl Node {
    pub fn value(&self, values: &[i64], day: i64) -> Value {
        let date = |node: &Node| match node.value(values, day) {
            Value::Date(day) => day,
            other => panic!("{other:?}"),
        };
        match self {
            Node::Visit => Value::Date(day),
            Node::Fixed(value) => *value,
            Node::Param(dated) => dated.iter().rfind(|(from, _)| *from <= day).expect("a value that early").1,
            Node::Is(slot, point) => Value::Bool(values[*slot] == *point),
            Node::Number(slot) => Value::Number(values[*slot]),
            Node::Date(slot) => Value::Date(values[*slot]),
            Node::At(inner, point) => Value::Bool(date(inner) == *point),
            Node::Not(inner) => Value::Bool(!inner.yes(values, day)),
            Node::And(parts) => Value::Bool(parts.iter().all(|part| part.yes(values, day))),
            Node::Or(parts) => Value::Bool(parts.iter().any(|part| part.yes(values, day))),
            Node::Compare(left, op, right) => {
                Value::Bool(compare(left.value(values, day), *op, right.value(values, day)))
            }
            Node::Moved(date, by, sign) => moved(date.value(values, day), by.value(values, day), *sign),
            Node::Latest(dates) => Value::Date(dates.iter().map(date).max().expect("dates")),
            Node::DaysBetween(a, b) => Value::Number((date(b) - date(a)) * 1_000_000),
            Node::YearsBetween(a, b) => Value::Number(years_between(date(a), date(b)) * 1_000_000),
        }
    }

    pub fn yes(&self, values: &[i64], day: i64) -> bool {
        self.value(values, day) == Value::Bool(true)
    }
}

/// `2.5`, `12 days`, `1 months` or a day.
pub fn quantity(text: &str) -> Value {
    if let Some((count, unit)) = text.split_once(' ') {
        let count: i64 = count.parse().expect("a count");
        return if unit == "days" { Value::Length(count, 0) } else { Value::Length(0, count) };
    }
    if text.len() == 10 {
        return Value::Date(parse_day(text));
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let decimals: i64 = format!("{decimals:0<6}").parse().expect("decimals");
    Value::Number(whole.parse::<i64>().expect("a number") * 1_000_000 + decimals)
}

pub fn moved(date: Value, by: Value, sign: i64) -> Value {
    match (date, by) {
        (Value::Date(NEVER | ONGOING), _) => date,
        (Value::Date(day), Value::Length(days, 0)) => Value::Date(day + sign * days),
        (Value::Date(day), Value::Length(0, months)) => Value::Date(add_months(day, months)),
        other => panic!("{other:?}"),
    }
}

/// The last day on which what was done on a day counts: in a month that lacks the day, its last.
pub fn last_counting(date: Value, by: Value) -> Value {
    let after = moved(date, by, 1);
    match (date, by, after) {
        (Value::Date(day), Value::Length(0, 1..), Value::Date(last)) if is_day(day) => {
            Value::Date(last - i64::from(date_of(last).day() != date_of(day).day()))
        }
        _ => after,
    }
}

fn is_day(day: i64) -> bool {
    day > NEVER && day < ONGOING
}

pub fn compare(left: Value, op: CompareOp, right: Value) -> bool {
    let (left, right) = match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => (i64::from(a), i64::from(b)),
        (Value::Number(a), Value::Number(b)) | (Value::Date(a), Value::Date(b)) => (a, b),
        other => panic!("{other:?}"),
    };
    match op {
        CompareOp::Equal => left == right,
        CompareOp::NotEqual => left != right,
        CompareOp::Less => left < right,
        CompareOp::LessOrEqual => left <= right,
        CompareOp::Greater => left > right,
        CompareOp::GreaterOrEqual => left >= right,
    }
}
