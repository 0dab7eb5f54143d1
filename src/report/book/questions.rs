//! Every question a client may be asked, and what reads the answer.

use super::Subject;
use super::model::{Block, Entry, Row, Section, Text};
use super::page::{Page, anchor, place, snippet};
use crate::book::condition::{FactId, SlotId};
use crate::book::fact::{Fact, FactKind};
use crate::prose::sentence_case;
use crate::source::Kind;
use crate::written::{self, Named};

/// The questions, in the order of `facts.yaml`.
pub(super) fn section(subject: &Subject<'_>, pages: &[Page<'_>]) -> Section {
    let facts = &subject.book.facts;
    let entries = subject.written.facts.iter().filter_map(|written| match facts.named(&written.name) {
        Some(id) => Some(question(subject, pages, id, written)),
        None => derived(subject, written),
    });
    let lead = "An answer that nobody gave is unknown, and unknown never clears anybody.";
    let blocks = std::iter::once(Block::words(lead)).chain(entries.map(Block::Entry));
    Section::new("questions", "Questions a client may be asked", blocks.collect())
}

fn question(subject: &Subject<'_>, pages: &[Page<'_>], id: FactId, written: &Named<written::Fact>) -> Entry {
    let fact = subject.book.facts.get(id);
    let value = &written.value;
    let mut rows = vec![Row::one("Answer", kind(fact))];
    if !fact.options.is_empty() {
        let options = value.of.iter().map(|option| {
            Text::of(&option.value.text).words(" ").code(&option.name).place(place(
                subject.texts,
                option.span,
                &option.name,
            ))
        });
        rows.push(Row::all("Of these", options.collect()));
    }
    if !value.between.is_empty() {
        let ends = value
            .between
            .iter()
            .map(|end| Text::of(&end.text).place(place(subject.texts, end.span, &end.text)));
        let unit = fact.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
        rows.push(Row::one("Between", Text::joined(ends, " and ").words(unit)));
    }
    rows.push(Row::all("Counts for", good_for(subject, value)));
    if fact.may_be_planned {
        let says = "may be a plan: then it stands for its day, any later day, and ongoing";
        rows.push(Row::one("A day after that of the answer", Text::of(says)));
    }
    if fact.on_the_day {
        rows.push(Row::one("Asked", Text::of("on the day of the visit; it cannot be settled when booking")));
    }
    if let Some(advice) = &fact.not_sure {
        rows.push(Row::one("If the client does not know", Text::of(advice)));
    }
    let reads = readers(pages, &fact.slots().collect::<Vec<_>>(), &subject.book.facts, id);
    rows.push(Row::one(
        "Read by",
        match reads.is_empty() {
            true => Text::of("no rule of this book"),
            false => Text::joined(reads, "; "),
        },
    ));
    Entry {
        anchor: anchor(&["question", &fact.id]),
        title: Text::of(&fact.ask).words(" ").code(&fact.id),
        outcome: None,
        place: Some(place(subject.texts, written.span, &fact.id)),
        rows,
    }
}

fn kind(fact: &Fact) -> Text {
    let words = match fact.kind {
        FactKind::YesNo => "yes or no",
        FactKind::Choice => "one of these",
        FactKind::Set => "any of these, or none",
        FactKind::Number { whole: true, .. } => "a whole number",
        FactKind::Number { whole: false, .. } => "an exact number",
        FactKind::Date => "a day up to the visit, never, or ongoing",
        FactKind::PlannedDate => "any day, or none",
        FactKind::BirthDate => "a day in the past",
        FactKind::History => "for each of these the last day, never, or ongoing",
        FactKind::Note => "words, which no rule reads",
    };
    let unit = fact.unit.as_ref().map(|unit| format!(" of {unit}")).unwrap_or_default();
    Text::of(format!("{words}{unit}"))
}

/// How long an answer counts, with the place of each duration.
fn good_for(subject: &Subject<'_>, fact: &written::Fact) -> Vec<Text> {
    let Some(node) = &fact.good_for else { return vec![Text::of("until it is asked again")] };
    match &node.kind {
        Kind::Map(entries) => {
            let said = entries.iter().map(|entry| {
                let length = entry.value.text().unwrap_or_default();
                Text::of(format!("{}: {length}", entry.key)).place(snippet(subject.texts, entry.value.span))
            });
            said.chain([Text::of("any other answer: until it is asked again")]).collect()
        }
        _ => {
            let why = fact.why.iter().map(|why| format!(": {}", why.text)).collect::<String>();
            let length = Text::of(node.text().unwrap_or_default()).place(snippet(subject.texts, node.span));
            vec![length.words(why)]
        }
    }
}

/// Rules, exclusions and prices that read an answer.
fn readers(pages: &[Page<'_>], slots: &[SlotId], facts: &crate::book::fact::Facts, id: FactId) -> Vec<Text> {
    let mut found = Vec::new();
    for page in pages {
        let options = |fact: FactId| facts.slots_of(fact);
        let reads = |condition: &crate::book::condition::Condition| {
            condition.slots(&options).iter().any(|slot| slots.contains(slot))
        };
        let rules = page.treatment.rules.iter().filter(|rule| reads(&rule.condition));
        found.extend(rules.map(|rule| page.rule_link(rule).words(", ").outcome(rule.outcome)));
        for step in page.treatment.appointment.iter().flat_map(|appointment| &appointment.steps) {
            if step.not_for.iter().any(|one| reads(&one.condition)) {
                found.push(Text::default().link(page.anchor("step", &step.id), super::page::title(&step.id)));
            }
        }
        if page.treatment.pricing.as_ref().is_some_and(|pricing| pricing.by == id) {
            found.push(Text::default().link(page.section("prices"), "the price"));
        }
    }
    found
}

/// A fact that follows from others and is asked of nobody.
fn derived(subject: &Subject<'_>, written: &Named<written::Fact>) -> Option<Entry> {
    let is = written.value.is.as_ref()?;
    let meaning = written.value.meaning.as_ref().map_or(written.name.as_str(), |words| words.text.as_str());
    let machine = Text::default().code(is.text().unwrap_or_default()).place(snippet(subject.texts, is.span));
    Some(Entry {
        anchor: anchor(&["question", &written.name]),
        title: Text::of(sentence_case(meaning)).words(" ").code(&written.name),
        outcome: None,
        place: Some(place(subject.texts, written.span, &written.name)),
        rows: vec![
            Row::one("Answer", Text::of("follows from other answers; nobody is asked")),
            Row::one("As the program reads it", machine).small(),
        ],
    })
}
