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
        ("capitals", "No\nNone\nNever\nAcne scars\nNo\nNone\nNever\nNo\n", "eligible"),
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
    let shown = ask(&[], "help\nno\nisotretinoin Jxnuary 2026\n");
    assert!(shown.contains("> help\n  Please answer: yes or no"), "{shown}");
    assert!(shown.contains("  `jxnuary 2026` is no day\n  Please answer: none, or each"), "{shown}");
    assert!(!shown.contains("a map"), "{shown}");
}

/// An interview about one of the rules in `tests/ask`.
struct Run {
    shown: String,
    code: Option<i32>,
}

fn run(args: &[&str], answers: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["--rules", &format!("tests/ask/{}", args[0]), "ask"])
        .args(&args[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let _ = child.stdin.take().expect("stdin is piped").write_all(answers);
    let output = child.wait_with_output().expect("the binary ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let shown = [text(output.stdout), text(output.stderr)].concat();
    Run { shown, code: output.status.code() }
}

/// A place for a record that is not there yet.
fn place(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ask");
    std::fs::create_dir_all(&path).expect("a folder");
    let path = path.join(name);
    let _ = std::fs::remove_file(&path);
    path.to_str().expect("UTF-8").to_string()
}

/// The answer about the client of a record, in the words for people.
fn decided(rules: &str, record: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["--rules", &format!("tests/ask/{rules}"), "decide", record])
        .output()
        .expect("the binary runs");
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    shown.split("\n\nRules: ").next().expect("an answer").to_string()
}

/// The record that was shown, since it was not to be saved.
fn record(shown: &str) -> &str {
    shown.split_once("writes it):\n").expect("a record").1
}

#[test]
fn a_dialogue_is_read_as_it_was_held_and_its_record_is_decided_as_it_said() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
        insta::glob!("../ask/dialogues", "*.txt", |path| {
            let text = std::fs::read_to_string(path).expect("a dialogue");
            let (first, answers) = text.split_once('\n').expect("lines");
            let args: Vec<&str> = first.split(' ').collect();
            let Run { shown, code } = run(&args, answers.as_bytes());
            assert_eq!(code, Some(0), "{shown}");
            let kept = place("kept.yaml");
            std::fs::write(&kept, record(&shown)).expect("a file");
            let decided = decided(args[0], &kept);
            assert!(shown.contains(&decided), "{shown}\n{decided}");
            // Each day stands in it, and none is today's.
            insta::assert_snapshot!("ask", shown);
        });
    });
}

const MONTH: [&str; 5] = ["ask-month-asked-for-ever", "--visit", "2026-06-29", "--answered-on", "2026-06-29"];

#[test]
fn ask_month_asked_for_ever() {
    let Run { shown, .. } = run(&MONTH, b"2026-01\n2026-01\nunknown\n");
    assert_eq!(questions(&shown), 2, "{shown}");
    assert!(shown.contains("Known: January 2026. Which day? `no more is known` keeps the month."), "{shown}");
    for answers in
        ["2026-01\nunknown\n", "2026-01\nno more is known\n", "January 2026\nunknown\n", "2026-01\n"]
    {
        let Run { shown, .. } = run(&MONTH, answers.as_bytes());
        assert_eq!(questions(&shown), 2, "{shown}");
        assert!(record(&shown).contains("answer: 2026-01\n"), "{shown}");
        assert!(
            shown.contains("First day allowed: 30 June 2026 at the earliest, 1 July 2026 at the latest"),
            "{shown}"
        );
    }
    let Run { shown, .. } = run(&MONTH, b"2026-01\n2026-01-05\n");
    assert!(record(&shown).contains("answer: 2026-01-05\n"), "{shown}");
}

#[test]
fn ask_month_then_none_clears() {
    let args = ["ask-month-then-none-clears", "--visit", "2026-12-21", "--answered-on", "2026-12-21"];
    for none in ["none", "no", "never", "no others", "tretinoin never"] {
        for month in ["isotretinoin 2026-11", "Isotretinoin: November 2026", "isotretinoin"] {
            let path = place("month.yaml");
            let answers = format!("{month}\n{none}\n{none}\n");
            let args: Vec<&str> = args.into_iter().chain(["--save", &path]).collect();
            let Run { shown, .. } = run(&args, answers.as_bytes());
            assert!(!shown.contains("\nELIGIBLE"), "{shown}");
            let kept = std::fs::read_to_string(&path).expect("the record");
            assert!(kept.contains("tretinoin: never") && !kept.contains("isotretinoin: never"), "{kept}");
        }
    }
}

#[test]
fn ask_never_ends_when_booking_ahead() {
    let rules = "ask-never-ends-when-booking-ahead";
    for (visit, again) in [("2026-12-21", 1), ("2027-01-20", 2)] {
        let path = place("ahead.yaml");
        let args = [rules, "--visit", visit, "--answered-on", "2026-12-01", "--save", &path];
        let Run { shown, .. } = run(&args, b"no\nno\nno\nno\n");
        assert_eq!(questions(&shown), 2, "{shown}");
        let list = shown.split_once("ASK AGAIN ON THE DAY").expect("a list").1;
        assert_eq!(list.matches("\n  - ").count(), again, "{shown}");
        // Known is known: the next interview of that day asks nothing.
        let args = [rules, path.as_str(), "--answered-on", "2026-12-01"];
        let Run { shown, .. } = run(&args, b"yes\n");
        assert_eq!(questions(&shown), 0, "{shown}");
        assert!(shown.contains("ASK AGAIN ON THE DAY"), "{shown}");
        // On the day itself it is asked again.
        let Run { shown, .. } = run(&[rules, &path, "--answered-on", visit], b"no\nno\n");
        assert_eq!(questions(&shown), again, "{shown}");
        assert!(shown.contains("\nELIGIBLE"), "{shown}");
    }
}

#[test]
fn what_was_typed_is_kept_when_nothing_can_be_written() {
    let folder = place("a-file");
    std::fs::write(&folder, "").expect("a file");
    let args: Vec<&str> = MONTH.into_iter().chain(["--save"]).collect();
    let path = format!("{folder}/record.yaml");
    let Run { shown, code } = run(&[&args[..], &[&path]].concat(), b"2026-01\nquit\n");
    assert_eq!(code, Some(2), "{shown}");
    assert!(record(&shown).contains("answer: 2026-01\n") && shown.contains("cannot be written"), "{shown}");
}

#[test]
fn a_file_that_nothing_was_added_to_stays_as_it_is() {
    let path = place("as-it-was.yaml");
    let text = "client: C1   # a comment\nvisit: 2026-06-29\n";
    std::fs::write(&path, text).expect("a file");
    let args = [MONTH[0], path.as_str(), "--answered-on", "2026-06-29", "--save", &path];
    let Run { shown, .. } = run(&args, b"soon\n");
    assert!(shown.contains("Nothing was answered"), "{shown}");
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), text);
    let Run { shown, .. } = run(&args, b"never\n");
    assert!(shown.contains("Saved to"), "{shown}");
    assert!(std::fs::read_to_string(&path).expect("the file").contains("answer: never"));
}

#[test]
fn no_line_drives_a_terminal_or_ends_the_interview() {
    let long = "x".repeat(1 << 20);
    let answers = [
        b"\xef\xbb\xbf\xff\xfe\n\x1b[31m\n\xe2\x80\xae2026-01\n".as_slice(),
        long.as_bytes(),
        b"\n\xc2\xa02026-01\r\nquit\n",
    ]
    .concat();
    let args: Vec<&str> = MONTH.into_iter().chain(["--client", "\u{1b}[2J\u{202e}A"]).collect();
    let Run { shown, code } = run(&args, &answers);
    assert_eq!((code, questions(&shown)), (Some(0), 6), "{shown}");
    let drives = |c: char| c.is_control() && c != '\n' || ('\u{2028}'..='\u{202e}').contains(&c);
    assert!(!shown.contains(drives), "{shown}");
    assert!(shown.contains("longer than any answer") && shown.len() < 60_000, "{shown}");
    let kept = place("escaped.yaml");
    std::fs::write(&kept, record(&shown)).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["--rules", "tests/ask/ask-month-asked-for-ever", "decide", &kept, "--format", "json"])
        .output()
        .expect("the binary runs");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer[0]["client"], "\u{1b}[2J\u{202e}A");
    assert_eq!(answer[0]["wait"]["latest"], "2026-07-01");
}

/// Ctrl-C while a question is open.
#[cfg(unix)]
#[test]
fn an_interrupt_loses_nothing() {
    use std::io::{BufRead, BufReader};

    let path = place("interrupted.yaml");
    for saved in [false, true] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clearance"))
            .args(["--rules", "tests/ask/every-kind", "ask", "--visit", "2026-03-02"])
            .args(["--answered-on", "2026-03-02"])
            .args(if saved { vec!["--save", path.as_str()] } else { Vec::new() })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut input = child.stdin.take().expect("stdin is piped");
        input.write_all(b"1990-03-02\nno\n").expect("the answers are read");
        let mut output = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let (mut shown, mut line) = (String::new(), String::new());
        while !line.contains("How tall are you?") {
            line.clear();
            assert!(output.read_line(&mut line).expect("UTF-8") > 0, "{shown}");
            shown += &line;
        }
        let id = child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().expect("kill runs");
        assert!(sent.success());
        std::io::Read::read_to_string(&mut output, &mut shown).expect("UTF-8");
        assert_eq!(child.wait().expect("it ends").code(), Some(0), "{shown}");
        assert!(shown.contains("Interrupted here. Whatever was answered is kept."), "{shown}");
        let kept = match saved {
            true => std::fs::read_to_string(&path).expect("the record"),
            false => record(&shown).to_string(),
        };
        assert!(kept.contains("birth_date") && kept.contains("pregnant"), "{kept}");
    }
}

#[test]
fn answers_of_a_later_day_than_the_visit_are_refused_at_once() {
    let args = [MONTH[0], "--visit", "2026-06-29", "--answered-on", "2026-07-01"];
    let Run { shown, code } = run(&args, b"never\n");
    assert_eq!((code, questions(&shown)), (Some(2), 0), "{shown}");
    assert!(
        shown.contains("the record was answered on 2026-07-01, after the visit on 2026-06-29"),
        "{shown}"
    );
}
