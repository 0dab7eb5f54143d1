//! Quotes, read from `tests/quote.yaml`, and what a pricing page must never do.

use std::path::Path;
use std::process::{Command, Output};

use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Suite {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    args: Vec<String>,
    lines: Vec<String>,
    total: Option<String>,
    range: Option<Vec<String>>,
    missing: Option<String>,
}

fn quote(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["quote", "--visit", "2026-03-02"])
        .args(args)
        .output()
        .expect("the binary runs")
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice::<Value>(&output.stdout).expect("JSON")[0].clone()
}

#[test]
fn every_quote_says_what_it_must() {
    let suite: Suite = serde_yaml::from_str(include_str!("../quote.yaml")).expect("the cases can be read");
    for case in suite.cases {
        let mut args: Vec<&str> = case.args.iter().map(String::as_str).collect();
        args.extend(["--format", "json"]);
        let found = json_of(&quote(&args));
        let lines: Vec<String> = found["lines"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|line| {
                format!(
                    "{} = {}",
                    line["label"].as_str().unwrap_or(""),
                    line["amount"].as_str().unwrap_or("")
                )
            })
            .collect();
        assert_eq!(lines, case.lines, "{}", case.name);
        assert_eq!(found["total"], json!(case.total), "{}", case.name);
        assert_eq!(found["range"], json!(case.range), "{}", case.name);
        if let Some(missing) = case.missing {
            assert_eq!(found["missing"], json!(missing), "{}", case.name);
        }
    }
}

/// A rules folder with one treatment whose first price is `price`.
fn rules(name: &str, price: &str, rounding: &str) -> String {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("a folder");
    let write = |file: &str, text: String| std::fs::write(dir.join(file), text).expect("a file");
    write("clinic.yaml", format!("name: C\ntime_zone: Europe/London\ncurrency: EUR\nrounding: {rounding}\n"));
    write("facts.yaml", "area: {kind: number, between: [1, 100], ask: How large?}\n".to_string());
    write(
        "peel.yaml",
        format!(
            "treatment: Peel\nrevision: 1\npricing:\n  by: area\n  lists:\n    2026-01-01:\n      basis: Ours.\n      \
             bands:\n        - {{price: {price}}}\n  course_discount: {{sessions: 2, percent: 33.3}}\n"
        ),
    );
    dir.to_str().expect("UTF-8").to_string()
}

#[test]
fn each_line_is_rounded_once_and_the_total_is_their_sum() {
    for (rounding, price, lines, total) in [
        ("{to: 0.01, half: up}", "10.005", ["30.02", "-9.99"], "20.03"),
        ("{to: 0.05, half: up}", "0.11", ["0.35", "-0.10"], "0.25"),
        ("{to: 0.01, half: even}", "0.015", ["0.04", "-0.01"], "0.03"),
        ("{to: 1, half: up}", "33.50", ["101", "-33"], "68"),
    ] {
        let dir = rules("rounding", price, rounding);
        let found =
            json_of(&quote(&["--rules", &dir, "--answer", "area=5", "--sessions", "3", "--format", "json"]));
        let amounts: Vec<&str> = found["lines"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|line| line["amount"].as_str())
            .collect();
        assert_eq!((amounts.as_slice(), found["total"].as_str()), (lines.as_slice(), Some(total)), "{price}");
    }
}

#[test]
fn wrong_answers_are_said_and_end_with_one() {
    let output = quote(&["--answer", "aera_cm2=25"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `area_cm2`?"));
    assert_eq!(quote(&["--answer", "area_cm2=9999"]).status.code(), Some(1));
    assert_eq!(quote(&["--answer", "area_cm2"]).status.code(), Some(2));
    assert_eq!(quote(&["--sessions", "0"]).status.code(), Some(2));
}

/// A price never stands alone beside a record of a client who is refused, or that cannot be read.
#[test]
fn a_price_beside_a_refused_record_says_so() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("beside.yaml");
    let healthy = "pregnant: no, skin_diseases: none, open_wounds: no, last_radiation_on: never, keloid_history: no, \
                   acne_medications: none, last_session: none, goals: [acne_scars], numbing_cream_allergy: no";
    let but = |fact: &str, answer: &str| {
        let facts: Vec<String> = healthy
            .split(", ")
            .map(|one| if one.starts_with(fact) { format!("{fact}: {answer}") } else { one.to_string() })
            .collect();
        format!("facts: {{{}, area_cm2: 20}}", facts.join(", "))
    };
    let records = [
        ("never", but("pregnant", "yes")),
        ("review", but("keloid_history", "yes")),
        ("later", but("open_wounds", "yes")),
        ("open", but("pregnant", "unknown")),
        ("fine", but("pregnant", "no")),
        ("unread", "facts: {pregnent: no}".to_string()),
    ];
    let text: String = records
        .iter()
        .map(|(client, facts)| format!("- {{client: {client}, answered_on: 2026-03-02, {facts}}}\n"))
        .collect();
    std::fs::write(&path, text).expect("a file");
    let output = quote(&[path.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(1));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("quote@beside", String::from_utf8_lossy(&output.stdout));
    });
    let output = quote(&[path.to_str().expect("UTF-8"), "--format", "json"]);
    let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let outcomes: Vec<&Value> = all.as_array().expect("a list").iter().map(|one| &one["outcome"]).collect();
    let expected = ["not eligible", "needs review", "deferred", "more information needed", "eligible"];
    assert_eq!(json!(outcomes[..5]), json!(expected));
    assert_eq!(all[0]["because"], json!(["Safety in pregnancy has not been shown."]));
    assert_eq!((&all[5]["client"], &all[5]["error"]["code"]), (&json!("unread"), &json!("unknown-fact")));
    // Answers alone are nobody's record; what they make certain is said all the same.
    let alone = String::from_utf8_lossy(&quote(&["--answer", "area_cm2=20"]).stdout).into_owned();
    assert!(!alone.contains("MORE INFORMATION"), "{alone}");
    let alone = quote(&["--answer", "area_cm2=20", "--answer", "pregnant=yes"]);
    assert!(String::from_utf8_lossy(&alone.stdout).contains("NOT ELIGIBLE"));
}

/// A plan for a record that cannot be read has an error in its place.
#[test]
fn a_plan_for_an_unread_record_says_so() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unread-plan.yaml");
    std::fs::write(&path, "{client: C, visit: 2026-03-02, facts: {pregnent: no}}\n").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["plan", path.to_str().expect("UTF-8"), "--format", "json"])
        .output()
        .expect("the binary runs");
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&said["client"], &said["error"]["code"]), (&json!("C"), &json!("unknown-fact")));
    assert_eq!(output.status.code(), Some(1));
}
