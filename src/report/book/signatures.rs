//! Which revision this is, and who signed it.

use super::model::{Block, Section, Table, Text};
use super::page::Page;
use crate::log::standing::{Signed, Standing};
use crate::prose::list;
use crate::value::Day;

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
    let signed = pages.iter().flat_map(|page| counting(page.studied.standing).map(move |one| (page, one)));
    let rows: Vec<Vec<Text>> = signed
        .map(|(page, one)| {
            vec![
                Text::of(&one.by),
                Text::of(&one.signs_as),
                Text::of(&one.role),
                Text::of(one.registration.as_deref().unwrap_or("-")),
                Text::of(Day::parse(&one.on).map_or_else(|| one.on.clone(), Day::long)),
                Text::of(format!("{} revision {}", page.treatment.name, page.treatment.revision)),
            ]
        })
        .collect();
    for page in pages {
        let Standing { signed, file, verdict, missing, differs, before, .. } = page.studied.standing;
        let start = Text::of(format!("{}: ", page.treatment.name));
        let mut text = start.strong(if *signed { "signed." } else { "not signed." });
        if let (Some(verdict), Some(_)) = (verdict, file) {
            text = text.words(match before {
                Some(before) => format!(" Against revision {before}: {verdict}."),
                None => " It is the first revision that was signed.".to_string(),
            });
        }
        if file.is_some() && !missing.is_empty() {
            text = text.words(format!(" It lacks {}.", list(missing, "and")));
        }
        blocks.push(Block::Paragraph(text));
        if let Some(parts) = differs {
            blocks.push(Block::words("It no longer means what was signed:"));
            let each = parts.each().flat_map(|(word, parts)| parts.iter().map(move |part| (word, part)));
            let lines = each.map(|(word, part)| Text::of(format!("{word}: {part}"))).collect();
            blocks.push(Block::list(lines));
        }
    }
    if !rows.is_empty() {
        let columns = vec!["Who", "Signed as", "Role", "Registration", "On", "What"];
        blocks.push(Block::Table(Table { caption: "Signatures".to_string(), columns, rows }));
    }
    Section::new("signatures", "Revision and signatures", blocks)
}

/// The signatures that count.
pub(super) fn counting(standing: &Standing) -> impl Iterator<Item = &Signed> {
    standing.signatures.iter().filter(|one| one.valid)
}
