//! Which point of a set an example client gets: the base's own if it is there, else a sensible one near it;
//! and which of two clients is the nearer one.

use super::clients::Client;
use crate::book::condition::FactId;
use crate::book::fact::{Fact, FactKind, Facts};
use crate::value::{Day, FIRST_DAY, LAST_DAY, NEVER, Number, ONGOING, Point, Points};

/// The point of `set`, which is not empty, that an example client answers who else answers `base`.
pub(super) fn point(set: &Points, base: Point, fact: &Fact, visit: Day) -> Point {
    if set.contains(base) && fits(base, fact) {
        return base;
    }
    match fact.kind {
        FactKind::Number { whole, .. } => number(set, base, whole),
        kind if kind.is_date() => date(set, base, kind, visit),
        _ => closest(set.ranges(), base),
    }
}

/// Points of `set` worth trying where nothing says which: near the base, the ends, and some between.
pub(super) fn several(set: &Points, base: Point, fact: &Fact, visit: Day) -> Vec<Point> {
    let mut points = vec![point(set, base, fact, visit)];
    for (low, high) in set.ranges() {
        let near_base = [base - 1, base + 1, visit.point(), visit.point() - 1].map(|p| p.clamp(*low, *high));
        points.extend([*low, *high]);
        points.extend(near_base);
        points.extend((1..8).map(|part| low + (high - low) / 8 * part));
    }
    if let FactKind::Number { whole, .. } = fact.kind {
        let rounded = |point: &Point| match whole {
            true => Number::from_point(*point).whole_around().1.point(),
            false => *point,
        };
        points = points.iter().flat_map(|point| [rounded(point), *point]).collect();
    }
    let mut seen = Vec::new();
    for point in points {
        if set.contains(point) && fits(point, fact) && !seen.contains(&point) {
            seen.push(point);
        }
    }
    seen
}

/// Whether a whole number is one.
pub(super) fn fits(point: Point, fact: &Fact) -> bool {
    !matches!(fact.kind, FactKind::Number { whole: true, .. }) || Number::from_point(point).is_whole()
}

fn closest(ranges: &[(Point, Point)], to: Point) -> Point {
    let ends = ranges.iter().map(|(low, high)| to.clamp(*low, *high));
    ends.min_by_key(|point| (to - point).abs()).unwrap_or(to)
}

/// The number with the fewest decimals, and of those the closest.
fn number(set: &Points, base: Point, whole: bool) -> Point {
    let mut step = Number::whole(1).point();
    loop {
        let inside = set.ranges().iter().filter_map(|(low, high)| {
            let (low, high) = (-(-low).div_euclid(step) * step, high.div_euclid(step) * step);
            (low <= high).then_some((low, high))
        });
        let inside: Vec<(Point, Point)> = inside.collect();
        if !inside.is_empty() {
            let on_step = base.div_euclid(step) * step;
            return [on_step, on_step + step]
                .map(|near| closest(&inside, near))
                .into_iter()
                .min_by_key(|point| (base - point).abs())
                .unwrap_or(base);
        }
        if step == 1 || whole {
            return closest(set.ranges(), base);
        }
        step /= 10;
    }
}

/// A day rather than never or ongoing, and one at which something changes rather than one in the middle: of
/// the ends of ranges those of the calendar and the visit count last.
fn date(set: &Points, base: Point, kind: FactKind, visit: Day) -> Point {
    let days: Vec<(Point, Point)> =
        set.ranges().iter().copied().filter(|(low, high)| *low > NEVER && *high < ONGOING).collect();
    let reference = match base {
        NEVER | ONGOING => visit.point(),
        day => day,
    };
    if days.is_empty() {
        return closest(set.ranges(), base);
    }
    if kind == FactKind::BirthDate || base == reference {
        return closest(&days, reference);
    }
    let outer = [FIRST_DAY.point(), visit.point(), LAST_DAY.point()];
    let ends = days.iter().flat_map(|(low, high)| [*low, *high]);
    ends.min_by_key(|end| (outer.contains(end), (reference - end).abs())).unwrap_or(reference)
}

/// How far a client is from where the search starts: the facts that differ, fewest first, then how unusual
/// the answers are.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    count: usize,
    facts: Vec<FactId>,
    edges: usize,
    distance: Point,
}

impl Rank {
    pub(super) fn of(client: &Client, start: &Client, facts: &Facts) -> Rank {
        let differing = client.differs_in(start, facts);
        let edge = |point: Point| point == NEVER || point == ONGOING;
        let changed = client.values.iter().zip(&start.values).filter(|(a, b)| a != b);
        let distance = |(a, b): (&Point, &Point)| {
            let from = if edge(*b) { client.visit.point() } else { *b };
            if edge(*a) { 0 } else { (a - from).abs() }
        };
        Rank {
            count: differing.len(),
            facts: differing,
            edges: changed.clone().filter(|(a, _)| edge(**a)).count(),
            distance: changed.map(distance).sum(),
        }
    }
}
