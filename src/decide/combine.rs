//! Several answers to one fact become one: the latest of each source, without those too old to count.

use smallvec::SmallVec;

use super::answers::{FactAnswer, Standing};
use super::single::{Age, Single};
use super::values::{Boxes, only, put, spread};
use crate::book::condition::FactId;
use crate::book::fact::{Fact, Facts};
use crate::value::{Day, Points};

/// What all answers to a fact together allow on a day. What is open is cut off at the day `cut`.
pub(super) fn combine(facts: &Facts, id: FactId, answers: &[Single], day: Day, cut: Day) -> FactAnswer {
    let mut all = FactAnswer::default();
    combine_into(facts, id, answers, (day, cut), &mut all);
    all
}

/// The same, in the room of another answer.
#[inline]
pub(super) fn combine_into(
    facts: &Facts,
    id: FactId,
    answers: &[Single],
    (day, cut): (Day, Day),
    all: &mut FactAnswer,
) {
    let fact = facts.get(id);
    let open = match answers {
        [] => Some(Standing::NeverAsked),
        [one] => match alone(fact, one, day) {
            Alone::Given(_) => {
                (all.as_given, all.standing) = (true, Standing::Answered);
                all.boxes.clear();
                return;
            }
            Alone::Open(standing) => Some(standing),
            Alone::Alternatives => combine_many((facts, fact), answers, (day, cut), all),
        },
        [_, ..] => combine_many((facts, fact), answers, (day, cut), all),
    };
    all.as_given = false;
    if let Some(standing) = open {
        all.standing = standing;
        match fact.slot_count {
            1 => put(&mut all.boxes, facts.domain(fact.first_slot, cut)),
            _ => only(&mut all.boxes).extend(fact.slots().map(|slot| facts.domain(slot, cut))),
        }
    }
}

/// What the only answer says, if it is no choice of alternatives and still counts.
#[inline]
pub(super) fn as_given<'a>(fact: &Fact, answers: &'a [Single], day: Day) -> Option<&'a Boxes> {
    let [one] = answers else { return None };
    match alone(fact, one, day) {
        Alone::Given(boxes) => Some(boxes),
        Alone::Open(_) | Alone::Alternatives => None,
    }
}

/// What the only answer to a fact comes to.
enum Alone<'a> {
    /// It counts as it was given.
    Given(&'a Boxes),
    /// It says nothing, or nothing that counts.
    Open(Standing),
    /// It leaves a choice of alternatives.
    Alternatives,
}

#[inline]
fn alone<'a>(fact: &Fact, one: &'a Single, day: Day) -> Alone<'a> {
    let Some(boxes) = &one.boxes else { return Alone::Open(Standing::NotKnown) };
    match one.age(fact, day) {
        Age::Stale => Alone::Open(Standing::Stale),
        Age::Undated => Alone::Open(Standing::Undated),
        Age::Fresh if boxes.len() == 1 => Alone::Given(boxes),
        Age::Fresh | Age::Partly => Alone::Alternatives,
    }
}

/// Puts several alternatives together, of one answer or several; what comes back is why the fact stays open.
fn combine_many(
    (facts, fact): (&Facts, &Fact),
    answers: &[Single],
    (day, cut): (Day, Day),
    all: &mut FactAnswer,
) -> Option<Standing> {
    let latest = latest_of_each_source(answers);
    let fresh = counting(fact, &latest, day);
    if fresh.is_empty() {
        let stale = latest.iter().any(|one| one.age(fact, day) == Age::Stale);
        return Some(if stale { Standing::Stale } else { Standing::Undated });
    }
    if fresh.iter().any(|one| one.boxes.is_none()) {
        return Some(Standing::NotKnown);
    }
    let mut boxes = Boxes::new();
    for single in &fresh {
        for one in single.boxes.iter().flatten() {
            let one = single.counting((facts, fact), one, (day, cut));
            if !boxes.contains(&*one) {
                boxes.push(one.into_owned());
            }
        }
    }
    let first = fresh[0].boxes.as_ref();
    all.standing = match fresh.iter().all(|one| one.boxes.as_ref() == first) {
        true if fresh.iter().all(|one| one.aged(fact, day).is_some()) => Standing::Aged,
        true => Standing::Answered,
        false => Standing::Disagreeing,
    };
    if fact.slot_count == 1 {
        let union = spread(&boxes, 0);
        put(&mut boxes, union);
    }
    let within = |one: &[Points], other: &[Points]| one.iter().zip(other).all(|(a, b)| a.is_within(b));
    let kept = boxes.iter().enumerate().filter(|(at, one)| {
        !boxes.iter().enumerate().any(|(other_at, other)| {
            other_at != *at && within(one, other) && (!within(other, one) || other_at < *at)
        })
    });
    all.boxes = kept.map(|(_, one)| one.clone()).collect();
    None
}

/// The answers that an answer on a day rests on, or that were set aside for their age.
pub(super) fn rests_on<'s>(fact: &Fact, answers: &'s [Single], day: Day) -> SmallVec<[&'s Single; 2]> {
    let latest = latest_of_each_source(answers);
    let fresh = counting(fact, &latest, day);
    if fresh.is_empty() { latest } else { fresh }
}

fn counting<'s>(fact: &Fact, latest: &[&'s Single], day: Day) -> SmallVec<[&'s Single; 2]> {
    let counts = |one: &&Single| matches!(one.age(fact, day), Age::Fresh | Age::Partly);
    latest.iter().copied().filter(counts).collect()
}

/// Of the answers of one source the latest counts; those without a day all count.
pub(super) fn latest_of_each_source(answers: &[Single]) -> SmallVec<[&Single; 2]> {
    let outdated = |one: &Single| {
        answers.iter().any(|other| {
            one.from.is_some()
                && one.from == other.from
                && matches!((one.on, other.on), (Some(a), Some(b)) if a < b)
        })
    };
    answers.iter().filter(|one| !outdated(one)).collect()
}
