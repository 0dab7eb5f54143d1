//! Every change of one line of the shipped rules, and every mutant of the page: what `diff` says of it in a word, what
//! it lists, and whether the digest that people sign is another one. Nothing that changes is called nothing.

use std::fs;
use std::path::Path;

use clearance::Day;
use clearance::inside::book::{Book, parts};
use clearance::inside::rulebook::{Loaded, Part, loaded};
use clearance::inside::source::Folder;
use clearance::inside::span::Texts;
use clearance::inside::study::diff::{self, Diff, Side, Verdict};
use clearance::inside::study::{Client, mutants};

const FILES: [&str; 6] = [
    "clinic.yaml",
    "facts.yaml",
    "hazards.yaml",
    "microneedling.yaml",
    "microneedling/leaflet.yaml",
    "microneedling/pricing.rhai",
];

/// Two long ones that are mostly words: gone through where `CLEARANCE_LINES` is set, as in CI.
const LONG: [&str; 2] = ["hazards.yaml", "microneedling/leaflet.yaml"];

fn read(texts: &[(&str, String)]) -> Loaded {
    let (mut folder, mut findings) = (Folder::new(), Vec::new());
    for (name, text) in texts {
        folder.add(name, text.as_bytes().to_vec(), &mut findings);
    }
    loaded(folder, Part::Rules, findings)
}

fn shipped() -> Vec<(&'static str, String)> {
    let text = |name| fs::read_to_string(Path::new("rules").join(name)).expect("a shipped file");
    FILES.iter().map(|name| (*name, text(name))).collect()
}

/// The line with its last number one higher, else with yes and no exchanged, another key, or a word more.
fn changed(line: &str) -> Option<String> {
    let (code, comment) = line.split_at(line.find(" #").unwrap_or(line.len()));
    let code = code.trim_end();
    if code.trim().is_empty() || code.trim_start().starts_with('#') || code.trim_start().starts_with("//") {
        return None;
    }
    let is_digit = |c: char| c.is_ascii_digit();
    if let Some(last) = code.rfind(is_digit) {
        let first = code[..last].rfind(|c| !is_digit(c)).map_or(0, |at| at + 1);
        let digits = &code[first..=last];
        let more = digits.parse::<u64>().ok()? + 1;
        let width = digits.len();
        return Some(format!("{}{more:0width$}{}{comment}", &code[..first], &code[last + 1..]));
    }
    for [from, to] in [["yes", "no"], ["no", "yes"]] {
        if let Some(before) = code.strip_suffix(&format!(": {from}")) {
            return Some(format!("{before}: {to}{comment}"));
        }
    }
    match code.chars().next_back()? {
        ':' => Some(format!("{}_x:{comment}", &code[..code.len() - 1])),
        '?' | '.' => Some(format!("{} indeed{}{comment}", &code[..code.len() - 1], &code[code.len() - 1..])),
        last => last.is_alphanumeric().then(|| format!("{code} indeed{comment}")),
    }
}

/// What is listed: rules, and what stands beside them.
fn listed(diff: &Diff) -> Vec<String> {
    let mut names = Vec::new();
    for page in &diff.pages {
        names.extend(page.rules.iter().map(|rule| rule.id.clone()));
        names.extend(page.changes.iter().map(|change| format!("{} {}", change.section.word(), change.name)));
    }
    names.extend(diff.changes.iter().map(|change| format!("{} {}", change.section.word(), change.name)));
    names
}

struct Base<'l> {
    loaded: &'l Loaded,
    client: Client,
}

impl Base<'_> {
    fn row(&self, texts: &Texts, book: &Book, scripts: &Loaded) -> (String, bool) {
        let Loaded { texts: old_texts, book: old, scripts: old_scripts, .. } = self.loaded;
        let sides = [
            Side { texts: old_texts, book: old, scripts: old_scripts },
            Side { texts, book, scripts: &scripts.scripts },
        ];
        let diff = diff::diff(sides[0], sides[1], &|_| Some((0, "plain".to_string(), self.client.clone())));
        let digest = |book: &Book| parts::named(&parts::manifest(book, &book.treatments[0]));
        let digest = if digest(old) == digest(book) { "same" } else { "new" };
        let listed = listed(&diff);
        let moves = diff.verdict() != Verdict::Equivalent;
        let text = format!("{:<13} {digest:<5} {}", diff.verdict().word(), listed.join(", "));
        (text.trim_end().to_string(), moves || !listed.is_empty())
    }
}

fn base(loaded: &Loaded) -> Base<'_> {
    let client = Client::plain(&loaded.book.facts, Day::parse("2026-03-02").expect("a day"));
    Base { loaded, client }
}

#[test]
fn every_change_of_a_line_is_said() {
    let texts = shipped();
    let old = read(&texts);
    let base = base(&old);
    let mut silent = Vec::new();
    let all = std::env::var_os("CLEARANCE_LINES").is_some();
    for at in (0..texts.len()).filter(|at| all || !LONG.contains(&texts[*at].0)) {
        let (mut table, name) = (String::new(), texts[at].0.replace('/', "-"));
        let lines: Vec<&str> = texts[at].1.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let Some(other) = changed(line) else { continue };
            let mut now = texts.clone();
            let mut changed: Vec<&str> = lines.clone();
            changed[number] = &other;
            now[at].1 = changed.join("\n") + "\n";
            let new = read(&now);
            let place = format!("{:>4} {}", number + 1, other.trim());
            let error = new.findings.iter().find(|finding| finding.is_error());
            let said = match error {
                Some(error) => format!("refused: {}", error.code.name()),
                None if new.book.treatments.is_empty() => "no page is left".to_string(),
                None => {
                    let (text, said) = base.row(&new.texts, &new.book, &new);
                    if !said {
                        silent.push(other.trim().to_string());
                    }
                    text
                }
            };
            table += &format!("{place}\n       {said}\n");
        }
        insta::assert_snapshot!(format!("lines-of-{name}"), table);
    }
    assert!(silent.is_empty(), "nothing is said of {silent:?}");
}

#[test]
fn every_mutant_is_said() {
    let old = read(&shipped());
    let base = base(&old);
    let treatment = &old.book.treatments[0];
    let (mut table, mut silent) = (String::new(), Vec::new());
    for mutant in mutants(&old.book, treatment) {
        let (said, any) = base.row(&old.texts, &mutant.apply(&old.book), &old);
        if !any {
            silent.push(mutant.what.clone());
        }
        table += &format!("{}\n       {said}\n", mutant.what);
    }
    assert!(silent.is_empty(), "nothing is said of {silent:?}");
    insta::assert_snapshot!(table);
}
