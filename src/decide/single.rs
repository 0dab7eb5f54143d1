//! One answer as it was given, and what of it still counts as days go by.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::values::{Alternative, Boxes, Plan};
use crate::book::fact::{Answers, Fact, FactKind, Facts};
use crate::value::{Day, Duration, NEVER, NO, Point, Points};

/// One answer with where and when it comes from. `boxes` is `None` for an explicit `unknown`.
#[derive(Debug, Clone, Default)]
pub(super) struct Single {
    pub(super) boxes: Option<Boxes>,
    pub(super) on: Option<Day>,
    pub(super) from: Option<String>,
    /// What goes on at the visit and is to end.
    pub(super) plans: Vec<Plan>,
}

/// All answers to one fact: mostly one.
pub(super) type Singles = SmallVec<[Single; 1]>;

/// What of an answer still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// All of it, as it was given.
    Fresh,
    /// Some of it is too old, or a day has come on which something was to end.
    Partly,
    /// Nothing: it is too old.
    Stale,
    /// Nothing: it counts for a time, and has no day.
    Undated,
}

/// The part of an answer that is too old, and the longest that any of it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aged {
    /// Which part.
    pub part: AgedPart,
    /// How long it counts.
    pub counts: Duration,
}

/// A part of an answer that ages by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgedPart {
    /// The whole answer.
    Whole,
    /// Of a set or history the options that do not apply.
    Nothing,
    /// Those that do.
    Something,
}

/// The point of an option that does not apply.
fn nothing(fact: &Fact) -> Point {
    if fact.kind == FactKind::Set { NO } else { NEVER }
}

impl Single {
    /// What of it counts on a day.
    #[inline]
    pub(super) fn age(&self, fact: &Fact, day: Day) -> Age {
        // Mostly it is younger than every limit, and its values need no look.
        let lasts = |on: Day| {
            let days = day.point() - on.point();
            let within = |limit: &Duration| limit.unit.is_calendar() && days <= limit.shortest_days();
            fact.good_for.iter().all(|(_, limit)| days <= 0 || within(limit))
        };
        let is_young = self.on.map_or(fact.good_for.is_empty(), lasts);
        if is_young && self.plans.is_empty() { Age::Fresh } else { self.age_by_values(fact, day) }
    }

    fn age_by_values(&self, fact: &Fact, day: Day) -> Age {
        let Some(boxes) = &self.boxes else { return Age::Fresh };
        if let [one] = &boxes[..]
            && let [points] = &one[..]
            && self.plans.is_empty()
        {
            return self.age_of(fact, points, day);
        }
        let (mut fresh, mut old) = (false, None);
        for (slot, points) in boxes.iter().flat_map(|one| one.iter().enumerate()) {
            match self.age_of(fact, &self.planned(slot, points, day), day) {
                Age::Fresh | Age::Partly => fresh = true,
                age => old = old.or(Some(age)),
            }
        }
        match (fresh, old) {
            (false, Some(old)) => old,
            (true, Some(_)) => Age::Partly,
            (_, None) if self.plans.iter().any(|plan| self.has_come(plan, day)) => Age::Partly,
            (_, None) => Age::Fresh,
        }
    }

    /// The values of a slot are too old if all of them are.
    fn age_of(&self, fact: &Fact, points: &Points, day: Day) -> Age {
        let mut old = None;
        for limit in limits(fact, points) {
            match (limit, self.on) {
                (None, _) => return Age::Fresh,
                (Some(limit), Some(on)) if day <= on.last_within(&limit) => return Age::Fresh,
                (Some(_), Some(_)) => old = Some(Age::Stale),
                (Some(_), None) => old = Some(Age::Undated),
            }
        }
        old.unwrap_or(Age::Fresh)
    }

    /// Whether the first day of a plan has come, which lay ahead of the visit it was read for.
    fn has_come(&self, plan: &Plan, day: Day) -> bool {
        let values = self.boxes.iter().flatten().filter_map(|one| one.get(plan.slot));
        plan.first <= day.point() && values.into_iter().any(|points| !points.contains(plan.first))
    }

    /// The values of a slot on a day: from its day on, a plan may have come true.
    fn planned<'p>(&self, slot: usize, points: &'p Points, day: Day) -> Cow<'p, Points> {
        match self.plans.iter().find(|plan| plan.slot == slot) {
            Some(plan) if plan.first <= day.point() && !points.contains(plan.first) => {
                Cow::Owned(points.union(&Points::one(plan.first)))
            }
            Some(_) | None => Cow::Borrowed(points),
        }
    }

    /// One of its alternatives as it counts on a day: what is too old is open again, up to the day `cut`.
    pub(super) fn counting<'a>(
        &self,
        (facts, fact): (&Facts, &Fact),
        one: &'a Alternative,
        (day, cut): (Day, Day),
    ) -> Cow<'a, Alternative> {
        if self.age(fact, day) != Age::Partly {
            return Cow::Borrowed(one);
        }
        let each = one.iter().zip(fact.slots()).enumerate().map(|(at, (points, slot))| {
            let points = self.planned(at, points, day);
            match self.age_of(fact, &points, day) {
                Age::Fresh | Age::Partly => points.into_owned(),
                Age::Stale | Age::Undated => facts.domain(slot, cut),
            }
        });
        Cow::Owned(each.collect())
    }

    /// What of it is too old on a day.
    pub(super) fn aged(&self, fact: &Fact, day: Day) -> Option<Aged> {
        let age = self.age(fact, day);
        let (mut longest, mut parts) = (None::<Duration>, [false; 2]);
        for (slot, points) in self.boxes.iter().flatten().flat_map(|one| one.iter().enumerate()) {
            let points = self.planned(slot, points, day);
            if matches!(self.age_of(fact, &points, day), Age::Fresh | Age::Partly) {
                continue;
            }
            parts[usize::from(points.single() != Some(nothing(fact)))] = true;
            let limits = limits(fact, &points).into_iter().flatten();
            longest = limits.chain(longest).max_by_key(Duration::longest_days);
        }
        let part = match (age, parts) {
            (Age::Partly, [true, false]) => AgedPart::Nothing,
            (Age::Partly, [false, true]) => AgedPart::Something,
            _ => AgedPart::Whole,
        };
        longest.map(|counts| Aged { part, counts })
    }

    /// The days on which it may come to count otherwise than on the day before.
    pub(super) fn turns(&self, fact: &Fact) -> impl Iterator<Item = Day> {
        let limits = fact.good_for.iter().map(|(_, limit)| limit);
        let ages = self
            .on
            .into_iter()
            .flat_map(move |on| limits.clone().map(move |limit| on.last_within(limit).next()));
        ages.chain(self.plans.iter().map(|plan| Day::from_point(plan.first)))
    }
}

/// For each kind of value a slot may have, how long it counts; `None` for one that does not age.
fn limits(fact: &Fact, points: &Points) -> SmallVec<[Option<Duration>; 2]> {
    let limit = |wanted: Answers| {
        let own = fact.good_for.iter().find(|(answers, _)| *answers == wanted || *answers == Answers::All);
        own.map(|(_, duration)| *duration)
    };
    let mut found = SmallVec::new();
    if fact.kind.slot_per_option() {
        let nothing = nothing(fact);
        if points.contains(nothing) {
            found.push(limit(Answers::Nothing));
        }
        if points.single() != Some(nothing) {
            found.push(limit(Answers::Something));
        }
        return found;
    }
    if let Some(point) = points.single() {
        found.push(limit(Answers::At(point)));
        return found;
    }
    let mut rest = points.clone();
    for (answers, duration) in &fact.good_for {
        if let Answers::At(point) = answers
            && points.contains(*point)
        {
            found.push(Some(*duration));
            let others = Points::of([(Point::MIN / 2, point - 1), (point + 1, Point::MAX / 2)]);
            rest = rest.intersect(&others);
        }
    }
    if !rest.is_empty() {
        found.push(limit(Answers::All));
    }
    found
}
