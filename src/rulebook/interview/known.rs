//! What is known of a fact, as sets of values: whether an answer says more, and how a record writes it.

use serde_json::{Map, Value, json};

use super::asking::Already;
use crate::book::fact::{Fact, FactKind};
use crate::decide::{Alternative, Boxes, spread};
use crate::value::{Day, FIRST_DAY, NEVER, NO, Number, ONGOING, Points, YES};

/// So many alternatives are written; more are left open.
const MOST_ALTERNATIVES: usize = 64;

/// Whether whatever the one allows the other does too.
pub(super) fn within(one: &Boxes, other: &Boxes) -> bool {
    let inside = |a: &Alternative, b: &Alternative| a.iter().zip(b).all(|(a, b)| a.is_within(b));
    one.iter().all(|a| other.iter().any(|b| inside(a, b)))
}

/// Whether both allow the same.
pub(super) fn same(one: &Boxes, other: &Boxes) -> bool {
    within(one, other) && within(other, one)
}

/// What both allow.
pub(super) fn meet(one: &Boxes, other: &Boxes) -> Boxes {
    let mut both = Boxes::new();
    for (a, b) in one.iter().flat_map(|a| other.iter().map(move |b| (a, b))) {
        let meet: Alternative = a.iter().zip(b).map(|(a, b)| a.intersect(b)).collect();
        if !meet.iter().any(Points::is_empty) && !both.contains(&meet) {
            both.push(meet);
        }
    }
    both
}

/// The same with nothing known where `answer` says something.
pub(super) fn freed(known: &Boxes, answer: &Boxes, all: &Alternative) -> Boxes {
    let mut freed = known.clone();
    for (slot, all) in all.iter().enumerate() {
        if spread(answer, slot) != *all {
            freed.iter_mut().for_each(|one| one[slot] = all.clone());
        }
    }
    freed
}

/// What is known of a fact, option by option.
pub(super) fn known(fact: &Fact, boxes: &Boxes, all: &Alternative) -> Vec<Already> {
    let each = all.iter().enumerate().map(|(slot, all)| (slot, spread(boxes, slot), all));
    let partly = each.filter(|(_, points, all)| points != *all);
    let option = |slot| fact.kind.slot_per_option().then_some(slot);
    partly.map(|(slot, points, _)| Already { option: option(slot), points }).collect()
}

/// The answer given on a day that allows these values, in short forms or else range by range: what several answers
/// say is so that the client is as one of them says.
pub(super) fn written(fact: &Fact, boxes: &Boxes, all: &Alternative, on: Day, is_short: bool) -> Value {
    let mut alternatives = boxes.to_vec();
    for slot in (0..all.len()).filter(|_| !is_short && fact.kind != FactKind::Choice) {
        let apart = |one: Alternative| {
            let ranges = match one[slot] == all[slot] {
                true => vec![one[slot].clone()],
                false => one[slot].ranges().iter().map(|(low, high)| Points::range(*low, *high)).collect(),
            };
            ranges.into_iter().map(move |range| {
                let mut one = one.clone();
                one[slot] = range;
                one
            })
        };
        let next: Vec<Alternative> = alternatives.iter().cloned().flat_map(apart).collect();
        if next.len() <= MOST_ALTERNATIVES {
            alternatives = next;
        }
    }
    let answer = |one: &Alternative| json!({"answer": alternative(fact, one, all), "on": on.to_string()});
    match &alternatives[..] {
        [one] => answer(one),
        several => Value::Array(several.iter().map(answer).collect()),
    }
}

fn alternative(fact: &Fact, one: &Alternative, all: &Alternative) -> Value {
    if !fact.kind.slot_per_option() {
        return one.first().zip(all.first()).map_or(json!("unknown"), |(one, all)| piece(fact, one, all));
    }
    let single = |points: &Points, of| points.single() == Some(of);
    match fact.kind {
        FactKind::Set if one.iter().all(|points| single(points, NO)) => return json!("none"),
        FactKind::Set if one.iter().all(|points| points.single().is_some()) => {
            let yes = fact.options.iter().zip(one).filter(|(_, points)| single(points, YES));
            return yes.map(|(option, _)| json!(option.id)).collect();
        }
        FactKind::History if one.iter().all(|points| single(points, NEVER)) => return json!("never"),
        FactKind::YesNo
        | FactKind::Choice
        | FactKind::Set
        | FactKind::Number { .. }
        | FactKind::Date
        | FactKind::PlannedDate
        | FactKind::BirthDate
        | FactKind::History
        | FactKind::Note => {}
    }
    let named = fact.options.iter().zip(one.iter().zip(all)).filter(|(_, (one, all))| one != all);
    let pieces = named.map(|(option, (one, all))| (option.id.clone(), piece(fact, one, all)));
    Value::Object(pieces.collect::<Map<String, Value>>())
}

/// The answer of one slot.
pub(super) fn piece(fact: &Fact, points: &Points, all: &Points) -> Value {
    if points == all {
        return json!("unknown");
    }
    let range = |low: Option<String>, high: Option<String>| {
        let bounds = [("at_least", low), ("at_most", high)];
        let bounds = bounds.into_iter().filter_map(|(key, end)| Some((key.to_string(), json!(end?))));
        Value::Object(bounds.collect::<Map<String, Value>>())
    };
    let ends = points.min().zip(points.max());
    match fact.kind {
        FactKind::YesNo | FactKind::Set => json!(if points.contains(YES) { "yes" } else { "no" }),
        FactKind::Choice => {
            let options = fact.options.iter().zip(0..).filter(|(_, at)| points.contains(*at));
            let ids: Vec<Value> = options.map(|(option, _)| json!(option.id)).collect();
            match &ids[..] {
                [one] => one.clone(),
                _ => json!({"some": ids}),
            }
        }
        FactKind::Number { .. } => match ends {
            Some((low, high)) if low == high => json!(Number::from_point(low).to_string()),
            Some((low, high)) => {
                let [low, high] = [low, high].map(|point| Some(Number::from_point(point).to_string()));
                range(low, high)
            }
            None => json!("unknown"),
        },
        FactKind::Date | FactKind::PlannedDate | FactKind::BirthDate | FactKind::History => {
            let text = |point| Some(Day::from_point(point).to_string());
            match ends {
                Some((NEVER, NEVER)) => json!("never"),
                Some((ONGOING, ONGOING)) if fact.kind == FactKind::PlannedDate => json!("none"),
                Some((ONGOING, ONGOING)) => json!("ongoing"),
                Some((NEVER, high)) => range(None, text(high)),
                Some((low, ONGOING)) => range(text(low), None),
                Some((low, high)) => match calendar(low, high) {
                    Some(part) => json!(part),
                    None => range(text(low), text(high)),
                },
                None => json!("unknown"),
            }
        }
        FactKind::Note => json!("unknown"),
    }
}

/// A day, month or year as a text, if these are its ends.
fn calendar(low: i64, high: i64) -> Option<String> {
    let (first, last) = (Day::from_point(low), Day::from_point(high));
    let text = first.to_string();
    let forms = [text.get(..4)?, text.get(..7)?, &text];
    let same = |form: &&&str| first >= FIRST_DAY && Day::parse_partial(form) == Some((first, last));
    forms.iter().find(same).map(|form| form.to_string())
}
