//! JSON as it is printed: a text in it neither drives a terminal nor ends a line for whoever reads lines.

use serde::Serialize;

/// On one line, without its end.
pub fn line(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value).map(escaped)
}

/// Over several lines, with the end of the last one.
pub fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(|text| escaped(text) + "\n")
}

/// What stands before the elements of a list.
pub const LIST: &str = "[";

/// An element of a list, behind a comma and on lines of its own.
pub fn element(value: &impl Serialize) -> serde_json::Result<String> {
    pretty(value).map(|text| format!(",\n  {}", text.trim_end().replace('\n', "\n  ")))
}

/// What stands behind the elements of a list, which may be empty.
pub fn list_end(is_empty: bool) -> &'static str {
    if is_empty { "]\n" } else { "\n]\n" }
}

/// A whole list.
pub fn list(values: &[impl Serialize]) -> serde_json::Result<String> {
    let mut elements = String::new();
    for value in values {
        elements += &element(value)?;
    }
    let elements = elements.strip_prefix(',').unwrap_or_default();
    Ok(format!("{LIST}{elements}{}", list_end(values.is_empty())))
}

/// JSON must escape control characters below U+0020 alone. The others, what some take for the end of a line, and
/// marks that turn the direction of a text are escaped too: to a program the text stays the same.
fn escaped(text: String) -> String {
    if !text.chars().any(is_hidden) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match is_hidden(c) {
            true => escaped += &format!("\\u{:04x}", u32::from(c)),
            false => escaped.push(c),
        }
    }
    escaped
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_escaped_and_read_back() {
        let odd = "a\u{1b}[31m\u{7f}\u{85}\u{9b}31m\u{202e}b\u{2028}c\u{feff}\u{e9}\u{1f600}\"\\";
        let shown = line(&odd).expect("JSON");
        assert!(!shown.chars().any(|c| c.is_control() || is_hidden(c)), "{shown}");
        assert_eq!(serde_json::from_str::<String>(&shown).expect("JSON"), odd);
        assert!(shown.contains("\\u009b31m\\u202eb\\u2028c\\ufeff\u{e9}\u{1f600}"), "{shown}");
    }
}
