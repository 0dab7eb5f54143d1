//! Pages on which only the time between an answer and the visit counts, never the calendar: what they say of one
//! client they say of another who asks some days later and whose answers lie as many days later. The plan of one day
//! then serves many.

use super::super::next_change::static_days;
use super::tokens::is_day;
use super::{Brief, Engine};
use crate::book::condition::{Condition, ConditionKind as Kind, DateBase, DateTerm, Length, NumberTerm};
use crate::book::{Book, Quantity, Treatment};
use crate::value::{Day, Duration, Point, Unit};

/// So many days share a plan.
const SPAN: Point = 512;
/// Longer times in a comparison could reach the ends of the calendar.
const LONGEST: i64 = 10_000;
/// Visits before and behind these days could as well.
const VISITS: std::ops::Range<Point> = 0..340_000;

/// From which day on the page stays the same and only times between days count; `None` if that is never so.
pub(super) fn steady_from(book: &Book, treatment: &Treatment) -> Option<Point> {
    let rules = treatment.rules.iter().map(|rule| &rule.condition);
    let steps = treatment.appointment.iter().flat_map(|appointment| &appointment.steps);
    let excluded = steps.flat_map(|step| &step.not_for).map(|excluded| &excluded.condition);
    let steady = rules.chain(excluded).all(|condition| is_steady(condition, book, treatment));
    let lists = treatment.pricing.iter().flat_map(|pricing| pricing.lists.all()).map(|(from, _)| *from);
    let last = static_days(book, treatment).into_iter().chain(lists).max();
    steady.then(|| last.map_or(Point::MIN, Day::point))
}

fn is_steady(condition: &Condition, book: &Book, treatment: &Treatment) -> bool {
    let date = |term: &DateTerm| {
        let lengths = term.offsets.iter().map(|offset| match offset.by {
            Length::Fixed(duration) => days(duration),
            Length::Parameter(id) => {
                treatment.parameter(id).values.all().iter().try_fold(0, |most, (_, value)| {
                    match &value.value {
                        Quantity::Duration(duration) => days(*duration).map(|days| days.max(most)),
                        _ => None,
                    }
                })
            }
        });
        let reach: Option<i64> = lengths.sum();
        matches!(term.base, DateBase::Slot(_) | DateBase::Visit)
            && reach.is_some_and(|reach| reach <= LONGEST)
    };
    let number = |term: &NumberTerm| {
        matches!(term, NumberTerm::Slot(_) | NumberTerm::Fixed(_) | NumberTerm::Parameter(_))
    };
    let mut steady = true;
    condition.walk(&mut |part| {
        steady &= match &part.kind {
            Kind::Not(_) | Kind::And(_) | Kind::Or(_) | Kind::AnyOption(_) => true,
            Kind::Is(slot, low, high) => {
                let dated = book.facts.fact_of(*slot).kind.is_date();
                !dated || (low == high && !is_day(*low))
            }
            Kind::Dates(a, _, b) => date(a) && date(b),
            Kind::Numbers(a, _, b) => number(a) && number(b),
            Kind::Call(_) => false,
        };
    });
    steady
}

/// How many days a duration moves a day, if that is the same everywhere in the calendar.
fn days(duration: Duration) -> Option<i64> {
    let count = i64::from(duration.count);
    match duration.unit {
        Unit::Minutes | Unit::Hours => Some(0),
        Unit::Days => Some(count),
        Unit::Weeks => Some(count * 7),
        Unit::Months | Unit::Years => None,
    }
}

/// Whether the page that is steady from a day on says on this visit what it says on others.
pub(super) fn serves(from: Point, visit: Day) -> bool {
    visit.point() >= from && VISITS.contains(&visit.point())
}

impl Engine<'_> {
    /// The plan that serves visits on a day.
    pub(super) fn plan_for(&mut self, visit: Day) -> usize {
        let point = visit.point();
        if !self.steady_from.is_some_and(|from| serves(from, visit)) {
            return self.plan(visit);
        }
        // The first day asked about in each span; none lies before the page is steady.
        let span = point.div_euclid(SPAN);
        if let Some((_, at)) = self.spans.iter().find(|(other, _)| *other == span) {
            return *at;
        }
        let at = self.plan(visit);
        self.spans.push((span, at));
        at
    }
}

impl Brief {
    /// Moves its days by so many days.
    pub(super) fn move_days(&mut self, by: Point) {
        for day in [&mut self.not_before, &mut self.latest, &mut self.next_change].into_iter().flatten() {
            *day = Day::from_point(day.point() + by);
        }
    }
}
