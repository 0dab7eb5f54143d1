//! Cases: what is wrong with them is said plainly, clients that are like others have the answers one expects,
//! and the shipped cases show all that stands behind the program's answers.

use std::fs;
use std::path::{Path, PathBuf};

use clearance::inside::cli::folder;
use clearance::inside::decide::Decision;
use clearance::inside::diagnostic::Diagnostic;
use clearance::inside::report::findings::{self, Colour};
use clearance::inside::report::{aftercare, plan, quote};
use clearance::inside::rulebook::{Loaded, Part};
use clearance::inside::source::Folder;
use clearance::inside::span::Texts;
use clearance::inside::study::case::Question;
use clearance::inside::study::cases;
use clearance::inside::study::run::{Answer, Panel};
use clearance::inside::study::verdict::run;
use clearance::inside::{book, diagnostic, study, written};
use jiff::tz::TimeZone;

fn rule_files(dir: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(dir).expect("the shipped rules").flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true if ["examples", "cases"].contains(&entry.file_name().to_string_lossy().as_ref()) => {}
            true => rule_files(&entry.path(), &format!("{name}/"), files),
            false => files.push((name, entry.path())),
        }
    }
}

/// The shipped rules with these cases in place of their own, and what is wrong with the cases.
fn with_cases(texts: &[&str]) -> (Texts, book::Book, study::case::Suite, Vec<Diagnostic>) {
    let mut files = Vec::new();
    rule_files(Path::new("rules"), "", &mut files);
    let (mut folder, mut findings) = (Folder::new(), Vec::new());
    for (name, path) in files.iter().filter(|(name, _)| name != "hazards.yaml") {
        folder.add(name, fs::read(path).expect("a rule file"), &mut findings);
    }
    for (at, text) in texts.iter().enumerate() {
        let name = format!("microneedling/cases/{}.yaml", ["base", "cases"][at]);
        folder.add(&name, text.as_bytes().to_vec(), &mut findings);
    }
    let rules = written::read(&folder, &mut findings);
    let book = book::from_written(&rules, &folder.texts, &mut findings);
    findings.clear();
    let files = written::cases::read(&folder, &mut findings);
    let zone = TimeZone::get("Europe/London").expect("a zone");
    let mut suites = cases::from_written(&files, &book, &zone, &mut findings);
    diagnostic::sort(&mut findings);
    let suite = suites.remove("microneedling").expect("the cases of the treatment");
    (folder.texts, book, suite, findings)
}

#[test]
fn a_slip_in_a_case_is_said_plainly() {
    let base = fs::read_to_string("tests/cases/base.yaml").expect("the base client");
    insta::glob!("../cases", "*.yaml", |path| {
        let text = fs::read_to_string(path).expect("cases");
        let texts: Vec<&str> = if path.ends_with("base.yaml") { vec![&base] } else { vec![&base, &text] };
        let (texts, _, _, found) = with_cases(&texts);
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(findings::human(&texts, &found, Colour::Plain));
        });
    });
}

/// How a client that is like another one answers.
fn answer(base: &str, but: &str, fact: &str) -> String {
    let cases = format!(
        "clients:\n  first:\n    visit: 2026-03-02\n    facts:\n      {base}\n\
         cases:\n  - name: One\n    like: first\n    but:\n      {but}\n    expect: more information needed\n"
    );
    let (texts, book, suite, found) = with_cases(&[&cases]);
    assert!(found.is_empty(), "{}", findings::human(&texts, &found, Colour::Plain));
    let Question::Decide(visit) = &suite.cases[0].rows[0].question else { panic!("a decision") };
    let scripts = clearance::inside::script::Scripts::none();
    let panel = Panel::new(&book, &book.treatments[0], &scripts);
    let answers = panel.answers(visit).expect("answers");
    let at = book.facts.named(fact).expect("a fact");
    let said: Vec<String> = answers.said(at, &book.facts).into_iter().map(|said| said.answer).collect();
    said.join(" and ")
}

#[test]
fn a_client_that_is_like_another_differs_where_it_says_so() {
    let medicines = "acne_medications.isotretinoin: 2025-09-04";
    for (base, but, fact, expected) in [
        ("pregnant: no", "pregnant: yes", "pregnant", "yes"),
        ("acne_medications: never", medicines, "acne_medications", "isotretinoin: 2025-09-04"),
        (
            "acne_medications: {tretinoin: ongoing, rest: never}",
            medicines,
            "acne_medications",
            "isotretinoin: 2025-09-04, tretinoin: ongoing",
        ),
        (
            "acne_medications: {answer: never, on: 2026-02-01}",
            medicines,
            "acne_medications",
            "isotretinoin: 2025-09-04",
        ),
        ("skin_diseases: none", "skin_diseases.eczema: yes", "skin_diseases", "eczema"),
        ("skin_diseases: [psoriasis]", "skin_diseases.eczema: yes", "skin_diseases", "psoriasis, eczema"),
        ("skin_diseases: psoriasis", "skin_diseases.psoriasis: no", "skin_diseases", "none"),
        ("skin_diseases.eczema: yes", "skin_diseases: none", "skin_diseases", "none"),
        (
            "skin_diseases: unknown",
            "skin_diseases.eczema: yes",
            "skin_diseases",
            "psoriasis: unknown, eczema, unlisted: unknown",
        ),
    ] {
        assert_eq!(answer(base, but, fact), expected, "{base}, but {but}");
    }
}

/// All that stands behind a decision and is not in the answer that was approved.
fn behind(decision: &Decision) -> String {
    let settled = if decision.settled { "settled" } else { "open" };
    let mut text = format!("{}, {settled}\n", decision.outcome);
    for reason in &decision.reasons {
        text += &format!("  {} {}", reason.rule, reason.holds.word());
        for condition in &reason.conditions {
            text += &format!("; when {}: {}", condition.says, condition.holds.word());
        }
        for (name, note) in &reason.parameters {
            text += &format!("; {name} {} since {}", note.value, note.since);
        }
        for source in &reason.source {
            text += &format!("; {} line {}", source.statement, source.line);
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_shipped_cases_show_what_stands_behind_each_answer() {
    let Loaded { book, scripts, suites, findings, .. } =
        folder::load(Path::new("rules"), Part::RulesAndCases).expect("the shipped rules");
    assert!(findings.len() == 1, "only the open query is found");
    let treatment = &book.treatments[0];
    let mut panel = Panel::new(&book, treatment, &scripts[0]);
    let suite = &suites["microneedling"];
    let ran = run(suite, &mut panel);
    assert!(ran.len() > 100 && ran.iter().all(|ran| ran.failures.is_empty()));
    let mut files: Vec<&str> = ran.iter().map(|ran| ran.case.file.as_str()).collect();
    files.dedup();
    for file in files {
        let mut text = String::new();
        for ran in ran.iter().filter(|ran| ran.case.file == file) {
            for (row, answer) in ran.case.rows.iter().zip(&ran.answers) {
                text += &format!("{}\n", ran.case.title(row));
                text += &match answer {
                    Answer::Decision(decision) => behind(decision),
                    Answer::Timeline(timeline) => format!("  {} instructions\n", timeline.items.len()),
                    Answer::May(timeline, asked) => {
                        aftercare::may(timeline, asked).lines().nth(2).unwrap_or_default().to_string() + "\n"
                    }
                    Answer::Plan(outlook) => {
                        plan::human(outlook).lines().nth(1).unwrap_or_default().to_string() + "\n"
                    }
                    Answer::Quote(given) => {
                        let shown = quote::human(given, treatment, false);
                        shown.lines().filter(|line| line.contains("Total")).collect::<String>() + "\n"
                    }
                    Answer::NotInForce(day) => format!("  not in force on {day}\n"),
                    Answer::Refused(why) => format!("  {why}\n"),
                };
            }
        }
        let name = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".yaml");
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(format!("shipped_cases@{name}"), text);
        });
    }
}
