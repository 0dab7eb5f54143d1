//! The days on which two comparisons of one answer with the visit change places, since one of them counts months or
//! years: on them several rules can come to something else together, though none does alone. Comparisons of another
//! answer change places on the same days, so that these are found once for all parts of a page.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::super::day::Version;
use super::super::prop::{Context, Prop};
use super::super::time::{self, Drift};
use crate::book::condition::{
    Condition, ConditionKind, DateBase, DateTerm, Length, NumberTerm, ParameterId, SlotId,
};
use crate::book::{Quantity, Rule};
use crate::value::{Day, Duration, FIRST_DAY, LAST_DAY, Number, Point, Points, Unit};

/// Lengths of months differ by fewer days.
const SLACK: i64 = 4;
/// Days are looked through so many at a time.
const BLOCK: Point = 366;
/// Where comparisons cut is kept for so many blocks of days.
const MOST_BLOCKS: usize = 1_024;
/// In the place of any answer.
const ANY: SlotId = SlotId(0);

/// Two comparisons, by their places among all, that may change places.
pub(super) type Pair = (usize, usize);
/// Where a comparison cuts the answers on a day.
type Cut = SmallVec<[Point; 2]>;

/// What was found out about the comparisons of a page.
pub(super) struct Crossings<'b> {
    version: Version<'b>,
    /// The comparisons with the visit, whichever answer they are of.
    moving: Vec<Moving>,
    /// For a pair and a block of days those on which it changes places.
    days: BTreeMap<(Pair, Point), Vec<Crossing>>,
    /// For a comparison and a block of days where it cuts, from the day before the block on.
    cuts: BTreeMap<(usize, Point), Vec<Cut>>,
}

/// A comparison of some answer that is a date.
struct Moving {
    comparison: Condition,
    reaches: Vec<Reach>,
}

/// A day on which a pair changes places, with the least and the greatest point at which it cuts around that day.
struct Crossing {
    day: Point,
    low: Point,
    high: Point,
}

impl<'b> Crossings<'b> {
    pub(super) fn of(version: Version<'b>) -> Crossings<'b> {
        Crossings { version, moving: Vec::new(), days: BTreeMap::new(), cuts: BTreeMap::new() }
    }

    /// Every pair of comparisons of the same answer that may change places, with the answer.
    pub(super) fn pairs(&mut self, rules: &[&Rule]) -> Vec<(SlotId, Pair)> {
        let facts = &self.version.book.facts;
        let mut made: Vec<(SlotId, usize)> = Vec::new();
        for rule in rules {
            rule.condition.walk(&mut |part| {
                if time::drift(&part.kind) == Drift::Still {
                    return;
                }
                if let [slot] = part.slots(&|fact| facts.slots_of(fact))[..] {
                    made.push((slot, self.place_of(part)));
                }
            });
        }
        made.sort_unstable();
        made.dedup();
        let mut pairs = Vec::new();
        for of_slot in made.chunk_by(|(one, _), (other, _)| one == other) {
            for (at, (slot, one)) in of_slot.iter().enumerate() {
                let others = of_slot[at + 1..].iter().map(|(_, other)| *other);
                let cross = |other: &usize| self.moving[*one].may_cross(&self.moving[*other]);
                pairs.extend(others.filter(cross).map(|other| (*slot, (*one, other))));
            }
        }
        pairs
    }

    fn place_of(&mut self, comparison: &Condition) -> usize {
        let kind = of_any(&comparison.kind);
        self.moving.iter().position(|known| known.comparison.kind == kind).unwrap_or_else(|| {
            let reaches = Reach::of(&kind, &self.version);
            self.moving.push(Moving { comparison: Condition { kind, span: comparison.span }, reaches });
            self.moving.len() - 1
        })
    }

    /// The days after `from` and up to `to` on which one of the pairs changes places where points of its answer lie.
    pub(super) fn days(
        &mut self,
        pairs: &[(SlotId, Pair)],
        sets: &[Points],
        (from, to): (Day, Day),
    ) -> Vec<Point> {
        let (from, to) = (from.point(), to.point());
        let mut days = Vec::new();
        for (slot, pair) in pairs {
            let ranges = sets[slot.index()].ranges();
            // Cuts between which no point lies part the same points, whichever comes first.
            let parts = |low: Point, high: Point| ranges.iter().any(|(from, to)| *from < high && low <= *to);
            for block in from.div_euclid(BLOCK)..=to.div_euclid(BLOCK) {
                let (low, high) = self.around(*pair, block);
                if !parts(low, high) {
                    continue;
                }
                let found = match self.days.get(&(*pair, block)) {
                    Some(found) => found,
                    None => {
                        let found = self.find(*pair, block);
                        self.days.entry((*pair, block)).or_insert(found)
                    }
                };
                let within = found.iter().filter(|one| from < one.day && one.day <= to);
                days.extend(within.filter(|one| parts(one.low, one.high)).map(|one| one.day));
            }
        }
        days
    }

    /// The points between which a pair cuts on the days of a block.
    fn around(&self, (one, other): Pair, block: Point) -> (Point, Point) {
        let reaches = || [one, other].into_iter().flat_map(|at| &self.moving[at].reaches);
        let most = reaches().map(|reach| reach.most).max().unwrap_or_default();
        let least = reaches().map(|reach| reach.least).min().unwrap_or_default();
        let (first, next) = (block * BLOCK, (block + 1) * BLOCK);
        // Nothing is cut outside the calendar.
        let low = (first - 1 - most - SLACK).min(LAST_DAY.point());
        (low, (next - least + SLACK).max(FIRST_DAY.point()))
    }

    fn find(&mut self, (one, other): Pair, block: Point) -> Vec<Crossing> {
        if self.cuts.len() + 2 > MOST_BLOCKS {
            self.cuts.clear();
        }
        for at in [one, other] {
            if !self.cuts.contains_key(&(at, block)) {
                let cuts = self.cut(&self.moving[at].comparison, block);
                self.cuts.insert((at, block), cuts);
            }
        }
        let [one, other] = [one, other].map(|at| &self.cuts[&(at, block)]);
        let both = |at: usize| one[at].iter().flat_map(move |a| other[at].iter().map(move |b| (*a, *b)));
        let crossing = |at: usize| {
            let turned = |((a, b), (c, d)): &((Point, Point), (Point, Point))| a.cmp(b) != c.cmp(d);
            let around: Vec<(Point, Point)> = match both(at - 1).count() == both(at).count() {
                true => {
                    let turned = both(at - 1).zip(both(at)).filter(turned);
                    turned.flat_map(|(before, now)| [before, now]).collect()
                }
                false => both(at - 1).chain(both(at)).collect(),
            };
            let low = around.iter().map(|(a, b)| *a.min(b)).min()?;
            let high = around.iter().map(|(a, b)| *a.max(b)).max()?;
            Some(Crossing { day: block * BLOCK + at as Point - 1, low, high })
        };
        (1..one.len()).filter_map(crossing).collect()
    }

    /// Where a comparison cuts on the days of a block and the one before.
    fn cut(&self, comparison: &Condition, block: Point) -> Vec<Cut> {
        let Version { book, treatment, scripts } = self.version;
        let first = block * BLOCK;
        let days = (first - 1..first + BLOCK).map(Day::from_point);
        let cuts = days.map(|visit| {
            let mut cut = Cut::new();
            Context { facts: &book.facts, treatment, scripts, visit }.prop(comparison).walk(&mut |part| {
                if let Prop::In(_, low, high) = part {
                    cut.extend([*low, *high + 1]);
                }
            });
            cut
        });
        cuts.collect()
    }
}

impl Moving {
    fn may_cross(&self, other: &Moving) -> bool {
        let cross = |one: &Reach| self.reaches.iter().any(|own| own.may_cross(one));
        !move_alike(&self.comparison.kind, &other.comparison.kind) && other.reaches.iter().any(cross)
    }
}

/// The same comparison of any answer that is a date.
fn of_any(kind: &ConditionKind) -> ConditionKind {
    let date = |term: &DateTerm| match term.base {
        DateBase::Slot(_) => DateTerm { base: DateBase::Slot(ANY), offsets: term.offsets.clone() },
        DateBase::Visit | DateBase::Day(_) | DateBase::Parameter(_) => term.clone(),
    };
    let number = |term: &NumberTerm| match term {
        NumberTerm::DaysBetween(from, to) => NumberTerm::DaysBetween(date(from), date(to)),
        NumberTerm::YearsBetween(from, to) => NumberTerm::YearsBetween(date(from), date(to)),
        NumberTerm::Slot(_) | NumberTerm::Fixed(_) | NumberTerm::Parameter(_) | NumberTerm::Call(_) => {
            term.clone()
        }
    };
    match kind {
        ConditionKind::Dates(a, op, b) => ConditionKind::Dates(date(a), *op, date(b)),
        ConditionKind::Numbers(a, op, b) => ConditionKind::Numbers(number(a), *op, number(b)),
        ConditionKind::Not(_)
        | ConditionKind::And(_)
        | ConditionKind::Or(_)
        | ConditionKind::Is(..)
        | ConditionKind::AnyOption(_)
        | ConditionKind::Call(_) => kind.clone(),
    }
}

/// Whether two comparisons compare the same, so that they stay beside each other whatever the day.
fn move_alike(one: &ConditionKind, other: &ConditionKind) -> bool {
    match (one, other) {
        (ConditionKind::Dates(a, _, b), ConditionKind::Dates(c, _, d)) => {
            (a, b) == (c, d) || (a, b) == (d, c)
        }
        (ConditionKind::Numbers(a, _, b), ConditionKind::Numbers(c, _, d)) => {
            (a, b) == (c, d) || (a, b) == (d, c)
        }
        (
            ConditionKind::Not(_)
            | ConditionKind::And(_)
            | ConditionKind::Or(_)
            | ConditionKind::Is(..)
            | ConditionKind::AnyOption(_)
            | ConditionKind::Dates(..)
            | ConditionKind::Numbers(..)
            | ConditionKind::Call(_),
            _,
        ) => false,
    }
}

/// How many days before the visit an answer lies at which a comparison changes, at least and at most.
#[derive(Clone, Copy)]
struct Reach {
    least: i64,
    most: i64,
    /// Whether it is always as many.
    steady: bool,
}

impl Reach {
    /// Of each of the answers at which it changes.
    fn of(kind: &ConditionKind, version: &Version<'_>) -> Vec<Reach> {
        let anywhere = vec![Reach { least: i64::MIN / 4, most: i64::MAX / 4, steady: false }];
        match kind {
            ConditionKind::Dates(a, _, b) => {
                let (answer, visit) = if a.base == DateBase::Visit { (b, a) } else { (a, b) };
                vec![Reach::nothing().plus(answer, version, 1).plus(visit, version, -1)]
            }
            ConditionKind::Numbers(a, _, b) => {
                let (term, bound) = if a.slots().is_empty() { (b, a) } else { (a, b) };
                let numbers = numbers(bound, version);
                let (Some(least), Some(most)) = (numbers.iter().min(), numbers.iter().max()) else {
                    return anywhere;
                };
                match term {
                    NumberTerm::DaysBetween(from, to) => {
                        let days =
                            Reach { least: least - SLACK, most: most + SLACK, steady: numbers.len() == 1 };
                        vec![days.between(from, to, version)]
                    }
                    NumberTerm::YearsBetween(from, to) => {
                        // At so many years, or at one more.
                        let years = |more: i64| {
                            let (least, most) = ((least + more) * 365 - SLACK, (most + more) * 366 + SLACK);
                            Reach { least, most, steady: false }.between(from, to, version)
                        };
                        vec![years(0), years(1)]
                    }
                    NumberTerm::Slot(_)
                    | NumberTerm::Fixed(_)
                    | NumberTerm::Parameter(_)
                    | NumberTerm::Call(_) => anywhere,
                }
            }
            ConditionKind::Not(_)
            | ConditionKind::And(_)
            | ConditionKind::Or(_)
            | ConditionKind::Is(..)
            | ConditionKind::AnyOption(_)
            | ConditionKind::Call(_) => anywhere,
        }
    }

    fn nothing() -> Reach {
        Reach { least: 0, most: 0, steady: true }
    }

    /// So far from one date to another, of which one is the visit.
    fn between(self, from: &DateTerm, to: &DateTerm, version: &Version<'_>) -> Reach {
        if from.base != DateBase::Visit {
            return self.plus(from, version, 1).plus(to, version, -1);
        }
        let behind = Reach { least: -self.most, most: -self.least, steady: self.steady };
        behind.plus(to, version, 1).plus(from, version, -1)
    }

    /// With all that is added to a date, or with the opposite.
    fn plus(self, term: &DateTerm, version: &Version<'_>, sign: i64) -> Reach {
        term.offsets.iter().fold(self, |all, offset| {
            let lengths = match offset.by {
                Length::Fixed(duration) => vec![duration],
                Length::Parameter(id) => durations(id, version),
            };
            let least = lengths.iter().map(Duration::shortest_days).min().unwrap_or_default();
            let most = lengths.iter().map(Duration::longest_days).max().unwrap_or_default();
            let calendar = |length: &Duration| matches!(length.unit, Unit::Months | Unit::Years);
            let steady = least == most && !lengths.iter().any(calendar);
            let (low, high) = if (sign < 0) == offset.back { (least, most) } else { (-most, -least) };
            Reach { least: all.least + low, most: all.most + high, steady: all.steady && steady }
        })
    }

    fn may_cross(&self, other: &Reach) -> bool {
        let apart = self.most + SLACK < other.least || other.most + SLACK < self.least;
        !(apart || self.steady && other.steady)
    }
}

fn durations(id: ParameterId, version: &Version<'_>) -> Vec<Duration> {
    let values = version.treatment.parameter(id).values.all().iter();
    let durations = values.filter_map(|(_, value)| match value.value {
        Quantity::Duration(duration) => Some(duration),
        Quantity::Number(_) | Quantity::Day(_) => None,
    });
    durations.collect()
}

/// The whole numbers around those that a bound can be.
fn numbers(bound: &NumberTerm, version: &Version<'_>) -> Vec<i64> {
    let around = |number: Number| number.point().div_euclid(Number::whole(1).point());
    match bound {
        NumberTerm::Fixed(number) => vec![around(*number)],
        NumberTerm::Parameter(id) => {
            let values = version.treatment.parameter(*id).values.all().iter();
            let numbers = values.filter_map(|(_, value)| match value.value {
                Quantity::Number(number) => Some(around(number)),
                Quantity::Duration(_) | Quantity::Day(_) => None,
            });
            numbers.collect()
        }
        NumberTerm::Slot(_)
        | NumberTerm::DaysBetween(..)
        | NumberTerm::YearsBetween(..)
        | NumberTerm::Call(_) => Vec::new(),
    }
}
