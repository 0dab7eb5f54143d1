//! What an answer says: what to do, with the reasons and numbers that decided. Each folder of `tests/decisions` holds
//! rules and clients; all that people and tables are told about them is approved.

use std::path::Path;
use std::process::Command;

fn decide(client: &Path, more: &[&str]) -> String {
    let folder = client.parent().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["decide", "client.yaml"])
        .args(more)
        .current_dir(folder)
        .output()
        .expect("the binary runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(0), "{text}");
    // The last line names the rules, whose digest changes with every word of theirs.
    let lines = text.lines().filter(|line| !line.starts_with("Rules: "));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn people_and_tables_are_told_what_decided() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
        insta::glob!("../decisions", "*/client.yaml", |path| {
            let why = format!("{}\n{}", decide(path, &["--why"]), decide(path, &["--format", "csv"]));
            insta::assert_snapshot!("reasons", format!("{}\n== why\n\n{why}", decide(path, &[])));
        });
    });
}
