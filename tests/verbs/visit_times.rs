//! Times after a treatment and days of sessions, read from `tests/aftercare.yaml` and `tests/plan.yaml`.

mod calendar;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use calendar::events;
use serde::Deserialize;
use serde_json::{Value, json};

fn clearance(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearance")).args(args).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn answer(args: &[&str]) -> String {
    let output = clearance(args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn json_of(args: &[&str]) -> Value {
    serde_json::from_str(&answer(&[args, &["--format", "json"]].concat())).expect("JSON")
}

/// An empty folder for a test of this name.
fn folder(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("a folder");
    dir
}

fn snapshot(name: &str, shown: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, shown);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Aftercare {
    may: Vec<May>,
    windows: Vec<Window>,
    refused: Vec<Refused>,
    page: String,
    other: Vec<May>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct May {
    ended: String,
    may: String,
    at: String,
    answer: String,
    from: Option<String>,
    until: Option<String>,
    near: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    ended: String,
    item: String,
    start: String,
    end: Option<String>,
    end_is: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    ended: String,
    may: Option<String>,
    at: Option<String>,
    says: Vec<String>,
}

fn aftercare() -> Aftercare {
    serde_yaml::from_str(include_str!("../aftercare.yaml")).expect("the cases can be read")
}

/// A rules folder with the page of `aftercare.yaml` and a clinic of this name.
fn other_rules(name: &str, clinic: &str, page: &str) -> String {
    let dir = folder(name);
    fs::create_dir_all(dir.join("peel")).expect("a folder");
    let source =
        "source: Sheet\nstatements:\n  S1: {line: 1, says: Better than any rival, client_text: no}\n";
    for (path, content) in [
        ("clinic.yaml", format!("name: \"{clinic}\"\ntime_zone: Europe/London\ncurrency: GBP\n")),
        ("facts.yaml", "note: {kind: yes/no, ask: Anything else?}\n".to_string()),
        ("peel/sheet.yaml", source.to_string()),
        ("peel.yaml", format!("{page}not_used: {{note: It is for people.}}\n")),
    ] {
        fs::write(dir.join(path), content).expect("a file");
    }
    dir.to_str().expect("UTF-8").to_string()
}

fn wrong_answers(cases: &[May], rules: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for May { ended, may, at, answer, from, until, near } in cases {
        let found =
            json_of(&["aftercare", "--rules", rules, "--ended", ended, "--may", may, "--at", at])["asked"]
                .take();
        for (what, expected) in [
            ("answer", json!(answer)),
            ("from", json!(from)),
            ("until", json!(until)),
            ("did_you_mean", json!(near)),
        ] {
            if found[what] != expected {
                wrong.push(format!(
                    "{may} at {at} after {ended}: {what} is {}, must be {expected}",
                    found[what]
                ));
            }
        }
    }
    wrong
}

#[test]
fn an_activity_is_allowed_when_it_must_be_and_not_before() {
    let suite = aftercare();
    let mut wrong = wrong_answers(&suite.may, "rules");
    wrong.extend(wrong_answers(&suite.other, &other_rules("other", "Peel Clinic", &suite.page)));
    for Window { ended, item, start, end, end_is } in &suite.windows {
        let sheets = json_of(&["aftercare", "--ended", ended]);
        let items = sheets["items"].as_array().expect("items");
        let found = items.iter().find(|one| one["item"] == json!(item)).expect("the item");
        for (what, expected) in [("start", json!(start)), ("end", json!(end)), ("end_is", json!(end_is))] {
            if found[what] != expected {
                wrong.push(format!("{item} after {ended}: {what} is {}, must be {expected}", found[what]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_time_that_cannot_be_meant_is_refused_with_what_to_type() {
    for case in &aftercare().refused {
        let mut args = vec!["aftercare", "--ended", &case.ended];
        for (flag, value) in [("--may", &case.may), ("--at", &case.at)] {
            args.extend(value.iter().flat_map(|value| [flag, value.as_str()]));
        }
        let output = clearance(&args);
        let shown = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        for says in &case.says {
            assert!(shown.contains(says), "{args:?} must say `{says}`:\n{shown}");
        }
    }
    // What is offered runs, and the two readings differ.
    let offered = ["2026-10-25T01:30+01:00", "2026-10-25T01:30+00:00"];
    let ended = offered.map(|ended| json_of(&["aftercare", "--ended", ended])["ended"].take());
    assert_eq!(ended, offered.map(|ended| json!(ended.replace(":30+", ":30:00+"))));
}

#[test]
fn the_sheets_read_as_approved() {
    let ended = "2026-03-02T10:45";
    for (name, args) in [
        ("aftercare@timeline", vec!["aftercare", "--ended", ended]),
        ("aftercare@may", vec!["aftercare", "--ended", ended, "--may", "sunscreen", "--at", "+10h"]),
        ("aftercare@silent", vec!["aftercare", "--ended", ended, "--may", "workot", "--at", "+10h"]),
        ("plan@first", vec!["plan", "--first", "2026-03-02"]),
        ("plan@client", vec!["plan", "rules/examples/clients.yaml", "--client", "C11"]),
        ("plan@no-plan", vec!["plan", "rules/examples/clients.yaml", "--client", "C10"]),
    ] {
        let shown = answer(&args);
        assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
        snapshot(name, &shown);
    }
    // The digest is part of each event's name and changes with every rule.
    let calendar = answer(&["aftercare", "--ended", ended, "--format", "ics"]);
    let stable: String = calendar
        .replace('\r', "")
        .lines()
        .filter(|line| !line.starts_with("UID:"))
        .map(|line| format!("{line}\n"))
        .collect();
    snapshot("aftercare@ics", &stable);
    let page = answer(&["aftercare", "--ended", ended, "--format", "html"]);
    let body = page.split("</head>").nth(1).expect("a body");
    snapshot("aftercare@html", &body.replace("<section>", "\n<section>").replace("<li>", "\n<li>"));
}

#[test]
fn the_calendar_is_one_that_programs_import() {
    let args = ["aftercare", "--ended", "2026-03-28T12:00", "--format", "ics"];
    let file = answer(&args);
    let found = events(&file);
    assert_eq!(found.len(), 7);
    let makeup = found.iter().find(|event| event["SUMMARY"].contains("Make-up")).expect("the event");
    assert_eq!(
        (makeup["DTSTART"].as_str(), makeup["DTEND"].as_str()),
        ("20260328T120000Z", "20260330T120000Z")
    );
    assert_eq!(makeup["DTSTAMP"], "20260328T120000Z");
    assert_eq!(answer(&args), file, "the same input, the same bytes");
    let told = file.to_lowercase();
    assert!(["microneedling", "acne", "scar", "redness", "clinic"].iter().all(|fact| !told.contains(fact)));
    let sessions = events(&answer(&["plan", "--first", "2026-03-02", "--format", "ics"]));
    let days: Vec<(&str, &str)> = sessions
        .iter()
        .map(|event| (event["DTSTART;VALUE=DATE"].as_str(), event["DTEND;VALUE=DATE"].as_str()))
        .collect();
    assert_eq!(days[1], ("20260330", "20260414"));
    assert_eq!((days.len(), days[3]), (4, ("20260525", "20260707")));
}

#[test]
fn whatever_stands_in_the_rules_shows_as_text() {
    let wide = "\u{00e9}\u{4e2d}\u{1f600}".repeat(30);
    let page = aftercare().page.replace("avoid: Sun\n", &format!("avoid: <b>Sun</b> & {wide}\n"));
    let rules = other_rules("hostile", "<script>alert(1)</script>", &page);
    let args = ["aftercare", "--rules", &rules, "--ended", "2026-03-02T10:00", "--format"];
    let shown = answer(&[&args[..], &["html"]].concat());
    assert!(shown.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !shown.contains("<script"), "{shown}");
    assert!(
        shown.contains("&lt;b&gt;Sun&lt;/b&gt; &amp;") && !shown.contains("http:") && !shown.contains("src=")
    );
    // A claim that clients are not to be handed, and what is allowed because of it, stays out.
    assert!(!shown.contains("rival") && !shown.contains("as it is safe"), "{shown}");
    assert!(answer(&args[..5]).contains("Better than any rival"));

    let found = events(&answer(&[&args[..], &["ics"]].concat()));
    let cream = found.iter().find(|event| event["SUMMARY"].contains("cream")).expect("the event");
    assert!(
        cream["SUMMARY"].starts_with("Do: Use the cream, thinly; twice a day. Keep \\ away from the eyes.")
    );
    assert!(found.iter().any(|event| event["SUMMARY"] == format!("Avoid: <b>Sun</b> & {wide}")));
    assert!(found.iter().all(|event| !event["SUMMARY"].contains("safe")));

    let backwards = page.replace("from: 47 hours", "from: 72 hours");
    let output = clearance(&["check", "--rules", &other_rules("backwards", "Clinic", &backwards)]);
    assert!(text(&output.stdout).contains("this window ends before it starts"), "{}", text(&output.stdout));
}

#[derive(Deserialize)]
struct Plans {
    base: serde_json::Map<String, Value>,
    visit: String,
    cases: Vec<Plan>,
    changed: Changed,
}

#[derive(Deserialize)]
struct Changed {
    values: String,
    first: String,
    sessions: Vec<[String; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    name: String,
    first: Option<String>,
    #[serde(default)]
    facts: BTreeMap<String, Value>,
    #[serde(default)]
    sessions: Vec<[String; 2]>,
    results: Option<BTreeMap<String, [String; 2]>>,
    book: Option<String>,
    steps: Option<BTreeMap<String, String>>,
    notes: Option<Vec<String>>,
    no_plan: Option<Vec<String>>,
}

fn windows(plan: &Value) -> Vec<[Value; 2]> {
    let sessions = plan["sessions"].as_array().expect("sessions").iter();
    sessions.map(|session| [session["from"].clone(), session["to"].clone()]).collect()
}

fn planned(suite: &Plans, case: &Plan, dir: &Path) -> Value {
    if let Some(first) = &case.first {
        return json_of(&["plan", "--first", first]);
    }
    let mut facts = suite.base.clone();
    for (fact, answer) in &case.facts {
        match answer {
            Value::Null => drop(facts.remove(fact)),
            answer => drop(facts.insert(fact.clone(), answer.clone())),
        }
    }
    let path = dir.join("record.json");
    let record = json!({"client": "C", "visit": suite.visit, "answered_on": suite.visit, "facts": facts});
    fs::write(&path, record.to_string()).expect("a file");
    json_of(&["plan", path.to_str().expect("UTF-8")])
}

#[test]
fn each_session_lies_in_its_window() {
    let suite: Plans = serde_yaml::from_str(include_str!("../plan.yaml")).expect("the cases can be read");
    let dir = folder("plans");
    let mut wrong = Vec::new();
    for case in &suite.cases {
        let plan = planned(&suite, case, &dir);
        let mut expect = |what: &str, holds: bool, found: String| {
            if !holds {
                wrong.push(format!("{}: {what} is {found}", case.name));
            }
        };
        let sessions = windows(&plan);
        expect("sessions", json!(sessions) == json!(case.sessions), json!(sessions).to_string());
        for (which, days) in case.results.iter().flatten() {
            let found = json!([plan["results"][which]["from"], plan["results"][which]["to"]]);
            expect("results", found == json!(days), found.to_string());
        }
        if let Some(book) = &case.book {
            expect("book", plan["appointment"]["book"] == json!(book), plan["appointment"].to_string());
        }
        if let Some(steps) = &case.steps {
            let found = plan["steps"].as_array().into_iter().flatten();
            let found: BTreeMap<String, Value> = found
                .map(|step| (step["step"].as_str().unwrap_or_default().to_string(), step["do"].clone()))
                .collect();
            expect("steps", json!(found) == json!(steps), json!(found).to_string());
        }
        if let Some(notes) = &case.notes {
            let found: Vec<&str> =
                plan["notes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let same =
                found.len() == notes.len() && found.iter().zip(notes).all(|(a, b)| a.contains(b.as_str()));
            expect("notes", same, format!("{found:?}"));
        }
        let none = plan["no_plan"].to_string();
        match &case.no_plan {
            Some(says) => expect("no plan", says.iter().all(|says| none.contains(says)), none),
            None => expect("no plan", plan["no_plan"].is_null(), none),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The number in force on the day of a session counts, and a withdrawn page plans nothing.
#[test]
fn a_plan_follows_the_rules_of_its_days() {
    let suite: Plans = serde_yaml::from_str(include_str!("../plan.yaml")).expect("the cases can be read");
    let dir = folder("changed");
    let rules = dir.to_str().expect("UTF-8");
    assert!(clearance(&["init", rules]).status.success());
    let path = dir.join("microneedling.yaml");
    let page = fs::read_to_string(&path).expect("the page");
    let at = page.find("        value: 6 weeks").expect("the gap");
    let after = at + page[at..].find("\n\n").expect("the end of the parameter") + 1;
    fs::write(&path, format!("{}{}{}", &page[..after], suite.changed.values, &page[after..]))
        .expect("a file");
    let plan = json_of(&["plan", "--rules", rules, "--first", &suite.changed.first]);
    assert_eq!(json!(windows(&plan)), json!(suite.changed.sessions));

    let switch = "withdrawn:\n  since: 2026-03-01\n  because: A batch was recalled.\n  by: B. Lind\n";
    fs::write(&path, format!("{page}\n{switch}")).expect("a file");
    let plan = json_of(&["plan", "--rules", rules, "--first", "2026-03-02"]);
    assert_eq!(plan["no_plan"]["because"], json!(["A batch was recalled."]));
    let client = json_of(&["plan", "rules/examples/one-client.yaml", "--rules", rules]);
    assert_eq!(client["no_plan"]["outcome"], "needs review");
    assert_eq!(client["no_plan"]["because"][0], "A batch was recalled.");
    let calendar = clearance(&["plan", "--rules", rules, "--first", "2026-03-02", "--format", "ics"]);
    assert_eq!((calendar.status.code(), calendar.stdout.len()), (Some(1), 0));
}

/// The days on which the record already rules the client out are in no window, in no format.
#[test]
fn plan_offers_days_decide_refuses() {
    let case = "tests/plans/plan-offers-days-decide-refuses";
    let (rules, record) = (format!("{case}/rules"), format!("{case}/client.yaml"));
    let plan = json_of(&["plan", &record, "--rules", &rules]);
    assert_eq!(json!(windows(&plan)), json!([["2026-12-21", "2026-12-21"], ["2027-01-18", "2027-01-18"]]));
    let out = &plan["left_out"][0];
    let days = (&out["session"], &out["from"], &out["to"], &out["outcome"]);
    assert_eq!(days, (&json!(2), &json!("2027-01-19"), &json!("2027-02-01"), &json!("deferred")));
    assert_eq!(out["because"], json!(["Redness must be gone before the event."]));
    let shown = clearance(&["plan", &record, "--rules", &rules]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    let left_out =
        "LEFT OUT\n  Session 2, Tue 19 January 2027 to Mon 1 February 2027: deferred\n      Redness must";
    assert!(shown.contains("  Session 2: Mon 18 January 2027\n") && shown.contains(left_out), "{shown}");
    // A week later the window goes on behind the event.
    let split = [&["plan", &record, "--rules", &rules, "--visit", "2026-12-28"][..]].concat();
    let plan = json_of(&split);
    let expected = json!([["2026-12-28", "2026-12-28"], ["2027-02-02", "2027-02-08"]]);
    assert_eq!(json!(windows(&plan)), expected);
    // Where an earlier event leaves days before and after it, the session has a window for each.
    let dir = folder("split");
    let path = dir.join("client.json");
    fs::write(&path, r#"{"client": "A", "visit": "2026-12-21", "facts": {"event_on": "2027-01-28"}}"#)
        .expect("a record");
    let page =
        fs::read_to_string(format!("{rules}/peel.yaml")).expect("a page").replace("days(14)", "days(4)");
    for file in ["clinic.yaml", "facts.yaml"] {
        fs::copy(format!("{rules}/{file}"), dir.join(file)).expect("a copy");
    }
    fs::write(dir.join("peel.yaml"), page).expect("a page");
    let args = ["plan", path.to_str().expect("UTF-8"), "--rules", dir.to_str().expect("UTF-8")];
    let plan = json_of(&args);
    let sessions =
        json!([["2026-12-21", "2026-12-21"], ["2027-01-18", "2027-01-24"], ["2027-01-29", "2027-02-01"]]);
    assert_eq!(json!(windows(&plan)), sessions);
    assert_eq!(plan["course"], 2);
    let shown = String::from_utf8_lossy(&clearance(&args).stdout).into_owned();
    let line = "  Session 2: Mon 18 January 2027 to Sun 24 January 2027, or Fri 29 January 2027\n";
    assert!(shown.contains(line) && shown.starts_with("A: Peel, a course of 2 sessions"), "{shown}");
    let calendar = clearance(&[&args[..], &["--format", "ics"]].concat());
    let calendar = String::from_utf8_lossy(&calendar.stdout).into_owned();
    let summary = |line: &&str| line.starts_with("SUMMARY");
    let summaries: Vec<&str> = calendar.lines().filter(summary).collect();
    let of_two = r"SUMMARY:Session 2 of 2: one day of these\, or of its other days";
    assert_eq!(summaries, ["SUMMARY:Session 1 of 2", of_two, of_two]);
    let uids: std::collections::BTreeSet<&str> =
        calendar.lines().filter(|line| line.starts_with("UID")).collect();
    assert_eq!(uids.len(), 3);
}
