//! What changed between two texts, line by line, for people.

use similar::{ChangeTag, TextDiff};

use crate::prose::visible;

/// Lines around a change that are shown.
const CONTEXT: usize = 2;

/// The lines that differ, with a few around them: `-` for the old ones, `+` for the new ones, coloured.
pub fn lines(old: &str, new: &str) -> String {
    let differences = TextDiff::from_lines(old, new);
    let mut shown = String::new();
    for (at, group) in differences.grouped_ops(CONTEXT).iter().enumerate() {
        if at > 0 {
            shown.push_str("  ...\n");
        }
        for change in group.iter().flat_map(|part| differences.iter_changes(part)) {
            let text = visible(change.value().trim_end_matches(['\n', '\r']));
            shown += &match change.tag() {
                ChangeTag::Equal if text.is_empty() => "\n".to_string(),
                ChangeTag::Equal => format!("    {text}\n"),
                ChangeTag::Delete => format!("\u{1b}[31m  - {text}\u{1b}[0m\n"),
                ChangeTag::Insert => format!("\u{1b}[32m  + {text}\u{1b}[0m\n"),
            };
        }
    }
    shown
}
