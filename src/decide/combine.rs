//! Several answers to one fact become one: the latest of each source, without those too old to count.

use super::answers::{FactAnswer, Said, Standing};
use super::values::Boxes;
use crate::book::fact::{Answers, Fact, FactKind};
use crate::value::{Day, Duration, NEVER, NO, Point, Points};

/// One answer with where and when it comes from. `boxes` is `None` for an explicit `unknown`.
#[derive(Debug, Clone)]
pub(super) struct Single {
    pub(super) boxes: Option<Boxes>,
    pub(super) said: Said,
}

/// Whether an answer still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    Fresh,
    Stale,
    Undated,
}

/// What all answers to `fact` together allow on `visit`.
pub(super) fn combine(fact: &Fact, answers: &[Single], visit: Day, domain: &[Points]) -> FactAnswer {
    if answers.is_empty() {
        return open(domain, Standing::NeverAsked, Vec::new());
    }
    let said = |of: &[&Single]| of.iter().map(|one| one.said.clone()).collect();
    let latest = latest_of_each_source(answers);
    let ages: Vec<Age> = latest.iter().map(|one| age(fact, one, visit)).collect();
    if !ages.contains(&Age::Fresh) {
        let standing = if ages.contains(&Age::Stale) { Standing::Stale } else { Standing::Undated };
        return open(domain, standing, said(&latest));
    }
    let fresh: Vec<&Single> =
        latest.into_iter().zip(ages).filter(|(_, age)| *age == Age::Fresh).map(|(one, _)| one).collect();
    if fresh.iter().any(|one| one.boxes.is_none()) {
        return open(domain, Standing::NotKnown, said(&fresh));
    }
    if let [one] = fresh[..]
        && let Some([boxes]) = one.boxes.as_deref()
    {
        let boxes = vec![boxes.clone()];
        return FactAnswer { boxes, standing: Standing::Answered, said: said(&fresh) };
    }
    let mut boxes: Boxes = Vec::new();
    for one in fresh.iter().flat_map(|one| one.boxes.iter().flatten()) {
        if !boxes.contains(one) {
            boxes.push(one.clone());
        }
    }
    let first = fresh[0].boxes.as_ref();
    let standing = if fresh.iter().all(|one| one.boxes.as_ref() == first) {
        Standing::Answered
    } else {
        Standing::Disagreeing
    };
    if fact.slot_count == 1 {
        let union = boxes.iter().fold(Points::EMPTY, |all, one| all.union(&one[0]));
        boxes = vec![vec![union]];
    }
    let within = |one: &[Points], other: &[Points]| one.iter().zip(other).all(|(a, b)| a.is_within(b));
    let kept: Boxes = boxes
        .iter()
        .enumerate()
        .filter(|(at, one)| {
            !boxes.iter().enumerate().any(|(other_at, other)| {
                other_at != *at && within(one, other) && (!within(other, one) || other_at < *at)
            })
        })
        .map(|(_, one)| one.clone())
        .collect();
    FactAnswer { boxes: kept, standing, said: said(&fresh) }
}

fn open(domain: &[Points], standing: Standing, said: Vec<Said>) -> FactAnswer {
    FactAnswer { boxes: vec![domain.to_vec()], standing, said }
}

/// Of the answers of one source the latest counts; those without a day all count.
fn latest_of_each_source(answers: &[Single]) -> Vec<&Single> {
    let outdated = |one: &Single| {
        answers.iter().any(|other| {
            one.said.from.is_some()
                && one.said.from == other.said.from
                && matches!((one.said.on, other.said.on), (Some(a), Some(b)) if a < b)
        })
    };
    answers.iter().filter(|one| !outdated(one)).collect()
}

/// An answer is stale only if every value in it has aged.
fn age(fact: &Fact, answer: &Single, visit: Day) -> Age {
    let Some(boxes) = &answer.boxes else { return Age::Fresh };
    let mut ages =
        boxes.iter().flat_map(|one| limits(fact, one)).map(|limit| match (limit, answer.said.on) {
            (None, _) => Age::Fresh,
            (Some(_), None) => Age::Undated,
            (Some(limit), Some(on)) if visit <= on.shift(&limit, false) => Age::Fresh,
            (Some(_), Some(_)) => Age::Stale,
        });
    let Some(first) = ages.next() else { return Age::Fresh };
    ages.fold(first, |all, next| if all == Age::Fresh || next == Age::Fresh { Age::Fresh } else { all })
}

fn limit_for(fact: &Fact, wanted: Answers) -> Option<Duration> {
    fact.good_for.iter().find(|(answers, _)| *answers == wanted).map(|(_, limit)| *limit)
}

/// How long the answer counts that is one point; `None` for one that does not age.
pub(super) fn limit_of(fact: &Fact, point: Point) -> Option<Duration> {
    limit_for(fact, Answers::All).or_else(|| limit_for(fact, Answers::At(point)))
}

/// The same for a set or history that is known; `nothing`: none of its options applies.
pub(super) fn limit_of_all(fact: &Fact, nothing: bool) -> Option<Duration> {
    let own = if nothing { Answers::Nothing } else { Answers::Something };
    limit_for(fact, Answers::All).or_else(|| limit_for(fact, own))
}

/// For each kind of value the answer allows, how long it counts; `None` for one that does not age.
pub(super) fn limits(fact: &Fact, one: &[Points]) -> Vec<Option<Duration>> {
    let limit = |wanted: &dyn Fn(&Answers) -> bool| {
        fact.good_for.iter().filter(|(answers, _)| wanted(answers)).map(|(_, duration)| *duration).next()
    };
    let all = limit(&|answers| *answers == Answers::All);
    if fact.kind.slot_per_option() {
        let nothing: Point = if fact.kind == FactKind::Set { NO } else { NEVER };
        let mut found = Vec::new();
        if one.iter().all(|points| points.contains(nothing)) {
            found.push(all.or(limit(&|answers| *answers == Answers::Nothing)));
        }
        if one.iter().any(|points| points.single() != Some(nothing)) {
            found.push(all.or(limit(&|answers| *answers == Answers::Something)));
        }
        return found;
    }
    let named: Vec<Point> = fact
        .good_for
        .iter()
        .filter_map(|(answers, _)| match answers {
            Answers::At(point) => Some(*point),
            _ => None,
        })
        .collect();
    let mut found: Vec<Option<Duration>> = named
        .iter()
        .filter(|point| one[0].contains(**point))
        .map(|point| all.or(limit(&|answers| *answers == Answers::At(*point))))
        .collect();
    let unnamed = named.iter().fold(one[0].clone(), |rest, point| {
        rest.intersect(&Points::of([(Point::MIN / 2, point - 1), (point + 1, Point::MAX / 2)]))
    });
    if !unnamed.is_empty() {
        found.push(all);
    }
    found
}

/// The days on which answers given on some days become too old to count.
pub(super) fn expiries(fact: &Fact, given: impl Iterator<Item = Option<Day>>) -> Vec<Day> {
    let limits = |on: Day| fact.good_for.iter().map(move |(_, limit)| on.shift(limit, false).next());
    given.flatten().flat_map(limits).collect()
}
