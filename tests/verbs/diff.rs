//! One file in `tests/diff` for each kind of change: what to replace in the rules of `tests/diff/base`, and
//! what `clearance diff` says about it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::folder::{copy, replace};

fn folders(name: &str, change: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff").join(name);
    let _ = fs::remove_dir_all(&dir);
    for side in ["old", "new"] {
        copy(Path::new("tests/diff/base"), &dir.join(side));
    }
    replace(change, &dir.join("new"));
    dir
}

fn run(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(args)
        .current_dir(dir)
        .output()
        .expect("the program runs")
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().unwrap_or(-1);
    format!("{}{}exit {code}\n", text(&output.stderr), text(&output.stdout))
}

fn name(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

#[test]
fn each_kind_of_change_is_said() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::glob!("../diff", "*.txt", |path| {
            let dir = folders(&name(path), &fs::read_to_string(path).expect("a change"));
            let output = run(&dir, &["diff", "old", "new", "--deny", "loosening"]);
            let shown = said(&output);
            assert!(shown.lines().all(|line| line.chars().count() <= 80 || line.starts_with("  =")), "{shown}");
            insta::assert_snapshot!("diff", shown);
            // A reader of SARIF shows nothing that has no place.
            let sarif = run(&dir, &["diff", "old", "new", "--format", "sarif"]);
            if sarif.status.code() == Some(0) {
                let sarif: serde_json::Value = serde_json::from_slice(&sarif.stdout).expect("JSON");
                let results = sarif["runs"][0]["results"].as_array().expect("a list");
                let placed = |result: &serde_json::Value| {
                    result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].is_string()
                };
                assert!(results.iter().all(placed), "{}: {results:?}", path.display());
            }
        });
    });
}

#[test]
fn formats_are_what_their_readers_expect() {
    let change = fs::read_to_string("tests/diff/condition-mixed.txt").expect("a change");
    let dir = folders("formats", &change);
    let out = |format: &str| {
        let output = run(&dir, &["diff", "old", "new", "--format", format]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let json: serde_json::Value = serde_json::from_str(&out("json")).expect("JSON");
    assert_eq!(json["pages"][0]["verdict"], "mixed");
    assert_eq!(json["pages"][0]["rules"][0]["loosens"]["client"]["after"]["outcome"], "eligible");
    let sarif: serde_json::Value = serde_json::from_str(&out("sarif")).expect("JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "rule-loosens");
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "new/page.yaml");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("diff@markdown", out("markdown"));
    });
}

#[test]
fn a_revision_is_read_from_git_and_nothing_is_written() {
    let change = fs::read_to_string("tests/diff/wait-a-day-shorter.txt").expect("a change");
    let dir = folders("git", &change);
    fs::rename(dir.join("old"), dir.join("rules")).expect("a rules folder");
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        let who = ["-c", "user.name=A. B", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
        let output = command.args(who).args(args).current_dir(&dir).output().expect("git runs");
        assert!(output.status.success(), "{}", said(&output));
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "rules"]);
    git(&["commit", "-qm", "before"]);
    fs::copy(dir.join("new/page.yaml"), dir.join("rules/page.yaml")).expect("the change");
    let first = said(&run(&dir, &["diff", "HEAD"]));
    assert!(first.contains("Peel: LOOSENS"), "{first}");
    git(&["commit", "-qam", "after"]);
    for args in [&["diff", "HEAD~1.."][..], &["diff", "HEAD~1", "HEAD"], &["diff", "HEAD~1", "rules"]] {
        let shown = said(&run(&dir, args));
        assert!(shown.contains("Peel: LOOSENS"), "{shown}");
    }
    assert!(said(&run(&dir, &["diff", "HEAD"])).contains("Nothing changed"));
    let unknown = run(&dir, &["diff", "no-such-revision"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        said(&unknown).contains("is neither a folder nor a revision that git knows"),
        "{}",
        said(&unknown)
    );
    let option = run(&dir, &["diff", "--", "--output=stolen"]);
    assert_eq!(option.status.code(), Some(2), "{}", said(&option));
    assert!(!dir.join("stolen").exists());
    let status =
        Command::new("git").args(["status", "--short"]).current_dir(&dir).output().expect("git runs");
    assert_eq!(String::from_utf8_lossy(&status.stdout), "?? new/\n");
}

#[test]
fn records_are_decided_before_and_after() {
    let change = fs::read_to_string("tests/diff/wait-a-day-shorter.txt").expect("a change");
    let dir = folders("clients", &change);
    let record = |client: usize, day: &str| {
        format!(
            "{{\"client\":\"C{client}\",\"visit\":\"2026-06-30\",\"answered_on\":\"2026-06-30\",\"facts\":{{\
             \"pregnant\":\"no\",\"open_wounds\":\"no\",\"skin\":\"none\",\"area\":\"5\",\
             \"retinol_on\":\"{day}\"}}}}\n"
        )
    };
    // Far more lines than are read at once, and one that is wrong.
    let mut text: String = (1..=9_000).map(|at| record(at, "never")).collect();
    text += &record(9_001, "2026-01-02");
    text += &record(9_002, "2026-02-30");
    fs::write(dir.join("clients.ndjson"), text).expect("records");
    let output = run(&dir, &["diff", "old", "new", "--clients", "clients.ndjson"]);
    let shown = said(&output);
    let clients = &shown[shown.find("CLIENTS").expect("a part about clients")..];
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("diff@clients", clients);
    });
    let lines = run(&dir, &["diff", "old", "new", "--clients", "clients.ndjson", "--format", "ndjson"]);
    let lines = String::from_utf8(lines.stdout).expect("UTF-8");
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["client"], &lines[0]["rules"][0]), (&"C9001".into(), &"page/retinol".into()));
    assert_eq!(lines[1]["counts"][2][0], 1);
}

/// The rule is written the same in both, and compares two answers by a number that changed.
#[test]
fn a_number_between_two_answers_moves_whom_it_moves() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff").join("compared");
    for (side, days) in [("old", 10), ("new", 11)] {
        let folder = dir.join(side);
        fs::create_dir_all(&folder).expect("a folder");
        fs::copy("tests/diff/base/clinic.yaml", folder.join("clinic.yaml")).expect("a copy");
        let facts = "d: {kind: date, ask: When was D?}\ne: {kind: date, ask: When was E?}\n";
        fs::write(folder.join("facts.yaml"), facts).expect("facts");
        let page = format!(
            "treatment: Peel\nrevision: 1\nin_force: {{from: 2026-01-01}}\nparameters:\n  gap:\n    \
             meaning: Between the two\n    between: [1 day, 40 days]\n    owner: lead\n    \
             review_by: 2030-01-01\n    values:\n      2026-01-01: {{value: {days} days, basis: Ours}}\n\
             relative_contraindications:\n  near:\n    when: not(never(d)) && not(never(e)) && e < d + gap\n    \
             because: It matters.\n    basis: Ours\n"
        );
        fs::write(folder.join("page.yaml"), page).expect("a page");
    }
    let record = "{\"client\":\"C1\",\"visit\":\"2026-03-02\",\"answered_on\":\"2026-03-02\",\
                  \"facts\":{\"d\":\"2026-01-01\",\"e\":\"2026-01-11\"}}\n";
    fs::write(dir.join("clients.ndjson"), record).expect("a record");
    let shown = said(&run(&dir, &["diff", "old", "new", "--clients", "clients.ndjson"]));
    assert!(shown.contains("C1 on 2026-03-02: eligible -> needs review, by page/near"), "{shown}");
}
