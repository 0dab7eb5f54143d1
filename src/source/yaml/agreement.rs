//! Random texts: another reader agrees with this one, and every character stands where its place says.

use proptest::prelude::*;

use super::tests::seen;
use crate::source::{Kind, Node, Style};

/// A small text as somebody might write it, well formed or not.
fn document() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        6 => "[a-z]{1,4}( [a-z&|.()é]{1,3}){0,2}",
        1 => "[ a-z:#,'!*&0-9-]{0,8}",
        1 => "(yes|no|null|1\\.10|2026-01-01|~)",
    ];
    let scalar = (word, 0..6u8).prop_map(|(word, style)| match style {
        0 => format!("'{}'", word.replace('\'', "''")),
        1 => format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")),
        2 => format!("\"{}\\u00e9\\n\"", word.replace('"', "")),
        3 => word.replacen(' ', "\n   ", 1),
        _ => word,
    });
    let leaf = scalar.clone().prop_map(|text| vec![text]);
    let block = leaf.prop_recursive(3, 12, 3, move |inner| {
        let key = "[a-f]{1,2}";
        prop_oneof![
            prop::collection::vec((key, inner.clone()), 1..4).prop_map(|entries| {
                let entry = |(key, value): (String, Vec<String>)| nest(&format!("{key}:"), value);
                entries.into_iter().flat_map(entry).collect::<Vec<_>>()
            }),
            prop::collection::vec(inner, 1..4)
                .prop_map(|items| { items.into_iter().flat_map(|item| nest("-", item)).collect() }),
            prop::collection::vec(scalar.clone(), 0..3)
                .prop_map(|items| vec![format!("[{}]", items.join(", "))]),
            prop::collection::vec((key, scalar.clone()), 0..3).prop_map(|entries| {
                let entries: Vec<_> = entries.iter().map(|(k, v)| format!("{k}: {v}")).collect();
                vec![format!("{{{}}}", entries.join(", "))]
            }),
        ]
    });
    (block, prop_oneof!["\n", "\r\n"])
        .prop_map(|(lines, end)| lines.iter().map(|line| line.replace('\n', &end) + end.as_str()).collect())
}

fn nest(head: &str, value: Vec<String>) -> Vec<String> {
    match &value[..] {
        [line] if !line.starts_with("- ") => vec![format!("{head} {line}")],
        _ => {
            let indented = value.iter().map(|line| format!("  {}", line.replace('\n', "\n  ")));
            std::iter::once(head.to_string()).chain(indented).collect()
        }
    }
}

fn agree(node: &Node, value: &serde_yaml::Value) -> bool {
    use serde_yaml::Value;
    match (&node.kind, value) {
        (Kind::Scalar(scalar), Value::String(text)) => scalar.text == *text,
        (Kind::Scalar(scalar), Value::Null | Value::Bool(_) | Value::Number(_)) => {
            scalar.style == Style::Plain
        }
        (Kind::List(items), Value::Sequence(values)) => {
            items.len() == values.len() && items.iter().zip(values).all(|(i, v)| agree(i, v))
        }
        (Kind::Map(entries), Value::Mapping(pairs)) => {
            entries.len() == pairs.len()
                && entries.iter().zip(pairs).all(|(entry, (key, value))| {
                    key.as_str().is_none_or(|key| key == entry.key) && agree(&entry.value, value)
                })
        }
        _ => false,
    }
}

/// Every character of every text stands where its place says, or is written there as an escape or a line break.
fn places_hold(node: &Node, content: &str) -> Result<(), String> {
    match &node.kind {
        Kind::List(items) => items.iter().try_for_each(|item| places_hold(item, content)),
        Kind::Map(entries) => entries.iter().try_for_each(|e| places_hold(&e.value, content)),
        Kind::Scalar(scalar) => scalar.text.char_indices().try_for_each(|(at, c)| {
            let range = node.place(at, at + c.len_utf8()).range();
            let piece = content.get(range.clone()).ok_or(format!("{range:?} is no place"))?;
            let holds = piece.chars().eq([c])
                || piece.starts_with(['\\', '\''])
                || c.is_whitespace() && piece.trim().is_empty();
            if holds { Ok(()) } else { Err(format!("`{c}` is not `{piece}`")) }
        }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn another_reader_agrees(content in document()) {
        let seen = seen(&content);
        let other: Result<serde_yaml::Value, _> = serde_yaml::from_str(&content);
        if let (Some(node), Ok(value), true) = (&seen.node, &other, seen.findings.is_empty()) {
            prop_assert!(agree(node, value), "{content:?}\n{node:?}\n{value:?}");
        }
        if let Some(node) = &seen.node {
            prop_assert_eq!(places_hold(node, &content), Ok(()), "{:?}", content);
        }
    }

    #[test]
    fn no_text_is_too_odd(content in "[ a-c:#,'\"!*&{}\\[\\]|>\\\\%@`?\\-\n\r\t\u{a0}\u{feff}\u{0}é\u{85}\u{2028}]{0,40}") {
        let seen = seen(&content);
        prop_assert!(seen.findings.iter().all(|f| f.span().is_some() && !f.helps.is_empty() && !f.notes.is_empty()));
        for label in seen.findings.iter().flat_map(|f| &f.labels) {
            prop_assert!(content.get(label.span.range()).is_some(), "{:?}", label);
        }
        if let Some(node) = &seen.node {
            prop_assert_eq!(places_hold(node, &content), Ok(()), "{:?}", content);
        }
    }
}

/// The shipped files read the same in both.
#[test]
fn every_rule_file_reads_the_same_in_another_reader() {
    let mut folders = vec![std::path::PathBuf::from("rules")];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the rules are here") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                let content = std::fs::read_to_string(&path).expect("UTF-8");
                let seen = seen(&content);
                let value: serde_yaml::Value = serde_yaml::from_str(&content).expect("YAML");
                assert!(seen.findings.is_empty(), "{}", path.display());
                assert!(agree(seen.node.as_ref().expect("a tree"), &value), "{}", path.display());
                read += 1;
            }
        }
    }
    assert!(read >= 7);
}
