//! Answers in words: the points of a slot, and one alternative of a fact.

use super::values::Plan;
use crate::book::fact::{Fact, FactKind};
use crate::value::{Day, FIRST_DAY, LAST_DAY, NEVER, NO, Number, ONGOING, Point, Points, YES};

/// One alternative of a fact in words, of which some may be plans.
pub(super) fn fact_answer(fact: &Fact, one: &[Points], plans: &[Plan]) -> String {
    let said = |at: usize, set: &Points| match plans.iter().find(|plan| plan.slot == at) {
        Some(plan) => format!("{} (a plan)", end(plan)),
        None => points(fact, set, &Points::EMPTY),
    };
    if !fact.kind.slot_per_option() {
        return one.first().map(|set| said(0, set)).unwrap_or_default();
    }
    let nothing = if fact.kind == FactKind::Set { NO } else { NEVER };
    if one.iter().all(|set| set.single() == Some(nothing)) {
        return "none".to_string();
    }
    let named: Vec<String> = fact
        .options
        .iter()
        .zip(one)
        .enumerate()
        .filter(|(_, (_, set))| set.single() != Some(nothing))
        .map(|(at, (option, set))| match (fact.kind, set.single()) {
            (FactKind::Set, Some(YES)) => option.id.clone(),
            _ => format!("{}: {}", option.id, said(at, set)),
        })
        .collect();
    named.join(", ")
}

/// When something is to end: `2026-05-01`, or `2026-05-01 to 2026-05-31`.
pub(super) fn end(plan: &Plan) -> String {
    let Plan { first, last, .. } = *plan;
    let day = Day::from_point;
    match (first == last, last == LAST_DAY.point()) {
        (true, _) => day(first).to_string(),
        (false, true) => format!("from {}", day(first)),
        (false, false) => format!("{} to {}", day(first), day(last)),
    }
}

/// The points of one slot in words; `unknown` if they are all of `domain`.
pub(super) fn points(fact: &Fact, set: &Points, domain: &Points) -> String {
    let unknown_date = set.contains(NEVER) && set.contains(ONGOING);
    if set == domain
        || set.ranges().len() == 1
            && set.min() != set.max()
            && matches!(fact.kind, FactKind::YesNo | FactKind::Set)
    {
        return "unknown".to_string();
    }
    if unknown_date && fact.kind.is_date() {
        return "unknown".to_string();
    }
    let one = |point: Point| match fact.kind {
        FactKind::YesNo | FactKind::Set => {
            if point == YES {
                "yes".to_string()
            } else {
                "no".to_string()
            }
        }
        FactKind::Choice => fact.options[point as usize].id.clone(),
        FactKind::Number { .. } => Number::from_point(point).to_string(),
        FactKind::PlannedDate if point == ONGOING => "none".to_string(),
        _ if point == NEVER => "never".to_string(),
        _ if point == ONGOING => "ongoing".to_string(),
        _ => Day::from_point(point).to_string(),
    };
    let each = set.ranges().iter().flat_map(|(low, high)| match (low == high, fact.kind) {
        (true, _) => vec![one(*low)],
        (false, FactKind::Choice) => (*low..=*high).map(one).collect(),
        (false, kind) if kind.is_date() && *low == FIRST_DAY.point() => vec![format!("up to {}", one(*high))],
        (false, kind) if kind.is_date() && *high == LAST_DAY.point() => vec![format!("from {}", one(*low))],
        (false, _) => vec![format!("{} to {}", one(*low), one(*high))],
    });
    each.collect::<Vec<_>>().join(" or ")
}
