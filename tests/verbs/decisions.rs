//! Clients of the shipped page and the answers they must get, read from `tests/decisions.yaml`.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Suite {
    base: serde_json::Map<String, Value>,
    visit: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    answered_on: Option<String>,
    facts: BTreeMap<String, Value>,
    outcome: String,
    possible: Option<Vec<String>>,
    settled: Option<bool>,
    not_before: Option<String>,
    latest: Option<String>,
    book_from: Option<String>,
    cleared_when: Option<Vec<String>>,
    reasons: Option<Vec<String>>,
    questions: Option<Vec<String>>,
    steps: Option<BTreeMap<String, String>>,
    open_only: Option<String>,
    next_change: Option<String>,
}

fn suite() -> Suite {
    serde_yaml::from_str(include_str!("../decisions.yaml")).expect("the cases can be read")
}

/// One NDJSON line for each record, decided by the binary.
fn decide(records: &[Value]) -> Vec<Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["decide", "-", "--format", "ndjson"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    let mut input = child.stdin.take().expect("stdin is piped");
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()).expect("the records are read"));
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the records are read");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn record(suite: &Suite, case: &Case) -> Value {
    let mut facts = suite.base.clone();
    for (fact, answer) in &case.facts {
        match answer {
            Value::Null => drop(facts.remove(fact)),
            answer => drop(facts.insert(fact.clone(), answer.clone())),
        }
    }
    let answered_on = match case.answered_on.as_deref() {
        None => Value::from(suite.visit.clone()),
        Some("none") => Value::Null,
        Some(day) => Value::from(day),
    };
    json!({"client": case.name, "visit": suite.visit, "answered_on": answered_on, "facts": facts})
}

#[test]
fn every_client_gets_the_answer_it_must_get() {
    let suite = suite();
    let records: Vec<Value> = suite.cases.iter().map(|case| record(&suite, case)).collect();
    let decisions = decide(&records);
    assert_eq!(decisions.len(), suite.cases.len());
    let mut wrong = Vec::new();
    for (case, decision) in suite.cases.iter().zip(&decisions) {
        let names = |list: &Value, key: &str| -> Value {
            let list = list.as_array().into_iter().flatten();
            list.map(|item| {
                Value::from(item[key].as_str().unwrap_or_default().trim_start_matches("microneedling/"))
            })
            .collect()
        };
        let day = |expected: &Option<String>| {
            expected.as_ref().map(|day| if day == "none" { Value::Null } else { json!(day) })
        };
        let steps: serde_json::Map<String, Value> = decision["steps"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|step| (step["step"].as_str().unwrap_or_default().to_string(), step["do"].clone()))
            .collect();
        let held: Vec<Value> = decision["reasons"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|r| r["holds"] == "yes")
            .cloned()
            .collect();
        for (what, expected, found) in [
            ("outcome", Some(json!(case.outcome)), decision["outcome"].clone()),
            ("possible", case.possible.as_ref().map(|p| json!(p)), decision["possible"].clone()),
            ("settled", case.settled.map(Value::from), decision["settled"].clone()),
            ("not_before", day(&case.not_before), decision["wait"]["not_before"].clone()),
            ("latest", day(&case.latest), decision["wait"]["latest"].clone()),
            ("book_from", day(&case.book_from), decision["book_from"].clone()),
            (
                "cleared_when",
                case.cleared_when.as_ref().map(|c| json!(c)),
                decision["wait"]["cleared_when"].clone(),
            ),
            ("reasons", case.reasons.as_ref().map(|r| json!(r)), names(&Value::Array(held), "rule")),
            ("questions", case.questions.as_ref().map(|q| json!(q)), names(&decision["questions"], "fact")),
            ("steps", case.steps.as_ref().map(|s| json!(s)), Value::Object(steps)),
            ("open_only", case.open_only.as_ref().map(|o| json!(o)), decision["open_only"].clone()),
            ("next_change", day(&case.next_change), decision["next_change"].clone()),
        ] {
            if let Some(expected) = expected.filter(|expected| *expected != found) {
                wrong.push(format!("{}: {what} is {found}, must be {expected}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// From an empty record, answering each question that affects the outcome with no ends in `eligible`, and
/// a client who is certainly not eligible has no question left that could move the outcome.
#[test]
fn answering_every_question_with_no_ends_in_eligible() {
    let mut facts = serde_json::Map::new();
    let mut asked = Vec::new();
    loop {
        let record =
            json!({"client": "C", "visit": "2026-03-02", "answered_on": "2026-03-02", "facts": facts});
        let decision = decide(&[record]).remove(0);
        let moving: Vec<&Value> = decision["questions"]
            .as_array()
            .expect("questions")
            .iter()
            .filter(|question| question["affects"].as_array().is_some_and(|a| a.contains(&json!("outcome"))))
            .collect();
        let Some(first) = moving.first() else {
            assert_eq!(decision["outcome"], "eligible");
            break;
        };
        assert_eq!(decision["outcome"], "more information needed");
        let fact = first["fact"].as_str().expect("a fact").to_string();
        asked.push(fact.clone());
        facts.insert(fact, json!("no"));
        assert!(asked.len() < 20, "it never ends: {asked:?}");
    }
    assert_eq!(asked[0], "pregnant");
    assert!(
        !asked.contains(&"area_cm2".to_string()) && !asked.contains(&"numbing_cream_allergy".to_string())
    );
    assert_eq!(asked.len(), 8);

    let record = json!({"client": "C", "visit": "2026-03-02", "facts": {"pregnant": "yes"}});
    let decision = decide(&[record]).remove(0);
    assert_eq!((&decision["outcome"], &decision["settled"]), (&json!("not eligible"), &json!(true)));
    let moving = decision["questions"].as_array().expect("questions").iter();
    assert!(moving.clone().all(|question| !question["affects"].to_string().contains("outcome")));
}
