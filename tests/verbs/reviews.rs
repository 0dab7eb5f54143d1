//! What a clinician's go ahead counts for: one rule of one meaning, the answers it saw, and the person who may.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::folder::copy;

/// A folder with the rules and the record of a case.
fn space(case: &str, name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reviews").join(name);
    let _ = fs::remove_dir_all(&dir);
    copy(&Path::new("tests/reviews").join(case), &dir);
    dir
}

fn run(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearance")).args(args).current_dir(dir).output().expect("it runs")
}

fn said(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// On one line, so that it does not matter where a line ends.
fn words(output: &Output) -> String {
    said(output).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn decide(dir: &Path, file: &str, more: &[&str]) -> Value {
    let output = run(dir, &[&["decide", file, "--format", "json"], more].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
}

fn review(dir: &Path, file: &str, rule: &str, by: &str) -> Output {
    let args = ["review", file, "--rule", rule, "--by", by, "--good-for", "26 weeks", "--on", "2026-03-02"];
    run(dir, &args)
}

fn outcomes(decided: &Value) -> String {
    let each = decided.as_array().expect("a list").iter().map(|one| {
        let why = one["reviews"][0]["why"].as_str().unwrap_or("counts");
        let next = one["next_change"].as_str().unwrap_or("never");
        format!(
            "{}: {} ({why}; {next})\n",
            one["client"].as_str().unwrap_or(""),
            one["outcome"].as_str().unwrap_or("")
        )
    });
    each.collect()
}

#[test]
fn review_covers_later_answer() {
    let dir = space("review-covers-later-answer", "later");
    let decided = decide(&dir, "record.yaml", &[]);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("reviews@later-answer", outcomes(&decided));
    });
    let counts = |one: &Value| one["reviews"][0]["counts"] == (one["outcome"] == "eligible");
    assert!(decided.as_array().expect("a list").iter().all(counts));
    let shown = said(&run(&dir, &["decide", "record.yaml"]));
    assert!(shown.contains("The review of page/skin by B does not count: answered again since."), "{shown}");
}

/// The same answers have the same name, however, wherever and on whatever day they stand.
#[test]
fn what_a_review_saw_is_the_same_in_every_form() {
    let dir = space("review-covers-later-answer", "saw");
    let facts = "height: {kind: number, between: [1, 9], ask: How tall?}\nseen: {kind: date, ask: When?}\n\
                 used: {kind: history, of: {a: A, b: B, c: C}, ask: Which?}\n";
    let all = fs::read_to_string(dir.join("rules/facts.yaml")).expect("facts") + facts;
    fs::write(dir.join("rules/facts.yaml"), &all).expect("facts");
    let page = fs::read_to_string(dir.join("rules/page.yaml")).expect("a page");
    let when =
        "skin.any || height > 2 || never(seen) || ongoing(used.a) || ongoing(used.b) || ongoing(used.c)";
    fs::write(dir.join("rules/page.yaml"), page.replace("skin.any", when)).expect("a page");
    let saw = |name: &str, record: &str| -> String {
        fs::write(dir.join(name), record).expect("a record");
        let reviewed = review(&dir, name, "skin", "B");
        assert_eq!(reviewed.status.code(), Some(0), "{record}: {}", said(&reviewed));
        let decided = decide(&dir, name, &[]);
        assert_eq!(decided[0]["reviews"][0]["counts"], true, "{record}");
        // What is cut off at the visit is no other answer at a later one.
        let later = decide(&dir, name, &["--visit", "2026-05-20"]);
        assert_eq!(later[0]["reviews"][0]["counts"], true, "{record}");
        let written = fs::read_to_string(dir.join(name)).expect("the record");
        let after = written.split("saw").nth(1).expect("what it saw");
        after.chars().filter(char::is_ascii_hexdigit).take(16).collect()
    };
    let yaml =
        |facts: &str| format!("client: C\nvisit: 2026-03-20\nanswered_on: 2026-03-10\nfacts: {{{facts}}}\n");
    let first = saw(
        "a.yaml",
        &yaml(
            "skin: [psoriasis, eczema], height: 3, seen: 2026-03, used: {a: ongoing, b: 2025, rest: never}",
        ),
    );
    for (name, record) in [
        (
            "order.yaml",
            yaml(
                "used: {c: never, b: 2025, a: ongoing}, seen: 2026-03, height: 3.0, skin: [eczema, psoriasis]",
            ),
        ),
        (
            "options.yaml",
            yaml(
                "skin.eczema: yes, skin.psoriasis: yes, used.a: ongoing, used.b: 2025, used.rest: never, height: 3, seen: 2026-03",
            ),
        ),
        (
            "dated.yaml",
            yaml(
                "skin: {answer: {psoriasis: yes, eczema: yes}, on: 2026-03-19}, height: {answer: 3, on: 2026-03-20}, seen: 2026-03, used: {a: ongoing, b: 2025, rest: never}",
            ),
        ),
        (
            "a.json",
            json!({"client": "C", "visit": "2026-03-20", "answered_on": "2026-03-10", "facts": {
                "height": 3, "skin": {"rest": true}, "seen": "2026-03",
                "used": {"b": 2025, "c": "never", "a": "ongoing"}}})
            .to_string(),
        ),
    ] {
        assert_eq!(saw(name, &record), first, "{record}");
    }
    // The order of the options in facts.yaml is none of the answer's, nor is an option that does not apply.
    let moved = all.replace(
        "{psoriasis: Psoriasis, eczema: Eczema}",
        "{acne: Acne, eczema: Eczema, psoriasis: Psoriasis}",
    );
    fs::write(dir.join("rules/facts.yaml"), moved.replace("{a: A, b: B, c: C}", "{c: C, a: A, b: B}"))
        .expect("facts");
    assert_eq!(
        saw(
            "moved.yaml",
            &yaml(
                "skin: [psoriasis, eczema], height: 3, seen: 2026-03, used: {a: ongoing, b: 2025, rest: never}"
            )
        ),
        first
    );
    fs::write(dir.join("rules/facts.yaml"), all).expect("facts");
    let mut seen = vec![first];
    for (at, facts) in [
        "skin: [psoriasis], height: 3, seen: 2026-03, used: {a: ongoing, b: 2025, rest: never}",
        "skin: [psoriasis, eczema], height: 4, seen: 2026-03, used: {a: ongoing, b: 2025, rest: never}",
        "skin: [psoriasis, eczema], height: 3, seen: 2026-03-02, used: {a: ongoing, b: 2025, rest: never}",
        "skin: [psoriasis, eczema], height: 3, seen: 2026-03, used: {a: 2025, b: ongoing, rest: never}",
        "skin: [psoriasis, eczema], height: 3, used: {a: ongoing, b: 2025, rest: never}",
        "skin: [{answer: [psoriasis, eczema], from: form}, {answer: none, from: nurse}], height: 3, seen: 2026-03, used: {a: ongoing, b: 2025, rest: never}",
        "height: 3",
    ]
    .iter()
    .enumerate()
    {
        let own = saw(&format!("other-{at}.yaml"), &yaml(facts));
        assert!(!seen.contains(&own), "{facts}");
        seen.push(own);
    }
    let sources = |facts: &str| saw("sources.yaml", &yaml(facts));
    assert_eq!(
        sources("height: 3, skin: [{answer: none, from: nurse}, {answer: [psoriasis], from: form}]"),
        sources("skin: [{answer: [psoriasis], from: form}, {answer: none, from: nurse}], height: 3"),
    );
    assert_eq!(sources("height: 3, skin: unknown"), sources("height: 3, seen: unknown"));
}

#[test]
fn other_answers_void_what_was_reviewed() {
    let dir = space("who-reviews", "voided");
    assert_eq!(review(&dir, "record.yaml", "fever", "Anybody").status.code(), Some(0));
    let text = fs::read_to_string(dir.join("record.yaml")).expect("the record");
    let why = |text: &str| {
        fs::write(dir.join("record.yaml"), text).expect("a record");
        decide(&dir, "record.yaml", &[])[0]["reviews"][0]["why"].clone()
    };
    assert_eq!(why(&text), Value::Null);
    assert_eq!(why(&text.replace("scars: yes", "scars: no")), Value::Null);
    assert_eq!(why(&text.replace("fever: yes", "fever: unknown")), "answered again since");
    assert_eq!(why(&text.replace("fever: yes", "fever: {answer: yes, from: nurse}")), "answered again since");
    assert_eq!(why(&text.replace("answered_on: 2026-03-02", "answered_on: 2026-02-02")), Value::Null);
}

#[test]
fn review_of_a_failing_script_counts_and_does_not() {
    let case = "review-of-a-failing-script-counts-and-does-not";
    let dir = space(case, "failing");
    let text = fs::read_to_string(dir.join("record.yaml")).expect("the record");
    fs::write(dir.join("record.yaml"), text.replace("2026-01-01", "2026-03-02")).expect("a record");
    let before = fs::read_to_string(dir.join("record.yaml")).expect("the record");
    let refused = review(&dir, "record.yaml", "light", "B");
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        said(&refused).contains("its script failed, so there is nothing to review"),
        "{}",
        said(&refused)
    );
    assert_eq!(fs::read_to_string(dir.join("record.yaml")).expect("the record"), before);
    // What was written by hand, or when the script did not fail, does not count either.
    let fine = before.replace("height_cm: 0", "height_cm: 200").replace("weight_kg: 80", "weight_kg: 40");
    fs::write(dir.join("record.yaml"), fine).expect("a record");
    assert_eq!(review(&dir, "record.yaml", "light", "B").status.code(), Some(0));
    let reviewed = fs::read_to_string(dir.join("record.yaml")).expect("the record");
    let (kept, _) = reviewed.split_once("saw").expect("what it saw");
    let failing = kept.replace("height_cm: 200", "height_cm: 0").trim_end().trim_end_matches(',').to_string();
    let failing = if failing.contains("{rule") { failing + "}" } else { failing };
    fs::write(
        dir.join("record.yaml"),
        format!("{failing}\n").replace("visit:", "answered_on: 2026-03-01\n  visit:"),
    )
    .expect("a record");
    let decided = decide(&dir, "record.yaml", &["--visit", "2026-03-03"]);
    assert_eq!(decided[0]["outcome"], "needs review");
    let note = &decided[0]["reviews"][0];
    assert_eq!(
        (&note["counts"], &note["why"]),
        (&json!(false), &json!("its script failed, so there is nothing to review"))
    );
    let shown = words(&run(&dir, &["decide", "record.yaml", "--visit", "2026-03-03", "--why"]));
    assert!(shown.contains("does not count: its script failed, so there is nothing to review"), "{shown}");
    assert!(!shown.contains("A review of it names"), "{shown}");
    assert!(
        decided[0]["reasons"].as_array().expect("reasons").iter().all(|one| one.get("reviewable").is_none())
    );
    // Of an absolute contraindication none could count, whether or not its script fails.
    let page = fs::read_to_string(dir.join("rules/example.yaml")).expect("a page");
    fs::write(dir.join("rules/example.yaml"), page.replace("relative_contra", "absolute_contra"))
        .expect("a page");
    let shown = words(&run(&dir, &["decide", "record.yaml", "--visit", "2026-03-03", "--why"]));
    assert!(shown.contains("cannot be reviewed away") && !shown.contains("A review of it names"), "{shown}");
}

#[test]
fn only_a_person_of_the_role_reviews() {
    let dir = space("who-reviews", "people");
    let mut shown = String::new();
    for (rule, by) in [
        ("scars", "E. Nobody"),
        ("scars", "B. Lint"),
        ("scars", "C. Berg"),
        ("allergy", "B. Lind"),
        ("scars", "D. Holm"),
        ("fever", "E. Nobody"),
    ] {
        let output = review(&dir, "record.yaml", rule, by);
        let text = said(&output);
        let first: Vec<&str> = text.lines().take(2).collect();
        shown += &format!("{rule} by {by} -> {}\n{}\n", output.status.code().unwrap_or(-1), first.join("\n"));
    }
    shown += &said(&run(&dir, &["decide", "record.yaml", "--why"]));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("reviews@people", shown.replace("\u{1b}[1;33m", ""));
    });
    let decided = decide(&dir, "record.yaml", &[]);
    let reviewable = |rule: &str| {
        let reasons = decided[0]["reasons"].as_array().expect("reasons");
        reasons.iter().find(|one| one["rule"] == rule).expect("a reason").get("reviewable").is_some()
    };
    assert!(reviewable("peel/scars") && !reviewable("peel/allergy"));
    // A go ahead of somebody who has left counts no more; where nobody is listed, it is said that nobody looked.
    let clinic = fs::read_to_string(dir.join("rules/clinic.yaml")).expect("the clinic");
    let left = clinic.replace("  - {name: D. Holm, role: [nurse, prescriber]}\n", "");
    fs::write(dir.join("rules/clinic.yaml"), left).expect("a clinic");
    assert_eq!(decide(&dir, "record.yaml", &[])[0]["reviews"][0]["counts"], false);
    fs::write(dir.join("rules/clinic.yaml"), clinic.split("people").next().expect("a clinic"))
        .expect("a clinic");
    let note = &decide(&dir, "record.yaml", &[])[0]["reviews"][0];
    assert_eq!(
        note["note"],
        "nobody checked that D. Holm has the role prescriber: clinic.yaml lists no people"
    );
    let shown = words(&run(&dir, &["decide", "record.yaml"]));
    assert!(shown.contains("Nobody checked that D. Holm has the role prescriber"), "{shown}");
}
