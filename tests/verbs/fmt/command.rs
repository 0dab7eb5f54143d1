//! The command as somebody runs it: what it writes, what it leaves alone, how it ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MESSY: &str = "revision:   1   \r\ntreatment: Peel   # the name\r\n";
const CANONICAL: &str = "treatment: Peel   # the name\nrevision: 1\n";

/// A rules folder to format. It is not sound, which does not matter here.
struct Rules(PathBuf);

impl Rules {
    fn new(name: &str) -> Rules {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fmt").join(name);
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).expect("a folder");
        Rules(dir)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a folder above")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).expect("a file")
    }

    fn fmt(&self, args: &[&str]) -> (Option<i32>, String) {
        let dir = self.0.to_string_lossy().into_owned();
        let output: Output = Command::new(env!("CARGO_BIN_EXE_clearance"))
            .args(["--rules", &dir, "fmt"])
            .args(args)
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        (output.status.code(), said.replace(&dir, "rules"))
    }

    /// The names of all files, those that start with a dot as well.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

#[test]
fn check_shows_and_writes_nothing() {
    let rules = Rules::new("check");
    rules.write("peel.yaml", MESSY);
    rules.write("clinic.yaml", "name: A clinic\n");
    let expected = "peel.yaml would change:\n  -    1 revision:   1 (ends in CR LF)\n  -    2 treatment: Peel   # \
                    the name (ends in CR LF)\n  +    1 treatment: Peel   # the name\n  +    2 revision: 1\n\
                    rules: 2 files: 1 would change; `clearance fmt` rewrites them\n";
    assert_eq!(rules.fmt(&["--check"]), (Some(1), expected.to_string()));
    assert_eq!(rules.read("peel.yaml"), MESSY);
    let rewritten = "peel.yaml rewritten\nrules: 2 files: 1 rewritten\n";
    assert_eq!(rules.fmt(&[]), (Some(0), rewritten.to_string()));
    assert_eq!(rules.read("peel.yaml"), CANONICAL);
    let nothing = "rules: 2 files: nothing to change\n".to_string();
    assert_eq!(rules.fmt(&["--check"]), (Some(0), nothing.clone()));
    assert_eq!(rules.fmt(&[]), (Some(0), nothing));
    assert_eq!(rules.names(), ["clinic.yaml", "peel.yaml"]);
}

#[test]
fn every_kind_of_rule_file_is_covered_and_nothing_else() {
    let rules = Rules::new("kinds");
    for path in ["peel.yaml", "facts.yaml", "peel/leaflet.yaml", "peel/cases/a.yaml"] {
        rules.write(path, "a:   1\n");
    }
    let left = ["examples/a.yaml", "peel/cases/approved/a.yaml", "peel/b.rhai", ".hidden.yaml", "README.md"];
    for path in left {
        rules.write(path, "a:   1\n");
    }
    let (code, said) = rules.fmt(&[]);
    assert_eq!((code, said.lines().last()), (Some(0), Some("rules: 4 files: 4 rewritten")), "{said}");
    for path in ["peel.yaml", "facts.yaml", "peel/leaflet.yaml", "peel/cases/a.yaml"] {
        assert_eq!(rules.read(path), "a: 1\n", "{path}");
    }
    for path in left {
        assert_eq!(rules.read(path), "a:   1\n", "{path}");
    }
}

#[test]
fn a_file_with_errors_is_left_and_the_others_are_formatted() {
    let rules = Rules::new("errors");
    rules.write("facts.yaml", "a: [1\nb:   2\n");
    rules.write("clinic.yaml", "name: é\n");
    fs::write(rules.0.join("hazards.yaml"), b"H1: \xe9\n").expect("a file");
    rules.write("peel.yaml", MESSY);
    let (code, said) = rules.fmt(&[]);
    assert_eq!(code, Some(1), "{said}");
    for words in ["facts.yaml:", "`hazards.yaml` is not UTF-8", "files with errors were left", "1 rewritten"]
    {
        assert!(said.contains(words), "no `{words}` in {said}");
    }
    assert_eq!(rules.read("facts.yaml"), "a: [1\nb:   2\n");
    assert_eq!(rules.read("peel.yaml"), CANONICAL);
    assert_eq!(rules.fmt(&["--check"]).0, Some(1));
}

#[test]
fn wrong_arguments_end_with_two() {
    let rules = Rules::new("arguments");
    let (code, said) = rules.fmt(&["peel.yaml"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("`clearance fmt --rules peel.yaml`"), "{said}");
    assert_eq!(Rules(rules.0.join("none")).fmt(&[]).0, Some(2));
}

#[cfg(unix)]
#[test]
fn who_may_read_a_file_stays_the_same() {
    use std::os::unix::fs::PermissionsExt;
    let rules = Rules::new("permissions");
    rules.write("peel.yaml", MESSY);
    let path = rules.0.join("peel.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
    assert_eq!(rules.fmt(&[]).0, Some(0));
    assert_eq!(rules.read("peel.yaml"), CANONICAL);
    assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o640);
}

/// Only whoever may write in the folder may rewrite a file: nothing of it is lost, and the others are done.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_stays_whole() {
    use std::os::unix::fs::PermissionsExt;
    let rules = Rules::new("read-only");
    rules.write("peel/leaflet.yaml", "a:   1\n");
    rules.write("peel.yaml", MESSY);
    let mode = |mode| fs::set_permissions(rules.0.join("peel"), fs::Permissions::from_mode(mode));
    mode(0o555).expect("permissions");
    let may_write = fs::write(rules.0.join("peel/probe"), "").is_ok();
    let (code, said) = rules.fmt(&[]);
    mode(0o755).expect("permissions");
    assert_eq!(rules.read("peel.yaml"), CANONICAL);
    // Permissions do not bind the user that runs everything in a container.
    if !may_write {
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("`peel/leaflet.yaml` cannot be written: you are not allowed"), "{said}");
        assert_eq!(rules.read("peel/leaflet.yaml"), "a:   1\n");
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_refused_and_links_inside_stay_links() {
    use std::os::unix::fs::symlink;
    let rules = Rules::new("links");
    let outside = Rules::new("links-outside");
    outside.write("peel.yaml", MESSY);
    rules.write("real.yaml", MESSY);
    symlink(outside.0.join("peel.yaml"), rules.0.join("peel.yaml")).expect("a link");
    fs::create_dir(rules.0.join("peel")).expect("a folder");
    symlink(&outside.0, rules.0.join("peel/cases")).expect("a link");
    symlink("real.yaml", rules.0.join("link.yaml")).expect("a link");
    let (code, said) = rules.fmt(&[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("`peel.yaml` is a link to a place outside the rules folder"), "{said}");
    assert!(said.contains("`peel/cases` is a link to a place outside the rules folder"), "{said}");
    assert_eq!(outside.read("peel.yaml"), MESSY);
    assert_eq!(rules.read("real.yaml"), CANONICAL);
    assert!(fs::symlink_metadata(rules.0.join("link.yaml")).expect("a link").is_symlink());
    assert_eq!(rules.read("link.yaml"), CANONICAL);
}
