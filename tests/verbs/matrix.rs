//! Every verb that asks about a client refuses alike: the same record, the same words.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clearance::inside::limits;

/// The verbs, with what stands before the file and behind it.
const VERBS: [(&str, &[&str], &[&str]); 8] = [
    ("decide", &["decide"], &[]),
    ("decide, as a table", &["decide"], &["--format", "csv"]),
    ("quote", &["quote"], &[]),
    ("plan", &["plan"], &[]),
    ("who", &["who", "--for"], &[]),
    ("diff", &["diff", "rules", "rules", "--clients"], &["--format", "json"]),
    ("ask", &["ask"], &[]),
    (
        "review",
        &["review"],
        &["--rule", "microneedling/keloid", "--by", "Dr A", "--good-for", "26 weeks", "--on", "2026-03-02"],
    ),
];
/// These take one record, in YAML or JSON.
const OF_ONE: [&str; 2] = ["ask", "review"];

fn file(name: &str, content: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("matrix");
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    fs::write(&path, content).expect("a file");
    path
}

fn run(before: &[&str], file: &Path, behind: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(before)
        .arg(file)
        .args(behind)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    (output.status.code(), format!("{} {}", text(&output.stderr), text(&output.stdout)))
}

/// A record in each format that can hold it, its client, a question and the answer.
fn records(client: &str, fact: &str, answer: &str) -> [(&'static str, String); 4] {
    let is_plain = answer.starts_with(|first: char| "[0123456789".contains(first));
    let facts = if is_plain { answer.to_string() } else { format!("\"{answer}\"") };
    let facts = format!("\"{fact}\": {facts}");
    let json = format!("{{\"client\": \"{client}\", \"visit\": \"2026-03-02\", \"facts\": {{{facts}}}}}");
    [
        ("yaml", format!("client: {client}\nvisit: 2026-03-02\nfacts: {{{fact}: {answer}}}\n")),
        ("json", json.clone()),
        ("ndjson", json + "\n"),
        ("csv", format!("client,visit,{fact}\n{client},2026-03-02,{answer}\n")),
    ]
}

#[test]
fn what_one_verb_refuses_all_refuse_with_the_same_words() {
    let mut files: Vec<(String, String, &str)> = Vec::new();
    let mut each = |name: &str, records: [(&'static str, String); 4], words: &'static str| {
        files.extend(records.map(|(ending, content)| (format!("{name}.{ending}"), content, words)));
    };
    let long = "C".repeat(limits::CLIENT + 100);
    each("a-long-id", records(&long, "pregnant", "no"), "the client id is longer than 200 characters");
    let digits = "1".repeat(limits::DIGITS + 1);
    each("a-long-number", records("C1", "area_cm2", &digits), "1111` is no number");
    each("no-answer", records("C1", "pregnant", "perhaps"), "`perhaps` is neither yes nor no");
    let mut other = |name: &str, content: String, words: &'static str| {
        files.push((name.to_string(), content, words));
    };
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let nested = deep(limits::NESTING + 8);
    for ending in ["json", "ndjson"] {
        let [_, (_, json), ..] = records("C1", "goals", &nested);
        other(&format!("nested.{ending}"), json, "nested more than 32 levels deep");
    }
    let spaces = " ".repeat(limits::RECORD_LINE);
    let [_, _, (_, line), (_, row)] = records("C1", "pregnant", "no");
    other("a-long-line.ndjson", line.replace(": \"no", &format!(": {spaces}\"no")), "longer than 1 MiB");
    other("a-long-row.csv", row.replace(",no", &format!(",{spaces}no")), "longer than 1 MiB");
    let columns: Vec<String> = (0..=limits::COLUMNS).map(|at| format!("c{at}")).collect();
    other("columns.csv", format!("{}\n", columns.join(",")), "more than 10000 columns");
    let values = format!("[{}0]", "0,".repeat(limits::VALUES));
    let [_, (_, many), ..] = records("C1", "goals", &values);
    other("values.json", many, "holds more than 1000000 values");
    let [(_, yaml), ..] = records("C1", "pregnant", "no");
    let comment = format!("# {}\n", "x".repeat(78)).repeat(limits::RECORD_TREE / 80);
    other("large.yaml", yaml + comment.as_str(), "larger than 64 MiB");
    let mut wrong = Vec::new();
    for (name, content, words) in &files {
        let path = file(name, content);
        for (verb, before, behind) in VERBS {
            let of_one = [".yaml", ".json"].iter().any(|ending| name.ends_with(ending));
            if OF_ONE.contains(&verb) && !of_one {
                continue;
            }
            let (code, said) = run(before, &path, behind);
            // Of many clients `diff` counts those whom neither version can read.
            let refused = match verb {
                "diff" => said.contains("\"not_decided\": 1") || said.contains(words),
                _ => code.is_some_and(|code| code > 0) && said.contains(words),
            };
            if !refused {
                let said: String = said.chars().take(400).collect();
                wrong.push(format!("{verb} {name}: exit {code:?}, {said}"));
            }
        }
        fs::remove_file(path).expect("a file");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
