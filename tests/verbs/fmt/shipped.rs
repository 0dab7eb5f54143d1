//! The shipped files: canonical as they are, and found again however they were written down.

use std::collections::BTreeMap;
use std::fs;

use clearance::inside::report::fmt::{self, Formatted};
use clearance::inside::source::{Folder, Node, yaml};
use clearance::inside::span::Texts;
use clearance::inside::written::cases;
use clearance::inside::{book, study, written};
use jiff::tz::TimeZone;

use super::random::{self, Random};
use super::respace::{self, Written};

const SCRIPT: &str = "microneedling/pricing.rhai";

/// The paths of the shipped files that have a canonical form.
fn paths() -> Vec<String> {
    let mut paths: Vec<String> =
        ["clinic.yaml", "facts.yaml", "hazards.yaml", "microneedling.yaml", "microneedling/leaflet.yaml"]
            .map(str::to_string)
            .into();
    for entry in fs::read_dir("rules/microneedling/cases").expect("the cases") {
        let name = entry.expect("a file").file_name().to_string_lossy().into_owned();
        paths.extend(name.ends_with(".yaml").then(|| format!("microneedling/cases/{name}")));
    }
    paths.sort();
    assert!(paths.len() > 8);
    paths
}

fn shipped(path: &str) -> String {
    fs::read_to_string(format!("rules/{path}")).expect("a shipped file")
}

/// The canonical form of a text that can be read.
pub fn formatted(path: &str, text: &str) -> String {
    let (mut texts, mut findings) = (Texts::new(), Vec::new());
    let id = texts.add(path, text.to_string());
    match fmt::format(path, &texts, id, &mut findings) {
        Formatted::Unchanged => text.to_string(),
        Formatted::Changed(text) => text,
        other => panic!("{path}: {other:?}\n{findings:?}\n{text}"),
    }
}

/// The comments of a text, sorted.
fn comments(text: &str) -> Vec<String> {
    let mut texts = Texts::new();
    let id = texts.add("text", text.to_string());
    let comments = yaml::comments(&texts, id).expect("YAML");
    let mut comments: Vec<String> =
        comments.iter().map(|comment| text[comment.span.range()].trim_end().to_string()).collect();
    comments.sort();
    comments
}

/// All that a folder means, and all that is wrong with it, without the places.
fn meaning(files: &BTreeMap<String, String>) -> String {
    let (mut folder, mut findings) = (Folder::new(), Vec::new());
    for (path, text) in files {
        folder.add(path, text.clone().into_bytes(), &mut findings);
    }
    let rules = written::read(&folder, &mut findings);
    let book = book::from_written(&rules, &folder.texts, &mut findings);
    let zone = TimeZone::get(&book.clinic.time_zone).expect("a zone");
    let cases = cases::read(&folder, &mut findings);
    let suites = study::cases::from_written(&cases, &book, &zone, &mut findings);
    let mut found: Vec<String> =
        findings.iter().map(|f| format!("{:?} {} {:?} {:?}", f.code, f.message, f.notes, f.helps)).collect();
    found.sort();
    placeless(&format!("{book:#?}\n{suites:#?}\n{found:#?}"))
}

/// Debug output without places, and without the quotes that answers of cases were written in.
fn placeless(text: &str) -> String {
    let mut lines = Vec::new();
    let mut inside = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        match inside {
            Some(start) if indent > start => {}
            Some(start) if indent == start => inside = None,
            _ if line.ends_with("Span {") || line.ends_with("runs: [") => inside = Some(indent),
            _ if line.trim_start().starts_with("style: ") => {}
            // `at: "microneedling.yaml:158"`
            _ if line.trim_start().starts_with("at: \"") => {}
            _ => lines.push(line),
        }
    }
    assert!(inside.is_none() && lines.len() > 100, "spans have an end");
    lines.join("\n")
}

fn folder() -> BTreeMap<String, String> {
    paths().into_iter().chain([SCRIPT.to_string()]).map(|path| (path.clone(), shipped(&path))).collect()
}

fn tree(text: &str) -> Node {
    let (mut texts, mut findings) = (Texts::new(), Vec::new());
    let id = texts.add("text", text.to_string());
    yaml::read(&texts, id, &mut findings).expect("YAML")
}

#[test]
fn the_shipped_files_are_canonical() {
    for path in paths() {
        assert_eq!(formatted(&path, &shipped(&path)), shipped(&path), "{path}");
    }
}

#[test]
fn a_changed_meaning_is_seen() {
    let same = meaning(&folder());
    for (path, old, new) in [
        ("microneedling.yaml", "value: 180 days", "value: 181 days"),
        ("microneedling.yaml", "hazard: H1", "hazard: H2"),
        ("facts.yaml", "no: 4 weeks", "yes: 4 weeks"),
        ("clinic.yaml", "half: up", "half: even"),
        ("hazards.yaml", "keyboard", "keyboards"),
        ("microneedling/cases/waits.yaml", "expect: deferred", "expect: eligible"),
        ("microneedling/cases/clients.yaml", "pregnant: no", "pregnant: yes"),
    ] {
        let mut other = folder();
        let text = other[path].replacen(old, new, 1);
        assert_ne!(text, other[path]);
        other.insert(path.to_string(), text);
        assert_ne!(meaning(&other), same, "{new}");
    }
}

/// However the rules are written down: one step is enough, every comment is kept, and they mean the same.
#[test]
fn rules_written_down_in_another_way_keep_their_meaning() {
    let mut random = Random(0xf0f7);
    let paths = paths();
    let trees: Vec<Node> = paths.iter().map(|path| tree(&shipped(path))).collect();
    let same = meaning(&folder());
    let (mut count, mut kept, mut near) = (0, 0, 0);
    while count < random::cases(1_000) {
        let mut files = folder();
        for (path, tree) in paths.iter().zip(&trees) {
            let Written { text, mut comments, about } = respace::write(tree, &mut random);
            let once = formatted(path, &text);
            assert_eq!(formatted(path, &once), once, "{path}\n{text}");
            comments.sort();
            assert_eq!(self::comments(&once), comments, "{path}\n{text}\n{once}");
            for (comment, key) in about {
                assert!(
                    is_about(&once, &comment, &key),
                    "{comment} {key}
{text}
{once}"
                );
                near += 1;
            }
            assert!(is_tidy(&once), "{path}\n{text}\n{once}");
            kept += comments.len();
            files.insert(path.clone(), once);
            count += 1;
        }
        let new = meaning(&files);
        let differs = same.lines().zip(new.lines()).find(|(same, new)| same != new);
        assert_eq!((differs, new.len()), (None, same.len()), "after {count} files");
    }
    println!("{count} files with {kept} comments, {near} of them about an entry");
    assert!(kept > near && near > count);
}

/// Whether a comment stands on a line of this entry, or above it with nothing between but comments.
fn is_about(text: &str, comment: &str, key: &str) -> bool {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let at = lines.iter().position(|line| line.ends_with(comment)).expect("the comment is there");
    let alone = |line: &&str| line.trim_start().starts_with('#');
    let indent = |line: &str| line.len() - line.trim_start().len();
    let entry = match alone(&lines[at]) {
        true => lines[at..].iter().find(|line| !alone(line)),
        // A text may go on over several lines, each deeper than its key.
        false => lines[..=at].iter().rev().find(|line| {
            let last = std::ptr::eq(**line, lines[at]);
            starts_with_key(line, key) && (last || indent(line) < indent(lines[at]))
        }),
    };
    entry.is_some_and(|line| starts_with_key(line, key))
}

fn starts_with_key(line: &str, key: &str) -> bool {
    let line = line.trim_start_matches([' ', '-', '"']);
    line.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches('"').starts_with(':'))
}

/// No blanks at the ends of lines, one line break at the end, one blank line at most, none at the start.
fn is_tidy(text: &str) -> bool {
    let ends = text.lines().all(|line| line.trim_end() == line);
    ends && text.ends_with('\n')
        && !text.contains("\n\n\n")
        && !text.contains(['\r', '\u{feff}'])
        && !text.starts_with('\n')
        && !text.ends_with("\n\n")
}

/// The shipped text itself, comments and all, as another editor might leave it behind.
#[test]
fn only_the_spacing_of_the_shipped_files_was_lost() {
    let mut random = Random(0x5bace);
    for _ in 0..random::cases(50) {
        for path in &paths() {
            let canonical = shipped(path);
            let mut text = String::new();
            // Behind a dash, how deep the next line is does not depend on the levels above.
            let deeper = if path.contains("/cases/") { 1 } else { random.between(1, 3) as usize };
            for line in canonical.lines() {
                let indent = line.len() - line.trim_start().len();
                text.extend(std::iter::repeat_n(' ', indent * deeper));
                text.push_str(line.trim_start());
                text.push_str(random.of(&["", "", "", "  ", "\t"]));
                text.push('\n');
                while line.is_empty() && random.chance(4) {
                    text.push('\n');
                }
            }
            let text = if random.chance(2) { text.replace('\n', "\r\n") } else { text };
            let aligned = |text: &str| -> Vec<String> {
                text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
            };
            let once = formatted(path, &text);
            assert_eq!(formatted(path, &once), once);
            // Comments at line ends stay in a column that may be another one.
            assert_eq!(aligned(&once), aligned(&canonical), "{path}\n{text}");
        }
    }
}
