//! Review dates, on days around their edges. The shipped numbers are due on 2027-06-01.

use std::process::{Command, Output};

use serde_json::{Value, json};

fn clearance(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearance")).args(args).output().expect("the program runs")
}

fn found(on: &[&str]) -> (Option<i32>, Vec<Value>) {
    let output = clearance(&[&["check", "--format", "json"], on].concat());
    let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let about = all
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| one["code"].as_str().is_some_and(|code| code.starts_with("review-")));
    (output.status.code(), about.cloned().collect())
}

#[test]
fn check_warns_for_sixty_days_and_fails_afterwards() {
    for (on, code, severity, says, exit) in [
        ("2027-04-01", None, "", "", 0),
        ("2027-04-02", Some("review-due"), "warning", "must be looked at again by 2027-06-01, in 60 days", 0),
        ("2027-05-31", Some("review-due"), "warning", "must be looked at again by 2027-06-01, in 1 day", 0),
        ("2027-06-01", Some("review-due"), "warning", "must be looked at again by 2027-06-01, today", 0),
        (
            "2027-06-02",
            Some("review-overdue"),
            "error",
            "should have been looked at again by 2027-06-01, 1 day ago",
            1,
        ),
    ] {
        let (status, all) = found(&["--on", on]);
        assert_eq!(status, Some(exit), "{on}");
        assert_eq!(all.len(), if code.is_some() { 5 } else { 0 }, "{on}");
        for one in &all {
            assert_eq!(one["code"].as_str(), code, "{on}");
            assert_eq!(one["severity"], severity, "{on}");
            assert!(one["message"].as_str().is_some_and(|message| message.ends_with(says)), "{on}: {one}");
        }
    }
}

#[test]
fn the_line_of_the_day_is_pointed_at() {
    let output = clearance(&["check", "--on", "2027-06-02"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("error[review-overdue]: `radiation_washout` should have been looked at"), "{said}");
    assert!(said.contains("review_by: 2027-06-01"), "{said}");
}

#[test]
fn without_a_day_nothing_is_said_about_review_dates() {
    assert_eq!(found(&[]), (Some(0), Vec::new()));
    assert_eq!(clearance(&["check", "--on", "tomorrow"]).status.code(), Some(2));
    let today = clearance(&["check", "--on", "today"]);
    assert!(matches!(today.status.code(), Some(0 | 1)));
}

/// The decision about one client of the examples.
fn decided(client: &str, on: &[&str]) -> Value {
    let file =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{client}{}.yaml", on.concat()));
    let facts = "pregnant: no, skin_diseases: none, open_wounds: no, keloid_history: no, goals: [acne_scars], \
                 last_session: never, area_cm2: 30, numbing_cream_allergy: no";
    let more = match client {
        "waiting" => "last_radiation_on: never, acne_medications: {isotretinoin: 2026-02-01, rest: never}",
        "waited" => "last_radiation_on: 2020-01-01, acne_medications: never",
        _ => "last_radiation_on: never, acne_medications: never",
    };
    let record =
        format!("client: {client}\nvisit: 2026-03-02\nanswered_on: 2026-03-02\nfacts: {{{facts}, {more}}}\n");
    std::fs::write(&file, record).expect("a file");
    let output = clearance(&[&["decide", file.to_str().expect("UTF-8"), "--format", "json"], on].concat());
    let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    all[0].clone()
}

#[test]
fn a_decision_names_what_it_rests_on_past_its_date() {
    assert_eq!(decided("waiting", &[]).get("expired"), None, "nobody asked");
    assert_eq!(decided("waiting", &["--on", "2027-06-01"])["expired"], json!([]));
    let expired = &decided("waiting", &["--on", "2027-06-02"])["expired"];
    assert_eq!(
        *expired,
        json!([{
            "parameter": "isotretinoin_washout", "value": "180 days", "review_by": "2027-06-01",
            "owner": "clinical lead", "rules": ["microneedling/isotretinoin"]
        }])
    );
}

/// To be eligible because a wait is over rests on how long the wait is; never to have begun one does not.
#[test]
fn an_eligible_client_may_rest_on_a_number_too() {
    let waited = decided("waited", &["--on", "2027-06-02"]);
    assert_eq!(waited["outcome"], "eligible");
    assert_eq!(waited["expired"][0]["parameter"], "radiation_washout");
    assert_eq!(waited["expired"].as_array().map(Vec::len), Some(1));
    let plain = decided("plain", &["--on", "2027-06-02"]);
    assert_eq!((&plain["outcome"], &plain["expired"]), (&json!("eligible"), &json!([])));
}

#[test]
fn people_are_told_too() {
    let output = clearance(&["decide", "rules/examples/one-client.yaml", "--on", "2027-06-02"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("Past its review date: retinoid pause (7 days)"), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80));
}

/// What is past its date is said, not logged: a logged decision is replayed without a day.
#[test]
fn a_logged_decision_is_replayed_whatever_day_was_named() {
    let log = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("expired.log");
    for name in ["expired.log", "expired.log.bodies"] {
        let path = log.with_file_name(name);
        let _ = std::fs::remove_file(&path);
        let _ = std::fs::remove_dir_all(&path);
    }
    let log = log.to_str().expect("UTF-8");
    let who = ["--asked-by", "a test"];
    let asked =
        ["decide", "rules/examples/one-client.yaml", "--on", "2027-06-02", "--format", "json", "--log", log];
    let output = clearance(&[&asked[..], &who].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"expired\""));
    let replayed = clearance(&["log", "replay", log]);
    let said = String::from_utf8_lossy(&replayed.stdout).into_owned();
    assert_eq!(replayed.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&replayed.stderr));
}
