//! Processes that are killed while they log: what was printed is in the log, and the log goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::space::{Space, record, well};

const PROCESSES: u64 = 4;
const RECORDS: usize = 600;

/// How often a process is killed; `CLEARANCE_CASES=10` makes it ten times as many.
fn kills() -> u64 {
    20 * std::env::var("CLEARANCE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1)
}

/// The lines of a text that are whole.
fn whole_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'))
}

fn client(line: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(line).expect("a decision");
    value["client"].as_str().expect("a client").to_string()
}

/// Runs, and is killed after a while; the clients whose decisions were printed.
fn one(space: &Space, name: &str, after: Duration) -> Vec<String> {
    let records: String = (0..RECORDS).map(|at| record(&format!("{name}-{at}"), &well())).collect();
    let (input, output) = (format!("{name}.ndjson"), space.path(&format!("{name}.out")));
    fs::write(space.path(&input), records).expect("a file");
    let mut child = space
        .command(&["decide", &input, "--log", "clinic.log", "--format", "ndjson"])
        .stdout(File::create(&output).expect("a file"))
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    thread::sleep(after);
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    whole_lines(&fs::read_to_string(&output).expect("a file")).map(client).collect()
}

#[test]
fn what_was_printed_is_in_the_log() {
    let space = Space::new("crash");
    let start = Instant::now();
    space.decide(&(0..RECORDS).map(|at| record(&format!("first-{at}"), &well())).collect::<String>());
    // Four at once take a while longer than one.
    let longest = start.elapsed() * 3;
    let printed: BTreeSet<String> = thread::scope(|scope| {
        let runs: Vec<_> = (0..PROCESSES)
            .map(|process| {
                let space = &space;
                scope.spawn(move || {
                    let mut chance = process + 1;
                    let mut printed = Vec::new();
                    for run in 0..kills() / PROCESSES {
                        chance = chance
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407);
                        let after = longest.mul_f64((chance >> 33) as f64 / (1u64 << 31) as f64);
                        printed.extend(one(space, &format!("p{process}r{run}"), after));
                    }
                    printed
                })
            })
            .collect();
        runs.into_iter().flat_map(|run| run.join().expect("a thread")).collect()
    });
    // One more run mends what the last kill left behind.
    space.decide(&record("last", &well()));
    let verified = space.says(&["log", "verify", "clinic.log"], 0);
    let mut logged: BTreeMap<String, u64> = BTreeMap::new();
    let shown = space.run(&["log", "show", "clinic.log", "--format", "json"]);
    let lines: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    for line in lines.as_array().expect("lines") {
        *logged.entry(line["decision"]["client"].as_str().expect("a client").to_string()).or_default() += 1;
    }
    let lost: Vec<&String> = printed.iter().filter(|client| !logged.contains_key(*client)).collect();
    assert!(lost.is_empty(), "{} of {} are lost, such as {}", lost.len(), printed.len(), lost[0]);
    assert!(logged.values().all(|times| *times == 1), "nobody is logged twice");
    assert!(logged.len() <= printed.len() + RECORDS + 1 + kills() as usize * 256);
    assert!(printed.len() > 256, "some runs came far enough: {}", printed.len());
    println!("{} kills, {} printed, {} logged\n{verified}", kills(), printed.len(), logged.len());
}

/// Half a line at the end, as a crash of the machine leaves it, wherever it is cut.
#[test]
fn a_torn_line_is_moved_away() {
    let space = Space::new("torn");
    space.decide(&(record("C1", &well()) + record("C2", &well()).as_str()));
    let (log, bodies) = (space.read("clinic.log"), space.read("clinic.log.bodies"));
    let first = log.find('\n').expect("a line") + 1;
    let zeros = |length: usize| log[..first + 10].to_string() + "\0".repeat(length).as_str();
    let cuts = [first + 1, first + 60, first + 200, log.len() - 2].map(|at| log[..at].to_string());
    for (torn, more) in cuts.into_iter().map(|torn| (torn, "")).chain([(zeros(50), ""), (zeros(50), "\n")]) {
        let torn = torn + more;
        fs::write(space.path("clinic.log"), &torn).expect("a file");
        fs::write(space.path("clinic.log.bodies"), &bodies).expect("a file");
        let _ = fs::remove_file(space.path("clinic.log.torn"));
        space.says(&["log", "verify", "clinic.log"], 1);
        let output = space.run(&["decide", "records.ndjson", "--log", "clinic.log"]);
        assert_eq!(output.status.code(), Some(0));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            said.contains("the last line of `clinic.log` was torn; it now lies in `clinic.log.torn`"),
            "{said}"
        );
        assert_eq!(
            space.read("clinic.log.torn").trim_end_matches('\n'),
            torn[first..].trim_end_matches('\n')
        );
        let after = space.says(&["log", "verify", "clinic.log"], 0);
        assert!(after.contains("clinic.log: 3 lines, every line is as it was written"), "{after}");
        assert!(space.read("clinic.log").starts_with(&log[..first]), "what came before stands");
    }
    // A line that only lacks its end is whole.
    fs::write(space.path("clinic.log"), &log[..log.len() - 1]).expect("a file");
    fs::write(space.path("clinic.log.bodies"), &bodies).expect("a file");
    space.says(&["log", "verify", "clinic.log"], 1);
    space.decide(&record("C3", &well()));
    assert!(space.read("clinic.log").starts_with(&log));
    space.says(&["log", "verify", "clinic.log"], 0);
}

/// What is no end of this log is not touched.
#[test]
fn a_log_whose_last_line_was_changed_is_not_written_on() {
    let space = Space::new("changed");
    space.decide(&record("C1", &well()));
    for changed in [
        space.read("clinic.log").replace("front desk", "B. Lind"),
        space.read("clinic.log") + "and so on",
        "{}".to_string(),
    ] {
        fs::write(space.path("clinic.log"), &changed).expect("a file");
        let output = space.run(&["decide", "records.ndjson", "--log", "clinic.log"]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        assert_eq!(space.read("clinic.log"), changed);
    }
}
