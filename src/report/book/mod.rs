//! The rule book: everything the rules say, why, on what it rests and what was proved and tested, as one page.
//!
//! `model` is the book as data, one plain document. The chapters (`front`, `rules`, `numbers`, `guarantees`,
//! `visit`, `sources`, `questions`, `hazards`, `cases`, `signatures`) make it; `html` and `markdown` render it,
//! so that both say the same. Nothing here reads a clock: the same rules give the same bytes on the same day.

mod cases;
mod drawing;
mod front;
mod guarantees;
mod hazards;
pub mod html;
pub mod markdown;
pub mod model;
mod numbers;
mod page;
mod questions;
mod rules;
mod signatures;
mod sources;
mod svg;
mod visit;

use crate::book::{Book, Treatment};
use crate::diagnostic::Diagnostic;
use crate::log::standing::Standing;
use crate::span::Texts;
use crate::study::coverage::Coverage;
use crate::study::proofs::Proofs;
use crate::study::verdict::Ran;
use crate::value::Day;
use crate::written;
use model::{Document, Section, Text};
use page::{Page, anchor};

/// What the book is made from.
pub struct Subject<'a> {
    /// The rules.
    pub book: &'a Book,
    /// The rules as their authors wrote them.
    pub written: &'a written::Rules,
    /// Every text that was read.
    pub texts: &'a Texts,
    /// What `check` found: warnings, and errors of the proofs.
    pub findings: &'a [Diagnostic],
    /// The treatments the book is about.
    pub pages: Vec<Studied<'a>>,
    /// The day it stands on: by it is judged what is in force and what is scheduled.
    pub on: Day,
}

/// A treatment and what was studied about it.
pub struct Studied<'a> {
    /// The treatment.
    pub treatment: &'a Treatment,
    /// What was proved.
    pub proofs: &'a Proofs,
    /// The cases, with what they were answered.
    pub ran: &'a [Ran<'a>],
    /// How many cases could not be run.
    pub left_out: usize,
    /// What the cases reach.
    pub coverage: &'a Coverage,
    /// How its sign-off stands.
    pub standing: &'a Standing,
}

/// Makes the book.
pub fn document(subject: &Subject<'_>) -> Document {
    let pages: Vec<Page<'_>> = subject.pages.iter().filter_map(|studied| page(subject, studied)).collect();
    let clinic = &subject.book.clinic.name;
    let title = match &pages[..] {
        [one] => format!("Rule book: {}", one.treatment.name),
        _ => format!("Rule book of {clinic}"),
    };
    let running: Vec<String> = pages.iter().map(front::running).collect();
    let mut sections = Vec::new();
    match &pages[..] {
        [one] => {
            sections.push(front::in_short(one));
            sections.push(front::how());
            sections.extend(chapters(one));
        }
        _ => {
            sections.push(front::how());
            for page in &pages {
                let mut inner = vec![front::in_short(page)];
                inner.extend(chapters(page));
                sections.push(Section {
                    anchor: anchor(&["treatment", &page.treatment.id]),
                    title: page.treatment.name.clone(),
                    blocks: Vec::new(),
                    sections: inner,
                });
            }
        }
    }
    sections.push(questions::section(subject, &pages));
    sections.extend(hazards::section(subject, &pages));
    sections.push(cases::findings(subject));
    sections.push(signatures::section(&pages));
    Document {
        title,
        alarms: pages.iter().flat_map(front::alarms).collect(),
        lead: vec![Text::of(clinic), Text::of(format!("As of {}.", subject.on.long()))],
        running: running.join("; "),
        sections,
    }
}

fn chapters(page: &Page<'_>) -> Vec<Section> {
    let mut sections = vec![front::limits(page), rules::table(page), rules::section(page)];
    sections.extend(rules::definitions(page));
    sections.extend([numbers::section(page), numbers::days(page), guarantees::section(page)]);
    sections.extend(visit::appointment(page));
    sections.extend(visit::course(page));
    sections.extend(visit::aftercare(page));
    sections.extend(visit::prices(page));
    sections.push(sources::section(page));
    sections.push(cases::section(page));
    sections
}

fn page<'a>(subject: &'a Subject<'a>, studied: &'a Studied<'a>) -> Option<Page<'a>> {
    let treatment = studied.treatment;
    let path = format!("{}.yaml", treatment.id);
    let written = subject.written.pages.iter().find(|page| page.path == path)?;
    Some(Page { subject, studied, treatment, written, day: subject.on })
}
