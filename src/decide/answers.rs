//! A client's record with every answer read: for each fact the values it may have, and where they come from.

use smallvec::smallvec;

use super::combine;
use super::single::{Aged, Single, Singles};
use super::space::{Link, Space};
pub use super::values::{Alternative, Boxes};
use super::values::{Plan, spread};
use super::words;
use crate::book::condition::FactId;
use crate::book::fact::{FactKind, Facts};
use crate::value::{Day, Duration, Point, Points};

/// A client's answers as they count on the day of the visit.
#[derive(Debug, Clone)]
pub struct Answers {
    /// Who.
    pub client: String,
    /// The day asked about.
    pub visit: Day,
    /// The answer to each fact.
    pub facts: Vec<FactAnswer>,
    /// What clinicians decided.
    pub reviews: Vec<Review>,
    /// Every answer as given, for later days.
    pub(super) singles: Vec<Singles>,
    /// For each slot its only value, or [`OPEN`].
    pub(super) points: Vec<Point>,
    /// For each fact what was said, as reviews know it: only where there are reviews.
    pub(super) seen: Vec<Seen>,
}

/// In the place of a value: there are several, or it depends on another of the same fact.
pub(super) const OPEN: Point = Point::MIN;

/// What is known about one fact.
#[derive(Debug, Clone)]
pub struct FactAnswer {
    /// The values of its slots, unless they are those of the only answer.
    pub(super) boxes: Boxes,
    /// Whether there is one answer, which counts as it was given.
    pub(super) as_given: bool,
    /// How it came to that.
    pub standing: Standing,
}

impl Default for FactAnswer {
    fn default() -> FactAnswer {
        FactAnswer { boxes: Boxes::new(), as_given: false, standing: Standing::NeverAsked }
    }
}

/// How an answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The record does not name the fact.
    NeverAsked,
    /// The client, or one of the sources, does not know.
    NotKnown,
    /// Answered too long ago.
    Stale,
    /// Answered so long ago that a part of the answer counts no more.
    Aged,
    /// Answered without a day, and only a dated answer counts.
    Undated,
    /// Sources that say different things.
    Disagreeing,
    /// Answered.
    Answered,
}

/// One answer as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The answer in short.
    pub answer: String,
    /// When it was given.
    pub on: Option<Day>,
    /// By whom, or where it was found.
    pub from: Option<String>,
    /// What of it is too old.
    pub aged: Option<Aged>,
}

/// What was said about a fact, as reviews know it.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// The answers in their one form.
    pub(super) text: String,
    /// The last day on which something was said.
    pub(super) last: Option<Day>,
    /// Whether something was said on no day.
    pub(super) undated: bool,
}

/// A clinician's `go ahead`.
#[derive(Debug, Clone)]
pub struct Review {
    /// The rule reviewed.
    pub rule: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub on: Day,
    /// How long it counts.
    pub good_for: Duration,
    /// The meaning of the rule at the time.
    pub meaning: Option<String>,
    /// Names the answers that it counts for.
    pub saw: Option<String>,
}

impl Answers {
    /// A client who answered everything on the day of the visit; `values` has a point for every slot.
    pub fn known(client: &str, visit: Day, values: &[Point], facts: &Facts) -> Answers {
        Answers::known_but(client, visit, values, &[], facts)
    }

    /// A client who answered everything but these facts on the day of the visit.
    pub fn known_but(
        client: &str,
        visit: Day,
        values: &[Point],
        unanswered: &[FactId],
        facts: &Facts,
    ) -> Answers {
        let singles = facts.facts.iter().enumerate().map(|(at, fact)| {
            if fact.kind == FactKind::Note || unanswered.contains(&FactId(at as u16)) {
                return Singles::new();
            }
            let one = fact.slots().map(|slot| Points::one(values[slot.index()])).collect();
            smallvec![Single { boxes: Some(smallvec![one]), on: Some(visit), ..Single::default() }]
        });
        let singles: Vec<Singles> = singles.collect();
        Answers { client: client.to_string(), singles, ..Answers::none(visit, facts) }.combined(visit, facts)
    }

    /// Room for the answers of a client; nothing is put together yet.
    pub(super) fn none(visit: Day, facts: &Facts) -> Answers {
        let count = facts.facts.len();
        Answers {
            client: String::new(),
            visit,
            facts: vec![FactAnswer::default(); count],
            reviews: Vec::new(),
            singles: vec![Singles::new(); count],
            points: vec![OPEN; facts.slots.len()],
            seen: Vec::new(),
        }
    }

    /// The same with all that was said put together as it counts on a day.
    fn combined(mut self, day: Day, facts: &Facts) -> Answers {
        self.visit = day;
        (0..facts.facts.len() as u16).for_each(|at| self.put_together(FactId(at), facts));
        self
    }

    /// The same of all facts, after answers that were put together before perhaps only aged: whoever writes another
    /// in the room of one says that it does not count as given.
    pub(super) fn put_together_again(&mut self, facts: &Facts) {
        for (at, fact) in (0..).zip(&facts.facts) {
            let (all, given) = (&self.facts[usize::from(at)], &self.singles[usize::from(at)]);
            let as_before = all.as_given && combine::as_given(fact, given, self.visit).is_some();
            if !as_before {
                self.put_together(FactId(at), facts);
            }
        }
    }

    /// Puts together what was said about a fact, as it counts on the day of the visit.
    pub(super) fn put_together(&mut self, id: FactId, facts: &Facts) {
        let Answers { visit, singles, points, .. } = self;
        let (at, slots) = (usize::from(id.0), facts.get(id).places());
        let (all, given) = (&mut self.facts[at], &singles[at]);
        combine::combine_into(facts, id, given, (*visit, *visit), all);
        match &all.boxes(given)[..] {
            [one] => {
                let known = one.iter().map(|values| values.single().unwrap_or(OPEN));
                points[slots].iter_mut().zip(known).for_each(|(place, known)| *place = known);
            }
            _ => points[slots].fill(OPEN),
        }
    }

    /// The values of the slots of a fact: the client is as one of these alternatives says.
    #[inline]
    pub fn boxes(&self, id: FactId) -> &Boxes {
        let at = usize::from(id.0);
        self.facts[at].boxes(&self.singles[at])
    }

    /// The values of the slots of each fact.
    pub fn all_boxes(&self) -> impl Iterator<Item = &Boxes> {
        self.facts.iter().zip(&self.singles).map(|(fact, given)| fact.boxes(given))
    }

    /// The answers that the answer to a fact rests on, or that were set aside.
    pub fn said(&self, id: FactId, facts: &Facts) -> Vec<Said> {
        let given = combine::rests_on(facts.get(id), &self.singles[usize::from(id.0)], self.visit);
        let said = given.into_iter().map(|one| Said {
            answer: in_short(one, id, facts),
            on: one.on,
            from: one.from.clone(),
            aged: one.aged(facts.get(id), self.visit),
        });
        said.collect()
    }

    /// What goes on at the visit and is to end, by its place among the slots of the fact, with the first and the last
    /// day on which it may.
    pub(super) fn plans(&self, id: FactId) -> impl Iterator<Item = &Plan> {
        self.singles[usize::from(id.0)].iter().flat_map(|one| &one.plans)
    }

    /// Every completion of the answers on the day of the visit.
    pub fn space(&self, facts: &Facts) -> Space {
        let mut sets = Vec::with_capacity(facts.slots.len());
        let mut links = Vec::new();
        for (fact, boxes) in facts.facts.iter().zip(self.all_boxes()) {
            if let [one] = &boxes[..] {
                sets.extend_from_slice(one);
                continue;
            }
            let slots: Vec<_> = fact.slots().collect();
            sets.extend((0..slots.len()).map(|at| spread(boxes, at)));
            links.push(Link { slots, boxes: boxes.clone() });
        }
        Space { sets, links }
    }

    /// The same answers as they count on a later `day`, which becomes the visit: some have become too old. What
    /// is partly known stays cut at the visit it was read for.
    pub fn later(&self, day: Day, facts: &Facts) -> Answers {
        self.clone().combined(day, facts)
    }

    /// The days after the visit on which an answer or review stops to count.
    pub fn expiries(&self, facts: &Facts) -> Vec<Day> {
        let each = facts.facts.iter().zip(&self.singles);
        let answers = each.flat_map(|(fact, given)| given.iter().flat_map(|one| one.turns(fact)));
        let reviews = self.reviews.iter().map(|review| review.on.last_within(&review.good_for).next());
        answers.chain(reviews).filter(|day| *day > self.visit).collect()
    }
}

impl FactAnswer {
    /// The values, of which some may stand with the answers that were given.
    #[inline]
    pub(super) fn boxes<'a>(&'a self, given: &'a [Single]) -> &'a Boxes {
        match given {
            [Single { boxes: Some(boxes), .. }] if self.as_given => boxes,
            _ => &self.boxes,
        }
    }
}

/// The answer in a few words.
fn in_short(one: &Single, id: FactId, facts: &Facts) -> String {
    let Some(boxes) = &one.boxes else { return "unknown".to_string() };
    let fact = facts.get(id);
    let alternatives: Vec<String> =
        boxes.iter().map(|alternative| words::fact_answer(fact, alternative, &one.plans)).collect();
    alternatives.join(" or ")
}
