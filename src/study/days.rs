//! The visit days that a statement about all visits rests on.
//!
//! Days on which something changes (a dated value, `in_force`, `withdrawn`, a fixed day) cut the visits into
//! stretches. Within one, a condition that counts in days and weeks looks the same on every day, moved along
//! with the visit, so one day speaks for all. Months and years differ in length; where that can change what comes
//! before what, days are tried: the calendar repeats after four years as long as no century without a leap day is within reach, and all such centuries look
//! alike: four years and the days around one such century speak for all. Where a fixed day meets one that
//! moves with the visit, every day is tried.

use std::collections::BTreeSet;

use super::steady::{self, Cut};
use crate::book::condition::{Condition, ConditionKind, DateBase, DateTerm, Length, NumberTerm, SlotId};
use crate::book::{InForce, Quantity, Treatment};
use crate::decide::cells::Version;
use crate::value::{Day, Duration, FIRST_DAY, LAST_DAY, Number, Point, Unit};

/// Visit days that stand for all visits.
#[derive(Debug, Clone)]
pub struct Days {
    /// One day or a few for each stretch, the closest to where the search starts first.
    pub few: Vec<Day>,
    /// The days to try besides, before a statement holds for all visits.
    pub rest: Vec<Day>,
    /// The visits the statement then holds for; `None` if there are too many days to try, so that it holds
    /// for the tried ones only.
    pub visits: Option<InForce>,
}

/// More days than this are not tried.
const MOST_DAYS: usize = 20_000;

/// After so many days the calendar repeats where every fourth year is a leap year.
const FOUR_YEARS: Point = 1_461;

/// The days that matter for statements about conditions of one page.
pub fn that_matter(version: Version<'_>, conditions: &[&Condition], near: Day) -> Days {
    let posed: Vec<(Version<'_>, &Condition)> = conditions.iter().map(|one| (version, *one)).collect();
    let treatment = version.treatment;
    let rules = treatment.rules.iter();
    let changes =
        rules.flat_map(|rule| rule.in_force.changes().chain(rule.withdrawn.as_ref().map(|w| w.since)));
    let switches = [&version.book.clinic.withdrawn, &treatment.withdrawn].into_iter().flatten();
    let marks: Vec<Day> = changes.chain(switches.map(|switch| switch.since)).collect();
    among(treatment.in_force, &posed, &marks, near)
}

/// Where to look first if nothing says: the first day in force, else the first day of a dated value, else
/// 2000-01-01.
pub fn usual(treatment: &Treatment) -> Day {
    let values = treatment.parameters.iter().filter_map(|p| p.values.all().first().map(|(day, _)| *day));
    let first = treatment.in_force.from.or(values.max());
    first.or(treatment.in_force.last).or(Day::new(2000, 1, 1)).unwrap_or(FIRST_DAY)
}

/// The same for conditions of several versions, for visits within `visits`. `marks` are more days on which
/// something starts or stops to count.
pub fn among(visits: InForce, conditions: &[(Version<'_>, &Condition)], marks: &[Day], near: Day) -> Days {
    let start = visits.from.unwrap_or(FIRST_DAY).max(FIRST_DAY).point();
    let end = visits.last.unwrap_or(LAST_DAY).min(LAST_DAY).point();
    if start > end {
        return Days { few: Vec::new(), rest: Vec::new(), visits: Some(visits) };
    }
    let found = Found::of(conditions);
    let mut edges: BTreeSet<Point> = marks.iter().map(|day| day.point()).collect();
    edges.extend(&found.changes);
    let zones = found.zones();
    edges.extend(zones.iter().flat_map(|(low, high)| [*low, *high + 1]));
    edges.insert(start);
    let edges: Vec<Point> = edges.into_iter().filter(|edge| (start..=end).contains(edge)).collect();
    let mut plan = Plan { near: near.point(), found: &found, few: BTreeSet::new(), rest: BTreeSet::new() };
    let mut exact = true;
    for (at, low) in edges.iter().enumerate() {
        let high = edges.get(at + 1).map_or(end, |next| next - 1);
        let zone = zones.iter().any(|(from, to)| from <= low && high <= *to);
        exact &= plan.stretch(*low, high, zone);
    }
    let Plan { few, rest, .. } = plan;
    let rest = rest.difference(&few).copied().map(Day::from_point).collect();
    let mut few: Vec<Day> = few.into_iter().map(Day::from_point).collect();
    few.sort_by_key(|day| (day.point() - near.point()).abs());
    Days { few, rest, visits: exact.then_some(visits) }
}

/// What the conditions say about days.
#[derive(Default)]
struct Found {
    /// Days on which something changes for every client.
    changes: BTreeSet<Point>,
    /// For a slot how far from the visit an answer can lie at which something changes.
    reach: Vec<(SlotId, Point)>,
    /// Fixed days, each with the slot that is compared with it.
    fixed: Vec<(SlotId, Point)>,
    /// Where comparisons of an answer with the visit change.
    cuts: Vec<Cut>,
    /// Whether there is one that changes somewhere else.
    unclear: bool,
    /// Answers that are compared with one another, and how many days are counted in it.
    linked: Vec<(SlotId, SlotId, Point)>,
    /// Whether a comparison counts from an answer, the visit and a fixed day at once.
    crooked: bool,
}

impl Found {
    fn of(conditions: &[(Version<'_>, &Condition)]) -> Found {
        let mut found = Found::default();
        for (version, condition) in conditions {
            let parameters = condition.parameters();
            let values = parameters.iter().flat_map(|id| version.treatment.parameter(*id).values.all());
            let days: BTreeSet<Day> = values.map(|(from, _)| *from).collect();
            found.changes.extend(days.iter().map(|day| day.point()));
            condition.walk(&mut |part| found.note(*version, part, &days));
        }
        found
    }

    fn note(&mut self, version: Version<'_>, part: &Condition, values_from: &BTreeSet<Day>) {
        let treatment = version.treatment;
        let mut span =
            Reading { treatment, bases: Vec::new(), days: 2, months: false, unit: 1, answers: false };
        if let ConditionKind::Numbers(a, _, b) = &part.kind {
            let years = [a, b].iter().any(|term| matches!(term, NumberTerm::YearsBetween(..)));
            (span.months, span.unit) = (years, if years { 366 } else { 1 });
        }
        match &part.kind {
            ConditionKind::Dates(a, _, b) => [a, b].into_iter().for_each(|term| span.date(term)),
            ConditionKind::Numbers(a, _, b) => [a, b].into_iter().for_each(|term| span.number(term)),
            _ => return,
        }
        let mut slots: Vec<SlotId> = Vec::new();
        let (mut visit, mut fixed) = (false, false);
        for base in &span.bases {
            match base {
                DateBase::Slot(slot) => slots.push(*slot),
                DateBase::Visit => visit = true,
                DateBase::Day(_) | DateBase::Parameter(_) => fixed = true,
            }
        }
        slots.dedup();
        if let [one, other] = slots[..] {
            self.linked.push((one, other, span.days));
            self.unclear |= span.months;
            self.crooked |= matches!(&part.kind, ConditionKind::Numbers(..)) && span.answers;
        }
        match (&slots[..], visit) {
            ([], true) => self.changes.extend(self::cuts(version, &visit_as_answer(part), values_from)),
            ([slot], true) => {
                self.reach.push((*slot, span.days));
                match steady::cuts(treatment, &part.kind) {
                    Some(cuts) => self.cuts.extend(cuts),
                    None => self.unclear |= span.months,
                }
            }
            _ => {}
        }
        self.crooked |= visit && fixed && !slots.is_empty();
        if let ([slot], true) = (&slots[..], fixed) {
            let cuts = cuts(version, part, values_from);
            self.fixed.extend(cuts.into_iter().map(|cut| (*slot, cut)));
        }
    }

    /// The slots that comparisons of answers join with this one, by which what is said about one of them says
    /// something about the others.
    fn joined_with(&self, slot: SlotId) -> Vec<SlotId> {
        let mut joined = vec![slot];
        let mut at = 0;
        while let Some(one) = joined.get(at).copied() {
            for (a, b, _) in &self.linked {
                let other = if *a == one { *b } else { *a };
                if (*a == one || *b == one) && !joined.contains(&other) {
                    joined.push(other);
                }
            }
            at += 1;
        }
        joined
    }

    fn reach_of(&self, slot: SlotId) -> Point {
        let joined = self.joined_with(slot);
        let moving = self.reach.iter().filter(|(at, _)| joined.contains(at)).map(|(_, days)| *days);
        let linked = self.linked.iter().filter(|(at, ..)| joined.contains(at)).map(|(.., days)| *days);
        moving.max().unwrap_or(0) + linked.sum::<Point>()
    }

    /// How far from the visit lie the cuts whose order is not the same on all visits, at most; `None` if all keep
    /// their order.
    fn unsteady(&self) -> Option<Point> {
        let mut far = self.unclear.then(|| self.farthest());
        let mut note = |cut: &Cut| far = far.max(Some(cut.most.abs().max(cut.least.abs())));
        for (at, cut) in self.cuts.iter().enumerate().filter(|(_, cut)| cut.varies) {
            if !cut.is_before_the_visit() || self.joined_with(cut.slot).len() > 1 {
                note(cut);
            }
            for (_, other) in self.cuts.iter().enumerate().filter(|(beside, _)| *beside != at) {
                if other.slot == cut.slot && !cut.is_steady_with(other) {
                    [cut, other].into_iter().for_each(&mut note);
                }
            }
        }
        far
    }

    fn farthest(&self) -> Point {
        let moving = self.reach.iter().map(|(_, days)| *days).max().unwrap_or(0);
        moving + self.linked.iter().map(|(.., days)| *days).sum::<Point>()
    }

    /// Stretches in which a fixed day is within reach of one that moves with the visit.
    fn zones(&self) -> Vec<(Point, Point)> {
        let around = self.fixed.iter().map(|(slot, day)| {
            let reach = self.reach_of(*slot) + 1;
            (day - reach, day + reach)
        });
        let mut zones: Vec<(Point, Point)> = around.collect();
        zones.sort_unstable();
        zones.dedup();
        let mut joined: Vec<(Point, Point)> = Vec::new();
        for (low, high) in zones {
            match joined.last_mut() {
                Some(last) if low <= last.1 + 1 => last.1 = last.1.max(high),
                _ => joined.push((low, high)),
            }
        }
        joined
    }
}

/// The days at which a comparison with one answer changes, with each of the values its parameters have.
fn cuts(version: Version<'_>, part: &Condition, values_from: &BTreeSet<Day>) -> Vec<Point> {
    let days = values_from.iter().copied().chain(values_from.is_empty().then_some(FIRST_DAY));
    let calendar = FIRST_DAY.point()..=LAST_DAY.point();
    let all = days.flat_map(|day| version.asked(part, day).cuts().into_iter().map(|(_, cut)| cut));
    all.filter(|cut| calendar.contains(cut)).collect()
}

/// The comparison with the visit in the place of an answer, so that its changes are days of visits.
fn visit_as_answer(part: &Condition) -> Condition {
    let date = |term: &DateTerm| DateTerm {
        base: if term.base == DateBase::Visit { DateBase::Slot(SlotId(0)) } else { term.base },
        offsets: term.offsets.clone(),
    };
    let number = |term: &NumberTerm| match term {
        NumberTerm::DaysBetween(a, b) => NumberTerm::DaysBetween(date(a), date(b)),
        NumberTerm::YearsBetween(a, b) => NumberTerm::YearsBetween(date(a), date(b)),
        other => other.clone(),
    };
    let kind = match &part.kind {
        ConditionKind::Dates(a, op, b) => ConditionKind::Dates(date(a), *op, date(b)),
        ConditionKind::Numbers(a, op, b) => ConditionKind::Numbers(number(a), *op, number(b)),
        other => other.clone(),
    };
    Condition { kind, span: part.span }
}

/// What a comparison starts from, and how many days it counts at most.
struct Reading<'a> {
    treatment: &'a Treatment,
    bases: Vec<DateBase>,
    days: Point,
    months: bool,
    /// How many days a number of it is at most.
    unit: Point,
    /// Whether it counts a number that is an answer, or that a script gives.
    answers: bool,
}

impl Reading<'_> {
    fn date(&mut self, term: &DateTerm) {
        self.bases.push(term.base);
        for offset in &term.offsets {
            let lengths: Vec<Duration> = match offset.by {
                Length::Fixed(duration) => vec![duration],
                Length::Parameter(id) => {
                    let values = self.treatment.parameter(id).values.all().iter();
                    let durations = values.filter_map(|(_, value)| match value.value {
                        Quantity::Duration(duration) => Some(duration),
                        _ => None,
                    });
                    durations.collect()
                }
            };
            self.days += lengths.iter().map(Duration::longest_days).max().unwrap_or(0);
            self.months |= lengths.iter().any(|d| matches!(d.unit, Unit::Months | Unit::Years));
        }
    }

    fn number(&mut self, term: &NumberTerm) {
        match term {
            NumberTerm::DaysBetween(a, b) | NumberTerm::YearsBetween(a, b) => {
                self.date(a);
                self.date(b);
            }
            NumberTerm::Fixed(number) => self.days += self.far(*number),
            NumberTerm::Parameter(id) => {
                let values = self.treatment.parameter(*id).values.all().iter();
                let numbers = values.filter_map(|(_, value)| match value.value {
                    Quantity::Number(number) => Some(self.far(number)),
                    _ => None,
                });
                self.days += numbers.max().unwrap_or(0);
            }
            NumberTerm::Slot(_) | NumberTerm::Call(_) => self.answers = true,
        }
    }

    /// How far apart two days are at most between which this number changes something.
    fn far(&self, number: Number) -> Point {
        (number.point().abs() / Number::whole(1).point() + 2).min(1_000_000) * self.unit
    }
}

/// Chooses days, stretch by stretch.
struct Plan<'f> {
    near: Point,
    found: &'f Found,
    few: BTreeSet<Point>,
    rest: BTreeSet<Point>,
}

impl Plan<'_> {
    /// Chooses days of a stretch; false if there are too many.
    fn stretch(&mut self, low: Point, high: Point, zone: bool) -> bool {
        let reach = self.found.farthest();
        // Near the ends of the calendar some answers are missing, and nothing is added.
        let (roomy_low, roomy_high) =
            (low.max(FIRST_DAY.point() + reach + 1), high.min(LAST_DAY.point() - reach - 1));
        if zone || self.found.crooked || roomy_low > roomy_high {
            self.few.extend([low, low + (high - low) / 2, high, self.near.clamp(low, high)]);
            return self.all(low, high);
        }
        let (low, high) = (roomy_low, roomy_high);
        let middle = self.near.clamp(low, high);
        self.few.insert(middle);
        let Some(unsteady) = self.found.unsteady() else { return true };
        let month_ends = (middle..=high.min(middle + 366)).chain((middle - 366).max(low)..middle);
        let month_ends = month_ends.filter(|day| {
            let (_, _, day) = Day::from_point(*day).civil();
            !(2..28).contains(&day)
        });
        self.few.extend(month_ends);
        let centuries = centuries(unsteady, low, high);
        if centuries.iter().any(|(from, to)| to - from > 50 * 366) {
            return self.all(low, high);
        }
        let starts = [middle, (high - FOUR_YEARS + 1).max(low)].into_iter();
        let starts = starts.chain(centuries.iter().map(|(_, to)| to + 1)).chain([low]);
        let fits = |start: &Point| {
            let end = start + FOUR_YEARS - 1;
            *start >= low && end <= high && centuries.iter().all(|(from, to)| end < *from || *to < *start)
        };
        let Some(start) = starts.into_iter().find(fits) else { return self.all(low, high) };
        let mut fine = self.all(start, start + FOUR_YEARS - 1);
        let whole = centuries.iter().find(|(from, to)| low <= *from && *to <= high);
        match whole {
            Some((from, to)) => fine &= self.all(*from, *to),
            None => {
                for (from, to) in &centuries {
                    fine &= self.all((*from).max(low), (*to).min(high));
                }
            }
        }
        fine
    }

    fn all(&mut self, low: Point, high: Point) -> bool {
        let room = MOST_DAYS.saturating_sub(self.rest.len()) as Point;
        self.rest.extend(low..=high.min(low + room));
        high - low <= room
    }
}

/// The days from which a February without its leap day is within reach, for each century that has one.
fn centuries(reach: Point, low: Point, high: Point) -> Vec<(Point, Point)> {
    let reach = reach + 31;
    let years = (1900..=3000).step_by(100).filter(|year| year % 400 != 0);
    let around = years.filter_map(|year| Day::new(year, 3, 1)).map(|day| day.point());
    around.map(|day| (day - reach, day + reach)).filter(|(from, to)| *from <= high && low <= *to).collect()
}
