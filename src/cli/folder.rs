//! The rules folder, from the disk to a book.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::exit::Failure;
use crate::book::{self, Book, parts};
use crate::diagnostic::{self, Code, Diagnostic, Severity};
use crate::disk::words;
use crate::limits::{FOLDERS, RULE_FILE, RULE_FILES};
use crate::log::signers::{self, Known};
use crate::log::signoff::{self, Case};
use crate::log::standing::Standing;
use crate::prose;
use crate::report::findings::{self, Colour};
use crate::script::{self, Scripts};
use crate::source::Folder;
use crate::span::{Span, Texts};
use crate::study;
use crate::study::case::Suite;
use crate::written;
use crate::written::cases;
use crate::written::signatures::{self, SignatureFile};

/// Folders that hold clients, not rules.
pub(super) const NOT_RULES: [&str; 2] = ["examples", "cases"];

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
    let folder = read(dir, part, &mut findings)?;
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

/// Reads the files of a rules folder: `.yaml` and `.rhai`, none from outside it, no examples.
pub fn read(dir: &Path, part: Part, findings: &mut Vec<Diagnostic>) -> Result<Folder, Failure> {
    let shown = dir.display();
    let root = match fs::canonicalize(dir) {
        Ok(root) if root.is_dir() => root,
        Ok(_) => {
            return Err(Failure::new(format!("`{shown}` is a file, not a folder with rules"))
                .help("name the folder that holds `facts.yaml`"));
        }
        Err(error) => {
            let failure = Failure::new(format!("there is no rules folder `{shown}`: {}", words(&error)));
            let here = Path::new("facts.yaml").is_file();
            return Err(match here {
                true => failure.help("to use the rules in this folder, add `--rules .`"),
                false => failure
                    .help(format!("`clearance init {shown}` writes the shipped rules there"))
                    .help("`--rules DIR` names another folder"),
            });
        }
    };
    let mut walk = Walk { root, part, folder: Folder::new(), files: 0, findings };
    walk.folder(&walk.root.clone(), "", 0)
        .map_err(|error| Failure::new(format!("`{shown}` cannot be read: {}", words(&error))))?;
    if walk.files > RULE_FILES {
        return Err(Failure::new(format!("`{shown}` holds more than {RULE_FILES} rule files"))
            .help("name the folder that holds `facts.yaml` and nothing but rules"));
    }
    Ok(walk.folder)
}

/// Whether a file or folder is none of the rules: it is hidden, or it holds clients.
pub(super) fn left_out(name: &str, is_folder: bool, prefix: &str, part: Part) -> bool {
    let cases = part == Part::RulesAndCases && name == "cases" && !prefix.is_empty();
    name.starts_with('.') || is_folder && NOT_RULES.contains(&name) && !cases
}

/// A link that leads out of the folder.
pub(super) fn leaves(path: &str) -> Diagnostic {
    let message = format!("`{}` is a link to a place outside the rules folder", prose::visible(path));
    Diagnostic::error(Code::PathLeavesRules, message)
        .note("a rules folder is signed as a whole, so nothing outside it may matter")
        .help("put a copy of the file into the folder")
}

/// A file that cannot be read, and why.
pub(super) fn unreadable(path: &str, why: &str) -> Diagnostic {
    let message = format!("`{}` cannot be read: {why}", prose::visible(path));
    Diagnostic::error(Code::UnreadableFile, message)
        .help("check the file and who may read it, or remove it from the rules folder")
}

/// A name that was meant for a rule file: nothing would be read from it, without a word.
pub(super) fn misnamed(path: &str, name: &str) -> Option<Diagnostic> {
    let small = name.to_lowercase();
    let meant = ["yaml", "yml", "rhai"].iter().find_map(|ending| {
        let stem = small.strip_suffix(".txt").unwrap_or(&small).strip_suffix(ending)?;
        stem.ends_with('.').then(|| format!("{stem}{}", if *ending == "yml" { "yaml" } else { ending }))
    })?;
    let message = format!("`{}` is not read: its name does not end as rule files do", prose::visible(path));
    let finding = Diagnostic::error(Code::UnreadableFile, message)
        .note("rules in it would not count, although they seem to be there")
        .help(format!("rename it to `{}`", prose::visible(&meant)));
    Some(finding)
}

struct Walk<'f> {
    root: PathBuf,
    part: Part,
    folder: Folder,
    files: usize,
    findings: &'f mut Vec<Diagnostic>,
}

impl Walk<'_> {
    /// Reads the files of one folder, whose path from the root is `prefix`.
    fn folder(&mut self, dir: &Path, prefix: &str, depth: usize) -> std::io::Result<()> {
        let mut names: Vec<_> =
            fs::read_dir(dir)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(|e| e.file_name()).collect();
        names.sort();
        for name in names {
            if self.files > RULE_FILES {
                return Ok(());
            }
            self.entry(&dir.join(&name), &name, prefix, depth);
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, name: &OsStr, prefix: &str, depth: usize) {
        let shown = format!("{prefix}{}", name.to_string_lossy());
        let name = name.to_string_lossy();
        let link = fs::symlink_metadata(path).is_ok_and(|data| data.is_symlink());
        let is_folder = fs::metadata(path).is_ok_and(|data| data.is_dir());
        let read = name.ends_with(".yaml") || name.ends_with(".rhai");
        if left_out(&name, is_folder, prefix, self.part) {
            return;
        }
        if !is_folder && !read {
            if let Some(finding) = misnamed(&shown, &name) {
                self.refuse(&shown, finding);
            }
            return;
        }
        match fs::canonicalize(path) {
            Ok(real) if !real.starts_with(&self.root) => {
                self.refuse(&shown, leaves(&shown));
            }
            Err(error) => self.unreadable(&shown, &words(&error)),
            // What a link inside the folder leads to is read at its own place.
            Ok(_) if is_folder && link => {}
            Ok(_) if is_folder && read => self.unreadable(&shown, "it is a folder"),
            Ok(_) if is_folder && depth >= FOLDERS => {
                self.unreadable(&shown, "folders are nested too deep");
            }
            Ok(_) if is_folder => {
                if let Err(error) = self.folder(path, &format!("{shown}/"), depth + 1) {
                    self.unreadable(&shown, &words(&error));
                }
            }
            Ok(real) => self.file(&real, &shown),
        }
    }

    fn file(&mut self, real: &Path, path: &str) {
        self.files += 1;
        let mut bytes = Vec::new();
        let is_file = fs::metadata(real).is_ok_and(|data| data.is_file());
        if !is_file {
            // Reading a pipe could wait for ever.
            return self.unreadable(path, "it is neither a file nor a folder");
        }
        // One byte too many is enough to know that the file is too large.
        let read = File::open(real).and_then(|f| f.take(RULE_FILE as u64 + 1).read_to_end(&mut bytes));
        match read {
            Ok(_) => {
                self.folder.add(path, bytes, self.findings);
            }
            Err(error) => self.unreadable(path, &words(&error)),
        }
    }

    fn unreadable(&mut self, path: &str, why: &str) {
        self.refuse(path, unreadable(path, why));
    }

    fn refuse(&mut self, path: &str, finding: Diagnostic) {
        let finding = self.folder.refuse(path, finding);
        self.findings.push(finding);
    }
}
