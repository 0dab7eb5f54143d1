//! Limits: the README names each as it is, and what lies beyond is refused with a message, in little memory.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use clearance::inside::limits;

/// The rows of the README's table: what, the constant, and how it is written.
fn rows() -> Vec<(&'static str, u64, &'static str)> {
    vec![
        ("a rule file, script, case file or signature file", limits::RULE_FILE as u64, "2 MiB"),
        ("a rules folder", limits::RULE_FILES as u64, "2,000 files"),
        ("folders within folders", limits::FOLDERS as u64, "8"),
        ("a line of YAML", limits::LINE as u64, "1 MiB"),
        ("maps and lists within each other, YAML and JSON", limits::NESTING as u64, "32"),
        ("keys and values of one YAML or JSON text", limits::VALUES as u64, "1,000,000"),
        ("rules of one page", limits::RULES as u64, "20,000"),
        ("options of one fact", limits::OPTIONS_OF_ONE as u64, "64"),
        ("answers and options of all facts", limits::OPTIONS as u64, "4,000"),
        ("a condition or date", limits::EXPRESSION as u64, "16 KiB"),
        ("its names, numbers and operators", limits::EXPRESSION_NODES as u64, "2,000"),
        ("its nesting", limits::EXPRESSION_NESTING as u64, "32"),
        ("a number", limits::DIGITS as u64, "18 digits"),
        ("a script", limits::SCRIPT as u64, "64 KiB"),
        ("one call of it", u64::from(limits::SCRIPT_OPERATIONS), "20,000 operations"),
        ("functions calling functions in it", limits::SCRIPT_CALLS as u64, "12"),
        ("nesting in it", limits::SCRIPT_NESTING as u64, "40"),
        ("a text in it", limits::SCRIPT_LETTERS as u64, "1,024 letters"),
        ("a list in it", limits::SCRIPT_ITEMS as u64, "256 items"),
        ("a map in it", limits::SCRIPT_ENTRIES as u64, "128 entries"),
        ("variables of a function in it", limits::SCRIPT_VARIABLES as u64, "128"),
        ("functions in it", limits::SCRIPT_FUNCTIONS as u64, "64"),
        (
            "a file of NDJSON or CSV records; `decide` and `diff` read any length",
            limits::RECORD_LINES,
            "1 GiB",
        ),
        ("a file of YAML or JSON records", limits::RECORD_TREE as u64, "64 MiB"),
        ("a line of NDJSON or CSV", limits::RECORD_LINE as u64, "1 MiB"),
        ("columns of a CSV table", limits::COLUMNS as u64, "10,000"),
        ("a line typed into `ask`", limits::ANSWER as u64, "16 KiB"),
        ("a client id", limits::CLIENT as u64, "200 letters"),
        ("a line of a decision log or its bodies", limits::LOG_LINE, "64 MiB"),
        ("a decision log", limits::LOG_LINES, "2^53 lines"),
        ("the words of an override", limits::OVERRIDE as u64, "2,000 letters"),
        ("an SSH signature", limits::SIGNATURE as u64, "4 KiB"),
        ("kept heads, a signature made elsewhere, an approved answer", limits::SMALL_FILE, "1 MiB"),
    ]
}

/// `64 KiB` as a number; `256 items` too.
fn number(written: &str) -> u64 {
    let mut words = written.split(' ');
    let first = words.next().unwrap_or_default().replace(',', "");
    let number = match first.split_once('^') {
        Some((base, power)) => base.parse::<u64>().expect("a base").pow(power.parse().expect("a power")),
        None => first.parse().expect("a number"),
    };
    match words.next() {
        Some("KiB") => number << 10,
        Some("MiB") => number << 20,
        Some("GiB") => number << 30,
        _ => number,
    }
}

#[test]
fn the_readme_names_every_limit_as_it_is() {
    let readme = fs::read_to_string("README.md").expect("README.md");
    let section = readme.split("\n## ").find(|section| section.starts_with("Limits\n")).expect("the section");
    let named: Vec<(&str, &str)> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "))
        .skip(1)
        .collect();
    let rows = rows();
    let expected: Vec<(&str, &str)> = rows.iter().map(|(what, _, written)| (*what, *written)).collect();
    assert_eq!(named, expected);
    for (what, limit, written) in &rows {
        assert_eq!(number(written), *limit, "{what}");
    }
    // None is left out.
    let source = fs::read_to_string("src/limits.rs").expect("the limits");
    assert_eq!(source.matches("\npub const ").count(), rows.len());
}

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearance")).args(args).output().expect("the program runs")
}

/// What a run says; it must end with this code within seconds.
fn says(args: &[&str], code: i32) -> String {
    let started = Instant::now();
    let output = run(args);
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    assert!(!said.contains("panicked") && said.len() < 40_000, "{said}");
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    said
}

fn folder(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("limits").join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("a folder for the test");
    dir
}

/// A file of records beyond a limit, and what is said about it.
fn decided(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder(name).join(name);
    fs::write(&path, content).expect("a file for the test");
    let said = says(&["decide", &path.to_string_lossy()], 1);
    fs::remove_file(path).expect("the file");
    said
}

#[test]
fn too_many_values_in_one_text_are_refused() {
    let many = limits::VALUES + 1;
    for (name, content) in [
        ("many.yaml", format!("[{}0]", "0,\n ".repeat(many))),
        ("deep.json", format!("{{\"facts\":{{\"pregnant\":[{}0]}}}}", "0,".repeat(many))),
    ] {
        let said = decided(name, content);
        assert!(said.contains("holds more than 1000000"), "{name}: {said}");
    }
}

#[test]
fn records_beyond_their_size_are_refused() {
    let said = decided("long.ndjson", format!("{{\"client\": \"{}\"}}\n", "x".repeat(limits::RECORD_LINE)));
    assert!(said.contains("longer than 1 MiB"), "{said}");
    for header in
        [vec!["x"; limits::COLUMNS + 1].join(","), format!("client,{}", "x".repeat(limits::RECORD_LINE))]
    {
        let said = decided("wide.csv", format!("{header}\nA,never\n"));
        assert!(said.contains("the header has more than 10000 columns or is longer than 1 MiB"), "{said}");
    }
    let said = decided("large.yaml", " ".repeat(limits::RECORD_TREE + 1));
    assert!(said.contains("larger than 64 MiB"), "{said}");
    let said = decided("deep.json", ["[".repeat(100), "]".repeat(100)].concat());
    assert!(said.contains("nested more than 32"), "{said}");
    let said = decided("name.ndjson", format!("{{\"client\": \"{}\"}}\n", "x".repeat(limits::CLIENT + 1)));
    assert!(said.contains("longer than 200"), "{said}");
}

#[test]
fn a_stream_without_end_is_read_as_far_as_its_limit() {
    for (input, words) in [("yaml", "larger than 64 MiB"), ("json", "larger than 64 MiB")] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_clearance"))
            .args(["decide", "-", "--input", input])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut pipe = program.stdin.take().expect("its input");
        let endless = std::thread::spawn(move || {
            let spaces = vec![b' '; 1 << 16];
            // It ends when nobody reads any more.
            (0..4_096).take_while(|_| pipe.write_all(&spaces).is_ok()).count()
        });
        let output = program.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{said}");
        assert!(endless.join().expect("the writer") < 2_000, "all of it was read");
    }
}

#[test]
fn more_options_than_can_be_counted_are_refused() {
    let rules = folder("options");
    for file in ["clinic.yaml", "page.yaml"] {
        fs::copy(Path::new("tests/broken/base").join(file), rules.join(file)).expect("a copy");
    }
    let check = |more: String| {
        let facts = fs::read_to_string("tests/broken/base/facts.yaml").expect("the base");
        let facts = format!("{facts}{more}");
        assert!(facts.len() < limits::RULE_FILE);
        fs::write(rules.join("facts.yaml"), facts).expect("a file");
        says(&["check", "--rules", &rules.to_string_lossy()], 1)
    };
    // In numbers of 16 bits 65,541 options would be 5.
    for (kind, count) in [("set", 65_541), ("choice", 65_541), ("history", 65)] {
        let options: String = (0..count).map(|n| format!("a{n}: x,")).collect();
        let said = check(format!("many:\n  kind: {kind}\n  ask: Which?\n  of: {{{options}}}\n"));
        assert!(said.contains("needs its options, at most 64"), "{kind}: {said}");
    }
}

#[test]
fn a_page_has_so_many_rules_and_no_more() {
    let dir = folder("rules");
    for file in ["clinic.yaml", "facts.yaml"] {
        fs::copy(Path::new("tests/broken/base").join(file), dir.join(file)).expect("a copy");
    }
    let said = |count: usize| {
        let rules = (0..count).map(|at| format!("  r{at}: {{when: pregnant, because: b, basis: c}}\n"));
        let rules = rules.collect::<String>();
        let page = format!(
            "treatment: Peel\nrevision: 1\nabsolute_contraindications:\n{rules}\
             not_used: {{last_radiation_on: nobody asks}}\n"
        );
        fs::write(dir.join("page.yaml"), page).expect("a file");
        let client = dir.join("client.ndjson");
        fs::write(&client, "{\"client\":\"A\",\"visit\":\"2026-03-02\",\"facts\":{\"pregnant\":\"yes\"}}")
            .expect("a file");
        let args =
            ["decide", &client.to_string_lossy(), "--format", "csv", "--rules", &dir.to_string_lossy()];
        let output = run(&args);
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat()
    };
    let all = said(limits::RULES);
    assert!(all.contains("not eligible") && all.contains("|page/r19999|"), "{all:.3000}");
    let more = said(limits::RULES + 1);
    assert!(more.contains("the page has more than 20000 rules"), "{more:.3000}");
    fs::remove_file(dir.join("page.yaml")).expect("the page");
}
