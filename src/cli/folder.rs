//! The rules, from the folder on the disk to a book.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::TimeZone;

use super::exit::Failure;
use crate::book::{self, Book, parts};
use crate::diagnostic::{self, Code, Diagnostic, Severity};
use crate::disk;
use crate::log::signers::{self, Known};
use crate::log::signoff::{self, Case};
use crate::log::standing::Standing;
use crate::report::findings::{self, Colour};
use crate::script::{self, Scripts};
use crate::source::Folder;
use crate::span::{Span, Texts};
use crate::study;
use crate::study::case::Suite;
use crate::written;
use crate::written::cases;
use crate::written::signatures::{self, SignatureFile};

/// What to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What decisions rest on.
    Rules,
    /// The cases of every treatment too.
    RulesAndCases,
}

/// The rules as read, and what is wrong with them.
pub struct Loaded {
    /// Every text that was read; add the texts of records to it, so that findings can point at them too.
    pub texts: Texts,
    /// The rules as their authors wrote them.
    pub written: written::Rules,
    /// The book; unfinished if a finding is an error.
    pub book: Book,
    /// What is wrong, sorted.
    pub findings: Vec<Diagnostic>,
    /// The scripts of each treatment, in the order of the book.
    pub scripts: Vec<Scripts>,
    /// How many statements the cited sources have.
    pub statements: usize,
    /// The cases of each treatment, if they were asked for.
    pub suites: BTreeMap<String, Suite>,
    /// Who signed what. What is wrong with it is kept apart: it makes no rule decide otherwise.
    pub signing: Signing,
}

/// The sign-off of every treatment.
#[derive(Debug, Default)]
pub struct Signing {
    /// How each treatment stands, in the order of the book, and where its page gives the revision.
    pub standings: Vec<(Standing, Span)>,
    /// Who may sign.
    pub known: Vec<Known>,
    /// The signature files that were read.
    pub files: Vec<SignatureFile>,
    /// What is wrong, sorted.
    pub findings: Vec<Diagnostic>,
}

impl Loaded {
    /// Whether the book can be used: no finding is an error.
    pub fn usable(&self) -> bool {
        findings::count(&self.findings, Severity::Error) == 0
    }

    /// What is wrong, but for the cases and what follows from them.
    pub fn rule_findings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().filter(|finding| {
            let name = finding.span().map(|at| self.texts.get(at.text).name.as_str());
            !name.is_some_and(|name| {
                is_case(name) || name == "hazards.yaml" && finding.code == Code::UnknownReference
            })
        })
    }

    /// Whether something below this folder is wrong, so that it is not known as a whole: `microneedling/cases/`.
    pub fn has_errors_in(&self, folder: &str) -> bool {
        let inside = |finding: &Diagnostic| {
            finding.span().is_some_and(|at| self.texts.get(at.text).name.starts_with(folder))
        };
        self.findings.iter().any(|finding| finding.severity == Severity::Error && inside(finding))
    }

    /// Whether the rules can at least be tried on cases: what is wrong makes no rule decide otherwise.
    pub fn runnable(&self) -> bool {
        let harmless = |finding: &Diagnostic| {
            let in_hazards = finding.span().is_some_and(|at| self.texts.get(at.text).name == "hazards.yaml");
            let in_cases = finding.span().is_some_and(|at| is_case(&self.texts.get(at.text).name));
            finding.severity == Severity::Warning
                || in_hazards
                || in_cases
                || ACCOUNTS.contains(&finding.code)
        };
        self.findings.iter().all(harmless)
    }
}

/// What is found when something was forgotten on a page whose rules can all be read.
const ACCOUNTS: [Code; 5] = [
    Code::UncitedStatement,
    Code::NeedlessNoRule,
    Code::UnreadOption,
    Code::NeedlessNotUsed,
    Code::UnusedParameter,
];

fn is_case(path: &str) -> bool {
    cases::treatment_of(path).is_some()
}

/// Reads the rules for a verb that needs sound ones. Errors in them end the command; warnings are left to `check`.
pub fn sound(dir: &Path) -> Result<Loaded, Failure> {
    let loaded = load(dir, Part::Rules)?;
    if loaded.usable() {
        return Ok(loaded);
    }
    let shown = findings::human(&loaded.texts, &loaded.findings, Colour::Styled);
    Err(Failure::Rules(format!("{shown}nothing was decided: the rules have errors\n")))
}

/// Reads the rules, whatever is wrong with them.
pub fn load(dir: &Path, part: Part) -> Result<Loaded, Failure> {
    let mut findings = Vec::new();
    let folder = disk::folder::read(dir, part == Part::RulesAndCases, &mut findings)?;
    Ok(loaded(folder, part, findings))
}

/// The rules in texts that were read, with what is wrong so far.
pub fn loaded(folder: Folder, part: Part, mut findings: Vec<Diagnostic>) -> Loaded {
    let rules = written::read(&folder, &mut findings);
    let mut book = book::from_written(&rules, &folder.texts, &mut findings);
    let signing = signing(&folder, &rules, &mut book, part);
    let suites = match TimeZone::get(&book.clinic.time_zone) {
        Ok(zone) if part == Part::RulesAndCases => {
            let files = cases::read(&folder, &mut findings);
            study::cases::from_written(&files, &book, &zone, &mut findings)
        }
        _ => BTreeMap::new(),
    };
    let compiled = book.treatments.iter();
    let scripts = compiled
        .map(|treatment| script::compile(&folder.texts, treatment, &book.facts, &mut findings))
        .collect();
    let statements = rules.sources.values().map(|source| source.statements.len()).sum();
    diagnostic::sort(&mut findings);
    Loaded { texts: folder.texts, written: rules, book, scripts, findings, statements, suites, signing }
}

/// Finds out what is signed, and notes it in the book. For a decision the file of the revision and the one before
/// it are enough; `check` reads them all.
fn signing(folder: &Folder, rules: &written::Rules, book: &mut Book, part: Part) -> Signing {
    let mut found = Signing::default();
    found.known = signers::known(&book.clinic, &mut found.findings);
    for at in 0..book.treatments.len() {
        let treatment = &book.treatments[at];
        let revisions = signatures::revisions(folder, &treatment.id);
        let last = revisions.partition_point(|revision| *revision <= treatment.revision);
        let wanted = match part {
            Part::Rules => &revisions[last.saturating_sub(2)..last],
            Part::RulesAndCases => &revisions[..],
        };
        let read = |revision: &u32| signatures::read(folder, &treatment.id, *revision, &mut found.findings);
        let files: Vec<SignatureFile> = wanted.iter().filter_map(read).collect();
        let page = rules.pages.get(at);
        let revision_span = page.map(|page| page.revision.as_ref().map_or(page.span, |words| words.span));
        let Some(revision_span) = revision_span else { continue };
        let manifest = || parts::manifest(book, treatment);
        let (known, revisions) = (&found.known[..], &revisions[..]);
        let case = Case { treatment, manifest: &manifest, revision_span, revisions, files: &files, known };
        let standing = signoff::judge(&case, &mut found.findings);
        found.files.extend(files);
        book.treatments[at].signed = standing.signed;
        found.standings.push((standing, revision_span));
    }
    diagnostic::sort(&mut found.findings);
    found
}
