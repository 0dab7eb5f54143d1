//! Files that take the place of others, on a disk that is full: the old one stays, whole, and nothing lies beside it.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with a copy of the shipped rules.
fn space(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("replaced").join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("a folder");
    assert_eq!(run(&dir, "", "init rules").0, 0);
    dir
}

/// Runs the program behind these shell commands; what it printed, with its exit code.
fn run(dir: &Path, before: &str, args: &str) -> (i32, String) {
    let output = Command::new("sh")
        .args(["-c", &format!("{before} exec \"$0\" {args}"), env!("CARGO_BIN_EXE_clearance")])
        .current_dir(dir)
        .env("CI", "")
        .stdin(Stdio::null())
        .output()
        .expect("sh runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned())
}

/// Every file below a folder, with what it holds.
fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a folder").flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files(&path)),
            path => found.push((path.clone(), fs::read(&path).expect("a file"))),
        }
    }
    found.sort();
    found
}

/// Files may not grow beyond a block, which fails as a full disk does.
const FULL: &str = "trap '' XFSZ; ulimit -f 1;";

const REVIEW: &str = "review rules/examples/clients.yaml --client C10 --visit 2026-03-02 --rule keloid --by 'B. Lind' \
                      --good-for '26 weeks' --on 2026-03-01";

#[test]
fn on_a_full_disk_the_old_file_stays() {
    let dir = space("full");
    let page = dir.join("rules/microneedling.yaml");
    let messy = fs::read_to_string(&page).expect("the page").replace("revision: 1", "revision:    1");
    fs::write(&page, messy.replace("Skin heals less well after", "Skin heals worse after")).expect("a page");
    let notes = format!("client: C\nfacts:\n  keloid_history: {{answer: no, from: {}}}\n", "a ".repeat(900));
    fs::write(dir.join("record.yaml"), notes).expect("a record");
    fs::write(dir.join("book.html"), "the old book").expect("a file");
    fs::write(dir.join("answers.txt"), "no\n").expect("a file");
    let before = files(&dir);
    for (args, code) in [
        (REVIEW, 2),
        ("ask record.yaml --visit 2026-03-02 --save record.yaml < answers.txt", 2),
        ("book --output book.html", 2),
        ("fmt", 2),
        ("test --accept", 2),
        ("init fresh", 2),
    ] {
        let (ended, said) = run(&dir, FULL, args);
        assert!(said.contains("cannot be written: the file may not grow any further"), "{args}: {said}");
        assert_eq!(ended, code, "{args}: {said}");
        let _ = fs::remove_dir_all(dir.join("fresh"));
        // What is small finds room, and is whole.
        let is_whole = |(path, text): &(PathBuf, Vec<u8>)| {
            path.to_string_lossy().contains("/approved/") && text.ends_with(b"\n") && text.len() < 1_000
        };
        let changed = files(&dir).into_iter().filter(|file| !before.contains(file) && !is_whole(file));
        assert_eq!(changed.map(|(path, _)| path).collect::<Vec<_>>(), Vec::<PathBuf>::new(), "{args}");
        assert_eq!(files(&dir).len(), before.len(), "{args}");
    }
    let (ended, said) = run(&dir, "", REVIEW);
    assert_eq!(ended, 0, "{said}");
}

/// What is replaced keeps its permissions, and a link goes on leading to it; a pipe is written to.
#[test]
fn what_is_replaced_stays_where_and_what_it_was() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = space("kept");
    let record = dir.join("rules/examples/clients.yaml");
    fs::set_permissions(&record, fs::Permissions::from_mode(0o640)).expect("permissions");
    fs::rename(&record, dir.join("kept.yaml")).expect("a file");
    symlink("../../kept.yaml", &record).expect("a link");
    let (ended, said) = run(&dir, "", REVIEW);
    assert_eq!(ended, 0, "{said}");
    assert!(record.symlink_metadata().expect("a link").is_symlink());
    let kept = dir.join("kept.yaml");
    assert!(fs::read_to_string(&kept).expect("the record").contains("rule: microneedling/keloid"));
    assert_eq!(kept.metadata().expect("a file").permissions().mode() & 0o777, 0o640);
    let (ended, said) = run(&dir, "", "book --format markdown --output /dev/stdout | head -n 1; exit 0; ");
    assert!(ended == 0 && said.starts_with("# "), "{said}");
}
