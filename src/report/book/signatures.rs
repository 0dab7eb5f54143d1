//! Which revision this is, and who signed it.

use super::model::{Block, Section, Table, Text};
use super::page::Page;
use crate::value::Day;

/// Who signed a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The person.
    pub name: String,
    /// As what they signed: `author`, `reviewer`, `approver`.
    pub signed_as: String,
    /// Their role in the clinic.
    pub role: String,
    /// Their professional registration.
    pub registration: Option<String>,
    /// When.
    pub on: Day,
}

/// Revision, digest and signatures of every page.
pub(super) fn section(pages: &[Page<'_>]) -> Section {
    let mut blocks = vec![Block::words(
        "The digest names everything the answers rest on. Another digest means other rules, whatever the revision says.",
    )];
    let revisions = pages.iter().map(|page| {
        vec![
            Text::of(&page.treatment.name),
            Text::of(page.treatment.revision.to_string()),
            Text::default().code(&page.treatment.digest),
        ]
    });
    blocks.push(Block::Table(Table {
        caption: "Revisions in this book".to_string(),
        columns: vec!["Treatment", "Revision", "Digest"],
        rows: revisions.collect(),
    }));
    let signed = pages.iter().flat_map(|page| page.studied.signatures.iter().map(move |one| (page, one)));
    let rows: Vec<Vec<Text>> = signed
        .map(|(page, one)| {
            vec![
                Text::of(&one.name),
                Text::of(&one.signed_as),
                Text::of(&one.role),
                Text::of(one.registration.as_deref().unwrap_or("-")),
                Text::of(one.on.long()),
                Text::of(format!("{} revision {}", page.treatment.name, page.treatment.revision)),
            ]
        })
        .collect();
    for page in pages.iter().filter(|page| page.studied.signatures.is_empty()) {
        let name = &page.treatment.name;
        blocks.push(Block::Paragraph(Text::of(format!("{name}: ")).strong("not signed.")));
    }
    if !rows.is_empty() {
        let columns = vec!["Who", "Signed as", "Role", "Registration", "On", "What"];
        blocks.push(Block::Table(Table { caption: "Signatures".to_string(), columns, rows }));
    }
    Section::new("signatures", "Revision and signatures", blocks)
}
