//! Somebody else's program: it uses the library without the command line, and holds a rulebook that several threads
//! ask.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// No more crates than these come with the library, itself among them.
const MOST_CRATES: usize = 63;
/// What the command line and its threads and terminal bring.
const LEFT_OUT: [&str; 9] = [
    "annotate-snippets",
    "anstream",
    "clap",
    "ctrlc",
    "include_dir",
    "indicatif",
    "maud",
    "rayon",
    "similar",
];

fn cargo(args: &[&str], project: &Path, own: &[String]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(args)
        .args(["--offline", "--manifest-path"])
        .arg(project.join("Cargo.toml"))
        .args(own)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target directory"),
        )
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn project() -> PathBuf {
    let (here, project) = (Path::new(env!("CARGO_MANIFEST_DIR")), Path::new(env!("CARGO_TARGET_TMPDIR")));
    let project = project.join("stranger");
    fs::create_dir_all(project.join("src")).expect("a folder");
    // Built as the tests are, so that most of what it is made of is built already.
    let own = fs::read_to_string(here.join("Cargo.toml")).expect("a file");
    let profiles = own.split_once("[profile.dev]").expect("how tests are built").1;
    let rhai = own.lines().rfind(|line| line.starts_with("rhai = ")).expect("what tests ask of it");
    let manifest = format!(
        "[package]\nname = \"stranger\"\nedition = \"2024\"\nresolver = \"1\"\n[workspace]\n\
         [dependencies]\nclearance = {{ path = {here:?}, default-features = false }}\n\
         [dev-dependencies]\n{rhai}\n[profile.dev]{profiles}"
    );
    fs::write(project.join("Cargo.toml"), manifest).expect("a file");
    fs::copy(here.join("Cargo.lock"), project.join("Cargo.lock")).expect("a file");
    fs::copy(here.join("tests/library/stranger/main.rs"), project.join("src/main.rs")).expect("a file");
    project
}

/// The paths of the shipped rules, without cases and examples.
fn rules() -> Vec<String> {
    let each = ["", "microneedling/"].into_iter().flat_map(|under| {
        let entries = fs::read_dir(Path::new("rules").join(under)).expect("the shipped rules");
        entries.map(move |entry| format!("{under}{}", entry.expect("a file").file_name().to_string_lossy()))
    });
    let mut paths: Vec<String> =
        each.filter(|path| path.ends_with(".yaml") || path.ends_with(".rhai")).collect();
    paths.sort();
    paths
}

#[test]
fn a_program_without_the_command_line_asks_from_several_threads() {
    let project = project();
    let tree = cargo(&["tree", "--edges", "normal", "--prefix", "none"], &project, &[]);
    let mut crates: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    crates.sort_unstable();
    crates.dedup();
    crates.retain(|name| *name != "stranger");
    assert!(crates.len() <= MOST_CRATES, "{} crates: {crates:?}", crates.len());
    assert!(LEFT_OUT.iter().all(|name| !crates.contains(name)), "{crates:?}");

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").display().to_string();
    let own: Vec<String> = ["--".to_string(), folder].into_iter().chain(rules()).collect();
    insta::assert_snapshot!(cargo(&["run", "--quiet"], &project, &own));
}
