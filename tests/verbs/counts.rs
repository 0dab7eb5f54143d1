//! What counts as an answer, and for how long: each folder of `tests/counts` holds records, rules, and the commands
//! that are asked about them, and beside them stands all that was said.

use std::path::Path;
use std::process::Command;

/// What a command says in a folder, without the line that names the rules by their digest.
fn said(folder: &Path, command: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_clearance"))
        // A `~` is a blank within one word.
        .args(command.split_whitespace().map(|word| word.replace('~', " ")))
        .current_dir(folder)
        .stdin(std::process::Stdio::null())
        .output()
        .expect("the binary runs");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let all = text(&output.stderr) + text(&output.stdout).as_str();
    let lines = all.lines().filter(|line| !line.starts_with("Rules: ") && !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    format!("$ clearance {command}\n{}\nexit {}\n", lines.join("\n"), output.status.code().unwrap_or(-1))
}

#[test]
fn what_is_stale_planned_or_misread_clears_nobody() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
        insta::glob!("../counts", "*/commands", |path| {
            let folder = path.parent().expect("a folder");
            let commands = std::fs::read_to_string(path).expect("the commands");
            let all: Vec<String> = commands.lines().map(|command| said(folder, command)).collect();
            insta::assert_snapshot!("counts", all.join("\n"));
        });
    });
}
