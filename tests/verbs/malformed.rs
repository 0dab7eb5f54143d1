//! Whatever stands in a rules folder: a clear message, an exit code, and never a panic.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use clearance::inside::report::findings::{self, Colour};
use clearance::inside::source::Folder;
use clearance::inside::{book, written};
use proptest::prelude::*;

/// A copy of the sound base, with which a test may do what it likes.
struct Rules(PathBuf);

impl Rules {
    fn new(name: &str) -> Rules {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("malformed").join(name);
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("page")).expect("a folder for the test");
        for file in ["clinic.yaml", "facts.yaml", "page.yaml", "page/source.yaml"] {
            fs::copy(Path::new("tests/broken/base").join(file), dir.join(file)).expect("a copy");
        }
        Rules(dir)
    }

    fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        fs::write(self.0.join(file), content).expect("a file for the test");
    }

    fn remove(&self, file: &str) {
        fs::remove_file(self.0.join(file)).expect("a file to remove");
    }

    /// Runs `check`; it must end with `code` within seconds, say `words`, and not panic.
    fn check(&self, code: i32, words: &[&str]) {
        let started = Instant::now();
        let output = run(&["check", "--rules", &self.0.to_string_lossy()]);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(code), "{said}");
        for words in words {
            assert!(said.contains(words), "no `{words}` in:\n{said}");
        }
        assert!(!said.contains("panicked") && said.len() < 40_000, "{said}");
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    }
}

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearance")).args(args).output().expect("the program runs")
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn deep_nesting() {
    for (name, open, close) in [("lists", "[", "]"), ("maps", "{a: ", "}"), ("items", "- ", "")] {
        let rules = Rules::new(&format!("deep-{name}"));
        rules.write("page.yaml", format!("a:\n  {}b{}\n", open.repeat(10_000), close.repeat(10_000)));
        rules.check(1, &["error[too-deep]", "page.yaml:2:"]);
    }
    let rules = Rules::new("deep-lines");
    let lines: String = (0..1_200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    rules.write("page.yaml", lines);
    rules.check(1, &["error[too-deep]"]);
    let rules = Rules::new("deep-condition");
    let page = fs::read_to_string("tests/broken/base/page.yaml").expect("the base");
    rules.write("page.yaml", page.replace("when: pregnant", &format!("when: a{}", " + a".repeat(100_000))));
    rules.check(1, &["error[expression-too-large]", "page.yaml:19:"]);
}

#[test]
fn an_alias_bomb() {
    let rules = Rules::new("bomb");
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_string();
    for letter in 'b'..='z' {
        let before = char::from_u32(letter as u32 - 1).unwrap_or('a');
        bomb += &format!("{letter}: &{letter} [{}]\n", vec![format!("*{before}"); 4_000].join(", "));
    }
    assert!(bomb.len() > 400_000);
    rules.write("page.yaml", bomb);
    rules.check(1, &["error[yaml-feature]: a YAML anchor has no place in these files"]);
}

#[test]
fn odd_characters() {
    let rules = Rules::new("odd");
    rules.write("facts.yaml", "pregnant:\n\tkind: yes/no\n");
    rules.write("clinic.yaml", "name: Clinic\0\n");
    rules.write("page.yaml", b"treatment: Peel\nrevision: \xff\xfe\n");
    rules.check(
        1,
        &["a tab cannot indent a line", "facts.yaml:2:1", "U+0000", "clinic.yaml:1:13", "page.yaml:2:11"],
    );
}

#[test]
fn endless_lines() {
    let rules = Rules::new("endless");
    rules.write("page.yaml", format!("a: {}", "x".repeat(50 << 20)));
    rules.check(1, &["error[unreadable-file]: `page.yaml` is larger than 2 MiB"]);
    rules.write("page.yaml", format!("treatment: {}\nrevision: one\n", "x".repeat(900_000)));
    rules.check(1, &["`one` is no revision"]);
    rules.write("page.yaml", format!("{}: 1\n", "x".repeat(900_000)));
    rules.check(1, &["page.yaml"]);
}

#[test]
fn files_that_are_none() {
    let rules = Rules::new("empty");
    rules.write("page.yaml", "");
    rules.write("facts.yaml", "# nothing\n");
    rules.check(1, &["the page `page.yaml` is empty"]);
    let rules = Rules::new("folder");
    rules.remove("page.yaml");
    fs::create_dir(rules.0.join("page.yaml")).expect("a folder");
    rules.check(1, &["error[unreadable-file]: `page.yaml` cannot be read: it is a folder"]);
    let rules = Rules::new("missing");
    rules.remove("page/source.yaml");
    rules.remove("clinic.yaml");
    rules.check(1, &["there is no file `page/source.yaml`", "has no `clinic.yaml`"]);
}

#[test]
fn names_that_would_not_be_read() {
    let rules = Rules::new("names");
    rules.write("other.yml", "");
    rules.write("facts.yaml.txt", "");
    rules.write("notes.txt", "anything");
    rules.write(".hidden.yaml", ": :");
    fs::create_dir(rules.0.join("examples")).expect("a folder");
    rules.write("examples/client.yaml", ": :");
    rules.check(1, &["rename it to `other.yaml`", "rename it to `facts.yaml`", "2 errors"]);
}

#[test]
fn too_many_files() {
    let rules = Rules::new("many");
    for number in 0..2_001 {
        rules.write(&format!("page/{number}.yaml"), "");
    }
    rules.check(2, &["holds more than 2000 rule files"]);
}

#[test]
fn paths_that_lead_out() {
    let page = fs::read_to_string("tests/broken/base/page.yaml").expect("the base");
    for (path, why) in [
        ("../../etc/passwd", "leaves the rules folder"),
        ("page/../../secret.yaml", "leaves the rules folder"),
        ("..", "leaves the rules folder"),
        (".", "names no file"),
        ("/etc/passwd", "is absolute"),
        ("file:///etc/passwd", "holds a colon"),
        ("C:/secret.yaml", "holds a colon"),
        ("page\\source.yaml", "holds a backslash"),
        ("\"page/\\0.yaml\"", "holds a control character"),
    ] {
        let rules = Rules::new("paths");
        rules.write("page.yaml", page.replace("page/source.yaml", path));
        rules.check(1, &["error[path-leaves-rules]: the path `", why, "page.yaml:4:6"]);
        let script = format!("script: {{file: {path}, function: adjust, takes: [price]}}");
        let lists = "basis: None.\n  lists: {2026-01-01: {basis: None., bands: [{price: 1}]}}";
        let pricing = format!("pricing:\n  by: area\n  per: session\n  {lists}\n  {script}\n");
        let facts = fs::read_to_string("tests/broken/base/facts.yaml").expect("the base");
        rules.write("facts.yaml", facts + "area: {kind: number, between: [1, 9], ask: How large?}\n");
        rules.write("page.yaml", format!("{page}{pricing}"));
        // Scripts are only ever looked for among the files of the folder.
        rules.check(1, &["error[script-signature]: there is no script `", "page.yaml:34:"]);
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_devices() {
    use std::os::unix::fs::symlink;
    let rules = Rules::new("pipes");
    let pipe = rules.0.join("pipe.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().is_ok_and(|done| done.success()));
    symlink("pipe.yaml", rules.0.join("link.yaml")).expect("a link");
    symlink("/dev/zero", rules.0.join("zero.yaml")).expect("a link");
    rules.check(
        1,
        &[
            "`pipe.yaml` cannot be read: it is neither a file nor a folder",
            "`link.yaml` cannot be read: it is neither a file nor a folder",
            "`zero.yaml` is a link to a place outside the rules folder",
        ],
    );
}

#[cfg(unix)]
#[test]
fn links() {
    use std::os::unix::fs::symlink;
    let rules = Rules::new("links");
    symlink(fs::canonicalize("Cargo.toml").expect("a file"), rules.0.join("other.yaml")).expect("a link");
    symlink("/", rules.0.join("root")).expect("a link");
    symlink("nowhere", rules.0.join("lost.yaml")).expect("a link");
    symlink(".", rules.0.join("again")).expect("a link");
    rules.check(
        1,
        &[
            "error[path-leaves-rules]: `other.yaml` is a link to a place outside the rules folder",
            "error[path-leaves-rules]: `root`",
            "error[unreadable-file]: `lost.yaml` cannot be read: it does not exist",
            "3 errors",
        ],
    );
    let rules = Rules::new("inner-link");
    fs::create_dir(rules.0.join("cases")).expect("a folder");
    fs::rename(rules.0.join("facts.yaml"), rules.0.join("cases/facts.yaml")).expect("a move");
    symlink("cases/facts.yaml", rules.0.join("facts.yaml")).expect("a link");
    rules.check(0, &["no errors"]);
}

const SHIPPED: [(&str, &str); 5] = [
    ("clinic.yaml", include_str!("../../rules/clinic.yaml")),
    ("facts.yaml", include_str!("../../rules/facts.yaml")),
    ("hazards.yaml", include_str!("../../rules/hazards.yaml")),
    ("microneedling.yaml", include_str!("../../rules/microneedling.yaml")),
    ("microneedling/leaflet.yaml", include_str!("../../rules/microneedling/leaflet.yaml")),
];

/// Replaces `length` characters at `at` by `by`.
fn edit(text: &str, at: usize, length: usize, by: &str) -> String {
    let count = text.chars().count();
    let at = at % (count + 1);
    let rest = text.chars().skip((at + length).min(count));
    text.chars().take(at).chain(by.chars()).chain(rest).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_edit_of_the_shipped_rules_is_too_odd(
        edits in prop::collection::vec(
            (0..5usize, 0..12_000usize, 0..12usize, "[ a-z_:#,'\"!*&{}()\\[\\]|><=+\\n\\-0-9é\u{feff}\u{1b}]{0,6}"),
            1..6,
        )
    ) {
        let mut files = SHIPPED.map(|(path, text)| (path, text.to_string()));
        for (file, at, length, by) in &edits {
            files[*file].1 = edit(&files[*file].1, *at, *length, by);
        }
        let (mut folder, mut found) = (Folder::new(), Vec::new());
        for (path, text) in files {
            folder.add(path, text.into_bytes(), &mut found);
        }
        let rules = written::read(&folder, &mut found);
        book::from_written(&rules, &folder.texts, &mut found);
        let shown = findings::human(&folder.texts, &found, Colour::Plain);
        let escape = '\u{1b}';
        prop_assert!(!shown.contains(escape));
        prop_assert!(found.iter().all(|finding| !finding.helps.is_empty()), "{}", shown);
        let json: Result<serde_json::Value, _> = serde_json::from_str(&findings::json(&folder.texts, &found));
        prop_assert!(json.is_ok());
    }
}
