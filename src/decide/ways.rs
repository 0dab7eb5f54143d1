//! The ways in which a condition comes to hold on a day: sets of answers, any of which makes it so, whatever
//! else is answered.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::cells::{Asked, Reached, cells, everyone};
use super::cuts::{self, Cuts};
use super::prop::{Context, Prop};
use super::space::Space;
use crate::book::condition::{Condition, SlotId};
use crate::book::fact::{FactKind, Facts};
use crate::value::{Number, Point, Points, Truth};

/// One way: all of this together makes the condition hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Way {
    /// The answers of each slot that matters.
    pub answers: BTreeMap<SlotId, Points>,
    /// Comparisons of two answers, and what scripts say, each with what it has to come to.
    pub compared: Vec<(Condition, bool)>,
}

/// All ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ways {
    /// The ways. Together they are everyone of whom the condition holds, unless there are `more`.
    pub ways: Vec<Way>,
    /// Whether there are more than could be gone through.
    pub more: bool,
}

/// More ways than this are not gone through.
const MOST_WAYS: usize = 120;

/// How often the space is split to find ways, and to see whether a way can be said more simply.
const MOST_SPLITS: u32 = 4_000;

/// A part of the answers that is cut into more pieces than this counts as left over.
const MOST_PIECES: usize = 400;

impl Asked<'_> {
    /// The ways in which it comes to hold.
    pub fn ways(&self) -> Ways {
        let facts = self.facts();
        let space = everyone(facts, self.context.visit);
        let mut found = match self.is_split() {
            true => Splitting { asked: self, facts, space: &space }.ways(),
            false => {
                let (ways, more) = joined(&self.prop, true, &self.context, &space);
                Ways { ways, more }
            }
        };
        if found.more && !self.is_split() {
            // A product that was broken off says too much.
            found.ways.clear();
        }
        found.ways.sort_by_key(|way| {
            let slots: Vec<SlotId> = way.answers.keys().copied().collect();
            (slots, way.answers.values().map(Points::min).collect::<Vec<_>>())
        });
        found
    }
}

struct Splitting<'s, 'b> {
    asked: &'s Asked<'b>,
    facts: &'s Facts,
    space: &'s Space,
}

impl Splitting<'_, '_> {
    fn ways(&self) -> Ways {
        let mut ways: Vec<Way> = Vec::new();
        let mut more = false;
        let reached = cells(&[self.asked], self.space, MOST_SPLITS, &mut |part, truths| {
            if truths[0] != Truth::Yes {
                return ControlFlow::Continue(());
            }
            let mut left = vec![self.way(part)];
            while let Some(piece) = left.pop() {
                let pieces = self.without(piece, ways.iter());
                let Some(first) = pieces.first() else { continue };
                if ways.len() == MOST_WAYS {
                    more = true;
                    return ControlFlow::Break(());
                }
                ways.push(self.simplest(first.clone()));
                left.extend(pieces);
            }
            ControlFlow::Continue(())
        });
        for at in (0..ways.len()).rev() {
            let way = ways.remove(at);
            if !self.without(way.clone(), ways.iter()).is_empty() {
                ways.insert(at, way);
            }
        }
        Ways { ways, more: more || reached == Reached::Budget }
    }

    fn way(&self, part: &Space) -> Way {
        let sets = self.asked.slots().iter().map(|slot| (*slot, &part.sets[slot.index()]));
        let answers = sets.map(|(slot, set)| (slot, whole(slot, set, self.facts, self.space)));
        let all = |slot: &SlotId, set: &Points| *set == self.space.sets[slot.index()];
        let answers = answers.filter(|(slot, set)| !all(slot, set)).collect();
        Way { answers, compared: Vec::new() }
    }

    /// The way with as little in it as will do, and with as many answers.
    fn simplest(&self, mut way: Way) -> Way {
        for slot in self.asked.slots() {
            let Some(set) = way.answers.remove(slot) else { continue };
            if self.holds(&way) {
                continue;
            }
            let all = &self.space.sets[slot.index()];
            let cuts = Cuts::of(std::iter::once(&self.asked.prop));
            let mut set = set;
            for part in cuts::parts(all, cuts.at(*slot), false) {
                let wider = whole(*slot, &set.union(&part), self.facts, self.space);
                if wider != set {
                    way.answers.insert(*slot, wider.clone());
                    if self.holds(&way) {
                        set = wider;
                    }
                }
            }
            way.answers.insert(*slot, set);
        }
        way
    }

    fn holds(&self, way: &Way) -> bool {
        let mut space = self.space.clone();
        for (slot, set) in &way.answers {
            space.sets[slot.index()] = set.clone();
        }
        let reached = cells(&[self.asked], &space, MOST_SPLITS, &mut |part, truths| {
            // A part of whole numbers may hold none.
            let nobody = self
                .asked
                .slots()
                .iter()
                .any(|slot| whole(*slot, &part.sets[slot.index()], self.facts, self.space).is_empty());
            match truths[0] == Truth::Yes || nobody {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        });
        reached == Reached::All
    }

    /// What of a way no other one covers, in pieces.
    fn without<'w>(&self, way: Way, others: impl Iterator<Item = &'w Way>) -> Vec<Way> {
        let mut pieces = vec![way];
        for other in others {
            let mut left = Vec::new();
            for piece in pieces {
                let mut rest = piece.clone();
                let mut outside = Vec::new();
                let mut apart = false;
                for (slot, set) in &other.answers {
                    let own = rest.answers.get(slot).unwrap_or(&self.space.sets[slot.index()]).clone();
                    let (shared, beside) = (own.intersect(set), minus(&own, set));
                    let shared = whole(*slot, &shared, self.facts, self.space);
                    let beside = whole(*slot, &beside, self.facts, self.space);
                    if shared.is_empty() {
                        apart = true;
                        break;
                    }
                    if !beside.is_empty() {
                        let mut piece = rest.clone();
                        piece.answers.insert(*slot, beside);
                        outside.push(piece);
                    }
                    rest.answers.insert(*slot, shared);
                }
                match apart {
                    true => left.push(piece),
                    false => left.extend(outside),
                }
            }
            pieces = left;
            if pieces.len() > MOST_PIECES {
                break;
            }
        }
        pieces
    }
}

/// The points of `from` that are not in `other`.
fn minus(from: &Points, other: &Points) -> Points {
    other.ranges().iter().fold(from.clone(), |left, (low, high)| {
        left.intersect(&Points::of([(Point::MIN / 2, low - 1), (high + 1, Point::MAX / 2)]))
    })
}

/// Of whole numbers those ranges that hold one, each up to the next, so that neighbours join.
fn whole(slot: SlotId, set: &Points, facts: &Facts, space: &Space) -> Points {
    if !matches!(facts.fact_of(slot).kind, FactKind::Number { whole: true, .. }) {
        return set.clone();
    }
    let one = Number::whole(1).point();
    let ranges = set.ranges().iter().filter_map(|(low, high)| {
        let low = Number::from_point(*low).whole_around().0.point();
        let high = Number::from_point(*high).whole_around().1.point();
        (low <= high).then_some((low, high + one - 1))
    });
    let all = &space.sets[slot.index()];
    let least = all.min().map_or(0, |low| Number::from_point(low).whole_around().0.point());
    let joined = Points::of(ranges).intersect(all);
    match joined.min() == Some(least) {
        true => joined.union(&Points::range(all.min().unwrap_or(least), least)),
        false => joined,
    }
}

/// The ways in which a condition with comparisons of two answers comes to `wanted`, and whether there are more.
fn joined(prop: &Prop, wanted: bool, context: &Context<'_>, space: &Space) -> (Vec<Way>, bool) {
    let one = |holds: bool| if holds { vec![Way::default()] } else { Vec::new() };
    match prop {
        Prop::Known(known) => (one(*known == wanted), false),
        Prop::Not(inner) => joined(inner, !wanted, context, space),
        Prop::In(slot, low, high) => {
            let all = &space.sets[slot.index()];
            let set = match wanted {
                true => all.intersect(&Points::range(*low, *high)),
                false => minus(all, &Points::range(*low, *high)),
            };
            let set = whole(*slot, &set, context.facts, space);
            let ways = match (set.is_empty(), set == *all) {
                (true, _) => Vec::new(),
                (_, true) => one(true),
                _ => vec![Way { answers: BTreeMap::from([(*slot, set)]), compared: Vec::new() }],
            };
            (ways, false)
        }
        Prop::Free(free) => {
            let compared = vec![(free.condition.clone(), wanted)];
            (vec![Way { answers: BTreeMap::new(), compared }], false)
        }
        Prop::And(parts) | Prop::Or(parts) => {
            let each = parts.iter().map(|part| joined(part, wanted, context, space));
            let together = matches!(prop, Prop::And(_)) == wanted;
            let mut all = if together { one(true) } else { Vec::new() };
            for (ways, more) in each {
                all = match together {
                    true => all
                        .iter()
                        .flat_map(|a| ways.iter().filter_map(|b| both(a, b, context, space)))
                        .collect(),
                    false => all.into_iter().chain(ways).collect(),
                };
                all = absorbed(all, space);
                if more || all.len() > MOST_WAYS {
                    return (all, true);
                }
            }
            (all, false)
        }
    }
}

/// Both ways at once; `None` if nobody can be so.
fn both(a: &Way, b: &Way, context: &Context<'_>, space: &Space) -> Option<Way> {
    let mut way = a.clone();
    for (slot, set) in &b.answers {
        let own = way.answers.get(slot).unwrap_or(&space.sets[slot.index()]);
        let set = whole(*slot, &own.intersect(set), context.facts, space);
        if set.is_empty() {
            return None;
        }
        way.answers.insert(*slot, set);
    }
    for (condition, wanted) in &b.compared {
        match way.compared.iter().find(|(known, _)| known.kind == condition.kind) {
            Some((_, other)) if other != wanted => return None,
            Some(_) => {}
            None => way.compared.push((condition.clone(), *wanted)),
        }
    }
    Some(way)
}

/// The ways without those that another one already covers.
fn absorbed(ways: Vec<Way>, space: &Space) -> Vec<Way> {
    let within = |a: &Way, b: &Way| {
        let set = |way: &Way, slot: &SlotId| {
            way.answers.get(slot).cloned().unwrap_or_else(|| space.sets[slot.index()].clone())
        };
        b.answers.iter().all(|(slot, wider)| set(a, slot).is_within(wider))
            && b.compared.iter().all(|(condition, wanted)| {
                a.compared.iter().any(|(other, is)| is == wanted && other.kind == condition.kind)
            })
    };
    let kept = ways.iter().enumerate().filter(|(at, way)| {
        let covers = |(other_at, other): (usize, &Way)| {
            other_at != *at && within(way, other) && (!within(other, way) || other_at < *at)
        };
        !ways.iter().enumerate().any(covers)
    });
    kept.map(|(_, way)| way.clone()).collect()
}
