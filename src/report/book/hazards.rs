//! What could go wrong, the control, and the rules, guarantees and cases that carry it.

use super::Subject;
use super::guarantees::word;
use super::model::{Block, Entry, Row, Section, Text};
use super::page::{Page, anchor, place};

/// Every hazard, if the rules name any.
pub(super) fn section(subject: &Subject<'_>, pages: &[Page<'_>]) -> Option<Section> {
    let written = &subject.written.hazards;
    let entries = subject.book.hazards.iter().zip(written).map(|(hazard, written)| {
        let mut rows = Vec::new();
        rows.extend(hazard.cause.as_ref().map(|cause| Row::one("Cause", Text::of(cause))));
        rows.push(Row::one("Control", Text::of(&hazard.control)));
        let mut carried = |label, texts: Vec<Text>| {
            if !texts.is_empty() {
                rows.push(Row::all(label, texts));
            }
        };
        carried("Rules", hazard.rules.iter().map(|id| rule(pages, id)).collect());
        carried("Guarantees", hazard.guarantees.iter().map(|id| guarantee(pages, id)).collect());
        let cases: Vec<&str> = hazard.cases.iter().map(|words| words.text.as_str()).collect();
        carried("Cases", cases.iter().map(|name| case(pages, name)).collect());
        Block::Entry(Entry {
            anchor: anchor(&["hazard", &hazard.id]),
            title: Text::default().strong(&hazard.id).words(format!(" {}", hazard.hazard)),
            outcome: None,
            place: Some(place(subject.texts, written.span, &hazard.id)),
            rows,
        })
    });
    let blocks: Vec<Block> = entries.collect();
    (!blocks.is_empty()).then(|| Section::new("hazards", "Hazards and what guards against them", blocks))
}

fn rule(pages: &[Page<'_>], id: &str) -> Text {
    for page in pages {
        if let Some(rule) = page.treatment.rules.iter().find(|rule| rule.id == id) {
            return page.rule_link(rule).words(", ").outcome(rule.outcome);
        }
    }
    elsewhere(id)
}

fn guarantee(pages: &[Page<'_>], id: &str) -> Text {
    for page in pages {
        let mut all = page.treatment.guarantees.iter().zip(&page.studied.proofs.guarantees);
        if let Some((guarantee, kept)) = all.find(|(guarantee, _)| guarantee.id == id) {
            return page.guarantee_link(&guarantee.id).words(format!(": {}", word(kept)));
        }
    }
    elsewhere(id)
}

fn case(pages: &[Page<'_>], name: &str) -> Text {
    for page in pages {
        if let Some(ran) = page.studied.ran.iter().find(|ran| ran.case.name == name) {
            let text = Text::default().link(page.anchor("case", &ran.case.slug), name);
            return match ran.failures.is_empty() {
                true => text.words(": passes"),
                false => text.words(": ").strong("fails"),
            };
        }
    }
    Text::of(name).words(": ").strong("not run")
}

/// Something of a treatment that this book leaves out.
fn elsewhere(id: &str) -> Text {
    Text::default().code(id).words(", not in this book")
}
