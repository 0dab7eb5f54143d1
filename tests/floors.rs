//! The house stands: each floor imports only from floors listed before it, and no file grows into two.

use std::fs;
use std::path::{Path, PathBuf};

/// Lowest first. The files of the ground know nothing of each other's floors above.
const FLOORS: [&str; 18] = [
    "span",
    "diagnostic",
    "suggest",
    "prose",
    "limits",
    "value",
    "source",
    "written",
    "book",
    "script",
    "decide",
    "study",
    "log",
    "rulebook",
    "disk",
    "report",
    "cli",
    "lib",
];

fn rust_files(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("src is readable") {
        let path = entry.expect("src is readable").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn floor(path: &Path) -> Option<usize> {
    let inside = path.strip_prefix("src").expect("only src is walked");
    let first =
        inside.components().next().expect("a path has a part").as_os_str().to_string_lossy().into_owned();
    FLOORS.iter().position(|floor| *floor == first.trim_end_matches(".rs"))
}

/// The parts of a file that are not its own tests.
fn product(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

#[test]
fn each_floor_imports_only_from_floors_before_it() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    assert!(files.len() > 40, "the walk found the house");
    let mut wrong = Vec::new();
    for path in &files {
        if [Path::new("src/main.rs"), Path::new("src/lib.rs")].contains(&path.as_path()) {
            continue;
        }
        let Some(own) = floor(path) else {
            wrong.push(format!("{} stands on no floor", path.display()));
            continue;
        };
        let text = fs::read_to_string(path).expect("src is readable");
        for used in product(&text).match_indices("crate::").map(|(at, _)| &text[at + 7..]) {
            let name: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            match FLOORS.iter().position(|floor| *floor == name) {
                Some(floor) if floor <= own => {}
                _ => wrong.push(format!("{} imports from `{name}`", path.display())),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_is_two_things() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    let long: Vec<String> = files
        .iter()
        .map(|path| (path, fs::read_to_string(path).expect("src is readable").lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .map(|(path, lines)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
    assert!(fs::read_to_string("src/main.rs").expect("main.rs").lines().count() <= 20);
}

#[test]
fn the_decide_floor_reads_no_file_clock_or_yaml() {
    let mut files = Vec::new();
    rust_files(Path::new("src/decide"), &mut files);
    for path in files {
        let text = fs::read_to_string(&path).expect("src is readable");
        for banned in [
            "std::fs",
            "std::env::",
            "std::time",
            "Zoned::now",
            "SystemTime",
            "source::yaml",
            "println!",
            "HashMap",
        ] {
            assert!(!product(&text).contains(banned), "{} uses {banned}", path.display());
        }
    }
}

/// What opens a path, starts a program, or asks the computer for its clock, its names or its chance.
const MACHINE: [&str; 21] = [
    "std::fs",
    "fs::",
    "File::",
    "OpenOptions",
    "process::Command",
    "Command::new",
    "std::env",
    "env::var",
    "env::args",
    "Instant::now",
    "SystemTime",
    "Zoned::now",
    "Timestamp::now",
    "stdin()",
    "getrandom",
    ".exists()",
    ".is_dir()",
    ".is_file()",
    ".metadata()",
    ".canonicalize()",
    ".read_dir()",
];

/// What of the machine a text uses. `proofs::` is not `fs::`.
fn of_the_machine(text: &str) -> Vec<&'static str> {
    let part_of_a_name = |c: char| c.is_alphanumeric() || c == '_';
    let used = |banned: &&str| {
        let own = |at: usize| banned.starts_with('.') || !text[..at].ends_with(part_of_a_name);
        text.match_indices(banned).any(|(at, _)| own(at))
    };
    MACHINE.into_iter().filter(used).collect()
}

/// Files that hold nothing but tests: their parent names them behind `#[cfg(test)]`.
fn tests_alone(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut alone = Vec::new();
    for path in files {
        let text = fs::read_to_string(path).expect("src is readable");
        let folder = match path.file_name().is_some_and(|name| name == "mod.rs" || name == "lib.rs") {
            true => path.parent().expect("a file lies in a folder").to_path_buf(),
            false => path.with_extension(""),
        };
        for rest in text.split("#[cfg(test)]\nmod ").skip(1) {
            let name = rest.split([';', ' ']).next().expect("a module has a name");
            alone.push(folder.join(format!("{name}.rs")));
        }
    }
    alone
}

#[test]
fn only_the_disk_floor_touches_the_machine() {
    assert_eq!(of_the_machine("let text = fs::read(path)?;"), ["fs::"]);
    assert_eq!(of_the_machine("if path.exists() {"), [".exists()"]);
    assert!(of_the_machine("use crate::study::proofs::Proofs;").is_empty());
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    let tests = tests_alone(&files);
    // The clock that ends a script which does not end by itself is part of the sandbox.
    let allowed =
        |path: &Path, used: &str| path == Path::new("src/script/engine.rs") && used == "Instant::now";
    let mut wrong = Vec::new();
    for path in files.iter().filter(|path| !path.starts_with("src/disk") && !tests.contains(path)) {
        let text = fs::read_to_string(path).expect("src is readable");
        let used = of_the_machine(product(&text)).into_iter().filter(|used| !allowed(path, used));
        wrong.extend(
            used.map(|used| format!("{} uses `{used}`, which belongs into src/disk", path.display())),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
