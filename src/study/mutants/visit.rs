//! Changes of the course, the appointment, the aftercare and the prices.

use super::conditions::Changes;
use super::{Maker, MutantKind, Piece, later_days, steps};
use crate::book::{
    AftercareItem, Appointment, Band, Course, Dated, Extent, Matter, PriceList, Pricing, Step,
};
use crate::decide::extent::Length;
use crate::prose;
use crate::span::Span;
use crate::value::{Day, FIRST_DAY, Number};

/// The most sessions a page may name.
const MOST_SESSIONS: u32 = 100;

/// One more and one less.
fn counts(count: u32) -> impl Iterator<Item = u32> {
    [count.saturating_sub(1), count + 1].into_iter().filter(|n| (1..=MOST_SESSIONS).contains(n))
}

fn words(extent: &Extent, made: &Maker<'_>) -> String {
    Length::of(extent, made.treatment, FIRST_DAY).to_string()
}

/// Each step of an extent, with words for it: `for 72 hours -> 4319 minutes`.
fn extents(name: &str, extent: Option<&Extent>, made: &Maker<'_>) -> Vec<(String, Extent)> {
    let each = extent.into_iter().flat_map(|old| {
        let steps = steps::extent(old).into_iter();
        steps
            .map(|new| (format!("{name} {} -> {}", words(old, made), words(&new, made)), new))
            .collect::<Vec<_>>()
    });
    each.collect()
}

pub(super) fn course(made: &mut Maker<'_>) {
    let Some(course) = &made.treatment.course else { return };
    let mut changes: Vec<(String, Course)> = Vec::new();
    for sessions in counts(course.sessions) {
        let what = format!("{} -> {sessions}", prose::count(i64::from(course.sessions), "session"));
        changes.push((what, Course { sessions, ..course.clone() }));
    }
    for (what, gap_least) in extents("least gap", Some(&course.gap_least), made) {
        changes.push((what, Course { gap_least, ..course.clone() }));
    }
    for (what, gap_most) in extents("greatest gap", Some(&course.gap_most), made) {
        changes.push((what, Course { gap_most, ..course.clone() }));
    }
    for (what, results) in extents("results", course.results.as_ref(), made) {
        changes.push((what, Course { results: Some(results), ..course.clone() }));
    }
    for (what, changed) in changes {
        let piece = Piece::Course(Box::new(changed));
        made.add(MutantKind::Course, Some(course.span), format!("course: {what}"), piece);
    }
}

pub(super) fn appointment(made: &mut Maker<'_>) {
    let Some(appointment) = &made.treatment.appointment else { return };
    let mut changes: Vec<(String, Span, Appointment)> = Vec::new();
    for (what, duration) in extents("duration", Some(&appointment.duration), made) {
        changes.push((what, appointment.span, Appointment { duration, ..appointment.clone() }));
    }
    for (at, step) in appointment.steps.iter().enumerate() {
        let with = |step: Option<Step>| {
            let mut changed = appointment.clone();
            match step {
                Some(step) => changed.steps[at] = step,
                None => drop(changed.steps.remove(at)),
            }
            changed
        };
        changes.push((format!("{}: dropped", step.id), step.span, with(None)));
        for (what, before) in extents("before", step.before.as_ref(), made) {
            let changed = with(Some(Step { before: Some(before), ..step.clone() }));
            changes.push((format!("{}: {what}", step.id), step.span, changed));
        }
        for (place, exclusion) in step.not_for.iter().enumerate() {
            let name = format!("{}, not for {}", step.id, exclusion.id);
            let mut fewer = step.clone();
            fewer.not_for.remove(place);
            changes.push((format!("{name}: dropped"), exclusion.span, with(Some(fewer))));
            for change in (Changes { facts: made.facts, treatment: made.treatment }).of(&exclusion.condition)
            {
                let mut other = step.clone();
                other.not_for[place].condition = change.condition;
                changes.push((format!("{name}: {}", change.what), change.span, with(Some(other))));
            }
        }
    }
    for (what, span, changed) in changes {
        let piece = Piece::Appointment(Box::new(changed));
        made.add(MutantKind::Appointment, Some(span), format!("appointment: {what}"), piece);
    }
}

pub(super) fn aftercare(made: &mut Maker<'_>) {
    for (at, item) in made.treatment.aftercare.iter().enumerate() {
        let mut changes: Vec<(String, Option<AftercareItem>)> = vec![("dropped".to_string(), None)];
        for (what, from) in extents("from", item.from.as_ref(), made) {
            changes.push((what, Some(AftercareItem { from: Some(from), ..item.clone() })));
        }
        for (what, lasts_for) in extents("for", item.lasts_for.as_ref(), made) {
            changes.push((what, Some(AftercareItem { lasts_for: Some(lasts_for), ..item.clone() })));
        }
        if let Matter::Avoid(list) | Matter::Do(list) | Matter::May(list) = &item.matter
            && list.len() > 1
        {
            for (place, activity) in list.iter().enumerate() {
                let mut fewer = list.clone();
                fewer.remove(place);
                let matter = match &item.matter {
                    Matter::Do(_) => Matter::Do(fewer),
                    Matter::May(_) => Matter::May(fewer),
                    _ => Matter::Avoid(fewer),
                };
                changes.push((
                    format!("without `{}`", activity.id),
                    Some(AftercareItem { matter, ..item.clone() }),
                ));
            }
        }
        for (what, changed) in changes {
            let piece = Piece::Aftercare(at, changed.map(Box::new));
            made.add(MutantKind::Aftercare, Some(item.span), format!("aftercare {}: {what}", item.id), piece);
        }
    }
}

pub(super) fn pricing(made: &mut Maker<'_>) {
    let Some(pricing) = &made.treatment.pricing else { return };
    let mut changes: Vec<(MutantKind, String, Span, Pricing)> = Vec::new();
    let all = pricing.lists.all();
    for (at, (from, list)) in all.iter().enumerate() {
        let since = if all.len() > 1 { format!(" from {from}") } else { String::new() };
        for (what, span, bands) in bands(list) {
            let mut lists: Vec<(Day, PriceList)> = all.to_vec();
            lists[at].1.bands = bands;
            let Some(lists) = Dated::new(lists) else { continue };
            let changed = Pricing { lists, ..pricing.clone() };
            changes.push((MutantKind::Price, format!("prices{since}: {what}"), span, changed));
        }
    }
    for (what, lists) in later_days(all) {
        let Some(lists) = Dated::new(lists) else { continue };
        changes.push((
            MutantKind::Day,
            format!("prices: {what}"),
            pricing.span,
            Pricing { lists, ..pricing.clone() },
        ));
    }
    if let Some((sessions, percent)) = pricing.course_discount {
        let mut put = |what: String, course_discount| {
            let changed = Pricing { course_discount, ..pricing.clone() };
            changes.push((MutantKind::Price, format!("course discount: {what}"), pricing.span, changed));
        };
        for count in counts(sessions) {
            put(format!("from {sessions} sessions -> from {count}"), Some((count, percent)));
        }
        let shares = Number::whole(0)..=Number::whole(100);
        for share in steps::number(percent).into_iter().filter(|share| shares.contains(share)) {
            put(format!("{percent} percent -> {share}"), Some((sessions, share)));
        }
        put("dropped".to_string(), None);
    }
    for (kind, what, span, changed) in changes {
        made.add(kind, Some(span), what, Piece::Pricing(Box::new(changed)));
    }
}

/// Each end and price of a list one step up or down, as long as the bands stay in order; each band dropped.
fn bands(list: &PriceList) -> Vec<(String, Span, Vec<Band>)> {
    let mut all = Vec::new();
    let name = |end: Option<Number>| end.map_or("the last band".to_string(), |end| format!("up to {end}"));
    for (at, Band { up_to, price, span }) in list.bands.iter().enumerate() {
        let with = |band: Band| {
            let mut bands = list.bands.clone();
            bands[at] = band;
            bands
        };
        for step in up_to.iter().flat_map(|end| steps::number(*end)) {
            let bands = with(Band { up_to: Some(step), price: *price, span: *span });
            let ends: Vec<Number> = bands.iter().filter_map(|band| band.up_to).collect();
            if ends.is_sorted_by(|a, b| a < b) {
                all.push((format!("{} -> {}", name(*up_to), name(Some(step))), *span, bands));
            }
        }
        for step in steps::number(*price).into_iter().filter(|price| price.point() >= 0) {
            let bands = with(Band { price: step, ..list.bands[at].clone() });
            all.push((format!("{}: {price} -> {step}", name(*up_to)), *span, bands));
        }
        if list.bands.len() > 1 {
            let mut bands = list.bands.clone();
            bands.remove(at);
            if let Some(last) = bands.last_mut() {
                last.up_to = None;
            }
            all.push((format!("{}: dropped", name(*up_to)), *span, bands));
        }
    }
    all
}
