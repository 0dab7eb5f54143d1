//! Sets of answers, for people and as a record would write them.

use serde_json::{Value, json};

use crate::book::fact::{Fact, FactKind};
use crate::prose::{count, list};
use crate::study::clients::written;
use crate::value::{Day, FIRST_DAY, LAST_DAY, NEVER, Number, ONGOING, Point, Points, YES};

/// Answers in words: `never`, `on 3 September 2025 or earlier (180 days before the visit or longer ago)`.
pub(super) fn words(fact: &Fact, set: &Points, visit: Day) -> String {
    let one = |point: Point| match fact.kind {
        FactKind::YesNo | FactKind::Set | FactKind::Note => {
            if point == YES { "yes" } else { "no" }.to_string()
        }
        FactKind::Choice => {
            fact.options.get(point as usize).map_or(String::new(), |option| option.text.clone())
        }
        _ => written(fact, point),
    };
    let parts: Vec<String> = match fact.kind {
        FactKind::Number { whole, low, high } => {
            set.ranges().iter().map(|range| number(fact, *range, (low, high), whole)).collect()
        }
        kind if kind.is_date() => dates(kind, set, visit),
        _ => return list(&points(set).map(one).collect::<Vec<_>>(), "or"),
    };
    parts.join(", or ")
}

fn points(set: &Points) -> impl Iterator<Item = Point> {
    set.ranges().iter().flat_map(|(low, high)| *low..=*high)
}

/// The whole numbers of a range, or the range.
fn ends((low, high): (Point, Point), whole: bool) -> (Point, Point) {
    match whole {
        true => (
            Number::from_point(low).whole_around().0.point(),
            Number::from_point(high).whole_around().1.point(),
        ),
        false => (low, high),
    }
}

fn number(fact: &Fact, range: (Point, Point), all: (Point, Point), whole: bool) -> String {
    let ((low, high), (least, most)) = (ends(range, whole), ends(all, whole));
    let unit = fact.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let say = |point: Point| format!("{}{unit}", Number::from_point(point));
    let digits = |point: Point| Number::from_point(point).to_string().len();
    // The last point before a constant is said by the constant.
    let above = || match digits(low - 1) < digits(low) {
        true => format!("more than {}", say(low - 1)),
        false => format!("at least {}", say(low)),
    };
    let below = || match digits(high + 1) < digits(high) {
        true => format!("less than {}", say(high + 1)),
        false => format!("at most {}", say(high)),
    };
    match (low <= least, high >= most) {
        _ if low == high => say(low),
        (true, true) => "any number".to_string(),
        (true, false) => below(),
        (false, true) => above(),
        (false, false) => format!("{} and {}", above(), below()),
    }
}

fn dates(kind: FactKind, set: &Points, visit: Day) -> Vec<String> {
    let mut parts = Vec::new();
    let past = Points::range(FIRST_DAY.point(), visit.point());
    if kind != FactKind::PlannedDate && past.union(&Points::one(NEVER)) == *set {
        return vec!["anything but still going on".to_string()];
    }
    if kind != FactKind::PlannedDate && past.union(&Points::one(ONGOING)) == *set {
        return vec!["anything but never".to_string()];
    }
    if set.contains(NEVER) {
        parts.push("never".to_string());
    }
    if set.contains(ONGOING) {
        parts.push(if kind == FactKind::PlannedDate { "none" } else { "still going on" }.to_string());
    }
    let last = if kind == FactKind::PlannedDate { LAST_DAY } else { visit };
    let days = set.ranges().iter().filter(|(low, high)| *low > NEVER && *high < ONGOING);
    for (low, high) in days.map(|(low, high)| (Day::from_point(*low), Day::from_point(*high))) {
        let before = |day: Day| visit.point() - day.point();
        let said = match (low <= FIRST_DAY, high >= last) {
            _ if low == high => format!("on {} ({})", low.long(), relative(before(low))),
            (true, true) => "on any day".to_string(),
            (true, false) if before(high) > 0 => {
                format!(
                    "on {} or earlier ({} or more before the visit)",
                    high.long(),
                    count(before(high), "day")
                )
            }
            (true, false) => format!("on {} or earlier (up to {})", high.long(), relative(before(high))),
            (false, true) if last == visit => {
                format!("on {} or later (at most {} before the visit)", low.long(), count(before(low), "day"))
            }
            (false, true) => format!("on {} or later (from {})", low.long(), relative(before(low))),
            (false, false) => {
                let (from, to) = (before(low), before(high));
                let days = match to > 0 {
                    true => format!("{from} to {} before the visit", count(to, "day")),
                    false => format!("from {} to {}", relative(from), relative(to)),
                };
                format!("from {} to {} ({days})", low.long(), high.long())
            }
        };
        parts.push(said);
    }
    parts
}

fn relative(before: i64) -> String {
    match before {
        0 => "the day of the visit".to_string(),
        1.. => format!("{} before the visit", count(before, "day")),
        _ => format!("{} after the visit", count(-before, "day")),
    }
}

/// Answers as a record writes them: a list of single answers and of ranges, an end left out where there is none.
pub(super) fn data(fact: &Fact, set: &Points, domain: &Points) -> Value {
    let days = |points: &Points| {
        Points::of(points.ranges().iter().copied().filter(|(low, high)| *low > NEVER && *high < ONGOING))
    };
    let all = if fact.kind.is_date() { days(domain) } else { domain.clone() };
    let range = |(low, high): (Point, Point)| {
        if low == high {
            return json!(written(fact, low));
        }
        let mut range = serde_json::Map::new();
        if all.min().is_none_or(|least| low > least) {
            range.insert("at_least".to_string(), json!(written(fact, low)));
        }
        if all.max().is_none_or(|most| high < most) {
            range.insert("at_most".to_string(), json!(written(fact, high)));
        }
        Value::Object(range)
    };
    let each = set.ranges().iter().flat_map(|(low, high)| match fact.kind {
        FactKind::Number { whole, .. } => vec![range(ends((*low, *high), whole))],
        kind if kind.is_date() => vec![range((*low, *high))],
        _ => (*low..=*high).map(|point| json!(written(fact, point))).collect(),
    });
    Value::Array(each.collect())
}
