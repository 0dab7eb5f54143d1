//! The verdict on a revision as it is signed: how it stands to the one signed before, in one word.

use std::collections::BTreeMap;

use crate::book::{Book, Withdrawn};
use crate::study::diff::{Diff, Section, Verdict};
use crate::value::Day;

/// What of a comparison is about one treatment: its page, and the questions among `parts` of either version.
pub fn about(diff: Diff, treatment: &str, parts: &dyn Fn(&str) -> bool) -> Diff {
    let Diff { mut pages, mut changes } = diff;
    pages.retain(|page| page.id == treatment);
    changes.retain(|change| match change.section {
        Section::Fact => parts(&format!("fact {}", change.name)),
        Section::Page => false,
        _ => true,
    });
    Diff { pages, changes }
}

/// The word for everything that changed together, one of [`super::signoff::VERDICTS`].
pub fn word(diff: &Diff) -> &'static str {
    match diff.verdict() {
        Verdict::Equivalent => "equivalent",
        Verdict::Tightens => "tightens",
        Verdict::Loosens | Verdict::LoosensAtLeast => "loosens",
        Verdict::Mixed => "mixed",
        Verdict::TightensAtLeast | Verdict::NotAnalysed => "not analysed",
    }
}

/// Whether something was withdrawn before, and is no longer, or only from a later day on.
pub fn lifts(old: &Book, new: &Book, treatment: &str) -> bool {
    let (old, new) = (withdrawn(old, treatment), withdrawn(new, treatment));
    old.iter().any(|(what, since)| new.get(what).is_none_or(|now| now > since))
}

/// Everything about a treatment that is withdrawn, and since when.
fn withdrawn(book: &Book, treatment: &str) -> BTreeMap<String, Day> {
    let mut all = BTreeMap::new();
    let mut add = |what: &str, switch: Option<&Withdrawn>| {
        if let Some(switch) = switch {
            let since = all.entry(what.to_string()).or_insert(switch.since);
            *since = switch.since.min(*since);
        }
    };
    add("the clinic", book.clinic.withdrawn.as_ref());
    if let Some(treatment) = book.treatment(treatment) {
        add("the page", treatment.withdrawn.as_ref());
        treatment.rules.iter().for_each(|rule| add(&rule.id, rule.withdrawn.as_ref()));
    }
    all
}
