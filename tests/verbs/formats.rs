//! The formats for CI say what the findings say, and nothing in a rule can break out of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clearance::inside::diagnostic::{Code, Diagnostic};
use clearance::inside::report::{explain, github, junit, sarif, trial::Trial};
use clearance::inside::span::{Span, Texts};
use proptest::prelude::*;
use roxmltree::Document;
use serde_json::{Value, json};

/// The name of the rules folder, as it is given.
const RULES: &str = "./our rules #1";
/// The same as part of a reference.
const RULES_IN_REFERENCES: &str = "our%20rules%20%231/";

fn overlay(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder for the test");
    for entry in fs::read_dir(from).expect("a folder of rules").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            overlay(&entry.path(), &to.join(name));
        } else if let Some(removed) = name.strip_suffix(".removed") {
            fs::remove_file(to.join(removed)).expect("a file to remove");
        } else {
            fs::copy(entry.path(), to.join(name)).expect("a copy");
        }
    }
}

/// A folder in which the sound base lies under [`RULES`], with the files of `fixture` over it.
fn folder(test: &str, fixture: &Path) -> PathBuf {
    let name = fixture.file_name().expect("a name");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("formats").join(test).join(name);
    let _ = fs::remove_dir_all(&dir);
    overlay(Path::new("tests/broken/base"), &dir.join(RULES));
    overlay(fixture, &dir.join(RULES));
    dir
}

/// What `check` prints in that folder, and its exit code.
fn check(dir: &Path, format: &str) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["check", "--rules", RULES, "--format", format])
        .current_dir(dir)
        .output()
        .expect("the program runs");
    (String::from_utf8(output.stdout).expect("UTF-8"), output.status.code())
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Every folder with a mistake, the one with odd texts, and the sound base.
fn fixtures() -> Vec<PathBuf> {
    let folders = ["tests/broken", "tests/formats"].into_iter().flat_map(fs::read_dir).flatten().flatten();
    let mut fixtures: Vec<PathBuf> = folders.map(|entry| entry.path()).collect();
    fixtures.sort();
    assert!(fixtures.len() > 90);
    fixtures
}

/// What a runner does with each line of a log, by GitHub's documentation of workflow commands: those it obeys,
/// with their properties and their text.
fn obeyed(log: &str) -> Vec<(String, BTreeMap<String, String>, String)> {
    const KNOWN: [&str; 12] = [
        "add-mask",
        "add-matcher",
        "add-path",
        "debug",
        "echo",
        "endgroup",
        "error",
        "group",
        "notice",
        "set-env",
        "set-output",
        "warning",
    ];
    let text = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let value = |value: &str| {
        let value = value.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
        value.replace("%25", "%")
    };
    let mut stopped: Option<String> = None;
    let mut obeyed = Vec::new();
    for line in log.split(['\n', '\r']) {
        // `::name a=b,c=d::text` at the start of a line, or the older `##[name a=b;c=d]text` anywhere in it.
        let new = line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::"));
        let old = line.split_once("##[").and_then(|(_, rest)| rest.split_once(']'));
        for (head, said) in new.into_iter().chain(old) {
            let (name, rest) = head.split_once(' ').unwrap_or((head, ""));
            if let Some(word) = &stopped {
                if name.eq_ignore_ascii_case(word) {
                    stopped = None;
                }
            } else if name.eq_ignore_ascii_case("stop-commands") {
                stopped = Some(text(said));
            } else if KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known)) {
                let pairs = rest.trim().split(',').filter_map(|pair| pair.split_once('='));
                let pairs = pairs.map(|(name, is)| (name.to_string(), value(is))).collect();
                obeyed.push((name.to_string(), pairs, text(said)));
                break;
            }
        }
    }
    assert_eq!(stopped, None, "the runner never listens again");
    obeyed
}

fn sarif_schema() -> (boon::Schemas, boon::SchemaIndex) {
    let schema = parsed(&fs::read_to_string("tests/data/sarif-2.1.0.json").expect("the schema"));
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.enable_format_assertions();
    compiler.add_resource("sarif.json", schema).expect("a schema");
    let index = compiler.compile("sarif.json", &mut schemas).expect("a schema");
    (schemas, index)
}

/// `%23` for `#`, undone.
fn decoded(reference: &str) -> String {
    let mut parts = reference.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two digits"));
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn each_format_reads_as_approved() {
    for fixture in ["tests/broken/base", "tests/broken/out-of-range", "tests/formats/odd"] {
        let fixture = Path::new(fixture);
        let dir = folder("approved", fixture);
        for format in ["sarif", "github", "junit"] {
            let (mut shown, _) = check(&dir, format);
            if format == "sarif" {
                let mut log = parsed(&shown);
                let version = &mut log["runs"][0]["tool"]["driver"]["version"];
                assert_eq!(version, env!("CARGO_PKG_VERSION"));
                *version = json!("the version");
                for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().into_iter().flatten() {
                    let page = Code::named(rule["id"].as_str().expect("a code")).map(explain::page);
                    assert_eq!(rule["help"], json!({"text": page, "markdown": page}));
                    rule["help"] = json!("the page of the code");
                }
                shown = serde_json::to_string_pretty(&log).expect("JSON");
            }
            let name = fixture.file_name().expect("a name").to_string_lossy();
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(format!("formats@{name}.{format}"), shown);
            });
        }
    }
}

#[test]
fn sarif_is_what_the_standard_asks_for() {
    let (schemas, index) = sarif_schema();
    for fixture in fixtures() {
        let dir = folder("sarif", &fixture);
        let shown = fixture.display();
        let (findings, code) = check(&dir, "json");
        let (log, sarif_code) = check(&dir, "sarif");
        let (findings, mut log) = (parsed(&findings), parsed(&log));
        assert_eq!(code, sarif_code, "{shown}");
        if let Err(error) = schemas.validate(&log, index) {
            panic!("{shown}: {error}");
        }
        let run = &log["runs"][0];
        assert_eq!(list(&run["results"]).len(), list(&findings).len(), "{shown}");
        for (result, finding) in list(&run["results"]).iter().zip(list(&findings)) {
            let rule =
                &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("an index") as usize];
            assert_eq!((&rule["id"], &result["ruleId"]), (&finding["code"], &finding["code"]), "{shown}");
            assert_eq!(result["level"], finding["severity"], "{shown}");
            let places = list(&result["locations"]).iter().chain(list(&result["relatedLocations"]));
            let places: Vec<&Value> = places.map(|place| &place["physicalLocation"]).collect();
            let labels = list(&finding["labels"]);
            assert_eq!(places.len(), labels.len(), "{shown}");
            for (place, label) in places.into_iter().zip(labels) {
                let uri = place["artifactLocation"]["uri"].as_str().expect("a reference");
                assert!(uri.starts_with(RULES_IN_REFERENCES), "{shown}: {uri}");
                assert!(decoded(uri).ends_with(label["file"].as_str().expect("a file")), "{shown}: {uri}");
                assert!(dir.join(decoded(uri)).exists(), "{shown}: {uri}");
                let region = json!({"startLine": label["line"], "startColumn": label["column"],
                    "endLine": label["end_line"], "endColumn": label["end_column"]});
                assert_eq!(place["region"], region, "{shown}");
            }
        }
        // The check would notice.
        log["runs"][0]["tool"]["driver"]["title"] = json!("no such key");
        assert!(schemas.validate(&log, index).is_err());
    }
}

#[test]
fn github_marks_the_places_and_obeys_nothing_else() {
    for fixture in fixtures() {
        let dir = folder("github", &fixture);
        let shown = fixture.display();
        let (findings, code) = check(&dir, "json");
        let (log, github_code) = check(&dir, "github");
        assert_eq!(code, github_code, "{shown}");
        let findings = parsed(&findings);
        let commands = obeyed(&log);
        assert_eq!(commands.len(), list(&findings).len(), "{shown}: {commands:#?}");
        for ((name, properties, text), finding) in commands.iter().zip(list(&findings)) {
            let property = |name: &str| properties.get(name).map(String::as_str);
            let number = |name: &str| property(name).map(|number| json!(number.parse::<u32>().ok()));
            let expected = |key: &str| finding.get(key).cloned();
            assert_eq!(json!(name), finding["severity"], "{shown}");
            assert_eq!(property("title"), finding["code"].as_str(), "{shown}");
            assert_eq!(json!(text.lines().next()), finding["message"], "{shown}");
            assert_eq!(property("file"), finding["file"].as_str(), "{shown}");
            assert_eq!(number("line"), expected("line"), "{shown}");
            assert_eq!(number("endLine"), expected("end_line"), "{shown}");
            let one_line = finding["line"] == finding["end_line"];
            assert_eq!(number("col"), expected("column").filter(|_| one_line), "{shown}");
            assert_eq!(number("endColumn"), expected("end_column").filter(|_| one_line), "{shown}");
        }
    }
}

#[test]
fn junit_counts_the_files() {
    for fixture in fixtures() {
        let dir = folder("junit", &fixture);
        let shown = fixture.display();
        let (findings, code) = check(&dir, "json");
        let (xml, junit_code) = check(&dir, "junit");
        assert_eq!(code, junit_code, "{shown}");
        let findings = parsed(&findings);
        let document = Document::parse(&xml).unwrap_or_else(|error| panic!("{shown}: {error}\n{xml}"));
        let all: Vec<_> = document.descendants().collect();
        let named = |name: &str| all.iter().filter(|node| node.has_tag_name(name)).count().to_string();
        for counted in all.iter().filter(|node| node.tag_name().name().starts_with("testsuite")) {
            assert_eq!(counted.attribute("tests"), Some(named("testcase").as_str()), "{shown}");
            assert_eq!(counted.attribute("failures"), Some(named("failure").as_str()), "{shown}");
        }
        for case in all.iter().filter(|node| node.has_tag_name("testcase")) {
            let name = case.attribute("file").unwrap_or("rules");
            let here = |finding: &&Value| finding["file"].as_str().unwrap_or("rules") == name;
            let of = |severity: &str| {
                list(&findings).iter().filter(here).filter(|finding| finding["severity"] == severity).count()
            };
            let child = |name: &str| case.children().find(|child| child.has_tag_name(name));
            let said = |name: &str, words: &str| {
                child(name).and_then(|child| child.text()).unwrap_or_default().matches(words).count()
            };
            assert_eq!(child("failure").is_some(), of("error") > 0, "{shown}: {name}");
            assert_eq!(said("failure", "error["), of("error"), "{shown}: {name}");
            assert_eq!(said("system-out", "warning["), of("warning"), "{shown}: {name}");
            assert_eq!(case.attribute("line").is_some(), name != "rules", "{shown}: {name}");
        }
        let found_in = |finding: &Value| finding["file"].as_str().unwrap_or("rules").to_string();
        for name in list(&findings).iter().map(found_in) {
            let cases = all.iter().filter(|node| node.has_tag_name("testcase"));
            assert_eq!(
                cases.filter(|case| case.attribute("file").unwrap_or("rules") == name).count(),
                1,
                "{shown}: {name}"
            );
        }
    }
}

#[test]
fn a_finding_keeps_its_fingerprint_when_its_lines_move() {
    let dir = folder("moved", Path::new("tests/broken/several-mistakes"));
    let read = || {
        let log = parsed(&check(&dir, "sarif").0);
        let results = list(&log["runs"][0]["results"]).to_vec();
        let prints = results.iter().map(|result| result["partialFingerprints"].to_string());
        let lines = results.iter().map(|result| result["locations"].to_string());
        (prints.collect::<Vec<_>>(), lines.collect::<Vec<_>>())
    };
    let (prints, lines) = read();
    let page = dir.join(RULES).join("page.yaml");
    let text = fs::read_to_string(&page).expect("the page");
    fs::write(&page, format!("# A line more.\n{text}")).expect("the page");
    let (moved_prints, moved_lines) = read();
    assert_eq!(prints, moved_prints);
    assert!(prints.len() == 6 && lines.iter().zip(&moved_lines).all(|(before, after)| before != after));
    let mut apart = prints.clone();
    apart.dedup();
    assert_eq!(apart.len(), 6);
}

#[test]
fn two_findings_alike_have_two_fingerprints() {
    let mut texts = Texts::new();
    let id = texts.add("a.yaml", "a\na\n".to_string());
    let finding = |at: usize| Diagnostic::error(Code::BadValue, "no").at(Span::new(id, at..at + 1), "");
    let log = parsed(&sarif::sarif(&texts, &[finding(0), finding(2)]));
    let print = |number: usize| &log["runs"][0]["results"][number]["partialFingerprints"];
    assert_ne!(print(0), print(1));
}

#[test]
fn a_whole_path_becomes_a_file_reference() {
    let mut texts = Texts::new();
    let id = texts.add("a b.yaml", "a".to_string());
    let finding = Diagnostic::error(Code::BadValue, "no").at(Span::new(id, 0..1), "");
    for (root, uri, file) in [
        ("/srv/our rules", "file:///srv/our%20rules/a%20b.yaml", "/srv/our rules/a b.yaml"),
        ("C:/rules", "file:///C:/rules/a%20b.yaml", "C:/rules/a b.yaml"),
        ("a:b", "a%3Ab/a%20b.yaml", "a:b/a b.yaml"),
        ("../rules", "../rules/a%20b.yaml", "../rules/a b.yaml"),
        ("", "a%20b.yaml", "a b.yaml"),
        ("/", "file:///a%20b.yaml", "/a b.yaml"),
    ] {
        let findings = [finding.clone()];
        texts.lie_under(root);
        let log = parsed(&sarif::sarif(&texts, &findings));
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], uri);
        let commands = obeyed(&github::github(&texts, &findings));
        assert_eq!(commands[0].1["file"], file);
    }
}

/// The blocks of YAML in the README that hold `word`.
fn example(word: &str) -> serde_yaml::Value {
    let readme = fs::read_to_string("README.md").expect("README.md");
    let blocks = readme.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let blocks: Vec<&str> = blocks.filter(|block| block.contains(word)).collect();
    assert_eq!(blocks.len(), 1, "{word}");
    serde_yaml::from_str(blocks[0]).expect("YAML")
}

/// The commands of the examples can be run, and a step that must run whatever came before says so.
#[test]
fn the_examples_for_a_clinic_are_sound() {
    let workflow = example("runs-on:");
    let steps = workflow["jobs"]["rules"]["steps"].as_sequence().expect("steps").clone();
    let hooks = example("repos:")["repos"][0]["hooks"].as_sequence().expect("hooks").clone();
    let runs = |list: &[serde_yaml::Value], key: &str| -> Vec<String> {
        list.iter().filter_map(|step| step[key].as_str()).map(str::to_string).collect()
    };
    let mut commands = runs(&steps, "run");
    commands.extend(runs(&hooks, "entry"));
    let mut ran = 0;
    for line in commands.iter().flat_map(|command| command.lines()) {
        let words = line.split(" > ").next().unwrap_or_default();
        let args = words.strip_prefix("bin/clearance ").expect("each step runs the program");
        if args.starts_with("check") || args.starts_with("test") {
            let done = Command::new(env!("CARGO_BIN_EXE_clearance")).args(args.split(' ')).output();
            let code = done.expect("the program runs").status.code();
            assert!(matches!(code, Some(0 | 1)), "{line} could not run");
            ran += 1;
        }
    }
    assert_eq!(ran, 5, "{commands:#?}");
    for verb in ["fmt --check", "check", "test"] {
        let told = |list: &[String]| list.iter().any(|run| run.starts_with(&format!("bin/clearance {verb}")));
        assert!(told(&runs(&steps, "run")) && told(&runs(&hooks, "entry")), "{verb}");
    }
    for (written, read) in [("rules.sarif", "sarif_file"), ("cases.xml", "path")] {
        let writes =
            |step: &&serde_yaml::Value| step["run"].as_str().is_some_and(|run| run.ends_with(written));
        let reads = |step: &&serde_yaml::Value| step["with"][read].as_str() == Some(written);
        for step in [steps.iter().find(writes), steps.iter().find(reads)] {
            assert_eq!(step.expect(written)["if"].as_str(), Some("always()"), "{written}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_out(
        words in prop::collection::vec(
            "([a-z%&<>\"'\\[\\](){}#:;,=\\\\ \n\r\t\u{0}\u{7}\u{1b}\u{85}\u{2028}\u{202e}\u{fffe}\u{ffff}é日]\
             |::error::|::set-output name=a::|##\\[add-mask\\]|::stop-commands::|%0A|%25|\\]\\]>|&#0;|<!--|\\[a\\]\\(0\\)|\\{0\\}){0,12}",
            6,
        ),
    ) {
        let mut texts = Texts::new();
        let id = texts.add(words[0].clone(), words[1].clone());
        let span = Span::new(id, 0..words[1].len());
        let finding = Diagnostic::error(Code::BadValue, words[2].clone())
            .at(span, words[3].clone())
            .at(Span::new(id, 0..0), words[4].clone())
            .note(words[5].clone())
            .help(words[2].clone());
        let folder = Diagnostic::warning(Code::NoTreatment, words[4].clone());
        let findings = [finding, folder];

        let marks = github::github(&texts, &findings);
        let log = format!("{marks}{}", github::quoted(&words.join("\n")));
        let commands = obeyed(&log);
        let names: Vec<&str> = commands.iter().map(|(name, ..)| name.as_str()).collect();
        prop_assert_eq!(names, ["error", "warning"]);
        let keys: Vec<&str> = commands[0].1.keys().map(String::as_str).collect();
        prop_assert!(keys == ["col", "endColumn", "endLine", "file", "line", "title"] || keys == ["endLine", "file", "line", "title"]);
        prop_assert_eq!(commands[1].1.len(), 1);

        let trial = |at, findings: &[Diagnostic]| Trial {
            name: words[4].clone(), group: words[3].clone(), at, findings: findings.to_vec(),
        };
        let xml = junit::junit(&[trial(Some(span), &findings), trial(None, &[])], &texts);
        let document = Document::parse(&xml);
        prop_assert!(document.is_ok(), "{:?}\n{}", document.err(), xml);
        let document = document.expect("it was parsed");
        let tags: Vec<&str> = document.descendants().filter(|n| n.is_element()).map(|n| n.tag_name().name()).collect();
        prop_assert_eq!(tags, ["testsuites", "testsuite", "testcase", "failure", "system-out", "testcase"]);

        let sarif = parsed(&sarif::sarif(&texts, &findings));
        let result = &sarif["runs"][0]["results"][0];
        let message = result["message"]["text"].as_str().expect("a text");
        // The one link is the one to the second place.
        prop_assert_eq!(message.matches("](").count(), 1, "{}", message);
        prop_assert_eq!(message.matches("](1)").count(), 1, "{}", message);
        let unwanted = message.contains("{0}") || message.contains(['\u{1b}', '\u{0}', '\r']);
        prop_assert!(!unwanted, "{}", message);
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str();
        prop_assert!(uri.is_some_and(|uri| uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/%:".contains(&b))));
    }
}
