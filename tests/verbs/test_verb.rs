//! `clearance test` as a clinical lead uses it: each file of `tests/test_verb/` changes the shipped rules and runs the
//! verb. The snapshot shows what was done, the main lines of what was printed, and how it ended.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use crate::folder::copy;

/// One thing that is done in a folder with a copy of the rules.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Step {
    /// Replaces the first `text` after `after` in a file.
    Replace { replace: String, after: Option<String>, text: String, by: String },
    /// Replaces every `text` in the case files.
    ReplaceAll { replace_in_cases: String, by: String },
    /// Takes these cases, or tables, out of the case files.
    Drop { drop_cases: Vec<String> },
    /// Takes out every case that says this anywhere.
    DropNaming { drop_cases_that_say: String },
    /// Writes a file.
    Write { write: String, text: String },
    /// Removes a file or folder.
    Remove { remove: String },
    /// Gives every approved answer the line ends of Windows.
    Crlf { line_ends_of_windows_in: String },
    /// Runs `clearance`.
    Run(Run),
    /// Shows a file.
    Show { show: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    run: String,
    /// What the variable CI says; it is unset otherwise.
    ci: Option<String>,
    /// What is typed in.
    #[serde(default)]
    replies: String,
    /// Which lines are shown.
    #[serde(default)]
    shown: Shown,
    /// Lines that hold one of these are shown too.
    #[serde(default)]
    keep: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum Shown {
    /// The first line of each finding, and the summary.
    #[default]
    Main,
    /// All.
    All,
    /// The last ones: the summary.
    End,
}

/// A folder with a copy of the shipped rules in `rules`.
fn folder(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("test_verb").join(name);
    let _ = fs::remove_dir_all(&dir);
    copy(Path::new("rules"), &dir.join("rules"));
    dir
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for a file");
    fs::write(path, text).expect("a file for the test");
}

/// What the program prints, on both streams, and its exit code.
fn clearance(dir: &Path, args: &str, ci: Option<&str>, replies: &str) -> (String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clearance"));
    // Quotes keep words together.
    let parts = args.split('"').enumerate();
    let args = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().collect(),
        _ => vec![part],
    });
    command.args(args).current_dir(dir).env_remove("CI");
    if let Some(ci) = ci {
        command.env("CI", ci);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    // It may end without a look at the replies.
    let _ = child.stdin.take().expect("stdin is piped").write_all(replies.as_bytes());
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout) + text(output.stderr).as_str(), output.status.code())
}

fn case_files(dir: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(dir.join("rules/microneedling/cases")).expect("cases").flatten();
    let mut files: Vec<PathBuf> = files
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    files
}

/// The text without the case of that name, and whether it was there.
fn without_case(text: &str, name: &str) -> Option<String> {
    let head = format!("  - name: {name}\n");
    let start = text.find(&head)?;
    let rest = &text[start + head.len()..];
    let next = rest.find("\n\n").map_or(text.len(), |at| start + head.len() + at + 2);
    Some(format!("{}{}", &text[..start], &text[next..]))
}

impl Step {
    /// Does it, and tells what was done.
    fn take(&self, dir: &Path) -> String {
        let rules = dir.join("rules");
        match self {
            Step::Replace { replace, after, text, by } => {
                let path = rules.join(replace);
                let whole = read(&path);
                let start = after.as_ref().map_or(Some(0), |after| whole.find(after.as_str()));
                let at = start.and_then(|start| Some(start + whole[start..].find(text.as_str())?));
                let at = at.unwrap_or_else(|| panic!("{replace} holds no `{text}`"));
                write(&path, &format!("{}{by}{}", &whole[..at], &whole[at + text.len()..]));
                let first = |text: &str| text.trim().lines().next().unwrap_or_default().to_string();
                let (old, new) = (first(text), first(by));
                let place = after.as_ref().map(|after| format!(", {after}")).unwrap_or_default();
                format!("# {replace}{place} `{old}` becomes `{new}`\n")
            }
            Step::ReplaceAll { replace_in_cases, by } => {
                for path in case_files(dir) {
                    write(&path, &read(&path).replace(replace_in_cases, by));
                }
                format!("# in all cases `{replace_in_cases}` becomes `{by}`\n")
            }
            Step::Drop { drop_cases } => {
                for name in drop_cases {
                    let files = case_files(dir);
                    let found = files.iter().find_map(|path| Some((path, without_case(&read(path), name)?)));
                    let (path, text) = found.unwrap_or_else(|| panic!("there is no case `{name}`"));
                    write(path, &text);
                }
                format!("# {} cases are taken out\n", drop_cases.len())
            }
            Step::DropNaming { drop_cases_that_say: word } => {
                let mut dropped = Vec::new();
                for path in case_files(dir) {
                    let text = read(&path);
                    let names = text.split("  - name: ").skip(1).filter_map(|rest| rest.lines().next());
                    let mut left = text.clone();
                    for name in names {
                        let without = without_case(&left, name).expect("it was just found");
                        if left.matches(word).count() > without.matches(word).count() {
                            left = without;
                            dropped.push(name.to_string());
                        }
                    }
                    match left.contains("  - name: ") || left.contains("clients:") {
                        true => write(&path, &left),
                        false => fs::remove_file(&path).expect("a file without cases"),
                    }
                }
                let mut hazards = read(&rules.join("hazards.yaml"));
                for name in &dropped {
                    hazards = hazards.replace(&format!("    - {name}\n"), "");
                }
                // A list without an entry is a mistake of its own.
                let hazards = hazards.replace("  cases:\n\n", "\n");
                write(&rules.join("hazards.yaml"), &hazards);
                format!("# the {} cases that say `{word}` are taken out\n", dropped.len())
            }
            Step::Write { write: path, text } => {
                write(&rules.join(path), text);
                format!("# {path} is written\n")
            }
            Step::Remove { remove } => {
                let path = rules.join(remove);
                let gone = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
                gone.unwrap_or_else(|error| panic!("{remove}: {error}"));
                format!("# {remove} is removed\n")
            }
            Step::Crlf { line_ends_of_windows_in: folder } => {
                for entry in fs::read_dir(rules.join(folder)).expect("a folder").flatten() {
                    if entry.path().is_file() {
                        write(&entry.path(), &read(&entry.path()).replace('\n', "\r\n"));
                    }
                }
                format!("# every file of {folder} has the line ends of Windows\n")
            }
            Step::Run(run) => run.take(dir),
            Step::Show { show } => format!("# {show}:\n{}", read(&rules.join(show))),
        }
    }
}

impl Run {
    fn take(&self, dir: &Path) -> String {
        let (said, code) = clearance(dir, &self.run, self.ci.as_deref(), &self.replies);
        let all: Vec<&str> = said.lines().map(str::trim_end).collect();
        let summary = |line: &&str| ["microneedling: ", "peel: "].iter().any(|page| line.starts_with(page));
        let reached = all.iter().position(summary).unwrap_or(all.len());
        let margin = |line: &&&str| {
            line.starts_with(|c: char| c.is_alphanumeric() || c == '.') && !line.contains(" | ")
                || self.keep.iter().any(|words| line.contains(words.as_str()))
        };
        let lines: Vec<&str> = match self.shown {
            Shown::All => all,
            Shown::End => all[reached..].to_vec(),
            Shown::Main => all[..reached].iter().filter(margin).chain(&all[reached..]).copied().collect(),
        };
        let set = self.ci.as_ref().map(|ci| format!("CI={ci} ")).unwrap_or_default();
        let typed = match self.replies.as_str() {
            "" => String::new(),
            replies => format!(" <<< {}", replies.trim_end().replace('\n', " ")),
        };
        let code = code.map_or("none".to_string(), |code| code.to_string());
        format!("$ {set}clearance {}{typed}\n{}\n[exit code {code}]\n", self.run, lines.join("\n"))
    }
}

/// What the steps of a file told.
fn told(file: &Path) -> String {
    let steps: Vec<Step> = serde_yaml::from_str(&read(file)).expect("the steps can be read");
    let dir = folder(&file.file_stem().expect("a name").to_string_lossy());
    steps.iter().map(|step| step.take(&dir)).collect::<Vec<String>>().join("\n")
}

#[test]
fn each_file_tells_what_happens() {
    let files: Vec<PathBuf> = fs::read_dir("tests/test_verb")
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    // Each runs the program many times.
    let told: BTreeMap<_, String> = std::thread::scope(|scope| {
        let running: Vec<_> = files.iter().map(|file| (file, scope.spawn(|| told(file)))).collect();
        let ended = running.into_iter().map(|(file, told)| (file.file_name(), told.join()));
        ended.map(|(file, told)| (file, told.expect("every step can be taken"))).collect()
    });
    insta::glob!("../test_verb", "*.yaml", |path| {
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!("test_verb", told[&path.file_name()]);
        });
    });
}

/// A folder in which cases fail and a file of cases has a mistake, and what is found there.
fn broken() -> (PathBuf, Vec<Value>) {
    let dir = folder("formats");
    let rules = dir.join("rules");
    let page = rules.join("microneedling.yaml");
    write(&page, &read(&page).replacen("value: 180 days", "value: 179 days", 1));
    let spacing = rules.join("microneedling/cases/spacing.yaml");
    write(&spacing, &read(&spacing).replacen("expect:", "expekt:", 1));
    let (trials, code) = clearance(&dir, "test --format json", None, "");
    assert_eq!(code, Some(1));
    (dir, serde_json::from_str(&trials).expect("JSON"))
}

#[test]
fn every_format_holds_the_same_findings() {
    let (dir, trials) = broken();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let found: Vec<Value> = trials.iter().flat_map(|trial| list(&trial["findings"])).collect();
    let codes: BTreeSet<&str> = found.iter().filter_map(|finding| finding["code"].as_str()).collect();
    assert_eq!(codes, BTreeSet::from(["answer-changed", "case-fails", "unknown-key"]));
    let print = |format: &str| {
        let (text, code) = clearance(&dir, &format!("test --format {format}"), Some("true"), "");
        assert_eq!(code, Some(1), "{format}");
        text
    };

    let sarif: Value = serde_json::from_str(&print("sarif")).expect("JSON");
    let schema = serde_json::from_str(&read(Path::new("tests/data/sarif-2.1.0.json"))).expect("a schema");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("sarif.json", schema).expect("a schema");
    let index = compiler.compile("sarif.json", &mut schemas).expect("a schema");
    assert!(schemas.validate(&sarif, index).is_ok());
    let results = list(&sarif["runs"][0]["results"]);
    let same = |(result, finding): (&Value, &Value)| result["ruleId"] == finding["code"];
    assert!(results.len() == found.len() && results.iter().zip(&found).all(same));

    let xml = print("junit");
    let document = roxmltree::Document::parse(&xml).expect("XML");
    let count = |tag: &str| document.descendants().filter(|node| node.has_tag_name(tag)).count();
    let failed = trials.iter().filter(|trial| trial["passed"] == false).count();
    assert_eq!((count("testcase"), count("failure")), (trials.len(), failed));

    let log = print("github");
    let commands: Vec<&str> = log.lines().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!(commands.len(), found.len());
    for (command, finding) in commands.iter().zip(&found) {
        let place = format!("file={},line={},", finding["file"].as_str().unwrap_or(""), finding["line"]);
        assert!(command.contains(&place), "{command}");
        let (_, message) = command["::error ".len()..].split_once("::").expect("a message");
        let message = message.split("%0A").next().map(|line| line.replace("%25", "%"));
        assert_eq!(message.as_deref(), finding["message"].as_str());
    }
}

#[cfg(unix)]
#[test]
fn approved_answers_do_not_lie_elsewhere() {
    let dir = folder("elsewhere");
    let approved = dir.join("rules/microneedling/cases/approved");
    for (linked, outside) in [(approved.join("rules"), "rules-elsewhere"), (approved, "elsewhere")] {
        let outside = dir.join(outside);
        let page = dir.join("rules/microneedling.yaml");
        write(&page, &read(&page).replace("Skin may heal less well", "Skin heals less well"));
        fs::rename(&linked, &outside).expect("a folder moved");
        let contents = |dir: &Path| -> BTreeSet<String> {
            let files = fs::read_dir(dir).expect("a folder").flatten().filter(|entry| entry.path().is_file());
            files.map(|entry| read(&entry.path())).collect()
        };
        let before = contents(&outside);
        std::os::unix::fs::symlink(&outside, &linked).expect("a link");
        for verb in ["test", "test --accept"] {
            let (said, code) = clearance(&dir, verb, None, "");
            assert_eq!(code, Some(1), "{said}");
            assert!(said.contains("is a link to a place outside the rules folder"), "{said}");
        }
        assert_eq!(contents(&outside), before, "nothing is written there");
        write(&page, &read(Path::new("rules/microneedling.yaml")));
        fs::remove_file(&linked).expect("the link");
        fs::rename(&outside, &linked).expect("a folder moved back");
    }
    assert_eq!(clearance(&dir, "test", None, "").1, Some(0));
}

#[test]
fn where_nothing_is_missing_nothing_is_written() {
    let dir = folder("missing");
    let missing = dir.join("rules/microneedling/cases/missing.yaml");
    let (said, code) = clearance(&dir, "test --missing", None, "");
    assert_eq!((code, missing.exists()), (Some(0), false), "{said}");
    assert!(said.contains("no case is missing that could be written"), "{said}");
}
