//! What must hold of whatever the program says.

use clearance::inside::diagnostic::Diagnostic;
use clearance::inside::report::findings::{self, Colour};
use clearance::inside::report::{github, sarif};
use clearance::inside::rulebook::{self, Loaded, Part};
use clearance::inside::source::Folder;
use clearance::inside::span::Texts;

/// Mixes numbers into one.
pub fn mix(sum: u64, with: u64) -> u64 {
    (sum ^ with).wrapping_mul(0x0100_0000_01b3).rotate_left(23)
}

/// Names the kinds of findings and how many there are of each, as far as that is something new.
pub fn kinds(findings: &[Diagnostic]) -> u64 {
    let mut names: Vec<u64> = findings
        .iter()
        .map(|finding| {
            // The message without what the input put into it.
            let words = finding.message.split('`').step_by(2).flat_map(str::bytes);
            let words = words.filter(|byte| !byte.is_ascii_digit());
            words.fold(finding.code as u64 + 1, |sum, byte| mix(sum, u64::from(byte)))
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(2);
    names.into_iter().fold(1, mix)
}

/// Every finding points into its text, on character boundaries, and says what to do.
pub fn findings(texts: &Texts, findings: &[Diagnostic]) {
    for finding in findings {
        for label in &finding.labels {
            let (text, span) = (texts.get(label.span.text), label.span);
            assert!(span.start <= span.end, "{finding:?}");
            assert!(text.content.get(span.range()).is_some(), "{finding:?} points out of `{}`", text.name);
            texts.reference(span);
        }
        assert!(!finding.helps.is_empty(), "{finding:?} helps nobody");
    }
}

/// One of the forms in which findings are printed.
pub fn printed(texts: &Texts, found: &[Diagnostic], which: u64) {
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    match which % 8 {
        0 => drop(json(&sarif::sarif(texts, found))),
        1 => drop(json(&findings::json(texts, found))),
        2 => harmless(&github::github(texts, found)),
        _ => harmless(&findings::human(texts, found, Colour::Plain)),
    }
}

/// No character drives a terminal or hides what follows.
pub fn harmless(text: &str) {
    let hidden = |c: &char| {
        c.is_control() && *c != '\n'
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    if let Some(found) = text.chars().find(hidden) {
        panic!("U+{:04X} is printed in {text:?}", found as u32);
    }
}

/// It can be read as JSON. What was kept as JSON is shown as it is, though half a surrogate pair stands in it.
pub fn json(text: &str) {
    serde_json::from_str::<&serde_json::value::RawValue>(text).expect("JSON");
}

/// The same of an answer, whose outcome is in colour, on a line of its own.
pub fn harmless_but_for_colour(answer: &str) {
    for line in answer.lines() {
        let inside = line.strip_prefix("\u{1b}[1;3").and_then(|rest| rest.strip_suffix("\u{1b}[0m"));
        harmless(inside.unwrap_or(line));
    }
}

/// Loads files as the program does.
pub fn loaded<'f>(files: impl IntoIterator<Item = (&'f str, Vec<u8>)>, part: Part) -> Loaded {
    let (mut folder, mut found) = (Folder::new(), Vec::new());
    for (path, bytes) in files {
        folder.add(path, bytes, &mut found);
    }
    rulebook::loaded(folder, part, found)
}

/// The shipped rules, which are sound.
pub fn shipped() -> Loaded {
    let paths = [
        "clinic.yaml",
        "facts.yaml",
        "hazards.yaml",
        "microneedling.yaml",
        "microneedling/leaflet.yaml",
        "microneedling/pricing.rhai",
    ];
    of_folder("rules", &paths)
}

/// A page that uses what the shipped one does not.
pub fn peel() -> Loaded {
    of_folder("tests/batch/rules", &["clinic.yaml", "facts.yaml", "peel.yaml"])
}

fn of_folder(folder: &str, paths: &[&str]) -> Loaded {
    let read = |path: &str| std::fs::read(format!("{folder}/{path}")).expect("a file of the rules");
    let loaded = loaded(paths.iter().map(|path| (*path, read(path))), Part::Rules);
    assert!(loaded.usable());
    loaded
}
