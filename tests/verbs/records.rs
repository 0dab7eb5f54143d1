//! Records with something wrong in them: each a file in `tests/records`, and all that `decide` says about it.

use std::path::Path;
use std::process::Command;

fn decide(path: &Path, more: &[&str]) -> String {
    let shown = Path::new("tests/records").join(path.file_name().expect("a file"));
    let output = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .arg("decide")
        .arg(&shown)
        .args(more)
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let shown = format!("{}{}", text(output.stderr), text(output.stdout));
    // The last line names the rules, whose digest changes with every word of theirs.
    let lines: Vec<&str> = shown.lines().filter(|line| !line.starts_with("Rules: ")).collect();
    format!("{}\nexit {}\n", lines.join("\n"), output.status.code().unwrap_or(-1))
}

#[test]
fn what_is_wrong_with_a_record_is_said_in_its_place() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
        insta::glob!("../records", "*.*", |path| {
            insta::assert_snapshot!("records", decide(path, &[]));
        });
    });
}

/// Every kind of finding about records is in one of the files above.
#[test]
fn each_finding_about_records_has_its_file() {
    for code in [
        "unknown-fact",
        "bad-answer",
        "future-answer",
        "bad-record",
        "repeated-client",
        "empty-list",
        "not-in-force",
        "review-not-usable",
    ] {
        let found = std::fs::read_dir("tests/records").expect("the folder").any(|entry| {
            let path = entry.expect("a file").path();
            let named = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(code));
            named && decide(&path, &[]).contains(&format!("[{code}]"))
        });
        assert!(found, "{code}");
    }
}

#[test]
fn no_cell_is_a_formula_and_no_byte_drives_a_terminal() {
    let path = Path::new("tests/records/control-characters.ndjson");
    let csv = decide(path, &["--format", "csv"]);
    assert!(csv.contains("'=cmd()") && csv.contains("\n'+1,"), "{csv}");
    for format in ["human", "json", "ndjson", "csv"] {
        let text = decide(path, &["--format", format, "--why"]);
        let drives = |c: char| c.is_control() && c != '\n' || ('\u{2028}'..='\u{202e}').contains(&c);
        assert!(!text.contains(drives), "{format}: {text}");
    }
}
