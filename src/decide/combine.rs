//! Several answers to one fact become one: the latest of each source, without those too old to count.

use smallvec::SmallVec;

use super::answers::{FactAnswer, Standing};
use super::values::{Boxes, only, put, spread};
use crate::book::condition::FactId;
use crate::book::fact::{Answers, Fact, FactKind, Facts};
use crate::value::{Day, Duration, NEVER, NO, Point, Points};

/// One answer with where and when it comes from. `boxes` is `None` for an explicit `unknown`.
#[derive(Debug, Clone, Default)]
pub(super) struct Single {
    pub(super) boxes: Option<Boxes>,
    pub(super) on: Option<Day>,
    pub(super) from: Option<String>,
}

/// All answers to one fact: mostly one.
pub(super) type Singles = SmallVec<[Single; 1]>;

/// Whether an answer still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    Fresh,
    Stale,
    Undated,
}

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
            Alone::Alternatives => combine_many(fact, answers, day, all),
        },
        [_, ..] => combine_many(fact, answers, day, all),
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
    match (age(fact, one, day), &one.boxes) {
        (Age::Stale, _) => Alone::Open(Standing::Stale),
        (Age::Undated, _) => Alone::Open(Standing::Undated),
        (Age::Fresh, None) => Alone::Open(Standing::NotKnown),
        (Age::Fresh, Some(boxes)) if boxes.len() == 1 => Alone::Given(boxes),
        (Age::Fresh, Some(_)) => Alone::Alternatives,
    }
}

/// Puts several alternatives together, of one answer or several; what comes back is why the fact stays open.
fn combine_many(fact: &Fact, answers: &[Single], day: Day, all: &mut FactAnswer) -> Option<Standing> {
    let latest = latest_of_each_source(answers);
    let fresh = counting(fact, &latest, day);
    if fresh.is_empty() {
        let stale = latest.iter().any(|one| age(fact, one, day) == Age::Stale);
        return Some(if stale { Standing::Stale } else { Standing::Undated });
    }
    if fresh.iter().any(|one| one.boxes.is_none()) {
        return Some(Standing::NotKnown);
    }
    let mut boxes = Boxes::new();
    for one in fresh.iter().flat_map(|one| one.boxes.iter().flatten()) {
        if !boxes.contains(one) {
            boxes.push(one.clone());
        }
    }
    let first = fresh[0].boxes.as_ref();
    all.standing = match fresh.iter().all(|one| one.boxes.as_ref() == first) {
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
    latest.iter().copied().filter(|one| age(fact, one, day) == Age::Fresh).collect()
}

/// Of the answers of one source the latest counts; those without a day all count.
fn latest_of_each_source(answers: &[Single]) -> SmallVec<[&Single; 2]> {
    let outdated = |one: &Single| {
        answers.iter().any(|other| {
            one.from.is_some()
                && one.from == other.from
                && matches!((one.on, other.on), (Some(a), Some(b)) if a < b)
        })
    };
    answers.iter().filter(|one| !outdated(one)).collect()
}

/// An answer is stale only if every value in it has aged.
#[inline]
fn age(fact: &Fact, answer: &Single, day: Day) -> Age {
    let lasts = |on: Day| {
        let days = day.point() - on.point();
        fact.good_for
            .iter()
            .all(|(_, limit)| days <= 0 || limit.unit.is_calendar() && days <= limit.shortest_days())
    };
    // Mostly it is younger than every limit, and its values need no look.
    if answer.on.map_or(fact.good_for.is_empty(), lasts) {
        Age::Fresh
    } else {
        age_by_values(fact, answer, day)
    }
}

fn age_by_values(fact: &Fact, answer: &Single, day: Day) -> Age {
    let Some(boxes) = &answer.boxes else { return Age::Fresh };
    let of_limit = |limit: Option<Duration>| match (limit, answer.on) {
        (None, _) => Age::Fresh,
        (Some(_), None) => Age::Undated,
        (Some(limit), Some(on)) if day <= on.shift(&limit, false) => Age::Fresh,
        (Some(_), Some(_)) => Age::Stale,
    };
    match fact.good_for[..] {
        [] => return Age::Fresh,
        [(Answers::All, limit)] => return of_limit(Some(limit)),
        [(Answers::At(point), limit)] if boxes.len() == 1 && boxes[0].len() == 1 => {
            if let Some(own) = boxes[0][0].single() {
                return of_limit((own == point).then_some(limit));
            }
        }
        _ => {}
    }
    let mut ages = boxes.iter().flat_map(|one| limits(fact, one)).map(of_limit);
    let Some(first) = ages.next() else { return Age::Fresh };
    ages.fold(first, |all, next| if all == Age::Fresh || next == Age::Fresh { Age::Fresh } else { all })
}

/// How long an answer counts: as long as the last of the values it allows; `None` if one of them does not age.
pub(super) fn good_for(fact: &Fact, answer: &Single, visit: Day) -> Option<Duration> {
    let on = answer.on.unwrap_or(visit);
    let limits: Vec<Option<Duration>> =
        answer.boxes.iter().flatten().flat_map(|one| limits(fact, one)).collect();
    let aging: Option<Vec<Duration>> = limits.into_iter().collect();
    aging?.into_iter().max_by_key(|limit| on.shift(limit, false))
}

/// For each kind of value the answer allows, how long it counts; `None` for one that does not age.
pub(super) fn limits(fact: &Fact, one: &[Points]) -> SmallVec<[Option<Duration>; 2]> {
    let limit = |wanted: &dyn Fn(&Answers) -> bool| {
        fact.good_for.iter().filter(|(answers, _)| wanted(answers)).map(|(_, duration)| *duration).next()
    };
    let all = limit(&|answers| *answers == Answers::All);
    if fact.kind.slot_per_option() {
        let nothing: Point = if fact.kind == FactKind::Set { NO } else { NEVER };
        let mut found = SmallVec::new();
        if one.iter().all(|points| points.contains(nothing)) {
            found.push(all.or(limit(&|answers| *answers == Answers::Nothing)));
        }
        if one.iter().any(|points| points.single() != Some(nothing)) {
            found.push(all.or(limit(&|answers| *answers == Answers::Something)));
        }
        return found;
    }
    let named: SmallVec<[Point; 2]> = fact
        .good_for
        .iter()
        .filter_map(|(answers, _)| match answers {
            Answers::At(point) => Some(*point),
            _ => None,
        })
        .collect();
    let mut found: SmallVec<[Option<Duration>; 2]> = named
        .iter()
        .filter(|point| one[0].contains(**point))
        .map(|point| all.or(limit(&|answers| *answers == Answers::At(*point))))
        .collect();
    let is_unnamed = match one[0].single() {
        Some(point) => !named.contains(&point),
        None => {
            let others =
                |point: &Point| Points::of([(Point::MIN / 2, point - 1), (point + 1, Point::MAX / 2)]);
            let rest = named.iter().fold(one[0].clone(), |rest, point| rest.intersect(&others(point)));
            !rest.is_empty()
        }
    };
    if is_unnamed {
        found.push(all);
    }
    found
}

/// The days after `visit` on which an answer becomes too old to count.
pub(super) fn expiries<'a>(fact: &'a Fact, answers: &'a [Single]) -> impl Iterator<Item = Day> + use<'a> {
    let days = answers.iter().filter_map(|one| one.on);
    days.flat_map(|on| fact.good_for.iter().map(move |(_, limit)| on.shift(limit, false).next()))
}
