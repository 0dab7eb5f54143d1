//! Random pages that load.

use clearance::inside::book::{self, Book};
use clearance::inside::diagnostic::Diagnostic;
use clearance::inside::source::Folder;
use clearance::inside::span::Texts;
use clearance::inside::written;

pub use crate::draft::{Fact, Kind, Page, Param, Rule};
use crate::random::Random;

pub struct Loaded {
    pub book: Book,
    pub texts: Texts,
    /// Whether a condition compares two answers, which may err towards unknown.
    pub compares_facts: bool,
}

impl Fact {
    /// How many independent answers it has.
    pub fn slots(&self) -> usize {
        if matches!(self.kind, Kind::Set | Kind::History) { self.options.len() } else { 1 }
    }
}

impl Page {
    /// A page that loads, with `facts` facts and at most `rules` rules.
    pub fn random(random: &mut Random, facts: usize, rules: usize) -> (Page, Loaded) {
        loop {
            let mut page = Page::draft(random, facts, rules);
            if let Some(loaded) = page.repaired() {
                return (page, loaded);
            }
        }
    }

    /// Leaves out what is refused until the page loads.
    fn repaired(&mut self) -> Option<Loaded> {
        for _ in 0..16 {
            let (loaded, findings) = load(&self.facts_yaml(), &self.page_yaml(None));
            if self.mend(&findings, &loaded.texts) {
                return Some(loaded);
            }
            if self.rules.is_empty() {
                return None;
            }
        }
        None
    }
}

pub const CLINIC: &str = "name: Clinic\ntime_zone: Europe/London\ncurrency: GBP\n";

pub fn load(facts: &str, page: &str) -> (Loaded, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut folder = Folder::new();
    for (path, text) in [("clinic.yaml", CLINIC), ("facts.yaml", facts), ("page.yaml", page)] {
        folder.add(path, text.as_bytes().to_vec(), &mut findings);
    }
    let rules = written::read(&folder, &mut findings);
    let book = book::from_written(&rules, &folder.texts, &mut findings);
    let compares_facts = findings.iter().any(|finding| finding.code.name() == "compares-facts");
    (Loaded { book, texts: folder.texts, compares_facts }, findings)
}

/// The rules of the only treatment on a day; random pages have no scripts.
pub fn rules_on(
    book: &clearance::inside::book::Book,
    visit: clearance::inside::value::Day,
) -> clearance::inside::decide::Rules<'_> {
    static NONE: std::sync::LazyLock<clearance::inside::script::Scripts> =
        std::sync::LazyLock::new(clearance::inside::script::Scripts::none);
    clearance::inside::decide::Rules::on(book, &book.treatments[0], &NONE, visit)
}
