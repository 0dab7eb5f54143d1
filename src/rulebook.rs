//! The front of the library: the rules of a clinic as they were read, ready to be asked about clients.
//!
//! Whatever asks about a client asks a [`Rulebook`]: [`Rulebook::inquiry`] for one client, or [`Rulebook::desk`] for
//! many. What is wrong with the rules or a record comes back as findings, and nothing is answered from it.

mod inquiry;
mod interview;
pub mod records;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::tz::TimeZone;

pub use self::inquiry::{Desk, Inquiry, NoAnswer, Question, Refused, id_of};
pub use self::interview::{
    Already, Asking, Beginning, Heard, Interview, Lead, NotUnderstood, Stage, messages,
};
use self::records::{Input, Records};
use crate::book::{self, Book, Treatment, parts};
use crate::decide::Version;
use crate::diagnostic::{self, Code, Diagnostic, Severity};
use crate::log::signers::{self, Known};
use crate::log::signoff::{self, Case};
use crate::log::standing::Standing;
use crate::script::{self, Scripts};
use crate::source::Folder;
use crate::span::{Span, TextId, Texts};
use crate::study;
use crate::study::case::Suite;
use crate::suggest;
use crate::written;
use crate::written::cases;
use crate::written::signatures::{self, SignatureFile};

/// A clinic's rules. A copy shares what was read, and several threads may ask it at once.
#[derive(Clone)]
pub struct Rulebook {
    read: Arc<Loaded>,
}

impl fmt::Debug for Rulebook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rulebook").field("treatments", &self.treatments().collect::<Vec<_>>()).finish()
    }
}

impl Rulebook {
    /// Reads the rules in these texts, each with its path in the rules folder: `facts.yaml`. Whatever is wrong with
    /// them is among the [findings](Rulebook::findings).
    pub fn of<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Rulebook {
        let (mut folder, mut findings) = (Folder::new(), Vec::new());
        for (path, text) in files {
            folder.add(path, text.as_bytes().to_vec(), &mut findings);
        }
        Rulebook::from_loaded(loaded(folder, Part::Rules, findings))
    }

    /// The rules that were read.
    #[doc(hidden)]
    pub fn from_loaded(loaded: Loaded) -> Rulebook {
        Rulebook { read: Arc::new(loaded) }
    }

    /// All that was read.
    #[doc(hidden)]
    pub fn loaded(&self) -> &Loaded {
        &self.read
    }

    /// The ids of the treatments.
    pub fn treatments(&self) -> impl Iterator<Item = &str> {
        self.read.book.treatments.iter().map(|treatment| treatment.id.as_str())
    }

    /// What is wrong with the rules.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.read.findings
    }

    /// Where a finding about the rules stands: `peel.yaml:3:7`.
    pub fn place(&self, finding: &Diagnostic) -> Option<String> {
        finding.span().map(|at| self.read.texts.reference(at))
    }

    /// Reads the records in a text, with the text that what is found in them points into. A column of a table is read
    /// by the facts of these rules.
    pub fn records(&self, name: &str, text: &str, format: Input) -> (Records<'static>, Texts) {
        let (mut texts, mut records) = (Texts::new(), Records::default());
        let bytes = text.as_bytes().to_vec();
        records::given(name, bytes, format, &self.read.book, &mut texts, &mut records);
        (records, texts)
    }

    /// The treatment with this id, or the only one, if its page and what it shares with others is without error.
    #[doc(hidden)]
    pub fn version(&self, treatment: Option<&str>) -> Result<Version<'_>, NoAnswer> {
        let Loaded { book, scripts, .. } = self.loaded();
        let found = self::treatment(book, treatment);
        let wrong = self.read.findings_for(found.as_ref().ok().copied());
        if wrong.iter().any(|finding| finding.is_error()) {
            return Err(NoAnswer::Rules(wrong.into_iter().cloned().collect()));
        }
        let treatment = found?;
        Ok(Version { book, treatment, scripts: scripts_of(book, scripts, treatment) })
    }

    /// Whoever answers questions about many clients who want one treatment: what is found out about one is
    /// remembered for the others.
    pub fn desk(&self, treatment: Option<&str>) -> Result<Desk<'_>, NoAnswer> {
        self.version(treatment).map(Desk::of)
    }

    /// Asks about one client who wants a treatment.
    pub fn inquiry<'q>(
        &'q self,
        treatment: Option<&str>,
        question: Question<'q>,
    ) -> Result<Inquiry<'q, 'q>, NoAnswer> {
        Inquiry::own(self.desk(treatment)?, question).map_err(NoAnswer::Refused)
    }
}

/// The treatment called `name`, or the only one, whatever is wrong with the rules.
pub fn treatment<'b>(book: &'b Book, name: Option<&str>) -> Result<&'b Treatment, NoAnswer> {
    let known: Vec<String> = book.treatments.iter().map(|treatment| treatment.id.clone()).collect();
    match (name, &book.treatments[..]) {
        (Some(name), _) => book.treatment(name).ok_or_else(|| {
            let near = suggest::nearest(name, known.iter().map(String::as_str)).map(str::to_string);
            NoAnswer::NoTreatment { name: name.to_string(), near, known }
        }),
        (None, [only]) => Ok(only),
        (None, _) => Err(NoAnswer::WhichTreatment(known)),
    }
}

/// The scripts of `treatment`, among those of the whole book.
pub fn scripts_of<'s>(book: &Book, scripts: &'s [Scripts], treatment: &Treatment) -> &'s Scripts {
    let own = book.treatments.iter().zip(scripts).find(|(other, _)| other.id == treatment.id);
    own.map(|(_, scripts)| scripts).expect("each treatment of a book has its scripts")
}

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
    /// Every text that was read.
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
        !self.findings.iter().any(Diagnostic::is_error)
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

    /// What is wrong with the rules that a treatment is asked under. What is wrong in the file of another page is that
    /// page's, and cases decide nothing; files in folders, such as scripts, any page may name.
    fn findings_for(&self, own: Option<&Treatment>) -> Vec<&Diagnostic> {
        let file = |finding: &Diagnostic| finding.span().map(|at| self.texts.get(at.text).name.as_str());
        let others = |name: &str| {
            let page = name.strip_suffix(".yaml").and_then(|id| self.book.treatment(id));
            page.is_some_and(|page| own.is_some_and(|own| own.id != page.id))
        };
        let concerns =
            |finding: &&Diagnostic| !file(finding).is_some_and(|name| is_case(name) || others(name));
        self.findings.iter().filter(concerns).collect()
    }

    /// Whether something below this folder is wrong, so that it is not known as a whole: `microneedling/cases/`.
    pub fn has_errors_in(&self, folder: &str) -> bool {
        let inside = |finding: &Diagnostic| {
            finding.span().is_some_and(|at| self.texts.get(at.text).name.starts_with(folder))
        };
        self.findings.iter().any(|finding| finding.is_error() && inside(finding))
    }

    /// Whether the rules can at least be tried on cases: what is wrong makes no rule decide otherwise.
    pub fn runnable(&self) -> bool {
        let harmless = |finding: &Diagnostic| {
            finding.severity == Severity::Warning
                || guards(&self.texts, finding)
                || ACCOUNTS.contains(&finding.code)
        };
        self.findings.iter().all(harmless)
    }

    /// Adds findings at their place.
    pub fn add(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        self.findings.extend(findings);
        sort(&self.texts, &mut self.findings);
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
    only_causes(&folder.texts, &mut findings);
    sort(&folder.texts, &mut findings);
    Loaded { texts: folder.texts, written: rules, book, scripts, findings, statements, suites, signing }
}

/// By file and place, what is wrong with the rules before what is wrong with what guards them.
fn sort(texts: &Texts, findings: &mut Vec<Diagnostic>) {
    diagnostic::sort(findings);
    findings.sort_by_key(|finding| guards(texts, finding));
}

/// Leaves out what is wrong only because something else is: a case or hazard that names what is there and cannot be
/// read, and cases of a page that cannot be read.
fn only_causes(texts: &Texts, findings: &mut Vec<Diagnostic>) {
    let name_of = |finding: &Diagnostic| finding.span().map(|at| texts.get(at.text).name.as_str());
    let guards = |finding: &Diagnostic| guards(texts, finding);
    let wrong = findings.iter().filter(|finding| finding.is_error() && !guards(finding));
    let broken: BTreeSet<TextId> = wrong.filter_map(|finding| Some(finding.span()?.text)).collect();
    let is_written = |name: &str| {
        let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
        let mut rules = texts.all().filter(|(_, text)| !is_guard(&text.name));
        !broken.is_empty() && rules.any(|(_, text)| declares(&text.content, name))
    };
    findings.retain(|finding| match finding.code {
        Code::UnknownReference | Code::UnknownFact | Code::ReviewNotUsable if guards(finding) => {
            let words = finding.span().and_then(|at| texts.get(at.text).content.get(at.range()));
            !words.is_some_and(is_written)
        }
        Code::UnusedFile if guards(finding) => {
            let page = name_of(finding).and_then(cases::treatment_of).map(|page| format!("{page}.yaml"));
            let unread = |text: &TextId| {
                let name = &texts.get(*text).name;
                Some(name) == page.as_ref() || ["facts.yaml", "clinic.yaml"].contains(&name.as_str())
            };
            !broken.iter().any(unread)
        }
        _ => true,
    });
}

/// Whether what was found is in a file that guards the rules: it comes after what is wrong with them.
fn guards(texts: &Texts, finding: &Diagnostic) -> bool {
    finding.span().is_some_and(|at| is_guard(&texts.get(at.text).name))
}

fn is_guard(path: &str) -> bool {
    is_case(path) || path == "hazards.yaml"
}

/// Whether a name stands in a text as the key of something.
fn declares(text: &str, name: &str) -> bool {
    let is_key = |(at, _): (usize, &str)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + name.len()..].trim_start_matches(['"', '\'']);
        behind.starts_with(':') && !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    };
    !name.is_empty() && text.match_indices(name).any(is_key)
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
