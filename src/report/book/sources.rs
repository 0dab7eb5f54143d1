//! The source documents, statement by statement, with what rests on each.

use super::model::{Block, Entry, Row, Section, Text};
use super::page::{Page, place, sentence, title};
use crate::book::{Basis, Statement};
use crate::prose::count;
use crate::written::Source;
use crate::written::{self, Named, Words};

/// Every source the page cites.
pub(super) fn section(page: &Page<'_>) -> Section {
    let mut section = Section::new(page.section("sources"), "Sources, statement by statement", Vec::new());
    if page.written.sources.is_empty() {
        section
            .blocks
            .push(Block::words("The page cites no source: everything on it is the clinic's own decision."));
    }
    for Named { name, value, span } in &page.written.sources {
        let Some(source) = page.subject.written.sources.get(&value.text) else { continue };
        let heading = source.title.as_ref().map_or(value.text.as_str(), |title| title.text.as_str());
        let lead = Text::of(format!("Cited by the prefix {name}, kept in "))
            .code(&value.text)
            .place(page.place(*span, name))
            .words(format!(
                ". {}, in the clinic's own words.",
                count(source.statements.len() as i64, "statement")
            ));
        let mut blocks = vec![Block::Paragraph(lead)];
        blocks.extend(queries(page, source));
        blocks.extend(statements(page, source));
        section.sections.push(Section::new(page.anchor("source", name), heading, blocks));
    }
    section
}

fn statements(page: &Page<'_>, source: &Source) -> Vec<Block> {
    let own = page.treatment.statements.iter().enumerate().filter(|(_, one)| one.source == source.path);
    let written = own.filter_map(|(at, statement)| {
        let written = source.statements.iter().find(|one| one.span == statement.span)?;
        Some(Block::Entry(entry(page, at, statement, &written.value)))
    });
    written.collect()
}

fn entry(page: &Page<'_>, at: usize, statement: &Statement, written: &written::Statement) -> Entry {
    let line = match &written.line {
        Some(words) => page.value(words),
        None => Text::of(statement.line.to_string()),
    };
    let mut rows = vec![Row::one("Line of the original", line)];
    if let Some(supports) = statement.supports {
        rows.push(Row::one("Supports at most", Text::default().outcome(supports)));
    }
    if let Some(note) = &written.note {
        rows.push(Row::one("Odd in the original", Text::of(&note.text)));
    }
    let rests = rests(page, at);
    match (&written.no_rule, rests.is_empty()) {
        (Some(why), _) => rows.push(Row::one("Needs no rule", Text::of(&why.text))),
        (None, true) => rows.push(Row::one("Rests on it", Text::default().strong("Nothing."))),
        (None, false) => {}
    }
    if !rests.is_empty() {
        rows.push(Row::one("Rests on it", Text::joined(rests, "; ")));
    }
    if !statement.client_text {
        rows.push(Row::one("For clients", Text::of("Kept out of what clients are handed.")));
    }
    Entry {
        anchor: page.statement_anchor(at),
        title: Text::default().strong(&statement.id).words(format!(" {}", statement.says)),
        outcome: None,
        place: Some(page.place(statement.span, &statement.id)),
        rows,
    }
}

/// Everything that cites a statement.
fn rests(page: &Page<'_>, at: usize) -> Vec<Text> {
    let treatment = page.treatment;
    let cites = |basis: &Basis| basis.statements.contains(&at);
    let link = |anchor: String, says: String| Text::default().link(anchor, says);
    let mut found: Vec<Text> = Vec::new();
    let rules = treatment.rules.iter().filter(|rule| cites(&rule.basis));
    found.extend(rules.map(|rule| Text::of("rule ").text(page.rule_link(rule))));
    for parameter in &treatment.parameters {
        if parameter.values.all().iter().any(|(_, value)| cites(&value.basis)) {
            let anchor = page.anchor("number", &parameter.id);
            found.push(Text::of("number ").text(link(anchor, parameter.id.replace('_', " "))));
        }
    }
    if let Some(appointment) = &treatment.appointment {
        if cites(&appointment.basis) {
            found.push(link(page.section("appointment"), "the appointment".to_string()));
        }
        for step in &appointment.steps {
            if cites(&step.basis) || step.not_for.iter().any(|one| cites(&one.basis)) {
                found.push(Text::of("step ").text(link(page.anchor("step", &step.id), title(&step.id))));
            }
        }
    }
    if treatment.course.as_ref().is_some_and(|course| cites(&course.basis)) {
        found.push(link(page.section("course"), "the course".to_string()));
    }
    for item in treatment.aftercare.iter().filter(|item| cites(&item.basis)) {
        found.push(Text::of("aftercare ").text(link(page.anchor("aftercare", &item.id), title(&item.id))));
    }
    if let Some(pricing) = &treatment.pricing
        && (cites(&pricing.basis) || pricing.lists.all().iter().any(|(_, list)| cites(&list.basis)))
    {
        found.push(link(page.section("prices"), "the prices".to_string()));
    }
    found
}

/// The questions to the author of a source, open ones first.
fn queries(page: &Page<'_>, source: &Source) -> Vec<Block> {
    let mut queries: Vec<&Named<written::Query>> = source.open_queries.iter().collect();
    queries.sort_by_key(|query| query.value.answer.is_some());
    let entries = queries.into_iter().map(|Named { name, span, value }| {
        let words =
            |words: &Option<Words>| words.as_ref().map(|words| words.text.clone()).unwrap_or_default();
        let mut rows = vec![Row::one("Asks", Text::of(words(&value.asks)))];
        rows.extend(value.line.as_ref().map(|line| Row::one("Line of the original", page.value(line))));
        rows.push(match &value.answer {
            Some(answer) => {
                let by = format!(" ({}, {})", words(&value.by), words(&value.on));
                Row::one("Answer", Text::of(sentence(&answer.text)).words(by))
            }
            None => Row::one(
                "Answer",
                Text::default().strong("Still open.").words(" The rules cannot be signed."),
            ),
        });
        Block::Entry(Entry {
            anchor: page.anchor("query", &format!("{}.{name}", source.path)),
            title: Text::of("Question to the author: ").words(name.replace('_', " ")),
            outcome: None,
            place: Some(place(page.subject.texts, *span, name)),
            rows,
        })
    });
    entries.collect()
}
