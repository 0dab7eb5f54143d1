//! The numbers the clinic decides, and what counts on which day.

use super::model::{Block, Entry, Place, Row, Section, Table, Text};
use super::page::{Page, title};
use crate::book::condition::ParameterId;
use crate::book::{Extent, InForce, Parameter, Withdrawn};
use crate::prose::sentence_case;
use crate::span::Span;
use crate::value::Day;
use crate::written;

/// Every parameter in full.
pub(super) fn section(page: &Page<'_>) -> Section {
    let parameters = page.treatment.parameters.iter().enumerate();
    let mut blocks: Vec<Block> = parameters
        .map(|(at, parameter)| Block::Entry(entry(page, ParameterId(at as u16), parameter)))
        .collect();
    if blocks.is_empty() {
        blocks.push(Block::words("The page has no numbers of its own."));
    }
    Section::new(page.section("numbers"), "Numbers the clinic decides", blocks)
}

fn entry(page: &Page<'_>, id: ParameterId, parameter: &Parameter) -> Entry {
    let written = page.written.parameters.iter().find(|one| one.span == parameter.span);
    let mut rows = Vec::new();
    for (from, value) in parameter.values.all() {
        let written = written.and_then(|one| dated(&one.value.values, *from));
        let says = Text::default()
            .strong(value.value.to_string())
            .words(format!(" from {} on", from.long()))
            .place(page.snippet(value.span))
            .words(format!(" ({})", standing(&parameter.values, *from, page.day)));
        rows.push(Row::one("Value", says));
        rows.extend(page.basis(&value.basis));
        // The day itself has a line of its own.
        if let Some(written) = written {
            let day = Text::of(&written.name).place(page.place(written.span, &written.name));
            rows.push(Row::one("Counts from", day).small());
        }
    }
    if let Some(written) = written {
        let range = written.value.between.iter().map(|words| page.value(words));
        rows.push(Row::one("Must lie between", Text::joined(range, " and ")));
    }
    rows.push(Row::one("Owner", Text::of(&parameter.owner)));
    rows.push(Row::one("Look at it again by", review(page, parameter)));
    rows.push(Row::all("Used by", users(page, id)));
    Entry {
        anchor: page.anchor("number", &parameter.id),
        title: Text::of(sentence_case(&parameter.meaning)).words(" ").code(&parameter.id),
        outcome: None,
        place: Some(page.place(parameter.span, &parameter.id)),
        rows,
    }
}

/// The value that was written for a day.
fn dated(
    values: &[written::Named<written::ParameterValue>],
    from: Day,
) -> Option<&written::Named<written::ParameterValue>> {
    values.iter().find(|one| Day::parse(&one.name) == Some(from))
}

fn review(page: &Page<'_>, parameter: &Parameter) -> Text {
    let day = parameter.review_by;
    let text = Text::of(day.long()).place(page.place(parameter.review_span, &day.to_string()));
    match day < page.day {
        true => text.words(" ").strong(format!("Overdue on {}.", page.day.long())),
        false => text,
    }
}

/// How a dated value stands on a day.
fn standing<T>(values: &crate::book::Dated<T>, from: Day, on: Day) -> &'static str {
    match from {
        _ if from > on => "scheduled",
        _ if values.on(on).0 == from => "in force",
        _ => "no longer in force",
    }
}

/// What uses a parameter.
fn users(page: &Page<'_>, id: ParameterId) -> Vec<Text> {
    let treatment = page.treatment;
    let uses = |extent: &Extent| *extent == Extent::Parameter(id);
    let rules = treatment.rules.iter().filter(|rule| rule.condition.parameters().contains(&id));
    let mut users: Vec<Text> = rules.map(|rule| page.rule_link(rule)).collect();
    let guarantees = treatment.guarantees.iter();
    users.extend(
        guarantees
            .filter(|one| one.when.as_ref().is_some_and(|when| when.parameters().contains(&id)))
            .map(|one| page.guarantee_link(&one.id)),
    );
    let course = treatment.course.iter();
    let mut gaps =
        course.flat_map(|course| [Some(&course.gap_least), Some(&course.gap_most), course.results.as_ref()]);
    if gaps.any(|extent| extent.is_some_and(uses)) {
        users.push(Text::default().link(page.section("course"), "the course"));
    }
    for item in &treatment.aftercare {
        if [&item.from, &item.lasts_for].into_iter().flatten().any(uses) {
            users.push(Text::default().link(page.anchor("aftercare", &item.id), title(&item.id)));
        }
    }
    users
}

/// Everything with a day: what counts when.
pub(super) fn days(page: &Page<'_>) -> Section {
    let rows = dated_things(page)
        .into_iter()
        .map(|thing| vec![thing.what, thing.value, thing.counts, Text::of(thing.standing)]);
    let day = page.day.long();
    let blocks = vec![
        Block::words(format!("Judged on {day}.")),
        Block::Table(Table {
            caption: format!("What is in force on {day}, and what is scheduled"),
            columns: vec!["What", "Value", "Counts", "On that day"],
            rows: rows.collect(),
        }),
    ];
    Section::new(page.section("days"), "What counts when", blocks)
}

struct Thing {
    what: Text,
    value: Text,
    counts: Text,
    standing: &'static str,
}

fn dated_things(page: &Page<'_>) -> Vec<Thing> {
    let treatment = page.treatment;
    let on = page.day;
    let mut things = vec![Thing {
        what: Text::of("The whole page"),
        value: Text::of(format!("revision {}", treatment.revision)),
        counts: window(&treatment.in_force),
        standing: covers(&treatment.in_force, on),
    }];
    for (at, parameter) in treatment.parameters.iter().enumerate() {
        let all = parameter.values.all();
        for (place, (from, value)) in all.iter().enumerate() {
            let last = all.get(place + 1).map(|(next, _)| next.before());
            things.push(Thing {
                what: page.parameter_link(ParameterId(at as u16)),
                value: Text::of(value.value.to_string()).place(page.snippet(value.span)),
                counts: window(&InForce { from: Some(*from), last }),
                standing: standing(&parameter.values, *from, on),
            });
        }
    }
    let dated = |in_force: &InForce| *in_force != InForce::default();
    for rule in treatment.rules.iter().filter(|rule| dated(&rule.in_force)) {
        things.push(thing(page, page.rule_link(rule), "rule", &rule.in_force, rule.span, on));
    }
    for guarantee in treatment.guarantees.iter().filter(|one| dated(&one.in_force)) {
        let link = page.guarantee_link(&guarantee.id);
        things.push(thing(page, link, "guarantee", &guarantee.in_force, guarantee.span, on));
    }
    let clinic = &page.subject.book.clinic.withdrawn;
    let switches = [("The clinic", clinic), ("The whole page", &treatment.withdrawn)];
    let mut withdrawn: Vec<(Text, &Withdrawn)> =
        switches.into_iter().filter_map(|(what, switch)| Some((Text::of(what), switch.as_ref()?))).collect();
    let rules = treatment.rules.iter();
    withdrawn.extend(rules.filter_map(|rule| Some((page.rule_link(rule), rule.withdrawn.as_ref()?))));
    for (what, switch) in withdrawn {
        let days = InForce { from: Some(switch.since), last: None };
        let place = Place { at: switch.at.clone(), holds: "withdrawn".to_string() };
        things.push(Thing {
            what,
            value: Text::of("withdrawn").place(place),
            counts: window(&days),
            standing: covers(&days, on),
        });
    }
    for pricing in treatment.pricing.iter() {
        let all = pricing.lists.all();
        for (place, (from, list)) in all.iter().enumerate() {
            let last = all.get(place + 1).map(|(next, _)| next.before());
            things.push(Thing {
                what: Text::default().link(page.section("prices"), "price list"),
                value: Text::of(crate::prose::count(list.bands.len() as i64, "price"))
                    .place(page.place(list.span, &from.to_string())),
                counts: window(&InForce { from: Some(*from), last }),
                standing: standing(&pricing.lists, *from, on),
            });
        }
    }
    things
}

fn thing(page: &Page<'_>, what: Text, kind: &str, in_force: &InForce, span: Span, on: Day) -> Thing {
    Thing {
        what,
        value: Text::of(kind).place(page.snippet(span)),
        counts: window(in_force),
        standing: covers(in_force, on),
    }
}

fn window(in_force: &InForce) -> Text {
    Text::of(super::page::days(in_force).unwrap_or_else(|| "on every day".to_string()))
}

fn covers(in_force: &InForce, on: Day) -> &'static str {
    match in_force.covers(on) {
        true => "in force",
        false if in_force.from.is_some_and(|from| on < from) => "scheduled",
        false => "no longer in force",
    }
}
