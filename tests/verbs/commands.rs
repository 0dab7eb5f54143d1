//! The commands as somebody runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn clearance(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearance")).args(args).output().expect("the program runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    let _ = fs::remove_dir_all(&dir);
    dir
}

#[test]
fn the_shipped_rules_have_one_warning() {
    let output = clearance(&["check"]);
    let said = out(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.starts_with("warning[open-query]: "), "{said}");
    let last = "rules: 1 treatment, 12 rules, 10 facts, 41 statements: no errors, 1 warning\n";
    assert!(said.ends_with(last), "{said}");
    assert!(!said.contains('\u{1b}'), "no colours where no terminal reads");
    assert_eq!(clearance(&["check", "--deny", "warnings"]).status.code(), Some(1));
    let json: serde_json::Value =
        serde_json::from_str(&out(&clearance(&["check", "--format", "json"]))).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(1));
    assert_eq!(json[0]["code"], "open-query");
}

#[test]
fn rules_that_are_not_there_end_with_two() {
    for (dir, words) in [
        ("no/such", "`clearance init no/such` writes the shipped rules there"),
        ("Cargo.toml", "is a file, not a folder"),
    ] {
        let output = clearance(&["check", "--rules", dir]);
        assert_eq!(output.status.code(), Some(2));
        assert!(err(&output).contains(words), "{}", err(&output));
    }
    assert_eq!(clearance(&["chekc"]).status.code(), Some(2));
}

#[test]
fn init_writes_the_shipped_rules_once() {
    let dir = folder("init");
    let name = dir.to_string_lossy().into_owned();
    let output = clearance(&["init", &name]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(clearance(&["--rules", &name, "check"]).status.code(), Some(0));
    fs::write(dir.join("facts.yaml"), "mine").expect("a file to change");
    fs::remove_file(dir.join("clinic.yaml")).expect("a file to remove");
    let again = clearance(&["init", &name]);
    assert_eq!(again.status.code(), Some(2));
    assert!(err(&again).contains("nothing was written"), "{}", err(&again));
    assert_eq!(fs::read_to_string(dir.join("facts.yaml")).ok().as_deref(), Some("mine"));
    assert!(!dir.join("clinic.yaml").exists());
}

#[test]
fn check_with_a_folder_says_how_to_name_it() {
    let output = clearance(&["check", "mine"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("write `clearance check --rules mine`"));
}

#[test]
fn every_code_is_explained() {
    let list = out(&clearance(&["explain"]));
    assert!(list.lines().count() > 40);
    let page = clearance(&["explain", "not-in-yaml"]);
    assert!(out(&page).starts_with("# not-in-yaml\n"));
    let unknown = clearance(&["explain", "not-in-yml"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("did you mean `not-in-yaml`?"));
    assert_eq!(err(&unknown).lines().count(), 2);
    assert!(out(&clearance(&["explain", "error[no-reason]"])).starts_with("# no-reason\n"));
}

#[test]
fn schemas_and_completions_are_printed() {
    assert_eq!(out(&clearance(&["schema"])).lines().count(), 9);
    assert!(out(&clearance(&["schema", "page"])).starts_with("{\n"));
    assert_eq!(clearance(&["schema", "pages"]).status.code(), Some(2));
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(out(&clearance(&["completions", shell])).contains("explain"), "{shell}");
    }
}

#[test]
fn where_nobody_reads_nothing_is_said_and_the_exit_code_tells() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["schema", "page"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!((output.status.code(), err(&output)), (Some(141), String::new()));
}
