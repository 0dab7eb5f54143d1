//! The interview, with its answers piped in.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

fn ask(args: &[&str], answers: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["ask", "--visit", "2026-03-02", "--answered-on", "2026-03-02"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut input = child.stdin.take().expect("stdin is piped");
    // An interview that is settled stops reading, so the pipe may close early.
    let _ = input.write_all(answers.as_bytes());
    drop(input);
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn decide(path: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["decide", path, "--format", "json"])
        .output()
        .expect("the binary runs");
    serde_json::from_slice::<Value>(&output.stdout).expect("JSON")[0].clone()
}

fn questions(shown: &str) -> usize {
    shown.lines().filter(|line| line.starts_with("> ")).count()
}

#[test]
fn the_first_answer_can_end_it() {
    let shown = ask(&[], "yes\nno\nno\n");
    assert_eq!(questions(&shown), 1, "{shown}");
    assert!(shown.contains("NOT ELIGIBLE"));
}

#[test]
fn a_record_that_is_settled_is_asked_nothing() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("settled.yaml");
    std::fs::write(&path, "client: C1\nfacts: {pregnant: yes}\n").expect("a file");
    let shown = ask(&[path.to_str().expect("UTF-8")], "no\n");
    assert_eq!(questions(&shown), 0, "{shown}");
    assert!(shown.contains("C1: Microneedling"));
}

/// The saved record gets the same decision, and a second interview has nothing left to ask.
#[test]
fn a_saved_interview_decides_as_its_record_does() {
    for (name, answers, outcome) in [
        ("clear", "no\nnone\nnever\nacne_scars\nno\nnone\nnever\nno\n", "eligible"),
        ("waits", "no\nisotretinoin 2025-09-04\nnone\nnever\nacne_scars\nno\nnone\nnever\nno\n", "deferred"),
        ("open", "don't know\nnone\nnever\nfine lines\nno\nnone\n2019\nno\n", "more information needed"),
        (
            "review",
            "no\nbenzoyl peroxide ongoing\nnone\nnever\nunlisted\nno\npsoriasis, eczema\nnever\nno\n",
            "needs review",
        ),
    ] {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.yaml"));
        let _ = std::fs::remove_file(&path);
        let path = path.to_str().expect("UTF-8");
        let shown = ask(&["--client", name, "--save", path], answers);
        let decision = decide(path);
        assert_eq!(decision["outcome"], outcome, "{shown}");
        let record = std::fs::read_to_string(path).expect("the record");
        assert!(record.contains(&format!("client: {name}")), "{record}");
        let again = ask(&[path], "");
        let headline = |shown: &str| {
            shown
                .lines()
                .skip_while(|line| !line.contains(": Microneedling, Monday"))
                .nth(1)
                .map(str::to_string)
        };
        assert_eq!(headline(&again), headline(&shown), "{again}");
    }
}

#[test]
fn an_answer_that_does_not_fit_is_asked_again_and_kept_out() {
    let shown = ask(&[], "maybe\n\nyes\n");
    assert_eq!(questions(&shown), 3, "{shown}");
    assert!(shown.contains("`maybe` is neither yes nor no"), "{shown}");
    assert!(shown.contains("NOT ELIGIBLE"));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("ask@again", shown);
    });
}

#[test]
fn an_interview_answers_in_its_own_words() {
    let shown = ask(&[], "help\nno\nisotretinoin January 2026\n");
    assert!(shown.contains("> help\n  Please answer: yes or no"), "{shown}");
    assert!(shown.contains("  `January 2026` is no day\n  Please answer: none, or each"), "{shown}");
    assert!(!shown.contains("a map"), "{shown}");
}
