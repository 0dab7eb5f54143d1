//! Conditions as sets of points under `and` and `or`.

use std::collections::BTreeMap;

use super::super::prop::{Free, Prop};
use crate::book::condition::SlotId;
use crate::value::{NEVER, Point, Points, Truth};

/// A condition without a `not`.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    /// The same for every client.
    Known(bool),
    /// The slot's point lies in a set, which has some of the slot's points and lacks some.
    In(SlotId, Points),
    /// All of these. No slot has two sets among them.
    All(Vec<Tree>),
    /// At least one of these. No slot has two sets among them.
    Any(Vec<Tree>),
    /// A comparison of two answers, or with a script's result; or its opposite, if not.
    Free(Box<Free>, bool),
}

/// The cells of a slot's points: no condition tells two points of one cell apart.
#[derive(Debug, Clone, Default)]
pub(super) struct Cells {
    /// The first point of every cell but the first.
    pub(super) cuts: Vec<Point>,
    /// The first point of all.
    pub(super) first: Point,
    /// The cell that lies in the fewest sets.
    pub(super) quiet: usize,
}

impl Cells {
    /// A point of each cell.
    pub(super) fn points(&self) -> impl Iterator<Item = Point> {
        std::iter::once(self.first).chain(self.cuts.iter().copied())
    }

    /// The quiet point.
    pub(super) fn quiet(&self) -> Point {
        self.points().nth(self.quiet).unwrap_or(self.first)
    }

    /// A set as the points at which one comes in or goes out, and whether the first point is inside.
    pub(super) fn flips(&self, set: &Points) -> (bool, Vec<Point>) {
        let inside = set.contains(self.first);
        let mut last = inside;
        let flips = self.cuts.iter().copied().filter(|cut| {
            let now = set.contains(*cut);
            std::mem::replace(&mut last, now) != now
        });
        (inside, flips.collect())
    }

    /// What a set comes to for an open answer: not certain; whether it is so at the quiet point.
    pub(super) fn is_quiet_in(&self, set: &Points) -> bool {
        set.contains(self.quiet())
    }
}

/// The conditions as trees, and the cells of every slot.
pub(super) fn trees(props: &[&Prop], domains: &[Points]) -> (Vec<Tree>, Vec<Cells>) {
    let trees: Vec<Tree> = props.iter().map(|prop| Tree::of(prop, true, domains)).collect();
    let mut sets: Vec<Vec<&Points>> = vec![Vec::new(); domains.len()];
    trees.iter().for_each(|tree| tree.walk(&mut |slot, set| sets[slot.index()].push(set)));
    let cells = sets.iter().zip(domains).map(|(sets, domain)| cells(sets, domain)).collect();
    (trees, cells)
}

fn cells(sets: &[&Points], domain: &Points) -> Cells {
    let first = domain.min().unwrap_or(NEVER);
    // A cut between two points of the slot is as good at the second.
    let next = |point: Point| {
        let after = domain.ranges().iter().find(|(_, high)| *high >= point);
        after.map(|(low, _)| point.max(*low)).filter(|next| *next > first)
    };
    let ends =
        sets.iter().flat_map(|set| set.ranges()).flat_map(|(low, high)| [*low, high.saturating_add(1)]);
    let mut cuts: Vec<Point> = ends.filter_map(next).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut cells = Cells { cuts, first, quiet: 0 };
    let loud = |point: Point| sets.iter().filter(|set| set.contains(point)).count();
    let quiet = cells.points().enumerate().min_by_key(|(_, point)| loud(*point)).map_or(0, |(at, _)| at);
    cells.quiet = quiet;
    cells
}

impl Tree {
    /// A condition, or its opposite.
    pub(super) fn of(prop: &Prop, holds: bool, domains: &[Points]) -> Tree {
        let each = |parts: &[Prop]| parts.iter().map(|part| Tree::of(part, holds, domains)).collect();
        match prop {
            Prop::Known(known) => Tree::Known(*known == holds),
            Prop::In(slot, low, high) => {
                let set = match holds {
                    true => Points::range(*low, *high),
                    false => Points::of([(Point::MIN, low - 1), (high + 1, Point::MAX)]),
                };
                let domain = &domains[slot.index()];
                inside(*slot, set.intersect(domain), domain)
            }
            Prop::Not(inner) => Tree::of(inner, !holds, domains),
            Prop::And(parts) => join(holds, each(parts), domains),
            Prop::Or(parts) => join(!holds, each(parts), domains),
            Prop::Free(free) => Tree::Free(free.clone(), holds),
        }
    }

    /// Calls `see` for every set.
    pub(super) fn walk<'t>(&'t self, see: &mut impl FnMut(SlotId, &'t Points)) {
        match self {
            Tree::In(slot, set) => see(*slot, set),
            Tree::All(parts) | Tree::Any(parts) => parts.iter().for_each(|part| part.walk(see)),
            Tree::Known(_) | Tree::Free(..) => {}
        }
    }

    /// Whether something in it is no set.
    pub(super) fn is_free(&self) -> bool {
        match self {
            Tree::Free(..) => true,
            Tree::All(parts) | Tree::Any(parts) => parts.iter().any(Tree::is_free),
            Tree::Known(_) | Tree::In(..) => false,
        }
    }

    /// Whether it holds for a known client; what is no set does not.
    pub(super) fn holds(&self, value: &impl Fn(SlotId) -> Point) -> bool {
        match self {
            Tree::Known(known) => *known,
            Tree::In(slot, set) => set.contains(value(*slot)),
            Tree::All(parts) => parts.iter().all(|part| part.holds(value)),
            Tree::Any(parts) => parts.iter().any(|part| part.holds(value)),
            Tree::Free(..) => false,
        }
    }

    /// Sets of different slots of which at least one is needed; `None` if it may hold without. If it is a list of
    /// sets itself, exactly those.
    pub(super) fn guard(&self, cells: &[Cells]) -> Option<Vec<(SlotId, Points)>> {
        match self {
            Tree::Known(true) | Tree::Free(..) => None,
            Tree::Known(false) => Some(Vec::new()),
            Tree::In(slot, set) => Some(vec![(*slot, set.clone())]),
            Tree::All(parts) => {
                let guards = parts.iter().filter_map(|part| part.guard(cells));
                guards.min_by_key(|guard| loudness(guard, cells))
            }
            Tree::Any(parts) => {
                let mut any: BTreeMap<SlotId, Points> = BTreeMap::new();
                for part in parts {
                    for (slot, set) in part.guard(cells)? {
                        let all = any.entry(slot).or_default();
                        *all = all.union(&set);
                    }
                }
                Some(any.into_iter().collect())
            }
        }
    }

    /// Whether it is a list of sets of which one is enough.
    pub(super) fn is_any_of_sets(&self) -> bool {
        match self {
            Tree::Known(_) | Tree::In(..) => true,
            Tree::Any(parts) => parts.iter().all(|part| matches!(part, Tree::In(..))),
            Tree::All(_) | Tree::Free(..) => false,
        }
    }

    /// The slots whose sets in it have no point in common.
    pub(super) fn knots(&self) -> Vec<SlotId> {
        let mut common: BTreeMap<SlotId, Points> = BTreeMap::new();
        self.walk(&mut |slot, set| {
            let both = common.get(&slot).map_or_else(|| set.clone(), |other| other.intersect(set));
            common.insert(slot, both);
        });
        common.into_iter().filter(|(_, set)| set.is_empty()).map(|(slot, _)| slot).collect()
    }
}

/// How often sets are in the way: at quiet points, and at how many cells.
fn loudness(guard: &[(SlotId, Points)], cells: &[Cells]) -> (usize, usize) {
    guard.iter().fold((0, 0), |(quiet, all), (slot, set)| {
        let cells = &cells[slot.index()];
        let inside = cells.points().filter(|point| set.contains(*point)).count();
        (quiet + usize::from(cells.is_quiet_in(set)), all + inside)
    })
}

fn inside(slot: SlotId, set: Points, domain: &Points) -> Tree {
    match domain.truth_of(&set) {
        Truth::Yes => Tree::Known(true),
        Truth::No => Tree::Known(false),
        Truth::Unknown => Tree::In(slot, set),
    }
}

fn join(all: bool, parts: Vec<Tree>, domains: &[Points]) -> Tree {
    let mut sets: BTreeMap<SlotId, Points> = BTreeMap::new();
    let mut others = Vec::new();
    let mut parts: Vec<Tree> = parts.into_iter().rev().collect();
    while let Some(part) = parts.pop() {
        match part {
            Tree::Known(known) if known == all => {}
            Tree::Known(known) => return Tree::Known(known),
            Tree::All(inner) if all => parts.extend(inner.into_iter().rev()),
            Tree::Any(inner) if !all => parts.extend(inner.into_iter().rev()),
            Tree::In(slot, set) => {
                let joined = match sets.remove(&slot) {
                    None => set,
                    Some(other) if all => other.intersect(&set),
                    Some(other) => other.union(&set),
                };
                sets.insert(slot, joined);
            }
            other => others.push(other),
        }
    }
    let mut joined = Vec::new();
    for (slot, set) in sets {
        match inside(slot, set, &domains[slot.index()]) {
            Tree::Known(known) if known == all => {}
            Tree::Known(known) => return Tree::Known(known),
            tree => joined.push(tree),
        }
    }
    joined.extend(others);
    match (joined.pop(), joined.is_empty()) {
        (None, _) => Tree::Known(all),
        (Some(only), true) => only,
        (Some(last), false) => {
            joined.push(last);
            if all { Tree::All(joined) } else { Tree::Any(joined) }
        }
    }
}
