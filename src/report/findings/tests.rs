use proptest::prelude::*;

use super::*;
use crate::diagnostic::Code;

fn texts(content: &str) -> (Texts, TextId) {
    let mut texts = Texts::new();
    let id = texts.add("a.yaml", content.to_string());
    (texts, id)
}

fn shown(content: &str, places: &[(usize, usize, &str)]) -> String {
    let (texts, id) = texts(content);
    let labels = places.iter().map(|(start, end, text)| (Span::new(id, *start..*end), *text));
    let finding = labels.fold(Diagnostic::error(Code::BadYaml, "wrong"), |f, (span, text)| f.at(span, text));
    human(&texts, &[finding], Colour::Plain)
}

#[test]
fn why_and_what_to_do_follow_the_lines() {
    let (texts, id) = texts("a: 1\nb: 2\na: 3\n");
    let finding = Diagnostic::error(Code::DuplicateKey, "`a` stands twice")
        .at(Span::new(id, 10..11), "again here")
        .at(Span::new(id, 0..1), "first here")
        .note("one would be ignored")
        .help("keep one");
    let warning = Diagnostic::warning(Code::NoTreatment, "nothing here");
    let expected = "\
error[duplicate-key]: `a` stands twice
 --> a.yaml:3:1
  |
1 | a: 1
  | - first here
2 | b: 2
3 | a: 3
  | ^ again here
  |
  = note: one would be ignored
  = help: keep one

warning[no-treatment]: nothing here

1 error, 1 warning
";
    assert_eq!(human(&texts, &[finding, warning], Colour::Plain), expected);
}

#[test]
fn an_escape_sequence_cannot_reach_the_terminal() {
    let content = "a:\t\u{1b}[31mred\u{202e}x\r\n";
    let at = content.find("red").unwrap_or_default();
    let shown = shown(content, &[(at, at + 3, "\u{1b}]0;title\u{7}")]);
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}', '\t', '\r']), "{shown:?}");
    let lines: Vec<&str> = shown.lines().collect();
    let column = |line: &str, what: char| line.chars().position(|c| c == what);
    assert!(lines[1].ends_with("a.yaml:1:9"), "{shown}");
    assert_eq!(column(lines[3], 'r'), column(lines[4], '^'), "{shown}");
}

#[test]
fn an_endless_line_is_cut_around_the_place() {
    let content = format!("a: {}é here {}\n", "x".repeat(25_000), "y".repeat(25_000));
    let at = content.find("here").unwrap_or_default();
    let shown = shown(&content, &[(at, at + 4, "this"), (3, 40_000, "all of it")]);
    assert!(shown.len() < 1_500, "{shown}");
    assert!(shown.contains("a.yaml:1:25006"), "{shown}");
    let alone = self::shown(&content, &[(at, at + 4, "this")]);
    let lines: Vec<&str> = alone.lines().collect();
    let place = lines[3].find("here").map(|at| lines[3][..at].chars().count());
    assert_eq!(place, lines[4].find('^'), "{alone}");
}

#[test]
fn places_at_the_end_and_over_lines_are_shown() {
    assert!(shown("", &[(0, 0, "here")]).contains("a.yaml:1:1"));
    assert!(shown("a\n", &[(2, 2, "here")]).contains("a.yaml:2:1"));
    assert!(shown("a: b\n  c\nd", &[(3, 8, "all")]).contains("| |___^ all"));
    assert!(shown(&"a\n".repeat(500), &[(0, 1_000, "much")]).lines().count() < 12);
    assert!(shown(&"a\n".repeat(500), &[(998, 999, "last"), (0, 1, "first")]).contains("500 | a"));
}

#[test]
fn json_names_the_place() {
    let (texts, id) = texts("\u{feff}é: x\n");
    let finding = Diagnostic::error(Code::BadValue, "no `\u{1b}`").at(Span::new(id, 7..8), "here");
    let folder = Diagnostic::error(Code::NoTreatment, "nothing");
    let read: serde_json::Value = serde_json::from_str(&json(&texts, &[finding, folder])).expect("JSON");
    let expected = serde_json::json!([
        {"code": "bad-value", "severity": "error", "message": "no `␛`", "file": "a.yaml", "line": 1, "column": 4,
         "end_line": 1, "end_column": 5, "notes": [], "helps": [],
         "labels": [{"text": "here", "file": "a.yaml", "line": 1, "column": 4, "end_line": 1, "end_column": 5}]},
        {"code": "no-treatment", "severity": "error", "message": "nothing", "labels": [], "notes": [], "helps": []},
    ]);
    assert_eq!(read, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_place_of_any_text_is_shown(
        content in "(\u{feff}?[a é日\u{1b}\t\r\n\u{202e}\u{0}👩]{0,60}|[ab\n]{0,400}|[a日]{200,300}\n?){1,2}",
        places in prop::collection::vec((0..1_200usize, 0..1_200usize), 0..4),
    ) {
        let places: Vec<_> = places.iter().map(|(a, b)| (*a.min(b), *a.max(b), "x\ny")).collect();
        let shown = shown(&content, &places);
        let unsafe_signs = ['\u{1b}', '\u{202e}', '\u{0}', '\r', '\t'];
        prop_assert!(!shown.contains(unsafe_signs));
        prop_assert!(shown.len() < 40_000);
    }
}
