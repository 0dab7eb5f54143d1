//! Points on the line of values, and sets of them.

use smallvec::SmallVec;

/// A place on the line of values of one question.
pub type Point = i64;

/// Before every day: something that never happened.
pub const NEVER: Point = -(1 << 40);
/// After every day: something that goes on, or a plan that has no day.
pub const ONGOING: Point = 1 << 40;
/// The point of a `no`.
pub const NO: Point = 0;
/// The point of a `yes`.
pub const YES: Point = 1;

/// A set of points: closed ranges, ascending, apart from each other.
#[derive(Debug, PartialEq, Eq, Hash, Default)]
pub struct Points(Ranges);

/// Most sets are one range, which takes no room of its own.
type Ranges = SmallVec<[(Point, Point); 1]>;

impl Clone for Points {
    #[inline]
    fn clone(&self) -> Points {
        // Most are one range, and a plain copy of it is far quicker than a copy of any number.
        match self.0[..] {
            [] => Points::EMPTY,
            [range] => Points(Ranges::from_buf([range])),
            _ => Points(self.0.clone()),
        }
    }
}

impl Points {
    /// No point.
    pub const EMPTY: Points = Points(SmallVec::new_const());

    /// Exactly `point`.
    #[inline]
    pub fn one(point: Point) -> Points {
        Points(Ranges::from_buf([(point, point)]))
    }

    /// Every point from `low` to `high`, both inside; nothing if they are the wrong way round.
    #[inline]
    pub fn range(low: Point, high: Point) -> Points {
        if low <= high { Points(Ranges::from_buf([(low, high)])) } else { Points::EMPTY }
    }

    /// The union of closed ranges in any order.
    pub fn of(ranges: impl IntoIterator<Item = (Point, Point)>) -> Points {
        let mut ranges: Ranges = ranges.into_iter().filter(|(low, high)| low <= high).collect();
        ranges.sort_unstable();
        ranges.dedup_by(|next, last| {
            let joins = next.0 <= last.1.saturating_add(1);
            if joins {
                last.1 = last.1.max(next.1);
            }
            joins
        });
        Points(ranges)
    }

    /// The ranges, ascending.
    #[inline]
    pub fn ranges(&self) -> &[(Point, Point)] {
        &self.0
    }

    /// Whether there is no point.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The point, if there is exactly one.
    #[inline]
    pub fn single(&self) -> Option<Point> {
        match self.0[..] {
            [(low, high)] if low == high => Some(low),
            _ => None,
        }
    }

    /// The least point; `None` for the empty set.
    pub fn min(&self) -> Option<Point> {
        self.0.first().map(|range| range.0)
    }

    /// The greatest point; `None` for the empty set.
    pub fn max(&self) -> Option<Point> {
        self.0.last().map(|range| range.1)
    }

    /// Whether `point` is inside.
    pub fn contains(&self, point: Point) -> bool {
        self.0.iter().any(|(low, high)| (*low..=*high).contains(&point))
    }

    /// The points in both.
    pub fn intersect(&self, other: &Points) -> Points {
        let mut both = Ranges::new();
        for (a, b) in &self.0 {
            for (c, d) in &other.0 {
                let (low, high) = (*a.max(c), *b.min(d));
                if low <= high {
                    both.push((low, high));
                }
            }
        }
        Points(both)
    }

    /// The points in either.
    pub fn union(&self, other: &Points) -> Points {
        Points::of(self.0.iter().chain(&other.0).copied())
    }

    /// Whether every point of `self` is in `other`.
    pub fn is_within(&self, other: &Points) -> bool {
        self.0.iter().all(|(low, high)| other.0.iter().any(|(c, d)| c <= low && high <= d))
    }
}
