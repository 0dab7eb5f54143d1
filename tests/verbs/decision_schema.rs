//! What `decide` prints is what `clearance schema decision` says it prints.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a command prints; null if it could not run, as with a file that holds no records.
fn clearance(args: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_clearance")).args(args).output().expect("the binary runs");
    match output.status.code() {
        Some(2) => Value::Null,
        _ => serde_json::from_slice(&output.stdout).expect("JSON"),
    }
}

/// The parts of JSON Schema that the schema uses. A keyword it does not know is a failure of its own.
fn check(schema: &Value, root: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        let fine = match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" | "minItems" | "uniqueItems"
            | "minimum" => true,
            "$ref" => {
                let name =
                    rule.as_str().and_then(|path| path.strip_prefix("#/$defs/")).expect("a local reference");
                check(&root["$defs"][name], root, value, at, wrong);
                true
            }
            "oneOf" => {
                let fits = |one: &Value| {
                    let mut wrong = Vec::new();
                    check(one, root, value, at, &mut wrong);
                    wrong.is_empty()
                };
                rule.as_array().into_iter().flatten().filter(|one| fits(one)).count() == 1
            }
            "type" => {
                let is = |name: &str| match name {
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_u64(),
                    "null" => value.is_null(),
                    "array" => value.is_array(),
                    "object" => value.is_object(),
                    other => panic!("type {other}"),
                };
                rule.as_str().map_or_else(
                    || rule.as_array().into_iter().flatten().filter_map(Value::as_str).any(is),
                    is,
                )
            }
            "enum" => rule.as_array().is_some_and(|all| all.contains(value)),
            "const" => rule == value,
            "pattern" => value.as_str().is_none_or(|text| !text.is_empty()),
            "required" => {
                let keys = rule.as_array().into_iter().flatten().filter_map(Value::as_str);
                !value.is_object() || keys.into_iter().all(|key| value.get(key).is_some())
            }
            "properties" => {
                for (key, inner) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = rule.get(key) {
                        check(schema, root, inner, &format!("{at}/{key}"), wrong);
                    }
                }
                true
            }
            "additionalProperties" => {
                for (key, inner) in value.as_object().into_iter().flatten() {
                    if schema["properties"].get(key).is_some() {
                        continue;
                    }
                    match rule {
                        Value::Bool(true) => {}
                        Value::Bool(false) => wrong.push(format!("{at}: `{key}` is not in the schema")),
                        rule => check(rule, root, inner, &format!("{at}/{key}"), wrong),
                    }
                }
                true
            }
            "items" => {
                for (place, inner) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, root, inner, &format!("{at}/{place}"), wrong);
                }
                true
            }
            other => panic!("the keyword {other}"),
        };
        if !fine {
            wrong.push(format!("{at}: {keyword} {rule} does not fit {value}"));
        }
    }
}

#[test]
fn every_answer_fits_the_schema_of_decisions() {
    let schema = clearance(&["schema", "decision"]);
    let mut files: Vec<String> = Vec::new();
    for dir in ["rules/examples", "tests/records"] {
        for entry in std::fs::read_dir(Path::new(dir)).expect("the folder") {
            files.push(entry.expect("a file").path().to_str().expect("UTF-8").to_string());
        }
    }
    let mut answers = 0;
    for file in files {
        for answer in clearance(&["decide", &file, "--format", "json"]).as_array().into_iter().flatten() {
            let kind = if answer.get("error").is_some() { "unreadable" } else { "decision" };
            let mut wrong = Vec::new();
            check(&schema["$defs"][kind], &schema, answer, "", &mut wrong);
            assert!(wrong.is_empty(), "{file}, {}: {}", answer["client"], wrong.join("\n"));
            answers += 1;
        }
    }
    assert!(answers > 30);
}
