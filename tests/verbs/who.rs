//! What `clearance who` prints: whom a rule speaks for, and what clients would need for a better outcome.

use std::process::{Command, Output};

use clearance::inside::report::schema;
use serde_json::Value;

fn who(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearance")).args(args).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A snapshot that a clinical lead reads on one screen.
fn keep(name: &str, shown: &str) {
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    assert!(shown.lines().count() <= 40, "{shown}");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("who@{name}"), shown);
    });
}

const PEEL: [&str; 5] = ["--rules", "tests/who/rules", "who", "--visit", "2026-03-02"];

#[test]
fn whom_a_rule_speaks_for() {
    for rule in ["isotretinoin", "skin_disease", "spacing_too_late"] {
        let output = who(&["who", rule, "--visit", "2026-03-02"]);
        keep(rule, &text(&output.stdout));
    }
    for rule in ["too_young", "dark_and_large", "lupus_or_much", "burnt_since", "trip"] {
        let output = who(&[&PEEL[..], &[rule]].concat());
        keep(rule, &text(&output.stdout));
    }
    let output = who(&[&PEEL[..], &["peel/burn"]].concat());
    keep("several-rules-of-one-name", &text(&output.stdout));
}

/// Without a base client an example names every answer that its rule reads: of somebody with only some of them the rule
/// is unknown.
#[test]
fn who_leaves_the_answer_out() {
    let args = ["who", "too_light", "--rules", "tests/who/no-cases"];
    let shown = text(&who(&args).stdout);
    let such = "Such as a client with height cm: 132.5; weight kg: 30, on a visit";
    assert!(shown.split_whitespace().collect::<Vec<_>>().join(" ").contains(such), "{shown}");
    let json: Value =
        serde_json::from_slice(&who(&[&args[..], &["--format", "json"]].concat()).stdout).expect("JSON");
    let answers = serde_json::json!({"height_cm": "132.5", "weight_kg": "30"});
    assert_eq!(json["rules"][0]["example"]["answers"], answers, "{json}");
}

#[test]
fn what_a_client_would_need() {
    for client in [
        "two answers",
        "waits",
        "waits and was not asked",
        "reviewed",
        "reviewed for some days",
        "two sources",
    ] {
        let output = who(&["who", "--for", "tests/who/clients.yaml", "--client", client]);
        assert_eq!(output.status.code(), Some(0), "{client}");
        keep(&client.replace(' ', "-"), &text(&output.stdout));
    }
    let output = who(&["who", "--for", "tests/who/clients.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is no fact `pregnent`"), "{}", text(&output.stderr));
}

/// The record of a client with the answers that are said to help, as JSON writes them, is decided as is said.
#[test]
fn what_is_said_to_help_does_when_the_record_says_so() {
    let output = who(&["who", "--for", "tests/who/clients.yaml", "--format", "json"]);
    let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let records = std::fs::read_to_string("tests/who/clients.yaml").expect("the clients");
    let records: Vec<serde_yaml::Value> = serde_yaml::from_str(&records).expect("YAML");
    let mut decided = 0;
    for (client, record) in all.as_array().expect("a list").iter().zip(&records) {
        for better in client["better"].as_array().into_iter().flatten() {
            for (way, visit) in [("answers", &client["visit"]), ("waiting", &better["waiting"]["visit"])] {
                let changes = &better[way]["changes"];
                if better[way]["help"] != "yes" {
                    continue;
                }
                let mut record: Value = serde_json::to_value(record).expect("a record");
                for change in changes.as_array().expect("changes") {
                    for fact in change["facts"].as_array().expect("facts") {
                        change_fact(&mut record, fact.as_str().expect("a fact"), &change["such_as"], visit);
                    }
                }
                record["visit"] = visit.clone();
                let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("who.json");
                std::fs::write(&path, record.to_string()).expect("a record");
                let output = who(&["decide", path.to_str().expect("UTF-8"), "--format", "json"]);
                let decision: Value = serde_json::from_slice(&output.stdout).expect("JSON");
                let possible = &decision[0]["possible"];
                assert_eq!(*possible, serde_json::json!([better["outcome"]]), "{record} {decision}");
                decided += 1;
            }
        }
    }
    assert!(decided >= 10, "{decided}");
}

/// Answers a fact or an option on the day of the visit. What a list or `none` said before stays said by option.
fn change_fact(record: &mut Value, name: &str, answer: &Value, visit: &Value) {
    let facts = record["facts"].as_object_mut().expect("facts");
    let Some((fact, option)) = name.split_once('.') else {
        facts.insert(name.to_string(), serde_json::json!({"answer": answer, "on": visit}));
        return;
    };
    let before = facts.remove(fact).unwrap_or(Value::Null);
    let mut options = match before {
        Value::Object(mut one) if one.contains_key("answer") => one["answer"].take(),
        other => other,
    };
    if let Value::String(_) | Value::Bool(_) = options {
        options = serde_json::json!({"rest": "no"});
    }
    if let Value::Array(named) = &options {
        let mut each = serde_json::json!({"rest": "no"});
        named.iter().for_each(|name| each[name.as_str().expect("an option")] = "yes".into());
        options = each;
    }
    if options.is_null() {
        options = serde_json::json!({});
    }
    options[option] = answer.clone();
    facts.insert(fact.to_string(), serde_json::json!({"answer": options, "on": visit}));
}

#[test]
fn what_is_printed_is_what_the_schema_says() {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    let known = schema::named("who").expect("the schema");
    compiler.add_resource("who.json", serde_json::from_str(known.json).expect("JSON")).expect("a schema");
    let index = compiler.compile("who.json", &mut schemas).expect("a schema");
    let mut answers = vec![
        who(&["who", "--for", "tests/who/clients.yaml", "--format", "json"]),
        who(&["who", "--for", "rules/examples/clients.yaml", "--format", "json"]),
        who(&["who", "isotretinoin", "--format", "json"]),
    ];
    for rule in ["too_young", "dark_and_large", "lupus_or_much", "burnt_since", "burn", "trip"] {
        answers.push(who(&[&PEEL[..], &[rule, "--format", "json"]].concat()));
    }
    for answer in &answers {
        let json: Value = serde_json::from_slice(&answer.stdout).expect("JSON");
        assert_eq!(schemas.validate(&json, index).map_err(|error| error.to_string()), Ok(()));
        let mut slip = json.clone();
        let first = if slip.is_array() { &mut slip[0] } else { &mut slip };
        first["slip"] = true.into();
        assert!(schemas.validate(&slip, index).is_err(), "{slip}");
    }
    let burn: Value = serde_json::from_slice(&answers[7].stdout).expect("JSON");
    assert_eq!(burn["rules"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_is_not_there_is_said() {
    for (args, said) in [
        (vec!["who", "isotretinion"], "did you mean `microneedling/isotretinoin`?"),
        (vec!["who", "pregnancy", "--visit", "2025-01-01"], "lies outside the days"),
        (vec!["who", "--for", "tests/who/clients.yaml", "--client", "nobody"], "holds no client `nobody`"),
    ] {
        let output = who(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
}
