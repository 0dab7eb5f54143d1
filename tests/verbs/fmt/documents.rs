//! Any text at all: formatted or refused, never spoilt, never a panic.

use clearance::inside::report::fmt::{self, Formatted};
use clearance::inside::span::Texts;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

const PATHS: [&str; 4] = ["page.yaml", "facts.yaml", "page/source.yaml", "page/cases/a.yaml"];

/// What must hold for any text; whether it could be formatted.
fn holds(path: &str, text: &str) -> Result<bool, TestCaseError> {
    let format = |text: &str| {
        let (mut texts, mut findings) = (Texts::new(), Vec::new());
        let id = texts.add(path, text.to_string());
        (fmt::format(path, &texts, id, &mut findings), findings)
    };
    let (first, findings) = format(text);
    match first {
        Formatted::Unchanged => Ok(true),
        Formatted::Unreadable => {
            prop_assert!(!findings.is_empty());
            Ok(false)
        }
        Formatted::TooLarge => Err(TestCaseError::fail("a short text became long")),
        Formatted::Differs(why) => Err(TestCaseError::fail(format!("{why}: {text:?}"))),
        Formatted::Changed(new) => {
            prop_assert_eq!(format(&new).0, Formatted::Unchanged, "{:?} -> {:?}", text, new);
            Ok(true)
        }
    }
}

fn scalar() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        6 => "[a-z]{1,4}( [a-z&|.()é]{1,3}){0,2}",
        2 => "[ a-z:#,'!*&0-9\\-?@%{}\\[\\]]{0,8}",
        1 => "(yes|no|null|1\\.10|2026-01-01|~|<<|=|-1|0x1f|\\.5)",
    ];
    (word, 0..9u8).prop_map(|(word, style)| match style {
        0 => format!("'{}'", word.replace('\'', "''")),
        1 => format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")),
        2 => format!("\"{}\\u00e9\\n\\u200b\"", word.replace('"', "")),
        3 => word.replacen(' ', "\n   ", 1),
        4 => format!("\"{}\"", word.replace('"', "").replacen(' ', "\n\n   ", 1)),
        5 => format!("'{}'", word.replace('\'', "").replacen(' ', " \n   ", 2)),
        _ => word,
    })
}

fn comment() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => Just(String::new()),
        1 => "  # [a-z]{1,3}",
        1 => " #[a-z]{1,3}",
        1 => "( ){0,6}#[a-z]{1,3}".prop_map(|comment| format!("\n{comment}")),
        1 => "( ){0,6}#[a-z]{1,3}".prop_map(|comment| format!("\n\n{comment}\n")),
        1 => Just("\n".to_string()),
    ]
}

/// A small file as somebody might write it, well formed or not.
fn document() -> impl Strategy<Value = String> {
    let leaf = (scalar(), comment()).prop_map(|(text, comment)| vec![format!("{text}{comment}")]);
    let literal = ("[|>][1-4]?[-+]?", comment(), prop::collection::vec("[ a-z#:-]{0,6}", 1..4)).prop_map(
        |(sign, comment, lines)| {
            let comment = if comment.starts_with(' ') { comment } else { String::new() };
            let lines: Vec<String> = lines.iter().map(|line| format!("  {line}")).collect();
            vec![format!("{sign}{comment}\n{}", lines.join("\n"))]
        },
    );
    let leaf = prop_oneof![6 => leaf, 1 => literal, 1 => comment().prop_map(|comment| vec![comment])];
    let block = leaf.prop_recursive(4, 16, 3, move |inner| {
        let key = prop_oneof![
            4 => "[a-f]{1,2}",
            2 => "(when|because|source|basis|name|cases|clients|statements|line|says|values|of)",
            1 => "(2026-01-01|2025-01-01|'no'|\"a b\"|\"a: b\"|'x y')",
        ];
        let flow = || (scalar(), comment()).prop_map(|(text, comment)| format!("{text}{comment}"));
        prop_oneof![
            3 => prop::collection::vec((key.clone(), comment(), inner.clone()), 1..4).prop_map(|entries| {
                let entry = |(key, comment, value): (String, String, Vec<String>)| {
                    nest(&format!("{key}:"), &comment, value)
                };
                entries.into_iter().flat_map(entry).collect::<Vec<_>>()
            }),
            2 => prop::collection::vec((comment(), inner), 1..4).prop_map(|items| {
                items.into_iter().flat_map(|(comment, item)| nest("-", &comment, item)).collect()
            }),
            1 => prop::collection::vec(flow(), 0..3)
                .prop_map(|items| vec![format!("[{}]", items.join(", "))]),
            1 => prop::collection::vec((key, flow()), 0..3).prop_map(|entries| {
                let entries: Vec<_> = entries.iter().map(|(k, v)| format!("{k}: {v}")).collect();
                vec![format!("{{{}}}", entries.join(", "))]
            }),
        ]
    });
    (block, prop_oneof!["\n", "\r\n"])
        .prop_map(|(lines, end)| lines.iter().map(|line| line.replace('\n', &end) + end.as_str()).collect())
}

fn nest(head: &str, comment: &str, value: Vec<String>) -> Vec<String> {
    match &value[..] {
        [line] if !line.starts_with("- ") && comment.is_empty() => vec![format!("{head} {line}")],
        _ => {
            let indented = value.iter().map(|line| format!("  {}", line.replace('\n', "\n  ")));
            std::iter::once(format!("{head}{comment}")).chain(indented).collect()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_step_is_enough_for_any_document(content in document(), path in 0..4usize) {
        holds(PATHS[path], &content)?;
    }

    #[test]
    fn no_text_is_too_odd(
        content in "[ a-c:#,'\"!*&{}\\[\\]|>\\\\%@`?\\-\n\r\t\u{a0}\u{feff}\u{0}é\u{85}\u{2028}]{0,40}",
        path in 0..4usize,
    ) {
        holds(PATHS[path], &content)?;
    }
}

/// The documents above are not all refused.
#[test]
fn most_documents_can_be_formatted() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut formatted = 0;
    for _ in 0..400 {
        let text = document().new_tree(&mut runner).expect("a document").current();
        formatted += usize::from(holds("page.yaml", &text).expect("a text that holds"));
    }
    assert!(formatted > 150, "{formatted}");
}
