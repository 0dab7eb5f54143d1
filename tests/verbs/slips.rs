//! `tests/slips.yaml`: one slip at a time in the shipped rules gives one finding, at the slip.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

use crate::folder::{copy, replace_once};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Slip {
    slip: String,
    file: String,
    old: String,
    new: String,
    /// The code of the finding.
    found: String,
    /// Where it stands, if not on the first line that differs.
    line: Option<usize>,
}

/// Code, file and line of all that `check` finds but the query that is open anyway.
fn found(rules: &Path) -> Vec<(String, String, u64)> {
    let mut check = Command::new(env!("CARGO_BIN_EXE_clearance"));
    let output = check.args(["check", "--format", "json", "--rules", "."]).current_dir(rules).output();
    let output = output.expect("it runs");
    let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let all = all.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let each = all.iter().filter(|one| one["code"] != "open-query");
    each.map(|one| (text(&one["code"]), text(&one["file"]), one["line"].as_u64().unwrap_or(0))).collect()
}

#[test]
fn each_slip_gives_one_finding_at_its_place() {
    let slips: Vec<Slip> =
        serde_yaml::from_str(include_str!("../slips.yaml")).expect("the slips can be read");
    assert!(slips.len() >= 40);
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("slips");
    let mut wrong = Vec::new();
    for (at, Slip { slip, file, old, new, found: code, line }) in slips.iter().enumerate() {
        let rules = root.join(at.to_string());
        copy(Path::new("rules"), &rules);
        let before = replace_once(&rules.join(file), old, new);
        let same = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
        let lines = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count();
        let own = lines(before.as_bytes()) + 1 + lines(&old.as_bytes()[..same]);
        let expected = (code.clone(), file.clone(), line.unwrap_or(own) as u64);
        let found = found(&rules);
        if found != [expected.clone()] {
            wrong.push(format!("{slip}: expected {expected:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
