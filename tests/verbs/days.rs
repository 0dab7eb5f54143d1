//! The days in answers: how long a client waits, when the answer changes, and which questions move the wait. Each
//! folder under `tests/days` holds rules, perhaps in several writings, and records beside them.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn waits_and_changes() {
    insta::glob!("../days", "*/*.*", |path| {
        let case = path.parent().expect("a folder");
        let mut folders: Vec<_> = fs::read_dir(case)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        let said: Vec<String> = folders.iter().map(|rules| answers(rules, path)).collect();
        insta::assert_snapshot!(said.concat());
    });
}

fn answers(rules: &Path, records: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clearance"));
    command.args(["decide", "--format", "ndjson", "--rules"]).arg(rules).arg(records);
    let output = command.output().expect("the binary runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8_lossy(&output.stdout);
    let mut out = format!("# {}\n{errors}", rules.file_name().unwrap_or_default().to_string_lossy());
    for line in text.lines() {
        let answer: Value = serde_json::from_str(line).expect("JSON");
        out.push_str(&format!(
            "{} on {}: {}\n",
            said(&answer["client"]),
            said(&answer["visit"]),
            said(&answer["outcome"])
        ));
        out.push_str(&format!("  possible: {}\n", said(&answer["possible"])));
        if let Some(wait) = answer["wait"].as_object() {
            let [not_before, latest, cleared] =
                ["not_before", "latest", "cleared_when"].map(|key| said(&wait[key]));
            out.push_str(&format!("  not before: {not_before}, latest: {latest}, cleared when: {cleared}\n"));
        }
        out.push_str(&format!("  next change: {}\n", said(&answer["next_change"])));
        for question in answer["questions"].as_array().into_iter().flatten() {
            out.push_str(&format!(
                "  ask {}, which affects {}\n",
                said(&question["fact"]),
                said(&question["affects"])
            ));
        }
    }
    out
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => "none".to_string(),
        Value::Array(items) if items.is_empty() => "-".to_string(),
        Value::Array(items) => items.iter().map(said).collect::<Vec<_>>().join(" | "),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
