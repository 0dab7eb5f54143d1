//! The README's examples do what it says, and commands end as they should.

use std::path::Path;
use std::process::{Command, Output};

fn clearance(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearance")).args(args).output().expect("the binary runs")
}

/// What was printed. The digest of the rules is left out: it changes with every word of theirs.
fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let mut parts = text.split("sha256:");
    let mut kept = parts.next().unwrap_or_default().to_string();
    for part in parts {
        kept.push_str("sha256:...");
        kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    kept
}

/// The blocks of a Markdown text that are fenced with `kind`.
fn blocks<'t>(markdown: &'t str, kind: &str) -> Vec<&'t str> {
    let fence = format!("```{kind}\n");
    let rest = markdown.split(fence.as_str()).skip(1);
    rest.filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let readme = std::fs::read_to_string("README.md").expect("README.md");
    let blocks = blocks(&readme, "console");
    assert!(blocks.len() >= 3);
    for block in blocks {
        let (command, expected) = block.split_once('\n').expect("a command and its output");
        let args: Vec<&str> = command.strip_prefix("$ clearance ").expect("a command").split(' ').collect();
        let output = clearance(&args);
        if !expected.trim().is_empty() {
            assert_eq!(text(&output.stdout), expected, "{command}");
        }
    }
}

#[test]
fn the_readme_gives_exactly_two_commands() {
    let readme = std::fs::read_to_string("README.md").expect("README.md");
    let commands: Vec<&str> = blocks(&readme, "sh").into_iter().flat_map(str::lines).collect();
    assert_eq!(commands, ["cargo run --release -- decide rules/examples/clients.yaml", "cargo test"]);
    let ci = std::fs::read_to_string(".ci/run").expect(".ci/run");
    assert!(ci.contains("cargo run --locked --release -- decide rules/examples/clients.yaml"));
    assert!(ci.contains("cargo test --locked"));
}

/// Every outcome appears among the example clients, every line fits the screen, and it reads as approved.
#[test]
fn the_main_command_answers_for_every_outcome() {
    let output = clearance(&["decide", "rules/examples/clients.yaml"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    for headline in
        ["ELIGIBLE", "NOT ELIGIBLE", "NEEDS REVIEW", "NOT BEFORE", "NOT YET", "FINE TO BOOK", "ASK FIRST"]
    {
        assert!(shown.lines().any(|line| line.starts_with(headline)), "{headline}");
    }
    assert!(shown.lines().all(|line| line.chars().count() <= 80));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("examples@clients", shown);
    });
}

#[test]
fn every_example_file_is_decided() {
    for entry in std::fs::read_dir("rules/examples").expect("the examples") {
        let path = entry.expect("a file").path();
        let path = path.to_str().expect("UTF-8");
        for format in ["human", "json", "ndjson", "csv"] {
            let output = clearance(&["decide", path, "--why", "--format", format]);
            assert_eq!(output.status.code(), Some(0), "{path}: {}", text(&output.stderr));
            assert!(!output.stdout.is_empty(), "{path}");
            let wide = |line: &str| line.chars().count() > 80;
            assert!(format != "human" || !text(&output.stdout).lines().any(wide), "{path}");
        }
    }
}

#[test]
fn exit_codes_say_how_it_ended() {
    let code = |args: &[&str]| clearance(args).status.code();
    assert_eq!(code(&["check"]), Some(0));
    assert_eq!(code(&["check", "--deny", "warnings"]), Some(1));
    let one = "rules/examples/one-client.yaml";
    assert_eq!(code(&["decide", one, "--require", "eligible"]), Some(0));
    assert_eq!(code(&["decide", "rules/examples/clients.yaml", "--require", "eligible"]), Some(1));
    assert_eq!(code(&["decide", "tests/records/unknown-fact.yaml"]), Some(1));
    assert_eq!(code(&["decide", "no-such-file.yaml"]), Some(2));
    assert_eq!(code(&["decide", one, "--visit", "tomorrow"]), Some(2));
    assert_eq!(code(&["decide", one, "--treatment", "microneedeling"]), Some(2));
    assert_eq!(code(&["decide", one, "--rules", "no-such-folder"]), Some(2));
    assert_eq!(code(&["explain", "unknown-fact"]), Some(0));
}

#[test]
fn a_missing_rules_folder_is_offered_and_written() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fresh");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("a folder");
    let run = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_clearance"))
            .args(args)
            .current_dir(&dir)
            .output()
            .expect("the binary runs")
    };
    let missing = run(&["check"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("clearance init"), "{}", text(&missing.stderr));
    assert_eq!(run(&["init", "rules"]).status.code(), Some(0));
    assert_eq!(run(&["check"]).status.code(), Some(0));
    assert_eq!(run(&["decide", "rules/examples/clients.yaml"]).status.code(), Some(0));
}

/// A review counts for the meaning it was given for, and only while it counts.
#[test]
fn a_go_ahead_quiets_one_rule_of_one_meaning() {
    let facts = "pregnant: no, skin_diseases: none, open_wounds: no, last_radiation_on: never, \
                 keloid_history: {answer: yes, on: 2025-08-01}, acne_medications: none, last_session: none, goals: none, area_cm2: 5, numbing_cream_allergy: no";
    let decide = |meaning: &str, on: &str| -> serde_json::Value {
        let record = format!(
            "{{client: C, visit: 2026-03-02, answered_on: 2026-03-02, facts: {{{facts}}}, reviews: [{{rule: \
             microneedling/keloid, says: go ahead, by: B. Lind, on: {on}, good_for: 26 weeks, meaning: {meaning}}}]}}"
        );
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("review-{meaning}-{on}.yaml"));
        std::fs::write(&path, record).expect("a file");
        let output = clearance(&["decide", path.to_str().expect("UTF-8"), "--format", "json"]);
        serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("JSON")[0].clone()
    };
    let unknown = decide("0000000000000000", "2026-03-01");
    assert_eq!(unknown["outcome"], "needs review");
    assert_eq!(unknown["reviews"][0]["why"], "rule changed since");
    let meaning = unknown["reasons"][0]["meaning"].as_str().expect("a meaning").to_string();
    let counts = decide(&meaning, "2026-03-01");
    assert_eq!(counts["outcome"], "eligible");
    assert_eq!(counts["reasons"][0]["reviewed_by"], "B. Lind");
    let last_day = decide(&meaning, "2025-09-01");
    assert_eq!((&last_day["outcome"], &last_day["next_change"]), (&"eligible".into(), &"2026-03-03".into()));
    assert_eq!(decide(&meaning, "2025-08-31")["outcome"], "needs review");
}

/// Two such names may look alike where they are shown, and one of the files would be lost.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8_is_refused_and_shown() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-utf8");
    let _ = std::fs::remove_dir_all(&root);
    crate::folder::copy(Path::new("tests/diff/base"), &root);
    let odd = root.join(OsStr::from_bytes(b"laser\xff.yaml"));
    std::fs::copy(root.join("page.yaml"), &odd).expect("a page");
    let checked = clearance(&["check", "--rules", root.to_str().expect("UTF-8")]);
    let said = format!("{}{}", text(&checked.stdout), text(&checked.stderr));
    assert_eq!(checked.status.code(), Some(1), "{said}");
    assert!(said.contains("the name `laser\u{fffd}.yaml` is not written in UTF-8"), "{said}");
    let mut decide = Command::new(env!("CARGO_BIN_EXE_clearance"));
    let decided = decide.arg("decide").arg(&odd).output().expect("the program runs");
    let said = text(&decided.stderr);
    assert_eq!(decided.status.code(), Some(2), "{said}");
    assert!(said.contains("laser\u{fffd}.yaml` is not written in UTF-8"), "{said}");
}
