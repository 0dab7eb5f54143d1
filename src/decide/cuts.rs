//! Where open answers are cut: at the points at which a condition that reads them can change.

use super::prop::Prop;
use crate::book::condition::SlotId;
use crate::value::{Number, Point, Points};

/// For each slot that conditions read the points at which one of them can change, ascending.
#[derive(Debug, Clone, Default)]
pub(super) struct Cuts(pub(super) Vec<(SlotId, Vec<Point>)>);

impl Cuts {
    /// Of these conditions.
    pub(super) fn of<'p>(props: impl Iterator<Item = &'p Prop>) -> Cuts {
        let mut all: Vec<(SlotId, Point)> = Vec::new();
        for prop in props {
            prop.walk(&mut |part| {
                if let Prop::In(slot, low, high) = part {
                    all.extend([(*slot, *low), (*slot, *high + 1)]);
                }
            });
        }
        all.sort_unstable();
        all.dedup();
        let own = |group: &[(SlotId, Point)]| (group[0].0, group.iter().map(|(_, point)| *point).collect());
        Cuts(all.chunk_by(|(one, _), (other, _)| one == other).map(own).collect())
    }

    /// Those of one slot.
    pub(super) fn at(&self, slot: SlotId) -> &[Point] {
        let found = self.0.binary_search_by_key(&slot, |(own, _)| *own);
        found.map_or(&[], |at| &self.0[at].1)
    }
}

/// The set cut into its parts between the cuts; of `whole` numbers each part ends with one.
pub(super) fn parts(set: &Points, cuts: &[Point], whole: bool) -> Vec<Points> {
    let (Some(low), Some(high)) = (set.min(), set.max()) else { return Vec::new() };
    let inside = cuts.iter().copied().filter(|cut| low < *cut && *cut <= high);
    let starts: Vec<Point> = std::iter::once(low).chain(inside).collect();
    let end = |point: Point| if whole { Number::from_point(point).whole_around().1.point() } else { point };
    let ends = starts.iter().skip(1).map(|start| end(start - 1)).chain(std::iter::once(high));
    starts
        .iter()
        .zip(ends)
        .map(|(from, to)| set.intersect(&Points::range(*from, to)))
        .filter(|part| !part.is_empty())
        .collect()
}
