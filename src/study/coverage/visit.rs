//! What the cases reach of the visit: instructions afterwards, prices.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Zoned};

use super::{Coverage, EdgeOf, Kind, Side, Wish};
use crate::book::{AftercareItem, Extent, Matter, Pricing, Treatment};
use crate::decide::Quote;
use crate::decide::aftercare::{About, End, Item};
use crate::prose;
use crate::study::run::Answer;
use crate::value::{Number, Point};

/// What was asked about the instructions after the treatment.
pub(super) struct Items {
    /// Whether somebody asked for all of them.
    listed: bool,
    /// Which were asked about.
    asked: BTreeSet<usize>,
    /// The sides seen of the edges of their windows.
    sides: BTreeSet<(usize, EdgeOf, Side)>,
    /// The edges they have.
    edges: BTreeSet<(usize, EdgeOf)>,
}

impl Items {
    pub(super) fn of(treatment: &Treatment, answers: &[&Answer]) -> Items {
        let (asked, sides) = (BTreeSet::new(), BTreeSet::new());
        let mut items = Items { listed: false, asked, sides, edges: BTreeSet::new() };
        for (at, item) in treatment.aftercare.iter().enumerate() {
            let activities = !matches!(item.matter, Matter::Expect(_));
            let clock = |extent: &Option<Extent>| matches!(extent, Some(e) if *e != Extent::Always);
            let starts = clock(&item.from) && matches!(item.matter, Matter::Do(_) | Matter::May(_));
            items.edges.extend((activities && starts).then_some((at, EdgeOf::Start)));
            items.edges.extend((activities && clock(&item.lasts_for)).then_some((at, EdgeOf::End)));
        }
        for answer in answers {
            match answer {
                Answer::Timeline(_) => items.listed = true,
                Answer::May(timeline, asked) => {
                    for at in &asked.items {
                        items.asked.insert(*at);
                        items.see(*at, &timeline.items[*at], &asked.at);
                    }
                }
                _ => {}
            }
        }
        items
    }

    fn see(&mut self, at: usize, item: &Item, asked: &Zoned) {
        let end = match &item.end {
            End::At(end) | End::NotBefore(end) => Some(end),
            _ => None,
        };
        let start = (item.about != About::Avoid).then_some(item.begins());
        for (which, edge) in [(EdgeOf::Start, start), (EdgeOf::End, end)] {
            let Some(edge) = edge else { continue };
            let minute = SignedDuration::from_mins(1);
            let side = match asked.duration_since(edge) {
                after if after >= SignedDuration::ZERO && after < minute => Side::After,
                before if before < SignedDuration::ZERO && -before <= minute => Side::Before,
                _ => continue,
            };
            self.sides.insert((at, which, side));
        }
    }

    pub(super) fn is_tested(&self, at: usize) -> bool {
        self.listed || self.asked.contains(&at)
    }

    pub(super) fn report(&self, treatment: &Treatment, coverage: &mut Coverage) {
        for (at, item) in treatment.aftercare.iter().enumerate() {
            let says = format!("nobody asks about the instruction `{}`", item.id);
            let missing = (!self.is_tested(at)).then_some((says, item.span, Wish::Timeline));
            coverage.count(Kind::Aftercare, missing.into_iter().collect());
        }
        for (at, which) in &self.edges {
            let item: &AftercareItem = &treatment.aftercare[*at];
            let edge = match which {
                EdgeOf::Start => "starts",
                EdgeOf::End => "ends",
            };
            let sides = [(Side::Before, "the minute before"), (Side::After, "the minute in which")];
            let missing = sides.into_iter().filter(|(side, _)| !self.sides.contains(&(*at, *which, *side)));
            let missing = missing.map(|(side, words)| {
                let says = format!("no case asks about `{}` {words} it {edge}", item.id);
                (says, item.span, Wish::Activity(*at, *which, side))
            });
            coverage.count(Kind::Edges, missing.collect());
        }
    }
}

pub(super) fn prices(treatment: &Treatment, answers: &[&Answer], coverage: &mut Coverage) {
    let Some(pricing) = &treatment.pricing else { return };
    let quotes: Vec<&Quote> = answers
        .iter()
        .filter_map(|answer| match answer {
            Answer::Quote(quote) if quote.total.is_some() => Some(quote.as_ref()),
            _ => None,
        })
        .collect();
    let one = Number::whole(1).point();
    for (since, list) in pricing.lists.all() {
        let of_list = quotes.iter().filter(|quote| quote.list.since == *since);
        let values: Vec<Point> =
            of_list.filter_map(|quote| Number::parse(&quote.by.answer)).map(Number::point).collect();
        let mut from = Point::MIN;
        for band in &list.bands {
            let to = band.up_to.map_or(Point::MAX, |end| end.point());
            let seen = values.iter().any(|value| from < *value && *value <= to);
            let example = band.up_to.unwrap_or(Number::from_point(from.saturating_add(one)));
            let says = format!("no quote falls into the price band of {}", band.price);
            let missing = (!seen).then_some((says, band.span, Wish::Quote(example, 1)));
            coverage.count(Kind::Prices, missing.into_iter().collect());
            if let Some(end) = band.up_to {
                let at = values.contains(&end.point());
                let after = values.iter().any(|value| end.point() < *value && *value <= end.point() + one);
                let mut missing = Vec::new();
                if !at {
                    let says = format!("no quote stands at the edge of a price band, {end}");
                    missing.push((says, band.span, Wish::Quote(end, 1)));
                }
                if !after {
                    let beyond = Number::from_point(end.point() + one / 100);
                    let says = format!("no quote stands just beyond the edge of a price band, {end}");
                    missing.push((says, band.span, Wish::Quote(beyond, 1)));
                }
                coverage.count(Kind::Edges, missing);
            }
            from = to;
        }
    }
    discount(pricing, &quotes, coverage);
}

/// From how many sessions the discount counts.
fn discount(pricing: &Pricing, quotes: &[&Quote], coverage: &mut Coverage) {
    let Some((least, _)) = pricing.course_discount else { return };
    let bands = pricing.lists.all().iter().flat_map(|(_, list)| &list.bands);
    let value = bands.filter_map(|band| band.up_to).next().unwrap_or(Number::whole(1));
    let wanted = [least.saturating_sub(1), least].into_iter().filter(|sessions| *sessions > 0);
    let missing = wanted.filter(|sessions| !quotes.iter().any(|quote| quote.sessions == *sessions));
    let missing = missing.map(|sessions| {
        let says =
            format!("no quote is for {}, beside the discount", prose::count(i64::from(sessions), "session"));
        (says, pricing.span, Wish::Quote(value, sessions))
    });
    coverage.count(Kind::Edges, missing.collect());
}
