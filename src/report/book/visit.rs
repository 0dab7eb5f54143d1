//! The visit and what follows it: appointment, course, aftercare and prices.

use super::drawing::{Bar, Drawing, Kind, Line};
use super::model::{Block, Entry, Figure, Row, Section, Table, Text};
use super::page::{Page, sentence, title};
use crate::book::{AftercareItem, Course, Matter, Pricing, Step, print};
use crate::decide::extent::Length;
use crate::prose::count;
use crate::span::Span;
use crate::value::{Duration, Unit};
use crate::written::{self, Words};

/// No more sessions are drawn; all are named in words.
const MOST_DRAWN: u32 = 12;
/// With more marks than this on a line, only every second one is named.
const MOST_NAMED: usize = 9;

/// The value of a key as written, with its place.
fn written_at(page: &Page<'_>, text: Text, words: Option<&Words>) -> Text {
    match words {
        Some(words) => text.place(page.place(words.span, &words.text)),
        None => text,
    }
}

/// How long an appointment takes, and its steps.
pub(super) fn appointment(page: &Page<'_>) -> Option<Section> {
    let appointment = page.treatment.appointment.as_ref()?;
    let written = page.written.appointment.as_ref();
    let duration = page.extent(&appointment.duration);
    let duration = written_at(page, duration, written.and_then(|one| one.duration.as_ref()));
    let mut rows = vec![Row::one("Takes", duration)];
    rows.extend(page.basis(&appointment.basis));
    let mut blocks = vec![Block::Entry(Entry {
        anchor: page.anchor("appointment", "whole"),
        title: Text::of("The appointment as a whole"),
        outcome: None,
        place: Some(page.place(appointment.span, "appointment")),
        rows,
    })];
    blocks.extend(appointment.steps.iter().map(|one| Block::Entry(step(page, one))));
    Some(Section::new(page.section("appointment"), "The appointment", blocks))
}

fn step(page: &Page<'_>, step: &Step) -> Entry {
    let written =
        page.written.appointment.iter().flat_map(|one| &one.steps).find(|one| one.span == step.span);
    let mut rows =
        vec![Row::one("Done", Text::of(if step.optional { "now and then" } else { "at every session" }))];
    if let Some(before) = &step.before {
        let text = page.extent(before).words(" before the procedure");
        rows.push(Row::one(
            "When",
            written_at(page, text, written.and_then(|one| one.value.before.as_ref())),
        ));
    }
    rows.extend(page.basis(&step.basis));
    for one in &step.not_for {
        let when = sentence(&page.english().condition(&one.condition));
        let machine = print::condition(&one.condition, &page.subject.book.facts, page.treatment);
        rows.push(Row::all(
            "Not for a client of whom this is so",
            vec![
                Text::of(when).place(page.place(one.span, &one.id)),
                Text::of(format!("Because: {}", one.because)),
            ],
        ));
        rows.push(
            Row::one(
                "As the program reads it",
                Text::default().code(machine).place(page.snippet(one.condition.span)),
            )
            .small(),
        );
        rows.extend(page.basis(&one.basis));
    }
    Entry {
        anchor: page.anchor("step", &step.id),
        title: Text::of(&step.action).words(" ").code(&step.id),
        outcome: None,
        place: Some(page.place(step.span, &step.id)),
        rows,
    }
}

/// The planned series of sessions.
pub(super) fn course(page: &Page<'_>) -> Option<Section> {
    let course = page.treatment.course.as_ref()?;
    let written = page.written.course.as_ref();
    let sessions = Text::of(course.sessions.to_string());
    let gap = page.extent(&course.gap_least).words(" to ").text(page.extent(&course.gap_most));
    let mut rows = vec![
        Row::one("Sessions", written_at(page, sessions, written.and_then(|one| one.sessions.as_ref()))),
        Row::one(
            "From one session to the next",
            written_at(page, gap, written.and_then(|one| one.gap.first())),
        ),
    ];
    if let Some(results) = &course.results {
        let text = page.extent(results);
        rows.push(Row::one("Results", written_at(page, text, written.and_then(|one| one.results.as_ref()))));
    }
    rows.extend(page.basis(&course.basis));
    let entry = Entry {
        anchor: page.anchor("course", "whole"),
        title: Text::of("The course"),
        outcome: None,
        place: Some(page.place(course.span, "course")),
        rows,
    };
    let blocks = vec![Block::Entry(entry), Block::Figure(sessions_drawn(page, course))];
    Some(Section::new(page.section("course"), "The course", blocks))
}

fn sessions_drawn(page: &Page<'_>, course: &Course) -> Figure {
    let length = |extent| Length::of(extent, page.treatment, page.day);
    let (least, most) = (length(&course.gap_least), length(&course.gap_most));
    let mut says = vec![Text::of("Session 1: the start of the course.")];
    says.extend((2..=course.sessions).map(|number| {
        Text::of(format!(
            "Session {number}: at least {least} and at most {most} after session {}.",
            number - 1
        ))
    }));
    let days = |length: &Length, longest: bool| {
        let duration = if longest { length.most() } else { length.least() };
        duration.map_or(0, |one| if longest { one.longest_days() } else { one.shortest_days() })
    };
    let (shortest, longest) = (days(&least, false), days(&most, true));
    let mut bars: Vec<Bar> = (1..=course.sessions.min(MOST_DRAWN))
        .map(|number| {
            let gaps = i64::from(number) - 1;
            Bar {
                says: format!("Session {number}"),
                kind: Kind::Do,
                from: gaps * shortest,
                to: gaps * longest,
                open: most == Length::Always && number > 1,
            }
        })
        .collect();
    if let Some(results) = &course.results {
        let results = length(results);
        says.push(Text::of(format!("First results: {results} after session 1.")));
        bars.push(Bar {
            says: "First results".to_string(),
            kind: Kind::Calm,
            from: days(&results, false),
            to: days(&results, true),
            open: true,
        });
    }
    let end = bars.iter().map(|bar| bar.to).max().unwrap_or(0).max(1);
    says.push(Text::of(format!(
        "The bars show the days in which each session may lie, counted from session 1: the last one lies between {} \
         and {} after it.",
        count(shortest * (i64::from(course.sessions) - 1), "day"),
        count(longest * (i64::from(course.sessions) - 1), "day"),
    )));
    let drawing = Drawing::Line(Line { steps: end, marks: weeks(end), bars });
    Figure {
        anchor: page.anchor("drawing", "course"),
        title: "The course from its first session on".to_string(),
        drawing,
        says,
    }
}

/// Marks at whole weeks, as many as can be read.
fn weeks(days: i64) -> Vec<(i64, String)> {
    let apart =
        [1, 2, 4, 8, 13, 26, 52, 104, 260].into_iter().find(|weeks| days / (7 * weeks) <= 5).unwrap_or(520);
    let marks = (0..=days / (7 * apart)).map(|at| (7 * apart * at, format!("{} wk", apart * at)));
    marks.map(|(at, says)| (at, if at == 0 { "start".to_string() } else { says })).collect()
}

/// What to avoid, do and expect after the treatment.
pub(super) fn aftercare(page: &Page<'_>) -> Option<Section> {
    let items = &page.treatment.aftercare;
    if items.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::Figure(aftercare_drawn(page))];
    blocks.extend(items.iter().map(|one| Block::Entry(item(page, one))));
    Some(Section::new(page.section("aftercare"), "Aftercare", blocks))
}

fn item(page: &Page<'_>, item: &AftercareItem) -> Entry {
    let written = page.written.aftercare.iter().find(|one| one.span == item.span).map(|one| &one.value);
    let (label, says) = matter(page, item, written);
    let mut rows = vec![Row::all(label, says)];
    if let Some(from) = &item.from {
        let text = page.extent(from).words(" after the end of the treatment");
        rows.push(Row::one("From", written_at(page, text, written.and_then(|one| one.from.as_ref()))));
    }
    if let Some(lasts) = &item.lasts_for {
        let text = page.extent(lasts);
        rows.push(Row::one("For", written_at(page, text, written.and_then(|one| one.lasts_for.as_ref()))));
    }
    if let Some(lasts) = &item.lasts {
        rows.push(Row::one("Lasts", Text::of(lasts).words(", without a clock")));
    }
    if item.lasts_for.is_none() && item.lasts.is_none() {
        rows.push(Row::one("For", Text::of("no end is given")));
    }
    rows.extend(page.basis(&item.basis));
    Entry {
        anchor: page.anchor("aftercare", &item.id),
        title: Text::of(title(&item.id)).words(" ").code(&item.id),
        outcome: None,
        place: Some(page.place(item.span, &item.id)),
        rows,
    }
}

/// What an item is about, each activity with its place.
fn matter(
    page: &Page<'_>,
    item: &AftercareItem,
    written: Option<&written::AftercareItem>,
) -> (&'static str, Vec<Text>) {
    let named = match written.and_then(|one| one.matter.as_ref()) {
        Some(written::Matter::Avoid(all) | written::Matter::Do(all) | written::Matter::May(all)) => &all[..],
        _ => &[],
    };
    let (label, activities) = match &item.matter {
        Matter::Avoid(all) => ("Avoid", all),
        Matter::Do(all) => ("Do", all),
        Matter::May(all) => ("You may", all),
        Matter::Expect(says) => return ("Expect", vec![Text::of(says)]),
    };
    let said = activities.iter().map(|activity| {
        let also = match activity.also.is_empty() {
            true => String::new(),
            false => format!(" (also: {})", activity.also.join(", ")),
        };
        let text = Text::of(format!("{}{also}", activity.says));
        let own = named.iter().find(|one| one.name == activity.id && one.name != item.id);
        match own {
            Some(one) => text.words(" ").code(&one.name).place(page.place(one.span, &one.name)),
            None => text,
        }
    });
    (label, said.collect())
}

/// When an item counts, in words.
fn window(page: &Page<'_>, item: &AftercareItem) -> String {
    let length = |extent| Length::of(extent, page.treatment, page.day);
    let mut parts = Vec::new();
    parts.extend(item.from.as_ref().map(|from| format!("from {} after the treatment on", length(from))));
    match (&item.lasts_for, &item.lasts) {
        (Some(lasts), _) if length(lasts) == Length::Always => parts.push("without end".to_string()),
        (Some(lasts), _) if item.from.is_some() => parts.push(format!("until {} after it", length(lasts))),
        (Some(lasts), _) => parts.push(format!("for {}", length(lasts))),
        (None, Some(words)) => parts.push(words.clone()),
        (None, None) if item.from.is_none() => parts.push("at once".to_string()),
        (None, None) => {}
    }
    parts.join(", ")
}

fn aftercare_drawn(page: &Page<'_>) -> Figure {
    let length =
        |extent: &Option<_>| extent.as_ref().map(|extent| Length::of(extent, page.treatment, page.day));
    let items: Vec<(&AftercareItem, Option<Length>, Option<Length>)> = page
        .treatment
        .aftercare
        .iter()
        .map(|item| (item, length(&item.from), length(&item.lasts_for)))
        .collect();
    let ends = |length: &Option<Length>| {
        length.iter().flat_map(|one| [one.least(), one.most()]).flatten().collect::<Vec<_>>()
    };
    let mut edges: Vec<Duration> =
        items.iter().flat_map(|(_, from, lasts)| [ends(from), ends(lasts)].concat()).collect();
    edges.sort_by_key(|one| (minutes(*one), one.unit));
    edges.dedup_by_key(|one| minutes(*one));
    let at = |duration: Duration| {
        edges.iter().position(|edge| minutes(*edge) == minutes(duration)).map_or(0, |at| at as i64 + 1)
    };
    let last = edges.len() as i64 + 1;
    let mut says = vec![];
    let bars = items.iter().map(|(item, from, lasts)| {
        let (kind, verb) = match &item.matter {
            Matter::Avoid(_) => (Kind::Avoid, "avoid"),
            Matter::Do(_) => (Kind::Do, "do"),
            Matter::May(_) => (Kind::Calm, "may"),
            Matter::Expect(_) => (Kind::Calm, "expect"),
        };
        // Of a range the later end decides, but what is expected may begin with the earlier one.
        let begins =
            from.and_then(|one| if verb == "expect" { one.least() } else { one.most() }).map_or(0, at);
        let ends = match (lasts, from) {
            (Some(Length::Always), _) => (last, true),
            (Some(one), _) => (one.most().map_or(last, at), one.is_minimum()),
            (None, Some(one)) if verb == "expect" => (one.most().map_or(last, at), true),
            (None, _) => (begins, true),
        };
        says.push(
            Text::default()
                .link(page.anchor("aftercare", &item.id), title(&item.id))
                .words(format!(" ({verb}): {}.", window(page, item))),
        );
        Bar {
            says: format!("{verb}: {}", item.id.replace('_', " ")),
            kind,
            from: begins,
            to: ends.0,
            open: ends.1,
        }
    });
    let bars = bars.collect();
    let every = if edges.len() > MOST_NAMED { 2 } else { 1 };
    let named = edges.iter().enumerate().map(|(at, edge)| {
        let says = if (at + 1) % every == 0 { brief(*edge) } else { String::new() };
        (at as i64 + 1, says)
    });
    let marks = std::iter::once((0, "end".to_string())).chain(named).collect();
    says.push(Text::of(
        "In the drawing the marks are evenly spaced, not to scale. An arrow means it goes on.",
    ));
    Figure {
        anchor: page.anchor("drawing", "aftercare"),
        title: "After the treatment ends".to_string(),
        drawing: Drawing::Line(Line { steps: last, marks, bars }),
        says,
    }
}

/// How long something is, to put durations in order; months and years as their shortest.
fn minutes(duration: Duration) -> i64 {
    match duration.unit {
        Unit::Minutes => i64::from(duration.count),
        Unit::Hours => i64::from(duration.count) * 60,
        _ => duration.shortest_days() * 1_440,
    }
}

/// `48 h`, for a mark.
fn brief(duration: Duration) -> String {
    let unit = match duration.unit {
        Unit::Minutes => "min",
        Unit::Hours => "h",
        Unit::Days => "d",
        Unit::Weeks => "wk",
        Unit::Months => "mo",
        Unit::Years => "y",
    };
    format!("{} {unit}", duration.count)
}

/// The price lists.
pub(super) fn prices(page: &Page<'_>) -> Option<Section> {
    let pricing = page.treatment.pricing.as_ref()?;
    let written = page.written.pricing.as_ref();
    let fact = page.subject.book.facts.get(pricing.by);
    let by = page.question_link(pricing.by);
    let by = written_at(page, by, written.and_then(|one| one.by.as_ref()));
    let per =
        written_at(page, Text::of(format!("one {}", pricing.per)), written.and_then(|one| one.per.as_ref()));
    let mut rows = vec![Row::one("Depends on", by), Row::one("A price is for", per)];
    rows.extend(page.basis(&pricing.basis));
    if let Some((sessions, percent)) = &pricing.course_discount {
        let text = Text::of(format!("{percent} %"));
        let text = written_at(page, text, written.and_then(|one| one.discount_percent.as_ref()));
        let text = text.words(format!(" less from {sessions} sessions on"));
        rows.push(Row::one(
            "Course discount",
            written_at(page, text, written.and_then(|one| one.discount_sessions.as_ref())),
        ));
    }
    rows.extend(script(page, pricing, written));
    let mut blocks = vec![Block::Entry(Entry {
        anchor: page.anchor("prices", "whole"),
        title: Text::of("How a price is made"),
        outcome: None,
        place: Some(page.place(pricing.span, "pricing")),
        rows,
    })];
    let (clinic, unit) = (&page.subject.book.clinic, fact.unit.as_deref().unwrap_or(&fact.id));
    for (from, list) in pricing.lists.all() {
        let mut low: Option<String> = None;
        let rows = list.bands.iter().map(|band| {
            let place = page.snippet(band.span);
            let says = match (&low, &band.up_to) {
                (None, Some(up_to)) => format!("up to {up_to} {unit}"),
                (Some(low), Some(up_to)) => format!("over {low} up to {up_to} {unit}"),
                (Some(low), None) => format!("over {low} {unit}"),
                (None, None) => "any size".to_string(),
            };
            low = band.up_to.map(|up_to| up_to.to_string());
            vec![
                Text::of(says).place(place.clone()),
                Text::of(format!("{} {}", money(page, band), clinic.currency)).place(place),
            ]
        });
        let table = Table {
            caption: format!("Prices from {} on", from.long()),
            columns: vec!["Size", "Price"],
            rows: rows.collect(),
        };
        let basis = page.basis(&list.basis);
        blocks.push(Block::Table(table));
        blocks.push(Block::Entry(Entry {
            anchor: page.anchor("prices", &from.to_string()),
            title: Text::of(format!("Price list from {} on", from.long())),
            outcome: None,
            place: Some(page.place(list.span, &from.to_string())),
            rows: basis,
        }));
    }
    Some(Section::new(page.section("prices"), "Prices", blocks))
}

/// The price as written, so that `120.00` keeps its noughts.
fn money(page: &Page<'_>, band: &crate::book::Band) -> String {
    let lists = page.written.pricing.iter().flat_map(|pricing| &pricing.lists);
    let written = lists.flat_map(|list| &list.value.bands).find(|one| one.span == band.span);
    written
        .and_then(|one| one.price.as_ref())
        .map_or_else(|| band.price.to_string(), |words| words.text.clone())
}

fn script(page: &Page<'_>, pricing: &Pricing, written: Option<&written::Pricing>) -> Vec<Row> {
    let Some(script) = &pricing.script else { return Vec::new() };
    let text = Text::of("After the discount the function ")
        .code(&script.function)
        .words(" in ")
        .code(&script.file)
        .words(format!(" may add lines to a quote. It is given: {}.", script.takes.join(", ")));
    let at = written.and_then(|one| one.script.as_ref()).and_then(|one| one.file.as_ref());
    let mut rows = vec![Row::one("Script", written_at(page, text, at))];
    if let Some(own) = page.treatment.scripts.iter().find(|one| one.path == script.file) {
        let content = &page.subject.texts.get(own.text).content;
        let mut start = 0;
        let lines = content.split_inclusive('\n').map(|line| {
            let span = Span::new(own.text, start..start + line.trim_end().len());
            start += line.len();
            Text::default().code(line.trim_end()).place(page.place(span, line.trim()))
        });
        rows.push(Row::all("The script", lines.collect()).small());
    }
    rows
}
