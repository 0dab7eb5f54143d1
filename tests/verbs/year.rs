//! A lead's year on the shipped rules, month by month in `tests/year`: why something is changed, the change as in
//! `tests/diff`, the commands a lead types, and what each printed. Every month begins with the rules of the last.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::folder::{copy, replace};

/// What stands in a file: why, and then changes and commands in turn.
fn month(text: &str, root: &Path) -> String {
    let mut told = String::new();
    let mut change = String::new();
    for line in text.lines() {
        if let Some(why) = line.strip_prefix("# ") {
            told += &format!("# {why}\n");
        } else if let Some(command) = line.strip_prefix("$ clearance ") {
            replace(&std::mem::take(&mut change), &root.join("new"));
            told += &format!("\n$ clearance {command}\n{}", run(command, root));
        } else {
            change += &format!("{line}\n");
        }
    }
    assert_eq!(change.trim(), "", "a change without a command");
    told
}

pub fn run(command: &str, root: &Path) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_clearance"));
    // Whoever accepts answers is no CI.
    program.args(command.split_whitespace()).current_dir(root).env_remove("CI");
    let output = program.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().unwrap_or(-1);
    format!("{}{}exit {code}\n", text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_lead_is_told_what_each_change_does() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("year");
    let _ = fs::remove_dir_all(&root);
    for side in ["before", "new"] {
        copy(Path::new("rules"), &root.join(side));
    }
    let entries = fs::read_dir("tests/year").expect("a folder");
    let mut months: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    months.sort();
    assert_eq!(months.len(), 12);
    for file in months {
        let _ = fs::remove_dir_all(root.join("old"));
        copy(&root.join("new"), &root.join("old"));
        let told = month(&fs::read_to_string(&file).expect("a month"), &root);
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("year@{name}"), told);
        });
    }
}
