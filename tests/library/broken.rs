//! The smallest file for every mistake, and the finding it gives.
//!
//! A folder under `tests/broken` holds only what differs from `tests/broken/base`, which has no findings.
//! An empty file `NAME.removed` takes the file NAME away.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use clearance::inside::decide::cells::Version;
use clearance::inside::diagnostic::{Code, Diagnostic, Severity};
use clearance::inside::report::findings::{self, Colour};
use clearance::inside::script::{self, Scripts};
use clearance::inside::source::Folder;
use clearance::inside::span::Texts;
use clearance::inside::study::examples::Base;
use clearance::inside::study::run::Panel;
use clearance::inside::study::{proof_diags, proofs};
use clearance::inside::{book, diagnostic, written};

const BROKEN: &str = "tests/broken";

/// Kinds of finding that are about records, not rules: the suite of `decide` has theirs.
const ABOUT_RECORDS: [Code; 8] = [
    Code::UnknownFact,
    Code::BadAnswer,
    Code::FutureAnswer,
    Code::BadRecord,
    Code::RepeatedClient,
    Code::EmptyList,
    Code::NotInForce,
    Code::ReviewNotUsable,
];

/// Kinds of finding that are about cases, what they reach, and changes: the suites of cases, `test` and `diff`
/// have theirs.
const ABOUT_CASES: [Code; 11] = [
    Code::RuleLoosens,
    Code::RuleChanges,
    Code::BadCase,
    Code::UnansweredCase,
    Code::NoCases,
    Code::CaseFails,
    Code::AnswerChanged,
    Code::AnswerNotApproved,
    Code::NeedlessApproval,
    Code::NotCovered,
    Code::UnnoticedChange,
];

/// Kinds of finding that are about sign-off: the suite of `sign` has theirs.
const ABOUT_SIGNING: [Code; 6] = [
    Code::BadSigner,
    Code::BadSignature,
    Code::UnknownSigner,
    Code::ChangedSinceSigned,
    Code::RevisionTooLow,
    Code::NotSigned,
];

/// Kinds of finding that need a day: the suite of `review_dates` has theirs.
const ABOUT_REVIEW_DATES: [Code; 2] = [Code::ReviewDue, Code::ReviewOverdue];

/// Kinds of finding that are about the log of decisions: the suite of `log` has theirs.
const ABOUT_THE_LOG: [Code; 6] = [
    Code::BrokenChain,
    Code::CutOffLog,
    Code::TornLine,
    Code::ChangedBody,
    Code::MissingBody,
    Code::StrayBody,
];

fn overlay(dir: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(dir).expect("a folder of broken files").flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            overlay(&entry.path(), &format!("{name}/"), files);
        } else if let Some(removed) = name.strip_suffix(".removed") {
            files.remove(removed);
        } else {
            files.insert(name, fs::read(entry.path()).expect("a broken file"));
        }
    }
}

/// What is wrong with the base and the files of `fixture` over it.
fn found(fixture: &str) -> (Texts, Vec<Diagnostic>) {
    let mut files = BTreeMap::new();
    overlay(&Path::new(BROKEN).join("base"), "", &mut files);
    overlay(&Path::new(BROKEN).join(fixture), "", &mut files);
    found_in(files)
}

/// What is wrong with rules in these files.
pub fn found_in(files: BTreeMap<String, Vec<u8>>) -> (Texts, Vec<Diagnostic>) {
    let (mut folder, mut findings) = (Folder::new(), Vec::new());
    for (path, bytes) in files {
        folder.add(&path, bytes, &mut findings);
    }
    let rules = written::read(&folder, &mut findings);
    let book = book::from_written(&rules, &folder.texts, &mut findings);
    let compiled = book.treatments.iter();
    let scripts: Vec<Scripts> = compiled
        .map(|treatment| script::compile(&folder.texts, treatment, &book.facts, &mut findings))
        .collect();
    if findings::count(&findings, Severity::Error) == 0 {
        for (treatment, scripts) in book.treatments.iter().zip(&scripts) {
            let version = Version { book: &book, treatment, scripts };
            let base = Base::of(None, version, &mut Panel::new(&book, treatment, scripts));
            let proofs = proofs::prove(version, base.client(), proofs::MOST_WORK);
            findings.extend(proof_diags::findings(&proofs, version, &base));
        }
    }
    diagnostic::sort(&mut findings);
    (folder.texts, findings)
}

fn fixtures() -> Vec<String> {
    let folders = fs::read_dir(BROKEN).expect("the broken files").flatten();
    let mut names: Vec<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_mistake_is_told_as_the_snapshot_says() {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("snapshots");
    settings.bind(|| {
        for fixture in fixtures() {
            let (texts, findings) = found(&fixture);
            let shown = findings::human(&texts, &findings, Colour::Plain);
            insta::assert_snapshot!(format!("broken@{fixture}"), shown);
        }
    });
}

#[test]
fn the_base_is_sound_and_every_folder_beside_it_is_not() {
    for fixture in fixtures() {
        let (_, findings) = found(&fixture);
        assert_eq!(findings.is_empty(), fixture == "base", "{fixture}");
        let code = Code::ALL.iter().filter(|code| fixture.starts_with(code.name()));
        let code = code.max_by_key(|code| code.name().len());
        assert!(code.is_none_or(|code| findings.iter().any(|f| f.code == *code)), "{fixture}");
        // What is wrong, why it matters, what to do.
        let helpless = findings.iter().find(|finding| finding.helps.is_empty() || finding.notes.is_empty());
        assert_eq!(helpless.map(|finding| &finding.message), None, "{fixture}");
    }
}

#[test]
fn every_code_about_rules_has_its_broken_file() {
    let seen: BTreeSet<Code> =
        fixtures().iter().flat_map(|fixture| found(fixture).1).map(|finding| finding.code).collect();
    let missing: Vec<&str> = Code::ALL
        .iter()
        .filter(|code| !seen.contains(code) && !ABOUT_RECORDS.contains(code) && !ABOUT_CASES.contains(code))
        .filter(|code| !ABOUT_SIGNING.contains(code) && !ABOUT_THE_LOG.contains(code))
        .filter(|code| !ABOUT_REVIEW_DATES.contains(code))
        .map(|code| code.name())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn six_mistakes_are_six_findings_at_six_places() {
    let (texts, findings) = found("several-mistakes");
    let places: BTreeSet<_> =
        findings.iter().filter_map(Diagnostic::span).map(|span| texts.position(span)).collect();
    assert_eq!((findings.len(), places.len()), (6, 6), "{findings:#?}");
}
