//! A log that cannot be written: nothing is printed as if it were logged.
#![cfg(unix)]

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

use super::space::{Space, record, well};

const DECIDE: &str = "decide records.ndjson --log clinic.log --format ndjson --asked-by desk";

/// Runs with files that may not grow beyond so many blocks, which fails as a full disk does.
fn with_room(space: &Space, blocks: u64) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {DECIDE}");
    Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_clearance")])
        .current_dir(&space.0)
        .output()
        .expect("sh runs")
}

fn records(space: &Space, number: usize) {
    let all: String = (0..number).map(|at| record(&format!("C{at}"), &well())).collect();
    fs::write(space.path("records.ndjson"), all).expect("a file");
}

fn refused(output: &Output, words: &str) -> usize {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot be written: ") && said.contains(words), "{said}");
    assert!(said.contains("what is not in the log was not printed"), "{said}");
    output.stdout.iter().filter(|byte| **byte == b'\n').count()
}

/// The disk is full: at once, or after some of the decisions. What was printed is logged, and nothing else.
#[test]
fn on_a_full_disk_only_what_is_logged_is_printed() {
    let space = Space::new("full");
    records(&space, 1_500);
    let mut some = false;
    for blocks in [1, 200, 1_000, 1_500] {
        let _ = fs::remove_file(space.path("clinic.log"));
        let _ = fs::remove_file(space.path("clinic.log.bodies"));
        let printed = refused(&with_room(&space, blocks), "may not grow any further");
        let log = space.read("clinic.log");
        assert_eq!((log.lines().count(), log.is_empty() || log.ends_with('\n')), (printed, true));
        assert_eq!(space.read("clinic.log.bodies").lines().count(), printed);
        some |= printed > 0;
        assert!(printed < 1_500);
        space.says(&["log", "verify", "clinic.log"], 0);
    }
    assert!(some, "in one run the room was enough for some");
    // With room again, it goes on.
    records(&space, 1);
    space.says(&DECIDE.split(' ').collect::<Vec<_>>(), 0);
    space.says(&["log", "verify", "clinic.log"], 0);
}

/// The bodies find room, and the line does not: both are as they were.
#[test]
fn a_line_without_room_takes_its_body_back() {
    let space = Space::new("full-line");
    records(&space, 600);
    space.says(&DECIDE.split(' ').collect::<Vec<_>>(), 0);
    fs::write(space.path("clinic.log.bodies"), "").expect("a file");
    let log = space.read("clinic.log");
    records(&space, 1);
    // Blocks have 512 or 1024 bytes; the log has no room in either.
    for blocks in [log.len() as u64 / 512, log.len() as u64 / 1024] {
        assert_eq!(refused(&with_room(&space, blocks), "may not grow any further"), 0);
        assert!(space.read("clinic.log") == log, "nothing was added");
        assert_eq!(space.read("clinic.log.bodies"), "");
    }
}

/// As somebody who may not write it; who may do everything becomes nobody first.
fn as_reader(space: &Space, program: &Path) -> Output {
    let mut command = Command::new(program);
    command.args(DECIDE.split(' ')).current_dir(&space.0);
    if OpenOptions::new().append(true).open(space.path("clinic.log")).is_ok() {
        command.uid(65_534).gid(65_534);
    }
    command.output().expect("the program runs")
}

#[test]
fn a_log_that_may_not_be_written_is_refused() {
    let here = Space::new("read-only");
    let dir = std::env::temp_dir().join(format!("clearance-read-only-{}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    let copied = Command::new("cp").arg("-r").arg(&here.0).arg(&dir).status().expect("cp runs");
    assert!(copied.success());
    let program = dir.join("clearance");
    fs::copy(env!("CARGO_BIN_EXE_clearance"), &program).expect("a copy");
    let space = Space(dir);
    records(&space, 2);
    space.says(&DECIDE.split(' ').collect::<Vec<_>>(), 0);
    let before = space.read("clinic.log");
    for name in ["clinic.log", "clinic.log.bodies"] {
        fs::set_permissions(space.path(name), Permissions::from_mode(0o444)).expect("permissions");
    }
    assert_eq!(refused(&as_reader(&space, &program), "you are not allowed to read or write it"), 0);
    assert_eq!(space.read("clinic.log"), before);
    let _ = fs::remove_dir_all(&space.0);
}

/// A thing that swallows everything is no log.
#[test]
fn a_device_is_no_log() {
    let space = Space::new("device");
    records(&space, 1);
    for device in ["/dev/null", "/dev/full"] {
        let output = space.run(&["decide", "records.ndjson", "--log", device]);
        assert_eq!(refused_device(&output), (Some(2), 0), "{device}");
    }
}

fn refused_device(output: &Output) -> (Option<i32>, usize) {
    assert!(String::from_utf8_lossy(&output.stderr).contains("it is no file"));
    (output.status.code(), output.stdout.len())
}
