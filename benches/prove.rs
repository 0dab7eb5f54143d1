//! What it costs to load rules, to decide about one client, to prove and to compare, each but the first as a whole
//! process: the shipped rules, pages of 10 to 10,000 rules, a page that cannot be gone through, and a cohort against
//! deciding it twice.

#[path = "../tests/library/large/pages.rs"]
mod pages;
#[path = "../tests/library/large/pigeons.rs"]
mod pigeons;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clearance::inside::cli::folder;
use pages::Files;

/// How often each is timed, unless that takes too long; the fastest counts.
const ROUNDS: usize = 7;
const LONG: Duration = Duration::from_secs(10);
const COHORT: usize = 100_000;

fn main() {
    // `cargo test --benches` only wants to see it start.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = place();
    fs::create_dir_all(&place).expect("a folder");
    let shipped = root.join("rules");
    let shorter = changed(&shipped, &place.join("shipped"), "value: 180 days", "value: 179 days");
    both("shipped rules", &shipped, &shorter);
    for rules in [10, 100, 1_000, 10_000] {
        let files = pages::ordinary(rules);
        let old = written(&files, &place.join(format!("old-{rules}")));
        let text = &files["page.yaml"];
        let value = text.lines().find(|line| line.contains("value: ") && line.ends_with(" days"));
        let value = value.expect("a wait in days").trim();
        let new = changed(&old, &place.join(format!("new-{rules}")), value, "value: 97 days");
        both(&format!("{rules} rules over 60 facts"), &old, &new);
    }
    let pigeons = written(&pigeons::adversarial(12), &place.join("pigeons"));
    println!("check, a page that cannot be gone through: {:.1?}", clearance(&["check"], &pigeons));
    cohort(&shipped, &shorter, &place);
}

fn place() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("prove")
}

fn both(name: &str, old: &Path, new: &Path) {
    let load = fastest(|| assert!(folder::rulebook(old).is_ok(), "{name}"));
    let client = place().join("client.ndjson");
    fs::write(&client, "{\"client\":\"C1\",\"visit\":\"2026-03-02\",\"facts\":{}}\n").expect("a file");
    let decide = clearance(&["decide", path(&client)], old);
    let check = clearance(&["check"], old);
    let diff = clearance(&["diff", path(old), path(new)], old);
    println!("{name}: load {load:.1?}, decide one client {decide:.1?}, check {check:.1?}, diff {diff:.1?}");
}

fn cohort(old: &Path, new: &Path, place: &Path) {
    let mut text = String::new();
    let mut at = 0_u64;
    let mut below = |n: u64| {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (at >> 33) % n
    };
    for client in 0..COHORT {
        let yes_no = ["no", "no", "no", "yes"];
        let _ = writeln!(
            text,
            r#"{{"client":"C{client}","visit":"2026-03-02","answered_on":"2026-03-02","facts":{{"pregnant":"{}","open_wounds":"{}","keloid_history":"no","skin_diseases":"none","last_radiation_on":"never","last_session":"none","goals":["acne_scars"],"acne_medications":{{"isotretinoin":"2025-{:02}-{:02}","rest":"never"}}}}}}"#,
            yes_no[below(4) as usize],
            yes_no[below(4) as usize],
            1 + below(12),
            1 + below(28),
        );
    }
    let records = place.join("cohort.ndjson");
    fs::write(&records, text).expect("a file");
    let decide = clearance(&["decide", "--format", "csv", path(&records)], old);
    let diff = clearance(&["diff", path(old), path(new), "--clients", path(&records)], old);
    let ratio = diff.as_secs_f64() / (2.0 * decide.as_secs_f64());
    println!("cohort of {COHORT}: {diff:.1?}, {ratio:.2}x the time of deciding it twice");
}

/// The fastest run of the program on these rules.
fn clearance(arguments: &[&str], rules: &Path) -> Duration {
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clearance"));
        command.args(arguments).args(["--rules", path(rules)]).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().expect("the program runs");
        assert!(status.code().is_some_and(|code| code < 2), "{arguments:?}");
    };
    fastest(run)
}

fn fastest(run: impl Fn()) -> Duration {
    let begun = Instant::now();
    let timed = || {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..ROUNDS)
        .take_while(|round| *round == 0 || begun.elapsed() < LONG)
        .map(|_| timed())
        .min()
        .unwrap_or_default()
}

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn written(files: &Files, to: &Path) -> PathBuf {
    fs::create_dir_all(to).expect("a folder");
    files.iter().for_each(|(name, text)| fs::write(to.join(name), text).expect("a file"));
    to.to_path_buf()
}

/// A copy of a folder with one text in its pages replaced.
fn changed(from: &Path, to: &Path, old: &str, new: &str) -> PathBuf {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let from = entry.expect("an entry").path();
        let to = to.join(from.file_name().expect("a name"));
        match from.is_dir() {
            true => {
                changed(&from, &to, old, new);
            }
            false => {
                let text = fs::read_to_string(&from).expect("a text");
                fs::write(to, text.replacen(old, new, 1)).expect("a file");
            }
        }
    }
    to.to_path_buf()
}
